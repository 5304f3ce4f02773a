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


def test_a_preview_writes_nothing(into):
    done = into("name;born\nanna;2024-02-29\nberta;never\n", "--preview", "--json")
    assert json.loads(done.stdout)["rows_as_they_arrive"] == [["anna", "2024-02-29"]]
    assert "line 3, column born: no value of its column's type" in done.stderr
    assert into.ask("SELECT COUNT(*) FROM people") == [["0"]]
    assert "there is no table [dbo].[none]" in message(into("name\na\n", table="none", check=False))
