"""A site behind nginx that includes the gate: its requests go on, get 503 while its services are halted, and go on."""
import json
import time
import uuid
from pathlib import Path

import pytest

from support import process
from support.nginx import SOURCE
from support.service import Service
from support.site import Site


@pytest.fixture(scope="module")
def service(postgres):
    service = Service(postgres(15))
    yield service
    service.remove()


@pytest.fixture
def database():
    return str(uuid.uuid4())


@pytest.fixture
def shop(service, database):
    shop = Site(service.socket, database)
    yield shop
    shop.remove()


def halt(service, database, job=None, seconds=60):
    value = {"job_id": job or str(uuid.uuid4()), "until": "2040-01-01T00:00:00.000000Z"}
    service.redis.call("SET", f"hf:gate:{database}", json.dumps(value), "EX", seconds)


def resume(service, database):
    service.redis.call("DEL", f"hf:gate:{database}")


def test_requests_go_on_get_503_while_halted_and_go_on(service, shop, database):
    assert (shop.get().status, shop.get().body) == (200, b"hello from a file")
    halt(service, database)
    assert shop.until(503) < 1.8
    page = shop.get()
    assert page.headers["retry-after"] == "2" and page.headers["cache-control"] == "no-store"
    assert page.headers["content-type"] == "text/html; charset=utf-8" and b"Back in a moment" in page.body
    resume(service, database)
    assert shop.until(200) < 1.8


def test_a_clock_that_was_set_back_leaves_no_gate_closed(service, shop, database):
    halt(service, database, seconds=3600)  # as Redis has it then
    time.sleep(2.1)
    assert shop.get().status == 200
    resume(service, database)


def test_every_method_is_held_back(service, shop, database):
    halt(service, database)
    shop.until(503)
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = shop.client.request(method, "//hello", {"a": 1})
        assert answer.status == 503 and b"Back in a moment" in answer.body, f"{method}: {answer}"
    assert shop.client.request("HEAD", "//hello").status == 503
    resume(service, database)


def test_another_sites_database_is_not_halted(service, shop):
    halt(service, str(uuid.uuid4()))
    time.sleep(2.1)
    assert shop.get().status == 200


def test_what_the_site_forbids_itself_stays_forbidden(shop):
    answer = shop.get("/forbidden")
    assert answer.status == 403 and b"Back in a moment" not in answer.body


def test_the_page_sees_how_far_it_is_and_nothing_else(service, shop, database):
    job = str(uuid.uuid4())
    document = {"id": job, "phase": "swapping", "database_name": "secret", "progress": {"percent": 42}}
    service.redis.call("HSET", f"hf:job:{job}", "organization", str(uuid.uuid4()), "revision", 1, "document",
                       json.dumps(document))
    halt(service, database, job)
    shop.until(503)
    answer = shop.get("/-/holdfast/progress")
    assert answer.json == {"is_halted": True, "until": "2040-01-01T00:00:00.000000Z", "phase": "swapping", "percent": 42}
    resume(service, database)
    time.sleep(2.1)
    assert shop.get("/-/holdfast/progress").json == {"is_halted": False, "until": None, "phase": None, "percent": None}


def test_nobody_asks_the_gate_or_the_page_directly(service, shop, database):
    halt(service, database)
    shop.until(503)
    assert shop.get("/-/holdfast/gate").status == 204  # whatever the gate says
    assert shop.get("/-/holdfast/maintenance").status == 404


def test_the_page_asks_nobody_but_the_site():
    page = Path(SOURCE, "maintenance.html").read_text()
    assert "http:" not in page and "https:" not in page and "src=" not in page and "@import" not in page


def test_one_answer_serves_all_requests_of_a_second(service, shop):
    before = int(service.redis.call("INFO", "commandstats").split("cmdstat_get:calls=")[1].split(",")[0])
    began = time.monotonic()
    for _ in range(300):
        assert shop.get().status == 200
    seconds = time.monotonic() - began
    after = int(service.redis.call("INFO", "commandstats").split("cmdstat_get:calls=")[1].split(",")[0])
    assert after - before <= seconds + 2


def test_without_redis_the_gate_is_open(service, shop, database):
    halt(service, database)
    shop.until(503)
    service.redis.stop()
    try:
        assert shop.until(200) < 3
    finally:
        service.redis.start()


def test_without_holdfast_the_gate_is_open(service, shop, database):
    halt(service, database)
    shop.until(503)
    process.stop(service.api)
    try:
        assert shop.until(200) < 3
        assert shop.get("/-/holdfast/progress").status >= 500
    finally:
        Path(service.socket).unlink(missing_ok=True)
        service.start_api()
        resume(service, database)
