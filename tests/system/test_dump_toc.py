"""The SQL that we make of a dump's entries gives the database that pg_restore makes of the same dump."""
import re
import subprocess
from pathlib import Path

import pytest

from support.holdfast import Holdfast
from support.majors import REPOSITORY

SCHEMA = REPOSITORY / "tests/vectors/pg_dump/schema.sql"
SECTIONS = ("--format=custom", "--section=pre-data", "--section=post-data", "--no-blobs")
# From a server of one major, dumped and restored by the programs of another, into a server of that other.
ROUTES = [(13, 13), (15, 15), (17, 17), (13, 15), (15, 17)]


@pytest.fixture(scope="session")
def cluster(postgres):
    """Servers of these tests' own: the schema needs roles, and roles are seen by every database."""
    return lambda major: postgres(major, cluster_name="dump_toc", wal_level="logical")


@pytest.fixture(scope="session")
def zoo(cluster):
    """zoo(major) is the name of a database with everything of schema.sql."""
    made = {}

    def make(major):
        if major not in made:
            made[major] = cluster(major).createdb("zoo")
            cluster(major).psql(SCHEMA.read_text(), db="zoo")
        return made[major]
    return make


@pytest.fixture
def target(cluster, database, zoo):
    """target(major) is the name of a new, empty database on a server that has the roles."""
    made = []

    def make(major):
        zoo(major)
        made.append((cluster(major), database(cluster(major))))
        return made[-1][1]

    yield make
    for server, name in made:
        server.psql("DROP SUBSCRIPTION IF EXISTS incoming", db=name)


@pytest.fixture
def dump(cluster, zoo, tmp_path):
    """dump(source, major) is the file that pg_dump of `major` writes of the source major's zoo."""
    def make(source, major):
        path = tmp_path / f"{source}-{major}.dump"
        path.touch()
        cluster(major).run("pg_dump", *SECTIONS, "-f", path, "-d", cluster(source).dsn(zoo(source)))
        return path
    return make


def entries_sql(path, *arguments):
    program = Path(Holdfast().path).resolve().parent / "tests/unit/pg/toc_print"
    assert program.exists(), f"{program} is missing: run ./dev build"
    done = subprocess.run([program, path, *arguments], capture_output=True, text=True, env=Holdfast().environment())
    assert done.returncode == 0, done.stderr
    return done.stdout


def load(server, db, path, *arguments):
    """In one transaction, so that every entry can share one with others."""
    server.run("psql", "-Xq", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-d", server.dsn(db), "-f", "-",
               input=entries_sql(path, *arguments))


def restore(server, db, path, *arguments):
    server.run("pg_restore", "--exit-on-error", *arguments, "-d", server.dsn(db), path)


def schema_of(server, db, *arguments):
    text = server.run("pg_dump", "--schema-only", *arguments, "-d", server.dsn(db)).stdout
    return re.sub(r"^\\(un)?restrict .*\n", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("source, major", ROUTES)
@pytest.mark.parametrize("options", [(), ("--no-owner",), ("--no-privileges",), ("--no-owner", "--no-privileges")])
def test_the_entries_make_what_pg_restore_makes(cluster, dump, target, source, major, options):
    server, path = cluster(major), dump(source, major)
    ours, theirs = target(major), target(major)
    load(server, ours, path, *options)
    restore(server, theirs, path, *options)
    assert schema_of(server, ours) == schema_of(server, theirs)
    assert server.psql("SELECT n FROM shop.summary", db=ours) == "0"


@pytest.mark.parametrize("major", [13, 15, 17])
def test_a_restored_schema_is_the_original(cluster, zoo, dump, target, major):
    server = cluster(major)
    name = target(major)
    load(server, name, dump(major, major))
    assert schema_of(server, name) == schema_of(server, zoo(major))


ROLES = {"toc_owner": "new owner", "toc_reader": "new\"reader", "to": "from", "items": "customers",
         "rôle \"ünï\"": "plain", "Mixed Case": "select", "PUBLIC": "all", "session": "new_session"}


def rename_roles(server, names):
    for old, new in names.items():
        server.psql(f"ALTER ROLE {quoted(old)} RENAME TO {quoted(new)}")


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


@pytest.mark.parametrize("major", [13, 15, 17])
def test_mapped_roles_stand_wherever_the_old_ones_stood(cluster, dump, target, major):
    server, path = cluster(major), dump(major, major)
    ours, theirs = target(major), target(major)
    restore(server, theirs, path)
    rename_roles(server, ROLES)
    try:
        expected = schema_of(server, theirs)
    finally:
        rename_roles(server, {new: old for old, new in ROLES.items()})
    for new in ROLES.values():
        server.psql(f"CREATE ROLE {quoted(new)}")
    try:
        load(server, ours, path, *(f"{old}={new}" for old, new in ROLES.items()))
        assert schema_of(server, ours) == expected
    finally:
        for new in ROLES.values():
            server.psql(f"DROP OWNED BY {quoted(new)} CASCADE", db=ours)
            server.psql(f"DROP ROLE {quoted(new)}")


# pg_dump shows these with any table.
LANGUAGE_GRANTS = "REVOKE ALL ON LANGUAGE plpgsql FROM PUBLIC; GRANT ALL ON LANGUAGE plpgsql TO toc_reader"
WHOLE = ["shop.customers", "shop.events", "shop.places", "shop.twin", "shop.child", 'Odd "Schema.odd.table',
         "shop.summary", "shop.rich", "shop.by_key", "shop.tickets", "shop.no_columns", "shop.abroad"]


@pytest.mark.parametrize("major", [13, 15, 17])
def test_any_table_can_be_restored_alone(cluster, zoo, dump, target, major):
    server, path = cluster(major), dump(major, major)
    for name in WHOLE:
        alone = target(major)
        load(server, alone, path, f"--table={name}")
        server.psql(LANGUAGE_GRANTS, db=alone)
        schema, _, table = name.partition(".")
        pattern = f"--table={quoted(schema)}.{quoted(table)}"
        assert schema_of(server, alone, pattern) == schema_of(server, zoo(major), pattern)


def test_a_foreign_key_to_a_table_that_is_not_restored_is_left_out(cluster, dump, target):
    server, alone = cluster(15), target(15)
    load(server, alone, dump(15, 15), "--table=shop.items")
    assert server.psql("SELECT count(*) FROM pg_constraint WHERE contype = 'f'", db=alone) == "0"
    assert server.psql("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'shop'::regnamespace",
                       db=alone) == "1"
