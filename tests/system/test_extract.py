"""An archive taken apart without a server: the SQL script makes the same database, the files are the archive's own."""
import difflib
import itertools
import json
import os
import shutil
import signal
import subprocess

import pytest

from support import everything, values
from support.faults import wait_until

ROUTES = [(15, 15), *(pytest.param(*route, marks=pytest.mark.slow_once) for route in ((17, 17), (13, 17)))]
FORMATS = ("auto", "text")
NUMBERS = itertools.count(1)


def backup(holdfast, server, database, path, *options):
    return holdfast("backup", "--from", server.dsn(database), "--to", path, "--unencrypted", *options, timeout=800)


def script_of(holdfast, archive, path, *options):
    with open(path, "wb") as file:
        holdfast("extract", "--from", archive, "--sql", *options, stdout=file, timeout=800)
    return path


def load(server, database, script, **options):
    """As the script's head says; it stops by itself at the first error."""
    return server.run("psql", "-X", "-q", "-o", os.devnull, "-d", server.dsn(database), "-f", script, **options)


def contents(server, database):
    """All that a script carries: not what is of the database itself."""
    return {key: value for key, value in everything.contents(server, database).items()
            if not key.startswith(("database's ", "setting for "))}


def assert_same(one, one_database, other, other_database):
    texts = [everything.schema_text(*where, other) for where in ((one, one_database), (other, other_database))]
    if one.major != other.major:
        texts = [everything.in_common_words(text, one.major, other.major) for text in texts]
    assert "\n".join(difflib.unified_diff(*(text.splitlines() for text in texts), lineterm="")) == ""
    assert contents(one, one_database) == contents(other, other_database)


@pytest.fixture(scope="module")
def originals(postgres, holdfast, tmp_path_factory):
    """originals(major) is a server with the database everything.NAME, and an archive of it."""
    made = {}

    def get(major):
        if major not in made:
            server = postgres(major, cluster_name="extract source", wal_level="logical")
            everything.create(server)
            path = tmp_path_factory.mktemp("archive") / "archive"
            backup(holdfast, server, everything.NAME, path)
            made[major] = (server, path)
        return made[major]

    return get


@pytest.fixture
def empty(postgres):
    """empty(major) is a server of its own, and the name of an empty database on it with the locale that everything.NAME
    has on a server of `like`."""
    def get(major, like=15):
        server = postgres(major, cluster_name="extract target", wal_level="logical")
        everything.prepare(server)
        locale = {"locale_provider": "icu", "icu_locale": "de-DE"} if like >= 15 else {}
        name = f"extracted {next(NUMBERS)}"
        server.createdb(name, template="template0", encoding="UTF8", lc_collate="C.UTF-8", lc_ctype="C.UTF-8", **locale)
        return server, name

    return get


@pytest.mark.parametrize("source_major, target_major", ROUTES)
def test_the_script_makes_every_kind_of_object(originals, empty, holdfast, tmp_path, source_major, target_major):
    source, archive = originals(source_major)
    target, name = empty(target_major, source_major)
    load(target, name, script_of(holdfast, archive, tmp_path / "script.sql", "--create-roles"))
    target.psql(f'ALTER DATABASE "{name}" SET standard_conforming_strings = off')  # the original's, and pg_dump shows it
    assert_same(source, everything.NAME, target, name)


@pytest.mark.parametrize("data_format", FORMATS)
def test_values_come_through_in_either_format(postgres, database, holdfast, tmp_path, data_format):
    server = postgres(15)
    name, other = database(server), database(server)
    server.psql(values.SQL, db=name)
    backup(holdfast, server, name, tmp_path / "archive", "--data-format", data_format)
    load(server, other, script_of(holdfast, tmp_path / "archive", tmp_path / "script.sql"))
    assert_same(server, name, server, other)


