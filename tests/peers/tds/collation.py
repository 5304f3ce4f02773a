"""Collations: their bytes on the wire, the code page of their varchar, and PostgreSQL's that compares alike."""
import re
import struct

from .errors import refused

IGNORE_CASE, IGNORE_ACCENT, IGNORE_KANA, IGNORE_WIDTH, BINARY, BINARY2, UTF8 = (1 << bit for bit in range(20, 27))
SORTED = {"SQL_Latin1_General_CP1_CI_AS": 0x34, "SQL_Latin1_General_CP1_CS_AS": 0x33}
SHAPE = re.compile(r"(SQL_)?Latin1_General(_CP1)?(?P<version>_90|_100|_140)?"
                   r"(?P<rest>_BIN2|_BIN|_C[IS]_A[IS](_KS)?(_WS)?)(?P<sc>_SC)?(?P<utf8>_UTF8)?", re.IGNORECASE)
VERSIONS = {None: 0, "_90": 1, "_100": 2, "_140": 3}


def _shape(name):
    match = SHAPE.fullmatch(name)
    if not match:
        raise refused(f"know the collation {name}")
    return match


def check(name):
    """The name, if it is one that the peer can keep."""
    _shape(name)
    return name


def wire(name):
    match = _shape(name)
    rest = match["rest"].upper()
    if rest == "_BIN2":
        flags = BINARY2
    elif rest == "_BIN":
        flags = BINARY
    else:
        flags = IGNORE_CASE * ("_CI" in rest) | IGNORE_ACCENT * ("_AI" in rest) | \
            IGNORE_KANA * ("_KS" not in rest) | IGNORE_WIDTH * ("_WS" not in rest)
    flags |= UTF8 * bool(match["utf8"]) | VERSIONS[match["version"]] << 28
    return struct.pack("<IB", 0x0409 | flags, SORTED.get(name, 0))


def encoding(name):
    """Python's, for char and varchar."""
    return "utf-8" if name.upper().endswith("_UTF8") else "cp1252"


def postgres(name):
    """The collation of a column; made by catalog.sql."""
    rest = _shape(name)["rest"].upper()
    if rest.startswith("_BIN"):
        return '"C"'
    return f"tds.{rest[1:3].lower()}_{rest[4:6].lower()}"


def is_binary(name):
    return "_BIN" in name.upper()
