"""CREATE TABLE and ALTER TABLE: what they declare, and how PostgreSQL keeps it."""
from dataclasses import dataclass, field

from . import collation, indexes
from .catalog import TableColumn
from .conversions import assigned
from .errors import SqlError, refused
from .grammar import Sql, ident, name_of, quote, schema_ident
from .queries import Item
from .results import Result
from .sqltypes import INTEGERS, SqlType, with_collation

MAX_COLUMNS = 1024
RANGES = {"tinyint": "BETWEEN 0 AND 255", "bit": "IN (0, 1)", "time": "< '24:00'",
          "date": "BETWEEN '0001-01-01' AND '9999-12-31'",
          "datetime2": "BETWEEN '0001-01-01' AND '9999-12-31 23:59:59.999999'",
          "datetime": "BETWEEN '1753-01-01' AND '9999-12-31 23:59:59.999'",
          "smalldatetime": "BETWEEN '1900-01-01' AND '2079-06-06 23:59'",
          "smallmoney": "BETWEEN -214748.3648 AND 214748.3647",
          "money": "BETWEEN -922337203685477.5808 AND 922337203685477.5807"}
STORAGE = ("data_compression", "fillfactor", "sort_in_tempdb", "online", "maxdop", "pad_index",
           "statistics_norecompute", "allow_row_locks", "allow_page_locks", "optimize_for_sequential_key")
ACTIONS = {"no action": 0, "cascade": 1, "set null": 2, "set default": 3}


@dataclass
class Constraint:
    kind: str  # PK, UQ, F, C
    name: str = None
    columns: list = field(default_factory=list)  # (name, descending)
    clustered: bool = None
    text: str = None      # of a check, for PostgreSQL
    source: str = None    # of a check, in T-SQL
    referenced: list = None
    referenced_columns: list = None
    on_delete: int = 0
    on_update: int = 0


@dataclass
class Declared:
    name: str
    type: SqlType = None
    nullable: bool = None
    identity: tuple = None
    default: Sql = None
    default_source: str = None
    default_name: str = None
    computed: Sql = None
    computed_source: str = None
    persisted: bool = False


