"""One value: from TDS's bytes to the text that PostgreSQL takes, fitted to a column, and back."""
import math
import struct
import uuid
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from . import collation as collations
from .errors import SqlError, refused
from .sqltypes import INTEGERS, MAX, decimal_bytes, time_bytes

EPOCH_1900 = date(1900, 1, 1).toordinal()
LAST_DAY = date.max.toordinal() - 1  # days since 0001-01-01
DAY_SECONDS = 86400
EXACT = Context(prec=80)


class Bad(Exception):
    """Bytes that are no value of the type."""


# ---- bytes to text


def decoder(kind):
    """A function that gives the text of a value's bytes, as PostgreSQL reads it; Bad if it is none."""
    return DECODERS[kind.name](kind)


def _sure(condition):
    if not condition:
        raise Bad


def _integers(kind):
    size = {"bit": 1, "tinyint": 1, "smallint": 2, "int": 4, "bigint": 8}[kind.name]
    signed = kind.name not in ("bit", "tinyint")

    def decode(data):
        _sure(len(data) == size)
        number = int.from_bytes(data, "little", signed=signed)
        return str(int(number != 0) if kind.name == "bit" else number)
    return decode


def _floats(kind):
    shape = struct.Struct("<f" if kind.name == "real" else "<d")

    def decode(data):
        _sure(len(data) == shape.size)
        number, = shape.unpack(data)
        _sure(math.isfinite(number))
        return repr(number)
    return decode


def _money(kind):
    def decode(data):
        _sure(len(data) == (8 if kind.name == "money" else 4))
        if len(data) == 8:
            high, low = struct.unpack("<iI", data)
            number = high << 32 | low
        else:
            number, = struct.unpack("<i", data)
        return with_scale(number, 4)
    return decode


def with_scale(number, scale):
    digits = str(abs(number)).rjust(scale + 1, "0")
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:len(digits) - scale]}.{digits[len(digits) - scale:]}" if scale else f"{sign}{digits}"


def _decimals(kind):
    limit = 10 ** kind.precision

    def decode(data):
        _sure(2 <= len(data) <= 17 and data[0] in (0, 1))  # FreeTDS sends as few as do, which SQL Server takes
        number = int.from_bytes(data[1:], "little")
        _sure(number < limit)
        return with_scale(number if data[0] else -number, kind.scale)
    return decode


def _day(days):
    _sure(0 <= days <= LAST_DAY)
    return date.fromordinal(days + 1).isoformat()


def _clock(units, scale):
    """hh:mm:ss.ffffff of so many 10**-scale seconds."""
    _sure(units < DAY_SECONDS * 10 ** scale)
    seconds, fraction = divmod(units, 10 ** scale)
    if scale == 7:
        if fraction % 10:
            raise refused("keep a seventh digit of seconds that is not 0")
        fraction, scale = fraction // 10, 6
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{fraction:0{scale}}" if scale else text


def _dates(_):
    def decode(data):
        _sure(len(data) == 3)
        return _day(int.from_bytes(data, "little"))
    return decode


def _times(kind):
    size = time_bytes(kind.scale)

    def decode(data):
        _sure(len(data) == size)
        return _clock(int.from_bytes(data, "little"), kind.scale)
    return decode


def _datetime2s(kind):
    size = time_bytes(kind.scale)

    def decode(data):
        _sure(len(data) == size + 3)
        day, clock = int.from_bytes(data[size:], "little"), int.from_bytes(data[:size], "little")
        return f"{_day(day)} {_clock(clock, kind.scale)}"
    return decode


def _offsets(kind):
    plain = _datetime2s(kind)

    def decode(data):
        minutes, = struct.unpack("<h", data[-2:])
        _sure(-840 <= minutes <= 840)
        return f'("{plain(data[:-2])}",{minutes})'
    return decode


def _datetimes(kind):
    def decode(data):
        if kind.name == "datetime":
            _sure(len(data) == 8)
            days, ticks = struct.unpack("<iI", data)
            _sure(-53690 <= days <= 2958463 and ticks < 300 * DAY_SECONDS)
            milliseconds = (ticks * 10 + 1) // 3
        else:
            _sure(len(data) == 4)
            days, minutes = struct.unpack("<HH", data)
            _sure(minutes < 1440)
            milliseconds = minutes * 60000
        return f"{date.fromordinal(EPOCH_1900 + days).isoformat()} {_clock(milliseconds, 3)}"
    return decode


