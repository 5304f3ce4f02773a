"""Workers on a real catalog, Redis and PostgreSQL: jobs from the request to the proof, and whatever may befall them."""
import os
import signal
import time

import pytest

from support.installation import Installation

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


# ---- What jobs do --------------------------------------------------------------------------------------------------


def test_a_backup_is_a_file_that_opens_and_a_row_that_tells_of_it(service, shop, holdfast):
    service.worker()
    job = service.back_up(shop, folder="daily/a", prefix="p-", level=3, jobs=2)
    done = service.wait(job)
    assert done["state"] == "succeeded", done
    backup = service.backup_of(job)
    assert backup["type"] == "manual" and backup["state"] == "good" and backup["proof"] == "rows counted"
    assert backup["rows"] == ROWS + 1 and backup["tables"] == 3 and backup["duration_ms"] >= 0
    assert backup["fingerprints"] == ["key1"] and backup["created_by"] == "user test"
    assert backup["path"].startswith(f"daily/a/p-{service.shop}-") and backup["path"].endswith("Z.hf")
    assert service.files() == [backup["path"]]
    assert (service.storage_folder / backup["path"]).stat().st_size == backup["size_bytes"] == done["size_bytes"]
    contents = service.one("SELECT contents FROM backup WHERE id = %s", backup["id"])
    assert {(t["schema"], t["name"], t["rows"]) for t in contents} == {
        ("public", "item", ROWS), ("public", "other", 0), ("app", "note", 1)}
    refused = holdfast("verify", "--from", service.storage_folder / backup["path"], check=False)
    assert "X25519" in refused.stderr  # it is encrypted


def test_a_passphrase_and_several_keys_open_what_was_made_with_them(service, shop):
    service.worker()
    passphrase = service.check("key", service.organization, "phrase", "a long enough passphrase")
    second = service.check("key", service.organization, "key2", "-")
    for keys in ([passphrase], [service.key, second]):
        made = service.backup_of(service.wait(service.back_up(shop, key_ids=keys))["id"])
        assert len(made["fingerprints"]) == len(keys)
        assert service.wait(service.request("verify", made["id"])["job_id"])["state"] == "succeeded"
        time.sleep(1)  # names differ by the second
    assert "passphrase" in service.request("backup", fails=True, database_id=shop, key_ids=[passphrase, second])


def test_a_scope_leaves_out_what_it_says(service, shop):
    service.worker()
    job = service.wait(service.back_up(shop, schemas=["app"], unencrypted=False))
    assert service.backup_of(job["id"])["rows"] == 1


def test_verify_proves_and_notes_what_it_finds(service, shop, server):
    service.worker()
    backup = service.backup_of(service.wait(service.back_up(shop))["id"])
    done = service.wait(service.request("verify", backup["id"], against_database_id=shop)["job_id"])
    assert done["state"] == "succeeded" and done["result"]["rows"] == ROWS + 1
    assert service.backup_of(backup["job_id"])["proof"] == "verified"
    done = service.wait(service.request("verify", backup["id"], restore_to_server_id=service.server_id)["job_id"])
    assert done["state"] == "succeeded"
    assert service.backup_of(backup["job_id"])["proof"] == "restored"
    server.psql("DELETE FROM item WHERE i = 7", service.shop)
    done = service.wait(service.request("verify", backup["id"], against_database_id=shop)["job_id"])
    assert done["state"] == "failed" and done["error"]["code"] == "differ"
    assert done["result"]["differences"][0]["table"] == "public.item"
    path = service.storage_folder / backup["path"]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    done = service.wait(service.request("verify", backup["id"])["job_id"])
    assert done["state"] == "failed" and done["error"]["code"] == "corrupt"
    assert service.backup_of(backup["job_id"])["state"] == "damaged"
    path.rename(path.with_suffix(".away"))  # not the whole storage
    done = service.wait(service.request("verify", backup["id"])["job_id"])
    assert done["error"]["code"] == "not-found" and service.backup_of(backup["job_id"])["state"] == "missing"


