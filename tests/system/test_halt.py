"""Restores as jobs, over HTTP, with a real site behind nginx: services are halted for a moment, each part of it by
itself, and resume whatever happens."""
import contextlib
import hashlib
import hmac
import http.server
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest

from support import process
from support.service import Client, Service
from support.site import Site

ROWS = 2000
SECRET = "whsec of the shop"
ALL = {"halt_connections": True, "halt_gate": True, "halt_webhooks": True}


class Receiver:
    """Takes webhooks, and checks their signatures: /ok, /broken (500), /gone (404), /moved (to /ok), /long."""

    def __init__(self, certificate=None):
        receiver = self
        self.told = []  # (path, event)
        self.awaited = threading.Event()  # what waits for an answer to "halt.before" gets it when this is set
        self.awaited.set()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.take(self.path, self.headers, body)["event"] == "halt.before":
                    receiver.awaited.wait(60)
                status = {"/ok": 204, "/broken": 500, "/gone": 404, "/moved": 302, "/long": 200}[self.path]
                answer = b"x" * 100_000 if self.path == "/long" else b""
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"http://127.0.0.1:{receiver.port}/ok")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                with contextlib.suppress(ConnectionError):
                    self.wfile.write(answer)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, path, headers, body):
        signed = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", headers["Holdfast-Signature"])
        mac = hmac.new(SECRET.encode(), f"{signed[1]}.".encode() + body, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(mac, signed[2]) and abs(int(signed[1]) - time.time()) < 60
        assert headers["Content-Type"] == "application/json"
        event = {**json.loads(body), "received": time.time()}
        self.told.append((path, event))
        return event

    @property
    def outcomes(self):
        """Of all events, without repetitions: what is answered late is told again."""
        told = [event["outcome"] for _, event in self.told]
        return [outcome for i, outcome in enumerate(told) if i == 0 or told[i - 1] != outcome]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Visitor(threading.Thread):
    """Asks the site on and on, and whether the live database is there."""

    def __init__(self, shop):
        super().__init__(daemon=True)
        self.shop, self.client, self.answers, self.missing, self.done = shop, Client(shop.site.port), [], 0, False
        shop.site.until(200)  # nginx may remember the halt before
        self.start()

    def run(self):
        with self.shop.server.connect() as connection:
            while not self.done:
                answer = self.client.get("//hello")
                self.answers.append((time.time(), answer))
                query = "SELECT count(*) FROM pg_database WHERE datname = %s"
                self.missing += connection.execute(query, [self.shop.name]).fetchone()[0] != 1
                time.sleep(0.02)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.done = True
        self.join(10)
        assert self.missing == 0, "the live database was missing"

    @property
    def statuses(self):
        """Without repetitions: [200, 503, 200]."""
        seen = [answer.status for _, answer in self.answers]
        return [status for i, status in enumerate(seen) if i == 0 or seen[i - 1] != status]


class Shop:
    """A site whose database the service protects, with a backup of ROWS rows."""

    def __init__(self, server, service):
        self.server, self.service = server, service
        self.admin = service.organization("shop")
        self.name = server.createdb(f"{service.catalog}_shop")
        server.psql(f"CREATE TABLE item AS SELECT i, 'good' AS state FROM generate_series(1, {ROWS}) i", self.name)
        make = self.make
        self.server_id = make("/servers", name="main", host="127.0.0.1", port=server.port, username="postgres")
        self.storage = make("/storages", name="disk", path=f"{service.storage}/shop")
        self.key = make("/keys", name="key", kind="identity")
        self.database = make("/databases", server_id=self.server_id, name=self.name)
        self.site = Site(service.socket, self.database)
        self.backup = self.back_up()

    def make(self, route, **body):
        return self.admin.post(route, body, expect=201).json["id"]

    def wait(self, job, seconds=90):
        until = time.monotonic() + seconds
        while True:
            seen = self.admin.get(f"/jobs/{job}", expect=200).json
            if seen["state"] in ("succeeded", "failed", "cancelled"):
                return seen
            assert time.monotonic() < until, seen
            time.sleep(0.05)

    def back_up(self, **body):
        body = {"database_id": self.database, "key_ids": [self.key], **body}
        job = self.wait(self.admin.post("/backups", body, expect=202).json["job_id"])
        assert job["state"] == "succeeded", job
        return self.admin.get("/backups", expect=200).json["items"][0]["id"]

    def preflight(self, **body):
        body = {"backup_id": self.backup, "database_id": self.database, **body}
        made = self.admin.post("/preflights", body, expect=202).json
        assert self.wait(made["job_id"])["state"] == "succeeded"
        return made["preflight_id"], self.admin.get(f"/preflights/{made['preflight_id']}", expect=200).json["result"]

    def start(self, identity=None, **body):
        """A restore, after its preflight; the id of its job."""
        secret = {"identity": identity} if identity else {}
        found, result = self.preflight(**body, **secret)
        assert result["ok"], result
        return self.admin.post("/restores", {"preflight_id": found, **secret}, expect=202).json["job_id"]

    def restore(self, **body):
        return self.wait(self.start(**body))

    def run_again(self, job, step, attempt):
        """As if the attempt before had died at that step."""
        self.service.sql("UPDATE job SET state = 'queued', ended_at = NULL, ended_attempt = NULL, result = NULL, "
                         "step = %s WHERE id = %s RETURNING step", step, job)
        query = "SELECT attempt, state FROM job WHERE id = %s"
        until(lambda: self.service.sql(query, job)[0] == (attempt, "succeeded"))

    def webhook(self, url, **body):
        return self.make("/webhooks", name=url, url=url, secret=SECRET, **body)

    def spoil(self):
        self.server.psql("UPDATE item SET state = 'spoilt'", self.name)

    def state(self):
        return self.server.psql("SELECT string_agg(DISTINCT state, ' ') || count(*) FROM item", self.name)

    def lets_in(self):
        try:
            self.server.connect(self.name).close()
            return True
        except psycopg.OperationalError:
            return False

    def is_halted(self):
        return bool(self.service.sql("SELECT FROM halt"))

    def lines(self, job):
        return [line["message"] for line in job["log"]]

    def safety(self):
        """The last safety backup that is registered, once it is verified."""
        made = self.admin.get("/backups?type=safety", expect=200).json["items"][0]
        job = self.admin.post(f"/backups/{made['id']}/verify", {}, expect=202).json["job_id"]
        assert self.wait(job)["state"] == "succeeded"
        return made

    def kept(self):
        query = f"SELECT datname FROM pg_database WHERE starts_with(datname, '{self.name}_hf_kept_')"
        return [name for name in self.server.psql(query).split("\n") if name]


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A PEM file with a key and a certificate for 127.0.0.1."""
    path = tmp_path_factory.mktemp("tls") / "receiver.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "1", "-subj", "/CN=receiver", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path,
                    "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture(scope="module")
def shop(postgres, certificate):
    server = postgres(15)
    roots = Path(process.folder("hf-roots-"), "roots.pem")
    roots.write_text(Path(f"{certificate}.crt").read_text())
    process.own(roots)
    service = Service(server, workers=1, configuration={("worker", "webhook_roots"): roots})
    shop = Shop(server, service)
    yield shop
    shop.site.remove()
    service.remove()
    shutil.rmtree(roots.parent)


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(autouse=True)
def no_webhooks(shop):
    yield
    for each in shop.admin.get("/webhooks", expect=200).json["items"]:
        shop.admin.delete(f"/webhooks/{each['id']}", expect=204)


# ---- The halt ------------------------------------------------------------------------------------------------------


def test_requests_go_on_until_the_halt_get_503_for_about_a_second_and_go_on(shop, receiver):
    shop.webhook(f"http://127.0.0.1:{receiver.port}/ok")
    shop.spoil()
    session = shop.server.connect(shop.name)
    with Visitor(shop) as visitor:
        done = shop.restore(**ALL)
        assert done["state"] == "succeeded" and done["result"]["mode"] == "swap", done
        until(lambda: visitor.answers[-1][1].status == 200)
    assert shop.state() == f"good{ROWS}" and not shop.is_halted()
    assert visitor.statuses == [200, 503, 200]
    halted = [(at, answer) for at, answer in visitor.answers if answer.status == 503]
    assert 0.2 < halted[-1][0] - halted[0][0] < 4, "about a second"
    assert all(answer.headers["retry-after"] == "2" and b"Back in a moment" in answer.body for _, answer in halted)
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
    (_, before), (_, after) = receiver.told
    about = {"job_id": done["id"], "organization": "shop", "server": "main", "database": shop.name,
             "database_id": shop.database}
    assert before.items() >= {"event": "halt.before", "outcome": None, **about}.items()
    assert after.items() >= {"event": "halt.after", "outcome": "succeeded", **about}.items()
    assert before["received"] < halted[0][0] < after["received"] < halted[-1][0] + 2
    # What was live is kept, and in a file too.
    assert done["result"]["kept"] in shop.kept()
    safety = shop.safety()
    assert safety["path"] == done["result"]["safety"] and safety["rows"] == ROWS and safety["job_id"] == done["id"]
    lines = shop.lines(done)
    assert next(i for i, line in enumerate(lines) if line == "services resume") < next(
        i for i, line in enumerate(lines) if line.startswith(f"{safety['path']}: "))


@pytest.mark.parametrize("part", list(ALL))
def test_each_part_is_switched_on_by_itself(shop, receiver, part):
    shop.webhook(f"http://127.0.0.1:{receiver.port}/ok")
    with Visitor(shop) as visitor:
        done = shop.restore(safety="none", keep_old_s=0, **{part: True})
        assert done["state"] == "succeeded", done
    lines = shop.lines(done)
    assert ("the gate is closed" in lines) == (503 in visitor.statuses) == (part == "halt_gate")
    assert (f"{shop.name} lets nobody in" in lines) == (part == "halt_connections") and shop.lets_in()
    assert [event["event"] for _, event in receiver.told] == (
        ["halt.before", "halt.after"] if part == "halt_webhooks" else [])


def test_an_undo_halts_too(shop):
    assert shop.restore(safety="none")["state"] == "succeeded"
    with Visitor(shop) as visitor:
        job = shop.admin.post(f"/databases/{shop.database}/undo", ALL, expect=202).json["job_id"]
        assert shop.wait(job)["state"] == "succeeded"
        until(lambda: visitor.answers[-1][1].status == 200)
    assert visitor.statuses == [200, 503, 200] and not shop.is_halted() and shop.lets_in()


def test_the_file_can_be_made_before_the_swap(shop):
    shop.spoil()
    done = shop.restore(safety="before", halt_gate=True)
    assert done["state"] == "succeeded", done
    safety = shop.safety()
    assert safety["path"] == done["result"]["safety"] and done["result"]["kept"] in shop.kept()
    lines = shop.lines(done)
    assert lines.index(f"the database as it was is in {safety['path']}") < lines.index("the gate is closed")
    # It is what was spoilt.
    assert shop.restore(backup_id=safety["id"], safety="none")["state"] == "succeeded"
    assert shop.state() == f"spoilt{ROWS}"


# ---- Webhooks that fail --------------------------------------------------------------------------------------------


def test_a_webhook_that_fails_is_a_warning(shop, receiver, certificate):
    trusted, other = Receiver(certificate), f"http://127.0.0.1:{receiver.port}"
    for path in ("broken", "gone", "moved", "long"):
        shop.webhook(f"{other}/{path}")
    shop.webhook(f"https://127.0.0.1:{trusted.port}/ok")
    shop.webhook(f"https://localhost:{trusted.port}/ok")  # the certificate is not for it
    shop.webhook("http://127.0.0.1:9/ok")
    shop.webhook(f"{other}/ok", is_active=False)
    shop.spoil()
    done = shop.restore(safety="none", keep_old_s=0, halt_webhooks=True)
    trusted.close()
    assert done["state"] == "succeeded" and shop.state() == f"good{ROWS}"
    tries = [path for path, event in receiver.told if event["event"] == "halt.before"]
    assert sorted(tries) == ["/broken", "/broken", "/broken", "/gone", "/long", "/moved"]
    assert len({event["id"] for path, event in receiver.told if path == "/broken"}) == 2, "a try again is the same"
    assert [event["event"] for _, event in trusted.told] == ["halt.before", "halt.after"]
    warnings = [line["message"] for line in done["log"] if line["level"] == "warning"]
    warnings = [line for line in warnings if "halt.before" in line]
    assert len(warnings) == 6
    assert all(any(what in line for line in warnings) for what in ("status 302", "certificate", "was longer than"))


def test_one_that_must_succeed_stops_the_restore_before_anything_is_halted(shop, receiver):
    shop.webhook(f"http://127.0.0.1:{receiver.port}/ok")
    shop.webhook(f"http://127.0.0.1:{receiver.port}/broken", must_succeed=True)
    shop.spoil()
    live = f"SELECT oid FROM pg_database WHERE datname = '{shop.name}'"
    before = shop.server.psql(live)
    with Visitor(shop) as visitor:
        done = shop.restore(safety="none", **ALL)
    assert done["state"] == "failed" and done["error"]["code"] == "conflict"
    assert "without that nothing is to be halted" in done["error"]["message"] and done["attempt"] == 1
    assert visitor.statuses == [200] and "the gate is closed" not in shop.lines(done)
    assert shop.server.psql(live) == before and shop.state() == f"spoilt{ROWS}" and not shop.is_halted()
    assert f"{shop.name}_hf_incoming" not in shop.server.psql("SELECT datname FROM pg_database")
    assert all(event["outcome"] == "failed" for _, event in receiver.told if event["event"] == "halt.after")


def test_a_webhook_can_be_tried_and_tells_what_came_of_it(shop, receiver):
    here = f"http://127.0.0.1:{receiver.port}"

    def attempt(url, **body):
        receiver.told.clear()
        answer = shop.admin.post(f"/webhooks/{shop.webhook(url, **body)}/test", expect=200).json
        assert answer.pop("duration_ms") >= 0
        return answer

    assert attempt(f"{here}/ok", is_active=False) == {"ok": True, "status": 204, "message": ""}
    ((_, event),) = receiver.told  # with a signature that is right
    assert event["event"] == "test" and event["organization"] == "shop"
    assert not any(event[each] for each in ("job_id", "server", "database_id", "database", "outcome"))
    said = {"ok": False, "status": 500, "message": "it answered with status 500"}
    assert attempt(f"{here}/broken") == said and len(receiver.told) == 1  # once
    assert attempt(f"{here}/moved")["status"] == 302 and [path for path, _ in receiver.told] == ["/moved"]
    away = attempt("http://127.0.0.1:9/ok")
    assert not away["ok"] and away["status"] is None and away["message"]
    last = shop.admin.get("/audit?action=webhook.test&limit=1", expect=200).json["items"][0]
    assert (last["object_name"], last["detail"]) == ("http://127.0.0.1:9/ok", away["message"])
    shop.admin.post(f"/webhooks/{shop.key}/test", expect=404)


@pytest.mark.parametrize("url", ["ftp://hook.example/", "file:///etc/passwd", "gopher://127.0.0.1/", "hook.example",
                                 "http://user:secret@hook.example/", "https:///nobody", "http://hook.example/#there"])
def test_an_address_is_of_http_and_names_a_host(shop, url):
    answer = shop.admin.post("/webhooks", {"name": "hook", "url": url})
    assert answer.status == 400 and "url: " in answer.json["detail"], answer
    hook = shop.webhook("https://hook.example/")
    assert shop.admin.patch(f"/webhooks/{hook}", {"url": url}).status == 400


# ---- What is told before anything is halted --------------------------------------------------------------------------


def damage(shop, backup):
    path = Path(f"{shop.service.storage}/shop", shop.admin.get(f"/backups/{backup}", expect=200).json["path"])
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_wrong_key_a_damaged_file_and_a_version_that_does_not_fit_are_told_before_anything_is_halted(
        shop, receiver, postgres):
    shop.webhook(f"http://127.0.0.1:{receiver.port}/ok")
    phrase = "a phrase that nobody keeps here"
    foreign = shop.back_up(key_ids=[shop.make("/keys", name="phrase", kind="passphrase", secret=phrase)])
    shop.service.sql("SET session_replication_role = replica; DELETE FROM key WHERE name = 'phrase'")
    damaged, late = shop.back_up(), shop.back_up()
    damage(shop, damaged)
    old = postgres(13)
    old_server = shop.make("/servers", name="old", host="127.0.0.1", port=old.port, username="postgres")
    shop.server.psql("CREATE TABLE newer (n int, m int, UNIQUE NULLS NOT DISTINCT (n))", shop.name)
    newer = shop.back_up()
    shop.server.psql("DROP TABLE newer", shop.name)
    with Visitor(shop) as visitor:
        for code, body in (("wrong-key", {"backup_id": foreign}),
                           ("wrong-key", {"backup_id": foreign, "identity": "another phrase altogether"}),
                           ("corrupt", {"backup_id": damaged}),
                           ("conflict", {"backup_id": newer, "mode": "new", "database_id": None, "database_name": "newer",
                                         "server_id": old_server})):
            found, result = shop.preflight(**body, **ALL)
            assert not result["ok"] and result["code"] == code, result
            assert shop.admin.post("/restores", {"preflight_id": found}).status == 409
        # It was good when the preflight looked.
        found, result = shop.preflight(backup_id=late, **ALL)
        assert result["ok"]
        damage(shop, late)
        done = shop.wait(shop.admin.post("/restores", {"preflight_id": found}, expect=202).json["job_id"])
        assert done["state"] == "failed" and done["error"]["code"] == "corrupt", done
    assert visitor.statuses == [200] and receiver.told == [] and shop.lets_in()


def test_a_key_is_asked_for_used_once_and_never_stored(shop):
    phrase = "another phrase that nobody keeps here"
    foreign = shop.back_up(key_ids=[shop.make("/keys", name="asked for", kind="passphrase", secret=phrase)])
    shop.service.sql("SET session_replication_role = replica; DELETE FROM key WHERE name = 'asked for'")
    assert shop.preflight(backup_id=foreign)[1]["code"] == "wrong-key"
    done = shop.restore(backup_id=foreign, identity=phrase, safety="none", keep_old_s=0)
    assert done["state"] == "succeeded", done
    assert shop.service.sql("SELECT count(*) FROM job WHERE secret IS NOT NULL") == [(0,)]
    dump = shop.server.run("pg_dump", "--data-only", shop.server.dsn(shop.service.catalog)).stdout
    redis = shop.service.redis
    redis.call("CONFIG", "SET", "rdbcompression", "no")
    redis.call("SAVE")
    logs = Path(shop.service.log).read_bytes() + Path(redis.folder, "dump.rdb").read_bytes()
    assert done["id"] in dump and phrase not in dump
    assert done["id"].encode() in logs and phrase.encode() not in logs


# ---- In place ------------------------------------------------------------------------------------------------------


def test_in_place_the_safety_backup_comes_first_and_who_died_behind_the_commit_does_not_do_it_again(shop):
    shop.spoil()
    shop.server.psql("CREATE TABLE own (n int)", shop.name)
    live = f"SELECT oid FROM pg_database WHERE datname = '{shop.name}'"
    before = shop.server.psql(live)
    session = shop.server.connect(shop.name)
    with Visitor(shop) as visitor:
        done = shop.restore(mode="in_place", **ALL)
        assert done["state"] == "succeeded" and done["result"]["mode"] == "in_place", done
        until(lambda: visitor.answers[-1][1].status == 200)
    assert visitor.statuses == [200, 503, 200] and shop.lets_in() and not shop.is_halted()
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
    assert shop.server.psql(live) == before and shop.state() == f"good{ROWS}"
    safety = shop.safety()
    assert safety["path"] == done["result"]["safety"] and (safety["rows"], safety["tables"]) == (ROWS, 2)
    lines = shop.lines(done)
    assert lines.index(f"the database as it was is in {safety['path']}") < lines.index("the gate is closed")
    # The same from the catalog's view: the attempt that committed never said so, and others have written since.
    shop.server.psql("INSERT INTO item VALUES (0, 'good')", shop.name)
    step = shop.service.sql("SELECT step FROM job WHERE id = %s", done["id"])[0][0]
    shop.run_again(done["id"], step, 2)
    assert "the attempt that was lost had committed" in shop.lines(shop.wait(done["id"]))
    assert shop.state() == f"good{ROWS + 1}"
    # One that was rolled back starts over.
    with shop.server.connect() as connection:
        connection.autocommit = False
        aborted = connection.execute("SELECT txid_current()").fetchone()[0]
        connection.rollback()
    shop.run_again(done["id"], re.sub(r"\d+$", str(aborted), step), 3)
    assert shop.state() == f"good{ROWS}"


def test_in_place_is_refused_without_a_safety_backup(shop):
    answer = shop.admin.post("/preflights", {"backup_id": shop.backup, "database_id": shop.database, "mode": "in_place",
                                             "safety": "none"})
    assert answer.status == 400 and "cannot be undone" in answer.json["detail"]


# ---- Whatever dies -------------------------------------------------------------------------------------------------


def child_of(worker):
    path = Path(f"/proc/{worker.pid}/task/{worker.pid}/children")
    children = path.read_text().split()
    return int(children[0]) if children else None


@pytest.fixture
def hold():
    """hold(shop) gives a connection that keeps its swap waiting, so that the halt lasts, until it is closed."""
    with contextlib.ExitStack() as held:
        def hold(shop):
            holder = held.enter_context(contextlib.closing(shop.server.connect()))
            holder.execute(f"BEGIN; COMMENT ON DATABASE {shop.name} IS 'held'")
            return holder

        yield hold


@pytest.mark.slow_once
def test_services_resume_whoever_is_killed_during_the_halt(shop, receiver, hold):
    shop.webhook(f"http://127.0.0.1:{receiver.port}/ok")
    shop.spoil()
    worker = shop.service.workers[-1]
    holder = hold(shop)
    job = shop.start(safety="none", **ALL)

    def halted():
        return shop.site.get().status == 503 and not shop.lets_in()

    def resumed():
        return shop.site.get().status == 200 and shop.lets_in() and not shop.is_halted()

    with Visitor(shop) as visitor:
        until(halted)
        receiver.awaited.clear()  # the next attempt resumes, and cannot halt before it is answered
        os.kill(child_of(worker), signal.SIGKILL)
        until(resumed)  # long before the gate opens by itself
        receiver.awaited.set()
        until(halted, 30)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        holder.close()
        shop.service.start_worker()
        done = shop.wait(job)
        until(resumed)
        until(lambda: visitor.statuses[-1] == 200)  # his last request may have been older
    assert done["state"] == "succeeded" and done["attempt"] == 3, done
    assert shop.state() == f"good{ROWS}"
    assert receiver.outcomes == [None, "lost", None, "lost", None, "succeeded"]


def test_an_attempt_that_comes_back_leaves_the_halt_of_the_next_one(shop, hold):
    holder = hold(shop)
    job = shop.start(safety="none", **ALL)
    until(lambda: not shop.lets_in())
    # As if the attempt had been taken for dead, and the next one halted the services by now.
    shop.service.sql("UPDATE halt SET attempt = attempt + 1")
    holder.close()
    done = shop.wait(job)
    assert any("another attempt halts the services by now" in line for line in shop.lines(done)), done
    until(lambda: not shop.is_halted() and shop.lets_in() and shop.site.get().status == 200, 60)
    made = "SELECT count(*) FROM job r JOIN job j ON r.created_at > j.created_at WHERE r.kind = 'resume' AND j.id = %s"
    assert shop.service.sql(made, job)[0][0] >= 1, "the leader had nothing to end"


@pytest.mark.slow_once
@pytest.mark.parametrize("part", ["halt_connections", "halt_gate"])
def test_services_resume_though_the_last_attempt_dies(shop, hold, part):
    worker = shop.service.workers[-1]
    holder = hold(shop)
    shop.site.until(200)
    job = shop.start(safety="none", **{part: True})
    shop.service.sql("UPDATE job SET failures = 2 WHERE id = %s", job)
    until(lambda: not shop.lets_in() or shop.site.get().status == 503)
    os.kill(child_of(worker), signal.SIGKILL)
    until(lambda: shop.lets_in() and shop.site.get().status == 200 and not shop.is_halted())
    holder.close()
    assert shop.wait(job)["state"] == "failed" and not shop.is_halted()


@pytest.mark.slow_once
def test_services_resume_though_the_only_worker_is_full_and_the_server_at_its_limit(shop):
    worker = shop.service.workers[-1]
    shop.service.sql("UPDATE server SET max_jobs = 2")
    other = shop.server.createdb(f"{shop.service.catalog}_other")
    shop.server.psql("CREATE TABLE held AS SELECT 1 AS i", other)
    other_id = shop.make("/databases", server_id=shop.server_id, name=other)
    with shop.server.connect(other) as lock, shop.server.connect() as holder:
        lock.execute("BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE")
        holder.execute(f"BEGIN; COMMENT ON DATABASE {shop.name} IS 'held'")
        job = shop.start(safety="none", halt_connections=True)
        shop.service.sql("UPDATE job SET failures = 2 WHERE id = %s", job)
        until(lambda: not shop.lets_in())
        body = {"database_id": other_id, "key_ids": [shop.key], "lock_wait_s": 3600}
        running, waiting = (shop.admin.post("/backups", body, expect=202).json["job_id"] for _ in range(2))
        until(lambda: shop.admin.get(f"/jobs/{running}").json["state"] == "running")
        shop.service.sql("UPDATE job SET holds = '{}' WHERE id = %s", waiting)  # it takes the place at once
        os.kill(child_of(worker), signal.SIGKILL)
        until(lambda: shop.admin.get(f"/jobs/{waiting}").json["state"] == "running")
        until(lambda: shop.lets_in() and not shop.is_halted(), 9)
        for each in (running, waiting):
            shop.admin.post(f"/jobs/{each}/cancel")
            shop.wait(each)
    shop.server.dropdb(other)
