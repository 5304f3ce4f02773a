"""Migrate into SQL Server: rows by bulk load, what is made after them, and the proof that both sides are equal."""
import datetime
import decimal
import json
import uuid

import psycopg
import pytest

from support import mssql_types
from support.mssql_migrations import ask, migrate, refused, report, rows_of, secret, server, source, target, waiting
from test_assess import SHOP


UTC = datetime.timezone.utc
# What comes back for the values of mssql_types.TYPES, by type.
BACK = {
    "boolean": True, "smallint": -32768, "integer": 2147483647, "bigint": 9223372036854775807, "oid": 4294967295,
    "numeric(10,2)": decimal.Decimal("12345678.90"), "numeric": decimal.Decimal("1.5"),
    "numeric(50,5)": decimal.Decimal("1.5"), "real": 1.5, "double precision": 1.5, "money": decimal.Decimal("12.34"),
    "character(3)": "ab ", "character varying(20)": "größe", "character varying(5000)": "x", "text": "größe",
    "name": "x", "citext": "MiXed", "bytea": b"\0\xff", "uuid": uuid.UUID("6f1c9d1e-3c7b-4a52-9a8e-2f0f5c1b7d11"),
    "date": datetime.date(2024, 2, 29), "time without time zone": datetime.time(23, 59, 59, 999999),
    "time with time zone": "12:00:00+02", "timestamp without time zone": datetime.datetime(2024, 2, 29, 12, 0, 0, 1),
    "timestamp with time zone": datetime.datetime(2024, 2, 29, 10, tzinfo=UTC), "interval": "P1Y2D",
    "json": '{"a": 1}', "jsonb": "[1, 2]", "xml": "<a/>", "mood": "sad", "integer[]": "[1,null,3]",
    "pair": '{"a":1,"b":"x"}', "int4range": "[1,5)", "inet": "192.168.0.1/24", "cidr": "192.168.0.0/24",
    "macaddr": "08:00:2b:01:02:03", "macaddr8": "08:00:2b:01:02:03:04:05", "bit(5)": "10101", "bit varying(9)": "101",
    "tsvector": "'a':1 'b':2", "hstore": '{"a": "1"}', "point": "(1,2)", "positive": 1, "pg_lsn": "0/1",
}


def test_every_type_arrives_and_is_proved(migrate, source, server, target):
    columns = ", ".join(f"c{i} {row[0]}" for i, row in enumerate(mssql_types.TYPES))
    values = ", ".join(f"{row[1]}" for row in mssql_types.TYPES)
    nothing = ", ".join("NULL" for _ in mssql_types.TYPES)
    name = source(f"{mssql_types.PREPARE} CREATE TABLE types (id int PRIMARY KEY, {columns});"
                  f"INSERT INTO types VALUES (1, {values}), (2, {nothing})")
    found = report(migrate(name, "--json"))
    assert found["ok"] and found["proved"]
    assert [(each["to"], each["source"], each["equal"]) for each in found["moved"]] == [
        ("[dbo].[types]", each["target"], True) for each in found["moved"]]
    (_, *there), nulls = rows_of(server, target, "SELECT * FROM types ORDER BY id")
    assert dict(zip((row[0] for row in mssql_types.TYPES), there)) == BACK
    assert set(nulls[1:]) == {None}


def test_ends_of_the_types_arrive(migrate, source, server, target):
    name = source(r"""
        CREATE TABLE ends (id int PRIMARY KEY, t text NOT NULL, v varchar(4000), b bytea, d date, ts timestamp, tz timestamptz,
            c time, f float8, r real, n numeric(38, 10), m money, u text[]);
        INSERT INTO ends VALUES
            (1, '', '', '', '0001-01-01', '0001-01-01', '0001-01-01 00:00+00', '00:00', '1.7976931348623157e308', '-0', 0, 0, '{}'),
            (2, '😀' || repeat('ä', 100000), repeat('x', 4000), decode(repeat('00ff', 50000), 'hex'), '9999-12-31',
             '9999-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999+00', '23:59:59.999999', '5e-324', '1e-45',
             -1234567890123456789012345678.0123456789, '-92233720368547758.08', '{"a",NULL}'),
            (3, E' tab\t\r\n\\ ', E'\u00e9', '\x00', '1900-01-01', '1899-12-31 23:59:59.999999', '1969-12-31 23:59:59+00',
             '12:00', 0.1, 0.1, -0.5, 0.01, NULL)""")
    assert report(migrate(name, "--json"))["proved"]
    (first, second, third) = rows_of(server, target, "SELECT t, v, b, d, ts, n, c FROM ends ORDER BY id")
    assert first == ("", "", b"", datetime.date(1, 1, 1), datetime.datetime(1, 1, 1), 0, datetime.time(0))
    assert second[0] == "😀" + "ä" * 100000 and second[2] == b"\0\xff" * 50000
    assert second[4:] == (datetime.datetime(9999, 12, 31, 23, 59, 59, 999999),
                          decimal.Decimal("-1234567890123456789012345678.0123456789"), datetime.time(23, 59, 59, 999999))
    assert third[:5] == (" tab\t\r\n\\ ", "é", b"\0", datetime.date(1900, 1, 1),
                         datetime.datetime(1899, 12, 31, 23, 59, 59, 999999))


