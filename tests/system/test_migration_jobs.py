"""Assessments and migrations as jobs: asked for over HTTP, run by a worker, their reports read back."""
import itertools
from pathlib import Path

import pytest

from support import process
from support.jobs import Watcher, check_jobs, kill_job
from support.openapi import Description
from support.service import Service
from support.tds_clients import tsql

ROWS = 3000
# Its index is made for as long as the file is there: so a migration can be met in the middle of its load.
SHOP = """
CREATE TABLE item (i int PRIMARY KEY, name text NOT NULL, price numeric(10, 2), seen timestamptz);
INSERT INTO item SELECT i, 'item ' || i, i / 3.0, '2026-01-01' FROM generate_series(1, {rows}) i;
CREATE TABLE note (i int REFERENCES item, t text);
INSERT INTO note VALUES (1, 'one');
CREATE FUNCTION gate(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
    WHILE i = 1 AND (pg_catalog.pg_stat_file('{gate}', true)).size IS NOT NULL LOOP
        PERFORM pg_catalog.pg_sleep(0.05);
    END LOOP;
    RETURN i;
END $$;
CREATE INDEX gated ON item (public.gate(i));
"""


class World:
    """The service with a worker, and an organization "acme" with a shop in it."""

    def __init__(self, server):
        self.server = server
        self.service = Service(server, workers=1)
        self.gate = Path(self.service.folder, "gate")
        self.admin = self.service.organization("acme")
        self.names = (f"{self.service.catalog}_m{n}" for n in itertools.count(1))

        def make(route, **body):
            return self.admin.post(route, body, expect=201).json["id"]

        self.server_id = make("/servers", name="main", host="127.0.0.1", port=server.port, username="postgres")
        make("/storages", name="disk", path=f"{self.service.storage}/acme")
        make("/keys", name="key", kind="identity")
        self.shop = self.database(SHOP.format(rows=ROWS, gate=self.gate))
        self.jobs = []

    def new_name(self):
        return next(self.names)

    def database(self, sql=None):
        """A new registered one: its id and name."""
        name = self.server.createdb(self.new_name())
        if sql:
            self.server.psql(sql, name)
        id = self.admin.post("/databases", {"server_id": self.server_id, "name": name}, expect=201).json["id"]
        return {"id": id, "name": name}

    def new(self):
        return {"mode": "new", "server_id": self.server_id, "database_name": self.new_name()}

    def ask(self, route, source=None, **body):
        """The job's id."""
        answer = self.admin.post(route, {"database_id": (source or self.shop)["id"], **body}, expect=202)
        self.jobs.append(answer.json["job_id"])
        return self.jobs[-1]

    def run(self, route, source=None, **body):
        """What the job came to."""
        return Watcher(self.admin, self.ask(route, source, **body)).end()

    def refused(self, route, source=None, status=400, **body):
        body = {"database_id": (source or self.shop)["id"], **body}
        return self.admin.post(route, body, expect=status).json["detail"]

    def items(self, name):
        return self.server.psql("SELECT count(*) FROM item", name)

    def incoming(self):
        return "_hf_incoming_" in self.server.psql("SELECT datname FROM pg_database WHERE starts_with(datname, "
                                                   f"'{self.service.catalog}')")


@pytest.fixture(scope="module")
def world(postgres):
    world = World(postgres(15))
    yield world
    check_jobs(world.service, world.jobs)
    world.service.remove()


@pytest.fixture
def gate(world):
    """Migrations of the shop wait before its index until the file is removed."""
    world.gate.write_text("closed")
    yield world.gate
    world.gate.unlink(missing_ok=True)


# ---- Assessments ----------------------------------------------------------------------------------------------------


def test_an_assessment_for_sql_server_leaves_a_report_a_page_and_a_script(world):
    done = world.run("/assessments")
    assert done["state"] == "succeeded", done
    result = done["result"]
    assert (result["target"], result["tables"], result["rows"], result["left_behind"] > 0) == (
        "sql-server", 2, ROWS + 1, True), result
    answer = world.admin.get(f"/jobs/{done['id']}/report", expect=200)
    Description().check_answer("GET", f"/api/v1/jobs/{done['id']}/report", answer)
    assessment = answer.json["assessment"]
    assert {each["table"]: each["rows"] for each in assessment["tables"]} == {"public.item": ROWS, "public.note": 1}
    assert assessment["left_behind"] == result["left_behind"]
    page = world.admin.get(f"/jobs/{done['id']}/report.html", expect=200)
    assert b"</html>" in page.body and b"public.item" in page.body
    assert page.headers["content-disposition"] == 'attachment; filename="report.html"'
    assert "default-src 'none'" in page.headers["content-security-policy"] and b"default-src 'none'" in page.body
    assert b"CREATE TABLE [dbo].[item]" in world.admin.get(f"/jobs/{done['id']}/script.sql", expect=200).body


