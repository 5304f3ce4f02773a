"""Windows authentication by the Kerberos ticket of whoever calls: a real KDC, and MIT's library on the stand-in's side."""
import json

import pytest

from support.kerberos import Realm
from support.tds_clients import freetds, tsql


@pytest.fixture(scope="module")
def realm():
    realm = Realm()
    yield realm
    realm.remove()


@pytest.fixture(scope="module")
def server(mssql, realm):
    server = mssql(fresh=True)
    server.trust(realm)
    return server


@pytest.fixture(scope="module")
def mover(realm):
    """The key of the login CORP\\mover."""
    return realm.add("mover")


@pytest.fixture
def ticket(realm, mover):
    realm.log_in("mover", mover)
    yield realm
    realm.log_out()


@pytest.fixture
def call(holdfast, realm, server):
    def run(*options, **more):
        return holdfast("migrate", "--to-mssql", f"{server.host}:{server.port}", "--to-database", server.create_database(),
                        "--to-kerberos", "--to-root", server.root, *options, env=realm.environment, **more)
    return run


def test_a_client_of_others_shows_its_ticket(server, ticket, monkeypatch):
    for name, value in ticket.environment.items():
        monkeypatch.setenv(name, value)
    asked = "select suser_sname(), auth_scheme from sys.dm_exec_connections"
    assert freetds(server, "tsql", "-o", "qfh", "-t", "|", login="", password="", text=f"{asked}\ngo\n").stdout.strip() == \
        "CORP\\mover|KERBEROS"


def test_a_migration_logs_in_by_the_ticket(call, server, ticket, postgres):
    name = postgres(15).createdb("of_the_ticket")
    postgres(15).psql("CREATE TABLE t AS SELECT i FROM generate_series(1, 10) i", db=name)
    found = json.loads(call("--test", "--json").stdout)
    assert [step for step in found["steps"] if step["name"] == "login"][0]["detail"] == "by the Kerberos ticket"
    done = json.loads(call("--from", postgres(15).dsn(name), "--json").stdout)
    assert done["proved"], done
    postgres(15).dropdb(name)


def test_without_a_ticket_one_is_told_to_get_one(call):
    done = call("--test", check=False)
    assert done.returncode == 1 and "kinit" in done.stdout + done.stderr, done


@pytest.mark.parametrize("options", [("--to-user", "sa"), ("--password-file", "/dev/null")])
def test_a_ticket_stands_alone(call, options):
    done = call(*options, "--test", check=False)
    assert done.returncode == 2 and "--to-kerberos stands in place of --to-user and --password-file" in done.stderr
