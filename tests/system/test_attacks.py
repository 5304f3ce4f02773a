"""Attacks on the whole service, most of them made from www/openapi.yaml, so that what is added to it is attacked too.
After each: nobody saw what is not theirs, nothing is lost, and the audit chain is whole."""
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from support import fastcgi, process
from support.attacks import WORD, Attacks, mutate
from support.openapi import Description
from support.service import OWNER, PASSWORD, Client, Service, program

SQL = ["'; DROP TABLE holdfast.server CASCADE; --",
       "\\'||(SELECT password FROM holdfast.account LIMIT 1)||pg_sleep(9)||'",
       "$1\"); COMMIT; DELETE FROM holdfast.audit_event; SELECT pg_sleep(9) --"]
# What the catalog keeps and no answer has: of scrypt's hash of a password, and of what another organization named.
SECRETS = (b"scrypt$", b"victim's", b"victim-admin")


@pytest.fixture(scope="module")
def service(postgres):
    service = Service(postgres(15), children=3)
    yield service
    service.remove()


@pytest.fixture(scope="module")
def victim(service):
    """An organization whose things nobody else may see: they all bear its name."""
    admin = service.organization("victim")
    things = {**service.furnish(admin), "organization": admin.me["organization"]["id"],
              "user": admin.me["user"]["id"], "account": admin.me["user"]["id"]}
    for noun in ("key", "server", "storage", "webhook", "schedule"):
        admin.patch(f"/{noun}s/{things[noun]}", {"name": f"victim's {noun}"}, expect=200)
    return things


@pytest.fixture(scope="module")
def attacker(service, victim):
    """The owner of the installation looks at an organization of its own: so every route lets it through."""
    admin = service.organization("attacker")
    things = {**service.furnish(admin), "organization": admin.me["organization"]["id"], "host": "127.0.0.1",
              "path": f"{service.storage}/attacker"}
    things["user"] = things["account"] = admin.post("/users", {"name": "prey", "password": PASSWORD, "role": "viewer"},
                                                    expect=201).json["id"]
    owner = service.client(OWNER)
    owner.put("/me/organization", {"organization_id": things["organization"]}, expect=200)
    owner.admin, owner.attacks = admin, Attacks(Description(), things)
    return owner


def rows_of_audit(service):
    """The chain of the audit log is whole; how long it is."""
    done = subprocess.run([program("tests/unit/catalog/catalog_check"), service.server.dsn(service.catalog), "verify"],
                          capture_output=True, text=True, check=True)
    assert done.stdout.strip().isdigit(), done.stdout
    return int(done.stdout)


@pytest.fixture(autouse=True)
def _all_is_whole(service, victim):
    before = rows_of_audit(service)
    things = service.sql("SELECT id, name FROM server UNION ALL SELECT id, name FROM key ORDER BY id")
    yield
    assert service.client().get("//healthz").json["status"] == "ok"
    assert rows_of_audit(service) >= before
    after = service.sql("SELECT id, name FROM server UNION ALL SELECT id, name FROM key ORDER BY id")
    assert {id for id, _ in things} <= {id for id, _ in after}
    assert [each for each in things if "victim" in each[1]] == [each for each in after if "victim" in each[1]]


@contextmanager
def no_child_is_lost(service):
    before = Path(service.log).read_text().count("ended by signal")
    yield
    log = Path(service.log).read_text()
    assert log.count("ended by signal") == before, log[-3000:]


class Attempts:
    """Sends requests one by one; `say` looks at an answer."""

    def __init__(self, service, client, say):
        self.service, self.client, self.say = service, client, say
        self.count = 0

    def send(self, method, path, body=None):
        if path == "//api/v1/session":  # tries are limited
            self.service.forget_tries()
        began = time.monotonic()
        answer = self.client.request(method, path, body)
        self.count += 1
        assert time.monotonic() - began < 8, f"{method} {path} {body} took long"
        assert answer.status < 500 or (answer.status in (502, 503) and "//api/v1/servers/" in path), (
            f"{method} {path} {body}: {answer}")
        assert not [each for each in SECRETS if each in answer.body], f"{method} {path} {body}: {answer}"
        self.say(method, path, body, answer)


# ---- Texts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", SQL)
def test_sql_in_any_text_of_any_body_is_a_text(service, attacker, text):
    taken = set()

    def say(method, path, body, answer):
        wrong_password = path == "//api/v1/session" and answer.status == 401
        assert wrong_password or answer.status not in (401, 403), f"{method} {path} {body}: {answer}"
        if answer.status < 300:
            taken.add((method, path))

    attempts = Attempts(service, attacker, say)
    with no_child_is_lost(service):
        for method, path, body in attacker.attacks.bodies_with(lambda _: text):
            attempts.send(method, path, body)
        for method, path, body in attacker.attacks.bodies():
            attempts.send(method, path, {**body, text: 1})
    assert attempts.count > 150 and len(taken) >= 10, taken


