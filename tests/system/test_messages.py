"""What people read when they give the wrong thing: it says what is wrong, and what to do instead."""
import gzip
import json
import re
import subprocess

import pytest

from support.archive_edit import Archive
from support.faults import message
from support.terminal import Terminal

AGE_SECRET = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
SSH_PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3m somebody@somewhere"
SSH_SECRET = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----"


class Shop:
    """A database of a few tables and its archives; what changes it makes a new one."""

    def __init__(self, server, name, holdfast, folder):
        self.server, self.name, self.holdfast, self.folder = server, name, holdfast, folder
        self.dsn = server.dsn(name)
        server.psql("""
            CREATE TABLE orders AS SELECT i AS id, md5(i::text) AS note FROM generate_series(1, 3000) i;
            CREATE TABLE items AS SELECT i AS id, md5(i::text) AS note FROM generate_series(1, 3000) i;
            CREATE TABLE events AS SELECT i AS id FROM generate_series(1, 10) i;""", db=name)
        self.key, self.recipient = self.keygen("key.txt")

    def keygen(self, name):
        told = self.holdfast("keygen", "--out", self.folder / name).stderr
        return self.folder / name, told.removeprefix("Public key: ").strip()

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    def backup(self, name, *arguments):
        path = self.folder / name
        self.holdfast("backup", "--from", self.dsn, "--to", path, *(arguments or ["--unencrypted"]))
        return path

    def sealed(self):
        return self.backup("sealed.hf", "--recipient", self.recipient)

    def psql(self, sql):
        return self.server.psql(sql, db=self.name)


@pytest.fixture
def shop(postgres, database, holdfast, tmp_path):
    server = postgres()
    return Shop(server, database(server), holdfast, tmp_path)


# ---- Names of files --------------------------------------------------------------------------------------------------


def test_a_folder_is_no_file_to_write_to(shop):
    (shop.folder / "sub").mkdir()
    for name in ("sub", "sub/", ".", "absent/"):
        done = shop.holdfast("backup", "--from", shop.dsn, "--to", name, "--unencrypted", check=False, cwd=shop.folder)
        assert done.returncode == 2 and f"{name} is a folder" in message(done)
    assert list((shop.folder / "sub").iterdir()) == []


def test_advice_for_a_missing_file_fits_what_is_done_with_it(shop):
    reading = message(shop.holdfast("verify", "--from", "./nofile.hf", check=False, cwd=shop.folder))
    assert "nofile.hf: No such file or directory; check the name" in reading and "created" not in reading
    writing = message(shop.holdfast("backup", "--from", shop.dsn, "--to", "no/x.hf", "--unencrypted", check=False,
                                    cwd=shop.folder))
    assert "folder no: No such file or directory" in writing and "create it first" in writing


# ---- Keys ------------------------------------------------------------------------------------------------------------

RECIPIENTS = {
    "a secret key": (["--recipient", AGE_SECRET], "this is a secret key"),
    "a file of secret keys": (["--recipients-file", "key.txt"], "this is a secret key"),
    "a file for a key": (["--recipient", "key.txt"], "key.txt is a file: name it with --recipients-file"),
    "a key for a file": (["--recipients-file", "age1xyz"], "age1xyz is a public key: give it with --recipient"),
    "a key of SSH": (["--recipient", SSH_PUBLIC], "this is a public key of SSH"),
    "a file of SSH": (["--recipients-file", "id.pub"], "id.pub, line 1: this is a public key of SSH"),
}
IDENTITIES = {
    "a public key": (["--identity", "pub.txt"], "pub.txt, line 1: this is a public key"),
    "a key of SSH": (["--identity", "id"], "id, line 1: this is a secret key of SSH"),
    "a key for a file": (["--identity", AGE_SECRET], "this is a secret key, which everybody on this machine can see"),
    "an archive": (["--identity", "sealed.hf"], "it is an encrypted file"),
    "something large": (["--identity", "large"], "it is longer than 1 MiB"),
}


@pytest.fixture
def files(shop):
    shop.sealed()
    shop.file("pub.txt", shop.recipient + "\n")
    shop.file("id.pub", SSH_PUBLIC + "\n")
    shop.file("id", SSH_SECRET + "\n")
    shop.file("large", "x" * (2 << 20))
    return shop


