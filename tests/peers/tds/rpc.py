"""Remote procedure calls, with which clients send statements with parameters, and requests for transactions."""
import struct

from . import tokens
from .errors import SqlError, refused
from .sqltypes import Reader, make
from .values import Bad, decoder

EXECUTE_SQL, PREPARE, EXECUTE, PREPARE_EXECUTE, UNPREPARE = 10, 11, 12, 13, 15
NUMBERS = {EXECUTE_SQL: "sp_executesql", PREPARE: "sp_prepare", EXECUTE: "sp_execute", PREPARE_EXECUTE: "sp_prepexec",
           UNPREPARE: "sp_unprepare"}
BY_REFERENCE = 1
BEGIN, COMMIT, ROLLBACK, SAVE = 5, 7, 8, 9
INT = make("int")


def after_headers(payload):
    """ALL_HEADERS come first."""
    length, = struct.unpack_from("<I", payload)
    if not 4 <= length <= len(payload):
        raise refused("read a request without ALL_HEADERS")
    return payload[length:]


class Parameter:
    def __init__(self, reader, ordinal):
        self.name = reader.text8().lower()
        self.by_reference = bool(reader.take(1)[0] & BY_REFERENCE)
        self.type, framing = reader.type()
        data = reader.value(self.type, framing)
        try:
            self.text = None if data is None else decoder(self.type)(data)
        except Bad as error:
            raise SqlError(8023, ordinal, self.name, self.type.name) from error


def read(payload):
    """(procedure, parameters)."""
    reader = Reader(after_headers(payload))
    length = reader.number("<H")
    if length == 0xFFFF:
        number = reader.number("<H")
        if number not in NUMBERS:
            raise refused(f"know the procedure number {number} (cursors are not offered)")
        name = NUMBERS[number]
    else:
        name = reader.take(2 * length).decode("utf-16-le").lower()
        name = name.removeprefix("sys.").removeprefix("master..").removeprefix("master.sys.")
    reader.take(2)
    found = []
    while reader.at < len(reader.data):
        if reader.data[reader.at] in (0x80, 0xFE, 0xFF):
            raise refused("take several calls in one request")
        found.append(Parameter(reader, len(found) + 1))
    return name, found


def answer(session, payload):
    name, parameters = read(payload)
    if name not in CALLS:
        raise SqlError(2812, name)
    session.out._token = tokens.DONE_IN_PROC
    session.variables = {}
    texts = " ".join(each.text or "" for each in parameters[:3] if each.type.is_string)
    session.faults.meet("batch", session.wire, texts)
    from .session import BatchEnds
    returned, status = [], 0
    try:
        returned = CALLS[name](session, parameters)
    except BatchEnds:
        status = session.last_error
    except SqlError as error:
        session.out.reply.error(error)
        status = session.last_error = error.number
    session.out.reply.return_status(status)
    for ordinal, (title, kind, value) in enumerate(returned):
        session.out.reply.return_value(ordinal, title, kind, value)
    session.out.reply.done(tokens.DONE_PROC, status=tokens.ERROR if status else 0)


def _run(session, text, declared, values):
    """Runs it and gives the outputs."""
    if len(values) > len(declared):
        raise SqlError(8144, text="Procedure or function  has too many arguments specified.")
    by_name = {each.name: each for each in values if each.name}
    variables, outputs = {}, []
    for at, (name, (kind, is_output)) in enumerate(declared.items()):
        value = by_name.get(name) or (values[at] if at < len(values) and not values[at].name else None)
        if value is None and not is_output:
            raise SqlError(8178, text[:60], name)
        variables[name] = (kind, session.converted(value, kind) if value else None)
        if is_output:
            outputs.append((name, kind))
    session.run_text(text, variables)
    return [(name, kind, session.ended_variables[name][1]) for name, kind in outputs]


def _execute_sql(session, parameters):
    declared = session.declared(parameters[1].text or "") if len(parameters) > 1 else {}
    return _run(session, parameters[0].text, declared, parameters[2:])


def _keep(session, parameters):
    handle = len(session.prepared) + 1
    session.prepared[handle] = (session.declared(parameters[1].text or ""), parameters[2].text)
    return handle


def _prepare(session, parameters):
    handle = _keep(session, parameters)
    return [(parameters[0].name, INT, str(handle))]


def _prepare_execute(session, parameters):
    handle = _keep(session, parameters)
    declared, text = session.prepared[handle]
    return [(parameters[0].name, INT, str(handle))] + _run(session, text, declared, parameters[3:])


def _prepared(session, parameter):
    handle = int(parameter.text or 0)
    if handle not in session.prepared:
        raise SqlError(8179, text=f"Could not find prepared statement with handle {handle}.")
    return handle


def _execute(session, parameters):
    declared, text = session.prepared[_prepared(session, parameters[0])]
    return _run(session, text, declared, parameters[1:])


def _unprepare(session, parameters):
    session.prepared[_prepared(session, parameters[0])] = None
    return []


CALLS = {"sp_executesql": _execute_sql, "sp_prepare": _prepare, "sp_prepexec": _prepare_execute, "sp_execute": _execute,
         "sp_unprepare": _unprepare}


def transaction(session, payload):
    body = after_headers(payload)
    kind, = struct.unpack_from("<H", body)
    if kind == BEGIN:
        session.begin()
    elif kind == COMMIT:
        session.commit()
    elif kind in (ROLLBACK, SAVE):
        length = body[2]
        name = body[3:3 + length].decode("utf-16-le") or None
        session.rollback(name) if kind == ROLLBACK else session.save(name)
    else:
        raise refused(f"know the transaction request {kind}")
