"""T-SQL's statements: each is read into a Statement, whose `run` does it in a session."""
from dataclasses import dataclass

from . import changes, control, indexes, keys, lexer, procedures, tables
from .errors import SqlError, refused
from .grammar import quote
from .queries import Queries
from .results import Result
from .tables import TableGrammar
from .tokens import SELECT


@dataclass
class Statement:
    line: int
    run: object  # a function of the session
    verb: str = ""
    steers: bool = False  # it runs others, or begins and ends transactions: none of its own is made around it


class Batch(Queries, TableGrammar, control.ControlGrammar, changes.ChangeGrammar, keys.KeyGrammar,
            procedures.ProcedureGrammar):
    """The whole of a batch, read before anything runs."""

    def statements(self):
        found = []
        while self.sign(";"):
            pass
        while self.token.kind != lexer.END:
            found.append(self.statement(first=not found, top=True))
            while self.sign(";"):
                pass
        return found

    def statement(self, first=False, top=False):
        token = self.token
        if token.kind != lexer.WORD and not (token.kind == lexer.SIGN and token.text == "("):
            raise self.stray()
        word = token.text.lower()
        reader = self._readers().get(word)
        if reader is None:
            if top and first and self.is_name():
                return self.call(token.line)  # a procedure's name may begin a batch
            raise self.stray()
        if self.one_that_must_be_first() and not (first and top):
            raise SqlError(111, f"{word.upper()} {self.ahead().text.upper()}", line=token.line)
        found = reader(token.line)
        found.line = token.line
        return found

    def one_that_must_be_first(self):
        return self.is_word("create", "alter") and (
            self.is_word("schema", "view", "procedure", "function", "trigger", token=self.ahead()) or
            self.are_words("create or alter"))

    def _readers(self):
        return {"select": self._select_statement, "with": self._select_statement, "(": self._select_statement,
                "create": self._create, "alter": self._alter, "drop": self._drop, "insert": self.insert,
                "update": self.update, "delete": self.delete, "truncate": self.truncate, "declare": self.declare,
                "set": self.set, "if": self.conditional, "begin": self.begin, "commit": self.commit,
                "rollback": self.rollback, "save": self.save, "use": self.use, "print": self.print,
                "raiserror": self.raise_error, "throw": self.throw, "waitfor": self.wait_for, "exec": self.call,
                "execute": self.call, "dbcc": self.check_identity, "open": self.open_key, "close": self.close_key,
                "while": self.loop}

    def Statement(self, run, verb="", steers=False):
        return Statement(0, run, verb, steers)

    # ---- SELECT

    def _select_statement(self, _):
        query = self.query()

        def run(session):
            for name in query.tables:
                session.need_right("SELECT", name)
            rows = session.query(query.text)
            if query.assigns:
                session.assign_row(query.assigns, rows)
                return
            result = Result(session, rows, query.items)
            session.out.result(result, SELECT)
        return self.Statement(run, "SELECT")

    # ---- CREATE

    def _create(self, line):
        at = self.at
        self.expect("create")
        if self.accept("table"):
            return self._create_table()
        if self.accept("schema"):
            return self._create_schema()
        if self.one_of("or alter view", "view"):
            return self._create_view(at)
        if self.accept("sequence"):
            return self._create_sequence()
        if self.is_word("master", "certificate", "symmetric"):
            return self.create_key()
        return self._create_index()

    def _create_table(self):
        name = self.object_name()
        columns, constraints = self.table_elements()
        self.index_options()

        def run(session):
            session.need_right("CREATE TABLE")
            tables.create(session, name, columns, constraints)
        return self.Statement(run, "CREATE TABLE")

    def _create_schema(self):
        name = self.name()
        if self.accept("authorization"):
            if self.name().lower() != "dbo":
                raise refused("know owners but dbo")

        def run(session):
            session.need_right("CREATE SCHEMA")
            tables.create_schema(session, name)
        return self.Statement(run, "CREATE SCHEMA")

    def _create_view(self, at):
        replaces = self.is_word("alter", token=self.tokens[self.at - 2])
        name = self.object_name()
        titles = self.name_list() if self.is_sign("(") else None
        self.accept("with schemabinding")
        self.expect("as")
        query = self.query()
        checks = self.accept("with check option")
        definition = self.text_since(at)

        def run(session):
            session.need_right("CREATE VIEW")
            changes.create_view(session, name, titles, query, definition, replaces, checks)
        return self.Statement(run, "CREATE VIEW")

    def _create_sequence(self):
        name = self.object_name()
        kind = self.type().name if self.accept("as") else "bigint"
        if kind not in ("smallint", "int", "bigint"):
            raise refused(f"keep a sequence of {kind}")
        options = " ".join(self._sequence_options())

        def run(session):
            session.need_right("CREATE SEQUENCE")
            changes.create_sequence(session, name, kind, options)
        return self.Statement(run, "CREATE SEQUENCE")

    def _sequence_options(self):
        words = {"start with": "START WITH", "increment by": "INCREMENT BY", "minvalue": "MINVALUE",
                 "maxvalue": "MAXVALUE", "cache": "CACHE", "restart with": "RESTART WITH"}
        plain = {"no cycle": "NO CYCLE", "cycle": "CYCLE", "no minvalue": "NO MINVALUE", "no maxvalue": "NO MAXVALUE",
                 "no cache": ""}
        while True:
            if option := self.one_of(*words):
                if option == "cache" and self.token.kind != lexer.NUMBER:
                    continue
                yield f"{words[option]} {self.integer()}"
            elif option := self.one_of(*plain):
                yield plain[option]
            else:
                return

    def _create_index(self):
        unique = self.accept("unique")
        clustered = self.one_of("clustered", "nonclustered") == "clustered"
        self.expect("index")
        name = self.name()
        self.expect("on")
        table = self.object_name()
        columns = self.index_columns()
        included = self.name_list() if self.accept("include") else []
        condition = None
        if self.accept("where"):
            at = self.at
            condition = self.condition().text, None
            condition = condition[0], f"({self.text_since(at)})"
        self.index_options()

        def run(session):
            target = session.catalog.table(table, "U", missing=1088)
            session.need_right("ALTER", table)
            indexes.create(session, target, name, columns, included, unique=unique, clustered=clustered,
                           condition=condition)
        return self.Statement(run, "CREATE INDEX")

    # ---- ALTER and DROP

    def _alter(self, line):
        self.expect("alter")
        if self.accept("sequence"):
            name = self.object_name()
            options = " ".join(self._sequence_options())
            return self.Statement(lambda session: changes.alter_sequence(session, name, options), "ALTER SEQUENCE")
        if self.accept("view"):
            self.at -= 1
            raise refused("know ALTER VIEW; CREATE OR ALTER it is")
        self.expect("table")
        name = self.object_name()
        change = self._table_change()

        def run(session):
            table = session.catalog.table(name, "U", missing=4902)
            session.need_right("ALTER", name)
            change(session, table)
        return self.Statement(run, "ALTER TABLE")

    def _table_change(self):
        trust = self.one_of("with check", "with nocheck")
        if self.accept("add"):
            return self._additions(trust != "with nocheck")
        if self.one_of("check constraint", "nocheck constraint"):
            enable = self.is_word("check", token=self.tokens[self.at - 2])
            name = None if self.accept("all") else self.name()
            return lambda session, table: changes.trust(session, table, name, enable, trust == "with check")
        if self.accept("alter column"):
            column = self.column([])
            if column.default is not None or column.identity or column.computed is not None:
                raise self.stray()
            return lambda session, table: tables.alter_column(session, table, column.name, column.type, column.nullable)
        self.expect("drop")
        if self.accept("column"):
            name = self.name()
            return lambda session, table: tables.drop_column(session, table, name)
        self.accept("constraint")
        name = self.name()
        return lambda session, table: tables.drop_constraint(session, table, name)

    def _additions(self, trusted):
        columns, constraints, defaults = [], [], []
        while True:
            if self.is_word("constraint", "primary", "unique", "foreign", "check", "default"):
                at = self.at
                name = self.name() if self.accept("constraint") else None
                if self.accept("default"):
                    defaults.append(self._late_default(name))
                else:
                    self.at = at
                    constraints.append(self.table_constraint())
            else:
                columns.append(self.column(constraints))
            if not self.sign(","):
                break

        def change(session, table):
            tables.add_columns(session, table, columns, [])
            table = session.catalog.table_by_id(table.id)
            for constraint in constraints:
                tables.add_constraint(session, table, constraint, trusted=trusted)
            for name, value, source, column in defaults:
                changes.add_default(session, table, name, value, source, column)
        return change

    def _late_default(self, name):
        at = self.at
        value = self.expression()
        source = self.text_since(at)
        self.expect("for")
        return name, value, source, self.name()

    def _drop(self, line):
        self.expect("drop")
        if kind := self.one_of("table", "view", "sequence"):
            return self._drop_objects({"table": "U", "view": "V", "sequence": "SO"}[kind])
        if self.accept("schema"):
            missing_is_fine = self.accept("if exists")
            name = self.name()

            def run(session):
                known = session.postgres.value(f"SELECT 1 FROM tds.schemas WHERE lower(name) = {quote(name.lower())}")
                if known or not missing_is_fine:
                    tables.drop_schema(session, name)
            return self.Statement(run, "DROP SCHEMA")
        if self.accept("index"):
            return self._drop_index()
        return self.drop_key()

    def _drop_objects(self, kind):
        missing_is_fine = self.accept("if exists")
        names = [self.object_name()]
        while self.sign(","):
            names.append(self.object_name())

        def run(session):
            for name in names:
                if missing_is_fine and session.catalog.find(name, kind) is None:
                    continue
                session.need_right("ALTER", name)
                tables.drop(session, name, kind)
        return self.Statement(run, "DROP")

    def _drop_index(self):
        missing_is_fine = self.accept("if exists")
        name = self.name()
        self.expect("on")
        table = self.object_name()

        def run(session):
            target = session.catalog.table(table, "U", missing=1088)
            known = session.postgres.value(
                f"SELECT 1 FROM tds.indexes WHERE object_id = {target.id} AND lower(name) = {quote(name.lower())}")
            if known or not missing_is_fine:
                indexes.drop_named(session, target, name)
        return self.Statement(run, "DROP INDEX")


def describe(session, text, items):
    """The columns of a query, without its rows."""
    return Result(session, session.query(f"SELECT * FROM ({text}) AS q LIMIT 0"), items).columns


