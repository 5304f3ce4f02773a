"""Files of records into a table: what was exported comes back the same, what is wrong is named by line and column, and
either all arrives or nothing."""
import csv
import io
import json
import os
import resource
import signal
import zipfile

import openpyxl
import pytest

from support.faults import message, sessions, wait_until
from support.proxy import Proxy
from test_export import AWKWARD

PEOPLE = """
    CREATE TABLE teams (id int PRIMARY KEY); INSERT INTO teams VALUES (1), (2);
    CREATE TABLE people (id serial PRIMARY KEY, name text NOT NULL, born date, team int REFERENCES teams,
        boss int REFERENCES people, length int GENERATED ALWAYS AS (length(name)) STORED, note varchar(5) DEFAULT 'none');
"""


class Target:
    def __init__(self, server, name, holdfast, folder):
        self.server, self.name, self._holdfast, self.folder = server, name, holdfast, folder
        self.dsn = server.dsn(name)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def __call__(self, path, *more, table="people", **options):
        return self._holdfast("import", "--from", path, "--to", self.dsn, "--table", table, *more, **options)

    def refused(self, path, *more, code=1, **options):
        """What it says; nothing arrived."""
        done = self(path, *more, check=False, **options)
        assert done.returncode == code and self.psql("SELECT count(*) FROM people") == "0", done.stderr
        return message(done)

    def psql(self, text):
        return self.server.psql(text, db=self.name)


@pytest.fixture
def people(postgres, database, holdfast, tmp_path):
    name = database(postgres(15))
    postgres(15).psql(PEOPLE, db=name)
    return Target(postgres(15), name, holdfast, tmp_path)


# ---- What arrives ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_was_exported_comes_back_the_same(postgres, database, holdfast, tmp_path, ending):
    server, source, target = postgres(15), database(postgres(15)), database(postgres(15))
    server.psql(AWKWARD, db=source)
    server.psql(AWKWARD + "TRUNCATE awkward", db=target)
    holdfast("export", "--from", server.dsn(source), "--table", "awkward", "--to", tmp_path / f"a.{ending}")
    holdfast("import", "--from", tmp_path / f"a.{ending}", "--to", server.dsn(target), "--table", "awkward")
    holdfast("backup", "--from", server.dsn(source), "--to", tmp_path / "a.hf", "--unencrypted")
    holdfast("verify", "--from", tmp_path / "a.hf", "--against", server.dsn(target))


def test_a_preview_tells_all_and_writes_nothing(people):
    path = people.file("a.csv", 'NAME;Born;"rank"\r\nanna;1990-01-01;x\r\n"";;\r\nberta;never;\r\n')
    done = people(path, "--preview", "--column", "rank=note")
    assert "read as UTF-8, parted by semicolons" in done.stdout and "of the table by default: id, team, boss" in done.stdout
    assert "name = anna\nborn = 1990-01-01\nnote = x" in done.stdout and 'name = ""\nborn = NULL' in done.stdout
    assert 'line 4, column Born: invalid input syntax for type date: "never"' in done.stderr
    found = people(path, "--preview", "--column", "rank=", "--json").json
    assert found["rows_as_they_arrive"] == [["anna", "1990-01-01"], ["", None]] and found["left_out"] == ["rank"]
    assert found["columns"][0] == {"from": "NAME", "to": "name", "type": "text"} and found["wrong"] == 1
    assert people.psql("SELECT count(*) FROM people; SELECT last_value, is_called FROM people_id_seq") == "0\n1|f"


@pytest.mark.parametrize("data, told", [
    ("name\tnote\ngröße\ta,b\n".encode(), ("UTF-8", "\t")),
    ("\ufeffname,note\r\ngröße,\"a,b\"".encode(), ("UTF-8", ",")),
    ("name;note\rgröße;a,b\r".encode("cp1252"), ("WINDOWS-1252", ";")),
    ("name|note\ngröße|a,b".encode("utf-16"), ("UTF-16LE", "|")),
])
def test_encoding_and_delimiter_are_found_and_said(people, data, told):
    found = people(people.file("a.txt", data), "--json").json
    assert (found["encoding"], found["delimiter"]) == told and found["rows"] == 1
    assert people.psql("SELECT name, note FROM people") == "größe|a,b"


