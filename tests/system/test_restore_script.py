"""restore.sh out of an archive, with stock programs alone, makes a database that holds what the manifest says."""
import difflib
import os
import subprocess

import pytest

from support import everything, values

STOCK = "/usr/bin:/bin"  # age, tar, zstd, psql and pg_restore of the distribution
NAME = everything.NAME

# Server, and whether its own psql and pg_restore come first: a pg_restore reads dumps of its own major and older ones.
SERVERS = [(13, False), (15, False), (17, True)]


def backup(holdfast, server, database, path, *options, own_programs=False):
    programs = server.programs if own_programs else ""
    return holdfast("backup", "--from", server.dsn(database), "--to", path, *(options or ["--unencrypted"]),
                    env={"HOLDFAST_PG_PATH": programs}, timeout=800)


def unpack(archive, folder, identity=None):
    folder.mkdir()
    decrypt = f"age -d -i {identity} {archive}" if identity else f"cat {archive}"
    subprocess.run(["bash", "-c", f"set -o pipefail; {decrypt} | tar x -C {folder}"], check=True,
                   env={"PATH": STOCK})


def run_script(folder, server, *arguments, own_programs=False, **variables):
    """As a user would run it: in a plain environment, with the server named by libpq's variables."""
    path = f"{server.programs}:{STOCK}" if own_programs else STOCK
    return subprocess.run(["sh", "restore.sh", *arguments], cwd=folder, capture_output=True, text=True,
                          env={"PATH": path, "PGHOST": server.host, "PGPORT": str(server.port), "PGUSER": server.user,
                               **variables})


def restore(folder, server, name, **options):
    done = run_script(folder, server, "--dbname", name, **options)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return done


def assert_same_schema(one, one_database, other, other_database):
    texts = [everything.schema_text(*where, other) for where in ((one, one_database), (other, other_database))]
    assert "\n".join(difflib.unified_diff(*(text.splitlines() for text in texts), lineterm="")) == ""


@pytest.mark.slow_once
@pytest.mark.parametrize("major, own_programs", SERVERS)
def test_stock_programs_restore_a_database_with_everything(postgres, holdfast, tmp_path, major, own_programs):
    source = postgres(major, cluster_name="script source", wal_level="logical")
    target = postgres(major, cluster_name="script target", wal_level="logical")
    key = tmp_path / "key.txt"
    public = holdfast("keygen", "--out", key).stderr.split()[-1]
    everything.create(source)
    everything.prepare(target)
    backup(holdfast, source, NAME, tmp_path / "a.hf", "--recipient", public, own_programs=own_programs)
    unpack(tmp_path / "a.hf", tmp_path / "unpacked", key)
    restore(tmp_path / "unpacked", target, NAME, own_programs=own_programs)
    holdfast("verify", "--from", tmp_path / "a.hf", "--identity", key, "--against", target.dsn(NAME))
    assert_same_schema(source, NAME, target, NAME)
    assert everything.differences(source, NAME, target, NAME) == []


@pytest.mark.parametrize("data_format", ["auto", "text"])
def test_the_script_works_in_an_extracted_folder(postgres, database, holdfast, tmp_path, data_format):
    server = postgres(15)
    name = database(server)
    server.psql(values.SQL, db=name)
    backup(holdfast, server, name, tmp_path / "a.hf", "--unencrypted", "--data-format", data_format)
    holdfast("extract", "--from", tmp_path / "a.hf", "--to", tmp_path / "out")
    restored = f"{name}restored"
    restore(tmp_path / "out", server, restored)
    holdfast("verify", "--from", tmp_path / "a.hf", "--against", server.dsn(restored))
    assert_same_schema(server, name, server, restored)
    assert everything.differences(server, name, server, restored) == []


