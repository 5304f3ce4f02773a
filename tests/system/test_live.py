"""What a database holds at this moment, as GET /databases/{id}/live has its server asked."""
import pytest

from support import process


@pytest.fixture(scope="module")
def admin(site):
    return site.organization("live")


@pytest.fixture(scope="module")
def server(site, admin):
    return admin.post("/servers", {"name": "main", "host": "127.0.0.1", "port": site.server.port, "username": "postgres"},
                      expect=201).json["id"]


@pytest.fixture
def live(site, admin, server, database):
    """live() asks; live.sql(text) runs a statement in the database."""
    name = database(site.server)
    made = admin.post("/databases", {"server_id": server, "name": name}, expect=201).json["id"]

    class Live:
        id, connect = made, lambda self: site.server.connect(name)

        def __call__(self):
            return admin.get(f"/databases/{made}/live", expect=200).json

        def sql(self, text):
            with self.connect() as connection:
                connection.execute(text)

        def drop(self):
            with site.server.connect("postgres") as connection:
                connection.execute(f'DROP DATABASE "{name}"')

    return Live()


def test_it_tells_tables_rows_and_sizes_before_any_analyze(live):
    live.sql("CREATE SCHEMA odd; CREATE TABLE odd.\"Größe\" AS SELECT i FROM generate_series(1, 300) i; "
             "CREATE TABLE few AS SELECT 1 AS i; CREATE VIEW v AS SELECT 1; CREATE TABLE none (i integer)")
    process.wait_for(lambda: live()["rows"] == 301, "the statistics")
    told = live()
    assert told["exists"] and told["tables"] == 3 and told["size_bytes"] > 1_000_000
    assert [(each["schema"], each["name"], each["rows"]) for each in told["items"]] == [
        ("odd", "Größe", 300), ("public", "few", 1), ("public", "none", 0)]


def test_rows_that_were_deleted_are_not_told_though_nothing_was_analyzed_since(live):
    live.sql("CREATE TABLE t AS SELECT i FROM generate_series(1, 300) i")
    live.sql("ANALYZE t")
    live.sql("DELETE FROM t WHERE i > 10")
    process.wait_for(lambda: live()["rows"] == 10, "the statistics")


def test_a_lock_on_a_table_is_not_waited_for(live):
    live.sql("CREATE TABLE t AS SELECT 1 AS i")
    with live.connect() as connection:
        connection.execute("BEGIN")
        connection.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        assert live()["tables"] == 1


def test_a_database_that_is_gone_does_not_exist(live):
    live.drop()
    told = live()
    assert (told["exists"], told["tables"], told["rows"], told["size_bytes"], told["items"]) == (False, None, None, None, [])
