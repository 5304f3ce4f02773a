"""What the peer knows of the tables in a database; the rows of this knowledge are made by catalog.sql."""
from dataclasses import dataclass

from .errors import SqlError
from .grammar import ident, name_of, quote
from .results import Column
from .sqltypes import SYSTEM_IDS, SqlType


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else quote(str(value))


@dataclass
class TableColumn(Column):
    id: int = 0
    attribute: int = 0
    table: str = ""  # for messages: database.schema.table
    seed: str = None
    has_default: bool = False


@dataclass
class Table:
    id: int
    schema: str
    name: str
    kind: str
    columns: list

    @property
    def full_name(self):
        return f"{self.schema}.{self.name}"

    @property
    def pg(self):
        return name_of([self.schema, self.name])

    def column(self, name):
        found = next((each for each in self.columns if each.name.lower() == name.lower()), None)
        if found is None:
            raise SqlError(207, name)
        return found

    def by_pg_name(self, name):
        return next(each for each in self.columns if ident(each.name) == ident(name) or ident(each.name) == f'"{name}"')

    def by_attribute(self, attribute):
        return next(each for each in self.columns if each.attribute == attribute)

    @property
    def identity(self):
        return next((each for each in self.columns if each.identity), None)


class Catalog:
    def __init__(self, session):
        self._session = session
        self._offset_oid = None

    @property
    def _database(self):
        return self._session.postgres

    @property
    def offset_oid(self):
        if self._offset_oid is None:
            self._offset_oid = int(self._database.value("SELECT 'tds.datetimeoffset'::regtype::oid"))
        return self._offset_oid

    # ---- names

    def schema_id(self, name):
        found = self._database.value(f"SELECT id FROM tds.schemas WHERE lower(name) = {quote(name.lower())}")
        if found is None:
            raise SqlError(2760, name)
        return int(found)

    def find(self, name, *kinds):
        """The id of an object of these kinds, or None."""
        listed = ", ".join(map(quote, kinds))
        found = self._database.value(
            "SELECT o.id FROM tds.objects o JOIN tds.schemas s ON s.id = o.schema_id "
            f"WHERE lower(s.name) = {quote(name[0].lower())} AND lower(o.name) = {quote(name[1].lower())} "
            f"AND o.type IN ({listed})")
        return int(found) if found else None

    def table(self, name, *kinds, missing=208):
        """The Table of [schema, name]; a view too unless `kinds` says otherwise."""
        found = self.find(name, *(kinds or ("U", "V")))
        if found is None:
            raise SqlError(missing, name[1] if name[0].lower() == "dbo" else ".".join(name))
        return self.table_by_id(found)

    def table_by_id(self, wanted):
        schema, name, kind = self._database.row(
            "SELECT s.name, o.name, o.type FROM tds.objects o JOIN tds.schemas s ON s.id = o.schema_id "
            f"WHERE o.id = {wanted}")
        full_name = f"{self._session.database}.{schema}.{name}"
        rows = self._database.rows(
            "SELECT c.name, c.type, c.length, c.precision, c.scale, c.collation_name, c.nullable, c.seed, "
            "c.computed IS NOT NULL, c.id, c.attribute, EXISTS (SELECT FROM tds.objects d "
            "WHERE d.parent_id = c.object_id AND d.column_id = c.id AND d.type = 'D') "
            f"FROM tds.columns c WHERE c.object_id = {wanted} ORDER BY c.id")
        columns = []
        for each in rows:
            kind_of = SqlType(each[1], int(each[2]), int(each[3]), int(each[4]), each[5])
            columns.append(TableColumn(each[0], kind_of, each[6] == "t", each[7] is not None, each[8] == "t",
                                       each[7] is None and each[8] == "f", int(each[9]), int(each[10]), full_name,
                                       each[7], each[11] == "t"))
        return Table(wanted, schema, name, kind, columns)

    def table_of(self, pg_schema, pg_table):
        found = self._database.value(
            "SELECT id FROM tds.objects "
            f"WHERE relation = to_regclass({quote(f'{ident(pg_schema)}.{ident(pg_table)}')})")
        return self.table_by_id(int(found))

    def origin(self, relation):
        """{attribute: its Column} of a table or view; of one of the views of sys {attribute: its domain}."""
        found = self._database.value(f"SELECT id FROM tds.objects WHERE relation = {relation}")
        if found is not None:
            return {column.attribute: column for column in self.table_by_id(int(found)).columns}
        return {int(attribute): name for attribute, name in self._database.rows(
            "SELECT a.attnum, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid AND t.typtype = 'd' "
            f"AND t.typnamespace = 'tds'::regnamespace WHERE a.attrelid = {relation}")}

    def object_name(self, wanted):
        return self._database.value(f"SELECT name FROM tds.objects WHERE id = {wanted}")

    def full_name(self, wanted):
        return self._database.value(
            "SELECT s.name || '.' || o.name FROM tds.objects o JOIN tds.schemas s ON s.id = o.schema_id "
            f"WHERE o.id = {wanted}")

    def index(self, table_id, index_id):
        """(name, is primary, is a constraint), or None."""
        found = self._database.row("SELECT name, is_primary, is_constraint FROM tds.indexes "
                                   f"WHERE object_id = {table_id} AND id = {index_id}")
        return found and (found[0], found[1] == "t", found[2] == "t")

    def index_name(self, table_id, index_id):
        found = self.index(table_id, index_id)
        return (found and found[0]) or self._session.being_made

    def foreign_key(self, wanted):
        """(name, full name of its table, ", column 'x'" if it has one alone, id of the table it refers to)."""
        found = self._database.row(
            f"SELECT name, parent_id, referenced_id FROM tds.objects WHERE id = {wanted}")
        if found is None:
            return self._session.being_made, "?", "", 0
        columns = self._database.rows(
            "SELECT c.name FROM tds.foreign_key_columns k JOIN tds.objects o ON o.id = k.constraint_id "
            "JOIN tds.columns c ON c.object_id = o.referenced_id AND c.id = k.referenced_column_id "
            f"WHERE o.id = {wanted}")
        column = f", column '{columns[0][0]}'" if len(columns) == 1 else ""
        return found[0], self.full_name(found[1]), column, int(found[2])

    # ---- writing

    def insert(self, table, **values):
        self._database.query(f"INSERT INTO tds.{table} ({', '.join(values)}) "
                             f"VALUES ({', '.join(literal(each) for each in values.values())})")

    def new_object(self, schema_id, name, kind, **values):
        """The id of an object that is now known; its name must be free."""
        taken = self._database.value(f"SELECT 1 FROM tds.objects WHERE schema_id = {schema_id} "
                                     f"AND lower(name) = {quote(name.lower())}")
        if taken:
            raise SqlError(2714, name)
        wanted = int(self._database.value("SELECT nextval('tds.ids')"))
        self.insert("objects", id=wanted, schema_id=schema_id, name=name, type=kind, **values)
        return wanted

    def set_relation(self, wanted, pg_name):
        self._database.query(f"UPDATE tds.objects SET relation = {quote(pg_name)}::regclass WHERE id = {wanted}")

    def add_column(self, table_id, column_id, attribute, column, *, seed=None, increment=None, computed=None,
                   persisted=None):
        kind = column.type
        self.insert("columns", object_id=table_id, id=column_id, name=column.name, attribute=attribute, type=kind.name,
                    system_type_id=SYSTEM_IDS[kind.name], length=kind.length, bytes=kind.max_length,
                    precision=kind.precision, scale=kind.scale, collation_name=kind.collation or None,
                    nullable=column.nullable, seed=seed, increment=increment, computed=computed, persisted=persisted)

    def forget(self, wanted):
        """An object and all that hangs on it."""
        self._database.query(
            f"DELETE FROM tds.properties WHERE class IN (1, 7) AND major_id IN (SELECT id FROM tds.objects "
            f"WHERE id = {wanted} OR parent_id = {wanted}); DELETE FROM tds.objects WHERE parent_id = {wanted}; "
            f"DELETE FROM tds.objects WHERE id = {wanted}")
