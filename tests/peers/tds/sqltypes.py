"""T-SQL's types: their names and limits, how TDS declares and frames them, and what keeps them in PostgreSQL.

How one value looks is in values.py.
"""
import struct
from dataclasses import dataclass, replace

from . import collation as collations
from .errors import SqlError, refused

MAX = -1
DEFAULT_COLLATION = "SQL_Latin1_General_CP1_CI_AS"
UTF8_COLLATION = "Latin1_General_100_CI_AS_SC_UTF8"

# name: (token when fixed, token when nullable, bytes)
FIXED = {"bit": (0x32, 0x68, 1), "tinyint": (0x30, 0x26, 1), "smallint": (0x34, 0x26, 2), "int": (0x38, 0x26, 4),
         "bigint": (0x7F, 0x26, 8), "real": (0x3B, 0x6D, 4), "float": (0x3E, 0x6D, 8), "money": (0x3C, 0x6E, 8),
         "smallmoney": (0x7A, 0x6E, 4), "datetime": (0x3D, 0x6F, 8), "smalldatetime": (0x3A, 0x6F, 4)}
SCALED = {"time": 0x29, "datetime2": 0x2A, "datetimeoffset": 0x2B}
SIZED = {"varchar": 0xA7, "char": 0xAF, "nvarchar": 0xE7, "nchar": 0xEF, "varbinary": 0xA5, "binary": 0xAD}
OTHER = {"decimal": 0x6A, "numeric": 0x6C, "uniqueidentifier": 0x24, "date": 0x28, "xml": 0xF1}
BY_TOKEN = {token: name for name, (token, _, _) in FIXED.items()} | \
    {token: name for group in (SCALED, SIZED, OTHER) for name, token in group.items()}
NULLABLE = {0x68: {1: "bit"}, 0x26: {1: "tinyint", 2: "smallint", 4: "int", 8: "bigint"}, 0x6D: {4: "real", 8: "float"},
            0x6E: {8: "money", 4: "smallmoney"}, 0x6F: {8: "datetime", 4: "smalldatetime"}}
INTEGERS = {"bit": (0, 1), "tinyint": (0, 255), "smallint": (-2**15, 2**15 - 1), "int": (-2**31, 2**31 - 1),
            "bigint": (-2**63, 2**63 - 1)}
STRINGS = ("char", "varchar", "nchar", "nvarchar")
BINARIES = ("binary", "varbinary")
SYNONYMS = {"integer": "int", "dec": "decimal", "character": "char", "double precision": "float", "rowversion": None,
            "timestamp": None, "sql_variant": None, "text": None, "ntext": None, "image": None}
POSTGRES = {"bit": "smallint", "tinyint": "smallint", "smallint": "smallint", "int": "integer", "bigint": "bigint",
            "real": "real", "float": "double precision", "money": "numeric(19,4)", "smallmoney": "numeric(10,4)",
            "datetime": "timestamp(3)", "smalldatetime": "timestamp(0)", "uniqueidentifier": "uuid", "date": "date",
            "xml": "xml", "datetimeoffset": "tds.datetimeoffset"}
SYSTEM_IDS = {"uniqueidentifier": 36, "date": 40, "time": 41, "datetime2": 42, "datetimeoffset": 43, "tinyint": 48,
              "smallint": 52, "int": 56, "smalldatetime": 58, "real": 59, "money": 60, "datetime": 61, "float": 62,
              "bit": 104, "decimal": 106, "numeric": 108, "smallmoney": 122, "bigint": 127, "varbinary": 165,
              "varchar": 167, "binary": 173, "char": 175, "nvarchar": 231, "nchar": 239, "xml": 241}


