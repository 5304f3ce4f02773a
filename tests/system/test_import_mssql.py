"""Files of records into a table of SQL Server: values of every type as Holdfast exports them, what is refused is named by
line and column, and either all arrives or nothing."""
import json

import pytest

from support.faults import message
from support.tds_clients import tsql


@pytest.fixture
def into(holdfast, mssql, tmp_path):
    """into(CSV, *options): an import into dbo.people of a new database; into.ask(SQL) asks that."""
    server = mssql()
    target, secret = server.create_database(), tmp_path / "password"
    secret.write_text(server.password)
    secret.chmod(0o600)
    tsql(server, "CREATE TABLE teams (id int PRIMARY KEY); INSERT INTO teams VALUES (1), (2);"
                 "CREATE TABLE people (id int IDENTITY PRIMARY KEY, name nvarchar(20) NOT NULL, team int REFERENCES teams, "
                 "price decimal(9, 2), born date, seen datetimeoffset(6), b bit, raw varbinary(20), note nvarchar(max) DEFAULT N'x')",
         database=target)

    def run(text, *options, table="people", check=True):
        (tmp_path / "a.csv").write_text(text)
        return holdfast("import", "--from", tmp_path / "a.csv", "--to-mssql", f"{server.host}:{server.port}",
                        "--to-database", target, "--to-user", server.login, "--to-root", server.root, "--password-file",
                        secret, "--table", table, *options, check=check)

    run.server = server
    run.ask = lambda text: tsql(server, text, database=target)
    return run


def test_values_arrive_as_they_were_exported(into):
    done = into("ID,name,price,born,seen,b,raw,note\n"
                "7,größe 'x',12.50,2024-02-29,2024-02-29 10:00:00.5+00,t,\\x00ff,\"two\nlines\"\n"
                '9,,,,,f,,""\n8,b,,,,,,\n'.replace("9,,", '9,"",'), "--json").json
    assert done["rows"] == 3 and done["by_default"] == ["team"]
    assert done["columns"][2] == {"from": "price", "to": "price", "type": "decimal(9, 2)"}
    assert into.ask("SELECT COUNT(*) FROM people WHERE id = 7 AND name = N'größe ''x''' AND price = 12.5 AND born = '2024-02-29' "
                    "AND b = 1 AND raw = 0x00ff AND note = N'two' + NCHAR(10) + N'lines'") == [["1"]]
    assert into.ask("SELECT COUNT(*) FROM people WHERE (id = 9 AND note = N'' AND b = 0) OR (id = 8 AND note IS NULL)") == [["2"]]


@pytest.mark.parametrize("lines, told", [
    ("a,1\nb,x", "line 3, column team"),
    ("a,9", "line 2: "),
    ("a,1\n,1", "line 3: "),
    ("a,1\n" + "b" * 21 + ",1", "line 3"),
    ("a", "line 2: it has 1 fields, and the first line 2"),
])
def test_one_wrong_line_is_named_and_nothing_arrives(into, lines, told):
    whole = "name,team\n" + lines + "\n" + "c,2\n" * 300
    done = into(whole, check=False)
    assert done.returncode == 1 and told in message(done) and "nothing was imported" in message(done)
    assert into.ask("SELECT COUNT(*) FROM people") == [["0"]]


@pytest.mark.parametrize("column, values", [
    ("team", ["", " ", "+", "-", "1.0", "1,000", "x"]), ("price", ["", " ", "-", "+.", "1,5", "$1"]),
    ("big", ["", "1,5", "€1"]), ("ratio", ["", "-", "e5", "1e", "nan"]), ("b", ["", " ", "2", "-1", "yes", "tr"]),
    ("born", ["", " ", "10:00", "2024", "1.2.2024"]), ("seen", ["", "10:00+00", "-infinity"]), ("old", ["", "10:00"]),
    ("clock", ["", "2024-02-29", "2024-02-29 10:00"]), ("uuid", ["", "6f9619ff-8b86-d011-b42d-00c04fc964ffa"]),
    ("raw", ["", "0x0", "text"])])
def test_what_sql_server_would_make_another_value_of_is_refused(into, column, values):
    into.ask("ALTER TABLE people ADD big money NULL, ratio float NULL, old datetime NULL, clock time(0) NULL, uuid uniqueidentifier NULL")
    lines = "".join(f'b,"{value}"\n' for value in values)
    done = into(f"name,{column}\n{lines}", "--preview")
    for number, value in enumerate(values, 2):
        what = f'"{value}" is no ' if value.strip() else "an empty text is no "
        assert f"line {number}, column {column}: {what}" in done.stderr and "which takes " in done.stderr, done.stderr
    done = into(f"name,{column}\na,\n{lines}", check=False)
    assert done.returncode == 1 and f"line 3, column {column}: an empty text is no " in message(done)
    assert into.ask("SELECT COUNT(*) FROM people") == [["0"]]


