"""What nobody has vouched for: a server that never answers, one that answers without end, a folder that cannot be written."""
import json
import os
import socket
import struct
import threading
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest

from support import fastcgi, process
from support.jobs import another
from support.service import OWNER, PASSWORD, Client, program


@pytest.fixture(scope="module")
def admin(site):
    return site.organization("others")


@contextmanager
def listener(talk):
    """A port of loopback, with talk(connection) in a thread for whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        def accept():
            while True:
                try:
                    connection = server.accept()[0]
                except OSError:
                    return
                threading.Thread(target=talk, args=(connection,), daemon=True).start()
        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def silence(connection):
    time.sleep(30)
    connection.close()


def message(kind, body=b""):
    return kind + struct.pack("!I", len(body) + 4) + body


READY = message(b"Z", b"I")


def endless(connection):
    """Speaks PostgreSQL as far as it must, and gives a statement with parameters rows of 1 MB for as long as it can."""
    def read(size):
        data = b""
        while len(data) < size:
            piece = connection.recv(size - len(data))
            if not piece:
                raise ConnectionError
            data += piece
        return data

    try:
        while read(struct.unpack("!I", read(4))[0] - 4)[:2] == b"\x04\xd2":  # TLS or GSS is asked for
            connection.sendall(b"N")
        connection.sendall(message(b"R", struct.pack("!I", 0)) + message(b"S", b"server_version\00015.5\0") +
                           message(b"S", b"client_encoding\0UTF8\0") + READY)
        while True:
            kind, text = read(1), read(struct.unpack("!I", read(4))[0] - 4)
            if kind == b"Q":
                connection.sendall(message(b"C", b"SET\0") * text.count(b"SET ") + READY)
            elif kind == b"S":
                connection.sendall(message(b"1") + message(b"2") + message(
                    b"T", struct.pack("!H", 1) + b"version\0" + struct.pack("!IhIhih", 0, 0, 25, -1, -1, 0)))
                row = message(b"D", struct.pack("!HI", 1, 1_000_000) + b"y" * 1_000_000)
                while True:
                    connection.sendall(row)
    except OSError:
        connection.close()


def save(client, port):
    return client.post("/servers", {"name": str(uuid.uuid4()), "host": "127.0.0.1", "port": port, "username": "u",
                                    "tls_mode": "disable"})


def test_servers_that_never_answer_hold_half_of_the_children_for_a_few_seconds(site, admin):
    answers = []

    def ask(port):
        client = Client(site.nginx.port)
        client.cookie, client.csrf = admin.cookie, admin.csrf
        begun = time.monotonic()
        answers.append((save(client, port), time.monotonic() - begun))

    with listener(silence) as port:
        threads = [threading.Thread(target=ask, args=(port,)) for _ in range(4)]
        for each in threads:
            each.start()
        time.sleep(1)
        for path in (f"/gate/{uuid.uuid4()}", "/me"):
            begun = time.monotonic()
            assert admin.get(path).status < 300
            assert time.monotonic() - begun < 1
        for each in threads:
            each.join()
    saved = [(answer, took) for answer, took in answers if answer.status == 201]
    busy = [answer for answer, _ in answers if answer.status == 503]
    assert (len(saved), len(busy)) == (1, 3), answers  # of two children
    assert saved[0][1] < 8 and "in time" in saved[0][0].json["check"]["message"]
    assert {(each.json["code"], each.headers["retry-after"]) for each in busy} == {("busy", "5")}


def peaks(site):
    """The most memory that each child of the API has had, in MiB."""
    def peak(pid):
        lines = open(f"/proc/{pid}/status").read().splitlines()
        return max(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))
    children = open(f"/proc/{site.api.pid}/task/{site.api.pid}/children").read().split()
    return {pid: peak(pid) for pid in children}


def test_a_server_that_answers_without_end_costs_no_memory(site, admin):
    before = peaks(site)
    with listener(endless) as port:
        made = save(admin, port)
        assert made.status == 201 and made.json["check"]["ok"] is False, made
        found = admin.get(f"/servers/{made.json['id']}/databases")
        assert found.status in (502, 503), found
    after = peaks(site)
    assert after.keys() == before.keys()  # none of them died of it
    assert all(after[pid] < before[pid] + 32 for pid in after), (before, after)


def test_a_storage_that_cannot_be_written_is_saved_and_says_so(site, admin):
    path = f"{site.storage}/locked"
    made = admin.post("/storages", {"name": "locked", "path": path}, expect=201).json
    assert made["check"]["ok"] is True
    os.chmod(path, 0o500)
    check = admin.post(f"/storages/{made['id']}/test", expect=200).json["check"]
    assert check["ok"] is False and "ermission" in check["message"] and os.listdir(path) == []
    os.chmod(path, 0o700)
    assert admin.post(f"/storages/{made['id']}/test", expect=200).json["check"]["ok"] is True


def test_the_cookie_is_secure_when_the_site_has_tls(site):
    """Another API of the same service, whose public address is one of https."""
    configuration = Path(site.folder, "tls.conf")
    configuration.write_text(f"{site.configuration.read_text()}[service]\npublic_url = https://holdfast.example.org\n")
    process.own(configuration)
    path = f"{site.folder}/tls.sock"
    api = process.start([program("holdfast-api"), "--config", configuration, "--socket", path, "--children", 1],
                        site.log, env=site.environment)
    try:
        process.wait_for(lambda: os.path.exists(path), "holdfast-api", process=api, log=site.log)
        site.forget_tries()
        body = json.dumps({"user": OWNER, "password": PASSWORD}).encode()
        answer = fastcgi.exchange(path, fastcgi.request(
            {"REQUEST_METHOD": "POST", "REQUEST_URI": "/api/v1/session", "REMOTE_ADDR": "127.0.0.1",
             "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}, body))
        cookie = next(line for line in answer.split(b"\r\n") if line.startswith(b"Set-Cookie: "))
        assert {b"Secure", b"HttpOnly", b"SameSite=Strict", b"Path=/"} <= set(cookie.split(b"; ")), answer
        value = cookie.split(b"=", 1)[1].split(b";")[0].decode()
        assert cookie.startswith(b"Set-Cookie: __Host-holdfast_session=hfs_")
        for name, status in (("__Host-holdfast_session", b"200"), ("holdfast_session", b"401")):
            answer = fastcgi.exchange(path, fastcgi.request(
                {"REQUEST_METHOD": "GET", "REQUEST_URI": "/api/v1/me", "REMOTE_ADDR": "127.0.0.1",
                 "HTTP_COOKIE": f"{name}={value}"}))
            assert b"Status: " + status in answer, (name, answer)
    finally:
        process.stop(api)


@pytest.mark.parametrize("version", [0, 1], ids=["tested", "changed"])
def test_a_test_that_took_long_leaves_what_was_tested_since(site, admin, version):
    """Somebody else has tested it meanwhile, or changed and tested it."""
    met, done = threading.Event(), threading.Event()

    def hold(connection):
        met.set()
        done.wait(30)
        connection.close()

    with listener(hold) as port:
        made = save(admin, 1).json
        site.sql("UPDATE server SET port = %s WHERE id = %s", port, made["id"])
        tester = threading.Thread(target=another(admin).post, args=(f"/servers/{made['id']}/test",))
        tester.start()
        assert met.wait(30)
        site.sql("UPDATE server SET version = version + %s, checked_at = clock_timestamp(), "
                 "check_result = '{\"ok\": true, \"message\": \"of somebody else\", \"version\": \"\"}' WHERE id = %s",
                 version, made["id"])
        done.set()
        tester.join(30)
    assert admin.get(f"/servers/{made['id']}", expect=200).json["check"]["message"] == "of somebody else"
    admin.post(f"/servers/{made['id']}/test", expect=200)
    assert admin.get(f"/servers/{made['id']}", expect=200).json["check"]["message"] != "of somebody else"
