"""What the check of a server says, step by step; and that TLS settings and Holdfast's own places are respected, when a
server is saved and when a job runs."""
import subprocess
import uuid
from pathlib import Path

import pytest

from support import process
from support.faults import wait_until
from support.jobs import Watcher
from support.postgres import as_server
from support.service import PASSWORD, Service

STEPS = ["name", "port", "tls", "sign_in", "version", "own", "rights", "room"]


def issue(folder, name, subject, alternative, authority=None):
    """A certificate `name`.crt with its key, of an authority or of itself."""
    sign = ["-CA", f"{folder}/{authority}.crt", "-CAkey", f"{folder}/{authority}.key"] if authority else []
    usage = [] if authority else ["-addext", "basicConstraints=critical,CA:TRUE"]
    subprocess.run(as_server(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                              "-days", "2", "-subj", f"/CN={subject}", "-addext", f"subjectAltName={alternative}", *usage,
                              *sign, "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.crt"]),
                   check=True, capture_output=True)
    return Path(f"{folder}/{name}.crt").read_text()


@pytest.fixture(scope="module")
def guarded(postgres):
    """A server with TLS and passwords, which is known as 127.0.0.1 and signed by `authority`; `other` has signed nothing."""
    server = postgres(15, fresh=True, scram=True, max_connections=12)
    server.authority = issue(server.data, "authority", "Authority", "DNS:authority")
    server.other = issue(server.data, "other", "Other", "DNS:other")
    subject = issue(server.data, "server", "db", "IP:127.0.0.1", "authority")
    assert subject
    server.configure({"ssl": "on", "ssl_cert_file": "server.crt", "ssl_key_file": "server.key"})
    server.psql("ALTER ROLE postgres PASSWORD 'right'; CREATE ROLE reader LOGIN PASSWORD 'right'; CREATE DATABASE shop;"
                "CREATE ROLE helper LOGIN PASSWORD 'right' IN ROLE pg_read_all_data;"
                "CREATE ROLE refused LOGIN PASSWORD 'right'; CREATE ROLE secure LOGIN PASSWORD 'right'")
    hba = Path(server.data, "pg_hba.conf")
    hba.write_text("host all refused all reject\nhostnossl all secure all reject\n" + hba.read_text())
    server.psql("CREATE TABLE t AS SELECT 1 AS i", db="shop")
    server.restart()
    return server


@pytest.fixture(scope="module")
def service(postgres):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSWORD", "right")  # of the service: for nobody who registers a server
        service = Service(postgres(15), workers=1)
    passfile = Path(service.folder, ".pgpass")
    passfile.write_text("*:*:*:*:right\n")
    passfile.chmod(0o600)
    process.own(passfile)
    yield service
    service.remove()


@pytest.fixture(scope="module")
def admin(service):
    admin = service.organization("acme")
    admin.post("/storages", {"name": "disk", "path": f"{service.storage}/acme"}, expect=201)
    admin.post("/keys", {"name": "key", "kind": "identity"}, expect=201)
    return admin


def save(client, server, expect=201, **changes):
    body = {"name": str(uuid.uuid4()), "host": "127.0.0.1", "port": server.port, "username": "postgres",
            "password": "right", **changes}
    return client.post("/servers", body, expect=expect).json


def steps_of(made):
    check = made["check"]
    assert [each["name"] for each in check["steps"]] == STEPS
    return {each["name"]: each for each in check["steps"]}


def failed(made, name, *words):
    """The check has failed at that step alone, with these words; what comes after it was not come to."""
    check, steps = made["check"], steps_of(made)
    at = STEPS.index(name)
    assert check["ok"] is False and check["message"] == steps[name]["detail"], check
    states = [each["state"] for each in check["steps"]]
    assert "failed" not in states[:at] + states[at + 1:] and states[at] == "failed", check
    assert set(states[at + 1:]) <= {"skipped"} and "skipped" not in states[:at], check
    assert all(word in steps[name]["detail"] for word in words), steps[name]
    assert steps[name]["fix"], steps[name]


