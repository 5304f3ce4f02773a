"""A migration into SQL Server whose connection is cut at each batch that it sends, one after the other."""
import json
import re

import pytest

from support.mssql_migrations import ask, migrate, report, secret, server, source, target

# Each sort of statement that there is, and of each as few as do.
SMALL = """CREATE SEQUENCE numbers; CREATE TYPE mood AS ENUM ('well', 'ill');
    CREATE TABLE people (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, card text, feels mood);
    INSERT INTO people (name, card) SELECT 'name ' || n, 'card ' || n FROM generate_series(1, 20) n;
    CREATE TABLE orders (id int PRIMARY KEY, by int REFERENCES people, at date DEFAULT now());
    INSERT INTO orders SELECT n, n FROM generate_series(1, 20) n;
    CREATE INDEX of_people ON orders (by);
    CREATE VIEW names AS SELECT id, name FROM people; COMMENT ON TABLE orders IS 'who buys'"""
CONTENT = "SELECT (SELECT count(*) FROM people), (SELECT count(DISTINCT id) FROM orders), (SELECT count(*) FROM names)"
SOURCE = "SELECT (SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM people p), (SELECT sum(id) FROM orders), last_value FROM numbers"


@pytest.fixture
def heard(server):
    file = server.listen()
    yield lambda: list(dict.fromkeys(json.loads(line) for line in file.read_text().splitlines()))
    server.listen_no_more()


@pytest.mark.slow_once
def test_wherever_it_is_cut_the_target_is_proved_or_named_as_unfinished_and_it_goes_on(migrate, source, server, target, postgres,
                                                                                       tmp_path, heard):
    master = tmp_path / "master"
    master.write_text("It's long enough 1\n")
    master.chmod(0o600)
    name = source(SMALL)
    before = postgres(15).psql(SOURCE, db=name)

    def move(into, check=True):
        return migrate(name, "--others", "go-on", "--json", "--jobs", 1, "--encrypt", "public.people.card", "--encryption-key",
                       "default", "--master-key-password-file", master, check=check, **{"--to-database": into})

    def tables(into):
        return [each for each, in ask(server, into, "SELECT name FROM sys.tables ORDER BY name")]
    first = server.create_database()
    move(first)
    batches = [each for each in heard() if not re.match(r"INSERT BULK |SET FMTONLY|set textsize", each)]  # what db-lib adds
    server.listen_no_more()
    assert len(batches) > 40
    outcomes = {}
    for text in batches:
        into = server.create_database()
        server.fault("batch", "cut", matching=f"\\A{re.escape(text.replace(first, into))}\\Z")
        done = move(into, check=False)
        if server.faults_left():  # what notes a digest of another moment, say
            server.clear_faults()
            outcomes[text] = "not met"
            continue
        there = tables(into)
        if done.returncode == 0:
            outcomes[text] = "done"
        elif json.loads(done.stdout or "{}").get("proved"):
            outcomes[text] = "proved, but not finished"
            assert report(done)["line"] == outcomes[text]
        elif there:
            outcomes[text] = "unfinished"
            assert "the target is unfinished" in done.stderr, (text, done.stderr)
        else:
            outcomes[text] = "nothing"
            assert "lost" in done.stderr, (text, done.stderr)
        again = move(into, check=False)
        if outcomes[text] == "done" or "nothing of it is replaced" in again.stderr:
            continue
        assert again.returncode == 0 and report(again)["proved"], (text, again.stderr)
        assert tables(into) == ["orders", "people"]
        assert ask(server, into, CONTENT) == [["20", "20", "20"]], text
    print(json.dumps(outcomes, indent=1))
    assert set(outcomes.values()) >= {"nothing", "unfinished", "proved, but not finished"}
    assert postgres(15).psql(SOURCE, db=name) == before