def test_who_may_read_the_source_and_nothing_else_moves_it(migrate, source, server, target, postgres):
    """So nothing of it is changed: what there is of it is the same to the byte, and no statement could have written."""
    name = source(SHOP)
    there = postgres(15)

    def dumped():
        text = there.run("pg_dump", "-d", there.dsn(name)).stdout
        return [line for line in text.splitlines() if "restrict " not in line]  # a word that is another each time
    before = dumped()
    there.psql("CREATE ROLE only_reads LOGIN IN ROLE pg_read_all_data; ALTER ROLE only_reads SET default_transaction_read_only = on")
    try:
        assert report(migrate(name, "--json", role="only_reads"))["proved"]
    finally:
        there.psql("DROP ROLE only_reads")
    assert dumped() == before


def test_tables_of_other_kinds_arrive(migrate, source, server, target):
    name = source("""
        CREATE TABLE made (a int GENERATED ALWAYS AS (1) STORED); INSERT INTO made DEFAULT VALUES;
        CREATE TABLE twice (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c int); INSERT INTO twice VALUES (2, DEFAULT, 3);
        CREATE TABLE empty (a int);
        CREATE TABLE days (d date, n int) PARTITION BY RANGE (d);
        CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
        CREATE TABLE days_2 (n int, d date); ALTER TABLE days ATTACH PARTITION days_2 DEFAULT;
        INSERT INTO days VALUES ('2024-01-05', 1), ('2025-01-01', 2);
        CREATE TABLE parent (a int); CREATE TABLE child (b int) INHERITS (parent);
        INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2, 3)""")
    assert report(migrate(name, "--json"))["proved"]
    rows = {table: sorted(rows_of(server, target, f"SELECT * FROM {table}"))
            for table in ("made", "twice", "empty", "days", "parent", "child")}
    assert rows == {"made": [(1,)], "twice": [(2, 4, 3)], "empty": [], "parent": [(1,)], "child": [(2, 3)],
                    "days": [(datetime.date(2024, 1, 5), 1), (datetime.date(2025, 1, 1), 2)]}


def test_a_database_with_keys_views_and_what_stays_behind(migrate, source, server, target, tmp_path):
    name = source(SHOP)
    found = report(migrate(name, "--json", "--html", tmp_path / "report.html"))
    assert found["proved"] and found["steps_done"] == found["steps"] > 20
    assert found["line"].startswith("proved: 7 tables, 5 rows")
    assert ask(server, target, "SELECT name FROM sys.tables WHERE name LIKE 'holdfast%'") == []
    page = (tmp_path / "report.html").read_text()
    assert found["line"] in page and found["moved"][0]["source"]["digest"] in page and "<script" not in page
    assert found["into"] == f"{target} at 127.0.0.1:{server.port}" and f"Into {found['into']}" in page
    assert found["written_at"][:11] in page and f"<title>{name} to SQL Server</title>" in page
    assert page.count(">equal</td>") == len(found["moved"]) == 7
    keys = "SELECT name FROM sys.foreign_keys UNION ALL SELECT name FROM sys.key_constraints ORDER BY name"
    assert ["lines_parent_fkey"] in ask(server, target, keys) and ["customers_pkey"] in ask(server, target, keys)
    ask(server, target, "INSERT INTO shop.customers (name, active, second) VALUES (N'new', 1, 1)")
    assert ask(server, target, "SELECT max(id) FROM shop.customers") == [["25"]], "the identity goes on"


def test_texts_that_postgresql_tells_apart_stay_apart(migrate, source, server, target):
    """Under a unique key and for whoever asks: by case, accents, forms of one character, ligatures, and what sorts as nothing."""
    apart = ["a", "A", "ä", "a\u0308", "ß", "ss", "ﬁ", "fi", "１", "1", "İ", "i", "\u200d", "", "\t", "\u00a0", "Æ", "ae", "😀", "😁"]
    values = ", ".join(f"({i}, '{text}', '{text}')" for i, text in enumerate(apart))
    name = source(f"CREATE TABLE t (id int, k text PRIMARY KEY, v varchar(9)); INSERT INTO t VALUES {values}")
    assert report(migrate(name, "--json"))["proved"]
    for column in ("k", "v"):
        found = rows_of(server, target, f"SELECT count(*), count(DISTINCT {column}) FROM t")
        assert found == [(len(apart), len(apart))], column
        for i, text in enumerate(apart):
            assert rows_of(server, target, f"SELECT id FROM t WHERE {column} = N'{text}'") == [(i,)], text


MOMENTS = """CREATE TABLE moments (id int PRIMARY KEY, d date, ts timestamp, tz timestamptz, t time, n numeric(9, 2), f float8, j json);
    INSERT INTO moments VALUES
        (1, 'infinity', 'infinity', '-infinity', '24:00', 'NaN', 'Infinity', '"\\u0000"'),
        (2, '0044-03-15 BC', '10000-01-01', '0044-03-15 12:00+00 BC', '12:00', 1, 1, '1')"""