def test_the_rows_in_the_script_are_those_of_pg_dump(postgres, database, holdfast, tmp_path):
    """To the byte, money aside, which a server prints as its own locale has it."""
    server = postgres(15)
    name = database(server)
    server.psql(values.SQL, db=name)
    schema = "\"Größe \"\"of\"\" 'things'\\\""
    server.psql(f'ALTER TABLE {schema}."from" DROP mo; ALTER TABLE {schema}.binary_only DROP mo;', db=name)
    backup(holdfast, server, name, tmp_path / "archive")
    script = script_of(holdfast, tmp_path / "archive", tmp_path / "script.sql").read_bytes().decode()
    for table in ("escapes", '"from"', "binary_only", "no_columns", "blocks"):
        with server.connect(name, options="-cTimeZone=UTC").cursor().copy(f"COPY {schema}.{table} TO STDOUT") as copy:
            rows = b"".join(copy).decode()
        assert f"FROM stdin;\n{rows}\\.\n" in script, table


# ---- Roles ----


@pytest.fixture(scope="module")
def roles(postgres, holdfast, tmp_path_factory):
    """An archive whose tables name roles, as (server, database, archive); and a server without those roles."""
    source = postgres(15)
    source.psql("""
        CREATE ROLE "extract owner" LOGIN; CREATE ROLE extract_group; GRANT extract_group TO "extract owner";
        CREATE ROLE extract_other;""")
    name = source.createdb("extract_roles")
    source.psql("""
        CREATE TABLE t (a int); ALTER TABLE t OWNER TO "extract owner"; INSERT INTO t VALUES (1);
        CREATE TABLE u (a int); ALTER TABLE u OWNER TO extract_other;
        SELECT lo_create(4711); ALTER LARGE OBJECT 4711 OWNER TO extract_other;
        GRANT SELECT ON LARGE OBJECT 4711 TO extract_group;
        GRANT SELECT ON t TO extract_group;""", db=name)
    path = tmp_path_factory.mktemp("roles") / "archive"
    backup(holdfast, source, name, path)
    yield source, name, path
    source.dropdb(name)
    source.psql("DROP ROLE \"extract owner\", extract_other, extract_group")


@pytest.fixture
def stranger(postgres, database):
    """An empty database on a server that does not know the roles of the archive."""
    server = postgres(15, cluster_name="extract roles")
    name = database(server)
    yield server, name
    server.dropdb(name)
    server.psql("DROP ROLE IF EXISTS \"extract owner\", extract_other, extract_group, stand_in")


ROLES = "SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'extract%'"
OWNERS = ("SELECT string_agg(relowner::regrole || ' ' || coalesce(relacl::text, '-'), ' ' ORDER BY relname) "
          "FROM pg_class WHERE relname IN ('t', 'u')")
LARGE_OBJECTS = "SELECT lomowner::regrole || ' ' || coalesce(lomacl::text, '-') FROM pg_largeobject_metadata"


def test_the_script_makes_the_roles_that_are_missing_when_asked(roles, stranger, holdfast, tmp_path):
    source, name, archive = roles
    target, other = stranger
    load(target, other, script_of(holdfast, archive, tmp_path / "t.sql", "--create-roles", "--table", "t"))
    assert target.psql(ROLES) == "extract owner extract_group"
    target.psql("DROP TABLE t", db=other)
    load(target, other, script_of(holdfast, archive, tmp_path / "all.sql", "--create-roles"))
    assert target.psql(ROLES) == "extract owner extract_group extract_other"
    assert target.psql("SELECT pg_has_role('extract owner', 'extract_group', 'member'), rolcanlogin FROM pg_roles "
                       "WHERE rolname = 'extract owner'") == "t|t"
    assert_same(source, name, target, other)


@pytest.mark.parametrize("selected", [(), ("--table", "t")])
def test_no_role_is_made_unasked(roles, stranger, holdfast, tmp_path, selected):
    _, _, archive = roles
    target, other = stranger
    done = load(target, other, script_of(holdfast, archive, tmp_path / "script.sql", *selected), check=False)
    assert done.returncode == 3 and 'role "extract owner" does not exist' in done.stderr
    assert target.psql(ROLES) == ""


def test_a_script_without_owners_and_privileges_names_no_role(roles, stranger, holdfast, tmp_path):
    _, _, archive = roles
    target, other = stranger
    load(target, other, script_of(holdfast, archive, tmp_path / "script.sql", "-O", "-x"))
    assert target.psql(OWNERS, db=other) == "postgres - postgres -"
    assert target.psql(LARGE_OBJECTS, db=other) == "postgres -"
    assert target.psql(ROLES) == ""


