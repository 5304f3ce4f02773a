"""What is in nginx/ is a right configuration: for development as every test uses it, and for production with TLS."""
import ssl
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from support import process
from support.nginx import Nginx
from support.postgres import free_port

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
