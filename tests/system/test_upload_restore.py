"""A backup that came as a file, from elsewhere: it is uploaded, checked and restored like any other, as jobs."""
import base64

import pytest

from support.jobs import Watcher
from support.service import Service

ROWS = 5000
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(scope="module")
def service(postgres):
    service = Service(postgres(15), workers=1)
    yield service
    service.remove()


def succeed(client, job):
    ended = Watcher(client, job).end()
    assert ended["state"] == "succeeded", ended
    return ended


@pytest.fixture(scope="module")
def elsewhere(service):
    """What another organization has: the bytes of its backup, and the identity that opens it."""
    admin, server = service.organization("elsewhere"), service.server
    name = server.createdb(f"{service.catalog}_elsewhere")
    server.psql(f"CREATE TABLE item AS SELECT i, repeat('x', 100) AS t FROM generate_series(1, {ROWS}) i", db=name)
    main = admin.post("/servers", {"name": "main", "host": "127.0.0.1", "port": server.port, "username": "postgres"},
                      expect=201).json["id"]
    admin.post("/storages", {"name": "disk", "path": f"{service.storage}/elsewhere"}, expect=201)
    key = admin.post("/keys", {"name": "key", "kind": "identity"}, expect=201).json["id"]
    database = admin.post("/databases", {"server_id": main, "name": name}, expect=201).json["id"]
    succeed(admin, admin.post("/backups", {"database_id": database}, expect=202).json["job_id"])
    (backup,) = admin.get("/backups").json["items"]
    link = admin.post(f"/backups/{backup['id']}/download", expect=201).json["url"]
    sheet = admin.post(f"/keys/{key}/sheet", {}, expect=200).body.decode()
    identity = next(word.strip('",') for word in sheet.replace("\\n", " ").split() if "AGE-SECRET-KEY-1" in word)
    return admin.get(f"/{link}", expect=200).body, identity[identity.index("AGE-SECRET-KEY-1"):]


def upload(client, storage, content):
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}"
                        for name, value in (("filename", "theirs.hf"), ("storage_id", storage)))
    made = client.post("/uploads", expect=201, headers={**TUS, "Upload-Length": str(len(content)),
                                                        "Upload-Metadata": metadata}).json["id"]
    half = len(content) // 2
    for at, piece in ((0, content[:half]), (half, content[half:])):
        client.request("PATCH", f"/uploads/{made}", piece, expect=204, headers={
            **TUS, "Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"})
    return client.get(f"/uploads/{made}", expect=200).json


def test_an_uploaded_file_is_restored_by_a_job(service, elsewhere):
    content, identity = elsewhere
    admin, server = service.organization("here"), service.server
    main = admin.post("/servers", {"name": "main", "host": "127.0.0.1", "port": server.port, "username": "postgres"},
                      expect=201).json["id"]
    storage = admin.post("/storages", {"name": "disk", "path": f"{service.storage}/here"}, expect=201).json["id"]
    done = upload(admin, storage, content)
    assert (done["state"], done["summary"]["is_readable"]) == ("complete", False)  # it is of somebody else's key
    target = f"{service.catalog}_here"
    asked = {"backup_id": done["summary"]["backup_id"], "server_id": main, "database_name": target, "mode": "new"}

    without = admin.post("/preflights", asked, expect=202).json
    refused = succeed(admin, without["job_id"])["result"]
    assert refused["ok"] is False and refused["code"] == "wrong-key"
    found = admin.post("/preflights", {**asked, "identity": identity}, expect=202).json
    assert succeed(admin, found["job_id"])["result"]["ok"] is True
    job = admin.post("/restores", {"preflight_id": found["preflight_id"], "identity": identity}, expect=202).json["job_id"]
    assert succeed(admin, job)["result"]["rows"] == ROWS
    assert server.psql("SELECT count(*), sum(i) FROM item", db=target) == f"{ROWS}|{ROWS * (ROWS + 1) // 2}"
    (entry,) = [each for each in admin.get("/logs?type=restore").json["items"] if each["job_id"] == job]
    assert entry["backup"]["type"] == "uploaded" and entry["outcome"] == "succeeded"
    assert admin.get(f"/backups/{asked['backup_id']}").json["proof"] == "restored"