def test_what_could_not_be_read_when_it_came_is_noted_when_a_job_reads_it(service, shop):
    """As an upload is left that was too much for the API."""
    service.worker()
    backup = service.backup_of(service.wait(service.back_up(shop))["id"])
    service.check("key", service.organization, "another", "-")
    service.sql("UPDATE backup SET database_name = '', rows = 0, tables = 0, raw_bytes = 0, contents = NULL, "
                "fingerprints = '{unknown}', created_at = now() + interval '1 day'")
    assert service.wait(service.request("verify", backup["id"])["job_id"])["state"] == "succeeded"
    read = service.backup_of(backup["job_id"])
    assert all(read[each] == backup[each] for each in ("database_name", "rows", "tables", "raw_bytes", "fingerprints"))
    assert read["created_at"][:16] <= backup["created_at"][:16]
    assert len(service.one("SELECT contents FROM backup")) == 3


def test_delete_takes_the_file_and_then_says_so_but_never_of_a_pinned_one(service, shop):
    service.worker()
    backup = service.backup_of(service.wait(service.back_up(shop))["id"])
    service.sql("UPDATE backup SET is_pinned = true")
    assert "pinned" in service.request("delete", backup["id"], fails=True)
    service.sql("UPDATE backup SET is_pinned = false")
    assert service.wait(service.request("delete", backup["id"])["job_id"])["state"] == "succeeded"
    assert service.files() == []
    assert service.backup_of(backup["job_id"])["state"] == "deleted"


def test_what_is_seen_is_the_same_in_redis_and_the_catalog(service, shop):
    service.worker()
    job = service.back_up(shop)
    service.wait(job)
    seen = service.until(lambda: (seen := service.seen(job)) and seen["document"]["state"] == "succeeded" and seen)
    assert seen["document"] == service.job(job)
    assert [line["message"] for line in seen["lines"]] == service.log_of(job)
    assert seen["document"]["progress"]["percent"] == 100


def test_the_audit_log_tells_of_the_request_and_of_the_end(service, shop):
    service.worker()
    backup = service.backup_of(service.wait(service.back_up(shop))["id"])
    events = service.sql("SELECT actor, action, object_name, address, outcome FROM audit_event ORDER BY seq")
    assert events == [("user test", "backup.request", service.shop, "192.0.2.1", "success"),
                      ("worker w1", "backup.end", backup["name"], "", "success")]


@pytest.mark.parametrize("body", [{"folder": "../up"}, {"folder": "/root"}, {"prefix": "a\nb"}, {"jobs": 0},
                                  {"nonsense": 1}, {"key_ids": ["x"]}, {"level": "1"}])
def test_a_request_that_cannot_be_is_refused(service, shop, body):
    assert service.request("backup", fails=True, database_id=shop, **body).startswith("usage: ")
    assert service.one("SELECT count(*) FROM job") == 0


# ---- What may befall them ------------------------------------------------------------------------------------------


def test_a_cancel_reaches_a_running_job_within_two_seconds_and_leaves_nothing(service, slow, server):
    service.worker()
    held = hold(server, service.slow)
    job = service.back_up(slow)
    service.wait(job, "running")
    time.sleep(0.5)
    start = time.monotonic()
    service.cancel(job)
    assert service.wait(job)["state"] == "cancelled"
    assert time.monotonic() - start < 2
    held.release()
    assert service.files() == [] and service.backup_of(job) is None


def test_a_cancel_reaches_a_job_also_while_redis_is_away(service, slow, server):
    service.worker()
    held = hold(server, service.slow)
    job = service.back_up(slow)
    service.wait(job, "running")
    service.redis.stop()
    service.sql("UPDATE job SET cancel_requested = true WHERE id = %s", job)
    assert service.wait(job, seconds=15)["state"] == "cancelled"
    held.release()


