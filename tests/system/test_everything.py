"""Every kind of object goes through a backup and a restore, and comes out the same."""
import difflib

import pytest

from support import everything, majors

# From a server of one major into a server of another. A sanitizer sees all there is to see in the first.
UP = [pytest.param(*route, marks=pytest.mark.slow_once) for route in ((13, 15), (15, 17))]
SAME = [pytest.param(major, major, marks=pytest.mark.slow_once) for major in (13, 17)]


@pytest.fixture(scope="session")
def servers(postgres):
    """servers(major, place) is a server of these tests' own: what they make needs roles and stays to the end."""
    majors.programs(17)  # so that every backup finds the same pg_dump, the newest, whatever ran before
    used = {}

    def get(major, place):
        if (major, place) not in used:
            used[major, place] = postgres(major, cluster_name=f"everything {place}", wal_level="logical")
            everything.prepare(used[major, place])
        return used[major, place]

    return get


@pytest.fixture(scope="session")
def original(servers):
    """original(major) is a server that holds the database everything.NAME, which no test changes."""
    made = set()

    def get(major):
        server = servers(major, "source")
        if major not in made:
            everything.create(server)
            made.add(major)
        return server

    return get


@pytest.fixture(scope="session")
def archive(original, holdfast, tmp_path_factory):
    """archive(major) is a backup of the original of that major."""
    made = {}

    def get(major):
        if major not in made:
            made[major] = tmp_path_factory.mktemp("archive") / f"{major}.holdfast"
            backup(holdfast, original(major), everything.NAME, made[major])
        return made[major]

    return get


def backup(holdfast, server, database, path):
    return holdfast("backup", "--from", server.dsn(database), "--to", path, "--unencrypted", timeout=800)


def restore(holdfast, path, server, database, *options):
    mode = () if "--mode" in options else ("--mode", "new")
    return holdfast("restore", "--from", path, "--to", server.dsn(database), *mode, *options, timeout=800)


def assert_same_schema(one, one_database, other, other_database):
    """One pg_dump, that of the newer server, says the same of both databases."""
    texts = [everything.in_common_words(everything.schema_text(server, database, other), one.major, other.major)
             for server, database in ((one, one_database), (other, other_database))]
    assert "\n".join(difflib.unified_diff(*(text.splitlines() for text in texts), lineterm="")) == ""


@pytest.mark.parametrize("source_major, target_major", [(15, 15), *SAME, *UP])
def test_every_kind_of_object_is_restored_the_same(original, archive, servers, holdfast, source_major, target_major):
    source, target = original(source_major), servers(target_major, f"target from {source_major}")
    restore(holdfast, archive(source_major), target, everything.NAME)
    assert_same_schema(source, everything.NAME, target, everything.NAME)
    assert everything.differences(source, everything.NAME, target, everything.NAME) == []


@pytest.mark.parametrize("source_major, target_major", [(15, 15), *UP])
def test_every_kind_of_object_is_migrated_the_same(original, servers, holdfast, source_major, target_major):
    source, target, name = original(source_major), servers(target_major, f"target from {source_major}"), "mígrated"
    done = holdfast("migrate", "--from", source.dsn(everything.NAME), "--to", target.dsn(name), "--mode", "new",
                    "--no-backup", "--others", "go-on", "--json", timeout=800).json
    assert done["tables"] == done["tables_proved"] > 50
    assert_same_schema(source, everything.NAME, target, name)
    assert everything.differences(source, everything.NAME, target, name) == []


def test_settings_and_grants_of_the_database_go_to_its_new_name(original, archive, holdfast):
    server, name = original(15), "another name"
    restore(holdfast, archive(15), server, name)
    assert everything.differences(server, everything.NAME, server, name) == []


def test_selected_tables_come_alone(original, archive, servers, holdfast):
    server, name = servers(15, "target from 15"), "selected tables"
    restore(holdfast, archive(15), server, name, "--table", "shop.orders", "--table", '"größe.mit.Punkten"."a.b.c"')
    found, expected = everything.contents(server, name), everything.contents(original(15), everything.NAME)
    tables = [key for key in found if key.startswith("table ")]
    assert sorted(tables) == ["table größe.mit.Punkten.a.b.c", "table shop.orders"]
    assert {key: found[key] for key in tables} == {key: expected[key] for key in tables}