class TableGrammar:
    """What a Grammar adds to read tables."""

    def table_elements(self):
        """(columns, constraints) within parentheses."""
        self.need("(")
        columns, constraints = [], []
        while True:
            if self.is_word("constraint", "primary", "unique", "foreign", "check"):
                constraints.append(self.table_constraint())
            else:
                columns.append(self.column(constraints))
            if not self.sign(","):
                break
        self.need(")")
        return columns, constraints

    def column(self, constraints):
        found = Declared(self.name())
        if self.accept("as"):
            at = self.at
            found.computed = self.expression()
            found.computed_source = self.text_since(at)
            found.persisted = self.accept("persisted")
            if self.accept("not null"):
                found.nullable = False
            return found
        found.type = self.type()
        while self._column_option(found, constraints):
            pass
        return found

    def _column_option(self, column, constraints):
        if self.accept("collate"):
            column.type = with_collation(column.type, self.name())
        elif self.accept("not null"):
            column.nullable = False
        elif self.accept("null"):
            column.nullable = True
        elif self.accept("identity"):
            column.identity = (1, 1)
            if self.sign("("):
                seed = self.integer()
                self.need(",")
                column.identity = (seed, self.integer())
                self.need(")")
        else:
            return self._column_constraint(column, constraints)
        return True

    def _column_constraint(self, column, constraints):
        name = self.name() if self.accept("constraint") else None
        if self.accept("default"):
            at = self.at
            column.default, column.default_name = self.expression(), name
            column.default_source = self.text_since(at)
            return True
        found = self._constraint(name, column.name)
        if found is None:
            if name:
                raise self.stray()
            return False
        constraints.append(found)
        return True

    def table_constraint(self):
        name = self.name() if self.accept("constraint") else None
        found = self._constraint(name, None)
        if found is None:
            raise self.stray()
        return found

    def _constraint(self, name, column):
        if kind := self.one_of("primary key", "unique"):
            found = Constraint("PK" if kind == "primary key" else "UQ", name)
            found.clustered = {"clustered": True, "nonclustered": False}.get(self.one_of("clustered", "nonclustered"))
            found.columns = [(column, False)] if column else self.index_columns()
            self.index_options()
            return found
        if self.accept("check"):
            self.accept("not for replication")
            at = self.at
            self.need("(")
            condition = self.condition()
            self.need(")")
            return Constraint("C", name, text=condition.text, source=self.text_since(at))
        if self.accept("foreign key") or (column and self.is_word("references")):
            found = Constraint("F", name)
            found.columns = [(column, False)] if column else [(each, False) for each in self.name_list()]
            self.expect("references")
            found.referenced = self.object_name()
            found.referenced_columns = self.name_list() if self.is_sign("(") else None
            while event := self.one_of("on delete", "on update"):
                action = ACTIONS[self.one_of(*ACTIONS) or self._no_action()]
                setattr(found, event.replace(" ", "_"), action)
            return found
        return None

    def _no_action(self):
        raise self.stray()

    def index_columns(self):
        self.need("(")
        found = []
        while True:
            name = self.name()
            found.append((name, bool(self.accept("desc"))))
            self.accept("asc")
            if not self.sign(","):
                break
        self.need(")")
        return found

    def index_options(self):
        """WITH (…) and ON [PRIMARY], in either order: how it is stored, which is not ours."""
        while True:
            if self.is_word("with") and self.ahead().text == "(":
                self._storage_options()
            elif self.one_of("on", "textimage_on"):
                if self.name().lower() not in ("primary", "default"):
                    raise refused("know filegroups but PRIMARY")
            else:
                return

    def _storage_options(self):
        self.step()
        self.need("(")
        while not self.sign(")"):
            if not self.one_of(*STORAGE):
                raise self.stray()
            self.need("=")
            self.step()
            self.sign(",")


# ---- making them


def create(session, name, columns, constraints):
    catalog = session.catalog
    schema_id = catalog.schema_id(name[0])
    _check(name, columns)
    keys = {each.lower() for constraint in constraints if constraint.kind == "PK" for each, _ in constraint.columns}
    table_id = catalog.new_object(schema_id, name[1], "U")
    set_computed_types(session, columns, {column.name.lower(): column.type for column in columns})
    parts = [_definition(column, column.name.lower() in keys, at) for at, column in enumerate(columns, 1)]
    session.postgres.query(f"CREATE TABLE {name_of(name)} ({', '.join(parts)})")
    catalog.set_relation(table_id, name_of(name))
    catalog.insert("indexes", object_id=table_id, id=0, kind=0, is_unique=False, is_primary=False, is_constraint=False,
                   relations="{}")
    for at, column in enumerate(columns, 1):
        _remember(session, schema_id, table_id, at, at, column, column.name.lower() in keys)
    for constraint in sorted(constraints, key=lambda each: each.kind == "F"):
        add_constraint(session, catalog.table_by_id(table_id), constraint)


def _check(name, columns):
    seen = set()
    for column in columns:
        if column.name.lower() in seen:
            raise SqlError(2705, column.name, name[1])
        seen.add(column.name.lower())
    if len(columns) > MAX_COLUMNS:
        raise SqlError(1702, columns[MAX_COLUMNS].name, name[1])
    fixed = sum(column.type.max_length for column in columns
                if column.type and (column.type.name not in ("varchar", "nvarchar", "varbinary", "xml")))
    if fixed + 7 > 8060:
        raise SqlError(1701, name[1], fixed + 7)


