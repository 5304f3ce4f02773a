"""Restores over a live database: what the preflight finds, what a swap keeps, how far an undo goes, what clients see,
and what a proof that fails leaves."""
import contextlib
import json
import os
import shlex
import shutil
import threading
import time
from pathlib import Path

import psycopg
import pytest

from support.archive_edit import Archive
from support.faults import databases, message, wait_until
from support.live import Client, Live


@pytest.fixture
def server(postgres):
    return postgres(max_prepared_transactions=5)


@pytest.fixture
def live(server, database, holdfast, tmp_path):
    return Live(server, database(server), holdfast, tmp_path)


def refused(done):
    """The message of a restore that the preflight stopped."""
    assert done.returncode == 1, done.stderr
    assert message(done).startswith("the restore cannot be done, and nothing was touched: "), done.stderr
    return message(done)


# ---- Preflight -------------------------------------------------------------------------------------------------------


@pytest.fixture
def demanding(live, tmp_path):
    """An archive that wants what the server does not have: a role, an extension, a locale, a newer PostgreSQL."""
    archive = Archive(live.archive)
    head = json.loads(archive.members["holdfast.json"])
    head["roles"].append({**head["roles"][0], "name": "a missing role"})
    head["extensions"].append({"name": "a_missing_extension", "version": "1.0"})
    head["database"]["collate"] = "xx_XX.UTF-8"
    head["server_version_num"] = 990000
    archive.members["holdfast.json"] = json.dumps(head).encode()
    return archive.settle().write(tmp_path / "demanding.hf")


DEMANDS = ("a missing role", "--create-roles", "a_missing_extension", "xx_XX.UTF-8", "older than the 99")


def test_the_preflight_gives_all_findings_at_once(holdfast, server, live, demanding):
    before = databases(server)
    arguments = ["restore", "--from", demanding, "--to", live.dsn, "--mode", "new", "--json"]
    for extra in ([], ["--dry-run"]):
        done = holdfast(*arguments, *extra, check=False)
        told = refused(done)
        fatal = [each["text"] for each in done.json["findings"] if each["fatal"]]
        assert len(fatal) == 5 and all(text in told for text in fatal)
        assert all(words in told for words in (*DEMANDS, f"{live.name} exists already"))
    assert databases(server) == before and live.content() == "old"


def test_damage_is_a_finding_beside_the_others(holdfast, live, demanding):
    content = bytearray(demanding.read_bytes())
    content[content.index(b"00001.copy.zst") + 600] ^= 1
    demanding.write_bytes(content)
    done = holdfast("restore", "--from", demanding, "--to", live.dsn, "--mode", "swap", "--dry-run", check=False)
    assert all(words in refused(done) for words in (*DEMANDS, "data/", "damaged")) and live.content() == "old"


def test_an_older_server_is_refused(holdfast, postgres, live):
    older = postgres(13)
    done = holdfast("restore", "--from", live.archive, "--to", older.dsn("x"), "--mode", "new", check=False)
    assert "the server is PostgreSQL 13, older than the 15" in refused(done)


def test_a_database_that_is_not_there_cannot_be_swapped(holdfast, server, live):
    gone = server.dsn(f"{live.name}gone")
    done = holdfast("restore", "--from", live.archive, "--to", gone, "--mode", "swap", check=False)
    assert f"there is no database {live.name}gone to swap with" in refused(done) and "--mode new" in message(done)
    done = holdfast("restore", "--from", live.archive, "--to", gone, "--mode", "in-place", "--safety", "x.hf",
                    "--unencrypted", check=False)
    assert done.returncode == 1 and "does not exist" in message(done)
    done = holdfast("undo", "--to", gone, check=False)
    assert done.returncode == 1 and "nothing to undo" in message(done)


@pytest.fixture
def clerk(server):
    """A role with no rights of its own."""
    server.psql("CREATE ROLE swap_clerk LOGIN")
    yield "swap_clerk"
    for name in databases(server):
        server.psql(f'ALTER DATABASE "{name}" OWNER TO postgres')
    server.psql("DROP ROLE swap_clerk")