def test_a_script_gives_to_the_roles_of_the_map(roles, stranger, holdfast, tmp_path):
    _, _, archive = roles
    target, other = stranger
    target.psql("CREATE ROLE stand_in")
    load(target, other, script_of(holdfast, archive, tmp_path / "script.sql", "--create-roles",
                                  "--role-map", "extract owner=stand_in", "--role-map", "extract_other=stand_in"))
    assert target.psql(ROLES) == "extract_group"
    grants = "{stand_in=arwdDxt/stand_in,extract_group=r/stand_in}"
    assert target.psql(OWNERS, db=other) == f"stand_in {grants} stand_in -"
    assert target.psql(LARGE_OBJECTS, db=other) == "stand_in {extract_group=r/stand_in,stand_in=rw/stand_in}"


@pytest.mark.parametrize("arguments, message", [
    (("--to", "out", "--data-only"), "--data-only belongs to --sql"),
    (("--to", "out", "-x"), "--no-privileges belongs to --sql"),
    (("--sql", "--data-only", "--role-map", "a=b"), "--role-map: with --data-only"),
])
def test_options_that_would_do_nothing_are_refused(roles, holdfast, tmp_path, arguments, message):
    _, _, archive = roles
    done = holdfast("extract", "--from", archive, *arguments, check=False, cwd=tmp_path)
    assert done.returncode == 2 and message in done.stderr and done.stdout == ""
    assert list(tmp_path.iterdir()) == []


# ---- Rows alone ----


@pytest.fixture
def shop(postgres, database, holdfast, tmp_path):
    """A small shop as (server, database, archive)."""
    server = postgres(15)
    name = database(server)
    server.psql("""
        CREATE TABLE orders (id serial PRIMARY KEY, customer int NOT NULL, placed int NOT NULL DEFAULT 0);
        CREATE TABLE customers (id int PRIMARY KEY, name text);
        INSERT INTO customers SELECT i, 'name ' || i FROM generate_series(1, 10) i;
        INSERT INTO orders (customer) SELECT i FROM generate_series(1, 10) i;
        ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customers;""", db=name)
    backup(holdfast, server, name, tmp_path / "archive")
    return server, name, tmp_path / "archive"


def test_rows_alone_fill_a_table_that_is_there(shop, holdfast, tmp_path):
    server, name, archive = shop
    before = contents(server, name)
    server.psql("DELETE FROM orders; SELECT setval('orders_id_seq', 1)", db=name)
    script = script_of(holdfast, archive, tmp_path / "script.sql", "--data-only", "--table", "orders")
    load(server, name, script)
    assert contents(server, name) == before
    assert "CREATE" not in script.read_text() and "customers" not in script.read_text()


def test_rows_alone_are_those_of_the_tables_named(postgres, database, holdfast, tmp_path):
    """Not those of a parent, of what a view shows or of other partitions; nor is a sequence of theirs set back."""
    server, name = postgres(15), database(postgres(15))
    server.psql("""
        CREATE SEQUENCE numbers; SELECT setval('numbers', 5);
        CREATE TABLE parent (id int); CREATE TABLE child (n int DEFAULT nextval('numbers')) INHERITS (parent);
        INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2);
        CREATE TABLE shown (id serial); INSERT INTO shown DEFAULT VALUES; CREATE VIEW looks AS SELECT * FROM shown;
        CREATE TABLE parts (id int) PARTITION BY HASH (id);
        CREATE TABLE part_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE part_1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
        INSERT INTO parts SELECT generate_series(1, 20);""", db=name)
    backup(holdfast, server, name, tmp_path / "archive")
    before = contents(server, name)
    server.psql("DELETE FROM child; DELETE FROM part_1; SELECT setval('numbers', 1), setval('shown_id_seq', 70)",
                db=name)
    script = script_of(holdfast, tmp_path / "archive", tmp_path / "script.sql", "--data-only", "--table", "child",
                       "--table", "looks", "--table", "part_1")
    load(server, name, script)
    assert server.psql("SELECT last_value FROM shown_id_seq", db=name) == "70"
    server.psql("SELECT setval('shown_id_seq', 1)", db=name)
    assert contents(server, name) == before


