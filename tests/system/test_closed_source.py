"""Migrations as jobs that halt the services of their source: it is closed once nothing else stands in the way, opens when
the migration fails, whoever dies, and stays closed once it is moved, until somebody opens it."""
import contextlib
import http.server
import json
import threading
from pathlib import Path

import psycopg
import pytest

from support.jobs import Watcher, kill_job
from support.site import Site
from test_migration_jobs import ROWS, SHOP, faults, log_of, there, wait_for, world

SQL_SHOP = "CREATE TABLE t2 (id int PRIMARY KEY, t text); INSERT INTO t2 SELECT i, 'row ' || i FROM generate_series(1, 100) i"


class Source:
    """A registered database with a site, and a role that is no superuser and works in it."""

    def __init__(self, world, sql):
        self.world = world
        self.id, self.name = (database := world.database(sql))["id"], database["name"]
        self.database = database
        self.till = f"{self.name}_till"
        world.server.psql(f"CREATE ROLE {self.till} LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO {self.till}", self.name)
        self.site = Site(world.service.socket, self.id)

    def remove(self):
        self.site.remove()
        self.world.server.psql(f"DROP OWNED BY {self.till}", self.name)

    def connect(self):
        return self.world.server.connect(self.name, user=self.till)

    def lets_in(self):
        try:
            self.connect().close()
            return True
        except psycopg.OperationalError as refused:
            assert "too many connections" in str(refused)
            return False

    def limit(self):
        return self.world.server.psql(f"SELECT datconnlimit FROM pg_database WHERE datname = '{self.name}'")

    def closed(self):
        """What the API says of it."""
        return self.world.admin.get(f"/databases/{self.id}", expect=200).json["closed"]

    def is_closed(self):
        return not self.lets_in() and self.site.get().status == 503

    def is_open(self):
        return self.lets_in() and self.site.get().status == 200 and self.closed() is None

    def move(self, to, **more):
        """The id of the job."""
        return self.world.ask("/migrations", self.database, **{**to, "others": "halt", **more})

    def open(self, client=None, expect=202):
        return (client or self.world.admin).post(f"/databases/{self.id}/open", expect=expect).json

    def opens(self):
        job = self.open()["job_id"]
        self.world.jobs.append(job)
        assert Watcher(self.world.admin, job).end()["state"] == "succeeded"
        wait_for(self.is_open, "the source")
        return job


@pytest.fixture
def source(world):
    """source(sql) makes one."""
    with contextlib.ExitStack() as made:
        def source(sql=SQL_SHOP):
            source = Source(world, sql)
            made.callback(source.remove)
            return source

        yield source


@pytest.fixture
def waiting(world, source):
    """One whose migration waits before its index until world.gate is removed."""
    waiting = source(SHOP.format(rows=ROWS, gate=world.gate))
    world.gate.write_text("closed")
    yield waiting
    world.gate.unlink(missing_ok=True)


def is_last(world, job):
    """The next attempt that fails is the last one."""
    world.service.sql("UPDATE job SET failures = 2 WHERE id = %s", job)


def audited(world, job):
    return world.service.sql("SELECT action, outcome, actor, object_name, detail FROM audit_event WHERE detail LIKE %s OR "
                             "object_id = %s ORDER BY seq", f"job {job},%", job)


