"""Exports as jobs: asked for over HTTP, made by a worker, downloaded by who may, and gone after a day."""
import csv
import io

import openpyxl
import pytest

from support import process
from support.jobs import Watcher, check_jobs, kill_job, lines_of
from support.proxy import Proxy
from support.service import Service

PEOPLE = """
CREATE SCHEMA shop;
CREATE TABLE shop.people (id int PRIMARY KEY, name text, born date);
INSERT INTO shop.people VALUES (1, 'Ada, Countess', '1815-12-10'), (2, 'größe 😀', NULL), (3, '', '1906-12-09');
CREATE TABLE shop.pet (name text);
CREATE TABLE big AS SELECT i, md5(i::text) AS t, repeat(md5(i::text), 4) AS more FROM generate_series(1, 40000) i;
"""


class World:
    """The service with a worker, an organization "acme" with a database, and somebody of each role."""

    def __init__(self, server):
        self.server = server
        self.service = Service(server, workers=1)
        self.admin = self.service.organization("acme")
        self.operator = self.service.user(self.admin, "acme-operator", "operator")
        self.stranger = self.service.organization("other")
        self.name = server.createdb(f"{self.service.catalog}_people")
        server.psql(PEOPLE, self.name)
        self.shop = self.register("main", server.port)
        self.jobs = []

    def register(self, name, port):
        server = self.admin.post("/servers", {"name": name, "host": "127.0.0.1", "port": port, "username": "postgres"},
                                 expect=201).json["id"]
        return self.admin.post("/databases", {"server_id": server, "name": self.name}, expect=201).json["id"]

    def ask(self, tables, format="csv", database=None, **more):
        body = {"database_id": database or self.shop, "tables": tables, "format": format, **more}
        self.jobs.append(self.admin.post("/exports", body, expect=202).json["job_id"])
        return self.jobs[-1]

    def run(self, *tables, **more):
        return Watcher(self.admin, self.ask(tables, **more)).end()

    def link(self, job, number=0):
        return "/" + self.admin.post(f"/jobs/{job}/files/{number}/download", expect=201).json["url"]

    def download(self, job, number=0):
        return self.service.client().get(self.link(job, number), expect=200).body

    def pieces(self, job):
        return self.service.sql("SELECT count(*) FROM job_piece WHERE job_id = %s", job)[0][0]


@pytest.fixture(scope="module")
def world(postgres):
    world = World(postgres(15))
    yield world
    world.service.remove()


def test_each_table_is_a_file_that_is_downloaded_by_a_link_once(world):
    done = world.run("shop.*")
    assert done["state"] == "succeeded", done
    result = done["result"]
    assert [(each["number"], each["table"], each["file"], each["rows"]) for each in result["files"]] == [
        (0, "shop.people", "shop.people.csv", 3), (1, "shop.pet", "shop.pet.csv", 0)]
    assert (result["format"], result["tables"], result["rows"]) == ("csv", 2, 3)
    check_jobs(world.service, [done["id"]])
    link = world.link(done["id"])
    answer = world.service.client().get(link, expect=200)
    assert list(csv.reader(io.StringIO(answer.body.decode(), newline=""))) == [
        ["id", "name", "born"], ["1", "Ada, Countess", "1815-12-10"], ["2", "größe 😀", ""], ["3", "", "1906-12-09"]]
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''shop.people.csv"
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("application/octet-stream", "no-store")
    assert len(answer.body) == result["files"][0]["size_bytes"] == int(answer.headers["content-length"])
    world.service.client().get(link, expect=404)
    assert world.download(done["id"], 1) == b"name\r\n"


def test_a_workbook_is_one_that_other_programs_read(world):
    done = world.run("shop.people", format="xlsx")
    assert done["state"] == "succeeded" and done["result"]["files"][0]["file"] == "shop.people.xlsx", done
    sheet = openpyxl.load_workbook(io.BytesIO(world.download(done["id"]))).active
    assert [row[1] for row in sheet.iter_rows(values_only=True)] == ["name", "Ada, Countess", "größe 😀", None]


def test_a_file_of_many_pieces_comes_whole_and_lies_sealed(world):
    done = world.run("public.big")
    assert done["state"] == "succeeded", done
    assert done["progress"]["percent"] == 100, done
    assert world.pieces(done["id"]) == done["result"]["files"][0]["size_bytes"] // (1 << 20) + 1 > 3
    body = world.download(done["id"])
    rows = list(csv.reader(io.StringIO(body.decode(), newline="")))
    assert len(rows) == 40001 and {int(row[0]) for row in rows[1:]} == set(range(1, 40001))
    sealed = b"".join(each for (each,) in world.service.sql("SELECT sealed FROM job_piece WHERE job_id = %s", done["id"]))
    assert not [row for row in rows[1::100] if row[1].encode() in sealed]


