"""What a restore over a live database tells before it touches anything, what it refuses, and what in place leaves."""
import threading
import time

import pytest

from support.archive_edit import Archive
from support.faults import message


@pytest.fixture
def server(postgres):
    return postgres(max_prepared_transactions=5)


class Shop:
    """A database `name` with an archive of it."""

    def __init__(self, server, holdfast, name, folder, sql, *options):
        self.server, self.name, self.dsn, self._holdfast, self.folder = server, name, server.dsn(name), holdfast, folder
        server.psql(sql, db=name)
        self.archive = folder / "shop.hf"
        holdfast("backup", "--from", self.dsn, "--to", self.archive, "--unencrypted", *options)

    def restore(self, mode, *arguments, to=None, check=True, **options):
        if mode == "in-place" and "--dry-run" not in arguments:
            arguments = [*arguments, "--safety", self.folder / "safety.hf", "--unencrypted"]
        return self._holdfast("restore", "--from", self.archive, "--to", to or self.dsn, "--mode", mode, *arguments,
                              check=check, **options)

    def psql(self, text):
        return self.server.psql(text, db=self.name)


@pytest.fixture
def shop(server, role, database, holdfast, tmp_path):  # roles go after the databases
    def make(sql, *options, **createdb):
        return Shop(server, holdfast, database(server, **createdb), tmp_path, sql, *options)
    return make


@pytest.fixture
def role(server):
    made = []

    def make(name, attributes="LOGIN"):
        server.psql(f'CREATE ROLE "{name}" {attributes}')
        made.append(name)
        return name
    yield make
    for name in made:
        server.psql(f'DROP ROLE IF EXISTS "{name}"')


# ---- Others' code and rights -----------------------------------------------------------------------------------------


def test_operators_of_others_do_not_run_with_our_rights(shop, role):
    role("pre_mallory")
    live = shop("CREATE TABLE t AS SELECT 1 AS i; GRANT CREATE ON SCHEMA public TO pre_mallory; "
                "CREATE TABLE caught (who text); GRANT INSERT ON caught TO PUBLIC")
    live.psql("""SET ROLE pre_mallory;
        CREATE FUNCTION public.mine(oid, int4) RETURNS bool LANGUAGE plpgsql AS
        $$BEGIN INSERT INTO public.caught VALUES (current_user); RETURN true; END$$;
        CREATE OPERATOR public.>= (LEFTARG = oid, RIGHTARG = int4, FUNCTION = public.mine)""")
    live.restore("in-place", "--dry-run")
    assert live.psql("SELECT count(*) FROM caught") == "0"


def test_names_of_roles_are_read_in_utf8(shop, role):
    role("pré_é")
    live = shop('CREATE TABLE t AS SELECT 1 AS i; ALTER TABLE t OWNER TO "pré_é"', template="template0",
                encoding="LATIN1", lc_collate="C", lc_ctype="C")
    assert "missing" not in live.restore("in-place", "--dry-run", "--safety", live.folder / "s.hf", "--unencrypted").stderr


def test_in_place_leaves_no_old_privileges(shop, role):
    role("pre_guest")
    live = shop("CREATE TABLE t AS SELECT 1 AS i")
    live.psql("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT "
              "SELECT ON TABLES TO pre_guest; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; "
              "GRANT CREATE ON SCHEMA public TO pre_guest; COMMENT ON SCHEMA public IS 'theirs'; "
              "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO pre_guest; "
              "GRANT SELECT ON pg_catalog.pg_authid TO pre_guest")
    live.restore("in-place")
    assert live.psql("SELECT relacl FROM pg_class WHERE relname = 't'") == ""
    assert live.psql("SELECT count(*) FROM pg_default_acl") == "0"
    assert live.psql("SELECT has_schema_privilege('pre_guest', 'public', 'CREATE'), has_function_privilege('pre_guest', "
                     "'pg_read_file(text)', 'EXECUTE'), has_table_privilege('pre_guest', 'pg_authid', 'SELECT'), "
                     "obj_description('public'::regnamespace)") == "f|f|f|standard public schema"


