"""CAST and CONVERT."""
from .errors import refused
from .grammar import Sql
from .sqltypes import INTEGERS, MAX


def cast(value, kind, style, tried=False):
    """PostgreSQL's overloads of tds.string and others (catalog.sql) know each source type."""
    if tried:
        if kind.name not in ("int", "bigint", "date", "datetime2", "uniqueidentifier", "decimal", "numeric", "float"):
            raise refused(f"know TRY_CAST to {kind.name}")
        return Sql(f"tds.try_cast(({value.text})::text, '{kind.postgres}', NULL::{kind.postgres})", kind)
    if value.literal == "NULL":
        return Sql(f"NULL::{kind.postgres}", kind)
    return Sql(_converted(value.text, kind, "NULL" if style is None else style), kind)


def _converted(text, kind, style):
    if kind.is_string:
        whole = f"tds.string({text}, {style})"
        limited = whole if kind.length == MAX else f"tds.left_units({whole}, {kind.length})"
        if kind.name in ("char", "nchar"):
            limited = f"rpad({limited}, {kind.length})"
        return f"({limited})::{kind.postgres}"
    if kind.is_binary:
        whole = f"tds.binary({text}, {style})"
        if kind.length == MAX:
            return whole
        return f"tds.{'pad' if kind.name == 'binary' else 'left'}_bytes({whole}, {kind.length})"
    if kind.name == "bit":
        return f"tds.bit({text})"
    if kind.name in INTEGERS:
        return f"tds.whole({text})::{kind.postgres}"
    if kind.name == "date":
        return f"tds.moment({text})::date"
    if kind.name == "time":
        return f"tds.clock({text})::{kind.postgres}"
    if kind.name in ("datetime", "datetime2", "smalldatetime"):
        return f"tds.moment({text})::{kind.postgres}"
    if kind.name == "datetimeoffset":
        return f"tds.offset_moment({text})"
    return f"({text})::{kind.postgres}"


def assigned(value, kind):
    """A value as a column of the type takes it; what does not fit meets the column's checks."""
    if value.literal == "NULL" or value.text == "DEFAULT":
        return value.text
    if kind.name in ("char", "nchar"):
        return f"tds.pad_units({value.text}, {kind.length})"
    if kind.name == "binary":
        return f"tds.pad_only({value.text}, {kind.length})"
    if kind.is_string:
        return f"tds.string({value.text}, NULL)::{kind.postgres}"
    if kind.is_binary:
        return value.text
    if kind.name in ("decimal", "numeric", "real", "float", "money", "smallmoney", "uniqueidentifier", "xml"):
        return value.literal or value.text
    return _converted(value.text, kind, "NULL")
