"""Whatever comes in: malformed, deep, huge and misspelled bodies, queries, headers and FastCGI; text that is SQL, names
that are paths. It is refused with a problem document, or taken for what it says, and the API goes on."""
import json
import random
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import fastcgi
from support.service import OWNER

SQL = ["'; DROP TABLE holdfast.server; --", "' OR '1'='1", "$1", "\\'; SELECT pg_sleep(9) --", "%s", ":\"service_role\"",
       "x'::text || (SELECT password FROM holdfast.account LIMIT 1) || '", "\"", "`", "'||pg_sleep(9)||'"]


@pytest.fixture(scope="module")
def admin(site):
    return site.organization("input")


@pytest.fixture(scope="module")
def things(site, admin):
    return site.furnish(admin)


@pytest.fixture(autouse=True)
def _goes_on(site):
    """No child of the API was lost to a test."""
    yield
    log = open(site.log).read()
    assert "ended by signal" not in log, log[-3000:]
    assert site.client().get("//healthz").status == 200


def refused(answer, *statuses):
    assert answer.status in (statuses or (400,)), answer
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == answer.status and answer.json["detail"]
    return answer.json["detail"]


# ---- Bodies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [
    b"{", b"}", b"[]", b"null", b"1", b'"x"', b"{}{}", b"{} x", b'{"name":}', b'{"name" "x"}', b"{'name': 'x'}",
    b'{"name": "x",}', b'{name: "x"}', b'{"name": "x"', b'{"name": "\x01"}', b'{"name": "\xff"}', b'{"name": "\xc0\x80"}',
    b'{"name": "\xed\xa0\x80"}', b'{"name": "\\ud800"}', b'{"name": "\\u0000"}', b'{"name": "\\x41"}', b"\xef\xbb\xbf{}",
    b'{"name": 01}', b'{"name": NaN}', b'{"name": tru}', b"\0", b"\0" * 1000, b'{"a":1}\0',
], ids=repr)
def test_what_is_no_json_object_is_refused(admin, body):
    for path in ("/servers", "/settings", "/keys", "/backups"):
        refused(admin.request("PATCH" if path == "/settings" else "POST", path, body))


def test_there_are_no_more_settings_than_anybody_needs(admin):
    refused(admin.patch("/settings", {f"s{i}": 1 for i in range(201)}), 413)
    admin.patch("/settings", {f"s{i}": 1 for i in range(150)}, expect=200)
    refused(admin.patch("/settings", {f"s{i}": 1 for i in range(150, 250)}), 413)
    detail = admin.get("/audit?action=setting.change&limit=1").json["items"][0]["detail"]
    assert len(detail) < 1001
    admin.patch("/settings", {f"s{i}": None for i in range(150)}, expect=200)
    assert admin.get("/settings").json.keys() == {"version"}


def test_a_setting_that_the_service_reads_is_what_it_expects(admin):
    for name in ("safety_keep_days", "report_keep_days"):
        for days in (0, 3651, -1, "30", 1.5, True, [30]):
            assert name in refused(admin.patch("/settings", {name: days}))
        assert admin.patch("/settings", {name: 7}, expect=200).json[name] == 7
        assert name not in admin.patch("/settings", {name: None}, expect=200).json


def test_a_member_that_is_there_twice_is_refused(admin):
    assert "name" in refused(admin.post("/keys", b'{"name": "a", "name": "b", "kind": "identity"}'))
    assert "name" in refused(admin.post("/keys", b'{"name": "a", "n\\u0061me": "b", "kind": "identity"}'))


@pytest.mark.parametrize("opening, closing", [("[", "]"), ('{"a":', "}")])
def test_a_deep_body_is_refused(admin, opening, closing):
    for depth in (70, 1000, 100_000):
        body = opening * depth + ("1" if opening != "[" else "") + closing * depth
        refused(admin.patch("/settings", b'{"x": %s}' % body.encode()))


def test_a_body_of_many_values_is_refused(admin):
    refused(admin.patch("/settings", b'{"x": [%s]}' % b",".join([b"1"] * 100_000)))


def test_a_huge_body_is_refused_before_it_is_read(admin):
    refused(admin.post("/servers", b'{"name": "%s"}' % (b"x" * (2 << 20))), 413)
    refused(admin.post("/keys", b'{"name": "%s", "kind": "identity"}' % (b"x" * ((1 << 20) - 100))))


