"""What a SELECT gives: its columns as T-SQL has them, and its rows as TDS has them."""
from dataclasses import dataclass, replace

from .errors import refused
from .sqltypes import MAX, SqlType, encoder, make

# PostgreSQL's types by OID, for expressions of which no more is known.
BY_OID = {21: SqlType("smallint"), 23: SqlType("int"), 20: SqlType("bigint"), 700: SqlType("real"),
          701: SqlType("float"), 2950: SqlType("uniqueidentifier"), 1082: SqlType("date"),
          1083: SqlType("time", scale=7), 1114: SqlType("datetime2", scale=7), 142: SqlType("xml")}
NUMERIC, TEXT, VARCHAR, BYTEA, UNKNOWN, BOOLEAN = 1700, 25, 1043, 17, 705, 16
DOMAINS = {"bit": SqlType("bit"), "tinyint": SqlType("tinyint"), "sysname": make("sysname"),
           "char2": make("char", [2]), "datetime": SqlType("datetime"), "varchar256": make("varchar", [256])}


@dataclass
class Column:
    name: str
    type: SqlType
    nullable: bool = True
    identity: bool = False
    computed: bool = False
    updatable: bool = False


class Result:
    """Of PostgreSQL's result `rows` to the query `items` were read from."""

    def __init__(self, session, rows, items):
        self._session, self._rows, self._origins = session, rows, {}
        self.columns = self._columns(items)

    def _columns(self, items):
        count = self._rows.nfields
        known = placed(items, count)
        return [self._column(at, known[at]) for at in range(count)]

    def _column(self, at, item):
        rows = self._rows
        origin, relation = None, rows.ftable(at)
        if relation:
            if relation not in self._origins:
                self._origins[relation] = self._session.catalog.origin(relation)
            origin = self._origins[relation].get(rows.ftablecol(at))
        title = item.title if item is not None and not item.star else None
        if isinstance(origin, Column):
            return replace(origin, name=title if title is not None else origin.name)
        if title is None:
            title = rows.fname(at).decode()
        kind = item.type if item is not None else None
        if kind is None and origin is not None:
            kind = DOMAINS[origin]
        return Column(title, self._complete(kind or self._by_oid(at)))

    def _complete(self, kind):
        collation = self._session.collation
        if kind.is_string:
            return replace(kind, collation=kind.collation or collation)
        return kind

    def _by_oid(self, at):
        rows = self._rows
        oid = rows.ftype(at)
        if oid in BY_OID:
            return BY_OID[oid]
        if oid == self._session.catalog.offset_oid:
            return SqlType("datetimeoffset", scale=7)
        if oid == NUMERIC:
            return self._numeric(at)
        if oid == BYTEA:
            long = any(len(value) > 2 * 8000 + 2 for value in self._values(at))
            return make("varbinary", ["max" if long else 8000])
        if oid in (TEXT, VARCHAR, UNKNOWN):
            name, limit = ("varchar", 8000) if oid == VARCHAR else ("nvarchar", 4000)
            long = any(len(value) > limit for value in self._values(at))
            return make(name, ["max" if long else limit])
        if oid == BOOLEAN:
            raise refused("send a condition as a value")
        raise refused(f"send PostgreSQL's type {oid}")

    def _numeric(self, at):
        modifier = self._rows.fmod(at)
        if modifier >= 4:
            return make("decimal", [(modifier - 4) >> 16, (modifier - 4) & 0x7FF])
        scale = max((len(value.partition(b".")[2]) for value in self._values(at)), default=0)
        return make("decimal", [38, min(scale, 38)])

    def _values(self, at):
        return (value for row in range(self._rows.ntuples) if (value := self._rows.get_value(row, at)) is not None)

    def encoded_rows(self):
        encoders = [encoder(column.type) for column in self.columns]
        limits = [self._session.textsize if column.type.length == MAX else None for column in self.columns]
        for row in range(self._rows.ntuples):
            values = []
            for at, (encode, limit) in enumerate(zip(encoders, limits)):
                text = self._rows.get_value(row, at)
                value = None if text is None else encode(text.decode())
                values.append(value[:limit] if value is not None and limit is not None else value)
            yield values

    def __len__(self):
        return self._rows.ntuples


def placed(items, count):
    """The item of each of `count` columns: those before the first star and after the last one are known."""
    first = next((at for at, item in enumerate(items) if item.star), None)
    if first is None:
        return items + [None] * (count - len(items))
    last = next(at for at, item in enumerate(reversed(items)) if item.star)
    return items[:first] + [None] * (count - first - last) + items[len(items) - last:]
