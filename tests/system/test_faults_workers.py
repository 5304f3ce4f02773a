"""Workers that are killed with SIGKILL, and jobs that are lost for good: asked for and watched through nginx. Leases run
out at once here, as if time had passed: what is waited for otherwise is the clock."""
import itertools
import os
import random
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.faults import wait_until
from support.jobs import Watcher, another, check_jobs, child_of, lines_of
from support.service import Service

MOMENTS = 40
ROWS = 4000


@pytest.fixture(scope="module")
def server(postgres):
    return postgres(15)


@pytest.fixture(scope="module")
def service(server):
    """Its leader is a worker that has no jobs and is never killed: it has been the leader for a while."""
    service = Service(server)
    service.leader = service.start_worker("nobody")
    yield service
    service.remove()


@pytest.fixture(scope="module")
def admin(service):
    admin = service.organization("acme")
    admin.post("/storages", {"name": "disk", "path": f"{service.storage}/acme"}, expect=201)
    admin.post("/keys", {"name": "key", "kind": "identity"}, expect=201)
    return admin


class Lane:
    """A database, and a worker of a pool of its own that serves it and may be killed."""

    def __init__(self, service, server, admin, pool):
        self.service, self.server, self.admin, self.pool, self.jobs = service, server, another(admin), pool, []
        self.name = server.createdb(f"{service.catalog}_{pool}")
        server.psql(f"CREATE TABLE held AS SELECT i, repeat('x', 100) AS t FROM generate_series(1, {ROWS}) i", db=self.name)
        made = admin.post("/servers", {"name": pool, "host": "127.0.0.1", "port": server.port, "username": "postgres",
                                       "pool": pool}, expect=201).json
        self.server_id = made["id"]
        self.database = admin.post("/databases", {"server_id": made["id"], "name": self.name}, expect=201).json["id"]
        self.worker = service.start_worker(pool)
        self.longest = None  # until it is killed

    def child(self, job):
        """The process that runs the job; None: there is none."""
        return child_of(self.worker.pid, job)

    def kill_child(self, job):
        pid = self.child(job)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    def kill_worker(self):
        """The supervisor; its jobs die with it. Another takes its place, and time passes."""
        name = f"{socket.gethostname()}-{self.worker.pid}"
        self.worker.kill()
        self.worker.wait()
        self.worker = self.service.start_worker(self.pool)
        self.service.sql("UPDATE job SET lease_until = now() - interval '1 second' WHERE state = 'running' AND worker = %s",
                         name)

    # ---- jobs

    def ask(self, method, path, body=None):
        job = self.admin.request(method, path, body, expect=202).json["job_id"]
        self.jobs.append(job)
        return job

    def back_up(self):
        return self.ask("POST", "/backups", {"database_id": self.database, "folder": self.pool})

    def backup(self):
        """A new one: its row."""
        job = self.back_up()
        assert Watcher(self.admin, job).end()["state"] == "succeeded"
        return self.made(job)

    def made(self, job):
        backups = self.admin.get(f"/backups?database_id={self.database}").json["items"]
        return next(each for each in backups if each["job_id"] == job)

    def restore(self, backup):
        answer = self.admin.post("/preflights", {"backup_id": backup["id"], "database_id": self.database,
                                                 "safety": "none"}, expect=202).json
        assert Watcher(self.admin, answer["job_id"]).end()["state"] == "succeeded"
        return self.ask("POST", "/restores", {"preflight_id": answer["preflight_id"]})

    def derived(self):
        """The databases that restores have left beside the live one."""
        return [name for name in self.server.psql("SELECT datname FROM pg_database").splitlines()
                if name.startswith(f"{self.name}_hf")]

    def remove(self):
        self.server.psql(f'DROP ROLE IF EXISTS "hold_{self.name}"')
        self.server.dropdb(self.name)


_numbers = itertools.count(1)


@pytest.fixture
def lane(service, server, admin):
    made = []

    def make(on=server):
        made.append(Lane(service, on, admin, f"pool{next(_numbers)}"))
        return made[-1]

    yield make
    for each in made:
        each.remove()


class Live(threading.Thread):
    """Looks all the time whether a database is there."""

    def __init__(self, server, name):
        super().__init__(daemon=True)
        self.server, self.name, self.looks, self.missing, self.ended = server, name, 0, 0, False
        self.start()

    def run(self):
        with self.server.connect() as connection:
            while not self.ended:
                found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [self.name]).rowcount
                self.looks, self.missing = self.looks + 1, self.missing + (found != 1)
                time.sleep(0.002)

    def end(self):
        self.ended = True
        self.join()
        assert self.looks > 100 and self.missing == 0


# ---- Killed at any moment --------------------------------------------------------------------------------------------