def test_a_body_that_is_not_said_to_be_json_is_refused(admin):
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application"):
        refused(admin.post("/keys", {"name": "a", "kind": "identity"}, headers={"Content-Type": media}))
    admin.post("/keys", {"name": "a charset", "kind": "identity"},
               headers={"Content-Type": "Application/JSON; charset=utf-8"}, expect=201)


def test_an_unknown_member_and_a_wrong_type_are_named(admin, things):
    assert "colour" in refused(admin.post("/servers", {"name": "x", "host": "h", "username": "u", "colour": "blue"}))
    assert "colour" in refused(admin.post("/users", {"name": "x", "role": "viewer", "colour": 1}))
    assert "is_owner" in refused(admin.post("/users", {"name": "x", "role": "viewer", "is_owner": True}))
    assert "port" in refused(admin.post("/servers", {"name": "x", "host": "h", "username": "u", "port": "5432"}))
    assert "port" in refused(admin.post("/servers", {"name": "x", "host": "h", "username": "u", "port": 65536}))
    assert "name" in refused(admin.post("/keys", {"name": ["a"], "kind": "identity"}))
    assert "jobs" in refused(admin.post("/backups", {"database_id": things["database"], "jobs": 1.5}))


def test_whatever_is_cut_out_of_a_good_body_never_breaks_the_api(admin, things):
    good = json.dumps({"name": "fuzz ä", "interval_s": 86400, "storage_id": things["storage"], "is_active": False,
                       "database_ids": [things["database"]], "options": {"jobs": 2, "tables": ["a*"]}}).encode()
    dice = random.Random(3)
    for _ in range(400):
        body = bytearray(good)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(body))
            body[at:at + dice.choice((0, 0, 1, 5))] = dice.choice(
                (b"", bytes([dice.randrange(256)]), b"\xff\xfe", b"{", b"[", b'"', b"\\u", b"9" * 30, b"null"))
        answer = admin.post("/schedules", bytes(body))
        assert answer.status in (201, 400, 404, 409), (bytes(body), answer)


# ---- Text -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", SQL)
def test_sql_in_a_text_is_a_text(site, admin, things, text):
    begun = time.monotonic()
    key = admin.post("/keys", {"name": text, "kind": "identity"}, expect=201).json
    assert key["name"] == text
    assert admin.get(f"/keys/{key['id']}", expect=200).json["name"] == text
    admin.patch(f"/servers/{things['server']}", {"username": text, "pool": text[:60], "maintenance_db": text}, expect=200)
    admin.patch(f"/schedules/{things['schedule']}", {"description": text, "time_zone": "UTC"}, expect=200)
    admin.patch("/settings", {"text": text}, expect=200)
    assert admin.get("/settings", expect=200).json["text"] == text
    admin.post("/backups", {"database_id": things["database"], "key_ids": [things["key"]], "tables": [text]}, expect=202)
    site.forget_tries()
    site.client().post("/session", {"user": text, "password": text}, expect=401)
    admin.delete(f"/keys/{key['id']}", expect=204)
    assert time.monotonic() - begun < 8
    assert site.sql("SELECT count(*) FROM server")[0][0] > 0


@pytest.mark.parametrize("text", SQL)
def test_sql_in_a_query_or_a_path_finds_nothing(admin, text):
    from urllib.parse import quote
    for path in ("/servers", "/backups", "/jobs", "/logs", "/audit"):
        assert admin.get(f"{path}?q={quote(text, safe='')}").status == 200
        refused(admin.get(f"{path}?sort={quote(text, safe='')}"))
        refused(admin.get(f"{path}?cursor={quote(text, safe='')}"))
        refused(admin.get(f"{path}?limit={quote(text, safe='')}"))
        refused(admin.get(f"{path}?{quote(text, safe='')}=1"))
    for path in ("/servers", "/backups", "/jobs", "/keys", "/sessions"):
        answer = admin.request("DELETE" if path == "/sessions" else "GET", f"{path}/{quote(text, safe='')}")
        refused(answer, 404)
    assert admin.get(f"/servers?name={quote(text, safe='')}", expect=200).json["items"] == []
    refused(admin.get(f"/backups?database_id={quote(text, safe='')}"), 400, 404)


