"""The catalog on real servers of every major: migrations, rights, lists, claims, fencing, and the audit chain.

tests/unit/catalog/catalog_check.c runs one operation from the command line; SQL makes and looks at the rest.
"""
import hashlib
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from support.holdfast import Holdfast

SERVICE = "hf_service"
MIGRATIONS = sorted((Path(__file__).resolve().parents[2] / "src/catalog/migrations").glob("*.sql"))
VERSION = len(MIGRATIONS)
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def program():
    path = Path(Holdfast().path).parent / "tests/unit/catalog/catalog_check"
    assert path.exists(), f"{path} is missing: run ./dev build"
    return path


class Catalog:
    """A catalog in a database of its own, used as the service does or as its owner."""

    def __init__(self, program, server, name):
        self.program, self.server, self.name = program, server, name
        self.owner = server.dsn(name)
        self.service = server.dsn(name, user=SERVICE)

    def run(self, *arguments, dsn=None, **options):
        """What the command says; an error is among it."""
        done = subprocess.run([self.program, dsn or self.service, *map(str, arguments)], text=True, timeout=120,
                              capture_output=True, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout.rstrip("\n")

    def ok(self, *arguments, **options):
        said = self.run(*arguments, **options)
        assert not said.startswith("error "), said
        return said

    def migrate(self):
        return self.run("migrate", SERVICE, dsn=self.owner)

    def connect(self):
        return psycopg.connect(self.owner, autocommit=True, options="-c search_path=holdfast")

    def sql(self, query, *values):
        """Rows of a statement that the owner runs."""
        with self.connect() as connection:
            cursor = connection.execute(query, values or None)
            return cursor.fetchall() if cursor.description else None

    def one(self, query, *values):
        return self.sql(query, *values)[0][0]

    def organization(self, name):
        return str(self.one("INSERT INTO organization (name) VALUES (%s) RETURNING id", name))

    def create(self, noun, organization, **body):
        return self.ok("create", noun, organization, json.dumps(body))

    def database(self, organization, name="shop", **server):
        """The ids of a new server and a database of it."""
        server = self.create("server", organization, name=f"of {name}", host="db.example", username="hf", **server)
        return server, self.create("database", organization, server_id=server, name=name)

    def jobs(self, organization, count=1, *, kind="backup", database="-", holds="-"):
        return self.ok("jobs", organization, kind, database, holds, count).split("\n")

    def claim(self, worker="w1", pool="default", hint="-"):
        """(id, attempt) or None."""
        said = self.ok("claim", pool, worker, hint)
        return None if said == "none" else (said.split()[0], int(said.split()[1]))

    def document(self, job, after=0):
        return json.loads(self.ok("document", "-", job, after))


@pytest.fixture(params=[13, 15, 17])
def empty(request, program, postgres, database):
    server = postgres(request.param)
    return Catalog(program, server, database(server))


@pytest.fixture
def catalog(empty):
    assert empty.migrate() == f"0 {VERSION}"
    return empty


# ---- Migrations and rights ------------------------------------------------------------------------------------------


def test_a_catalog_is_made_from_nothing_and_migrating_again_changes_nothing(empty):
    assert empty.migrate() == f"0 {VERSION}"
    query = "SELECT oid, relfilenode FROM pg_class WHERE relnamespace = 'holdfast'::regnamespace ORDER BY oid"
    tables = empty.sql(query)
    assert empty.migrate() == f"{VERSION} {VERSION}"
    assert empty.sql(query) == tables
    assert empty.sql("SELECT version, name FROM migration ORDER BY 1") == [
        (0, "views"), *((number, path.stem) for number, path in enumerate(MIGRATIONS, 1))]
    assert empty.run("check") == "good"


def test_two_migrators_at_once_make_one_catalog(empty):
    with ThreadPoolExecutor() as pool:
        said = sorted(pool.map(lambda _: empty.migrate(), range(4)))
    assert said == [f"0 {VERSION}", *[f"{VERSION} {VERSION}"] * 3]
    assert empty.one("SELECT count(*) FROM migration") == VERSION + 1


def schema(catalog):
    """What pg_dump says of the schema, without what may differ: the keys of a session, and the order of roles' grants."""
    dump = catalog.server.bin("pg_dump")
    said = subprocess.run([dump, "--schema-only", "--no-privileges", catalog.owner], capture_output=True, text=True,
                          check=True, timeout=180).stdout
    return [line for line in said.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]


def make_version(catalog, number):
    """A catalog as a program that knew the first `number` migrations made it."""
    with psycopg.connect(catalog.owner, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA holdfast")
        connection.execute("SET search_path = holdfast, pg_temp")
        connection.execute("CREATE TABLE migration (version int PRIMARY KEY, name text NOT NULL, digest text NOT NULL, "
                           "applied_at timestamptz NOT NULL)")
        for version, path in enumerate(MIGRATIONS[:number], 1):
            connection.execute(path.read_text().replace(':"service_role"', SERVICE))
            connection.execute("INSERT INTO migration VALUES (%s, %s, %s, now())",
                               [version, path.stem, hashlib.sha256(path.read_bytes()).hexdigest()])


def test_safety_backups_that_were_made_before_they_went_by_themselves_stay(empty):
    make_version(empty, 12)
    ids = {name: empty.organization(name) for name in ("without", "undecided", "decided")}
    for name in ("undecided", "decided"):
        storage = empty.one("INSERT INTO storage (organization_id, name, kind, path) VALUES (%s, 's', 'local', %s) "
                            "RETURNING id", ids[name], f"/{name}")
        empty.sql("INSERT INTO backup (organization_id, name, path, storage_id, type, database_name, size_bytes) VALUES "
                  "(%s, 'b', 'b', %s, 'safety', 'shop', 1)", ids[name], storage)
    empty.sql("INSERT INTO setting VALUES (%s, 'safety_keep_days', '7')", ids["decided"])
    empty.migrate()
    assert empty.sql("SELECT o.name, s.value FROM setting s JOIN organization o ON o.id = s.organization_id ORDER BY 1") == [
        ("decided", 7), ("undecided", 3650)]
    assert empty.one("SELECT organization_id::text FROM audit_event WHERE action = 'setting.change'") == ids["undecided"]


@pytest.mark.parametrize("number", range(1, VERSION))
def test_a_catalog_of_each_earlier_version_is_brought_forward(empty, program, database, number):
    new = Catalog(program, empty.server, database(empty.server))
    new.migrate()
    make_version(empty, number)
    organization = empty.organization("acme")
    assert empty.migrate() == f"{number} {VERSION}"
    assert schema(empty) == schema(new)
    assert empty.run("check") == "good"
    server, shop = empty.database(organization)
    assert json.loads(empty.ok("get", "database", organization, shop))["server_id"] == server


def test_copies_that_were_kept_before_they_were_noted_are_noted(empty):
    make_version(empty, 1)
    organization = empty.organization("acme")
    server = empty.one("INSERT INTO server (organization_id, name, host, username) VALUES (%s, 's', 'h', 'u') "
                       "RETURNING id", organization)
    shop = empty.one("INSERT INTO database (organization_id, server_id, name) VALUES (%s, %s, 'shop') RETURNING id",
                     organization, server)
    for kept in ('{"kept": "shop_hf_kept_1", "kept_until": "2030-01-31T12:00:00.5Z"}',
                 '{"kept": null, "kept_until": null}', "null"):
        empty.sql("INSERT INTO job (organization_id, kind, state, database_id, result) VALUES (%s, 'restore', "
                  "'succeeded', %s, %s)", organization, shop, kept)
    empty.migrate()
    assert empty.sql("SELECT name, until AT TIME ZONE 'UTC' FROM kept_copy") == [
        ("shop_hf_kept_1", datetime(2030, 1, 31, 12, 0, 0, 500000))]


def test_a_migration_that_fails_leaves_nothing(empty):
    empty.sql("CREATE SCHEMA holdfast_view; CREATE TABLE holdfast_view.obstacle (); CREATE VIEW public.v AS "
              "SELECT * FROM holdfast_view.obstacle; CREATE SCHEMA holdfast; CREATE TABLE holdfast.backup ()")
    assert empty.migrate().startswith("error database migration 0001_catalog")
    assert empty.one("SELECT to_regclass('holdfast.job')") is None


def test_a_catalog_of_a_newer_program_or_of_other_files_is_refused(catalog):
    catalog.sql("UPDATE migration SET digest = 'x' WHERE version = 0")
    assert catalog.run("check").startswith("error conflict")
    catalog.sql("INSERT INTO migration VALUES (%s, 'more', 'x', now())", VERSION + 1)
    assert catalog.migrate().startswith(
        f"error conflict the catalog has version {VERSION + 1} and this program knows {VERSION}")
    catalog.sql("DELETE FROM migration WHERE name = 'more'")
    catalog.sql("UPDATE migration SET digest = 'x' WHERE version = 1")
    assert catalog.migrate().startswith("error conflict migration 0001_catalog was applied from another file")


def test_a_role_that_can_act_as_the_owner_is_refused(empty):
    assert empty.run("migrate", "postgres", dsn=empty.owner).startswith("error usage")
    assert empty.one("SELECT to_regnamespace('holdfast')") is None


FORBIDDEN = ["ALTER TABLE holdfast.job ADD COLUMN x int", "DROP TABLE holdfast.job", "CREATE TABLE holdfast.x ()",
             "CREATE VIEW holdfast_view.x AS SELECT 1", "TRUNCATE holdfast.job", "TRUNCATE holdfast.audit_event",
             "INSERT INTO holdfast.audit_event SELECT * FROM holdfast.audit_event",
             "UPDATE holdfast.audit_event SET actor = 'nobody'", "DELETE FROM holdfast.audit_event",
             "ALTER TABLE holdfast.audit_event DISABLE TRIGGER ALL", "DELETE FROM holdfast.job_log",
             "UPDATE holdfast.job_log SET message = ''", "DELETE FROM holdfast.job",
             "UPDATE holdfast.migration SET version = 9", "DROP FUNCTION holdfast.audit_append",
             "CREATE OR REPLACE FUNCTION holdfast.audit_text(e holdfast.audit_event) RETURNS text LANGUAGE sql AS 'SELECT $$x$$'"]


def test_the_service_role_alters_neither_schema_nor_history(catalog):
    with psycopg.connect(catalog.service, autocommit=True) as connection:
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
                pytest.fail(f"{statement} was allowed")


# ---- Nouns ----------------------------------------------------------------------------------------------------------


def test_a_noun_is_created_read_changed_in_its_version_and_removed(catalog):
    organization = catalog.organization("a")
    server = catalog.create("server", organization, name="one", host="db.example", username="hf", port=5433)
    shown = json.loads(catalog.ok("get", "server", organization, server))
    assert shown["port"] == 5433 and shown["tls_mode"] == "prefer" and shown["has_password"] is False
    assert shown["created_by"] == "user test" and shown["version"] == 1
    assert catalog.ok("change", "server", organization, server, 1, '{"port": 5434}') == "changed"
    assert catalog.run("change", "server", organization, server, 1, '{"port": 1}').startswith(
        "error conflict it was changed meanwhile")
    assert json.loads(catalog.ok("get", "server", organization, server))["port"] == 5434
    assert catalog.ok("remove", "server", organization, server) == "removed"
    assert catalog.run("get", "server", organization, server).startswith("error not-found")


SERVER = {"name": "x", "host": "h", "username": "u"}
UNFIT = [
    ({"name": "x"}, "host is missing"),
    (SERVER | {"colour": 1}, 'a server has no "colour"'),
    (SERVER | {"port": "5432"}, "port must be a whole number from 1 to 65535"),
    (SERVER | {"port": 70000}, "port must be a whole number from 1 to 65535"),
    (SERVER | {"port": 1.5}, "port must be a whole number from 1 to 65535"),
    (SERVER | {"name": "x" * 201}, "name must have at most 200 characters"),
    (SERVER | {"name": "a\nb"}, "name must be one line of text"),
    (SERVER | {"name": ""}, "name must be one line of text"),
    (SERVER | {"name": None}, "name must have a value"),
    (SERVER | {"name": ["x"]}, "name must be a text"),
    (SERVER | {"tls_mode": "maybe"}, "tls_mode must be one of disable, allow"),
    ([SERVER], "a server is a JSON object"),
]


def test_a_body_that_does_not_fit_is_refused_by_field(catalog):
    organization = catalog.organization("a")
    for body, words in UNFIT:
        said = catalog.run("create", "server", organization, json.dumps(body))
        assert said.startswith(f"error usage {words}"), said
    assert catalog.one("SELECT count(*) FROM server") == 0


def test_sql_in_values_is_text(catalog):
    organization = catalog.organization("a")
    evil = "x'); DROP TABLE holdfast.job; --"
    server = catalog.create("server", organization, name=evil, host=evil, username=evil)
    assert json.loads(catalog.ok("get", "server", organization, server))["name"] == evil
    said = catalog.ok("list", "server", organization, 10, "-", "name", evil)
    assert len(json.loads(said)["items"]) == 1
    assert catalog.run("list", "server", organization, 10, "name; DROP TABLE holdfast.job").startswith("error usage")
    assert catalog.run("list", "server", organization, 10, "-", "1=1 OR name", "x").startswith("error usage")
    assert catalog.one("SELECT count(*) FROM job") == 0


def test_a_taken_name_and_what_is_in_use_are_conflicts(catalog):
    organization = catalog.organization("a")
    server, _ = catalog.database(organization)
    body = json.dumps({"name": "of shop", "host": "h", "username": "u"})
    assert catalog.run("create", "server", organization, body) == "error conflict there is one of that name already"
    assert catalog.run("remove", "server", organization, server).startswith("error conflict it is still in use by a database")


def test_nothing_reaches_into_another_organization(catalog):
    ours, theirs = catalog.organization("ours"), catalog.organization("theirs")
    server, database = catalog.database(theirs)
    storage = catalog.create("storage", theirs, name="disk", path="/srv/hf")
    for noun, row in (("server", server), ("database", database), ("storage", storage)):
        assert catalog.run("get", noun, ours, row).startswith("error not-found")
        assert catalog.run("change", noun, ours, row, 0, "{}").startswith("error not-found")
        assert catalog.run("remove", noun, ours, row).startswith("error not-found")
        assert json.loads(catalog.ok("list", noun, ours, 10, "-"))["items"] == []
    assert catalog.run("create", "database", ours, json.dumps({"server_id": server, "name": "x"})).startswith(
        "error not-found server_id names")
    mine = catalog.create("storage", ours, name="disk", path="/srv/hf")
    schedule = {"name": "s", "interval_s": 3600, "storage_id": storage}
    assert catalog.run("create", "schedule", ours, json.dumps(schedule)).startswith("error not-found storage_id names")
    schedule |= {"storage_id": mine, "database_ids": [database]}
    assert catalog.run("create", "schedule", ours, json.dumps(schedule)).startswith("error not-found database_id names")
    assert catalog.run("jobs", ours, "backup", database, "-", 1).startswith("error not-found")
    job, = catalog.jobs(theirs, database=database)
    assert catalog.run("document", ours, job, 0).startswith("error not-found")
    assert catalog.run("cancel", ours, job).startswith("error not-found")


REFERENCES = """SELECT c.conrelid::regclass::text, c.conname FROM pg_constraint c
    WHERE c.contype = 'f' AND c.connamespace = 'holdfast'::regnamespace
        AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.confrelid AND a.attname = 'organization_id')
        AND c.confrelid::regclass::text NOT IN ('organization', 'account')
        AND NOT (SELECT bool_or(a.attname = 'organization_id') FROM pg_attribute a
            WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey))"""


def test_every_reference_carries_the_organization(catalog):
    """job_log belongs to its job and has no organization of its own."""
    assert catalog.sql(REFERENCES) == [("job_log", "job_log_job_id_fkey")]


def test_what_is_removed_leaves_its_name_in_history(catalog):
    organization = catalog.organization("a")
    server, database = catalog.database(organization)
    job, = catalog.jobs(organization, database=database)
    assert catalog.run("remove", "database", organization, database).startswith(
        "error conflict a job of the database is queued or running")
    assert catalog.claim()[0] == job
    assert catalog.ok("end", job, 1, "succeeded") == "succeeded"
    assert catalog.ok("remove", "database", organization, database) == "removed"
    assert catalog.ok("remove", "server", organization, server) == "removed"
    shown = catalog.document(job)
    assert shown["database_name"] == "shop" and shown["database_id"] is None


def test_a_key_stays_while_it_opens_backups(catalog):
    organization = catalog.organization("a")
    storage = catalog.create("storage", organization, name="disk", path="/srv/hf")
    key = str(catalog.one("INSERT INTO key (organization_id, name, kind, recipient, secret, fingerprint) VALUES "
                          "(%s, 'k', 'identity', 'age1x', '\\x00', 'f1') RETURNING id", organization))
    catalog.sql("INSERT INTO backup (organization_id, name, path, storage_id, type, database_name, size_bytes, "
                "fingerprints) VALUES (%s, 'b', 'b', %s, 'manual', 'shop', 1, '{f1}')", organization, storage)
    assert catalog.run("remove", "key", organization, key).startswith("error conflict the key opens 1 backups")
    catalog.sql("UPDATE backup SET state = 'deleted'")
    assert catalog.ok("remove", "key", organization, key) == "removed"


# ---- Lists ----------------------------------------------------------------------------------------------------------


def ids(catalog, *arguments):
    pages = [json.loads(line)["items"] for line in catalog.ok("list", *arguments).split("\n")]
    return [item["id"] for page in pages for item in page], len(pages)


@pytest.fixture
def backups(catalog):
    """250 backups of two organizations, many of the same time and size, some deleted."""
    ours, theirs = catalog.organization("ours"), catalog.organization("theirs")
    for organization in (ours, theirs):
        storage = catalog.create("storage", organization, name="disk", path="/srv/hf")
        catalog.sql("INSERT INTO backup (organization_id, name, path, storage_id, type, database_name, size_bytes, "
                    "created_at, state) SELECT %s, 'b' || n %% 40, 'p' || n, %s, 'manual', 'shop', n %% 7, now() - n / 9 * "
                    "interval '1 hour', CASE WHEN n %% 5 = 0 THEN 'deleted' ELSE 'good' END FROM generate_series(1, 250) n",
                    organization, storage)
    return ours


SORTS = {"-": "created_at DESC, id DESC", "created_at": "created_at, id", "name": "name, id",
         "-size_bytes": "size_bytes DESC, id DESC"}


def test_pages_by_cursor_give_every_row_once_and_in_order(catalog, backups):
    for sort, order in SORTS.items():
        wanted = catalog.sql(f"SELECT id::text FROM backup WHERE organization_id = %s AND state <> 'deleted' "
                             f"ORDER BY {order}", backups)
        found, pages = ids(catalog, "backup", backups, 13, sort)
        assert found == [row for (row,) in wanted]
        assert pages == 16


def test_lists_filter_and_hide_what_is_deleted(catalog, backups):
    assert len(ids(catalog, "backup", backups, 500, "-")[0]) == 200
    assert len(ids(catalog, "backup", backups, 500, "-", "state", "deleted")[0]) == 50
    assert len(ids(catalog, "backup", backups, 500, "-", "is_pinned", "true")[0]) == 0
    assert catalog.run("list", "backup", backups, 5, "-", "database_id", "x").startswith("error usage")


def test_jobs_that_are_open_are_queued_or_running(catalog):
    organization = catalog.organization("acme")
    running, queued, *ended = catalog.jobs(organization, 5)
    assert catalog.claim()[0] == running
    catalog.sql("UPDATE job SET state = (array['succeeded', 'failed', 'cancelled'])[array_position(%s::uuid[], id)] "
                "WHERE id = ANY(%s::uuid[])", ended, ended)
    assert set(ids(catalog, "job", organization, 1, "-", "state", "open")[0]) == {running, queued}
    assert ids(catalog, "job", organization, 9, "-", "state", "running")[0] == [running]
    assert not ids(catalog, "backup", organization, 9, "-", "state", "open")[0]  # a state like any other there


PLANNED = [("backup", "created_at DESC", "state <> 'deleted'"), ("backup", "size_bytes", "state <> 'deleted'"),
           ("backup", "name", "state <> 'deleted'"), ("job", "created_at DESC", "true"),
           ("log", "created_at DESC", "true"), ("log", "size_bytes DESC", "true"), ("log", "name", "true"),
           ("audit", "seq DESC", "true")]


def test_lists_of_great_catalogs_read_an_index_in_its_order(catalog):
    organization = catalog.organization("a")
    storage = catalog.create("storage", organization, name="disk", path="/srv/hf")
    catalog.sql("INSERT INTO backup (organization_id, name, path, storage_id, type, database_name, size_bytes, created_at) "
                "SELECT %s, 'b' || n, 'p' || n, %s, 'manual', 'shop', n, now() - n * interval '1 second' "
                "FROM generate_series(1, 20000) n", organization, storage)
    catalog.sql("INSERT INTO job (organization_id, kind, name, state, created_at) SELECT %s, 'backup', 'b' || n, "
                "'succeeded', now() - n * interval '1 second' FROM generate_series(1, 20000) n", organization)
    catalog.sql("INSERT INTO audit_event SELECT n, now(), %s, '', '', '', '', '', '', '', '', '' FROM generate_series(1, "
                "20000) n", organization)
    catalog.sql("ANALYZE backup, job, audit_event")
    for view, order, condition in PLANNED:
        direction = "DESC" if order.endswith("DESC") else "ASC"
        plan = "\n".join(row for (row,) in catalog.sql(
            f"EXPLAIN SELECT v.id::text, v.json FROM holdfast_view.{view} v WHERE true AND v.organization_id = "
            f"'{organization}' AND {condition} ORDER BY v.{order}, v.id {direction} LIMIT 51"))
        assert "Seq Scan" not in plan.replace("Seq Scan on schedule", ""), f"{view} by {order}:\n{plan}"
        assert "Sort Key" not in plan, f"{view} by {order}:\n{plan}"
    # What is found nowhere, or in a few names, is not sought in all of them.
    for view, column in (("backup", "name"), ("job", "name"), ("log", "name"), ("audit", "object_name")):
        plan = "\n".join(row for (row,) in catalog.sql(
            f"EXPLAIN SELECT v.id::text, v.json FROM holdfast_view.{view} v WHERE v.organization_id = '{organization}' AND "
            f"strpos(lower(v.{column}), lower('19998')) > 0 AND holdfast.grams(v.{column}) @> holdfast.grams('19998') "
            f"ORDER BY v.id DESC LIMIT 51"))
        assert "_search" in plan, f"{view}:\n{plan}"


def test_the_page_of_500_databases_sums_up_their_backups_by_indexes(catalog):
    organization = catalog.organization("a")
    storage = catalog.create("storage", organization, name="disk", path="/srv/hf")
    server, _ = catalog.database(organization)
    catalog.sql("INSERT INTO database (organization_id, server_id, name) SELECT %s, %s, 'd' || n FROM generate_series(1, 499) n",
                organization, server)
    catalog.sql("INSERT INTO backup (organization_id, name, path, storage_id, type, database_id, database_name, size_bytes, "
                "created_at, fingerprints) SELECT %s, 'b', d.id || '/' || n, %s, 'manual', d.id, d.name, n, now() - n * "
                "interval '1 hour', '{f}' FROM database d, generate_series(1, 20) n", organization, storage)
    catalog.sql("INSERT INTO schedule (organization_id, name, interval_s, storage_id, server_id, database_pattern, next_run_at) "
                "SELECT %s, 's' || n, 3600, %s, %s, CASE n WHEN 1 THEN 'd4*' ELSE 'none' END, ('2040-01-0' || n)::timestamptz FROM "
                "generate_series(1, 5) n", organization, storage, server)
    catalog.sql("ANALYZE")
    reads = "SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables WHERE relname = 'backup'"
    with catalog.connect() as connection, connection.transaction():
        page = connection.execute("SELECT v.json FROM holdfast_view.database v WHERE v.organization_id = %s ORDER BY v.name, "
                                  "v.id LIMIT 500", [organization]).fetchall()
        assert connection.execute(reads).fetchone()[0] == 0
        use, = connection.execute("SELECT v.json -> 'use' FROM holdfast_view.storage v").fetchone()
        assert use == {"backups": 10000, "bytes": 500 * 210}
    d4 = [each for (each,) in page if each["name"].startswith("d4")]
    assert len(page) == 500 and all(each["next_run_at"] == "2040-01-01T00:00:00.000000Z" for each in d4)
    assert [each["next_run_at"] for (each,) in page if each not in d4] == [None] * (500 - len(d4))
    assert [each["size_bytes"] for each in page[0][0]["trend"]] == list(range(12, 0, -1))


def test_the_index_of_a_search_leaves_out_nothing_that_is_sought(catalog):
    names = ["Shop-1.hf", "ÄPFEL", "äpfelchen", "ab", "a%b_c", "\U0001F600\U0001F601\U0010FFFFx", "x" * 200, "a\\b'c\"d", ""]
    pieces = {name[i:i + n] for name in names for n in (1, 2, 3, 4, 200) for i in range(len(name))} | {"none"}
    found = catalog.sql(
        "SELECT name, piece, grams(name) @> grams(piece), strpos(lower(name), lower(piece)) > 0 FROM "
        "unnest(%s::text[]) name, unnest(%s::text[]) piece", names, [*pieces, *map(str.upper, pieces)])
    assert all(by_index for _, _, by_index, stands_there in found if stands_there)
    assert not any(by_index for name, piece, by_index, _ in found if piece == "none" and name != "none")


# ---- Jobs -----------------------------------------------------------------------------------------------------------


def test_workers_at_once_get_each_job_once(catalog):
    organization = catalog.organization("a")
    made = catalog.jobs(organization, 120)
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda n: catalog.ok("work", "default", f"w{n}"), range(8)))
    done = [line.split()[0] for lines in said for line in lines.split("\n") if line]
    assert sorted(done) == sorted(made)
    assert catalog.sql("SELECT DISTINCT state, attempt, name, size_bytes FROM job") == [("succeeded", 1, "done.hf", 7)]


