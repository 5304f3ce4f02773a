"""Values whose bytes depend on how they came into their table: what is proved is the value."""
import pytest

# An array that held a NULL, or is cut from one that did, says so for ever; an empty oidvector has a dimension.
ODD_ARRAYS = """
CREATE DOMAIN numbers AS int[];
CREATE TYPE span AS RANGE (subtype = int[]);
CREATE TABLE odd (id int, a int[], b text[], c numbers, d oid[], e text);
INSERT INTO odd VALUES (1, '{NULL,1}', '{NULL,x}', '{NULL,1}', ''::oidvector::oid[], 'é'),
    (2, '{1,NULL}', '{}', NULL, NULL, ''),
    (3, ('{NULL,1,2}'::int[])[2:3], ('[0:2]={NULL,x,y}'::text[])[1:2], ('{{NULL},{4}}'::int[])[2:2], '{1}', 'z');
UPDATE odd SET a[1] = 5, b[1] = 'y', c[1] = 6 WHERE id = 1;
CREATE TABLE spans (s span, a int[]);
INSERT INTO spans SELECT span(('{NULL,1}'::int[])[2:2], '{7}'), ('{NULL,1}'::int[])[2:2];
"""


@pytest.fixture
def odd_arrays(postgres, database):
    server = postgres(15)
    name = database(server)
    server.psql(ODD_ARRAYS, name)
    return server, name


def test_arrays_that_once_held_nulls_are_restored_and_proved(odd_arrays, holdfast, tmp_path):
    server, name = odd_arrays
    archive = tmp_path / "a.hf"
    holdfast("backup", "--from", server.dsn(name), "--to", archive, "--unencrypted")
    holdfast("restore", "--from", archive, "--to", server.dsn(f"{name}r"), "--mode", "new")
    rows = "SELECT * FROM odd ORDER BY id; SELECT * FROM spans"
    assert server.psql(rows, f"{name}r") == server.psql(rows, name)
    holdfast("verify", "--from", archive, "--against", server.dsn(f"{name}r"))
    holdfast("verify", "--from", archive, "--against", server.dsn(name))


def test_an_array_that_hides_in_a_range_travels_as_text(odd_arrays, holdfast, tmp_path):
    server, name = odd_arrays
    holdfast("backup", "--from", server.dsn(name), "--to", tmp_path / "a.hf", "--unencrypted")
    found = holdfast("inspect", "--from", tmp_path / "a.hf", "--json").json
    tables = {table["name"]: table for table in found["tables"]}
    assert tables["odd"]["format"] == "binary"
    assert tables["spans"]["format_reason"] == "column s, public.span: range over an array"