def test_a_report_is_sealed_in_the_catalog_and_nothing_to_a_viewer_or_another_organization(world):
    job = world.run("/assessments")["id"]
    viewer = world.service.user(world.admin, "report-viewer", "viewer")
    stranger = world.service.organization("report-stranger")
    for part in ("report", "report.html", "script.sql"):
        world.admin.get(f"/jobs/{job}/{part}", expect=200)
        viewer.get(f"/jobs/{job}/{part}", expect=403)
        stranger.get(f"/jobs/{job}/{part}", expect=404)
    for (sealed,) in world.service.sql("SELECT sealed FROM job_report WHERE job_id = %s", job):
        assert b"item" not in sealed
    for route in ("/assessments", "/migrations"):
        stranger.post(route, {"database_id": world.shop["id"], **world.new()}, expect=404)
        viewer.post(route, {"database_id": world.shop["id"]}, expect=403)


def test_a_map_is_looked_at_when_it_comes_and_held_against_the_database_by_the_job(world):
    assert "columns[0]" in world.refused("/assessments", map={"columns": [{"nonsense": "x"}]})
    wrong = {"columns": [{"table": "public.item", "column": "nowhere", "to": "nvarchar(10)"}]}
    done = world.run("/assessments", map=wrong)
    assert (done["state"], done["error"]["code"]) == ("failed", "usage") and "nowhere" in done["error"]["message"]
    right = {"columns": [{"table": "public.item", "column": "name", "to": "nvarchar(77)"}]}
    job = world.run("/assessments", map=right)["id"]
    columns = world.admin.get(f"/jobs/{job}/report", expect=200).json["assessment"]["columns"]
    assert "nvarchar(77)" in [each["to"] for each in columns if each["column"] == "name"]


def test_an_assessment_for_postgresql_is_the_preflight_of_the_migration(world):
    to = world.new()
    done = world.run("/assessments", **to)
    assert done["state"] == "succeeded" and done["result"]["target"] == "postgresql" and done["result"]["ok"], done
    assert to["database_name"] not in world.server.psql("SELECT datname FROM pg_database")
    taken = world.run("/assessments", **{**to, "database_name": world.shop["name"]})["result"]
    assert not taken["ok"] and taken["findings"][0]["fatal"]
    with world.server.connect(world.shop["name"], application_name="a shop"):
        others = world.run("/assessments", **to)["result"]
    assert others["code"] == "conflict" and "a shop" in others["message"]
    world.admin.get(f"/jobs/{done['id']}/report", expect=404)


def test_an_assessment_looks_at_where_the_migration_would_back_up_to(world):
    lost = world.admin.post("/storages", {"name": "lost to", "path": f"{world.service.storage}/lost_to"}, expect=201).json["id"]
    Path(world.service.storage, "lost_to").rmdir()
    done = world.run("/assessments", **world.new(), storage_id=lost)
    assert "lost_to" in str(done["error"] or done["result"]["message"]), done
    world.admin.delete(f"/storages/{lost}", expect=204)
    found = world.run("/assessments", **world.new(), folder="not yet there")
    assert found["state"] == "succeeded" and found["result"]["ok"], found
    assert not list(Path(world.service.storage).rglob("assessment-*"))
    bare = world.service.organization("bare")
    server = bare.post("/servers", {"name": "main", "host": "127.0.0.1", "port": world.server.port, "username": "postgres"},
                       expect=201).json["id"]
    source = bare.post("/databases", {"server_id": server, "name": world.shop["name"]}, expect=201).json["id"]
    body = {"database_id": source, "mode": "new", "server_id": server, "database_name": world.new_name()}
    told = {bare.post(route, body).json["detail"] for route in ("/assessments", "/migrations")}
    assert len(told) == 1 and "storage" in told.pop()
    bare.post("/assessments", {**body, "backup": "none"}, expect=202)


# ---- Migrations -----------------------------------------------------------------------------------------------------


def backups_of(world, job):
    return world.admin.get(f"/backups?job_id={job}", expect=200).json["items"]


