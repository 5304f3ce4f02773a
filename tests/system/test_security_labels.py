"""Security labels travel with what they are on."""
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "support/label_provider.c"
LABELED = """
    CREATE SCHEMA s; CREATE TABLE s.t (a int, b text); CREATE VIEW s.v AS SELECT a FROM s.t;
    CREATE MATERIALIZED VIEW s.m AS SELECT a FROM s.t; CREATE SEQUENCE s.q; CREATE TYPE s.e AS ENUM ('x');
    CREATE DOMAIN s.d AS int; CREATE FUNCTION s.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE PROCEDURE s.p() LANGUAGE sql AS ''; CREATE PUBLICATION p; SELECT lo_create(4711);
    CREATE FUNCTION s.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION s.on_ddl();"""
OBJECTS = ["SCHEMA s", "TABLE s.t", "COLUMN s.t.b", "VIEW s.v", "COLUMN s.v.a", "MATERIALIZED VIEW s.m", "SEQUENCE s.q",
           "TYPE s.e", "DOMAIN s.d", "FUNCTION s.f(int)", "PROCEDURE s.p()", "PUBLICATION p", "LARGE OBJECT 4711",
           "EVENT TRIGGER et"]


@pytest.fixture(scope="module")
def server(postgres, tmp_path_factory):
    folder = tmp_path_factory.mktemp("provider")
    for each in (folder, *folder.parents):
        if str(each).startswith("/tmp/pytest") and each.owner() == Path.home().owner():
            each.chmod(0o755)  # the server's user looks for it
    library = folder / "label_provider.so"
    subprocess.run(["gcc", "-fPIC", "-shared", "-o", library, SOURCE], check=True)
    return postgres(15, shared_preload_libraries=library)


def labels(server, name):
    return server.psql("SELECT objtype, objname, provider, label FROM pg_seclabels WHERE objtype NOT IN ('database', "
                       "'role') UNION ALL SELECT 'database', '', provider, label FROM pg_shseclabel WHERE objoid = "
                       f"(SELECT oid FROM pg_database WHERE datname = '{name}') ORDER BY 1, 2", db=name).splitlines()


@pytest.fixture
def archive(server, database, holdfast, tmp_path):
    """An archive of a database with a label on each of OBJECTS, on itself and on its owner; and its name."""
    server.psql("CREATE ROLE labeled")
    name = database(server, owner="labeled")
    on = [*OBJECTS, f'DATABASE "{name}"', "ROLE labeled"]
    server.psql(LABELED + "".join(f"SECURITY LABEL FOR holdfast ON {each} IS 'of ''{n}'' \\ größe';"
                                  for n, each in enumerate(on)), db=name)
    holdfast("backup", "--from", server.dsn(name), "--to", tmp_path / "a.hf", "--unencrypted")
    yield tmp_path / "a.hf", name
    server.dropdb(name)
    server.psql("DROP ROLE labeled")


def test_labels_are_restored(server, holdfast, archive):
    path, name = archive
    expected = labels(server, name)
    assert len(expected) == len(OBJECTS) + 1
    holdfast("restore", "--from", path, "--to", server.dsn(f"{name}restored"), "--mode", "new")
    assert labels(server, f"{name}restored") == expected
    server.psql(f"SECURITY LABEL FOR holdfast ON DATABASE {name} IS 'another'")
    holdfast("restore", "--from", path, "--to", server.dsn(name), "--mode", "swap")
    assert "database||holdfast|another" in labels(server, name)


def test_a_role_that_is_made_has_its_label(server, postgres, holdfast, archive):
    path, name = archive
    other = postgres(15, shared_preload_libraries=server.psql("SHOW shared_preload_libraries"), cluster_name="other")
    holdfast("restore", "--from", path, "--to", other.dsn(name), "--mode", "new", "--create-roles")
    assert other.psql("SELECT objname, label FROM pg_seclabels WHERE objtype = 'role'", db=name) == (
        f"labeled|of '{len(OBJECTS) + 1}' \\ größe")


def test_a_database_is_restored_where_its_labels_have_no_provider(server, postgres, holdfast, archive, tmp_path):
    path, name = archive
    for each in OBJECTS:
        server.psql(f"SECURITY LABEL FOR holdfast ON {each} IS NULL", db=name)
    holdfast("backup", "--from", server.dsn(name), "--to", tmp_path / "b.hf", "--unencrypted")
    other = postgres(15)
    done = holdfast("restore", "--from", tmp_path / "b.hf", "--to", other.dsn(name), "--mode", "new", "--no-owner",
                    "--no-privileges")
    try:
        assert "a security label of the database is not set" in done.stderr
        assert 'label provider "holdfast" is not loaded' in done.stderr
        assert labels(other, name) == [] and other.psql("SELECT count(*) FROM s.t", db=name) == "0"
    finally:
        other.dropdb(name)


def test_an_assessment_for_sql_server_tells_of_each(server, holdfast, archive):
    """Those of this database, and of no other and no role."""
    _, name = archive
    found = holdfast("assess", "--from", server.dsn(name), "--json").json["objects"]
    told = {each["name"]: each["source"] for each in found if each["kind"] == "security label"}
    assert len(told) == len(OBJECTS) + 1 and told["column s.t.b"].endswith("IS E'of ''2'' \\\\ größe'")
    assert f"database {name}" in told and not any(each.startswith("role ") for each in told)
