"""Measures the service: each measure against the least that there can be, on the same nginx, catalog and machine."""
import base64
import json
import os
import re
import socket
import statistics
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from common import Measures
from support import process
from support.service import Service, program
from support.site import Site

CHILDREN = 4  # of the API and of what it is compared with
CONNECTIONS = 16
LOAD_S = 3
PAGES = 100

# A job as it runs, with two tables in flight.
PROGRESS = {"percent": 42, "rows": 1234567, "bytes_in": 987654321, "bytes_out": 123456789, "rate_in": 98765432,
            "rate_out": 12345678, "elapsed_s": 10, "left_s": 14, "lanes": [{"label": "shop.orders", "percent": 71},
                                                                           {"label": "shop.events", "percent": 12}]}


class ServiceBench(Measures):
    NAMES = ["poll", "gate", "lists", "jobs", "job_backup", "child_memory"]

    @contextmanager
    def service(self, **options):
        service = Service(self.server, **options)
        try:
            yield service
        finally:
            service.remove()

    # ---- load ------------------------------------------------------------------------------------------------------

    def load(self, port, path, headers=None, *, connections=CONNECTIONS, seconds=LOAD_S, status=None):
        """What wrk says after so many seconds of requests over connections that stay; `status` is what must come."""
        if status is not None:
            self._expect(port, path, headers, status)
        options = _header_options(headers)
        done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *options,
                               f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True)
        if "Socket errors" in done.stdout or (status or 200) < 400 and "Non-2xx" in done.stdout:
            raise SystemExit(f"{path}: {done.stdout}")
        return Load(done.stdout)

    @staticmethod
    def _expect(port, path, headers, status):
        done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", *_header_options(headers),
                               f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True)
        if done.stdout != str(status):
            raise SystemExit(f"{path} answers {done.stdout}, not {status}")

    def rates(self, what, promise, ours, theirs):
        """Requests per second of two loads, in turns."""
        first, second = self.turns(lambda: self.load(*ours).rate, lambda: self.load(*theirs).rate)
        self.report.pair(what, f"{first:.0f}/s", f"{second:.0f}/s", first / second, f"at least {promise}")

    # ---- polls -----------------------------------------------------------------------------------------------------

    def poll(self):
        with self.service(children=CHILDREN) as service, self.hello(service):
            admin = service.organization("acme")
            job = self._running_job(service, admin)
            path, cookie = f"/api/v1/jobs/{job}?after=19", {"Cookie": admin.cookie}
            tag = {"If-None-Match": admin.get(f"/jobs/{job}?after=20").etag, **cookie}
            port = service.nginx.port
            self._expect(port, path, cookie, 200)
            self._expect(port, f"/api/v1/jobs/{job}?after=20", tag, 304)
            hello = (port, "/hello")
            self.rates("poll of a running job against a libfcgi hello", "0.6", (port, path, cookie), hello)
            self.rates("poll that is answered 304 against a libfcgi hello", "0.8",
                       (port, f"/api/v1/jobs/{job}?after=20", tag), hello)

    @contextmanager
    def hello(self, service):
        """/hello of the service's nginx: a FastCGI program that does nothing, reached just as the API is."""
        folder, path = Path(service.nginx.folder), f"{service.folder}/hello.sock"
        hello = process.start([program("tests/bench/fcgi_hello"), path, CHILDREN], service.log)
        process.wait_for(lambda: os.path.exists(path), "fcgi_hello", process=hello)
        http = (folder / "holdfast-http.conf").read_text()
        upstream = re.search(r"upstream holdfast_api \{.*?\n\}", http, re.S).group()
        upstream = upstream.replace("holdfast_api", "hello").replace(service.socket, path)
        (folder / "hello-fastcgi.conf").write_text(
            (folder / "holdfast-fastcgi.conf").read_text().replace("fastcgi_pass holdfast_api", "fastcgi_pass hello"))
        text = service.nginx.configuration.read_text()
        text = text.replace("    server {", f"    {upstream}\n    server {{\n        location = /hello {{ include "
                            "hello-fastcgi.conf; }", 1)
        service.nginx.configuration.write_text(text)
        process.stop(service.nginx.process)
        service.nginx.start()
        yield
        process.stop(hello)

    @staticmethod
    def _running_job(service, admin):
        """As a worker leaves it in the catalog and in Redis; its id."""
        job = service.furnish(admin)["job"]
        service.sql("UPDATE job SET state = 'running', attempt = 1, worker = 'w1', started_at = now(), "
                    "phase = 'copying', lease_until = now() + interval '1 hour', progress = %s WHERE id = %s",
                    json.dumps(PROGRESS), job)
        (document,), = service.sql("SELECT json FROM holdfast_view.job WHERE id = %s", job)
        service.redis.call("HSET", f"hf:job:{job}", "organization", admin.me["organization"]["id"], "revision", 1,
                           "missing", 0, "document", json.dumps(document, separators=(",", ":")))
        for seq in range(1, 21):
            service.redis.call("XADD", f"hf:log:{job}", f"{seq}-0", "at", "2026-01-01T00:00:00.000000Z", "level",
                               "info", "message", f"{seq} tables of 20 are copied")
        return job

    # ---- the gate --------------------------------------------------------------------------------------------------

    def gate(self):
        with self.service(children=CHILDREN) as service:
            admin = service.organization("acme")
            site = Site(service.socket, service.furnish(admin)["database"])
            try:
                self._let_check(site)
                self.rates("gate check with the cache against a static file of the same size", "0.7",
                           (site.port, "/check"), (site.ungated, "/empty"))
                self.rates("a static file behind the gate against one that is not", "0.7", (site.port, "/hello"),
                           (site.ungated, "/hello"))
            finally:
                site.remove()

    @staticmethod
    def _let_check(site):
        """/check: the gate's own location for anybody to ask; /empty: a file without a byte, as its answer has none."""
        folder = Path(site.folder)
        gate = (folder / "holdfast-gate.conf").read_text()
        check = re.search(r"location = /-/holdfast/gate (\{.*?\n\})", gate, re.S).group(1).replace("internal;", "")
        text = site.configuration.read_text()
        text = text.replace("location = /forbidden", f"location = /check {check}\n        location = /forbidden")
        text = text.replace(f":{site.ungated};", f":{site.ungated};\n        location = /empty {{ root {folder}; }}")
        (folder / "empty").touch()
        site.configuration.write_text(text)
        site.restart()

    # ---- lists -----------------------------------------------------------------------------------------------------

    def lists(self):
        """Each page with one client at a time; of each list the page that suffers most."""
        with self.service(children=1) as empty, self.service(children=1) as full:
            admins = [service.organization("acme") for service in (empty, full)]
            backups, lines = self.part(100_000), self.part(1_000_000)
            database = self._fill(full, admins[1], backups, lines)
            clients = [(service.nginx.port, admin.cookie) for service, admin in zip((empty, full), admins)]
            for name, pages in self._pages(full, database).items():
                times = {page: self._page_times(clients, f"/{name}{page}") for page in pages}
                for page, (without, with_rows) in times.items():
                    self.note(f"/{name}{page[:40]}: {with_rows:.2f} ms, empty {without:.2f} ms")
                page, (without, with_rows) = max(times.items(), key=lambda item: item[1][1] / item[1][0])
                self.report.pair(f"{name} with {backups:,} backups and {lines:,} log lines against an empty catalog: "
                                 f"the slowest of {len(pages)} pages", f"{with_rows:.2f} ms", f"{without:.2f} ms",
                                 with_rows / without, "at most 2")

    @staticmethod
    def _page_times(clients, path):
        """Milliseconds of each client's page: medians of many requests, one client's after the other's."""
        clients = [Page(port, cookie) for port, cookie in clients]
        times = [[] for _ in clients]
        for _ in range(PAGES):
            for client, spent in zip(clients, times):
                spent.append(client.time(path))
        return [1000 * statistics.median(spent) for spent in times]

    def _pages(self, service, database):
        """First, by a cursor far on, by each filter, by each sort."""
        def cursor(sort, table):
            column = sort.lstrip("-")
            id = "seq" if column == "seq" else "id"
            (id, value), = service.sql(f"SELECT {id}::text, {column}::text FROM {table} ORDER BY {column} "
                                       f"OFFSET (SELECT count(*) / 2 FROM {table}) LIMIT 1")
            text = base64.urlsafe_b64encode(f"{sort}\n{id}\n{value}".encode()).decode()
            return f"?sort={sort}&cursor={text}"

        return {
            "backups": ["", cursor("-created_at", "backup"), cursor("name", "backup"), "?sort=size_bytes",
                        "?sort=-name", f"?database_id={database}", "?type=safety", "?state=damaged", "?is_pinned=true",
                        "?state=deleted"],
            "logs": ["", cursor("-created_at", "job"), cursor("name", "job"), "?sort=size_bytes", "?sort=type",
                     f"?database_id={database}", "?type=restore", "?outcome=failed", "?outcome=cancelled"],
            "jobs": ["", cursor("-created_at", "job"), "?kind=restore", "?kind=verify", "?state=failed",
                     "?state=cancelled", "?state=running", f"?database_id={database}"],
            "audit": ["", cursor("-seq", "audit_event"), "?action=backup.create", "?action=user.create",
                      "?outcome=denied", "?object_kind=user", "?actor=user%20acme-admin"],
        }

    def _fill(self, service, admin, backups, lines):
        """As many jobs as lines, of which a tenth left backups; rare kinds and states among them. Gives the id of a
        database that few are about."""
        self.note(f"filling a catalog with {backups:,} backups and {lines:,} log lines")
        things = service.furnish(admin)
        text = (Path(__file__).parent / "fill_catalog.sql").read_text()
        ids = {name: things[name] for name in ("server", "storage", "database", "schedule")}
        settings = {"organization": admin.me["organization"]["id"], "backups": backups, "lines": lines, **ids}
        options = [word for name, value in settings.items() for word in ("-v", f"{name}={value}")]
        subprocess.run([self.server.bin("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *options, "-d",
                        self.server.dsn(service.catalog)], input=text, check=True, text=True, stdout=subprocess.DEVNULL)
        self.settle(service.catalog)
        return things["database"]

    # ---- jobs ------------------------------------------------------------------------------------------------------

    def jobs(self):
        """Deletions of small files: what they cost is nearly all the queue's."""
        count = self.part(1000)
        for workers in (1, 2, 4):
            with self.service(children=2) as service:
                admin = service.organization("acme")
                ids = self._make_backups(service, admin, count)
                began = time.monotonic()
                for each in ids:
                    admin.delete(f"/backups/{each}", expect=202)
                asked = (time.monotonic() - began) / count
                self._time_jobs(service, count, workers, asked)

    @staticmethod
    def _make_backups(service, admin, count):
        """Their ids."""
        things = service.furnish(admin)
        service.sql("UPDATE job SET state = 'cancelled', ended_at = now()")  # what furnish queued
        for i in range(count):
            Path(service.storage, "acme", f"small-{i}.hf").write_text("small")
        return [str(id) for (id,) in service.sql(
            "INSERT INTO backup (organization_id, name, path, storage_id, type, database_id, database_name, "
            "size_bytes) SELECT %s, 'small-' || i || '.hf', 'small-' || i || '.hf', %s, 'manual', %s, 'shop', 5 "
            "FROM generate_series(0, %s) i RETURNING id", admin.me["organization"]["id"], things["storage"],
            things["database"], count - 1)]

    def _time_jobs(self, service, count, workers, asked):
        parts = {"catalog": int(Path(self.server.data, "postmaster.pid").read_text().split()[0]),
                 "Redis": service.redis.process.pid}
        before = {name: _tree_seconds(pid) for name, pid in parts.items()}
        for _ in range(workers):
            service.start_worker()
        while service.sql("SELECT count(*) FROM job WHERE state IN ('queued', 'running')") != [(0,)]:
            time.sleep(0.25)
        (seconds, own_ms), = service.sql(
            "SELECT extract(epoch FROM max(ended_at) - min(started_at))::float8, 1000 * percentile_cont(0.5) WITHIN "
            "GROUP (ORDER BY extract(epoch FROM ended_at - started_at)) FROM job WHERE kind = 'delete'")
        self._check_jobs(service, count)
        used = {name: _tree_seconds(pid) - before[name] for name, pid in parts.items()}
        used["workers and their processes"] = sum(_tree_seconds(worker.pid) for worker in service.workers)
        costs = ", ".join(f"{name} {1000 * value / count:.1f}" for name, value in used.items())
        self.fact(f"{count} small jobs over {workers} worker{'s'[:workers > 1]}", f"{count / seconds:.0f} jobs/s, "
                  f"{own_ms:.0f} ms from claim to end, {1000 * asked:.1f} ms to ask for one; milliseconds of processor "
                  f"a job: {costs}", "none lost or doubled: checked")

    @staticmethod
    def _check_jobs(service, count):
        """Each has run once, to its end, and has done what it was for."""
        good = service.sql(
            "SELECT count(*), count(DISTINCT j.backup_id), max(j.attempt), sum((SELECT count(*) FROM audit_event e "
            "WHERE e.object_id = j.id::text AND e.action = 'delete.end' AND e.outcome = 'success')) "
            "FROM job j JOIN backup b ON b.id = j.backup_id AND b.state = 'deleted' "
            "WHERE j.kind = 'delete' AND j.state = 'succeeded'")
        left = list(Path(service.storage, "acme").glob("small-*"))
        if good != [(count, count, 1, count)] or left:
            raise SystemExit(f"jobs were lost or doubled: {good}, {len(left)} files are left")

    # ---- a backup as a job -----------------------------------------------------------------------------------------

    def job_backup(self):
        """From the request to the end, against the command from its start to its end."""
        name = "shop"
        self.make_shop(name, max(1, self.scale // 2))
        size = int(self.server.psql(f"SELECT pg_database_size('{name}')")) / 1e9
        with self.service(children=2, workers=1) as service:
            admin = service.organization("acme")
            body = self._backup_request(service, admin, name)
            self._job_seconds(service, admin, body)  # the database is in memory then
            job, command = self.turns(lambda: self._job_seconds(service, admin, body),
                                      lambda: self._command_seconds(name))
            self.report.pair(f"backup as a job against the command line, database of {size:.1f} GB", f"{job:.2f} s",
                             f"{command:.2f} s", job / command, "at most 1.05")

    def _backup_request(self, service, admin, name):
        def make(route, **body):
            return admin.post(route, body, expect=201).json["id"]

        server = make("/servers", name="main", host="127.0.0.1", port=self.server.port, username="postgres")
        key = make("/keys", name="key", kind="recipient", recipient=self.recipient)
        make("/storages", name="disk", path=f"{service.storage}/acme")
        return {"database_id": make("/databases", server_id=server, name=name), "key_ids": [key], "jobs": 2}

    def _job_seconds(self, service, admin, body):
        self.server.psql("CHECKPOINT")
        began = time.time()
        job = admin.post("/backups", body, expect=202).json["job_id"]
        while (document := admin.get(f"/jobs/{job}").json)["state"] in ("queued", "running"):
            time.sleep(0.1)
        if document["state"] != "succeeded":
            raise SystemExit(f"the backup: {document}")
        (ended,), = service.sql("SELECT extract(epoch FROM ended_at)::float8 FROM job WHERE id = %s", job)
        for file in Path(service.storage).rglob("*.hf"):
            file.unlink()
        return ended - began

    def _command_seconds(self, name):
        return self.run(self.backup_command(f"host=127.0.0.1 port={self.server.port} user=postgres dbname={name}",
                                            "command.hf", "--jobs", "2"))[0]

    # ---- memory ----------------------------------------------------------------------------------------------------

    def child_memory(self):
        """Of all sorts of requests, also wrong ones."""
        with self.service(children=1) as service:
            admin = service.organization("acme")
            job = self._running_job(service, admin)
            child, = Path(f"/proc/{service.api.pid}/task/{service.api.pid}/children").read_text().split()
            few, many = self.part(10_000), self.part(100_000)
            first = self._memory_after(few, 0, service, admin, job, child)
            last = self._memory_after(many, first[1], service, admin, job, child)
            self.report.pair(f"memory of an API child after {last[1]:,} requests, against {first[1]:,}",
                             f"{last[0]:.1f} MiB", f"{first[0]:.1f} MiB", last[0] / first[0], "flat")

    def _memory_after(self, count, done, service, admin, job, child):
        """MiB, and the requests until then."""
        pages = [(f"/jobs/{job}?after=5", 200), ("/backups", 200), (f"/jobs/{job}?after=x", 400),
                 ("/databases?q=a", 200), ("/me", 200), ("/nothing", 404), ("/logs?sort=none", 400), ("/audit", 200)]
        while done < count:
            for page, status in pages:
                done += self.load(service.nginx.port, f"/api/v1{page}", {"Cookie": admin.cookie}, seconds=1,
                                  status=status).count
                if done >= count:
                    break
        status = Path(f"/proc/{child}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024, done


class Page:
    """A client that costs next to nothing itself."""

    def __init__(self, port, cookie):
        self.cookie = cookie
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def time(self, path):
        """Seconds of a request."""
        began = time.perf_counter()
        self.socket.sendall(f"GET /api/v1{path} HTTP/1.1\r\nHost: a\r\nCookie: {self.cookie}\r\n\r\n".encode())
        answer = self.socket.recv(1 << 20)
        head, _, body = answer.partition(b"\r\n\r\n")
        missing = int(re.search(rb"(?i)content-length: (\d+)", head).group(1)) - len(body)
        while missing > 0:
            missing -= len(self.socket.recv(missing))
        spent = time.perf_counter() - began
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{path}: {answer[:500]}")
        return spent


class Load:
    """`rate` a second, `count`."""

    def __init__(self, text):
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
        self.count = int(re.search(r"(\d+) requests in", text).group(1))


def _header_options(headers):
    """As curl and wrk take them."""
    return [word for name, value in (headers or {}).items() for word in ("-H", f"{name}: {value}")]


def _tree_seconds(pid):
    """Processor seconds of a process and of all below it, those that have ended too."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    own = sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(_tree_seconds(int(child)) for child in below)