def test_a_job_whose_process_is_killed_runs_again(service, slow, server):
    worker = service.worker()
    held = hold(server, service.slow)
    job = service.back_up(slow)
    service.wait(job, "running")
    service.until(worker.children)
    os.kill(worker.children()[0], signal.SIGKILL)
    service.until(lambda: service.job(job)["attempt"] == 2)
    held.release()
    assert service.wait(job)["state"] == "succeeded"
    assert len(service.files()) == 1


def test_a_job_fails_after_its_third_dead_process(service, slow, server):
    worker = service.worker()
    held = hold(server, service.slow)
    job = service.back_up(slow)
    for attempt in (1, 2, 3):
        service.until(lambda: service.job(job)["attempt"] == attempt and worker.children())
        os.kill(worker.children()[0], signal.SIGKILL)
    done = service.wait(job)
    held.release()
    assert done["state"] == "failed" and "signal 9" in done["error"]["message"]


def test_a_worker_that_stops_hands_its_job_over(service, slow, server):
    (service.folder / "holdfast.conf").write_text(
        (service.folder / "holdfast.conf").read_text().replace("[worker]", "[worker]\nstop_seconds = 1"))
    first = service.worker()
    held = hold(server, service.slow)
    job = service.back_up(slow)
    service.wait(job, "running")
    assert first.stop() == 0
    assert service.job(job)["state"] == "queued"
    held.release()
    service.worker()
    done = service.wait(job)
    assert done["state"] == "succeeded" and done["attempt"] == 2


def test_a_worker_that_stops_lets_a_short_job_end(service, slow, server):
    worker = service.worker()
    held = hold(server, service.slow)
    job = service.back_up(slow)
    service.wait(job, "running")
    worker.process.send_signal(signal.SIGTERM)
    time.sleep(1)
    held.release()
    assert worker.process.wait(30) == 0
    assert service.job(job)["state"] == "succeeded" and service.job(job)["attempt"] == 1


def test_a_worker_of_another_pool_leaves_a_job_alone(service, shop):
    service.worker(pool="other")
    job = service.back_up(shop)
    time.sleep(2)
    assert service.job(job)["state"] == "queued"
    service.worker()
    assert service.wait(job)["state"] == "succeeded"


def test_jobs_are_taken_and_ended_without_redis(service, shop):
    service.redis.stop()
    service.worker()
    assert service.wait(service.back_up(shop))["state"] == "succeeded"


def test_redis_emptied_in_the_middle_of_a_job_has_all_lines_again(service, slow, server):
    service.worker()
    held = hold(server, service.slow)
    job = service.back_up(slow)
    service.wait(job, "running")
    service.until(lambda: service.seen(job))
    service.redis.call("FLUSHALL")
    held.release()
    service.wait(job)
    seen = service.until(lambda: (seen := service.seen(job)) and seen["document"]["state"] == "succeeded" and seen)
    assert [line["message"] for line in seen["lines"]] == service.log_of(job)


def test_entries_that_lie_do_no_harm(service, shop):
    job = service.back_up(shop)
    for entry in ("00000000-0000-4000-8000-000000000000", "no id", job, job):
        service.redis.call("XADD", "hf:jobs:default", "*", "id", entry)
    service.worker(), service.worker()
    assert service.wait(job)["attempt"] == 1
    service.until(lambda: service.redis.call("XLEN", "hf:jobs:default") == "0")
    assert len(service.files()) == 1


def test_a_failure_that_may_pass_is_tried_again_and_another_is_not(service, shop, server):
    service.worker()
    service.sql("UPDATE server SET port = 1 WHERE id = %s", service.server_id)
    job = service.back_up(shop)
    service.until(lambda: service.job(job)["attempt"] == 1 and service.job(job)["state"] == "queued")
    assert "the next attempt" in service.job(job)["waiting_for"]
    service.sql("UPDATE server SET port = %s WHERE id = %s", server.port, service.server_id)
    assert service.wait(job)["attempt"] == 2
    job = service.back_up(shop, tables=["nowhere"])
    done = service.wait(job)
    assert done["state"] == "failed" and done["attempt"] == 1 and done["error"]["code"] == "not-found"


