"""A whole service with a shop, for a program of another language: JSON lines in, JSON lines out.

    python3 tests/support/stage.py          runs until its standard input ends

Each line that comes is {"do": NAME, …arguments}; the answer is {"ok": RESULT} or {"error": TEXT}. The first line that goes
out says where everything is: {"ok": {"url": …, "password": …, …}}.
"""
import base64
import io
import json
import os
import sys
from pathlib import Path

import openpyxl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support import process  # noqa: E402
from support.mssql import SqlServers  # noqa: E402
from support.postgres import Servers  # noqa: E402
from support.service import OWNER, PASSWORD, Service, password_hash  # noqa: E402
from support.site import Site  # noqa: E402
from support.tds_clients import tsql  # noqa: E402

# A shop that is backed up in a moment, with something of each: constraint, index, sequence, large rows.
SHOP = """
CREATE TABLE customer (id integer PRIMARY KEY, name text NOT NULL, email text UNIQUE);
CREATE TABLE orders (id serial PRIMARY KEY, customer_id integer REFERENCES customer, total numeric(10,2), note text);
INSERT INTO customer SELECT i, 'Customer ' || i, 'c' || i || '@example.org' FROM generate_series(1, 500) i;
INSERT INTO orders (customer_id, total, note)
    SELECT 1 + i % 500, i / 7.0, repeat(md5(i::text), 4) FROM generate_series(1, 5000) i;
CREATE INDEX ON orders (customer_id);
"""


