"""The whole service on loopback, privately: PostgreSQL, Redis, nginx, holdfast-api and workers; and a client for it.

    service = Service(postgres(15), redis)
    admin = service.organization("acme")          # a Client signed in as its administrator
    admin.get("/servers").json["items"]
"""
import base64
import hashlib
import http.client
import itertools
import json
import os
import secrets
import shutil
import subprocess
from pathlib import Path

from . import process
from .holdfast import _SANITIZER_OPTIONS, SANITIZER_REPORT
from .nginx import Nginx
from .redis import Redis

PASSWORD = "correct horse battery"
OWNER = "owner"
_numbers = itertools.count(1)


def program(name):
    """The path of one of our programs: beside $HOLDFAST, or of the normal build."""
    holdfast = os.environ.get("HOLDFAST") or str(Path(__file__).resolve().parents[2] / "build/main/holdfast")
    return str(Path(holdfast).resolve().parent / name)


def password_hash(password, log_n=15):
    """As crypto/password.h writes it; 10 is the least that it takes, and costs a thirtieth."""
    salt = secrets.token_bytes(16)
    key = hashlib.scrypt(password.encode(), salt=salt, n=1 << log_n, r=8, p=1, maxmem=64 << 20, dklen=32)
    return f"scrypt${log_n}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


