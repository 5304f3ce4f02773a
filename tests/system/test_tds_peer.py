"""The stand-in for SQL Server (tests/peers/tds), held to what clients expect that others wrote."""
import datetime
import decimal
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.tds_clients import Tedious, freebcp, freetds, python_tds, tsql

UTC2 = datetime.timezone(datetime.timedelta(hours=2))

# column: (type, T-SQL's literal, what python3-tds gives, what tedious gives)
TYPES = {
    "bit1": ("bit", "1", True, True),
    "tiny": ("tinyint", "255", 255, 255),
    "small": ("smallint", "-32768", -32768, -32768),
    "whole": ("int", "2147483647", 2**31 - 1, 2**31 - 1),
    "big": ("bigint", "-9223372036854775808", -2**63, "-9223372036854775808"),
    "exact": ("decimal(38,10)", "-1234567890123456789012345678.0123456789",
              decimal.Decimal("-1234567890123456789012345678.0123456789"), ...),
    "single": ("real", "1.5", 1.5, 1.5),
    "double_": ("float", "1.7976931348623157e308", 1.7976931348623157e308, 1.7976931348623157e308),
    "cash": ("money", "-922337203685477.5808", decimal.Decimal("-922337203685477.5808"), ...),
    "fixed": ("char(5)", "'ab'", "ab   ", "ab   "),
    "narrow": ("varchar(20)", "'grün'", "grün", "grün"),
    "wide_fixed": ("nchar(5)", "N'日本'", "日本   ", "日本   "),
    "wide": ("nvarchar(20)", "N'größe 😀'", "größe 😀", "größe 😀"),
    "long": ("nvarchar(max)", "replicate(N'日', 5000)", "日" * 5000, "日" * 5000),
    "long_narrow": ("varchar(max)", "'a'", "a", "a"),
    "bytes4": ("binary(4)", "0x0102", b"\1\2\0\0", "0x01020000"),
    "bytes": ("varbinary(20)", "0xdeadbeef", b"\xde\xad\xbe\xef", "0xdeadbeef"),
    "long_bytes": ("varbinary(max)", "0x00", b"\0", "0x00"),
    "guid": ("uniqueidentifier", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
             uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"),
    "day": ("date", "'0001-01-01'", datetime.date(1, 1, 1), "0001-01-01T00:00:00.000Z"),
    "clock": ("time(6)", "'23:59:59.999999'", datetime.time(23, 59, 59, 999999), ...),
    "moment": ("datetime2(6)", "'9999-12-31 23:59:59.999999'", datetime.datetime(9999, 12, 31, 23, 59, 59, 999999),
               "9999-12-31T23:59:59.999Z"),
    "zoned": ("datetimeoffset(6)", "'2020-06-01 12:00:00.5 +02:00'",
              datetime.datetime(2020, 6, 1, 12, 0, 0, 500000, UTC2), "2020-06-01T10:00:00.500Z"),
    "old_moment": ("datetime", "'1753-01-01 00:00:00.003'", datetime.datetime(1753, 1, 1, 0, 0, 0, 3000),
                   "1753-01-01T00:00:00.003Z"),
    "old_small": ("smalldatetime", "'2020-01-01 12:34'", datetime.datetime(2020, 1, 1, 12, 34),
                  "2020-01-01T12:34:00.000Z"),
    "markup": ("xml", "N'<a>größe</a>'", "<a>größe</a>", "<a>größe</a>"),
}


@pytest.fixture
def server(mssql):
    server = mssql()
    yield server
    server.clear_faults()
    server.offer()


@pytest.fixture
def target(server):
    name = server.create_database()
    yield name
    server.drop_database(name)


@pytest.fixture
def run(server, target):
    """run(T-SQL) in the database of the test gives the rows that tsql prints."""
    return lambda text, **options: tsql(server, text, database=target, **options)


def errors(done):
    """[(number, text)] of those that a program of FreeTDS has printed."""
    found = re.findall(r'Msg (\d+).*?\n\s*"?(.*?)"?\n', done.stdout + done.stderr)
    return [(int(number), text) for number, text in found if int(number) < 20000 or int(number) >= 50000]


def fails(run, text):
    """The one error that a batch gives."""
    found = errors(run(text, check=False))
    assert len(found) == 1, found
    return found[0]


def make_types_table(run, null="null"):
    columns = ", ".join(f"[{name}] {kind} {null}" for name, (kind, *_) in TYPES.items())
    run(f"create table types (id int not null primary key, {columns})")


def insert_types(run):
    values = ", ".join(literal for _, literal, *_ in TYPES.values())
    run(f"insert into types values (1, {values}); insert into types (id) values (2)")


# ---- logging in


def test_each_client_logs_in_through_a_checked_certificate(server, target):
    asked = "select suser_sname(), db_name(), encrypt_option from sys.dm_exec_connections where session_id = @@spid"
    expected = ["sa", target, "TRUE"]
    assert tsql(server, asked, database=target) == [expected]
    assert freetds(server, "bsqldb", "-q", "-t", "|", text=asked, database=target).stdout.strip().split("|") == expected
    with python_tds(server, target) as connection, connection.cursor() as cursor:
        cursor.execute(asked)
        assert list(cursor.fetchall()[0]) == expected
    client = Tedious(server, target)
    client.sql(asked)
    assert client.run()[0]["rows"] == [expected]


def test_windows_users_prove_themselves_by_ntlm(server):
    asked = "select suser_sname(), auth_scheme from sys.dm_exec_connections"
    known = {"login": server.windows_login, "password": server.windows_password}
    assert tsql(server, asked, **known) == [["CORP\\mover", "NTLM"]]
    client = Tedious(server, options={"domain": "CORP", "user": "mover", "password": server.windows_password})
    client.sql(asked)
    assert client.run()[0]["rows"] == [["CORP\\mover", "NTLM"]]
    wrong = tsql(server, asked, login=server.windows_login, password="no", check=False)
    assert errors(wrong)[0][0] == 18452


@pytest.mark.parametrize("change, expected", [
    ({"password": "wrong"}, (18456, "Login failed for user 'sa'.")),
    ({"login": "nobody"}, (18456, "Login failed for user 'nobody'.")),
    ({"database": "absent"}, (4060, 'Cannot open database "absent" requested by the login. The login failed.')),
])
def test_a_wrong_login_is_told_from_an_absent_database(server, change, expected):
    assert errors(tsql(server, "select 1", check=False, **change))[0] == expected


def test_a_server_with_a_wrong_certificate_or_no_tls_is_not_spoken_to(server):
    assert tsql(server, "select 1", check=False, ca_file=server.certificates.other_root).stdout == ""
    client = Tedious(server, options={"root": None})
    assert "certificate" in client.run()[0]["error"]["message"]
    for options in ({"certificate": "of_other_root"}, {"certificate": "of_other_name"}, {"encryption": "none"}):
        server.offer(**options)
        assert tsql(server, "select 1", check=False).stdout == "", options
    asked = "select encrypt_option from sys.dm_exec_connections"
    assert tsql(server, asked, encryption="off") == [["FALSE"]]
    server.offer()
    assert tsql(server, asked, encryption="off", check=False).stdout == "", "TLS is required"


# ---- values


def test_every_type_is_read_back_by_python_tds_and_tedious(server, target, run):
    make_types_table(run)
    insert_types(run)
    with python_tds(server, target) as connection, connection.cursor() as cursor:
        cursor.execute("select * from types order by id")
        first, empty = cursor.fetchall()
        assert dict(zip(TYPES, first[1:])) == {name: value for name, (_, _, value, _) in TYPES.items()}
        assert set(empty[1:]) == {None}
    client = Tedious(server, target)
    client.sql("select * from types order by id")
    first, empty = client.run()[0]["rows"]
    for (name, (_, _, _, value)), found in zip(TYPES.items(), first[1:]):
        assert value is ... or found == value, name
    assert set(empty[1:]) == {None}


def test_freebcp_writes_what_it_reads(server, target, run, tmp_path):
    make_types_table(run)
    insert_types(run)
    # FreeTDS writes three digits of seconds and no offset, and takes the year 1 for 2001
    run("update types set moment = '9999-12-31 23:59:59.997', clock = '23:59:59', zoned = null, day = '2020-02-29'")
    freebcp(server, "dbo.types", "out", tmp_path / "out", database=target)
    make_copy(run)
    freebcp(server, "dbo.copied", "in", tmp_path / "out", "-b", 1, database=target)
    freebcp(server, "dbo.copied", "out", tmp_path / "again", database=target)
    assert (tmp_path / "again").read_bytes() == (tmp_path / "out").read_bytes()
    assert run("select count(*), count(wide), count(markup) from copied") == [["2", "1", "1"]]


def make_copy(run):
    """Of the types, but for xml: FreeTDS announces that wrongly in bulk loads."""
    columns = ", ".join(f"[{name}] {kind}" for name, (kind, *_) in TYPES.items()).replace("xml", "nvarchar(max)")
    run(f"create table copied (id int not null, {columns})")


def test_tedious_loads_in_bulk_with_parameters_and_transactions(server, target, run):
    run("create table t (id int not null primary key, s nvarchar(20), m nvarchar(max), b varbinary(max), "
        "d datetime2(3))")
    client = Tedious(server, target)
    client.transaction("begin")
    client.sql("insert into t (id, s) values (@id, @s)", ["id", "Int", 7], ["s", "NVarChar", "größe 😀"])
    client.sql("select s, @@trancount from t where id = @id", ["id", "Int", 7])
    client.transaction("rollback")
    client.bulk("t", [["id", "Int", {"nullable": False}], ["s", "NVarChar", {"length": 20, "nullable": True}],
                      ["m", "NVarChar", {"length": "max", "nullable": True}],
                      ["b", "VarBinary", {"length": "max", "nullable": True}],
                      ["d", "DateTime2", {"scale": 3, "nullable": True}]],
                [[1, "größe 😀", "日" * 9000, "0xdeadbeef", "2020-01-02T03:04:05.678Z"], [2, None, None, None, None]])
    client.sql("select s, len(m), b, d, (select count(*) from t) from t order by id")
    client.bulk("t", [["id", "Int", {"nullable": False}]], [[3], [2]])
    *_, inside, rolled, loaded, found, refused = client.run()
    assert inside["rows"] == [["größe 😀", 1]] and rolled == {"done": "rollback"} and loaded == {"count": 2}
    assert found["rows"] == [["größe 😀", 9000, "0xdeadbeef", "2020-01-02T03:04:05.678Z", 2], [None] * 4 + [2]]
    assert refused["error"]["number"] == 2627
    assert run("select count(*) from t") == [["2"]]


def test_python_tds_loads_in_bulk(server, target, run):
    import pytds
    from pytds import tds_types as kinds
    run("create table t (id int not null, s nvarchar(20), x decimal(10,2), f float, z datetimeoffset(6))")
    rows = [(1, "größe 😀", decimal.Decimal("-1.25"), 0.1, datetime.datetime(2020, 1, 2, 3, 4, 5, 678901, UTC2)),
            (2, None, None, None, None)]
    columns = [pytds.Column(name, type=kind) for name, kind in (
        ("id", kinds.IntType()), ("s", kinds.NVarCharType(20)), ("x", kinds.DecimalType(10, 2)),
        ("f", kinds.FloatType()), ("z", kinds.DateTimeOffsetType(6)))]
    with python_tds(server, target) as connection, connection.cursor() as cursor:
        cursor.copy_to(data=rows, table_or_view="t", columns=columns)
        cursor.execute("select * from t order by id")
        assert [tuple(row) for row in cursor.fetchall()] == rows


def test_a_bulk_load_is_part_of_the_transaction_that_is_open(server, target, run):
    import pytds
    from pytds import tds_types as kinds
    run("create table t (id int not null primary key)")
    columns = [pytds.Column("id", type=kinds.IntType())]
    state = "select count(*), @@trancount from t"
    with python_tds(server, target) as connection, connection.cursor() as cursor:
        def after(*statements, load=()):
            for statement in statements:
                cursor.execute(statement)
            try:
                cursor.copy_to(data=[(each,) for each in load], table_or_view="t", columns=columns)
            except pytds.IntegrityError:
                pass
            cursor.execute(state)
            return tuple(cursor.fetchall()[0])

        assert after("begin tran", load=[1, 2]) == (2, 1)
        assert after(load=[3, 2]) == (2, 1), "the load alone is undone"
        assert after("commit") == (2, 0)
        assert after("set xact_abort on", "begin tran", "insert into t values (9)", load=[3, 2]) == (2, 0), "all is undone"


def test_a_request_that_is_taken_back_ends_and_the_session_lives(server, target):
    client = Tedious(server, target)
    client.sql("waitfor delay '00:00:30'", cancel=200)
    client.sql("waitfor delay '00:00:30'", ["never", "Int", 1], cancel=200)
    client.sql("select 1")
    one, other, after = client.run()
    assert one["error"]["code"] == other["error"]["code"] == "ECANCEL" and after["rows"] == [[1]]


# ---- strictness


MISFITS = [
    ("(1, N'123456', 1, 1, '2020-01-01', 1)", 2628, "String or binary data would be truncated in table"),
    ("(1, N'1234😀', 1, 1, '2020-01-01', 1)", 2628, "String or binary data would be truncated in table"),
    ("(1, null, 1, 1, '2020-01-01', 1)", 515, "Cannot insert the value NULL into column 'S', table"),
    ("(1, N'', 256, 1, '2020-01-01', 1)", 220, "Arithmetic overflow error for data type tinyint"),
    ("(1, N'', 1, 123456, '2020-01-01', 1)", 8115, "Arithmetic overflow error converting"),
    ("(1, N'', 1, 1, '0000-01-01', 1)", 242, "The conversion of a varchar data type"),
    ("(1, N'', 1, 1, 'soon', 1)", 241, "Conversion failed when converting date"),
    ("(1, N'', 1, 1, '2020-01-01', 0)", 547, 'The INSERT statement conflicted with the CHECK constraint "positive"'),
    ("(1, N'', 1, 1, '2020-01-01')", 213, "Column name or number of supplied values"),
    ("(0, N'', 1, 1, '2020-01-01', 1)", 2627, "Violation of PRIMARY KEY constraint 'keys_pk'. Cannot insert duplicate"),
]


def test_a_value_that_does_not_fit_is_refused_in_sql_servers_words(server, target, run):
    run("create table t (id int constraint keys_pk primary key, S nvarchar(5) not null, tiny tinyint, x decimal(5,2), "
        "d date, p int constraint positive check (p > 0)); insert into t values (0, N'', 1, 1, '2020-01-01', 1)")
    done = freetds(server, "tsql", "-o", "q", database=target, check=False,
                   text="".join(f"insert into t values {value}\ngo\n" for value, *_ in MISFITS))
    found = errors(done)
    assert [number for number, _ in found] == [number for _, number, _ in MISFITS]
    for (_, text), (value, _, words) in zip(found, MISFITS):
        assert text.startswith(words), value
    assert run("select count(*) from t") == [["1"]]


@pytest.mark.parametrize("line, number", [
    ("1\ta\t1\n1\tb\t2\n", 2627), ("1\ta\t1\n2\t\t2\n", 515), ("1\ta\t1\n2\tA \t2\n", 2601)])
def test_a_bulk_load_is_refused_as_a_whole(server, target, run, tmp_path, line, number):
    """An empty field is NULL for freebcp."""
    run("create table t (id int not null primary key, s varchar(10) not null, x int); create unique index u on t (s)")
    (tmp_path / "rows").write_text(line)
    done = freebcp(server, "dbo.t", "in", tmp_path / "rows", database=target, check=False)
    assert errors(done)[0][0] == number, done
    assert run("select count(*) from t") == [["0"]]


def test_parts_of_a_table_are_loaded_at_once(server, target, run, tmp_path):
    run("create table t (id int not null, filler varchar(200) not null)")
    for part in range(3):
        rows = (f"{part * 1000 + row}\t{'x' * 150}\n" for row in range(1000))
        (tmp_path / f"part{part}").write_text("".join(rows))
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda part: freebcp(server, "dbo.t", "in", tmp_path / f"part{part}", "-h", "TABLOCK",
                                           database=target), range(3)))
    assert run("select count(*), count(distinct id), max(len(filler)) from t") == [["3000", "3000", "150"]]