def test_a_migration_makes_a_proved_copy_and_backs_the_source_up_first(world):
    to = world.new()
    done = world.run("/migrations", **to)
    assert done["state"] == "succeeded", done
    assert world.items(to["database_name"]) == str(ROWS)
    result = done["result"]
    assert (result["database"], result["rows"], result["tables_proved"]) == (to["database_name"], ROWS + 1, 2)
    (backup,) = backups_of(world, done["id"])
    assert (backup["type"], backup["database_id"], backup["rows"]) == ("safety", world.shop["id"], ROWS + 1)
    assert result["target_database_id"] is None
    registered = {"server_id": world.server_id, "name": to["database_name"]}
    id = world.admin.post("/databases", registered, expect=201).json["id"]
    assert done["name"] == f"{world.shop['name']} to {to['database_name']} on main"
    again = world.run("/migrations", **to, backup="none")
    assert again["state"] == "failed" and again["error"]["code"] == "conflict"
    assert again["result"]["target_database_id"] == id and backups_of(world, again["id"]) == []


def test_a_migration_into_a_live_database_swaps_and_can_be_undone(world):
    target = world.database("CREATE TABLE item AS SELECT 1 AS i")
    done = world.run("/migrations", mode="swap", target_database_id=target["id"], backup="none")
    assert done["state"] == "succeeded" and done["result"]["kept"], done
    assert world.items(target["name"]) == str(ROWS)
    kept = world.service.sql("SELECT name FROM kept_copy WHERE database_id = %s", target["id"])
    assert kept == [(done["result"]["kept"],)]
    job = world.admin.post(f"/databases/{target['id']}/undo", expect=202).json["job_id"]
    assert Watcher(world.admin, job).end()["state"] == "succeeded"
    assert world.items(target["name"]) == "1"


@pytest.mark.parametrize("more, there", [({}, "after"), ({"safety": "before"}, "before"), ({"keep_old_s": 0}, "before"),
                                         ({"safety": "none"}, None), ({"safety": "none", "keep_old_s": 0}, None)])
def test_a_database_that_is_replaced_is_backed_up_too(world, more, there):
    target = world.database("CREATE TABLE item AS SELECT 1 AS i")
    done = world.run("/migrations", mode="swap", target_database_id=target["id"], backup="none", **more)
    assert done["state"] == "succeeded" and done["result"]["target_database_id"] == target["id"], done
    assert bool(done["result"]["kept"]) == (more.get("keep_old_s") != 0)
    backups = [(each["type"], each["database_id"], each["rows"]) for each in backups_of(world, done["id"])]
    assert backups == ([("safety", target["id"], 1)] if there else [])
    path = done["result"]["safety"]
    assert (path or "").startswith("before-replacement-") == bool(there)
    log = [line["message"] for line in world.admin.get(f"/jobs/{done['id']}?lines=500").json["log"]]
    assert (f"the database as it was is in {path}" in log) == (there == "before"), log


def test_a_backup_of_what_is_replaced_that_fails_before_the_swap_leaves_it_live(world):
    target = world.database("CREATE TABLE item AS SELECT 1 AS i")
    nowhere = world.admin.post("/storages", {"name": "lost", "path": f"{world.service.storage}/lost"}, expect=201).json["id"]
    Path(world.service.storage, "lost").rmdir()
    done = world.run("/migrations", mode="swap", target_database_id=target["id"], backup="none", safety="before",
                     storage_id=nowhere)
    assert done["state"] == "failed" and world.items(target["name"]) == "1", done
    done = world.run("/migrations", mode="swap", target_database_id=target["id"], backup="none", storage_id=nowhere)
    assert done["state"] == "succeeded" and done["result"]["safety"] is None and world.items(target["name"]) == str(ROWS)
    world.admin.delete(f"/storages/{nowhere}", expect=204)


def test_others_at_work_in_the_source_are_named_and_a_choice(world):
    to = world.new()
    with world.server.connect(world.shop["name"], application_name="a shop"):
        done = world.run("/migrations", **to, backup="none")
        assert done["state"] == "failed" and "a shop" in done["error"]["message"]
        done = world.run("/migrations", **to, backup="none", others="go_on")
    assert done["state"] == "succeeded" and "a shop" in str(done["result"]["findings"]), done


def test_a_fresh_backup_that_is_named_will_do_and_no_other(world):
    database = world.database("CREATE TABLE item AS SELECT 1 AS i")
    job = world.admin.post("/backups", {"database_id": database["id"]}, expect=202).json["job_id"]
    assert Watcher(world.admin, job).end()["state"] == "succeeded"
    (backup,) = backups_of(world, job)
    done = world.run("/migrations", database, **world.new(), backup_id=backup["id"], backup_age_s=86400)
    assert done["state"] == "succeeded" and done["backup_id"] == backup["id"], done
    assert "no good backup of" in world.refused("/migrations", **world.new(), backup_id=backup["id"], status=409)
    world.server.psql("DROP TABLE item; CREATE TABLE item AS SELECT 1 AS i", database["name"])
    other = world.run("/migrations", database, **world.new(), backup_id=backup["id"])
    assert other["state"] == "failed" and "will not do" in other["error"]["message"], other


