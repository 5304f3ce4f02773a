"""Jobs over HTTP, with workers: asked for, watched, cancelled; with Redis away; and what the API's own processes do."""
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from support import process
from support.service import Service


@pytest.fixture(scope="module")
def busy(postgres):
    """A service of its own, with a worker, for these tests stop things."""
    service = Service(postgres(15), workers=1)
    yield service
    service.remove()


@pytest.fixture(scope="module")
def admin(busy):
    return busy.organization("jobs")


@pytest.fixture(scope="module")
def things(busy, admin):
    """A database with something in it, a storage and a key."""
    name = busy.server.createdb(f"{busy.catalog}_api_shop")
    busy.server.psql("CREATE TABLE item AS SELECT i, md5(i::text) AS t FROM generate_series(1, 20000) i", db=name)
    server = admin.post("/servers", {"name": "main", "host": "127.0.0.1", "port": busy.server.port,
                                     "username": "postgres"}, expect=201).json
    assert server["check"]["ok"], server
    admin.post("/storages", {"name": "disk", "path": f"{busy.storage}/jobs"}, expect=201)
    key = admin.post("/keys", {"name": "key", "kind": "identity"}, expect=201).json["id"]
    database = admin.post("/databases", {"server_id": server["id"], "name": name}, expect=201).json["id"]
    return {"server": server["id"], "database": database, "name": name, "key": key}


def watch(client, job, seconds=180):
    """Polls as the page does; the last answer, with every line of the log, each once."""
    log, after, tag, until = [], 0, None, time.monotonic() + seconds
    while True:
        answer = client.get(f"/jobs/{job}?after={after}", headers={"If-None-Match": tag})
        assert answer.status in (200, 304), answer
        if answer.status == 200:
            document = answer.json
            log += document["log"]
            tag = answer.etag if after == document["cursor"] else None
            after = document["cursor"]
            if document["state"] in ("succeeded", "failed", "cancelled") and not document["log"]:
                assert [line["seq"] for line in log] == sorted({line["seq"] for line in log})
                return {**document, "log": log}
        assert time.monotonic() < until, answer
        time.sleep(0.1)


def back_up(admin, things, **more):
    return admin.post("/backups", {"database_id": things["database"], **more}, expect=202).json["job_id"]


@pytest.fixture(scope="module")
def backup(admin, things):
    done = watch(admin, back_up(admin, things))
    assert done["state"] == "succeeded", done
    return admin.get(f"/backups?database_id={things['database']}", expect=200).json["items"][0]


def test_a_backup_that_is_asked_for_over_http_is_made(admin, things, backup):
    assert backup["rows"] >= 20000 and backup["state"] == "good"
    assert backup["fingerprints"] == [admin.get(f"/keys/{things['key']}").json["fingerprint"]]
    entry = admin.get("/logs?type=backup&sort=-created_at", expect=200).json["items"][0]
    assert (entry["outcome"], entry["name"], entry["size_bytes"]) == ("succeeded", backup["name"], backup["size_bytes"])
    assert entry["backup"] == {name: backup[name] for name in ("id", "type", "state", "proof", "is_pinned")}
    assert admin.get(f"/backups?job_id={entry['job_id']}", expect=200).json["items"] == [backup]


def test_the_tables_of_a_backup_are_listed_page_by_page(busy, admin, backup):
    path = f"/backups/{backup['id']}/tables"
    listed = admin.get(path, expect=200).json
    item, = [each for each in listed["items"] if each["name"] == "item"]
    assert item == {"schema": "public", "name": "item", "kind": "table", "rows": 20000, "bytes": item["bytes"]}
    assert len(listed["items"]) == backup["tables"] and (listed["cursor"], listed["reason"]) == (None, None)
    assert admin.get(f"{path}?q=PUBLIC.it", expect=200).json["items"] == [item]
    for bad in ("cursor=x", "cursor=-1", "limit=501", "schema=public"):
        admin.get(f"{path}?{bad}", expect=400)
    busy.sql("UPDATE backup SET contents = (SELECT jsonb_agg(jsonb_build_object('schema', 's', 'name', 't' || n, 'rows', n, "
             "'bytes', 0)) FROM generate_series(1, 60) n), tables = 61 WHERE id = %s", backup["id"])
    pages, cursor = [], ""
    while cursor is not None:
        page = admin.get(f"{path}?limit=20{cursor and f'&cursor={cursor}'}", expect=200).json
        pages.append([each["rows"] for each in page["items"]])
        cursor = page["cursor"]
    assert pages == [list(range(1, 21)), list(range(21, 41)), list(range(41, 61))]
    assert page["reason"] == "of its 61 tables the first 60 are known"
    busy.sql("UPDATE backup SET contents = NULL WHERE id = %s", backup["id"])
    unknown = admin.get(path, expect=200).json
    assert unknown["items"] == [] and "does not know" in unknown["reason"]


