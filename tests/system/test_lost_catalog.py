"""The catalog is lost, with the secret and all that Redis knew. What is left: the storage's files, and a printed sheet."""
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support import process
from support.installation import Installation
from support.service import OWNER, PASSWORD, Service

ROWS = 500


class Story:
    """A service with one organization, and what its administrator does."""

    def __init__(self, server):
        self.service = Service(server, workers=1)
        self.admin = self.service.organization("acme")
        self.shop = server.createdb(f"shop_of_{self.service.catalog}")
        server.psql(f"CREATE TABLE item AS SELECT i, 'row ' || i AS t FROM generate_series(1, {ROWS}) i", self.shop)

    def make(self, route, **body):
        return self.admin.post(route, body, expect=201).json["id"]

    def register_shop(self):
        server = self.service.server
        id = self.make("/servers", name="main", host="127.0.0.1", port=server.port, username=server.user)
        return self.make("/databases", server_id=id, name=self.shop)

    def done(self, answer):
        """The job's result."""
        path = f"/jobs/{answer['job_id']}"
        job = Installation.until(lambda: (job := self.admin.get(path, expect=200).json)["ended_at"] and job,
                                 describe=lambda: Path(self.service.log).read_text()[-3000:])
        assert job["state"] == "succeeded", job
        return job["result"]

    def back_up(self, database, storage, key):
        return self.done(self.admin.post("/backups", {"database_id": database, "storage_id": storage,
                                                      "key_ids": [key]}, expect=202).json)

    def backups(self):
        return self.admin.get("/backups", expect=200).json["items"]

    def sheet(self, key):
        answer = self.admin.post(f"/keys/{key}/sheet", expect=200)
        assert answer.headers["content-type"].startswith("text/plain")
        return answer.body.decode()


@pytest.fixture(scope="module")
def story(postgres):
    story = Story(postgres(15))
    yield story
    story.service.remove()
    story.service.server.dropdb(story.shop)


@pytest.fixture(scope="module")
def kept(story):
    """What somebody has in a drawer: the sheet of an identity, and that of a passphrase. One backup was made for each."""
    disk = story.make("/storages", name="disk", path=f"{story.service.storage}/acme")
    key = story.make("/keys", name="main", kind="identity")
    phrase = story.make("/keys", name="phrase", kind="passphrase", secret="five words that nobody guesses")
    shop = story.register_shop()
    story.back_up(shop, disk, key), story.back_up(shop, disk, phrase)
    return story.sheet(key), story.sheet(phrase)


def newest_file(story, number):
    """The file of the first or second backup."""
    backup = sorted(story.backups(), key=lambda each: each["created_at"])[number]
    return Path(story.service.storage, "acme", backup["path"])


def follow(sheet, backup, folder, server):
    """Does what the sheet says under "To restore by hand", with another host than its example's."""
    part = sheet[sheet.index("To restore by hand"):sheet.index("Debian's age")]
    commands = "\n".join(re.findall(r"^    (.*)$", part, re.M))
    assert "age -d" in commands and "restore.sh" in commands
    commands = commands.replace("db.example.org", "127.0.0.1").replace("PGUSER=postgres", f"PGUSER={server.user}")
    shutil.copy(backup, folder / "backup.hf")
    secret = re.search(r"AGE-SECRET-KEY-1\w+", sheet)
    if secret:
        (folder / "key.txt").write_text(secret[0] + "\n")
    return subprocess.run(["sh", "-ec", commands], cwd=folder, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "PGPORT": str(server.port)})


def test_the_sheet_tells_the_key_what_it_opens_and_how_to_restore_by_hand(story, kept, tmp_path):
    sheet, of_phrase = kept
    assert f"disk: {story.service.storage}/acme, 1 of this key, the newest of 20" in sheet
    assert "Passphrase   five words that nobody guesses" in of_phrase and "age -d ../backup.hf" in of_phrase
    server = story.service.server
    try:
        done = follow(sheet, newest_file(story, 0), tmp_path, server)
        assert done.returncode == 0, done.stdout + done.stderr
        assert server.psql("SELECT count(*) FROM item", "restored") == str(ROWS)
    finally:
        server.dropdb("restored")