@pytest.mark.parametrize("major, owner", [(13, "postgres"), (15, "pg_database_owner")])
def test_in_place_gives_public_the_owner_of_a_new_database(postgres, database, holdfast, tmp_path, major, owner):
    server = postgres(major)
    live = Shop(server, holdfast, database(server), tmp_path, "CREATE TABLE t AS SELECT 1 AS i")
    server.psql("CREATE ROLE pre_landlord")
    try:
        live.psql("ALTER SCHEMA public OWNER TO pre_landlord; REVOKE ALL ON SCHEMA public FROM PUBLIC")
        live.restore("in-place")
        live.psql("DROP ROLE pre_landlord")  # nothing is left that is his
        assert live.psql("SELECT nspowner::regrole, has_schema_privilege('public', 'public', 'USAGE') "
                         "FROM pg_namespace WHERE nspname = 'public'") == f"{owner}|t"
    finally:
        live.psql("DROP OWNED BY pre_landlord; DROP ROLE pre_landlord" if live.psql(
            "SELECT to_regrole('pre_landlord')") else "")


# ---- Impact ----------------------------------------------------------------------------------------------------------

TWO = "CREATE TABLE one AS SELECT 1 AS i; CREATE TABLE two AS SELECT 2 AS i"


@pytest.mark.parametrize("mode", ["swap", "in-place"])
def test_tables_that_are_not_chosen_are_not_dropped_unasked(shop, mode):
    live = shop(TWO)
    done = live.restore(mode, "--table", "one", check=False)
    assert done.returncode == 1 and "1 other table of it would be gone: public.two" in message(done)
    assert all(words in message(done) for words in ("--drop-others", "--mode new", "--data-only"))
    assert live.psql("SELECT * FROM two") == "2"
    assert "public.two" in live.restore(mode, "--table", "one", "--drop-others").stderr
    assert live.psql("SELECT to_regclass('two') IS NULL, i FROM one") == "t|1"


@pytest.mark.parametrize("mode", ["swap", "in-place"])
def test_what_a_restore_takes_away_is_told_before_it_does(shop, server, database, mode):
    live = shop(TWO, "--exclude-table-data", "two")
    live.psql("CREATE TABLE mine AS SELECT 3 AS i; CREATE VIEW looks AS SELECT 1")
    told = live.restore(mode, "--dry-run").stderr
    assert "1 table " in told and "will be gone" in told and "public.mine" in told and "view public.looks" in told
    assert "1 table will come back empty" in told and "public.two" in told
    assert ("is dropped first: 3 tables, 1 view" in told) == (mode == "in-place")
    assert "archive is of the database" not in told
    other = database(server)
    assert f"is of the database {live.name}" in live.restore(mode, "--dry-run", to=server.dsn(other)).stderr


def test_findings_come_before_the_work(shop, server):
    live = shop(TWO)
    with server.connect(live.name, application_name="till 4"):
        told = live.restore("swap").stderr
    assert "1 session will be ended at the swap" in told
    assert told.index("preflight: ") < told.index("100% done")


