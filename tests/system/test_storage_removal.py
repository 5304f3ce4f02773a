"""A storage goes when nothing needs it any more, and what was in it stays in the records."""
from pathlib import Path

import pytest

from support.jobs import Watcher
from support.service import Service


@pytest.fixture(scope="module")
def service(postgres):
    service = Service(postgres(15), workers=1)
    yield service
    service.remove()


@pytest.fixture(scope="module")
def admin(service):
    return service.organization("acme")


@pytest.fixture(scope="module")
def things(service, admin):
    """A database, a key, and a storage with a backup in it."""
    server = service.server
    name = server.createdb(f"{service.catalog}_shop")
    server.psql("CREATE TABLE t AS SELECT generate_series(1, 10) i", db=name)
    main = admin.post("/servers", {"name": "main", "host": "127.0.0.1", "port": server.port, "username": "postgres"},
                      expect=201).json["id"]
    things = {"storage": admin.post("/storages", {"name": "old disk", "path": f"{service.storage}/old"}, expect=201)
              .json["id"], "database": admin.post("/databases", {"server_id": main, "name": name}, expect=201).json["id"]}
    admin.post("/keys", {"name": "key", "kind": "identity"}, expect=201)
    things["job"] = admin.post("/backups", {"database_id": things["database"], "storage_id": things["storage"]},
                               expect=202).json["job_id"]
    assert Watcher(admin, things["job"]).end()["state"] == "succeeded"
    (things["backup"],) = [each["id"] for each in admin.get("/backups").json["items"]]
    return things


def refusal(admin, storage):
    answer = admin.delete(f"/storages/{storage}", expect=409)
    return answer.json["detail"]


def test_a_storage_is_removed_when_it_holds_nothing_and_its_backups_stay_in_the_records(service, admin, things):
    storage, backup = things["storage"], f"/backups/{things['backup']}"
    assert admin.get(backup).json["storage_name"] == "old disk"
    assert refusal(admin, storage) == "it holds 1 backups; delete them first"
    job = admin.delete(backup, expect=202).json["job_id"]
    assert Watcher(admin, job).end()["state"] == "succeeded"

    schedule = admin.post("/schedules", {"name": "nightly", "interval_s": 86400, "storage_id": storage, "is_active": False,
                                         "database_ids": [things["database"]]}, expect=201).json["id"]
    assert "schedule" in refusal(admin, storage)
    admin.delete(f"/schedules/{schedule}", expect=204)
    service.sql("INSERT INTO upload (organization_id, storage_id, name, size_bytes, expires_at) VALUES (%s, %s, 'u', 9, "
                "now() + interval '1 hour')", admin.me["organization"]["id"], storage)
    assert "uploaded" in refusal(admin, storage)
    service.sql("UPDATE upload SET state = 'refused'")
    service.sql("UPDATE job SET state = 'queued', not_before = now() + interval '1 hour' WHERE id = %s", things["job"])
    assert "job" in refusal(admin, storage)
    service.sql("UPDATE job SET state = 'succeeded' WHERE id = %s", things["job"])

    admin.delete(f"/storages/{storage}", expect=204)
    admin.get(f"/storages/{storage}", expect=404)
    record = admin.get(backup, expect=200).json
    assert (record["state"], record["storage_id"], record["storage_name"]) == ("deleted", None, "old disk")
    (entry,) = [each for each in admin.get("/logs").json["items"] if each["job_id"] == things["job"]]
    assert entry["backup"]["state"] == "deleted" and entry["name"] == record["name"]
    assert [each["id"] for each in admin.get("/backups?state=deleted").json["items"]] == [things["backup"]]


@pytest.mark.parametrize("ask", [("POST", "/verify", {}), ("POST", "/download", {}), ("DELETE", "", None),
                                 ("POST", "/test-key", {"key_id": None})], ids=["verify", "download", "delete", "test"])
def test_nothing_is_done_with_a_backup_whose_storage_is_gone(admin, things, ask):
    method, end, body = ask
    if body and "key_id" in body:
        body = {"key_id": admin.get("/keys").json["items"][0]["id"]}
    assert "deleted" in admin.request(method, f"/backups/{things['backup']}{end}", body, expect=409).json["detail"]


def test_the_folder_may_be_used_again(service, admin, things):
    assert not list(Path(service.storage, "old").rglob("*.hf"))
    admin.post("/storages", {"name": "new disk", "path": f"{service.storage}/old"}, expect=201)
