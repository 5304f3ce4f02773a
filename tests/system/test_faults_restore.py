"""What goes wrong during a restore: servers and connections that go away, administrators, Ctrl-C, an answer that never
comes. The live database is the old one, or after a last step without answer the new one; the message says what is left,
`holdfast copies` lists it, and nothing else stays."""
import re
import signal
import subprocess

import pytest

from support.faults import databases, end_sessions, message, sessions, wait_until
from support.postgres import free_port
from support.proxy import Proxy

ROWS = 150_000
HALF = 2 << 20  # of the bytes that a lane sends
CLOSED = "server closed the connection unexpectedly"
MODES = ["new", "swap", "in-place"]


class Live:
    """A database with the content 'new' in its archive and 'old' in itself: .name, .archive. Its rows and its index are
    slow to restore if asked for."""

    def __init__(self, server, name, holdfast, folder, slow=False):
        self.server, self.name, self._holdfast, self.folder = server, name, holdfast, folder
        server.psql("""
            CREATE TABLE content (version text);
            INSERT INTO content VALUES ('new');
            CREATE FUNCTION slow(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN i; END';""", db=name)
        if slow:
            server.psql("""
                CREATE TABLE slow_rows (i int CHECK (slow(i) > 0));
                INSERT INTO slow_rows SELECT i FROM generate_series(1, 2000) i;
                CREATE TABLE slow_index (i int);
                INSERT INTO slow_index SELECT i FROM generate_series(1, 2000) i;
                CREATE INDEX ON slow_index (slow(i));""", db=name)
        else:
            server.psql(f"CREATE TABLE big AS SELECT i, md5(i::text) AS t FROM generate_series(1, {ROWS}) i", db=name)
        self.archive = folder / "new.hf"
        holdfast("backup", "--from", server.dsn(name), "--to", self.archive, "--unencrypted")
        server.psql("UPDATE content SET version = 'old'", db=name)
        self.before = databases(server)

    def make_slow(self, table, holdfast):
        """Backs up again, so that the rows or the index of this table take some 20 seconds to restore; of the other's
        there are none."""
        self.server.psql("CREATE OR REPLACE FUNCTION slow(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN "
                         "PERFORM pg_sleep(0.01); RETURN i; END'", db=self.name)
        other = {"slow_rows": "slow_index", "slow_index": "slow_rows"}[table]
        holdfast("backup", "--from", self.server.dsn(self.name), "--to", self.archive, "--unencrypted", "--force",
                 "--exclude-table-data", other)

    def arguments(self, mode, **parameters):
        """Of a restore of this mode, by other connection parameters if given."""
        name = f"{self.name}made" if mode == "new" else self.name
        extra = ["--safety", self.folder / "safety.hf", "--unencrypted"] if mode == "in-place" else []
        return ["restore", "--from", self.archive, "--to", self.server.dsn(name, **parameters), "--mode", mode,
                "--jobs", "2", *extra]

    def content(self):
        return self.server.psql("SELECT version FROM content", db=self.name)

    def copies(self, mode):
        """{name: kind} of what `holdfast copies` lists."""
        name = f"{self.name}made" if mode == "new" else self.name
        listed = self._holdfast("copies", "--to", self.server.dsn(name), "--json").json["copies"]
        return {each["name"]: each["kind"] for each in listed}

    def assert_untouched(self):
        assert self.content() == "old" and databases(self.server) == self.before
        wait_until(lambda: sessions(self.server, self.name) == 0)

    def assert_left_as_told(self, done, mode):
        """One database is left, the message names it and how to drop it, and that works."""
        left = databases(self.server) - self.before
        assert set(self.copies(mode)) == left and len(left) == 1
        assert f"holdfast copies --drop {left.copy().pop()}" in done.stderr, done.stderr
        name = f"{self.name}made" if mode == "new" else self.name
        wait_until(lambda: sessions(self.server, left.copy().pop()) == 0)
        dropped = self._holdfast("copies", "--to", self.server.dsn(name), "--drop-stale", "--json").json["dropped"]
        assert set(dropped) == left
        self.assert_untouched()


@pytest.fixture
def server(postgres):
    return postgres(max_prepared_transactions=5)


@pytest.fixture
def live(server, database, holdfast, tmp_path):
    return Live(server, database(server), holdfast, tmp_path)


@pytest.fixture
def slow(server, database, holdfast, tmp_path):
    return Live(server, database(server), holdfast, tmp_path, slow=True)


class HalfWay:
    """A restore that is held while its rows travel: `with HalfWay(…) as half:`, then half.proxy, half.finish()."""

    def __init__(self, holdfast, live, mode):
        self._holdfast, self._live, self._mode = holdfast, live, mode
        self.proxy = Proxy(live.server, hold_after=HALF)

    def __enter__(self):
        self.proxy.__enter__()
        if self._mode == "in-place":  # so that the safety backup is short of what is held
            self._live.server.psql("DROP TABLE big", db=self._live.name)
        self.process = self._holdfast.popen(*self._live.arguments(self._mode, tcp=True, port=self.proxy.port))
        self.proxy.until_held()
        return self

    def __exit__(self, *_):
        self.proxy.cut()
        self.process.kill()
        self.process.communicate()

    def finish(self, seconds=60):
        """Lets it go on, to its outcome."""
        self.proxy.release()
        return outcome(self._holdfast, self.process, seconds)


