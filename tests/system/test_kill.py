"""kill -9 at any moment. A file under its final name verifies; the live database is there all the time, under its name,
and is the old or the new one; what is left is listed by `holdfast copies`, and goes with --drop-stale.

More than seventy kills in all: at random moments (the seed is printed, and $HOLDFAST_KILL_SEED gives another), and some at the one
moment that counts, inside the transaction of the swap."""
import contextlib
import os
import random
import subprocess
import threading
import time

import psycopg
import pytest

from support.faults import databases, wait_until

SEED = int(os.environ.get("HOLDFAST_KILL_SEED", "20240519"))
ROWS = 150_000
BACKUPS, SWAPS, SWAPS_INSIDE, UNDOS, IN_PLACES, MIGRATIONS = 15, 18, 4, 12, 15, 10

pytestmark = pytest.mark.slow_once

# All that a query can tell at once: 'old' or 'new', or else something is half.
CONTENT = f"""
    SELECT CASE WHEN (SELECT count(*) FROM orders) = {ROWS} AND (SELECT sum(i) FROM orders) = {ROWS * (ROWS + 1) // 2}
                 AND (SELECT count(*) FROM customers WHERE customers.version = content.version) = 1000
                 AND (SELECT count(*) FROM pg_index WHERE indexrelid::regclass::text LIKE 'orders%') = 3
                 AND (SELECT count(*) FROM pg_constraint WHERE contype = 'f') = 1
           THEN version ELSE 'half' END
    FROM content"""


class Live:
    """A database of some 30 MB with the content 'new' in its archive and 'old' in itself."""

    def __init__(self, server, name, holdfast, folder):
        self.server, self.name, self.dsn, self._holdfast = server, name, server.dsn(name), holdfast
        server.psql(f"""
            CREATE TABLE content (version text);
            INSERT INTO content VALUES ('new');
            CREATE TABLE customers AS SELECT i AS id, 'new' AS version FROM generate_series(1, 1000) i;
            ALTER TABLE customers ADD PRIMARY KEY (id);
            CREATE TABLE orders AS SELECT i, i % 1000 + 1 AS customer, md5(i::text) || md5((i + 1)::text) AS note
                FROM generate_series(1, {ROWS}) i;
            ALTER TABLE orders ADD PRIMARY KEY (i), ADD FOREIGN KEY (customer) REFERENCES customers;
            CREATE INDEX ON orders (customer); CREATE INDEX ON orders (note);
            CREATE VIEW busy AS SELECT customer, count(*) FROM orders GROUP BY 1;""", db=name)
        self.archive = folder / "new.hf"
        holdfast("backup", "--from", self.dsn, "--to", self.archive, "--unencrypted")
        self.become("old")

    def become(self, version):
        self.server.psql(f"UPDATE content SET version = '{version}'; UPDATE customers SET version = '{version}'",
                         db=self.name)

    def content(self):
        return self.server.psql(CONTENT, db=self.name)

    def restore(self, mode, *arguments):
        return ["restore", "--from", self.archive, "--to", self.dsn, "--mode", mode, "--jobs", "2", *arguments]

    def copies(self):
        listed = self._holdfast("copies", "--to", self.dsn, "--json").json["copies"]
        return {each["name"]: each["kind"] for each in listed}

    def settle(self):
        """Waits until the server has noticed that the client is gone."""
        gone = ("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name ~ '^(holdfast|pg_dump)' "
                "AND backend_type = 'client backend'")
        wait_until(lambda: self.server.psql(gone) == "t", 60)

    def sweep(self):
        """Holds what is there against what `holdfast copies` lists, drops what is stale, then the kept copies; gives
        the kinds that were there."""
        found = {each for each in databases(self.server) if each.startswith(f"{self.name}_hf_")}
        listed = self.copies()
        assert set(listed) == found
        stale = {name for name, kind in listed.items() if kind != "kept"}
        dropped = self._holdfast("copies", "--to", self.dsn, "--drop-stale", "--json").json["dropped"]
        assert set(dropped) == stale
        kept = found - stale
        assert set(self.copies()) == kept
        if kept:
            self._holdfast("copies", "--to", self.dsn, *(word for name in kept for word in ("--drop", name)))
        assert not any(each.startswith(f"{self.name}_hf_") for each in databases(self.server))
        return sorted(listed.values())