def test_columns_go_where_they_are_said_to_go(people):
    path = people.file("a.csv", "Full name,age\nanna,7\n")
    assert 'has no column Full name' in people.refused(path, code=2)
    assert "has no such column" in people.refused(path, "--column", "x=name", "--column", "Full name=name", "--column", "age=", code=2)
    assert "no column of the file goes into name" in people.refused(path, "--column", "Full name=note", "--column", "age=", code=2)
    assert "two columns of the file go into" in people.refused(path, "--column", "full name=name", "--column", "age=name", code=2)
    people(path, "--column", "full name=name", "--column", "age=")
    people(people.file("b.csv", "9,berta,1990-01-01\n"), "--no-header")
    people(people.file("c.csv", "name,length\ncarl,99\n"))  # what is generated is not sent
    assert people.psql("SELECT id, name, born, length FROM people ORDER BY name") == "1|anna||4\n9|berta|1990-01-01|5\n2|carl||4"
    assert "means 2 tables" in message(people(path, table="*e*", check=False))
    assert "no table" in message(people(path, table="none", check=False))


def test_a_workbook_of_others_is_read(people):
    import datetime
    book = openpyxl.Workbook()
    book.active.title = "first"
    sheet = book.create_sheet("second")
    for row in (["name", "born", "team", "note", None], ["größe", datetime.date(1990, 2, 28), 2, "=1+1"[1:], None], [None] * 5,
                ["true", datetime.datetime(2024, 2, 29), 1.0, True, None]):
        sheet.append(row)
    book.save(people.folder / "a.xlsx")
    assert "is empty" in people.refused(people.folder / "a.xlsx")
    assert "has no sheet third" in people.refused(people.folder / "a.xlsx", "--sheet", "third")
    people(people.folder / "a.xlsx", "--sheet", "second")
    assert people.psql("SELECT name, born, team, note FROM people ORDER BY id") == "größe|1990-02-28|2|1+1\ntrue|2024-02-29|1|true"


