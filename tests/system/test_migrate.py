"""A live database goes to another one, straight and proved. The source is never changed; the target is complete and proved, or
what there is of it is listed by `holdfast copies`; who else is on the source is named. Every kind of object, over all versions:
test_everything.py; kills: test_kill.py."""
import json
import signal
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest

from support.archive_edit import Archive
from support.faults import databases, end_sessions, message, sessions, wait_until
from support.postgres import as_server
from support.proxy import Proxy

ROWS = 30_000
GO_ON = ["--others", "go-on"]


class Move:
    """A source of some 10 MB, binary and text, with a sequence and a large object; and the server that it goes to."""

    def __init__(self, source, target, name, holdfast):
        self.source, self.target, self.name, self._holdfast = source, target, name, holdfast
        self.moved = f"{name}moved"
        source.psql(f"""
            CREATE EXTENSION IF NOT EXISTS citext;
            CREATE TYPE mood AS ENUM ('well', 'ill');
            CREATE TABLE customers (id int PRIMARY KEY, name citext, feels mood DEFAULT 'well');
            INSERT INTO customers SELECT i, 'Customer ' || i FROM generate_series(1, 500) i;
            CREATE TABLE orders (id serial PRIMARY KEY, customer int REFERENCES customers, note text, price numeric(12, 2));
            INSERT INTO orders (customer, note, price) SELECT i % 500 + 1, md5(i::text) || md5((i + 1)::text), i / 7.0
                FROM generate_series(1, {ROWS}) i;
            CREATE INDEX ON orders (note);
            CREATE TABLE empty (a int);
            CREATE MATERIALIZED VIEW totals AS SELECT customer, sum(price) FROM orders GROUP BY 1;
            SELECT lo_from_bytea(0, decode(repeat('00ff', 300000), 'hex'));
            ALTER DATABASE {name} SET work_mem = '7MB';""", db=name)

    def arguments(self, *more, source={}, target={}, mode="new", backup=("--no-backup",)):
        return ["migrate", "--from", self.source.dsn(self.name, **source), "--to", self.target.dsn(self.moved, **target),
                "--mode", mode, "--jobs", "2", *backup, *more]

    def __call__(self, *more, check=True, **where):
        return self._holdfast(*self.arguments(*more, **where), check=check)

    def content(self, server, name):
        """What is there, without what a server gives by itself."""
        return server.psql("""
            SELECT count(*), sum(hashtextextended(o::text, 0)) FROM orders o;
            SELECT count(*), sum(hashtextextended(c::text, 0)) FROM customers c;
            SELECT count(*), sum(sum) FROM totals; SELECT nextval('orders_id_seq');
            SELECT oid, lomowner::regrole, md5(lo_get(oid)) FROM pg_largeobject_metadata;
            SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1;
            SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'orders'::regclass ORDER BY 1;
            SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase
                WHERE datname = current_database();
            SELECT reltuples FROM pg_class WHERE relname = 'orders'""", db=name)

    def is_there(self):
        self.source.psql("ANALYZE", db=self.name)
        before = self.content(self.source, self.name)
        self.source.psql("SELECT setval('orders_id_seq', currval('orders_id_seq') - 1) FROM (SELECT nextval("
                         "'orders_id_seq')) n; SELECT setval('orders_id_seq', last_value - 1) FROM orders_id_seq",
                         db=self.name)
        return self.content(self.target, self.moved) == before

    def copies(self):
        listed = self._holdfast("copies", "--to", self.target.dsn(self.moved), "--json").json["copies"]
        return {each["name"]: each["kind"] for each in listed}


@pytest.fixture
def move(postgres, database, holdfast):
    source = postgres(autovacuum="off", max_prepared_transactions="2")
    move = Move(source, postgres(autovacuum="off", cluster_name="target"), database(source), holdfast)
    yield move
    move.target.dropdb(move.moved)


# ---- What comes over -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data_format", ["auto", "text"])
def test_everything_comes_over_and_is_proved(move, data_format):
    done = move("--data-format", data_format, "--json").json
    assert done["tables"] == done["tables_proved"] == 3 and done["rows"] > ROWS + 500 and done["kept"] is None
    assert done["database"] == move.moved and move.is_there() and move.copies() == {}