@pytest.mark.parametrize("place", ["../out", "a/../../out", "/etc", "a//b", ".", "..", "./a", "a/.", "a\\..\\b/../c"])
def test_no_folder_or_prefix_leads_out_of_the_storage(admin, things, place):
    refused(admin.patch(f"/schedules/{things['schedule']}", {"folder": place}))
    refused(admin.post("/backups", {"database_id": things["database"], "key_ids": [things["key"]], "folder": place}))
    prefix = place if "/" in place else f"{place}/x"
    refused(admin.patch(f"/schedules/{things['schedule']}", {"prefix": prefix}))
    refused(admin.post("/backups", {"database_id": things["database"], "key_ids": [things["key"]], "prefix": prefix}))


def test_a_storage_lies_below_what_is_allowed(site, admin, things, tmp_path):
    (tmp_path / "inside").mkdir()
    for path in ("/etc", "/", "relative", "", str(tmp_path), f"{site.storage}/../x", f"{site.storage}/a/b/c",
                 f"{site.storage}/./a", f"{site.storage}x", f"{site.storage}/a\n", "~", f"{site.storage}//a"):
        refused(admin.post("/storages", {"name": "out", "path": path}))
        refused(admin.patch(f"/storages/{things['storage']}", {"path": path}))
    import os
    os.symlink("/etc", f"{site.storage}/link")
    refused(admin.post("/storages", {"name": "out", "path": f"{site.storage}/link"}))


def test_no_two_organizations_share_a_folder(site, things):
    other = site.organization("input-2")
    for path in (f"{site.storage}/input", f"{site.storage}/input/below", site.storage):
        refused(other.post("/storages", {"name": "theirs", "path": path}), 409, 400)


@pytest.mark.parametrize("host", ["/var/run/postgresql", "@abstract", "a b", "h,other", "h' user='postgres", "-x", "h\n",
                                  "h/../x", "postgres://h"])
def test_a_host_is_a_name_or_an_address(admin, things, host):
    refused(admin.post("/servers", {"name": "odd", "host": host, "username": "u"}))
    refused(admin.patch(f"/servers/{things['server']}", {"host": host, "password": "x"}))


def test_a_sealed_password_is_not_sent_to_another_host(admin, things):
    refused(admin.patch(f"/servers/{things['server']}", {"host": "127.0.0.2"}))
    refused(admin.patch(f"/servers/{things['server']}", {"port": 1}))
    assert "never asked for" not in json.dumps(admin.get("/servers", expect=200).json)


def test_names_are_bounded_and_on_one_line(admin):
    refused(admin.post("/keys", {"name": "x" * 201, "kind": "identity"}))
    refused(admin.post("/servers", {"name": "a\nb", "host": "h", "username": "u"}))
    refused(admin.post("/organizations", {"name": ""}), 403)
    refused(admin.post("/tokens", {"name": "", "role": "viewer"}))
    for name in ("a\nRestore with: x | sh", "a\u0007", "a\u0085b"):
        refused(admin.post("/keys", {"name": name, "kind": "identity"}))
        refused(admin.post("/tokens", {"name": name, "role": "viewer"}))
        refused(admin.post("/users", {"name": name, "role": "viewer", "password": "a good long one"}))
        refused(admin.post("/session", {"user": name, "password": "x"}))
    refused(admin.post("/users", {"name": "short", "role": "viewer", "password": "short"}))


@pytest.mark.parametrize("body", [
    {"kind": "identity", "secret": "AGE-SECRET-KEY-1NOT"}, {"kind": "recipient"}, {"kind": "recipient", "recipient": "x"},
    {"kind": "recipient", "recipient": "age1" + "q" * 58}, {"kind": "passphrase"},
    {"kind": "passphrase", "secret": "short"}, {"kind": "identity", "recipient": "age1"}, {"kind": "other"}, {},
], ids=str)
def test_a_key_that_is_none_is_refused_without_being_told(admin, body):
    detail = refused(admin.post("/keys", {"name": "bad", **body}))
    assert not body.get("secret") or body["secret"] not in detail