def test_two_organizations_with_200_jobs_each_take_turns(catalog):
    first, second = catalog.organization("first"), catalog.organization("second")
    catalog.jobs(first, 200)
    catalog.jobs(second, 200)
    order = [line.split()[1] for line in catalog.ok("work", "default", "w1").split("\n")]
    assert len(order) == 400
    for n in range(0, 400, 2):
        assert {order[n], order[n + 1]} == {first, second}


def test_the_organization_with_fewer_running_jobs_comes_first(catalog):
    first, second = catalog.organization("first"), catalog.organization("second")
    busy = catalog.jobs(first, 4)
    for worker in range(3):
        catalog.claim(f"w{worker}")
    late, = catalog.jobs(second)
    assert catalog.claim("w9", hint=busy[3])[0] == late
    assert catalog.claim("w9", hint=busy[3])[0] == busy[3]


def test_jobs_that_hold_the_same_thing_run_one_after_the_other_and_say_so(catalog):
    organization = catalog.organization("a")
    first, = catalog.jobs(organization, holds="database:1 backup:7", kind="restore")
    second, = catalog.jobs(organization, holds="backup:7", kind="delete")
    third, = catalog.jobs(organization, holds="backup:8", kind="delete")
    assert catalog.claim() == (first, 1)
    assert catalog.claim() == (third, 1)
    assert catalog.claim() is None
    assert catalog.document(second)["waiting_for"] == f"the restore job {first}"
    assert catalog.ok("end", first, 1, "succeeded") == "succeeded"
    assert catalog.claim() == (second, 1)
    assert catalog.document(second)["waiting_for"] is None