def test_rows_that_are_there_already_are_not_doubled(shop, holdfast, tmp_path):
    """With the plainest psql there is, as a user pastes it."""
    server, name, archive = shop
    server.psql("ALTER TABLE orders DROP CONSTRAINT orders_pkey; SELECT setval('orders_id_seq', 99)", db=name)
    before = contents(server, name)
    for options in ((), ("--data-only",)):
        script = script_of(holdfast, archive, tmp_path / "script.sql", "--table", "orders", "--table", "customers",
                           *options)
        with open(script, "rb") as piped:
            done = server.run("psql", "-X", server.dsn(name), stdin=piped, check=False)
        assert done.returncode == 3 and "already exists" in done.stderr
        assert contents(server, name) == before


def test_a_script_of_rows_that_is_cut_changes_nothing(shop, holdfast, tmp_path):
    server, name, archive = shop
    server.psql("DELETE FROM orders; SELECT setval('orders_id_seq', 99)", db=name)
    before = contents(server, name)
    script = script_of(holdfast, archive, tmp_path / "script.sql", "--data-only", "--table", "orders").read_text()
    for at in ("\n5\t", "\nSET CONSTRAINTS ALL IMMEDIATE", "\nCOMMIT"):
        (tmp_path / "cut.sql").write_text(script[: script.index(at) + 3])
        load(server, name, tmp_path / "cut.sql", check=False)
        after = contents(server, name)
        assert {key: after[key] for key in after if "seq" not in key} == \
            {key: before[key] for key in before if "seq" not in key}


def test_all_rows_fill_the_schema_of_a_whole_database(originals, empty, holdfast, tmp_path):
    """Large objects and rows of extensions with them."""
    source, archive = originals(15)
    target, name = empty(15)
    schema = source.run("pg_dump", "-d", source.dsn(everything.NAME), "-s", "--section=pre-data", "-O", "-x").stdout
    target.run("psql", "-X", "-q", "-d", target.dsn(name), "-v", "ON_ERROR_STOP=1", "-f", "-", input=schema)
    load(target, name, script_of(holdfast, archive, tmp_path / "script.sql", "--data-only"))
    found, whole = contents(target, name), contents(source, everything.NAME)
    rows = {key for key in found if key.startswith(("table ", "sequence "))}
    assert len(rows) > 30 and {key: found[key] for key in rows} == {key: whole[key] for key in rows}
    content = "SELECT string_agg(oid || ' ' || md5(lo_get(oid)), ' ' ORDER BY oid) FROM pg_largeobject_metadata"
    assert target.psql(content, db=name) == source.psql(content, db=everything.NAME)


@pytest.mark.parametrize("patterns, expected", [
    (("shop.orders",), {"shop.orders"}),
    (("shop.*",), {"shop.orders", "shop.customers"}),
    (("ord?rs", "größe?mit?*.*"), {"shop.orders", "größe.mit.Punkten.a.b.c"}),
])
def test_selected_tables_come_with_what_is_their_own(originals, empty, holdfast, tmp_path, patterns, expected):
    source, archive = originals(15)
    target, name = empty(15)
    options = itertools.chain.from_iterable(("--table", pattern) for pattern in patterns)
    load(target, name, script_of(holdfast, archive, tmp_path / "script.sql", *options))
    found, whole = contents(target, name), contents(source, everything.NAME)
    tables = {key.removeprefix("table ") for key in found if key.startswith("table ")}
    assert tables >= expected and len(tables) < 20
    assert found == {key: whole[key] for key in found}
    assert not any(key.startswith("large object") for key in found)