@pytest.mark.parametrize("change", [
    {"cron": "61 * * * *", "interval_s": None}, {"cron": "* * * *", "interval_s": None},
    {"cron": "@hourly", "interval_s": None, "time_zone": "Middle/Earth"}, {"interval_s": 59}, {"cron": "* * * * *"},
    {"interval_s": None}, {"options": {"colour": 1}}, {"options": []}, {"starts_at": "soon"}, {"database_pattern": "x*"},
], ids=str)
def test_a_schedule_that_could_never_run_is_refused(admin, things, change):
    refused(admin.patch(f"/schedules/{things['schedule']}", change))


def test_a_schedule_whose_files_nobody_could_write_is_refused(admin, things):
    phrase = admin.post("/keys", {"name": "phrase", "kind": "passphrase", "secret": "four words that rhyme"}, expect=201).json["id"]
    change = {"key_ids": [things["key"], phrase]}
    assert refused(admin.patch(f"/schedules/{things['schedule']}", change)).startswith("key_ids: a passphrase")
    admin.patch(f"/schedules/{things['schedule']}", {"key_ids": [phrase]}, expect=200)
    admin.patch(f"/schedules/{things['schedule']}", {"key_ids": [things["key"]]}, expect=200)


def test_a_schedule_whose_files_nobody_could_write_is_switched_off_and_not_on(site, admin, things):
    phrase = admin.post("/keys", {"name": "a phrase", "kind": "passphrase", "secret": "four words that rhyme"}, expect=201).json["id"]
    path = f"/schedules/{things['schedule']}"
    admin.post(f"{path}/enable", expect=200)
    site.sql("INSERT INTO schedule_key (organization_id, schedule_id, key_id) VALUES (%s, %s, %s)",
             admin.me["organization"]["id"], things["schedule"], phrase)  # by an earlier version
    admin.post(f"{path}/disable", expect=200)
    assert refused(admin.post(f"{path}/enable")).startswith("key_ids: a passphrase")
    admin.patch(path, {"key_ids": [things["key"]]}, expect=200)


# ---- The rest of HTTP -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=-1", "limit=x", "limit=", "sort=password", "cursor=x",
                                   "cursor=%FF", "q=%00", "q=%0a", "q=%zz", "name=a&name=b", "colour=blue", "%00=1",
                                   "limit=99999999999999999999"])
def test_a_query_that_says_nothing_is_refused(admin, query):
    refused(admin.get(f"/servers?{query}"))


def test_a_long_query_path_or_header_is_refused(admin):
    refused(admin.get("/servers?q=" + "x" * 5000), 400, 413)
    refused(admin.get("/servers?q=" + "x" * 50_000), 414)
    refused(admin.get("/servers/" + "x" * 2000), 400, 404, 413)
    refused(admin.get("/servers", headers={"X-Long": "x" * 50_000}), 400)


def test_a_run_that_was_missed_is_still_to_come_though_somebody_saves_the_schedule(site, admin, things):
    made = admin.post("/schedules", {"name": "missed", "interval_s": 3600, "storage_id": things["storage"],
                                     "key_ids": [things["key"]], "database_ids": [things["database"]]}, expect=201).json
    path = f"/schedules/{made['id']}"
    site.sql("UPDATE schedule SET next_run_at = now() - interval '2 hours' WHERE id = %s", made["id"])
    due = admin.get(path).json["next_run_at"]
    assert admin.patch(path, {"description": "saved"}, expect=200).json["next_run_at"] == due
    admin.post(f"{path}/disable", expect=200)
    assert admin.post(f"{path}/enable", expect=200).json["next_run_at"] > made["next_run_at"][:13]
    admin.delete(path, expect=204)


def test_nobody_fills_the_queue(site, admin, things):
    wanted = {"database_id": things["database"], "storage_id": things["storage"], "unencrypted": True}
    site.sql("INSERT INTO job (organization_id, kind, name) SELECT %s, 'rescan', 'many' FROM generate_series(1, 5001)",
             admin.me["organization"]["id"])
    detail = refused(admin.post("/backups", wanted), 409)
    assert "5000 jobs are queued" in detail
    site.sql("UPDATE job SET reason = 'retention' WHERE name = 'many' AND organization_id = %s",
             admin.me["organization"]["id"])  # which nobody asked for
    admin.post("/backups", wanted, expect=202)
    site.sql("DELETE FROM job WHERE name = 'many'")
    admin.post("/backups", wanted, expect=202)


