"""Imports as jobs: a file is uploaded, looked at, and goes into a table of either side once, or not at all."""
import base64
import io
from pathlib import Path

import openpyxl
import pytest

from support import process
from support.jobs import Watcher, check_jobs, kill_job, lines_of
from support.openapi import Description
from support.proxy import Proxy
from support.service import Service
from support.tds_clients import tsql

# A row named "held" waits for the advisory lock 1.
PEOPLE = """
CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, born date, note text DEFAULT 'none',
    upper text GENERATED ALWAYS AS (upper(name)) STORED);
CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.name = 'held' THEN PERFORM pg_advisory_xact_lock(1); END IF;
    RAISE WARNING 'a trigger says %', NEW.name;
    RETURN NEW;
END $$;
CREATE TRIGGER wait BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION wait();
"""
TUS = {"Tus-Resumable": "1.0.0"}
GOOD = "ID,Name,born\r\n1,Ada,1815-12-10\r\n2,\"Grace, Admiral\",\r\n"
WRONG = "id,name,born\r\n1,Ada,1815-12-10\r\n2,Eve,s3cret\r\n3,Grace,1906-12-09\r\n"


class World:
    """The service with a worker, an organization "acme", a database with the table people, and another of SQL Server."""

    def __init__(self, server):
        self.server = server
        self.service = Service(server, workers=1)
        self.admin = self.service.organization("acme")
        self.operator = self.service.user(self.admin, "acme-operator", "operator")
        self.viewer = self.service.user(self.admin, "acme-viewer", "viewer")
        self.stranger = self.service.organization("other")
        self.name = server.createdb(f"{self.service.catalog}_people")
        server.psql(PEOPLE, self.name)
        self.storage = self.admin.post("/storages", {"name": "disk", "path": f"{self.service.storage}/acme"}, expect=201).json["id"]
        self.database = self.register("main", server.port)

    def register(self, name, port):
        server = self.admin.post("/servers", {"name": name, "host": "127.0.0.1", "port": port, "username": "postgres"},
                                 expect=201).json["id"]
        return self.admin.post("/databases", {"server_id": server, "name": self.name}, expect=201).json["id"]

    def upload(self, data, name="people.csv", purpose="table", whole=True):
        data = data.encode() if isinstance(data, str) else data
        of = {"filename": name, "storage_id": self.storage, "purpose": purpose}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in of.items())
        headers = {**TUS, "Upload-Length": str(len(data)), "Upload-Metadata": metadata}
        id = self.operator.post("/uploads", headers=headers, expect=201).json["id"]
        headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        self.operator.request("PATCH", f"/uploads/{id}", data if whole else data[:-1], headers=headers, expect=204)
        return id

    def ask(self, data, route="/imports", name="people.csv", upload=None, **more):
        target = {} if "mssql_server_id" in more else {"database_id": self.database}
        body = {"upload_id": upload or self.upload(data, name), "table": "people", **target, **more}
        return self.operator.post(route, body, expect=202).json["job_id"]

    def run(self, data, route="/imports", **more):
        return Watcher(self.operator, self.ask(data, route, **more)).end()

    def report(self, job):
        answer = self.operator.get(f"/jobs/{job}/report", expect=200)
        Description().check_answer("GET", f"/api/v1/jobs/{job}/report", answer)
        return answer.json["import"]

    def preview(self, data, **more):
        done = self.run(data, "/imports/preview", **more)
        assert done["state"] == "succeeded", done
        return done["result"], self.report(done["id"])

    def rows(self):
        return self.server.psql("SELECT id, name, born, note, upper FROM people ORDER BY id", self.name)

    def said(self, job):
        """All that who may not read the report can see, and the log of the worker."""
        return (self.viewer.get(f"/jobs/{job}?lines=500", expect=200).body.decode() +
                str(self.service.sql("SELECT audit_event::text FROM audit_event")) + str(lines_of(self.service, job)) +
                Path(self.service.log).read_text(errors="replace"))


@pytest.fixture(scope="module")
def world(postgres):
    world = World(postgres(15))
    yield world
    world.service.remove()


@pytest.fixture(autouse=True)
def empty(world):
    world.server.psql("TRUNCATE people", world.name)