def test_the_script_restores_a_backup_of_one_table(postgres, database, holdfast, tmp_path):
    """In a schema of its own, with a foreign key to a table that is not in the backup."""
    server, name = postgres(15), database(postgres(15))
    server.psql("CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO PUBLIC; CREATE TABLE shop.p (i int PRIMARY KEY); "
                "CREATE TABLE shop.t AS SELECT i FROM generate_series(1, 9) i; INSERT INTO shop.p SELECT * FROM shop.t; "
                "ALTER TABLE shop.t ADD FOREIGN KEY (i) REFERENCES shop.p", db=name)
    backup(holdfast, server, name, tmp_path / "a.hf", "--unencrypted", "-t", "shop.t", own_programs=True)
    unpack(tmp_path / "a.hf", tmp_path / "unpacked")
    restore(tmp_path / "unpacked", server, f"{name}restored")
    assert server.psql("SELECT count(*), has_schema_privilege('pg_monitor', 'shop', 'USAGE') FROM shop.t",
                       db=f"{name}restored") == "9|t"


@pytest.mark.parametrize("encoding, word", [("LATIN1", "größe"), ("EUC_JP", "日本語"), ("SQL_ASCII", "größe")])
def test_the_script_keeps_another_encoding(postgres, database, holdfast, tmp_path, encoding, word):
    server = postgres(15, cluster_name="encodings")  # its own: no role has a name that one of these lacks
    name = database(server, template="template0", encoding=encoding, lc_collate="C", lc_ctype="C")
    server.psql(f"""
        SET client_encoding = UTF8;
        CREATE TABLE "t {word}" ("c {word}" serial, a text);
        INSERT INTO "t {word}" (a) VALUES ('{word}'), (E'{word}\\n');
        CREATE TABLE as_text (a text, r regclass); INSERT INTO as_text VALUES ('{word}', '"t {word}"');
        SELECT lo_from_bytea(4711, 'large'); COMMENT ON LARGE OBJECT 4711 IS '{word}';
        COMMENT ON TABLE "t {word}" IS '{word}';""", db=name)
    backup(holdfast, server, name, tmp_path / "a.hf")
    unpack(tmp_path / "a.hf", tmp_path / "unpacked")
    restored = f"{name}restored"
    restore(tmp_path / "unpacked", server, restored)
    holdfast("verify", "--from", tmp_path / "a.hf", "--against", server.dsn(restored))
    assert everything.differences(server, name, server, restored) == []


@pytest.fixture
def unpacked(postgres, database, holdfast, tmp_path):
    """A small archive, unpacked, with its server and the name of a database that is free."""
    server = postgres(15)
    name = database(server)
    server.psql("CREATE TABLE t AS SELECT i FROM generate_series(1, 10) i; CREATE TABLE u AS SELECT 1 AS i", db=name)
    backup(holdfast, server, name, tmp_path / "a.hf")
    unpack(tmp_path / "a.hf", tmp_path / "unpacked")
    return tmp_path / "unpacked", server, f"{name}restored"


def test_the_script_stops_where_a_part_has_other_rows(unpacked):
    folder, server, name = unpacked
    one, other = (part.read_bytes() for part in sorted(folder.glob("data/*/00001.copy.zst")))
    (larger := max(folder.glob("data/*/00001.copy.zst"), key=os.path.getsize)).write_bytes(min(one, other, key=len))
    done = run_script(folder, server, "--dbname", name)
    assert done.returncode == 1
    assert f"{larger.relative_to(folder)}: psql answered 'COPY 1' where 'COPY 10' was expected" in done.stderr


def test_the_script_stops_at_a_part_that_is_cut(unpacked):
    folder, server, name = unpacked
    part = next(folder.glob("data/*/00001.copy.zst"))
    part.write_bytes(part.read_bytes()[:-5])
    assert run_script(folder, server, "--dbname", name).returncode == 1


def test_the_script_does_not_touch_a_database_that_exists(unpacked):
    folder, server, name = unpacked
    source = name.removesuffix("restored")
    done = run_script(folder, server, "--dbname", source)
    assert done.returncode != 0 and f'database "{source}" already exists' in done.stderr
    assert server.psql("SELECT count(*) FROM t", db=source) == "10"


@pytest.mark.parametrize("arguments", [(), ("--dbname",), ("name",), ("--dbname", ""), ("--dbname", "dbname=x"),
                                       ("--dbname", "postgresql://x"), ("--dbname", "a", "b")])
