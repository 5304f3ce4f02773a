"""What runs by itself: due schedules, one leader, retention, and what dead jobs have left."""
import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.shop import ROWS, good_backup, hold, restore, server, service, shop, slow  # noqa: F401


def schedule(service, *databases, **fields):
    fields = {"name": "nightly", "interval_s": 3600, "storage_id": service.storage, "key_ids": [service.key],
              "database_ids": databases, **fields}
    return service.create("schedule", **fields)


def due(service, schedule_id, ago="1 minute"):
    service.sql("UPDATE schedule SET next_run_at = now() - %s::interval WHERE id = %s", ago, schedule_id)


def test_a_due_schedule_makes_one_backup_of_each_database_and_moves_on(service, shop, slow):
    service.worker(), service.worker()
    nightly = schedule(service, server_id=service.server_id, database_pattern=f"t{os.getpid()}_*_", folder="n", prefix="x-")
    due(service, nightly, "3 days")
    service.until(lambda: service.one("SELECT count(*) FROM backup") == 2)
    time.sleep(3)
    assert service.sql("SELECT type, server_name, created_by FROM backup") == [
        ("scheduled", "main", "schedule nightly")] * 2
    assert service.one("SELECT next_run_at > now() AND last_run_at > now() - interval '1 minute' FROM schedule")
    assert service.one("SELECT count(*) FROM job WHERE kind = 'backup' AND reason = 'schedule nightly'") == 2


def test_a_pattern_means_databases_that_are_made_later_and_they_have_alarms(service, shop, server):
    service.worker()
    service.sql("UPDATE server SET host = '127.0.0.1'")  # a socket is not looked at
    new, other = (server.createdb(f"{service.shop}{suffix}") for suffix in ("later", "else"))
    nightly = schedule(service, server_id=service.server_id, database_pattern=f"{service.shop}l*")
    due(service, nightly)
    service.until(lambda: service.one("SELECT count(*) FROM backup") == 1)
    assert service.sql("SELECT database_name, created_by, type FROM backup") == [
        (new, "schedule nightly", "scheduled")]
    assert service.sql("SELECT name FROM holdfast_view.alarm ORDER BY name") == [(service.shop,), (new,)]
    (found,) = service.request("schedule-run", nightly)["job_ids"]
    assert service.job(found)["database_name"] == new
    service.until(lambda: service.one("SELECT count(*) FROM job WHERE state IN ('queued', 'running')") == 0)
    assert service.one("SELECT count(*) FROM database") == 2 and other


def test_an_inactive_schedule_runs_only_when_it_is_told_to(service, shop):
    nightly = schedule(service, shop, is_active=False)
    due(service, nightly)
    service.check("turn", time.time_ns() // 1000)
    assert service.one("SELECT count(*) FROM job") == 0
    assert len(service.request("schedule-run", nightly)["job_ids"]) == 1


def test_a_schedule_that_cannot_run_is_told_of_once_and_stops_no_other(service, shop):
    bad = schedule(service, shop, name="bad", key_ids=[])
    good = schedule(service, shop, name="good")
    due(service, bad), due(service, good)
    now = time.time_ns() // 1000
    service.check("turn", now), service.check("turn", now)
    assert service.sql("SELECT reason FROM job") == [("schedule good",)]
    assert service.sql("SELECT object_name, outcome FROM audit_event WHERE action = 'schedule.run'") == [
        ("bad", "failure")]


def test_a_clock_that_was_a_year_ahead_leaves_no_schedule_waiting(service, shop):
    hourly = schedule(service, shop, interval_s=3600)
    monthly = schedule(service, shop, name="monthly", interval_s=None, cron="30 2 1 * *")
    service.sql("UPDATE schedule SET next_run_at = now() + interval '1 year', starts_at = now() - interval '1 year'")
    now = time.time_ns() // 1000
    service.check("turn", now)
    assert service.one("SELECT next_run_at BETWEEN now() AND now() + interval '1 hour' FROM schedule WHERE id = %s", hourly)
    assert service.one("SELECT next_run_at BETWEEN now() AND now() + interval '31 days' FROM schedule WHERE id = %s",
                       monthly)
    assert service.one("SELECT count(*) FROM job") == 0


def test_two_leaders_at_once_make_no_run_twice(service, shop):
    """Each turn is one of a leader that takes the lock for its own; the row's old time decides."""
    for number in range(12):
        due(service, schedule(service, shop, name=f"each {number}"))
    now = time.time_ns() // 1000
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: service.check("turn", now), range(12)))
    assert sorted(service.sql("SELECT reason, count(*) FROM job GROUP BY 1")) == sorted(
        (f"schedule each {number}", 1) for number in range(12))


