"""What all measures share: a server as people run it, commands that are timed, turns, and the report."""
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

from support import majors
from support.holdfast import Holdfast
from support.postgres import Server

# A server as people run it, not as tests do.
SETTINGS = {"fsync": "on", "full_page_writes": "on", "max_wal_size": "8GB", "shared_buffers": "1GB",
            "checkpoint_timeout": "30min", "max_locks_per_transaction": "256"}
SHOP = majors.REPOSITORY / "tests/support/shop.sql"
WHOLE_SCALE = 24  # at which everything has the size that the promises speak of


class Report:
    """What was measured, and beside it what we promise."""

    def __init__(self):
        self.rows = []

    def pair(self, what, ours, theirs, ratio, promise):
        self.rows.append((what, ours, theirs, f"{ratio:.2f}", promise))
        print(f"{what}: {ours} against {theirs}, ratio {ratio:.2f} ({promise})", flush=True)

    def fact(self, what, value, promise):
        self.rows.append((what, value, "", "", promise))
        print(f"{what}: {value}{f' ({promise})' if promise else ''}", flush=True)

    def print(self):
        print("\n| what | ours | theirs | ratio | promised |\n| --- | --- | --- | --- | --- |")
        for row in self.rows:
            print("| " + " | ".join(row) + " |")


class Measures:
    """A group of measures, each a method of its own; NAMES lists them."""

    NAMES = []

    def __init__(self, options, report):
        self.scale, self.runs, self.report = options.scale, options.runs, report
        self.folder = majors.REPOSITORY / "build/bench" / type(self).__name__
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.holdfast = Holdfast().path
        self.server = Server(15, **SETTINGS)
        self.key = self.folder / "key.txt"
        subprocess.run([self.holdfast, "keygen", "--out", self.key], check=True, capture_output=True)
        self.recipient = re.search(r"age1\w+", self.key.read_text()).group()

    def close(self):
        self.server.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def fact(self, what, value, promise):
        self.report.fact(what, value, promise)

    def note(self, what):
        print(f"{what} …", file=sys.stderr, flush=True)

    def part(self, whole):
        """So many at the whole scale; fewer for a quick look."""
        return max(1, int(whole * min(1, self.scale / WHOLE_SCALE)))

    def make_shop(self, name, scale):
        """The sample database of that scale."""
        self.note(f"making the database {name}")
        self.server.createdb(name)
        self.server.run("psql", "-Xq", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-v", f"scale={scale}",
                        "-d", self.server.dsn(name), "-f", SHOP)
        self.settle(name)

    def settle(self, name):
        """Nothing is left for the server to do about what was written."""
        self.server.psql("VACUUM (FREEZE, ANALYZE)", name)
        self.server.psql("CHECKPOINT", name)

    def run(self, command, **options):
        """Seconds, and the peak memory in MiB of the (first) process."""
        self.server.psql("CHECKPOINT")
        start = time.monotonic()
        process = subprocess.Popen(command, shell=isinstance(command, str), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, cwd="/", **options)
        words = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{command} gave {process.returncode}: {words.decode(errors='replace')}")
        return seconds, usage.ru_maxrss / 1024

    def backup_command(self, source, target, *more):
        return [self.holdfast, "backup", "--from", source, "--to", self.folder / target, "--force", "--recipient",
                self.recipient, "--quiet", *more]

    def turns(self, *jobs):
        """Runs the jobs in turns; the median of what each gives."""
        given = [[] for _ in jobs]
        for _ in range(self.runs):
            for values, job in zip(given, jobs):
                values.append(job())
        return [statistics.median(values) for values in given]