def test_a_bulk_load_goes_by_foreign_keys_which_are_not_trusted_then(server, target, run, tmp_path):
    run("create table p (id int primary key); "
        "create table t (id int not null primary key, p int constraint f references p (id))")
    (tmp_path / "rows").write_text("1\t7\n")
    trust = "select is_not_trusted from sys.foreign_keys"
    assert run(trust) == [["0"]]
    checked = freebcp(server, "dbo.t", "in", tmp_path / "rows", "-h", "CHECK_CONSTRAINTS", database=target, check=False)
    assert errors(checked)[0][0] == 547
    freebcp(server, "dbo.t", "in", tmp_path / "rows", database=target)
    assert run(trust) == [["1"]]
    assert fails(run, "alter table t with check check constraint f") == (
        547, 'The ALTER TABLE statement conflicted with the FOREIGN KEY constraint "f". The conflict occurred in '
             f'database "{target}", table "dbo.p", column \'id\'.')
    run("insert into p values (7); alter table t with check check constraint all")
    assert run(trust) == [["0"]]


def test_a_null_for_a_column_with_a_default_needs_keep_nulls(server, target, run, tmp_path):
    run("create table t (id int not null, x int default 5)")
    (tmp_path / "rows").write_text("1\t\n")
    done = freebcp(server, "dbo.t", "in", tmp_path / "rows", database=target, check=False)
    assert errors(done)[0][0] == 60001
    freebcp(server, "dbo.t", "in", tmp_path / "rows", "-h", "KEEP_NULLS", database=target)
    assert run("select id, x from t") == [["1", "NULL"]]


