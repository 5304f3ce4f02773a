"""Node.js programs that tests run: folders beside this file, each with a package.json and a package-lock.json.

    python3 tests/support/node.py age_encryption      makes one ready and prints the folder in which it runs
"""
import fcntl
import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SUPPORT = Path(__file__).resolve().parent
CACHE = SUPPORT.parents[1] / "build/node"
PROGRAMS = ("age_encryption", "openapi_client", "tedious", "tsql_grammar")
# The lock file names versions and hashes but no registry: npm asks the one that it is set up for, its cache first.
INSTALL = ("npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def ready(name):
    """The folder, below build/, of a copy of the program with its packages; made at the first use."""
    source, folder = SUPPORT / name, CACHE / name
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current(source, folder):
            shutil.rmtree(folder, ignore_errors=True)
            _install(source, folder)
    return folder


def _is_current(source, folder):
    names = os.listdir(source)
    return folder.exists() and filecmp.cmpfiles(source, folder, names, shallow=False)[0] == names


def _install(source, folder):
    """Under its name stands only what is complete."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}.") as scratch:
        copy = shutil.copytree(source, Path(scratch) / "copy")
        done = subprocess.run(INSTALL, cwd=copy, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"npm ci of {source} failed with {done.returncode}:\n{done.stdout}{done.stderr}")
        copy.rename(folder)


if __name__ == "__main__":
    for argument in sys.argv[1:] or PROGRAMS:
        print(ready(argument))
