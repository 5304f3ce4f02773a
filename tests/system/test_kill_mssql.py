"""Migrations into SQL Server that are killed, at any moment, and go on."""
import json
import random
import subprocess
import time

import pytest

from support import process
from support.mssql_migrations import ask, migrate, secret, server, source, target

KILLS = 30
MANY = """CREATE TABLE big (id int PRIMARY KEY, note text, at timestamptz);
    INSERT INTO big SELECT n, repeat('row ' || n || ' ', 20), '2024-01-01' FROM generate_series(1, 1000) n;
    CREATE TABLE people (id int PRIMARY KEY, name text, card text); CREATE INDEX by_name ON people (name);
    INSERT INTO people SELECT n, 'name ' || n, 'card ' || n FROM generate_series(1, 100) n;
    CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, by int REFERENCES people);
    INSERT INTO orders (by) SELECT n FROM generate_series(1, 100) n;
    CREATE VIEW names AS SELECT id, name FROM people"""
SOURCE = "SELECT md5(string_agg(x::text, ',' ORDER BY x::text)) FROM (SELECT row(t.*) x FROM {} t) q"


@pytest.mark.slow_once
def test_it_goes_on_after_kills_at_random_moments(migrate, source, server, target, postgres, tmp_path):
    name = source(MANY)
    master = tmp_path / "master"
    master.write_text("Long enough 1\n")
    master.chmod(0o600)
    options = ("--others", "go-on", "--jobs", 2, "--json", "--encrypt", "public.people.card", "--encryption-key", "default",
               "--master-key-password-file", master)

    def looks_at_source():
        return [postgres(15).psql(SOURCE.format(table), db=name) for table in ("big", "people", "orders")]
    before = looks_at_source()
    first = server.create_database()
    started = time.monotonic()
    migrate(name, *options, **{"--to-database": first})
    whole = time.monotonic() - started

    def is_done(code, out, told, place):
        """Whether it is. One that was killed after its last statement is, and the next only sees that something is there."""
        if code == 0:
            proved.append((place, json.loads(out)))
        elif "nothing of it is replaced" in told:
            proved.append((place, None))
        else:
            assert code < 0 or "another migration into this database is under way" in told, told
            return False  # killed, or what the one before has left behind is still there for a moment
        return True

    chosen = random.randrange(1 << 30)
    moments = random.Random(chosen)
    print(f"the moments are those of {chosen}")
    place, proved = target, []
    for _ in range(KILLS):
        running = migrate(name, *options, popen=True, **{"--to-database": place})
        try:
            running.wait(moments.uniform(0, whole))
        except subprocess.TimeoutExpired:
            running.kill()
        out, told = running.communicate()
        if is_done(running.returncode, out, told, place):  # the next begins anew
            place = server.create_database()

    def done():
        found = migrate(name, *options, check=False, **{"--to-database": place})
        return is_done(found.returncode, found.stdout, found.stderr, place)
    process.wait_for(done, "the last one", seconds=120)

    for database, found in proved:
        assert found is None or (found["proved"] and found["steps_done"] == found["steps"])
        assert ask(server, database, "SELECT (SELECT count(*) FROM big), (SELECT count(*) FROM people), "
                                     "(SELECT count(*) FROM orders), (SELECT count(*) FROM names)") == [["1000", "100", "100", "100"]]
        assert ask(server, database, "SELECT name FROM sys.tables ORDER BY name") == [["big"], ["orders"], ["people"]]
    assert looks_at_source() == before