# ---- Steps ----------------------------------------------------------------------------------------------------------


def test_each_step_of_a_check_tells_what_it_saw(admin, guarded):
    made = save(admin, guarded, tls_mode="verify-full", tls_root=guarded.authority)
    steps = steps_of(made)
    assert made["check"]["ok"] is True and made["check"]["message"] == "" and made["check"]["version"].startswith("15.")
    assert {each["state"] for each in steps.values()} <= {"ok", "warning"}
    assert str(guarded.port) in steps["port"]["detail"] and "TLSv1.3" in steps["tls"]["detail"]
    assert (steps["tls"]["state"], steps["rights"]["state"]) == ("ok", "ok") and "superuser" in steps["rights"]["detail"]
    assert "connections are free" in steps["room"]["detail"]
    again = admin.post(f"/servers/{made['id']}/test", expect=200).json
    assert again["check"]["ok"] is True and again["checked_at"] > made["checked_at"]


@pytest.mark.parametrize("changes, step, words", [
    ({"host": "no-such-host.invalid"}, "name", ["no-such-host.invalid"]),
    ({"port": 1}, "port", ["127.0.0.1", "refused"]),
    ({"password": "wrong"}, "sign_in", ["password authentication failed"]),
    ({"username": "nobody"}, "sign_in", ["nobody"]),
    ({"maintenance_db": "nothing"}, "sign_in", ["nothing"]),
], ids=lambda each: each if isinstance(each, str) else "")
def test_what_does_not_fit_is_told_with_what_to_do(admin, guarded, changes, step, words):
    failed(save(admin, guarded, **changes), step, *words)


@pytest.mark.parametrize("changes, words", [
    ({"maintenance_db": "passwords"}, "maintenance database"), ({"maintenance_db": "no pg_hba.conf entry"}, "maintenance"),
    ({"username": "database \"", "password": "wrong"}, "password")], ids=["database", "entry", "role"])
def test_what_is_advised_goes_by_the_servers_words_and_not_by_names(admin, guarded, changes, words):
    made = save(admin, guarded, **changes)
    failed(made, "sign_in")
    assert words in steps_of(made)["sign_in"]["fix"]


@pytest.mark.parametrize("role, tls_mode, fix", [("refused", "prefer", "Admit this role"), ("secure", "disable", "Choose a TLS mode"),
                                                 ("secure", "prefer", None)])
def test_who_is_rejected_by_pg_hba_is_told_so(admin, guarded, role, tls_mode, fix):
    made = save(admin, guarded, username=role, tls_mode=tls_mode)
    if fix is None:
        assert made["check"]["ok"] is True, made["check"]
        return
    failed(made, "sign_in", "pg_hba.conf rejects", role)
    assert steps_of(made)["sign_in"]["fix"].startswith(fix) and "pg_hba.conf" in steps_of(made)["sign_in"]["fix"]


def test_what_is_said_with_tls_and_without_is_told_once(admin, guarded):
    detail = steps_of(save(admin, guarded, tls_mode="prefer", password="wrong"))["sign_in"]["detail"]
    assert detail.count("password authentication failed") == 1, detail


def test_a_server_without_a_password_does_not_get_the_services_own(service, admin, guarded):
    assert Path(f"/proc/{service.api.pid}/environ").read_bytes().count(b"PGPASSWORD=right") == 1
    made = save(admin, guarded, password=None)
    failed(made, "sign_in", "no password supplied", "none is set for this server")
    database = admin.post("/databases", {"server_id": made["id"], "name": "shop"}, expect=201).json["id"]
    ended = Watcher(admin, admin.post("/backups", {"database_id": database}, expect=202).json["job_id"]).end()
    assert ended["error"]["code"] == "denied" and "none is set" in ended["error"]["message"], ended


