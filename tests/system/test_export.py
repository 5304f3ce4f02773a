"""Tables as CSV and XLSX: every value as other programs read it, the rights of who asks, and no half files."""
import csv
import datetime
import io
import os
import resource
import signal

import openpyxl
import pytest

from support.faults import message
from support.proxy import Proxy

AWKWARD = r'''
    CREATE DOMAIN price AS numeric(9, 2);
    CREATE TABLE awkward (id bigint PRIMARY KEY, t text, n numeric, p price, f float8, b boolean, d date,
        ts timestamp, tz timestamptz, a int[], raw bytea, "Odd, ""name""" text);
    INSERT INTO awkward VALUES
        (1, 'plain', 1.5, 12.50, 0.1, true, '2024-02-29', '2024-02-29 12:00:00.5', '2024-02-29 12:00+02', '{1,NULL}', '\x00ff', 'x'),
        (2, '', 12.50, 0.00, 1e300, false, '1900-02-28', '2024-02-29 12:00:00.123456', NULL, '{}', '', ''),
        (9007199254740993, '=1+1', 'NaN', NULL, '-Infinity', NULL, 'infinity', 'infinity', 'infinity', NULL, NULL, NULL),
        (-4, E'a "quote", a comma\nand\r\nlines\ttab', 1e20, -1, 0.30000000000000004, NULL, '0044-03-15 BC', '9999-12-31 23:59:59.999', NULL, NULL, NULL, E'_x0041_\x01\x1f'),
        (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        (6, '  größe 😀 \N \. ', 0.00001, 1, 123456789012345678, NULL, '9999-12-31', '2024-02-29', NULL, NULL, NULL, '-');
'''


@pytest.fixture
def source(postgres, database):
    server = postgres(15)
    name = database(server)
    server.psql(AWKWARD, db=name)
    return server.dsn(name)


@pytest.fixture
def export(holdfast, source):
    """export("table", path, *options)"""
    def run(table, to, *more, check=True, **options):
        return holdfast("export", "--from", options.pop("dsn", source), "--table", table, "--to", to, *more, check=check,
                        **options)
    return run


def rows_of(postgres, source, columns="*"):
    with postgres(15).connect(source.split("dbname=")[1].split()[0]) as connection:
        return connection.execute(f"SELECT {columns} FROM awkward").fetchall()


def test_csv_is_what_other_programs_read(export, tmp_path, postgres, source):
    done = export("awkward", tmp_path / "a.csv")
    assert "6 rows of public.awkward" in done.stdout
    data = (tmp_path / "a.csv").read_bytes()
    assert b"\r\n2,\"\",12.50," in data and b"\r\n5,,,,,,,,,,,\r\n" in data
    header, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
    assert header[-1] == 'Odd, "name"' and len(rows) == 6
    there = rows_of(postgres, source, 'id::text, t, n::text, p::text, f::text, "Odd, ""name"""')
    assert [[row[i] for i in (0, 1, 2, 3, 4, 11)] for row in rows] == [
        [value if value is not None else "" for value in row] for row in there]
    assert rows[2][1] == "=1+1"  # as it is: a CSV has no types
    assert os.stat(tmp_path / "a.csv").st_mode & 0o777 == 0o600