@pytest.mark.parametrize("tag", ['"0"', '"-1"', '"1', "1", "x", '""', '"99999999999999999999"', '"1", "2"'])
def test_an_if_match_that_is_no_version_is_refused(admin, things, tag):
    refused(admin.patch(f"/keys/{things['key']}", {"name": "k"}, headers={"If-Match": tag}))


@pytest.mark.parametrize("after", ["-1", "x", "99999999999999999999", "", "1.5"])
def test_a_cursor_of_a_log_that_is_none_is_refused(admin, things, after):
    refused(admin.get(f"/jobs/{things['job']}?after={after}"))


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Bearer x", "Bearer hfs_x", "Bearer hft_" + "x" * 5000, "Basic eA==",
                                   "bearer hft_\xe4", "hft_x"])
def test_a_token_that_is_none_is_nobody(site, value):
    site.client().get("/me", headers={"Authorization": value}, expect=401)


def test_a_cookie_that_is_none_is_nobody(site, admin):
    for cookie in ("holdfast_session=", "holdfast_session=x", "holdfast_session", "=;=;;", "holdfast_session=hft_x",
                   f"x{admin.cookie}", "holdfast_session=hfs_" + "y" * 43):
        site.client().get("/me", headers={"Cookie": cookie}, expect=401)
    site.client().get("/me", headers={"Cookie": f"a=b; {admin.cookie}; c=d"}, expect=200)


def test_the_headers_of_every_answer_are_strict(site, admin):
    for path in ("/me", "/nothing", "//", "//healthz"):
        headers = admin.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
        assert headers["server"] == "nginx"
    assert admin.get("/me").headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in admin.get("/me").headers  # this one is without TLS


def test_head_is_get_without_a_body(admin):
    answer = admin.request("HEAD", "/me")
    assert (answer.status, answer.body) == (200, b"")


def test_an_answer_can_be_asked_for_again_by_its_key(admin, things):
    ask = {"database_id": things["database"], "key_ids": [things["key"]]}
    key = {"Idempotency-Key": "once"}
    first = admin.post("/backups", ask, headers=key, expect=202)
    assert admin.post("/backups", ask, headers=key, expect=202).json == first.json
    assert admin.post("/backups", ask, expect=202).json != first.json
    refused(admin.post("/backups", {**ask, "jobs": 1}, headers=key), 409)
    refused(admin.post("/backups", ask, headers={"Idempotency-Key": "x" * 201}))
    refused(admin.post("/backups", ask, headers={"Idempotency-Key": ""}))


def test_of_many_with_one_key_at_once_one_makes_a_job_and_all_get_its_id(site, admin, things):
    ask = {"database_id": things["database"], "key_ids": [things["key"]]}
    clients = [site.client("input-admin") for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda client: client.post("/backups", ask, headers={"Idempotency-Key": "at once"}),
                                clients))
    assert {answer.status for answer in answers} == {202}, answers
    (made,) = {answer.json["job_id"] for answer in answers}
    assert site.sql("SELECT count(*) FROM audit_event WHERE action = 'backup.request' AND detail LIKE %s",
                    f"%{made}%") == [(1,)]


@pytest.mark.slow_once
def test_a_slow_request_is_ended(site):
    """nginx reads a request whole, so it costs the API nothing; and gives it up after a while."""
    with socket.create_connection(("127.0.0.1", site.nginx.port)) as slow:
        slow.settimeout(40)
        slow.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                     b"Content-Length: 100\r\n\r\n{")
        assert site.client().get("//healthz").status == 200
        begun = time.monotonic()
        try:
            said = slow.recv(65536)
            assert said == b"" or b" 408 " in said
        except ConnectionResetError:
            pass
        assert time.monotonic() - begun < 30


# ---- FastCGI --------------------------------------------------------------------------------------------------------

GOOD = {"REQUEST_METHOD": "GET", "REQUEST_URI": "/healthz", "REMOTE_ADDR": "127.0.0.1", "REQUEST_ID": "1"}


def status(data):
    return int(data.split(b"\r\n")[0].removeprefix(b"Status: ")) if data else None


def test_fastcgi_as_nginx_speaks_it_is_answered(site):
    assert status(fastcgi.exchange(site.socket, fastcgi.request(GOOD))) == 200


