"""Backup, verify and restore with several jobs: all threads of the pipeline at work on everything that they handle.

These run on the ThreadSanitizer build too, whose reports fail a test (support/holdfast.py).
"""
import json

import pytest

pytestmark = pytest.mark.tsan

JOBS = ("--jobs", 4)
SMALL_TABLES = 60
LARGE_OBJECTS = 40

# Small tables in both formats, some empty; one table of more than 32 MB, which is cut into slices; large objects of
# more than one piece; indexes and foreign keys for the graph after the data.
CONTENT = f"""
CREATE TYPE pair AS (a int, b text);
CREATE TABLE hub (id int PRIMARY KEY);
INSERT INTO hub SELECT generate_series(1, 100);
SELECT format('CREATE TABLE small_%s (id int PRIMARY KEY REFERENCES hub, what text, made %s);'
              'INSERT INTO small_%s SELECT i, repeat(md5(i::text), %s), NULL FROM generate_series(1, %s) i;'
              'CREATE INDEX ON small_%s (what)',
              n, CASE WHEN n % 3 = 0 THEN 'pair' ELSE 'timestamptz' END, n, n % 5, n % 4 * 25, n)
FROM generate_series(1, {SMALL_TABLES}) n
\\gexec
CREATE TABLE large (id int PRIMARY KEY, body text) WITH (autovacuum_enabled = off);
ALTER TABLE large ALTER body SET STORAGE EXTERNAL;
INSERT INTO large
SELECT i, string_agg(md5((i * 100 + j)::text), '') FROM generate_series(1, 30000) i, generate_series(1, 40) j
GROUP BY i;
CREATE INDEX ON large (left(body, 40));
SELECT lo_from_bytea(0, convert_to(repeat(md5(i::text), i * 500), 'UTF8')) FROM generate_series(1, {LARGE_OBJECTS}) i;
ANALYZE;
"""

FINGERPRINT = f"""
SELECT count(*), md5(string_agg(md5(large::text), '' ORDER BY id)) FROM large;
SELECT count(*), md5(string_agg(md5(lo_get(oid)), '' ORDER BY oid)) FROM pg_largeobject_metadata;
SELECT format('SELECT count(*), md5(string_agg(s::text, chr(10) ORDER BY id)) FROM small_%s s', n)
FROM generate_series(1, {SMALL_TABLES}) n
\\gexec
"""


@pytest.fixture(scope="module")
def source(postgres):
    server = postgres()
    name = server.createdb("pipeline_source")
    server.psql(CONTENT, name)
    yield server, name
    server.dropdb(name)


@pytest.fixture(scope="module")
def key(holdfast, tmp_path_factory):
    """An identity file, and the recipient that it opens."""
    path = tmp_path_factory.mktemp("key") / "key.txt"
    holdfast("keygen", "--out", path)
    recipient = next(line.split()[-1] for line in path.read_text().splitlines() if "age1" in line)
    return path, recipient


@pytest.fixture(scope="module")
def archive(source, key, holdfast, tmp_path_factory):
    server, name = source
    path = tmp_path_factory.mktemp("archive") / "pipeline.holdfast"
    holdfast("backup", "--from", server.dsn(name), "--to", path, "--recipient", key[1], *JOBS)
    return path


def test_a_large_table_is_cut_and_every_slice_is_a_part(archive, key, holdfast):
    tables = holdfast("inspect", "--from", archive, "--identity", key[0], "--json").json["tables"]
    parts = {table["name"]: table["parts"] for table in tables}
    assert parts["large"] > 2
    assert parts["small_1"] == 1 and parts["small_4"] == 0
    assert parts["pg_largeobject"] > 1


def test_an_archive_verifies_in_several_lanes(archive, key, holdfast):
    holdfast("verify", "--from", archive, "--identity", key[0], *JOBS)


def test_an_archive_is_compared_with_its_source_in_several_lanes(source, archive, key, holdfast):
    server, name = source
    holdfast("verify", "--from", archive, "--identity", key[0], "--against", server.dsn(name), *JOBS)


def test_an_archive_is_restored_in_several_lanes(source, archive, key, holdfast):
    server, name = source
    copy = f"{name}_restored"
    holdfast("restore", "--from", archive, "--to", server.dsn(copy), "--mode", "new", "--identity", key[0], *JOBS)
    try:
        assert server.psql(FINGERPRINT, copy) == server.psql(FINGERPRINT, name)
    finally:
        server.dropdb(copy)


def test_progress_never_goes_back_and_ends_at_100(source, key, holdfast, tmp_path):
    server, name = source
    done = holdfast("backup", "--from", server.dsn(name), "--to", tmp_path / "a.holdfast", "--recipient", key[1],
                    "--progress", "json", *JOBS)
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    percents = [line["percent"] for line in lines if "percent" in line]
    assert percents == sorted(percents)
    assert percents[-1] == 100