class Service:
    """`server` keeps the catalog, in a database of its own. Nothing runs jobs unless `workers` do. With `page`, nginx
    serves the web page that `make` has built, or that is in $HOLDFAST_PAGE."""

    def __init__(self, server, *, children=2, workers=0, configuration=None, page=False):
        self.server = server
        self.folder = process.folder("hf-api-")
        self.storage = f"{self.folder}/storage"
        self.www = f"{self.folder}/www"
        self.socket = f"{self.folder}/api.sock"
        self.log = f"{self.folder}/log"
        self.children = children
        self.workers = []
        for each in (self.storage, self.www):
            os.mkdir(each)
            process.own(each)
        if page:
            self._copy_page()
        else:
            Path(self.www, "index.html").write_text("<!doctype html><title>Holdfast</title>\n")
        self.redis = Redis()
        self._make_catalog()
        self._configure(configuration or {})
        self.start_api()
        self.nginx = Nginx(self.www, self.socket, self.storage)
        for _ in range(workers):
            self.start_worker()

    # ---- parts

    def _copy_page(self):
        """A copy: who runs nginx may not go where the checkout is."""
        built = Path(os.environ.get("HOLDFAST_PAGE") or Path(__file__).resolve().parents[2] / "www/dist")
        assert (built / "index.html").exists(), f"{built} has no page: run make, with Node.js"
        shutil.copytree(built, self.www, dirs_exist_ok=True)
        process.own(self.www)

    def _make_catalog(self):
        number = next(_numbers)
        self.catalog = self.server.createdb(f"catalog_{os.getpid()}_{number}")
        self.role = f"holdfast_{os.getpid()}_{number}"
        done = subprocess.run([program("tests/unit/catalog/catalog_check"), self.server.dsn(self.catalog), "migrate",
                               self.role], capture_output=True, text=True)
        assert done.returncode == 0 and "error" not in done.stdout, done.stdout + done.stderr
        with self.server.connect(self.catalog) as connection:
            connection.execute("INSERT INTO holdfast.account (name, full_name, password, is_owner) "
                               "VALUES (%s, 'The Owner', %s, true)", [OWNER, password_hash(PASSWORD)])

    def _configure(self, changes):
        secret = Path(self.folder, "secret")
        secret.write_text(secrets.token_hex(32) + "\n")
        secret.chmod(0o600)
        process.own(secret)
        values = {("catalog", "conninfo"): self.server.dsn(self.catalog, user=self.role),
                  ("redis", "address"): self.redis.address,
                  ("service", "secret_file"): secret,
                  ("service", "storage_roots"): self.storage,
                  ("service", "audit_anchor"): f"{self.folder}/audit-anchor",
                  ("service", "trust_catalog_server"): "yes",  # the databases of tests are on the same one
                  ("log", "level"): "info", **changes}
        text = "".join(f"[{section}]\n{name} = {value}\n" for (section, name), value in values.items())
        self.configuration = Path(self.folder, "holdfast.conf")
        self.configuration.write_text(text)
        process.own(self.configuration)

    @property
    def environment(self):
        return {**_SANITIZER_OPTIONS, "HOME": self.folder, "XDG_CACHE_HOME": f"{self.folder}/cache"}

    def start_api(self):
        self.api = process.start([program("holdfast-api"), "--config", self.configuration, "--socket", self.socket,
                                  "--children", self.children], self.log, env=self.environment)
        process.wait_for(lambda: os.path.exists(self.socket), "holdfast-api", process=self.api, log=self.log)

    def start_worker(self, pool="default"):
        worker = process.start([program("holdfast-worker"), "--config", self.configuration, "--pool", pool], self.log,
                               env=self.environment)
        self.workers.append(worker)
        return worker

    def remove(self):
        """Stops everything; a report of a sanitizer in the log, or a program that ended badly, fails the test."""
        statuses = [process.stop(each) for each in (*self.workers, self.api) if each.poll() is None]
        self.nginx.remove()
        self.redis.remove()
        log = Path(self.log).read_text(errors="replace")
        self.server.dropdb(self.catalog)  # and all whose names begin so
        self.server.psql(f"DROP ROLE {self.role}")
        shutil.rmtree(self.folder, ignore_errors=True)
        assert not SANITIZER_REPORT.search(log), log[-8000:]
        assert not any(statuses), f"{statuses}\n{log[-3000:]}"

    # ---- people

    def client(self, user=None, password=PASSWORD, token=None):
        """Signed in as the user, with the token, or as nobody."""
        client = Client(self.nginx.port, token)
        if user is not None:
            self.forget_tries()
            client.sign_in(user, password)
        return client

    def forget_tries(self):
        """Signing in is limited; tests do it more often than people."""
        self.redis.call("EVAL", "for _, k in ipairs(redis.call('KEYS', 'hf:rate:*')) do redis.call('DEL', k) end", 0)

    def organization(self, name):
        """A new one; a client of a new administrator "<name>-admin" in it. More with `user`."""
        owner = self.client(OWNER)
        id = owner.post("/organizations", {"name": name}, expect=201).json["id"]
        owner.put("/me/organization", {"organization_id": id}, expect=200)
        return self.user(owner, f"{name}-admin", "administrator")

    def user(self, admin, name, role):
        """A new user in the organization of `admin`; a client of it."""
        admin.post("/users", {"name": name, "password": PASSWORD, "role": role}, expect=201)
        return self.client(name)

    # ---- things

    def sql(self, query, *values):
        """The rows that a query of the catalog's owner gives."""
        with self.server.connect(self.catalog, options="-c search_path=holdfast") as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else None

    def furnish(self, admin):
        """One of everything in the organization of `admin`, as {"server": id, …}."""
        organization = admin.me["organization"]["id"]
        name = admin.me["organization"]["name"]

        def make(route, **body):
            return admin.post(route, body, expect=201).json["id"]

        self.server.createdb(f"{self.catalog}_{name}_shop")
        things = {"server": make("/servers", name="main", host="127.0.0.1", port=self.server.port, username="postgres",
                                 password="never asked for"),
                  "storage": make("/storages", name="disk", path=f"{self.storage}/{name}"),
                  "key": make("/keys", name="key", kind="identity"),
                  "token": make("/tokens", name="program", role="operator"),
                  "webhook": make("/webhooks", name="hook", url="https://hook.example.org/", secret="shared")}
        things["database"] = make("/databases", server_id=things["server"], name=f"{self.catalog}_{name}_shop")
        things["schedule"] = make("/schedules", name="nightly", interval_s=86400, storage_id=things["storage"],
                                  key_ids=[things["key"]], database_ids=[things["database"]], is_active=False)
        things["job"] = admin.post("/backups", {"database_id": things["database"], "key_ids": [things["key"]]},
                                   expect=202).json["job_id"]
        things["backup"] = str(self.sql(
            "INSERT INTO backup (organization_id, name, path, storage_id, type, database_id, database_name, size_bytes) "
            "VALUES (%s, 'b.hf', 'b.hf', %s, 'manual', %s, 'shop', 1000) RETURNING id", organization, things["storage"],
            things["database"])[0][0])
        things["preflight"] = str(self.sql(
            "INSERT INTO preflight (organization_id, request, expires_at) "
            "VALUES (%s, '{}', now() + interval '1 hour') RETURNING id", organization)[0][0])
        things["mssql_server"] = make("/mssql-servers", name="sql", address="127.0.0.1:1", username="sa", password="kept")
        things["report"] = self.report(organization)
        things["upload"] = str(self.sql(
            "INSERT INTO upload (organization_id, storage_id, name, size_bytes, expires_at) "
            "VALUES (%s, %s, 'u.hf', 1000, now() + interval '1 hour') RETURNING id", organization,
            things["storage"])[0][0])
        return things

    def report(self, organization):
        """A job that has one, which no worker has run."""
        job = str(self.sql("INSERT INTO job (organization_id, kind, state, attempt, lease_until) VALUES "
                           "(%s, 'assess', 'running', 1, now() + interval '1 hour') RETURNING id", organization)[0][0])
        subprocess.run([program("tests/unit/worker/worker_check"), "report", job, "1", "{}", "<!DOCTYPE html>", "SELECT 1"],
                       check=True, env={**self.environment, "HOLDFAST_CONFIG": str(self.configuration)})
        self.sql("UPDATE job SET state = 'succeeded', lease_until = NULL, ended_at = now() WHERE id = %s", job)
        return job


