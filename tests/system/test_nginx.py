"""What is in nginx/ is a right configuration: for development as every test uses it, and for production with TLS."""
import base64
import gzip
import hashlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from support import fastcgi, process
from support.faults import wait_until
from support.nginx import SOURCE, Nginx
from support.postgres import free_port
from support.service import Answer, Client

WHOLE = """daemon off;
pid FOLDER/nginx.pid;
error_log FOLDER/nginx-error.log warn;
events {}
http {
    access_log off;
    client_body_temp_path FOLDER/temp-body;
    fastcgi_temp_path FOLDER/temp-fastcgi;
    proxy_temp_path FOLDER/temp-proxy;
    scgi_temp_path FOLDER/temp-scgi;
    uwsgi_temp_path FOLDER/temp-uwsgi;
    include holdfast.conf;
}
"""


class ProductionNginx(Nginx):
    """holdfast.conf itself, on ports and with a certificate of its own."""

    def __init__(self, site, api_socket=None):
        self.plain_port = free_port()
        super().__init__(site.www, api_socket or site.socket, site.storage)

    def start(self):
        folder = Path(self.folder)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=localhost", "-days", "1", "-keyout", folder / "privkey.pem", "-out",
                        folder / "fullchain.pem"], check=True, capture_output=True)
        site = (folder / "holdfast.conf").read_text().replace("/etc/holdfast/tls/", f"{folder}/")
        site = site.replace("/var/log/nginx/", f"{folder}/")
        for old, new in (("[::]:443 ssl", f"[::1]:{self.port} ssl"), ("listen 443", f"listen 127.0.0.1:{self.port}"),
                         ("[::]:80;", f"[::1]:{self.plain_port};"), ("listen 80", f"listen 127.0.0.1:{self.plain_port}"),
                         ("root /usr/share/holdfast/www", "root /tmp")):
            assert old in site
            site = site.replace(old, new)
        (folder / "holdfast.conf").write_text(site)
        self.configuration.write_text(WHOLE.replace("FOLDER", self.folder))
        for each in folder.iterdir():
            process.own(each)
        super().start()


@pytest.fixture(scope="module")
def production(site):
    nginx = ProductionNginx(site)
    yield nginx
    nginx.remove()


def test_the_development_site_is_right(site):
    assert "successful" in site.nginx.check()
    assert "[emerg]" not in site.nginx.errors()


def test_the_production_site_is_right_and_says_that_tls_is_wanted(production):
    assert "successful" in production.check()
    trust = ssl.create_default_context(cafile=f"{production.folder}/fullchain.pem")
    trust.check_hostname = False
    with urllib.request.urlopen(f"https://localhost:{production.port}/healthz", context=trust) as answer:
        assert answer.status == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"


def test_without_tls_one_is_sent_to_tls(production):
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *arguments):
            return None

    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.build_opener(Stay).open(f"http://localhost:{production.plain_port}/x?y=1")
    assert told.value.code == 308 and told.value.headers["Location"] == "https://localhost/x?y=1"


# ---- What is in its logs --------------------------------------------------------------------------------------------


