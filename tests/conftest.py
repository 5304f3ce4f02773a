"""Fixtures that every test of the real program on real servers shares."""
import itertools
import os
import signal

import pytest

from support import everything
from support.holdfast import Holdfast
from support.jobs import Hold
from support.mssql import SqlServers
from support.postgres import Servers
from support.service import Service


# What a shell starts in the background ignores Ctrl-C, and under nohup SIGHUP, and so would all that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """The tests of a module that share something of its own go to one process, which makes it once (--dist loadgroup),
    and go first: the others then fill what is left of each process's time."""
    def shares(item):
        made = [fixtures[-1] for fixtures in item._fixtureinfo.name2fixturedefs.values()]
        return any(fixture.scope == "module" for fixture in made)

    for item in filter(shares, items):
        item.add_marker(pytest.mark.xdist_group(item.module.__name__))
    items.sort(key=lambda item: not shares(item))


@pytest.fixture(scope="session")
def postgres():
    """postgres(major=15, scram=False, fresh=False, **settings) gives a running Server; see support/postgres.py."""
    servers = Servers()
    yield servers
    servers.remove()
    everything.remove_extension()


@pytest.fixture(scope="session")
def site(postgres):
    """The service behind nginx, without workers, shared by all tests; see support/service.py."""
    service = Service(postgres(15))
    yield service
    service.remove()


@pytest.fixture(scope="session")
def holdfast():
    """Runs the program: holdfast("verify", "--from", path).stdout; see support/holdfast.py."""
    return Holdfast()


@pytest.fixture
def hold():
    """hold(server, name): see support/jobs.Hold. It lets go at the end of the test at the latest, whatever came of it."""
    made = []

    def make(server, name):
        made.append(Hold(server, name))
        return made[-1]

    yield make
    for each in made:
        each.release()


_numbers = itertools.count(1)


@pytest.fixture
def database():
    """database(server, **createdb_options) gives the name of a new database, which is dropped after the test."""
    made = []

    def make(server, **options):
        name = f"t{os.getpid()}_{next(_numbers)}_"
        made.append((server, name))
        return server.createdb(name, **options)

    yield make
    for server, name in made:
        if server.pid:
            server.dropdb(name)


@pytest.fixture(scope="session")
def mssql(postgres):
    """mssql(fresh=False, **options) gives a running stand-in for SQL Server; see support/mssql.py."""
    servers = SqlServers(postgres)
    yield servers
    servers.remove()