def test_a_swap_keeps_the_database_that_was_there(move, holdfast):
    move.target.createdb(move.moved)
    move.target.psql("CREATE TABLE older AS SELECT 1 AS a", db=move.moved)
    assert f"{move.moved} exists already" in message(move(check=False))
    told = move(mode="swap").stdout
    assert "migrated; every row was read back and compared" in told and "holdfast undo" in told
    assert list(move.copies().values()) == ["kept"] and move.target.psql("SELECT count(*) FROM orders",
                                                                         db=move.moved) == str(ROWS)
    holdfast("undo", "--to", move.target.dsn(move.moved))
    assert move.target.psql("SELECT a FROM older", db=move.moved) == "1"


def test_a_part_of_a_database_comes_alone(move):
    """With the types and extensions that it needs."""
    done = move("--table", "customers", "--json").json
    assert done["tables"] == 1 and done["rows"] == 500
    others = "SELECT count(*) FROM pg_class WHERE relname IN ('orders', 'totals')"
    assert move.target.psql(others, db=move.moved) == "0"
    done = move("--table", "empty", mode="swap", check=False)
    assert done.returncode == 1 and "--drop-others" in message(done)
    assert move("--table", "empty", "--drop-others", "--json", mode="swap").json["tables"] == 1


def test_rows_that_are_left_out_leave_the_table(move):
    done = move("--exclude-table-data", "orders", "--json").json
    assert done["tables"] == 2 and move.target.psql("SELECT count(*) FROM orders", db=move.moved) == "0"


def test_tables_that_a_standby_has_no_rows_of_are_told(postgres, database, holdfast):
    primary = postgres(15)
    name = database(primary)
    primary.psql("CREATE TABLE kept AS SELECT 1 AS a; CREATE UNLOGGED TABLE lost AS SELECT 1 AS a", db=name)
    standby = postgres.standby(primary)
    standby.catch_up(primary)
    try:
        done = holdfast("migrate", "--from", standby.dsn(name), "--to", primary.dsn(f"{name}moved"), "--mode", "new",
                        "--no-backup", *GO_ON)
        assert "public.lost comes without rows: unlogged, and a standby has no rows of it" in done.stderr
    finally:
        primary.dropdb(f"{name}moved")


def test_a_dry_run_touches_nothing(move):
    before = databases(move.target)
    assert "the migration can be done" in move("--dry-run", backup=()).stdout
    assert databases(move.target) == before


def test_an_archive_is_restored(move, holdfast, tmp_path):
    archive = tmp_path / "a.hf"
    holdfast("backup", "--from", move.source.dsn(move.name), "--to", archive, "--unencrypted")
    to = ["--to", move.target.dsn(move.moved), "--mode", "new"]
    done = holdfast("migrate", "--from", archive, *to, "--json").json
    assert done["tables_proved"] == 3 and move.is_there()
    done = holdfast("migrate", "--from", archive, *to, "--others", "go-on", check=False)
    assert done.returncode == 2 and "is an archive" in message(done)
    done = holdfast("migrate", "--from", tmp_path / "missing.hf", *to, check=False)
    assert done.returncode == 1 and "missing.hf" in message(done)


def test_a_large_table_comes_in_slices_over_several_lanes(move):
    move.source.psql("CREATE TABLE large AS SELECT i, repeat(md5(i::text), 8) AS t FROM generate_series(1, 200000) i; "
                     "ALTER TABLE large ADD PRIMARY KEY (i)", db=move.name)
    assert move("--json").json["tables_proved"] == 4
    sum_of = "SELECT count(*), sum(hashtextextended(t, i)) FROM large"
    assert move.target.psql(sum_of, db=move.moved) == move.source.psql(sum_of, db=move.name)


