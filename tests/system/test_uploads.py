"""A file comes in pieces, by tus, whatever breaks; what is an archive becomes a backup, all else is refused."""
import base64
import os
import socket
import threading
import time
import uuid
from pathlib import Path

import pytest

from support.archive_edit import Archive
from support.installation import Installation

TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(scope="module")
def admin(site):
    return site.organization("uploads")


@pytest.fixture(scope="module")
def storage(site, admin):
    return admin.post("/storages", {"name": "disk", "path": f"{site.storage}/uploads"}, expect=201).json["id"]


@pytest.fixture(scope="module")
def archive(site, holdfast, tmp_path_factory):
    """The bytes of a small archive in the clear."""
    name = site.server.createdb(f"{site.catalog}_uploaded")
    site.server.psql("CREATE TABLE t AS SELECT g, repeat(md5(g::text), 8) AS text FROM generate_series(1, 20000) g",
                     name)
    path = tmp_path_factory.mktemp("uploads") / "a.hf"
    holdfast("backup", "--from", site.server.dsn(name), "--to", path, "--unencrypted")
    return path.read_bytes()


def metadata(**values):
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def create(admin, storage, size, name="a.hf", **options):
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata(filename=name, storage_id=storage)}
    return admin.post("/uploads", headers=headers, **options)


@pytest.fixture
def new(admin, storage):
    """new(size) makes an upload and gives its path."""
    def make(size, **options):
        answer = create(admin, storage, size, expect=201, **options)
        assert answer.headers["location"] == f"/api/v1/uploads/{answer.json['id']}"
        assert answer.headers["upload-expires"].endswith(" GMT")
        return f"/uploads/{answer.json['id']}"
    return make


def send(client, path, offset, data, **options):
    headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return client.request("PATCH", path, data, headers=headers, **options)


def offset_of(client, path):
    answer = client.request("HEAD", path, expect=200)
    assert answer.headers["tus-resumable"] == "1.0.0" and answer.headers["cache-control"] == "no-store"
    return int(answer.headers["upload-offset"])


def files(site):
    return sorted(each.name for each in Path(site.storage, "uploads").iterdir())


def test_what_there_is_of_tus_is_told(admin):
    answer = admin.request("OPTIONS", "/uploads", expect=204)
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"] == "creation,expiration,termination"
    assert int(answer.headers["tus-max-size"]) > 1 << 30


def test_an_archive_in_pieces_becomes_a_backup(site, admin, new, archive):
    upload = new(len(archive))
    step = len(archive) // 3 + 1
    for at in range(0, len(archive), step):
        assert offset_of(admin, upload) == at
        answer = send(admin, upload, at, archive[at:at + step], expect=204)
        assert int(answer.headers["upload-offset"]) == min(at + step, len(archive))
    done = admin.get(upload, expect=200).json
    assert (done["state"], done["offset_bytes"]) == ("complete", len(archive))
    assert (done["summary"]["rows"], done["summary"]["is_readable"], done["summary"]["unread"]) == (20000, True, None)
    backup = admin.get(f"/backups/{done['summary']['backup_id']}", expect=200).json
    assert (backup["type"], backup["name"], backup["size_bytes"]) == ("uploaded", "a.hf", len(archive))
    name = f"upload-{done['id']}.hf"
    assert Path(site.storage, "uploads", name).read_bytes() == archive
    assert [each for each in files(site) if done["id"] in each] == [name]
    link = admin.post(f"/backups/{backup['id']}/download", expect=201).json["url"]
    assert admin.get(f"/{link}", expect=200).body == archive
    event = admin.get(f"/audit?object_id={backup['id']}&action=backup.upload", expect=200).json["items"][0]
    assert event["object_name"] == "a.hf"


def test_what_is_no_archive_is_refused_and_removed(site, admin, new):
    upload = new(5000, name="passwd")
    answer = send(admin, upload, 0, b"root:x:0:0\n" * 454 + b"end...", expect=422)
    assert answer.json["code"] == "corrupt" and "passwd" in answer.json["detail"]
    assert answer.headers["tus-resumable"] == "1.0.0"
    refused = admin.get(upload, expect=200).json
    assert refused["state"] == "refused" and refused["error"]
    assert not [each for each in files(site) if refused["id"] in each]
    send(admin, upload, 0, b"x", expect=409)
    event = admin.get(f"/audit?object_id={refused['id']}&outcome=failure", expect=200).json["items"][0]
    assert event["action"] == "upload.refuse"


def test_a_damaged_archive_is_refused(admin, new, archive):
    damaged = archive[:-3000] + bytes(3000)
    send(admin, new(len(damaged)), 0, damaged, expect=422)


