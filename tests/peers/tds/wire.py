"""Packets of TDS on a socket, in the clear or within TLS, whose handshake travels in prelogin packets."""
import select
import socket
import ssl
import struct

SQL_BATCH, RPC, REPLY, ATTENTION, BULK, TRANSACTION, LOGIN, SSPI, PRELOGIN = 1, 3, 4, 6, 7, 14, 16, 17, 18
END_OF_MESSAGE, IGNORE = 1, 2
HEADER = struct.Struct(">BBHHBB")
LARGEST_MESSAGE = 1 << 28


class Gone(Exception):
    """The client has left, or speaks no TDS."""


class Wire:
    def __init__(self, connection):
        self.socket = connection
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.packet_size = 4096
        self.is_loading = False  # while a bulk load comes, whose packets are no attention
        self._raw = bytearray()  # what came in, once deciphered
        self._tls = self._incoming = self._outgoing = None

    # ---- bytes

    def start_tls(self, context):
        """Until the handshake is done, each flight of TLS is wrapped in prelogin packets; later TDS is within TLS."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_side=True)
        while True:
            try:
                tls.do_handshake()
                done = True
            except ssl.SSLWantReadError:
                done = False
            except ssl.SSLError as error:
                raise Gone(f"no TLS: {error}") from error
            if outgoing.pending:
                self.send(PRELOGIN, outgoing.read())
            if done:
                break
            kind, _, payload = self.read_packet()
            if kind != PRELOGIN:
                raise Gone(f"a packet of type {kind} within the handshake of TLS")
            incoming.write(payload)
        self._tls, self._incoming, self._outgoing = tls, incoming, outgoing

    def stop_tls(self):
        """After a login that alone was encrypted."""
        self._tls = None

    def fill(self):
        """Waits for more bytes and takes what is there."""
        try:
            data = self.socket.recv(1 << 18)
        except OSError as error:
            raise Gone(str(error)) from error
        if not data:
            raise Gone("closed")
        if self._tls is None:
            self._raw += data
            return
        self._incoming.write(data)
        try:
            while part := self._tls.read(1 << 15):
                self._raw += part
        except ssl.SSLWantReadError:
            return
        except ssl.SSLError as error:
            raise Gone(f"no TLS: {error}") from error
        raise Gone("closed")

    def take_all(self):
        """All that has come, packets or not: for the null mode, which takes packets apart elsewhere."""
        if not self._raw:
            self.fill()
        data, self._raw = bytes(self._raw), bytearray()
        return data

    def put_back(self, data):
        self._raw[:0] = data

    def _write(self, data):
        if self._tls is not None:
            view = memoryview(data)
            while view:
                view = view[self._tls.write(view):]
            data = self._outgoing.read()
        try:
            self.socket.sendall(data)
        except OSError as error:
            raise Gone(str(error)) from error

    def cut(self):
        """Ends the connection as a network does that fails: with a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
        raise Gone("cut by a fault that a test asked for")

    # ---- packets and messages

    def _packet(self):
        """The next whole packet that is there; None if there is none yet."""
        if len(self._raw) < HEADER.size:
            return None
        kind, status, length, *_ = HEADER.unpack_from(self._raw)
        if length < HEADER.size:
            raise Gone("a packet that is shorter than its header")
        if len(self._raw) < length:
            return None
        payload = bytes(self._raw[HEADER.size:length])
        del self._raw[:length]
        return kind, status, payload

    def read_packet(self):
        while (packet := self._packet()) is None:
            self.fill()
        return packet

    @property
    def is_encrypted(self):
        return self._tls is not None

    def read_message(self, take_bulk=None):
        """(type, payload), the payload None if the client takes the message back. `take_bulk` reads bulk loads."""
        kind, status, payload = self.read_packet()
        while kind == BULK and take_bulk:
            take_bulk((status, payload))
            kind, status, payload = self.read_packet()
        whole = bytearray(payload)
        while not status & END_OF_MESSAGE:
            more, status, payload = self.read_packet()
            if more == ATTENTION:
                return ATTENTION, b""
            if more != kind or len(whole) > LARGEST_MESSAGE:
                raise Gone(f"a packet of type {more} in a message of type {kind}, or too long a message")
            whole += payload
        return kind, None if status & IGNORE else bytes(whole)

    def wait(self, other):
        """Waits for the file descriptor `other`; True if the client's attention comes first."""
        watched = [other] if self.is_loading else [self.socket, other]
        readable = select.select(watched, [], [])[0]
        if self.socket in readable:
            self.fill()
            packet = self._packet()
            if packet and packet[0] != ATTENTION:
                raise Gone("a new request before the end of the last one (MARS is not offered)")
            return packet is not None
        return False

    def send(self, kind, data):
        room = self.packet_size - HEADER.size
        parts = [data[at:at + room] for at in range(0, len(data), room)] or [b""]
        out = bytearray()
        for number, part in enumerate(parts, 1):
            status = END_OF_MESSAGE if number == len(parts) else 0
            out += HEADER.pack(kind, status, len(part) + HEADER.size, 0, number % 256, 0) + part
        self._write(bytes(out))