def test_roles_that_the_target_lacks_come_if_they_are_asked_for(move):
    """Owners, grants, and what is set for a role in this database; without a password."""
    owner, reader = (f"{move.name}{each}" for each in ("owner", "reader"))
    move.source.psql(f"CREATE ROLE {owner}; CREATE ROLE {reader} LOGIN PASSWORD 'secret'; ALTER TABLE orders OWNER TO {owner}; "
                     f"GRANT SELECT (name) ON customers TO {reader}; ALTER ROLE {reader} IN DATABASE {move.name} SET "
                     "lock_timeout = '5s'", db=move.name)
    try:
        done = move(check=False)
        assert f"roles that the source names are missing: {owner}, {reader}; have them made with --create-roles" in message(done)
        assert move("--create-roles", "--json").json["tables_proved"] == 3
        assert move.target.psql(f"""SELECT relowner::regrole, has_column_privilege('{reader}', 'customers', 'name', 'SELECT'),
            has_column_privilege('{reader}', 'customers', 'feels', 'SELECT'), (SELECT rolcanlogin FROM pg_roles WHERE rolname =
            '{reader}'), (SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = '{reader}'), (SELECT setconfig FROM
            pg_db_role_setting WHERE setrole = '{reader}'::regrole) FROM pg_class WHERE relname = 'orders'""",
                                db=move.moved) == f"{owner}|t|f|t|t|{{lock_timeout=5s}}"
    finally:
        for server, name in ((move.source, move.name), (move.target, move.moved)):
            if name in databases(server):
                server.psql(f"REASSIGN OWNED BY {owner} TO postgres", db=name)
                server.psql(f"DROP OWNED BY {reader}", db=name)
            server.psql(f"DROP ROLE IF EXISTS {owner}; DROP ROLE IF EXISTS {reader}")


# ---- Proof -----------------------------------------------------------------------------------------------------------


def changed(old, new):
    return lambda data: data.replace(old, new)


def test_a_row_that_changes_on_the_way_is_found(move):
    with Proxy(move.target, before=changed(b"Customer 77", b"Customer 78")) as proxy:
        way = {"target": {"tcp": True, "port": proxy.port}}
        done = move(check=False, **way)
        assert done.returncode == 3 and "not those of the source in: public.customers;" in message(done)
        assert move.copies() == {} and move.moved not in databases(move.target)
        assert move("--proof", "count", "--json", **way).json["tables_proved"] == 3


def test_a_proof_of_nothing_says_so(move):
    assert "not proved, as --proof none asks" in move("--proof", "none").stdout


# ---- Others ----------------------------------------------------------------------------------------------------------


def test_other_sessions_are_counted_and_named_and_refused(move):
    parameters = {"application_name": "till 4", "host": "127.0.0.1"}
    with move.source.connect(move.name, **parameters), move.source.connect(move.name, **parameters):
        done = move(check=False)
        assert done.returncode == 1 and move.moved not in databases(move.target)
        assert "2 others are at work in the source: 2 till 4 of postgres from 127.0.0.1;" in message(done)
        assert "--others go-on" in message(done)
        done = move(*GO_ON)
        assert "2 till 4 of postgres from 127.0.0.1; what they write from now on stays behind" in done.stderr


def test_who_writes_without_a_session_is_an_other_too(move):
    """A subscription of the source, and a transaction that is prepared there and commits some time."""
    move.source.psql("CREATE SUBSCRIPTION news CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, "
                     "slot_name = NONE); UPDATE pg_subscription SET subenabled = true; BEGIN; UPDATE customers SET name = 'late' WHERE id = 500; "
                     "PREPARE TRANSACTION 'later'", db=move.name)
    try:
        done = move(check=False)
        assert done.returncode == 1 and ("2 others are at work in the source: the prepared transaction later of postgres, the "
                                         "subscription news;") in message(done)
    finally:
        move.source.psql("UPDATE pg_subscription SET subenabled = false", db=move.name)
        move.source.psql("DROP SUBSCRIPTION news", db=move.name)
        move.source.psql("ROLLBACK PREPARED 'later'", db=move.name)
    assert move("--json").json["tables_proved"] == 3