def test_a_recipient_that_is_something_else_is_told_what_it_is(files):
    secret = files.key.read_text().split()[-1]
    for what, (options, words) in RECIPIENTS.items():
        done = files.holdfast("backup", "--from", files.dsn, "--to", "x.hf", *options, check=False, cwd=files.folder)
        assert done.returncode != 0 and words in message(done), (what, message(done))
        assert AGE_SECRET not in done.stderr and secret not in done.stderr
    assert not (files.folder / "x.hf").exists()


def test_an_identity_that_is_something_else_is_told_what_it_is(files):
    for what, (options, words) in IDENTITIES.items():
        done = files.holdfast("verify", "--from", "sealed.hf", *options, check=False, cwd=files.folder)
        assert done.returncode != 0 and words in message(done), (what, message(done))
        assert AGE_SECRET not in done.stderr and "b3BlbnNzaC1rZXk" not in done.stderr


def test_hints_name_the_option_that_fits_the_file(shop):
    sealed = shop.sealed()
    secret, wrong = shop.file("pass", "correct horse"), shop.file("wrong", "battery staple")
    locked = shop.backup("locked.hf", "--passphrase-file", secret)
    told = message(shop.holdfast("verify", "--from", sealed, check=False))
    assert "--identity" in told and "passphrase" not in told
    told = message(shop.holdfast("verify", "--from", locked, check=False))
    assert "--passphrase-file" in told and "--identity" not in told
    told = message(shop.holdfast("verify", "--from", locked, "--passphrase-file", wrong, check=False))
    assert "locked.hf: the passphrase is wrong" in told


# ---- Files that are no whole archive ---------------------------------------------------------------------------------


def test_damage_names_the_archive_the_tables_and_what_is_left(shop):
    path = shop.backup("shop.hf")
    parts = Archive(path)
    content = bytearray(path.read_bytes())
    for table in ("orders", "items"):
        content[content.index(parts.part(table).encode()) + 512 + 100] ^= 1
    path.write_bytes(content)
    done = shop.holdfast("verify", "--from", path, check=False)
    assert done.returncode == 1
    assert f"{path}: rows of public.items, public.orders are damaged (first of all member data/" in message(done)
    assert "extract" in message(done)
    assert "public.items, public.orders" in shop.holdfast("verify", "--from", path, "--json", check=False).stdout
    saved = shop.holdfast("extract", "--from", path, "--sql", "--table", "events").stdout
    assert "public.events" in saved


def test_damage_beside_the_rows_promises_nothing(shop):
    path = shop.backup("shop.hf")
    content = bytearray(path.read_bytes())
    content[content.index(b"schema.dump\0") + 512 + 100] ^= 1
    path.write_bytes(content)
    told = message(shop.holdfast("verify", "--from", path, check=False))
    assert f"{path}: member schema.dump" in told and "extract" not in told


def test_a_short_file_is_cut_off(shop):
    path = shop.sealed()
    path.write_bytes(path.read_bytes()[:100])
    told = message(shop.holdfast("verify", "--from", path, "--identity", shop.key, check=False))
    assert f"{path}: " in told and "cut off" in told


def test_files_of_other_programs_are_recognised(shop):
    words = {"custom": "use pg_restore", "tar": "use pg_restore", "directory": "use pg_restore", "plain": "use psql"}
    for kind in words:
        shop.server.run("pg_dump", "--format", kind, "--file", shop.folder / kind, "--dbname", shop.dsn)
    words.update(gz="gunzip", zst="unzstd", nothing="it is empty")
    archive = shop.backup("shop.hf")
    (shop.folder / "gz").write_bytes(gzip.compress(archive.read_bytes()))
    subprocess.run(["zstd", "-q", archive, "-o", shop.folder / "zst"], check=True)
    shop.file("nothing", "")
    for kind, word in words.items():
        done = shop.holdfast("verify", "--from", shop.folder / kind, check=False)
        assert done.returncode != 0 and word in message(done) and str(shop.folder / kind) in message(done), kind


# ---- Comparing -------------------------------------------------------------------------------------------------------


def compare(shop, archive, check=True):
    return shop.holdfast("verify", "--from", archive, "--against", shop.dsn, "--json", check=check)


def notes(done, key="differences"):
    return {each["table"]: each["what"] for each in done.json[key]}


def test_a_comparison_names_the_database_and_what_it_leaves_out(shop):
    archive = shop.backup("shop.hf", "--unencrypted", "--exclude-table-data", "events")
    told = shop.holdfast("verify", "--from", archive, "--against", shop.dsn).stdout
    assert f"{shop.name} at " in told and "indexes and sequence values were not compared" in told
    assert "public.events: not compared: excluded by --exclude-table-data" in told
    assert notes(compare(shop, archive), "not_compared") == {"public.events": "excluded by --exclude-table-data"}