def test_an_identity_that_a_bulk_load_keeps_must_be_reseeded(server, target, run, tmp_path):
    run("create table t (id int identity primary key, x int)")
    (tmp_path / "rows").write_text("1\t1\n2\t2\n")
    freebcp(server, "dbo.t", "in", tmp_path / "rows", "-E", database=target)
    assert fails(run, "insert into t (x) values (3)")[0] == 2627
    run("dbcc checkident ('t', reseed) with no_infomsgs; insert into t (x) values (3)")
    assert run("select max(id) from t") == [["3"]]


def test_textsize_cuts_long_values(run):
    assert run("set textsize 10; select convert(varchar(max), replicate('x', 100)), replicate('x', 20)") == [
        ["x" * 10, "x" * 20]]


def test_half_of_a_surrogate_pair_is_refused(server, target, run):
    run("create table t (s nvarchar(20))")
    client = Tedious(server, target)
    client.bulk("t", [["s", "NVarChar", {"length": 20, "nullable": True}]], [["good"], ["\ud800"]])
    client.sql("select @s", ["s", "NVarChar", "\udc00"])
    loaded, selected = client.run()
    assert loaded["error"]["number"] == 9803 and loaded["error"]["message"] == 'Invalid data for type "nvarchar".'
    assert selected["error"]["number"] == 8023
    assert run("select count(*) from t") == [["0"]]