def test_a_key_is_tested_against_a_backup_without_a_job(admin, things, backup):
    path = f"/backups/{backup['id']}/test-key"
    assert admin.post(path, {"key_id": things["key"]}, expect=200).json == {"opens": True}
    line = next(each for each in admin.post(f"/keys/{things['key']}/sheet").body.decode().split() if each.startswith("AGE-SECRET-KEY"))
    assert admin.post(path, {"identity": line}, expect=200).json == {"opens": True}
    other = admin.post("/keys", {"name": "other", "kind": "identity"}, expect=201).json["id"]
    assert admin.post(path, {"key_id": other}, expect=200).json == {"opens": False}
    assert admin.post(path, {"identity": "some passphrase"}, expect=200).json == {"opens": False}
    for bad in ({}, {"key_id": other, "identity": "both of them"}, {"identity": "AGE-SECRET-KEY-1NONE"}):
        admin.post(path, bad, expect=400)
    recipient = admin.get(f"/keys/{other}").json["recipient"]
    admin.delete(f"/keys/{other}", expect=204)
    public = admin.post("/keys", {"name": "other", "kind": "recipient", "recipient": recipient}, expect=201).json["id"]
    admin.post(path, {"key_id": public}, expect=409)
    admin.delete(f"/keys/{public}", expect=204)


def test_storages_keys_and_databases_are_summed_up(admin, things, backup):
    all_backups = admin.get("/backups", expect=200).json["items"]
    summed = {"backups": len(all_backups), "bytes": sum(each["size_bytes"] for each in all_backups)}
    assert admin.get(f"/storages/{backup['storage_id']}", expect=200).json["use"] == summed
    opens = admin.get(f"/keys/{things['key']}", expect=200).json["opens"]
    assert opens == {**summed, "newest_at": all_backups[0]["created_at"]}
    assert admin.get(f"/backups?fingerprint={backup['fingerprints'][0]}", expect=200).json["items"] == all_backups
    assert admin.get("/backups?fingerprint=other", expect=200).json["items"] == []
    database = admin.get(f"/databases/{things['database']}", expect=200).json
    newest = all_backups[0]
    assert (database["last_good_proof"], database["next_run_at"]) == (newest["proof"], None)
    assert database["trend"][-1] == {"at": newest["created_at"], "size_bytes": newest["size_bytes"],
                                     "duration_ms": newest["duration_ms"]}


def test_a_database_that_its_server_has_no_more_raises_an_alarm(busy, admin, things):
    name = f"{busy.catalog}_gone"
    database = admin.post("/databases", {"server_id": things["server"], "name": name}, expect=201).json["id"]

    def missing():
        """Since when, as the database, the alarms and the metrics agree."""
        seen = admin.get(f"/databases/{database}", expect=200).json
        (alarm,) = [each for each in admin.get("/alarms?limit=500", expect=200).json["items"]
                    if each["database_id"] == database]
        assert alarm["missing_since"] == seen["missing_since"]
        assert alarm["is_raised"] == seen["alarm"] == (seen["missing_since"] is not None)
        metric = f'holdfast_database_missing{{organization="jobs",server="main",database="{name}"}} '
        assert f"{metric}{int(seen['alarm'])}" in admin.get("//metrics", expect=200).body.decode()
        return seen["missing_since"]

    def back_up_it():
        return watch(admin, admin.post("/backups", {"database_id": database}, expect=202).json["job_id"])

    assert missing() is None  # nobody has looked yet
    failed = back_up_it()
    assert (failed["state"], failed["error"]["code"]) == ("failed", "not-found")
    since = missing()
    assert since is not None
    back_up_it()
    assert missing() == since
    busy.server.createdb(name)
    admin.get(f"/servers/{things['server']}/databases", expect=200)
    assert missing() is None
    busy.sql("UPDATE database SET missing_since = now() WHERE id = %s", database)
    assert back_up_it()["state"] == "succeeded"
    assert missing() is None
    busy.server.dropdb(name)
    busy.sql("UPDATE database SET missing_since = now() WHERE id = %s", database)
    (last,) = admin.get(f"/backups?database_id={database}", expect=200).json["items"]
    assert restore_beside(admin, things, last, name)["state"] == "succeeded"
    assert missing() is None


