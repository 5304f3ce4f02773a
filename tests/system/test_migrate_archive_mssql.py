"""An archive to SQL Server: it is read in a scratch database of a PostgreSQL server, which is gone after."""
import signal
from types import SimpleNamespace

import pytest

from support.mssql_migrations import ask, refused, report, secret, server, target, waiting
from support.process import wait_for

DATABASE = """CREATE ROLE reader; CREATE SCHEMA shop;
    CREATE TYPE shop.mood AS ENUM ('sad', 'glad');
    CREATE TABLE shop.customers (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text UNIQUE, mood shop.mood, at timestamptz);
    INSERT INTO shop.customers (name, mood, at) SELECT 'customer ' || n, 'glad', '2024-01-01 12:00+00' FROM generate_series(1, 50) n;
    CREATE TABLE shop.orders (id int PRIMARY KEY, by int REFERENCES shop.customers, note text); CREATE INDEX ON shop.orders (by);
    INSERT INTO shop.orders SELECT n, n, repeat('x', n) FROM generate_series(1, 50) n;
    CREATE TABLE words (word text PRIMARY KEY); INSERT INTO words VALUES ('größe'), ('😀');
    CREATE VIEW shop.names AS SELECT id, name FROM shop.customers;
    CREATE FUNCTION shop.two() RETURNS int LANGUAGE sql AS 'SELECT 2';
    GRANT SELECT ON shop.orders TO reader; GRANT SELECT (name) ON shop.customers TO reader"""


KEY = "ADD CONSTRAINT .orders_pkey"  # the first that is made when all rows are there


def to_mssql(server, database, secret):
    return ["--to-mssql", f"{server.host}:{server.port}", "--to-database", database, "--to-user", server.login,
            "--to-root", server.root, "--password-file", secret]


@pytest.fixture(scope="module")
def production(postgres, holdfast, server, tmp_path_factory):
    """What was told of a database while it was live, and an encrypted backup of it. Its server is stopped since."""
    folder = tmp_path_factory.mktemp("production")
    live, key, file, password = postgres(15, fresh=True), folder / "key", folder / "shop.hf", folder / "password"
    password.write_text(server.password + "\n")
    password.chmod(0o600)
    live.createdb("shop")
    live.psql(DATABASE, db="shop")
    live.psql("COMMENT ON DATABASE shop IS 'what is sold'; ALTER DATABASE shop SET work_mem = '8MB'")
    recipient = holdfast("keygen", "--out", key).stderr.removeprefix("Public key: ").strip()
    holdfast("backup", "--from", live.dsn("shop"), "--to", file, "--recipient", recipient)
    assessed = holdfast("assess", "--from", live.dsn("shop"), "--to-script", folder / "live.sql", "--json").json
    moved = holdfast("migrate", "--from", live.dsn("shop"), *to_mssql(server, server.create_database(), password), "--json").json
    live.stop()
    return SimpleNamespace(file=file, key=key, assessed=assessed, moved=moved["moved"], script=(folder / "live.sql").read_text())


@pytest.fixture
def scratches(postgres):
    return lambda: postgres(15).psql("SELECT datname FROM pg_database WHERE datname ~ '_hf_scratch_'").split()


@pytest.fixture
def migrate(holdfast, postgres, production, server, target, secret):
    """migrate(*options) moves the backup into the target of the test; with check=False whatever comes of it."""
    def run(*options, check=True, popen=False, scratch=("--scratch", postgres(15).dsn("postgres")), to=target):
        call, kept = (holdfast.popen, {}) if popen else (holdfast, {"check": check})
        return call("migrate", "--from", production.file, "--identity", production.key, *scratch,
                    *to_mssql(server, to, secret), *options, **kept)
    return run


def objects(assessed):
    """Grants are told by another text: that of the backup."""
    return sorted((each["kind"], each["name"], each["verdict"], str(each["notes"])) for each in assessed["objects"]
                  if each["kind"] != "grants")


