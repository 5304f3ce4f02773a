"""`./dev up` to `./dev down`, in a folder of their own, so that the ones of this checkout are left alone."""
import json
import os
import stat
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support.installation import Installation
from support.majors import REPOSITORY
from support.service import Client, program

PROGRAMS = {"redis": "redis-server", "nginx": "nginx", "api": "holdfast-api", "worker1": "holdfast-worker",
            "worker2": "holdfast-worker"}


class Dev:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="hf-up-", dir="/tmp"))
        self.folder.chmod(0o755)  # the user postgres passes through
        self.state = self.folder / "dev"

    def __call__(self, *arguments):
        done = subprocess.run(["./dev", *arguments], cwd=REPOSITORY, capture_output=True, text=True, timeout=300,
                              env={**os.environ, "HOLDFAST": program("holdfast"), "HOLDFAST_DEV": str(self.state)})
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def pids(self):
        return {name: int((self.state / f"{name}.pid").read_text()) for name in PROGRAMS}

    def postgres(self):
        return int((self.state / "postgres/postmaster.pid").read_text().split()[0])


@pytest.fixture
def dev():
    dev = Dev()
    try:
        yield dev
    finally:
        dev("down", "--remove")
        dev.folder.rmdir()


def runs(pid, name=None):
    try:
        said = Path(f"/proc/{pid}/cmdline").read_text()
    except FileNotFoundError:
        return False
    return said != "" and (name is None or name in said)


@pytest.mark.slow_once
def test_up_makes_a_whole_service_and_down_stops_it(dev):
    said = dev("up")
    up = json.loads((dev.state / "up.json").read_text())
    assert stat.S_IMODE((dev.state / "up.json").stat().st_mode) == 0o600
    assert up["url"] in said and up["user"] in said and up["password"] not in said
    pids, postgres = dev.pids(), dev.postgres()
    assert all(runs(pid, PROGRAMS[name]) for name, pid in pids.items())

    client = Client(urlsplit(up["url"]).port)
    client.sign_in(up["user"], up["password"])
    (shop,) = client.get("/databases", expect=200).json["items"]
    assert shop["name"] == "shop"
    assert [key["has_secret"] for key in client.get("/keys", expect=200).json["items"]] == [True]
    (schedule,) = client.get("/schedules", expect=200).json["items"]
    assert schedule["is_active"] and schedule["database_ids"] == [shop["id"]] and schedule["key_ids"]
    (job,) = client.post(f"/schedules/{schedule['id']}/run", expect=202).json["job_ids"]
    done = Installation.until(lambda: (found := client.get(f"/jobs/{job}").json)["ended_at"] and found)
    assert done["state"] == "succeeded", done

    assert "stopped" in dev("down")
    left = {**{name: pid for name, pid in pids.items() if runs(pid, PROGRAMS[name])}, "postgres": postgres}
    assert list(left) == ["postgres"] and not runs(postgres, "postgres"), left  # (others may have their numbers by now)
    assert not list(dev.state.glob("*.pid"))
