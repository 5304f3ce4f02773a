"""A TCP proxy before a server, which a test can hold and cut as a network does."""
import contextlib
import socket
import threading


class Proxy:
    """`with Proxy(server) as proxy:` and connect to server.dsn(name, tcp=True, port=proxy.port).

    `cut()` breaks every connection and takes no new one. A connection that has carried `hold_after` bytes in one of its
    directions is held there until `release()`; `until_held()` waits for the first one."""

    def __init__(self, server, hold_after=None):
        self._address = ("127.0.0.1", server.port)
        self._hold_after = hold_after if hold_after is not None else float("inf")
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

    def until_held(self, seconds=60):
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
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source, sink):
        carried = 0
        try:
            while data := source.recv(65536):
                carried += len(data)
                if carried > self._hold_after:
                    self._held.set()
                    self._released.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:  # cut, or one side is gone: the other gets what is on its way, and then the end
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_WR)