def _definition(column, in_key, attribute):
    """One column in PostgreSQL's CREATE TABLE."""
    if column.computed is not None:
        return f"{ident(column.name)} {column.type.postgres}{_collation(column.type)} " \
               f"GENERATED ALWAYS AS ({column.computed.text}) STORED"
    text = f"{ident(column.name)} {_storage(column)}{_collation(column.type)}"
    if column.identity:
        seed, step = column.identity
        # of any value of its type: a reseed may be to less than the seed
        least = {"tinyint": -32768, "smallint": -32768, "int": INTEGERS["int"][0]}.get(column.type.name, -2**63)
        text += f" GENERATED BY DEFAULT AS IDENTITY (START WITH {seed} INCREMENT BY {step} MINVALUE {least})"
    elif column.nullable is False or in_key:
        text += " NOT NULL"
    if column.default is not None:
        text += f" DEFAULT {assigned(column.default, column.type)}"
    return text + limits(column.name, column.type, attribute)


def _storage(column):
    if column.identity and column.type.name in ("decimal", "numeric"):
        if column.type.scale or column.type.precision > 18:
            raise refused("keep an identity of so many digits")
        return "bigint"
    return column.type.postgres


def _collation(kind):
    return f" COLLATE {collation.postgres(kind.collation)}" if kind.is_string else ""


def limits(name, kind, attribute):
    """The checks that make PostgreSQL as strict as the type."""
    column, found = ident(name), ""
    if kind.length > 0:
        if kind.is_wide:
            size = f"tds.units({column})"
        elif kind.is_string and collation.encoding(kind.collation) != "utf-8":
            size = f"length({column})"
        else:
            size = f"octet_length({column})"
        found += f" CONSTRAINT len_{attribute} CHECK ({size} <= {kind.length})"
    if kind.name in RANGES:
        found += f" CONSTRAINT range_{attribute} CHECK ({column} {RANGES[kind.name]})"
    if kind.name == "datetimeoffset":
        found += f" CONSTRAINT range_{attribute} CHECK (({column}).utc {RANGES['datetime2']} " \
                 f"AND ({column}).minutes BETWEEN -840 AND 840)"
    return found


def set_computed_types(session, columns, known):
    """The type of each computed column: its source's, or what PostgreSQL finds. `known` are the types of the others."""
    for column in columns:
        if column.computed is None:
            continue
        kind = column.computed.type or known.get((column.computed.name or column.computed.like or "").lower())
        if kind is None:
            others = ", ".join(f"NULL::{each.postgres} AS {ident(name)}" for name, each in known.items() if each)
            text = f"SELECT {column.computed.text} FROM (SELECT {others}) AS t"
            kind = Result(session, session.postgres.query(text), [Item(column.computed.text)]).columns[0].type
        column.type = kind


def _remember(session, schema_id, table_id, column_id, attribute, column, in_key):
    nullable = not (column.nullable is False or in_key or column.identity)
    if in_key and column.nullable is True:
        raise SqlError(8111, session.catalog.object_name(table_id))
    seed, step = column.identity or (None, None)
    session.catalog.add_column(table_id, column_id, attribute, TableColumn(column.name, column.type, nullable),
                               seed=seed, increment=step, computed=column.computed_source,
                               persisted=column.persisted if column.computed is not None else None)
    if column.default is not None:
        session.catalog.new_object(schema_id, column.default_name or f"DF__{table_id:08X}__{column_id:04X}", "D",
                                   parent_id=table_id, definition=f"({column.default_source})", column_id=column_id)


def add_columns(session, table, columns, constraints):
    schema_id = session.catalog.schema_id(table.schema)
    for column in columns:
        if any(each.name.lower() == column.name.lower() for each in table.columns):
            raise SqlError(2705, column.name, table.name)
        attribute = max((each.attribute for each in table.columns), default=0) + 1
        set_computed_types(session, [column], {each.name.lower(): each.type for each in table.columns})
        definition = _definition(column, False, attribute)
        session.postgres.query(f"ALTER TABLE {table.pg} ADD COLUMN {definition}")
        real = int(session.postgres.value(
            f"SELECT max(attnum) FROM pg_attribute WHERE attrelid = '{table.pg}'::regclass"))
        if real != attribute:
            raise refused("add columns after others were dropped")
        column_id = max((each.id for each in table.columns), default=0) + 1
        _remember(session, schema_id, table.id, column_id, attribute, column, False)
        table = session.catalog.table_by_id(table.id)
    for constraint in constraints:
        add_constraint(session, table, constraint)


