"""INSERT, UPDATE, DELETE and TRUNCATE; views, sequences, defaults and trust in constraints."""
from . import bulk, lexer
from .catalog import TableColumn
from .conversions import assigned
from .errors import SqlError, refused
from .grammar import Sql, ident, name_of, quote
from .results import Result
from .tokens import DELETE, INSERT, UPDATE


class ChangeGrammar:
    def insert(self, line):
        self.expect("insert")
        if self.accept("bulk"):
            return self._insert_bulk()
        self.accept("into")
        name = self.object_name()
        columns = self.name_list() if self.is_sign("(") else None
        self.hints()
        if self.is_word("output"):
            raise refused("know OUTPUT")
        if self.accept("default values"):
            rows, query = [[]], None
            columns = []
        elif self.is_word("values"):
            rows, query = self.rows_with_defaults(), None
        else:
            rows, query = None, self.query()

        def run(session):
            session.need_right("INSERT", name)
            insert(session, name, columns, rows, query)
        return self.Statement(run, "INSERT")

    def rows_with_defaults(self):
        self.expect("values")
        found = []
        while True:
            self.need("(")
            row = []
            while True:
                row.append(Sql("DEFAULT") if self.accept("default") else self.expression())
                if not self.sign(","):
                    break
            self.need(")")
            found.append(row)
            if not self.sign(","):
                break
        if len(found) > 1000:
            raise SqlError(10738)
        return found

    def _insert_bulk(self):
        name = self.object_name()
        columns = None
        if self.sign("("):
            columns = []
            while True:
                column, kind = self.name(), self.type()
                if self.accept("collate"):
                    self.name()
                columns.append((column, kind))
                if not self.sign(","):
                    break
            self.need(")")
        options = self._bulk_options()

        def run(session):
            session.need_right("INSERT", name)
            session.bulk = bulk.Plan(session.catalog.table(name, "U"), columns, options)
            session.faults.meet("bulk", session.wire, ".".join(name))
        return self.Statement(run, "INSERT BULK")

    def _bulk_options(self):
        found = set()
        if not self.accept("with"):
            return found
        self.need("(")
        while not self.sign(")"):
            option = self.one_of("tablock", "check_constraints", "keep_nulls", "fire_triggers", "rows_per_batch",
                                 "kilobytes_per_batch", "order")
            if option is None:
                raise self.stray()
            found.add(option)
            if self.sign("="):
                self.integer()
            elif option == "order":
                self.index_columns()
            self.sign(",")
        return found

    def update(self, line):
        self.expect("update")
        name = self.object_name()
        self.hints()
        self.expect("set")
        changes = []
        while True:
            column = self.name()
            self.need("=")
            changes.append((column, Sql("DEFAULT") if self.accept("default") else self.expression()))
            if not self.sign(","):
                break
        where = self._where()

        def run(session):
            session.need_right("UPDATE", name)
            table = session.catalog.table(name, "U")
            parts = []
            for column, value in changes:
                target = table.column(column)
                if target.identity:
                    raise SqlError(8102, text=f"Cannot update identity column '{target.name}'.")
                parts.append(f"{ident(column)} = {assigned(value, target.type)}")
            session.change(f"UPDATE {table.pg} AS {ident(table.name)} SET {', '.join(parts)}{where}", UPDATE)
        return self.Statement(run, "UPDATE")

    def delete(self, line):
        self.expect("delete")
        self.accept("from")
        name = self.object_name()
        self.hints()
        where = self._where()

        def run(session):
            session.need_right("DELETE", name)
            table = session.catalog.table(name, "U")
            session.change(f"DELETE FROM {table.pg} AS {ident(table.name)}{where}", DELETE)
        return self.Statement(run, "DELETE")

    def _where(self):
        if self.is_word("from", "output"):
            raise self.stray()
        return f" WHERE {self.condition().text}" if self.accept("where") else ""

    def truncate(self, line):
        self.expect("truncate table")
        name = self.object_name()

        def run(session):
            table = session.catalog.table(name, "U", missing=4701)
            session.need_right("ALTER", name)
            if session.postgres.value(f"SELECT 1 FROM tds.objects WHERE type = 'F' AND referenced_id = {table.id} "
                                      f"AND parent_id <> {table.id}"):
                raise SqlError(4712, table.name)
            session.postgres.query(f"TRUNCATE {table.pg} RESTART IDENTITY")
        return self.Statement(run, "TRUNCATE TABLE")

    def check_identity(self, line):
        """DBCC CHECKIDENT."""
        self.expect("dbcc checkident")
        self.need("(")
        text = self.token.kind in (lexer.STRING, lexer.NATIONAL)
        name = type(self)(self.string(), self.session).object_name() if text else self.object_name()
        action, value = "reseed", None
        if self.sign(","):
            action = self.one_of("reseed", "noreseed") or "?"
            value = self.integer() if self.sign(",") else None
        self.need(")")
        quiet = self.accept("with no_infomsgs")
        if action == "?":
            raise self.stray()
        return self.Statement(lambda session: check_identity(session, name, action, value, quiet), "DBCC")