def test_what_others_write_meanwhile_stays_behind(move):
    with move.source.connect(move.name) as other:
        stop = threading.Event()

        def write():
            while not stop.is_set():
                other.execute("WITH o AS (INSERT INTO orders (customer, note) VALUES (1, 'late') RETURNING 1) "
                              "UPDATE customers SET name = name || 'x' WHERE id = 1")
                time.sleep(0.002)

        thread = threading.Thread(target=write)
        thread.start()
        try:
            done = move(*GO_ON, "--json").json
        finally:
            stop.set()
            thread.join()
    assert done["tables_proved"] == 3
    orders, written = (int(n) for n in move.target.psql(
        f"SELECT (SELECT count(*) - {ROWS} FROM orders), (SELECT length(name::text) - 10 FROM customers WHERE id = 1)",
        db=move.moved).split("|"))
    assert orders == written < int(move.source.psql("SELECT length(name::text) - 10 FROM customers WHERE id = 1", db=move.name))
    assert move.target.psql("SELECT nextval('orders_id_seq') > max(id) FROM orders", db=move.moved) == "t"


# Its index in the target is made for as long as the file is there.
GATED = """CREATE FUNCTION gate(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
    WHILE (pg_catalog.pg_stat_file('{file}', true)).size IS NOT NULL LOOP PERFORM pg_catalog.pg_sleep(0.02); END LOOP;
    RETURN i;
END $$; CREATE INDEX gated ON customers (public.gate(id))"""


@pytest.mark.tsan
@pytest.mark.parametrize("large_objects", [True, False])
def test_the_source_is_free_of_the_migration_once_its_rows_are_read(move, large_objects):
    """Its VACUUM would keep what goes meanwhile."""
    gate = Path(move.target.data, "gate")
    move.source.psql(GATED.format(file=gate), db=move.name)
    if not large_objects:
        move.source.psql("SELECT lo_unlink(oid) FROM pg_largeobject_metadata", db=move.name)
    gate.touch()
    running = move._holdfast.popen(*move.arguments(*GO_ON), stdout=subprocess.DEVNULL)
    wait_until(lambda: move.target.psql("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%CREATE INDEX gated%' AND state = "
                                        "'active' AND application_name = 'holdfast'"), 60)
    wait_until(lambda: move.source.psql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
                                        "pg_backend_pid() AND (xact_start IS NOT NULL OR backend_xmin IS NOT NULL)",
                                        db=move.name) == "0", 60)
    move.source.psql("TRUNCATE orders; DROP TABLE empty; ALTER TYPE mood RENAME TO temper", db=move.name)
    gate.unlink()
    assert running.wait(120) == 0
    assert move.target.psql("SELECT count(*), (SELECT last_value FROM orders_id_seq) FROM orders, empty RIGHT JOIN (SELECT 1) "
                            "one ON true", db=move.moved) == f"{ROWS}|{ROWS}"


@pytest.fixture
def till(move):
    """Who works in the source, and is no superuser."""
    role = f"{move.name}till"
    move.source.psql(f"CREATE ROLE {role} LOGIN")
    yield role
    move.source.psql(f"DROP ROLE {role}")


HALT = ["--others", "halt"]


def limit_of(server, name):
    return server.psql(f"SELECT datconnlimit FROM pg_database WHERE datname = '{name}'")


@pytest.mark.parametrize("limit", [-1, 50])
def test_services_that_are_halted_stay_so_and_the_target_is_open(move, till, limit):
    move.source.psql(f"ALTER DATABASE {move.name} CONNECTION LIMIT {limit}")
    with move.source.connect(move.name, user=till) as at_work:
        told = move(*HALT, "--dry-run").stderr
        assert f"of {till} from the server's own host; their sessions are ended when it begins" in told
        at_work.execute("SELECT 1")
        done = move(*HALT)
        with pytest.raises(psycopg.OperationalError):
            at_work.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="too many connections"):
        move.source.connect(move.name, user=till)
    statement = f'ALTER DATABASE "{move.name}" CONNECTION LIMIT {limit}'
    assert f"{move.name} stays halted, and lets in superusers alone, until: {statement}" in done.stderr
    assert f"if this process is killed, they resume with: {statement}" in done.stderr
    move.source.psql(statement)
    move.source.connect(move.name, user=till).close()
    assert limit_of(move.target, move.moved) == str(limit) and move.is_there()


