"""The tokens of a reply, written in order."""
import struct

from . import sqltypes

MORE, ERROR, IN_TRANSACTION, COUNT, ATTENTION = 1, 2, 4, 16, 32
DONE, DONE_PROC, DONE_IN_PROC = 0xFD, 0xFE, 0xFF
DATABASE, LANGUAGE, PACKET_SIZE, COLLATION, BEGUN, COMMITTED, ROLLED_BACK = 1, 2, 4, 7, 8, 9, 10
NULLABLE, UPDATABLE, IDENTITY, COMPUTED = 0x01, 0x08, 0x10, 0x20
SELECT, INSERT, DELETE, UPDATE, NOTHING = 0xC1, 0xC3, 0xC4, 0xC5, 0xFD
TDS_74 = 0x74000004


def text8(text):
    return bytes([len(text.encode("utf-16-le")) // 2]) + text.encode("utf-16-le")


def text16(text):
    data = text.encode("utf-16-le", "surrogatepass")
    return struct.pack("<H", len(data) // 2) + data


class Reply:
    def __init__(self, server_name):
        self._server_name = server_name
        self._out = bytearray()
        self._last_done = None  # where the status of the last DONE stands

    def data(self):
        """All of it: the last DONE is the end, those before it say that more follows."""
        return bytes(self._out)

    @property
    def is_ended(self):
        """Whether a DONE is the last of it; an INFO alone needs one."""
        return self._last_done == len(self._out) - 12

    def _done(self, token, status, command, count):
        if self._last_done is not None:
            self._out[self._last_done] |= MORE
        self._last_done = len(self._out) + 1
        self._out += struct.pack("<BHHQ", token, status, command, count)

    def done(self, token=DONE, *, count=None, command=NOTHING, status=0):
        self._done(token, status | (COUNT if count is not None else 0), command, count or 0)

    def _message(self, token, number, state, severity, text, line):
        body = struct.pack("<iBB", number, state, severity) + text16(text[:4000]) + text8(self._server_name) + \
            text8("") + struct.pack("<i", line or 1)
        self._out += struct.pack("<BH", token, len(body)) + body

    def error(self, error):
        self._message(0xAA, error.number, error.state, error.severity, error.text, error.line)

    def info(self, error):
        self._message(0xAB, error.number, error.state, error.severity, error.text, error.line)

    def change(self, kind, new, old):
        """ENVCHANGE; text as it is, bytes for collations and transactions."""
        def pack(value):
            return text8(value) if isinstance(value, str) else bytes([len(value)]) + value
        body = bytes([kind]) + pack(new) + pack(old)
        self._out += struct.pack("<BH", 0xE3, len(body)) + body

    def login_ack(self, version):
        name = text8("Microsoft SQL Server\0\0")
        body = struct.pack(">BI", 1, TDS_74) + name + struct.pack(">BBH", *version)
        self._out += struct.pack("<BH", 0xAD, len(body)) + body

    def sspi(self, data):
        self._out += struct.pack("<BH", 0xED, len(data)) + data

    def return_status(self, status):
        self._out += struct.pack("<Bi", 0x79, status)

    def return_value(self, ordinal, name, kind, value):
        self._out += struct.pack("<BH", 0xAC, ordinal) + text8(name) + struct.pack("<BIH", 1, 0, NULLABLE) + \
            sqltypes.type_info(kind, True) + sqltypes.framed(kind, True, None if value is None else
                                                             sqltypes.encoder(kind)(value))

    def columns(self, columns):
        """COLMETADATA of [Column]; see results.py."""
        self._out += struct.pack("<BH", 0x81, len(columns))
        for column in columns:
            flags = NULLABLE * column.nullable | IDENTITY * column.identity | COMPUTED * column.computed | \
                UPDATABLE * column.updatable
            self._out += struct.pack("<IH", 0, flags) + sqltypes.type_info(column.type, column.nullable) + \
                text8(column.name)

    def row(self, columns, values):
        """Values as encoder() gives them, None for NULL. A row with NULLs is compressed, as SQL Server does."""
        if None in values:
            bits = bytearray((len(values) + 7) // 8)
            for at, value in enumerate(values):
                if value is None:
                    bits[at // 8] |= 1 << at % 8
            self._out += b"\xd2" + bits
        else:
            self._out += b"\xd1"
        for column, value in zip(columns, values):
            if value is not None:
                self._out += sqltypes.framed(column.type, column.nullable, value)

    def __len__(self):
        return len(self._out)