@pytest.fixture(scope="module")
def live(postgres, holdfast, tmp_path_factory):
    server = postgres(autovacuum="off")
    print(f"HOLDFAST_KILL_SEED={SEED}")
    live = Live(server, server.createdb("kill"), holdfast, tmp_path_factory.mktemp("kill"))
    yield live
    server.dropdb("kill")


class Watch:
    """Looks at the live database until the block ends: from beside, whether its name is there; and, unless `beside`
    alone, as a client who connects by the name, what it holds."""

    def __init__(self, live, beside=False):
        self._live, self._stop = live, threading.Event()
        self.looks, self.absences, self.contents, self.failures = 0, 0, set(), []
        loops = [self._look_beside] if beside else [self._look_beside, self._look_inside]
        self._threads = [threading.Thread(target=self._run, args=(loop,)) for loop in loops]

    def _run(self, loop):
        try:
            loop()
        except BaseException as failure:
            self.failures.append(failure)

    def _look_beside(self):
        with self._live.server.connect() as session:
            while not self._stop.is_set():
                found, = session.execute("SELECT count(*) FROM pg_database WHERE datname = %s AND datallowconn",
                                         [self._live.name]).fetchone()
                self.looks += 1
                self.absences += found != 1
                time.sleep(0.001)

    def _look_inside(self):
        while not self._stop.is_set():
            # In the moment of a swap the session is ended, as every client's.
            with contextlib.suppress(psycopg.OperationalError):
                with self._live.server.connect(self._live.name) as session:
                    self.contents.add(session.execute(CONTENT).fetchone()[0])
            time.sleep(0.02)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()
        assert not self.failures, self.failures
        assert self.looks > 0 and self.absences == 0
        assert self.contents <= {"old", "new"}