def test_a_role_that_reads_little_and_a_server_that_is_nearly_full_are_warned_of(admin, guarded):
    steps = steps_of(save(admin, guarded, username="reader"))
    assert steps["rights"]["state"] == "warning" and "pg_read_all_data" in steps["rights"]["fix"]
    helper = steps_of(save(admin, guarded, username="helper"))
    assert helper["rights"]["state"] == "warning" and "CREATEDB" in helper["rights"]["fix"]
    guests = [guarded.connect() for _ in range(6)]
    steps = steps_of(save(admin, guarded))
    for each in guests:
        each.close()
    assert steps["room"]["state"] == "warning" and "max_connections" in steps["room"]["fix"]


# ---- TLS ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes, words", [
    ({"tls_mode": "verify-full"}, ["root certificate"]),
    ({"tls_mode": "verify-full", "tls_root": "other"}, ["certificate verify failed"]),
    ({"tls_mode": "verify-ca", "tls_root": "other"}, ["certificate verify failed"]),
    ({"tls_mode": "verify-full", "tls_root": "authority", "host": "localhost"}, ["localhost"]),
], ids=["no root", "another root", "another root, ca", "another name"])
def test_a_server_that_cannot_prove_who_it_is_is_not_spoken_to(admin, guarded, changes, words):
    if changes.get("tls_root"):
        changes = {**changes, "tls_root": getattr(guarded, changes["tls_root"])}
    failed(save(admin, guarded, **changes), "tls", *words)


def test_a_server_without_tls_is_refused_where_tls_is_wanted(postgres, admin):
    failed(save(admin, postgres(15), tls_mode="require"), "tls", "does not support SSL")


def test_a_backup_runs_over_verified_tls_and_none_with_another_certificate(admin, guarded):
    good = save(admin, guarded, tls_mode="verify-full", tls_root=guarded.authority)
    database = admin.post("/databases", {"server_id": good["id"], "name": "shop"}, expect=201).json["id"]
    job = admin.post("/backups", {"database_id": database}, expect=202).json["job_id"]
    assert Watcher(admin, job).end()["state"] == "succeeded"
    admin.patch(f"/servers/{good['id']}", {"tls_root": guarded.other, "password": "right"}, expect=200)
    job = admin.post("/backups", {"database_id": database}, expect=202).json["job_id"]
    wait_until(lambda: admin.get(f"/jobs/{job}").json["error"])  # and it is tried again: it may pass
    admin.post(f"/jobs/{job}/cancel", expect=202)
    watcher = Watcher(admin, job)
    assert watcher.end()["state"] == "cancelled"
    assert any("certificate verify failed" in line["message"] for line in watcher.lines), watcher.lines


@pytest.mark.parametrize("change", [{"tls_mode": "disable"}, {"tls_mode": "prefer"}, {"tls_root": "x"}, {"host": "localhost"},
                                    {"port": 1}], ids=str)
def test_a_password_goes_nowhere_else_and_not_in_the_clear_unless_it_is_given_again(admin, guarded, change):
    made = save(admin, guarded, tls_mode="require")
    answer = admin.patch(f"/servers/{made['id']}", change, expect=400)
    assert "password must be given again" in answer.json["detail"]
    same = {"tls_mode": "require", "tls_root": "", "host": "127.0.0.1", "port": guarded.port, "max_jobs": 2}
    admin.patch(f"/servers/{made['id']}", same, expect=200)
    admin.patch(f"/servers/{made['id']}", {**change, "password": "right"}, expect=200)


# ---- What is Holdfast's own -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def strict(postgres):
    """A service whose catalog is on a server that trusts its host, as such a server may, and that does not allow it."""
    service = Service(postgres(15), workers=1, configuration={("service", "trust_catalog_server"): "no"})
    yield service
    service.remove()