CHOICES = {"infinity": "clamp", "bc": "null", "after 9999": "clamp", "24:00": "clamp", "not a number": "null",
           "json escape": "null"}


def map_file(tmp_path, **lists):
    path = tmp_path / "map.json"
    path.write_text(json.dumps(lists))
    return path


def test_awkward_values_are_refused_before_anything_is_made(migrate, source, server, target):
    done = refused(migrate(source(MOMENTS), check=False), "nothing was moved", "infinity in public.moments.d (1 rows",
                   "--map")
    assert done.returncode == 1
    assert ask(server, target, "SELECT name FROM sys.tables") == []


def test_awkward_values_become_what_was_chosen(migrate, source, server, target, tmp_path):
    chosen = map_file(tmp_path, values=[{"kind": kind, "choice": choice} for kind, choice in CHOICES.items()])
    assert report(migrate(source(MOMENTS), "--json", "--map", chosen))["proved"]
    last = datetime.datetime(9999, 12, 31, 23, 59, 59, 999999)
    assert rows_of(server, target, "SELECT d, ts, tz, t, n, f, j FROM moments ORDER BY id") == [
        (last.date(), last, datetime.datetime(1, 1, 1, tzinfo=UTC), last.time(), None, None, None),
        (None, last, None, datetime.time(12), 1, 1, "1")]


def test_awkward_values_go_as_text(migrate, source, server, target, tmp_path):
    chosen = map_file(tmp_path, values=[{"kind": kind, "choice": "text"} for kind in CHOICES])
    assert report(migrate(source(MOMENTS), "--json", "--map", chosen))["proved"]
    assert rows_of(server, target, "SELECT d, ts, tz, t, n, f, j FROM moments ORDER BY id") == [
        ("infinity", "infinity", "-infinity", "24:00:00", "NaN", "Infinity", '"\\u0000"'),
        ("0044-03-15 BC", "10000-01-01 00:00:00", "0044-03-15 12:00:00+00 BC", "12:00:00", "1.00", "1", "1")]


def test_a_number_that_is_clamped_is_so_after_it_is_rounded(migrate, source, server, target, tmp_path):
    name = source("CREATE TABLE n (id int PRIMARY KEY, a numeric); INSERT INTO n VALUES (1, 99999.996), (2, -99999.994), (3, 1e9)")
    chosen = map_file(tmp_path, columns=[{"table": "public.n", "column": "a", "to": "decimal(7, 2)"}],
                      values=[{"kind": "too many digits", "choice": "clamp"}])
    assert report(migrate(name, "--json", "--map", chosen))["proved"]
    assert ask(server, target, "SELECT a FROM n ORDER BY id") == [["99999.99"], ["-99999.99"], ["99999.99"]]


def test_types_of_the_map(migrate, source, server, target, tmp_path):
    name = source("""CREATE TABLE mapped (id int PRIMARY KEY, a int, b numeric, c text, d timestamptz, e text, f timestamp, g int);
        INSERT INTO mapped VALUES (1, 200, 12.3456, 'short  ', '2024-02-29 12:00:00.123456+00', 'x', '2024-01-01 00:00:00.123456', 7),
                                  (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL)""")
    types = {"a": "tinyint", "b": "money", "c": "nchar(9)", "d": "nvarchar(40)", "e": "nvarchar(1)", "f": "datetime2(3)",
             "g": "decimal(5, 2)"}
    chosen = map_file(tmp_path, columns=[{"table": "public.mapped", "column": column, "to": to}
                                         for column, to in types.items()])
    assert report(migrate(name, "--json", "--map", chosen))["proved"]
    assert rows_of(server, target, "SELECT a, b, c, d, e, f, g FROM mapped ORDER BY id")[0] == (
        200, decimal.Decimal("12.3456"), "short    ", "2024-02-29 12:00:00.123456+00", "x",
        datetime.datetime(2024, 1, 1, 0, 0, 0, 123000), decimal.Decimal("7.00"))


@pytest.mark.parametrize("certificate", ["of_other_root", "of_other_name"])
def test_a_wrong_certificate_is_refused(migrate, source, server, target, certificate):
    name = source("CREATE TABLE t (a int)")
    server.offer(certificate=certificate)
    refused(migrate(name, check=False), "no encrypted connection to a server that can be trusted", "127.0.0.1", "root.pem")
    assert report(migrate(name, "--json", "--to-any-certificate", **{"--to-root": None}))["proved"]


def test_a_server_without_tls_is_refused(migrate, source, server, target):
    server.offer(encryption="none")
    name = source("CREATE TABLE t (a int)")
    refused(migrate(name, check=False), "no encrypted connection")
    refused(migrate(name, "--to-any-certificate", check=False, **{"--to-root": None}), "no encrypted connection")


