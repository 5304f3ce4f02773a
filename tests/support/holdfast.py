"""Runs the holdfast program as a user would, and fails the test if a sanitizer has anything to say."""
import json
import os
import re
import subprocess
from pathlib import Path

from . import majors

SANITIZER_EXIT = 86
SANITIZER_REPORT = re.compile(r"^.*(?:ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:).*", re.MULTILINE)
_SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": f"detect_leaks=1:exitcode={SANITIZER_EXIT}",
    "LSAN_OPTIONS": f"exitcode={SANITIZER_EXIT}",
    "UBSAN_OPTIONS": f"print_stacktrace=1:halt_on_error=1:exitcode={SANITIZER_EXIT}",
    "TSAN_OPTIONS": f"halt_on_error=0:exitcode={SANITIZER_EXIT}",
    "G_SLICE": "always-malloc",  # GLib's slices hide from sanitizers who owns memory
}


class Result(subprocess.CompletedProcess):
    """args, returncode, stdout and stderr of a finished run."""

    @property
    def json(self):
        """Standard output as one JSON value."""
        return json.loads(self.stdout)


class Holdfast:
    """`holdfast("inspect", "--from", file).stdout`; the program is $HOLDFAST or the normal build's."""

    def __init__(self):
        self.path = os.environ.get("HOLDFAST") or str(majors.REPOSITORY / "build/holdfast")
        assert Path(self.path).exists(), f"{self.path} is missing: run ./dev build, or set HOLDFAST"

    def __call__(self, *arguments, input=None, check=True, env=None, timeout=300, text=True, **options):
        """Runs to the end. With check=False any exit status is returned, but a sanitizer's report never is."""
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        if input is None:
            options.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run([self.path, *map(str, arguments)], input=input, env=self.environment(env),
                              timeout=timeout, text=text, **options)
        result = Result(done.args, done.returncode, done.stdout, done.stderr)
        self.forbid_reports(result)
        if check and result.returncode != 0:
            raise AssertionError(f"{' '.join(map(str, done.args))} gave {done.returncode}:\n{_readable(done.stderr)}")
        return result

    def popen(self, *arguments, env=None, text=True, **options):
        """Starts the program and returns at once, for tests that signal or kill it."""
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen([self.path, *map(str, arguments)], env=self.environment(env), text=text, **options)

    def environment(self, changes=None):
        """The environment of a run; a value of None in `changes` takes the variable away."""
        whole = {**os.environ, **_SANITIZER_OPTIONS, "HOLDFAST_PG_PATH": _pg_path(), **(changes or {})}
        return {name: str(value) for name, value in whole.items() if value is not None}

    @staticmethod
    def forbid_reports(result):
        """Fails if the finished run holds a report of a sanitizer (also of a process from popen)."""
        report = _readable(result.stderr)
        if result.returncode == SANITIZER_EXIT or SANITIZER_REPORT.search(report):
            raise AssertionError(f"a sanitizer reports on {' '.join(map(str, result.args))}:\n{report[-8000:]}")


def _pg_path():
    """The client programs of the majors that tests have fetched so far; the product searches its own places after."""
    found = sorted((majors.cache()).glob("*/usr/lib/postgresql/*/bin"))
    return ":".join(map(str, found))


def _readable(output):
    return output.decode(errors="replace") if isinstance(output, bytes) else output or ""
