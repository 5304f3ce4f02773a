"""A TCP proxy before a server, which a test can hold and cut as a network does."""
import contextlib
import socket
import threading


class Proxy:
    """`with Proxy(server) as proxy:` and connect to server.dsn(name, tcp=True, port=proxy.port).

    `cut()` breaks every connection and takes no new one. A connection that has carried `hold_after` bytes in one of its
    directions is held there until `release()`; `until_held()` waits for the first one. `break_after` are texts: once a
    client has sent all of them in this order on one connection, the server still gets the last, and the client never
    gets an answer; nor, with `for_good`, a new connection. `before` is called with what a client sends, before the
    server gets it, and returns what it gets instead."""

    def __init__(self, server, hold_after=None, break_after=(), for_good=False, before=lambda data: data):
        self._address = ("127.0.0.1", server.port)
        self._hold_after = hold_after if hold_after is not None else float("inf")
        self._break_after, self._for_good, self._before = break_after, for_good, before
        self._held, self._released = threading.Event(), threading.Event()
        self._sockets = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._is_cut = False

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.cut()

    def cut(self):
        with self._lock:
            self._is_cut = True
            for each in (self._listener, *self._sockets):
                with contextlib.suppress(OSError):  # it is gone already
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
            self._sockets.clear()
        self.release()

    def until_held(self, seconds=180):
        assert self._held.wait(seconds), "so many bytes never came"

    def release(self):
        self._released.set()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._address)
            except OSError:
                client.close()
                continue
            with self._lock:
                if self._is_cut:
                    client.close()
                    server.close()
                    return
                self._sockets += [client, server]
            for way in ((client, server, list(self._break_after), self._before), (server, client, [], bytes)):
                threading.Thread(target=self._pass_on, args=way, daemon=True).start()

    def _pass_on(self, source, sink, break_after, before):
        carried = 0
        try:
            while data := source.recv(65536):
                carried += len(data)
                data = before(data)
                if carried > self._hold_after:
                    self._held.set()
                    self._released.wait()
                last = len(break_after) == 1 and break_after[0] in data
                if last:
                    if self._for_good:
                        self._listener.shutdown(socket.SHUT_RDWR)
                    source.shutdown(socket.SHUT_RDWR)
                elif break_after and break_after[0] in data:
                    del break_after[0]
                sink.sendall(data)
                if last:
                    return
            sink.shutdown(socket.SHUT_WR)
        except OSError:  # cut, or one side is gone: the other gets what is on its way, and then the end
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_WR)