def test_a_selected_schema_comes_alone(original, archive, servers, holdfast):
    server, name = servers(15, "target from 15"), "selected schema"
    restore(holdfast, archive(15), server, name, "--schema", "seq")
    found, expected = (
        {key: value for key, value in everything.contents(*where).items() if key.startswith(("table ", "sequence "))}
        for where in ((server, name), (original(15), everything.NAME)))
    assert found == {key: value for key, value in expected.items() if key.split(" ")[1].startswith("seq.")}


@pytest.mark.parametrize("mode", ["new", "in-place"])
def test_rows_that_an_extension_makes_itself_do_not_stay(postgres, database, holdfast, tmp_path, mode):
    """Its script fills two tables again; the original has another row in the one, and has emptied the other."""
    server, name = postgres(15), database(postgres(15))
    everything.add_extension(server, f"{everything.EXTENSION}_rows", """
        CREATE TABLE kept AS SELECT 'script' AS what; CREATE TABLE emptied AS SELECT 'script' AS what;
        SELECT pg_extension_config_dump('kept', ''); SELECT pg_extension_config_dump('emptied', '')""")
    server.psql(f"CREATE EXTENSION {everything.EXTENSION}_rows; SET search_path = holdfast_everything; "
                "INSERT INTO kept VALUES ('user'); DELETE FROM emptied", db=name)
    backup(holdfast, server, name, tmp_path / "archive")
    restored = f"{name}restored" if mode == "new" else name
    safety = ("--safety", tmp_path / "safety", "--unencrypted") if mode == "in-place" else ()
    holdfast("restore", "--from", tmp_path / "archive", "--to", server.dsn(restored), "--mode", mode, *safety)
    assert server.psql("SET search_path = holdfast_everything; SELECT string_agg(what, ' ' ORDER BY what), "
                       "(SELECT count(*) FROM emptied) FROM kept", db=restored) == "script user|0"


def test_indexes_with_stronger_locks_do_not_block_each_other(postgres, database, holdfast, tmp_path):
    """CLUSTER ON and REPLICA IDENTITY come in the transaction of CREATE INDEX, and want the table for themselves."""
    server = postgres(15)
    name = database(server)
    server.psql("".join(f"""
        CREATE TABLE t{i} AS SELECT n AS a, n AS b FROM generate_series(1, 3000) n;
        ALTER TABLE t{i} ALTER a SET NOT NULL;
        CREATE UNIQUE INDEX i{i}_1 ON t{i} (a);
        CREATE INDEX i{i}_2 ON t{i} (b);
        CREATE INDEX i{i}_3 ON t{i} (b, a);
        ALTER TABLE t{i} REPLICA IDENTITY USING INDEX i{i}_1;
        ALTER TABLE t{i} CLUSTER ON i{i}_2;
        CREATE MATERIALIZED VIEW m{i} AS SELECT a FROM t{i};
        CREATE INDEX mi{i}_1 ON m{i} (a);
        CREATE INDEX mi{i}_2 ON m{i} (a DESC);
        ALTER MATERIALIZED VIEW m{i} CLUSTER ON mi{i}_1;""" for i in range(30)), db=name)
    backup(holdfast, server, name, tmp_path / "archive")
    restored = f"{name}restored"
    restore(holdfast, tmp_path / "archive", server, restored, "--jobs", "8")
    assert_same_schema(server, name, server, restored)


def test_an_enabled_subscription_is_restored_disabled(servers, holdfast, tmp_path):
    source, target = servers(15, "source"), servers(15, "target from 15")
    source.createdb("subscriber")
    source.psql("""
        CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = s);
        ALTER SUBSCRIPTION s ENABLE;""", db="subscriber")
    try:
        backup(holdfast, source, "subscriber", tmp_path / "archive")
    finally:
        source.psql("ALTER SUBSCRIPTION s DISABLE", db="subscriber")
    restore(holdfast, tmp_path / "archive", target, "subscriber")
    assert target.psql("SELECT subname, subenabled FROM pg_subscription WHERE subname = 's'") == "s|f"


def test_a_kept_copy_with_an_enabled_subscription_can_be_dropped(servers, holdfast, tmp_path):
    """The server drops no database that has one; nor has that database's subscription ended when it is swapped away."""
    server, live = servers(15, "source"), "swapped subscriber"
    server.createdb(live)
    server.psql("""
        CREATE SUBSCRIPTION t CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = t);
        ALTER SUBSCRIPTION t ENABLE;""", db=live)
    backup(holdfast, server, live, tmp_path / "archive")
    restore(holdfast, tmp_path / "archive", server, live, "--mode", "swap")
    kept = server.psql(f"SELECT datname FROM pg_database WHERE datname LIKE '{live}_hf_kept%'")
    holdfast("copies", "--to", server.dsn(live), "--drop", kept)
    assert server.psql("SELECT datname, subenabled FROM pg_subscription JOIN pg_database d ON d.oid = subdbid"
                       " WHERE subname = 't'") == f"{live}|f"