def test_a_backup_is_assessed_as_its_database_was(holdfast, postgres, production, scratches, tmp_path):
    found = holdfast("assess", "--from", production.file, "--identity", production.key, "--scratch",
                     postgres(15).dsn("postgres"), "--to-script", tmp_path / "archive.sql", "--json").json
    live = production.assessed
    assert found["database"] == "shop" and "backed up 20" in found["source"]
    assert objects(found) == objects(live) and found["rows"] == live["rows"] == 102
    grants = [each["name"] for each in found["objects"] if each["kind"] == "grants"]
    assert any("orders" in name for name in grants) and any("customers" in name for name in grants)
    assert not any("_hf_" in name for name in grants), "of the scratch database nothing is told"
    assert [each["name"] for each in found["objects"] if each["kind"] == "setting"] == ["work_mem"]

    def statements(text):
        return [line for line in text.splitlines() if not line.startswith("--")]
    assert statements((tmp_path / "archive.sql").read_text()) == statements(production.script)
    assert "what is sold" in production.script
    assert scratches() == []


def test_a_backup_is_migrated_and_proved_while_production_is_stopped(migrate, production, server, target, scratches):
    found = report(migrate("--json"))
    assert found["proved"]
    assert [(each["to"], each["source"], each["target"]) for each in found["moved"]] == [
        (each["to"], each["source"], each["target"]) for each in production.moved], "the digests are those of the live one"
    assert ask(server, target, "SELECT max(word) FROM words") == [["😀"]]
    assert scratches() == []


def test_a_server_for_the_scratch_database_must_be_named(migrate, holdfast, postgres, production, scratches):
    done = refused(migrate(check=False, scratch=()), "is an archive", "--scratch names one")
    assert done.returncode == 2
    done = refused(holdfast("assess", "--from", production.file, check=False), "--scratch names one")
    assert done.returncode == 2
    for command in (["assess"], ["migrate", "--mode", "new", "--to", "dbname=x"]):
        done = holdfast(*command, "--from", postgres(15).dsn("postgres"), "--scratch", "dbname=postgres", check=False)
        assert done.returncode == 2 and "are for an archive that goes to SQL Server" in done.stderr
    refused(migrate("--others", "go-on", check=False), "--others and --from-password-file are for a live database")
    assert scratches() == []


def test_nothing_is_restored_for_a_target_that_is_not_there(migrate, scratches):
    done = refused(migrate(check=False, to="nowhere"), "nowhere")
    assert "scratch database" not in done.stderr and scratches() == []


def test_after_a_failure_the_scratch_is_gone_and_the_next_call_goes_on(migrate, server, target, scratches):
    server.fault("batch", "cut", matching=KEY)
    refused(migrate(check=False), "3 of 3 parts of the rows are there", "the scratch database was removed")
    assert server.faults_left() == 0 and scratches() == []
    found = report(migrate("--json"))
    assert found["proved"] and found["parts_kept"] == 3 and scratches() == []


def parts_done(server, target):
    there = ask(server, target, "SELECT name FROM sys.tables WHERE name = N'holdfast_migration_part'")
    return len(ask(server, target, "SELECT table_name FROM holdfast_migration_part WHERE digest IS NOT NULL")) if there else 0


def test_a_cancel_drops_the_scratch(migrate, server, target, scratches, waiting):
    server.fault("batch", "hold", matching=KEY)
    running = migrate("--jobs", 1, popen=True)
    waiting(lambda: parts_done(server, target) == 3, running)
    assert len(scratches()) == 1
    refused(migrate(check=False), "another use of the backup of shop", "is under way")
    assert len(scratches()) == 1, "that of the first"
    running.send_signal(signal.SIGTERM)
    _, told = running.communicate(timeout=300)
    assert running.returncode != 0 and "the scratch database was removed" in told, told
    assert scratches() == []


def test_what_a_kill_left_is_removed_by_the_next_call_which_goes_on(migrate, holdfast, postgres, server, target, scratches, waiting):
    server.fault("batch", "hold", matching=KEY)
    running = migrate("--jobs", 1, popen=True)
    waiting(lambda: parts_done(server, target) == 3, running)
    running.kill()
    running.wait()
    server.clear_faults()
    left, = scratches()
    assert "backup of shop" in holdfast("copies", "--to", postgres(15).dsn("postgres"), "--json").stdout
    told = []

    def done():
        """What the one before held at both servers goes with its sessions, which may be there for a moment."""
        found = migrate("--json", check=False)
        assert found.returncode == 0 or "is under way" in found.stderr, found.stderr
        told.append(found.stderr)
        return report(found) if found.returncode == 0 else None
    wait_for(done, "the next call", seconds=120)
    assert f"{left}, of an attempt that was lost, is removed" in "".join(told) and scratches() == []
    assert ask(server, target, "SELECT count(*) FROM shop.orders") == [["50"]]
