"""What is no whole archive of ours is refused with the reason, before any database is touched; never a crash, never a
success, and in memory that has a bound."""
import io
import os
import random
import subprocess
import tarfile

import pytest

from support.archive_edit import Archive
from support.faults import message

SEED = 20240517
CHUNK = 65536 + 16  # of an age payload
PLACES = 300
CUTS = 100
MEMORY_BYTES = 400 << 20  # a sanitizer's share included; the program itself takes a third


class Source:
    """A small database and archives of it. `target` is a conninfo whose database no restore may make."""

    def __init__(self, server, holdfast, folder):
        self.server, self.holdfast, self.folder = server, holdfast, folder
        self.name = server.createdb("damage source")
        self.target = server.dsn("damage target")
        server.psql("""
            CREATE TABLE noise AS SELECT i, string_agg(md5(i::text || j), '') AS t
                FROM generate_series(1, 700) i, generate_series(1, 40) j GROUP BY i;
            CREATE TABLE words (id int PRIMARY KEY, word text NOT NULL);
            INSERT INTO words SELECT i, 'word ' || i FROM generate_series(1, 1000) i;
            CREATE TABLE twins AS SELECT * FROM words;
            ALTER TABLE twins ADD kind oid, ADD class regclass;""", db=self.name)  # regclass travels as text
        self.key, self.other_key = self._keygen("key"), self._keygen("other")
        self.recipient = next(line for line in self.key.read_text().split() if line.startswith("age1"))
        self.passphrase = self._secret("pass", "correct horse")
        self.other_passphrase = self._secret("other pass", "battery staple")
        self.sealed = self._backup("sealed.hf", "--recipient", self.recipient)
        self.locked = self._backup("locked.hf", "--passphrase-file", self.passphrase)
        self.plain = self._backup("plain.hf", "--unencrypted")

    def _keygen(self, name):
        self.holdfast("keygen", "--out", self.folder / name)
        return self.folder / name

    def _secret(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    def _backup(self, name, *arguments):
        self.holdfast("backup", "--from", self.server.dsn(self.name), "--to", self.folder / name, *arguments)
        return self.folder / name

    def databases(self):
        return self.server.psql("SELECT datname, oid FROM pg_database ORDER BY 1")


@pytest.fixture(scope="module")
def source(postgres, holdfast, tmp_path_factory):
    server = postgres()
    made = Source(server, holdfast, tmp_path_factory.mktemp("damage"))
    yield made
    server.dropdb("damage ")


@pytest.fixture
def untouched(source):
    """The server has the same databases after the test as before."""
    before = source.databases()
    yield
    assert source.databases() == before


@pytest.fixture
def refused(source, holdfast, untouched, tmp_path):
    """refused(content) hands these bytes to a restore and gives the reason why that would not take them."""
    path = tmp_path / "refused.hf"

    def run(content, *arguments, command="restore"):
        path.write_bytes(content)
        arguments = ["--from", path, "--identity", source.key, *arguments]
        if command == "restore":
            arguments += ["--to", source.target, "--mode", "new", "--jobs", "2"]
        done = holdfast(command, *arguments, check=False)
        assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
        return message(done)

    return run


# ---- Keys ------------------------------------------------------------------------------------------------------------

WRONG_KEYS = {
    "another identity": ("sealed", "--identity", "other_key", "none of the keys given opens this file", "X25519"),
    "a passphrase for an identity": ("sealed", "--passphrase-file", "passphrase", "none of the keys", "X25519"),
    "another passphrase": ("locked", "--passphrase-file", "other_passphrase", "the passphrase is wrong", ""),
    "an identity for a passphrase": ("locked", "--identity", "key", "none of the keys given opens", "scrypt"),
}


@pytest.mark.parametrize("case", WRONG_KEYS)
def test_the_wrong_key_is_told_with_the_kinds_that_fit(source, holdfast, untouched, case, tmp_path):
    archive, option, key, words, kind = WRONG_KEYS[case]
    opening = ["--from", getattr(source, archive), option, getattr(source, key)]
    live = source.server.dsn(source.name)
    commands = [["restore", "--to", live, "--mode", "swap"], ["verify"], ["inspect"],
                ["extract", "--to", tmp_path / "out"], ["restore", "--to", source.target, "--mode", "new"],
                ["restore", "--to", live, "--mode", "in-place", "--safety", tmp_path / "safety.hf",
                 "--recipient", source.recipient]]
    for command in commands[:1] if case == "another passphrase" else commands:  # scrypt takes seconds
        done = holdfast(*command, *opening, check=False)
        assert done.returncode == 1
        assert words in message(done) and kind in message(done), command
    assert list(tmp_path.iterdir()) == []
    assert source.server.psql("SELECT count(*) FROM words", db=source.name) == "1000"


def test_without_a_key_the_kinds_are_told(source, holdfast, untouched):
    for archive, kind in ((source.sealed, "X25519"), (source.locked, "scrypt")):
        done = holdfast("restore", "--from", archive, "--to", source.target, "--mode", "new", check=False)
        assert done.returncode == 1 and kind in message(done) and "no key was given" in message(done)


# ---- Damage ----------------------------------------------------------------------------------------------------------


def payload(content):
    """Where the first chunk of an age file begins."""
    return content.index(b"\n", content.index(b"\n--- ") + 1) + 1 + 16


def spread(start, end, count):
    """`count` places from start to end, the first and last among them."""
    return sorted({start + (end - 1 - start) * i // (count - 1) for i in range(count)})


def places(content, count):
    """Places over header, chunks and last chunk, each chunk's first and last byte among them."""
    first = payload(content)
    last = first + (len(content) - first - 1) // CHUNK * CHUNK
    edges = [at for chunk in range(first, len(content), CHUNK) for at in (chunk, min(chunk + CHUNK, len(content)) - 1)]
    third = (count - len(edges)) // 3
    return sorted({*spread(0, first, third), *spread(first, last, third), *spread(last, len(content), third), *edges})


def test_one_changed_byte_anywhere_is_refused_before_the_database_is_touched(source, refused):
    content = source.sealed.read_bytes()
    assert len(content) > 5 * CHUNK
    choose = random.Random(SEED)
    for at in places(content, PLACES):
        changed = bytearray(content)
        changed[at] ^= choose.randrange(1, 256)
        reason = refused(changed)
        in_stanza = at < payload(content) - 16 - 48  # the share and the wrapped key: as if for somebody else
        place = (at - payload(content)) // CHUNK + 1
        if place > 0:
            assert f"age payload: chunk {place} of" in reason and "damaged" in reason, (at, reason)
        else:
            assert "age header" in reason or "not a Holdfast archive" in reason or "age payload" in reason or (
                in_stanza and "none of the keys given opens this file" in reason), (at, reason)


def test_a_file_cut_anywhere_is_refused_before_the_database_is_touched(source, refused):
    content = source.sealed.read_bytes()
    for at in places(content, CUTS):
        assert "cut" in refused(content[:at]) or at == 0, at


def test_verify_sees_damage_too(source, refused):
    content = bytearray(source.sealed.read_bytes())
    content[len(content) // 2] ^= 1
    assert "age payload: chunk" in refused(content, command="verify")
    assert "cut" in refused(content[:-1], command="verify")


def chunks(content):
    first = payload(content)
    return content[:first], [content[at:at + CHUNK] for at in range(first, len(content), CHUNK)]


REARRANGED = {
    "the first two swapped": lambda c: [c[1], c[0], *c[2:]],
    "two later ones swapped": lambda c: [*c[:2], c[3], c[2], *c[4:]],
    "one twice": lambda c: [c[0], c[0], *c[2:]],
    "one left out": lambda c: [*c[:2], *c[3:]],
    "the last left out": lambda c: c[:-1],
    "the last first": lambda c: [c[-1], *c[1:]],
    "one more at the end": lambda c: [*c, c[-2]],
    "the last again": lambda c: [*c, c[-1]],
}


@pytest.mark.parametrize("how", REARRANGED)
def test_rearranged_chunks_are_refused(source, refused, how):
    front, pieces = chunks(source.sealed.read_bytes())
    assert "age" in refused(front + b"".join(REARRANGED[how](pieces)))


@pytest.mark.parametrize("archive", ["sealed", "plain"])
@pytest.mark.parametrize("more", [b"\0", b"x", bytes(512), bytes(10240), b"x" * CHUNK, bytes(1 << 20)],
                         ids=["a zero", "a byte", "a block", "tar's padding", "a chunk", "a megabyte"])
def test_data_after_the_end_are_refused(source, refused, archive, more):
    assert refused(getattr(source, archive).read_bytes() + more)


def test_an_archive_in_the_clear_is_checked_as_well(source, refused):
    content = source.plain.read_bytes()
    choose = random.Random(SEED)
    member = Archive(source.plain).part("noise")
    inside = content.index(member.encode()) + 512 + 1000
    for at in sorted({*spread(0, len(content), 100), inside}):
        changed = bytearray(content)
        changed[at] ^= choose.randrange(1, 256)
        reason = refused(changed)
        assert at != inside or member in reason, reason
    for at in spread(0, len(content), 40)[:-1]:
        assert refused(content[:at])


def test_swapped_parts_are_refused(source, refused):
    archive = Archive(source.plain)
    one, other = archive.part("noise"), archive.part("words")
    archive.members[one], archive.members[other] = archive.members[other], archive.members[one]
    assert "damaged" in refused(archive.build())
    reason = refused(archive.settle().build())  # with digests that fit: the rows are of another table all the same
    assert one in reason or other in reason


# ---- What is no archive ----------------------------------------------------------------------------------------------


def tar_of(name, data):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


FOREIGN = {
    "nothing": b"",
    "a byte": b"x",
    "zeros": bytes(100_000),
    "random bytes": random.Random(SEED).randbytes(100_000),
    "text": b"Lorem ipsum dolor sit amet.\n" * 1000,
    "a dump of SQL": b"--\n-- PostgreSQL database dump\n--\n",
    "pg_dump's custom format": b"PGDMP\x01\x0e\x00" + bytes(1000),
    "a foreign tar": tar_of("letter.txt", b"dear"),
    "a tar with our first member": tar_of("holdfast.json", b"{}"),
    "age's first line": b"age-encryption.org/v1\n",
    "age of a later version": b"age-encryption.org/v2\n-> X25519 x\n",
    "armor without a body": b"-----BEGIN AGE ENCRYPTED FILE-----\n",
    "armor of garbage": b"-----BEGIN AGE ENCRYPTED FILE-----\n!!!!\n-----END AGE ENCRYPTED FILE-----\n",
    "a header without end": b"age-encryption.org/v1\n" + b"-> X25519 " + b"A" * 5_000_000,
    "a header of many lines": b"age-encryption.org/v1\n" + b"-> joint oil\n\n" * 400_000,
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_no_archive_is_told_so(refused, what):
    for command in ("restore", "verify"):
        reason = refused(FOREIGN[what], command=command)
        assert any(words in reason for words in ("not a Holdfast archive", "age header", "armor", "cut off")), reason


def test_an_age_file_of_something_else_is_told_so(source, refused):
    sealed = subprocess.run(["age", "-r", source.recipient], input=b"a love letter", stdout=subprocess.PIPE, check=True)
    assert "what the age file holds does not start with holdfast.json" in refused(sealed.stdout)


def test_what_is_no_file_is_told_so(source, holdfast, untouched, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, words in ((tmp_path, "regular file"), (tmp_path / "pipe", "regular file"), ("/dev/null", "regular file"),
                        (tmp_path / "absent.hf", "No such file"), (tmp_path / "absent" / "x.hf", "No such file")):
        done = holdfast("restore", "--from", path, "--to", source.target, "--mode", "new", check=False)
        assert done.returncode in (1, 2) and words in message(done), message(done)
        assert str(path) in message(done) or str(path.parent) in message(done), message(done)


# ---- Lies ------------------------------------------------------------------------------------------------------------
#
# The digests of these archives are right: whoever made them wants to be believed.


def huge_size(archive):
    archive.member(archive.part("noise"))["size_bytes"] = 2**64 - 1


def huge_offset(archive):
    archive.member(archive.part("noise"))["offset"] = 2**64 - 512


def size_beyond_the_end(archive):
    archive.member(archive.part("noise"))["size_bytes"] += 1 << 40


def smaller_member(archive):
    archive.member("globals.sql")["size_bytes"] -= 1


def same_place(archive):
    words, noise = archive.member(archive.part("words")), archive.member(archive.part("noise"))
    noise.update(offset=words["offset"], size_bytes=words["size_bytes"], digest=words["digest"])


def more_rows(archive):
    table = archive.table("words")
    table["rows"] += 1
    table["parts"][0]["rows"] += 1


def rows_that_do_not_add_up(archive):
    archive.table("words")["rows"] += 1


def rows_that_overflow(archive):
    table = archive.table("words")
    table["parts"].append(dict(table["parts"][0], rows=2**64 - 1, member=archive.table("noise")["parts"][0]["member"]))


def fewer_bytes(archive):
    table = archive.table("words")
    table["raw_bytes"] -= 100
    table["parts"][0]["raw_bytes"] -= 100


def more_bytes(archive):
    table = archive.table("words")
    table["raw_bytes"] += 100
    table["parts"][0]["raw_bytes"] += 100


def another_format(archive):
    archive.table("words")["format"] = "text"


def no_such_member(archive):
    archive.table("words")["parts"][0]["member"] = 2**63


def unknown_kind(archive):
    archive.table("words")["kind"] = "view"


def negative_rows(archive):
    archive.table("words")["rows"] = -1


def rows_in_words(archive):
    archive.table("words")["rows"] = "many"


def deep_nesting(archive):
    value = []
    for _ in range(500):
        value = [value]
    archive.manifest["depth"] = value


def no_tables(archive):
    del archive.manifest["tables"]


def a_path_upwards(archive):
    archive.members = {"../evil" if name == "globals.sql" else name: data for name, data in archive.members.items()}
    archive.member("globals.sql")["name"] = "../evil"


LIES = {
    huge_size: "cannot lie at offset", huge_offset: "cannot lie at offset", size_beyond_the_end: "cannot lie at offset",
    smaller_member: "globals.sql", same_place: "cannot lie at offset",
    more_rows: "number of rows", rows_that_do_not_add_up: "not the sum", rows_that_overflow: "manifest.json",
    fewer_bytes: "bytes", more_bytes: "bytes", another_format: "words|data/", no_such_member: "no member",
    unknown_kind: "kind", negative_rows: "rows", rows_in_words: "rows", deep_nesting: "deep", no_tables: "tables",
    a_path_upwards: "cannot be a member's name",
}


def peak(holdfast, *arguments):
    """The run's outcome, and the most memory it had."""
    process = holdfast.popen(*arguments, stdout=subprocess.DEVNULL)
    stderr = process.stderr.read()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    done = subprocess.CompletedProcess(process.args, process.returncode, "", stderr)
    holdfast.forbid_reports(done)
    return done, usage.ru_maxrss * 1024


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_manifest_that_lies_is_refused_in_little_memory(source, holdfast, untouched, tmp_path, lie):
    archive = Archive(source.plain).settle()
    lie(archive)
    path = archive.write(tmp_path / "lie.hf")
    done, memory = peak(holdfast, "verify", "--from", path)
    assert done.returncode == 1, done.stderr
    assert any(words in message(done) for words in LIES[lie].split("|")), message(done)
    assert memory < MEMORY_BYTES
    done, memory = peak(holdfast, "restore", "--from", path, "--to", source.target, "--mode", "new")
    assert done.returncode in (1, 3) and memory < MEMORY_BYTES, done.stderr


def test_an_edited_archive_that_does_not_lie_is_taken(source, holdfast, tmp_path):
    path = Archive(source.plain).settle().write(tmp_path / "true.hf")
    assert holdfast("verify", "--from", path, "--against", source.server.dsn(source.name)).returncode == 0


def test_a_newer_format_is_told(source, holdfast, untouched, tmp_path):
    archive = Archive(source.plain).settle()
    archive.manifest["format"] = 2
    path = archive.write(tmp_path / "later.hf")
    for command in (["verify"], ["inspect"], ["restore", "--to", source.target, "--mode", "new"]):
        done = holdfast(*command, "--from", path, check=False)
        assert done.returncode == 2 and "by a newer Holdfast" in message(done), message(done)
        assert "in archive format 2" in message(done)


def test_a_tail_that_claims_an_absurd_length_is_refused_in_little_memory(source, holdfast, tmp_path):
    content = source.plain.read_bytes()
    tail = content.rindex(b'"manifest_bytes":')
    for length in (2**30 - 512, 2**30 + 1, 2**63, 10**19 + 7):
        path = tmp_path / "tail.hf"
        path.write_bytes(content[:tail] + b'"manifest_bytes":%20d' % length + content[tail + 37:])
        done, memory = peak(holdfast, "inspect", "--from", path)
        assert done.returncode == 1 and memory < MEMORY_BYTES, done.stderr
        assert "manifest" in message(done)


def bomb(table_format):
    """A zstd frame of some hundred kilobytes that gives 3 GiB: one row without an end."""
    header, tuple_start = r"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", r"\0\002\0\0\0\004\0\0\0\001\100\0\0\0"
    start = header + tuple_start if table_format == "binary" else ""
    command = f"(printf '{start}'; head -c 3G /dev/zero) | zstd -q -1 -T1"
    return subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, check=True).stdout


@pytest.mark.slow_once
@pytest.mark.parametrize("table, table_format", [("twins", "text"), ("words", "binary")])
def test_a_part_that_swells_is_refused_in_little_memory(source, holdfast, untouched, tmp_path, table, table_format):
    archive = Archive(source.plain)
    assert archive.table(table)["format"] == table_format
    archive.members[archive.part(table)] = bomb(table_format)
    path = archive.settle().write(tmp_path / "bomb.hf")
    for command in (["verify"], ["restore", "--to", source.target, "--mode", "new"]):
        done, memory = peak(holdfast, *command, "--from", path)
        assert done.returncode == 1 and archive.part(table) in message(done), done.stderr
        assert memory < MEMORY_BYTES
    extract = ["extract", "--from", path, "--sql", "--table", table]
    done, memory = peak(holdfast, *extract)
    assert done.returncode == 1 and memory < MEMORY_BYTES, done.stderr
