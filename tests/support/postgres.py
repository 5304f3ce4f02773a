"""Private PostgreSQL clusters for tests: made in a moment, used over a socket of their own, gone at the end."""
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from . import majors

SPEED = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "4GB", "shared_buffers": "64MB"}

# Waits for the end of its standard input, which comes also when the tests are killed. Then it stops the server of the
# folder, if one runs, and removes the folder.
GUARD = """
read -r never
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if grep -qsaF "$1" "/proc/$pid/cmdline"; then
    kill -QUIT "$pid"
    while [ -e "$1/data/postmaster.pid" ] && kill -0 "$pid"; do sleep 0.05; done
fi
rm -rf "$1"
"""


def as_server(command):
    """PostgreSQL refuses to run as root; root hands its programs over to the user postgres."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else list(command)


def free_port():
    """Below the range from which the kernel gives ports to clients, so that none of them can take it."""
    while True:
        port = random.randint(20000, 32000)
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


class Server:
    """One cluster. `host` is the folder of its socket, where every role is trusted; TCP is on 127.0.0.1."""

    user = "postgres"

    def __init__(self, major=15, *, scram=False, **settings):
        self._prepare(major)
        secret = "scram-sha-256" if scram else "trust"
        self.run("initdb", "--pgdata", self.data, "--username", self.user, "--encoding", "UTF8", "--locale", "C.UTF-8",
                 "--auth-local", "trust", "--auth-host", secret, "--no-sync", owner=True)
        self.configure({**SPEED, **settings})
        self.start()

    def _prepare(self, major):
        self.major = major
        self.programs = majors.programs(major)
        self._environment = {**os.environ, **majors.environment(self.programs), "TZ": "UTC"}
        self.port = free_port()
        self.host = tempfile.mkdtemp(prefix="hf-pg-", dir="/tmp")  # short: the path of a socket has 107 bytes at most
        self.data = f"{self.host}/data"
        self.log = Path(f"{self.host}/log")
        self._guard = subprocess.Popen(["sh", "-c", GUARD, "sh", self.host], stdin=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, start_new_session=True)
        if os.geteuid() == 0:
            shutil.chown(self.host, "postgres")

    def bin(self, name):
        """The path of a client or server program of this major."""
        return str(self.programs / name)

    def run(self, name, *arguments, owner=False, check=True, **options):
        """Runs a program of this major, as the owner of the servers if asked; its output is in the result."""
        command = [self.bin(name), *map(str, arguments)]
        options = {"stdin": None if "input" in options else subprocess.DEVNULL, "text": True, **options}
        done = subprocess.run(as_server(command) if owner else command, cwd="/", capture_output=True,
                              env=self._environment, **options)
        assert not check or done.returncode == 0, f"{' '.join(command)} gave {done.returncode}: {done.stderr}"
        return done

    def dsn(self, dbname="postgres", *, tcp=False, **parameters):
        """A libpq connection string without a password; `parameters` such as user='app' go in as they are."""
        host = "127.0.0.1" if tcp else self.host
        return make_conninfo(**{"host": host, "port": self.port, "user": self.user, "dbname": dbname, **parameters})

    def connect(self, dbname="postgres", **parameters):
        """A psycopg connection in autocommit mode."""
        return psycopg.connect(self.dsn(dbname, **parameters), autocommit=True)

    def psql(self, text, db="postgres", **options):
        """What psql prints for one script, unaligned and without headings; an error in the script is raised."""
        return self.run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.dsn(db), "-f", "-", input=text,
                        **options).stdout.rstrip("\n")

    def createdb(self, name, **options):
        """CREATE DATABASE with options such as owner='o', template='template0', encoding='LATIN1', lc_collate='C'."""
        if self.major >= 15:
            options.setdefault("strategy", "file_copy")  # less work for a server that syncs nothing
        parts = [sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))]
        for option, value in options.items():
            value = sql.Identifier(value) if option in ("owner", "template", "tablespace") else sql.Literal(value)
            parts += [sql.SQL(option.upper()), value]
        with self.connect() as connection:
            connection.execute(sql.SQL(" ").join(parts))
        return name

    def dropdb(self, name):
        """Drops a database and what was derived from its name (kept copies), whoever is connected."""
        with self.connect() as connection:
            found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [name])
            for (each,) in found.fetchall():
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(each)))

    def configure(self, settings):
        """Adds settings to postgresql.conf; a start, restart or reload makes them count."""
        settings = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.host,
                    **settings}
        with open(f"{self.data}/postgresql.conf", "a") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    @property
    def pid(self):
        """The process id of the postmaster; None when it does not run."""
        try:
            return int(Path(f"{self.data}/postmaster.pid").read_text().split("\n")[0])
        except FileNotFoundError:
            return None

    def start(self):
        self._control("start", "-w", "-t", "60", "-l", self.log)

    def stop(self, mode="fast"):
        self._control("stop", "-w", "-m", mode)

    def restart(self, mode="fast"):
        self._control("restart", "-w", "-m", mode, "-l", self.log)

    def reload(self):
        self._control("reload")

    def _control(self, action, *arguments):
        # The server outlives pg_ctl and would keep pipes open, so nothing of it is captured; its log tells.
        command = [self.bin("pg_ctl"), action, "-s", "-D", self.data, *map(str, arguments)]
        done = subprocess.run(as_server(command), cwd="/", env=self._environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        log = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
        assert done.returncode == 0, f"pg_ctl {action} of {self.data} failed:\n{log}"

    def standby(self):
        """A hot standby that streams from this server, at the state of now."""
        other = object.__new__(Server)
        other._prepare(self.major)
        try:
            self.run("pg_basebackup", "-d", self.dsn(), "-D", other.data, "-R", "-X", "stream", "-c", "fast",
                     "--no-sync", owner=True)
            other.configure({})
            other.start()
            other.catch_up(self)
        except BaseException:
            other.remove()
            raise
        return other

    def catch_up(self, primary, seconds=30):
        """Waits until this standby shows everything that `primary` has committed."""
        target = primary.psql("SELECT pg_current_wal_lsn()")
        until = time.monotonic() + seconds
        while self.psql(f"SELECT coalesce(pg_last_wal_replay_lsn() >= '{target}', false)") != "t":
            assert time.monotonic() < until, f"the standby has not reached {target} after {seconds} seconds"
            time.sleep(0.05)

    def remove(self):
        """Stops the server if it runs, and removes all of it."""
        self._guard.stdin.close()
        self._guard.wait()


class Servers:
    """The clusters of one test session: one for each major and set of options, started when first asked for."""

    def __init__(self):
        self._shared = {}
        self._all = []

    def __call__(self, major=15, *, fresh=False, **options):
        """A running server; the shared one unless `fresh`, which a test asks for that stops or breaks its server."""
        key = (major, tuple(sorted(options.items())))
        if fresh or key not in self._shared:
            server = self.keep(Server(major, **options))
            if fresh:
                return server
            self._shared[key] = server
        return self._shared[key]

    def standby(self, primary):
        return self.keep(primary.standby())

    def keep(self, server):
        self._all.append(server)
        return server

    def remove(self):
        for server in reversed(self._all):
            server.remove()
