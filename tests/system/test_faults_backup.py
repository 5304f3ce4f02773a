"""What goes wrong during a backup: disks, folders, servers, connections, rights, locks, and others who write and change
tables meanwhile. Each time an error that names the cause, no file under the final name, no session left; or a backup
that is consistent."""
import contextlib
import os
import re
import resource
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest

from support.faults import end_sessions, message, sessions, wait_until
from support.postgres import as_server, free_port
from support.proxy import Proxy


def expect_failure(holdfast, arguments, *words, **options):
    """Runs a backup that must fail with all these words in its message; gives the message."""
    done = holdfast("backup", *arguments, check=False, **options)
    assert done.returncode == 1, done.stderr
    for word in words:
        assert word in message(done), message(done)
    return message(done)


@pytest.fixture(scope="module")
def server(postgres):
    return postgres()


@pytest.fixture
def small(server, database):
    """A database of one small table: .name, .dsn."""
    class Small:
        name = database(server)
        dsn = server.dsn(name)
    server.psql("CREATE TABLE t AS SELECT i FROM generate_series(1, 1000) i", db=Small.name)
    return Small


# What is left of it then is more than sockets hold, so that the server cannot be done with it.
FILL_BIG = "CREATE TABLE big AS SELECT i, md5(i::text) || md5((i + 1)::text) AS t FROM generate_series(1, 600000) i"
HALF = 4 << 20  # of the bytes that each of two lanes reads of it


@pytest.fixture(scope="module")
def big(server):
    """A database with rows of 47 MB: .name, .dsn."""
    class Big:
        name = server.createdb(f"big{os.getpid()}")
        dsn = server.dsn(name)
    server.psql(FILL_BIG, db=Big.name)
    yield Big
    server.dropdb(Big.name)


class HalfWay:
    """A backup whose lanes are held on the way: `with HalfWay(…) as half:`, then half.finish()."""

    def __init__(self, holdfast, server, name, to, *arguments, encryption=("--unencrypted",), **options):
        self._holdfast, self.proxy = holdfast, Proxy(server, hold_after=HALF)
        self._server, self._name = server, name
        source = server.dsn(name, tcp=True, port=self.proxy.port)
        self._start = lambda: holdfast.popen("backup", "--from", source, "--to", to, *encryption, "--jobs", "2",
                                             *arguments, **options)

    def __enter__(self):
        self.proxy.__enter__()
        self.process = self._start()
        self.proxy.until_held()
        wait_until(self._pg_dump_reads)
        return self

    def _pg_dump_reads(self):
        """In the snapshot, or it has done so: it begins before the lanes, and may connect after them."""
        reads = ("SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND application_name LIKE 'pg_dump%%' "
                 "AND backend_xmin IS NOT NULL AND xact_start IS NOT NULL AND query NOT LIKE '%%TRANSACTION%%'")
        with self._server.connect() as connection:
            return connection.execute(reads, [self._name]).fetchone()[0] > 0 or not children(self.process.pid)

    def __exit__(self, *_):
        self.proxy.cut()
        self.process.kill()
        self.process.communicate()

    def finish(self, seconds=180):
        """Lets it go on, to its outcome."""
        self.proxy.release()
        stdout, stderr = self.process.communicate(timeout=seconds)
        done = subprocess.CompletedProcess(self.process.args, self.process.returncode, stdout, stderr)
        self._holdfast.forbid_reports(done)
        return done


def children(pid):
    return [int(each) for task in Path(f"/proc/{pid}/task").iterdir() for each in (task / "children").read_text().split()]


# ---- Where the file goes ---------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte; not everybody may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk(holdfast, big, small_disk):
    old = small_disk / "old.hf"
    old.write_text("precious")
    arguments = ["--from", big.dsn, "--unencrypted", "--to"]
    expect_failure(holdfast, [*arguments, small_disk / "x.hf"], str(small_disk / "x.hf"), "No space left", "free space")
    expect_failure(holdfast, [*arguments, old, "--force"], str(old), "No space left")
    assert old.read_text() == "precious" and list(small_disk.iterdir()) == [old]


