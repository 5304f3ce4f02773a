"""Undo: which copy comes back and what is said of it, who may do it, and a last step without an answer."""
import json

import pytest

from support.faults import databases, message, wait_until
from support.live import Live
from support.proxy import Proxy


@pytest.fixture
def server(postgres):
    return postgres(max_prepared_transactions=5)


@pytest.fixture
def live(server, database, holdfast, tmp_path):
    return Live(server, database(server), holdfast, tmp_path)


def seconds(time):
    """A time of JSON as text tells it."""
    return time.split(".")[0] + "Z"


# ---- Which copy ------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(live):
    """The names of two kept copies, the older with 'old' and the newer with 'newer' in it."""
    older = live.swap("--json").json["kept"]
    live.server.psql("UPDATE content SET version = 'newer'", db=live.name)
    return older, live.swap("--json").json["kept"]


def version(live):
    return live.server.psql("SELECT version FROM content", db=live.name)


def test_the_result_names_the_copy_and_its_time(holdfast, live, two):
    _, newer = two
    since = live.listed()[0]["since"]
    done = holdfast("undo", "--to", live.dsn)
    assert version(live) == "newer"
    assert f"{live.name} is again what it was until {seconds(since)} ({newer})" in done.stdout
    kept = live.listed()[0]
    assert f"what was live until now is kept as {kept['name']} until {kept['until']}" in done.stdout


def test_copies_of_every_database_are_listed_when_asked(live, server, database, holdfast, tmp_path):
    (tmp_path / "second").mkdir()
    second = Live(server, database(server), holdfast, tmp_path / "second")
    for each in (live, second):
        each.swap()
    assert len(live.copies()) == len(second.copies()) == 1
    listed = holdfast("copies", "--to", live.dsn, "--all", "--json").json["copies"]
    assert {each["name"] for each in listed} >= {*live.copies(), *second.copies()}


def test_an_older_copy_can_be_picked(live, two):
    older, newer = two
    told = live.undo("--copy", older)
    assert version(live) == "old" and told["copy"] == older
    assert set(live.copies()) == {newer, told["kept"]}


def test_the_newest_is_by_the_time_in_the_note_not_by_the_name(live, server, two):
    """Two swaps of one second, or from two machines whose clocks differ."""
    older, newer = two
    note = json.loads(server.psql("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = "
                                  f"'{older}'"))
    note["since"] = "2099-01-01T00:00:00.000001Z"
    server.psql(f"COMMENT ON DATABASE {older} IS '{json.dumps(note)}'")
    assert [each["name"] for each in live.listed()] == [older, newer]
    assert live.undo()["copy"] == older


def test_only_a_kept_copy_of_this_database_can_be_picked(holdfast, live, two):
    for name in (f"{live.name}_hf_kept_20000101000000_0000", "postgres"):
        done = holdfast("undo", "--to", live.dsn, "--copy", name, check=False)
        assert done.returncode == 1 and f"{name} is no kept copy of {live.name}" in message(done)
    assert live.content() == "new"


def test_a_dry_run_tells_what_would_be_done(holdfast, server, live, two):
    before = databases(server)
    with server.connect(live.name, application_name="till 4"):
        done = holdfast("undo", "--to", live.dsn, "--dry-run")
        told = live.undo("--dry-run", "--copy", two[0])
    assert f"would bring back {two[1]}: live until " in done.stdout and "1 till 4 of postgres" in done.stdout
    assert "kept for 7 d" in done.stdout and "nothing was touched" in done.stdout
    assert told["copy"] == two[0] and told["dry_run"] and told["kept"] is None
    assert live.content() == "new" and databases(server) == before


def test_keep_old_0s_drops_what_was_live_and_says_so(holdfast, live, two):
    done = holdfast("undo", "--to", live.dsn, "--keep-old", "0s")
    assert "what was live until now was dropped" in done.stdout and "kept as" not in done.stdout
    assert version(live) == "newer" and live.copies() == {two[0]: "kept"}


def test_copies_tells_what_each_holds(holdfast, live):
    live.swap()
    swapped = live.listed()[0]
    assert swapped["holds"] == f"live until {seconds(swapped['since'])}, replaced by the restore of {live.archive}"
    assert swapped["replaced_by_archive"] == str(live.archive) and "archive" not in swapped
    live.undo()
    undone = live.listed()[0]
    assert undone["holds"] == (f"live until {seconds(undone['since'])}, replaced by the undo to what was live until "
                               f"{seconds(swapped['since'])}")
    listed = holdfast("copies", "--to", live.dsn).stdout
    assert "WHAT IT HOLDS" in listed and undone["holds"] in listed and "ARCHIVE" not in listed


# ---- Who may ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(server):
    """A role with no rights of its own."""
    server.psql("CREATE ROLE undo_clerk LOGIN")
    yield "undo_clerk"
    for name in databases(server):
        server.psql(f'ALTER DATABASE "{name}" OWNER TO postgres')
    server.psql("DROP ROLE undo_clerk")


def test_the_right_that_is_missing_is_told(holdfast, server, live, clerk):
    kept = live.swap("--json").json["kept"]
    arguments = ["undo", "--to", server.dsn(live.name, user=clerk)]
    for extra in ([], ["--dry-run"]):
        done = holdfast(*arguments, *extra, check=False)
        assert done.returncode == 1 and "belongs to postgres" in message(done) and clerk in message(done)
        assert "connect as postgres or a superuser" in message(done) and "42501" not in done.stderr
    server.psql(f"ALTER DATABASE {live.name} OWNER TO {clerk}")
    server.psql(f"ALTER DATABASE {kept} OWNER TO {clerk}")
    done = holdfast(*arguments, check=False)
    assert done.returncode == 1 and f"{clerk} may not create databases" in message(done)
    server.psql(f"ALTER ROLE {clerk} CREATEDB")
    holdfast(*arguments)
    assert live.content() == "old"


# ---- A last step without an answer -----------------------------------------------------------------------------------


def undo_by(proxy, holdfast, live):
    return holdfast("undo", "--to", live.server.dsn(live.name, tcp=True, port=proxy.port), check=False)


def test_an_undo_without_an_answer_is_looked_up(holdfast, server, live):
    live.swap()
    with Proxy(server, break_after=(b"RENAME TO", b"COMMIT")) as proxy:
        done = undo_by(proxy, holdfast, live)
    assert done.returncode == 0 and "it was made" in done.stderr, done.stderr
    assert "is again what it was until" in done.stdout and live.content() == "old"


def test_an_undo_in_doubt_is_told_as_that(holdfast, server, live):
    live.swap()
    with Proxy(server, break_after=(b"RENAME TO", b"COMMIT"), for_good=True) as proxy:
        done = undo_by(proxy, holdfast, live)
    assert done.returncode == 1 and "may have been made all the same" in message(done), done.stderr
    assert "as it was" not in done.stderr
    wait_until(lambda: live.content() == "old")


def test_an_undo_that_was_not_made_is_told_as_that(holdfast, server, live):
    kept = live.swap("--json").json["kept"]
    with Proxy(server, before=lambda data: data.replace(b"COMMIT\0", b"ABORT \0")) as proxy:
        done = undo_by(proxy, holdfast, live)
    assert done.returncode == 1 and "the undo was not made" in message(done) and "as it was" in message(done)
    assert live.content() == "new" and live.copies() == {kept: "kept"}
