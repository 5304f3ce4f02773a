"""Migrate into SQL Server: keys and indexes are made in several lanes, each after what it needs."""
import json
import signal

import pytest

from support.mssql_migrations import ask, migrate, refused, report, secret, server, source, target, waiting

THREE = """CREATE TABLE t1 (id int PRIMARY KEY, note text); CREATE INDEX t1_note ON t1 (note);
    CREATE TABLE t2 (id int PRIMARY KEY, one int CONSTRAINT to_t1 REFERENCES t1); CREATE INDEX t2_one ON t2 (one);
    CREATE TABLE t3 (id int PRIMARY KEY, two int CONSTRAINT to_t2 REFERENCES t2); CREATE VIEW v AS SELECT id FROM t3;
    INSERT INTO t1 SELECT n, 'row ' || n FROM generate_series(1, 100) n;
    INSERT INTO t2 SELECT id, id FROM t1; INSERT INTO t3 SELECT id, id FROM t1"""
KEY_OF_T1 = "ADD CONSTRAINT .t1_pkey"
LATER = ["CREATE NONCLUSTERED INDEX .t1_note", "ADD CONSTRAINT .to_t1", "CREATE VIEW .dbo...v"]


@pytest.fixture
def name(source):
    return source(THREE)


@pytest.fixture
def met(server):
    """met(matching) is true once a batch that matches has come."""
    faults = {}

    def has_come(matching):
        if matching not in faults:
            faults[matching] = server.fault("batch", "slow", matching=matching, seconds=0)
        return not faults[matching].exists()
    yield has_come
    server.clear_faults()


def steps(server, target):
    """How many are noted as done."""
    if not ask(server, target, "SELECT name FROM sys.tables WHERE name = N'holdfast_migration_step'"):
        return 0
    return int(ask(server, target, "SELECT count(*) FROM holdfast_migration_step")[0][0])


def test_keys_of_other_tables_are_made_while_one_is_and_what_needs_it_waits(migrate, name, server, target, waiting, met):
    assert not any(met(each) for each in LATER + ["ADD CONSTRAINT .to_t2"])
    held = server.fault("batch", "hold", matching=KEY_OF_T1)
    running = migrate(name, "--jobs", 2, "--json", popen=True)
    waiting(lambda: met("ADD CONSTRAINT .to_t2") and steps(server, target) == 4, running)  # the schema, t2, t3, to_t2
    assert not any(met(each) for each in LATER)
    held.unlink()
    out, _ = running.communicate()
    assert running.returncode == 0, out
    assert all(met(each) for each in LATER)
    assert ask(server, target, "SELECT name FROM sys.foreign_keys ORDER BY name") == [["to_t1"], ["to_t2"]]


@pytest.mark.parametrize("how", ["cancel", "kill", "error"])
def test_what_other_lanes_have_made_is_not_made_again(migrate, name, server, target, waiting, met, how):
    held = server.fault("batch", "hold", matching=KEY_OF_T1)
    if how == "error":
        server.fault("batch", "error", matching=KEY_OF_T1, number=1105, details=["t1", "target", "PRIMARY"])
    running = migrate(name, "--jobs", 2, popen=True)
    waiting(lambda: steps(server, target) == 4, running)
    if how == "error":
        held.unlink()
    else:
        running.send_signal(signal.SIGINT if how == "cancel" else signal.SIGKILL)
    assert running.wait() != 0
    held.unlink(missing_ok=True)
    assert not met("ADD CONSTRAINT .t2_pkey")
    done = report(migrate(name, "--json"))
    assert done["proved"] and done["steps_done"] == done["steps"] == 8
    assert not met("ADD CONSTRAINT .t2_pkey"), "it was there"


def test_the_source_is_free_of_the_migration_while_keys_are_made(migrate, name, server, target, waiting, postgres):
    """Its VACUUM would keep what goes meanwhile."""
    held = server.fault("batch", "hold", matching=KEY_OF_T1)
    running = migrate(name, "--jobs", 2, "--json", popen=True)
    waiting(lambda: steps(server, target) == 4, running)
    # A reader's session is there for a moment after its end.
    waiting(lambda: postgres(15).psql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
                                      "pg_backend_pid() AND (xact_start IS NOT NULL OR backend_xmin IS NOT NULL)",
                                      name) == "0", running)
    held.unlink()
    running.communicate()
    assert running.returncode == 0


def test_rows_that_differ_are_not_told_where_the_source_is_another_since(migrate, name, server, target, waiting, postgres):
    """They would be told of changes that nobody has asked for."""
    held = server.fault("batch", "hold", matching="ADD CONSTRAINT .to_t1")
    running = migrate(name, "--json", popen=True)
    waiting(lambda: steps(server, target) >= 5, running)
    ask(server, target, "DELETE FROM t3 WHERE id = 7; UPDATE t1 SET note = N'another' WHERE id = 8")
    postgres(15).psql("UPDATE t1 SET note = 'another, too' WHERE id = 9", db=name)
    held.unlink()
    out, _ = running.communicate()
    moved = {each["table"]: each.get("difference") for each in json.loads(out)["moved"] if not each["equal"]}
    assert running.returncode == 3 and moved == {"public.t1": None, "public.t3": "id=7 is missing in the target"}, out
