"""What steers a batch: variables, conditions, transactions, options, messages."""
from . import lexer
from .conversions import assigned
from .errors import SqlError, refused
from .grammar import Sql

# Options that change nothing here, with the one value that is so.
FIXED = {"ansi_nulls": "on", "ansi_padding": "on", "ansi_warnings": "on", "arithabort": "on",
         "concat_null_yields_null": "on", "quoted_identifier": "on", "numeric_roundabort": "off",
         "ansi_null_dflt_on": "on", "cursor_close_on_commit": "off", "implicit_transactions": "off",
         "ansi_defaults": "on", "arithignore": "off"}
VALUES = {"language": ("us_english",), "dateformat": ("mdy",), "datefirst": ("7",), "rowcount": ("0",),
          "deadlock_priority": ("low", "normal", "high")}
LEVELS = ("read uncommitted", "read committed", "repeatable read", "serializable")


class ControlGrammar:
    def declare(self, line):
        self.expect("declare")
        made = []
        while True:
            token = self.step()
            if token.kind != lexer.VARIABLE:
                raise self.stray()
            self.accept("as")
            name, kind = token.text.lower(), self.type()
            if name in self.variables:
                raise SqlError(134, token.text, line=token.line)
            self.variables[name] = kind
            made.append((name, kind, self.expression() if self.sign("=") else Sql("NULL", literal="NULL")))
            if not self.sign(","):
                break

        def run(session):
            for name, kind, value in made:
                session.variables[name] = (kind, None)
                session.assign(name, assigned(value, kind))
        return self.Statement(run)

    def set(self, line):
        self.expect("set")
        if self.token.kind == lexer.VARIABLE:
            return self._set_variable()
        if self.accept("transaction isolation level"):
            if not self.one_of(*LEVELS):
                raise refused("know this isolation level")
            return self.Statement(lambda session: None)
        if self.accept("identity_insert"):
            name = self.object_name()
            on = self._on_or_off() == "on"
            return self.Statement(lambda session: session.set_identity_insert(name, on))
        return self._set_option()

    def _set_variable(self):
        token = self.step()
        name = token.text.lower()
        if name not in self.variables:
            raise SqlError(137, token.text, line=token.line)
        adds = self.sign("+=")
        if not adds:
            self.need("=")
        value = self.expression()
        kind = self.variables[name]
        if adds:
            value = Sql(f"(\x01{name}\x02 + {value.text})")
        return self.Statement(lambda session: session.assign(name, assigned(value, kind)))

    def _on_or_off(self):
        found = self.one_of("on", "off")
        if found is None:
            raise self.stray()
        return found

    def _set_option(self):
        names = [self.step().text.lower()]
        while self.sign(","):
            names.append(self.step().text.lower())
        name = names[0]
        if all(each in FIXED for each in names):
            value = self._on_or_off()
            for each in names:
                if FIXED[each] != value:
                    raise refused(f"know SET {each.upper()} {value.upper()}")
            return self.Statement(lambda session: None)
        if name in ("nocount", "xact_abort", "fmtonly"):
            on = self._on_or_off() == "on"
            return self.Statement(lambda session: setattr(session, name, on), steers=True)
        if name == "textsize":
            size = self.integer()
            if size < 0:
                raise refused("know a TEXTSIZE of -1, which some servers do not either")
            return self.Statement(lambda session: setattr(session, name, size or 4096))
        if name == "lock_timeout":
            wait = max(self.integer(), 0)
            return self.Statement(lambda session: session.postgres.query(f"SET lock_timeout = {wait}"), steers=True)
        if name in VALUES:
            value = self.step().text.lower()
            if value not in VALUES[name]:
                raise refused(f"know SET {name.upper()} {value}")
            return self.Statement(lambda session: None)
        self.at -= 1
        raise self.stray()

    # ---- conditions and blocks

    def conditional(self, line):
        self.expect("if")
        condition = self.condition()
        then = self.block()
        while self.is_sign(";") and self.is_word("else", token=self.ahead()):
            self.step()
        otherwise = self.block() if self.accept("else") else []

        def run(session):
            session.run(then if session.is_true(condition.text) else otherwise)
        return self.Statement(run, steers=True)

    def loop(self, line):
        self.expect("while")
        condition = self.condition()
        body = self.block()

        def run(session):
            while session.is_true(condition.text):
                session.run(body)
        return self.Statement(run, steers=True)

    def block(self):
        """BEGIN … END, or one statement."""
        if self.is_word("begin") and not self.is_word("tran", "transaction", "try", token=self.ahead()):
            self.step()
            return self._until("end")
        return [self.statement()]

    def _until(self, words):
        found = []
        while not self.accept(words):
            if not self.sign(";"):
                found.append(self.statement())
        return found

    def begin(self, line):
        if self.accept("begin try"):
            return self._try()
        if not self.one_of("begin transaction", "begin tran"):
            body = self.block()
            return self.Statement(lambda session: session.run(body), steers=True)
        if self.is_name():
            self.name()
        return self.Statement(lambda session: session.begin(), steers=True)

    def _try(self):
        tried = self._until("end try")
        while self.sign(";"):
            pass
        self.expect("begin catch")
        caught = self._until("end catch")

        def run(session):
            session.catching += 1
            try:
                session.run(tried)
            except SqlError as error:
                session.catching -= 1
                outer, session.caught = session.caught, error
                session.run(caught)
                session.caught = outer
            else:
                session.catching -= 1
        return self.Statement(run, steers=True)

    # ---- transactions

    def _transaction_name(self):
        self.one_of("transaction", "tran", "work")
        return self.name() if self.is_name() and not self._starts_statement() else None

    def _starts_statement(self):
        return self.token.kind == lexer.WORD and self.token.text.lower() in self._readers()

    def commit(self, line):
        self.expect("commit")
        self._transaction_name()
        return self.Statement(lambda session: session.commit(), steers=True)

    def rollback(self, line):
        self.expect("rollback")
        name = self._transaction_name()
        return self.Statement(lambda session: session.rollback(name), steers=True)

    def save(self, line):
        self.expect("save")
        name = self._transaction_name()
        return self.Statement(lambda session: session.save(name), steers=True)

    # ---- messages and the rest

    def use(self, line):
        self.expect("use")
        name = self.name()
        return self.Statement(lambda session: session.use(name), steers=True)

    def print(self, line):
        self.expect("print")
        value = self.expression()

        def run(session):
            text = session.value(f"tds.string({value.text}, NULL)")
            session.out.info(SqlError(0, severity=0, state=1, text=text or ""))
        return self.Statement(run)

    def raise_error(self, line):
        self.expect("raiserror")
        self.need("(")
        parts = [self.expression()]
        while self.sign(","):
            parts.append(self.expression())
        self.need(")")
        self.accept("with nowait")

        def run(session):
            text, severity, state, *details = [session.value(f"tds.string({each.text}, NULL)") for each in parts]
            if int(severity) > 18:
                raise refused("raise errors of a severity above 18")
            for each in details:
                at = text.find("%")
                text = text[:at] + (each or "(null)") + text[at + 2:]
            error = SqlError(50000, severity=int(severity), state=int(state), text=text, line=line)
            if error.severity > 10:
                raise error
            session.out.info(error)
        return self.Statement(run)

    def throw(self, line):
        self.expect("throw")
        if self.token.kind == lexer.END or self.is_sign(";") or self.is_word("end"):
            def again(session):
                if session.caught is None:
                    raise SqlError(10704)
                raise session.caught
            return self.Statement(again)
        parts = [self.expression()]
        for _ in range(2):
            self.need(",")
            parts.append(self.expression())

        def run(session):
            number, text, state = [session.value(f"tds.string({each.text}, NULL)") for each in parts]
            raise SqlError(int(number), severity=16, state=int(state), text=text, line=line)
        return self.Statement(run)

    def wait_for(self, line):
        self.expect("waitfor delay")
        hours, minutes, seconds = self.string().split(":")
        wait = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
        return self.Statement(lambda session: session.postgres.query(f"SELECT pg_sleep({wait})"))


def declared(grammar_class, text, session):
    """{name: (type, is output)} of sp_executesql's second parameter."""
    grammar = grammar_class(text, session)
    found = {}
    while grammar.token.kind != lexer.END:
        name = grammar.step().text.lower()
        grammar.accept("as")
        found[name] = (grammar.type(), bool(grammar.one_of("output", "out")))
        if not grammar.sign(",") and grammar.token.kind != lexer.END:
            raise grammar.stray()
    return found