def test_a_file_goes_into_a_table_and_is_gone_then(world):
    upload = world.upload(GOOD)
    (file,) = Path(world.service.storage, "acme").iterdir()
    assert file.name.startswith(f".upload-{upload}") and file.stat().st_mode & 0o777 == 0o600
    done = world.run(None, upload=upload)
    assert done["state"] == "succeeded", done
    assert done["result"] == {"ok": True, "table": "public.people", "rows": 2, "wrong": 0} and done["progress"]["percent"] == 100
    assert world.rows() == "1|Ada|1815-12-10|none|ADA\n2|Grace, Admiral||none|GRACE, ADMIRAL"
    world.operator.get(f"/uploads/{upload}", expect=404)
    body = {"upload_id": upload, "database_id": world.database, "table": "people"}
    assert "it was imported, or its time is over" in world.operator.post("/imports", body, expect=404).json["detail"]
    process.wait_for(lambda: not list(Path(world.service.storage, "acme").iterdir()), "the file to go", seconds=180)
    check_jobs(world.service, [done["id"]])
    event = world.admin.get("/audit?action=import.rows&limit=1", expect=200).json["items"][0]
    assert (event["object_kind"], event["object_id"], event["object_name"]) == ("database", world.database, "people.csv")
    assert event["detail"] == f"2 rows of job {done['id']} for user acme-operator into public.people, 0 lines put aside"
    request = world.admin.get("/audit?action=import.request&limit=1", expect=200).json["items"][0]
    assert (request["actor"], request["object_id"]) == ("user acme-operator", world.database)
    assert "people.csv into people" in request["detail"]


def test_a_preview_tells_columns_matches_and_rows_and_writes_nothing(world):
    result, report = world.preview("E-Mail;ID;name\n\"a;b\";7;Ada\n", columns={"E-Mail": "note"})
    assert result == {"ok": True, "table": "public.people", "wrong": 0}
    assert report["fields"] == [{"name": "E-Mail", "to": "note"}, {"name": "ID", "to": "id"}, {"name": "name", "to": "name"}]
    assert report["columns"][:2] == [{"name": "id", "type": "integer", "needed": True, "generated": False},
                                     {"name": "name", "type": "text", "needed": True, "generated": False}]
    assert report["columns"][-1]["generated"] and report["by_default"] == ["born"] and report["rows"] == [["a;b", "7", "Ada"]]
    assert (report["delimiter"], report["encoding"], report["code"], report["wrong"]) == (";", "UTF-8", None, [])
    assert world.rows() == ""


def test_a_preview_of_what_does_not_match_tells_what_there_is_to_match(world):
    result, report = world.preview("number,ID,Whole name\n1,2,Ada\n")
    assert not result["ok"] and report["code"] == "usage" and "number" in report["message"]
    assert report["fields"] == [{"name": "number", "to": None}, {"name": "ID", "to": "id"}, {"name": "Whole name", "to": None}]
    assert [each["name"] for each in report["columns"]] == ["id", "name", "born", "note", "upper"] and report["rows"] == []
    result, report = world.preview("number,ID,Whole name\n1,2,Ada\n", columns={"number": "", "Whole name": "name"})
    assert result["ok"] and report["left_out"] == ["number"] and report["rows"] == [["2", "Ada"]]
    assert not world.preview("id\n1\n", table="nowhere")[0]["ok"]


def test_wrong_lines_are_told_with_their_values_in_the_report_alone(world):
    result, report = world.preview(WRONG)
    assert (result["ok"], result["wrong"], len(report["rows"])) == (False, 1, 2)
    (wrong,) = report["wrong"]
    assert (wrong["place"], wrong["column"], wrong["line"]) == ("line 3", "born", "2,Eve,s3cret") and "s3cret" in wrong["reason"]
    done = world.run(WRONG)
    assert done["state"] == "failed" and "the job's report says which line" in done["error"]["message"], done
    report = world.report(done["id"])
    assert report["code"] == "corrupt" and "line 3, column born" in report["message"] and "s3cret" in report["message"]
    assert world.rows() == "" and "s3cret" not in world.said(done["id"])
    world.viewer.get(f"/jobs/{done['id']}/report", expect=403)
    world.stranger.get(f"/jobs/{done['id']}/report", expect=404)
    assert b"s3cret" not in b"".join(each for (each,) in world.service.sql("SELECT sealed FROM job_report"))


def test_what_a_constraint_or_a_header_says_is_in_the_report_alone(world):
    for data in ("id,name\n1,s3cret\n1,s3cret\n", "id,name\nx,s3cret\n", "s3cret,1\ns3cret,2\n", "id,name\n1,\"s3cret\n"):
        done = world.run(data)
        assert done["state"] == "failed" and "s3cret" not in world.said(done["id"]), done
        assert world.report(done["id"])["message"]
    assert world.rows() == ""


