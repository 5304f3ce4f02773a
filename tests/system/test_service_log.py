"""What the programs of the service log: lines of key=value, with the request or the job, and no secret; and where else no
secret is."""
import json
import re
import secrets
from pathlib import Path

import pytest

from support.installation import Installation
from support.jobs import Hold, kill_job
from support.service import Service

PAIR = re.compile(r'([a-z]+)=([\w.:-]+|"(?:[^"\\]|\\.)*")(?: |$)')
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def pairs(line):
    """The line as a dictionary; nothing of it is left over."""
    assert PAIR.sub("", line) == "", line
    found = [(key, json.loads(re.sub(r"\\([0-7]{3})", r"\\u0\1", value)) if value[0] == '"' else value)
             for key, value in PAIR.findall(line)]
    assert len(dict(found)) == len(found), line
    return dict(found)


@pytest.fixture(scope="module")
def service(postgres):
    service = Service(postgres(15), workers=1, configuration={("log", "level"): "debug"})
    yield service
    service.remove()


@pytest.fixture(scope="module")
def admin(service):
    return service.organization("logs")


def lines(service, **wanted):
    found = [pairs(line) for line in Path(service.log).read_text().splitlines()]
    return [line for line in found if all(line.get(key) == value for key, value in wanted.items())]


def ended(admin, job):
    return Installation.until(lambda: (found := admin.get(f"/jobs/{job}", expect=200).json)["ended_at"] and found)


@pytest.fixture(scope="module")
def shop(service, admin):
    """A registered database, its server, a storage and a key."""
    name = service.server.createdb(f"{service.catalog}_logs")
    service.server.psql("CREATE TABLE item AS SELECT i FROM generate_series(1, 1000) i", name)

    def make(route, **body):
        return admin.post(route, body, expect=201).json["id"]

    server = make("/servers", name="main", host="127.0.0.1", port=service.server.port, username="postgres")
    storage = make("/storages", name="disk", path=f"{service.storage}/logs")
    return {"storage_id": storage, "key_ids": [make("/keys", name="key", kind="identity")],
            "database_id": make("/databases", server_id=server, name=name)}


def test_each_line_is_key_and_value_with_the_request_or_the_job(service, admin, shop):
    answer = admin.get("/backups", expect=200)
    (line,) = lines(service, request=answer.headers["x-request-id"])
    assert (line["level"], line["method"], line["path"], line["status"]) == ("debug", "GET", "/api/v1/backups", "200")
    job = admin.post("/backups", shop, expect=202).json["job_id"]
    assert ended(admin, job)["state"] == "succeeded"
    said = lines(service, job=job)
    assert any(line["message"] == "attempt 1 of the backup begins" for line in said) and all(
        line["level"] in ("info", "debug") and line["worker"] for line in said)
    for line in lines(service):
        assert line["level"] in ("debug", "info", "warning", "error") and line["message"], line
        assert UUID.fullmatch(line.get("job", "")) or "job" not in line, line


def test_what_a_worker_says_of_a_job_that_died_has_the_job(service, admin, shop):
    name = f"{service.catalog}_logs"
    service.server.psql("CREATE TABLE held (i int)", name)
    held = Hold(service.server, name)
    job = admin.post("/backups", shop, expect=202).json["job_id"]
    held.wait_for_backup()
    kill_job(service, job)
    held.release()
    assert ended(admin, job)["attempt"] == 2
    (line,) = [line for line in lines(service, level="warning") if "ended by signal 9" in line["message"]]
    assert line["job"] == job and job not in line["message"] and line["worker"]


def test_what_others_name_makes_no_line_and_no_pair_of_its_own(service, admin, shop):
    evil = 'shop.x" level=error job=1 message="gone\nlevel=error'
    job = admin.post("/backups", {**shop, "tables": [evil.replace("\n", " ")]}, expect=202).json["job_id"]
    done = ended(admin, job)
    assert done["state"] == "failed" and '" level=error job=1' in done["error"]["message"], done
    assert any('x" level=error job=1 message="gone level=error' in line["message"]
               for line in lines(service, job=job, level="warning"))
    assert not lines(service, job="1") and not lines(service, level="error")


