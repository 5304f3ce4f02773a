"""What the tests of faults share."""
import time


def message(done):
    """The error of a run: one line, and the last but for a hint."""
    line = [each for each in done.stderr.splitlines() if '--help" tells the options' not in each][-1]
    assert line.startswith("holdfast: error: "), done.stderr
    return line.removeprefix("holdfast: error: ")


def wait_until(condition, seconds=20):
    """Waits, and gives what the condition gave when that was true."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "this was waited for in vain"
        time.sleep(0.02)
    return found


def sessions(server, name):
    """How many clients are connected to a database."""
    return int(server.psql(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' "
                           "AND backend_type = 'client backend'"))


def databases(server):
    """The names of all databases."""
    return set(server.psql("SELECT datname FROM pg_database").splitlines())


def end_sessions(server, name, how, which):
    """Cancels or terminates what is found, as an administrator would; at least one, within seconds."""
    find = (f"SELECT pg_{how}_backend(pid) FROM pg_stat_activity WHERE datname LIKE '{name}%' "
            f"AND pid <> pg_backend_pid() AND {which}")
    with server.connect() as administrator:
        wait_until(lambda: administrator.execute(find).fetchall())
