"""In which order a restore does things, and what it leaves besides rows: frozen pages and statistics. As the log of the
server tells it."""
import re

import pytest

TABLES = 4


@pytest.fixture(scope="module")
def server(postgres):
    return postgres(15, log_statement="all", log_line_prefix="%p %d ", autovacuum="off")


@pytest.fixture(scope="module")
def restored(server, holdfast, tmp_path_factory):
    """The name of a restored database, with one large and some small tables."""
    name, path = server.createdb("order_source"), tmp_path_factory.mktemp("order") / "x.hf"
    server.psql("".join(f"""
        CREATE TABLE small_{i} AS SELECT n AS id, md5(n::text) AS t FROM generate_series(1, 2000) n;
        CREATE INDEX small_{i}_t ON small_{i} (t);""" for i in range(TABLES)) + """
        CREATE TABLE large AS SELECT n AS id, md5(n::text) AS t FROM generate_series(1, 400000) n;
        ALTER TABLE large ADD PRIMARY KEY (id);
        ALTER TABLE large ADD CHECK (length(repeat(t, 300)) > 0); -- so that it is loaded for a while, whatever the machine
        ALTER TABLE small_0 ADD PRIMARY KEY (id); ALTER TABLE small_1 ADD FOREIGN KEY (id) REFERENCES small_0;
        CREATE INDEX small_2_lower ON small_2 (lower(t)); CREATE STATISTICS small_3_both ON id, t FROM small_3;
        CREATE MATERIALIZED VIEW a_of_b AS SELECT 1 AS x;
        CREATE MATERIALIZED VIEW b AS SELECT count(*) AS n FROM large; DROP MATERIALIZED VIEW a_of_b;
        CREATE MATERIALIZED VIEW a_of_b AS SELECT n FROM b;
        CREATE INDEX small_1_id ON small_1 (id);
        CREATE SCHEMA own; CREATE TABLE own.parts (id int) PARTITION BY RANGE (id);
        CREATE TABLE own.part PARTITION OF own.parts FOR VALUES FROM (0) TO (1000);
        INSERT INTO own.parts SELECT generate_series(1, 99);
        CREATE MATERIALIZED VIEW own.alone AS SELECT count(*) AS n FROM own.parts;
        CREATE FUNCTION own.count() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM own.parts';
        CREATE MATERIALIZED VIEW own.by_code AS SELECT own.count() AS n;
        GRANT SELECT ON own.alone TO PUBLIC;""", db=name)
    holdfast("backup", "--from", server.dsn(name), "--to", path, "--unencrypted")
    holdfast("restore", "--from", path, "--to", server.dsn("order_restored"), "--mode", "new", "--jobs", "2")
    yield "order_restored"
    server.dropdb("order_source")
    server.dropdb("order_restored")


@pytest.fixture(scope="module")
def statements(server, restored):
    """The statements of the restore as (process, words), in the order in which they began."""
    found = re.findall(r"^(\d+) order_restored\S* LOG:  (?:statement|execute [^:]*): (.*(?:\n\t.*)*)",
                       server.log.read_text(), re.MULTILINE)
    return [(pid, " ".join(words.replace('"', "").split())) for pid, words in found]


def places(statements, *words):
    """Where statements that hold all these words began; at least one."""
    found = [i for i, (_, text) in enumerate(statements) if all(each in text for each in words)]
    assert found, f"no statement has {words}"
    return found


def test_the_largest_table_is_begun_first(statements):
    loads = [statements[i][1] for i in places(statements, "COPY ", " FROM STDIN")]
    assert any("large" in each for each in loads[:2]) and sum("small_" in each for each in loads) == TABLES


def test_indexes_of_a_finished_table_are_built_while_another_is_loaded(statements):
    begin, *_, end = places(statements, "COPY ", "large", "FROM STDIN")
    assert any(begin < i < end for i in places(statements, "CREATE INDEX small_"))


def test_foreign_keys_come_after_keys_statistics_and_indexes_and_refreshes_by_dependency(statements):
    for earlier in ("small_0_pkey", "ANALYZE public.small_0", "ANALYZE public.small_1", "CREATE INDEX small_1_id "):
        assert max(places(statements, earlier)) < places(statements, "FOREIGN KEY", "small_1")[0]
    assert places(statements, "FOREIGN KEY", "small_1")[0] < places(statements, "REFRESH MATERIALIZED VIEW", "public.b")[0]
    assert places(statements, "REFRESH", "public.b")[0] < places(statements, "REFRESH", "public.a_of_b")[0]


def test_a_refresh_comes_after_statistics_and_one_that_may_need_grants_after_these(server, restored, statements):
    """Which need none: tests/unit/service/restore_refresh_test.c."""
    granted = places(statements, "GRANT SELECT ON TABLE own.alone")[0]
    assert places(statements, "ANALYZE own.part")[0] < places(statements, "REFRESH", "own.alone")[0]
    for other in ("own.by_code", "public.b"):
        assert granted < places(statements, "REFRESH", other)[0]
    assert server.psql("SELECT (SELECT n FROM own.alone), (SELECT n FROM own.by_code)", db=restored) == "99|99"


def test_what_goes_first_into_a_table_is_frozen(server, restored):
    """That is all of a table, unless it is so large that it is shared out by parts."""
    server.psql("CREATE EXTENSION pg_visibility", db=restored)
    for table, share in (("large", "0.2"), *((f"small_{i}", "1") for i in range(TABLES))):
        assert server.psql(f"SELECT all_frozen >= {share} * pg_relation_size('{table}') / 8192 "
                           f"FROM pg_visibility_map_summary('{table}')", db=restored) == "t", table


def test_all_has_statistics(server, restored):
    """The server does not make them by itself here."""
    assert server.psql("SELECT count(*) FROM pg_stats WHERE tablename = 'small_2_lower'", db=restored) == "1"
    assert server.psql("SELECT n_distinct IS NOT NULL FROM pg_stats_ext", db=restored) == "t"
    assert server.psql("SELECT string_agg(c.relname, ' ' ORDER BY 1) FROM pg_class c WHERE relkind = 'r' AND "
                       "relnamespace = 'public'::regnamespace AND (reltuples < 1 OR NOT EXISTS "
                       "(SELECT FROM pg_stats WHERE tablename = relname))", db=restored) == ""
