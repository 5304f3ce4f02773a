"""The manual pages are well formed and tell every option that the programs have."""
import re
import subprocess

import pytest

from support.majors import REPOSITORY
from support.service import program

PAGE = REPOSITORY / "src/cli/holdfast.1"
PAGES = [PAGE, REPOSITORY / "src/api/holdfast-api.8", REPOSITORY / "worker/holdfast-worker.8"]
COMMANDS = ["assess", "keygen", "backup", "restore", "undo", "copies", "verify", "inspect", "export", "extract", "import",
            "migrate", "init", "user", "token", "server", "schedule", "job", "audit", "rescan"]

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@every_page
def test_the_page_gives_no_warning(page):
    done = subprocess.run(["groff", "-ww", "-mdoc", "-Tutf8", str(page)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "(1)" in done.stdout and "(8)" in done.stdout


@every_page
def test_man_shows_the_page_without_warning(page):
    done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", str(page)], capture_output=True, text=True,
                          check=True, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANWIDTH": "80"})
    assert done.stderr == ""


def check_options(page, help):
    text = page.read_text()
    options = re.findall(r"^ +(?:-\w, )?--([a-z-]+)", help, re.MULTILINE)
    assert len(options) > 1
    for option in options:
        assert option == "help" or re.search(rf"^\.(?:It|Brq|Op)?.*\bFl -{option}\b", text, re.MULTILINE), option


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_the_help_is_in_the_page(holdfast, command):
    check_options(PAGE, holdfast(command, "--help").stdout)


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: page.stem)
def test_every_option_of_a_program_is_in_its_page(page):
    check_options(page, subprocess.run([program(page.stem), "--help"], capture_output=True, text=True, check=True).stdout)


def test_every_command_is_in_the_page(holdfast):
    commands = re.findall(r"^  holdfast (\w+)", holdfast("--help").stdout, re.MULTILINE)
    assert sorted(commands) == sorted(COMMANDS)