def alter_column(session, table, name, kind, nullable):
    column = table.column(name)
    if column.identity or column.computed:
        raise SqlError(4924, "ALTER", name, table.name)
    target, text = ident(column.name), f"ALTER TABLE {table.pg}"
    for limit in ("len", "range"):
        text += f" DROP CONSTRAINT IF EXISTS {limit}_{column.attribute},"
    text += f" ALTER COLUMN {target} TYPE {kind.postgres}{_collation(kind)} USING {assigned(Sql(target), kind)}"
    text += f", ALTER COLUMN {target} {'SET' if nullable is False else 'DROP'} NOT NULL"
    for each in limits(column.name, kind, column.attribute).split(" CONSTRAINT ")[1:]:
        text += f", ADD CONSTRAINT {each}"
    session.postgres.query(text)
    length, collated = kind.length, kind.collation
    session.postgres.query(
        f"UPDATE tds.columns SET type = {quote(kind.name)}, length = {length}, bytes = {kind.max_length}, "
        f"precision = {kind.precision}, scale = {kind.scale}, nullable = {nullable is not False}, "
        f"collation_name = {quote(collated) if collated else 'NULL'} WHERE object_id = {table.id} AND id = {column.id}")


def add_constraint(session, table, constraint, *, trusted=True):
    if constraint.kind in ("PK", "UQ"):
        indexes.add_key(session, table, constraint)
    elif constraint.kind == "C":
        _add_check(session, table, constraint, trusted)
    else:
        _add_foreign_key(session, table, constraint, trusted)


def _name(constraint, table):
    return constraint.name or f"{constraint.kind}__{table.name[:20]}__{abs(hash((table.id, id(constraint)))):016X}"[:60]


def _add_check(session, table, constraint, trusted):
    session.being_made = name = _name(constraint, table)
    wanted = session.catalog.new_object(session.catalog.schema_id(table.schema), name, "C", parent_id=table.id,
                                        definition=constraint.source, untrusted=not trusted)
    late = "" if trusted else " NOT VALID"
    session.postgres.query(f"ALTER TABLE {table.pg} ADD CONSTRAINT c_{wanted} CHECK ({constraint.text}){late}")


def _add_foreign_key(session, table, constraint, trusted):
    catalog = session.catalog
    session.being_made = name = _name(constraint, table)
    other = catalog.table(constraint.referenced, "U", missing=1767)
    own = [table.column(each) for each, _ in constraint.columns]
    wanted_columns = constraint.referenced_columns or indexes.primary_key_columns(session, other)
    theirs = [other.column(each) for each in wanted_columns]
    if not indexes.has_key(session, other, theirs):
        raise SqlError(1776, other.full_name, name)
    for one, two in zip(own, theirs):
        if str(one.type) != str(two.type) or one.type.collation != two.type.collation:
            raise SqlError(1778, other.full_name, two.name, table.name, one.name, name)
    if constraint.on_delete or constraint.on_update:
        _check_paths(session, table, other, name, constraint)
    key = catalog.new_object(catalog.schema_id(table.schema), name, "F", parent_id=table.id, referenced_id=other.id,
                             on_delete=constraint.on_delete, on_update=constraint.on_update, untrusted=not trusted)
    for at, (one, two) in enumerate(zip(own, theirs), 1):
        catalog.insert("foreign_key_columns", constraint_id=key, id=at, column_id=one.id, referenced_column_id=two.id)
    words = {number: words.upper() for words, number in ACTIONS.items()}
    session.postgres.query(
        f"ALTER TABLE {table.pg} ADD CONSTRAINT f_{key} FOREIGN KEY ({', '.join(ident(each.name) for each in own)}) "
        f"REFERENCES {other.pg} ({', '.join(ident(each.name) for each in theirs)}) "
        f"ON DELETE {words[constraint.on_delete]} ON UPDATE {words[constraint.on_update]}"
        f"{'' if trusted else ' NOT VALID'}")


