"""Measures the load of SQL Server, against what people have today: psql's COPY piped into FreeTDS's freebcp. The server
is the tests' stand-in in its null mode, which takes rows apart, counts them and forgets them: what is measured is the
client. So nothing can be proved, and what a migration does before and after its load is left out."""
import json
import os
import re
import subprocess
import time
from pathlib import Path

from common import Measures
from support.mssql import SqlServer

ROWS = 8_000_000  # at the whole scale
TABLE = "(id bigint NOT NULL, at timestamp(3) NOT NULL, name varchar(40) NOT NULL, price numeric(12, 2), number int)"
THERE = "([id] bigint NOT NULL, [at] datetime2(3) NOT NULL, [name] nvarchar(40) NOT NULL, [price] decimal(12, 2), [number] int)"


def peak_of(pid):
    """In MiB, so far."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) / 1024


class MssqlBench(Measures):
    NAMES = ["mssql_load"]

    def mssql_load(self):
        rows = self.part(ROWS)
        self.server.psql("CREATE DATABASE ledger")
        self.server.psql(f"CREATE TABLE ledger {TABLE}; INSERT INTO ledger SELECT i, timestamp '2024-01-01' + i * interval "
                         f"'1 s', 'entry ' || md5(i::text), i % 100000 / 100.0, i % 977 FROM generate_series(1, {rows}) i",
                         "ledger")
        self.settle("ledger")
        peer, self.peaks = SqlServer(self.server, null=True), []
        try:
            ours, theirs = self.turns(lambda: self._ours(peer), lambda: rows / self._freebcp(peer))
        finally:
            peer.remove()
        self.report.pair("load of SQL Server against psql COPY | freebcp", f"{ours:,.0f} rows/s", f"{theirs:,.0f} rows/s",
                         ours / theirs, "at least 1.5")
        early, late = max(self.peaks, key=lambda peaks: peaks[1])
        self.fact("peak memory of a load of SQL Server with 2 jobs, in its first second and to its end",
                  f"{early:.0f} and {late:.0f} MiB", "192 MiB, flat")

    def _ours(self, peer):
        """Rows a second, between the first and the last that is told of the load; what comes after it is not waited for."""
        password = self.folder / "password"
        password.write_text(peer.password)
        password.chmod(0o600)
        command = [self.holdfast, "migrate", "--from", self.server.dsn("ledger"), "--to-mssql", f"{peer.host}:{peer.port}",
                   "--to-database", peer.create_database(), "--to-user", peer.login, "--to-root", peer.root,
                   "--password-file", password, "--jobs", "2", "--others", "go-on", "--progress", "json"]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        seen, peaks, words = [], [], ""
        for line in running.stderr:
            told = json.loads(line) if line.startswith("{") else {}
            words += "" if told else line
            if told.get("phase") == "loading":
                seen.append((told["rows"], time.monotonic()))
                peaks.append(peak_of(running.pid))
            elif seen:
                break
        running.terminate()
        words += running.communicate()[1]
        if len(seen) < 2:
            raise SystemExit(f"the load was too short to measure, or failed: {words}")
        self.peaks.append((peaks[0], peaks[-1]))
        return (seen[-1][0] - seen[0][0]) / (seen[-1][1] - seen[0][1])

    def _freebcp(self, peer):
        database, pipe = peer.create_database(), self.folder / "pipe"
        subprocess.run(["tsql", "-S", "peer", "-U", peer.login, "-P", peer.password, "-D", database], check=True, text=True,
                       input=f"CREATE TABLE dbo.ledger {THERE}\ngo\n", capture_output=True,
                       env={**os.environ, "FREETDSCONF": peer.freetds_conf()})
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe)
        start = time.monotonic()
        copy = subprocess.Popen([self.server.bin("psql"), "-XqAt", "-d", self.server.dsn("ledger"), "-c",
                                 f"\\copy ledger TO '{pipe}'"], stdout=subprocess.DEVNULL)
        subprocess.run(["freebcp", "dbo.ledger", "in", pipe, "-c", "-b", "50000", "-h", "TABLOCK", "-S", "peer", "-U", peer.login,
                        "-P", peer.password, "-D", database], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "FREETDSCONF": peer.freetds_conf()})
        copy.wait()
        return time.monotonic() - start