# ---- The scheduler and retention -----------------------------------------------------------------------------------


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
    due(service, schedule(service, shop))
    now = str(time.time_ns() // 1000)
    # Each turn is a leader that sees the lock free, or none; the row's old time decides.
    for _ in range(4):
        service.check("turn", now)
    assert service.one("SELECT count(*) FROM job") == 1


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
        (first, "user test")]
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


# ---- Restore and undo ----------------------------------------------------------------------------------------------


def good_backup(service, shop):
    return service.backup_of(service.wait(service.back_up(shop))["id"])["id"]


def preflight(service, backup, seconds=60, **body):
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


def test_a_restore_swaps_and_an_undo_brings_back_what_it_replaced(service, shop, server):
    service.worker()
    backup = good_backup(service, shop)
    server.psql("DELETE FROM item WHERE i > 10", service.shop)
    done = service.wait(restore(service, backup, database_id=shop, halt_gate=True))
    assert done["state"] == "succeeded", done
    assert items(server, service) == ROWS and done["result"]["rows"] == ROWS + 1
    assert done["result"]["tables_proved"] == 3 and done["result"]["downtime_s"] < 1
    assert service.one("SELECT proof FROM backup WHERE type = 'manual'") == "restored"
    assert service.one("SELECT count(*) FROM halt") == 0 and service.redis.call("EXISTS", f"hf:gate:{shop}") == "0"
    lines = service.log_of(done["id"])
    halt = next(i for i, line in enumerate(lines) if line == "the gate is closed")
    assert lines[halt + 1] == "services resume"
    safety = service.sql("SELECT path, rows, fingerprints FROM backup WHERE type = 'safety'")
    assert [(rows, keys) for _, rows, keys in safety] == [(11, ["key1"])] and safety[0][0] in service.files()
    assert server.psql(f"SELECT datallowconn FROM pg_database WHERE datname = '{done['result']['kept']}'") == "f"
    assert done["result"]["kept"] in server.psql("SELECT datname FROM pg_database").split("\n")
    undone = service.wait(service.request("undo", shop)["job_id"])
    assert undone["state"] == "succeeded" and undone["result"]["copy"] == done["result"]["kept"]
    assert items(server, service) == 10


def test_what_is_not_kept_is_written_to_a_file_before_it_goes(service, shop, server):
    service.worker()
    backup = good_backup(service, shop)
    server.psql("DELETE FROM item WHERE i > 10", service.shop)
    done = service.wait(restore(service, backup, database_id=shop, keep_old_s=0))
    assert done["state"] == "succeeded" and done["result"]["kept"] is None
    assert service.one("SELECT rows FROM backup WHERE type = 'safety'") == 11
    done = service.wait(restore(service, backup, database_id=shop, safety="none"))
    assert done["state"] == "succeeded" and service.one("SELECT count(*) FROM backup") == 2


def test_a_restore_into_a_new_database(service, shop, server):
    service.worker()
    backup = good_backup(service, shop)
    job = restore(service, backup, mode="new", server_id=service.server_id, database_name=f"{service.shop}new")
    assert service.wait(job)["state"] == "succeeded"
    assert server.psql("SELECT count(*) FROM item", f"{service.shop}new") == str(ROWS)


def test_a_preflight_tells_what_is_against_it_and_the_restore_then_is_refused(service, shop):
    service.worker()
    backup = good_backup(service, shop)
    path = service.storage_folder / service.one("SELECT path FROM backup")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    found, result = preflight(service, backup, database_id=shop)
    assert not result["ok"] and result["code"] == "corrupt" and result["findings"][0]["fatal"]
    assert "cannot be done" in service.request("restore", preflight_id=found, fails=True)