def _uuids(_):
    def decode(data):
        _sure(len(data) == 16)
        return str(uuid.UUID(bytes_le=bytes(data)))
    return decode


def _strings(kind):
    encoding = "utf-16-le" if kind.name[0] in "nx" else collations.encoding(kind.collation)

    def decode(data):
        try:
            text = str(data, encoding)
        except UnicodeDecodeError as error:
            raise Bad from error
        if "\0" in text:
            raise refused("keep a string with U+0000")
        return text.removeprefix("\ufeff") if kind.name == "xml" else text
    return decode


def _binaries(_):
    return lambda data: "\\x" + data.hex()


DECODERS = {**dict.fromkeys(INTEGERS, _integers), "real": _floats, "float": _floats, "money": _money,
            "smallmoney": _money, "decimal": _decimals, "numeric": _decimals, "date": _dates, "time": _times,
            "datetime2": _datetime2s, "datetimeoffset": _offsets, "datetime": _datetimes, "smalldatetime": _datetimes,
            "uniqueidentifier": _uuids, "binary": _binaries, "varbinary": _binaries,
            **dict.fromkeys(("char", "varchar", "nchar", "nvarchar", "xml"), _strings)}


# ---- text that fits a column


def fitter(column, source, version):
    """A function that gives a decoded value as `column` keeps it, or raises the error of SQL Server.

    `column` has type, name and table; `source` is the type that the value was decoded from."""
    kind = column.type
    if kind.is_string and source.is_string:
        return _string_fitter(column, version)
    if kind.is_binary and source.is_binary:
        return _binary_fitter(column, version)
    if kind.name in INTEGERS and source.name in INTEGERS:
        return _integer_fitter(kind, source)
    if kind.name in ("decimal", "numeric") and source.name in ("decimal", "numeric"):
        return _decimal_fitter(kind, source)
    if kind.name == source.name or {kind.name, source.name} <= {"float", "real"} or \
            {kind.name, source.name} <= {"money", "smallmoney"}:
        return _same
    raise refused(f"convert {source.name} to {kind.name} in a bulk load")


def _same(text):
    return text


def truncated(column, text, version):
    if version[0] < 15:  # SQL Server 2017 names neither column nor value
        return SqlError(8152)
    return SqlError(2628, column.table, column.name, text[:100])


def units(text):
    """How many units of UTF-16 a string has."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _string_fitter(column, version):
    kind = column.type
    encoding = "utf-16-le" if kind.is_wide else collations.encoding(kind.collation)
    size = 2 if kind.is_wide else 1

    def measure(text):
        return len(text) if text.isascii() else len(text.encode(encoding)) // size

    def fit(text):
        if not kind.is_wide and not text.isascii():
            text = text.encode(encoding, "replace").decode(encoding)
        if kind.length != MAX and (have := measure(text)) > kind.length:
            text = text.rstrip(" ").ljust(kind.length - have + len(text))
            if measure(text) > kind.length:
                raise truncated(column, text, version)
        return text + " " * (kind.length - measure(text)) if kind.name in ("char", "nchar") else text
    return fit


def _binary_fitter(column, version):
    kind = column.type

    def fit(text):
        count = len(text) // 2 - 1
        if kind.length != MAX and count > kind.length:
            raise truncated(column, "", version)
        return text.ljust(2 + 2 * kind.length, "0") if kind.name == "binary" else text
    return fit


def _integer_fitter(kind, source):
    least, most = INTEGERS[kind.name]

    def fit(text):
        if kind.name == "bit":
            return str(int(int(text) != 0))
        if not least <= int(text) <= most:
            if kind.name in ("tinyint", "smallint"):
                raise SqlError(220, kind.name, text)
            raise SqlError(8115, source.name, kind.name)
        return text
    return fit


def _decimal_fitter(kind, source):
    limit, quantum = Decimal(10) ** (kind.precision - kind.scale), Decimal(1).scaleb(-kind.scale)

    def fit(text):
        number = Decimal(text).quantize(quantum, ROUND_HALF_UP, EXACT)
        if abs(number) >= limit:
            raise SqlError(8115, source.name, kind.name)
        return f"{number:f}"
    return fit


# ---- PostgreSQL's text to bytes


def encoder(kind):
    """A function that gives the bytes of a value from PostgreSQL's text of it."""
    return ENCODERS[kind.name](kind)


