"""The manual page is well formed and tells every option that the program has."""
import re
import subprocess

import pytest

from support import majors

PAGE = majors.REPOSITORY / "src/cli/holdfast.1"
COMMANDS = ["keygen", "backup", "restore", "undo", "copies", "verify", "inspect", "extract", "init", "user", "token",
            "server", "schedule", "job", "audit", "rescan"]


def test_the_page_gives_no_warning():
    done = subprocess.run(["groff", "-ww", "-mdoc", "-Tutf8", str(PAGE)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "pg_restore(1), psql(1)" in done.stdout


def test_man_shows_the_page_without_warning():
    done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", str(PAGE)], capture_output=True, text=True,
                          check=True, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "80"})
    assert done.stderr == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_the_help_is_in_the_page(holdfast, command):
    text = PAGE.read_text()
    options = re.findall(r"^ +(?:-\w, )?--([a-z-]+)", holdfast(command, "--help").stdout, re.MULTILINE)
    assert len(options) > 1
    for option in options:
        assert re.search(rf"^\.(?:It|Brq|Op)?.*\bFl -{option}\b", text, re.MULTILINE), option
