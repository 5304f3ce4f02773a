"""A small live database with an archive of another content, and clients of it."""
import threading
import time

import psycopg

ROWS = 2000


class Live:
    """A database with the content 'new' in its archive and 'old' in itself: .name, .dsn, .archive."""

    def __init__(self, server, name, holdfast, folder):
        self.server, self.name, self.dsn = server, name, server.dsn(name)
        self._holdfast = holdfast
        server.psql(f"""
            CREATE TABLE content (version text);
            INSERT INTO content VALUES ('new');
            CREATE TABLE numbers AS SELECT i, 'new' AS version FROM generate_series(1, {ROWS}) i;
            CREATE TABLE words AS SELECT i, 'word ' || i AS word FROM generate_series(1, {ROWS}) i;
            ALTER TABLE words ADD PRIMARY KEY (i);""", db=name)
        self.archive = folder / "new.hf"
        holdfast("backup", "--from", self.dsn, "--to", self.archive, "--unencrypted")
        self.become("old")

    def become(self, version):
        self.server.psql(f"UPDATE content SET version = '{version}'; UPDATE numbers SET version = '{version}'",
                         db=self.name)

    def content(self):
        """What it holds: 'old' or 'new', or else what is wrong."""
        found = self.server.psql("SELECT version, (SELECT string_agg(DISTINCT version, '+') FROM numbers), "
                                 "(SELECT count(*) FROM numbers), (SELECT count(*) FROM words) FROM content",
                                 db=self.name)
        return {f"{v}|{v}|{ROWS}|{ROWS}": v for v in ("old", "new")}.get(found, found)

    def swap(self, *arguments, **options):
        return self._holdfast("restore", "--from", self.archive, "--to", self.dsn, "--mode", "swap", *arguments,
                              **options)

    def undo(self, *arguments):
        return self._holdfast("undo", "--to", self.dsn, "--json", *arguments).json

    def listed(self):
        """Its copies, newest first, as `holdfast copies --json` tells them."""
        return self._holdfast("copies", "--to", self.dsn, "--json").json["copies"]

    def copies(self):
        """{name: kind} of its copies."""
        return {each["name"]: each["kind"] for each in self.listed()}


class Client:
    """Polls the live database by its name, as an application does, until the block ends: on one connection, or on a new
    one each time. .seen are the contents in turn, .away_s is the longest time between two answers."""

    def __init__(self, live, reconnects=False):
        self._live, self._reconnects, self._stop = live, reconnects, threading.Event()
        self.seen, self.away_s, self.answers = [], 0.0, 0
        self._thread = threading.Thread(target=self._run)

    def _run(self):
        last, connection = time.monotonic(), None
        while not self._stop.is_set():
            try:
                if connection is None or connection.broken:
                    connection = self._live.server.connect(self._live.name)
                version, = connection.execute(
                    "SELECT CASE WHEN (SELECT count(*) FROM numbers n WHERE n.version = c.version) = %s THEN version "
                    "ELSE 'half' END FROM content c", [ROWS]).fetchone()
            except psycopg.Error:
                continue
            now = time.monotonic()
            self.away_s, last = max(self.away_s, now - last), now
            self.answers += 1
            if self.seen[-1:] != [version]:
                self.seen.append(version)
            if self._reconnects:
                connection.close()
                connection = None
        if connection is not None:
            connection.close()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        time.sleep(0.2)
        self._stop.set()
        self._thread.join()