def outcome(holdfast, process, seconds=60):
    stdout, stderr = process.communicate(timeout=seconds)
    done = subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)
    holdfast.forbid_reports(done)
    return done


def told_as_left(done, mode):
    """Only a database that was there before is as it was."""
    return ("as it was" in done.stderr) == (mode != "new")


# ---- Servers that do not let in --------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_a_server_that_is_not_there_is_told(holdfast, live, mode):
    done = holdfast(*live.arguments(mode, tcp=True, port=free_port()), check=False)
    assert done.returncode == 1 and "Connection refused" in message(done)
    live.assert_untouched()


@pytest.mark.parametrize("mode", MODES)
def test_a_role_that_is_not_there_is_told(holdfast, live, mode):
    done = holdfast(*live.arguments(mode, user="nobody"), check=False)
    assert done.returncode == 1 and 'role "nobody" does not exist' in message(done)
    live.assert_untouched()


def test_a_maintenance_database_that_is_not_there_is_told(holdfast, live):
    done = holdfast(*live.arguments("swap"), "--maintenance-db", "nowhere", check=False)
    assert done.returncode == 1 and 'database "nowhere" does not exist' in message(done)
    live.assert_untouched()


def test_a_pipe_that_ends_early_is_refused(holdfast, live):
    arguments = live.arguments("swap")
    arguments[2] = "-"
    done = holdfast(*arguments, input=live.archive.read_bytes()[:-100], text=False, check=False)
    assert done.returncode == 1 and b"cut off" in done.stderr
    live.assert_untouched()


# ---- Servers and connections that go away ----------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_a_connection_that_is_cut_half_way(holdfast, live, mode):
    with HalfWay(holdfast, live, mode) as half:
        half.proxy.cut()
        done = half.finish()
    assert done.returncode == 1 and CLOSED in done.stderr and told_as_left(done, mode), done.stderr
    if mode == "in-place":
        assert "to go back: holdfast restore --from" in done.stderr
        live.assert_untouched()
    else:
        live.assert_left_as_told(done, mode)


@pytest.mark.parametrize("mode", MODES)
def test_a_server_that_is_stopped_half_way(holdfast, postgres, tmp_path, mode):
    server = postgres(fresh=True)
    live = Live(server, server.createdb("live"), holdfast, tmp_path)
    with HalfWay(holdfast, live, mode) as half:
        server.stop("immediate")
        done = half.finish(90)
    server.start()
    assert done.returncode == 1 and told_as_left(done, mode), done.stderr
    assert any(words in done.stderr for words in (CLOSED, "terminating connection", "reset by peer")), done.stderr
    if mode == "in-place":
        live.assert_untouched()
    else:
        live.assert_left_as_told(done, mode)
    server.dropdb("live")


@pytest.mark.parametrize("how, words", [
    ("cancel", ["canceling statement due to user request"]),
    ("terminate", ["terminating connection due to administrator command", CLOSED])])
@pytest.mark.parametrize("mode", MODES)
def test_an_administrator_who_ends_it_is_quoted(holdfast, live, mode, how, words):
    with HalfWay(holdfast, live, mode) as half:
        end_sessions(live.server, live.name, how, "query LIKE 'COPY%'")
        done = half.finish()
    assert done.returncode == 1 and any(each in done.stderr for each in words), done.stderr
    assert told_as_left(done, mode)
    live.assert_untouched()


def test_a_transaction_that_was_prepared_meanwhile_stops_the_swap_alone(holdfast, live):
    with HalfWay(holdfast, live, "swap") as half:
        with live.server.connect(live.name) as session:
            session.execute("BEGIN; DELETE FROM content; PREPARE TRANSACTION 'meanwhile'")
        done = half.finish()
    assert done.returncode == 1 and "prepared transaction" in done.stderr and "as it was" in done.stderr, done.stderr
    live.server.psql("ROLLBACK PREPARED 'meanwhile'", db=live.name)
    live.assert_untouched()


def test_a_name_that_was_taken_meanwhile_is_not_replaced(holdfast, live):
    with HalfWay(holdfast, live, "new") as half:
        live.server.createdb(f"{live.name}made")
        done = half.finish()
    assert done.returncode == 1 and "already exists" in done.stderr, done.stderr
    live.server.dropdb(f"{live.name}made")
    live.assert_untouched()


# ---- A last step without an answer -----------------------------------------------------------------------------------

LAST_STEP = {"new": (b"RENAME TO", b"COMMIT"), "swap": (b"RENAME TO", b"COMMIT"),
             "in-place": (b"lock_timeout = '60s'", b"COMMIT")}


