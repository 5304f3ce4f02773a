"""What a backup's role may do, what it lacks, and what others try to do with its rights."""
import os
import time
from pathlib import Path

import pytest

from support import everything, majors
from support.faults import message, wait_until


@pytest.fixture(scope="module")
def server(postgres):
    return postgres()


@pytest.fixture
def base(server, database):
    """An empty database: .name, .dsn."""
    class Base:
        name = database(server)
        dsn = server.dsn(name)
    return Base


# ---- Code of others --------------------------------------------------------------------------------------------------

# Better matches than pg_catalog's own for operators that statements on the catalogs use, in a schema that everybody's
# search path has. What runs as another role than their owner raises.
TRAPS = """
    CREATE ROLE mallory; GRANT CREATE ON SCHEMA public TO mallory; GRANT CREATE ON DATABASE "{name}" TO mallory;
    SET SESSION AUTHORIZATION mallory;
    CREATE FUNCTION public.trap(a anyelement) RETURNS bool LANGUAGE plpgsql AS $$
        BEGIN IF current_user <> 'mallory' THEN RAISE 'the trap runs as %', current_user; END IF; RETURN true; END $$;
    DO $$ DECLARE l regtype; r regtype; op text; number int := 0;
    BEGIN
        FOREACH op IN ARRAY ARRAY['=', '<>', '<', '>', '>=', '<=', '~', '!~', '+', '-', '*', '/', '||'] LOOP
            FOR l, r IN SELECT a, b FROM unnest('{{name,text,oid,"char",real,integer,bigint,boolean}}'::regtype[]) a,
                        unnest('{{name,text,oid,"char",real,integer,bigint,boolean}}'::regtype[]) b LOOP
                IF EXISTS (SELECT FROM pg_operator WHERE oprname = op AND oprleft = l AND oprright = r) THEN
                    CONTINUE;
                END IF;
                number := number + 1;
                EXECUTE format('CREATE FUNCTION public.trap%s(%s, %s) RETURNS bool LANGUAGE sql AS '
                               '''SELECT public.trap(1)''', number, l, r);
                EXECUTE format('CREATE OPERATOR public.%s (FUNCTION = public.trap%s, LEFTARG = %s, RIGHTARG = %s)',
                               op, number, l, r);
            END LOOP;
        END LOOP;
    END $$;
    RESET SESSION AUTHORIZATION;
"""


@pytest.fixture
def trapped(server, base):
    server.psql("CREATE TABLE public.orders (id serial, v int); INSERT INTO orders (v) VALUES (1), (2);"
                "CREATE SCHEMA other; CREATE TABLE other.orders (id serial)", db=base.name)
    server.psql(TRAPS.format(name=base.name), db=base.name)
    yield base
    server.psql("DROP OWNED BY mallory; DROP ROLE mallory", db=base.name)


@pytest.mark.parametrize("scope", [[], ["--table", "orders"], ["--schema", "public"], ["--exclude-table", "orders"],
                                   ["--exclude-table-data", "orders"]], ids=lambda scope: " ".join(scope) or "all")
def test_no_operator_of_another_role_runs_in_a_backup(holdfast, trapped, tmp_path, scope):
    holdfast("backup", "--from", trapped.dsn, "--to", tmp_path / "x.hf", "--unencrypted", *scope)


def tables(holdfast, path):
    return {f"{each['schema']}.{each['name']}"
            for each in holdfast("inspect", "--from", path, "--json").json["tables"]}


@pytest.mark.parametrize("path, wanted", [('"$user", public', "public.t"), ("missing, a, public", "a.t"),
                                          ("public, a", "public.t"), ("pg_catalog", None)])
def test_a_pattern_without_a_schema_means_what_the_search_path_shows(holdfast, server, base, tmp_path, path, wanted):
    server.psql(f"CREATE SCHEMA a; CREATE TABLE a.t (i int); CREATE TABLE public.t (i int); CREATE TABLE a.u (i int);"
                f"ALTER DATABASE \"{base.name}\" SET search_path = {path}", db=base.name)
    done = holdfast("backup", "--from", base.dsn, "--to", tmp_path / "x.hf", "--unencrypted", "--table", "t",
                    check=False)
    if wanted is None:
        assert done.returncode == 1 and "t" in message(done), done.stderr
    else:
        assert tables(holdfast, tmp_path / "x.hf") == {wanted}


