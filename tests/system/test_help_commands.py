"""The commands that the page's help and the documents give are such as the program takes, and do what is said of them."""
import re
import shlex

import pytest

from support.majors import REPOSITORY

TEXTS = REPOSITORY / "www/src/shared/texts"


def commands():
    """As one types them, each from where it stands."""
    for name in ("help.ts", "moving.ts"):
        for _, text in re.findall(r"""(?:[cC]ode): (["'])(.*?)\1,?\n""", (TEXTS / name).read_text()):
            yield from (line for line in text.replace("\\n", "\n").split("\n") if line.startswith("holdfast "))
    document = (REPOSITORY / "docs/migrate-to-sql-server.md").read_text().replace("\\\n", " ")
    yield from (line.strip() for line in re.findall(r"^ {4,}(holdfast .*)$", document, re.MULTILINE) if "…" not in line)


COMMANDS = sorted(set(commands()))


@pytest.fixture
def key(holdfast, tmp_path):
    """Those of a person: (file with the secret key, public key)."""
    made = holdfast("keygen", "--out", tmp_path / "own.key")
    return tmp_path / "own.key", re.search(r"age1\w+", made.stderr)[0]


def test_there_are_some():
    assert len(COMMANDS) > 8 and sum("--to-mssql" in each for each in COMMANDS) > 3


@pytest.mark.parametrize("command", COMMANDS)
def test_the_program_takes_it(holdfast, key, tmp_path, command):
    """It fails where servers are not there, and not for how it was called."""
    for option, name in re.findall(r"--(from|identity|password-file) ([\w.]+\.\w+)", command):
        (tmp_path / name).write_bytes(key[0].read_bytes() if option == "identity" else b"none\n")
        (tmp_path / name).chmod(0o600)
    told = re.sub(r"host=[\w.]+", "host=/nowhere", command).replace("sql.example.com", "127.0.0.1:1").replace("age1…", key[1])
    if "--to-mssql" in told and "--password-file" not in told:  # which is asked for
        told += f" --password-file {key[0]}"
    done = holdfast(*shlex.split(told)[1:], check=False, cwd=tmp_path)
    assert done.returncode == 1, done.stderr


def test_the_help_in_an_emergency_restores(holdfast, postgres, database, key, tmp_path):
    server = postgres(15)
    name = database(server)
    server.psql("CREATE TABLE t AS SELECT 1 AS a", db=name)
    holdfast("backup", "--from", server.dsn(name), "--to", tmp_path / "backup.hf", "--recipient", key[1])
    key[0].rename(tmp_path / "key.txt")
    command, = (each for each in COMMANDS if each.startswith("holdfast restore"))
    moved = f"{name}restored"  # tests that run at the same time share the server
    there = re.sub("host=db.example.org dbname=restored", server.dsn(moved), command)
    try:
        holdfast(*shlex.split(there)[1:], cwd=tmp_path)
        assert server.psql("SELECT a FROM t", db=moved) == "1"
    finally:
        server.dropdb(moved)