def test_every_table_can_be_taken_alone(originals, empty, holdfast, tmp_path):
    """Whatever is selected loads, with rows and sequences as they were."""
    source, archive = originals(15)
    whole = contents(source, everything.NAME)
    manifest = holdfast("inspect", "--from", archive, "--json").json
    names = sorted({(table["schema"], table["name"]) for table in manifest["tables"]
                    if table["rows"] and table["schema"] not in ("holdfast_everything", "pg_catalog")})
    assert len(names) > 30
    for schema, table in names[:: len(names) // 12]:
        target, name = empty(15)
        pattern = ".".join('"{}"'.format(name.replace('"', '""')) for name in (schema, table))
        load(target, name, script_of(holdfast, archive, tmp_path / "script.sql", "--table", pattern))
        found = contents(target, name)
        assert f"table {schema}.{table}" in found or "by_hash_of_enum" in table, pattern
        assert found == {key: whole[key] for key in found}, pattern


def texts(server, name, word):
    with server.connect(name, client_encoding="UTF8") as connection:
        return [connection.execute(query).fetchall() for query in
                (f'SELECT * FROM "t {word}" ORDER BY 1', "SELECT a, r::text FROM as_text",
                 "SELECT obj_description(4711, 'pg_largeobject'), last_value FROM " f'"t {word}_c {word}_seq"')]


@pytest.mark.parametrize("encoding, word", [("LATIN1", "größe"), ("EUC_JP", "日本語"), ("SQL_ASCII", "größe")])
def test_a_script_out_of_another_encoding(postgres, database, holdfast, tmp_path, encoding, word):
    server = postgres(15, cluster_name="encodings")  # its own: no role has a name that one of these lacks
    options = {"template": "template0", "lc_collate": "C", "lc_ctype": "C"}
    name, same = (database(server, encoding=encoding, **options) for _ in range(2))
    server.psql(f"""
        SET client_encoding = UTF8;
        CREATE TYPE "{word}" AS ENUM ('{word}', 'x');
        CREATE TABLE "t {word}" ("c {word}" serial, a text, e "{word}");
        INSERT INTO "t {word}" (a, e) VALUES ('{word}', '{word}'), (E'{word}\\n', 'x');
        CREATE TABLE as_text (a text, r regtype); INSERT INTO as_text VALUES ('{word}', '"{word}"');
        SELECT lo_from_bytea(4711, 'large'); COMMENT ON LARGE OBJECT 4711 IS '{word}';
        COMMENT ON TABLE "t {word}" IS '{word}';""", db=name)
    backup(holdfast, server, name, tmp_path / "archive")
    script = script_of(holdfast, tmp_path / "archive", tmp_path / "script.sql")
    load(server, same, script)
    assert contents(server, name) == contents(server, same)
    if encoding != "SQL_ASCII":
        utf8 = database(server)
        load(server, utf8, script)
        assert texts(server, utf8, word) == texts(server, name, word)
    selected = database(server, encoding=encoding, **options)
    load(server, selected, script_of(holdfast, tmp_path / "archive", tmp_path / "t.sql", "--table", f"t {word}"))
    whole, found = contents(server, name), contents(server, selected)
    assert found == {key: whole[key] for key in found} and len(found) == 2


def test_what_the_archive_holds_cannot_give_commands_to_psql(postgres, database, holdfast, tmp_path):
    server = postgres(15)
    name, other = database(server), database(server)
    backup(holdfast, server, name, tmp_path / "archive")
    script = script_of(holdfast, tmp_path / "archive", tmp_path / "script.sql").read_text()
    proof = tmp_path / "proof"
    at = script.index("\nSET check_function_bodies")
    (tmp_path / "bad.sql").write_text(f"{script[:at]}\n\\! touch {proof}\n{script[at:]}")
    done = server.run("psql", "-X", "-d", server.dsn(other), "-f", tmp_path / "bad.sql", check=False)
    assert "restricted" in done.stderr and not proof.exists()


# ---- Folders ----


def files(folder):
    return {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}


def test_the_folder_is_the_archive_unpacked(originals, holdfast, tmp_path):
    _, archive = originals(15)
    mine, tar = tmp_path / "mine", tmp_path / "tar"
    done = holdfast("extract", "--from", archive, "--to", mine, "--progress", "json")
    tar.mkdir()
    subprocess.run(["tar", "xf", archive, "-C", tar], check=True)
    assert {name: path.read_bytes() for name, path in files(mine).items()} == \
        {name: path.read_bytes() for name, path in files(tar).items()}
    assert {path.stat().st_mode & 0o777 for path in files(mine).values()} == {0o600}
    assert json.loads(done.stderr.strip().splitlines()[-1])["percent"] == 100


def test_selected_tables_bring_their_files_alone(originals, holdfast, tmp_path):
    _, archive = originals(15)
    holdfast("extract", "--from", archive, "--to", tmp_path / "out", "--table", "shop.orders")
    found = files(tmp_path / "out")
    manifest = json.loads(found["manifest.json"].read_text())
    oids = {f"data/{table['oid']}" for table in manifest["tables"]
            if (table["schema"], table["name"]) == ("shop", "orders")}
    assert {os.path.dirname(name) for name in found if name.startswith("data/")} == oids
    assert {"schema.dump", "README.txt", "holdfast.json"} < found.keys()
    assert not any(name.startswith("blobs/0") for name in found)


def test_the_folder_above_must_be_there(originals, holdfast, tmp_path):
    _, archive = originals(15)
    done = holdfast("extract", "--from", archive, "--to", tmp_path / "absent" / "out", check=False)
    assert done.returncode == 1 and "must be created first" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def large(postgres, database, holdfast, tmp_path):
    """An archive whose one table takes a while to be written."""
    server = postgres(15)
    name = database(server)
    server.psql("CREATE TABLE t AS SELECT i, md5(i::text) || md5((-i)::text) FROM generate_series(1, 1500000) i", db=name)
    backup(holdfast, server, name, tmp_path / "archive")
    return tmp_path / "archive"


def stop_amid(holdfast, archive, out, how):
    """Stops an extract once it has its first files; with the result."""
    running = holdfast.popen("extract", "--from", archive, "--to", out)
    wait_until(lambda: (out / "data").exists())
    running.send_signal(how)
    _, errors = running.communicate(timeout=180)
    return running.returncode, errors


@pytest.mark.slow_once
def test_an_extract_that_is_stopped_removes_what_it_made(large, holdfast, tmp_path):
    returncode, errors = stop_amid(holdfast, large, tmp_path / "out", signal.SIGINT)
    assert returncode == 1 and "(removed again)" in errors
    assert not (tmp_path / "out").exists()


@pytest.mark.slow_once
def test_after_a_kill_the_message_says_how_to_go_on(large, holdfast, tmp_path):
    out = tmp_path / "out"
    assert stop_amid(holdfast, large, out, signal.SIGKILL)[0] == -signal.SIGKILL
    done = holdfast("extract", "--from", large, "--to", out, check=False)
    assert done.returncode == 1 and "an extract that was killed left its files there: remove them" in done.stderr
    shutil.rmtree(out)
    holdfast("extract", "--from", large, "--to", out)


def test_a_folder_with_something_in_it_is_left_alone(originals, holdfast, tmp_path):
    _, archive = originals(15)
    (tmp_path / "mine").write_text("mine")
    done = holdfast("extract", "--from", archive, "--to", tmp_path, check=False)
    assert done.returncode == 1 and "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("where", [("--sql",), ("--to", "out")])
def test_a_pattern_that_matches_nothing_is_an_error(originals, holdfast, tmp_path, where):
    _, archive = originals(15)
    done = holdfast("extract", "--from", archive, *where, "--table", "shop.orders", "--table", 'shop."ORDERS"',
                    check=False, cwd=tmp_path)
    assert done.returncode == 1 and 'shop."ORDERS"' in done.stderr and done.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", [("--sql",), ("--to", "out")])
def test_a_damaged_part_fails_and_names_its_place(postgres, database, holdfast, tmp_path, where):
    server = postgres(15)
    name = database(server)
    server.psql("CREATE TABLE t AS SELECT i, md5(i::text) FROM generate_series(1, 10000) i", db=name)
    backup(holdfast, server, name, tmp_path / "archive")
    data = bytearray((tmp_path / "archive").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "damaged").write_bytes(data)
    done = holdfast("extract", "--from", tmp_path / "damaged", *where, check=False, cwd=tmp_path)
    assert done.returncode == 1 and "00001.copy.zst" in done.stderr
    assert "\\unrestrict" not in done.stdout
    assert not (tmp_path / "out").exists()


def test_a_folder_that_was_there_stays_and_is_empty_again(postgres, database, holdfast, tmp_path):
    server = postgres(15)
    name = database(server)
    server.psql("CREATE TABLE t AS SELECT i, md5(i::text) FROM generate_series(1, 10000) i", db=name)
    backup(holdfast, server, name, tmp_path / "archive")
    data = bytearray((tmp_path / "archive").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "damaged").write_bytes(data)
    (tmp_path / "out").mkdir()
    done = holdfast("extract", "--from", tmp_path / "damaged", "--to", tmp_path / "out", check=False)
    assert done.returncode == 1 and "(removed again)" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []
