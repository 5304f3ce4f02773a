"""The servers that other tests stand on are what they say they are."""
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.holdfast import Holdfast
from support.majors import REPOSITORY

EXTENSIONS = ("hstore", "citext", "pgcrypto", "pg_trgm", "postgres_fdw")


@pytest.mark.parametrize("major", [13, 15, 17])
def test_a_server_of_each_major_runs_with_the_extensions_that_tests_need(postgres, database, major):
    server = postgres(major)
    name = database(server)
    for extension in EXTENSIONS:
        server.psql(f"CREATE EXTENSION {extension}", db=name)
    assert server.psql("SHOW server_version_num")[:2] == str(major)
    assert server.psql("SELECT encode(digest('abc', 'md5'), 'hex')", db=name) == "900150983cd24fb0d6963f7d28e17f72"
    assert server.psql("SELECT lower('ÄÖ')", db=name) == "äö"
    assert server.psql("SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == "C.UTF-8"


@pytest.mark.parametrize("major", [13, 15, 17])
def test_client_programs_of_each_major_run(postgres, major):
    server = postgres(major)
    for program in ("psql", "pg_dump", "pg_restore", "pg_dumpall", "pg_basebackup", "pgbench"):
        assert f"(PostgreSQL) {major}." in server.run(program, "--version").stdout
    assert "PostgreSQL database dump" in server.run("pg_dump", "-d", server.dsn()).stdout


def test_equal_options_share_a_server_and_fresh_gives_another(postgres):
    assert postgres() is postgres()
    assert postgres() is not postgres(work_mem="1MB")
    assert postgres(work_mem="1MB").psql("SHOW work_mem") == "1MB"


def test_a_standby_follows_its_primary(postgres, database):
    primary = postgres()
    standby = postgres.standby(primary)
    name = database(primary)
    primary.psql("CREATE TABLE t AS SELECT 1 AS a", db=name)
    standby.catch_up(primary)
    assert standby.psql("SELECT a, pg_is_in_recovery() FROM t", db=name) == "1|t"
    standby.remove()


def test_a_server_can_be_stopped_and_started_under_the_same_address(postgres):
    server = postgres(fresh=True)
    server.stop("immediate")
    assert server.pid is None or server.run("pg_isready", "-d", server.dsn(), check=False).returncode != 0
    server.start()
    assert server.psql("SELECT 1") == "1"
    server.restart()
    with server.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.remove()


def test_tcp_asks_for_a_password_with_scram(postgres):
    server = postgres(scram=True)
    server.psql("ALTER ROLE postgres PASSWORD 'secret'")
    refused = server.run("psql", "-w", "-d", server.dsn(tcp=True), "-c", "SELECT 1", check=False)
    assert "no password supplied" in refused.stderr
    with server.connect(host="127.0.0.1", password="secret") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_failing_script_fails_the_test(postgres):
    with pytest.raises(AssertionError, match="division by zero"):
        postgres().psql("SELECT 1/0")
    with pytest.raises(subprocess.TimeoutExpired):
        postgres().run("psql", "-d", postgres().dsn(), "-c", "SELECT pg_sleep(9)", timeout=1)


def test_dropdb_takes_the_copies_of_a_database_along(postgres):
    server = postgres()
    server.createdb("gone")
    server.createdb("gone_kept", allow_connections="false")
    server.dropdb("gone")
    assert server.psql("SELECT count(*) FROM pg_database WHERE datname LIKE 'gone%'") == "0"


def test_servers_go_when_the_tests_are_killed():
    script = """if True:
        import os, signal
        from support.postgres import Server
        print(Server().host, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    killed = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY / "tests", capture_output=True, text=True)
    folder = Path(killed.stdout.strip())
    until = time.monotonic() + 20
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert killed.returncode == -9 and folder.name.startswith("hf-pg-") and not folder.exists()
    running = subprocess.run(["pgrep", "-f", str(folder)], capture_output=True, text=True)
    assert running.stdout == ""


@pytest.fixture
def pretend(tmp_path, monkeypatch):
    """pretend(script) gives the runner with a shell script in the place of the program."""

    def make(script):
        program = tmp_path / "holdfast"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("HOLDFAST", str(program))
        return Holdfast()

    return make


def test_the_runner_gives_output_status_and_json(pretend):
    done = pretend('cat; echo "$2" >&2; exit 3')("inspect", "--json", input='{"a": 1}', check=False)
    assert (done.returncode, done.stderr, done.json) == (3, "--json\n", {"a": 1})
    with pytest.raises(AssertionError, match="gave 3"):
        pretend("exit 3")()


@pytest.mark.parametrize("script", [
    "echo '==7==ERROR: LeakSanitizer: detected memory leaks' >&2", "echo 'WARNING: ThreadSanitizer: data race' >&2",
    "echo 'a.c:1:2: runtime error: signed integer overflow' >&2; exit 1", "exit 86"])
def test_a_report_of_a_sanitizer_fails_even_a_run_that_may_fail(pretend, script):
    with pytest.raises(AssertionError, match="a sanitizer reports"):
        pretend(script)(check=False)
