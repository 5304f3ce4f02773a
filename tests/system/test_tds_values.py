"""How the stand-in for SQL Server reads values: strictly, and as it writes them."""
import sys

import pytest

from support.mssql import PEERS

sys.path.insert(0, str(PEERS))

from tds import sqltypes, values  # noqa: E402
from tds.errors import SqlError  # noqa: E402
from tds.results import Column  # noqa: E402


def kind(text):
    name, _, arguments = text.rstrip(")").partition("(")
    return sqltypes.make(name, arguments.split(",") if arguments else [])


@pytest.mark.parametrize("declared, text", [
    ("bit", "1"), ("tinyint", "255"), ("smallint", "-32768"), ("int", "-1"), ("bigint", "9223372036854775807"),
    ("real", "1.5"), ("float", "-1e-300"), ("money", "-922337203685477.5808"), ("smallmoney", "214748.3647"),
    ("decimal(38,38)", "-0." + "9" * 38), ("decimal(9,0)", "999999999"), ("numeric(19,4)", "0.0001"),
    ("date", "9999-12-31"), ("time(0)", "23:59:59"), ("time(6)", "23:59:59.999999"),
    ("datetime2(3)", "0001-01-01 00:00:00.001"), ("datetime2(7)", "2020-02-29 12:00:00.123456"),
    ("datetimeoffset(6)", '("2020-02-29 12:00:00.000001",-840)'), ("datetime", "1999-12-31 23:59:59.997"),
    ("smalldatetime", "2079-06-06 23:59:00.000"), ("uniqueidentifier", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    ("nvarchar(9)", "größe 😀"), ("varchar(9)", "größe €"), ("varbinary(9)", "\\x00ff"), ("xml", "<a/>")])
def test_a_value_is_read_as_it_is_written(declared, text):
    data = values.encoder(kind(declared))(text)
    assert values.decoder(kind(declared))(data) == text


@pytest.mark.parametrize("declared, data", [
    ("int", b"\1\2\3"), ("float", b"\0" * 6 + b"\xf0\x7f"), ("real", b"\0\0\xc0\x7f"), ("decimal(2,0)", b"\1\x64\0\0\0"),
    ("decimal(2,0)", b"\2\1\0\0\0"), ("date", (3652059).to_bytes(3, "little")), ("date", b"\0\0"),
    ("time(0)", (86400).to_bytes(3, "little")), ("datetimeoffset(0)", bytes(6) + (841).to_bytes(2, "little")),
    ("datetime", (-53691).to_bytes(4, "little", signed=True) + bytes(4)), ("smalldatetime", b"\0\0\xa0\5"),
    ("uniqueidentifier", bytes(15)), ("nvarchar(9)", b"a"), ("nvarchar(9)", b"\0\xd8"), ("nvarchar(9)", b"\0\xdca\0")])
def test_bytes_that_are_no_value_are_refused(declared, data):
    with pytest.raises(values.Bad):
        values.decoder(kind(declared))(data)


class Target(Column):
    table = "shop.dbo.t"


@pytest.mark.parametrize("declared, source, text, outcome", [
    ("nvarchar(3)", "nvarchar(9)", "a😀", "a😀"), ("nvarchar(3)", "nvarchar(9)", "ab😀", 2628),
    ("nvarchar(3)", "nvarchar(9)", "abc  ", "abc"), ("varchar(3)", "nvarchar(9)", "ał", "a?"),
    ("char(3)", "varchar(9)", "ü", "ü  "), ("binary(2)", "varbinary(9)", "\\x01", "\\x0100"),
    ("varbinary(1)", "varbinary(9)", "\\x0102", 2628), ("tinyint", "int", "256", 220), ("int", "bigint", "2147483648", 8115),
    ("decimal(3,1)", "decimal(9,4)", "99.9499", "99.9"), ("decimal(3,1)", "decimal(9,4)", "99.9500", 8115),
    ("bit", "int", "-5", "1"), ("date", "int", "5", 60001)])
def test_a_value_is_fitted_to_its_column_or_refused(declared, source, text, outcome):
    def fitted():
        return values.fitter(Target("c", kind(declared)), kind(source), (15, 0, 2000))(text)
    if isinstance(outcome, str):
        assert fitted() == outcome
        return
    with pytest.raises(SqlError) as refusal:
        fitted()
    assert refusal.value.number == outcome


def test_sql_server_2017_names_neither_column_nor_value():
    with pytest.raises(SqlError, match="8152: String or binary data would be truncated."):
        values.fitter(Target("c", kind("varchar(1)")), kind("varchar(9)"), (14, 0, 1000))("ab")