@pytest.mark.parametrize("change, wanted", [
    ({"REQUEST_METHOD": ""}, 400), ({"REQUEST_METHOD": "get"}, 400), ({"REQUEST_METHOD": b"G\0T"}, 404),
    ({"REQUEST_METHOD": "X" * 17}, 400), ({"REQUEST_METHOD": "GET\nx"}, 400), ({"REQUEST_URI": ""}, 400),
    ({"REQUEST_URI": "healthz"}, 400), ({"REQUEST_URI": b"/\xff"}, 400), ({"REQUEST_URI": "/%ff"}, 400),
    ({"REQUEST_URI": "/%00"}, 400), ({"REQUEST_URI": "/" + "x" * 70000}, 413), ({"REQUEST_URI": "http://x/healthz"}, 400),
    ({"QUERY_STRING": "%"}, 400), ({"QUERY_STRING": "x" * 5000}, 413), ({"CONTENT_LENGTH": "-1"}, 400),
    ({"CONTENT_LENGTH": "1x"}, 400), ({"CONTENT_LENGTH": "99999999999999999999"}, 400),
    ({"REMOTE_ADDR": ""}, 200), ({"REMOTE_ADDR": b"\xff\n"}, 200), ({"REQUEST_ID": "x\r\nSet-Cookie: a=b"}, 200),
    ({"REQUEST_ID": ""}, 200), ({"HTTP_USER_AGENT": b"\xff" * 100}, 200), ({"HTTP_COOKIE": b"\xff=;;;" * 1000}, 200),
    ({"REQUEST_METHOD": "POST", "REQUEST_URI": "/api/v1/session", "CONTENT_LENGTH": "50",
      "CONTENT_TYPE": "application/json"}, 400),
    ({"REQUEST_METHOD": "POST", "REQUEST_URI": "/api/v1/session", "CONTENT_LENGTH": "9000000000000000000",
      "CONTENT_TYPE": "application/json"}, 413),
    ({"REQUEST_URI": "/metrics", "REMOTE_ADDR": "203.0.113.5"}, 403), ({"REQUEST_URI": "/metrics", "REMOTE_ADDR": ""}, 403),
    ({"REQUEST_URI": "/metrics", "REMOTE_ADDR": "::1"}, 200),
], ids=repr)
def test_parameters_that_nginx_would_not_send_do_no_harm(site, change, wanted):
    answer = fastcgi.exchange(site.socket, fastcgi.request({**GOOD, **change}))
    assert status(answer) == wanted, answer
    assert b"Set-Cookie" not in answer.split(b"\r\n\r\n")[0]


@pytest.mark.parametrize("data", [
    b"", b"\0", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 100, fastcgi.begin(), fastcgi.begin()[:5],
    fastcgi.begin() + fastcgi.record(fastcgi.PARAMS, b"\xff\xff\xff\xff\xff\xff\xff\xff"),
    fastcgi.begin() + fastcgi.record(fastcgi.PARAMS, b"\x10\x10abc") + fastcgi.record(fastcgi.PARAMS),
    fastcgi.begin() + fastcgi.record(fastcgi.STDIN, b"x"), fastcgi.record(fastcgi.STDIN),
    fastcgi.record(99, b"x" * 100), fastcgi.record(fastcgi.BEGIN, b"\0" * 8), fastcgi.record(fastcgi.BEGIN, b""),
    fastcgi.request(GOOD)[:60], fastcgi.begin() * 3,
], ids=lambda data: data[:20].hex() or "nothing")
def test_records_that_are_none_do_no_harm(site, data):
    fastcgi.exchange(site.socket, data)


def test_random_records_do_no_harm(site):
    dice = random.Random(5)
    whole = fastcgi.request({**GOOD, "HTTP_COOKIE": "a=b"}, b"{}")
    for _ in range(200):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        fastcgi.exchange(site.socket, bytes(data[:dice.randint(0, len(data))]))


def test_only_the_user_and_the_group_may_speak_to_the_socket(site):
    import os
    assert os.stat(site.socket).st_mode & 0o777 == 0o660


def test_an_owner_without_an_organization_is_told_to_choose_one(site):
    owner = site.client(OWNER)
    site.sql("UPDATE session SET organization_id = NULL WHERE account_id = %s", owner.me["user"]["id"])
    site.redis.call("FLUSHALL")
    assert "organization" in refused(owner.get("/servers"), 403)
    owner.get("/organizations", expect=200)