@pytest.mark.parametrize("kind", ["kept", "incoming", "scratch"])
def test_no_new_database_has_the_name_of_a_copy(shop, server, kind):
    """An undo would swap it in, or a restore drop it."""
    live = shop("CREATE TABLE t AS SELECT 1 AS i")
    name = f"{live.name[:20]}_hf_{kind}_20260101000000_0000"
    failed = live.restore("new", to=server.dsn(name), check=False)
    assert failed.returncode != 0 and "would be taken for a copy" in failed.stderr
    assert server.psql(f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == "0"


def test_room_that_is_short_is_a_warning_and_no_refusal(shop):
    """The archive's rows are said to be larger than any disk; what they take on the server nobody knows."""
    live = shop(TWO)
    assert "room may be short" not in live.restore("swap", "--dry-run").stderr
    edited = Archive(live.archive)
    table = edited.table("one")
    table["raw_bytes"] = table["parts"][0]["raw_bytes"] = 2**60
    edited.settle().write(live.archive)
    told = live.restore("swap", "--dry-run", "--no-verify").stderr
    assert "preflight: room may be short: the rows take about 1.15 EB" in told, told


# ---- In place --------------------------------------------------------------------------------------------------------


def test_nothing_written_is_lost_between_the_safety_backup_and_the_drops(shop, server, holdfast):
    live = shop("CREATE TABLE big AS SELECT i, repeat('x', 100) AS t FROM generate_series(1, 300000) i; "
                "CREATE TABLE log (i serial)")
    acknowledged, stop = [], threading.Event()

    def write():
        with server.connect(live.name) as connection:
            while not stop.is_set():
                try:
                    acknowledged.append(connection.execute("INSERT INTO log DEFAULT VALUES RETURNING i").fetchone()[0])
                except Exception:  # the table is another now
                    return
                time.sleep(0.002)
    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.1)
    try:
        live.restore("in-place")
    finally:
        stop.set()
        writer.join()
    kept = [int(i) for i in holdfast("extract", "--from", live.folder / "safety.hf", "--sql", "--table", "log").stdout
            .split("\\.")[0].split("\n") if i.isdigit()]
    now = [int(i) for i in live.psql("SELECT i FROM log").split("\n") if i]
    assert len(acknowledged) > 5 and set(acknowledged) <= set(kept) | set(now)


def test_in_place_needs_no_right_to_create_databases(shop, server, role):
    role("pre_tenant")
    live = shop("SELECT 1")
    server.psql(f"ALTER DATABASE {live.name} OWNER TO pre_tenant")
    own = server.dsn(live.name, user="pre_tenant")
    with server.connect(live.name, user="pre_tenant") as tenant:
        tenant.execute("CREATE SCHEMA mine; CREATE TABLE mine.t AS SELECT 1 AS i")
        live._holdfast("backup", "--from", own, "--to", live.archive, "--unencrypted", "--force")
        tenant.execute("UPDATE mine.t SET i = 2")
    assert "create databases" in message(live.restore("swap", to=own, check=False))
    live.restore("in-place", to=own)
    assert live.psql("SELECT i, (SELECT relowner::regrole FROM pg_class WHERE relname = 't') FROM mine.t") == \
        "1|pre_tenant"
    server.psql(f"ALTER DATABASE {live.name} OWNER TO postgres; ")
    live.psql("DROP OWNED BY pre_tenant")


@pytest.mark.parametrize("name, words", [("there.hf", "exists already"), ("none/x.hf", "check the name")])
def test_a_dry_run_in_place_looks_at_the_safety_file(shop, name, words):
    live = shop(TWO)
    (live.folder / "there.hf").write_text("precious")
    done = live.restore("in-place", "--dry-run", "--safety", live.folder / name, "--unencrypted", check=False)
    assert done.returncode == 1 and words in message(done)
    assert "preflight: " not in done.stderr


# ---- Roles and rights ------------------------------------------------------------------------------------------------


def test_create_roles_touches_no_role_that_was_there(shop, server, role):
    for name in ("pre_staff", "pre_app", "pre_new"):
        role(name)
    live = shop(TWO + "; ALTER TABLE one OWNER TO pre_app; ALTER TABLE two OWNER TO pre_staff; GRANT SELECT ON one TO "
                "pre_new; GRANT pre_staff TO pre_app, pre_new; COMMENT ON ROLE pre_app IS 'archived'")
    server.psql("REVOKE pre_staff FROM pre_app; COMMENT ON ROLE pre_app IS 'live'")
    live.psql("DROP OWNED BY pre_new; DROP ROLE pre_new")
    live.restore("swap", "--create-roles")
    assert server.psql("SELECT shobj_description('pre_app'::regrole, 'pg_authid'), pg_has_role('pre_app', 'pre_staff', "
                       "'MEMBER'), pg_has_role('pre_new', 'pre_staff', 'MEMBER')") == "live|f|t"