def test_a_server_runs_no_more_jobs_than_its_limit(catalog):
    organization = catalog.organization("a")
    _, database = catalog.database(organization, max_jobs=2)
    jobs = catalog.jobs(organization, 3, database=database)
    assert [catalog.claim()[0], catalog.claim()[0], catalog.claim()] == [*jobs[:2], None]
    assert catalog.document(jobs[2])["waiting_for"] == "one of the 2 jobs of the server of shop"


def test_what_resumes_services_waits_for_no_limit_and_comes_first(catalog):
    organization = catalog.organization("a")
    _, database = catalog.database(organization, max_jobs=1)
    catalog.jobs(organization, 3, database=database, holds=f"database:{database}")
    assert catalog.claim()
    resume, = catalog.jobs(organization, kind="resume", database=database, holds=f"resume:{database}")
    assert catalog.document(resume)["waiting_for"] == "a worker of the pool default: none serves it; start one with --pool default"
    assert catalog.claim() == (resume, 1) and catalog.claim() is None


def test_a_pool_is_served_by_its_workers_alone(catalog):
    job, = catalog.jobs(catalog.organization("a"))
    assert catalog.claim(pool="other") is None
    assert catalog.document(job)["waiting_for"] == "a worker of the pool default: none serves it; start one with --pool default"
    assert catalog.claim(hint=NOBODY)[0] == job


