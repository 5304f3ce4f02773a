"""From the first byte to a session: PRELOGIN, TLS, LOGIN7, and who may come in."""
import ssl
import struct
from dataclasses import dataclass

from . import collation, kerberos, ntlm, tokens, wire
from .errors import SqlError

OFF, ON, UNSUPPORTED, REQUIRED = 0, 1, 2, 3
VERSION, ENCRYPTION, INSTANCE, THREAD, MARS, END = 0, 1, 2, 3, 4, 0xFF
FIELDS = {"host": 36, "user": 40, "password": 44, "application": 48, "server": 52, "library": 60, "language": 64,
          "database": 68}
INTEGRATED, ODBC = 0x80, 0x02


@dataclass
class Login:
    user: str
    database: str
    application: str
    host: str
    odbc: bool
    packet_size: int
    scheme: str


def options_of(payload):
    found, at = {}, 0
    while payload[at] != END:
        token, offset, length = struct.unpack_from(">BHH", payload, at)
        found[token] = payload[offset:offset + length]
        at += 5
    return found


def prelogin_reply(version, encryption):
    values = {VERSION: struct.pack(">BBHH", *version, 0), ENCRYPTION: bytes([encryption]), INSTANCE: b"\0",
              THREAD: b"", MARS: b"\0"}
    offset, head, body = 5 * len(values) + 1, b"", b""
    for token, value in values.items():
        head += struct.pack(">BHH", token, offset + len(body), len(value))
        body += value
    return head + bytes([END]) + body


def agreed(mode, asked):
    """What of encryption the server answers, by its mode: required, login (the login alone, unless asked), none."""
    if mode == "required":
        return ON if asked == ON else REQUIRED
    if mode == "login" and asked in (OFF, ON, REQUIRED):
        return OFF if asked == OFF else ON
    return UNSUPPORTED


def context_of(settings):
    """No TLS 1.3: its tickets come after the handshake, where TDS 7.4 has no place for them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(settings["certificate"], settings["key"])
    return context


def clear_password(data):
    return bytes((each ^ 0xA5) >> 4 | ((each ^ 0xA5) << 4 & 0xF0) for each in data)


def field(payload, name):
    offset, count = struct.unpack_from("<HH", payload, FIELDS[name])
    data = payload[offset:offset + 2 * count]
    return (clear_password(data) if name == "password" else data).decode("utf-16-le")


class Door:
    def __init__(self, connection, settings, faults):
        self._wire, self._settings, self._faults = connection, settings, faults

    def let_in(self, databases):
        """A Login whose secret was right and whose database is there, or None, when the client was told why not."""
        alone = self._prelogin()
        kind, payload = self._wire.read_message()
        if alone:
            self._wire.stop_tls()
        if kind != wire.LOGIN or len(payload) < 94:
            raise wire.Gone(f"a packet of type {kind} where a login was due")
        try:
            self._faults.meet("login", self._wire)
            login = self._identify(payload)
            if login.database.lower() not in databases:
                self._tell(SqlError(4060, login.database), end=False)
                raise SqlError(18456, login.user)
        except SqlError as error:
            self._tell(error)
            return None
        return login

    def _prelogin(self):
        """True if TLS is for the login alone."""
        kind, payload = self._wire.read_message()
        if kind != wire.PRELOGIN:
            raise wire.Gone(f"a packet of type {kind} where a prelogin was due")
        self._faults.meet("prelogin", self._wire)
        asked = (options_of(payload).get(ENCRYPTION) or b"\0")[0]
        answer = agreed(self._settings["encryption"], asked)
        self._wire.send(wire.REPLY, prelogin_reply(self._settings["version"], answer))
        if answer == REQUIRED and asked == UNSUPPORTED:
            raise wire.Gone("a client without TLS")
        if answer == UNSUPPORTED:
            return False
        self._faults.meet("tls", self._wire)
        self._wire.start_tls(context_of(self._settings))
        return answer == OFF

    def _identify(self, payload):
        version, = struct.unpack_from("<I", payload, 4)
        if version != tokens.TDS_74:
            raise wire.Gone(f"TDS 7.4 is all that is spoken here, not {version:08x}")
        logins = self._settings["logins"]
        if payload[25] & INTEGRATED:
            user, scheme = self._negotiate(payload, {name: each["password"] for name, each in logins.items() if "\\" in name})
            if user is None:
                raise SqlError(18452)
        else:
            user = field(payload, "user")
            known = next((name for name in logins if name.lower() == user.lower() and "\\" not in name), None)
            if known is None or logins[known]["password"] != field(payload, "password"):
                raise SqlError(18456, user)
            user, scheme = known, "SQL"
        size = min(max(struct.unpack_from("<I", payload, 8)[0] or 4096, 512), 32767)
        return Login(user, field(payload, "database") or logins[user].get("database", "master"),
                     field(payload, "application"), field(payload, "host"), bool(payload[25] & ODBC), size,
                     scheme)

    def _negotiate(self, payload, passwords):
        """Who it is, or None, and by what: NTLM, or a ticket of Kerberos in the login itself."""
        offset, length = struct.unpack_from("<HH", payload, 78)
        exchange = ntlm.Exchange(self._settings["domain"])
        challenge = exchange.challenge(payload[offset:offset + length])
        if challenge is None:
            found = kerberos.user(payload[offset:offset + length], self._settings)
            return found if found in passwords else None, "KERBEROS"
        reply = tokens.Reply(self._settings["name"])
        reply.sspi(challenge)
        self._wire.send(wire.REPLY, reply.data())
        kind, answer = self._wire.read_message()
        return exchange.user(answer, passwords) if kind == wire.SSPI else None, "NTLM"

    def _tell(self, error, end=True):
        self._pending = getattr(self, "_pending", None) or tokens.Reply(self._settings["name"])
        self._pending.error(error)
        if end:
            self._pending.done(status=tokens.ERROR)
            self._wire.send(wire.REPLY, self._pending.data())


def welcome(settings, login, packet_size, database):
    """The reply to a login that succeeded."""
    reply = tokens.Reply(settings["name"])
    reply.change(tokens.DATABASE, database, "master")
    reply.info(SqlError(5701, database))
    reply.change(tokens.COLLATION, collation.wire(settings["collation"]), b"")
    reply.change(tokens.LANGUAGE, "us_english", "")
    reply.info(SqlError(5703))
    reply.login_ack(settings["version"])
    reply.change(tokens.PACKET_SIZE, str(packet_size), "4096")
    reply.done()
    return reply.data()