def test_a_standby_gives_all_but_the_rows_of_unlogged_tables(postgres, database, holdfast, tmp_path):
    primary = postgres(15)
    name = database(primary)
    primary.psql("""
        CREATE TABLE kept AS SELECT i AS id, md5(i::text) AS t FROM generate_series(1, 10000) i;
        CREATE UNLOGGED TABLE "not Logged" AS SELECT i AS id FROM generate_series(1, 100) i;
        CREATE SEQUENCE s; SELECT nextval('s'), lo_from_bytea(4711, 'large');""", db=name)
    standby = postgres.standby(primary)
    standby.catch_up(primary)
    done = backup(holdfast, standby, name, tmp_path / "archive")
    assert "not Logged" in done.stderr
    restored = f"{name}restored"
    restore(holdfast, tmp_path / "archive", primary, restored)
    differing = everything.differences(primary, name, primary, restored)
    assert [line.split(":")[0] for line in differing] == ["table public.not Logged"]
    assert primary.psql('SELECT count(*) FROM "not Logged"', db=restored) == "0"
    assert primary.psql("SELECT relpersistence FROM pg_class WHERE relname = 'not Logged'", db=restored) == "u"


@pytest.mark.parametrize("owner", ["postgres", "hf_app"], ids=["of another's table", "forced on the owner's table"])
def test_a_backup_that_would_miss_hidden_rows_is_refused(servers, database, holdfast, tmp_path, owner):
    server = servers(15, "source")
    name = database(server)
    server.psql(f"""
        CREATE TABLE "Hidden rows" AS SELECT 1 AS a;
        CREATE TABLE open AS SELECT 1 AS a;
        ALTER TABLE "Hidden rows" OWNER TO {owner};
        ALTER TABLE "Hidden rows" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY p ON "Hidden rows" USING (a > 1);
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO hf_app;""", db=name)
    done = holdfast("backup", "--from", server.dsn(name, user="hf_app"), "--to", tmp_path / "archive", "--unencrypted",
                    check=False)
    assert done.returncode == 1
    assert "row level security" in done.stderr and "Hidden rows" in done.stderr and "open" not in done.stderr
    assert list(tmp_path.iterdir()) == []


HOSTILE_SETTINGS = {
    "default_transaction_read_only": "on", "default_transaction_deferrable": "on", "statement_timeout": "100ms",
    "lock_timeout": "1ms", "idle_in_transaction_session_timeout": "100ms", "search_path": "evil", "array_nulls": "off",
    "transform_null_equals": "on", "row_security": "off", "session_replication_role": "replica",
    "quote_all_identifiers": "on", "check_function_bodies": "on", "extra_float_digits": "-15", "client_min_messages":
    "error", "lo_compat_privileges": "on", "default_toast_compression": "lz4",
}


@pytest.mark.parametrize("major", [15, pytest.param(17, marks=pytest.mark.slow_once)])
def test_settings_of_the_database_neither_stop_nor_bend_it(postgres, database, holdfast, tmp_path, major):
    server = postgres(major)
    name = database(server)
    server.psql("""
        CREATE TABLE t AS SELECT i AS id, 0.1::float8 + i AS f, ARRAY['NULL', NULL, 'null'] AS a, md5(i::text) AS t
            FROM generate_series(1, 300000) i;
        CREATE INDEX ON t (t, id);
        ALTER TABLE t ADD CHECK (CASE WHEN id = NULL THEN false ELSE true END);
        CREATE VIEW v AS SELECT count(*) FROM t WHERE id = NULL;
        CREATE MATERIALIZED VIEW slow AS SELECT 'slow ' || pg_sleep(0.5) AS t;
        SELECT lo_from_bytea(4711, 'large');
        CREATE SCHEMA evil;
        CREATE FUNCTION evil.md5(text) RETURNS text LANGUAGE sql AS 'SELECT ''evil''';
        CREATE TABLE evil.pg_class (relname text);""", db=name)
    hostile = {**HOSTILE_SETTINGS, **({"transaction_timeout": "200ms"} if major >= 17 else {})}
    for setting, value in hostile.items():
        server.psql(f"""ALTER DATABASE "{name}" SET {setting} = '{value}'""")
    backup(holdfast, server, name, tmp_path / "archive")
    restored = f"{name}restored"
    restore(holdfast, tmp_path / "archive", server, restored)
    assert_same_schema(server, name, server, restored)
    assert everything.differences(server, name, server, restored) == []