def with_property(path, value):
    """The property by which an export says over how many sheets a table goes."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("docProps/custom.xml", '<Properties xmlns:vt="x"> <property name="Other"> <vt:lpwstr>1</vt:lpwstr></property>'
                         f'<property pid="2" name="Holdfast sheets"> <vt:lpwstr>{value}</vt:lpwstr> </property></Properties>')
    return path


def copied_sheets(path, *more):
    """Sheets that are called as a copy of a sheet is, with a row each."""
    book = openpyxl.Workbook()
    book.active.title = "People"
    for sheet in (book.active, *(book.create_sheet(name) for name in ("People (2)", "People (3)", *more))):
        sheet.append(["name"])
        sheet.append([f"of {sheet.title}"])
    book.save(path)
    return path


def test_a_sheet_that_only_looks_like_the_next_is_not_read_and_said(people):
    path = copied_sheets(people.folder / "a.xlsx")
    done = people(path)
    assert "read sheet People\n" in done.stdout and "not read: People (2), People (3), as no export" in done.stdout
    assert people.psql("SELECT name FROM people") == "of People"
    assert json.loads(people(path, "--preview", "--json").stdout)["other_sheets"] == ["People (2)", "People (3)"]
    people(with_property(path, "3 Other"))
    people(path, "--sheet", "People (2)")
    assert people.psql("SELECT count(*), count(DISTINCT name) FROM people") == "3|2"


def test_sheets_that_an_export_has_parted_are_one_table(people):
    path = with_property(copied_sheets(people.folder / "a.xlsx"), "2 People")
    done = people(path)
    assert "read sheets People, People (2)\n" in done.stdout and "not read: People (3), as" in done.stdout
    assert people.psql("SELECT name FROM people ORDER BY id") == "of People\nof People (2)"
    assert json.loads(people(path, "--preview", "--json").stdout)["sheets"] == ["People", "People (2)"]
    path = with_property(copied_sheets(people.folder / "b.xlsx", "x"), "4 People")
    people.psql("TRUNCATE people")
    assert "sheet People (4) is missing" in people.refused(path)


def many_sheets(path, count):
    """A copy of a workbook with so many sheets, each a part of its own that is not there, but for the last."""
    with zipfile.ZipFile(copied_sheets(path.with_suffix(".one.xlsx"))) as one, zipfile.ZipFile(path, "w") as archive:
        last = one.read("xl/worksheets/sheet2.xml")
        archive.writestr("xl/workbook.xml", "<workbook><sheets>" + "".join(
            f'<sheet name="s{n}" sheetId="{n}" r:id="relation{n:06}"/>' for n in range(count)) + "</sheets></workbook>")
        archive.writestr("xl/_rels/workbook.xml.rels", "<Relationships>" + "".join(
            f'<Relationship Id="relation{n:06}" Type="x/worksheet" Target="sheet{n}.xml"/>' for n in range(count)) +
            "</Relationships>")
        archive.writestr(f"xl/sheet{count - 1}.xml", last)
    return path


def test_many_sheets_take_no_longer_than_as_many_sheets_do(people):
    """Time of the processor, of which a look at each sheet for each relation would take many times as much."""
    path = many_sheets(people.folder / "many.xlsx", 80000)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    found = json.loads(people(path, "--sheet", "s79999", "--preview", "--json").stdout)
    assert found["rows_as_they_arrive"] == [["of People (2)"]], str(found)[:500]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 10


# ---- What is wrong ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lines, told", [
    ('"an\nna",1,\nberta,x,', 'line 4, column team: invalid input syntax for type integer: "x"'),
    ("anna,1,\nberta,2,toolong", "line 3, column note: value too long"),
    ("anna,1,\n,2,", 'line 3: null value in column "name"'),
    ("anna,9,", 'Key (team)=(9) is not present in table "teams"'),
    ("anna,1", "line 2: it has 2 fields, and the first line 3"),
    ('anna,1,"x', "line 2: a quote of the record that begins here is never closed"),
    ('anna,1,"x"y', "line 2: text after a closing quote"),
    ('anna,1,x"', "line 2: a quote inside of a field"),
    ("anna,1,\nan\0na,1,", "line 3: it has a NUL"),
    ('anna,1,\nan\ud800na,1,', "line 3: field 1 has bytes that are not in UTF-8"),
])
def test_one_wrong_line_is_named_and_nothing_arrives(people, lines, told):
    data = ("name,team,note\n" + lines + "\n").encode(errors="surrogatepass")
    assert told in people.refused(people.file("a.csv", data), *(["--encoding", "UTF-8"] if "\ud800" in lines else []))


def test_rows_that_refer_to_later_rows_arrive(people):
    people(people.file("a.csv", "id,name,boss\n1,anna,2\n2,berta,\n"))
    assert people.psql("SELECT count(*) FROM people") == "2"


def test_a_row_that_was_put_aside_for_a_later_one_arrives_from_the_file_of_what_is_wrong(people):
    wrong, again = people.folder / "wrong.csv", people.folder / "again.csv"
    people(people.file("a.csv", "id,name,boss\n1,anna,2\n3,carl,9\n2,berta,\n"), "--errors-to", wrong)
    assert people.psql("SELECT id FROM people") == "2"
    left_out = [each for name in ("place", "column", "reason") for each in ("--column", f"wrong_{name}=")]
    people(wrong, "--errors-to", again, *left_out)
    assert people.psql("SELECT id FROM people ORDER BY id") == "1\n2"
    assert [line["id"] for line in csv.DictReader(again.open())] == ["3"]


def test_wrong_lines_are_put_aside_and_can_be_mended(people):
    lines = ["name,team,born"] + [f"p{i},1," for i in range(2500)]
    lines[7], lines[1500], lines[2000] = 'a,9,', 'b,1,1990-02-30', '"c\n""c""",1'
    path, aside = people.file("a.csv", "\n".join(lines)), people.folder / "wrong.csv"
    done = people(path, "--errors-to", aside, "--json").json
    assert done["rows"] == 2497 and done["wrong"] == 3 and people.psql("SELECT count(*) FROM people") == "2497"
    rows = list(csv.DictReader(io.StringIO(aside.read_text(), newline=""), restkey="more"))
    assert [(row["wrong_place"], row["wrong_column"], row["name"]) for row in rows] == [
        ("line 8", "", "a"), ("line 1501", "born", "b"), ("line 2001", "", 'c\n"c"')]
    assert "teams" in rows[0]["wrong_reason"] and "out of range" in rows[1]["wrong_reason"]
    aside.write_text(aside.read_text().replace("a,9,", "a,2,").replace("1990-02-30", "1990-02-28").replace('""",1', '""",1,'))
    people(aside, *(each for name in ("place", "column", "reason") for each in ("--column", f"wrong_{name}=")))
    assert people.psql("SELECT count(*) FROM people") == "2500"