def test_xlsx_is_what_other_programs_read(export, tmp_path):
    export("awkward", tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["awkward"]
    header, *rows = sheet.iter_rows(values_only=True)
    assert header[:4] == ("id", "t", "n", "p") and header[-1] == 'Odd, "name"' and sheet.freeze_panes == "A2"
    day = datetime.datetime(2024, 2, 29)
    assert rows[0][:8] == (1, "plain", 1.5, 12.5, 0.1, True, day, day.replace(hour=12, microsecond=500000))
    assert rows[0][8:] == ("2024-02-29 10:00:00+00", "{1,NULL}", "\\x00ff", "x")
    assert rows[1][1:8] == (None, "12.50", 0, 1e300, False, "1900-02-28", "2024-02-29 12:00:00.123456")
    assert rows[2][:8] == ("9007199254740993", "=1+1", "NaN", None, "-Infinity", None, "infinity", "infinity")
    assert sheet["B4"].data_type != "f"  # a text, whatever it looks like
    assert rows[3][1].replace("_x000D_", "\r") == 'a "quote", a comma\nand\r\nlines\ttab'
    assert rows[3][4] == "0.30000000000000004" and rows[3][6] == "0044-03-15 BC"
    assert rows[4] == (5,) + (None,) * 11
    assert rows[5][1] == "  größe 😀 \\N \\. " and rows[5][4] == "1.2345678901234568e+17"
    assert (rows[5][6], rows[5][7]) == (datetime.datetime(9999, 12, 31), day)


def test_several_tables_go_into_a_folder_and_a_partitioned_one_is_one(export, tmp_path, postgres, source):
    name = source.split("dbname=")[1].split()[0]
    postgres(15).psql("""CREATE SCHEMA s; CREATE TABLE s.parts (a int) PARTITION BY LIST (a);
        CREATE TABLE s.one PARTITION OF s.parts FOR VALUES IN (1); CREATE TABLE s.two PARTITION OF s.parts DEFAULT;
        INSERT INTO s.parts VALUES (1), (2), (3); CREATE TABLE s."a/../b" AS SELECT 1 AS a""", db=name)
    done = export("s.*", f"{tmp_path}/out/", "--format", "csv", "--json").json
    assert [(each["table"], each["rows"]) for each in done["tables"]] == [("s.a/../b", 1), ("s.parts", 3)]
    assert sorted(os.listdir(tmp_path / "out")) == ["s.a_.._b.csv", "s.parts.csv"]
    assert export("s.one", "-", "--format", "csv").stdout == "a\n1\n"
    failed = export("s.*", tmp_path / "one.csv", check=False)
    assert failed.returncode == 2 and "2 tables match" in failed.stderr and not (tmp_path / "one.csv").exists()


def test_a_file_that_is_there_is_replaced_with_force_alone(export, tmp_path):
    (tmp_path / "a.csv").write_text("mine")
    assert "--force" in export("awkward", tmp_path / "a.csv", check=False).stderr
    assert (tmp_path / "a.csv").read_text() == "mine"
    export("awkward", tmp_path / "a.csv", "--force")
    assert (tmp_path / "a.csv").read_text() != "mine"
    assert export("awkward", tmp_path / "a", check=False).returncode == 2  # of no known format
    assert "no table" in export("none", tmp_path / "b.csv", check=False).stderr


def test_rights_and_row_security_are_errors_and_no_filters(export, tmp_path, postgres, source):
    server, name = postgres(15), source.split("dbname=")[1].split()[0]
    server.psql("CREATE ROLE export_clerk LOGIN; ALTER TABLE awkward ENABLE ROW LEVEL SECURITY; "
                "CREATE POLICY few ON awkward USING (id < 3)", db=name)
    try:
        clerk = {"dsn": server.dsn(name, user="export_clerk"), "check": False}
        assert "the role may not read: public.awkward" in export("awkward", tmp_path / "a.csv", **clerk).stderr
        server.psql("GRANT SELECT ON awkward TO export_clerk", db=name)
        assert "row level security would hide rows" in export("awkward", tmp_path / "a.csv", **clerk).stderr
        assert os.listdir(tmp_path) == []
    finally:
        server.psql("DROP OWNED BY export_clerk; DROP ROLE export_clerk", db=name)


def test_a_text_that_no_cell_takes_is_named(export, tmp_path, postgres, source):
    name = source.split("dbname=")[1].split()[0]
    postgres(15).psql("CREATE TABLE long AS SELECT 1 AS id, repeat('ä', 32767) AS note; "
                      "INSERT INTO long VALUES (2, repeat('😀', 16384))", db=name)
    done = export("long", tmp_path / "a.xlsx", check=False)
    assert "row 2, column note: a text of 32768 characters, and a cell takes 32767" in done.stderr
    assert os.listdir(tmp_path) == []
    postgres(15).psql("DELETE FROM long WHERE id = 2", db=name)
    export("long", tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").active["B2"].value == "ä" * 32767


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_of_one_that_is_ended(holdfast, postgres, source, tmp_path, number):
    """Half way: the server's answer stands still."""
    name = source.split("dbname=")[1].split()[0]
    postgres(15).psql("CREATE TABLE big AS SELECT i, md5(i::text) FROM generate_series(1, 100000) i", db=name)
    for folder in ("tmp", "out"):
        (tmp_path / folder).mkdir()
    with Proxy(postgres(15), hold_after=1 << 20) as proxy:
        running = holdfast.popen("export", "--from", postgres(15).dsn(name, tcp=True, port=proxy.port), "--table", "big", "--to", tmp_path / "out/a.xlsx",
                                 env={"TMPDIR": tmp_path / "tmp"})
        proxy.until_held()
        running.send_signal(number)
        running.communicate()
    assert running.returncode != 0
    assert os.listdir(tmp_path / "out") == os.listdir(tmp_path / "tmp") == []


@pytest.mark.parametrize("to", ["a.csv", "a.xlsx"])
def test_a_full_disk_leaves_no_file(export, postgres, source, tmp_path, to):
    name = source.split("dbname=")[1].split()[0]
    postgres(15).psql("CREATE TABLE big AS SELECT i, md5(i::text) FROM generate_series(1, 20000) i", db=name)
    done = export("big", tmp_path / to, check=False,
                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)))
    assert done.returncode == 1 and message(done).startswith("public.big: ")
    assert os.listdir(tmp_path) == []
