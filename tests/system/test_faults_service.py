"""The whole service, through nginx, while Redis, the catalog's server or a disk fails, or the queue lies: no job, line or
event is lost, nothing is run twice, and the audit log's chain is whole. Killed workers: test_faults_workers.py."""
import os
import signal
import subprocess
import threading
import time
import uuid
from pathlib import Path

import pytest

from support import process
from support.faults import wait_until
from support.jobs import Watcher, another, check_jobs, lines_of
from support.service import Service, program

ROWS = 3000


@pytest.fixture(scope="module")
def service(postgres):
    """Its catalog has a server of its own, which these tests restart."""
    service = Service(postgres(15, fresh=True))
    yield service
    service.remove()


@pytest.fixture(scope="module")
def server(postgres):
    """Where the databases are."""
    return postgres(15)


@pytest.fixture(scope="module")
def admin(service):
    return service.organization("acme")


@pytest.fixture(scope="module")
def worker(service):
    return service.start_worker()


def furnish(service, server, admin, name):
    """A server, a storage, a key and a database with something in it; the database's id."""
    made = server.createdb(f"{service.catalog}_{name}")
    server.psql(f"CREATE TABLE held AS SELECT i, repeat('x', 100) AS t FROM generate_series(1, {ROWS}) i", db=made)
    if not admin.get("/servers").json["items"]:
        admin.post("/servers", {"name": "main", "host": "127.0.0.1", "port": server.port, "username": "postgres",
                                "max_jobs": 50}, expect=201)
        admin.post("/storages", {"name": "disk", "path": f"{service.storage}/{name}"}, expect=201)
        admin.post("/keys", {"name": "key", "kind": "identity"}, expect=201)
    (main,) = admin.get("/servers").json["items"]
    return admin.post("/databases", {"server_id": main["id"], "name": made}, expect=201).json["id"]


@pytest.fixture(scope="module")
def slow(service, server, admin):
    """A database whose backups somebody can hold up: its id and name."""
    name = f"{service.catalog}_slow"
    yield furnish(service, server, admin, "slow"), name
    server.dropdb(name)


@pytest.fixture(scope="module")
def quick(service, server, admin, slow):
    name = f"{service.catalog}_quick"
    yield furnish(service, server, admin, "quick"), name
    server.dropdb(name)


def back_up(admin, database, **more):
    """Whose wait for a lock is longer than Redis is away."""
    return admin.post("/backups", {"database_id": database[0], "lock_wait_s": 300, **more}, expect=202).json["job_id"]


def stop_workers(service):
    for each in service.workers:
        if each.poll() is None:
            process.stop(each)


def state(admin, job):
    return admin.get(f"/jobs/{job}", expect=200).json["state"]


# ---- Redis -----------------------------------------------------------------------------------------------------------


def stop_for(service, seconds):
    service.redis.stop()
    time.sleep(seconds)
    service.redis.start()


REDIS = {"emptied": lambda service: service.redis.call("FLUSHALL"),
         "restarted": lambda service: stop_for(service, 0),
         "away for a moment": lambda service: stop_for(service, 3),
         "away for a minute": lambda service: stop_for(service, 60)}


@pytest.mark.parametrize("what", [*list(REDIS)[:3], pytest.param("away for a minute", marks=pytest.mark.slow_once)])
def test_redis_fails_while_jobs_are_queued_running_and_ending(service, server, admin, worker, slow, quick, what, hold):
    held = hold(server, slow[1])
    jobs = [back_up(admin, slow), back_up(admin, slow)]
    # One waits for the other: the second comes first where the API has just not reached Redis.
    running = wait_until(lambda: next((job for job in jobs if state(admin, job) == "running"), None), seconds=60)
    watchers = [Watcher(admin, job) for job in jobs]
    time.sleep(1)
    ending = [back_up(admin, quick) for _ in range(2)]
    time.sleep(0.3)
    REDIS[what](service)
    assert state(admin, running) == "running"
    held.release()
    REDIS["emptied"](service)
    jobs += ending
    watchers += [Watcher(admin, job) for job in ending]
    for job, watcher in zip(jobs, watchers):
        seen = watcher.end()
        assert (seen["state"], seen["attempt"], watcher.failures) == ("succeeded", 1, []), seen
        assert [(line["seq"], line["message"]) for line in watcher.lines] == lines_of(service, job)
    check_jobs(service, jobs)