def test_a_link_is_looked_at_without_being_used_up_and_expires(world):
    job = world.run("shop.pet")["id"]
    link = world.link(job)
    world.service.client().request("HEAD", link, expect=400)
    assert link.rsplit("/", 1)[1] not in str(world.service.sql("SELECT job_file_link::text FROM job_file_link"))
    world.service.sql("UPDATE job_file_link SET expires_at = now()")
    world.service.client().get(link, expect=404)
    link = world.link(job)
    world.service.sql("UPDATE job_file SET expires_at = now() WHERE job_id = %s", job)
    world.service.client().get(link, expect=404)
    world.admin.post(f"/jobs/{job}/files/0/download", expect=404)


def test_rows_are_for_administrators_and_the_audit_log_knows_which(world):
    body = {"database_id": world.shop, "tables": ["shop.people"], "format": "csv"}
    world.operator.post("/exports", body, expect=403)
    world.stranger.post("/exports", body, expect=404)
    job = world.run("shop.people")["id"]
    for number in (0, 1, "x", -1):
        path = f"/jobs/{job}/files/{number}/download"
        world.operator.post(path, expect=403)
        world.stranger.post(path, expect=404)
        world.admin.post(path, expect=201 if number == 0 else 404)
    world.download(job)
    events = world.admin.get(f"/audit?object_id={job}", expect=200).json["items"]
    assert [(each["action"], each["actor"], each["object_name"]) for each in events][:2] == [
        ("export.download", "user acme-admin", "shop.people.csv"), ("export.link", "user acme-admin", "shop.people.csv")]
    request = world.admin.get("/audit?action=export.request&limit=1", expect=200).json["items"][0]
    assert (request["actor"], request["object_id"]) == ("user acme-admin", world.shop)
    assert "shop.people as csv" in request["detail"]
    made = world.admin.get("/audit?action=export.tables&limit=1", expect=200).json["items"][0]
    assert (made["object_kind"], made["object_id"], made["object_name"]) == ("database", world.shop, world.name)
    assert made["detail"] == f"1 table of job {job} for user acme-admin: shop.people 3 rows"


@pytest.mark.parametrize("body, said", [
    ({"tables": []}, "at least one"), ({"tables": None}, "tables is missing"), ({"tables": "shop.people"}, "an array"),
    ({"tables": ["x" * 501]}, "shorter"), ({"tables": ["x"] * 201}, "at most 200"), ({"format": "pdf"}, "csv xlsx"),
    ({"format": None}, "format is missing"), ({"lock_wait_s": 86401}, "86400"), ({"filter": "x"}, "no such member")])
def test_what_is_asked_is_bounded(world, body, said):
    body = {"database_id": world.shop, "tables": ["shop.people"], "format": "csv", **body}
    assert said in world.admin.post("/exports", body, expect=400).json["detail"]


def test_what_cannot_be_exported_is_an_error_and_no_file(world):
    done = world.run("shop.nothing")
    assert done["state"] == "failed" and "shop.nothing" in done["error"]["message"], done
    world.admin.post(f"/jobs/{done['id']}/files/0/download", expect=404)
    world.server.psql('CREATE TABLE "a/b" (); CREATE TABLE "a/c" (i int); CREATE TABLE a_c (i int)', world.name)
    done = world.run("public.a?c")
    assert done["state"] == "failed" and "a_c.csv would be the file of two tables" in done["error"]["message"], done
    done = world.run('public."a/c"')
    assert done["result"]["files"][0]["file"] == "public.a_c.csv", done


@pytest.fixture
def held(world):
    """An export that is held in the middle of its rows, with pieces in the catalog: its job and its proxy."""
    with Proxy(world.server, hold_after=3 << 20) as proxy:
        job = world.ask(["public.big"], database=world.register(f"held {proxy.port}", proxy.port))
        watcher = Watcher(world.admin, job)
        proxy.until_held()
        process.wait_for(lambda: world.pieces(job) > 0, "a piece", seconds=180)
        yield job, proxy, watcher


def test_a_cancelled_export_leaves_nothing_to_download(world, held):
    job, _, watcher = held
    world.admin.post(f"/jobs/{job}/files/0/download", expect=404)  # it is not whole
    world.admin.post(f"/jobs/{job}/cancel", expect=202)
    assert watcher.end()["state"] == "cancelled"
    world.admin.post(f"/jobs/{job}/files/0/download", expect=404)


def test_an_export_whose_process_dies_begins_again_and_is_whole(world, held):
    job, proxy, watcher = held
    kill_job(world.service, job)
    proxy.release()
    done = watcher.end()
    assert (done["state"], done["attempt"]) == ("succeeded", 2), (done, lines_of(world.service, job))
    assert len(world.download(job).splitlines()) == 40001