@pytest.mark.parametrize("for_good", [False, True], ids=["for a moment", "for good"])
@pytest.mark.parametrize("mode", MODES)
def test_a_last_step_without_an_answer_is_not_told_as_failed(holdfast, live, mode, for_good):
    with Proxy(live.server, break_after=LAST_STEP[mode], for_good=for_good) as proxy:
        done = holdfast(*live.arguments(mode, tcp=True, port=proxy.port), check=False)
    assert " is as it was" not in done.stderr, done.stderr
    made = f"{live.name}made" if mode == "new" else live.name
    wait_until(lambda: made in databases(live.server) and
               live.server.psql("SELECT version FROM content", db=made) == "new")
    if mode == "in-place":
        assert done.returncode == 1 and "no answer to its last step" in done.stderr
    elif for_good:
        assert done.returncode == 1 and "may have been made all the same" in done.stderr, done.stderr
        assert "holdfast copies" in done.stderr
    else:
        assert done.returncode == 0 and "it was made" in done.stderr, done.stderr
    assert sorted(live.copies(mode).values()) == (["kept"] if mode == "swap" else [])


def test_a_commit_that_waits_for_a_standby_and_is_cut_off_is_looked_up(holdfast, postgres, tmp_path):
    server = postgres(fresh=True, synchronous_commit="local")
    live = Live(server, server.createdb("live"), holdfast, tmp_path)
    server.configure({"synchronous_standby_names": "nobody"})
    server.reload()
    with Proxy(server, break_after=LAST_STEP["swap"]) as proxy:
        done = holdfast(*live.arguments("swap", tcp=True, port=proxy.port), check=False)
    assert done.returncode == 0 and "it was made" in done.stderr and "standby" in done.stderr, done.stderr
    assert live.content() == "new" and list(live.copies("swap").values()) == ["kept"]
    server.dropdb("live")


@pytest.mark.parametrize("mode", MODES)
def test_a_commit_that_rolls_back_is_no_success(holdfast, live, mode):
    """As the server answers where a statement of the transaction had failed."""
    at_last_step = False

    def before(data):
        nonlocal at_last_step
        at_last_step = at_last_step or (b"setval" if mode == "in-place" else b"RENAME TO") in data
        return data.replace(b"COMMIT\0", b"ABORT \0") if at_last_step else data

    live.server.psql("CREATE SEQUENCE numbers", db=live.name)
    holdfast("backup", "--from", live.server.dsn(live.name), "--to", live.archive, "--unencrypted", "--force")
    with Proxy(live.server, before=before) as proxy:
        done = holdfast(*live.arguments(mode, tcp=True, port=proxy.port), check=False)
    assert done.returncode == 1 and "the transaction was rolled back" in done.stderr, done.stderr
    live.assert_untouched()


def test_a_database_that_another_restore_made_is_not_removed(holdfast, live):
    """One that takes the name of the copy in the moment before it is created."""
    taken = []

    def before(data):
        if found := re.search(rb'CREATE DATABASE "(\w+_hf_incoming_\w+)"', data):
            taken.append(live.server.createdb(found[1].decode()))
        return data

    with Proxy(live.server, before=before) as proxy:
        done = holdfast(*live.arguments("swap", tcp=True, port=proxy.port), check=False)
    assert done.returncode == 1 and "already exists" in done.stderr and "removed" not in done.stderr, done.stderr
    assert len(taken) == 1 and databases(live.server) == live.before | set(taken) and live.content() == "old"


# ---- Ctrl-C ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("table, statement", [("slow_rows", "COPY"), ("slow_index", "CREATE INDEX")])
def test_ctrl_c_cancels_on_the_server_and_leaves_nothing(holdfast, slow, mode, table, statement):
    slow.make_slow(table, holdfast)
    process = holdfast.popen(*slow.arguments(mode))
    under_way = ("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() "
                 f"AND datname LIKE '{slow.name}%' AND query LIKE '%{statement}%slow%' AND query NOT LIKE '%STDOUT%'")
    wait_until(lambda: slow.server.psql(under_way) != "0" or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    done = outcome(holdfast, process, 15)
    assert done.returncode == 1 and "cancelled" in done.stderr and told_as_left(done, mode), done.stderr
    assert mode == "in-place" or "what had been loaded was removed" in done.stderr
    assert slow.server.psql(under_way) == "0"
    slow.assert_untouched()


def test_ctrl_c_in_a_trial_restore_leaves_nothing(holdfast, slow):
    slow.make_slow("slow_rows", holdfast)
    process = holdfast.popen("verify", "--from", slow.archive, "--restore-to", slow.server.dsn(slow.name))
    under_way = ("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%slow_rows%STDIN%' "
                 f"AND datname LIKE '{slow.name}%'")
    wait_until(lambda: slow.server.psql(under_way) != "0")
    process.send_signal(signal.SIGTERM)
    done = outcome(holdfast, process, 15)
    assert done.returncode == 1 and "cancelled" in done.stderr, done.stderr
    slow.assert_untouched()