def test_a_file_that_would_take_much_to_read_is_kept_unread(site, admin, new):
    """Its passphrase would take scrypt 4 GiB: that is for a worker."""
    name = {"name": "a passphrase", "kind": "passphrase", "secret": "correct horse battery"}
    key = admin.post("/keys", name, expect=201).json["id"]
    file = (b"age-encryption.org/v1\n-> scrypt " + b"A" * 22 + b" 22\n" + b"A" * 43 + b"\n--- " + b"A" * 43 + b"\n" +
            bytes(200))
    upload, began = new(len(file)), time.monotonic()
    send(admin, upload, 0, file, expect=204)
    assert time.monotonic() - began < 4
    summary = admin.get(upload, expect=200).json["summary"]
    assert (summary["is_readable"], summary["rows"]) == (False, 0) and "2^22" in summary["unread"]
    admin.delete(f"/keys/{key}", expect=204)


def test_of_many_passphrases_a_few_are_tried_and_that_is_said(admin, new):
    keys = [admin.post("/keys", {"name": f"phrase {n}", "kind": "passphrase", "secret": f"correct horse battery {n}"},
                       expect=201).json["id"] for n in range(6)]
    file = (b"age-encryption.org/v1\n-> scrypt " + b"A" * 22 + b" 10\n" + b"A" * 43 + b"\n--- " + b"A" * 43 + b"\n" +
            bytes(200))
    upload = new(len(file))
    send(admin, upload, 0, file, expect=204)
    summary = admin.get(upload, expect=200).json["summary"]
    assert not summary["is_readable"] and "of 6 passphrases the newest 4" in summary["unread"]
    for key in keys:
        admin.delete(f"/keys/{key}", expect=204)


def test_a_manifest_that_is_long_is_left_to_a_worker_and_that_is_said(admin, new, archive, tmp_path):
    path = tmp_path / "a.hf"
    path.write_bytes(archive)
    long = Archive(path)
    long.manifest["padding"] = " " * (33 << 20)
    file = long.build()
    upload = new(len(file))
    send(admin, upload, 0, file, expect=204)
    summary = admin.get(upload, expect=200).json["summary"]
    assert summary["is_readable"] and "manifest.json is" in summary["unread"]
    backup = admin.get(f"/backups/{summary['backup_id']}", expect=200).json
    assert (backup["fingerprints"], backup["rows"], backup["database_name"]) == ([], 0, "")


def test_a_wrong_offset_changes_nothing(admin, new):
    upload = new(100)
    send(admin, upload, 0, b"0123456789", expect=204)
    for offset in (0, 5, 11, 100):
        send(admin, upload, offset, b"x", expect=409)
    send(admin, upload, 10, b"x" * 91, expect=413)
    send(admin, upload, "x", b"x", expect=400)
    assert offset_of(admin, upload) == 10


def test_two_that_send_at_once_do_not_mix(site, admin, new):
    upload = new(10_000_000)
    clients = [site.client("uploads-admin") for _ in range(2)]
    answers = []
    threads = [threading.Thread(target=lambda c=c, b=b: answers.append(send(c, upload, 0, b * 8_000_000).status))
               for c, b in zip(clients, (b"a", b"b"))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers) == [204, 409]
    assert offset_of(admin, upload) == 8_000_000
    hidden = Path(site.storage, "uploads", f".upload-{upload.rsplit('/', 1)[1]}.partial-0").read_bytes()
    assert len(set(hidden)) == 1