WRITES = "heartbeat {0}\nstep {0}\nprogress {0}\nlog {0}\nlog {0}"


def test_an_attempt_that_lost_its_job_changes_nothing(catalog):
    job, = catalog.jobs(catalog.organization("a"))
    assert catalog.claim("dead") == (job, 1)
    assert catalog.run("writes", job, 1) == WRITES.format("done")
    catalog.sql("UPDATE job SET lease_until = now() - interval '1 second'")
    assert catalog.ok("take-back") == job
    assert catalog.run("writes", job, 1) == WRITES.format("conflict")
    assert catalog.run("end", job, 1, "succeeded").startswith("error conflict attempt 1 does not own the job")
    assert catalog.claim("alive") == (job, 2)
    assert catalog.run("writes", job, 1) == WRITES.format("conflict")
    assert catalog.run("end", job, 1, "failed").startswith("error conflict")
    shown = catalog.document(job)
    assert shown["state"] == "running" and shown["attempt"] == 2
    assert catalog.one("SELECT step FROM job") == "loaded"
    lines = shown["log"]
    assert [line["seq"] for line in lines] == [1, 2, 100000] and shown["cursor"] == 100000
    assert lines[0] == {"seq": 1, "at": "2023-11-14T22:13:20.123456Z", "level": "info", "message": 'one "line"'}
    assert lines[2]["level"] == "warning" and "worker dead" in lines[2]["message"]
    assert catalog.document(job, after=2)["log"] == lines[2:]