@pytest.mark.parametrize("text", SQL)
def test_sql_in_any_query_or_path_finds_nothing(service, attacker, text):
    def say(_method, path, _body, answer):
        assert answer.status in (200, 400, 404) or path.startswith("//api/v1/gate/"), f"{path}: {answer}"
        if "/gate/" not in path and answer.status == 200 and "after=" not in path:
            assert answer.json["items"] == [] or path.startswith("//api/v1/audit"), f"{path}: {answer}"

    attempts = Attempts(service, attacker, say)
    text = f"none {text}"  # the test before has made many that are called so
    with no_child_is_lost(service):
        for path, name in attacker.attacks.queries():
            attempts.send("GET", f"{path}?{quote(name)}={quote(text, safe='')}")
        for method, path, operation in Attacks(Description(), {}).operations():
            if WORD in path:
                body = {} if attacker.attacks.body(operation) else None
                attempts.send(method, path.replace(WORD, quote(text, safe="")), body)
    assert attempts.count > 100


PLACES = ["../../etc/cron.d", "/etc/passwd", "a/../../b", "..", "%2e%2e%2f", "a\\..\\b", "~root/.ssh", "./.", "a//b"]


@pytest.mark.parametrize("place", PLACES)
def test_no_name_prefix_or_folder_leads_anywhere(service, attacker, place):
    """Whatever was taken is a name: a worker makes its paths of folder and prefix, which hold no such thing."""
    attempts = Attempts(service, attacker, lambda *_: None)
    names = ("name", "folder", "prefix", "path", "database_pattern", "pool", "copy")
    for method, path, body in attacker.attacks.bodies_with(lambda name: place if name in names else None):
        attempts.send(method, path, body)
    for folder, prefix in service.sql("SELECT folder, prefix FROM schedule UNION ALL SELECT request ->> 'folder', "
                                      "request ->> 'prefix' FROM job WHERE request ? 'folder' OR request ? 'prefix'"):
        assert not any(part in ("", ".", "..") for part in folder.split("/") if folder), (folder, prefix)
        assert "/" not in prefix and not folder.startswith("/"), (folder, prefix)
    for (path,) in service.sql("SELECT path FROM storage"):
        assert os.path.realpath(path) == path and path.startswith(f"{service.storage}/")


# ---- What belongs to others -----------------------------------------------------------------------------------------


def test_no_body_refers_to_another_organization(service, attacker, victim):
    def say(method, path, body, answer):
        assert answer.status in (400, 403, 404), f"{method} {path} {body}: {answer}"
        attempts.statuses.add(answer.status)

    attempts = Attempts(service, attacker.admin, say)
    attempts.statuses = set()
    jobs = service.sql("SELECT count(*) FROM job")
    attacks = attacker.attacks
    for method, path, body in attacks.bodies_with(lambda name: victim.get(attacks.noun(name))):
        attempts.send(method, path, body)
    assert attempts.count > 15 and 404 in attempts.statuses
    assert service.sql("SELECT count(*) FROM job") == jobs


def test_no_query_finds_what_belongs_to_another_organization(service, attacker, victim):
    def say(_method, path, _body, answer):
        assert answer.status in (403, 404) or answer.json["items"] == [], f"{path}: {answer}"

    attempts = Attempts(service, attacker.admin, say)
    for path, name in attacker.attacks.queries():
        if name.endswith("_id") or name == "q":
            attempts.send("GET", f"{path}?{name}={victim.get(attacker.attacks.noun(name), 'victim')}&limit=1")
    assert attempts.count > 10


def test_another_organizations_idempotency_key_gives_nothing_of_theirs(service, attacker, victim):
    theirs = service.client("victim-admin").post("/backups", {"database_id": victim["database"]}, expect=202,
                                                 headers={"Idempotency-Key": "shared"}).json
    things = attacker.attacks.things
    mine = attacker.admin.post("/backups", {"database_id": things["database"], "storage_id": things["storage"],
                                            "key_ids": [things["key"]]}, expect=202,
                               headers={"Idempotency-Key": "shared"}).json
    assert mine["job_id"] != theirs["job_id"]


def test_of_many_that_use_a_link_at_once_one_has_the_file(service, attacker):
    Path(service.storage, "attacker/b.hf").write_bytes(b"the backup")
    backup = attacker.attacks.things["backup"]
    link = "/" + attacker.admin.post(f"/backups/{backup}/download", expect=201).json["url"]
    answers = at_once(lambda: Client(service.nginx.port).get(link), 8)
    assert sorted(answer.status for answer in answers) == [200] + [404] * 7
    service.redis.call("FLUSHALL")
    assert Client(service.nginx.port).get(link).status == 404


# ---- JSON -----------------------------------------------------------------------------------------------------------


def test_thousands_of_broken_bodies_break_nothing(service, attacker):
    dice = random.Random(11)
    bodies = [each for each in attacker.attacks.bodies() if not each[1].endswith(("/session", "/me/organization"))]
    attempts = Attempts(service, attacker, lambda *_: None)
    with no_child_is_lost(service):
        for _ in range(2000):
            method, path, body = dice.choice(bodies)
            broken = mutate(dice, body)
            if not names_a_host(broken):
                attempts.send(method, path, broken)


