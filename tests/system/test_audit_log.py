"""What an auditor reads in the audit log: of a change what was and what is, of a job what it does and why, and of any time."""
from datetime import datetime, timedelta, timezone

import pytest

from support.service import PASSWORD, Service


@pytest.fixture(scope="module")
def service(postgres):
    service = Service(postgres(15))
    yield service
    service.remove()


@pytest.fixture(scope="module")
def admin(service):
    return service.organization("acme")


@pytest.fixture(scope="module")
def auditor(service, admin):
    return service.user(admin, "acme-auditor", "auditor")


@pytest.fixture
def last(auditor):
    def last(**filters):
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        event = auditor.get(f"/audit?limit=1&{query}", expect=200).json["items"][0]
        return event["object_name"], event["detail"]

    return last


def test_a_change_says_what_was_and_what_is(admin, last):
    hook = admin.post("/webhooks", {"name": "pager", "url": "http://127.0.0.1:1/secret", "secret": "s"}, expect=201).json["id"]
    admin.patch(f"/webhooks/{hook}", {"is_active": False, "url": "http://127.0.0.1:1/other", "secret": "t"}, expect=200)
    assert last(action="webhook.change") == ("pager", "is_active: true -> false; url: another; secret: given anew")
    admin.patch(f"/webhooks/{hook}", {"name": "night pager"}, expect=200)
    assert last(action="webhook.change") == ("night pager", "name: pager -> night pager")
    admin.delete(f"/webhooks/{hook}", expect=204)
    assert last(action="webhook.delete") == ("night pager", "")


def test_settings_and_roles_say_theirs(admin, last):
    for days, said in (7, "none -> 7"), (9, "7 -> 9"), (None, "9 -> none"):
        admin.patch("/settings", {"safety_keep_days": days}, expect=200)
        assert last(action="setting.change") == ("", f"safety_keep_days: {said}")
    bob = admin.post("/users", {"name": "acme-bob", "password": PASSWORD, "role": "operator"}, expect=201).json["id"]
    admin.patch(f"/users/{bob}", {"role": "administrator", "password": f"{PASSWORD}!"}, expect=200)
    assert last(action="user.change") == ("acme-bob", "role: operator -> administrator; password: given anew")
    admin.delete(f"/users/{bob}", expect=204)
    assert last(action="user.delete")[0] == "acme-bob"


def test_a_role_in_another_organization_is_not_told(service, admin, last):
    other = service.organization("umbrella")
    joan = admin.post("/users", {"name": "acme-joan", "password": PASSWORD, "role": "operator"}, expect=201).json["id"]
    service.sql("INSERT INTO membership (organization_id, account_id, role) VALUES (%s, %s, 'administrator')",
                other.me["organization"]["id"], joan)
    for role, said in ("viewer", "operator -> viewer"), ("operator", "viewer -> operator"):
        admin.patch(f"/users/{joan}", {"role": role}, expect=200)
        assert last(action="user.change") == ("acme-joan", f"role: {said}")


def test_a_token_that_is_revoked_leaves_its_name_and_when_it_was_used_last(service, admin, last):
    token = admin.post("/tokens", {"name": "ci", "role": "viewer"}, expect=201).json
    admin.delete(f"/tokens/{token['id']}", expect=204)
    assert last(action="token.delete") == ("ci", "viewer, never used")
    token = admin.post("/tokens", {"name": "cd", "role": "viewer"}, expect=201).json
    service.client(token=token["token"]).get("/backups", expect=200)
    admin.delete(f"/tokens/{token['id']}", expect=204)
    assert last(action="token.delete")[1].startswith("viewer, used last at 20")


def test_what_was_done_in_a_time_or_from_an_address_is_found(service, admin, auditor):
    moment = datetime.now(timezone.utc)
    admin.patch("/settings", {"safety_keep_days": 5}, expect=200)

    def actions(**filters):
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        return {event["action"] for event in auditor.get(f"/audit?limit=100&{query}", expect=200).json["items"]}

    def text(time):
        return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    assert actions(since=text(moment)) == {"setting.change"}
    assert "setting.change" not in actions(until=text(moment - timedelta(days=1)))
    assert "session.create" in actions(until=text(moment))
    assert actions(since=text(moment - timedelta(days=2)), until=text(moment - timedelta(days=1))) == set()
    assert actions(address="127.0.0.1") and actions(address="127.0.0.9") == set()
    assert auditor.get("/audit?since=yesterdays", expect=400).json["code"] == "usage"
    assert auditor.get(f"/logs?since={text(moment)}", expect=200).json["items"] == []
    assert auditor.get("/databases?since=2026-01-01T00:00:00Z", expect=400).json["code"] == "usage"
