"""Migrate into SQL Server with columns that it keeps encrypted."""
import json

import pytest

from support import mssql_types
from support.mssql_migrations import ask, migrate, refused, report, rows_of, secret, server, source, target

PEOPLE = """CREATE TABLE people (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL DEFAULT 'nobody',
        born date, card varchar(20), picture bytea, note jsonb, CHECK (id > 0));
    CREATE VIEW grown AS SELECT id, name FROM people WHERE born < '2008-01-01';
    CREATE TABLE plain (id int PRIMARY KEY, t text); INSERT INTO plain VALUES (1, 'a');
    INSERT INTO people (name, born, card, picture, note) VALUES
        ('Zoë 😀', '1990-02-28', '4111', '\\x00ff', '{"a": 1}'), ('', NULL, NULL, '', NULL), ('Q', '2020-01-01', '', NULL, '1')"""
CHOSEN = ["public.people.name", "public.people.born", "public.people.card", "public.people.picture", "public.people.note"]
OPEN = "OPEN SYMMETRIC KEY [holdfast_key] DECRYPTION BY CERTIFICATE [holdfast_certificate]"


def encrypt(*columns):
    return [each for column in columns for each in ("--encrypt", column)]


@pytest.fixture
def master(tmp_path):
    file = tmp_path / "master"
    file.write_text("It's long enough 1\n")
    file.chmod(0o600)
    return ("--encryption-key", "default", "--master-key-password-file", file)


def test_columns_are_kept_encrypted_and_are_proved(migrate, source, server, target, master, tmp_path):
    found = report(migrate(source(PEOPLE), "--json", "--html", tmp_path / "report.html", *encrypt(*CHOSEN), *master))
    assert found["proved"] and found["moved"][0]["source"]["rows"] == 3
    kept = rows_of(server, target, "SELECT name, born, card, picture, note FROM people ORDER BY id")
    assert {type(value) for row in kept for value in row} == {bytes, type(None)}
    assert [[value is None for value in row] for row in kept] == [
        [False] * 5, [False, True, True, False, True], [False, False, False, True, False]]
    hidden = [value for row in kept for value in row if value]
    assert all(len(value) > 36 for value in hidden) and len(set(hidden)) == len(hidden)
    assert not any("Zo".encode("utf-16-le") in value or b"4111" in value for value in hidden)
    told = found["assessment"]["encryption"]
    assert told == {"key": "holdfast_key", "certificate": "holdfast_certificate", "open": OPEN,
                    "close": "CLOSE SYMMETRIC KEY [holdfast_key]", "views": ["[dbo].[people_decrypted]"]}
    page = (tmp_path / "report.html").read_text()
    assert OPEN in page and "SELECT * FROM [dbo].[people_decrypted];" in page
    # by hand, as the report says
    assert ask(server, target, "SELECT count(*) FROM people_decrypted WHERE name IS NULL") == [["3"]], "the key is shut"
    rows = ask(server, target, f"{told['open']}; SELECT id, name, born, card, note FROM people_decrypted ORDER BY id; "
                               f"{told['close']}")
    assert [rows[0][at] for at in (0, 1, 3, 4)] == ["1", "Zoë 😀", "4111", '{"a": 1}']
    assert rows[0][2].startswith("Feb 28 1990") and rows[2][1:4:2] == ["Q", ""]
    assert ask(server, target, f"{OPEN}; SELECT name FROM grown") == [["Zoë 😀"]]
    assert ask(server, target, "SELECT t FROM plain") == [["a"]]
    assert ask(server, target, "SELECT name FROM sys.tables ORDER BY name") == [["people"], ["plain"]], "nothing in the clear"
    left = {each["name"]: each["notes"][0] for each in found["assessment"]["objects"] if each["verdict"] == "left behind"}
    assert "encrypted" in left["public.people.name"]


