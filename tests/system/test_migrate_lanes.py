"""How a live database gets to another one: from several connections with one snapshot, straight and in binary where that is
safe, with indexes made meanwhile and side by side. As the log of both servers tells it."""
import re

import pytest


@pytest.fixture(scope="module")
def server(postgres):
    return postgres(15, log_statement="all", log_line_prefix="%p %d ", autovacuum="off")


# Two indexes over meet() are made if they are made at the same time, and else never.
MEETS = """CREATE OR REPLACE FUNCTION meet(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
    BEGIN
        IF current_query() !~ 'CREATE INDEX meeting' THEN RETURN i; END IF; -- ANALYZE, which asks for its values too
        PERFORM nextval('public.arrived');
        FOR n IN 1 .. 1200 LOOP
            IF (SELECT last_value FROM public.arrived) = 2 THEN RETURN i; END IF;
            PERFORM pg_sleep(0.1);
        END LOOP;
        RAISE 'nobody came';
    END $$"""


@pytest.fixture(scope="module")
def moved(server, holdfast):
    """The statements on source and target, each as (process, words), in the order in which they began."""
    name = server.createdb("lanes_source")
    server.psql("""
        CREATE EXTENSION citext;
        CREATE TABLE large AS SELECT n AS id, md5(n::text) AS t FROM generate_series(1, 400000) n;
        ALTER TABLE large ADD CHECK (length(repeat(t, 60)) > 0); -- so that it is loaded for a while, whatever the machine
        CREATE TABLE small AS SELECT n AS id FROM generate_series(1, 1000) n; ALTER TABLE small ADD PRIMARY KEY (id);
        CREATE TABLE unsafe AS SELECT n::text::citext AS name FROM generate_series(1, 1000) n;
        CREATE FUNCTION meet(i int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT i';
        CREATE SEQUENCE arrived; CREATE TABLE one AS SELECT 1 AS i; CREATE TABLE two AS SELECT 1 AS i;
        CREATE INDEX meeting_1 ON one (meet(i)); CREATE INDEX meeting_2 ON two (meet(i));""", db=name)
    server.psql(MEETS, db=name)
    done = holdfast("migrate", "--from", server.dsn(name), "--to", server.dsn("lanes_moved"), "--mode", "new", "--jobs", "2",
                    "--no-backup", "--json").json
    assert done["tables_proved"] == 5
    found = re.findall(r"^(\d+) (lanes_source|lanes_moved)\S* LOG:  (?:statement|execute [^:]*): (.*(?:\n\t.*)*)",
                       server.log.read_text(), re.MULTILINE)
    words = [(pid, which, " ".join(text.replace('"', "").split())) for pid, which, text in found]
    yield {side: [(pid, text) for pid, which, text in words if which == f"lanes_{side}"] for side in ("source", "moved")}
    server.dropdb("lanes_source")
    server.dropdb("lanes_moved")


def those(statements, pattern):
    found = [(i, pid, text) for i, (pid, text) in enumerate(statements) if re.search(pattern, text)]
    assert found, f"no statement is like {pattern}"
    return found


def test_parts_of_a_table_go_over_several_connections_at_once(moved):
    reads = those(moved["source"], r"^COPY \(SELECT .* public\.large WHERE ctid .* TO STDOUT")
    writes = those(moved["moved"], r"^COPY public\.large .* FROM STDIN")
    assert len(reads) == len(writes) > 2
    assert len({pid for _, pid, _ in reads}) == len({pid for _, pid, _ in writes}) == 2


def test_all_connections_read_one_snapshot(moved):
    assert len({text for _, _, text in those(moved["source"], "^SET TRANSACTION SNAPSHOT")}) == 1
    readers = {pid for _, pid, _ in those(moved["source"], "^COPY .* TO STDOUT")}
    assert readers <= {pid for _, pid, _ in those(moved["source"], "^SET TRANSACTION SNAPSHOT")}


def test_rows_go_in_binary_where_all_types_of_a_table_are_safe_in_it(moved):
    for side, way in (("source", "TO STDOUT"), ("moved", "FROM STDIN")):
        binary = {name: {"FORMAT binary" in text for _, _, text in those(moved[side], rf"^COPY .*public\.{name}\b.* {way}")}
                  for name in ("large", "small", "unsafe")}
        assert binary == {"large": {True}, "small": {True}, "unsafe": {False}}, side


def test_keys_of_a_finished_table_are_made_while_another_is_loaded(moved):
    loads = [i for i, _, _ in those(moved["moved"], r"^COPY public\.large .* FROM STDIN")]
    assert any(loads[0] < i < loads[-1] for i, _, _ in those(moved["moved"], r"ADD CONSTRAINT small_pkey"))


def test_indexes_are_made_side_by_side(moved):
    """Else meet() had ended the migration."""
    assert len({pid for _, pid, _ in those(moved["moved"], "CREATE INDEX meeting_")}) == 2
