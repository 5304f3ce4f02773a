"""Programs that run beside the tests: as an unprivileged user, in private folders, and never longer than the tests."""
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

USER = "postgres"  # whom root hands programs over to; postgres.py does so too
PR_SET_PDEATHSIG = 1


def folder(prefix):
    """A new private folder that the programs own; its path is short enough for a socket's."""
    path = tempfile.mkdtemp(prefix=prefix, dir="/tmp")
    own(path)
    return path


def own(path):
    if os.geteuid() == 0:
        shutil.chown(path, USER, pwd.getpwnam(USER).pw_gid)


def _end_with_us():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command, log, *, env=None, cwd="/", as_us=False, **options):
    """Starts a program whose output goes to the end of the file `log`. What runs from the checkout runs `as_us`."""
    user = {}
    if os.geteuid() == 0 and not as_us:
        user = {"user": USER, "group": pwd.getpwnam(USER).pw_gid, "extra_groups": []}
    with open(log, "ab") as out:
        return subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=cwd,
                                env={**os.environ, **(env or {})}, preexec_fn=_end_with_us, **user, **options)


def stop(process, seconds=20):
    """Asks it to end, waits, and gives its exit status."""
    process.terminate()
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


def wait_for(condition, what, seconds=20, process=None, log=None):
    until = time.monotonic() + seconds
    while not condition():
        gone = process is not None and process.poll() is not None
        if gone or time.monotonic() > until:
            tail = open(log, errors="replace").read()[-3000:] if log else ""
            raise AssertionError(f"{what} has not come up:\n{tail}")
        time.sleep(0.02)