def test_services_resume_where_a_migration_fails_and_are_not_halted_for_what_cannot_be_done(move, till):
    with move.source.connect(move.name, user=till) as at_work:
        move.target.createdb(move.moved)
        assert "exists already" in message(move(*HALT, check=False))
        at_work.execute("SELECT 1")
        move.target.dropdb(move.moved)
        denied = move(*HALT, source={"user": till}, check=False)
        assert "takes a superuser" in message(denied)
        at_work.execute("SELECT 1")
    move.source.psql("CREATE FUNCTION slow(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN i; END'; "
                     "CREATE INDEX ON orders (slow(id)); CREATE OR REPLACE FUNCTION slow(i int) RETURNS int IMMUTABLE "
                     "LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.01); RETURN i; END'", db=move.name)
    process = move._holdfast.popen(*move.arguments(*HALT), stdout=subprocess.DEVNULL)
    wait_until(lambda: move.target.psql("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%CREATE INDEX%slow%' AND "
                                        "state = 'active' AND application_name = 'holdfast'"), 60)
    assert limit_of(move.source, move.name) == "0"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1 and f"the services of {move.name} resume" in errors, errors
    assert limit_of(move.source, move.name) == "-1"


def test_services_stay_halted_where_the_last_step_may_have_been_made(move):
    with Proxy(move.target, break_after=(b"RENAME TO", b"COMMIT"), for_good=True) as proxy:
        done = move(*HALT, target={"tcp": True, "port": proxy.port}, check=False)
    assert done.returncode == 1 and "may have been made all the same" in message(done), done.stderr
    statement = f'ALTER DATABASE "{move.name}" CONNECTION LIMIT -1'
    assert f"{move.name} stays halted, and lets in superusers alone, until: {statement}" in done.stderr
    assert limit_of(move.source, move.name) == "0" and "resume\n" not in done.stderr
    wait_until(lambda: move.moved in databases(move.target))


def test_a_source_that_is_halted_already_is_not_taken_for_one_that_is_to_be_so_later(move):
    move.source.psql(f"ALTER DATABASE {move.name} CONNECTION LIMIT 0")
    assert "has a connection limit of 0 already" in message(move(*HALT, check=False))
    assert limit_of(move.source, move.name) == "0" and move.moved not in databases(move.target)


def test_what_comes_from_a_source_that_is_closed_lets_services_in(move):
    move.source.psql(f"ALTER DATABASE {move.name} CONNECTION LIMIT 0")
    told = move().stderr
    assert "lets in superusers alone, as its connection limit is 0" in told and "the target has none" in told
    assert limit_of(move.target, move.moved) == "-1" and limit_of(move.source, move.name) == "0"
    move.target.psql(f"ALTER DATABASE {move.moved} CONNECTION LIMIT 7")
    assert "the target has none" not in move(mode="swap").stderr
    assert limit_of(move.target, move.moved) == "7"


def held(move):
    """A migration that waits at its source, with the lock of its target."""
    process = move._holdfast.popen(*move.arguments(*GO_ON))
    wait_until(lambda: move.source.psql("SELECT 1 FROM pg_locks WHERE NOT granted"))
    return process


def test_two_do_not_go_to_one_place_and_a_dead_one_is_not_in_the_way(move):
    with move.source.connect(move.name) as blocker:
        blocker.execute("BEGIN; LOCK TABLE orders")
        first = held(move)
        done = move(*GO_ON, check=False)
        assert done.returncode == 1 and f"another migration into {move.moved} is under way (process " in message(done)
        done = move(*GO_ON, "--maintenance-db", "template1", check=False)
        assert f"another migration into {move.moved} is under way (process " in message(done), "from whatever database"
        first.kill()
        first.communicate()
        wait_until(lambda: move.target.psql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == "0")
        blocker.execute("ROLLBACK")
    assert move(*GO_ON, "--json").json["tables_proved"] == 3


def test_a_database_does_not_go_onto_itself(move, holdfast):
    dsn = move.source.dsn(move.name)
    done = holdfast("migrate", "--from", dsn, "--to", dsn, "--mode", "swap", "--no-backup", check=False)
    assert done.returncode == 2 and "are the same database" in message(done)