# ---- INSERT


def insert(session, name, columns, rows, query):
    table = session.catalog.table(name, "U")
    identity = table.identity
    if columns is None:
        targets = [each for each in table.columns if not each.identity and not each.computed]
        if identity and rows and len(rows[0]) == len(targets) + 1:
            raise SqlError(8101, table.name)
    else:
        targets = [table.column(each) for each in columns]
    check_identity_insert(session, table, targets)
    listed = ", ".join(ident(each.name) for each in targets)
    if rows is not None:
        if any(len(row) != len(targets) for row in rows):
            raise SqlError(213)
        values = ", ".join("(" + ", ".join(assigned(value, each.type) for value, each in zip(row, targets)) + ")"
                           for row in rows)
        text = f"({listed}) VALUES {values}" if targets else "DEFAULT VALUES"
    else:
        names = [f"c{at}" for at in range(len(targets))]
        values = ", ".join(assigned(Sql(name), each.type) for name, each in zip(names, targets))
        text = f"({listed}) SELECT {values} FROM ({query.text}) AS q ({', '.join(names)})"
    returning = f" RETURNING {ident(identity.name)}" if identity else ""
    done = session.change(f"INSERT INTO {table.pg} {text}{returning}", INSERT)
    if identity and done.ntuples:
        session.identity = done.get_value(done.ntuples - 1, 0).decode()
        if session.identity_insert == table.id:
            follow_identity(session, table)


def check_identity_insert(session, table, targets):
    explicit = any(each.identity for each in targets)
    if explicit and session.identity_insert != table.id:
        raise SqlError(544, table.name)
    if table.identity and not explicit and session.identity_insert == table.id:
        raise SqlError(545, table.name)
    for each in targets:
        if each.computed:
            raise SqlError(271, each.name)


def follow_identity(session, table):
    """Values that were given make those to come follow them."""
    column = ident(table.identity.name)
    session.postgres.query(
        f"SELECT setval(s, greatest(m, coalesce(tds.last_identity({table.id}), m))::bigint) "
        f"FROM (SELECT tds.sequence_of({table.id})::regclass, max({column}) FROM {table.pg}) AS x (s, m) "
        "WHERE m IS NOT NULL")


def check_identity(session, name, action, value, quiet):
    table = session.catalog.table(name, "U", missing=2501)
    if table.identity is None:
        raise SqlError(7997, table.name)
    current = session.postgres.value(f"SELECT tds.last_identity({table.id})")
    most = session.postgres.value(f"SELECT max({ident(table.identity.name)}) FROM {table.pg}")
    if not quiet:
        session.out.info(SqlError(7998, current or "NULL", most or "NULL"))
    sequence = f"tds.sequence_of({table.id})::regclass"
    if action == "reseed" and value is not None:
        used = "true" if current is not None or most is not None else "false"
        session.postgres.query(f"SELECT setval({sequence}, {value}, {used})")
    elif action == "reseed" and most is not None and (current is None or int(current) < int(most)):
        session.postgres.query(f"SELECT setval({sequence}, {most})")