def restore_beside(admin, things, backup, name):
    """Into a new database of that name; how it ended."""
    asked = admin.post("/preflights", {"backup_id": backup["id"], "mode": "new", "server_id": things["server"],
                                       "database_name": name}, expect=202).json
    assert watch(admin, asked["job_id"])["state"] == "succeeded"
    assert admin.get(f"/preflights/{asked['preflight_id']}").json["result"]["ok"] is True
    return watch(admin, admin.post("/restores", {"preflight_id": asked["preflight_id"]}, expect=202).json["job_id"])


def test_a_backup_is_verified_and_says_so(admin, backup):
    job = admin.post(f"/backups/{backup['id']}/verify", expect=202).json["job_id"]
    assert watch(admin, job)["state"] == "succeeded"
    assert admin.get(f"/backups/{backup['id']}").json["proof"] == "verified"


def test_a_restore_beside_is_made_after_its_preflight(busy, admin, things, backup):
    name = f"{busy.catalog}_restored"
    done = restore_beside(admin, things, backup, name)
    assert done["state"] == "succeeded", done
    assert busy.server.psql("SELECT count(*) FROM item", db=name) == "20000"
    logged = admin.get("/logs?type=restore", expect=200).json["items"][0]
    assert (logged["database_id"], logged["database_name"]) == (None, name)
    asked, done = (admin.get(f"/audit?limit=1&action=restore.{each}", expect=200).json["items"][0]["detail"]
                   for each in ("request", "end"))
    assert asked.endswith(f", manual: as the new database {name} of the server main") and done.endswith(f"database {name}")


def test_no_restore_makes_a_database_with_the_name_of_a_copy(admin, things, backup):
    for name in ("shop_hf_kept_20260101000000_0000", "shop_hf_incoming_x", "a_hf_scratch_b"):
        body = {"backup_id": backup["id"], "server_id": things["server"], "database_name": name, "mode": "new"}
        assert "copy" in admin.post("/preflights", body, expect=400).json["detail"]


def test_a_deleted_backup_leaves_its_name_in_the_logs(admin, things, busy):
    done = watch(admin, back_up(admin, things, prefix="short-lived-"))
    made = admin.get("/backups?q=short-lived", expect=200).json["items"][0]
    assert watch(admin, admin.delete(f"/backups/{made['id']}", expect=202).json["job_id"])["state"] == "succeeded"
    assert admin.get("/backups?q=short-lived", expect=200).json["items"] == []
    assert not list(Path(busy.storage).rglob("short-lived*"))
    assert [each["job_id"] for each in admin.get("/logs?q=short-lived", expect=200).json["items"]] == [done["id"]]


def test_a_schedule_runs_when_it_is_told_to(admin, things):
    storage = admin.get("/storages").json["items"][0]["id"]
    schedule = admin.post("/schedules", {"name": "now", "interval_s": 28800, "storage_id": storage, "is_active": False,
                                         "server_id": things["server"], "database_pattern": "*_api_shop",
                                         "key_ids": [things["key"]]}, expect=201).json
    assert schedule["next_run_at"] is None and schedule["last_run_at"] is None
    job, = admin.post(f"/schedules/{schedule['id']}/run", expect=202).json["job_ids"]
    assert watch(admin, job)["state"] == "succeeded"
    assert admin.get(f"/schedules/{schedule['id']}", expect=200).json["last_run_at"] > schedule["created_at"]
    made = admin.get(f"/backups?schedule_id={schedule['id']}", expect=200).json["items"]
    assert [each["type"] for each in made] == ["scheduled"]
    enabled = admin.post(f"/schedules/{schedule['id']}/enable", expect=200).json["next_run_at"]
    assert enabled and admin.get(f"/databases/{things['database']}").json["next_run_at"] == enabled
    assert admin.post(f"/schedules/{schedule['id']}/disable", expect=200).json["next_run_at"] is None


