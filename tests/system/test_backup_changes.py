"""What others change during a backup that locks on tables do not hold: a consistent archive, or an error that names it.
"""
import contextlib
import time

import pytest

from support.faults import message, wait_until
from support.proxy import Proxy


@pytest.fixture(scope="module")
def server(postgres):
    return postgres()


@pytest.fixture
def name(server, database):
    """A database with a big table, which goes first, and things that sort behind it."""
    name = database(server)
    server.psql("""CREATE TABLE big AS SELECT i, md5(i::text) || md5((i + 1)::text) AS t
                   FROM generate_series(1, 200000) i;
                   CREATE SCHEMA zzz; CREATE TABLE zzz.orders AS SELECT i FROM generate_series(1, 3) i;
                   CREATE SEQUENCE zzz.numbers; SELECT nextval('zzz.numbers');
                   CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE zzz.moods AS SELECT 'ok'::mood AS m;
                   CREATE TYPE pair AS (a int, b int); CREATE TABLE zzz.pairs AS SELECT (1, 2)::pair AS p""", db=name)
    return name


@contextlib.contextmanager
def half_way(holdfast, server, name, to):
    """A backup that is held while it copies the first table: pg_dump is done, the other tables are not yet read."""
    with Proxy(server, hold_after=4 << 20) as proxy:
        process = holdfast.popen("backup", "--from", server.dsn(name, tcp=True, port=proxy.port), "--to", to,
                                 "--unencrypted", "--jobs", "2", "--lock-wait-timeout", "2s")
        try:
            proxy.until_held()
            wait_until(lambda: server.psql("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE "
                                           f"'pg_dump%' AND datname = '{name}'") == "0")

            def finish():
                proxy.release()
                stdout, stderr = process.communicate(timeout=180)
                process.stdout_text, process.stderr = stdout, stderr
                return process
            yield finish
        finally:
            process.kill()


CHANGES = {
    "a schema is renamed and made anew": (
        "ALTER SCHEMA zzz RENAME TO zzz_b; CREATE SCHEMA zzz; CREATE TABLE zzz.orders (i int); "
        "CREATE TABLE zzz.moods (m mood); CREATE TABLE zzz.pairs (p pair); ALTER SEQUENCE zzz_b.numbers SET SCHEMA zzz",
        "schema zzz"),
    "a schema is renamed there and back": ("ALTER SCHEMA zzz RENAME TO y; ALTER SCHEMA y RENAME TO zzz", "schema zzz"),
    "an enum's label is renamed": ("ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'", "value 'ok' of type public.mood"),
    "an enum's label is renamed there and back": (
        "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'; ALTER TYPE mood RENAME VALUE 'fine' TO 'ok'",
        "value 'ok' of type public.mood"),
    "a type is renamed": ("ALTER TYPE mood RENAME TO humour", "type public.mood"),
    "a type gets an attribute": ("ALTER TYPE pair ADD ATTRIBUTE c int", "type public.pair"),
    "a sequence is replaced": ("ALTER SEQUENCE zzz.numbers RENAME TO old; CREATE SEQUENCE zzz.numbers",
                               "sequence \"zzz\".\"numbers\""),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_is_changed_under_the_backup_is_named(holdfast, server, name, tmp_path, case):
    statements, words = CHANGES[case]
    with half_way(holdfast, server, name, tmp_path / "x.hf") as finish:
        server.psql(statements, db=name)
        done = finish()
    assert done.returncode == 1, "the archive may hold another table's rows"
    assert words in message(done) and "during the backup" in message(done), message(done)
    assert list(tmp_path.iterdir()) == []


def test_changes_that_do_no_harm_are_let_be(holdfast, server, name, database, tmp_path):
    with half_way(holdfast, server, name, tmp_path / "x.hf") as finish:
        server.psql("""GRANT USAGE ON SCHEMA zzz TO pg_monitor; ALTER TYPE mood ADD VALUE 'fine';
                       CREATE SCHEMA more; CREATE TABLE more.t (a mood); COMMENT ON TYPE pair IS 'two';
                       SELECT nextval('zzz.numbers')""", db=name)
        done = finish()
    assert done.returncode == 0, done.stderr
    copy = f"{name}copy"
    holdfast("restore", "--from", tmp_path / "x.hf", "--to", server.dsn(copy), "--mode", "new")
    assert server.psql("SELECT sum(i) FROM zzz.orders; SELECT * FROM zzz.moods; SELECT nextval('zzz.numbers')",
                       db=copy) == "6\nok\n3"


# ---- Locks on what is no table ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["SEQUENCE zzz.numbers", "VIEW seen"])
def test_what_another_session_is_about_to_drop_does_not_hang_the_backup(holdfast, server, name, tmp_path, what):
    server.psql("CREATE VIEW seen AS SELECT 1 AS one", db=name)
    with server.connect(name, application_name="undecided") as other, other.transaction(force_rollback=True):
        other.execute(f"DROP {what}")
        holder = f"process {other.info.backend_pid}"
        start = time.monotonic()
        done = holdfast("backup", "--from", server.dsn(name), "--to", tmp_path / "x.hf", "--unencrypted",
                        "--lock-wait-timeout", "2s", check=False, timeout=180)
        assert 2 < time.monotonic() - start < 20
    assert done.returncode == 1 and "undecided" in message(done), done.stderr
    assert holder in message(done) and "--lock-wait-timeout" in message(done)
    assert list(tmp_path.iterdir()) == []