def test_varchar_is_in_the_code_page_of_its_collation(server, target, run):
    run("create table t (u varchar(6) collate Latin1_General_100_CI_AS_SC_UTF8, l varchar(6)); "
        "insert into t values (N'日本', N'grün')")
    client = Tedious(server, target)
    client.sql("select u, l from t")
    assert client.run()[0]["rows"] == [["日本", "grün"]]
    assert fails(run, "insert into t (u) values (N'日本語')")[0] == 2628


def test_equality_is_that_of_the_collation(run):
    run("create table t (ci nvarchar(9) collate SQL_Latin1_General_CP1_CI_AS, "
        "bin nvarchar(9) collate Latin1_General_100_BIN2)")
    run("insert into t values (N'A', N'A'), (N'a', N'a'), (N'ä', N'ä')")
    assert run("select count(*) from t where ci = N'a'") == [["2"]]
    assert run("select count(*) from t where bin = N'a'") == [["1"]]
    assert run("select count(*) from t where ci like N'a%'") == [["2"]]
    assert fails(run, "create unique index u on t (ci)")[0] == 1505
    run("create unique index u on t (bin)")
    assert fails(run, "insert into t values (null, N'a ')") == (
        2601, "Cannot insert duplicate key row in object 'dbo.t' with unique index 'u'. "
              "The duplicate key value is (a).")
    run("insert into t values (N'x', null)")
    assert fails(run, "insert into t values (N'y', null)")[0] == 2601  # one NULL, unless the index is filtered
    run("drop index u on t; create unique index u on t (bin) where bin is not null; insert into t values (N'y', null)")