def test_a_leader_that_is_killed_in_the_midst_of_a_run_leaves_nothing_of_it_and_the_next_one_makes_it_once(service, shop):
    nightly = schedule(service, shop)
    waits = ("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 1213156420 AND objid = 4 AND "
             "NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
    with service.server.connect(service.catalog) as holder:
        holder.execute("SELECT pg_advisory_lock(1213156420, 4)")  # the audit log's, where each run's last step is
        due(service, nightly)
        leader = service.worker()
        service.until(lambda: service.one(waits) >= 1)
        leader.kill()
        assert service.one("SELECT count(*) FROM job") == 0
        assert service.one("SELECT next_run_at < now() AND last_run_at IS NULL FROM schedule")
    service.worker()
    service.until(lambda: service.one("SELECT count(*) FROM backup") == 1)
    assert service.one("SELECT count(*) FROM job WHERE reason = 'schedule nightly' AND kind = 'backup'") == 1
    assert service.one("SELECT next_run_at > now() FROM schedule")


def test_a_worker_that_dies_loses_its_job_to_another(service, slow, server):
    first = service.worker()
    held = hold(server, service.slow)
    job = service.back_up(slow)
    service.wait(job, "running")
    first.kill()
    held.release()
    service.worker()
    done = service.wait(job, seconds=90)
    assert done["state"] == "succeeded" and done["attempt"] == 2
    assert any("nothing was heard of the worker w1" in line for line in service.log_of(job))


def test_what_got_lost_in_redis_is_published_again(service, shop):
    job = service.back_up(shop)
    service.redis.call("FLUSHALL")
    service.sql("UPDATE job SET published_at = now() - interval '1 minute'")
    service.check("turn", time.time_ns() // 1000)
    assert service.redis.call("XLEN", "hf:jobs:default") == "1"
    assert service.job(job)["state"] == "queued"


def test_retention_keeps_what_it_is_told_and_stops_when_in_doubt(service, shop, server):
    service.worker()
    nightly = schedule(service, shop, keep_count=2)

    def run():
        time.sleep(1)  # names differ by the second
        (job,) = service.request("schedule-run", nightly)["job_ids"]
        assert service.wait(job)["state"] == "succeeded"
        service.until(lambda: service.one("SELECT count(*) FROM job WHERE state IN ('queued', 'running')") == 0)
        return service.backup_of(job)["id"]

    def states():
        return [state for (state,) in service.sql("SELECT state FROM backup ORDER BY created_at")]

    first = run()
    run(), run()
    assert states() == ["deleted", "good", "good"] and len(service.files()) == 2
    assert service.sql("SELECT object_id, actor FROM audit_event WHERE action = 'delete.request'") == [
        (first, "schedule nightly")]
    server.psql("DELETE FROM item WHERE i > 100", service.shop)
    run()
    assert states() == ["deleted", "good", "good", "good"]
    assert "under half" in service.one("SELECT retention_paused FROM database")
    service.sql("UPDATE database SET retention_paused = NULL")
    service.sql("UPDATE backup SET is_pinned = true WHERE id = (SELECT id FROM backup WHERE state = 'good' "
                "ORDER BY created_at LIMIT 1)")
    run()
    assert states() == ["deleted", "good", "deleted", "good", "good"]


def test_retention_that_comes_late_deletes_no_larger_one(service, shop, server):
    service.worker()
    nightly = schedule(service, shop)
    for rows in (ROWS, 100, 100):
        server.psql(f"DELETE FROM item WHERE i > {rows}", service.shop)
        time.sleep(1)  # names differ by the second
        assert service.wait(service.request("schedule-run", nightly)["job_ids"][0])["state"] == "succeeded"
    service.sql("UPDATE schedule SET keep_count = 1")
    time.sleep(1)
    assert service.wait(service.request("schedule-run", nightly)["job_ids"][0])["state"] == "succeeded"
    service.until(lambda: service.one("SELECT retention_paused FROM database"))
    assert [state for (state,) in service.sql("SELECT state FROM backup")] == ["good"] * 4


def test_a_deletion_that_retention_asked_for_is_not_done_once_it_is_paused(service, shop):
    service.worker()
    made = good_backup(service, shop)
    service.sql("UPDATE database SET retention_paused = 'looks wrong'")
    service.sql("CREATE FUNCTION because() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN NEW.reason := 'retention'; RETURN NEW; END $$;"
                "CREATE TRIGGER because BEFORE INSERT ON job FOR EACH ROW EXECUTE FUNCTION because()")
    done = service.wait(service.request("delete", made)["job_id"])
    assert done["state"] == "failed" and "paused meanwhile: looks wrong" in done["error"]["message"]
    assert len(service.files()) == 1


def test_of_a_disk_that_is_not_mounted_nothing_counts_as_deleted_or_missing(service, shop):
    service.worker()
    made = good_backup(service, shop)
    away = service.storage_folder.rename(service.folder / "away")
    service.storage_folder.mkdir()
    for kind, about in (("delete", made), ("verify", made), ("rescan", service.storage)):
        done = service.wait(service.request(kind, about)["job_id"])
        assert done["state"] == "failed" and "mounted?" in done["error"]["message"], (kind, done)
    assert service.one("SELECT state FROM backup") == "good"
    service.storage_folder.rmdir()
    away.rename(service.storage_folder)
    assert service.wait(service.request("delete", made)["job_id"])["state"] == "succeeded" and not service.files()


def test_a_deletion_that_died_behind_the_removal_is_done(service, shop):
    service.worker()
    made = good_backup(service, shop)
    first = service.wait(service.request("delete", made)["job_id"])
    service.sql("UPDATE backup SET state = 'good', deleted_at = NULL")
    service.sql("UPDATE job SET state = 'queued', ended_at = NULL, ended_attempt = NULL WHERE id = %s", first["id"])
    service.until(lambda: service.one("SELECT state FROM backup") == "deleted")


def test_without_a_worker_of_the_pool_default_files_are_looked_after_all_the_same(service, shop):
    service.sql("UPDATE server SET pool = 'eu'")
    service.worker(pool="eu")
    nightly = schedule(service, shop, keep_count=1)
    (job,) = service.request("schedule-run", nightly)["job_ids"]
    assert service.wait(job)["state"] == "succeeded"
    made = service.backup_of(job)["id"]
    for kind, about in (("verify", made), ("rescan", service.storage), ("delete", made)):
        assert service.wait(service.request(kind, about)["job_id"], seconds=20)["state"] == "succeeded"
    service.until(lambda: service.one("SELECT state FROM job WHERE kind = 'retention'") == "succeeded")


@pytest.mark.slow_once
def test_a_leader_that_stands_still_loses_the_lead(service, shop):
    nightly = schedule(service, shop)
    frozen = service.worker()
    service.until(lambda: "leads from now on" in frozen.log)
    frozen.process.send_signal(signal.SIGSTOP)
    service.worker()
    due(service, nightly)
    service.until(lambda: service.one("SELECT count(*) FROM backup") == 1, 40)
    frozen.process.send_signal(signal.SIGCONT)
    time.sleep(3)
    assert service.one("SELECT count(*) FROM job WHERE kind = 'backup'") == 1


@pytest.mark.slow_once
def test_an_end_that_waits_too_long_for_a_lock_is_made_later_and_the_backup_stays(service, slow, server):
    service.worker()
    held = hold(server, service.slow)
    job = service.back_up(slow)
    service.wait(job, "running")
    with server.connect(service.catalog) as blocked:
        blocked.execute("BEGIN; SELECT pg_advisory_xact_lock(1213156420, 4)")  # as the audit log's writer does
        held.release()
        time.sleep(23)
    done = service.wait(job)
    assert (done["state"], done["attempt"]) == ("succeeded", 1), done


def test_what_dead_verifications_and_restores_left_on_the_server_is_removed(service, shop, server):
    service.worker()
    made = good_backup(service, shop)
    server.createdb(f"{service.shop}_hf_incoming_20200101000000_00aa")
    scratch = server.createdb("postgres_hf_scratch_20200101000000_00aa")
    done = service.wait(service.request("verify", made, restore_to_server_id=service.server_id)["job_id"])
    assert done["state"] == "succeeded", done["error"]
    assert f"{scratch}, of an attempt that was lost, is removed" in service.log_of(done["id"])
    assert service.wait(restore(service, made, database_id=shop))["state"] == "succeeded"
    assert "incoming" not in server.psql(f"SELECT string_agg(datname, ' ') FROM pg_database "
                                         f"WHERE starts_with(datname, '{service.shop}')")


def test_what_a_restore_left_that_died_and_was_cancelled_is_removed_by_the_leader(service, shop, server):
    left = server.createdb(f"{service.shop}_hf_incoming_20200101000000_00aa")
    service.sql("INSERT INTO job (organization_id, kind, database_id, step, state, created_at, ended_at) VALUES (%s, "
                "'restore', %s, 'loading', 'cancelled', now() - interval '1 hour', now() - interval '1 minute')", service.organization, shop)
    service.worker()
    service.until(lambda: not server.psql(f"SELECT datname FROM pg_database WHERE datname = '{left}'"))
    service.check("turn", time.time_ns() // 1000)
    service.until(lambda: service.one("SELECT state FROM job WHERE kind = 'retention'") == "succeeded")


@pytest.mark.parametrize("step", ["scratch", "proved, plan x"])
def test_the_scratch_database_of_a_migration_is_removed_by_the_leader_however_far_it_had_come(service, server, step):
    left = server.createdb("postgres_hf_scratch_20200101000000_00aa")
    service.sql("INSERT INTO job (organization_id, kind, server_id, request, step, state, created_at, ended_at) VALUES (%s, "
                "'migrate', %s, %s, %s, 'failed', now() - interval '1 hour', now() - interval '1 minute')", service.organization,
                service.server_id, json.dumps({"scratch_server_id": service.server_id}), step)
    service.worker()
    service.until(lambda: not server.psql(f"SELECT datname FROM pg_database WHERE datname = '{left}'"))


@pytest.mark.parametrize("to", ["registered", "swap", "new"])
def test_what_a_migration_left_that_died_and_was_cancelled_is_removed_by_the_leader(service, shop, server, to):
    source, server_id = service.sql("INSERT INTO database (organization_id, server_id, name) SELECT organization_id, "
                                    "server_id, 'source' FROM database RETURNING id::text, server_id::text")[0]
    name = f"{service.shop}2" if to == "new" else service.shop
    request = {"target_database_id": shop} if to == "swap" else {"server_id": server_id, "database_name": name}
    left = server.createdb(f"{name}_hf_incoming_20200101000000_00aa")
    service.sql("INSERT INTO job (organization_id, kind, database_id, server_id, request, step, state, created_at, ended_at) "
                "VALUES (%s, 'migrate', %s, %s, %s, 'loading', 'cancelled', now() - interval '1 hour', now() - interval "
                "'1 minute')", service.organization, source, server_id, json.dumps(request))
    service.worker()
    service.until(lambda: not server.psql(f"SELECT datname FROM pg_database WHERE datname = '{left}'"))
    service.check("turn", time.time_ns() // 1000)
    service.until(lambda: service.one("SELECT state FROM job WHERE kind = 'retention'") == "succeeded")
    assert service.one("SELECT count(*) FROM job WHERE kind = 'retention'") == 1
    (gone,) = service.sql("SELECT object_name, object_kind, object_id::text, detail FROM audit_event WHERE action = 'copy.expire'")
    assert gone[:3] == (left, *(("server", server_id) if to == "new" else ("database", shop)))
    assert "unfinished" in gone[3]


def test_the_audit_log_tells_of_a_kept_copy_that_is_dropped_where_no_database_is_registered(service, server):
    service.worker()
    name = f"t{os.getpid()}_unregistered"
    kept = server.createdb(f"{name}_hf_kept_20200101000000_00aa")
    note = {"holdfast": "kept", "of": name, "since": "2020-01-01T00:00:00Z", "until": "2020-01-02T00:00:00Z"}
    server.psql(f"COMMENT ON DATABASE {kept} IS '{json.dumps(note)}'")
    job = service.one("INSERT INTO job (organization_id, kind, server_id, request) VALUES (%s, 'retention', %s, %s) "
                      "RETURNING id::text", service.organization, service.server_id,
                      json.dumps({"server_id": service.server_id, "database_name": name}))
    assert service.wait(job)["state"] == "succeeded"
    ((copy, kind, detail),) = service.sql("SELECT object_name, object_kind, detail FROM audit_event WHERE action = "
                                          "'copy.expire'")
    assert (copy, kind, "swap had kept" in detail) == (kept, "server", True)


def left_unfinished(service, request, kind="migrate"):
    """A job that died in its work and was cancelled; `request` names its target."""
    service.sql("INSERT INTO job (organization_id, kind, request, step, state, created_at, ended_at) VALUES (%s, %s, %s, "
                "'loading', 'cancelled', now() - interval '1 hour', now() - interval '1 minute')", service.organization,
                kind, json.dumps(request))


def dropping(service):
    """After a leader's look: the names of the places where what was left unfinished is to be dropped."""
    service.check("turn", time.time_ns() // 1000)
    return [name for (name,) in service.sql("SELECT name FROM job WHERE kind = 'retention' ORDER BY name")]


@pytest.mark.parametrize("later, to", [("assess", "swap"), ("migrate", "swap"), ("migrate", "new"), ("restore", "new")])
def test_what_was_left_is_removed_though_a_job_was_asked_for_since_that_never_came_there(service, shop, later, to):
    request = {"target_database_id": shop} if to == "swap" else {"server_id": service.server_id, "database_name": "new"}
    left_unfinished(service, request)
    service.sql("INSERT INTO job (organization_id, kind, request, state, ended_at) VALUES (%s, %s, %s, %s, now())",
                service.organization, later, json.dumps(request), "succeeded" if later == "assess" else "cancelled")
    place = service.shop if to == "swap" else "new"
    assert dropping(service) == [place]
    service.sql("UPDATE job SET state = 'failed', ended_at = now() WHERE kind = 'retention'")
    assert dropping(service) == [place]  # and not twice


@pytest.mark.parametrize("to", ["swap", "new"])
def test_a_later_migration_that_is_not_over_removes_what_was_left(service, shop, to):
    request = {"target_database_id": shop} if to == "swap" else {"server_id": service.server_id, "database_name": "new"}
    left_unfinished(service, request)
    service.sql("INSERT INTO job (organization_id, kind, request) VALUES (%s, 'migrate', %s)", service.organization,
                json.dumps(request))
    assert dropping(service) == []


def test_a_place_that_cannot_be_asked_for_stops_nothing_else_that_expires(service, shop):
    for name in service.shop, "a", "b":
        left_unfinished(service, {"server_id": service.server_id, "database_name": name})
    for name, days in ("old", 31), ("young", 1):
        service.sql("INSERT INTO backup (organization_id, name, path, storage_id, type, database_id, database_name, "
                    "size_bytes, created_at) VALUES (%s, %s, %s, %s, 'safety', %s, 'shop', 1, now() - %s * interval '1 day')",
                    service.organization, name, name, service.storage, shop, days)
    service.sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'somebody was faster' "
                "USING ERRCODE = 'object_in_use'; END $$")
    service.sql("CREATE TRIGGER refuse BEFORE INSERT ON job FOR EACH ROW WHEN (NEW.kind = 'retention' AND NEW.name <> 'b') "
                "EXECUTE FUNCTION refuse()")
    assert dropping(service) == ["b"]
    assert service.sql("SELECT name FROM job WHERE kind = 'delete'") == [("old",)]


@pytest.mark.parametrize("registered", [False, True])
def test_a_restore_into_a_new_name_and_what_is_dropped_there_wait_for_each_other(service, shop, registered):
    place = {"server_id": service.server_id, "database_name": f"{service.shop}new"}
    made = service.one("INSERT INTO backup (organization_id, name, path, storage_id, type, database_id, database_name, "
                       "size_bytes) VALUES (%s, 'b', 'b', %s, 'manual', %s, 'shop', 1) RETURNING id::text",
                       service.organization, service.storage, shop)
    found = service.request("preflight", backup_id=made, mode="new", **place)["preflight_id"]
    service.sql("UPDATE preflight SET result = '{\"ok\": true}'")
    if registered:
        service.sql("INSERT INTO database (organization_id, server_id, name) VALUES (%s, %s, %s)", service.organization,
                    *place.values())
    left_unfinished(service, place)
    assert dropping(service) == [place["database_name"]]
    job = service.request("restore", preflight_id=found)["job_id"]
    assert service.one("SELECT a.holds && b.holds FROM job a, job b WHERE a.id = %s AND b.kind = 'retention'", job)
    assert service.one("SELECT database_id IS NOT NULL FROM job WHERE kind = 'retention'") == registered


@pytest.mark.parametrize("kind", ["restore", "undo"])
def test_what_is_dropped_in_a_place_and_a_job_of_what_is_registered_there_since_wait_for_each_other(service, shop, kind):
    place = {"server_id": service.server_id, "database_name": f"{service.shop}new"}
    made = service.one("INSERT INTO backup (organization_id, name, path, storage_id, type, database_id, database_name, "
                       "size_bytes) VALUES (%s, 'b', 'b', %s, 'manual', %s, 'shop', 1) RETURNING id::text",
                       service.organization, service.storage, shop)
    left_unfinished(service, place)
    assert dropping(service) == [place["database_name"]]
    new = service.one("INSERT INTO database (organization_id, server_id, name) VALUES (%s, %s, %s) RETURNING id::text",
                      service.organization, *place.values())
    if kind == "restore":
        found = service.request("preflight", backup_id=made, database_id=new)["preflight_id"]
        service.sql("UPDATE preflight SET result = '{\"ok\": true}'")
        job = service.request("restore", preflight_id=found)["job_id"]
    else:
        job = service.request("undo", new)["job_id"]
    assert service.one("SELECT a.holds && b.holds FROM job a, job b WHERE a.id = %s AND b.kind = 'retention'", job)


def test_safety_backups_go_when_their_time_is_over_but_for_pinned_and_newest_ones(service, shop):
    ago = ("INSERT INTO backup (organization_id, name, path, storage_id, type, database_id, database_name, size_bytes, "
           "created_at, is_pinned) VALUES (%s, %s, %s, %s, %s, %s, 'shop', 1, now() - %s * interval '1 day', %s)")

    def add(name, type, days, pinned=False):
        service.sql(ago, service.organization, name, name, service.storage, type, shop, days, pinned)

    def asked():
        """After a leader's look: whose deletion is asked for."""
        service.check("turn", time.time_ns() // 1000)
        return [name for (name,) in service.sql("SELECT name FROM job WHERE kind = 'delete' ORDER BY name")]

    add("old", "safety", 31), add("young", "safety", 29), add("pinned", "safety", 40, True), add("manual", "manual", 50)
    assert asked() == ["old"]  # which is not the newest
    assert service.one("SELECT reason FROM job") == "retention"
    assert asked() == ["old"]  # and not twice
    service.sql("INSERT INTO setting VALUES (%s, 'safety_keep_days', '10')", service.organization)
    assert asked() == ["old"]  # the only good one that is left
    service.sql("UPDATE setting SET value = '1e300'")  # as it could be set once
    assert asked() == ["old"]
    service.sql("UPDATE setting SET value = '10'")
    add("newest", "safety", 11)
    service.sql("UPDATE database SET retention_paused = 'somebody looks into it'")
    assert asked() == ["old"]
    service.sql("UPDATE database SET retention_paused = NULL")
    assert asked() == ["old", "young"]


def test_safety_backups_of_a_database_that_is_registered_no_more_go_too(service, shop):
    add = ("INSERT INTO backup (organization_id, name, path, storage_id, type, database_id, database_name, server_name, "
           "size_bytes, created_at) VALUES (%s, %s, %s, %s, 'safety', NULL, %s, 'main', 1, now() - %s * interval '1 day')")
    for name, database, days in ("oldest", "gone", 70), ("older", "gone", 50), ("only", "other", 60):
        service.sql(add, service.organization, name, name, service.storage, database, days)

    def asked():
        service.check("turn", time.time_ns() // 1000)
        return service.sql("SELECT name, (SELECT count(*) FROM job j WHERE j.backup_id = b.id) FROM backup b ORDER BY name")

    assert asked() == [("older", 0), ("oldest", 1), ("only", 0)]  # the newest of each stays
    service.sql("UPDATE job SET state = 'failed', ended_at = now(), created_at = now() - interval '2 hours'")
    assert asked() == [("older", 0), ("oldest", 1), ("only", 0)]  # what cannot be deleted is tried once a day
    service.sql("UPDATE job SET created_at = now() - interval '25 hours'")
    assert asked() == [("older", 0), ("oldest", 2), ("only", 0)]


def test_retention_asks_for_no_deletion_twice(service, shop):
    service.worker()
    nightly = schedule(service, shop, keep_count=1)

    def run():
        time.sleep(1)  # names differ by the second
        (job,) = service.request("schedule-run", nightly)["job_ids"]
        assert service.wait(job)["state"] == "succeeded"
        service.until(lambda: service.one("SELECT count(*) FROM job WHERE kind IN ('backup', 'retention') AND "
                                          "state IN ('queued', 'running')") == 0)
        return service.backup_of(job)["id"]

    first = run()
    # Somebody has asked already, and it waits.
    service.sql("INSERT INTO job (organization_id, kind, backup_id, not_before, pool) VALUES (%s, 'delete', %s, now() + "
                "interval '5 minutes', 'nobody')", service.organization, first)
    run()
    assert service.one("SELECT count(*) FROM job WHERE kind = 'retention' AND state = 'succeeded'") >= 1
    assert service.one("SELECT count(*) FROM job WHERE kind = 'delete'") == 1
    run()
    service.until(lambda: service.one("SELECT count(*) FROM audit_event WHERE action = 'delete.request'") == 1)
    assert service.one("SELECT actor FROM audit_event WHERE action = 'delete.request'") == "schedule nightly"
    assert service.one("SELECT detail FROM audit_event WHERE action = 'delete.request'").endswith(
        ", retention: the schedule keeps the newest 1")


def test_files_of_jobs_go_when_their_time_is_over_and_pieces_that_became_none_at_once(service, shop):
    def add(state, *, hours=None):
        time_of = "lease_until" if state == "running" else "ended_at"
        job = service.one(f"INSERT INTO job (organization_id, kind, name, request, database_id, attempt, state, {time_of}) VALUES "
                          "(%s, 'export', 'shop', '{}', %s, 1, %s, now() + interval '1 hour') RETURNING id::text",
                          service.organization, shop, state)
        service.sql("INSERT INTO job_piece VALUES (%s, %s, 0, 0, 'x')", service.organization, job)
        if hours is not None:
            service.sql("INSERT INTO job_file VALUES (%s, %s, 0, 'a.csv', 1, now() + %s * interval '1 hour')",
                        service.organization, job, hours)
            service.sql("INSERT INTO job_file_link (organization_id, job_id, number, token_hash, expires_at) VALUES "
                        "(%s, %s, 0, %s, now() + %s * interval '1 hour')", service.organization, job, job.encode(), hours)
        return job

    young, running = add("succeeded", hours=1), add("running")
    add("succeeded", hours=-1), add("failed"), add("cancelled")
    service.check("turn", time.time_ns() // 1000)
    assert {job for (job,) in service.sql("SELECT job_id::text FROM job_piece")} == {young, running}
    assert service.sql("SELECT job_id::text FROM job_file") == service.sql("SELECT job_id::text FROM job_file_link") == [(young,)]


def test_reports_go_when_their_time_is_over_and_their_jobs_stay(service, shop):
    def add(days):
        job = service.one("INSERT INTO job (organization_id, kind, name, request, database_id, state, ended_at) VALUES "
                          "(%s, 'migrate', 'shop', '{}', %s, 'succeeded', now() - %s * interval '1 day') RETURNING id::text",
                          service.organization, shop, days)
        service.sql("INSERT INTO job_report VALUES (%s, %s, 'report', 'x'), (%s, %s, 'page', 'x')", *(service.organization, job) * 2)
        service.sql("INSERT INTO job_refused VALUES (%s, %s, 0, 'x', 'part')", service.organization, job)
        return job

    def left():
        service.check("turn", time.time_ns() // 1000)
        reports = service.sql("SELECT DISTINCT job_id::text FROM job_report")
        assert reports == service.sql("SELECT job_id::text FROM job_refused")
        return [job for (job,) in reports]

    old, young = add(91), add(89)
    assert left() == [young]
    assert service.one("SELECT count(*) FROM job WHERE id IN (%s, %s)", old, young) == 2
    service.sql("INSERT INTO setting VALUES (%s, 'report_keep_days', '100')", service.organization)
    assert left() == [young]
    service.sql("UPDATE setting SET value = '80'")
    assert left() == []
