"""INSERT BULK: rows as TDS sends them, each looked at against its declared type, then copied into PostgreSQL."""
import ctypes
import os
from dataclasses import dataclass

from . import wire
from .catalog import Table
from .database import Attention, PostgresError, Translator
from .errors import SqlError, refused
from .grammar import ident
from .sqltypes import MAX, Reader, Short
from .values import Bad, decoder, fitter

COLUMNS, ROW, COMPRESSED_ROW, DONE = 0x81, 0xD1, 0xD2, 0xFD
DONE_SIZE = 13
PORTION = 1 << 16
# COPY's text format
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass
class Plan:
    """What an INSERT BULK has announced; `columns` are (name, type), or None for all of the table."""
    table: Table
    columns: list
    options: set


class Loader:
    def __init__(self, session, plan):
        self._session, self._plan = session, plan
        self._rest = b""
        self._columns = None  # (type, framing, keep) of each, once they are known
        self._started = self._ended = False
        self._out, self._size = [], 0
        self.count = 0

    def run(self, first):
        """Takes packets until the message ends; gives the count of rows. A failure is told when all has come."""
        session = self._session
        session.wire.is_loading = True
        try:
            session.postgres.query("SAVEPOINT hf_statement" if session.trancount else "BEGIN")
            failure = self._take(*first) or self._finish()
        except Attention:
            self._abandon()
            session._undo()
            raise
        finally:
            session.wire.is_loading = False
        if failure:
            self._abandon()
            session._undo()
            raise self._translated(failure)
        session.postgres.query("RELEASE hf_statement" if session.trancount else "COMMIT")
        return self.count

    def _take(self, status, payload):
        """The failure of the first row that failed, or None."""
        failure, connection = None, self._session.wire
        while True:
            if failure is None:
                try:
                    self._feed(payload)
                except SqlError as error:
                    failure = error
            if status & wire.IGNORE:
                raise Attention
            if status & wire.END_OF_MESSAGE:
                return failure
            kind, status, payload = connection.read_packet()
            if kind == wire.ATTENTION:
                raise Attention

    def _translated(self, failure):
        if isinstance(failure, PostgresError):
            return Translator(self._session).error(failure, "INSERT")
        return failure

    def _abandon(self):
        if self._started:
            self._session.postgres.copy_end("given up")
            self._started = False

    def _finish(self):
        """The failure that shows at the end, or None."""
        try:
            if self._rest:  # FreeTDS sends no DONE at the end, which SQL Server takes
                raise SqlError(4832)
            self._flush()
            if self._started:
                self._started = False
                self._session.postgres.copy_end()
            self._session.faults.meet("bulk end", self._session.wire, self._plan.table.full_name)
            if self._unchecked:
                self._session.postgres.query(
                    "SET LOCAL session_replication_role = origin; UPDATE tds.objects SET untrusted = true "
                    f"WHERE parent_id = {self._plan.table.id} AND type IN ('F', 'C')")
        except (SqlError, PostgresError) as error:
            return error
        return None

    @property
    def _unchecked(self):
        return "check_constraints" not in self._plan.options

    # ---- tokens

    def _feed(self, payload):
        reader = Reader(self._rest + payload if self._rest else payload)
        start = 0
        try:
            while reader.at < len(reader.data):
                start = reader.at
                self._token(reader)
            self._rest = b""
        except Short:
            self._rest = reader.data[start:]
        except Bad as error:
            raise SqlError(4832) from error

    def _token(self, reader):
        token = reader.take(1)[0]
        if self._ended:
            raise refused("read bytes after the end of a bulk load")
        if token == COLUMNS:
            self._declare(reader)
        elif token in (ROW, COMPRESSED_ROW) and self._columns is not None:
            self._row(reader, token == COMPRESSED_ROW)
        elif token == DONE:
            reader.take(DONE_SIZE - 1)
            self._ended = True
        else:
            raise SqlError(4832)

    def _declare(self, reader):
        count = reader.number("<H")
        found = []
        for _ in range(count):
            reader.take(6)
            kind, framing = reader.type()
            found.append((kind, framing, reader.text8()))
        table = self._plan.table
        targets = self._targets(table)
        if len(found) != len(targets):
            raise SqlError(213)
        self._names = [each.name for each in targets]
        self._columns = [self._column(at, table, target, declared, *each) for at, (target, declared, each) in
                         enumerate(zip(targets, self._declared(targets), found), 1)]
        planned = self._session.faults.planned("row")
        self._fault_rows = {fault.get("row", 1) for _, fault in planned}

    def _targets(self, table):
        if self._plan.columns is None:
            return [each for each in table.columns if not each.identity and not each.computed]
        found = [table.column(name) for name, _ in self._plan.columns]
        for each in found:
            if each.computed:
                raise SqlError(271, each.name)
        return found

    def _declared(self, targets):
        return [kind for _, kind in self._plan.columns] if self._plan.columns else [each.type for each in targets]

    def _column(self, at, table, target, declared, kind, framing, _):
        """(type, framing, keep): `keep` gives COPY's field of a value's bytes."""
        if family(kind) != family(declared):
            raise SqlError(4816, at)
        decode, fit = decoder(kind), fitter(target, kind, self._session.version)
        escape = target.type.is_string or target.type.is_binary or target.type.name in ("xml", "datetimeoffset")
        limit = kind.max_length if kind.length != MAX and (kind.is_string or kind.is_binary) else None
        name = kind.name

        def keep(data):
            if data is None:
                return self._null(target)
            if limit is not None and len(data) > limit:
                raise SqlError(4815, at)
            try:
                text = fit(decode(data))
            except Bad as error:
                raise SqlError(9803, name) from error
            return text.translate(ESCAPES) if escape else text
        return kind, framing, keep

    def _null(self, target):
        if not target.nullable:
            raise SqlError(515, target.name, target.table, "INSERT")
        if target.has_default and "keep_nulls" not in self._plan.options:
            raise refused(f"put the default for a NULL into {target.name}: without KEEP_NULLS, SQL Server would")
        return "\\N"

    def _row(self, reader, compressed):
        nulls = reader.take((len(self._columns) + 7) // 8) if compressed else None
        values = [None if nulls and nulls[at // 8] >> at % 8 & 1 else reader.value(kind, framing)
                  for at, (kind, framing, _) in enumerate(self._columns)]
        self.count += 1
        if self.count in self._fault_rows:
            self._session.faults.meet("row", self._session.wire, self._plan.table.full_name, self.count)
        line = "\t".join([keep(value) for (_, _, keep), value in zip(self._columns, values)])
        self._out.append(line)
        self._size += len(line)
        if self._size > PORTION:
            self._flush()

    def _flush(self):
        if not self._out:
            return
        if not self._started:
            self._start()
        self._session.postgres.copy_data(("\n".join(self._out) + "\n").encode())
        self._out, self._size = [], 0

    def _start(self):
        """Without CHECK_CONSTRAINTS foreign keys are not looked at, and not trusted any more."""
        postgres = self._session.postgres
        try:
            if self._unchecked:
                postgres.query("SET LOCAL session_replication_role = replica")
            listed = ", ".join(map(ident, self._names))
            postgres.copy_start(f"COPY {self._plan.table.pg} ({listed}) FROM STDIN")
        except PostgresError as error:
            raise Translator(self._session).error(error, "INSERT") from error
        self._started = True


def family(kind):
    """Types of one family may stand for each other in the stream of a bulk load."""
    if kind.is_string:
        return "wide string" if kind.is_wide else "string"
    for names in (("decimal", "numeric"), ("bit",), ("tinyint", "smallint", "int", "bigint"), ("real", "float"),
                  ("money", "smallmoney"), ("binary", "varbinary"), ("datetime", "smalldatetime")):
        if kind.name in names:
            return names[0]
    return kind.name


class NullLoader:
    """Reads rows and forgets them, fast: for measures of what sends them. See null.c."""

    library = None

    def __init__(self, session):
        self._session = session

    def run(self, first):
        status, payload = first
        scanner = self._open()
        connection = self._session.wire
        try:
            known = scanner.feed(payload)
            ended = bool(status & wire.END_OF_MESSAGE)
            while known and not ended:
                ended, known = scanner.packets(connection)
            if not known:
                raise refused("scan this stream in the null mode")
            if not scanner.is_whole:
                raise SqlError(4832)
            return scanner.count
        finally:
            scanner.close()

    def _open(self):
        if NullLoader.library is None:
            NullLoader.library = ctypes.CDLL(os.environ["TDS_NULL"])
            NullLoader.library.tds_null_new.restype = ctypes.c_void_p
            NullLoader.library.tds_null_count.restype = ctypes.c_longlong
        return Scanner(NullLoader.library)


class Scanner:
    def __init__(self, library):
        self._library = library
        self._state = ctypes.c_void_p(library.tds_null_new())

    def feed(self, payload):
        return self._library.tds_null_feed(self._state, payload, len(payload)) == 0

    def packets(self, connection):
        """(the message has ended, all was understood) after what has come by now."""
        data = connection.take_all()
        used = ctypes.c_size_t()
        outcome = self._library.tds_null_packets(self._state, data, len(data), ctypes.byref(used))
        if used.value < len(data):
            connection.put_back(data[used.value:])
            if outcome == 0:
                connection.fill()
        return outcome == 1, outcome >= 0

    @property
    def is_whole(self):
        return bool(self._library.tds_null_is_whole(self._state))

    @property
    def count(self):
        return self._library.tds_null_count(self._state)

    def close(self):
        self._library.tds_null_free(self._state)