# ---- What a role lacks -----------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(server, base):
    """The DSN of a role that may read the tables, but not all that goes with them."""
    server.psql("""CREATE ROLE clerk LOGIN;
                   CREATE TABLE t AS SELECT 1 AS i; GRANT SELECT ON t TO clerk; CREATE SEQUENCE numbers;
                   CREATE SEQUENCE "open"; GRANT SELECT ON SEQUENCE "open" TO clerk;
                   SELECT lo_create(7); SELECT lo_create(8); GRANT SELECT ON LARGE OBJECT 8 TO clerk""", db=base.name)
    yield server.dsn(base.name, user="clerk")
    server.psql("DROP OWNED BY clerk; DROP ROLE clerk", db=base.name)


def test_sequences_and_large_objects_that_may_not_be_read_are_named_before_any_row(holdfast, server, base, clerk,
                                                                                    tmp_path):
    server.psql("CREATE TABLE secrets (i int)", db=base.name)
    arguments = ["--from", clerk, "--to", tmp_path / "x.hf", "--unencrypted"]
    told = message(holdfast("backup", *arguments, check=False))
    for words in ("public.secrets", "public.numbers", "1 large objects (the first is 7)"):
        assert words in told, told
    assert "open" not in told
    holdfast("backup", *arguments, "--table", "t")
    server.psql("GRANT SELECT ON secrets, numbers TO clerk; GRANT SELECT ON LARGE OBJECT 7 TO PUBLIC", db=base.name)
    holdfast("backup", *arguments, "--force")


def test_a_subscription_that_is_left_out_is_named(holdfast, server, base, clerk, tmp_path):
    server.psql("""CREATE SUBSCRIPTION news CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false);
                   GRANT SELECT ON numbers TO clerk; GRANT SELECT ON LARGE OBJECT 7 TO clerk""", db=base.name)
    arguments = ["--to", tmp_path / "x.hf", "--unencrypted", "--force", "--from"]
    try:
        told = holdfast("backup", *arguments, clerk).stderr
        assert "warning: the subscription news is not in the backup" in told
        assert "warning: pg_dump: subscriptions not dumped" in told
        kept = holdfast("inspect", "--from", tmp_path / "x.hf", "--json").json["warnings"]
        assert len(kept) == 2 and all(f"warning: {each}" in told for each in kept)
        assert f"Warning     {kept[0]}" in holdfast("inspect", "--from", tmp_path / "x.hf").stdout
        assert "subscription" not in holdfast("backup", *arguments, base.dsn).stderr
    finally:
        server.psql("ALTER SUBSCRIPTION news SET (slot_name = NONE); DROP SUBSCRIPTION news", db=base.name)


# ---- Passwords -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["environment", "passfile", "service"])
def test_the_password_that_was_given_is_the_one_that_pg_dump_uses(holdfast, postgres, tmp_path, other):
    guarded = postgres(scram=True)
    guarded.psql("DO $$ BEGIN CREATE ROLE keeper SUPERUSER LOGIN PASSWORD 'sesa''me: \\'; EXCEPTION WHEN "
                 "duplicate_object THEN END $$")
    files = {"password": "sesa'me: \\", "passfile": "*:*:*:*:wrong", "service": "[it]\npassword=wrong"}
    for name, content in files.items():
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(0o600)
    dsn = guarded.dsn(tcp=True, user="keeper")
    environment = {}
    if other == "environment":
        environment["PGPASSWORD"] = "wrong"
    elif other == "passfile":
        dsn += f" passfile={tmp_path}/passfile"
    else:
        dsn += " service=it"
        environment["PGSERVICEFILE"] = tmp_path / "service"
    holdfast("backup", "--from", dsn, "--to", tmp_path / "x.hf", "--unencrypted", "--password-file",
             tmp_path / "password", env=environment)


# ---- pg_dump ---------------------------------------------------------------------------------------------------------


def fake_pg_dump(folder, version):
    folder.mkdir()
    program = folder / "pg_dump"
    program.write_text(f"#!/bin/sh\n[ \"$1\" = --version ] && echo 'pg_dump (PostgreSQL) {version}' && exit\n"
                       f"echo 'pg_dump: error: this is {version}' >&2; exit 1\n")
    program.chmod(0o755)
    return str(folder)


