"""Who may do what: every route with everybody, against the table that holdfast-api prints; and that a right which is
taken away is gone at once."""
import hashlib
import json
import re
import subprocess
import uuid

import pytest

from support import fastcgi
from support.service import OWNER, PASSWORD, Client, program

ROUTES = json.loads(subprocess.run([program("holdfast-api"), "--routes"], capture_output=True, text=True,
                                   check=True).stdout)
# The roles of the organization, each with what the table calls what it may use.
MAY = {"viewer": {"viewer"}, "auditor": {"viewer", "auditor"}, "operator": {"viewer", "operator"},
       "administrator": {"viewer", "auditor", "operator", "administrator"}}
# What stands at {id}, by the part of the path before it; the rest are an organization's things, from Service.furnish.
OF_PART = {"servers": "server", "databases": "database", "storages": "storage", "keys": "key", "schedules": "schedule",
           "backups": "backup", "jobs": "job", "tokens": "token", "webhooks": "webhook", "preflights": "preflight",
           "uploads": "upload", "mssql-servers": "mssql_server"}
OF_REPORT = ("report", "report.html", "script.sql")  # of a job that has one
# A body that no route takes, so that whoever may use the route changes nothing with it.
BROKEN = b"{"


def id_of(route):
    return f"{route['method']} {route['path']}"


class People:
    """Everybody that there is to try, each with what they are: a role in the organization "acme", or something else."""

    def __init__(self, site):
        self.admin = site.organization("acme")
        self.things = site.furnish(self.admin)
        self.things["organization"] = self.admin.me["organization"]["id"]
        self.things["user"] = self.admin.me["user"]["id"]
        self.clients = {"administrator": self.admin}
        for role in ("viewer", "auditor", "operator"):
            self.clients[role] = site.user(self.admin, f"acme-{role}", role)
        for role in MAY:
            made = self.admin.post("/tokens", {"name": f"a {role}", "role": role}, expect=201).json
            self.clients[f"{role} token"] = site.client(token=made["token"])
        self.clients["stranger"] = site.organization("other")
        self.clients["nobody"] = site.client()
        self.clients["revoked token"] = self.revoked_token(site)
        self.clients["owner"] = site.client(OWNER)
        self.clients["owner"].put("/me/organization", {"organization_id": self.things["organization"]}, expect=200)

    def revoked_token(self, site):
        made = self.admin.post("/tokens", {"name": "revoked", "role": "administrator"}, expect=201).json
        client = site.client(token=made["token"])
        client.get("/me", expect=200)
        self.admin.delete(f"/tokens/{made['id']}", expect=204)
        return client

    def path(self, route):
        parts = route["path"].removeprefix("/api/v1").split("/")
        for i, part in enumerate(parts):
            if part.startswith("{"):
                noun = {"organizations": "organization", "accounts": "user", "users": "user"}.get(
                    parts[i - 1]) or OF_PART.get(parts[i - 1])
                noun = "report" if parts[-1] in OF_REPORT else noun
                parts[i] = self.things[noun] if noun else str(uuid.uuid4())
        path = "/".join(parts)
        return path if route["path"].startswith("/api/v1") else f"/{path}"


@pytest.fixture(scope="module")
def people(site):
    return People(site)


def expected(route, who):
    """Whether somebody may use a route: 200 for yes, else the status that says no."""
    access, role = route["access"], who.removesuffix(" token")
    if access in ("anyone", "local"):
        return 200
    if who in ("nobody", "revoked token"):
        return 401
    if access == "owner":
        return 200 if who == "owner" else 403
    if access == "signed in" or who in ("owner", "stranger"):  # an administrator, though not of this organization
        return 200
    return 200 if access in MAY[role] else 403


def ask(client, route, path):
    """Sends what is let through but changes nothing."""
    if route["method"] in ("POST", "PUT", "PATCH"):
        return client.request(route["method"], path, BROKEN)
    if route["method"] == "DELETE":
        return client.delete(path, headers={"If-Match": "nonsense", "Idempotency-Key": "x" * 300})
    return client.get(path)


# This ends what it is about whatever the headers say: it has a test of its own below.
ENDING = [route for route in ROUTES if id_of(route) == "DELETE /api/v1/session"]


# For everybody, whatever is asked: test_gate.py, test_downloads.py and test_uploads.py ask.
OPEN = [route for route in ROUTES if route["access"] == "anyone" and
        ("{" in route["path"] or route["method"] == "OPTIONS")]