def test_redis_comes_back_with_what_was_true_long_ago(service, server, admin, worker, slow, hold):
    """It was not reached while the job ended, and nobody told it since."""
    held = hold(server, slow[1])
    job = back_up(admin, slow)
    old = wait_until(lambda: service.redis.call("HGET", f"hf:job:{job}", "document"), seconds=60)
    kept_s = int(service.redis.call("TTL", f"hf:job:{job}"))
    assert 0 < kept_s <= 30
    service.redis.stop()
    held.release()
    wait_until(lambda: service.sql("SELECT 1 FROM job WHERE id = %s AND state = 'succeeded'", job))
    service.redis.start()
    service.redis.call("HSET", f"hf:job:{job}", "organization", admin.me["organization"]["id"], "revision", 7, "document",
                       old, "missing", 0)
    service.redis.call("EXPIRE", f"hf:job:{job}", 2)
    assert state(admin, job) == "running"
    watcher = Watcher(admin, job)
    assert watcher.end()["state"] == "succeeded"
    assert [(line["seq"], line["message"]) for line in watcher.lines] == lines_of(service, job)


def test_jobs_asked_for_without_redis_run_once_each(service, admin, worker, quick):
    service.redis.stop()
    jobs = [back_up(admin, quick) for _ in range(3)]
    watchers = [Watcher(admin, job) for job in jobs]
    wait_until(lambda: state(admin, jobs[0]) == "succeeded")
    service.redis.start()
    assert [(each.end()["state"], each.last["attempt"]) for each in watchers] == [("succeeded", 1)] * 3
    check_jobs(service, jobs)


# ---- The queue -------------------------------------------------------------------------------------------------------


def test_entries_that_lie_are_double_or_are_missing(service, server, admin, worker, quick):
    """Two workers; an entry twice, one for a job that does not exist, one that is no id, and a job without an entry."""
    stop_workers(service)
    jobs = [back_up(admin, quick) for _ in range(3)]
    service.redis.call("DEL", "hf:jobs:default")
    for entry in (jobs[0], jobs[0], uuid.uuid4(), "no id", jobs[1]):
        service.redis.call("XADD", "hf:jobs:default", "*", "id", entry)
    watchers = [Watcher(admin, job) for job in jobs]
    service.start_worker(), service.start_worker()
    assert [(each.end()["state"], each.last["attempt"]) for each in watchers] == [("succeeded", 1)] * 3
    wait_until(lambda: service.redis.call("XLEN", "hf:jobs:default") == "0")
    check_jobs(service, jobs)


@pytest.mark.slow_once
def test_200_jobs_of_two_organizations_take_turns_and_each_runs_once(service):
    """The one asks for all of its own before the other does; there is room for four at a time."""
    stop_workers(service)
    jobs = []
    for name in ("eager", "modest"):
        client = service.organization(name)
        storages = [client.post("/storages", {"name": f"s{n}", "path": f"{service.storage}/{name}{n}"}, expect=201).json["id"]
                    for n in range(4)]
        jobs.append([client.post(f"/storages/{storages[n % 4]}/rescan", expect=202).json["job_id"] for n in range(100)])
    service.start_worker(), service.start_worker()
    everything = [*jobs[0], *jobs[1]]
    wait_until(lambda: service.sql("SELECT count(*) FROM job WHERE id = ANY(%s) AND state = 'succeeded'",
                                   everything) == [(200,)], seconds=120)
    assert service.sql("SELECT DISTINCT attempt FROM job WHERE id = ANY(%s)", everything) == [(1,)]
    order = [str(job) for (job,) in service.sql("SELECT id FROM job WHERE id = ANY(%s) ORDER BY started_at", everything)]
    for n in range(10, 200, 10):
        eager = len(set(jobs[0]) & set(order[:n]))
        assert abs(2 * eager - n) <= 4, f"of the first {n} jobs, {eager} are of the one"
    check_jobs(service, everything)


# ---- Time ------------------------------------------------------------------------------------------------------------


def test_a_clock_that_is_set_back_runs_no_schedule_twice(service, admin, quick):
    """What it does to leases and pauses: test_catalog.py."""
    stop_workers(service)
    storage = admin.get("/storages").json["items"][0]["id"]
    schedule = admin.post("/schedules", {"name": "hourly", "interval_s": 3600, "storage_id": storage, "database_ids": [
        quick[0]], "key_ids": [admin.get("/keys").json["items"][0]["id"]]}, expect=201).json["id"]
    ((due,),) = service.sql("SELECT extract(epoch FROM coalesce(next_run_at, now()))::bigint FROM schedule WHERE id = %s",
                            schedule)

    def turn(seconds):
        """A turn of the scheduler so long after the first run was due; the jobs that there are then."""
        subprocess.run([program("tests/unit/worker/worker_check"), "turn", str((due + seconds) * 1000000)], check=True,
                       env={**os.environ, "HOLDFAST_CONFIG": service.configuration}, capture_output=True)
        return [job["id"] for job in admin.get(f"/jobs?schedule_id={schedule}").json["items"]]

    turn(-10)
    assert [len(turn(seconds)) for seconds in (1, -7200, -5, 1, 3500, 3605, 10, 3605)] == [1, 1, 1, 1, 1, 2, 2, 2]
    jobs = turn(3606)
    service.start_worker()
    assert [Watcher(admin, job).end()["state"] for job in jobs] == ["succeeded"] * 2
    check_jobs(service, jobs)