def _check_paths(session, table, other, name, constraint):
    """No table may be reached by cascades twice, nor reach itself."""
    for event in ("on_delete", "on_update"):
        if not getattr(constraint, event):
            continue
        edges = [(int(parent), int(child)) for parent, child in session.postgres.rows(
            f"SELECT referenced_id, parent_id FROM tds.objects WHERE type = 'F' AND {event} <> 0")]
        edges.append((other.id, table.id))
        for start in {parent for parent, _ in edges}:
            if _reaches_twice(edges, start):
                raise SqlError(1785, name, table.name)


def _reaches_twice(edges, start):
    reached, pending = {start}, [start]
    while pending:
        here = pending.pop()
        for parent, child in edges:
            if parent == here:
                if child in reached:
                    return True
                reached.add(child)
                pending.append(child)
    return False


def drop_constraint(session, table, name):
    found = session.postgres.row(
        "SELECT id, type, index_id, column_id FROM tds.objects "
        f"WHERE parent_id = {table.id} AND lower(name) = {quote(name.lower())}")
    if found is None:
        raise SqlError(3728, name)
    wanted, kind, index_id, column_id = found
    if kind in ("PK", "UQ"):
        indexes.drop(session, table, int(index_id))
    elif kind == "D":
        column = next(each for each in table.columns if each.id == int(column_id))
        session.postgres.query(f"ALTER TABLE {table.pg} ALTER COLUMN {ident(column.name)} DROP DEFAULT")
    else:
        session.postgres.query(f"ALTER TABLE {table.pg} DROP CONSTRAINT {kind.lower()}_{wanted}")
    session.catalog.forget(wanted)


def drop_column(session, table, name):
    column = table.column(name)
    used = session.postgres.value(
        f"SELECT 1 FROM tds.index_columns WHERE object_id = {table.id} AND column_id = {column.id} UNION "
        f"SELECT 1 FROM tds.objects WHERE parent_id = {table.id} AND column_id = {column.id}")
    if used:
        raise SqlError(4922, "DROP COLUMN", name)
    session.postgres.query(f"ALTER TABLE {table.pg} DROP COLUMN {ident(column.name)}; "
                           f"DELETE FROM tds.columns WHERE object_id = {table.id} AND id = {column.id}")


def drop(session, name, kind):
    """DROP TABLE, VIEW or SEQUENCE."""
    word = {"U": "table", "V": "view", "SO": "sequence object"}[kind]
    wanted = session.catalog.find(name, kind)
    if wanted is None:
        raise SqlError(3701, word, ".".join(name))
    if session.postgres.value(f"SELECT 1 FROM tds.objects WHERE referenced_id = {wanted} AND parent_id <> {wanted}"):
        raise SqlError(3726, ".".join(name))
    session.postgres.query(f"DROP {word.split()[0].upper()} {name_of(name)}")
    session.catalog.forget(wanted)


def create_schema(session, name):
    if session.postgres.value(f"SELECT 1 FROM tds.schemas WHERE lower(name) = {quote(name.lower())}"):
        raise SqlError(2714, name)
    session.postgres.query(f"CREATE SCHEMA {schema_ident(name)}; "
                           f"INSERT INTO tds.schemas VALUES (nextval('tds.schema_ids'), {quote(name)})")


def drop_schema(session, name):
    wanted = session.postgres.value(f"SELECT id FROM tds.schemas WHERE lower(name) = {quote(name.lower())}")
    if wanted is None:
        raise SqlError(15151, "schema", name)
    used = session.postgres.value(f"SELECT name FROM tds.objects WHERE schema_id = {wanted} LIMIT 1")
    if used:
        raise SqlError(3729, text=f"Cannot drop schema '{name}' because it is being referenced by object '{used}'.")
    session.postgres.query(f"DROP SCHEMA {schema_ident(name)}; DELETE FROM tds.schemas WHERE id = {wanted}")