UNKNOWN = [
    "create function f() returns int as begin return 1 end", "merge t using u on 1 = 1 when matched then delete",
    "select * from t for json path", "create table ##t (id int)", "alter database current set recovery simple",
    "select * into copy from t", "set quoted_identifier off", "select nonsense from sys.tables where",
    "backup database x",
    "create table t (v sql_variant)", "update t set a = 1 from t join u on 1 = 1", "set textsize -1"]


def test_what_is_not_understood_is_refused_and_not_pretended(server):
    done = freetds(server, "tsql", "-o", "q", check=False, text="".join(f"{text}\ngo\n" for text in UNKNOWN))
    found = errors(done)
    assert [number for number, _ in found] == [60001] * len(UNKNOWN)
    assert all(words.startswith("the peer of the tests does not ") for _, words in found)


def test_nothing_of_a_batch_runs_that_is_not_understood_to_its_end(run):
    assert fails(run, "create table t (id int); frobnicate")[0] == 60001
    assert run("select count(*) from sys.tables") == [["0"]]


def test_temporary_tables_and_locks_are_a_sessions_own(server, target):
    lock = ("declare @taken int; exec @taken = sp_getapplock @Resource = N'one', @LockMode = N'Exclusive', "
            "@LockOwner = N'Session', @LockTimeout = 0; select @taken")
    with python_tds(server, target) as one, python_tds(server, target) as other:
        for connection, value in ((one, 1), (other, 2)):
            with connection.cursor() as cursor:
                cursor.execute(f"create table #t (id int); insert into #t values ({value})")
        found = []
        for connection in (one, other):
            with connection.cursor() as cursor:
                cursor.execute("select id from #t")
                found.append(cursor.fetchall())
                cursor.execute("drop table #t")
                cursor.execute(lock)
                found.append(cursor.fetchall())
        assert found == [[(1,)], [(0,)], [(2,)], [(-1,)]]