def test_wrong_lines_can_be_put_aside_up_to_a_limit(world):
    done = world.run(WRONG, wrong_limit=1)
    assert done["state"] == "succeeded" and (done["result"]["rows"], done["result"]["wrong"]) == (2, 1), done
    report = world.report(done["id"])
    assert (report["header"], report["wrong"][0]["line"]) == ("id,name,born", "2,Eve,s3cret")
    assert world.rows().count("\n") == 1 and "s3cret" not in world.said(done["id"])
    done = world.run("7,Ada\nx,Eve\n", wrong_limit=1, no_header=True)
    report = world.report(done["id"])
    assert done["state"] == "succeeded" and (report["header"], report["wrong"][0]["line"]) == ("1,2", "x,Eve"), done
    done = world.run("id,name\nx,1\ny,2\n", wrong_limit=1)
    assert done["state"] == "failed" and done["error"]["code"] == "limit", done
    long = "id,name\n" + "".join(f"x{n},{'y' * 300_000}\n" for n in range(4))
    done = world.run(long, wrong_limit=1000)
    assert done["state"] == "failed" and "over 1.05 MB" in world.report(done["id"])["message"], done


def test_a_workbook_and_a_text_with_tabs_are_read(world):
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["id", "name"])
    book.active.append([5, "Ada"])
    book.save(file)
    assert world.run(file.getvalue(), name="People.XLSX")["result"]["rows"] == 1
    done = world.run("6\tGrace\n".encode("utf-16"), name="people.txt", no_header=True, delimiter="tab")
    assert done["state"] == "succeeded", world.report(done["id"])
    assert [line.split("|")[:2] for line in world.rows().split("\n")] == [["5", "Ada"], ["6", "Grace"]]


def test_a_preview_tells_how_the_file_was_read_and_follows_what_is_asked(world):
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.title = "Notes"
    book.active.append(["nothing"])
    book.create_sheet("People").append([5, "Ada"])
    book.save(file)
    result, report = world.preview(file.getvalue(), name="people.xlsx")
    assert not result["ok"] and (report["all_sheets"], report["sheets"]) == (["Notes", "People"], ["Notes"])
    result, report = world.preview(file.getvalue(), name="people.xlsx", sheet="People", no_header=True)
    assert result["ok"] and (report["sheets"], report["header"], report["rows"]) == (["People"], "1,2", [["5", "Ada"]])
    data = "name;id\ngr\u00f6\u00dfe;1\n".encode("cp1252")
    assert world.preview(data)[1]["rows"] == [["gr\u00f6\u00dfe", "1"]]
    result, report = world.preview(data, delimiter=",")
    assert not result["ok"] and (report["delimiter"], report["all_sheets"]) == (",", []) and [each["name"] for each in report["fields"]] == ["name;id"]
    result, report = world.preview(data, encoding="WINDOWS-1251")
    assert (report["encoding"], report["delimiter"]) == ("WINDOWS-1251", ";") and report["rows"][0][0] != "gr\u00f6\u00dfe"
    result, report = world.preview(data, encoding="no-such")
    assert not result["ok"] and "no-such is not known" in report["message"]