def test_the_rights_that_are_missing_are_told(holdfast, server, live, clerk):
    def run(database):
        return holdfast("restore", "--from", live.archive, "--to", server.dsn(database, user=clerk), "--mode",
                        "swap" if database == live.name else "new", "--dry-run", "--no-owner", check=False)

    told = refused(run(live.name))
    assert "may not create databases" in told and "in-place" in told and "belongs to postgres" in told
    assert "may not create databases" in refused(run("elsewhere"))
    server.psql(f"ALTER ROLE {clerk} CREATEDB")
    assert run("elsewhere").returncode == 0
    server.psql(f"ALTER DATABASE {live.name} OWNER TO {clerk}")
    assert run(live.name).returncode == 0
    with server.connect(live.name, application_name="till 4"):  # a superuser's, which nobody else may end
        for right in ("", f"GRANT pg_signal_backend TO {clerk}"):
            server.psql(right)
            told = refused(run(live.name))
            assert "may not end all of these sessions" in told and "till 4" in told


def test_an_owner_without_any_other_right_can_swap(holdfast, server, live, clerk):
    server.psql(f"ALTER ROLE {clerk} CREATEDB; ALTER DATABASE {live.name} OWNER TO {clerk}")
    holdfast("restore", "--from", live.archive, "--to", server.dsn(live.name, user=clerk), "--mode", "swap",
             "--no-owner")
    assert live.content() == "new"
    holdfast("undo", "--to", server.dsn(live.name, user=clerk))
    assert live.content() == "old"
    for kept in live.copies():
        holdfast("copies", "--to", server.dsn(live.name, user=clerk), "--drop", kept)
    assert live.copies() == {}


def test_the_sessions_that_will_be_ended_are_named(server, live):
    with server.connect(live.name, application_name="till 4"), server.connect(live.name, application_name="till 5"):
        done = live.swap("--dry-run")
        assert "2 sessions will be ended" in done.stderr
        assert "1 till 4 of postgres" in done.stderr and "1 till 5 of postgres" in done.stderr
    assert live.content() == "old" and live.copies() == {}


def test_a_prepared_transaction_is_in_the_way(server, live):
    with server.connect(live.name) as session:
        session.execute("BEGIN; DELETE FROM content; PREPARE TRANSACTION 'pending'")
        assert "prepared transactions" in refused(live.swap(check=False))
        session.execute("ROLLBACK PREPARED 'pending'")
    assert live.content() == "old" and live.copies() == {}


# ---- What a swap keeps -----------------------------------------------------------------------------------------------


def properties(server, name):
    """Owner, grants, limit, comment and settings of a database."""
    return server.psql(f"""
        SELECT datdba::regrole, datacl, datconnlimit, datallowconn, shobj_description(oid, 'pg_database'),
               ARRAY(SELECT setrole::regrole || ' ' || setconfig::text FROM pg_db_role_setting
                     WHERE setdatabase = d.oid ORDER BY 1)
        FROM pg_database d WHERE datname = '{name}'""")


@pytest.fixture
def adorned(server, live):
    """The live database with properties that its archive does not have."""
    server.psql(f"""
        CREATE ROLE swap_owner; CREATE ROLE swap_reader;
        ALTER DATABASE {live.name} OWNER TO swap_owner;
        REVOKE TEMPORARY ON DATABASE {live.name} FROM PUBLIC;
        GRANT CONNECT, CREATE ON DATABASE {live.name} TO swap_reader WITH GRANT OPTION;
        ALTER DATABASE {live.name} CONNECTION LIMIT 50;
        ALTER DATABASE {live.name} SET work_mem = '7MB';
        ALTER DATABASE {live.name} SET search_path = "odd, schema", public;
        ALTER ROLE swap_reader IN DATABASE {live.name} SET statement_timeout = '3s';
        COMMENT ON DATABASE {live.name} IS 'the shop''s';""")
    yield live
    server.dropdb(live.name)
    server.psql("DROP ROLE swap_owner, swap_reader")


def test_a_swap_keeps_owner_grants_settings_and_comment(server, adorned):
    before = properties(server, adorned.name)
    kept = adorned.swap("--json").json["kept"]
    assert adorned.content() == "new" and properties(server, adorned.name) == before
    assert adorned.copies() == {kept: "kept"}
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        server.connect(kept)
    again = adorned.undo()
    assert adorned.content() == "old" and properties(server, adorned.name) == before
    assert adorned.copies() == {again["kept"]: "kept"}


def test_undo_twice_is_redo(live):
    live.swap()
    seen = []
    for _ in range(4):
        live.undo()
        seen.append(live.content())
        assert list(live.copies().values()) == ["kept"]
    assert seen == ["old", "new", "old", "new"]