@dataclass(frozen=True)
class SqlType:
    name: str
    length: int = 0  # of strings and binaries as declared: characters of n…, else bytes; MAX
    precision: int = 0
    scale: int = 0
    collation: str = None

    @property
    def is_string(self):
        return self.name in STRINGS

    @property
    def is_wide(self):
        return self.name in ("nchar", "nvarchar")

    @property
    def is_binary(self):
        return self.name in BINARIES

    @property
    def is_long(self):
        """Whether TDS sends it in chunks."""
        return self.length == MAX or self.name == "xml"

    @property
    def max_length(self):
        """sys.columns' bytes."""
        if self.name in FIXED:
            return FIXED[self.name][2]
        if self.name in SCALED:
            return time_bytes(self.scale) + {"time": 0, "datetime2": 3, "datetimeoffset": 5}[self.name]
        if self.name in ("decimal", "numeric"):
            return decimal_bytes(self.precision)
        if self.name == "xml":
            return MAX
        if self.name in SIZED:
            return self.length * (2 if self.is_wide and self.length > 0 else 1)
        return {"uniqueidentifier": 16, "date": 3}[self.name]

    def __str__(self):
        if self.name in SIZED:
            return f"{self.name}({'max' if self.length == MAX else self.length})"
        if self.name in ("decimal", "numeric"):
            return f"{self.name}({self.precision},{self.scale})"
        return f"{self.name}({self.scale})" if self.name in SCALED else self.name

    @property
    def postgres(self):
        if self.name in ("char", "varchar"):
            return "varchar"  # without a limit: the column's check counts as SQL Server does
        if self.is_wide:
            return "text"
        if self.is_binary:
            return "bytea"
        if self.name in ("decimal", "numeric"):
            return f"numeric({self.precision},{self.scale})"
        if self.name == "time":
            return f"time({min(self.scale, 6)})"
        if self.name == "datetime2":
            return f"timestamp({min(self.scale, 6)})"
        return POSTGRES[self.name]


def time_bytes(scale):
    return 3 if scale < 3 else 4 if scale < 5 else 5


def decimal_bytes(precision):
    return 5 if precision < 10 else 9 if precision < 20 else 13 if precision < 29 else 17


def make(name, arguments=(), collation=None, *, cast=False):
    """The type of a declaration; `cast`: varchar without a length has 30 there, and 1 elsewhere."""
    name = name.lower()
    if name == "sysname":
        return SqlType("nvarchar", 128, collation=collation or DEFAULT_COLLATION)
    name = SYNONYMS.get(name, name)
    if name is None or name not in BY_TOKEN.values():
        raise refused(f"keep the type {name or 'that was declared (deprecated or without a counterpart)'}")
    if name in SIZED:
        return _sized(name, arguments, collation, cast)
    if name in ("decimal", "numeric"):
        precision, scale = ([*map(int, arguments)] + [18, 0][len(arguments):])[:2]
        if not 1 <= precision <= 38:
            raise SqlError(2750, 1, precision, 38)
        if scale > precision:
            raise SqlError(2751, 1, scale, precision)
        return SqlType(name, precision=precision, scale=scale)
    if name in SCALED:
        scale = int(arguments[0]) if arguments else 7
        if scale > 7:
            raise SqlError(2750, 1, scale, 7)
        return SqlType(name, scale=scale)
    if name == "float" and arguments:
        return SqlType("real" if int(arguments[0]) <= 24 else "float")
    if arguments:
        raise SqlError(2716, 1, name)
    return SqlType(name)


def _sized(name, arguments, collation, cast):
    length = str(arguments[0]).lower() if arguments else "30" if cast else "1"
    limit = 4000 if name[0] == "n" else 8000
    if length == "max" and not name.startswith("var") and not name.startswith("nvar"):
        raise SqlError(102, "max")
    length = MAX if length == "max" else int(length)
    if length != MAX and not 1 <= length <= limit:
        raise SqlError(131, length, "type", name, limit)
    text = name in STRINGS
    return SqlType(name, length, collation=(collation or DEFAULT_COLLATION) if text else None)