def test_what_freetds_hears_from_the_environment_is_refused(migrate, source, server, target, tmp_path, monkeypatch):
    name = source("CREATE TABLE t (a int)")
    monkeypatch.setenv("TDSDUMP", str(tmp_path / "dump"))
    refused(migrate(name, check=False), "the environment has TDSDUMP", "unset it")
    assert not (tmp_path / "dump").exists()


def test_a_right_that_is_missing_is_named(migrate, source, server, target):
    name = source(FOUR)
    server.add_login("reader", server.password, denied=["CREATE TABLE"])
    refused(migrate(name, check=False, **{"--to-user": "reader"}), "CREATE TABLE permission denied", "grant it to the login")
    assert ask(server, target, "SELECT name FROM sys.tables") == []
    server.add_login("maker", server.password, denied=["INSERT"])
    refused(migrate(name, check=False, **{"--to-user": "maker"}), "INSERT permission was denied", "grant it to the login")


def test_why_a_login_fails_is_told(migrate, source, server, target, tmp_path, secret):
    name = source("CREATE TABLE t (a int)")
    refused(migrate(name, check=False, **{"--to-mssql": "127.0.0.1:1"}), "cannot be reached", "127.0.0.1:1")
    refused(migrate(name, check=False, **{"--to-database": "nowhere"}), "nowhere", "create")
    secret.write_text("wrong\n")
    refused(migrate(name, check=False), "18456", "check user and password")
    assert migrate(name, check=False, **{"--to-mssql": "a b"}).returncode == 2
    secret.write_text("x" * 129 + "\n")
    refused(migrate(name, check=False), "the password is longer than 128 bytes")


def test_a_windows_login_and_a_named_instance(migrate, source, server, target, secret):
    secret.write_text(server.windows_password)
    assert report(migrate(source("CREATE TABLE t (a int)"), "--json", **{"--to-user": server.windows_login}))["proved"]


def test_what_is_there_already_is_not_touched(migrate, source, server, target):
    ask(server, target, "CREATE TABLE t (kept int); INSERT INTO t VALUES (1)")
    refused(migrate(source("CREATE TABLE t (a int); CREATE TABLE u (a int)"), check=False), "holds [dbo].[t] already")
    assert ask(server, target, "SELECT name FROM sys.tables") == [["t"]]
    assert ask(server, target, "SELECT kept FROM t") == [["1"]]


# ---- what goes wrong

FOUR = """CREATE TABLE t1 (id int PRIMARY KEY, note text DEFAULT 'none'); CREATE TABLE t2 (LIKE t1 INCLUDING ALL);
    CREATE TABLE t3 (LIKE t1 INCLUDING ALL, one int REFERENCES t1); CREATE TABLE t4 (LIKE t1 INCLUDING ALL);
    INSERT INTO t1 SELECT n, CASE WHEN n % 3 = 0 THEN NULL ELSE 'row ' || n END FROM generate_series(1, 100) n;
    INSERT INTO t2 SELECT * FROM t1; INSERT INTO t3 SELECT *, id FROM t1; INSERT INTO t4 SELECT * FROM t1"""
COUNTS = "SELECT " + ", ".join(f"(SELECT count(*) FROM t{i})" for i in (1, 2, 3, 4))


def loaded(server, target):
    """The tables whose parts are there."""
    if not ask(server, target, "SELECT name FROM sys.tables WHERE name = N'holdfast_migration_part'"):
        return []
    return [row[0] for row in ask(server, target, "SELECT table_name FROM holdfast_migration_part "
                                                  "WHERE digest IS NOT NULL ORDER BY table_name")]


def goes_on(migrate, server, target, name):
    """The same call again finishes, with no row twice; its report."""
    found = report(migrate(name, "--json"))
    assert found["proved"] and found["steps_done"] == found["steps"]
    assert ask(server, target, COUNTS) == [["100"] * 4]
    assert ask(server, target, "SELECT name FROM sys.tables ORDER BY name") == [["t1"], ["t2"], ["t3"], ["t4"]]
    return found


@pytest.mark.parametrize("at, matching", [
    ("batch", "CREATE TABLE .dbo...t2"), ("batch", "INSERT INTO .dbo...holdfast_migration_part"), ("bulk", "t3"),
    ("row", "t3"), ("bulk end", "t3"), ("commit", ""), ("batch", "holdfast_migration_part. SET"),
    ("batch", "ADD CONSTRAINT .t2_pkey"), ("batch", "SELECT .id., .note. FROM .dbo...t4"), ("batch", "DROP TABLE")])
def test_a_connection_that_is_cut_leaves_what_is_finished(migrate, source, server, target, at, matching):
    name = source(FOUR)
    server.fault(at, "cut", matching=matching)
    refused(migrate(name, "--jobs", 1, check=False), "connection to the server is lost")
    assert server.faults_left() == 0
    goes_on(migrate, server, target, name)


@pytest.mark.parametrize("at, matching, there", [
    ("batch", "CREATE TABLE .dbo...t2", []), ("bulk end", "t3", ["public.t1", "public.t2"])])