@pytest.mark.parametrize("encoding", ["LATIN1", "EUC_JP", "SQL_ASCII"])
def test_a_database_of_another_encoding_keeps_it(postgres, database, holdfast, tmp_path, encoding):
    server = postgres(15, cluster_name="encodings")  # its own: no role has a name that one of these lacks
    name = database(server, template="template0", encoding=encoding, lc_collate="C", lc_ctype="C")
    words = {"LATIN1": "größe", "EUC_JP": "日本語", "SQL_ASCII": "größe"}
    server.psql(f"""
        SET client_encoding = UTF8;
        CREATE TABLE "{words[encoding]}" (a text, b jsonb);
        INSERT INTO "{words[encoding]}" VALUES ('{words[encoding]}', '"{words[encoding]}"');
        COMMENT ON TABLE "{words[encoding]}" IS '{words[encoding]}';
        CREATE VIEW v AS SELECT '{words[encoding]}'::text AS c FROM "{words[encoding]}";""", db=name)
    if encoding == "SQL_ASCII":
        server.psql(rf"""INSERT INTO "{words[encoding]}" VALUES (E'no UTF-8: \xff\xfe', NULL)""", db=name)
    backup(holdfast, server, name, tmp_path / "archive")
    restored = f"{name}restored"
    restore(holdfast, tmp_path / "archive", server, restored)
    assert server.psql("SHOW server_encoding", db=restored) == encoding
    assert_same_schema(server, name, server, restored)
    assert everything.differences(server, name, server, restored) == []


@pytest.mark.slow_once
def test_a_row_of_300_mb(postgres, database, holdfast, tmp_path):
    server = postgres(15)
    name = database(server)
    everything.add_large_row(server, name, megabytes=300)
    backup(holdfast, server, name, tmp_path / "archive")
    restored = f"{name}restored"
    restore(holdfast, tmp_path / "archive", server, restored)
    query = "SELECT count(*), min(length(value)), md5(min(value)) FROM large_row"
    expected = server.psql(query, db=name)
    assert expected.startswith(f"1|{300 * 1024 * 1024}|")
    assert server.psql(query, db=restored) == expected


@pytest.mark.slow_once
def test_20_000_small_tables(postgres, holdfast, tmp_path):
    server = postgres(15, fresh=True, max_locks_per_transaction=512)
    name = server.createdb("small_tables")  # goes with its server: to drop it takes a minute
    everything.add_small_tables(server, name, 20_000)
    backup(holdfast, server, name, tmp_path / "archive")
    restored = f"{name}restored"
    restore(holdfast, tmp_path / "archive", server, restored)
    query = """
        SELECT count(*), sum((xpath('//id/text()', xml))[1]::text::int)
        FROM pg_class, query_to_xml('SELECT id FROM small.' || relname, false, true, '') xml
        WHERE relnamespace = 'small'::regnamespace AND relkind = 'r'"""
    assert server.psql(query, db=restored) == f"20000|{20_000 * 20_001 // 2}"


def test_what_tells_databases_apart_sees_each_difference(postgres, database):
    """Guards the tests above: a comparison that compares nothing would please them all."""
    server = postgres(15)
    one, other = database(server), database(server)
    for name in (one, other):
        server.psql("""
            CREATE TABLE t (a int, b text);
            INSERT INTO t VALUES (1, 'x'), (2, NULL);
            CREATE SEQUENCE s;
            CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;
            SELECT lo_from_bytea(4711, 'x');""", db=name)
    assert everything.differences(server, one, server, other) == []
    assert everything.schema_text(server, one) == everything.schema_text(server, other)
    server.psql(f"""
        UPDATE t SET b = '' WHERE a = 2;
        SELECT nextval('s');
        REFRESH MATERIALIZED VIEW m WITH NO DATA;
        SELECT lo_put(4711, 1, 'y');
        COMMENT ON DATABASE "{other}" IS 'x';
        GRANT CREATE ON DATABASE "{other}" TO pg_monitor;
        ALTER DATABASE "{other}" SET work_mem = '1MB';
        COMMENT ON TABLE t IS 'x';""", db=other)
    found = everything.differences(server, one, server, other)
    assert [line.split(":")[0] for line in found] == [
        "database's comment", "database's grants", "large object 4711", "populated public.m", "sequence public.s",
        "setting for all", "table public.m", "table public.t"]
    assert everything.schema_text(server, one) != everything.schema_text(server, other)