def test_a_pg_dump_whose_archives_are_not_known_is_the_last_resort(holdfast, server, base, tmp_path):
    newer = f"{fake_pg_dump(tmp_path / '97', '97.1')}:{fake_pg_dump(tmp_path / '98', '98beta1')}"
    known = os.path.dirname(server.bin("pg_dump"))
    arguments = ["--from", base.dsn, "--to", tmp_path / "x.hf", "--unencrypted"]
    holdfast("backup", *arguments, env={"HOLDFAST_PG_PATH": f"{newer}:{known}"})


def test_the_newest_pg_dump_is_used_and_a_missing_one_is_named(holdfast, server, postgres, base, tmp_path):
    to = tmp_path / "x.hf"
    newest = {"HOLDFAST_PG_PATH": majors.programs(17)}
    holdfast("backup", "--from", base.dsn, "--to", to, "--unencrypted", env=newest)
    assert holdfast("inspect", "--from", to, "--json").json["pg_dump_version"].startswith("17.")
    if any(int(each.name) >= 17 for each in Path("/usr/lib/postgresql").glob("[0-9]*")):
        return  # one is installed, and found there
    told = message(holdfast("backup", "--from", postgres(17).dsn(), "--to", tmp_path / "y.hf", "--unencrypted",
                            env={"HOLDFAST_PG_PATH": None}, check=False))
    assert "install the package postgresql-client-17" in told and not (tmp_path / "y.hf").exists()


def test_a_wrapper_that_starts_another_pg_dump_is_passed_over(holdfast, base, tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "pg_wrapper").write_text(f"#!/bin/sh\ntouch '{tmp_path}/started'\n")
    (folder / "pg_wrapper").chmod(0o755)
    (folder / "pg_dump").symlink_to("pg_wrapper")
    holdfast("backup", "--from", base.dsn, "--to", tmp_path / "x.hf", "--unencrypted",
             env={"HOLDFAST_PG_PATH": str(folder)})
    assert not (tmp_path / "started").exists()


# ---- What is left out or read in another way -------------------------------------------------------------------------


def test_configuration_of_an_extension_that_is_left_out_is_named(holdfast, server, base, tmp_path):
    everything.prepare(server)
    schema = "holdfast_everything"
    server.psql(f"CREATE SCHEMA {schema}; CREATE EXTENSION {everything.EXTENSION}; CREATE TABLE {schema}.t (i int)",
                db=base.name)
    arguments = ["--from", base.dsn, "--unencrypted", "--to", tmp_path / "x.hf", "--force"]
    told = holdfast("backup", *arguments, "--schema", schema).stderr
    assert f"warning: {schema}.settings is not in the backup" in told
    assert "configuration" not in holdfast("backup", *arguments, "--table", f"{schema}.t").stderr
    assert "configuration" not in holdfast("backup", *arguments).stderr


@pytest.mark.parametrize("method", ["heap", "other"])
def test_a_table_is_read_by_pages_only_where_that_is_quick(holdfast, server, base, tmp_path, method):
    server.psql(f"""CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler;
                    ALTER DATABASE "{base.name}" SET enable_tidscan = off;
                    CREATE TABLE big USING {method} AS SELECT i, repeat(md5(i::text), 4) AS t FROM generate_series(1, 200000) i""",
                db=base.name)
    done = holdfast("backup", "--from", base.dsn, "--to", tmp_path / "x.hf", "--unencrypted", "--json")
    assert done.json["rows"] == 200000
    scans = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'big'"
    if method == "other":
        wait_until(lambda: server.psql(scans, db=base.name) == "1")
    else:
        time.sleep(1.5)  # statistics come late
        assert server.psql(scans, db=base.name) == "0"


def test_a_server_before_14_reads_a_large_table_whole_and_once(holdfast, postgres, database, tmp_path):
    """Ranges of pages would each be a scan of all of it."""
    server, name = postgres(13), database(postgres(13))
    server.psql("CREATE TABLE big AS SELECT i, repeat(md5(i::text), 4) AS t FROM generate_series(1, 200000) i", db=name)
    done = holdfast("backup", "--from", server.dsn(name), "--to", tmp_path / "x.hf", "--unencrypted", "--json")
    assert done.json["rows"] == 200000
    wait_until(lambda: server.psql("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'big'", db=name) == "1")
