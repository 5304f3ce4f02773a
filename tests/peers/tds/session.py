"""A session: what one client has set, its transaction, and how batches run in it."""
import json
import re

from . import control, rpc, tokens, wire
from .bulk import Loader, NullLoader
from .catalog import Catalog, literal
from .conversions import assigned
from .database import Attention, Database, PostgresError, Translator, decoded
from .errors import SqlError, refused
from .grammar import Sql, quote
from .sqltypes import MAX
from .statements import Batch

# After these the batch goes on with its next statement.
GOES_ON = {515, 547, 2601, 2627, 2628, 8152, 8115, 8134, 220, 3701, 50000, 544, 15151, 8114, 3902, 3903}
MARKER = re.compile("\x01(@@?[^\x02]+)\x02")


class BatchEnds(Exception):
    """The error is told already."""


class Output:
    """What a batch sends, statement by statement."""

    def __init__(self, session, reply, token):
        self._session, self.reply, self._token = session, reply, token

    def info(self, error):
        self.reply.info(error)

    def result(self, result, command):
        self.reply.columns(result.columns)
        if self._session.fmtonly:
            self.done(0, command)
            return
        for values in result.encoded_rows():
            self.reply.row(result.columns, values)
        self._session.rowcount = len(result)
        self.done(len(result), command)

    def done(self, count, command=tokens.NOTHING):
        status = tokens.IN_TRANSACTION if self._session.trancount else 0
        self.reply.done(self._token, count=None if self._session.nocount else count, command=command, status=status)

    def error(self, error):
        self.reply.error(error)
        self.reply.done(self._token, status=tokens.ERROR | (tokens.IN_TRANSACTION if self._session.trancount else 0))


