"""The command line as its users and other programs see it: usage, keys, progress, cancelling, terminals, streams."""
import json
import os
import re
import shlex
import signal
import subprocess
import time

import pytest

from support import majors
from support.terminal import Terminal

KEYLESS = ("--from", "dbname=x", "--to", "x.hf")
BACKUP = ("backup", *KEYLESS, "--unencrypted")
RESTORE = ("restore", "--from", "x.hf", "--to", "dbname=x", "--mode")

WRONG = {
    "nothing": ([], "Usage:"),
    "no such command": (["bakup"], '"bakup"'),
    "help for no such command": (["help", "bakup"], '"bakup"'),
    "unknown option": ([*BACKUP, "--bogus"], "--bogus"),
    "unknown short option": ([*BACKUP, "-y"], "-y"),
    "value missing": (["backup", "--from"], "--from"),
    "stray word": ([*BACKUP, "shop"], '"shop"'),
    "stray word after dashes": ([*BACKUP, "--", "shop"], '"shop"'),
    "backup without from": (["backup", "--to", "x.hf", "--unencrypted"], "--from is missing"),
    "backup without to": (["backup", "--from", "dbname=x", "--unencrypted"], "--to is missing"),
    "empty to": (["backup", "--from", "dbname=x", "--to", "", "--unencrypted"], "--to is empty"),
    "no key": (["backup", *KEYLESS], "--recipient"),
    "two kinds of key": ([*BACKUP, "--recipient", "age1x"], "exclude each other"),
    "passphrase and unencrypted": ([*BACKUP, "--passphrase-file", "/etc/hostname"], "exclude each other"),
    "bad recipient": (["backup", *KEYLESS, "--recipient", "age1nonsense"], "age1nonsense"),
    "no jobs": ([*BACKUP, "--jobs", "0"], "--jobs"),
    "too many jobs": ([*BACKUP, "-j129"], "from 1 to 128"),
    "jobs in words": ([*BACKUP, "--jobs", "four"], '"four"'),
    "level": ([*BACKUP, "--compress", "23"], "--compress"),
    "duration": ([*BACKUP, "--lock-wait-timeout", "soon"], '"soon"'),
    "data format": ([*BACKUP, "--data-format", "binary"], "auto, text"),
    "progress": ([*BACKUP, "--progress", "xml"], "auto, json"),
    "quiet and verbose": ([*BACKUP, "--quiet", "--verbose"], "--verbose"),
    "two ways of a password": ([*BACKUP, "--password", "--no-password"], "--no-password"),
    "bad connection string": (["backup", "--from", "host", "--to", "x", "--unencrypted", "--from", "=x"], "--from"),
    "restore without mode": ([*RESTORE[:-1]], "swap"),
    "restore with another mode": ([*RESTORE, "over"], "swap, new, in-place"),
    "in place without safety": ([*RESTORE, "in-place"], "--safety is missing"),
    "safety on a stream": ([*RESTORE, "in-place", "--safety", "-", "--unencrypted"], "--safety"),
    "safety without key": ([*RESTORE, "in-place", "--safety", "s.hf"], "--recipient"),
    "safety with swap": ([*RESTORE, "swap", "--safety", "s.hf"], "--safety"),
    "role map": ([*RESTORE, "swap", "--role-map", "ab"], "OLD=NEW"),
    "proof": ([*RESTORE, "swap", "--proof", "hope"], "digest, count, none"),
    "keep old": ([*RESTORE, "swap", "--keep-old", "7"], "--keep-old"),
    "undo without to": (["undo"], "--to is missing"),
    "two ways of dropping": (["copies", "--to", "dbname=x", "--drop", "a", "--drop-stale"], "--drop-stale"),
    "verify without from": (["verify"], "--from is missing"),
    "verify twice": (["verify", "--from", "x", "--against", "dbname=x", "--restore-to", "dbname=x"], "exclude"),
    "inspect without from": (["inspect", "--json"], "--from is missing"),
    "extract to nowhere": (["extract", "--from", "x"], "--sql"),
    "extract to both": (["extract", "--from", "x", "--sql", "--to", "d"], "--sql"),
    "keygen with a word": (["keygen", "shop.key"], '"shop.key"'),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_usage_is_status_2_and_says_what_is_wrong(holdfast, tmp_path, case):
    arguments, word = WRONG[case]
    done = holdfast(*arguments, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert word in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("conninfo", [
    "host=h password=hunter2", "password='hunter2", "postgresql://u:hunter2@h/d", "postgresql://u:hunter2%x@h/d",
    "postgresql://h/d?password=hunter2", "password=x hunter2", "sslpassword=hunter2",
])
@pytest.mark.parametrize("command", [
    ("backup", "--to", "x.hf", "--unencrypted", "--from"), ("restore", "--from", "x.hf", "--mode", "new", "--to"),
    ("undo", "--to"), ("copies", "--to"), ("verify", "--from", "x.hf", "--against"),
    ("verify", "--from", "x.hf", "--restore-to"),
])
def test_a_password_in_an_argument_is_refused_and_not_repeated(holdfast, command, conninfo):
    done = holdfast(*command, conninfo, check=False)
    assert done.returncode == 2
    assert "password" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout


def test_the_refusal_names_the_ways_to_give_a_password(holdfast):
    done = holdfast("undo", "--to", "password=x", check=False)
    for way in ("pgpass", "service file", "--password-file", "--password"):
        assert way in done.stderr


def test_help_is_on_standard_output_and_has_examples(holdfast):
    whole = holdfast("--help").stdout
    assert holdfast("help").stdout == whole
    commands = re.findall(r"^  holdfast (\w+)", whole, re.MULTILINE)
    assert set(commands) >= {"keygen", "backup", "restore", "undo", "copies", "verify", "inspect", "extract"}
    for command in commands:
        text = holdfast("help", command).stdout
        assert text == holdfast(command, "-h").stdout
        assert "Examples:" in text and "--help" in text
    assert holdfast("--version").stdout.startswith("holdfast ")


def test_an_option_of_one_value_is_not_given_twice(holdfast, tmp_path):
    done = holdfast("inspect", "--from", tmp_path / "a", f"--from={tmp_path}/b", check=False)
    assert done.returncode == 2 and "--from is given 2 times" in done.stderr


def test_bash_completes_commands_and_options(holdfast):
    script = """holdfast() { "$HOLDFAST" "$@"; }; source "$0"
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _holdfast; echo "${COMPREPLY[@]}" """

    def complete(*words):
        file = majors.REPOSITORY / "src/cli/completion/holdfast"
        done = subprocess.run(["bash", "-c", script, str(file), "holdfast", *words], capture_output=True, text=True,
                              env=holdfast.environment({"HOLDFAST": holdfast.path}), check=True)
        return done.stdout.split()

    assert complete("e") == ["extract", "export"]
    assert sorted(complete("backup", "--exclude-t")) == ["--exclude-table", "--exclude-table-data"]
    assert complete("restore", "--mode", "") == ["swap", "new", "in-place"]
    assert complete("token", "") == ["list", "add", "remove"]
    assert complete("user", "add", "--full") == ["--full-name"]


# ---- Keys ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def key(holdfast, tmp_path_factory):
    """A key pair: .file and .recipient."""
    class Key:
        file = tmp_path_factory.mktemp("keys") / "shop.key"
        recipient = holdfast("keygen", "--out", file).stderr.removeprefix("Public key: ").strip()
    return Key


def test_keygen_writes_a_file_that_age_takes(key):
    assert key.file.stat().st_mode & 0o777 == 0o600
    printed = subprocess.run(["age-keygen", "-y", str(key.file)], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == key.recipient


def test_keygen_overwrites_nothing(holdfast, key):
    before = key.file.read_text()
    done = holdfast("keygen", "--out", key.file, check=False)
    assert done.returncode == 1 and str(key.file) in done.stderr and "--force" not in done.stderr
    assert key.file.read_text() == before


def test_keygen_prints_the_secret_on_standard_output_alone(holdfast):
    done = holdfast("keygen")
    assert "AGE-SECRET-KEY-1" in done.stdout
    assert "AGE-SECRET-KEY" not in done.stderr and "age1" in done.stderr


# ---- A small database ------------------------------------------------------------------------------------------------

ROWS = 3000


@pytest.fixture
def shop(postgres, database):
    """A database of three small tables: .server, .name, .dsn."""
    class Shop:
        server = postgres()
        name = database(server)
        dsn = server.dsn(name)
    Shop.server.psql(f'''
        CREATE TABLE orders AS SELECT i AS id, 'note ' || i AS note FROM generate_series(1, {ROWS}) i;
        CREATE TABLE "odd ""name""" (a int);
        CREATE TABLE empty (a int PRIMARY KEY);
        INSERT INTO "odd ""name""" VALUES (1);
    ''', db=Shop.name)
    return Shop


@pytest.fixture
def archive(holdfast, shop, key, tmp_path):
    path = tmp_path / "shop.hf"
    holdfast("backup", "--from", shop.dsn, "--to", path, "--recipient", key.recipient)
    return path


def test_backup_inspect_verify(holdfast, shop, key, archive):
    told = holdfast("inspect", "--from", archive, "--identity", key.file).stdout
    assert "encrypted for 1 key" in told and shop.name in told and 'public."odd ""name"""' in told
    read = holdfast("inspect", "--from", archive, "--identity", key.file, "--json").json
    assert {table["name"]: table["rows"] for table in read["tables"]} == {"orders": ROWS, 'odd "name"': 1, "empty": 0}
    assert read["encrypted"] and read["recipient_kinds"] == ["X25519"] and read["database"]["name"] == shop.name
    proved = holdfast("verify", "--from", archive, "--identity", key.file, "--against", shop.dsn, "--json").json
    assert proved["ok"] and proved["rows"] == ROWS + 1 and proved["differences"] == []


def test_a_uri_a_file_of_recipients_and_a_level_are_taken(holdfast, shop, key, tmp_path):
    holdfast("keygen", "--out", tmp_path / "other.key")
    other = re.search("age1[a-z0-9]+", (tmp_path / "other.key").read_text())[0]
    (tmp_path / "recipients.txt").write_text(f"# who may read\n{key.recipient}\n\n{other}\n")
    uri = f"postgresql://{shop.server.user}@/{shop.name}?host={shop.server.host}&port={shop.server.port}"
    sizes = []
    for level in ("1", "19"):
        to = tmp_path / f"{level}.hf"
        holdfast("backup", "--from", uri, "--to", to, "--recipients-file", tmp_path / "recipients.txt", "-Z", level)
        sizes.append(to.stat().st_size)
    assert sizes[1] < sizes[0]
    for each in (key.file, tmp_path / "other.key"):
        assert holdfast("verify", "--from", to, "--identity", each, "--against", uri, "--json").json["ok"]


def test_a_database_that_differs_is_status_3_with_the_table(holdfast, shop, key, archive):
    shop.server.psql("UPDATE orders SET note = 'other' WHERE id = 7", db=shop.name)
    arguments = ["verify", "--from", archive, "--identity", key.file, "--against", shop.dsn]
    done = holdfast(*arguments, check=False)
    assert done.returncode == 3 and "orders" in done.stdout
    done = holdfast(*arguments, "--json", check=False)
    assert done.returncode == 3
    assert [each["table"] for each in done.json["differences"]] == ["public.orders"]
    assert not done.json["ok"] and done.json["error"]["code"] == "differ"


def test_the_wrong_key_opens_nothing(holdfast, shop, archive, tmp_path):
    other = tmp_path / "other.key"
    holdfast("keygen", "--out", other)
    done = holdfast("verify", "--from", archive, "--identity", other, check=False)
    assert done.returncode == 1 and "none of the keys given opens this file" in done.stderr
    for command in (["verify"], ["inspect"], ["restore", "--mode", "new", "--to", shop.server.dsn("none")]):
        done = holdfast(*command, "--json", "--from", archive, "--identity", other, check=False)
        assert done.returncode == 1 and not done.json["ok"] and done.json["error"]["code"] == "wrong-key"


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "de_DE.ISO-8859-1", ""])
def test_names_are_utf8_in_every_locale(holdfast, shop, tmp_path, locale):
    shop.server.psql('CREATE TABLE "größe" (a int)', db=shop.name)
    path = tmp_path / "größe.hf"
    env = {"LC_ALL": locale}
    holdfast("backup", "--from", shop.dsn, "--to", path, "--unencrypted", "--table", '"größe"', env=env)
    told = holdfast("inspect", "--from", path, env=env)
    assert "public.größe" in told.stdout and "orders" not in told.stdout


def test_an_existing_file_is_replaced_with_force_alone(holdfast, shop, tmp_path):
    path = tmp_path / "shop.hf"
    path.write_text("precious")
    arguments = ["backup", "--from", shop.dsn, "--to", path, "--unencrypted"]
    done = holdfast(*arguments, check=False)
    assert done.returncode == 1 and "--force" in done.stderr and path.read_text() == "precious"
    holdfast(*arguments, "--force")
    assert holdfast("verify", "--from", path).returncode == 0


def test_a_passphrase_file_that_others_can_read_is_warned_of(holdfast, shop, tmp_path):
    secret, path = tmp_path / "pass", tmp_path / "shop.hf"
    secret.write_text("correct horse\nsecond line\n")
    secret.chmod(0o644)
    done = holdfast("backup", "--from", shop.dsn, "--to", path, "--passphrase-file", secret)
    assert "warning" in done.stderr and "0644" in done.stderr and "correct" not in done.stderr
    secret.chmod(0o600)
    secret.write_text("correct horse")
    done = holdfast("verify", "--from", path, "--passphrase-file", secret)
    assert "warning" not in done.stderr


@pytest.mark.parametrize("content", [b"", b"\n", b"a\0b\n"])
def test_a_file_that_holds_no_secret_is_refused(holdfast, tmp_path, content):
    secret = tmp_path / "pass"
    secret.write_bytes(content)
    secret.chmod(0o600)
    done = holdfast("backup", *KEYLESS, "--passphrase-file", secret, check=False)
    assert done.returncode == 1 and str(secret) in done.stderr


def test_restore_swaps_and_undo_swaps_back(holdfast, shop, key, archive):
    shop.server.psql("DELETE FROM orders", db=shop.name)
    arguments = ["--from", archive, "--to", shop.dsn, "--mode", "swap", "--identity", key.file]
    done = holdfast("restore", *arguments, "--json")
    kept = done.json["kept"]
    assert shop.server.psql("SELECT count(*) FROM orders", db=shop.name) == str(ROWS)
    listed = holdfast("copies", "--to", shop.dsn, "--json").json["copies"]
    assert [(each["name"], each["of"], each["kind"]) for each in listed] == [(kept, shop.name, "kept")]
    assert kept in holdfast("copies", "--to", shop.dsn).stdout
    undone = holdfast("undo", "--to", shop.dsn, "--json").json
    assert shop.server.psql("SELECT count(*) FROM orders", db=shop.name) == "0"
    dropped = holdfast("copies", "--to", shop.dsn, "--drop", undone["kept"], "--json").json["dropped"]
    assert dropped == [undone["kept"]]
    assert "no copies" in holdfast("copies", "--to", shop.dsn).stdout
    assert "nothing to drop" in holdfast("copies", "--to", shop.dsn, "--drop-stale").stdout


def test_a_dry_run_touches_nothing(holdfast, shop, key, archive):
    shop.server.psql("DELETE FROM orders", db=shop.name)
    done = holdfast("restore", "--from", archive, "--to", shop.dsn, "--mode", "swap", "--dry-run", "--identity",
                    key.file)
    assert "nothing was touched" in done.stdout
    assert shop.server.psql("SELECT count(*) FROM orders", db=shop.name) == "0"


def test_restore_in_place_says_how_to_go_back_and_that_works(holdfast, shop, key, archive, tmp_path):
    shop.server.psql("DELETE FROM orders WHERE id > 10", db=shop.name)
    safety = tmp_path / "before it.hf"
    done = holdfast("restore", "--from", archive, "--to", shop.dsn, "--mode", "in-place", "--safety", safety,
                    "--identity", key.file, "--recipient", key.recipient)
    assert shop.server.psql("SELECT count(*) FROM orders", db=shop.name) == str(ROWS)
    command = shlex.split(re.search(r"to go back: holdfast (.*)", done.stdout).group(1))
    holdfast(*command)
    assert shop.server.psql("SELECT count(*) FROM orders", db=shop.name) == "10"


@pytest.fixture
def damaged(holdfast, shop, tmp_path):
    """An archive with a byte changed in the rows of a table."""
    path = tmp_path / "damaged.hf"
    holdfast("backup", "--from", shop.dsn, "--to", path, "--unencrypted", "--table", "orders")
    content = bytearray(path.read_bytes())
    member = re.search(rb"data/\d+/00001\.copy\.zst\0", content)
    content[member.start() + 700] ^= 1
    path.write_bytes(content)
    return path


def test_a_restore_in_place_that_cannot_be_done_leaves_no_safety_file(holdfast, shop, damaged, tmp_path):
    safety = tmp_path / "safety.hf"
    done = holdfast("restore", "--from", damaged, "--to", shop.dsn, "--mode", "in-place", "--safety", safety,
                    "--unencrypted", check=False)
    assert done.returncode == 1 and not safety.exists()
    assert shop.server.psql("SELECT count(*) FROM orders", db=shop.name) == str(ROWS)


def test_a_restore_in_place_that_fails_names_the_command_to_go_back(holdfast, shop, damaged, tmp_path):
    safety = tmp_path / "safety.hf"
    done = holdfast("restore", "--from", damaged, "--to", shop.dsn, "--mode", "in-place", "--safety", safety,
                    "--unencrypted", "--no-verify", check=False)
    assert done.returncode == 1 and "to go back: holdfast restore --from" in done.stderr
    assert shop.server.psql("SELECT count(*) FROM orders", db=shop.name) == str(ROWS)
    shop.server.psql("DROP TABLE orders", db=shop.name)
    holdfast(*shlex.split(re.search(r"to go back: holdfast (.*)", done.stderr).group(1)))
    assert shop.server.psql("SELECT count(*) FROM orders", db=shop.name) == str(ROWS)


# ---- Streams ---------------------------------------------------------------------------------------------------------


def test_a_backup_to_standard_output_is_an_archive_and_nothing_else(holdfast, shop, key, tmp_path):
    path = tmp_path / "shop.hf"
    done = holdfast("backup", "--from", shop.dsn, "--to", "-", "--recipient", key.recipient, text=False)
    path.write_bytes(done.stdout)
    assert b"rows" in done.stderr
    proved = holdfast("verify", "--from", path, "--identity", key.file, "--against", shop.dsn, "--json").json
    assert proved["ok"] and proved["rows"] == ROWS + 1


def test_an_archive_is_read_from_a_pipe_and_from_a_file_as_standard_input(holdfast, key, archive):
    content = archive.read_bytes()
    arguments = ["verify", "--from", "-", "--identity", key.file]
    assert "standard input is whole" in holdfast(*arguments, input=content, text=False).stdout.decode()
    with archive.open("rb") as file:
        assert "standard input is whole" in holdfast(*arguments, stdin=file).stdout


def test_a_script_from_extract_is_the_only_thing_on_standard_output(holdfast, key, archive):
    done = holdfast("extract", "--from", archive, "--identity", key.file, "--sql", "--table", "orders")
    assert "CREATE TABLE public.orders" in done.stdout and "100%" not in done.stdout
    assert "100%" in done.stderr


def test_a_result_that_cannot_be_written_is_a_failure(holdfast, key, archive):
    with open("/dev/full", "w") as full:
        done = holdfast("inspect", "--from", archive, "--identity", key.file, stdout=full, check=False)
    assert done.returncode == 1 and "standard output" in done.stderr


def test_closed_standard_streams_do_no_harm(holdfast, shop, tmp_path):
    path = tmp_path / "shop.hf"
    command = shlex.join([holdfast.path, "backup", "--from", shop.dsn, "--to", str(path), "--unencrypted"])
    done = subprocess.run(["sh", "-c", f"exec {command} <&- >&- 2>&-"], env=holdfast.environment(), timeout=180)
    assert done.returncode == 0
    holdfast("verify", "--from", path)


# ---- Progress --------------------------------------------------------------------------------------------------------

FIELDS = {"job", "phase", "percent", "rows", "bytes_in", "bytes_out", "rate_in", "rate_out", "elapsed_s", "left_s",
          "lanes"}


@pytest.fixture
def slow(postgres, database):
    """A database whose backup with --compress 19 takes some seconds: .server, .name, .arguments."""
    class Slow:
        server = postgres()
        name = database(server)
        arguments = ("backup", "--from", server.dsn(name), "--unencrypted", "--compress", "19", "--jobs", "2",
                     "--data-format", "text")
    Slow.server.psql("CREATE TABLE many AS SELECT i, md5(i::text) AS a, sin(i)::text AS b "
                     "FROM generate_series(1, 60000) i", db=Slow.name)
    return Slow


def sessions(server, name):
    return server.psql(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'")


def wait_until(condition, seconds=10):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "this was waited for in vain"
        time.sleep(0.05)


def objects(stderr):
    return [json.loads(line) for line in stderr.splitlines() if line.startswith("{")]


def test_progress_as_json_ends_at_100_and_never_goes_back(holdfast, slow, tmp_path):
    done = holdfast(*slow.arguments, "--to", tmp_path / "x.hf", "--progress", "json")
    seen = objects(done.stderr)
    percents = [each["percent"] for each in seen]
    assert all(set(each) == FIELDS and each["job"] == "backup" for each in seen)
    assert len(seen) > 1 and percents == sorted(percents) and percents[-1] == 100
    assert seen[-1]["rows"] == 60000 and seen[-1]["left_s"] == 0
    assert any(lane["table"].startswith("public.many") for each in seen for lane in each["lanes"])


def test_quiet_says_nothing(holdfast, shop, tmp_path):
    done = holdfast("backup", "--from", shop.dsn, "--to", tmp_path / "x.hf", "--unencrypted", "--quiet")
    assert done.stdout == "" and done.stderr == ""


def test_progress_without_a_terminal_goes_on_while_nothing_moves(holdfast, shop, tmp_path):
    with shop.server.connect(shop.name) as blocker:
        with blocker.transaction():
            blocker.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
            process = holdfast.popen("backup", "--from", shop.dsn, "--to", tmp_path / "x.hf", "--unencrypted")
            assert process.stderr.readline().startswith("holdfast: backup: 0.0% taking the snapshot")  # after 5 seconds
    _, stderr = process.communicate(timeout=180)
    assert process.returncode == 0 and "100% done" in stderr


def test_the_check_of_the_archive_is_not_the_whole_way_of_a_restore(holdfast, slow, database, tmp_path):
    holdfast(*slow.arguments[:-6], "--to", tmp_path / "x.hf")
    copy = database(slow.server)
    slow.server.psql(f"DROP DATABASE {copy}")
    with slow.server.connect() as blocker:
        with blocker.transaction():
            blocker.execute("LOCK TABLE pg_database IN SHARE MODE")  # the restore waits with all checked and nothing loaded
            process = holdfast.popen("restore", "--from", tmp_path / "x.hf", "--to", slow.server.dsn(copy), "--mode", "new",
                                     "--progress", "json")
            percents = []
            while len(percents) < 4:
                line = process.stderr.readline()
                assert line
                percents += [each["percent"] for each in objects(line)]
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    assert 0 < percents[-1] < 60 and objects(stderr)[-1]["percent"] == 100


def test_progress_without_a_terminal_is_lines(holdfast, shop, tmp_path):
    done = holdfast("backup", "--from", shop.dsn, "--to", tmp_path / "x.hf", "--unencrypted")
    assert "\033" not in done.stderr
    assert re.search(r"^holdfast: backup: 100% done, [0-9.]+ kB in", done.stderr, re.MULTILINE)


# ---- Cancelling ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_cancels_a_backup_and_leaves_nothing(holdfast, slow, tmp_path, number):
    process = holdfast.popen(*slow.arguments, "--to", tmp_path / "x.hf", "--progress", "json")
    seen = ""
    while "copying rows" not in seen:
        line = process.stderr.readline()
        assert line, seen
        seen += line
    process.send_signal(number)
    _, rest = process.communicate(timeout=20)
    assert process.returncode == 1, rest
    assert "holdfast: error: cancelled" in rest and "holdfast: cancelling" in rest
    assert list(tmp_path.iterdir()) == []
    wait_until(lambda: sessions(slow.server, slow.name) == "0")


def test_a_signal_ends_the_wait_for_a_lock(holdfast, shop, tmp_path):
    with shop.server.connect(shop.name) as blocker:
        with blocker.transaction():
            blocker.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
            process = holdfast.popen("backup", "--from", shop.dsn, "--to", tmp_path / "x.hf", "--unencrypted")
            waiting = f"SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database " \
                      f"WHERE d.datname = '{shop.name}' AND NOT granted"
            wait_until(lambda: shop.server.psql(waiting) == "1")
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=20)
    assert process.returncode == 1 and "cancelled" in stderr
    assert list(tmp_path.iterdir()) == []


def test_a_killed_program_leaves_no_session_that_waits_for_a_lock(holdfast, shop, tmp_path):
    """Nobody is there to cancel; the server itself looks whether its client still is."""
    with shop.server.connect(shop.name) as blocker:
        with blocker.transaction():
            blocker.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
            process = holdfast.popen("backup", "--from", shop.dsn, "--to", tmp_path / "x.hf", "--unencrypted",
                                     "--lock-wait-timeout", "0s")
            wait_until(lambda: shop.server.psql("SELECT count(*) FROM pg_locks WHERE NOT granted") == "1")
            process.kill()
            process.communicate()
            wait_until(lambda: sessions(shop.server, shop.name) == "1")


def test_an_ignored_signal_stays_ignored(holdfast, slow, tmp_path):
    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    process = holdfast.popen(*slow.arguments, "--to", tmp_path / "x.hf", preexec_fn=ignore)
    wait_until(lambda: sessions(slow.server, slow.name) != "0")
    process.send_signal(signal.SIGHUP)
    _, stderr = process.communicate(timeout=180)
    assert process.returncode == 0, stderr


# ---- Terminals -------------------------------------------------------------------------------------------------------


@pytest.fixture
def terminal(holdfast):
    def start(*arguments, **size):
        env = holdfast.environment({"PGPASSFILE": "/nonexistent"})
        return Terminal([holdfast.path, *map(str, arguments)], env, **size)
    return start


def test_the_live_bar_is_painted_in_place_and_taken_away(terminal, slow, tmp_path):
    shown = terminal(*slow.arguments, "--to", tmp_path / "x.hf", columns=60, rows=10)
    shown.wait_for(r"copying rows \[=*>? *\] +[\d.]+%")
    shown.wait_for(r"public\.many.* +\d+%")
    screen = shown.finish().screen()
    assert shown.returncode == 0, shown.output
    assert screen[0].startswith("holdfast: backup: 100% done, ")
    assert screen[1].startswith(str(tmp_path / "x.hf")) and len(screen) == 2, screen
    painted = re.sub(r"\x1b\[\d*[A-Z]", "", shown.output)
    bar = [line for line in re.split(r"[\r\n]+", painted) if "holdfast" not in line and "x.hf" not in line]
    assert bar and all(len(line) <= 60 for line in bar)


def test_ctrl_c_on_a_terminal_cancels_and_tidies_the_screen(terminal, slow, tmp_path):
    shown = terminal(*slow.arguments, "--to", tmp_path / "x.hf")
    shown.wait_for("copying rows")
    shown.type("\x03")
    screen = shown.finish().screen()
    assert shown.returncode == 1
    assert not any("[=" in line or "copying" in line for line in screen), screen
    assert any(line.startswith("holdfast: error: cancelled") for line in screen), screen
    assert list(tmp_path.iterdir()) == []


def test_an_archive_is_not_written_to_a_terminal(terminal, shop):
    shown = terminal("backup", "--from", shop.dsn, "--to", "-", "--unencrypted").finish()
    assert shown.returncode == 2 and "standard output is a terminal" in shown.output


def test_a_passphrase_is_asked_for_without_echo(holdfast, terminal, shop, tmp_path):
    secret, path = tmp_path / "pass", tmp_path / "shop.hf"
    secret.write_text("correct horse")
    secret.chmod(0o600)
    holdfast("backup", "--from", shop.dsn, "--to", path, "--passphrase-file", secret)
    shown = terminal("verify", "--from", path)
    shown.wait_for("Passphrase of the archive: ")
    shown.type("correct horse\n")
    shown.finish()
    assert shown.returncode == 0 and "is whole" in shown.output and "correct" not in shown.output


def test_ctrl_c_ends_a_question(holdfast, terminal, shop, tmp_path):
    secret, path = tmp_path / "pass", tmp_path / "shop.hf"
    secret.write_text("correct horse")
    secret.chmod(0o600)
    holdfast("backup", "--from", shop.dsn, "--to", path, "--passphrase-file", secret)
    shown = terminal("verify", "--from", path)
    shown.wait_for("Passphrase of the archive: ")
    shown.type("\x03")
    assert shown.finish(10).returncode == 1 and "cancelled" in shown.output


# ---- Passwords of the server -----------------------------------------------------------------------------------------

PASSWORD = "s3cret word"


@pytest.fixture
def guarded(postgres, database):
    """A database behind a password: .dsn, .arguments of a backup without its --to."""
    class Guarded:
        server = postgres(scram=True)
        name = database(server)
        dsn = server.dsn(name, tcp=True, user="hf_guarded")
        arguments = ("backup", "--from", dsn, "--unencrypted")
    Guarded.server.psql(f"""
        DROP ROLE IF EXISTS hf_guarded;
        CREATE ROLE hf_guarded SUPERUSER LOGIN PASSWORD '{PASSWORD}'
    """)
    return Guarded


def test_a_password_file_lets_in(holdfast, guarded, tmp_path):
    secret = tmp_path / "pw"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    alone = {"PGPASSFILE": "/nonexistent"}
    holdfast(*guarded.arguments, "--to", tmp_path / "x.hf", "--password-file", secret, env=alone)
    holdfast("verify", "--from", tmp_path / "x.hf", "--against", guarded.dsn, "--password-file", secret)


def test_without_a_password_and_a_terminal_the_server_is_quoted(holdfast, guarded, tmp_path):
    done = holdfast(*guarded.arguments, "--to", tmp_path / "x.hf", check=False, env={"PGPASSFILE": "/nonexistent"})
    assert done.returncode == 1 and "no password supplied" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_password_that_is_wanted_is_asked_for_without_echo(terminal, guarded, tmp_path):
    shown = terminal(*guarded.arguments, "--to", tmp_path / "x.hf")
    shown.wait_for("Password for .*: ")
    shown.type(PASSWORD + "\n")
    shown.finish()
    assert shown.returncode == 0, shown.output
    assert PASSWORD not in shown.output


def test_a_wrong_password_is_a_failure_in_the_servers_words(terminal, guarded, tmp_path):
    shown = terminal(*guarded.arguments, "--to", tmp_path / "x.hf", "--password")
    shown.wait_for("Password for .*: ")
    shown.type("wrong\n")
    shown.finish()
    assert shown.returncode == 1 and "password authentication failed" in shown.output


def test_no_password_never_asks(terminal, guarded, tmp_path):
    shown = terminal(*guarded.arguments, "--to", tmp_path / "x.hf", "--no-password").finish()
    assert shown.returncode == 1 and "Password for" not in shown.output


def test_a_password_is_in_no_argument_and_no_environment(holdfast, guarded, tmp_path):
    secret = tmp_path / "pw"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    with guarded.server.connect(guarded.name) as blocker:
        blocker.execute("CREATE TABLE t (a int)")
        with blocker.transaction():
            blocker.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
            process = holdfast.popen(*guarded.arguments, "--to", tmp_path / "x.hf", "--password-file", secret)
            wait_until(lambda: guarded.server.psql("SELECT count(*) FROM pg_locks WHERE NOT granted") == "1")
            for name in ("cmdline", "environ"):
                with open(f"/proc/{process.pid}/{name}", "rb") as file:
                    assert PASSWORD.encode() not in file.read()
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)
            assert process.returncode == 1


def test_a_server_that_is_not_there_is_told(holdfast, tmp_path):
    arguments = ["--from", "host=127.0.0.1 port=1", "--to", tmp_path / "x.hf", "--unencrypted"]
    done = holdfast("backup", *arguments, check=False)
    assert done.returncode == 1 and "127.0.0.1" in done.stderr
    assert os.listdir(tmp_path) == []