def test_the_next_runs_of_a_schedule_are_told_before_it_is_saved(admin):
    def runs(**body):
        return admin.post("/schedules/preview", body, expect=200).json["runs"]

    assert runs(interval_s=86400, starts_at="2040-01-01T03:00:00+01:00") == [
        f"2040-01-0{day}T02:00:00Z" for day in range(1, 6)]
    assert runs(cron="30 3 * * *", time_zone="Europe/Berlin", starts_at="2040-03-24T00:00:00Z") == [
        "2040-03-24T02:30:00Z", "2040-03-25T01:30:00Z", "2040-03-26T01:30:00Z", "2040-03-27T01:30:00Z",
        "2040-03-28T01:30:00Z"]  # the clocks change on the 25th
    assert runs(cron="0 0 30 2 *") == []
    for bad in ({}, {"interval_s": 59}, {"interval_s": 60, "cron": "@daily"}, {"cron": "x"}, {"cron": "@daily",
                "time_zone": "Nowhere/Near"}, {"interval_s": 60, "starts_at": "tomorrow"}):
        admin.post("/schedules/preview", bad, expect=400)


def test_a_poll_of_an_ended_job_is_answered_304(admin, things, backup):
    answer = admin.get(f"/jobs/{backup['job_id']}", expect=200)
    assert admin.get(f"/jobs/{backup['job_id']}", headers={"If-None-Match": answer.etag}, expect=304).body == b""
    assert admin.get(f"/jobs/{backup['job_id']}?after=1", headers={"If-None-Match": answer.etag}, expect=200).json["log"]


def test_a_queued_job_is_cancelled_at_once_for_every_poller(busy, admin, things):
    job = back_up(admin, things, pool="nobody-serves-this")
    waiting = admin.get(f"/jobs/{job}", expect=200).json
    assert waiting["waiting_for"] == "a worker of the pool nobody-serves-this: none serves it; start one with --pool nobody-serves-this"
    metrics = busy.client().get("//metrics", expect=200).body.decode()
    assert 'holdfast_workers{pool="nobody-serves-this"} 0' in metrics and 'holdfast_workers{pool="default"} 1' in metrics
    assert admin.post(f"/jobs/{job}/cancel", expect=202).json["state"] == "cancelled"
    assert admin.get(f"/jobs/{job}", expect=200).json["state"] == "cancelled"
    admin.post(f"/jobs/{job}/cancel", expect=409)


def test_the_same_is_seen_from_redis_and_from_the_catalog(busy, admin, backup):
    path = f"/jobs/{backup['job_id']}"
    mirrored = admin.get(path, expect=200).json
    busy.redis.call("FLUSHALL")
    assert admin.get(path, expect=200).json == mirrored


def test_without_redis_all_goes_on(busy, admin, things):
    busy.redis.stop()
    try:
        assert admin.get("//healthz", expect=200).json["status"] == "degraded"
        done = watch(admin, back_up(admin, things))
        assert done["state"] == "succeeded"
        answer = admin.get(f"/jobs/{done['id']}", expect=200)
        admin.get(f"/jobs/{done['id']}", headers={"If-None-Match": answer.etag}, expect=304)
    finally:
        busy.redis.start()
    deadline = time.monotonic() + 10
    while admin.get("//healthz").json["status"] != "ok":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_without_the_catalog_a_mirrored_job_is_still_seen_and_all_comes_back(busy, admin, things):
    """A poll is Redis's alone; the rest says 503 until the catalog is back."""
    job = watch(admin, back_up(admin, things))["id"]
    busy.server.psql(f'ALTER DATABASE "{busy.catalog}" ALLOW_CONNECTIONS false; SELECT pg_terminate_backend(pid) '
                     f"FROM pg_stat_activity WHERE datname = '{busy.catalog}'")
    try:
        admin.get(f"/jobs/{job}", expect=200)
        answer = admin.get("/servers")
        assert answer.status in (502, 503) and answer.json["code"] in ("network", "database"), answer
        assert admin.get("//healthz", expect=503).json["status"] == "down"
    finally:
        busy.server.psql(f'ALTER DATABASE "{busy.catalog}" ALLOW_CONNECTIONS true')
    admin.get("/servers", expect=200)