# ---- other objects


def create_view(session, name, titles, query, definition, replaces, checks):
    catalog = session.catalog
    old = catalog.find(name, "V") if replaces else None
    if old:
        session.postgres.query(f"DROP VIEW {name_of(name)}")
        catalog.forget(old)
    if "\x01" in query.text:
        raise SqlError(4512, text="A view may not read a variable.")
    columns = Result(session, session.query(f"SELECT * FROM ({query.text}) AS q LIMIT 0"), query.items).columns
    titles = titles or [column.name for column in columns]
    if len(titles) != len(columns):
        raise SqlError(8158, text=f"'{name[1]}' has more columns than were specified in the column list.")
    if "" in titles:
        raise SqlError(4511, text="Create View or Function failed because no column name was specified for column "
                                  f"{titles.index('') + 1}.")
    wanted = catalog.new_object(catalog.schema_id(name[0]), name[1], "V", definition=definition)
    session.postgres.query(f"CREATE VIEW {name_of(name)} ({', '.join(map(ident, titles))}) AS {query.text}"
                           + (" WITH CHECK OPTION" if checks else ""))
    catalog.set_relation(wanted, name_of(name))
    for at, (title, column) in enumerate(zip(titles, columns), 1):
        catalog.add_column(wanted, at, at, TableColumn(title, column.type, column.nullable))


def create_sequence(session, name, kind, options):
    catalog = session.catalog
    wanted = catalog.new_object(catalog.schema_id(name[0]), name[1], "SO")
    if "START" not in options and "MINVALUE" not in options:
        low = {"smallint": -2**15, "int": -2**31, "bigint": -2**63}[kind]
        options += f" MINVALUE {low} START WITH {low}"  # SQL Server begins with the least of the type
    session.postgres.query(f"CREATE SEQUENCE {name_of(name)} AS {kind} {options}")
    catalog.set_relation(wanted, name_of(name))


def alter_sequence(session, name, options):
    if session.catalog.find(name, "SO") is None:
        raise SqlError(15151, "sequence object", name[1])
    session.postgres.query(f"ALTER SEQUENCE {name_of(name)} {options}")


def add_default(session, table, name, value, source, column_name):
    column = table.column(column_name)
    if column.has_default:
        raise SqlError(1781, text="Column already has a DEFAULT bound to it.")
    session.catalog.new_object(session.catalog.schema_id(table.schema),
                               name or f"DF__{table.id:08X}__{column.id:04X}", "D", parent_id=table.id,
                               definition=f"({source})", column_id=column.id)
    session.postgres.query(f"ALTER TABLE {table.pg} ALTER COLUMN {ident(column.name)} SET DEFAULT "
                           f"{assigned(value, column.type)}")


def trust(session, table, name, enable, checked):
    """WITH CHECK CHECK CONSTRAINT: what is there is looked at again. NOCHECK is not kept here."""
    if not enable:
        raise refused("keep constraints that are switched off")
    where = f"parent_id = {table.id} AND type IN ('F', 'C')" + \
        (f" AND lower(name) = {quote(name.lower())}" if name else "")
    found = session.postgres.rows(f"SELECT id, lower(type) FROM tds.objects WHERE {where}")
    if name and not found:
        raise SqlError(4917, text=f"Constraint '{name}' does not exist.")
    for wanted, kind in found if checked else []:
        if kind == "f":
            check_foreign_key(session, table, int(wanted))
        session.postgres.query(f"ALTER TABLE {table.pg} VALIDATE CONSTRAINT {kind}_{wanted}; "
                               f"UPDATE tds.objects SET untrusted = false WHERE id = {wanted}")


def check_foreign_key(session, table, wanted):
    """A key that PostgreSQL holds for valid, though a bulk load went by without it, is made anew."""
    text = session.postgres.value(f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'f_{wanted}'")
    session.postgres.query(f"ALTER TABLE {table.pg} DROP CONSTRAINT f_{wanted}; "
                           f"ALTER TABLE {table.pg} ADD CONSTRAINT f_{wanted} {text.replace(' NOT VALID', '')}")