def run_and_kill(holdfast, arguments, delay_s):
    """Starts the program and kills it after so long, unless it is done by then; gives its exit status."""
    process = holdfast.popen(*arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(delay_s)
    process.kill()
    return process.wait()


def duration(holdfast, arguments, watch=contextlib.nullcontext()):
    with watch:
        start = time.monotonic()
        holdfast(*arguments)
        return time.monotonic() - start


def moments(whole_s, count):
    """Random moments, one in each of `count` equal shares of a run and a bit more, in random order: the first moment is
    as likely as the last."""
    chance = random.Random(SEED)
    found = [whole_s * 1.1 * (i + chance.random()) / count for i in range(count)]
    chance.shuffle(found)
    return found


def test_a_killed_backup_leaves_no_file_or_a_whole_one(live, holdfast, tmp_path):
    path = tmp_path / "x.hf"
    arguments = ["backup", "--from", live.dsn, "--to", path, "--unencrypted", "--compress", "6", "--jobs", "2"]
    whole_s = duration(holdfast, arguments)
    path.unlink()
    outcomes = []
    for i, delay_s in enumerate(moments(whole_s, BACKUPS)):
        over = i % 3 == 0  # every third over an older file
        if over:
            path.write_text("precious")
        status = run_and_kill(holdfast, [*arguments, *(["--force"] if over else [])], delay_s)
        if path.exists() and not (over and path.read_bytes() == b"precious"):
            holdfast("verify", "--from", path)
            outcomes.append("whole")
        else:
            assert status != 0 and path.exists() == over
            outcomes.append("none")
        path.unlink(missing_ok=True)
        # A kill between the two steps of replacing leaves a hidden name; nothing else can be left.
        for partial in tmp_path.iterdir():
            assert over and partial.name.startswith(".x.hf.partial-")
            partial.unlink()
        live.settle()
    print(f"a backup takes {whole_s:.2f} s; after the kills: {outcomes}")
    assert live.content() == "old"


def test_a_killed_swap_leaves_the_old_or_the_new_database(live, holdfast):
    whole_s = duration(holdfast, live.restore("swap"), Watch(live))
    live.sweep()
    outcomes = []
    for delay_s in moments(whole_s, SWAPS):
        live.become("old")
        with Watch(live) as watch:
            run_and_kill(holdfast, live.restore("swap"), delay_s)
            live.settle()
        content = live.content()
        assert content in ("old", "new") and (content == "new" or "new" not in watch.contents)
        kinds = live.sweep()
        assert kinds in ({"old": ([], ["incoming"]), "new": (["kept"],)}[content]), (content, kinds)
        outcomes.append((content, *kinds))
    print(f"a swap takes {whole_s:.2f} s; after the kills: {outcomes}")
    live.become("old")


@contextlib.contextmanager
def renaming_held(live, choose):
    """Holds the lock of a database, so that the transaction of the swap waits in the middle; `choose` picks its name."""
    with live.server.connect() as holder, holder.transaction():
        name = wait_until(lambda: next((each for each in databases(live.server) if choose(each)), None))
        holder.execute(psycopg.sql.SQL("COMMENT ON DATABASE {} IS 'held'").format(psycopg.sql.Identifier(name)))
        yield
        raise psycopg.Rollback


@pytest.mark.parametrize("step", ["the live database", "the new database"])
@pytest.mark.parametrize("number", range(SWAPS_INSIDE // 2))
def test_a_swap_that_is_killed_inside_its_transaction_was_not_made(live, holdfast, step, number):
    def choose(name):
        return name == live.name if step == "the live database" else name.startswith(f"{live.name}_hf_incoming")

    waiting = ("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '% DATABASE %' "
               "AND application_name = 'holdfast'")
    with Watch(live) as watch:
        process = holdfast.popen(*live.restore("swap", "--proof", "none"), stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        with renaming_held(live, choose):
            wait_until(lambda: live.server.psql(waiting) != "0", 60)
            time.sleep(random.Random(SEED + number).random() / 5)
            process.kill()
            process.wait()
        live.settle()
    assert live.content() == "old" and "new" not in watch.contents
    assert live.sweep() == ["incoming"]


def test_a_killed_undo_leaves_one_of_the_two(live, holdfast):
    holdfast(*live.restore("swap"))
    whole_s = duration(holdfast, ["undo", "--to", live.dsn], Watch(live))
    outcomes = []
    for delay_s in moments(whole_s, UNDOS):
        before = live.content()
        with Watch(live):
            run_and_kill(holdfast, ["undo", "--to", live.dsn], delay_s)
            live.settle()
        after = live.content()
        assert {before, after} <= {"old", "new"}
        assert list(live.copies().values()) == ["kept"]
        outcomes.append("undone" if before != after else "as before")
    print(f"an undo takes {whole_s:.3f} s; after the kills: {outcomes}")
    assert live.sweep() == ["kept"]
    live.become("old")


def test_a_killed_restore_in_place_was_made_whole_or_not_at_all(live, holdfast, tmp_path):
    safety = tmp_path / "safety.hf"
    arguments = live.restore("in-place", "--safety", safety, "--unencrypted")
    whole_s = duration(holdfast, arguments, Watch(live, beside=True))
    safety.unlink()
    outcomes = []
    for delay_s in moments(whole_s, IN_PLACES):
        live.become("old")
        with Watch(live, beside=True):
            run_and_kill(holdfast, arguments, delay_s)
            live.settle()
        content = live.content()
        assert content in ("old", "new") and live.sweep() == []
        if content == "new":
            assert safety.exists()
        if safety.exists():
            holdfast("verify", "--from", safety)
            safety.unlink()
            outcomes.append(f"{content}, with its safety")
        else:
            outcomes.append(content)
    print(f"a restore in place takes {whole_s:.2f} s; after the kills: {outcomes}")
    live.become("old")


def test_a_killed_migration_leaves_the_source_as_it_was_and_a_target_that_is_whole_or_listed(live, holdfast):
    target = "moved"
    arguments = ["migrate", "--from", live.dsn, "--to", live.server.dsn(target), "--mode", "new", "--no-backup",
                 "--others", "go-on", "--jobs", "2"]
    whole_s = duration(holdfast, arguments)
    live.server.dropdb(target)
    outcomes = []
    for delay_s in moments(whole_s, MIGRATIONS):
        status = run_and_kill(holdfast, arguments, delay_s)
        live.settle()
        assert live.content() == "old"
        listed = holdfast("copies", "--to", live.server.dsn(target), "--json").json["copies"]
        left = {each for each in databases(live.server) if each.startswith(target)}
        if target in left:
            assert live.server.psql(CONTENT, db=target) == "old" and listed == []
            live.server.dropdb(target)
            outcomes.append("whole")
        else:
            assert status != 0 and left == {each["name"] for each in listed} and len(left) <= 1
            holdfast("copies", "--to", live.server.dsn(target), "--drop-stale")
            outcomes.append("listed" if left else "none")
        assert not any(each.startswith(target) for each in databases(live.server))
        assert live.server.psql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == "0"
    print(f"a migration takes {whole_s:.2f} s; after the kills: {outcomes}")
    assert live.sweep() == []