def type_info(kind, nullable):
    """TYPE_INFO of TDS: what is not nullable is declared fixed, as SQL Server does."""
    if kind.name in FIXED:
        fixed, variable, size = FIXED[kind.name]
        return bytes([variable, size]) if nullable else bytes([fixed])
    if kind.name in SCALED:
        return bytes([SCALED[kind.name], kind.scale])
    if kind.name in SIZED:
        size = 0xFFFF if kind.length == MAX else kind.max_length
        return struct.pack("<BH", SIZED[kind.name], size) + (collations.wire(kind.collation) if kind.is_string else b"")
    token = OTHER[kind.name]
    if kind.name in ("decimal", "numeric"):
        return bytes([token, decimal_bytes(kind.precision), kind.precision, kind.scale])
    return {"uniqueidentifier": b"\x24\x10", "date": b"\x28", "xml": b"\xf1\0"}[kind.name]


class Short(Exception):
    """More bytes are needed."""


class Reader:
    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def take(self, count):
        end = self.at + count
        if end > len(self.data):
            raise Short
        part = self.data[self.at:end]
        self.at = end
        return part

    def number(self, shape):
        return struct.unpack(shape, self.take(struct.calcsize(shape)))[0]

    def text8(self):
        return self.take(2 * self.take(1)[0]).decode("utf-16-le")

    def type(self):
        """(SqlType, how its values are framed: 0 fixed, 1 or 2 bytes of length, 8 in chunks)."""
        token = self.take(1)[0]
        if token in NULLABLE:
            size = self.take(1)[0]
            if size not in NULLABLE[token]:
                raise refused(f"read type {token:#x} of {size} bytes")
            return SqlType(NULLABLE[token][size]), 1
        name = BY_TOKEN.get(token)
        if name is None:
            raise refused(f"read values of the type {token:#x}")
        if name in FIXED:
            return SqlType(name), 0
        if name in SIZED:
            return self._sized(name)
        if name in SCALED:
            return SqlType(name, scale=self.take(1)[0]), 1
        if name in ("decimal", "numeric"):
            _, precision, scale = self.take(3)
            return SqlType(name, precision=precision, scale=scale), 1
        if name == "xml" and self.take(1)[0]:
            raise refused("read XML of a schema (so FreeTDS announces xml in bulk loads, against the protocol)")
        if name == "uniqueidentifier":
            self.take(1)
        return SqlType(name), 8 if name == "xml" else 1

    def _sized(self, name):
        size = self.number("<H")
        collation = None
        if name in STRINGS:
            flags, _ = struct.unpack("<IB", self.take(5))
            if flags & 0xFFFFF not in (0, 0x0409):
                raise refused(f"know a collation of the locale {flags & 0xFFFFF:#x}")
            collation = UTF8_COLLATION if flags & collations.UTF8 else DEFAULT_COLLATION
        length = MAX if size == 0xFFFF else size // 2 if name[0] == "n" else size
        return SqlType(name, length, collation=collation), 8 if size == 0xFFFF else 2

    def value(self, kind, framing):
        """The bytes of one value; None for NULL."""
        if framing == 0:
            return self.take(FIXED[kind.name][2])
        if framing == 1:
            return self.take(self.take(1)[0]) or None
        if framing == 2:
            size = self.number("<H")
            return None if size == 0xFFFF else self.take(size)
        if self.number("<Q") == 0xFFFFFFFFFFFFFFFF:
            return None
        parts = []
        while size := self.number("<I"):
            parts.append(self.take(size))
        return b"".join(parts)


def framed(kind, nullable, value):
    """The bytes of a value with their length, as type_info() has announced them."""
    if kind.is_long:
        if value is None:
            return b"\xff" * 8
        return struct.pack("<QI", len(value), len(value)) + value + bytes(4) if value else bytes(12)
    if kind.name in SIZED:
        return b"\xff\xff" if value is None else struct.pack("<H", len(value)) + value
    if kind.name in FIXED and not nullable:
        return value
    return b"\0" if value is None else bytes([len(value)]) + value


def with_collation(kind, collation):
    return replace(kind, collation=collations.check(collation)) if kind.is_string else kind


def encoder(kind):
    from .values import encoder as of
    return of(kind)
