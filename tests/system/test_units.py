"""The systemd units in etc/: what systemd itself says of them, and that they start the programs as these want it."""
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support.majors import REPOSITORY
from support.service import program

UNITS = ["holdfast-api.socket", "holdfast-api.service", "holdfast-worker@.service"]


@pytest.fixture
def units(tmp_path):
    """The units as `make install` writes them, for the programs that are tested."""
    for name in UNITS:
        text = (REPOSITORY / "etc" / name).read_text()
        (tmp_path / name).write_text(text.replace("@bindir@", str(Path(program("holdfast-api")).parent)))
    return tmp_path


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_finds_nothing_wrong(units):
    names = [name.replace("@", "@default") for name in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                           *(units / name for name in names)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stderr == ""


def settings(path):
    """{"Section": {"Key": "last value"}}; anything that is not of that form fails."""
    found, section = {}, None
    for line in path.read_text().splitlines():
        if re.fullmatch(r"\[[A-Z][a-z]+\]", line):
            section = found.setdefault(line[1:-1], {})
        elif line and not line.startswith("#"):
            key, value = re.fullmatch(r"([A-Z][A-Za-z]+)=(.*)", line).groups()
            section[key] = value
    return found


def test_the_units_start_reload_and_stop_the_programs_as_they_want_it(units):
    for name in UNITS[1:]:
        service = settings(units / name)["Service"]
        binary, *arguments = service["ExecStart"].split()
        options = subprocess.run([binary, "--help"], capture_output=True, text=True, check=True).stdout
        assert all(re.search(rf"{option}\b", options) for option in arguments if option.startswith("--"))
        assert service["ExecReload"].endswith("-HUP $MAINPID") and service["User"] == "holdfast"
        assert int(service["TimeoutStopSec"]) > 60
    # The worker's jobs are told by the worker alone, and it waits for them.
    assert settings(units / "holdfast-worker@.service")["Service"]["KillMode"] == "mixed"


def test_no_program_takes_all_memory_and_a_worker_outlives_a_job_that_did(units):
    worker, api = (settings(units / name)["Service"] for name in ("holdfast-worker@.service", "holdfast-api.service"))
    assert re.fullmatch(r"\d+G", worker["MemoryMax"]) and re.fullmatch(r"\d+G", api["MemoryMax"])
    assert worker["OOMPolicy"] == "continue"


def test_nginx_looks_for_the_socket_where_the_unit_makes_it(units):
    socket = settings(units / "holdfast-api.socket")["Socket"]["ListenStream"]
    assert f"unix:{socket}" in "".join(path.read_text() for path in (REPOSITORY / "nginx").glob("*.conf"))
