"""Whatever is sent to SQL Server is T-SQL: a grammar that is not ours reads every batch that the peer hears."""
import json
import re

import pytest

from support import tsql
from support.mssql_migrations import ask, migrate, refused, report, secret, server, source, target
from test_assess import SHOP

# What db-lib sends by itself, and the grammar does not know.
OF_FREETDS = re.compile(r"INSERT BULK |SET FMTONLY ON|SET IDENTITY_INSERT \S+ (ON|OFF)\Z", re.I)


@pytest.fixture
def heard(server):
    """heard() is each batch since the last call, once."""
    file = server.listen()

    def run():
        batches = list(dict.fromkeys(json.loads(line) for line in file.read_text().splitlines()))
        file.write_text("")
        return batches
    yield run
    server.listen_no_more()


def complaints(batches):
    return tsql.complaints("\nGO\n".join(each for each in batches if not OF_FREETDS.match(each)))


@pytest.mark.slow_once
def test_every_batch_is_t_sql(migrate, holdfast, source, server, target, secret, tmp_path, heard):
    master = tmp_path / "master"
    master.write_text("It's long enough 1\n")
    master.chmod(0o600)
    key = ("--encryption-key", "default", "--master-key-password-file", master)
    encrypted = ("--encrypt", "shop.customers.token", *key)
    at = {"--to-mssql": f"{server.host}:{server.port}", "--to-database": target, "--to-user": server.login,
          "--to-root": server.root, "--password-file": secret}
    at = [each for pair in at.items() for each in pair]
    said = {}

    def of(what, *words):
        said[what] = heard()
        for each in words:
            assert any(each in batch for batch in said[what]), (what, each)
    holdfast("migrate", *at, "--test", "--encryption-key", "default")
    of("the test", "HAS_PERMS_BY_NAME", "sys.symmetric_keys", "sys.database_files")
    name = source(SHOP)
    server.fault("batch", "cut", matching="ADD CONSTRAINT")
    refused(migrate(name, *encrypted, check=False), "lost")
    of("a migration", "CREATE SYMMETRIC KEY", "ENCRYPTBYKEY", "sp_addextendedproperty", "sp_getapplock", "holdfast_migration_part")
    server.fault("batch", "cut", matching="SELECT .* FROM .shop...measures")
    refused(migrate(name, *encrypted, check=False), "lost")
    of("one that goes on", "DBCC CHECKIDENT", "CREATE VIEW", "FROM [shop].[customers]")
    ask(server, target, "DELETE FROM shop.measures WHERE value = 1; ALTER TABLE shop.lines_2 ADD CONSTRAINT no_more CHECK (n < 0)")
    heard()
    assert migrate(name, *encrypted, check=False).returncode == 3
    of("one that finds a difference", "FROM [shop].[measures]")
    rows = tmp_path / "rows.csv"
    rows.write_text("n,o\n-1,\n-2,x\n")
    into = ("import", "--from", rows, "--to-mssql", *at[1:], "--table", "shop.lines_2")
    holdfast(*into, "--preview")
    assert holdfast(*into, check=False).returncode == 1
    rows.write_text("n,o\n-1,\n5,\n")
    assert holdfast(*into, check=False).returncode == 1
    rows.write_text("n,o\n-1,\n")
    holdfast(*into)
    of("an import", "INSERT INTO", "XACT_STATE", "COMMIT")
    assert {what: complaints(batches) for what, batches in said.items()} == dict.fromkeys(said, {})