def test_a_source_that_is_lost_leaves_what_is_finished(migrate, source, server, target, postgres, waiting, at, matching, there):
    name = source(FOUR)
    met = server.fault(at, "slow", matching=matching, seconds=0)
    held = server.fault(at, "hold", matching=matching)
    running = migrate(name, "--jobs", 1, popen=True)
    waiting(lambda: not met.exists(), running)
    assert loaded(server, target) == there
    assert postgres(15).psql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "
                             f"'{name}'") != "0"
    held.unlink()
    _, told = running.communicate(timeout=120)
    assert running.returncode == 1 and "the target is unfinished" in told, told
    assert "t4" not in str(loaded(server, target))
    goes_on(migrate, server, target, name)


def test_proof_stands_though_its_notes_could_not_be_taken_away(migrate, source, server, target):
    name = source(FOUR)
    server.fault("batch", "cut", matching="DROP TABLE")
    done = migrate(name, "--json", check=False)
    assert report(done)["proved"] and report(done)["line"] == "proved, but not finished"
    assert goes_on(migrate, server, target, name)["parts_kept"] == 4


def test_what_was_loaded_stays_after_a_kill(migrate, source, server, target, postgres, waiting):
    name = source(FOUR)
    server.fault("bulk end", "hang", matching="t3")
    running = migrate(name, "--jobs", 1, popen=True)
    waiting(lambda: loaded(server, target) == ["public.t1", "public.t2"], running)
    running.kill()
    running.wait()
    server.stop()  # the session that hangs
    server.start()
    postgres(15).psql("UPDATE t2 SET note = 'changed since' WHERE id = 50", db=name)
    assert goes_on(migrate, server, target, name)["parts_kept"] == 1
    assert ask(server, target, "SELECT note FROM t2 WHERE id = 50") == [["changed since"]]


def test_a_load_locks_its_table_while_rows_come_and_not_after(migrate, source, server, target, waiting):
    """Else SQL Server keeps a lock for each row of a part, and logs each."""
    name = source(FOUR)
    locked = "SELECT name FROM sys.tables WHERE lock_on_bulk_load = 1 ORDER BY name"
    server.fault("bulk end", "hold", times=None, matching="t3")
    running = migrate(name, "--jobs", 1, "--json", popen=True)
    waiting(lambda: loaded(server, target) == ["public.t1", "public.t2"], running)
    assert ask(server, target, locked) == [["t1"], ["t2"], ["t3"], ["t4"]]
    running.kill()
    running.wait()
    server.stop()
    server.start()
    assert len(ask(server, target, locked)) == 4
    server.clear_faults()
    goes_on(migrate, server, target, name)
    assert ask(server, target, locked) == []


def test_an_end_that_the_server_refuses_is_no_success(migrate, source, server, target):
    """FreeTDS counts the rows as copied."""
    name = source(FOUR)
    server.fault("bulk end", "error", matching="t2", number=1105, details=["t2", "target", "PRIMARY"])
    refused(migrate(name, "--jobs", 1, check=False), "1105", "no more room", "unfinished")
    assert loaded(server, target) == ["public.t1"]
    goes_on(migrate, server, target, name)


@pytest.mark.parametrize("number, words", [(1105, "no more room"), (9002, "transaction log is full"),
                                           (1205, "others work in the target")])
def test_what_is_no_rows_fault_blames_no_row(migrate, source, server, target, tmp_path, number, words):
    name = source(FOUR)
    server.fault("bulk end", "error", times=None, matching="t2", number=number, details=["t2", "target", "PRIMARY"])
    aside = tmp_path / "aside"
    done = migrate(name, "--jobs", 1, "--refused-to", aside, check=False)
    refused(done, str(number), words, "unfinished")
    assert "the row id=" not in done.stderr and not list(tmp_path.glob("aside*"))
    server.clear_faults()
    goes_on(migrate, server, target, name)


def refuse_rows(server, target, *ids):
    """The target's table t2 refuses rows with these ids."""
    ask(server, target, f"ALTER TABLE t2 ADD CONSTRAINT refused CHECK (id NOT IN ({', '.join(map(str, ids))}))")


@pytest.fixture
def stopped(migrate, source, server, target):
    """A migration that was cut before t2, so that its tables are there."""
    name = source(FOUR)
    server.fault("bulk", "cut", matching="t2")
    refused(migrate(name, "--jobs", 1, check=False), "lost")
    return name


def test_a_row_that_is_refused_is_named(migrate, stopped, server, target):
    refuse_rows(server, target, 50, 70)
    refused(migrate(stopped, check=False), "public.t2: the row id=50 is refused: ", "--refused-to",
            "the target is unfinished")
    assert ask(server, target, "SELECT count(*) FROM t2") == [["0"]]
    ask(server, target, "ALTER TABLE t2 DROP CONSTRAINT refused")
    goes_on(migrate, server, target, stopped)