@pytest.mark.parametrize("route", [each for each in ROUTES if each not in ENDING + OPEN], ids=id_of)
def test_only_those_in_the_table_may_use_it(people, route):
    path = people.path(route)
    for who, client in people.clients.items():
        answer = ask(client, route, path)
        wanted = expected(route, who)
        if wanted != 200:
            assert answer.status == wanted, f"{who}: {answer}"
            assert answer.json["code"] == {401: "unauthenticated", 403: "denied"}[wanted]
        elif route["method"] != "GET":
            # it was let through, and told what is wrong (412: that it is not tus)
            assert answer.status in (400, 404, 412), f"{who}: {answer}"
        elif "{" in route["path"] and who == "stranger":
            assert answer.status == 404, f"{who}: {answer}"
        else:
            tokens = {"/api/v1/sessions": 400} if who.endswith("token") else {}  # they have none
            status = {"/api/v1/me/pieces": 204, **tokens}.get(route["path"], 200)
            assert answer.status == status, f"{who}: {answer}"


@pytest.mark.parametrize("route", ENDING, ids=id_of)
def test_only_those_in_the_table_may_end_something(people, route):
    for who, client in people.clients.items():
        if expected(route, who) != 200:
            client.delete(people.path(route), expect=expected(route, who))


def of_an_organization(route):
    return "{" in route["path"] and route["access"] in MAY


@pytest.mark.parametrize("route", [each for each in ROUTES if of_an_organization(each)], ids=id_of)
def test_what_belongs_to_another_organization_does_not_exist(people, route):
    stranger = people.clients["stranger"]
    body = None if route["method"] in ("GET", "DELETE") else {}
    answer = stranger.request(route["method"], people.path(route), body)
    assert (answer.status, answer.json["code"]) == (404, "not-found"), answer


def test_no_list_shows_what_belongs_to_another_organization(people):
    mine = set(people.things.values()) - {people.clients["owner"].me["user"]["id"]}
    for route in ROUTES:
        if route["method"] == "GET" and "{" not in route["path"] and route["path"].startswith("/api/v1"):
            path = route["path"].removeprefix("/api/v1")
            # what they tried is in their audit log, as they wrote it
            answer = people.clients["stranger"].get(f"{path}?outcome=success" if path == "/audit" else path)
            assert not [each for each in mine if each in answer.body.decode()], f"{route['path']}: {answer}"


@pytest.mark.parametrize("path, name, body", [
    ("/databases", "server", {"server_id": "", "name": "x"}),
    ("/backups", "database", {"database_id": ""}),
    ("/schedules", "storage", {"name": "s", "interval_s": 86400, "storage_id": ""}),
])
def test_nothing_can_refer_to_another_organization(people, path, name, body):
    body = {key: value or people.things[name] for key, value in body.items()}
    answer = people.clients["stranger"].post(path, body)
    assert answer.status == 404, answer


def test_a_filter_by_another_account_shows_no_sessions(people):
    answer = people.clients["stranger"].get(f"/sessions?account_id={people.things['user']}", expect=200)
    assert answer.json["items"] == []


@pytest.mark.parametrize("route", [each for each in ROUTES if each["method"] != "GET" and each["access"] != "anyone"],
                         ids=id_of)
def test_no_change_is_made_without_the_sessions_own_token(people, route):
    """What another site makes a browser send has the cookie, but not this header."""
    client = people.clients["owner"]
    for csrf in (None, "", "x", people.clients["stranger"].csrf):
        answer = client.request(route["method"], people.path(route), None, headers={"X-CSRF-Token": csrf})
        assert (answer.status, answer.json["code"]) == (403, "csrf"), answer


@pytest.mark.parametrize("path", ["//", "//api", "//api/v1", "//api/v1/", "//api/v2/me", "/me/", "//api//v1/me", "/ME",
                                  "/servers/x/y", "/backups/../me", "/%6De", "/session/extra", "//healthz/",
                                  "//metrics/x", "//api/v1/me%2F"])
def test_what_is_not_in_the_table_is_not_there(people, path):
    answer = people.admin.get(path)
    if path in ("//", "//healthz/", "//metrics/x"):  # the page's
        assert answer.headers["content-type"] == "text/html", answer
    else:
        assert answer.status == 404, answer
    people.admin.request("TRACE", "/me", expect=405)
    people.admin.request("FROB", "/me", expect=404)


