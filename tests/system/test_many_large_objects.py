"""More large objects and sequences than the server has room for locks in one transaction."""
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow_once

COUNT = 30_000
SEQUENCES = 1500

# Room for some hundred locks, where a server has room for some thousand if nothing is set.
FEW_LOCKS = {"max_locks_per_transaction": "10", "max_connections": "30"}

CONTENT = f"""
SELECT count(lo_create(oid::oid)) FROM generate_series(100001, 100000 + {COUNT}) oid;
SELECT count(lo_from_bytea(oid::oid, convert_to(oid::text, 'UTF8'))) FROM generate_series(1, 100) oid;
SELECT format('ALTER LARGE OBJECT %s OWNER TO "keeper of
objects"', oid) FROM generate_series(100001, 100000 + {COUNT}) oid
\\gexec
COMMENT ON LARGE OBJECT 100001 IS E'it''s\\n\\\\';
GRANT SELECT ON LARGE OBJECT 100002 TO PUBLIC;
SELECT format('CREATE SEQUENCE %I START %s', 'it''s; "' || chr(10) || n, n) FROM generate_series(1, {SEQUENCES}) n
\\gexec
"""

ROLE = 'CREATE ROLE "keeper of\nobjects"'
NAME = "many_objects"

STATE = """
SELECT oid, lomowner::regrole, lomacl, obj_description(oid, 'pg_largeobject'), md5(lo_get(oid))
FROM pg_largeobject_metadata ORDER BY oid;
SELECT format('SELECT %L, last_value, is_called FROM %s', oid::regclass, oid::regclass) FROM pg_class
WHERE relkind = 'S' ORDER BY relname
\\gexec
"""


@pytest.fixture(scope="module")
def target(postgres):
    server = postgres(15, **FEW_LOCKS)
    server.psql(ROLE)
    yield server
    server.dropdb(NAME)


@pytest.fixture(scope="module")
def source(postgres, holdfast, tmp_path_factory):
    """An archive of many objects, and what they are."""
    server = postgres(15)
    server.createdb(NAME)
    server.psql(ROLE)
    server.psql(CONTENT, NAME)
    archive = tmp_path_factory.mktemp("many") / "a.hf"
    # With the server's own pg_dump, whose archives the stock pg_restore reads.
    holdfast("backup", "--from", server.dsn(NAME), "--to", archive, "--unencrypted",
             env={"HOLDFAST_PG_PATH": str(Path(server.bin("pg_dump")).parent)})
    yield archive, server.psql(STATE, NAME)
    server.psql(f"DROP DATABASE {NAME}")
    server.psql('DROP ROLE "keeper of\nobjects"')


def members(archive):
    return subprocess.run(["tar", "tf", archive], check=True, capture_output=True, text=True).stdout.split()


def test_sql_of_large_objects_comes_in_members_of_bounded_size(source):
    names = members(source[0])
    assert {"blobs/create.sql", "blobs/create.00002.sql", "blobs/owners.sql", "blobs/owners.00002.sql"} <= set(names)


def test_more_objects_than_locks_are_restored(target, source, holdfast):
    archive, state = source
    holdfast("restore", "--from", archive, "--to", target.dsn(f"{NAME}_new"), "--mode", "new")
    assert target.psql(STATE, f"{NAME}_new") == state


def test_owners_and_grants_can_be_left_out(target, source, holdfast):
    archive, state = source
    holdfast("restore", "--from", archive, "--to", target.dsn(f"{NAME}_plain"), "--mode", "new", "--no-owner",
             "--no-privileges")
    found = target.psql("SELECT DISTINCT lomowner::regrole, lomacl FROM pg_largeobject_metadata", f"{NAME}_plain")
    assert found == "postgres|"


def test_the_script_restores_them_too(target, source, tmp_path):
    archive, state = source
    subprocess.run(["tar", "xf", archive, "-C", tmp_path], check=True)
    done = subprocess.run(["sh", "restore.sh", "--dbname", f"{NAME}_script"], cwd=tmp_path, capture_output=True,
                          text=True, env={"PATH": "/usr/bin:/bin", "PGHOST": target.host, "PGPORT": str(target.port),
                                          "PGUSER": target.user})
    assert done.returncode == 0, done.stderr
    assert target.psql(STATE, f"{NAME}_script") == state


def test_extracted_sql_restores_them_too(target, source, holdfast):
    archive, state = source
    script = holdfast("extract", "--from", archive, "--sql").stdout
    restored = target.createdb(f"{NAME}_sql", template="template0")
    target.psql(script, restored)
    assert target.psql(STATE, restored) == state


def test_in_place_says_beforehand_that_locks_will_not_do(target, source, holdfast):
    archive, _ = source
    name = target.createdb(f"{NAME}_place")
    done = holdfast("restore", "--from", archive, "--to", target.dsn(name), "--mode", "in-place", "--dry-run",
                    check=False)
    assert done.returncode != 0
    assert "a restore in place needs about 3" in done.stderr