def test_a_key_that_is_not_here_is_asked_for_used_once_and_not_kept(service, shop, server):
    service.worker()
    phrase = service.check("key", service.organization, "phrase", "a long enough passphrase")
    backup = service.backup_of(service.wait(service.back_up(shop, key_ids=[phrase]))["id"])["id"]
    service.sql(f"SET session_replication_role = replica; DELETE FROM key WHERE id = '{phrase}'")
    assert preflight(service, backup, database_id=shop)[1]["code"] == "wrong-key"
    secret = "a long enough passphrase"
    found, result = preflight(service, backup, database_id=shop, identity=secret)
    assert result["ok"], result
    job = service.request("restore", preflight_id=found, identity=secret)["job_id"]
    assert service.wait(job)["state"] == "succeeded"
    assert service.one("SELECT count(*) FROM job WHERE secret IS NOT NULL") == 0
    assert service.one("SELECT count(*) FROM job WHERE request::text LIKE '%%enough%%'") == 0


def test_an_attempt_after_a_death_while_loading_cleans_up_and_starts_over(service, shop, server):
    worker = service.worker()
    backup = good_backup(service, shop)
    found, _ = preflight(service, backup, database_id=shop)
    with server.connect(service.shop) as reader:
        reader.execute("SELECT 1")
        job = service.request("restore", preflight_id=found)["job_id"]
        service.until(lambda: "_hf_incoming_" in server.psql("SELECT datname FROM pg_database"))
        os.kill(worker.children()[0], signal.SIGKILL)
    done = service.wait(job)
    assert done["state"] == "succeeded" and done["attempt"] == 2, service.log_of(job)
    assert items(server, service) == ROWS
    assert "_hf_incoming_" not in server.psql("SELECT datname FROM pg_database")
    assert server.psql("SELECT count(*) FROM pg_database WHERE datname ~ '_hf_kept_'"
                       f" AND starts_with(datname, '{service.shop}')") == "1"


def lose_the_end(service, job):
    """As if the attempt that has done it all had died before it could say so; the job after the next attempt."""
    service.sql("UPDATE job SET state = 'queued', ended_at = NULL, ended_attempt = NULL, result = NULL WHERE id = %s", job)
    return service.wait(job)


@pytest.mark.parametrize("mode", ["new", "swap"])
def test_an_attempt_after_a_death_behind_the_last_step_knows_it_though_nothing_is_kept(service, shop, server, mode):
    service.worker()
    backup = good_backup(service, shop)
    name = f"{service.shop}new" if mode == "new" else service.shop
    where = ({"server_id": service.server_id, "database_name": name} if mode == "new" else
             {"database_id": shop, "safety": "none", "keep_old_s": 0})
    job = restore(service, backup, mode=mode, **where)
    assert service.wait(job)["state"] == "succeeded"
    server.psql("DELETE FROM item WHERE i = 7", name)  # as services do from then on
    done = lose_the_end(service, job)
    assert (done["state"], done["attempt"], done["result"]["database"]) == ("succeeded", 2, name), done
    assert server.psql("SELECT count(*) FROM item", name) == str(ROWS - 1)


def test_an_attempt_after_a_death_right_before_the_last_step_starts_over(service, shop, server):
    service.worker()
    backup, name = good_backup(service, shop), f"{service.shop}new"
    job = restore(service, backup, mode="new", server_id=service.server_id, database_name=name)
    assert service.wait(job)["state"] == "succeeded"
    server.psql(f"ALTER DATABASE {name} RENAME TO {name}_hf_incoming_20260101000000_abcd")
    assert lose_the_end(service, job)["state"] == "succeeded", service.log_of(job)
    assert [each for each in server.psql("SELECT datname FROM pg_database").split("\n") if each.startswith(name)] == [name]


def test_an_attempt_after_a_death_behind_the_swap_does_not_swap_again(service, shop, server):
    worker = service.worker()
    backup = good_backup(service, shop)
    job = restore(service, backup, database_id=shop)
    assert service.wait(job)["state"] == "succeeded"
    done = lose_the_end(service, job)
    assert done["attempt"] == 2 and done["result"]["kept"], worker.log
    assert any("had given" in line for line in service.log_of(job))
    assert server.psql("SELECT datname FROM pg_database").count(f"{service.shop}_hf_kept_") == 1
    undone = service.request("undo", shop)["job_id"]
    copy = service.wait(undone)["result"]["copy"]
    service.sql("UPDATE job SET state = 'queued', ended_at = NULL, ended_attempt = NULL, step = %s WHERE id = %s",
                copy, undone)
    service.wait(undone)
    assert any("had brought" in line for line in service.log_of(undone))