def test_wrong_lines_of_a_file_without_a_header_have_one(people):
    aside = people.folder / "wrong.csv"
    people(people.file("a.csv", "1,anna,never\n2,berta,1990-01-01\n"), "--no-header", "--errors-to", aside)
    assert aside.read_text().splitlines()[0] == "wrong_place,wrong_column,wrong_reason,1,2,3"
    aside.write_text(aside.read_text().replace("1,anna,never", "1,anna,1989-12-31"))
    where = [f"wrong_{name}=" for name in ("place", "column", "reason")] + ["1=id", "2=name", "3=born"]
    people(aside, *(each for column in where for each in ("--column", column)))
    assert people.psql("SELECT id, name, born FROM people ORDER BY id") == "1|anna|1989-12-31\n2|berta|1990-01-01"


def test_many_wrong_lines_are_not_nested_in_one_another(people):
    people.psql("""CREATE TABLE open_transactions (n int);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO public.open_transactions SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND pid = pg_backend_pid();
            RETURN NULL;
        END $$;
        CREATE TRIGGER note AFTER INSERT ON people FOR EACH STATEMENT EXECUTE FUNCTION note()""")
    path = people.file("a.csv", "name,team\n" + "a,1\nb,x\n" * 50)
    done = people(path, "--errors-to", people.folder / "wrong.csv", "--json").json
    assert (done["rows"], done["wrong"]) == (50, 50)
    assert people.psql("SELECT max(n) <= 3 FROM open_transactions") == "t"


def test_more_wrong_lines_than_the_limit_end_it(people):
    path = people.file("a.csv", "name,team\n" + "a,x\n" * 5)
    assert "more than 3 lines are wrong (line 5, column team" in people.refused(
        path, "--errors-to", people.folder / "wrong.csv", "--errors-limit", "3")
    assert len((people.folder / "wrong.csv").read_text().splitlines()) == 4


# ---- Hostile workbooks -----------------------------------------------------------------------------------------------

TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = f'<workbook xmlns:r="{TYPES}"><sheets><sheet name="s" r:id="a"/></sheets></workbook>'
RELATIONS = (f'<Relationships><Relationship Id="a" Type="{TYPES}/worksheet" Target="s.xml"/>'
             f'<Relationship Id="b" Type="{TYPES}/sharedStrings" Target="t.xml"/></Relationships>')
NAME = '<row><c t="inlineStr"><is><t>name</t></is></c></row>'


def sheet(rows):
    return f"<worksheet><sheetData>{NAME}{rows}</sheetData></worksheet>"


