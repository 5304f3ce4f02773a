"""Jobs as their pollers see them over HTTP, and what must be true of them whatever befell the service."""
import os
import signal
import threading
import time
from pathlib import Path

from .faults import wait_until
from .holdfast import Holdfast
from .service import Client

ENDED = ("succeeded", "failed", "cancelled")


def another(client):
    """The same person at another connection, for another thread."""
    other = Client(client.port)
    other.cookie, other.csrf = client.cookie, client.csrf
    return other


class Watcher(threading.Thread):
    """Polls a job as the page does, from now to its end: `lines` are all that were seen, `last` is what was seen last."""

    def __init__(self, client, job):
        super().__init__(daemon=True)
        self.client = another(client)
        self.job, self.lines, self.last, self.failures = job, [], None, []
        self.start()

    def run(self):
        after, tag = 0, None
        while self.last is None or self.last["state"] not in ENDED or self.last["log"]:
            answer = self.client.get(f"/jobs/{self.job}?after={after}", headers={"If-None-Match": tag})
            if answer.status == 200:
                self.last = answer.json
                self.lines += self.last["log"]
                tag = answer.etag if self.last["cursor"] == after else None
                after = self.last["cursor"]
            elif answer.status != 304:
                self.failures.append(answer.status)
            time.sleep(0.1)

    def end(self, seconds=180):
        """What was seen last, when it has ended."""
        self.join(seconds)
        assert not self.is_alive(), f"not ended after {seconds} seconds: {self.last}"
        return self.last


def check_jobs(service, jobs):
    """Each has ended, is in the audit log with one request and one end, and its pollers can see every line; the files
    in the storages are those of the backups that are there; the chain of the audit log is whole."""
    for job in jobs:
        ((state,),) = service.sql("SELECT state FROM job WHERE id = %s", job)
        events = service.sql("SELECT action, outcome FROM audit_event WHERE object_id = %s OR detail LIKE %s ORDER BY seq",
                             job, f"job {job},%")
        assert [action.split(".")[1] for action, _ in events if action != "job.cancel"] == ["request", "end"], events
        assert (events[-1][1] == "success") == (state == "succeeded"), events
    paths = service.sql("SELECT s.path || '/' || b.path FROM backup b JOIN storage s ON s.id = b.storage_id "
                        "WHERE b.state <> 'deleted'")
    files = [str(path) for path in Path(service.storage).rglob("*") if path.is_file()]
    assert sorted(files) == sorted(path for (path,) in paths)
    Holdfast()("audit", "verify", "--config", service.configuration)


def lines_of(service, job):
    """The numbers and texts of a job's log in the catalog."""
    return service.sql("SELECT seq, message FROM job_log WHERE job_id = %s ORDER BY seq", job)


def child_of(worker, job):
    """The process in which a worker (its process) runs a job; None: there is none. Others may run beside it: the leader
    asks for some by itself."""
    for pid in map(int, Path(f"/proc/{worker}/task/{worker}/children").read_text().split()):
        try:
            if job.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        except FileNotFoundError:
            pass
    return None


def kill_job(service, job):
    """The process of its attempt, in the newest worker."""
    os.kill(child_of(service.workers[-1].pid, job), signal.SIGKILL)


class Hold:
    """Keeps every backup of a database waiting for a lock on its table "held"."""

    def __init__(self, server, name):
        self.connection = server.connect(name)
        self.connection.execute("BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE")

    def wait_for_backup(self):
        """Until one waits for it: then it has noted its step, and needs nothing of the catalog until it is released."""
        wait_until(lambda: self.connection.execute(
            "SELECT FROM pg_locks WHERE relation = 'held'::regclass AND NOT granted").fetchone() is not None)

    def release(self):
        self.connection.close()