def harm(lane, job, longest, number):
    """Kills at a random moment of a job, every third time the supervisor with it; whether that struck. Where it came too
    late, the next ones come sooner."""
    watcher = Watcher(lane.admin, job)
    wait_until(lambda: lane.child(job) or (watcher.last and watcher.last["state"] == "succeeded"))
    lane.longest = lane.longest or longest
    time.sleep(random.uniform(0, lane.longest))
    lane.kill_worker() if number % 3 == 2 else lane.kill_child(job)
    seen = watcher.end()
    assert seen["state"] == "succeeded" and seen["attempt"] <= 2, seen
    assert [(line["seq"], line["message"]) for line in watcher.lines] == lines_of(lane.service, job)
    struck = seen["attempt"] == 2
    lane.longest *= 1.05 if struck else 0.6
    return struck


class Strikes:
    """How many of the moments have struck, over all lanes. Where jobs are fast many come too late: there are more, then."""

    def __init__(self, wanted):
        self.wanted, self.struck = wanted, 0

    def go_on(self, moments, one):
        """So many moments at least; how many there were. one(number) is one of them, and says whether it struck."""
        number = 0
        while number < moments or (self.struck < self.wanted and number < 4 * moments):
            struck = one(number)  # lasts, and other lanes count meanwhile
            self.struck += struck
            number += 1
        return number


def kill_backups(lane, moments, strikes):
    def one(number):
        job = lane.back_up()
        struck = harm(lane, job, 0.5, number)
        made = lane.made(job)
        assert made["rows"] == ROWS and made["state"] == "good"
        assert lane.service.sql("SELECT count(*) FROM backup WHERE job_id = %s", job) == [(1,)]
        return struck
    strikes.go_on(moments, one)


def kill_restores(lane, moments, strikes):
    backup = lane.backup()
    live = Live(lane.server, lane.name)

    def one(number):
        lane.server.psql("DELETE FROM held WHERE i > 10", db=lane.name)
        struck = harm(lane, lane.restore(backup), 1, number)
        assert lane.server.psql("SELECT count(*) FROM held", db=lane.name) == str(ROWS)
        (kept,) = lane.derived()
        lane.server.psql(f'ALTER DATABASE "{kept}" ALLOW_CONNECTIONS true')
        assert lane.server.psql("SELECT count(*) FROM held", db=kept) == "10", "it was swapped once"
        lane.server.dropdb(kept)
        return struck
    strikes.go_on(moments, one)
    live.end()


def kill_deletes(lane, moments, strikes):
    def one(number):
        backup = lane.backup()
        struck = harm(lane, lane.ask("DELETE", f"/backups/{backup['id']}"), 0.15, number)
        assert lane.admin.get(f"/backups/{backup['id']}").json["state"] == "deleted"
        assert not Path(lane.service.storage, "acme", backup["path"]).exists()
        return struck
    strikes.go_on(moments, one)


def kill_all(works, wanted, lanes):
    """Each work in a lane of its own, all at once."""
    strikes = Strikes(wanted)
    with ThreadPoolExecutor(len(lanes)) as threads:
        for each in [threads.submit(work, lane, moments, strikes) for (work, moments), lane in zip(works, lanes)]:
            each.result()
    assert strikes.struck >= wanted, f"only {strikes.struck} struck a job"