def copies(server, service):
    return [name for name in server.psql("SELECT datname FROM pg_database").split("\n")
            if name.startswith(f"{service.shop}_hf_kept_")]


def test_a_kept_copy_goes_when_its_time_is_over_though_no_restore_comes(service, shop, server):
    worker = service.worker()
    backup = good_backup(service, shop)
    first = service.wait(restore(service, backup, database_id=shop, keep_old_s=3600, safety="none"))["result"]["kept"]
    done = service.wait(service.request("undo", shop, keep_old_s=3600)["job_id"])
    assert done["result"]["copy"] == first
    long = done["result"]["kept"]
    done = service.wait(service.request("undo", shop, copy=long, keep_old_s=1)["job_id"])
    short = done["result"]["kept"]
    assert service.sql("SELECT name FROM kept_copy") == [(short,)] and copies(server, service) == [short]
    until = service.one("SELECT extract(epoch FROM until)::bigint FROM kept_copy") * 1000000
    worker.stop()  # or it would be the leader
    time.sleep(max(0, until / 1e6 + 1 - time.time()))  # when a job was made is noted by the true clock

    def turn(after_s):
        """A turn of the scheduler so long after the copy's time was over; the jobs that there are then."""
        service.check("turn", until + after_s * 1000000)
        return [str(job) for (job,) in service.sql("SELECT id FROM job WHERE kind = 'retention'")]

    assert turn(-3600) == [] and turn(5) == []
    (job,) = turn(120)
    assert turn(3600) == [job]
    worker = service.worker()
    done = service.wait(job)
    assert done["state"] == "succeeded" and done["result"] == {"dropped": 1, "left": 0}, done
    assert copies(server, service) == [] and service.one("SELECT count(*) FROM kept_copy") == 0
    assert service.sql("SELECT object_name FROM audit_event WHERE action = 'copy.expire'") == [(short,)]
    for body in ({}, {"copy": short}):
        done = service.wait(service.request("undo", shop, **body)["job_id"])
        assert done["state"] == "failed" and done["error"]["code"] == "not-found"
        assert "there is nothing to undo" in done["error"]["message"]


def test_a_kept_copy_that_cannot_be_dropped_is_tried_again_hours_later(service, shop, server):
    worker = service.worker()
    backup = good_backup(service, shop)
    done = service.wait(restore(service, backup, database_id=shop, keep_old_s=3600, safety="none"))
    (kept,) = copies(server, service)
    assert done["result"]["kept"] == kept
    # The catalog takes it for over, the server does not.
    service.sql("UPDATE kept_copy SET until = now() - interval '2 minutes'")
    now = time.time_ns() // 1000

    def turn(hours):
        service.check("turn", now + hours * 3600 * 1000000)
        return service.one("SELECT count(*) FROM job WHERE kind = 'retention'")

    def work():
        worker = service.worker()
        service.until(lambda: service.one("SELECT count(*) FROM job WHERE state <> 'succeeded'") == 0)
        worker.stop()
        return service.one("SELECT count(*) FROM kept_copy")

    worker.stop()
    assert [turn(0), turn(1), turn(7)] == [1, 1, 2]
    assert work() == 1 and copies(server, service) == [kept]
    server.psql(f"DROP DATABASE {kept}")  # by hand
    assert turn(14) == 3 and work() == 0
    assert service.one("SELECT count(*) FROM audit_event WHERE action = 'copy.expire' AND object_name = %s", kept) == 1


# ---- Uploads -------------------------------------------------------------------------------------------------------