# ---- Rights that are taken away -------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(site, people):
    name = f"newcomer-{uuid.uuid4()}"
    client = site.user(people.admin, name, "administrator")
    client.name = name
    client.get("/users", expect=200)
    return client


def test_a_role_that_is_lowered_counts_at_once(people, newcomer):
    id = newcomer.me["user"]["id"]
    people.admin.patch(f"/users/{id}", {"role": "viewer"}, expect=200)
    newcomer.get("/users", expect=403)
    newcomer.get("/servers", expect=200)


@pytest.mark.parametrize("how", ["inactive", "deleted"])
def test_who_is_gone_is_signed_out_at_once(people, newcomer, how):
    id = newcomer.me["user"]["id"]
    if how == "deleted":
        people.admin.delete(f"/users/{id}", expect=204)
    else:
        people.admin.patch(f"/users/{id}", {"is_active": False}, expect=200)
    newcomer.get("/me", expect=401)
    newcomer.post("/session", {"user": newcomer.name, "password": PASSWORD}, expect=401)


def test_signing_out_ends_the_session(newcomer):
    newcomer.delete("/session", expect=204)
    newcomer.get("/me", expect=401)


def test_only_ones_own_sessions_are_listed_and_can_be_ended(site, people, newcomer):
    other = site.client(newcomer.name)
    mine = newcomer.get("/sessions", expect=200).json["items"]
    assert len(mine) == 2 and {each["user"] for each in mine} == {newcomer.name}
    for each in mine:
        for client in (people.admin, people.clients["owner"], people.clients["stranger"]):
            client.delete(f"/sessions/{each['id']}", expect=404)
    newcomer.delete(f"/sessions/{mine[0]['id']}", expect=204)  # the newest
    other.get("/me", expect=401)
    assert len(newcomer.get("/sessions", expect=200).json["items"]) == 1
    newcomer.delete(f"/sessions/{mine[0]['id']}", expect=404)


def test_a_new_password_ends_the_other_sessions(site, newcomer):
    other = site.client(newcomer.name)
    newcomer.put("/me/password", {"old_password": "not this one", "new_password": "another good one"}, expect=400)
    newcomer.put("/me/password", {"old_password": PASSWORD, "new_password": "another good one"}, expect=204)
    newcomer.get("/me", expect=200)
    other.get("/me", expect=401)


@pytest.mark.parametrize("change", [{"password": "a brand new password"}, {"is_active": False}], ids=str)
def test_what_an_administrator_does_after_a_theft_ends_the_sessions_for_good(people, newcomer, change):
    path = f"/users/{newcomer.me['user']['id']}"
    people.admin.patch(path, change, expect=200)
    newcomer.get("/me", expect=401)
    people.admin.patch(path, {"is_active": True}, expect=200)
    newcomer.get("/me", expect=401)


def test_who_sets_the_own_password_as_an_administrator_stays_signed_in(site, newcomer):
    other = site.client(newcomer.name)
    newcomer.patch(f"/users/{newcomer.me['user']['id']}", {"password": "a brand new password"}, expect=200)
    newcomer.get("/me", expect=200)
    other.get("/me", expect=401)


def test_an_administrator_cannot_reach_into_another_organization_by_a_common_user(site, people):
    """Who is in two organizations keeps name and password whatever an administrator of one of them wants."""
    owner = people.clients["owner"]
    id = people.clients["stranger"].me["user"]["id"]
    owner.put(f"/organizations/{people.things['organization']}/users/{id}", {"role": "viewer"}, expect=200)
    people.admin.patch(f"/users/{id}", {"password": "taken over by me"}, expect=403)
    people.admin.patch(f"/users/{id}", {"is_active": False}, expect=403)
    people.admin.delete(f"/users/{id}", expect=204)
    site.client("other-admin").get("/servers", expect=200)


def test_an_expired_token_and_session_are_nobody(site, people, newcomer):
    made = people.admin.post("/tokens", {"name": str(uuid.uuid4()), "role": "viewer"}, expect=201).json
    program = site.client(token=made["token"])
    site.sql("UPDATE token SET expires_at = now() - interval '1 second' WHERE id = %s", made["id"])
    program.get("/me", expect=401)
    site.sql("UPDATE session SET expires_at = now() WHERE account_id = %s", newcomer.me["user"]["id"])
    site.redis.call("FLUSHALL")
    newcomer.get("/me", expect=401)