# ---- The backup before -----------------------------------------------------------------------------------------------


def test_the_maintenance_database_itself_can_be_moved(move, holdfast):
    """The migration's own session there, which holds its lock, is no other."""
    to = move.source.dsn(move.moved)
    try:
        done = holdfast("migrate", "--from", move.source.dsn(move.name), "--to", to, "--mode", "new", "--no-backup",
                        "--maintenance-db", move.name, "--json").json
        assert done["tables_proved"] == 3
    finally:
        move.source.dropdb(move.moved)


def test_a_backup_comes_first(move, holdfast, tmp_path):
    done = move(check=False, backup=())
    assert done.returncode == 2 and "--no-backup does without" in message(done)
    path = tmp_path / "before.hf"
    done = move("--json", backup=("--backup-to", path, "--unencrypted"))
    assert done.json["backup"] == str(path) and "the source is backed up in" in done.stderr
    holdfast("verify", "--from", path, "--against", move.source.dsn(move.name))
    done = move(check=False, backup=("--backup-to", path, "--unencrypted"))
    assert done.returncode == 1 and "exists" in message(done)


def test_a_backup_that_was_just_made_will_do_and_no_other(move, holdfast, database, tmp_path):
    def backup(name, *more, of=move.name):
        holdfast("backup", "--from", move.source.dsn(of), "--to", tmp_path / name, "--unencrypted", *more)
        return tmp_path / name

    def refused(path, words):
        done = move("--dry-run", backup=("--backup", path), check=False)
        assert done.returncode == 1 and words in message(done), done.stderr

    good = backup("good")
    old = Archive(good)
    head = json.loads(old.members["holdfast.json"])
    old.members["holdfast.json"] = json.dumps({**head, "created": "2024-05-19T10:00:00.000000Z"}).encode()
    refused(old.settle().write(tmp_path / "old"), "which is over 1 h")
    move("--dry-run", "--backup-age", "5000d", backup=("--backup", tmp_path / "old"))
    refused(backup("part", "--exclude-table", "empty"), "of a part of a database")
    refused(backup("other", of=database(move.source)), "of another database")
    content = bytearray(good.read_bytes())
    content[content.index(b"00001.copy.zst") + 600] ^= 1
    (tmp_path / "damaged").write_bytes(content)
    refused(tmp_path / "damaged", "damaged")
    move.source.psql("CREATE TABLE copied AS TABLE empty; DROP TABLE empty; ALTER TABLE copied RENAME TO empty", db=move.name)
    assert move("--json", backup=("--backup", good)).json["backup"] == str(good)


def test_a_backup_of_another_database_of_that_name_will_not_do(move, holdfast, tmp_path):
    """Its tables have the names of ours, and other OIDs."""
    path = tmp_path / "a.hf"
    move.target.createdb(move.name)
    move.target.psql("CREATE TABLE a (a int); CREATE TABLE customers (a int); CREATE TABLE orders (a int)", db=move.name)
    holdfast("backup", "--from", move.target.dsn(move.name), "--to", path, "--unencrypted")
    done = move(check=False, backup=("--backup", path))
    assert done.returncode == 1 and "another database of that name" in message(done)
    move.target.dropdb(move.name)


# ---- What goes wrong -------------------------------------------------------------------------------------------------


