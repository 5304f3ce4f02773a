"""Fixtures of tests that migrate into SQL Server; a test file imports those that it uses."""
import json

import pytest

from . import process
from .tds_clients import python_tds, tsql


@pytest.fixture(scope="module")
def server(mssql):
    """One that no other file makes fail."""
    return mssql(fresh=True)


@pytest.fixture
def target(server):
    name = server.create_database()
    yield name
    server.clear_faults()
    server.offer()


@pytest.fixture
def secret(server, tmp_path):
    file = tmp_path / "password"
    file.write_text(server.password + "\n")
    file.chmod(0o600)
    return file


@pytest.fixture
def migrate(holdfast, postgres, server, target, secret):
    """migrate(database, *options) into the target of the test; with check=False whatever comes of it. `role` reads."""
    def run(database, *options, check=True, popen=False, role="postgres", **more):
        to = {"--to-mssql": f"{server.host}:{server.port}", "--to-database": target, "--to-user": server.login,
              "--to-root": server.root, "--password-file": secret, **more}
        arguments = [each for pair in to.items() if pair[1] is not None for each in pair]
        call = holdfast.popen if popen else holdfast
        kept = {} if popen else {"check": check}
        return call("migrate", "--from", postgres(15).dsn(database, user=role), *arguments, *options, **kept)
    return run


@pytest.fixture
def source(postgres, database):
    """source(SQL) is a new database with that in it."""
    def make(text):
        name = database(postgres(15))
        postgres(15).psql(text, db=name)
        return name
    return make


@pytest.fixture
def waiting():
    """waiting(condition, process) waits until it is true, while the process runs."""
    def wait(condition, running):
        process.wait_for(condition, "the migration", seconds=120, process=running)
    return wait


def report(done):
    return json.loads(done.stdout)


def ask(server, target, text):
    return tsql(server, text, database=target)


def rows_of(server, target, text):
    """With types, as another client reads them."""
    with python_tds(server, target) as connection, connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchall()


def refused(done, *words):
    assert done.returncode != 0 and not done.stdout
    for each in words:
        assert each in done.stderr
    return done