def test_missing_and_added_tables_and_columns_differ(shop):
    archive, part = shop.backup("shop.hf"), shop.backup("part.hf", "--unencrypted", "--table", "orders")
    assert notes(compare(shop, archive)) == {}
    shop.psql("DROP TABLE events; CREATE TABLE more (a int); ALTER TABLE items RENAME note TO remark")
    done = compare(shop, archive, check=False)
    assert done.returncode == 3
    assert notes(done) == {"public.events": "is missing", "public.items": "has no column note",
                           "public.more": "is not in the archive"}
    assert notes(compare(shop, part)) == {}  # which does not say what else there was


def test_large_objects_that_came_later_differ(shop):
    archive = shop.backup("shop.hf")
    shop.psql("SELECT lo_from_bytea(0, 'x')")
    done = compare(shop, archive, check=False)
    assert done.returncode == 3 and notes(done) == {"(large objects)": "are not in the archive"}
    assert notes(compare(shop, shop.backup("with.hf"))) == {}


def test_another_database_is_told_in_one_line(shop, database):
    archive, other = shop.backup("shop.hf"), database(shop.server)
    done = shop.holdfast("verify", "--from", archive, "--against", shop.server.dsn(other), check=False)
    assert done.returncode == 3 and done.stdout == ""
    assert f"{other} at " in message(done) and "another" in message(done)


def test_a_restore_that_proves_names_the_server(shop):
    archive = shop.backup("shop.hf")
    told = shop.holdfast("verify", "--from", archive, "--restore-to", shop.server.dsn("postgres", tcp=True)).stdout
    assert f"it was restored into a new database at 127.0.0.1:{shop.server.port}" in told and "dropped" in told


# ---- Results ---------------------------------------------------------------------------------------------------------


def test_every_result_in_json_is_one_line_of_the_truth(shop):
    path = shop.folder / "x.hf"
    done = shop.holdfast("backup", "--from", shop.dsn, "--to", path, "--recipient", shop.recipient, "--json")
    assert done.json["archive_bytes"] == path.stat().st_size
    key = ["--from", path, "--identity", shop.key, "--json"]
    for each in (done, shop.holdfast("verify", *key), shop.holdfast("inspect", *key)):
        assert each.stdout.count("\n") == 1 and each.stdout.endswith("}\n")


def test_extract_has_a_result_in_json(shop):
    key = ["--from", shop.sealed(), "--identity", shop.key, "--json"]
    done = shop.holdfast("extract", *key, "--to", shop.folder / "out")
    assert done.json["ok"] and done.json["to"] == str(shop.folder / "out") and done.stdout.count("\n") == 1
    done = shop.holdfast("extract", *key, "--sql")
    assert "CREATE TABLE" in done.stdout and '"ok":true' in done.stderr and '"ok"' not in done.stdout


def test_a_dry_run_tells_what_would_be_restored(shop):
    done = shop.holdfast("restore", "--from", shop.backup("shop.hf"), "--to", shop.dsn, "--mode", "swap", "--dry-run",
                         "--json")
    told = {name: done.json[name] for name in ("tables", "rows", "database", "dry_run")}
    assert told == {"tables": 3, "rows": 6010, "database": shop.name, "dry_run": True}
    assert done.stdout.count("\n") == 1


def test_rows_that_a_proof_reads_again_are_counted_once(shop):
    archive = shop.backup("shop.hf")
    for arguments in (["--against", shop.dsn], ["--restore-to", shop.dsn]):
        done = shop.holdfast("verify", "--from", archive, *arguments, "--progress", "json")
        last = json.loads([line for line in done.stderr.splitlines() if line.startswith("{")][-1])
        assert last["rows"] == 6010, arguments


def test_inspect_counts_large_objects_and_not_their_pieces(shop):
    shop.psql("SELECT lo_from_bytea(0, convert_to(repeat('x', 1000000), 'UTF8')), lo_from_bytea(0, 'x')")
    told = shop.holdfast("inspect", "--from", shop.backup("shop.hf")).stdout
    assert "large objects 2" in told and re.search(r"^\(large objects\) +2 ", told, re.MULTILINE)