def ask_tls(nginx, path, **headers):
    """The status and body of a GET by TLS."""
    trust = ssl.create_default_context(cafile=f"{nginx.folder}/fullchain.pem")
    trust.check_hostname = False
    request = urllib.request.Request(f"https://localhost:{nginx.port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, context=trust) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


def test_the_logs_of_production_hold_no_link_and_no_token(site, production):
    admin = site.organization("logged")
    things = site.furnish(admin)
    Path(site.storage, "logged/b.hf").write_bytes(b"a backup")
    links = [admin.post(f"/backups/{things['backup']}/download", expect=201).json["url"] for _ in range(3)]
    away = ProductionNginx(site, "/tmp/none.sock")
    try:
        path = links[0].removeprefix("/api/v1/").removeprefix("/")
        assert ask_tls(production, f"/api/v1/{path}", **{"User-Agent": "probe"}) == (200, b"a backup")
        secret = path.rpartition("/")[2]
        assert secret.startswith("hfl_")
        others = [each.rpartition("/")[2] for each in links[1:]]
        assert ask_tls(production, f"/api/v1/backups?q={others[0]}&a=hft_{'x' * 40}")[0] == 401
        assert ask_tls(away, f"/api/v1/downloads/{others[1]}")[0] == 503
        for nginx, lines in ((production, 2), (away, 1)):  # they are written after the answer
            wait_until(lambda: len(Path(nginx.folder, "holdfast.log").read_text().splitlines()) >= lines)
        logs = [Path(nginx.folder, name).read_text() for nginx in (production, away)
                for name in ("holdfast.log", "nginx-error.log")]
    finally:
        away.remove()
    lines = logs[0].splitlines()
    (line,) = [line for line in lines if '"probe"' in line]
    assert '"GET /api/v1/downloads/hfl_... HTTP/1.1" 200 8 ' in line and "request=" in line
    assert any("/api/v1/backups?q=hfl_... HTTP" in line for line in lines)
    for each in (secret, *others, "x" * 40):
        assert not any(each in log for log in logs)
    assert '"GET /api/v1/downloads/hfl_... HTTP/1.1" 503' in logs[2]


# ---- Compression ----------------------------------------------------------------------------------------------------


def test_lists_are_compressed_and_what_holds_a_secret_is_not(site):
    admin = site.organization("compressed")
    things = site.furnish(admin)
    for i in range(10):
        admin.post("/databases", {"server_id": things["server"], "name": f"many {i}"}, expect=201)
    wants = {"Accept-Encoding": "gzip"}
    plain, packed = admin.get("/databases"), admin.get("/databases", headers=wants)
    assert packed.headers["content-encoding"] == "gzip" and "accept-encoding" in packed.headers["vary"].lower()
    assert gzip.decompress(packed.body) == plain.body and len(packed.body) < len(plain.body) / 3
    assert "content-encoding" not in plain.headers
    Path(site.storage, "compressed/b.hf").write_bytes(b"a backup")
    secrets = [admin.get("/me", headers=wants), admin.get(f"/jobs/{things['job']}", headers=wants),
               admin.post(f"/keys/{things['key']}/sheet", {}, headers=wants),
               admin.post("/tokens", {"name": "x" * 200, "role": "viewer"}, headers=wants),
               admin.post(f"/backups/{things['backup']}/download", {}, headers=wants),
               admin.get("/keys", headers=wants), admin.get("/tokens", headers=wants)]
    for answer in secrets:
        assert answer.status < 300 and "content-encoding" not in answer.headers, answer


# ---- Headers --------------------------------------------------------------------------------------------------------


def test_every_answer_has_the_headers_that_bind_browsers(site):
    """Whoever answers: the page, a file of it, the API, or nginx in their place."""
    admin, away = site.organization("headers"), Nginx(site.www, "/tmp/none.sock", site.storage)
    Path(site.www, "assets").mkdir(exist_ok=True)
    Path(site.www, "assets/a.js").write_text("1\n")
    things = site.furnish(admin)
    Path(site.storage, "headers/b.hf").write_bytes(b"a backup")
    link = "/" + admin.post(f"/backups/{things['backup']}/download", expect=201).json["url"]
    job = admin.get(f"/jobs/{things['job']}", expect=200)
    try:
        answers = [
            admin.get("//", expect=200), admin.get("//any/page", expect=200), admin.get("//assets/a.js", expect=200),
            admin.get("//assets/none.js", expect=404), admin.get("/me", expect=200), admin.get("/nothing", expect=404),
            admin.get("//api", expect=404), admin.get("//healthz", expect=200), admin.get("//metrics", expect=200),
            admin.get(f"/jobs/{things['job']}", headers={"If-None-Match": job.etag}, expect=304),
            admin.request("OPTIONS", "/uploads", expect=204), Client(site.nginx.port).get(link, expect=200),
            Client(site.nginx.port).get("/me", expect=401), admin.post("//", {}, expect=403),
            admin.post("/keys", b"x" * (2 << 20), expect=413), admin.get("/me?q=" + "x" * 50_000, expect=414),
            admin.get("/me", headers={"X-Long": "x" * 50_000}, expect=400), Client(away.port).get("/me", expect=503),
        ]
    finally:
        away.remove()
    for answer in answers:
        policy = dict(each.strip().split(" ", 1) for each in answer.headers["content-security-policy"].split(";"))
        wanted = {"default-src": "'none'", "script-src": "'self'", "frame-ancestors": "'none'"}
        assert wanted.items() <= policy.items()
        assert "unsafe" not in str(policy) and "*" not in str(policy)
        assert (answer.headers["x-content-type-options"], answer.headers["x-frame-options"]) == ("nosniff", "DENY")
        assert answer.headers["referrer-policy"] == "no-referrer" and answer.headers["server"] == "nginx"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


# ---- In the API's place ---------------------------------------------------------------------------------------------


class Upstream(threading.Thread):
    """In place of holdfast-api: takes requests, and says what `says` is (None: nothing at all), then hangs up."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.says, self.held = b"", []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        os.chmod(path, 0o666)
        self.listener.listen()
        self.start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            connection.recv(100_000)
            if self.says is None:
                self.held.append(connection)
                continue
            connection.sendall(self.says)
            connection.close()


class ImpatientNginx(Nginx):
    """Waits for the API for a second, not for 70."""

    def start(self):
        path = Path(self.folder, "holdfast-fastcgi.conf")
        path.write_text(path.read_text().replace("fastcgi_read_timeout 70s", "fastcgi_read_timeout 1s"))
        super().start()


@pytest.fixture(scope="module")
def upstream(site):
    folder = process.folder("hf-upstream-")
    upstream = Upstream(f"{folder}/api.sock")
    upstream.nginx = ImpatientNginx(site.www, f"{folder}/api.sock", site.storage)
    yield upstream
    upstream.nginx.remove()
    shutil.rmtree(folder)


def raw(port, *lines):
    """What nginx answers to a request that no client would send."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall("".join(f"{line}\r\n" for line in (*lines, "Host: x", "Connection: close", "")).encode())
        response = http.client.HTTPResponse(connection)
        response.begin()
        return Answer(response)


def is_problem(answer, status, code):
    problem = answer.json
    assert (answer.status, problem["status"], problem["code"]) == (status, status, code), answer
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"urn:holdfast:problem:{code}" and len(problem["request_id"]) == 32
    assert problem["title"] and problem["detail"] and problem["todo"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert (answer.headers["x-content-type-options"], answer.headers["x-frame-options"]) == ("nosniff", "DENY")
    assert answer.headers["referrer-policy"] == "no-referrer" and answer.headers["server"] == "nginx"
    return True


@pytest.mark.parametrize("says, status", [
    (None, 504), (b"", 503), (b"HTTP/1.1 200 OK\r\n\r\n", 503), (fastcgi.record(fastcgi.STDOUT, b"Status: 200\r\n"), 503),
    (fastcgi.stream(fastcgi.STDOUT, b"no header\r\n\r\n"), 503)], ids=["nothing", "end", "no FastCGI", "half", "no header"])
def test_an_api_that_does_not_answer_is_a_problem_document(upstream, says, status):
    upstream.says = says
    for method, path in (("GET", "/me"), ("POST", "/keys"), ("POST", "/session"), ("GET", "//healthz"),
                         ("POST", "/uploads")):
        answer = Client(upstream.nginx.port).request(method, path, None if method == "GET" else {})
        assert is_problem(answer, status, "network")
        assert ("retry-after" in answer.headers) == (status == 503)


def test_what_nginx_refuses_itself_is_a_problem_document(upstream):
    port = upstream.nginx.port
    client = Client(port)
    assert is_problem(client.post("/keys", b"x" * (2 << 20)), 413, "limit")
    assert is_problem(client.get("/me?q=" + "x" * 50_000), 414, "limit")
    assert is_problem(client.get("/me", headers={"X-Long": "x" * 50_000}), 400, "usage")
    too_much = raw(port, "PATCH /api/v1/uploads/x HTTP/1.1", f"Content-Length: {257 << 20}")
    assert is_problem(too_much, 413, "limit")
    assert is_problem(raw(port, "TRACE /api/v1/me HTTP/1.1"), 405, "usage")
    assert is_problem(raw(port, "POST /api/v1/keys HTTP/1.1", "Transfer-Encoding: gzip"), 501, "usage")
    assert is_problem(raw(port, "GET /api/v1/me HTTP/3.7"), 505, "usage")
    pieces = Path(upstream.nginx.folder, "temp-body")
    pieces.chmod(0)  # as where its disk is broken
    answer = client.post("/keys", b"x" * 100_000)
    pieces.chmod(0o700)
    assert is_problem(answer, 500, "internal")


def test_a_range_that_is_not_there_and_a_condition_that_fails_are_problem_documents(site):
    admin = site.organization("ranges")
    things = site.furnish(admin)
    Path(site.storage, "ranges/b.hf").write_bytes(b"a backup")
    for header, status in (({"Range": "bytes=90-99"}, 416), ({"If-Match": '"x"'}, 412)):
        link = admin.post(f"/backups/{things['backup']}/download", expect=201).json["url"]
        assert is_problem(Client(site.nginx.port).get(f"/{link}", headers=header), status, "usage")


def test_the_maintenance_page_may_run_nothing_but_what_stands_in_it(site):
    page, gate = Path(SOURCE, "maintenance.html").read_text(), Path(SOURCE, "holdfast-gate.conf").read_text()
    policy = re.search(r'Content-Security-Policy "(.*)" always', gate).group(1)
    assert "unsafe" not in policy and " style=" not in page and not re.search(r"\son\w+=", page)
    for tag in ("style", "script"):
        (text,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in policy, f"write 'sha256-{digest}' into holdfast-gate.conf"