class Session:
    def __init__(self, connection, settings, faults, login, spid):
        self.wire, self.settings, self.faults, self.login, self.spid = connection, settings, faults, login, spid
        self.collation, self.version = settings["collation"], settings["version"]
        self.denied = settings["logins"][login.user].get("denied", [])
        self.nocount = self.xact_abort = self.fmtonly = False
        self.textsize = 2**31 - 1 if login.odbc else 4096
        self.rowcount = self.last_error = self.trancount = self.catching = 0
        self.identity = self.identity_insert = self.caught = self.bulk = None
        self.variables, self.open_keys, self.prepared = {}, [], {}
        self.being_made = ""
        self.doomed = False
        self._transaction_id = 0
        self.out = self.postgres = None
        self._connect(login.database)

    def _connect(self, name):
        databases = self.settings["databases"]
        self.database = next(each for each in databases if each.lower() == name.lower())
        if self.postgres:
            self.postgres.close()
        self.postgres = Database(self.settings["dsn"], databases[self.database], self.wire)
        self.catalog = Catalog(self)
        told = {"databases": [{"name": each, "id": at, "collation": self.collation}
                              for at, each in enumerate(databases, 5)],
                "database": self.database, "denied": self.denied, "spid": self.spid,
                "free_bytes": self.settings["free_bytes"], "growth": self.settings["growth"],
                "encrypted": "TRUE" if self.wire.is_encrypted else "FALSE",
                "login": self.login.user, "host": self.login.host, "application": self.login.application,
                "scheme": self.login.scheme}
        self.postgres.query(f"SELECT set_config('tds.server', {quote(json.dumps(told))}, false)")

    # ---- requests

    def serve(self):
        """Until the client leaves."""
        while True:
            kind, payload = self.wire.read_message(self._take_bulk)
            self._answer(kind, payload)

    def _answer(self, kind, payload):
        reply = tokens.Reply(self.settings["name"])
        self.out = Output(self, reply, tokens.DONE)
        self.catching = 0
        try:
            if kind == wire.ATTENTION or payload is None:
                reply.done(status=tokens.ATTENTION)
            elif kind == wire.SQL_BATCH:
                self._batch(payload)
            elif kind == wire.RPC:
                rpc.answer(self, payload)
            elif kind == wire.TRANSACTION:
                rpc.transaction(self, payload)
            elif kind != wire.BULK:
                raise wire.Gone(f"a packet of type {kind}")
        except BatchEnds:
            pass
        except SqlError as error:
            self.out.error(error)
        except Attention:
            self._withdrawn()
            reply.done(status=tokens.ERROR)
            self.wire.send(wire.REPLY, reply.data())  # the answer ends, and the attention has an answer of its own
            reply = tokens.Reply(self.settings["name"])
            reply.done(status=tokens.ATTENTION)
        self.wire.send(wire.REPLY, reply.data())

    def _withdrawn(self):
        """What ran is undone; so is the whole transaction if that was asked for."""
        if not self.trancount or self.xact_abort:
            self._forget_transaction()
        else:
            self.postgres.query("ROLLBACK TO hf_statement")

    def _batch(self, payload):
        text = rpc.after_headers(payload).decode("utf-16-le")
        if self.settings.get("heard"):
            with open(self.settings["heard"], "a") as heard:
                heard.write(json.dumps(text) + "\n")
        self.faults.meet("batch", self.wire, text)
        self.variables = {}
        self.run_text(text)
        if not self.out.reply.is_ended:
            self.out.reply.done()

    def run_text(self, text, variables=None):
        """Compiles and runs a batch, in a scope of its own."""
        if text is None:
            return
        batch = Batch(text, self)
        variables = variables or {}
        batch.variables = {name: kind for name, (kind, _) in variables.items()}
        statements = batch.statements()
        outer, self.variables = self.variables, dict(variables)
        try:
            self.run(statements)
        finally:
            self.ended_variables, self.variables = self.variables, outer

    def declared(self, text):
        return control.declared(Batch, text, self)

    def run(self, statements):
        for statement in statements:
            try:
                self._run_one(statement)
                self.last_error = 0
            except SqlError as error:
                error.line = error.line or statement.line
                self.last_error = error.number
                if self.catching:
                    self.doomed = self.doomed or bool(self.xact_abort and self.trancount)
                    raise
                self.out.error(error)
                if self.xact_abort and self.trancount:
                    self._forget_transaction()
                    raise BatchEnds from error
                if error.number not in GOES_ON:
                    raise BatchEnds from error

    def _run_one(self, statement):
        if statement.steers:
            statement.run(self)
            return
        if self.doomed and statement.verb not in ("", "SELECT"):
            raise SqlError(3930)
        before = len(self.out.reply)
        self.within(lambda: statement.run(self), statement.verb)
        if statement.verb and len(self.out.reply) == before and statement.verb not in ("SELECT", "EXECUTE"):
            self.out.done(None)

    def within(self, action, verb):
        """Runs it in a transaction of its own, or undoes it alone in one that is open."""
        self.postgres.query("SAVEPOINT hf_statement" if self.trancount else "BEGIN")
        try:
            action()
            self.postgres.query("RELEASE hf_statement" if self.trancount else "COMMIT")
        except PostgresError as error:
            self._undo()
            raise Translator(self).error(error, verb) from error
        except SqlError:
            self._undo()
            raise
        except UnicodeEncodeError as error:
            self._undo()
            raise refused("keep half of a surrogate pair") from error

    def _undo(self):
        self.postgres.query("ROLLBACK TO hf_statement" if self.trancount else "ROLLBACK")

    def converted(self, value, kind):
        """A parameter's text as its declared type has it."""
        if value.text is None or value.type.name == kind.name or (value.type.is_string and kind.is_string):
            return value.text
        return self.value(assigned(Sql(f"{quote(value.text)}::{value.type.postgres}"), kind))

    # ---- what statements call

    def filled(self, text):
        """PostgreSQL's SQL with the values of variables."""
        return MARKER.sub(lambda match: self._value_of(match.group(1)), text)

    def _value_of(self, name):
        if name.startswith("@@"):
            value, kind = self._globals()[name], None
            return f"({literal(value)})" if isinstance(value, int) else f"({literal(value)}::text)"
        kind, value = self.variables[name]
        return f"{'NULL' if value is None else quote(value)}::{kind.postgres}"

    def _globals(self):
        caught = self.caught
        return {"@@rowcount": self.rowcount, "@@error": self.last_error, "@@trancount": self.trancount,
                "@@spid": self.spid, "@@identity": None if self.identity is None else int(self.identity),
                "@@version": "Microsoft SQL Server (the peer of the tests) - {}.{}.{}".format(*self.version),
                "@@servername": self.settings["name"], "@@language": "us_english", "@@servicename": "MSSQLSERVER",
                "@@microsoftversion": self.version[0] << 24 | self.version[2], "@@options": 5496,
                "@@textsize": self.textsize, "@@fetch_status": -1, "@@max_precision": 38, "@@lock_timeout": -1,
                "@@db_name": self.database, "@@user": self.login.user,
                "@@xact_state": -1 if self.doomed else int(self.trancount > 0),
                "@@error_number": caught and caught.number, "@@error_message": caught and caught.text,
                "@@error_severity": caught and caught.severity, "@@error_state": caught and caught.state,
                "@@error_line": caught and (caught.line or 1), "@@error_procedure": None,
                "@@app_name": self.login.application, "@@host_name": self.login.host}

    def query(self, text):
        return self.postgres.query(self.filled(text))

    def value(self, text):
        return self.postgres.value(self.filled(f"SELECT {text}"))

    def is_true(self, text):
        found = []
        self.within(lambda: found.append(self.value(f"({text})")), "SELECT")
        return found[0] == "t"

    def assign(self, name, text):
        kind, _ = self.variables[name]
        value = self.value(text)
        if kind.is_string and value is not None and kind.length != MAX:
            value = value[:kind.length]
        self.variables[name] = (kind, value)

    def assign_row(self, names, rows):
        """SELECT @a = …: the last row's values; none, and they stay."""
        for at, name in enumerate(names):
            if name.lower() not in self.variables:
                raise SqlError(137, name)
            kind, _ = self.variables[name.lower()]
            if rows.ntuples:
                self.variables[name.lower()] = (kind, decoded(rows.get_value(rows.ntuples - 1, at)))
        self.rowcount = rows.ntuples

    def change(self, text, command):
        """INSERT, UPDATE or DELETE."""
        result = self.query(text)
        self.rowcount = int(result.command_tuples or 0)
        self.out.done(self.rowcount, command)
        return result

    def need_right(self, right, name=None):
        """262 for what is denied in the database, 229 for what is denied on objects."""
        if right not in self.denied:
            return
        if name is None:
            raise SqlError(262, right, self.database)
        if name[0].lower() not in ("sys", "information_schema"):
            raise SqlError(229, right, name[1], self.database, name[0])

    def set_identity_insert(self, name, on):
        table = self.catalog.table(name, "U", missing=1088)
        if table.identity is None:
            raise SqlError(8106, table.full_name)
        if on and self.identity_insert not in (None, table.id):
            raise SqlError(8107, self.catalog.full_name(self.identity_insert), table.full_name)
        self.identity_insert = table.id if on else None

    def set_open_keys(self, guids):
        self.open_keys = guids
        self.postgres.query(f"SELECT set_config('tds.open_keys', '{','.join(guids)}', false)")

    def use(self, name):
        if name.lower() not in (each.lower() for each in self.settings["databases"]):
            raise SqlError(911, name)
        if self.trancount:
            raise refused("change the database within a transaction")
        old = self.database
        self._connect(name)
        self.out.reply.change(tokens.DATABASE, self.database, old)
        self.out.info(SqlError(5701, self.database))

    # ---- transactions

    def _id(self):
        return self._transaction_id.to_bytes(8, "little")

    def begin(self):
        if not self.trancount:
            self.postgres.query("BEGIN")
            self._transaction_id += 1
            self.out.reply.change(tokens.BEGUN, self._id(), b"")
        self.trancount += 1
        self.out.done(None)

    def commit(self):
        if not self.trancount:
            raise SqlError(3902)
        if self.doomed:
            raise SqlError(3930)
        if self.trancount == 1:
            self.faults.meet("commit", self.wire)
            self.postgres.query("COMMIT")
            self.out.reply.change(tokens.COMMITTED, b"", self._id())
        self.trancount -= 1
        self.out.done(None)

    def rollback(self, name=None):
        if not self.trancount:
            raise SqlError(3903)
        if name is not None and self._saved(name):
            self.postgres.query(f"ROLLBACK TO {self._savepoint(name)}")
        else:
            self._forget_transaction()
        self.out.done(None)

    @staticmethod
    def _savepoint(name):
        return '"hf_' + name.lower().replace('"', '""') + '"'

    def _saved(self, name):
        return name.lower() in self._savepoints

    _savepoints = frozenset()

    def save(self, name):
        if not self.trancount:
            raise SqlError(628)
        self.postgres.query(f"SAVEPOINT {self._savepoint(name)}")
        self._savepoints = self._savepoints | {name.lower()}
        self.out.done(None)

    def _forget_transaction(self):
        self.postgres.query("ROLLBACK")
        if self.trancount:
            self.out.reply.change(tokens.ROLLED_BACK, b"", self._id())
        self.trancount, self.doomed, self._savepoints = 0, False, frozenset()

    # ---- bulk loads

    def _take_bulk(self, first):
        """Packets of a bulk load, as they come; gives what read_message would."""
        reply = tokens.Reply(self.settings["name"])
        self.out = Output(self, reply, tokens.DONE)
        plan, self.bulk = self.bulk, None
        loader = NullLoader(self) if self.settings["null"] else Loader(self, plan)
        try:
            if plan is None:
                raise SqlError(4815, 0, text="A bulk load without an INSERT BULK before it.")
            count = loader.run(first)
        except Attention:
            reply.done(status=tokens.ATTENTION)
        except SqlError as error:
            self.last_error = error.number
            self.out.error(error)
            if self.xact_abort and self.trancount:
                self._forget_transaction()
        else:
            self.rowcount = count
            self.out.done(count, 0xF0)
        self.wire.send(wire.REPLY, self.out.reply.data())

    def server_properties(self):
        major, minor, build = self.version
        return {"ProductVersion": f"{major}.{minor}.{build}.0", "ProductMajorVersion": str(major),
                "ProductLevel": "RTM", "Edition": "Developer Edition (64-bit)", "EngineEdition": 3,
                "Collation": self.collation,
                "ServerName": self.settings["name"], "MachineName": self.settings["name"], "InstanceName": None,
                "IsIntegratedSecurityOnly": 0, "IsClustered": 0, "IsSingleUser": 0, "IsHadrEnabled": 0,
                "IsFullTextInstalled": 0, "LCID": 1033, "ProcessID": self.spid}

    def database_properties(self):
        return {"Collation": self.collation, "Status": "ONLINE", "Updateability": "READ_WRITE",
                "UserAccess": "MULTI_USER", "Recovery": "SIMPLE", "Version": 904, "IsAutoShrink": 0,
                "IsReadCommittedSnapshotOn": 0}