# ---- Secrets -------------------------------------------------------------------------------------------------------


def everything_kept(service):
    """All that is written down anywhere: the catalog, Redis, and what each program has logged."""
    redis = service.redis
    redis.call("CONFIG", "SET", "rdbcompression", "no")
    redis.call("SAVE")
    files = [service.log, *Path(service.nginx.folder).glob("*.log"), service.nginx.log, Path(redis.folder, "dump.rdb")]
    dump = service.server.run("pg_dump", "--data-only", service.server.dsn(service.catalog)).stdout
    return {"the catalog": dump.encode(), **{str(file): Path(file).read_bytes() for file in files}}


def test_no_secret_is_written_down_in_the_clear_or_given_to_a_program_in_the_open(postgres, service, admin, shop):
    server = postgres(15, fresh=True, scram=True)
    words = {name: f"{name}-{secrets.token_hex(12)}" for name in (
        "server", "phrase", "webhook", "user", "guess", "identity")}

    def make(route, **body):
        return admin.post(route, body, expect=201).json

    server.psql(f"ALTER ROLE postgres PASSWORD '{words['server']}'")
    name = server.createdb("guarded")
    server.psql("CREATE TABLE held AS SELECT 1 AS a", name)
    guarded = make("/servers", name="guarded", host="127.0.0.1", port=server.port, username="postgres",
                   password=words["server"])
    assert guarded["check"]["ok"], guarded
    phrase = make("/keys", name="phrase", kind="passphrase", secret=words["phrase"])["id"]
    pair = make("/keys", name="pair", kind="identity")["id"]
    words["key"] = re.search(rb"AGE-SECRET-KEY-1\w+", admin.post(f"/keys/{pair}/sheet", expect=200).body)[0].decode()
    make("/webhooks", name="hook", url="http://127.0.0.1:1/", secret=words["webhook"])
    make("/users", name="logs-other", password=words["user"], role="viewer")
    words["token"] = make("/tokens", name="program", role="viewer")["token"]
    service.client(token=words["token"]).get("/me", expect=200)
    other = service.client("logs-other", words["user"])
    words["session"] = other.cookie.partition("=")[2]
    service.client().post("/session", {"user": "logs-other", "password": words["guess"]}, expect=401)
    other.put("/me/password", {"old_password": words["guess"], "new_password": words["user"]})

    with server.connect(name) as holder:
        holder.execute("BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE")
        job = admin.post("/backups", {**shop, "key_ids": [phrase], "database_id": make(
            "/databases", server_id=guarded["id"], name=name)["id"]}, expect=202).json["job_id"]
        (child,) = Installation.until(lambda: [each.parent for each in Path("/proc").glob("[0-9]*/cmdline")
                                               if job.encode() in each.read_bytes().split(b"\0")])
        Installation.until(lambda: server.psql("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
        shown = (child / "cmdline").read_bytes() + (child / "environ").read_bytes()
        holder.execute("ROLLBACK")
    assert ended(admin, job)["state"] == "succeeded"
    (backup,) = admin.get(f"/backups?job_id={job}", expect=200).json["items"]
    words["link"] = admin.post(f"/backups/{backup['id']}/download", expect=201).json["url"].rpartition("/")[2]
    service.client().get(f"/downloads/{words['link']}", expect=200)
    tried = admin.post("/preflights", {"backup_id": backup["id"], "database_id": shop["database_id"],
                                       "identity": words["identity"]}, expect=202).json["job_id"]
    ended(admin, tried)

    kept = everything_kept(service)
    assert job.encode() in kept["the catalog"] and job.encode() in kept[service.log]  # it has looked at the right places
    for name, word in words.items():
        assert word.encode() not in shown, name
        assert [where for where, what in kept.items() if word.encode() in what] == [], name