def workbook(path, body, strings="<sst/>", book=BOOK, relations=RELATIONS):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": relations, "xl/s.xml": body,
                           "xl/t.xml": strings}.items():
            if text is not None:
                archive.writestr(name, text)
    return path


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("parts, told", [
    ({"body": sheet('<row><c><v>1</v></c></row>')[:-9]}, "xl/s.xml is damaged at line 1"),
    ({"body": LAUGHS + sheet('<row><c t="str"><v>&b;</v></c></row>')}, "it has a document type"),
    ({"body": sheet("<x>" * 500 + "</x>" * 500)}, "nested deeper than 64"),
    ({"body": sheet('<row r="9"/><row r="3"/>')}, "no order"),
    ({"body": sheet('<row r="99999999999"><c><v>1</v></c></row>')}, "no order"),
    ({"body": sheet('<row><c r="ZZZZZZ1"><v>1</v></c></row>')}, "no order"),
    ({"body": sheet('<row><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>')}, "no order"),
    ({"body": sheet('<row><c t="s"><v>0</v></c></row>')}, "not among the strings"),
    ({"body": sheet('<row><c t="e"><v>#REF!</v></c></row>')}, "row 2, column 1: it holds the error #REF!"),
    ({"body": sheet('<row><c><v>one</v></c></row>')}, "it should hold a number"),
    ({"body": sheet(f'<row><c t="str"><v>{"x" * 200_000}</v></c></row>')}, "more than a cell may"),
    ({"body": sheet(f'<row><c a="{"x" * (8 << 20)}"/></row>')}, "its part xl/s.xml has a tag of over 4 MiB"),
    ({"body": sheet(""), "strings": f"<sst><si><t>{'x' * 200_000}</t></si></sst>"}, "longer than a cell may hold"),
    ({"body": None}, "its part xl/s.xml cannot be read"),
    ({"body": sheet(""), "book": None}, "its part xl/workbook.xml cannot be read"),
    ({"body": sheet(""), "book": "<workbook/>"}, "has no sheet"),
    ({"body": sheet(""), "book": BOOK.replace("<sheets>", " " * (17 << 20) + "<sheets>")}, "is over 16777216 bytes"),
])
def test_a_hostile_workbook_is_an_error(people, parts, told):
    assert told in people.refused(workbook(people.folder / "a.xlsx", **parts))


def test_strings_that_would_fill_the_disk_are_an_error(people):
    strings = "<sst>" + f"<si><t>{'x' * 100_000}</t></si>" * 800 + "</sst>"
    path = workbook(people.folder / "a.xlsx", sheet('<row><c t="s"><v>0</v></c></row>'), strings)
    assert path.stat().st_size < 1 << 20
    assert "its strings have over " in people.refused(path)
    few = "<sst>" + f"<si><t>{'x' * 10_000}</t></si>" * 100 + "</sst>"
    people(workbook(people.folder / "b.xlsx", sheet('<row><c t="s"><v>99</v></c></row>'), few))
    assert people.psql("SELECT length FROM people") == "10000"


def test_a_damaged_workbook_is_an_error(people):
    path = workbook(people.folder / "a.xlsx", sheet("".join(f"<row><c><v>{i}</v></c></row>" for i in range(2000))))
    data = path.read_bytes()
    path.write_bytes(data[:200] + bytes(50) + data[250:])
    assert "xl/" in people.refused(path)
    path.write_bytes(data[:len(data) // 2])
    assert "is no workbook (XLSX)" in people.refused(path)
    assert "is no workbook (XLSX)" in people.refused(people.file("b.xlsx", "name\nanna\n"))


# ---- Ends ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_arrives_of_one_that_is_ended(people, number):
    """Half way: the table is locked."""
    path = people.file("a.csv", "name\n" + "anna\n" * 200_000)
    with people.server.connect(people.name) as other:
        other.autocommit = False
        other.execute("LOCK TABLE people IN EXCLUSIVE MODE")
        running = people._holdfast.popen("import", "--from", path, "--to", people.dsn, "--table", "people")
        wait_until(lambda: people.psql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query "
                                       "LIKE 'COPY%'") == "1")
        running.send_signal(number)
        running.communicate()
        other.rollback()
    assert running.returncode != 0
    wait_until(lambda: sessions(people.server, people.name) == 0)
    assert people.psql("SELECT count(*) FROM people") == "0"


def test_a_cut_connection_is_told_and_nothing_arrives(people):
    path = people.file("a.csv", "name\n" + "anna\n" * 2_000_000)
    with Proxy(people.server, hold_after=1 << 20) as proxy:
        running = people._holdfast.popen("import", "--from", path, "--to",
                                         people.server.dsn(people.name, tcp=True, port=proxy.port), "--table", "people")
        proxy.until_held()
        proxy.cut()
        _, errors = running.communicate(timeout=60)
    assert running.returncode == 1 and "holdfast: error: " in errors
    wait_until(lambda: sessions(people.server, people.name) == 0)
    assert people.psql("SELECT count(*) FROM people") == "0"