def test_buffers_are_told_with_verbose_alone(shop):
    arguments = ["backup", "--from", shop.dsn, "--unencrypted", "--to"]
    assert "of buffers" not in shop.holdfast(*arguments, shop.folder / "a.hf").stderr
    assert "of buffers" in shop.holdfast(*arguments, shop.folder / "b.hf", "--verbose").stderr


# ---- Connections -----------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(postgres):
    server = postgres(scram=True)
    server.psql("DROP ROLE IF EXISTS hf_messages; CREATE ROLE hf_messages LOGIN PASSWORD 'right'")
    return server.dsn("postgres", tcp=True, user="hf_messages")


def test_a_wrong_password_is_told_with_where_it_came_from(holdfast, guarded, tmp_path):
    secret = tmp_path / "pw"
    secret.write_text("wrong\n")
    secret.chmod(0o600)
    arguments = ["backup", "--from", guarded, "--to", tmp_path / "x.hf", "--unencrypted"]
    nothing = {"PGPASSFILE": "/nonexistent", "PGPASSWORD": None}
    by_file = message(holdfast(*arguments, "--password-file", secret, check=False, env=nothing))
    assert "the password came from --password-file" in by_file
    by_variable = message(holdfast(*arguments, check=False, env={**nothing, "PGPASSWORD": "wrong"}))
    assert "the password came from PGPASSWORD" in by_variable
    assert "wrong" not in by_file + by_variable


def test_a_password_that_cannot_be_asked_for_can_be_in_a_file(holdfast, guarded, tmp_path):
    arguments = ["backup", "--from", guarded, "--to", tmp_path / "x.hf", "--unencrypted", "--password"]
    done = holdfast(*arguments, check=False, start_new_session=True)
    assert "there is no terminal; name a file with it by --password-file" in message(done)


def test_the_password_of_a_source_has_an_option_of_its_own(holdfast, postgres, guarded, tmp_path):
    """--password-file is for the target, and would be given in vain."""
    secret = tmp_path / "pw"
    secret.write_text("wrong\n")
    secret.chmod(0o600)
    nothing = {"PGPASSFILE": "/nonexistent", "PGPASSWORD": None}
    arguments = ["migrate", "--from", guarded, "--to", postgres().dsn("hf_moved"), "--mode", "new", "--no-backup"]
    wrong = message(holdfast(*arguments, "--from-password-file", secret, check=False, env=nothing))
    assert "the password came from --from-password-file" in wrong
    none = message(holdfast(*arguments, "--no-password", check=False, env=nothing))
    assert "a file named with --from-password-file" in none
    asked = message(holdfast(*arguments, "--password", check=False, start_new_session=True))
    assert "cannot ask (Password for postgres at " in asked and "name a file with it by --from-password-file" in asked


def test_a_password_for_sql_server_is_not_asked_for_against_ones_will(holdfast, tmp_path):
    to = ["migrate", "--to-mssql", "127.0.0.1:1", "--to-database", "shop", "--to-user", "sa", "--test"]
    done = holdfast(*to, "--no-password", check=False, start_new_session=True)
    assert done.returncode == 2 and "the password for shop at 127.0.0.1:1 is missing" in message(done)
    done = holdfast(*to, check=False, start_new_session=True)
    assert done.returncode == 2 and "name a file with it by --password-file" in message(done)


def test_the_password_for_sql_server_is_typed_unseen(holdfast):
    """And asked for before anything else is tried."""
    terminal = Terminal([str(holdfast.path), "migrate", "--to-mssql", "127.0.0.1:1", "--to-database", "shop", "--to-user", "sa",
                         "--test"], holdfast.environment(None))
    terminal.wait_for("Password for shop at 127.0.0.1:1: ")
    terminal.type("n0body sees\n")
    terminal.finish()
    assert terminal.returncode == 1 and "nothing answers at 127.0.0.1, port 1" in terminal.output
    assert "n0body" not in terminal.output


def test_a_service_that_is_not_defined_is_no_local_socket(holdfast, tmp_path):
    env = {name: None for name in ("PGHOST", "PGPORT", "PGDATABASE", "PGSERVICE")}
    services = tmp_path / "services"
    services.write_text("[shop]\nhost=127.0.0.1\n")
    done = holdfast("backup", "--from", "service=shpo", "--to", tmp_path / "x.hf", "--unencrypted", check=False,
                    env={**env, "PGSERVICEFILE": services})
    assert "cannot connect to service shpo: definition of service" in message(done)
    assert "local socket" not in message(done) and "PGSERVICEFILE" in message(done)
