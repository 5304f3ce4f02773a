"""Whoever changes something says which version he has seen: without it nothing is changed, and of two at once one wins."""
import threading
import uuid

import pytest

from support.jobs import another
from test_api_access import ROUTES, id_of

EDITS = [route for route in ROUTES if route["edit"]]


@pytest.fixture(scope="module")
def admin(site):
    return site.organization("versions")


@pytest.fixture(scope="module")
def things(site, admin):
    return site.furnish(admin)


@pytest.fixture(scope="module")
def owner(site, admin):
    from support.service import OWNER
    owner = site.client(OWNER)
    owner.put("/me/organization", {"organization_id": admin.me["organization"]["id"]}, expect=200)
    return owner


@pytest.mark.parametrize("route", EDITS, ids=id_of)
def test_a_change_that_names_no_version_is_refused(owner, route):
    path = route["path"].removeprefix("/api/v1").replace("{id}", str(uuid.uuid4()))
    body = {} if route["method"] == "PATCH" else None
    answer = owner.request(route["method"], path, body, headers={"If-Match": None}, expect=428)
    assert answer.json["code"] == "version-missing" and "If-Match" in answer.json["todo"]


@pytest.mark.parametrize("noun", ["server", "database", "storage", "key", "schedule", "backup", "webhook"])
def test_a_change_of_an_older_version_changes_nothing(admin, things, noun):
    path = f"/{noun}s/{things[noun]}"
    seen = admin.get(path, expect=200)
    change = {"database": {"alarm_after_s": 3600}, "backup": {"is_pinned": True}}.get(noun, {"name": f"{noun} 2"})
    made = admin.patch(path, change, headers={"If-Match": seen.etag}, expect=200)
    assert made.json["version"] == seen.json["version"] + 1 and made.etag != seen.etag
    late = admin.patch(path, change, headers={"If-Match": seen.etag}, expect=412)
    assert late.json["code"] == "stale"
    if noun != "backup":  # whose DELETE asks for a job
        admin.delete(path, headers={"If-Match": seen.etag}, expect=412)
    assert admin.get(path, expect=200).json["version"] == made.json["version"]


def test_a_user_whom_somebody_has_changed_is_not_removed_by_who_has_not_seen_it(site, admin):
    user = site.user(admin, "versions-user", "viewer").me["user"]["id"]
    seen = admin.get(f"/users/{user}", expect=200)
    admin.patch(f"/users/{user}", {"role": "operator"}, headers={"If-Match": seen.etag}, expect=200)
    admin.delete(f"/users/{user}", headers={"If-Match": seen.etag}, expect=412)
    assert admin.get(f"/users/{user}", expect=200).json["role"] == "operator"


def test_settings_have_a_version_too(admin):
    seen = admin.get("/settings", expect=200)
    assert seen.etag == f'"{seen.json["version"]}"'
    made = admin.patch("/settings", {"colour": "blue"}, headers={"If-Match": seen.etag}, expect=200)
    assert made.json == {"colour": "blue", "version": seen.json["version"] + 1}
    admin.patch("/settings", {"colour": "red"}, headers={"If-Match": seen.etag}, expect=412)
    assert admin.get("/settings").json["colour"] == "blue"
    assert "version" in admin.patch("/settings", {"version": 7}, expect=400).json["detail"]
    assert admin.patch("/settings", {"colour": None}, headers={"If-Match": made.etag}).json.keys() == {"version"}


@pytest.mark.parametrize("path", ["/settings", "schedule"])
def test_of_two_who_change_the_same_at_once_one_wins(admin, things, path):
    path, member = (f"/schedules/{things['schedule']}", "description") if path == "schedule" else (path, "text")
    for turn in range(5):
        seen, answers = admin.get(path, expect=200), {}

        def change(who):
            answers[who] = another(admin).patch(path, {member: who}, headers={"If-Match": seen.etag})

        threads = [threading.Thread(target=change, args=(f"{who} {turn}",)) for who in ("ada", "bob")]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert sorted(each.status for each in answers.values()) == [200, 412], answers
        winner = next(who for who, answer in answers.items() if answer.status == 200)
        now = admin.get(path, expect=200).json
        assert (now[member], now["version"]) == (winner, seen.json["version"] + 1)