def kept_of(site, token):
    return "hf:principal:" + hashlib.sha256(token.encode()).hexdigest()


def test_who_can_write_to_redis_makes_nobody_an_owner(site, people):
    """Neither by a text of their own, nor by one that the API wrote for somebody else, nor by one that was changed."""
    forged = "\n".join(["user owner", "", "", "", "", "", "administrator", "owner", str(9 * 10 ** 18)])
    site.redis.call("SET", kept_of(site, "hft_" + "z" * 40), forged)
    site.client(token="hft_" + "z" * 40).get("/organizations", expect=401)

    owner = people.clients["owner"]
    owner.get("/organizations", expect=200)
    real = site.redis.call("GET", kept_of(site, owner.cookie.split("=")[1]))
    viewer = people.clients["viewer"]
    for text in (real, real.replace("owner", "Owner")):
        site.redis.call("SET", kept_of(site, viewer.cookie.split("=")[1]), text)
        viewer.get("/organizations", expect=403)


# ---- Signing in -----------------------------------------------------------------------------------------------------


def test_the_cookie_is_for_the_site_alone(site):
    answer = Client(site.nginx.port).post("/session", {"user": OWNER, "password": PASSWORD}, expect=201)
    attributes = answer.headers["set-cookie"].split("; ")[1:]
    assert {"Path=/", "HttpOnly", "SameSite=Strict"} <= set(attributes)


def test_a_name_that_is_not_there_and_a_wrong_password_look_alike(site):
    site.forget_tries()
    client = site.client()
    unknown = client.post("/session", {"user": "nobody at all", "password": PASSWORD}, expect=401).json
    wrong = client.post("/session", {"user": OWNER, "password": "wrong"}, expect=401).json
    del unknown["request_id"], wrong["request_id"]
    assert unknown == wrong