def test_every_type_comes_back(migrate, source, server, target, master):
    types = [row for row in mssql_types.TYPES]
    columns = ", ".join(f"c{i} {row[0]}" for i, row in enumerate(types))
    values = ", ".join(f"{row[1]}" for row in types)
    name = source(f"{mssql_types.PREPARE} CREATE TABLE types (id int PRIMARY KEY, {columns});"
                  f"INSERT INTO types VALUES (1, {values}), (2, {', '.join(['NULL'] * len(types))});"
                  "CREATE TABLE ends (id int, f float8, r real, ts timestamp, tz timestamptz, t time, n numeric(38, 10), m money);"
                  "INSERT INTO ends VALUES (1, '1.7976931348623157e308', '-0', '0001-01-01', '9999-12-31 23:59:59.999999+00',"
                  " '23:59:59.999999', -1234567890123456789012345678.0123456789, '-92233720368547758.08'),"
                  " (2, '5e-324', '1e-45', '1899-12-31 23:59:59.999999', '1969-12-31 23:59:59+00', '00:00', 0, 0.01),"
                  " (3, 0.1, 0.1, NULL, NULL, NULL, NULL, NULL)")
    chosen = [f"public.types.c{i}" for i in range(len(types))] + [f"public.ends.{each}" for each in
                                                                 ("id", "f", "r", "ts", "tz", "t", "n", "m")]
    assert report(migrate(name, "--json", *encrypt(*chosen), *master))["proved"]
    assert ask(server, target, f"{OPEN}; SELECT c0, c1, c25 FROM types_decrypted WHERE id = 1")


def test_a_key_that_is_there(migrate, source, server, target):
    name = source("CREATE TABLE t (id int PRIMARY KEY, s text); INSERT INTO t VALUES (1, 'x')")
    custom = ("--encryption-key", "own key", "--encryption-certificate", "own")
    refused(migrate(name, *encrypt("public.t.s"), *custom, check=False), "the target has no symmetric key own key")
    ask(server, target, "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Long enough 1'; "
                        "CREATE CERTIFICATE own WITH SUBJECT = 'own'; "
                        "CREATE SYMMETRIC KEY weak WITH ALGORITHM = AES_192 ENCRYPTION BY CERTIFICATE own; "
                        "CREATE SYMMETRIC KEY [own key] WITH ALGORITHM = AES_256 ENCRYPTION BY CERTIFICATE own")
    refused(migrate(name, *encrypt("public.t.s"), "--encryption-key", "weak", "--encryption-certificate", "own",
                    check=False), "weak is of AES_192; AES_256 is needed")
    assert ask(server, target, "SELECT name FROM sys.tables") == []
    done = migrate(name, *encrypt("public.t.s"), *custom)
    assert "OPEN SYMMETRIC KEY [own key] DECRYPTION BY CERTIFICATE [own]" in done.stdout
    assert ask(server, target, "SELECT name FROM sys.symmetric_keys WHERE name NOT LIKE '#%' ORDER BY name") == [
        ["own key"], ["weak"]]


def test_what_looks_at_its_values_keeps_a_column_in_the_clear(migrate, source, master):
    name = source("""CREATE TABLE other (id int PRIMARY KEY);
        CREATE TABLE t (id int PRIMARY KEY, u text UNIQUE, f int REFERENCES other, i text, c int CHECK (c > 0), e text,
            a int, g int GENERATED ALWAYS AS (a + 1) STORED);
        CREATE INDEX by_i ON t (i); CREATE INDEX by_e ON t (lower(e))""")
    for column, reason in (("id", "the primary key t_pkey"), ("u", "the unique constraint t_u_key"),
                           ("f", "the foreign key t_f_fkey"), ("i", "the index by_i"), ("c", "the check t_c_check"),
                           ("e", "the index by_e"), ("a", "the generated column g"), ("g", "the generated column g")):
        refused(migrate(name, *encrypt(f"public.t.{column}"), *master, check=False),
                f"public.t.{column} cannot be encrypted: {reason} looks at its values")
    refused(migrate(name, *encrypt("public.t.gone"), *master, check=False), "there is no column public.t.gone to encrypt")