def test_a_recipient_alone_has_no_sheet(story, kept, holdfast, tmp_path):
    holdfast("keygen", "--out", tmp_path / "key.txt")
    recipient = re.search(r"age1\w+", (tmp_path / "key.txt").read_text())[0]
    key = story.make("/keys", name="escrow", kind="recipient", recipient=recipient)
    story.admin.post(f"/keys/{key}/sheet", expect=409)
    story.admin.delete(f"/keys/{key}", expect=204)


def lose(service):
    """Everything but the storage's files."""
    for each in (*service.workers, service.api):
        assert process.stop(each) == 0
    service.workers.clear()
    os.unlink(f"{service.folder}/secret")
    Path(service.socket).unlink(missing_ok=True)  # or the next one would seem to be there at once
    service.redis.call("FLUSHALL")
    service.server.dropdb(service.catalog)


def make_again(service, holdfast, folder):
    password = folder / "password"
    password.write_text(PASSWORD + "\n")
    password.chmod(0o600)
    service.server.createdb(service.catalog)
    holdfast("init", "--owner", service.server.dsn(service.catalog), "--service-role", service.role, "--config",
             service.configuration, "--user", OWNER, "--organization", "acme", "--user-password-file", password)
    process.own(f"{service.folder}/secret")
    service.start_api()
    service.start_worker()


def test_a_lost_catalog_is_made_again_and_its_backups_restore(story, kept, holdfast, tmp_path):
    service, server = story.service, story.service.server
    before = {each["path"]: each for each in story.backups()}
    server.psql("DELETE FROM item WHERE i > 10", story.shop)
    lose(service)
    make_again(service, holdfast, tmp_path)
    story.admin = service.client(OWNER)

    def rescan(*arguments):
        done = holdfast("rescan", "--config", service.configuration, "--json", *arguments)
        return json.loads(done.stdout)

    assert "no storage" in holdfast("rescan", "--config", service.configuration, check=False).stderr
    sheet, _ = kept
    name, path = re.search(r"^    (\w+): (\S+), \d+ of this key", sheet, re.M).groups()
    disk = story.make("/storages", name=name, path=path)
    story.make("/keys", name="main", kind="identity", secret=re.search(r"AGE-SECRET-KEY-1\w+", sheet)[0])
    assert "there is no storage" in holdfast("rescan", "--config", service.configuration, "--storage", "other",
                                             check=False).stderr

    (found,) = rescan()["storages"]
    assert found["storage"] == "disk" and found["state"] == "succeeded"
    assert found["result"]["registered"] == 1 and found["result"]["adopted"] == 0
    (closed,) = found["result"]["not_opened"]
    assert closed["code"] == "wrong-key" and closed["path"] in before  # that of the passphrase

    shop = story.register_shop()
    assert rescan("--storage", "disk")["storages"][0]["result"]["adopted"] == 1
    (backup,) = story.backups()
    assert backup["path"] in before and backup["database_id"] == shop and backup["server_name"] == "main"
    for member in ("rows", "tables", "size_bytes", "fingerprints", "name"):
        assert backup[member] == before[backup["path"]][member]

    text = holdfast("rescan", "--config", service.configuration, "--no-wait").stdout
    assert re.fullmatch(r"disk: the job \S+ is (queued|running)\n", text)
    text = holdfast("rescan", "--config", service.configuration).stdout
    assert text.startswith("disk: 0 new, 1 known, 0 missing") and f"not opened: {closed['path']}: " in text

    asked = story.admin.post("/preflights", {"backup_id": backup["id"], "database_id": shop}, expect=202).json
    assert story.done(asked)["ok"]
    done = story.done(story.admin.post("/restores", {"preflight_id": asked["preflight_id"]}, expect=202).json)
    assert done["tables_proved"] == 1
    assert server.psql("SELECT count(*) FROM item", story.shop) == str(ROWS)
    assert [event["action"] for event in story.admin.get("/audit?action=rescan.request", expect=200).json["items"]]