def test_rights_that_are_missing_are_told_before_anything_is_done(move):
    for server in (move.source, move.target):
        server.psql("CREATE ROLE migrate_clerk LOGIN")
    try:
        clerk = {"user": "migrate_clerk"}
        done = move(source=clerk, check=False)
        assert done.returncode == 1 and "the role may not read: " in message(done) and "orders" in message(done)
        done = move(target=clerk, check=False)
        assert done.returncode == 1 and "nothing was touched" in message(done) and "may not create databases" in message(done)
        assert message(done).startswith("the migration cannot be done") and "in-place" not in message(done)
        assert move.moved not in databases(move.target)
        move.source.psql("GRANT SELECT ON customers, empty, orders_id_seq TO migrate_clerk; SELECT lo_unlink(oid) FROM "
                         "pg_largeobject_metadata", db=move.name)
        done = move("--exclude-table", "orders", "--exclude-table", "totals", "--json", source=clerk).json
        assert done["tables_proved"] == 2  # what is excluded need not be readable
        move.target.dropdb(move.moved)
        move.source.psql("DROP OWNED BY migrate_clerk; GRANT pg_read_all_data TO migrate_clerk", db=move.name)
        move.target.psql("ALTER ROLE migrate_clerk CREATEDB")
        done = move("--no-owner", "--no-privileges", "--json", source=clerk, target=clerk).json
        assert done["tables_proved"] == 3
    finally:
        move.source.psql("DROP OWNED BY migrate_clerk; DROP ROLE migrate_clerk", db=move.name)
        move.target.dropdb(move.moved)
        move.target.psql("DROP ROLE migrate_clerk")


def test_large_objects_come_over_by_who_is_no_superuser(move):
    move.source.psql("DO $$ BEGIN EXECUTE (SELECT format('COMMENT ON LARGE OBJECT %s IS %L', oid, 'noted') FROM "
                     "pg_largeobject_metadata); END $$", db=move.name)
    move.target.psql("CREATE ROLE large_clerk LOGIN CREATEDB")
    try:
        move("--no-owner", "--no-privileges", target={"user": "large_clerk"})
        there = move.target.psql("SELECT lomowner::regrole, md5(lo_get(oid)), obj_description(oid, 'pg_largeobject') FROM "
                                 "pg_largeobject_metadata", db=move.moved)
        here = move.source.psql("SELECT md5(lo_get(oid)) FROM pg_largeobject_metadata", db=move.name)
        assert there == f"large_clerk|{here}|noted"
    finally:
        move.target.dropdb(move.moved)
        move.target.psql("DROP ROLE large_clerk")


def test_an_older_server_is_refused(move, postgres, holdfast):
    done = holdfast("migrate", "--from", move.source.dsn(move.name), "--to", postgres(13).dsn("x"), "--mode", "new",
                    "--no-backup", check=False)
    assert done.returncode == 1 and "the server is PostgreSQL 13, older than the 15 that the source has" in message(done)


@pytest.mark.parametrize("side", ["source", "target"])
def test_a_connection_that_is_cut_half_way_leaves_nothing(move, side):
    before = databases(move.target), move.content(move.source, move.name).replace("\n", "")[:40]
    with Proxy(getattr(move, side), hold_after=1 << 20) as proxy:
        process = move._holdfast.popen(*move.arguments(*GO_ON, **{side: {"tcp": True, "port": proxy.port}}))
        proxy.until_held()
        proxy.cut()
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1, errors
    wait_until(lambda: sessions(move.source, move.name) == 0)
    if side == "source":
        assert "what had been loaded was removed" in errors and databases(move.target) == before[0]
    else:
        name, = move.copies()
        assert f"the database {name} is left" in errors and "holdfast copies --drop" in errors
        wait_until(lambda: sessions(move.target, name) == 0)
        move._holdfast("copies", "--to", move.target.dsn(move.moved), "--drop-stale")
        assert databases(move.target) == before[0]


PHASES = {
    "source": {"looking": b"pg_is_in_recovery", "locks": b"LOCK TABLE ONLY", "snapshot": b"pg_export_snapshot",
               "pg_dump": b"FROM pg_ts_config", "rows": b'COPY "public"."orders"', "large objects": b"lo_get(",
               "sequences": b"orders_id_seq\"'::pg_catalog.text"},
    "target": {"looking": b"pg_available_extensions", "database": b"CREATE DATABASE ", "schema": b"CREATE TABLE public.orders",
               "rows": b"FROM STDIN", "large objects": b"lo_put(", "keys": b"ADD CONSTRAINT customers_pkey",
               "indexes": b"CREATE INDEX", "proof": b"TO STDOUT", "statistics": b"ANALYZE ", "foreign keys": b"FOREIGN KEY",
               "sequences": b"setval(", "views": b"REFRESH ", "settings": b"SET \"work_mem\"", "name": b"RENAME TO"}}


