"""A table's digest is that of the very rows in the archive: computed here with xxhsum, zstd and what the format's page
says alone."""
import subprocess

import pytest

from support.archive_edit import Archive, digest

HEADER, TRAILER = 19, b"\xff\xff"


def unpacked(data):
    return subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE, check=True).stdout


def text_rows(stream):
    return stream.splitlines(keepends=True)


def binary_rows(stream):
    assert stream.startswith(b"PGCOPY\n\xff\r\n\0") and stream.endswith(TRAILER)
    at, rows = HEADER, []
    while stream[at:] != TRAILER:
        begin, fields = at, int.from_bytes(stream[at:at + 2], "big")
        at += 2
        for _ in range(fields):
            length = int.from_bytes(stream[at:at + 4], "big", signed=True)
            at += 4 + max(length, 0)
        rows.append(stream[begin:at])
    return rows


@pytest.mark.parametrize("data_format, rows_of", [("auto", binary_rows), ("text", text_rows)])
def test_others_programs_come_to_the_same_digest(postgres, database, holdfast, tmp_path, data_format, rows_of):
    server, name, path = postgres(15), database(postgres(15)), tmp_path / "x.hf"
    server.psql(r"""CREATE TABLE t AS SELECT i, CASE WHEN i % 3 > 0 THEN E'w\t\n\\' || i END AS t
                    FROM generate_series(1, 40) i; INSERT INTO t SELECT 1, 'twice' FROM generate_series(1, 2)""", db=name)
    holdfast("backup", "--from", server.dsn(name), "--to", path, "--unencrypted", "--data-format", data_format)
    archive = Archive(path)
    table = archive.table("t")
    rows = [row for number in range(len(table["parts"])) for row in rows_of(unpacked(archive.members[
        archive.part("t", number)]))]
    assert table["format"] == ("binary" if data_format == "auto" else "text") and table["rows"] == len(rows) == 42
    assert table["raw_bytes"] == sum(map(len, rows))
    assert int(table["digest"], 16) == sum(int(digest(row), 16) for row in rows) % 2**128
