"""Restores and undos as jobs: what each attempt does, also the one after a death, and what is kept for how long."""
import os
import signal
import time

import pytest

from support.shop import ROWS, good_backup, items, preflight, restore, server, service, shop  # noqa: F401


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
    assert service.one("SELECT state FROM backup") == "damaged"  # nobody picks it again
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