def test_the_next_swap_drops_copies_whose_time_is_over_and_no_others(live):
    expired = live.swap("--keep-old", "1s", "--json").json["kept"]
    lasting = live.swap("--keep-old", "1h", "--json").json["kept"]
    assert set(live.copies()) in ({lasting}, {lasting, expired})
    time.sleep(1.2)
    newest = live.swap("--json").json["kept"]
    assert live.copies() == {lasting: "kept", newest: "kept"}


def test_a_client_sees_the_old_then_the_new_and_little_between(live):
    with Client(live) as client:
        downtime = live.swap("--json").json["downtime_s"]
        undone = live.undo()["downtime_s"]
    print(f"the client had no answer for at most {client.away_s:.3f} s, of {client.answers}; the program says "
          f"{downtime:.3f} s and {undone:.3f} s")
    assert client.seen == ["old", "new", "old"]


def test_clients_that_come_back_at_once_do_not_stop_a_swap(live):
    with Client(live), Client(live), Client(live), Client(live):
        live.swap()
    assert live.content() == "new"


def test_keep_old_0s_drops_the_old_one_and_says_so(server, live):
    before = databases(server)
    done = live.swap("--keep-old", "0s")
    assert "the old database was dropped" in done.stdout
    assert " kept " not in done.stdout and "undo" not in done.stdout
    live.become("old")
    told = live.swap("--keep-old", "0s", "--json").json
    assert told["kept"] is None and told["kept_until"] is None
    assert live.content() == "new" and databases(server) == before and live.copies() == {}


def test_a_swap_keeps_tablespace_and_template_flag(holdfast, server, live):
    folder = Path(server.host, "space")
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    server.psql(f"CREATE TABLESPACE swap_space LOCATION '{folder}'")
    server.psql(f"ALTER DATABASE {live.name} SET TABLESPACE swap_space")
    server.psql(f"ALTER DATABASE {live.name} IS_TEMPLATE true")

    def where():
        return server.psql("SELECT spcname, datistemplate FROM pg_database d JOIN pg_tablespace t ON t.oid = "
                           f"d.dattablespace WHERE datname = '{live.name}'")

    try:
        kept = live.swap("--json").json["kept"]
        assert live.content() == "new" and where() == "swap_space|t"
        assert live.undo()["copy"] == kept
        assert live.content() == "old" and where() == "swap_space|t"
        for copy in live.copies():
            holdfast("copies", "--to", live.dsn, "--drop", copy)
        assert live.copies() == {}
    finally:
        server.psql(f"ALTER DATABASE {live.name} IS_TEMPLATE false")
        server.dropdb(live.name)
        server.psql("DROP TABLESPACE swap_space")


# ---- Who is in the way -----------------------------------------------------------------------------------------------

HOLDS = {"a comment": "COMMENT ON DATABASE {} IS 'x'",
         "a role's setting": "ALTER ROLE postgres IN DATABASE {} SET work_mem = '5MB'",
         "a limit": "ALTER DATABASE {} CONNECTION LIMIT 20"}


@pytest.mark.parametrize("holds", ["a comment", *(pytest.param(each, marks=pytest.mark.slow_once)
                                                  for each in ("a role's setting", "a limit"))])
def test_who_holds_the_database_is_named_and_clients_are_served(server, live, holds):
    before = databases(server)
    with server.connect(application_name="night job") as holder, Client(live, reconnects=True) as client:
        holder.execute("BEGIN; " + HOLDS[holds].format(live.name))
        done = live.swap(check=False)
        holder.execute("ROLLBACK")
    assert done.returncode == 1 and "night job" in message(done) and "as it was" in message(done), done.stderr
    assert client.away_s < 2 and client.seen == ["old"]
    assert live.content() == "old" and databases(server) == before


@pytest.mark.parametrize("statement", HOLDS.values(), ids=HOLDS)
def test_a_swap_waits_for_who_is_soon_done(server, live, statement):
    with server.connect() as holder, Client(live, reconnects=True) as client:
        holder.execute("BEGIN; " + statement.format(live.name))

        def release():
            wait_until(lambda: server.psql("SELECT 1 FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"))
            time.sleep(0.3)
            holder.execute("COMMIT")

        thread = threading.Thread(target=release)
        thread.start()
        kept = live.swap("--json").json["kept"]
        thread.join()
    assert live.content() == "new" and client.away_s < 2 and live.copies() == {kept: "kept"}