def test_a_client_that_goes_away_goes_on_later(site, admin, new, archive):
    upload = new(len(archive))
    with socket.create_connection(("127.0.0.1", site.nginx.port)) as connection:
        connection.sendall(f"PATCH /api/v1{upload} HTTP/1.1\r\nHost: x\r\nCookie: {admin.cookie}\r\n"
                           f"X-CSRF-Token: {admin.csrf}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
                           f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(archive)}\r\n\r\n"
                           .encode() + archive[:len(archive) // 2])
    at = offset_of(admin, upload)
    send(admin, upload, at, archive[at:], expect=204)
    assert admin.get(upload, expect=200).json["state"] == "complete"


def test_the_files_name_is_the_uploads_id_whatever_the_client_calls_it(site, admin, storage, new, archive):
    create(admin, storage, 100, name="../../etc/passwd", expect=400)
    create(admin, storage, 100, name="x" * 201, expect=400)
    create(admin, storage, 100, name="a\nb", expect=400)
    upload = new(len(archive), name="..")
    send(admin, upload, 0, archive, expect=204)
    assert f"upload-{upload.rsplit('/', 1)[1]}.hf" in files(site)


def test_a_length_that_cannot_be_is_refused(admin, storage):
    for size, status in (("0", 400), ("-1", 400), ("x", 400), (1 << 62, 413), (1 << 64, 400)):
        create(admin, storage, size, expect=status)
    create(admin, str(uuid.uuid4()), 100, expect=404)


def test_another_version_of_tus_is_told_which_there_is(admin, new):
    upload = new(100)
    for version in (None, "0.2.2"):
        answer = admin.request("PATCH", upload, b"x", headers={"Tus-Resumable": version, "Upload-Offset": "0"},
                               expect=412)
        assert answer.headers["tus-version"] == "1.0.0"
    admin.request("PATCH", upload, b"{}", headers={**TUS, "Upload-Offset": "0"}, expect=415)


def test_an_upload_can_be_ended(site, admin, new):
    upload = new(100)
    send(admin, upload, 0, b"x" * 50, expect=204)
    admin.delete(upload, headers=TUS, expect=204)
    admin.get(upload, expect=404)
    send(admin, upload, 50, b"x", expect=404)
    assert not [each for each in files(site) if upload.rsplit("/", 1)[1] in each]


def test_an_expired_upload_is_none(site, admin, new):
    upload = new(100)
    site.sql("UPDATE upload SET expires_at = now() WHERE id = %s", upload.rsplit("/", 1)[1])
    admin.request("HEAD", upload, expect=404)
    send(admin, upload, 0, b"x", expect=404)


def test_an_upload_of_another_organization_does_not_exist(site, storage, new):
    upload = new(100)
    stranger = site.organization("uploads-stranger")
    create(stranger, storage, 100, expect=404)
    stranger.get(upload, expect=404)
    send(stranger, upload, 0, b"x", expect=404)
    stranger.delete(upload, headers=TUS, expect=404)


def test_what_a_viewer_sends_is_refused(site, admin, storage, new):
    viewer = site.user(admin, "uploads-viewer", "viewer")
    viewer.get(new(100), expect=200)
    create(viewer, storage, 100, expect=403)


def asks_to_send(site, client):
    """Sends the head of a piece of 200 MB and nothing of it: what is answered, None if it is waited for."""
    with socket.create_connection(("127.0.0.1", site.nginx.port)) as connection:
        connection.settimeout(3)
        headers = "".join(f"{name}: {value}\r\n" for name, value in client.headers("PATCH", TUS).items())
        connection.sendall(f"PATCH /api/v1/uploads/{uuid.uuid4()} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: "
                           "200000000\r\nContent-Type: application/offset+octet-stream\r\n\r\n".encode())
        try:
            return connection.recv(65536)
        except TimeoutError:
            return None


def test_nothing_is_taken_from_who_may_not_upload(site, admin):
    """A body goes to the storage's disk before the API sees it: so nginx asks first."""
    answer = asks_to_send(site, site.client())
    assert answer.startswith(b"HTTP/1.1 401") and b'"code":"unauthenticated"' in answer
    assert asks_to_send(site, site.client(token="hft_" + "x" * 43)).startswith(b"HTTP/1.1 401")
    answer = asks_to_send(site, site.user(admin, "uploads-watcher", "viewer"))
    assert answer.startswith(b"HTTP/1.1 403") and b'"code":"denied"' in answer
    assert asks_to_send(site, admin) is None


def memory_of_children(site):
    """The most that a child of the API has ever had, in MB."""
    children = Path(f"/proc/{site.api.pid}/task/{site.api.pid}/children").read_text().split()
    lines = [line for pid in children for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    return max(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


def files_of_nginx(site):
    """Names of the files that nginx's processes have open; those of bodies are gone from their folder at once."""
    pid = site.nginx.process.pid
    pids = [pid, *Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [os.readlink(file) for each in pids for file in Path(f"/proc/{each}/fd").iterdir() if file.is_symlink()]


@pytest.mark.slow_once
def test_a_piece_waits_on_the_disk_of_the_storage_and_in_no_memory(site, admin, new):
    size = 100_000_000
    upload, before = new(2 * size), memory_of_children(site)
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream", "Content-Length": size}
    head = "".join(f"{name}: {value}\r\n" for name, value in admin.headers("PATCH", headers).items())
    with socket.create_connection(("127.0.0.1", site.nginx.port)) as connection:
        connection.sendall(f"PATCH /api/v1{upload} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode() + bytes(1_000_000))
        Installation.until(lambda: any(f"{site.storage}/.pieces/" in name for name in files_of_nginx(site)))
    send(admin, upload, 0, bytes(size), expect=204)
    assert memory_of_children(site) - before < 50, "a piece has 100 MB"


def test_only_a_piece_may_be_large(admin, new):
    path = new(5)
    admin.request("DELETE", path, b"x" * 2_000_000, headers=TUS, expect=413)
    admin.request("POST", "/uploads", b"x" * 2_000_000, headers=TUS, expect=413)