@pytest.mark.parametrize("body, said", [
    ({}, "nothing says where to"),
    ({"mode": "new"}, "takes server_id and database_name"),
    ({"mode": "swap", "database_name": "x"}, "takes target_database_id"),
    ({"mode": "swap", "target_database_id": "self"}, "is the source itself"),
    ({"mode": "new", "map": {}}, "map is for a migration into SQL Server"),
    ({"mode": "new", "backup": "none", "folder": "x"}, "folder is for a backup that is made first"),
    ({"mode": "new", "backup_age_s": 60}, "backup_age_s is for a backup that backup_id names"),
    ({"mode": "new", "safety": "before"}, 'safety is for mode "swap"'),
    ({"mode": "new", "others": "kill"}, "one of refuse go_on halt"),
])
def test_what_does_not_go_together_is_refused_with_the_reason(world, body, said):
    if body.get("mode") == "new" and len(body) > 1:
        body = {"server_id": world.server_id, "database_name": "never_made", **body}
    if body.get("target_database_id"):
        body = {**body, "target_database_id": world.shop["id"]}
    assert said in world.refused("/migrations", **body)


def test_numbers_have_the_bounds_that_the_description_tells(world):
    members = Description().document["components"]["schemas"]["MigrationNew"]["properties"]
    numbers = {name: each for name, each in members.items() if each.get("type") == "integer"}
    assert numbers
    for name, told in numbers.items():
        for wrong in (told["minimum"] - 1, told["maximum"] + 1):
            assert name in world.refused("/assessments", **{name: wrong}), (name, wrong)
        for right in (told["minimum"], told["maximum"]):  # of its own it may not fit, but not for its bounds
            answer = world.admin.post("/assessments", {"database_id": world.shop["id"], name: right})
            assert answer.status == 202 or " is for a " in answer.json["detail"], (name, right, answer)


def test_workers_that_may_not_reach_both_sides_are_not_guessed(world):
    far = world.admin.post("/servers", {"name": "far", "host": "127.0.0.1", "port": world.server.port,
                                        "username": "postgres", "pool": "far"}, expect=201).json["id"]
    to = {**world.new(), "server_id": far, "backup": "none"}
    assert "name in pool the one" in world.refused("/migrations", **to)
    assert world.run("/migrations", **to, pool="default")["state"] == "succeeded"


# ---- Faults ---------------------------------------------------------------------------------------------------------


def wait_for(condition, what):
    process.wait_for(condition, what, seconds=180)


def test_two_migrations_into_one_place_run_one_after_the_other(world, gate):
    to = world.new()
    first = world.ask("/migrations", **to, backup="none", others="go_on")
    wait_for(world.incoming, "the load")
    source = world.database("CREATE TABLE item AS SELECT 1 AS i")
    second = world.ask("/migrations", source, **to, backup="none")
    wait_for(lambda: world.admin.get(f"/jobs/{second}").json["waiting_for"] == f"the migrate job {first}", "its turn")
    gate.unlink()
    assert Watcher(world.admin, first).end()["state"] == "succeeded"
    assert Watcher(world.admin, second).end()["error"]["code"] == "conflict"  # it is there now
    assert world.items(to["database_name"]) == str(ROWS)


@pytest.mark.parametrize("mode", ["new", "swap"])
def test_a_migration_whose_process_dies_begins_again_and_makes_no_second_backup(world, gate, mode):
    if mode == "new":
        to = world.new()
    else:
        target = world.database("CREATE TABLE item AS SELECT 1 AS i")
        to = {"mode": "swap", "target_database_id": target["id"]}
    job = world.ask("/migrations", **to, others="go_on")
    wait_for(world.incoming, "the load")
    kill_job(world.service, job)
    gate.unlink()
    done = Watcher(world.admin, job).end()
    assert done["state"] == "succeeded" and done["attempt"] == 2, done
    assert world.items(to["database_name"] if mode == "new" else target["name"]) == str(ROWS)
    replaced = [] if mode == "new" else [target["id"]]
    assert not world.incoming()
    assert sorted(each["database_id"] for each in backups_of(world, job)) == sorted([world.shop["id"], *replaced])


def log_of(world, job):
    return " ".join(line["message"] for line in world.admin.get(f"/jobs/{job}?lines=500").json["log"])