# ---- schema


SCHEMA = """
create table [Sales].[Customer] (
    [Id] int not null identity(10,5) constraint [PK_Customer] primary key,
    [Name] nvarchar(100) collate Latin1_General_100_BIN2 not null constraint [UQ_Name] unique,
    [Made] datetime2(6) not null constraint [DF_Made] default (sysutcdatetime()),
    [Upper] as (upper([Name])) persisted,
    constraint [CK_Name] check (len([Name]) > 0));
create table [Sales].[Order] (
    [Id] bigint not null, [Line] int not null, [Customer] int null, [Note] nvarchar(max) null,
    constraint [PK_Order] primary key nonclustered ([Id], [Line] desc));
alter table [Sales].[Order] with check add constraint [FK_Customer] foreign key ([Customer])
    references [Sales].[Customer] ([Id]) on delete cascade;
create index [IX_Customer] on [Sales].[Order] ([Customer] desc) include ([Line]) where [Customer] is not null;
exec sp_addextendedproperty @name = N'MS_Description', @value = N'who buys', @level0type = N'SCHEMA',
    @level0name = N'Sales', @level1type = N'TABLE', @level1name = N'Customer', @level2type = N'COLUMN',
    @level2name = N'Name';
create sequence [Sales].[Numbers] as bigint start with 7 increment by 3;
"""


def test_a_schema_is_found_again_in_the_catalog(run):
    run("create schema [Sales]")
    run(SCHEMA)
    run("create view [Sales].[Names] as "
        "select c.[Id], c.[Name], count(*) over () as [All] from [sales].[CUSTOMER] as c")
    assert run("select name, type from sys.objects order by name") == [
        ["CK_Name", "C "], ["Customer", "U "], ["DF_Made", "D "], ["FK_Customer", "F "], ["Names", "V "],
        ["Numbers", "SO"], ["Order", "U "], ["PK_Customer", "PK"], ["PK_Order", "PK"], ["UQ_Name", "UQ"]]
    assert run("""select c.name, type_name(c.user_type_id), c.max_length, c.scale, c.is_nullable, c.is_identity,
                         c.is_computed, c.collation_name
                  from sys.columns c join sys.tables t on t.object_id = c.object_id
                  where schema_name(t.schema_id) = N'sales' and t.name = 'Customer' order by c.column_id""") == [
        ["Id", "int", "4", "0", "0", "1", "0", "NULL"],
        ["Name", "nvarchar", "200", "0", "0", "0", "0", "Latin1_General_100_BIN2"],
        ["Made", "datetime2", "8", "6", "0", "0", "0", "NULL"],
        ["Upper", "nvarchar", "200", "0", "1", "0", "1", "Latin1_General_100_BIN2"]]
    assert run("""select i.name, i.type_desc, i.is_unique, i.has_filter, c.name, k.is_descending_key,
                         k.is_included_column
                  from sys.indexes i join sys.index_columns k on k.object_id = i.object_id and k.index_id = i.index_id
                  join sys.columns c on c.object_id = i.object_id and c.column_id = k.column_id
                  where i.object_id = object_id('Sales.Order') and i.index_id > 0
                  order by i.index_id, k.index_column_id""") == [
        ["PK_Order", "NONCLUSTERED", "1", "0", "Id", "0", "0"],
        ["PK_Order", "NONCLUSTERED", "1", "0", "Line", "1", "0"],
        ["IX_Customer", "NONCLUSTERED", "0", "1", "Customer", "1", "0"],
        ["IX_Customer", "NONCLUSTERED", "0", "1", "Line", "0", "1"]]
    assert run("""select f.name, object_name(f.referenced_object_id), f.delete_referential_action_desc,
                         f.is_not_trusted, col_name(k.parent_object_id, k.parent_column_id)
                  from sys.foreign_keys f join sys.foreign_key_columns k on k.constraint_object_id = f.object_id""") == [
        ["FK_Customer", "Customer", "CASCADE", "0", "Customer"]]
    described = "select value from sys.extended_properties where major_id = object_id(N'[Sales].[Customer]')"
    assert run(described) == [["who buys"]]
    assert run("select definition from sys.check_constraints") == [["(len([Name]) > 0)"]]
    assert run("select next value for Sales.Numbers") == [["7"]]
    assert run("select name, start_value, increment from sys.sequences") == [["Numbers", "7", "3"]]


