"""Rows that somebody with all rights on the catalog cut off the end of the audit log are missed: a worker has noted how
long it was."""
import signal
from pathlib import Path

import pytest

from support import process
from support.service import Service


CHAIN = "hf:audit:chain"  # what the last walk found, for a minute


@pytest.fixture(scope="module")
def service(postgres):
    service = Service(postgres(15))
    yield service
    service.remove()


@pytest.fixture(scope="module")
def auditor(service):
    admin = service.organization("acme")
    return service.user(admin, "acme-auditor", "auditor")


@pytest.fixture
def noted(service, auditor):
    """What a worker has noted that has just been started: the file."""
    service.sql("DROP TABLE IF EXISTS whole; CREATE TABLE whole AS SELECT * FROM audit_event")
    path = Path(service.folder, "audit-anchor")
    path.unlink(missing_ok=True)
    service.start_worker()
    process.wait_for(path.exists, "what a worker notes of the audit log", seconds=180, log=service.log)
    process.stop(service.workers.pop(), 60)
    yield path
    service.sql("DELETE FROM audit_event; INSERT INTO audit_event SELECT * FROM whole")


@pytest.fixture
def verify(holdfast, service):
    """Whether the command line and the API find that the log is whole, and what they say."""
    def verify(auditor):
        service.redis.call("DEL", CHAIN)
        done = holdfast("audit", "verify", "--config", service.configuration, check=False)
        chain = auditor.get("/audit/chain", expect=200).json
        assert chain["ok"] == (done.returncode == 0)
        assert chain["message"] in done.stderr
        return chain["ok"], chain["message"], chain

    return verify


def test_a_log_that_grows_is_whole_and_says_how_much_of_it_is_noted(service, auditor, noted, verify):
    whole, message, chain = verify(auditor)
    assert (whole, message) == (True, "")
    assert chain["anchor"]["rows"] == int(noted.read_text().split()[0]) and len(chain["hash"]) == 64
    service.client("acme-auditor")
    assert verify(auditor)[2]["rows"] > chain["rows"]


def test_rows_that_were_cut_off_are_missed_also_when_others_follow(service, auditor, noted, verify):
    (rows,) = service.sql("DELETE FROM audit_event WHERE seq = (SELECT max(seq) FROM audit_event) RETURNING seq")[0]
    whole, message, chain = verify(auditor)
    assert not whole and "the audit log has lost rows" in message and f"row {rows} " in message
    assert str(noted) not in message  # where it lies is nobody's who is asked by many
    assert chain["rows"] == rows - 1
    service.client("acme-auditor")  # a row of the same number
    service.client("acme-auditor")
    assert "the audit log has lost rows" in verify(auditor)[1]
    # and what was noted stays, for as long as that is so
    before, said = noted.read_text(), Path(service.log).read_text().count("the audit log has lost rows")
    service.start_worker()
    process.wait_for(lambda: Path(service.log).read_text().count("the audit log has lost rows") > said,
                     "a worker that says so", seconds=180, log=service.log)
    process.stop(service.workers.pop(), 60)
    assert noted.read_text() == before


def test_what_was_noted_cannot_be_made_by_who_has_not_the_secret(service, auditor, noted, verify):
    rows, rest = noted.read_text().split(" ", 1)
    noted.write_text(f"{int(rows) - 1} {rest}")
    whole, message, _ = verify(auditor)
    assert not whole and "not as this installation wrote it" in message


def test_nothing_that_was_noted_is_told(service, auditor, noted, holdfast):
    noted.unlink()
    service.redis.call("DEL", CHAIN)
    assert auditor.get("/audit/chain", expect=200).json["anchor"] is None
    said = holdfast("audit", "verify", "--config", service.configuration).stdout
    assert "rows that were cut off the end would not be seen" in said


def test_the_log_is_walked_for_one_at_a_time_and_what_was_found_is_everybodys_for_a_minute(service, auditor, verify):
    service.redis.call("DEL", CHAIN)
    with service.server.connect(service.catalog) as walker:
        walker.execute("SELECT pg_advisory_lock(1213156420, 6)")
        refused = auditor.get("/audit/chain", expect=503)
        assert refused.json["code"] == "busy" and int(refused.headers["retry-after"]) > 0
    found = verify(auditor)[2]
    assert found["ok"]
    service.sql("CREATE TABLE kept AS SELECT * FROM audit_event; UPDATE audit_event SET detail = 'nothing' WHERE seq = 1")
    assert auditor.get("/audit/chain", expect=200).json == found
    assert not verify(auditor)[0]
    # who can write to Redis cannot say that it is whole
    broken = service.redis.call("GET", CHAIN)
    broken = broken.decode() if isinstance(broken, bytes) else broken
    assert broken.count('"ok":false') == 1
    service.redis.call("SET", CHAIN, broken.replace('"ok":false', '"ok":true'))
    assert not auditor.get("/audit/chain", expect=200).json["ok"]
    service.sql("DELETE FROM audit_event; INSERT INTO audit_event SELECT * FROM kept; DROP TABLE kept")


def test_where_the_end_is_noted_changes_with_the_configuration(service, auditor):
    def ready():
        return Path(service.log).read_text().count("ready for jobs")

    before, worker = ready(), service.start_worker()
    elsewhere = Path(service.folder, "elsewhere")
    text = Path(service.configuration).read_text()
    try:
        process.wait_for(lambda: ready() > before, "a worker", seconds=180, log=service.log)
        Path(service.configuration).write_text(text.replace("/audit-anchor", "/elsewhere"))
        worker.send_signal(signal.SIGHUP)
        process.wait_for(elsewhere.exists, "a note in the other file", seconds=180, log=service.log)
    finally:
        Path(service.configuration).write_text(text)
        process.stop(service.workers.pop(), 60)