# ---- The processes of the API ---------------------------------------------------------------------------------------


def children(busy):
    text = Path(f"/proc/{busy.api.pid}/task/{busy.api.pid}/children").read_text()
    return [int(pid) for pid in text.split()]


class Load:
    """Requests from several threads until it is left; how each was answered."""

    def __init__(self, busy, path="//healthz"):
        self.busy, self.path, self.statuses, self._end = busy, path, [], threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(4)]

    def _run(self):
        client = self.busy.client()
        while not self._end.is_set():
            self.statuses.append(client.get(self.path).status)

    def __enter__(self):
        for each in self._threads:
            each.start()
        time.sleep(0.3)
        return self

    def __exit__(self, *_):
        time.sleep(0.3)
        self._end.set()
        for each in self._threads:
            each.join()


def test_a_child_that_is_killed_costs_one_request_at_most(busy):
    with Load(busy) as load:
        victim = children(busy)[0]
        os.kill(victim, signal.SIGKILL)
        time.sleep(0.5)
    assert load.statuses.count(200) >= len(load.statuses) - 1
    assert set(load.statuses) <= {200, 503}
    assert victim not in children(busy) and len(children(busy)) == busy.children


def test_a_reload_replaces_the_children_and_loses_no_request(busy):
    before = set(children(busy))
    with Load(busy) as load:
        os.kill(busy.api.pid, signal.SIGHUP)
        time.sleep(1)
    assert set(load.statuses) == {200}
    assert not before & set(children(busy)) and len(children(busy)) == busy.children


def test_a_stop_lets_a_request_that_was_begun_be_answered(busy, admin):
    answers = []
    with busy.server.connect(busy.catalog) as holder:
        holder.execute("BEGIN; LOCK TABLE holdfast.key IN ACCESS EXCLUSIVE MODE")
        waiting = threading.Thread(target=lambda: answers.append(admin.get("/keys")))
        waiting.start()
        process.wait_for(lambda: busy.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = %s",
                                          busy.role), "the request")
        busy.api.terminate()
        time.sleep(0.5)
        assert busy.api.poll() is None and not answers
    waiting.join(30)
    assert [answer.status for answer in answers] == [200]
    assert busy.api.wait(30) == 0
    Path(busy.socket).unlink()
    busy.start_api()
    admin.get("/keys", expect=200)


def test_a_wrong_configuration_is_not_taken_over(busy):
    good = busy.configuration.read_text()
    before = set(children(busy))
    busy.configuration.write_text(good + "[nonsense]\nx = 1\n")
    try:
        os.kill(busy.api.pid, signal.SIGHUP)
        time.sleep(0.5)
        assert set(children(busy)) == before
        assert "the configuration is not reloaded" in Path(busy.log).read_text()
        busy.client().get("//healthz", expect=200)
    finally:
        busy.configuration.write_text(good)


def resident_kb(pid):
    return int(next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines()
                    if line.startswith("VmRSS")).split()[1])


@pytest.mark.slow_once
def test_the_memory_of_a_child_is_flat(busy, admin, backup):
    def ask(times):
        for _ in range(times):
            admin.get(f"/jobs/{backup['job_id']}", expect=200)
            admin.get("/backups?limit=5", expect=200)
            admin.post("/keys", {"name": "x"}, expect=400)

    ask(300)
    before = max(resident_kb(pid) for pid in children(busy))
    ask(1500)
    assert max(resident_kb(pid) for pid in children(busy)) - before < 1024