def test_a_partitioned_table_goes_by_its_partitions(migrate, source, server, target, postgres):
    name = source("""CREATE TABLE days (n int, d date) PARTITION BY RANGE (d);
        CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
        CREATE TABLE rest (d date, n int) PARTITION BY LIST (n); ALTER TABLE days ATTACH PARTITION rest DEFAULT;
        CREATE TABLE "rest, 1" PARTITION OF rest FOR VALUES IN (1); CREATE TABLE rest_2 PARTITION OF rest DEFAULT;
        INSERT INTO days SELECT n % 3, date '2024-01-01' + n FROM generate_series(0, 99) n""")
    server.fault("batch", "cut", matching="SET .rows. = .*N.public.rest_2.")
    refused(migrate(name, "--jobs", 1, check=False), "of 3 parts of the rows are there")
    there = loaded(server, target)
    assert set(there) <= {"public.days_1", "public.rest, 1"}, "the one that was cut is not"
    assert report(migrate(name, "--json"))["parts_kept"] == len(there)
    assert ask(server, target, "SELECT count(*), count(DISTINCT d), sum(n) FROM days") == [["100", "100", "99"]]


def test_what_changed_in_one_partition_is_loaded_again(migrate, source, server, target, postgres):
    name = source("""CREATE TABLE t (n int) PARTITION BY LIST (n); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
        CREATE TABLE t2 PARTITION OF t FOR VALUES IN (2); CREATE TABLE t3 PARTITION OF t DEFAULT; INSERT INTO t VALUES (1), (2), (3)""")
    server.fault("batch", "cut", matching="SET .rows. = .*N.public.t3.")
    refused(migrate(name, "--jobs", 1, check=False), "unfinished")
    postgres(15).psql("INSERT INTO t VALUES (1)", db=name)
    assert report(migrate(name, "--json"))["parts_kept"] == 0
    assert ask(server, target, "SELECT n FROM t ORDER BY n") == [["1"], ["1"], ["2"], ["3"]]


def test_services_of_the_source_are_halted_and_resume_unless_all_is_moved(migrate, stopped, server, target, postgres):
    with postgres(15).connect(stopped) as at_work:
        refuse_rows(server, target, 50)
        told = migrate(stopped, "--others", "halt", check=False)
        refused(told, "public.t2: the row id=50 is refused")
        assert f"the services of {stopped} resume" in told.stderr and limit_of(postgres, stopped) == "-1"
        with pytest.raises(psycopg.OperationalError):
            at_work.execute("SELECT 1")
    ask(server, target, "ALTER TABLE t2 DROP CONSTRAINT refused")
    told = migrate(stopped, "--others", "halt")
    assert f"{stopped} stays halted" in told.stderr and limit_of(postgres, stopped) == "0"


def limit_of(postgres, name):
    return postgres(15).psql(f"SELECT datconnlimit FROM pg_database WHERE datname = '{name}'")


def test_services_stay_halted_where_all_is_proved_though_it_is_not_finished(migrate, source, server, postgres):
    name = source("CREATE TABLE t (n int); INSERT INTO t VALUES (1)")
    server.fault("batch", "cut", matching="DROP TABLE")
    told = migrate(name, "--others", "halt", check=False)
    refused(told, "both sides are equal, but the migration's own tables")
    assert f"{name} stays halted" in told.stderr and limit_of(postgres, name) == "0"
    assert report(migrate(name, "--json"))["proved"], "called again, as it says"
    assert limit_of(postgres, name) == "0"


@pytest.mark.parametrize("data, there, said", [
    ("CREATE TABLE t (d date); INSERT INTO t VALUES ('infinity')", None, "there are values that SQL Server does not take"),
    ("CREATE TABLE t (n int)", "CREATE TABLE t (x int)", "holds [dbo].[t] already"),
    ("CREATE TABLE t (n int)", "CREATE TABLE dbo.holdfast_migration (plan_digest nvarchar(32))", "of another plan"),
])
def test_no_services_are_halted_for_what_cannot_be_done(migrate, source, server, target, postgres, data, there, said):
    name = source(data)
    if there:
        ask(server, target, there)
    with postgres(15).connect(name) as at_work:
        told = migrate(name, "--others", "halt", check=False)
        refused(told, said)
        assert "halted" not in told.stderr and limit_of(postgres, name) == "-1"
        at_work.execute("SELECT 1")


def test_rows_that_are_refused_are_put_aside(migrate, stopped, server, target, tmp_path):
    refuse_rows(server, target, 1, 50, 51, 100)
    file = tmp_path / "refused.jsonl"
    refused(migrate(stopped, "--refused-to", file, "--refused-limit", 3, check=False), "more than 3 rows are refused")
    found = report(migrate(stopped, "--json", "--refused-to", file, "--refused-limit", 4, "--force"))
    assert found["proved"] and found["refused"] == 4 and "4 rows that it refused are left out" in found["line"]
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(each["table"], each["key"], each["row"]) for each in lines] == [
        ("public.t2", f"id={n}", f"{n}\t" + ("\\N" if n % 3 == 0 else f"row {n}")) for n in (1, 50, 51, 100)]
    assert all("(error " in each["reason"] for each in lines)
    assert ask(server, target, COUNTS) == [["100", "96", "100", "100"]]