def test_the_catalog_itself_is_never_a_source(service, admin):
    """Also where everybody may reach its server."""
    made = save(admin, service.server, password=None)
    assert made["check"]["ok"] is True and "stays out" in steps_of(made)["own"]["detail"]
    found = admin.get(f"/servers/{made['id']}/databases", expect=200).json["items"]
    assert "postgres" in [each["name"] for each in found]
    assert service.catalog not in [each["name"] for each in found]
    admin.post(f"/servers/{made['id']}/databases", {"names": [service.catalog]}, expect=404)
    database = admin.post("/databases", {"server_id": made["id"], "name": service.catalog}, expect=201).json["id"]
    job = admin.post("/backups", {"database_id": database}, expect=202).json["job_id"]
    ended = Watcher(admin, job).end()
    assert ended["state"] == "failed" and "own catalog" in ended["error"]["message"], ended
    assert admin.get(f"/databases/{database}/live", expect=403).json["code"] == "denied"
    failed(save(admin, service.server, password=None, maintenance_db=service.catalog), "own", "own catalog")


def test_the_catalog_is_never_restored_over(service, admin):
    made = save(admin, service.server, password=None)
    name = service.server.createdb(f"{service.catalog}_small")
    source = admin.post("/databases", {"server_id": made["id"], "name": name}, expect=201).json["id"]
    job = admin.post("/backups", {"database_id": source}, expect=202).json["job_id"]
    assert Watcher(admin, job).end()["state"] == "succeeded"
    backup = next(each for each in admin.get("/backups").json["items"] if each["job_id"] == job)
    catalog = admin.post("/databases", {"server_id": made["id"], "name": service.catalog}, expect=201).json["id"]
    asked = admin.post("/preflights", {"backup_id": backup["id"], "database_id": catalog}, expect=202).json
    ended = Watcher(admin, asked["job_id"]).end()
    assert ended["result"]["ok"] is False and "own catalog" in ended["result"]["message"], ended
    admin.post("/restores", {"preflight_id": asked["preflight_id"]}, expect=409)


def test_a_server_that_trusts_holdfast_shows_the_catalogs_neighbours_to_nobody(strict):
    admin = strict.organization("nosy")
    made = save(admin, strict.server, password="guessed")
    failed(made, "own", "without asking for a password")
    refused = admin.get(f"/servers/{made['id']}/databases", expect=403).json
    assert refused["code"] == "denied" and "trust_catalog_server" in refused["detail"]
    admin.post("/storages", {"name": "disk", "path": f"{strict.storage}/nosy"}, expect=201)
    database = admin.post("/databases", {"server_id": made["id"], "name": "postgres"}, expect=201).json["id"]
    job = admin.post("/backups", {"database_id": database, "unencrypted": True}, expect=202).json["job_id"]
    ended = Watcher(admin, job).end()
    assert ended["state"] == "failed" and "without asking for a password" in ended["error"]["message"], ended


@pytest.fixture(scope="module")
def asked(postgres):
    """A service whose catalog's server asks for a password over TCP, and whose Redis has a port (and is away)."""
    service = Service(postgres(15, scram=True), configuration={("service", "trust_catalog_server"): "no",
                                                               ("redis", "address"): "127.0.0.1:1"})
    service.server.psql(f"ALTER ROLE postgres PASSWORD '{PASSWORD}'")
    yield service
    service.remove()


@pytest.fixture(scope="module")
def honest(asked):
    return asked.organization("honest")


def test_who_has_a_password_of_the_catalogs_server_may_use_it(asked, honest):
    made = save(honest, asked.server, password=PASSWORD)
    assert made["check"]["ok"] is True and "stays out" in steps_of(made)["own"]["detail"], made


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "127.0.0.2", "::1", "0.0.0.0"])
def test_redis_is_not_taken_for_a_server(asked, honest, host):
    answer = honest.post("/servers", {"name": host, "host": host, "port": 1, "username": "x"}, expect=400)
    assert "own Redis" in answer.json["detail"]
    made = save(honest, asked.server, password=None)
    honest.patch(f"/servers/{made['id']}", {"host": host, "port": 1}, expect=400)
    assert honest.get(f"/servers/{made['id']}").json["port"] == asked.server.port
