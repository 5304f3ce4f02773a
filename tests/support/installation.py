"""An installation of the service for tests of workers: catalog, Redis, a storage, a server, and as many workers as asked
for. Jobs are asked for with tests/unit/worker/worker_check, which does what the API and the command line do."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from .holdfast import Holdfast
from .redis import Redis

ROLE = "hf_service"


class Worker:
    """A running holdfast-worker; its log is in `log`."""

    def __init__(self, installation, name, pool):
        self.name = name
        self.log_path = installation.folder / f"{name}.log"
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [installation.programs / "holdfast-worker", "--name", name, "--pool", pool], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, env=installation.environment)

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    def stop(self, timeout=180):
        """Stops it as systemd does; gives its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def children(self):
        """The process ids of the jobs that it runs."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]


class Installation:
    def __init__(self, server, *, settings=""):
        holdfast = Holdfast()
        self.server = server
        self.programs = Path(holdfast.path).parent
        self.folder = Path(tempfile.mkdtemp(prefix="hf-service-", dir="/tmp"))
        self.storage_folder = self.folder / "storage"
        self.storage_folder.mkdir()
        self.redis = Redis()
        self.environment = {**holdfast.environment(), "HOLDFAST_CONFIG": str(self.folder / "holdfast.conf"),
                            "XDG_CACHE_HOME": str(self.folder / "cache")}
        self.catalog = server.createdb(f"catalog_{os.getpid()}_{self.folder.name[-8:].lower()}")
        self._workers = []
        self._configure(settings)
        self.check("secret", self.folder / "secret")
        self.check("migrate", server.dsn(self.catalog), ROLE)
        self.organization = str(self.one("INSERT INTO organization (name) VALUES ('acme') RETURNING id"))
        self.storage = self.create("storage", name="local", path=str(self.storage_folder))
        self.key = self.check("key", self.organization, "key1", "-")
        self.server_id = self.create("server", name="main", host=server.host, port=server.port, username=server.user)

    def _configure(self, settings):
        (self.folder / "holdfast.conf").write_text(
            f"[catalog]\nconninfo = {self.server.dsn(self.catalog, user=ROLE)}\n"
            f"[redis]\naddress = {self.redis.address}\n"
            f"[service]\nsecret_file = {self.folder}/secret\nstorage_roots = {self.folder}\n"
            f"audit_anchor = {self.folder}/audit-anchor\n"
            f"trust_catalog_server = yes\n"
            f"[log]\nlevel = debug\n[worker]\n{settings}\n")

    def check(self, *arguments, fails=False):
        done = subprocess.run([self.programs / "tests/unit/worker/worker_check", *map(str, arguments)],
                              capture_output=True, text=True, env=self.environment, timeout=180)
        assert (done.returncode != 0) == fails, done.stderr
        return (done.stderr if fails else done.stdout).strip()

    def create(self, noun, **body):
        return self.check("create", noun, self.organization, json.dumps(body))

    def database(self, name):
        """Registers a database of the server; its id."""
        return self.create("database", server_id=self.server_id, name=name)

    def request(self, kind, id="-", fails=False, organization=None, **body):
        """The answer, as the API gives it; or the refusal."""
        said = self.check("request", kind, organization or self.organization, id, json.dumps(body), fails=fails)
        return said if fails else json.loads(said)

    def back_up(self, database_id, **body):
        return self.request("backup", database_id=database_id, **body)["job_id"]

    def cancel(self, job):
        return self.check("cancel", self.organization, job)

    # ---- The catalog -----------------------------------------------------------------------------------------------

    def sql(self, query, *values):
        with psycopg.connect(self.server.dsn(self.catalog), autocommit=True,
                             options="-c search_path=holdfast") as connection:
            cursor = connection.execute(query, values or None)
            return cursor.fetchall() if cursor.description else None

    def one(self, query, *values):
        rows = self.sql(query, *values)
        return rows[0][0] if rows else None

    def job(self, job):
        """The job's document as the catalog has it."""
        return self.one("SELECT json FROM holdfast_view.job WHERE id = %s", job)

    def log_of(self, job):
        return [line for (line,) in self.sql("SELECT message FROM job_log WHERE job_id = %s ORDER BY seq", job)]

    def backup_of(self, job):
        """The backup that a job made; None: none."""
        return self.one("SELECT json FROM holdfast_view.backup b WHERE b.json ->> 'job_id' = %s", job)

    def seen(self, job):
        """What pollers see of it in Redis; None: nothing."""
        said = self.check("view", job)
        return None if said == "none" else json.loads(said)

    def wait(self, job, *states, seconds=180):
        """Until the job is in one of the states (by default: until it has ended)."""
        states = states or ("succeeded", "failed", "cancelled")
        return self.until(lambda: (found := self.job(job))["state"] in states and found, seconds,
                          lambda: f"{self.job(job)}\n" + "\n".join(worker.log[-3000:] for worker in self._workers))

    @staticmethod
    def until(condition, seconds=180, describe=lambda: ""):
        end = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < end, f"nothing after {seconds} seconds: {describe()}"
            time.sleep(0.05)
        return found

    # ---- Workers ---------------------------------------------------------------------------------------------------

    def worker(self, name=None, pool="default"):
        worker = Worker(self, name or f"w{len(self._workers) + 1}", pool)
        self._workers.append(worker)
        return worker

    def files(self):
        """The storage's files."""
        return sorted(str(path.relative_to(self.storage_folder)) for path in self.storage_folder.rglob("*")
                      if path.is_file())

    def remove(self):
        for worker in self._workers:
            if worker.process.poll() is None:
                worker.kill()
            Holdfast.forbid_reports(subprocess.CompletedProcess([worker.name], 0, "", worker.log))
        self.redis.remove()
        self.server.dropdb(self.catalog)
        shutil.rmtree(self.folder)