@pytest.mark.parametrize("body, said", [
    ({"database_id": None}, "the table is in database_id"), ({"mssql_server_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12}, "the table is in"),
    ({"password": "x"}, "the table is in"), ({"table": None}, "table is missing"), ({"sheet": "x"}, "sheet belongs to XLSX"),
    ({"format": "xlsx", "encoding": "UTF-8"}, "belong to CSV"), ({"delimiter": "ab"}, "one character"),
    ({"delimiter": "\""}, "one character"), ({"wrong_limit": 1001}, "1000"), ({"columns": {"a": 1}}, "a text"),
    ({"columns": {f"c{n}": "x" for n in range(201)}}, "at most 200"), ({"where": "x"}, "no such member")])
def test_what_is_asked_is_bounded(world, body, said):
    body = {"upload_id": world.upload(GOOD), "database_id": world.database, "table": "people", **body}
    for route in ("/imports", "/imports/preview"):
        assert said in world.operator.post(route, body, expect=400).json["detail"]


def test_only_a_whole_file_of_a_table_of_the_organization_is_imported(world):
    body = {"database_id": world.database, "table": "people"}
    part = world.upload(GOOD, whole=False)
    assert "is receiving" in world.operator.post("/imports", {**body, "upload_id": part}, expect=409).json["detail"]
    other = world.upload(GOOD, purpose="backup", whole=False)
    assert "purpose table" in world.operator.post("/imports", {**body, "upload_id": other}, expect=409).json["detail"]
    whole = world.upload(GOOD)
    for route in ("/imports", "/imports/preview"):
        world.viewer.post(route, {**body, "upload_id": whole}, expect=403)
        world.stranger.post(route, {**body, "upload_id": whole}, expect=404)
    assert {each["id"] for each in world.viewer.get("/uploads?purpose=backup", expect=200).json["items"]} == {other}
    headers = {**TUS, "Upload-Length": str((1 << 30) + 1), "Upload-Metadata": "filename YQ==,purpose dGFibGU=,storage_id " +
               base64.b64encode(world.storage.encode()).decode()}
    world.operator.post("/uploads", headers=headers, expect=413)
    headers["Upload-Metadata"] = headers["Upload-Metadata"].replace("dGFibGU=", "eA==")
    assert "backup or table" in world.operator.post("/uploads", headers=headers, expect=400).json["detail"]


# ---- Faults ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def held(world):
    """An import that waits with a row in hand: its job, its watcher, and what releases it."""
    lock = world.server.connect(world.name)
    lock.execute("SELECT pg_advisory_lock(1)")
    job = world.ask("id,name\n1,Ada\n2,held\n")
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    process.wait_for(lambda: world.server.psql(waiting, world.name) == "1", "the row", seconds=180)
    yield job, Watcher(world.operator, job), lock.close
    lock.close()


def test_a_cancelled_import_leaves_the_table_as_it_was(world, held):
    job, watcher, _ = held
    world.operator.post(f"/jobs/{job}/cancel", expect=202)
    assert watcher.end()["state"] == "cancelled" and world.rows() == ""


def test_an_import_whose_process_dies_before_its_commit_is_done_once(world, held):
    job, watcher, release = held
    kill_job(world.service, job)
    release()
    done = watcher.end()
    assert (done["state"], done["attempt"], done["result"]["rows"]) == ("succeeded", 2, 2), done
    assert world.rows().count("\n") == 1


def test_an_import_that_may_have_been_committed_is_not_repeated(world, held):
    job, watcher, release = held
    world.service.sql("UPDATE job SET step = 'committing' WHERE id = %s", job)
    kill_job(world.service, job)
    release()
    done = watcher.end()
    assert (done["state"], done["error"]["code"]) == ("failed", "conflict") and "no answer came to the COMMIT" in done["error"]["message"], done
    assert world.rows() == ""


def test_a_commit_without_an_answer_is_told_and_not_repeated(world):
    with Proxy(world.server, break_after=[b"COPY public.people", b"COMMIT"]) as proxy:
        done = world.run(GOOD, database_id=world.register(f"broken {proxy.port}", proxy.port))
    assert (done["state"], done["attempt"], done["error"]["code"]) == ("failed", 1, "conflict"), done
    assert "no answer came to the COMMIT" in done["error"]["message"]
    process.wait_for(lambda: world.rows().count("\n") == 1, "what the server made of it", seconds=180)


# ---- Into SQL Server ------------------------------------------------------------------------------------------------


def test_a_file_goes_into_a_table_of_sql_server(world, mssql):
    peer = mssql(fresh=True)
    there = {"mssql_server_id": world.admin.post("/mssql-servers", {
        "name": "sql", "address": f"{peer.host}:{peer.port}", "username": peer.login, "tls_root": Path(peer.root).read_text()},
        expect=201).json["id"], "database_name": peer.create_database(), "table": "dbo.people"}
    tsql(peer, "CREATE TABLE people (id int NOT NULL PRIMARY KEY, name nvarchar(20) NOT NULL)", database=there["database_name"])
    body = {"upload_id": world.upload("id,name\n1,Ada\n"), **there}
    assert "give it in password" in world.operator.post("/imports", body, expect=400).json["detail"]
    body = {**body, "password": peer.password, "wrong_limit": 1}
    assert "wrong_limit is for PostgreSQL" in world.operator.post("/imports", body, expect=400).json["detail"]
    there["password"] = peer.password
    result, report = world.preview("ID,name\n1,Ada\n", **there)
    assert result["ok"] and report["rows"] == [["1", "Ada"]] and [each["to"] for each in report["fields"]] == ["id", "name"], report
    done = world.run("id,name\n1,Ada\ns3cret,Eve\n", **there)
    assert done["state"] == "failed" and "s3cret" not in world.said(done["id"]), done
    assert "line 3" in world.report(done["id"])["message"]
    done = world.run("id,name\n1,Ada\n2,Grace\n", **there)
    assert done["state"] == "succeeded" and done["result"]["rows"] == 2, (done, world.report(done["id"]))
    assert tsql(peer, "SELECT id, name FROM people ORDER BY id", database=there["database_name"]) == [["1", "Ada"], ["2", "Grace"]]
    assert peer.password not in world.said(done["id"])
    assert world.service.sql("SELECT count(*) FROM job WHERE secret IS NOT NULL") == [(0,)]
