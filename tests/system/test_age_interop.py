"""Debian's age and the npm package age-encryption open our backups, and we open archives that they encrypted."""
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import node
from support.terminal import Terminal

PASSPHRASE = "correct horse größe"
KINDS = {"X25519": 3, "scrypt": 1}


class DebianAge:
    """The commands age and age-keygen; age asks for a passphrase on its terminal and takes one from nowhere else."""

    @staticmethod
    def keygen():
        return run("age-keygen")

    def encrypt(self, plain, sealed, *, recipients=(), passphrase=None, armor=False):
        options = ["-a"] * armor + [word for each in recipients for word in ("-r", each)] + ["-p"] * bool(passphrase)
        self._age(*options, "-o", sealed, plain, answers=[passphrase] * 2 if passphrase else [])

    def decrypt(self, sealed, plain, *, identity=None, passphrase=None):
        options = ["-i", identity] if identity else []
        self._age("-d", *options, "-o", plain, sealed, answers=[passphrase] if passphrase else [])

    @staticmethod
    def _age(*arguments, answers):
        """Answers each question in turn: the passphrase, and the passphrase again."""
        shown = Terminal([shutil.which("age"), *map(str, arguments)], os.environ)
        for question, answer in zip(["Enter passphrase", "Confirm passphrase"], answers):
            shown.wait_for(question)
            shown.type(answer + "\n")
        if shown.finish().returncode != 0:
            raise Refused(shown.output)


class NpmAge:
    """The npm package age-encryption, through support/age_encryption/age.mjs."""

    def keygen(self):
        return self._node("keygen")

    def encrypt(self, plain, sealed, *, recipients=(), passphrase=None, armor=False):
        options = [f"--recipient={each}" for each in recipients] + ["--armor"] * armor
        self._node("encrypt", "--from", plain, "--to", sealed, *options, *self._passphrase(passphrase))

    def decrypt(self, sealed, plain, *, identity=None, passphrase=None):
        options = [f"--identity={secret_of(identity)}"] if identity else []
        self._node("decrypt", "--from", sealed, "--to", plain, *options, *self._passphrase(passphrase))

    @staticmethod
    def _passphrase(passphrase):
        return [f"--passphrase={passphrase}"] if passphrase else []

    @staticmethod
    def _node(*arguments):
        return run("node", node.ready("age_encryption") / "age.mjs", *arguments)


class Refused(AssertionError):
    """The tool ended with an error; its words."""