class Stage:
    """What the runner may ask for is a method that does not begin with an underscore."""

    def __init__(self):
        self._servers = Servers()
        self._server = self._servers(15)
        self._service = Service(self._server, workers=1, page=True)
        self._clients = {}
        self._sites = []
        self._mssql = SqlServers(self._servers)
        self._hash = password_hash(PASSWORD, 10)  # everybody's: what a hash costs is no story's subject
        self.catalog(f"UPDATE account SET password = '{self._hash}'")
        self._owner = self._service.client(OWNER)

    def where(self):
        return {"url": f"http://127.0.0.1:{self._service.nginx.port}", "password": PASSWORD, "owner": OWNER,
                "port": self._server.port, "storage": self._service.storage, "log": self._service.log}

    # ---- people and things

    def organization(self, name):
        """A new organization with <name>-admin, <name>-auditor, <name>-operator and <name>-viewer in it."""
        id = self._owner.post("/organizations", {"name": name}, expect=201).json["id"]
        for role in ("administrator", "auditor", "operator", "viewer"):
            user = f"{name}-{role.replace('administrator', 'admin')}"
            self.catalog(f"""
                WITH made AS (INSERT INTO account (name, password) VALUES ('{user}', '{self._hash}') RETURNING id)
                INSERT INTO membership SELECT '{id}', id, '{role}' FROM made""")
        self._clients[name] = self._service.client(f"{name}-admin")
        return {"id": id, "name": name}

    def shop(self, organization, name=None):
        """A server, a storage, a key and a registered shop in the organization; their ids, and the database's name."""
        admin = self._clients[organization]
        name = name or f"{organization}_shop"
        self._server.createdb(name)
        self.sql(name, SHOP)

        def make(route, **body):
            return admin.post(route, body, expect=201).json["id"]

        things = {"server": make("/servers", name="main", host="127.0.0.1", port=self._server.port, username="postgres"),
                  "storage": make("/storages", name="disk", path=f"{self._service.storage}/{organization}"),
                  "key": make("/keys", name="key", kind="identity")}
        things["database"] = make("/databases", server_id=things["server"], name=name)
        return {**things, "name": name}

    def api(self, organization, method, path, body=None, headers=None):
        """A call as the organization's administrator: {"status": …, "body": …}."""
        answer = self._clients[organization].request(method, path, body, headers=headers)
        return {"status": answer.status, "body": json.loads(answer.body) if answer.body else None}

    def text(self, organization, method, path):
        return self._clients[organization].request(method, path).body.decode()

    def sql(self, database, text):
        with self._server.connect(database) as connection:
            cursor = connection.execute(text)
            return [[str(each) for each in row] for row in cursor.fetchall()] if cursor.description else []

    def catalog(self, text):
        """A statement on the catalog, whatever the API would say of it."""
        with self._server.connect(self._service.catalog, options="-c search_path=holdfast") as connection:
            cursor = connection.execute(text)
            return [[str(each) for each in row] for row in cursor.fetchall()] if cursor.description else []

    def mssql(self, database):
        """The stand-in for SQL Server, started at the first call, with a new empty database."""
        server = self._mssql()
        return {"address": f"{server.host}:{server.port}", "username": server.login, "password": server.password,
                "root": Path(server.root).read_text(), "database": server.create_database(database)}

    def mssql_sql(self, database, text):
        """T-SQL in a database of the stand-in."""
        return tsql(self._mssql(), text, database=database)

    def mssql_full(self, at, matching):
        """Once there is no more room there: see tests/peers/tds/faults.py for when."""
        self._mssql().fault(at, "error", matching=matching, number=1105, details=["a table", "a database", "PRIMARY"])

    def workbook(self, sheets):
        """XLSX, as base64, of sheets with their rows."""
        book, file = openpyxl.Workbook(), io.BytesIO()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        book.save(file)
        return base64.b64encode(file.getvalue()).decode()

    def forget_tries(self):
        self._service.forget_tries()

    # ---- trouble

    def kill_worker(self):
        """As the kernel would for want of memory: the job's own process goes with it."""
        worker = self._service.workers.pop()
        worker.kill()
        worker.wait()

    def start_worker(self):
        self._service.start_worker()

    def stop_worker(self):
        process.stop(self._service.workers.pop())

    def stop_api(self):
        process.stop(self._service.api)

    def start_api(self):
        self._service.start_api()

    def stop_nginx(self):
        process.stop(self._service.nginx.process)

    def start_nginx(self):
        self._service.nginx.start()

    # ---- a site behind the gate

    def site(self, database):
        """The address of a page of somebody else's site, whose nginx asks the gate of the database."""
        self._sites.append(Site(self._service.socket, database))
        return f"http://127.0.0.1:{self._sites[-1].port}/hello"

    def halt(self, database, phase, percent):
        """As a worker would that is at a swap."""
        document = {"phase": phase, "progress": {"percent": percent}}
        self._service.redis.call("HSET", f"hf:job:{database}", "organization", database, "revision", 1, "document",
                                 json.dumps(document))
        halt = {"job_id": database, "until": "2040-01-01T00:00:00.000000Z"}
        self._service.redis.call("SET", f"hf:gate:{database}", json.dumps(halt), "EX", 60)

    def resume(self, database):
        self._service.redis.call("DEL", f"hf:gate:{database}")

    def log(self):
        return Path(self._service.log).read_text(errors="replace")[-20000:]

    def _remove(self):
        for site in self._sites:
            site.remove()
        for worker in self._service.workers:
            if worker.poll() is not None:
                self._service.workers.remove(worker)
        try:
            self._service.remove()
        finally:
            self._mssql.remove()
            self._servers.remove()


def _answer(stage, line):
    try:
        asked = json.loads(line)
        name = asked.pop("do")
        if name.startswith("_"):
            raise ValueError(f"{name} is not for you")
        return {"ok": getattr(stage, name)(**asked)}
    except Exception as error:  # the runner is told, whatever it is
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what others print does not come between the lines
    stage = Stage()
    try:
        print(json.dumps({"ok": stage.where()}), file=out)
        for line in sys.stdin:
            print(json.dumps(_answer(stage, line), default=str), file=out)
    finally:
        stage._remove()


if __name__ == "__main__":
    main()