def test_a_session_of_the_database_in_the_way_is_ended(server, live):
    session = server.connect(live.name)
    session.execute(f"BEGIN; ALTER ROLE postgres IN DATABASE {live.name} SET work_mem = '5MB'")
    live.swap()
    with pytest.raises(psycopg.OperationalError, match="terminating connection"):
        session.execute("COMMIT")
    session.close()
    assert live.content() == "new"


def test_a_visitor_of_every_database_does_not_stop_a_new_one(holdfast, server, live):
    """As a monitor does, which connects to all it finds and stays."""
    stop, visits = threading.Event(), []

    def visit():
        while not stop.is_set():
            for name in databases(server):
                if "_hf_incoming_" in name:
                    with contextlib.suppress(psycopg.Error):
                        visits.append(server.connect(name))
            time.sleep(0.02)

    thread = threading.Thread(target=visit)
    thread.start()
    try:
        holdfast("restore", "--from", live.archive, "--to", server.dsn(f"{live.name}made"), "--mode", "new")
    finally:
        stop.set()
        thread.join()
        for each in visits:
            each.close()
    assert visits and server.psql("SELECT version FROM content", db=f"{live.name}made") == "new"


# ---- A proof that fails ----------------------------------------------------------------------------------------------


@pytest.fixture
def unproved(live, tmp_path):
    """An archive whose manifest has another digest for one table than its rows have."""
    archive = Archive(live.archive).settle()
    archive.table("words")["digest"] = "0123456789abcdef" * 2
    return archive.write(tmp_path / "unproved.hf")


@pytest.mark.parametrize("mode", ["swap", "new", "in-place"])
def test_rows_that_are_not_the_archives_stop_everything(holdfast, server, live, unproved, tmp_path, mode):
    before = databases(server)
    target = server.dsn(f"{live.name}new") if mode == "new" else live.dsn
    safety = tmp_path / "safety.hf"
    extra = ["--safety", safety, "--unencrypted"] if mode == "in-place" else []
    done = holdfast("restore", "--from", unproved, "--to", target, "--mode", mode, *extra, check=False)
    assert done.returncode == 3, done.stderr
    assert "public.words" in done.stderr and "numbers" not in done.stderr
    assert "what had been loaded was removed" in done.stderr if mode == "new" else "as it was" in done.stderr
    assert databases(server) == before and live.content() == "old"
    if mode == "in-place":
        back = shlex.split(done.stderr.split("to go back: holdfast ")[1])
        live.become("new")
        holdfast(*back)
        assert live.content() == "old"


def test_verify_tells_rows_that_are_not_the_manifests(holdfast, server, live, unproved):
    before = databases(server)
    for extra in ([], ["--restore-to", live.dsn], ["--against", live.dsn]):
        done = holdfast("verify", "--from", unproved, *extra, check=False)
        assert done.returncode in (1, 3) and "words" in done.stdout + done.stderr, done.stderr
    assert databases(server) == before


def test_a_smaller_proof_is_taken_at_its_word(live, unproved):
    live.archive = unproved
    assert live.swap("--proof", "count", check=False).returncode == 0
    assert live.content() == "new"
    live.undo()
    assert "not proved" in live.swap("--proof", "none").stdout


# ---- In place --------------------------------------------------------------------------------------------------------


def test_a_restore_in_place_that_fails_leaves_everything(holdfast, server, live, tmp_path):
    archive = Archive(live.archive)
    archive.members["sequences.sql"] = b"SELECT 1/0;\n"
    broken = archive.settle().write(tmp_path / "broken.hf")
    safety = tmp_path / "safety.hf"
    done = holdfast("restore", "--from", broken, "--to", live.dsn, "--mode", "in-place", "--safety", safety,
                    "--unencrypted", check=False)
    assert done.returncode == 1 and "division by zero" in done.stderr
    assert "was rolled back" in done.stderr and f"{live.name} is as it was" in done.stderr
    assert f"to go back: holdfast restore --from '{safety}'" in done.stderr
    assert live.content() == "old" and holdfast("verify", "--from", safety).returncode == 0


def test_a_safety_backup_that_fails_stops_a_restore_in_place(holdfast, live, tmp_path):
    safety = tmp_path / "safety.hf"
    safety.write_text("precious")
    for name in (safety, tmp_path / "missing" / "x.hf"):
        done = holdfast("restore", "--from", live.archive, "--to", live.dsn, "--mode", "in-place", "--safety", name,
                        "--unencrypted", check=False)
        assert done.returncode == 1 and "--safety" in message(done) or str(name.parent) in message(done)
    assert safety.read_text() == "precious" and live.content() == "old"