def test_values_of_each_type_are_taken(into):
    into.ask("ALTER TABLE people ADD big money NULL, ratio float NULL, old datetime NULL, clock time(0) NULL, uuid uniqueidentifier NULL")
    uuid = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
    into("name,team,price,b,big,ratio,born,old,clock,uuid,raw\n"
         f"a,+1,.5,1,-7.5,1e-3,20240229,2024-02-29 10:00:00.500,10:30,{uuid},\\x\n"
         f"b, 2,-3.,TRUE,+7,2,2024-2-9,2024-02-29,10:30:15,{uuid.upper()},0x00FF\nc,,,0,,,,,,,\nd,,,False,,,,,,,\n")
    assert into.ask("SELECT name, team, b FROM people ORDER BY name") == [
        ["a", "1", "1"], ["b", "2", "1"], ["c", "NULL", "0"], ["d", "NULL", "0"]]
    assert into.ask("SELECT COUNT(*) FROM people WHERE price = 0.5 AND big = -7.5 AND born = '2024-02-29' AND raw = 0x") == [["1"]]


def test_characters_that_a_code_page_lacks_are_refused(into):
    into.ask("ALTER TABLE people ADD short char(10) NULL, long varchar(max) NULL, "
             "utf8 varchar(90) COLLATE Latin1_General_100_CI_AS_SC_UTF8 NULL")
    into("name,short,long,utf8,note\nłódź,größe,€ 5 – 'é',łódź 𝄞,łódź 𝄞\n")
    assert into.ask("SELECT short, long, utf8 FROM people") == [["größe     ", "€ 5 – 'é'", "łódź 𝄞"]]
    long = "größe " * 100
    for column, text, character in (("short", "Łódź", '"Ł" (U+0141)'), ("long", f"{long}字{long}", '"字" (U+5B57)'),
                                    ("long", "𝄞", '"𝄞" (U+1D11E)')):
        told = message(into(f"name,{column}\na,\nb,{text}\n", check=False))
        assert f"line 3, column {column}: the character {character} is not in code page 1252" in told, told
        assert "make the column n" in told
    assert into.ask("SELECT COUNT(*) FROM people") == [["1"]]


@pytest.mark.parametrize("wrong, place", [("390,1", "line 391"), ("400,1", "line 401"), ("201,9999", "line 202"),
                                          ("300,99999999999", "line 301, column above")])
def test_a_good_line_is_not_blamed_for_what_another_did(into, wrong, place):
    """Lines refer to others of the file: before them, behind them, and in an INSERT before."""
    into.ask("CREATE TABLE tree (id int PRIMARY KEY, above int NULL REFERENCES tree, CONSTRAINT odd CHECK (id < 390 OR above > 1))")
    lines = ["1,", *(f"{n},{n - 1 if n < 390 else 2}" for n in range(2, 401))]
    lines[249], lines[250] = "250,260", "251,7"
    lines[int(wrong.split(",")[0]) - 1] = wrong
    told = message(into("id,above\n" + "\n".join(lines) + "\n", table="tree", check=False))
    assert f": {place}: " in told and "nothing was imported" in told, told
    assert into.ask("SELECT COUNT(*) FROM tree") == [["0"]]


@pytest.mark.parametrize("do, told", [("cut", "no answer came to the COMMIT, so that either all rows are in [dbo].[people] or none"),
                                      ("error", "nothing was imported: ")])
def test_what_became_of_a_commit_is_told(into, do, told):
    into.server.fault("commit", do, **({"number": 3930} if do == "error" else {}))
    assert told in message(into("name\na\n", check=False)) and into.server.faults_left() == 0
    assert into.ask("SELECT COUNT(*) FROM people") == [["0"]]


def test_the_first_wrong_line_is_named_whoever_finds_it(into):
    assert "line 2: " in message(into("name,team\na,9\nb,x\n", check=False))


def test_a_preview_writes_nothing(into):
    done = into("name;born\nanna;2024-02-29\nberta;never\n", "--preview", "--json")
    assert json.loads(done.stdout)["rows_as_they_arrive"] == [["anna", "2024-02-29"]]
    assert 'line 3, column born: "never" is no date, which takes dates as 2024-02-29' in done.stderr
    assert into.ask("SELECT COUNT(*) FROM people") == [["0"]]
    assert "there is no table [dbo].[none]" in message(into("name\na\n", table="none", check=False))