def test_a_migration_waits_for_the_sessions_of_one_that_died(world):
    to = world.new()
    with world.server.connect("postgres") as dead, dead.transaction():
        dead.execute("SELECT pg_advisory_xact_lock(1212566855, hashtext(%s))", [to["database_name"]])
        job = world.ask("/migrations", **to, backup="none")
        wait_for(lambda: "waiting, as it may be a dead one: another migration into" in log_of(world, job), "its wait")
    assert Watcher(world.admin, job).end()["state"] == "succeeded"


def test_a_cancelled_migration_leaves_nothing_behind(world, gate):
    to = world.new()
    job = world.ask("/migrations", **to, backup="none", others="go_on")
    wait_for(world.incoming, "the load")
    world.admin.post(f"/jobs/{job}/cancel", expect=202)
    assert Watcher(world.admin, job).end()["state"] == "cancelled"
    assert not world.incoming()
    assert to["database_name"] not in world.server.psql("SELECT datname FROM pg_database")


@pytest.mark.parametrize("mode", ["new", "swap"])
def test_both_ends_stay_what_they_are_while_a_migration_needs_them(world, gate, mode):
    other = world.admin.post("/servers", {"name": f"other {mode}", "host": "127.0.0.1", "port": world.server.port,
                                          "username": "postgres"}, expect=201).json["id"]
    registered = {"server_id": other, "name": world.server.createdb(world.new_name())}
    target = world.admin.post("/databases", registered, expect=201).json["id"]
    swap = {"mode": "swap", "target_database_id": target, "safety": "none"}
    new = {"mode": "new", "server_id": other, "database_name": registered["name"]}
    if mode == "new":
        world.server.psql(f"DROP DATABASE {registered['name']}", "postgres")
    job = world.ask("/migrations", backup="none", others="go_on", **(new if mode == "new" else swap))
    wait_for(world.incoming, "the load")
    for path in (f"/servers/{other}", f"/databases/{target}", f"/servers/{world.server_id}", f"/databases/{world.shop['id']}"):
        assert f"the migrate job {job} is queued or running" in world.admin.delete(path, expect=409).json["detail"], path
    for path in (f"/servers/{other}", f"/servers/{world.server_id}"):
        assert job in world.admin.patch(path, {"host": "localhost"}, expect=409).json["detail"]
    world.admin.patch(f"/servers/{other}", {"name": f"others {mode}", "host": "127.0.0.1"}, expect=200)
    gate.unlink()
    assert Watcher(world.admin, job).end()["state"] == "succeeded"
    world.admin.delete(f"/databases/{target}?copies=leave", expect=204)
    world.admin.delete(f"/servers/{other}", expect=204)


def test_the_same_request_again_makes_no_second_job(world):
    to, key = world.new(), {"Idempotency-Key": "move once"}
    body = {"database_id": world.shop["id"], **to, "backup": "none"}
    first = world.admin.post("/migrations", body, headers=key, expect=202).json["job_id"]
    assert world.admin.post("/migrations", body, headers=key, expect=202).json["job_id"] == first
    world.jobs.append(first)
    assert Watcher(world.admin, first).end()["state"] == "succeeded"


# ---- Into SQL Server ------------------------------------------------------------------------------------------------

PARTS = "".join(f"CREATE TABLE t{n} (id int PRIMARY KEY, t text);"
                f"INSERT INTO t{n} SELECT i, 'row ' || i FROM generate_series(1, 100) i;" for n in (1, 2, 3))


class There:
    """A SQL Server of its own, registered with its password, and a database "parts" to move there."""

    def __init__(self, world, peer):
        self.peer = peer
        self.address = f"{peer.host}:{peer.port}"
        self.root = Path(peer.root).read_text()
        self.id = self.register(world, "sql", password=peer.password)
        self.parts = world.database(PARTS)

    def register(self, world, name, **more):
        body = {"name": name, "address": self.address, "username": self.peer.login, "tls_root": self.root, **more}
        return world.admin.post("/mssql-servers", body, expect=201).json["id"]

    def into(self, **more):
        """Of a request, the members that name a new database there."""
        return {"mssql_server_id": self.id, "database_name": self.peer.create_database(), "jobs": 1, "others": "go_on",
                **more}

    def count(self, to, table):
        return tsql(self.peer, f"SELECT count(*) FROM {table}", database=to["database_name"])[0][0]


@pytest.fixture(scope="module")
def there(world, mssql):
    return There(world, mssql(fresh=True))


@pytest.fixture
def faults(there):
    yield there.peer.fault
    there.peer.clear_faults()


def report_of(world, job):
    return world.admin.get(f"/jobs/{job}/report", expect=200).json