def test_a_job_that_is_lost_too_often_fails(catalog):
    job, = catalog.jobs(catalog.organization("a"))
    for attempt in (1, 2, 3):
        assert catalog.claim() == (job, attempt)
        catalog.sql("UPDATE job SET lease_until = now() - interval '1 second'")
        assert catalog.ok("take-back") == job
    assert catalog.claim() is None
    assert catalog.document(job)["state"] == "failed"
    assert "lost 3 times" in catalog.document(job)["error"]["message"]
    ((actor, outcome, detail),) = catalog.sql("SELECT actor, outcome, detail FROM audit_event WHERE action = 'backup.end'")
    assert (actor, outcome) == ("worker test", "failure") and "lost 3 times" in detail


def test_a_lost_job_that_was_to_be_cancelled_is_and_the_audit_log_says_so(catalog):
    job, = catalog.jobs(catalog.organization("a"))
    assert catalog.claim() == (job, 1)
    assert catalog.ok("cancel", "-", job) == "running"
    catalog.sql("UPDATE job SET lease_until = now() - interval '1 second'")
    assert catalog.ok("take-back") == job
    assert catalog.document(job)["state"] == "cancelled"
    assert catalog.sql("SELECT object_id, outcome FROM audit_event WHERE action = 'backup.end'") == [(job, "failure")]