def test_the_script_tells_its_usage(unpacked, arguments):
    folder, server, _ = unpacked
    done = run_script(folder, server, *arguments)
    assert done.returncode == 2 and done.stderr.startswith("usage: sh restore.sh --dbname NAME")


def test_the_script_names_what_is_missing(unpacked, tmp_path):
    folder, server, name = unpacked
    (folder / "load.sh").unlink()
    done = run_script(folder, server, "--dbname", name)
    assert done.returncode == 1 and "load.sh is missing" in done.stderr
    assert name not in server.psql("SELECT datname FROM pg_database")


# ---- The database that is meant, and no other ----


@pytest.fixture
def victim(postgres, database, holdfast, tmp_path):
    """A live database that restore.sh must not touch, its server, and an archive of it, unpacked."""
    server = postgres(15)
    name = database(server)
    server.psql("CREATE TABLE log (id serial, word text); INSERT INTO log (word) VALUES ('größe'), ('x');"
                "SELECT lo_from_bytea(4711, 'large')", db=name)
    backup(holdfast, server, name, tmp_path / "a.hf")
    unpack(tmp_path / "a.hf", tmp_path / "unpacked")
    server.psql("INSERT INTO log (word) VALUES ('since'); ALTER TABLE log ADD since int", db=name)
    return tmp_path / "unpacked", server, name


def assert_as_it_was(server, name):
    assert server.psql("SELECT string_agg(log::text, ' ' ORDER BY id) FROM log", db=name) == \
        "(1,größe,) (2,x,) (3,since,)"
    assert server.psql("SELECT last_value FROM log_id_seq", db=name) == "3"


def name_in_service(server, name, tmp_path):
    """Variables that name the live database in each way there is, with settings that do not fit."""
    (tmp_path / "service.conf").write_text(
        f"[live]\nhost={server.host}\nport={server.port}\ndbname={name}\nclient_encoding=LATIN1\n"
        "options=-csearch_path=nowhere -cdefault_transaction_read_only=on -cstandard_conforming_strings=off\n")
    return {"PGSERVICE": "live", "PGSERVICEFILE": str(tmp_path / "service.conf"), "PGDATABASE": name, "PGHOST": ""}


@pytest.mark.parametrize("suffix", ["restored", " it's\\a \"größe\""])
def test_a_service_that_names_the_live_database_does_not_lead_there(victim, holdfast, tmp_path, suffix):
    folder, server, name = victim
    restored = f"{name}{suffix}"
    done = run_script(folder, server, "--dbname", restored, **name_in_service(server, name, tmp_path))
    assert done.returncode == 0, done.stderr
    assert_as_it_was(server, name)
    holdfast("verify", "--from", tmp_path / "a.hf", "--against", server.dsn(restored))
    assert server.psql("SELECT last_value FROM log_id_seq", db=restored) == "2"


def test_nothing_is_written_where_another_database_answers(victim, tmp_path):
    """A pooler may lead every connection to one database, whatever its name."""
    folder, server, name = victim
    pooler = tmp_path / "pooler"
    pooler.mkdir()
    (pooler / "psql").write_text(f'#!/bin/sh\nexec /usr/bin/psql "$@" -d {name}\n')
    (pooler / "psql").chmod(0o755)
    done = run_script(folder, server, "--dbname", f"{name}restored", PATH=f"{pooler}:{STOCK}")
    assert done.returncode == 1
    assert f"connects to the database {name} instead of {name}restored: nothing was loaded" in done.stderr
    assert_as_it_was(server, name)


def test_a_name_that_is_not_ascii_does_for_a_database_in_another_encoding(postgres, database, holdfast, tmp_path):
    server = postgres(15)
    name = database(server, template="template0", encoding="LATIN1", lc_collate="C", lc_ctype="C")
    backup(holdfast, server, name, tmp_path / "a.hf")
    unpack(tmp_path / "a.hf", tmp_path / "unpacked")
    restore(tmp_path / "unpacked", server, f"{name}größe")