def test_a_file_larger_than_the_limit(holdfast, big, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    expect_failure(holdfast, ["--from", big.dsn, "--unencrypted", "--to", tmp_path / "x.hf"], "File too large",
                   "ulimit -f", preexec_fn=limit)
    assert list(tmp_path.iterdir()) == []


def test_folders_that_take_no_file(holdfast, small, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    (tmp_path / "file").write_text("")
    arguments = ["--from", small.dsn, "--unencrypted", "--to"]
    expect_failure(holdfast, [*arguments, tmp_path / "missing" / "x.hf"], str(tmp_path / "missing"), "No such file")
    expect_failure(holdfast, [*arguments, tmp_path / "file" / "x.hf"], "Not a directory")
    assert sorted(tmp_path.iterdir()) == [tmp_path / "file", locked]


def test_a_folder_without_the_right_to_write(holdfast, small):
    # As the servers' user where this user may write everywhere. Not under tmp_path, which is private.
    command = as_server([holdfast.path, "backup", "--from", small.dsn, "--unencrypted", "--to", "/etc/x.hf"])
    if os.geteuid() == 0 and subprocess.run(as_server(["test", "-x", holdfast.path])).returncode != 0:
        pytest.skip("the servers' user may not go where the program is")
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", env=holdfast.environment())
    assert done.returncode == 1 and "/etc/x.hf" in message(done) and "Permission denied" in message(done), done.stderr
    assert not os.path.exists("/etc/x.hf")


def test_an_existing_file_stays_without_force_and_when_the_backup_fails(holdfast, small, tmp_path):
    old = tmp_path / "old.hf"
    old.write_text("precious")
    arguments = ["--unencrypted", "--to", old]
    expect_failure(holdfast, ["--from", small.dsn, *arguments], str(old), "exists already", "--force")
    expect_failure(holdfast, ["--from", f"{small.dsn}_gone", *arguments, "--force"], "does not exist")
    assert old.read_text() == "precious" and list(tmp_path.iterdir()) == [old]


def test_with_force_the_old_file_stays_until_the_new_one_is_whole(holdfast, server, big, tmp_path):
    path = tmp_path / "x.hf"
    path.write_text("precious")
    with HalfWay(holdfast, server, big.name, path, "--force") as half:
        assert path.read_text() == "precious"
        half.proxy.release()
        seen = set()
        while half.process.poll() is None:
            content = path.read_bytes()
            seen.add("old" if content == b"precious" else "new" if content.endswith(bytes(1024)) else "half")
        assert half.finish().returncode == 0
    assert seen <= {"old", "new"} and "old" in seen
    assert holdfast("verify", "--from", path).returncode == 0
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_that_was_taken_meanwhile_is_not_overwritten(holdfast, server, big, tmp_path):
    path = tmp_path / "x.hf"
    with HalfWay(holdfast, server, big.name, path) as half:
        path.write_text("somebody else's")
        done = half.finish()
    assert done.returncode == 1 and str(path) in message(done) and "exists" in message(done)
    assert path.read_text() == "somebody else's" and list(tmp_path.iterdir()) == [path]


def test_a_reader_that_ends_early(holdfast, server, big):
    process = holdfast.popen("backup", "--from", big.dsn, "--to", "-", "--unencrypted", text=False)
    process.stdout.read(1)
    process.stdout.close()
    stderr = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(60) == 1
    assert "standard output" in stderr and "Broken pipe" in stderr, stderr
    wait_until(lambda: sessions(server, big.name) == 0)


def test_standard_output_on_a_full_device(holdfast, big):
    with open("/dev/full", "w") as full:
        expect_failure(holdfast, ["--from", big.dsn, "--to", "-", "--unencrypted"], "standard output", "No space left",
                       stdout=full)


# ---- Servers that do not let in --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def guarded(postgres):
    """A server that asks for passwords, and has few places."""
    guarded = postgres(scram=True, max_connections=8, superuser_reserved_connections=1)
    guarded.psql("CREATE ROLE clerk LOGIN PASSWORD 'sesame'; CREATE ROLE idle NOLOGIN; CREATE DATABASE closed;"
                 "CREATE DATABASE shut ALLOW_CONNECTIONS false; REVOKE CONNECT ON DATABASE closed FROM PUBLIC;"
                 "CREATE DATABASE open; ")
    return guarded


@pytest.fixture
def unwritten(tmp_path):
    """The name of a file that the test must not make."""
    yield tmp_path / "x.hf"
    assert [each.name for each in tmp_path.iterdir() if each.name != "password"] == []


REFUSALS = {
    "nobody listens": ({"tcp": True, "port": "free"}, "Connection refused"),
    "no such socket": ({"host": "/nonexistent"}, "No such file or directory"),
    "no such host": ({"host": "host.invalid"}, "could not translate host name"),
    "wrong password": ({"tcp": True, "user": "clerk"}, 'password authentication failed for user "clerk"'),
    "no such database": ({"dbname": "nowhere"}, 'database "nowhere" does not exist'),
    "no such role": ({"user": "nobody"}, 'role "nobody" does not exist'),
    "a role that may not log in": ({"user": "idle"}, 'role "idle" is not permitted to log in'),
    "a database that is closed to the role": ({"user": "clerk", "dbname": "closed"},
                                              'permission denied for database "closed"'),
    "a database that takes no connections": ({"dbname": "shut"}, "not currently accepting connections"),
    "another protocol": ({"tcp": True, "sslmode": "require"}, "server does not support SSL"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_server_that_does_not_let_in_is_quoted(holdfast, guarded, unwritten, case):
    parameters, words = REFUSALS[case]
    parameters = {"dbname": "open", **parameters}
    if parameters.get("port") == "free":
        parameters["port"] = free_port()
    password = unwritten.parent / "password"
    password.write_text("wrong")
    password.chmod(0o600)
    told = expect_failure(holdfast, ["--from", guarded.dsn(**parameters), "--to", unwritten, "--unencrypted",
                                     "--password-file", password], words)
    assert "wrong" not in told


def test_a_server_without_a_free_place_is_quoted(holdfast, guarded, unwritten):
    guarded.psql("CREATE TABLE t AS SELECT i FROM generate_series(1, 5) i; GRANT SELECT ON t TO clerk", db="open")
    with contextlib.ExitStack() as others:
        for _ in range(6):
            others.enter_context(guarded.connect("open"))
        told = expect_failure(holdfast, ["--from", guarded.dsn("open", user="clerk"), "--to", unwritten,
                                         "--unencrypted", "--jobs", "16"])
        # Which it is depends on who comes first.
        assert "connection slots are reserved" in told or "too many clients" in told, told
        wait_until(lambda: sessions(guarded, "open") == 6)


@pytest.fixture
def silent():
    """The port of something that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_silent_host_is_passed_over(holdfast, server, small, silent, tmp_path):
    hosts = server.dsn(small.name, host="127.0.0.1,127.0.0.1", port=f"{silent},{server.port}", connect_timeout=2)
    holdfast("backup", "--from", hosts, "--to", tmp_path / "x.hf", "--unencrypted", timeout=40)


def test_a_silent_host_is_not_waited_for_longer_than_it_says(holdfast, server, silent, unwritten):
    expect_failure(holdfast, ["--from", server.dsn(host="127.0.0.1", port=silent, connect_timeout=2), "--to", unwritten,
                              "--unencrypted"], "timeout expired", timeout=20)


# ---- Servers and connections that go away ----------------------------------------------------------------------------

CLOSED = "server closed the connection unexpectedly"


def test_a_server_that_is_stopped_half_way(holdfast, postgres, tmp_path):
    server = postgres(fresh=True)
    server.psql(FILL_BIG)
    with HalfWay(holdfast, server, "postgres", tmp_path / "x.hf") as half:
        server.stop("immediate")
        done = half.finish()
    assert done.returncode == 1 and list(tmp_path.iterdir()) == []
    assert any(words in message(done) for words in (CLOSED, "terminating connection", "reset by peer")), message(done)
    server.start()
    server.psql("DROP TABLE big")


def test_a_connection_that_is_cut_half_way(holdfast, server, big, tmp_path):
    with HalfWay(holdfast, server, big.name, tmp_path / "x.hf") as half:
        half.proxy.cut()
        done = half.finish()
    assert done.returncode == 1 and list(tmp_path.iterdir()) == []
    assert CLOSED in message(done), message(done)
    wait_until(lambda: sessions(server, big.name) == 0)


def test_an_interrupt_does_not_wait_for_a_network_that_is_silent(holdfast, server, big, silent, tmp_path):
    with HalfWay(holdfast, server, big.name, tmp_path / "x.hf") as half:
        half.proxy._address = ("127.0.0.1", silent)  # where requests to cancel go
        half.process.send_signal(signal.SIGINT)
        _, stderr = half.process.communicate(timeout=30)
    assert half.process.returncode != 0 and stderr.endswith("error: cancelled\n"), stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def tls_alone(postgres):
    """A server that lets nobody in over TCP without TLS."""
    server = postgres(15, fresh=True)
    key, certificate = f"{server.data}/server.key", f"{server.data}/server.crt"
    subprocess.run(as_server(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                              "-nodes", "-days", "1", "-subj", "/CN=server", "-keyout", key, "-out", certificate]),
                   check=True, capture_output=True, cwd="/")
    Path(f"{server.data}/pg_hba.conf").write_text("local all all trust\nhostssl all all 127.0.0.1/32 trust\n")
    server.configure({"ssl": "on"})
    server.restart()
    return server


def test_an_interrupt_cancels_on_a_server_that_wants_tls(holdfast, tls_alone, tmp_path):
    tls_alone.psql(FILL_BIG)
    to = tmp_path / "x.hf"
    expect_failure(holdfast, ["--from", tls_alone.dsn(tcp=True, sslmode="disable"), "--to", to, "--unencrypted"],
                   "no encryption")
    with tls_alone.connect() as blocker:
        with blocker.transaction():
            blocker.execute("LOCK TABLE big IN ACCESS EXCLUSIVE MODE")
            process = holdfast.popen("backup", "--from", tls_alone.dsn(tcp=True, sslmode="require"), "--to", to,
                                     "--unencrypted")
            wait_until(lambda: tls_alone.psql("SELECT count(*) FROM pg_locks WHERE NOT granted") == "1")
            since = time.monotonic()
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=30)
    assert time.monotonic() - since < 5 and stderr.endswith("error: cancelled\n"), stderr
    assert "ERROR:  canceling statement due to user request" in tls_alone.log.read_text()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how, which, words", [
    ("cancel", "query LIKE 'COPY%' AND state = 'active'", ["canceling statement due to user request"]),
    # A server whose words would have to wait for a client that does not read closes without a word.
    ("terminate", "query LIKE 'COPY%'", ["terminating connection due to administrator command", CLOSED]),
    ("terminate", "query NOT LIKE 'COPY%' AND application_name NOT LIKE 'pg_dump %'",
     ["terminating connection due to administrator command"]),
], ids=["cancelled", "terminated", "the snapshot's session terminated"])
def test_an_administrator_who_ends_it_is_quoted(holdfast, server, big, tmp_path, how, which, words):
    with HalfWay(holdfast, server, big.name, tmp_path / "x.hf") as half:
        end_sessions(server, big.name, how, which)
        done = half.finish()
    assert done.returncode == 1 and any(each in message(done) for each in words), message(done)
    assert list(tmp_path.iterdir()) == []
    wait_until(lambda: sessions(server, big.name) == 0)


@pytest.mark.parametrize("how, words", [
    ("cancel", ["canceling statement due to user request"]),
    ("terminate", ["terminating connection due to administrator command", CLOSED])])
def test_an_administrator_who_ends_pg_dump_is_quoted(holdfast, server, database, tmp_path, how, words):
    name = database(server)
    server.psql("DO $$ BEGIN FOR i IN 1 .. 1500 LOOP EXECUTE format('CREATE TABLE t%s (a int)', i); END LOOP; END $$",
                db=name)
    process = holdfast.popen("backup", "--from", server.dsn(name), "--to", tmp_path / "x.hf", "--unencrypted")
    end_sessions(server, name, how, "application_name LIKE 'pg_dump %' AND state = 'active'")
    while how == "cancel" and process.poll() is None:  # one that comes between two queries is lost
        with server.connect() as administrator:
            administrator.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = %s "
                                  "AND application_name LIKE 'pg_dump %%'", [name])
        time.sleep(0.01)
    stdout, stderr = process.communicate(timeout=30)
    done = subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)
    assert done.returncode == 1 and any(each in message(done) for each in words), message(done)
    assert list(tmp_path.iterdir()) == []
    wait_until(lambda: sessions(server, name) == 0)


def test_the_reason_stands_before_a_query_of_thousands_of_tables(holdfast, server, database, tmp_path):
    """pg_dump quotes its query, too, whose end was all that one saw."""
    name = database(server)
    role = f"reader_{name}"
    server.psql(f"CREATE ROLE {role} LOGIN; REVOKE SELECT ON pg_catalog.pg_attrdef FROM PUBLIC; DO $$ BEGIN FOR i IN 1 .. 1500 "
                f"LOOP EXECUTE format('CREATE TABLE t%s (a int DEFAULT 1); GRANT SELECT ON t%s TO {role}', i, i); END LOOP; END $$",
                db=name)
    try:
        done = holdfast("backup", "--from", server.dsn(name, user=role), "--to", tmp_path / "x.hf", "--unencrypted", check=False)
    finally:
        server.psql(f"DROP OWNED BY {role}; DROP ROLE {role}", db=name)
    assert done.returncode == 1 and "permission denied for table pg_attrdef" in message(done), message(done)
    assert len(message(done)) < 4000


def test_nothing_but_the_archive_is_written_anywhere(holdfast, server, big, tmp_path):
    """Half way through neither the program nor its pg_dump has another file open, and what is written is encrypted."""
    holdfast("keygen", "--out", tmp_path / "key")
    recipient = re.search("age1[a-z0-9]+", (tmp_path / "key").read_text())[0]
    folder = tmp_path / "to"
    folder.mkdir()
    arguments = ["--recipient", recipient, "--data-format", "text", "--compress", "1"]
    with HalfWay(holdfast, server, big.name, folder / "x.hf", *arguments, encryption=(), cwd=folder) as half:
        family = [half.process.pid, *children(half.process.pid)]
        opened = {os.readlink(each) for pid in family for each in Path(f"/proc/{pid}/fd").iterdir()}
        files = {each for each in opened if each.startswith("/") and not each.startswith(("/dev/", "/proc/"))}
        assert files and all(each.startswith(str(folder)) for each in files), files
        assert half.finish().returncode == 0
    assert (folder / "x.hf").read_bytes().startswith(b"age-encryption.org/v1\n")
    assert [each.name for each in folder.iterdir()] == ["x.hf"]


# ---- Rights, locks and row level security ----------------------------------------------------------------------------


@pytest.fixture
def shop(server, database):
    """Three tables of which the role clerk may read the first: .name, .dsn (as the clerk)."""
    server.psql("DO $$ BEGIN CREATE ROLE clerk LOGIN; EXCEPTION WHEN duplicate_object THEN END $$")

    class Shop:
        name = database(server)
        dsn = server.dsn(name, user="clerk")
    server.psql("""CREATE TABLE orders AS SELECT i AS id, i % 2 = 0 AS seen FROM generate_series(1, 10) i;
                   CREATE TABLE secrets (a int); CREATE TABLE "more "" secrets" (a int);
                   GRANT SELECT ON orders TO clerk""", db=Shop.name)
    yield Shop
    server.psql("DROP OWNED BY clerk", db=Shop.name)


def test_all_tables_that_may_not_be_read_are_named(holdfast, server, shop, unwritten):
    arguments = ["--from", shop.dsn, "--to", unwritten, "--unencrypted"]
    expect_failure(holdfast, arguments, "public.secrets", 'public."more "" secrets"', "SELECT", "--exclude-table")
    server.psql('GRANT SELECT ON secrets TO clerk', db=shop.name)
    assert "public.secrets" not in expect_failure(holdfast, arguments, 'public."more "" secrets"')


def test_a_schema_that_may_not_be_entered_is_named(holdfast, server, shop, unwritten):
    server.psql('DROP TABLE secrets, "more "" secrets"; CREATE SCHEMA closed; CREATE TABLE closed.t (a int);'
                'GRANT SELECT ON closed.t TO clerk', db=shop.name)
    expect_failure(holdfast, ["--from", shop.dsn, "--to", unwritten, "--unencrypted"], "closed")


def test_what_may_not_be_read_can_be_left_out(holdfast, shop, tmp_path):
    holdfast("backup", "--from", shop.dsn, "--to", tmp_path / "x.hf", "--unencrypted", "--table", "orders")


def test_rows_that_would_be_hidden_are_no_backup(holdfast, server, shop, unwritten):
    server.psql("""ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON orders USING (seen);
                   DROP TABLE secrets, "more "" secrets" """, db=shop.name)
    arguments = ["--to", unwritten, "--unencrypted", "--from"]
    expect_failure(holdfast, [*arguments, shop.dsn], "row level security", "public.orders", "BYPASSRLS")
    done = holdfast("backup", *arguments, server.dsn(shop.name), "--json")
    assert done.json["rows"] == 10
    unwritten.unlink()


def test_a_table_that_is_locked_is_named_with_who_holds_it(holdfast, server, shop, unwritten):
    with server.connect(shop.name, application_name="maintenance job") as other, other.transaction():
        other.execute("LOCK TABLE secrets IN ACCESS EXCLUSIVE MODE")
        start = time.monotonic()
        expect_failure(holdfast, ["--from", server.dsn(shop.name), "--to", unwritten, "--unencrypted",
                                  "--lock-wait-timeout", "2s"],
                       "secrets", f"process {other.info.backend_pid}", "maintenance job", "--lock-wait-timeout")
        assert time.monotonic() - start > 2


@contextlib.contextmanager
def waiting_for(server, name, statement):
    """Another session that waits for the exclusive lock of a table which a third one reads; ends with the block."""
    def wait(session):
        with contextlib.suppress(psycopg.Error):
            session.execute(statement)

    with server.connect(name, application_name="impatient") as session:
        thread = threading.Thread(target=wait, args=(session,))
        thread.start()
        blocked = f"SELECT count(*) FROM pg_locks WHERE pid = {session.info.backend_pid} AND NOT granted"
        wait_until(lambda: server.psql(blocked, db=name) != "0")
        try:
            yield
        finally:
            session.cancel()
            thread.join()


def test_a_table_whose_lock_others_wait_for_is_named(holdfast, server, shop, unwritten):
    with server.connect(shop.name) as reader, reader.transaction():
        reader.execute("SELECT FROM secrets")
        with waiting_for(server, shop.name, "ALTER TABLE secrets ADD b int"):
            expect_failure(holdfast, ["--from", server.dsn(shop.name), "--to", unwritten, "--unencrypted",
                                      "--lock-wait-timeout", "1s"], "secrets", "impatient")


def test_a_table_that_somebody_wants_to_alter_meanwhile_does_not_hang_the_backup(holdfast, server, big, database,
                                                                               tmp_path):
    """The lock queue is fair: who comes after the one who waits for us waits as well, our own lanes too."""
    name = database(server)
    server.psql(FILL_BIG + "; CREATE TABLE small AS SELECT i FROM generate_series(1, 10) i", db=name)
    with HalfWay(holdfast, server, name, tmp_path / "x.hf", "--lock-wait-timeout", "2s") as half:
        wait_until(lambda: server.psql("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pg_dump %' AND "
                                       f"datname = '{name}'") == "0")
        with waiting_for(server, name, "ALTER TABLE small ADD b int"):
            done = half.finish(30)
    assert done.returncode == 1 and list(tmp_path.iterdir()) == []
    assert "public.small: another session waits to lock this table exclusively" in message(done), message(done)
    assert "lock timeout" in message(done)


# ---- Others who write and change tables meanwhile --------------------------------------------------------------------

TRUNCATED_ROWS = 500
BACKUPS = 10
# What a backup may say when the tables do not hold still for as long as its locks take.
CLEAR = ("exclusive locks of other sessions were in the way", "another session waits to lock this table exclusively",
         "tables were created or dropped during each", "LOCK TABLE")


class Busy:
    """Threads that work on a database until the block ends; each is a function of a connection, called in a loop."""

    def __init__(self, server, name, *loops):
        self._stop, self._failures, self.rounds = threading.Event(), [], [0] * len(loops)
        self._threads = [threading.Thread(target=self._run, args=(server, name, i, loop))
                         for i, loop in enumerate(loops)]

    def _run(self, server, name, index, loop):
        try:
            with server.connect(name) as connection:
                while not self._stop.is_set():
                    loop(connection)
                    self.rounds[index] += 1
        except BaseException as failure:
            self._failures.append(failure)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()
        assert not self._failures, self._failures


def transfer(connection):
    """Ten rows into one table and ten that balance them into another: a thousand of each a second."""
    start = time.monotonic()
    with connection.transaction():
        connection.execute("INSERT INTO credit (v) SELECT i FROM generate_series(1, 10) i")
        connection.execute("UPDATE total SET v = v + 55")
        connection.execute("INSERT INTO debit (v) SELECT -i FROM generate_series(1, 10) i")
    time.sleep(max(0, 0.01 - (time.monotonic() - start)))


def change(connection):
    """Tables are dropped, made, altered, rewritten and emptied; each of them is whole after each transaction. Who waits
    for the backup gives up soon, as is good manners."""
    connection.execute("SET lock_timeout = '300ms'")
    for statements in (
            "DROP TABLE IF EXISTS fleeting; CREATE TABLE fleeting AS SELECT i FROM generate_series(1, 100) i",
            "ALTER TABLE altered ADD more int DEFAULT 7; ALTER TABLE altered DROP more",
            "ALTER TABLE altered ALTER i TYPE bigint; ALTER TABLE altered ALTER i TYPE int",
            f"TRUNCATE emptied; INSERT INTO emptied SELECT i FROM generate_series(1, {TRUNCATED_ROWS}) i",
            "CREATE TABLE renamed_soon (i int); ALTER TABLE renamed_soon RENAME TO renamed; DROP TABLE renamed"):
        with contextlib.suppress(psycopg.errors.LockNotAvailable):
            with connection.transaction():
                for statement in statements.split("; "):
                    connection.execute(statement)
                    time.sleep(0.01)


def churn(connection):
    """Tables come and go as fast as they can, with a little rest now and then."""
    for i in range(20):
        connection.execute(f"CREATE TABLE short_lived_{i} (id serial PRIMARY KEY, v int CHECK (v > 0))")
        connection.execute(f"DROP TABLE short_lived_{i}")
    time.sleep(0.2)


def test_backups_are_consistent_while_others_write_and_change_tables(holdfast, server, database, tmp_path):
    name = database(server)
    server.psql(f"""
        CREATE TABLE credit (id serial PRIMARY KEY, v int);
        CREATE TABLE debit (id serial PRIMARY KEY, v int);
        CREATE TABLE total (v bigint);
        INSERT INTO total VALUES (0);
        CREATE TABLE altered AS SELECT i, repeat('x', 100) AS t FROM generate_series(1, 20000) i;
        CREATE TABLE emptied AS SELECT i FROM generate_series(1, {TRUNCATED_ROWS}) i;""", db=name)
    outcomes, start = [], time.monotonic()
    with Busy(server, name, transfer, change, churn) as busy:
        for number in range(BACKUPS):
            path = tmp_path / f"{number}.hf"
            done = holdfast("backup", "--from", server.dsn(name), "--to", path, "--unencrypted", "--lock-wait-timeout",
                            "2s", check=False)
            outcomes.append("done" if done.returncode == 0 else message(done))
            assert path.exists() == (done.returncode == 0)
    seconds = time.monotonic() - start
    print(f"{busy.rounds[0] * 20 / seconds:.0f} rows/s, {busy.rounds[1:]} rounds of changes, {outcomes}")
    for number, outcome in enumerate(outcomes):
        if outcome == "done":
            assert_is_consistent(holdfast, server, tmp_path / f"{number}.hf", f"{name}_{number}")
        else:
            assert any(words in outcome for words in CLEAR), outcome
    assert outcomes.count("done") >= BACKUPS / 2


def assert_is_consistent(holdfast, server, archive, name):
    holdfast("restore", "--from", archive, "--to", server.dsn(name), "--mode", "new")
    with server.connect(name) as copy:
        credit, debit, total = copy.execute("SELECT (SELECT sum(v) FROM credit), (SELECT sum(v) FROM debit), v "
                                            "FROM total").fetchone()
        assert (credit or 0) == -(debit or 0) == total
        assert copy.execute("SELECT count(*), count(DISTINCT i) FROM emptied").fetchone() == (TRUNCATED_ROWS,) * 2
        assert copy.execute("SELECT count(*), sum(length(t)) FROM altered").fetchone() == (20000, 2000000)
        # Sequences know no snapshot, but are never behind the rows.
        copy.execute("INSERT INTO credit (v) VALUES (1)")
    server.dropdb(name)