def test_a_clock_that_was_set_back_keeps_no_job(catalog):
    """As if the clock had been a day ahead when they were queued and claimed."""
    lost, waiting = catalog.jobs(catalog.organization("a"), 2)
    assert catalog.claim() == (lost, 1)
    catalog.sql("UPDATE job SET created_at = now() + interval '1 day', not_before = now() + interval '1 day', "
                "lease_until = lease_until + CASE state WHEN 'running' THEN interval '1 day' END")
    assert catalog.claim() is None
    assert catalog.ok("take-back") == "", "whoever is alive renews its lease"
    assert catalog.claim() == (waiting, 1)
    assert 0 < catalog.one("SELECT extract(epoch FROM lease_until - clock_timestamp())::int FROM job WHERE id = %s",
                           lost) <= 20
    catalog.sql("UPDATE job SET lease_until = lease_until - interval '21 seconds' WHERE id = %s", lost)
    assert catalog.ok("take-back") == lost


def test_an_end_that_may_pass_queues_again_up_to_three_attempts(catalog):
    job, = catalog.jobs(catalog.organization("a"))
    for attempt, outcome in ((1, "again"), (2, "again"), (3, "failed")):
        assert catalog.claim() == (job, attempt)
        assert catalog.ok("end", job, attempt, "again") == outcome
        assert catalog.ok("end", job, attempt, "again") == outcome, "the answer may be lost, and the end repeated"
    assert catalog.document(job)["error"] == {"code": "network", "message": "it went away"}
    assert catalog.one("SELECT failures FROM job") == 3