def test_rows_that_were_put_aside_stay_so_when_it_goes_on(migrate, stopped, server, target, tmp_path):
    """Also when keys stand on the others already."""
    refuse_rows(server, target, 1, 50)
    aside = ("--refused-to", tmp_path / "refused.jsonl", "--refused-limit", 2)
    server.fault("batch", "cut", matching="SELECT .id., .note. FROM .dbo...t4")
    refused(migrate(stopped, "--jobs", 1, *aside, check=False), "lost", "4 of 4 parts")
    found = report(migrate(stopped, "--json", *aside, "--force"))
    assert found["proved"] and found["parts_kept"] == 4 and (found["refused"], found["refused_before"]) == (2, 2)
    assert "2 rows that it refused are left out" in found["line"]
    assert ask(server, target, COUNTS) == [["100", "98", "100", "100"]]


def ids_in(file):
    return [json.loads(line)["key"] for line in file.read_text().splitlines()]


def test_rows_that_were_put_aside_outlive_a_kill(migrate, stopped, server, target, tmp_path, waiting):
    refuse_rows(server, target, 1, 50, 100)
    file, unfinished = tmp_path / "refused.jsonl", tmp_path / "refused.jsonl.unfinished"
    server.fault("bulk end", "hang", matching="t3")
    running = migrate(stopped, "--jobs", 1, "--refused-to", file, popen=True)
    waiting(lambda: loaded(server, target) == ["public.t1", "public.t2"], running)
    running.kill()
    running.wait()
    server.stop()  # the session that hangs
    server.start()
    assert not file.exists() and unfinished.stat().st_mode & 0o77 == 0
    refused(migrate(stopped, check=False), "an earlier call has put 3 rows aside", "--refused-to of that call")
    refused(migrate(stopped, "--refused-to", tmp_path / "other", check=False), "other.unfinished does not have them")
    found = report(migrate(stopped, "--json", "--refused-to", file))
    assert found["proved"] and (found["refused"], found["refused_before"]) == (3, 3)
    assert ids_in(file) == ["id=1", "id=50", "id=100"]
    assert list(tmp_path.glob("*.unfinished")) == []


def test_rows_of_a_part_that_goes_again_are_put_aside_once(migrate, stopped, server, target, tmp_path, postgres):
    """The first call is cut before the part is there; a block that a crash has cut short counts for nothing."""
    refuse_rows(server, target, 1, 50, 70)
    file, unfinished = tmp_path / "refused.jsonl", tmp_path / "refused.jsonl.unfinished"
    server.fault("batch", "cut", matching="SET .rows. = .*N.public.t2.")
    told = migrate(stopped, "--jobs", 1, "--refused-to", file, check=False)
    refused(told, "lost", f"put aside so far are in {unfinished}")
    assert loaded(server, target) == ["public.t1"]
    with unfinished.open("a") as more:
        more.write('{"part": "0 public.t2", "rows": 1, "bytes": 900}\n{"table": "cut')
    postgres(15).psql("DELETE FROM t2 WHERE id = 50", db=stopped)
    found = report(migrate(stopped, "--json", "--refused-to", file))
    assert found["proved"] and (found["refused"], found["refused_before"]) == (2, 0)
    assert ids_in(file) == ["id=1", "id=70"] and not unfinished.exists()


@pytest.mark.parametrize("bad", [[50, 70], []])
def test_the_same_call_goes_on_where_the_file_is_written_and_the_target_does_not_know(migrate, stopped, server, target,
                                                                                      tmp_path, bad):
    refuse_rows(server, target, 0, *bad)
    file, unfinished = tmp_path / "refused.jsonl", tmp_path / "refused.jsonl.unfinished"
    server.fault("batch", "cut", matching="DROP TABLE")
    refused_to = ("--json", "--refused-to", file)
    assert report(migrate(stopped, *refused_to, check=False))["line"] == "proved, but not finished"
    written = file.read_text()
    assert ids_in(file) == [f"id={n}" for n in bad] and unfinished.exists() == bool(bad)
    file.write_text(written + "of somebody else\n")
    assert "exists already" in migrate(stopped, *refused_to, check=False).stderr
    file.write_text(written)
    found = report(migrate(stopped, *refused_to))
    assert found["proved"] and found["refused"] == len(bad)
    assert file.read_text() == written and not unfinished.exists()


def test_what_others_have_put_aside_stays(migrate, stopped, server, target, tmp_path):
    refuse_rows(server, target, 50)
    file, unfinished = tmp_path / "refused.jsonl", tmp_path / "refused.jsonl.unfinished"
    unfinished.write_text('{"into": "another"}\n{"part": "0 t", "rows": 1, "bytes": 3}\n{}\n')
    refused(migrate(stopped, "--refused-to", file, check=False), "not of a migration into", "choose another name")
    assert unfinished.read_text().endswith("{}\n") and not file.exists()
    unfinished.unlink()
    refused(migrate(stopped, "--refused-to", "-", check=False), "name a file")
    file.write_text("of an earlier one")
    refused(migrate(stopped, "--refused-to", file, check=False), "exists already")
    assert file.read_text() == "of an earlier one"
    migrate(stopped, "--refused-to", file, "--force")
    assert ids_in(file) == ["id=50"]