def test_a_trial_restore_does_without_roles_and_swap_checks(shop, server, role, holdfast):
    role("pre_gone"), role("pre_maker", "LOGIN CREATEDB")
    live = shop("CREATE TABLE t AS SELECT 1 AS i; CREATE POLICY p ON t TO pre_gone USING (true); "
                "COMMENT ON POLICY p ON t IS 'x'")
    live.psql("DROP OWNED BY pre_gone; ALTER ROLE pre_gone RENAME TO pre_away")
    done = holdfast("verify", "--from", live.archive, "--restore-to", server.dsn("postgres", user="pre_maker"))
    assert "policy t p" in done.stderr and "pre_gone" in done.stderr
    done = live.restore("new", "-O", "-x", "--dry-run", to=server.dsn(f"{live.name}x"), check=False)
    assert done.returncode == 1 and "policies or user mappings name are missing: pre_gone" in message(done)
    server.psql("ALTER ROLE pre_away RENAME TO pre_gone")


def test_rights_that_are_missing_at_the_end_are_found_first(shop, server, role):
    role("pre_clerk", "LOGIN CREATEDB"), role("pre_boss")
    live = shop("CREATE TABLE t AS SELECT 1 AS i; ALTER TABLE t OWNER TO pre_boss; "
                "CREATE PUBLICATION everything FOR ALL TABLES")
    server.psql(f"ALTER DATABASE {live.name} OWNER TO pre_clerk; ALTER DATABASE {live.name} SET log_statement = 'all'")
    done = live.restore("swap", "--dry-run", to=server.dsn(live.name, user="pre_clerk"), check=False)
    for words in ("log_statement", "may not give objects to: postgres, pre_boss", "PUBLICATION everything"):
        assert words in message(done)
    server.psql(f"ALTER DATABASE {live.name} OWNER TO postgres")


OWNERS = """SELECT (SELECT relowner::regrole::text FROM pg_class WHERE relname = 'two'),
                   (SELECT string_agg(polroles::regrole[]::text, '') FROM pg_policy),
                   has_table_privilege('pre_new', 'one', 'SELECT'), has_table_privilege('pre_old', 'one', 'SELECT')"""


@pytest.mark.parametrize("options, expected", [
    ((), "pre_old|{pre_old}|f|t"),
    (("--role-map", "pre_old=pre_new"), "pre_new|{pre_new}|t|f"),
    (("--no-owner",), "postgres|{pre_old}|f|t"),
    (("--no-owner", "--no-privileges"), "postgres|{pre_old}|f|f"),
], ids=["as it was", "role map", "no owner", "nor privileges"])
def test_objects_go_to_the_roles_that_were_asked_for(shop, server, role, options, expected):
    role("pre_old"), role("pre_new")
    live = shop(TWO + "; CREATE POLICY p ON one TO pre_old USING (true); GRANT SELECT ON one TO pre_old; "
                "ALTER TABLE two OWNER TO pre_old")
    live.restore("swap", "--keep-old", "0s", *options)
    assert live.psql(OWNERS) == expected


def test_a_map_that_maps_nothing_is_told(shop):
    live = shop(TWO)
    assert "the archive names no role nobdy" in live.restore(
        "swap", "--dry-run", "--role-map", "nobdy=postgres").stderr


FOREIGN = {"new keeps nothing": ("new", "--keep-old", "1d"), "in place makes no database": ("in-place", "--maintenance-db",
           "x"), "no file for a key": ("swap", "--recipient", "age1x"), "nothing chosen": ("swap", "--drop-others")}


@pytest.mark.parametrize("case", FOREIGN.values(), ids=FOREIGN)
def test_an_option_that_is_foreign_to_the_mode_is_refused(holdfast, case):
    mode, *rest = case
    done = holdfast("restore", "--from", "x.hf", "--to", "dbname=x", "--mode", mode, "--dry-run", *rest, check=False)
    assert done.returncode == 2 and rest[0] in message(done)