def test_a_sql_server_is_tested_step_by_step_with_the_password_that_is_kept_or_given(world, there):
    database = there.peer.create_database()
    found = world.admin.post(f"/mssql-servers/{there.id}/test", {"database_name": database}, expect=200).json
    assert found["ok"] and {each["state"] for each in found["steps"]} <= {"ok", "warning"}, found
    asked = there.register(world, "asked each time")
    test = f"/mssql-servers/{asked}/test"
    assert "is not kept" in world.admin.post(test, {"database_name": database}, expect=400).json["detail"]
    wrong = world.admin.post(test, {"database_name": database, "password": "wrong"}, expect=200).json
    assert [each["name"] for each in wrong["steps"] if each["state"] == "failed"] == ["login"]
    right = {"database_name": database, "password": there.peer.password}
    assert world.admin.post(test, right, expect=200).json["ok"]
    assert there.peer.password not in world.admin.get("/mssql-servers", expect=200).body.decode()


def test_a_password_that_is_kept_goes_nowhere_else(world, there):
    path = f"/mssql-servers/{there.register(world, 'elsewhere', password='kept')}"
    for change in ({"address": "elsewhere.example"}, {"tls_root": "", "any_certificate": True}, {"tls_root": ""}):
        assert "must be given again" in world.admin.patch(path, change, expect=400).json["detail"]
    world.admin.patch(path, {"tls_root": there.root, "username": "mover"}, expect=200)
    world.admin.patch(path, {"address": "elsewhere.example", "password": "another"}, expect=200)
    assert "exclude each other" in world.admin.patch(path, {"any_certificate": True, "password": "x"}).json["detail"]
    world.admin.patch(path, {"address": "not a host:x", "password": "x"}, expect=400)


def test_a_migration_into_sql_server_is_proved_and_its_report_says_so(world, there):
    to = there.into()
    done = world.run("/migrations", there.parts, **to)
    assert done["state"] == "succeeded" and done["result"]["proved"], done
    assert there.count(to, "t2") == "100"
    answer = world.admin.get(f"/jobs/{done['id']}/report", expect=200)
    Description().check_answer("GET", f"/api/v1/jobs/{done['id']}/report", answer)
    assert [(each["to"], each["equal"]) for each in answer.json["moved"]] == [
        (f"[dbo].[t{n}]", True) for n in (1, 2, 3)]
    assert done["result"]["line"] == answer.json["line"] and answer.json["line"].startswith("proved: 3 tables")
    page = world.admin.get(f"/jobs/{done['id']}/report.html", expect=200).body.decode()
    assert "Proof" in page and answer.json["moved"][0]["source"]["digest"] in page
    assert b"CREATE TABLE [dbo].[t1]" in world.admin.get(f"/jobs/{done['id']}/script.sql", expect=200).body


def test_a_password_for_once_is_used_and_not_kept(world, there):
    asked = there.register(world, "asked for a migration")
    to = there.into(mssql_server_id=asked)
    assert "for this once" in world.refused("/migrations", there.parts, **to)
    done = world.run("/migrations", there.parts, **to, password=there.peer.password)
    assert done["state"] == "succeeded", done
    assert world.service.sql("SELECT count(*) FROM job WHERE secret IS NOT NULL OR request ? 'password'") == [(0,)]


def test_a_sql_server_stays_while_a_job_needs_it(world, there, faults):
    faults("bulk end", "hold", matching="t2")
    job = world.ask("/migrations", there.parts, **there.into())
    wait_for(lambda: world.admin.get(f"/jobs/{job}").json["phase"] == "loading", "the load")
    path = f"/mssql-servers/{there.id}"
    for refused in (world.admin.delete(path, expect=409),
                    world.admin.patch(path, {"address": "elsewhere.example", "password": "x"}, expect=409),
                    world.admin.delete(f"/databases/{there.parts['id']}", expect=409)):
        assert f"the migrate job {job} is queued or running" in refused.json["detail"]
    world.admin.patch(path, {"password": there.peer.password}, expect=200)
    there.peer.clear_faults()
    assert Watcher(world.admin, job).end()["state"] == "succeeded"


def is_loaded(there, to, table="t1", rows=100):
    """Whether a part is there for good."""
    try:
        return there.count(to, table) == str(rows)
    except AssertionError:  # its table is not there yet
        return False


def test_a_migration_into_sql_server_whose_process_dies_goes_on_from_its_last_part(world, there, faults):
    to = there.into()
    faults("bulk end", "hold", matching="t2")
    job = world.ask("/migrations", there.parts, **to)
    wait_for(lambda: is_loaded(there, to), "the first part")
    kill_job(world.service, job)
    there.peer.clear_faults()
    done = Watcher(world.admin, job).end()
    assert done["state"] == "succeeded" and done["attempt"] == 2, done
    assert done["result"]["proved"] and done["result"]["parts_kept"] == 1
    assert there.count(to, "t2") == "100"