# ---- The catalog -----------------------------------------------------------------------------------------------------


@pytest.fixture
def workers(service):
    """Two that run."""
    while sum(each.poll() is None for each in service.workers) < 2:
        service.start_worker()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_the_catalogs_server_restarts_while_jobs_run(service, server, admin, workers, slow, quick, mode, hold):
    held = hold(server, slow[1])
    running = back_up(admin, slow)
    watcher = Watcher(admin, running)
    held.wait_for_backup()
    short = [back_up(admin, quick) for _ in range(3)]
    time.sleep(0.2)
    service.server.restart(mode)
    wait_until(lambda: admin.get("/servers").status == 200)
    late = back_up(admin, quick)
    assert state(admin, running) == "running"
    held.release()
    seen = watcher.end()
    assert (seen["state"], seen["attempt"]) == ("succeeded", 1), seen
    assert [(line["seq"], line["message"]) for line in watcher.lines] == lines_of(service, running)
    assert set(watcher.failures) <= {500, 502, 503}
    for job in (*short, late):
        assert Watcher(admin, job).end()["state"] == "succeeded"
    check_jobs(service, [running, *short, late])


def test_a_job_ends_while_the_catalogs_server_is_away(service, server, admin, workers, slow, hold):
    """What it has made is recorded when the catalog is back."""
    held = hold(server, slow[1])
    job = back_up(admin, slow)
    watcher = Watcher(admin, job)
    held.wait_for_backup()
    wait_until(lambda: watcher.lines)
    service.server.stop("immediate")
    held.release()
    time.sleep(3)
    assert admin.get("/servers").status in (502, 503)
    service.server.start()
    seen = watcher.end()
    assert (seen["state"], seen["attempt"]) == ("succeeded", 1), seen
    check_jobs(service, [job])


def freeze(server, how):
    """Stops the postmaster and all its processes where they are, or lets them go on."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    for pid in (server.pid, *map(int, children)):
        os.kill(pid, how)


@pytest.mark.slow_once
def test_a_catalog_that_hangs_is_told_of_in_a_minute_and_all_goes_on_after(service, server, admin, workers, slow, quick, hold):
    """Its server takes connections and statements, and says nothing."""
    held = hold(server, slow[1])
    running, queued = back_up(admin, slow), back_up(admin, quick)
    assert Watcher(admin, queued).end()["state"] == "succeeded"
    wait_until(lambda: state(admin, running) == "running")
    freeze(service.server, signal.SIGSTOP)
    try:
        asked = []
        asking = threading.Thread(target=lambda: asked.append(another(admin).get("/servers")))
        begun = time.monotonic()
        asking.start()
        time.sleep(1)
        assert admin.get(f"/jobs/{running}", expect=200).json["state"] == "running"  # Redis knows
        assert time.monotonic() - begun < 5
        asking.join(65)
        assert asked and asked[0].status == 503 and asked[0].json["code"] == "network", asked
    finally:
        freeze(service.server, signal.SIGCONT)
    wait_until(lambda: admin.get("/servers").status == 200)
    held.release()
    late = back_up(admin, quick)
    for job in (running, late):
        assert Watcher(admin, job).end()["state"] == "succeeded"
    check_jobs(service, [running, queued, late])


# ---- Disks -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(service):
    """A storage's folder on a file system of 512 kB; not everybody may make one."""
    folder = Path(service.storage, "small")
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k,mode=777", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        folder.rmdir()
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)
    service.sql("UPDATE backup SET state = 'missing' WHERE storage_id IN (SELECT id FROM storage WHERE name = 'small')")


def test_a_storage_that_is_full_fails_the_backup_and_leaves_nothing(service, admin, workers, quick, small_disk):
    storage = admin.post("/storages", {"name": "small", "path": str(small_disk)}, expect=201).json
    assert storage["check"]["ok"], storage
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(500 << 10))
    full = Watcher(admin, back_up(admin, quick, storage_id=storage["id"], level=1)).end()
    assert (full["state"], full["attempt"], full["error"]["code"]) == ("failed", 1, "storage"), full
    assert "No space left" in full["error"]["message"]
    ballast.unlink()
    assert list(small_disk.iterdir()) == []
    fits = Watcher(admin, back_up(admin, quick, storage_id=storage["id"])).end()
    assert fits["state"] == "succeeded", fits
    check_jobs(service, [full["id"], fits["id"]])