def test_identities_are_kept_followed_and_reseeded(run):
    run("create table t (id int identity(1,1) primary key, x int)")
    assert run("insert into t (x) values (1), (2); select scope_identity(), ident_current('t')") == [["2", "2"]]
    assert fails(run, "insert into t (id, x) values (9, 1)") == (
        544, "Cannot insert explicit value for identity column in table 't' when IDENTITY_INSERT is set to OFF.")
    run("set identity_insert t on; insert into t (id, x) values (9, 1); set identity_insert t off")
    assert run("insert into t (x) values (3); select max(id) from t") == [["10"]]
    run("dbcc checkident ('dbo.t', reseed, 100) with no_infomsgs")
    assert run("insert into t (x) values (3); select max(id) from t") == [["101"]]
    run("delete from t; dbcc checkident ('dbo.t', reseed, 0) with no_infomsgs")
    assert run("insert into t (x) values (3); select max(id) from t") == [["1"]]


MISUSES = [
    ("create table t (id int)", 2714), ("create table u (a int, A int)", 2705), ("drop table absent", 3701),
    ("alter table t add constraint f foreign key (name) references p (id)", 1778),
    ("alter table t add constraint f foreign key (id) references p (x)", 1776),
    ("alter table p add constraint f foreign key (x) references p (id) on delete cascade", 1785),
    ("create index i on t (long)", 1919), ("create index i on t (fixed)", 1944),
    ("insert into t (name) values (replicate(N'x', 851)); create unique index i on t (name)", 1946),
    ("create table u (a char(5000), b char(5000))", 1701), ("create table absent.t (a int)", 2760),
    ("drop index p_pk on p", 3723), ("create table u (a nvarchar(4001))", 131), ("create table u (a decimal(39,0))", 2750),
    ("select * from t where absent = 1", 207), ("exec sp_nothing", 2812), ("select f(1)", 195), ("use absent", 911),
    ("declare @a int; select @b", 137), ("if 1 = 1 create schema s", 111), ("select 1 / 0", 8134),
    ("alter table t add primary key (id)", 8111), ("raiserror('own', 16, 1)", 50000),
    ("open symmetric key k decryption by certificate c", 15151), ("create certificate c with subject = 's'", 15581)]


def test_each_misuse_has_sql_servers_number(server, target, run):
    run("create table t (id int null, name nvarchar(1000), long nvarchar(max), fixed char(2000)); "
        "create table p (id int constraint p_pk primary key, x int)")
    done = freetds(server, "tsql", "-o", "q", database=target, check=False,
                   text="".join(f"begin tran\ngo\n{text}\ngo\nif @@trancount > 0 rollback\ngo\n"
                                for text, _ in MISUSES))
    assert [number for number, _ in errors(done)] == [number for _, number in MISUSES]


def test_cascades_may_reach_a_table_by_one_path_alone(run):
    run("create table a (id int primary key); create table b (id int primary key references a (id) on delete cascade); "
        "create table c (id int primary key references b (id) on delete cascade)")
    again = "alter table c add constraint again foreign key (id) references a (id)"
    assert fails(run, f"{again} on delete set null")[0] == 1785
    run(again)


def test_columns_are_encrypted_for_those_who_open_the_key(run):
    run("create master key encryption by password = 'long enough 1'; create certificate Cert with subject = 'shop'; "
        "create symmetric key Lock with algorithm = AES_256 encryption by certificate Cert")
    assert run("select name, algorithm_desc, key_length from sys.symmetric_keys where name = 'lock'") == [
        ["Lock", "AES_256", "256"]]
    run("create table t (id int primary key, secret varbinary(200))")
    run("open symmetric key Lock decryption by certificate Cert; "
        "insert into t values (1, encryptbykey(key_guid('Lock'), N'größe 😀')); close symmetric key Lock")
    run("create view clear as select id, convert(nvarchar(50), decryptbykey(secret)) as secret from t")
    assert run("select secret from clear") == [["NULL"]]
    assert run("open symmetric key Lock decryption by certificate Cert; select secret from clear") == [["größe 😀"]]
    run("insert into t values (2, encryptbykey(key_guid('Lock'), N'x'))")
    assert run("select secret from t where id = 2") == [["NULL"]]