def names_a_host(body):
    """A server of another address would be tried."""
    try:
        return json.loads(body).get("host", "127.0.0.1") != "127.0.0.1"
    except (ValueError, AttributeError, RecursionError):
        return False


# ---- Killing --------------------------------------------------------------------------------------------------------


def at_once(call, count):
    """What so many threads get from a call."""
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(call())) for _ in range(count)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return answers


def children_of(service):
    return list(map(int, Path(f"/proc/{service.api.pid}/task/{service.api.pid}/children").read_text().split()))


class Load:
    """Threads that ask and change things until told to stop; what became of each request."""

    def __init__(self, service, tokens):
        self.service, self.stopping = service, threading.Event()
        self.statuses, self.seconds, self.made, self.names = [], [], [], itertools.count(1)
        self.threads = [threading.Thread(target=self.run, args=(Client(service.nginx.port, each),)) for each in tokens]
        for each in self.threads:
            each.start()

    def run(self, client):
        while not self.stopping.is_set():
            name = f"loaded {next(self.names)}"
            for method, path, body in (("GET", "/me", None), ("GET", "/servers", None),
                                       ("POST", "/keys", {"name": name, "kind": "identity"})):
                began = time.monotonic()
                status = client.request(method, path, body).status
                self.seconds.append(time.monotonic() - began)
                self.statuses.append(status)
                if status == 201:
                    self.made.append(name)

    def stop(self):
        self.stopping.set()
        for each in self.threads:
            each.join()


def test_a_child_that_is_killed_takes_no_more_than_its_request_with_it(service, attacker):
    tokens = [attacker.admin.post("/tokens", {"name": f"load {i}", "role": "administrator"}, expect=201).json["token"]
              for i in range(5)]
    load, dice, kills = Load(service, tokens), random.Random(7), 0
    try:
        for _ in range(12):
            time.sleep(0.2)
            os.kill(dice.choice(children_of(service)), signal.SIGKILL)
            kills += 1
    finally:
        load.stop()
    lost = [status for status in load.statuses if status not in (200, 201)]
    assert set(lost) <= {503} and len(lost) <= kills, load.statuses
    assert len(load.statuses) > 100 and max(load.seconds) < 5
    process.wait_for(lambda: len(children_of(service)) == 3, "the last child's successor")
    kept, audited = ([name for (name,) in service.sql(f"SELECT {name} FROM {table} WHERE {name} LIKE 'loaded %%'")]
                     for name, table in (("name", "key"), ("object_name", "audit_event")))
    assert sorted(kept) == sorted(audited) and set(load.made) <= set(kept)
    assert len(kept) - len(load.made) <= len(lost)


# ---- Slow and large -------------------------------------------------------------------------------------------------


@pytest.mark.slow_once
def test_many_slow_clients_hold_nobody_up_and_are_ended(service):
    """Fifty send a byte of a header a second, fifty stop in the middle of a body; nginx alone has them."""
    slow = [socket.create_connection(("127.0.0.1", service.nginx.port)) for _ in range(100)]
    for each in slow[50:]:
        each.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n{")
    client, waits, began = service.client(), [], time.monotonic()
    while (left := [each for each in slow if not is_ended(each)]) and time.monotonic() - began < 40:
        for each in left:
            if each in slow[:50]:
                drip(each)
        asked = time.monotonic()
        client.get("//healthz", expect=200)
        waits.append(time.monotonic() - asked)
        time.sleep(1)
    assert not left and time.monotonic() - began < 30
    assert max(waits) < 2


def drip(connection):
    try:
        connection.send(b"G" if time.monotonic() % 2 < 1 else b"x")
    except OSError:
        pass


def is_ended(connection):
    connection.setblocking(False)
    try:
        while connection.recv(4096):
            pass
        return True
    except BlockingIOError:
        return False
    except OSError:
        return True


@pytest.mark.slow_once
def test_whoever_stalls_on_the_socket_loses_the_child_and_nothing_else(service):
    """nginx says all of a request at once; what says half of one is not nginx."""
    stalled = []
    for begun in (fastcgi.begin(), fastcgi.begin()[:4], fastcgi.begin() + fastcgi.record(fastcgi.PARAMS, b"\x10")):
        stalled.append(socket.socket(socket.AF_UNIX))
        stalled[-1].connect(service.socket)
        stalled[-1].sendall(begun)
    began = time.monotonic()
    service.client().get("//healthz", expect=200)
    assert time.monotonic() - began < 15
    for each in stalled:
        each.close()


@pytest.mark.parametrize("left_out", ["REQUEST_METHOD", "REQUEST_URI", "REMOTE_ADDR", "REQUEST_ID"])
def test_a_parameter_that_is_missing_does_no_harm(service, left_out):
    whole = {"REQUEST_METHOD": "GET", "REQUEST_URI": "/healthz", "REMOTE_ADDR": "127.0.0.1", "REQUEST_ID": "1"}
    del whole[left_out]
    wanted = b"400" if left_out in ("REQUEST_METHOD", "REQUEST_URI") else b"200"
    assert fastcgi.exchange(service.socket, fastcgi.request(whole)).startswith(b"Status: " + wanted)