class Answer:
    """`status`, `headers` (by lower-case name), `body`; and `json` of it."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def etag(self):
        return self.headers["etag"]

    def __repr__(self):
        return f"{self.status} {self.body[:2000]!r}"


class Client:
    """One person or program. Paths are below /api/v1 unless they begin with two slashes: "//healthz"."""

    watchers = []  # called with (method, path, request body, answer) of every request: test_openapi.py looks at all

    def __init__(self, port, token=None):
        self.port = port
        self.token = token
        self.cookie = self.csrf = self.me = None
        self._connection = None

    def sign_in(self, user, password=PASSWORD):
        answer = self.post("/session", {"user": user, "password": password}, expect=201)
        self.cookie = answer.headers["set-cookie"].split(";")[0]
        self.me = answer.json
        self.csrf = self.me["csrf"]
        return answer

    def headers(self, method, given):
        mine = {"Authorization": f"Bearer {self.token}"} if self.token else {"Cookie": self.cookie}
        if self.csrf and method != "GET":
            mine["X-CSRF-Token"] = self.csrf
        if method in ("PATCH", "DELETE"):
            mine["If-Match"] = "*"  # whatever version it has; tests of versions name theirs
        return {name: value for name, value in {**mine, **(given or {})}.items() if value is not None}

    def request(self, method, path, body=None, *, headers=None, expect=None):
        """`body` is a value for JSON, or bytes that go as they are."""
        path = path[1:] if path.startswith("//") else f"/api/v1{path}"
        headers = self.headers(method, headers)
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self._exchange(method, path, body, headers)
        for watcher in self.watchers:
            watcher(method, path, body, answer)
        assert expect is None or answer.status == expect, f"{method} {path}: {answer}"
        return answer

    def _exchange(self, method, path, body, headers):
        for again in (False, True):
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=180)
            try:
                self._connection.request(method, path, body, headers)
                return Answer(self._connection.getresponse())
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self._connection.close()
                self._connection = None
                if again:
                    raise
        raise AssertionError("not reached")

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, {} if body is None else body, **options)

    def put(self, path, body, **options):
        return self.request("PUT", path, body, **options)

    def patch(self, path, body, **options):
        return self.request("PATCH", path, body, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)