def test_expired_uploads_are_cleaned_up_and_what_they_became_stays(service):
    def upload(name, expires, state="receiving"):
        id = service.one("INSERT INTO upload (organization_id, storage_id, name, size_bytes, offset_bytes, state, "
                         "expires_at) VALUES (%s, %s, %s, 100, 10, %s, now() + %s::interval) RETURNING id",
                         service.organization, service.storage, name, state, expires)
        (service.storage_folder / f".upload-{id}.partial-0").write_bytes(b"0123456789")
        return id

    gone, late, complete = upload("a", "-1 second"), upload("b", "1 hour"), upload("c", "-1 second", "complete")
    upload("d", "-1 second")
    (service.storage_folder / f"upload-{complete}.hf").write_bytes(b"the backup")
    (service.storage_folder / f".upload-{gone}.partial-0").unlink()  # nothing was received of it yet
    service.check("turn", time.time_ns() // 1000)
    assert service.sql("SELECT id FROM upload") == [(late,)]
    assert service.files() == [f".upload-{late}.partial-0", f"upload-{complete}.hf"]


# ---- Reload ---------------------------------------------------------------------------------------------------------


def test_a_reload_counts_from_then_on_and_a_wrong_configuration_does_not(service, shop, slow, server):
    configuration = service.folder / "holdfast.conf"
    good = configuration.read_text()
    configuration.write_text(good + "jobs = 1\n")
    worker = service.worker()
    held = hold(server, service.slow)
    first = service.back_up(slow)
    service.wait(first, "running")
    second = service.back_up(shop)
    configuration.write_text(good + "jobs = 4\n[nonsense]\nx = 1\n")
    worker.process.send_signal(signal.SIGHUP)
    service.until(lambda: "the configuration stays as it was" in worker.log)
    time.sleep(1)
    assert service.job(second)["state"] == "queued"
    configuration.write_text(good + "jobs = 2\n")
    worker.process.send_signal(signal.SIGHUP)
    assert service.wait(second)["state"] == "succeeded"
    held.release()
    assert service.wait(first)["attempt"] == 1
    assert worker.stop() == 0


# ---- Rescan --------------------------------------------------------------------------------------------------------


def test_a_lost_catalog_is_made_again_from_a_storage(service, shop):
    service.worker()
    second = service.check("key", service.organization, "key2", "-")
    gone = service.check("key", service.organization, "gone", "a long enough passphrase")
    both = service.backup_of(service.wait(service.back_up(shop, folder="a/b", key_ids=[service.key, second]))["id"])
    plain = service.backup_of(service.wait(service.back_up(shop, folder="c", key_ids=[], unencrypted=True))["id"])
    closed = service.backup_of(service.wait(service.back_up(shop, folder="d", key_ids=[gone]))["id"])
    service.sql("DELETE FROM download; UPDATE job SET backup_id = NULL; DELETE FROM backup")
    service.sql(f"SET session_replication_role = replica; DELETE FROM key WHERE id = '{gone}'")
    (service.storage_folder / "a/notes.txt").write_text("no archive")
    done = service.wait(service.request("rescan", service.storage)["job_id"])
    assert done["state"] == "succeeded" and done["result"]["registered"] == 2, done
    assert {(each["path"], each["code"]) for each in done["result"]["not_opened"]} == {
        (closed["path"], "wrong-key"), ("a/notes.txt", "corrupt")}
    found = {row["path"]: row for (row,) in service.sql("SELECT json FROM holdfast_view.backup")}
    for before in (both, plain):
        after = found[before["path"]]
        assert after["type"] == "found" and after["database_name"] == service.shop
        for member in ("rows", "tables", "size_bytes", "raw_bytes"):
            assert after[member] == before[member]
        assert set(after["fingerprints"]) == set(before["fingerprints"])
    (service.storage_folder / plain["path"]).rename(service.folder / "away.hf")
    done = service.wait(service.request("rescan", service.storage)["job_id"])
    assert done["result"]["missing"] == 1 and done["result"]["known"] == 2 and done["result"]["registered"] == 0
    (service.folder / "away.hf").rename(service.storage_folder / plain["path"])
    assert service.wait(service.request("rescan", service.storage)["job_id"])["result"]["returned"] == 1
