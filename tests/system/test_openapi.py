"""www/openapi.yaml is complete and true: it has the routes of the program, and the real server answers as it says."""
import base64
import json
import re
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from support import node
from support.openapi import PATH, Description
from support.service import OWNER, PASSWORD, Client, program

# As age begins a file for somebody else.
CLOSED = b"age-encryption.org/v1\n-> X25519 %s\n%s\n--- %s\n" % ((base64.b64encode(bytes(range(32))).rstrip(b"="),) * 3)
NEW_PASSWORD = "another good battery"


@pytest.fixture(scope="module")
def description():
    return Description()


def routes():
    done = subprocess.run([program("holdfast-api"), "--routes"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from references(each)


def test_every_route_is_described_with_who_may_use_it(description):
    described = {key: operation["x-access"] for key, operation in description.operations().items()}
    assert described == {(route["method"], route["path"]): route["access"] for route in routes()}


def test_every_route_that_makes_a_job_takes_an_idempotency_key(description):
    for route in routes():
        operation = description.operations()[route["method"], route["path"]]
        names = [description.resolve(each)["name"] for each in operation.get("parameters", [])]
        assert ("Idempotency-Key" in names) == route["job"], operation["operationId"]


def test_every_change_of_something_with_a_version_must_name_it(description):
    for route in routes():
        operation = description.operations()[route["method"], route["path"]]
        parameters = [description.resolve(each) for each in operation.get("parameters", [])]
        must = any(each["name"] == "If-Match" and each.get("required") for each in parameters)
        assert must == route["edit"], operation["operationId"]
    assert sum(route["edit"] for route in routes()) > 15


def test_the_description_is_sound(description):
    document = description.document
    operations = description.operations().values()
    assert len({each["operationId"] for each in operations}) == len(operations)
    used = set(references(document))
    for reference in used:
        description.resolve({"$ref": reference})
    for kind in ("schemas", "parameters", "responses"):
        for name in document["components"][kind]:
            assert f"#/components/{kind}/{name}" in used, f"nothing uses {name}"
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    tags = {each["name"] for each in document["tags"]}
    assert tags == {tag for each in operations for tag in each["tags"]}


def test_every_code_of_the_sources_is_described_and_explained_on_the_help_page(description):
    """And no other: what is described and never sent would be explained for nothing."""
    top = Path(PATH).parent.parent
    patterns = {"src/base/error.c": r'\{"([a-z-]+)", \d, (?:true|false)\}', "nginx/*.conf": r'"code":"([a-z-]+)"',
                "src/api/*.c": r'hf_response_problem\(\s*\w+, \d+, "([a-z-]+)"'}
    sent = {code for where, pattern in patterns.items() for path in top.glob(where)
            for code in re.findall(pattern, path.read_text())}
    assert len(sent) > 20, "the patterns above no longer find them"
    assert set(description.document["components"]["schemas"]["Code"]["enum"]) == sent
    text = (top / "www/src/shared/texts/help.ts").read_text()
    codes = text[text.index("const codes"):text.index("export const help")]
    assert set(re.findall(r"^  '?([a-z-]+)'?: \{", codes, re.M)) == sent


def test_a_typed_client_is_generated_and_compiles():
    done = subprocess.run(["node", node.ready("openapi_client") / "generate.mjs", PATH], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "export interface operations" in done.stdout


class Tour:
    """Uses every operation at least once, each answer held to the description."""

    def __init__(self, site, description):
        self.site = site
        self.description = description
        self.done = set()
        self.owner = self.watch(site.client(OWNER))
        self.organization = self.owner.post("/organizations", {"name": "tour"}, expect=201)
        self.owner.put("/me/organization", {"organization_id": self.organization.json["id"]}, expect=200)
        self.admin = self.watch(site.user(self.owner, "tour-admin", "administrator"))
        self.things = site.furnish(self.admin)

    def watch(self, client):
        client.watchers = [self.look]
        return client

    def look(self, method, path, body, answer):
        self.description.check_answer(method, path, answer)
        if answer.status < 400:
            self.description.check_request(method, path, body)
            self.done.add((method, self.description.find(method, path)))

    def nobody(self):
        client = self.watch(self.site.client())
        client.get("//healthz", expect=200)
        client.get("//metrics", expect=200)
        client.get("/me", expect=401)
        client.get("/nothing", expect=404)

    def people(self):
        owner, admin, organization = self.owner, self.admin, self.organization.json["id"]
        owner.get("/organizations", expect=200)
        owner.get(f"/organizations/{organization}", expect=200)
        owner.patch(f"/organizations/{organization}", {"name": "tour 2"}, expect=200,
                    headers={"If-Match": self.organization.etag})
        owner.patch(f"/organizations/{organization}", {"name": "x"}, expect=412,
                    headers={"If-Match": self.organization.etag})
        other = owner.post("/organizations", {"name": "tour, empty"}, expect=201).json["id"]
        owner.delete(f"/organizations/{other}", expect=204)
        account = owner.post("/accounts", {"name": "tourist", "password": PASSWORD}, expect=201).json["id"]
        owner.get("/accounts?q=tour&sort=-created_at", expect=200)
        owner.get(f"/accounts/{account}", expect=200)
        owner.patch(f"/accounts/{account}", {"full_name": "A Tourist"}, expect=200)
        owner.put(f"/organizations/{organization}/users/{account}", {"role": "viewer"}, expect=200)
        admin.get("/users?role=viewer", expect=200)
        admin.get(f"/users/{account}", expect=200)
        admin.patch(f"/users/{account}", {"role": "operator"}, expect=200)
        admin.delete(f"/users/{account}", expect=204)
        admin.get("/tokens", expect=200)
        admin.get(f"/tokens/{self.things['token']}", expect=200)
        token = admin.post("/tokens", {"name": "t", "role": "viewer", "expires_at": "2040-01-01T00:00:00Z"}, expect=201)
        self.watch(self.site.client(token=token.json["token"])).get("/me", expect=200)
        admin.delete(f"/tokens/{token.json['id']}", expect=204)

    def sources(self):
        admin, server = self.admin, self.things["server"]
        admin.get("/servers?q=main&limit=1", expect=200)
        admin.get(f"/servers/{server}", expect=200)
        admin.patch(f"/servers/{server}", {"max_jobs": 3}, expect=200)
        admin.post(f"/servers/{server}/test", expect=200)
        admin.get(f"/servers/{server}/databases", expect=200)
        admin.post(f"/servers/{server}/databases", {"names": ["postgres"]}, expect=200)
        database = admin.get("/databases?name=postgres", expect=200).json["items"][0]["id"]
        admin.get(f"/databases/{database}", expect=200)
        admin.get(f"/databases/{database}/live", expect=200)
        admin.patch(f"/databases/{database}", {"alarm_after_s": 3600}, expect=200)
        self.site.sql("INSERT INTO kept_copy (organization_id, database_id, name, until) VALUES (%s, %s, 'old_postgres', "
                      "'2040-01-31T12:00:00Z')", admin.me["organization"]["id"], database)
        refused = admin.delete(f"/databases/{database}", expect=409).json["detail"]
        assert "old_postgres until 2040-01-31T12:00:00Z" in refused and "copies=leave" in refused
        admin.delete(f"/databases/{database}?copies=drop", expect=400)
        admin.delete(f"/databases/{database}?copies=leave", expect=204)
        event = admin.get(f"/audit?object_id={database}&action=database.leave_copy", expect=200).json["items"][0]
        assert event["object_name"] == "old_postgres"
        admin.get("/alarms?is_raised=false", expect=200)
        away = admin.post("/servers", {"name": "away", "host": "127.0.0.1", "port": 1, "username": "x"}, expect=201)
        assert away.json["check"]["ok"] is False and "127.0.0.1" in away.json["check"]["message"]
        admin.get(f"/servers/{away.json['id']}/databases", expect=503)
        admin.delete(f"/servers/{away.json['id']}", expect=204)

    def targets(self):
        admin, storage, key = self.admin, self.things["storage"], self.things["key"]
        admin.get("/storages", expect=200)
        admin.get(f"/storages/{storage}", expect=200)
        admin.patch(f"/storages/{storage}", {"name": "disk 2"}, expect=200)
        admin.post(f"/storages/{storage}/test", expect=200)
        admin.post(f"/storages/{storage}/rescan", expect=202)
        spare = admin.post("/storages", {"name": "spare", "path": f"{self.site.storage}/spare"}, expect=201).json["id"]
        admin.delete(f"/storages/{spare}", expect=204)
        admin.get("/keys", expect=200)
        admin.get(f"/keys/{key}", expect=200)
        admin.patch(f"/keys/{key}", {"name": "key 2"}, expect=200)
        admin.post(f"/keys/{key}/sheet", expect=200)
        spare = admin.post("/keys", {"name": "p", "kind": "passphrase", "secret": "twelve letters"}, expect=201)
        admin.delete(f"/keys/{spare.json['id']}", expect=204)

    def schedules(self):
        admin, schedule = self.admin, self.things["schedule"]
        admin.get("/schedules?is_active=false", expect=200)
        admin.get(f"/schedules/{schedule}", expect=200)
        admin.patch(f"/schedules/{schedule}", {"cron": "15 3 * * mon-fri", "interval_s": None, "keep_count": 7},
                    expect=200)
        runs = admin.post("/schedules/preview", {"cron": "15 3 * * *", "time_zone": "Europe/Berlin"}, expect=200).json
        assert len(runs["runs"]) == 5
        admin.post(f"/schedules/{schedule}/enable", expect=200)
        admin.post(f"/schedules/{schedule}/disable", expect=200)
        admin.post(f"/schedules/{schedule}/run", expect=202)
        admin.delete(f"/schedules/{schedule}", expect=409)  # its jobs wait
        made = admin.post("/schedules", {"name": "all", "interval_s": 28800, "storage_id": self.things["storage"],
                                         "server_id": self.things["server"], "database_pattern": "shop*"}, expect=201)
        admin.delete(f"/schedules/{made.json['id']}", expect=204)

    def backups(self):
        admin, backup = self.admin, self.things["backup"]
        admin.get("/backups?sort=-size_bytes&state=good", expect=200)
        admin.get(f"/backups/{backup}", expect=200)
        admin.get(f"/backups/{backup}/tables", expect=200)
        admin.post(f"/backups/{backup}/test-key", {"key_id": self.things["key"]}, expect=409)  # it is not encrypted
        admin.patch(f"/backups/{backup}", {"is_pinned": True}, expect=200)
        admin.delete(f"/backups/{backup}", expect=409)
        admin.patch(f"/backups/{backup}", {"is_pinned": False}, expect=200)
        admin.post(f"/backups/{backup}/verify", expect=202)
        admin.delete(f"/backups/{backup}", expect=202)
        admin.post("/backups", {"database_id": self.things["database"]}, expect=202)
        (Path(self.site.storage) / "tour/b.hf").write_bytes(CLOSED + bytes(32))
        self.site.sql("UPDATE backup SET fingerprints = '{unknown}' WHERE id = %s", backup)
        answer = admin.post(f"/backups/{backup}/test-key", {"key_id": self.things["key"]}, expect=200)
        assert answer.json == {"opens": False}
        link = admin.post(f"/backups/{backup}/download", expect=201).json["url"]
        admin.get(f"/{link}", expect=200)
        admin.get(f"/{link}", expect=404)

    def uploads(self):
        admin, tus = self.admin, {"Tus-Resumable": "1.0.0"}
        admin.request("OPTIONS", "/uploads", expect=204)
        storage = base64.b64encode(self.things["storage"].encode()).decode()
        made = admin.post("/uploads", expect=201, headers={**tus, "Upload-Length": "100",
                                                           "Upload-Metadata": f"filename YQ==,storage_id {storage}"})
        upload = f"/uploads/{made.json['id']}"
        admin.get("/uploads?state=receiving", expect=200)
        admin.get(upload, expect=200)
        piece = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        admin.request("PATCH", upload, b"a piece", headers=piece, expect=204)
        admin.delete(upload, headers=tus, expect=204)

    def gate(self):
        self.admin.get(f"/gate/{self.things['database']}", expect=204)
        self.admin.get(f"/gate/{self.things['database']}/progress", expect=200)

    def restores(self):
        admin, database = self.admin, self.things["database"]
        admin.get(f"/preflights/{self.things['preflight']}", expect=200)
        asked = admin.post("/preflights", {"backup_id": self.things["backup"], "database_id": database}, expect=202).json
        admin.get(f"/preflights/{asked['preflight_id']}", expect=200)
        admin.post("/restores", {"preflight_id": asked["preflight_id"]}, expect=409)  # it is not done
        self.site.sql("UPDATE preflight SET result = '{\"ok\": true, \"findings\": []}' WHERE id = %s",
                      asked["preflight_id"])
        admin.post("/restores", {"preflight_id": asked["preflight_id"]}, expect=202)
        admin.get(f"/preflights/{asked['preflight_id']}", expect=200)
        admin.post(f"/databases/{database}/undo", expect=202)

    def migrations(self):
        admin, report = self.admin, self.things["report"]
        sql = f"/mssql-servers/{self.things['mssql_server']}"
        admin.get("/mssql-servers?q=sql", expect=200)
        admin.get(sql, expect=200)
        admin.patch(sql, {"username": "mover"}, expect=200)
        assert not admin.post(f"{sql}/test", {"database_name": "shop"}, expect=200).json["ok"]
        spare = admin.post("/mssql-servers", {"name": "spare", "address": "[::1]:1433", "username": "sa"}, expect=201)
        admin.delete(f"/mssql-servers/{spare.json['id']}", expect=204)
        into = {"mssql_server_id": self.things["mssql_server"], "database_name": "shop"}
        admin.post("/migrations", {"database_id": self.things["database"], **into, "refused_limit": 3}, expect=202)
        admin.delete(sql, expect=409)  # its job waits
        to = {"mode": "new", "server_id": self.things["server"], "database_name": "elsewhere"}
        admin.post("/assessments", {"database_id": self.things["database"], "map": {"types": []}}, expect=202)
        admin.post("/assessments", {"database_id": self.things["database"], **to}, expect=202)
        admin.post("/migrations", {"database_id": self.things["database"], **to, "others": "go_on"}, expect=202)
        of_backup = {"backup_id": self.things["backup"], "scratch_server_id": self.things["server"]}
        admin.post("/assessments", {**of_backup, "encrypt": ["public.a.b"], "encryption_key": "default"}, expect=202)
        admin.post("/migrations", {"database_id": self.things["database"]}, expect=400)
        assert admin.get(f"/jobs/{report}/report", expect=200).json == {}
        assert admin.get(f"/jobs/{report}/report.html", expect=200).body == b"<!DOCTYPE html>"
        assert admin.get(f"/jobs/{report}/script.sql", expect=200).body == b"SELECT 1"
        admin.get(f"/jobs/{self.things['job']}/report", expect=404)
        database, organization = self.things["database"], admin.me["organization"]["id"]
        admin.post(f"/databases/{database}/open", expect=409)  # it is not closed
        self.site.sql("INSERT INTO closure (organization_id, database_id, job_id, attempt, connection_limit, is_moved) "
                      "VALUES (%s, %s, %s, 1, -1, true)", organization, database, report)
        assert admin.get(f"/databases/{database}", expect=200).json["closed"]["job_id"] == report
        admin.post(f"/databases/{database}/open", expect=202)

    def exports(self):
        admin, organization = self.admin, self.organization.json["id"]
        body = {"database_id": self.things["database"], "tables": ["public.*"], "format": "xlsx", "lock_wait_s": 5}
        job = admin.post("/exports", body, expect=202).json["job_id"]
        admin.post(f"/jobs/{job}/files/0/download", expect=404)  # it is not done
        self.site.sql("INSERT INTO job_file VALUES (%s, %s, 0, 'a.csv', 0, now() + interval '1 hour')", organization, job)
        link = admin.post(f"/jobs/{job}/files/0/download", expect=201).json["url"]
        admin.get(f"/{link}", expect=200)

    def imports(self):
        admin, tus = self.admin, {"Tus-Resumable": "1.0.0"}
        storage = base64.b64encode(self.things["storage"].encode()).decode()
        metadata = f"filename YS5jc3Y=,purpose dGFibGU=,storage_id {storage}"  # a.csv, table
        made = admin.post("/uploads", expect=201, headers={**tus, "Upload-Length": "6", "Upload-Metadata": metadata}).json["id"]
        body = {"upload_id": made, "database_id": self.things["database"], "table": "people", "columns": {"E-Mail": "email"}}
        admin.post("/imports", body, expect=409)  # it is not complete
        piece = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        admin.request("PATCH", f"/uploads/{made}", b"a\r\n1\r\n", headers=piece, expect=204)
        assert admin.get("/uploads?purpose=table", expect=200).json["items"][0]["state"] == "complete"
        admin.post("/imports", {**body, "wrong_limit": 10}, expect=202)
        into = {"mssql_server_id": self.things["mssql_server"], "database_name": "shop", "password": "once"}
        admin.post("/imports/preview", {**body, "database_id": None, **into, "delimiter": "tab"}, expect=202)

    def jobs(self):
        admin, job = self.admin, self.things["job"]
        assert admin.get("/jobs?state=open", expect=200).json["items"]
        admin.get(f"/jobs/{job}", expect=200)
        admin.post(f"/jobs/{job}/cancel", expect=202)
        seen = admin.get(f"/jobs/{job}", expect=200)
        admin.get(f"/jobs/{job}", expect=304, headers={"If-None-Match": seen.etag})
        admin.get("/logs?type=backup", expect=200)
        admin.get("/audit?outcome=success", expect=200)
        assert admin.get("/audit/chain", expect=200).json["ok"]
        self.owner.get("/installation/audit?outcome=success", expect=200)

    def settings(self):
        admin, webhook = self.admin, self.things["webhook"]
        admin.get("/settings", expect=200)
        admin.patch("/settings", {"colour": "blue"}, expect=200)
        admin.get("/webhooks", expect=200)
        admin.get(f"/webhooks/{webhook}", expect=200)
        admin.patch(f"/webhooks/{webhook}", {"is_active": False, "url": "http://127.0.0.1:9/"}, expect=200)
        admin.post(f"/webhooks/{webhook}/test", expect=200)
        admin.delete(f"/webhooks/{webhook}", expect=204)

    def oneself(self):
        client = self.watch(Client(self.site.nginx.port))
        client.sign_in("tour-admin")
        client.get("/me", expect=200)
        client.get("/me/pieces", expect=204)
        other = [each["id"] for each in client.get("/sessions", expect=200).json["items"]]
        client.put("/me/password", {"old_password": PASSWORD, "new_password": NEW_PASSWORD}, expect=204)
        second = self.watch(Client(self.site.nginx.port))
        second.sign_in("tour-admin", NEW_PASSWORD)
        newest = client.get("/sessions", expect=200).json["items"][0]["id"]
        assert newest not in other
        client.delete(f"/sessions/{newest}", expect=204)
        second.get("/me", expect=401)
        client.delete("/session", expect=204)


def test_every_answer_of_the_real_server_is_as_described(site, description):
    tour = Tour(site, description)
    for part in (tour.nobody, tour.people, tour.sources, tour.targets, tour.schedules, tour.backups, tour.uploads,
                 tour.gate, tour.restores, tour.migrations, tour.exports, tour.imports, tour.jobs, tour.settings, tour.oneself):
        part()
    assert set(description.operations()) - tour.done == set()