def test_a_cancelled_migration_into_sql_server_goes_on_when_it_is_asked_for_again(world, there, faults):
    to = there.into()
    faults("bulk end", "hold", matching="t2")
    job = world.ask("/migrations", there.parts, **to)
    wait_for(lambda: is_loaded(there, to), "the first part")
    world.admin.post(f"/jobs/{job}/cancel", expect=202)
    cancelled = Watcher(world.admin, job).end()
    there.peer.clear_faults()
    assert cancelled["state"] == "cancelled" and not report_of(world, job)["proved"]
    again = world.run("/migrations", there.parts, **to)
    assert again["state"] == "succeeded" and again["result"]["parts_kept"] >= 1, again


def refusing(world, there, faults, source, check, **more):
    """Of a request, the members that name a database there whose table t2 refuses rows by that check."""
    to = there.into(**more)
    faults("bulk", "error", matching="t2", number=1105, details=["t2", "target", "PRIMARY"])  # so that its tables are there
    assert world.run("/migrations", source, **{**to, "refused_limit": 0})["state"] == "failed"
    tsql(there.peer, f"ALTER TABLE t2 ADD CONSTRAINT refused CHECK ({check})", database=to["database_name"])
    there.peer.clear_faults()
    return to


def test_the_error_of_a_migration_names_no_values_of_rows_and_the_report_does(world, there, faults):
    """Viewers see errors and logs, and no reports."""
    to = refusing(world, there, faults, there.parts, "id <> 50")
    done = world.run("/migrations", there.parts, **to)
    logged = world.admin.get("/logs", expect=200).body.decode()
    assert done["state"] == "failed" and "public.t2: a row is refused; the report says more" in done["error"]["message"], done
    assert "id=50" not in str(done) and "id=50" not in logged
    report = world.admin.get(f"/jobs/{done['id']}/report", expect=200)
    Description().check_answer("GET", f"/api/v1/jobs/{done['id']}/report", report)
    assert "public.t2: the row id=50 is refused" in report.json["detail"]
    assert "the row id=50 is" in world.admin.get(f"/jobs/{done['id']}/report.html", expect=200).body.decode()

    to = there.into()
    faults("batch", "error", matching="ADD CONSTRAINT .t2_pkey", number=1505, details=["t2", "t2_pkey", "(secret)"])
    done = world.run("/migrations", there.parts, **to)
    assert "the server refused something while making keys and indexes (error 1505)" in done["error"]["message"], done
    assert "secret" not in str(done) and "secret" in report_of(world, done["id"])["detail"]


def test_the_log_of_a_migration_names_no_values_of_rows_where_it_cannot_tell_the_difference(world, there, faults):
    source = world.database("CREATE TABLE t2 (id int PRIMARY KEY, t text); INSERT INTO t2 VALUES (1, 'one')")
    to = there.into()
    reading = "SELECT .id., .t. FROM .dbo...t2"
    met = faults("batch", "slow", matching=reading, seconds=0)
    held = faults("batch", "hold", matching=reading)
    job = world.ask("/migrations", source, **to)
    wait_for(lambda: not met.exists(), "the proof")
    tsql(there.peer, "UPDATE t2 SET t = N'another'", database=to["database_name"])
    faults("batch", "error", matching=reading, number=1505, details=["t2", "t2_pkey", "(secret)"])
    held.unlink()
    done = Watcher(world.admin, job).end()
    said = world.admin.get(f"/jobs/{job}?lines=500", expect=200).body.decode()
    assert (done["state"], done["error"]["code"]) == ("failed", "differ") and there.peer.faults_left() == 0, done
    assert "public.t2: which rows differ cannot be told" in said and "secret" not in said


def test_rows_that_are_refused_are_in_the_report_also_of_an_attempt_that_was_lost(world, there, faults):
    to = refusing(world, there, faults, there.parts, "id NOT IN (7, 50)", refused_limit=2)
    faults("bulk end", "hold", matching="t3")
    job = world.ask("/migrations", there.parts, **to)
    wait_for(lambda: is_loaded(there, to, "t2", 98), "the part without them")
    kill_job(world.service, job)
    there.peer.clear_faults()
    done = Watcher(world.admin, job).end()
    assert done["state"] == "succeeded" and done["result"]["refused"] == 2, done
    rows = report_of(world, job)["refused_rows"]
    assert [(each["table"], each["key"], each["row"]) for each in rows] == [
        ("public.t2", f"id={n}", f"{n}\trow {n}") for n in (7, 50)]


