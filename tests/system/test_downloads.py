"""A backup's file is had by a link that works once, for a while, for whoever has it; and never by another way."""
import os
from pathlib import Path

import pytest

CONTENT = os.urandom(300_000)


@pytest.fixture(scope="module")
def admin(site):
    return site.organization("downloads")


@pytest.fixture(scope="module")
def things(site, admin):
    things = site.furnish(admin)
    file = Path(site.storage, "downloads/b.hf")
    file.write_bytes(CONTENT)
    return things


@pytest.fixture
def link(admin, things):
    return "/" + admin.post(f"/backups/{things['backup']}/download", expect=201).json["url"]


def test_a_link_gives_the_file_once_without_a_session(site, link):
    answer = site.client().get(link, expect=200)
    assert answer.body == CONTENT
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''b.hf"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == "no-store" and "x-accel-redirect" not in answer.headers
    assert site.client().get(link).status == 404


def test_a_part_of_the_file_can_be_asked_for(site, link):
    answer = site.client().get(link, headers={"Range": "bytes=1000-1999"}, expect=206)
    assert answer.body == CONTENT[1000:2000]
    assert answer.headers["content-range"] == f"bytes 1000-1999/{len(CONTENT)}"


def test_who_only_looks_does_not_use_the_link_up(site, link):
    assert site.client().request("HEAD", link).status == 400
    site.client().get(link, expect=200)


def test_a_link_that_still_works_is_not_in_the_log(site, link):
    site.sql("ALTER TABLE download RENAME TO download_away")
    try:
        assert site.client().get(link).status >= 500
    finally:
        site.sql("ALTER TABLE download_away RENAME TO download")
    log = Path(site.log).read_text(errors="replace")
    assert 'path="/api/v1/downloads/" status=5' in log and link.rsplit("/", 1)[1] not in log
    site.client().get(link, expect=200)


def test_an_expired_link_is_none(site, link):
    site.sql("UPDATE download SET expires_at = now()")
    site.client().get(link, expect=404)


def test_only_the_hash_of_a_link_is_kept(site, link):
    assert link.rsplit("/", 1)[1] not in str(site.sql("SELECT download::text FROM download"))


@pytest.mark.parametrize("path", ["/downloads/x", "/downloads/", "/downloads/%00", "/downloads/hfl_" + "x" * 300,
                                  "/downloads/../-/storage/0/downloads/b.hf"])
def test_a_link_that_was_never_made_is_none(site, path):
    assert site.client().get(path).status in (400, 404)


@pytest.mark.parametrize("path", ["//-/storage/0/downloads/b.hf", "//-/storage/0/../secret", "//..%2fholdfast.conf",
                                  "//-/storage/0/%2e%2e/holdfast.conf", "//-/storage//downloads/b.hf"])
def test_nginx_gives_no_file_to_who_asks_it_directly(site, things, path):
    answer = site.client().get(path)
    assert CONTENT not in answer.body and b"conninfo" not in answer.body
    assert answer.status in (400, 404) or answer.headers["content-type"] == "text/html"


def test_the_audit_log_has_who_made_the_link_and_its_use(admin, things, link, site):
    site.client().get(link, headers={"Range": "bytes=0-9"}, expect=206)
    used, made = admin.get("/audit?object_id=" + things["backup"] + "&limit=2", expect=200).json["items"]
    assert (made["action"], used["action"]) == ("backup.link", "backup.download")
    assert made["actor"] == used["actor"] == "user downloads-admin"
    assert (used["object_name"], used["detail"]) == ("b.hf", "bytes=0-9")


def test_a_backup_that_is_gone_has_no_link(site, admin, things):
    site.sql("UPDATE backup SET state = 'missing' WHERE id = %s", things["backup"])
    try:
        admin.post(f"/backups/{things['backup']}/download", expect=409)
    finally:
        site.sql("UPDATE backup SET state = 'good' WHERE id = %s", things["backup"])


@pytest.mark.parametrize("path", ["../../secret", "../other/b.hf"])
def test_a_path_that_leads_out_of_the_storage_is_not_served(site, things, link, path):
    """The catalog is written by the service alone; even so it is not followed out of the folder."""
    site.sql("UPDATE backup SET path = %s WHERE id = %s", path, things["backup"])
    try:
        answer = site.client().get(link)
        assert answer.status == 502 and b"storage" in answer.body
    finally:
        site.sql("UPDATE backup SET path = 'b.hf' WHERE id = %s", things["backup"])


def test_a_file_that_is_not_there_is_told_before_there_is_a_link(site, admin, things):
    file = Path(site.storage, "downloads/b.hf")
    away = file.rename(f"{site.storage}/away.hf")
    try:
        problem = admin.post(f"/backups/{things['backup']}/download", expect=502).json
        assert problem["code"] == "storage" and "b.hf cannot be had from the storage disk" in problem["detail"], problem
    finally:
        away.rename(file)
    admin.post(f"/backups/{things['backup']}/download", expect=201)