def test_values_that_are_too_long_are_counted(holdfast, migrate, postgres, source, server, target, master):
    name = source("""CREATE TABLE t (id int PRIMARY KEY, s text, b bytea, a text[]);
        INSERT INTO t VALUES (1, repeat('x', 3963), decode(repeat('00', 7926), 'hex'), '{}'),
            (2, repeat('x', 3962) || '😀', decode(repeat('00', 7927), 'hex'), ARRAY[repeat('x', 3960)]),
            (3, repeat('x', 9000), NULL, NULL)""")
    chosen = encrypt("public.t.s", "public.t.b", "public.t.a")
    assessed = json.loads(holdfast("assess", "--from", postgres(15).dsn(name), "--json", *chosen, "--encryption-key",
                                   "default").stdout)
    assert {(each["column"], each["rows"], each["examples"][0]) for each in assessed["findings"]
            if each["kind"] == "too long to encrypt" and each["blocks"]} == {("s", 2, "2"), ("b", 1, "2"), ("a", 1, "2")}
    done = refused(migrate(name, *chosen, *master, check=False), "nothing was moved", "too long to encrypt in public.t.s")
    assert ask(server, target, "SELECT name FROM sys.tables") == []
    postgres(15).psql("DELETE FROM t WHERE id > 1", db=name)
    assert report(migrate(name, "--json", *chosen, *master))["proved"], "the longest that goes"


def test_the_password_of_the_master_key_is_told_to_nobody(migrate, source, server, target, master, tmp_path):
    name = source("CREATE TABLE t (id int PRIMARY KEY, s text)")
    refused(migrate(name, *encrypt("public.t.s"), "--encryption-key", "default", check=False), "has no master key",
            "--master-key-password-file")
    assert ask(server, target, "SELECT name FROM sys.tables") == []
    server.fault("batch", "error", matching="CREATE MASTER KEY", number=15118, details=["refused"])
    done = refused(migrate(name, *encrypt("public.t.s"), *master, check=False), "making the database's master key")
    assert "long enough" not in done.stderr
    migrate(name, *encrypt("public.t.s"), *master)
    for options, told in ((encrypt("public.t.s"), "no key is chosen: default, or the name of one of the target (--encryption-key"),
                          (("--encryption-key", "default"), "no column to encrypt (--encrypt"),
                          ((*encrypt("public.t.s"), "--encryption-key", "mine"), "name it, too (--encryption-certificate"),
                          (("--encryption-certificate", "c"), "the name of a key of the target (--encryption-key")):
        assert refused(migrate(name, *options, check=False), told).returncode == 2


@pytest.mark.parametrize("at, matching", [("row", "people"), ("batch", "INSERT INTO .dbo...people. "), ("commit", "")])
def test_nothing_is_left_in_the_clear_by_a_connection_that_is_cut(migrate, source, server, target, master, at, matching):
    name = source(PEOPLE)
    server.fault(at, "cut", matching="holdfast_part" if at == "row" else matching)
    refused(migrate(name, "--jobs", 1, *encrypt(*CHOSEN), *master, check=False), "lost", "unfinished" if at != "commit" else "")
    assert server.faults_left() == 0
    assert ask(server, target, "SELECT name FROM sys.tables WHERE name LIKE '#%' OR name LIKE '%plain_%'") == []
    assert report(migrate(name, "--json", *encrypt(*CHOSEN), *master))["proved"]
    assert ask(server, target, "SELECT count(*) FROM people") == [["3"]]


def test_a_row_that_is_refused_shows_nothing_of_what_is_encrypted(migrate, source, server, target, master):
    name = source("CREATE TABLE t (n int, s text); INSERT INTO t VALUES (1, 'hidden'), (2, 'hidden')")
    server.fault("batch", "cut", matching="INSERT INTO .dbo...t. ")
    refused(migrate(name, *encrypt("public.t.s"), *master, check=False), "unfinished")
    ask(server, target, "ALTER TABLE t ADD CONSTRAINT refused CHECK (n <> 2)")
    done = refused(migrate(name, *encrypt("public.t.s"), *master, check=False), "the row n=2 is refused")
    assert "hidden" not in done.stderr