def _from_integer(kind):
    size = {"bit": 1, "tinyint": 1, "smallint": 2, "int": 4, "bigint": 8}[kind.name]
    least, most = INTEGERS[kind.name]

    def encode(text):
        if not least <= int(text) <= most:
            raise SqlError(8115, "expression", kind.name)
        return (int(text) & (256 ** size - 1)).to_bytes(size, "little")
    return encode


def _from_float(kind):
    shape = struct.Struct("<f" if kind.name == "real" else "<d")
    return lambda text: shape.pack(float(text))


def _scaled(text, scale):
    return int(Decimal(text).scaleb(scale, EXACT).to_integral_value(ROUND_HALF_UP))


def _from_money(kind):
    def encode(text):
        number = _scaled(text, 4)
        if kind.name == "smallmoney":
            return struct.pack("<i", number)
        return struct.pack("<iI", number >> 32, number & 0xFFFFFFFF)
    return encode


def _from_decimal(kind):
    size = decimal_bytes(kind.precision) - 1

    def encode(text):
        number = _scaled(text, kind.scale)
        if abs(number) >= 10 ** kind.precision:
            raise SqlError(8115, "expression", kind.name)
        return bytes([number >= 0]) + abs(number).to_bytes(size, "little")
    return encode


def _days(text):
    if len(text) != 10:
        raise SqlError(242, "varchar", "datetime2")  # BC, or after 9999
    return (date.fromisoformat(text).toordinal() - 1).to_bytes(3, "little")


def _units(text, scale):
    clock, _, fraction = text.partition(".")
    hours, minutes, seconds = map(int, clock.split(":"))
    fraction = fraction.ljust(scale, "0")
    if fraction[scale:].strip("0"):
        raise refused(f"round {text} to {scale} digits of seconds")
    units = (hours * 3600 + minutes * 60 + seconds) * 10 ** scale + int(fraction[:scale] or 0)
    return units.to_bytes(time_bytes(scale), "little")


def _from_date(_):
    return _days


def _from_time(kind):
    return lambda text: _units(text, kind.scale)


def _from_datetime2(kind):
    def encode(text):
        day, _, clock = text.partition(" ")
        return _units(clock, kind.scale) + _days(day)
    return encode


def _from_offset(kind):
    plain = _from_datetime2(kind)

    def encode(text):
        moment, minutes = text.strip("()").rsplit(",", 1)
        return plain(moment.strip('"')) + struct.pack("<h", int(minutes))
    return encode


def _from_datetime(kind):
    def encode(text):
        day, _, clock = text.partition(" ")
        days = date.fromisoformat(day).toordinal() - EPOCH_1900
        milliseconds = int.from_bytes(_units(f"{clock}.0" if "." not in clock else clock, 3), "little")
        if kind.name == "datetime":
            return struct.pack("<iI", days, (milliseconds * 3 + 5) // 10)
        return struct.pack("<HH", days, (milliseconds + 30000) // 60000)
    return encode


def _from_string(kind):
    encoding = "utf-16-le" if kind.name[0] in "nx" else collations.encoding(kind.collation)
    return lambda text: text.encode(encoding, "replace")


ENCODERS = {**dict.fromkeys(INTEGERS, _from_integer), "real": _from_float, "float": _from_float, "money": _from_money,
            "smallmoney": _from_money, "decimal": _from_decimal, "numeric": _from_decimal, "date": _from_date,
            "time": _from_time, "datetime2": _from_datetime2, "datetimeoffset": _from_offset,
            "datetime": _from_datetime, "smalldatetime": _from_datetime,
            "uniqueidentifier": lambda _: lambda text: uuid.UUID(text).bytes_le,
            "binary": lambda _: lambda text: bytes.fromhex(text[2:]),
            "varbinary": lambda _: lambda text: bytes.fromhex(text[2:]),
            **dict.fromkeys(("char", "varchar", "nchar", "nvarchar", "xml"), _from_string)}