def test_a_transaction_undoes_schema_and_rows(run):
    run("begin tran; create table t (id int); insert into t values (1); rollback")
    assert run("select count(*) from sys.tables") == [["0"]]
    assert run("set xact_abort on; begin tran; create table t (id int primary key); insert into t values (1); "
               "begin try insert into t values (1) end try begin catch "
               "if xact_state() = -1 rollback; select error_number(), @@trancount end catch") == [["2627", "0"]]


# ---- faults


@pytest.mark.parametrize("at", ["accept", "prelogin", "tls", "login", "batch"])
def test_a_connection_is_cut_where_a_test_says(server, at):
    server.fault(at, "cut")
    done = tsql(server, "select 1", check=False)
    assert "1" not in done.stdout.split() and not server.faults_left()
    assert tsql(server, "select 1") == [["1"]]


@pytest.mark.parametrize("at, row", [("bulk", None), ("row", 3), ("bulk end", None)])
def test_a_bulk_load_that_is_cut_leaves_nothing(server, target, run, tmp_path, at, row):
    run("create table t (id int not null)")
    (tmp_path / "rows").write_text("".join(f"{each}\n" for each in range(10)))
    server.fault(at, "cut", row=row, matching="dbo.t")
    freebcp(server, "dbo.t", "in", tmp_path / "rows", database=target, check=False)
    assert run("select count(*) from t") == [["0"]] and not server.faults_left()


@pytest.mark.parametrize("at, row, number, details", [
    ("bulk end", None, 1105, ["dbo.t", "shop"]), ("row", 3, 9002, ["shop", "LOG_BACKUP"])])
def test_a_bulk_load_meets_a_full_disk(server, target, run, tmp_path, at, row, number, details):
    run("create table t (id int not null)")
    (tmp_path / "rows").write_text("".join(f"{each}\n" for each in range(10)))
    server.fault(at, "error", number=number, details=details, row=row)
    done = freebcp(server, "dbo.t", "in", tmp_path / "rows", "-b", 5, database=target, check=False)
    assert errors(done)[0][0] == number and not server.faults_left()
    assert run("select count(*) from t") == [["0"]]


def test_rights_that_are_denied_are_missed(server, target):
    server.add_login("reader", "pw", denied=["CREATE TABLE", "INSERT"])
    who = {"login": "reader", "password": "pw", "database": target, "check": False}
    tsql(server, "create table t (id int)", database=target)
    assert errors(tsql(server, "create table u (id int)", **who)) == [
        (262, f"CREATE TABLE permission denied in database '{target}'.")]
    assert errors(tsql(server, "insert into t values (1)", **who)) == [
        (229, f"The INSERT permission was denied on the object 't', database '{target}', schema 'dbo'.")]
    rights = "select has_perms_by_name(db_name(), 'DATABASE', 'CREATE TABLE'), is_srvrolemember('sysadmin')"
    assert tsql(server, rights, **{**who, "check": True}) == [["0", "0"]]


def test_a_server_that_is_killed_comes_back_with_what_was_committed(server, run):
    run("create table t (id int); insert into t values (1)")
    server.stop()
    assert tsql(server, "select 1", check=False).stdout == ""
    server.start()
    assert run("select id from t") == [["1"]]


@pytest.fixture
def other_server(mssql):
    """A named instance in the null mode."""
    return mssql(null=True, instance="Erste")


def test_a_named_instance_is_found_by_its_browser(other_server):
    assert tsql(other_server, "select 1", port=None, instance="ERSTE") == [["1"]]


def test_the_null_mode_counts_rows_and_keeps_none(other_server, tmp_path):
    tsql(other_server, "create table t (id int not null, s nvarchar(50), m nvarchar(max), d datetime2(6))")
    rows = (f"{row}\tgröße {row}\t{'long' * (row % 300)}\t2020-01-01\n" for row in range(2000))
    (tmp_path / "rows").write_text("".join(rows))
    done = freebcp(other_server, "dbo.t", "in", tmp_path / "rows", "-b", 700)
    assert "2000 rows copied" in done.stdout
    assert tsql(other_server, "select count(*) from t") == [["0"]]