@pytest.mark.parametrize("side, phase", [(side, phase) for side, phases in PHASES.items() for phase in phases])
def test_a_connection_that_is_cut_at_a_phase_leaves_what_was_there(move, side, phase):
    """Once the server has got a statement of it, and before its answer."""
    before, content = databases(move.target), move.content(move.source, move.name)
    with Proxy(getattr(move, side), break_after=[PHASES[side][phase]]) as proxy:
        done = move(*GO_ON, check=False, **{side: {"tcp": True, "port": proxy.port}})
    assert done.returncode == 1
    for server in (move.source, move.target):  # which may have a statement to end that nobody waits for
        wait_until(lambda: server.psql("SELECT count(*) FROM pg_stat_activity WHERE application_name ~ "
                                       "'^(holdfast|pg_dump)'") == "0", 120)
    move.source.psql("SELECT setval('orders_id_seq', last_value - 1) FROM orders_id_seq", db=move.name)
    assert move.content(move.source, move.name) == content
    left = databases(move.target) - before
    assert left == set(move.copies()) and len(left) <= 1
    move._holdfast("copies", "--to", move.target.dsn(move.moved), "--drop-stale")
    assert databases(move.target) == before


def test_a_target_whose_disk_is_full_is_told_and_left_as_it_was(move, postgres):
    """Its files may not grow beyond what a segment of its log has."""
    move.source.psql("CREATE TABLE big AS SELECT i, repeat(md5(i::text), 9) AS t FROM generate_series(1, 120000) i",
                     db=move.name)
    move.target, before = postgres(fresh=True), move.content(move.source, move.name).split("\n")[:2]
    there = databases(move.target)
    subprocess.run(as_server(["prlimit", f"--pid={move.target.pid}", f"--fsize={24 << 20}"]), check=True)
    done = move(*GO_ON, check=False)
    assert done.returncode == 1 and "could not extend file" in message(done) and "big" in message(done)
    assert "what had been loaded was removed" in done.stderr and databases(move.target) == there and move.copies() == {}
    assert move.content(move.source, move.name).split("\n")[:2] == before


@pytest.mark.parametrize("side", ["source", "target"])
def test_an_administrator_who_ends_it_is_told(move, side):
    move.source.psql("CREATE TABLE slow AS SELECT i, repeat(md5(i::text), 9) AS t FROM generate_series(1, 200000) i",
                     db=move.name)
    process = move._holdfast.popen(*move.arguments(*GO_ON))
    server, name = (move.source, move.name) if side == "source" else (move.target, f"{move.moved}_hf_incoming")
    end_sessions(server, name, "terminate", "state = 'active' AND query LIKE 'COPY%'")
    _, errors = process.communicate(timeout=60)
    # Whether the server's last words are read depends on what was on its way.
    words = ("terminating connection due to administrator", "server closed the connection unexpectedly")
    assert process.returncode == 1 and any(each in errors for each in words), errors
    assert "what had been loaded was removed" in errors and move.copies() == {}


def test_ctrl_c_cancels_on_both_servers_and_leaves_nothing(move):
    before = databases(move.target)
    move.source.psql("CREATE FUNCTION slow(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN i; END'; "
                     "CREATE INDEX ON orders (slow(id)); "
                     "CREATE OR REPLACE FUNCTION slow(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN PERFORM "
                     "pg_sleep(0.01); RETURN i; END'", db=move.name)
    process = move._holdfast.popen(*move.arguments(*GO_ON, "--progress", "json"), stdout=subprocess.DEVNULL)
    wait_until(lambda: move.target.psql("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%CREATE INDEX%slow%' AND "
                                        "state = 'active' AND application_name = 'holdfast'"), 60)
    told = next(line for line in process.stderr if line.startswith("{"))  # each second
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1 and "what had been loaded was removed" in errors, errors
    progress = [json.loads(line) for line in [told, *errors.splitlines()] if line.startswith("{")]
    assert {each["job"] for each in progress} == {"migration"}
    assert databases(move.target) == before and sessions(move.source, move.name) == 0