class Hooks:
    """Webhooks of the organization, told in this order: /told takes it, /unheard does not."""

    def __init__(self, world):
        hooks = self
        self.world, self.told, self.ids = world, [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path == "/told":
                    hooks.told.append(event)
                self.send_response(204 if self.path == "/told" else 404)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.add("/told")

    def add(self, path, **body):
        made = self.world.admin.post("/webhooks", {"name": path, "url": f"http://127.0.0.1:{self.server.server_port}{path}",
                                                   **body}, expect=201)
        self.ids.append(made.json["id"])

    def heard(self, shop, job):
        """What was told of a database and a job, in order."""
        of = [event for event in self.told if event["job_id"] == job]
        assert all(event["database_id"] == shop.id and event["database"] == shop.name for event in of)
        return [(event["event"], event["outcome"]) for event in of]

    def remove(self):
        for id in self.ids:
            self.world.admin.delete(f"/webhooks/{id}", expect=204)
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hooks(world):
    hooks = Hooks(world)
    yield hooks
    hooks.remove()


BEFORE, MOVED, OPENED, FAILED, LOST = ("halt.before", None), *(
    ("halt.after", outcome) for outcome in ("moved", "opened", "failed", "lost"))


# ---- Into PostgreSQL ------------------------------------------------------------------------------------------------


def test_a_source_is_closed_while_it_moves_and_after_it_until_somebody_opens_it(world, waiting):
    shop, to = waiting, world.new()
    world.server.psql(f"ALTER DATABASE {shop.name} CONNECTION LIMIT 50")
    with shop.connect() as at_work:
        at_work.execute("INSERT INTO note VALUES (2, 'before')")
        at_work.commit()
        assert shop.is_open()
        job = shop.move(to, backup="none")
        wait_for(world.incoming, "the load")
        assert shop.is_closed()
        with pytest.raises(psycopg.OperationalError):
            at_work.execute("INSERT INTO note VALUES (3, 'too late')")
    told = shop.closed()
    assert (told["job_id"], told["is_moved"]) == (job, False)
    assert "wait for its end, or cancel it" in shop.open(expect=409)["detail"]
    world.gate.unlink()
    done = Watcher(world.admin, job).end()
    assert done["state"] == "succeeded", done
    assert shop.is_closed() and (shop.limit(), shop.closed()["is_moved"]) == ("0", True)
    assert "somebody opens it again, with the connection limit that it had (50)" in log_of(world, job)
    assert "if this process is killed" not in log_of(world, job)
    world.server.connect(to["database_name"], user=shop.till).close()
    assert world.server.psql("SELECT count(*) FROM note", to["database_name"]) == "2"
    assert world.server.psql(f"SELECT datconnlimit FROM pg_database WHERE datname = '{to['database_name']}'") == "50"
    opened = shop.opens()
    assert shop.limit() == "50"
    (asked, ended) = audited(world, opened)
    assert asked[:2] == ("resume.request", "success") and ended[:2] == ("resume.end", "success")
    assert asked[3] == shop.name and asked[4].endswith(f"opens what the migration {job} has closed")
    assert "is not closed by a migration" in shop.open(expect=409)["detail"]


def test_webhooks_are_told_before_it_is_closed_when_it_is_moved_and_when_it_is_opened(world, waiting, hooks):
    shop = waiting
    job = shop.move(world.new(), backup="none")
    wait_for(world.incoming, "the load")
    assert shop.is_closed() and hooks.heard(shop, job) == [BEFORE]
    world.gate.unlink()
    assert Watcher(world.admin, job).end()["state"] == "succeeded"
    assert hooks.heard(shop, job) == [BEFORE, MOVED]
    shop.opens()
    assert hooks.heard(shop, job) == [BEFORE, MOVED, OPENED]


def test_webhooks_are_told_of_a_migration_that_fails_and_one_that_must_be_told_keeps_it_from_closing(world, source, hooks):
    shop = source()
    hooks.add("/unheard", must_succeed=True)
    with shop.connect() as at_work:
        at_work.execute("SELECT 1")
        done = Watcher(world.admin, shop.move(world.new(), backup="none")).end()
        at_work.execute("SELECT 1")
    assert done["state"] == "failed" and "the webhook /unheard could not be told" in done["error"]["message"], done
    assert shop.is_open() and shop.limit() == "-1" and hooks.heard(shop, done["id"]) == [BEFORE, FAILED]


def test_the_gate_of_what_is_moved_stays_closed_though_redis_forgets(world, source):
    shop = source()
    assert Watcher(world.admin, shop.move(world.new(), backup="none")).end()["state"] == "succeeded"
    world.service.redis.call("DEL", f"hf:gate:{shop.id}")
    wait_for(lambda: world.service.redis.call("EXISTS", f"hf:gate:{shop.id}") in (1, "1"), "the leader")
    wait_for(shop.is_closed, "the gate")
    seen = world.service.client().get(f"/gate/{shop.id}/progress", expect=200).json
    assert seen["is_halted"] and seen["phase"] is None and seen["percent"] is None, seen
    shop.opens()


def test_nothing_is_closed_for_what_cannot_be_done(world, source):
    shop, there_is = source(), world.database()
    to = {**world.new(), "database_name": there_is["name"]}
    with shop.connect() as at_work:
        at_work.execute("SELECT 1")
        done = Watcher(world.admin, shop.move(to, backup="none")).end()
        assert done["state"] == "failed" and "exists already" in done["error"]["message"], done
        at_work.execute("SELECT 1")
    assert "halted" not in log_of(world, done["id"]) and shop.is_open()


def test_a_migration_that_is_cancelled_opens_its_source(world, waiting):
    shop = waiting
    job = shop.move(world.new(), backup="none")
    wait_for(world.incoming, "the load")
    assert shop.is_closed()
    world.admin.post(f"/jobs/{job}/cancel", expect=202)
    assert Watcher(world.admin, job).end()["state"] == "cancelled"
    wait_for(shop.is_open, "the source")
    assert shop.limit() == "-1"


def test_an_attempt_that_follows_a_dead_one_goes_on_with_what_that_has_closed(world, waiting):
    shop, to = waiting, world.new()
    job = shop.move(to, backup="none")
    wait_for(world.incoming, "the load")
    kill_job(world.service, job)
    world.gate.unlink()
    done = Watcher(world.admin, job).end()
    assert done["state"] == "succeeded" and done["attempt"] == 2, done
    assert shop.is_closed() and shop.closed()["is_moved"]
    assert world.items(to["database_name"]) == str(ROWS)
    shop.opens()
    assert shop.limit() == "-1"


def test_the_source_opens_though_the_last_attempt_dies(world, waiting, hooks):
    shop = waiting
    job = shop.move(world.new(), backup="none")
    wait_for(world.incoming, "the load")
    assert shop.is_closed()
    is_last(world, job)
    kill_job(world.service, job)
    assert Watcher(world.admin, job).end()["state"] == "failed"
    wait_for(shop.is_open, "the source")
    assert shop.limit() == "-1" and hooks.heard(shop, job) == [BEFORE, LOST]
    ((reason,),) = world.service.sql("SELECT reason FROM job WHERE kind = 'resume' AND database_id = %s", shop.id)
    assert reason == "the job that halted the services is dead"
    (line,) = [line for line in Path(world.service.log).read_text().splitlines() if "closed and left" in line and shop.id in line]
    assert f" job={job} " in line
    world.gate.unlink()


@pytest.mark.parametrize("last", [False, True])
def test_where_the_target_may_have_got_its_name_the_source_stays_closed(world, source, last):
    shop, target = source(), world.database("CREATE TABLE item AS SELECT 1 AS i")
    with world.server.connect("postgres") as holder:
        holder.execute(f"BEGIN; COMMENT ON DATABASE {target['name']} IS 'held'")  # its renaming waits
        job = shop.move({"mode": "swap", "target_database_id": target["id"], "safety": "none"}, backup="none")
        wait_for(lambda: (shop.closed() or {}).get("is_moved"), "the swap")
        if last:
            is_last(world, job)
        kill_job(world.service, job)
        if last:
            done = Watcher(world.admin, job).end()
            assert done["state"] == "failed" and shop.is_closed() and shop.closed()["is_moved"], done
        else:
            wait_for(lambda: shop.closed()["is_moved"] is False, "the next attempt, which finds out that it has not")
        holder.rollback()
    if not last:
        assert Watcher(world.admin, job).end()["state"] == "succeeded"
    assert shop.is_closed() and shop.closed()["is_moved"]
    assert not world.service.sql("SELECT FROM job WHERE kind = 'resume' AND database_id = %s", shop.id)
    shop.opens()


def test_what_is_moved_is_not_moved_again_before_it_is_open(world, source):
    shop = source()
    job = shop.move(world.new(), backup="none")
    assert Watcher(world.admin, job).end()["state"] == "succeeded"
    again = Watcher(world.admin, shop.move(world.new(), backup="none")).end()
    assert again["state"] == "failed" and f"is closed since the migration {job} moved it" in again["error"]["message"]
    assert shop.is_closed() and shop.closed()["job_id"] == job
    shop.opens()
    again = Watcher(world.admin, shop.move(world.new(), backup="none")).end()
    assert again["state"] == "succeeded"
    shop.opens()


def limit_of(world, database):
    return world.server.psql(f"SELECT datconnlimit FROM pg_database WHERE datname = '{database}'")


@pytest.mark.parametrize("others", ["refuse", "go_on"])
def test_what_is_moved_once_more_without_a_halt_lets_services_in(world, source, others):
    shop = source()
    world.server.psql(f"ALTER DATABASE {shop.name} CONNECTION LIMIT 50")
    assert Watcher(world.admin, shop.move(world.new(), backup="none")).end()["state"] == "succeeded"
    to = world.new()
    assert world.run("/assessments", shop.database, **to, backup="none", others=others)["result"]["ok"]
    again = world.run("/migrations", shop.database, **to, backup="none", others=others)
    assert again["state"] == "succeeded" and "nobody knows" not in log_of(world, again["id"]), again
    assert limit_of(world, to["database_name"]) == "50" and shop.is_closed()
    world.server.connect(to["database_name"], user=shop.till).close()
    shop.opens()


def test_a_database_that_is_closed_is_forgotten_once_it_is_open_or_with_its_connection_limit_told(world, source):
    shop = source()
    world.server.psql(f"ALTER DATABASE {shop.name} CONNECTION LIMIT 50")
    assert Watcher(world.admin, shop.move(world.new(), backup="none")).end()["state"] == "succeeded"
    path = f"/databases/{shop.id}"
    refused = world.admin.delete(path, expect=409).json["detail"]
    assert "open it first" in refused and "which was 50" in refused and "closed=leave" in refused
    world.admin.delete(f"{path}?closed=open", expect=400)
    assert shop.closed() is not None
    world.admin.delete(f"{path}?closed=leave", expect=204)
    (told,) = world.service.sql("SELECT detail FROM audit_event WHERE action = 'database.leave_closed' AND object_id = %s", shop.id)
    assert told == ("its connection limit was 50",) and shop.limit() == "0"


def test_what_a_migration_that_runs_has_closed_is_not_forgotten(world, waiting):
    shop = waiting
    job = shop.move(world.new(), backup="none")
    wait_for(shop.closed, "the halt")
    world.admin.delete(f"/databases/{shop.id}?closed=leave", expect=409)
    world.gate.unlink()
    assert Watcher(world.admin, job).end()["state"] == "succeeded" and shop.is_closed()
    shop.opens()
    world.admin.delete(f"/databases/{shop.id}", expect=204)


def test_who_may_migrate_may_open_and_nobody_else(world, source):
    shop = source()
    assert Watcher(world.admin, shop.move(world.new(), backup="none")).end()["state"] == "succeeded"
    for role in ("viewer", "auditor"):
        shop.open(world.service.user(world.admin, f"{shop.name}-{role}", role), expect=403)
    shop.open(world.service.organization(f"{shop.name}-others"), expect=404)
    shop.open(world.service.client(), expect=401)
    assert shop.is_closed()
    operator = world.service.user(world.admin, f"{shop.name}-operator", "operator")
    job = shop.open(operator)["job_id"]
    assert Watcher(world.admin, job).end()["state"] == "succeeded"
    wait_for(shop.is_open, "the source")
    assert [each[2] for each in audited(world, job)][0] == f"user {shop.name}-operator"


# ---- Into SQL Server ------------------------------------------------------------------------------------------------


def test_into_sql_server_the_source_is_closed_and_stays_so_once_it_is_moved(world, source, there, faults):
    shop, to = source(), there.into()
    held = faults("bulk end", "hold", matching="t2")
    with shop.connect() as at_work:
        at_work.execute("SELECT 1")
        job = shop.move(to)
        wait_for(lambda: shop.closed() is not None and shop.is_closed(), "the halt")
        with pytest.raises(psycopg.OperationalError):
            at_work.execute("SELECT 1")
    held.unlink()
    done = Watcher(world.admin, job).end()
    assert done["state"] == "succeeded" and done["result"]["proved"], done
    assert shop.is_closed() and shop.closed()["is_moved"] and there.count(to, "t2") == "100"
    shop.opens()
    assert shop.limit() == "-1"


def test_into_sql_server_the_source_opens_where_it_fails(world, source, there, faults):
    shop = source()
    faults("bulk end", "error", matching="t2", number=1105, details=["t2", "target", "PRIMARY"])
    done = Watcher(world.admin, shop.move(there.into())).end()
    assert done["state"] == "failed" and f"{shop.name} is open again" in log_of(world, done["id"]), done
    wait_for(shop.is_open, "the source")


def test_into_sql_server_the_source_stays_closed_though_who_proved_it_dies(world, source, there, faults):
    shop, to = source(), there.into()
    faults("batch", "hold", matching="DROP TABLE")
    job = shop.move(to)
    wait_for(lambda: (shop.closed() or {}).get("is_moved"), "the proof")
    is_last(world, job)
    kill_job(world.service, job)
    assert Watcher(world.admin, job).end()["state"] == "failed"
    there.peer.clear_faults()
    assert shop.is_closed() and shop.closed()["is_moved"] and there.count(to, "t2") == "100"
    shop.opens()
