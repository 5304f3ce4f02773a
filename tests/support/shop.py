"""What the tests of workers share: an installation for each test, and a shop in it. Import the fixtures by name."""
import pytest

from .installation import Installation

ROWS = 20000


@pytest.fixture(scope="module")
def server(postgres):
    return postgres(15)


@pytest.fixture
def service(server):
    installation = Installation(server)
    yield installation
    installation.remove()


@pytest.fixture
def shop(server, service, database):
    """A registered database: its id; its name is service.shop."""
    service.shop = database(server)
    server.psql(f"CREATE TABLE item AS SELECT i, repeat('x', 50) AS t FROM generate_series(1, {ROWS}) i;"
                "CREATE TABLE other (a int); CREATE SCHEMA app; CREATE TABLE app.note AS SELECT 1 AS n", service.shop)
    return service.database(service.shop)


@pytest.fixture
def slow(server, service, database):
    """A database whose backup takes as long as somebody holds a lock: its id. See `hold`."""
    service.slow = database(server)
    server.psql("CREATE TABLE held AS SELECT 1 AS a", service.slow)
    return service.database(service.slow)


class hold:
    """Keeps every backup of a database waiting for a lock."""

    def __init__(self, server, name):
        self.connection = server.connect(name)
        self.connection.execute("BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE")

    def release(self):
        self.connection.close()


def good_backup(service, shop):
    return service.backup_of(service.wait(service.back_up(shop))["id"])["id"]


def preflight(service, backup, seconds=180, **body):
    answer = service.request("preflight", backup_id=backup, **body)
    done = service.wait(answer["job_id"], seconds=seconds)
    assert done["state"] == "succeeded", done
    return answer["preflight_id"], done["result"]


def restore(service, backup, **body):
    found, result = preflight(service, backup, **body)
    assert result["ok"], result
    return service.request("restore", preflight_id=found)["job_id"]


def items(server, service):
    return int(server.psql("SELECT count(*) FROM item", service.shop))