def test_a_cancel_ends_a_queued_job_and_asks_a_running_one(catalog):
    organization = catalog.organization("a")
    queued, running = catalog.jobs(organization, 2)
    catalog.claim(hint=running)
    assert catalog.ok("cancel", organization, queued) == "cancelled"
    assert catalog.ok("cancel", organization, running) == "running"
    assert catalog.document(running)["cancel_requested"] is True
    assert catalog.ok("end", running, 1, "again") == "cancelled"
    assert catalog.run("cancel", organization, running).startswith("error conflict")
    assert catalog.run("cancel", organization, NOBODY).startswith("error not-found")
    assert catalog.run("cancel", organization, "1' OR '1").startswith("error not-found")


def test_what_was_not_published_is_found_once(catalog):
    job, = catalog.jobs(catalog.organization("a"))
    assert catalog.ok("unpublished", 10) == ""
    catalog.sql("UPDATE job SET published_at = now() - interval '11 seconds'")
    assert catalog.ok("unpublished", 10).split("\n") == ["default", job]
    assert catalog.ok("unpublished", 10) == ""


# ---- Schedules ------------------------------------------------------------------------------------------------------


def test_a_schedule_means_the_databases_that_its_pattern_matches_now(catalog):
    organization = catalog.organization("a")
    server, _ = catalog.database(organization, "shop_1")
    storage = catalog.create("storage", organization, name="disk", path="/srv/hf")
    schedule = catalog.create("schedule", organization, name="s", interval_s=3600, storage_id=storage, server_id=server,
                              database_pattern="shop_?")
    assert catalog.ok("meant", schedule) == "shop_1"
    for name in ("shop_2", "shopx3", "shop_22", "other"):
        catalog.create("database", organization, server_id=server, name=name)
    assert catalog.ok("meant", schedule).split("\n") == ["shop_1", "shop_2"]
    assert catalog.ok("change", "schedule", organization, schedule, 1, '{"database_pattern": "*"}') == "changed"
    assert len(catalog.ok("meant", schedule).split("\n")) == 5