def test_of_a_batch_only_the_bad_rows_are_put_aside(migrate, stopped, server, target, tmp_path):
    """The first and the last, neighbours, and such as have neighbours that are taken."""
    bad = [1, 2, 3, 7, 50, 51, 64, 65, 98, 99, 100]
    refuse_rows(server, target, *bad)
    found = report(migrate(stopped, "--json", "--refused-to", tmp_path / "aside"))
    assert found["proved"] and found["refused"] == len(bad)
    assert ids_in(tmp_path / "aside") == [f"id={n}" for n in bad]
    assert ask(server, target, COUNTS) == [["100", "89", "100", "100"]]


def test_a_value_that_is_too_long_is_named_by_its_row(migrate, source, server, target, tmp_path):
    name = source("CREATE TABLE t (a int, b text, PRIMARY KEY (a, b)); INSERT INTO t VALUES (1, 'short'), (2, 'longer')")
    chosen = map_file(tmp_path, columns=[{"table": "public.t", "column": "b", "to": "nvarchar(5)"}])
    refused(migrate(name, "--map", chosen, check=False), "public.t: the row a=2, b=longer is refused: column b: a text of "
            "6 UTF-16 units does not fit into nvarchar(5)")


def test_a_cancel_ends_it(migrate, source, server, target, waiting):
    name = source(FOUR)
    server.fault("bulk end", "hang", matching="t2")
    running = migrate(name, "--jobs", 1, popen=True)
    waiting(lambda: loaded(server, target) == ["public.t1"], running)
    running.terminate()
    assert running.wait(60) == 1
    told = running.stderr.read()
    assert "cancelled" in told and "at least 1 of 4 parts of the rows are there" in told
    server.stop()
    server.start()
    goes_on(migrate, server, target, name)


def test_one_at_a_time(migrate, source, server, target, waiting):
    name = source(FOUR)
    server.fault("bulk end", "hang", matching="t2")
    running = migrate(name, "--jobs", 1, popen=True)
    waiting(lambda: loaded(server, target) == ["public.t1"], running)
    refused(migrate(name, "--others", "go-on", check=False), "another migration into this database is under way")
    refused(migrate("not_even_reached", check=False), "another migration into this database is under way")
    writing = server.postgres_psql(target, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                                           "AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()")
    assert writing.strip() == "1", "the lock is no transaction, which would keep the log of the whole load"
    running.kill()
    running.wait()
    server.stop()
    server.start()


def test_a_part_is_loaded_once_also_if_the_lock_is_lost(migrate, source, server, target, waiting):
    name = source(FOUR)
    server.fault("bulk end", "hold", times=None, matching="t2")
    running = migrate(name, "--jobs", 1, popen=True)
    waiting(lambda: loaded(server, target) == ["public.t1"], running)
    ask(server, target, f"UPDATE holdfast_migration_part SET digest = N'{'0' * 32}' WHERE table_name = N'public.t2'")
    server.clear_faults()
    assert running.wait(60) == 1
    assert "another migration has loaded this part" in running.stderr.read()
    assert ask(server, target, "SELECT count(*) FROM t2") == [["0"]]


def test_another_plan_does_not_go_on(migrate, source, server, target, postgres):
    name = source(FOUR)
    server.fault("bulk end", "cut", matching="t2")
    refused(migrate(name, "--jobs", 1, check=False), "unfinished")
    postgres(15).psql("ALTER TABLE t4 ADD COLUMN more int", db=name)
    refused(migrate(name, check=False), "another plan", "new database")


def test_a_difference_is_found(migrate, source, server, target):
    """Somebody else writes into the target."""
    name = source(FOUR)
    server.fault("batch", "cut", matching="SELECT .id., .note. FROM .dbo...t4")
    refused(migrate(name, "--jobs", 1, check=False), "lost")
    ask(server, target, "UPDATE t2 SET note = N'row 50 ' WHERE id = 50; DELETE FROM t4 WHERE id = 7; "
                        "INSERT INTO t2 (id) VALUES (1077)")
    done = migrate(name, "--json", check=False)
    assert done.returncode == 3
    found = report(done)
    assert found["error"]["code"] == "differ" and not found["proved"]
    assert all(each["compared"] for each in found["moved"])
    assert {each["table"]: each["difference"] for each in found["moved"] if not each["equal"]} == {
        "public.t2": "id=1077 is in the target alone; id=50 differs in note", "public.t4": "id=7 is missing in the target"}


def test_differences_of_rows_that_look_alike_are_all_told(migrate, source, server, target):
    name = source("CREATE TABLE t (s text); INSERT INTO t SELECT repeat('x', 300) || n FROM generate_series(1, 3) n")
    server.fault("batch", "cut", matching="SELECT .s. FROM")
    refused(migrate(name, check=False), "lost")
    ask(server, target, "DELETE FROM t WHERE s NOT LIKE N'%2'")
    done = migrate(name, "--json", check=False)
    (found,) = report(done)["moved"]
    assert done.returncode == 3 and found["difference"].count("is missing in the target") == 2