@pytest.mark.slow_once
def test_kill_9_of_workers_at_40_random_moments(service, server, admin, lane):
    """Over backups, restores and deletes at once, each with a worker of its own."""
    lanes = [lane(), lane(), lane()]
    works = [(kill_backups, MOMENTS - 2 * (MOMENTS // 3)), (kill_restores, MOMENTS // 3), (kill_deletes, MOMENTS // 3)]
    kill_all(works, MOMENTS * 3 // 4, lanes)
    check_jobs(service, [job for each in lanes for job in each.jobs])


def scratches(lane):
    return [name for name in lane.server.psql("SELECT datname FROM pg_database").splitlines() if "_hf_scratch_" in name]


def kill_verifications(lane, moments, strikes):
    """Each restores to a database of its own, of which none is left."""
    backup = lane.backup()

    def one(number):
        job = lane.ask("POST", f"/backups/{backup['id']}/verify", {"restore_to_server_id": lane.server_id})
        struck = harm(lane, job, 0.5, number)
        assert scratches(lane) == []
        assert lane.admin.get(f"/backups/{backup['id']}").json["proof"] == "restored"
        return struck
    strikes.go_on(moments, one)


def kill_undos(lane, moments, strikes):
    """Each brings the other database back, once."""
    job = lane.restore(lane.backup())
    assert Watcher(lane.admin, job).end()["state"] == "succeeded"
    (kept,) = lane.derived()
    lane.server.psql(f'ALTER DATABASE "{kept}" ALLOW_CONNECTIONS true')
    lane.server.psql("DELETE FROM held WHERE i > 10", db=kept)
    lane.server.psql(f'ALTER DATABASE "{kept}" ALLOW_CONNECTIONS false')
    live = Live(lane.server, lane.name)

    def one(number):
        struck = harm(lane, lane.ask("POST", f"/databases/{lane.database}/undo", {}), 0.3, number)
        assert lane.server.psql("SELECT count(*) FROM held", db=lane.name) == ("10", str(ROWS))[number % 2]
        assert len(lane.derived()) == 1
        return struck
    strikes.go_on(moments, one)
    live.end()


def retention_of(lane, seen):
    jobs = lane.admin.get("/jobs?kind=retention&limit=500").json["items"]
    return [job["id"] for job in jobs if job["pool"] == lane.pool and job["id"] not in seen]


def kill_retentions(lane, moments, strikes):
    """One backup is kept, whatever befalls who is to see to it, and each of the others is deleted once."""
    storage = lane.admin.get("/storages").json["items"][0]["id"]
    key = lane.admin.get("/keys").json["items"][0]["id"]
    schedule = lane.admin.post("/schedules", {"name": lane.pool, "interval_s": 86400, "storage_id": storage, "key_ids": [
        key], "database_ids": [lane.database], "folder": lane.pool, "keep_count": 1, "is_active": False}, expect=201).json
    seen = []

    def one(number):
        (job,) = lane.admin.post(f"/schedules/{schedule['id']}/run", {}, expect=202).json["job_ids"]
        assert Watcher(lane.admin, job).end()["state"] == "succeeded"
        (retention,) = wait_until(lambda: retention_of(lane, seen))
        seen.append(retention)
        struck = harm(lane, retention, 0.1, number)
        newest = lane.made(job)["id"]
        wait_until(lambda: [each["id"] for each in lane.admin.get(f"/backups?database_id={lane.database}").json["items"]]
                   == [newest], seconds=60)
        return struck
    made = strikes.go_on(moments, one)
    deletions = lane.service.sql("SELECT backup_id, count(*) FROM job WHERE kind = 'delete' AND pool = %s AND state = "
                                 "'succeeded' GROUP BY 1", lane.pool)
    assert [count for _, count in deletions] == [1] * (made - 1)


@pytest.mark.slow_once
def test_kill_9_of_workers_that_verify_undo_and_delete_what_is_old(service, server, admin, lane):
    lanes = [lane(), lane(), lane()]
    works = [(kill_verifications, 6), (kill_undos, 6), (kill_retentions, 6)]
    kill_all(works, 9, lanes)
    check_jobs(service, [job for each in lanes for job in each.jobs])


class HeldLoad:
    """Every load of a database's table "held" waits, and its backend does not look whether its client is there."""

    def __init__(self, server, name):
        self.server, self.role = server, f"hold_{name}"
        server.psql("CREATE FUNCTION pass() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN WHILE EXISTS (SELECT FROM pg_roles "
                    f"WHERE rolname = '{self.role}') LOOP PERFORM pg_sleep(0.02); END LOOP; RETURN true; END $$; "
                    f'ALTER TABLE held ADD CHECK (pass()); CREATE ROLE "{self.role}"', db=name)

    def loads(self):
        """The databases that are being loaded."""
        return self.server.psql("SELECT DISTINCT datname FROM pg_stat_activity WHERE query LIKE 'COPY %held%' AND state = "
                                "'active'").splitlines()

    def release(self):
        self.server.psql(f'DROP ROLE IF EXISTS "{self.role}"')


def held_backup(hold, server, lane):
    """A backup that runs and cannot end before its lock is released."""
    held = hold(server, lane.name)
    job = lane.back_up()
    watcher = Watcher(lane.admin, job)
    wait_until(lambda: watcher.last and watcher.last["state"] == "running" and lane.child(job), seconds=40)
    return held, job, watcher


# ---- Lost for good ---------------------------------------------------------------------------------------------------


@pytest.fixture
def patient(postgres):
    """A server that goes on with what it is doing though its client is gone, as all do: newer ones for a second."""
    return postgres(13)


def test_what_a_dead_attempt_has_the_server_creating_is_waited_for_and_removed(service, patient, lane):
    server, one = patient, lane(patient)
    backup = one.backup()
    with server.connect("postgres") as busy:
        busy.execute("BEGIN")
        busy.execute("COMMENT ON DATABASE template0 IS 'nobody copies it meanwhile'")
        job = one.restore(backup)
        watcher = Watcher(one.admin, job)
        creating = f"SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE DATABASE%{one.name}%' AND state = 'active'"
        wait_until(lambda: server.psql(creating) == "1")
        one.kill_child(job)
        wait_until(lambda: any("still creating" in line["message"] for line in watcher.lines), seconds=60)
        busy.execute("ROLLBACK")
    assert (watcher.end()["state"], watcher.last["attempt"]) == ("succeeded", 2), watcher.last
    (kept,) = one.derived()
    assert "_hf_kept_" in kept
    check_jobs(service, [job])


def test_what_a_dead_attempt_is_still_loading_is_removed(service, patient, lane):
    server, one = patient, lane(patient)
    held = HeldLoad(server, one.name)
    backup = one.backup()
    job = one.restore(backup)
    watcher = Watcher(one.admin, job)
    wait_until(held.loads, seconds=60)
    first = held.loads()
    one.kill_child(job)
    wait_until(lambda: set(held.loads()) - set(first), seconds=60)
    held.release()
    assert (watcher.end()["state"], watcher.last["attempt"]) == ("succeeded", 2), watcher.last
    (kept,) = one.derived()
    assert "_hf_kept_" in kept
    check_jobs(service, [job])


def test_the_scratch_database_of_a_job_whose_workers_died_is_removed(service, patient, lane):
    server, one = patient, lane(patient)
    held = HeldLoad(server, one.name)
    backup = one.backup()
    job = one.ask("POST", f"/backups/{backup['id']}/verify", {"restore_to_server_id": one.server_id})
    watcher = Watcher(one.admin, job)
    wait_until(held.loads, seconds=60)
    os.kill(one.worker.pid, signal.SIGSTOP)
    one.admin.post(f"/jobs/{job}/cancel", expect=202)
    one.kill_worker()
    assert watcher.end()["state"] == "cancelled", watcher.last
    assert len(scratches(one)) == 1
    held.release()
    wait_until(lambda: scratches(one) == [], seconds=120)
    check_jobs(service, [job])


def test_a_job_whose_workers_die_three_times_fails_truthfully(service, server, lane, hold):
    one = lane()
    held = hold(server, one.name)
    job = one.back_up()
    watcher = Watcher(one.admin, job)
    for attempt in (1, 2, 3):
        wait_until(lambda: watcher.last and watcher.last["attempt"] == attempt and one.child(job), seconds=40)
        one.kill_worker()
    seen = watcher.end()
    held.release()
    assert (seen["state"], seen["error"]["code"]) == ("failed", "internal"), seen
    assert "lost 3 times" in seen["error"]["message"]
    assert [(line["seq"], line["message"]) for line in watcher.lines] == lines_of(service, job)
    assert sum("nothing was heard of the worker" in line["message"] for line in watcher.lines) == 3
    check_jobs(service, [job])


def test_a_job_that_is_to_be_cancelled_and_loses_its_worker_is_cancelled(service, server, lane, hold):
    one = lane()
    held, job, watcher = held_backup(hold, server, one)
    os.kill(one.worker.pid, signal.SIGSTOP)
    one.admin.post(f"/jobs/{job}/cancel", expect=202)
    one.kill_worker()
    assert watcher.end()["state"] == "cancelled"
    held.release()
    check_jobs(service, [job])


def test_a_cancel_reaches_a_running_job_within_two_seconds(service, server, lane, hold):
    one = lane()
    held, job, watcher = held_backup(hold, server, one)
    time.sleep(0.5)
    start = time.monotonic()
    one.admin.post(f"/jobs/{job}/cancel", expect=202)
    wait_until(lambda: service.sql("SELECT 1 FROM job WHERE id = %s AND state = 'cancelled'", job))
    assert time.monotonic() - start < 2
    assert watcher.end()["state"] == "cancelled"
    held.release()
    check_jobs(service, [job])


def test_a_worker_that_comes_back_from_the_dead_changes_nothing(service, server, lane, hold):
    """Both its processes were asleep while another did its job."""
    one = lane()
    held, job, watcher = held_backup(hold, server, one)
    sleepers = [one.worker.pid, one.child(job)]
    for pid in sleepers:
        os.kill(pid, signal.SIGSTOP)
    asleep, one.worker = one.worker, service.start_worker(one.pool)
    service.sql("UPDATE job SET lease_until = now() - interval '1 second' WHERE id = %s", job)
    held.release()
    seen = watcher.end()
    assert (seen["state"], seen["attempt"]) == ("succeeded", 2), seen
    for pid in sleepers:
        os.kill(pid, signal.SIGCONT)
    wait_until(lambda: not Path(f"/proc/{asleep.pid}/task/{asleep.pid}/children").read_text(), seconds=30)
    assert service.sql("SELECT state, attempt FROM job WHERE id = %s", job) == [("succeeded", 2)]
    check_jobs(service, [job])