def test_a_due_schedule_is_advanced_by_one_leader(catalog):
    organization = catalog.organization("a")
    _, database = catalog.database(organization)
    storage = catalog.create("storage", organization, name="disk", path="/srv/hf")
    catalog.create("schedule", organization, name="s", interval_s=3600, storage_id=storage, database_ids=[database])
    now = 1_800_000_000_123_457
    assert catalog.ok("due", now).split("\n") == ["s -1", "advance done", "advance conflict"]
    assert catalog.ok("due", now + 3_599_999_999) == ""
    assert catalog.ok("due", now + 3_600_000_000).split("\n")[0] == f"s {now + 3_600_000_000}"


# ---- The rest -------------------------------------------------------------------------------------------------------


STORIES = ["people", "backups", "uploads", "restores", "closures", "answers"]


def test_each_operation_answers_as_its_header_says(catalog):
    """tests/unit/catalog/catalog_story.c tells what is asked and what must come."""
    for story in STORIES:
        catalog.sql("DELETE FROM halt; DELETE FROM preflight; TRUNCATE organization CASCADE")
        catalog.organization("a")
        done = subprocess.run([catalog.program.with_name("catalog_story"), catalog.service, story], text=True, timeout=180,
                              capture_output=True)
        assert done.returncode == 0, f"{story}: {done.stderr}"


# ---- Audit ----------------------------------------------------------------------------------------------------------


def test_the_audit_chain_is_whole_also_when_many_write_at_once(catalog):
    organization = catalog.organization("a")
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: catalog.ok("audit", organization, 40), range(6)))
    assert catalog.run("verify") == "240"


TAMPERING = {"an actor changed": ("UPDATE audit_event SET actor = 'user eve' WHERE seq = 7", "at row 7"),
             "an organization changed": ("UPDATE audit_event SET organization_id = NULL WHERE seq = 5", "at row 5"),
             "a time changed": ("UPDATE audit_event SET at = at + interval '1 microsecond' WHERE seq = 3", "at row 3"),
             "a row removed": ("DELETE FROM audit_event WHERE seq = 4", "row 4 is missing"),
             "rows exchanged": ("UPDATE audit_event SET seq = 100 WHERE seq = 2; UPDATE audit_event SET seq = 2 WHERE "
                                "seq = 3; UPDATE audit_event SET seq = 3 WHERE seq = 100", "at row 2"),
             "a hash made anew": ("UPDATE audit_event e SET actor = 'user eve', hash = sha256(hash) WHERE seq = 6",
                                  "at row 6")}


def test_tampering_breaks_the_audit_chain(catalog):
    catalog.ok("audit", catalog.organization("a"), 10)
    catalog.sql("CREATE TABLE whole AS SELECT * FROM audit_event")
    for how, (statement, words) in TAMPERING.items():
        assert catalog.run("verify") == "10"
        catalog.sql(statement)
        said = catalog.run("verify")
        assert said.startswith("error corrupt the audit log is broken") and words in said, f"{how}: {said}"
        catalog.sql("DELETE FROM audit_event; INSERT INTO audit_event SELECT * FROM whole")


# ---- Faults ---------------------------------------------------------------------------------------------------------


def test_a_restart_of_the_server_is_lived_through(program, postgres, database):
    server = postgres(15, fresh=True)
    catalog = Catalog(program, server, server.createdb("catalog"))
    catalog.migrate()
    with subprocess.Popen([program, catalog.service, "linger"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as process:
        def ask():
            print("?", file=process.stdin, flush=True)
            return process.stdout.readline().rstrip("\n")

        assert ask() == "check done"
        server.restart()
        assert ask() == "check done"
        server.stop("immediate")
        assert ask() == "check network"
        server.start()
        assert ask() == "check done"
        process.stdin.close()
        assert process.wait(10) == 0


def test_alarms_and_counts_are_told(catalog):
    organization = catalog.organization("a")
    _, database = catalog.database(organization)
    catalog.jobs(organization, 3)
    told = json.loads(catalog.ok("metrics"))
    assert told["jobs"] == [{"pool": "default", "kind": "backup", "state": "queued", "count": 3}]
    assert told["alarms"] == [{"organization": "a", "server": "of shop", "database": "shop", "raised": False,
                               "missing": False, "last_good_s": None}]
    catalog.sql("UPDATE database SET created_at = now() - interval '3 days'")
    assert json.loads(catalog.ok("metrics"))["alarms"][0]["raised"] is True
    assert ids(catalog, "alarm", organization, 10, "-", "is_raised", "true")[0] == [database]
