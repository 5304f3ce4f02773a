"""A FastCGI client that says what nginx never would: a record at a time, well-formed or not."""
import socket
import struct

BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6


def record(kind, content=b"", request=1, version=1):
    return struct.pack("!BBHHBx", version, kind, request, len(content), 0) + content


def stream(kind, data):
    """In records as large as they may be, and the empty one that ends it."""
    return b"".join(record(kind, data[i:i + 65535]) for i in range(0, len(data), 65535)) + record(kind)


def pair(name, value):
    def length(data):
        return struct.pack("!B", len(data)) if len(data) < 128 else struct.pack("!I", len(data) | 1 << 31)
    return length(name) + length(value) + name + value


def params(values):
    return b"".join(pair(name.encode(), value if isinstance(value, bytes) else value.encode())
                    for name, value in values.items())


def begin():
    return record(BEGIN, struct.pack("!HB5x", 1, 0))


def request(values, body=b""):
    """A whole request, as nginx sends it."""
    return begin() + stream(PARAMS, params(values)) + stream(STDIN, body)


def exchange(path, data, seconds=10):
    """Sends bytes to the socket, and gives what the program answers on its standard output; b"" if it hangs up."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(seconds)
        connection.connect(path)
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
    return _output(answer)


def _output(data):
    out = b""
    while len(data) >= 8:
        _, kind, _, length, padding = struct.unpack("!BBHHBx", data[:8])
        if kind == STDOUT:
            out += data[8:8 + length]
        data = data[8 + length + padding:]
    return out
