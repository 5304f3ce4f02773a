"""What is in nginx/ is a right configuration: for development as every test uses it, and for production with TLS."""
import base64
import hashlib
import re
import ssl
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from support import process
from support.nginx import SOURCE, Nginx
from support.postgres import free_port
from support.service import Client

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

    def __init__(self, site):
        self.plain_port = free_port()
        super().__init__(site.www, site.socket, site.storage)

    def start(self):
        folder = Path(self.folder)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=localhost", "-days", "1", "-keyout", folder / "privkey.pem", "-out",
                        folder / "fullchain.pem"], check=True, capture_output=True)
        site = (folder / "holdfast.conf").read_text().replace("/etc/holdfast/tls/", f"{folder}/")
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


def test_the_maintenance_page_may_run_nothing_but_what_stands_in_it(site):
    page, gate = Path(SOURCE, "maintenance.html").read_text(), Path(SOURCE, "holdfast-gate.conf").read_text()
    policy = re.search(r'Content-Security-Policy "(.*)" always', gate).group(1)
    assert "unsafe" not in policy and " style=" not in page and not re.search(r"\son\w+=", page)
    for tag in ("style", "script"):
        (text,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in policy, f"write 'sha256-{digest}' into holdfast-gate.conf"