def run(*command):
    done = subprocess.run([*map(str, command)], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise Refused(done.stderr)
    return done.stdout


def secret_of(identity):
    return next(line for line in identity.read_text().split() if line.startswith("AGE-SECRET-KEY-1"))


@dataclass
class Key:
    """A file that holds an identity, and the recipient that belongs to it."""
    file: Path
    recipient: str


@dataclass
class Shop:
    """A database, archives of it, and what opens them."""
    dsn: str
    keys: dict  # one from each maker of keys
    passphrase: Path
    plain: Path
    sealed: Path  # for all keys
    locked: Path  # with the passphrase


TOOLS = {"age": DebianAge(), "age-encryption": NpmAge()}
KEYS = ["holdfast", *TOOLS]


@pytest.fixture(scope="module", params=TOOLS)
def tool(request):
    return TOOLS[request.param]


@pytest.fixture(scope="module")
def shop(postgres, holdfast, tmp_path_factory):
    server, folder = postgres(), tmp_path_factory.mktemp("interop")
    name = server.createdb(f"interop {os.getpid()}")
    server.psql("""
        CREATE TABLE words (id int PRIMARY KEY, word text);
        INSERT INTO words SELECT i, 'word ' || i FROM generate_series(1, 1000) i;
        CREATE TABLE noise AS SELECT i, sha512(i::text::bytea) AS b FROM generate_series(1, 5000) i;""", db=name)
    keys = {maker: make_key(folder / f"{maker}.key", text) for maker, text in
            {"holdfast": holdfast("keygen").stdout, **{name: tool.keygen() for name, tool in TOOLS.items()}}.items()}
    passphrase = folder / "passphrase"
    passphrase.write_text(PASSPHRASE)
    passphrase.chmod(0o600)

    def backup(name, *options):
        holdfast("backup", "--from", dsn, "--to", folder / name, *options)
        return folder / name

    dsn = server.dsn(name)
    recipients = [f"--recipient={key.recipient}" for key in keys.values()]
    yield Shop(dsn, keys, passphrase, plain=backup("plain.hf", "--unencrypted"),
               sealed=backup("sealed.hf", *recipients), locked=backup("locked.hf", "--passphrase-file", passphrase))
    server.dropdb(name)


def make_key(path, text):
    path.write_text(text)
    path.chmod(0o600)
    return Key(path, next(word for word in text.split() if word.startswith("age1")))


def assert_is_the_archive(holdfast, shop, plain):
    """tar lists what the archive should have, and the rows are those of the database."""
    members = run("tar", "tf", plain).split()
    manifest = holdfast("inspect", "--from", plain, "--json").json
    # Parts lie in the order in which they were finished.
    assert sorted(members) == sorted(run("tar", "tf", shop.plain).split()) and len(members) > 8
    assert members[0] == "holdfast.json" and members[-1] == "manifest.json"
    assert not manifest["encrypted"]
    holdfast("verify", "--from", plain, "--against", shop.dsn)


def assert_opens(holdfast, shop, sealed, kind, option, key):
    told = holdfast("inspect", "--from", sealed, option, key, "--json").json
    assert told["encrypted"] and told["recipient_kinds"] == [kind] * KINDS[kind]
    assert {table["name"]: table["rows"] for table in told["tables"]} == {"words": 1000, "noise": 5000}
    proved = holdfast("verify", "--from", sealed, option, key, "--against", shop.dsn, "--json").json
    assert proved["ok"] and proved["rows"] == 6000


@pytest.mark.parametrize("maker", KEYS)
def test_a_backup_for_several_keys_opens_with_each_alone(holdfast, shop, tool, tmp_path, maker):
    tool.decrypt(shop.sealed, tmp_path / "plain", identity=shop.keys[maker].file)
    assert_is_the_archive(holdfast, shop, tmp_path / "plain")


def test_a_backup_with_a_passphrase_opens(holdfast, shop, tool, tmp_path):
    tool.decrypt(shop.locked, tmp_path / "plain", passphrase=PASSPHRASE)
    assert_is_the_archive(holdfast, shop, tmp_path / "plain")


def test_a_backup_opens_with_nothing_else(shop, tool, tmp_path):
    stranger = make_key(tmp_path / "stranger.key", tool.keygen())
    with pytest.raises(Refused, match="no identity matched"):
        tool.decrypt(shop.sealed, tmp_path / "plain", identity=stranger.file)
    with pytest.raises(Refused, match="incorrect passphrase|no identity matched"):
        tool.decrypt(shop.locked, tmp_path / "plain", passphrase="battery staple")


@pytest.mark.parametrize("armor", [False, True], ids=["binary", "armored"])
def test_an_archive_encrypted_for_several_keys_opens_with_each(holdfast, shop, tool, tmp_path, armor):
    sealed = tmp_path / "sealed"
    tool.encrypt(shop.plain, sealed, recipients=[key.recipient for key in shop.keys.values()], armor=armor)
    assert sealed.read_bytes().startswith(b"-----BEGIN AGE" if armor else b"age-encryption.org/v1\n")
    for key in shop.keys.values():
        assert_opens(holdfast, shop, sealed, "X25519", "--identity", key.file)


@pytest.mark.parametrize("armor", [False, True], ids=["binary", "armored"])
def test_an_archive_encrypted_with_a_passphrase_opens(holdfast, shop, tool, tmp_path, armor):
    tool.encrypt(shop.plain, tmp_path / "locked", passphrase=PASSPHRASE, armor=armor)
    assert (tmp_path / "locked").read_bytes().startswith(b"-----BEGIN AGE" if armor else b"age-encryption.org/v1\n")
    assert_opens(holdfast, shop, tmp_path / "locked", "scrypt", "--passphrase-file", shop.passphrase)


def test_the_passphrase_of_an_armored_archive_is_asked_for(holdfast, shop, tmp_path):
    TOOLS["age"].encrypt(shop.plain, tmp_path / "locked", passphrase=PASSPHRASE, armor=True)
    shown = Terminal([holdfast.path, "verify", "--from", str(tmp_path / "locked")], holdfast.environment())
    shown.wait_for("Passphrase of the archive: ")
    shown.type(PASSPHRASE + "\n")
    assert shown.finish().returncode == 0 and "is whole" in shown.output
