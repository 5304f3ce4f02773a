"""Workers on a real catalog, Redis and PostgreSQL: jobs from the request to the proof, and whatever may befall them.
Schedules and retention: test_scheduler.py; restores and undo: test_worker_restore.py."""
import os
import signal
import time

import pytest

from support.shop import ROWS, hold, server, service, shop, slow  # noqa: F401


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
    service.sql("UPDATE job SET not_before = now()")
    assert service.wait(job)["attempt"] == 2
    job = service.back_up(shop, tables=["nowhere"])
    done = service.wait(job)
    assert done["state"] == "failed" and done["attempt"] == 1 and done["error"]["code"] == "not-found"


def test_a_storage_says_what_the_last_backup_has_shown_of_it(service, shop):
    def state():
        return service.one("SELECT json->'check' FROM holdfast_view.storage")

    service.worker()
    away = service.storage_folder.rename(service.folder / "away")
    done = service.wait(service.back_up(shop))
    assert done["state"] == "failed" and done["error"]["code"] == "storage", done
    assert "is its disk mounted there?" in done["error"]["message"] and state() == {
        "ok": False, "message": done["error"]["message"]}
    away.rename(service.storage_folder)
    assert service.wait(service.back_up(shop))["state"] == "succeeded"
    assert state() == {"ok": True, "message": ""}
    seen = service.one("SELECT checked_at FROM storage")
    assert service.wait(service.back_up(shop, tables=["nowhere"]))["state"] == "failed"  # which says nothing of it
    assert (state()["ok"], service.one("SELECT checked_at FROM storage")) == (True, seen)


def test_what_may_pass_is_tried_three_times_with_a_longer_pause_each(service, shop):
    service.worker()
    service.sql("UPDATE server SET port = 1 WHERE id = %s", service.server_id)
    before = service.one("SELECT clock_timestamp()")
    job = service.back_up(shop)
    pauses = []
    for attempt in (1, 2):
        service.until(lambda: (found := service.job(job))["attempt"] == attempt and found["state"] == "queued")
        least = service.one("SELECT extract(epoch FROM not_before - clock_timestamp()) FROM job WHERE id = %s", job)
        most = service.one("SELECT extract(epoch FROM not_before - %s::timestamptz) FROM job WHERE id = %s", before, job)
        pauses.append((least, most))  # the pause is between the two, however long it took to look
        before = service.one("UPDATE job SET not_before = clock_timestamp() WHERE id = %s RETURNING not_before", job)
    assert pauses[0][0] <= 10 <= pauses[0][1] and pauses[1][0] <= 60 <= pauses[1][1], pauses
    done = service.wait(job)
    assert (done["state"], done["attempt"], done["error"]["code"]) == ("failed", 3, "network")


def test_a_schedule_names_the_pool_that_serves_it_else_its_server_does(service, shop):
    service.sql("UPDATE server SET pool = 'near'")
    for name, pool in (("anywhere", None), ("far away", "far")):
        made = service.create("schedule", name=name, interval_s=3600, storage_id=service.storage, key_ids=[service.key],
                              database_ids=[shop], **({"pool": pool} if pool else {}))
        (job,) = service.request("schedule-run", made)["job_ids"]
        assert service.job(job)["pool"] == (pool or "near")
    service.worker(pool="near")
    service.until(lambda: service.one("SELECT state FROM job WHERE pool = 'near'") == "succeeded")
    far = str(service.one("SELECT id FROM job WHERE pool = 'far'"))
    assert service.job(far)["waiting_for"] == "a worker of the pool far: none serves it; start one with --pool far"
    service.worker(pool="far")
    assert service.wait(far)["state"] == "succeeded"


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