def test_trying_passwords_is_limited_by_account(site):
    site.forget_tries()
    client = site.client()
    statuses = [client.post("/session", {"user": "Ada" if i % 2 else "ada", "password": f"guess {i}"}).status
                for i in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    answer = client.post("/session", {"user": "ada", "password": "x"}, expect=429)
    assert answer.headers["retry-after"] == "900"
    site.client(OWNER)  # another account is not concerned


def by_fastcgi(site, address, password):
    """The status that somebody at that address gets."""
    body = json.dumps({"user": "Eve", "password": password}).encode()
    answer = fastcgi.exchange(site.socket, fastcgi.request(
        {"REQUEST_METHOD": "POST", "REQUEST_URI": "/api/v1/session", "REMOTE_ADDR": address,
         "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}, body))
    return int(re.search(rb"Status: (\d+)", answer).group(1))


def test_a_stranger_who_tries_locks_nobody_else_out(site, people):
    site.user(people.admin, "Eve", "viewer")
    site.forget_tries()
    assert [by_fastcgi(site, "192.0.2.1", "wrong") for _ in range(11)] == [401] * 10 + [429]
    assert by_fastcgi(site, "192.0.2.2", PASSWORD) == 201
    # of IPv6 a whole network is one, as large as one gets at home
    assert [by_fastcgi(site, f"2001:db8:0:{n}::1", "wrong") for n in range(1, 12)] == [401] * 10 + [429]
    assert by_fastcgi(site, "2001:db8:1::1", PASSWORD) == 201
    # and what is IPv4 is it in any form
    assert [by_fastcgi(site, f"{n % 2 * '::ffff:'}192.0.2.3", "wrong") for n in range(11)] == [401] * 10 + [429]
    assert by_fastcgi(site, "::ffff:192.0.2.4", PASSWORD) == 201
    site.forget_tries()


def test_trying_the_own_password_is_limited_too(site, people, newcomer):
    site.forget_tries()
    body = {"old_password": "wrong", "new_password": "another good one"}
    assert [newcomer.put("/me/password", body).status for _ in range(11)] == [400] * 10 + [429]
    assert newcomer.put("/me/password", {**body, "old_password": PASSWORD}).json["code"] == "too-many-tries"
    site.forget_tries()
    newcomer.put("/me/password", {**body, "old_password": PASSWORD}, expect=204)


@pytest.mark.slow_once
def test_trying_names_is_limited_by_address(site):
    site.forget_tries()
    client = site.client()
    codes = [client.post("/session", {"user": f"name {i}", "password": "x"}).json["code"] for i in range(52)]
    assert codes == ["wrong-credentials"] * 50 + ["too-many-tries"] * 2
    site.forget_tries()


def test_who_signs_in_and_who_fails_is_audited(site):
    site.forget_tries()
    site.client().post("/session", {"user": OWNER, "password": "wrong"}, expect=401)
    site.client(OWNER)
    rows = site.sql("SELECT actor, outcome, address FROM audit_event WHERE action = 'session.create' "
                    "ORDER BY seq DESC LIMIT 2")
    assert rows == [(f"user {OWNER}", "success", "127.0.0.1"), (f"user {OWNER}", "denied", "127.0.0.1")]


def actions(client, path):
    return [(each["action"], each["object_name"], each["outcome"]) for each in client.get(path, expect=200).json["items"]]


def test_what_an_owner_does_to_the_installation_is_not_in_the_log_of_an_organization(people):
    owner, name = people.clients["owner"], f"secret {uuid.uuid4()}"
    owner.post("/organizations", {"name": name}, expect=201)
    account = owner.post("/accounts", {"name": name, "password": PASSWORD}, expect=201).json["id"]
    owner.patch(f"/accounts/{account}", {"full_name": "X"}, expect=200)
    assert name not in str(actions(people.admin, "/audit"))
    said = actions(owner, "/installation/audit?limit=3")
    assert [each[0] for each in said] == ["account.change", "account.create", "organization.create"]
    people.admin.get("/installation/audit", expect=403)


def test_sign_ins_are_in_the_log_of_each_organization_of_the_account(site, people, newcomer):
    site.client().post("/session", {"user": newcomer.name, "password": "wrong"}, expect=401)
    said = actions(people.admin, "/audit?action=session.create&limit=2")
    assert said == [("session.create", newcomer.name, "denied"), ("session.create", newcomer.name, "success")]
    assert newcomer.name not in str(actions(people.clients["stranger"], "/audit"))
    assert newcomer.name not in str(actions(people.clients["owner"], "/installation/audit?action=session.create"))
    site.client().post("/session", {"user": "nobody at all", "password": "wrong"}, expect=401)
    assert actions(people.clients["owner"], "/installation/audit?limit=1")[0][1] == "nobody at all"


def test_sign_outs_and_new_passwords_are_in_the_log_of_each_organization_of_the_account(site, people, newcomer):
    """And not in that of one which an owner happens to look at."""
    me = f"user {newcomer.name}"
    newcomer.put("/me/password", {"old_password": PASSWORD, "new_password": "another good one"}, expect=204)
    newcomer.delete("/session", expect=204)
    said = [(each["action"], each["actor"]) for each in people.admin.get("/audit?limit=2").json["items"]]
    assert said == [("session.end", me), ("user.password", me)]
    assert newcomer.name not in str(people.clients["owner"].get("/installation/audit").json)

    owner = site.client(OWNER)
    owner.put("/me/organization", {"organization_id": people.things["organization"]}, expect=200)
    before = people.admin.get("/audit?limit=1").json["items"][0]["id"]
    owner.delete("/session", expect=204)
    assert people.admin.get("/audit?limit=1").json["items"][0]["id"] == before
    last = people.clients["owner"].get("/installation/audit?limit=1").json["items"][0]
    assert (last["action"], last["actor"]) == ("session.end", f"user {OWNER}")


def test_what_was_refused_is_audited(site, people):
    people.clients["viewer"].post("/keys", {"name": "k", "kind": "identity"}, expect=403)
    row = site.sql("SELECT actor, outcome, detail FROM audit_event ORDER BY seq DESC LIMIT 1")[0]
    assert row == ("user acme-viewer", "denied", "POST /api/v1/keys")


def test_the_audit_log_names_who_did_what_from_where(people):
    key = people.admin.post("/keys", {"name": "audited", "kind": "identity"}, expect=201).json
    event = people.admin.get("/audit?action=key.create&limit=1", expect=200).json["items"][0]
    assert (event["actor"], event["object_id"], event["object_name"], event["address"], event["outcome"]) == (
        "user acme-admin", key["id"], "audited", "127.0.0.1", "success")