def test_a_row_that_is_mended_before_the_next_attempt_is_told_no_more(world, there, faults):
    source = world.database(PARTS)
    to = refusing(world, there, faults, source, "id NOT IN (7, 50)", refused_limit=2)
    faults("batch", "hold", matching=r"UPDATE .*holdfast_migration_part.*public\.t2")
    job = world.ask("/migrations", source, **to)
    wait_for(lambda: world.service.sql("SELECT count(*) FROM job_refused WHERE job_id = %s", job) == [(2,)], "both rows")
    kill_job(world.service, job)
    world.server.psql("UPDATE t2 SET id = 107 WHERE id = 7", source["name"])
    there.peer.clear_faults()
    done = Watcher(world.admin, job).end()
    assert done["state"] == "succeeded" and (done["attempt"], done["result"]["refused"]) == (2, 1), done
    assert [each["key"] for each in report_of(world, job)["refused_rows"]] == ["id=50"]
    assert there.count(to, "t2") == "99"


def test_a_job_does_not_go_on_where_another_has_left_rows_out(world, there, faults):
    to = refusing(world, there, faults, there.parts, "id NOT IN (7, 50)", refused_limit=2)
    faults("bulk end", "error", matching="t3", number=1105, details=["t3", "target", "PRIMARY"])
    first = world.run("/migrations", there.parts, **to)
    there.peer.clear_faults()
    assert first["state"] == "failed" and len(report_of(world, first["id"])["refused_rows"]) == 2
    done = world.run("/migrations", there.parts, **to)
    assert (done["state"], done["error"]["code"]) == ("failed", "conflict"), done
    assert "put 2 rows of a part (0 public.t2) aside" in done["error"]["message"] and "a new database" in done["error"]["message"]


def test_equal_rows_of_a_table_without_a_key_are_refused_one_by_one(world, there, faults):
    source = world.database("CREATE TABLE t2 (id int, t text); INSERT INTO t2 VALUES (1, 'one'), (7, 'same'), (7, 'same')")
    to = refusing(world, there, faults, source, "id <> 7", refused_limit=2)
    done = world.run("/migrations", source, **to)
    assert done["state"] == "succeeded" and done["result"]["refused"] == 2, done
    assert [each["row"] for each in report_of(world, done["id"])["refused_rows"]] == ["7\tsame"] * 2


def test_refused_rows_are_told_though_the_report_is_too_long_to_be_kept(world, there, faults):
    long = PARTS + "CREATE FUNCTION long() RETURNS int LANGUAGE sql AS $$ SELECT 1 /* {} */ $$;".format("long " * 1800000)
    source = world.database(long)
    to = refusing(world, there, faults, source, "id NOT IN (7, 50)", refused_limit=2)
    done = world.run("/migrations", source, **to)
    assert done["state"] == "succeeded" and done["result"]["refused"] == 2, done
    answer = world.admin.get(f"/jobs/{done['id']}/report", expect=200)
    Description().check_answer("GET", f"/api/v1/jobs/{done['id']}/report", answer)
    assert [each["key"] for each in answer.json["refused_rows"]] == ["id=7", "id=50"] and "line" not in answer.json


def test_more_refused_rows_than_are_kept_end_the_migration(world, there, faults):
    source = world.database("CREATE TABLE t2 (id int PRIMARY KEY, t text); INSERT INTO t2 SELECT i, repeat('row ', 250000) "
                            "FROM generate_series(1, 8) i")
    to = refusing(world, there, faults, source, "id NOT BETWEEN 2 AND 7", refused_limit=8)
    done = world.run("/migrations", source, **to)
    assert (done["state"], done["error"]["code"]) == ("failed", "limit"), done
    assert "more than is kept with a job" in done["error"]["message"] and "unfinished" in done["error"]["message"]
    assert [each["key"] for each in report_of(world, done["id"])["refused_rows"]] == ["id=2", "id=3", "id=4", "id=5"]


def test_the_limit_of_refused_rows_is_one_for_all_attempts(world, there, faults):
    to = refusing(world, there, faults, there.parts, "id NOT IN (7, 50)", refused_limit=2)
    tsql(there.peer, "ALTER TABLE t3 ADD CONSTRAINT refused_too CHECK (id <> 9)", database=to["database_name"])
    faults("bulk end", "hold", matching="t3")
    job = world.ask("/migrations", there.parts, **to)
    wait_for(lambda: is_loaded(there, to, "t2", 98), "the part without them")
    kill_job(world.service, job)
    there.peer.clear_faults()
    done = Watcher(world.admin, job).end()
    assert done["state"] == "failed" and "with rows of public.t3 more than 2 rows are refused; the report says more" in done["error"]["message"], done
    assert len(report_of(world, job)["refused_rows"]) == 2
