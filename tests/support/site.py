"""An application's nginx, not Holdfast's, whose site includes the gate."""
import shutil
import time
from pathlib import Path

from . import process
from .nginx import SOURCE
from .postgres import free_port
from .service import Client

SITE = """
daemon off;
worker_processes 1;
pid FOLDER/nginx.pid;
error_log FOLDER/nginx-error.log warn;
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path FOLDER/temp-body;
    fastcgi_temp_path FOLDER/temp-fastcgi;
    proxy_temp_path FOLDER/temp-proxy;
    scgi_temp_path FOLDER/temp-scgi;
    uwsgi_temp_path FOLDER/temp-uwsgi;
    include holdfast-gate-http.conf;
    server {
        listen 127.0.0.1:PORT;
        set $holdfast_database DATABASE;
        include holdfast-gate.conf;
        location = /hello { root FOLDER; }
        location = /forbidden { deny all; }
    }
    server {
        listen 127.0.0.1:UNGATED;
        location = /hello { root FOLDER; }
    }
}
"""


class Site:
    """`port` asks the gate before each request, `ungated` does not."""

    def __init__(self, api_socket, database):
        self.folder = process.folder("hf-site-")
        self.port, self.ungated = free_port(), free_port()
        Path(self.folder, "hello").write_text("hello from a file")
        for source in SOURCE.glob("holdfast-gate*.conf"):
            text = source.read_text().replace("unix:/run/holdfast/api.sock", f"unix:{api_socket}")
            text = text.replace("/var/cache/nginx", self.folder).replace("/usr/share/holdfast", str(SOURCE))
            Path(self.folder, source.name).write_text(text)
        text = SITE.replace("FOLDER", self.folder).replace("PORT", str(self.port)).replace("DATABASE", database)
        text = text.replace("UNGATED", str(self.ungated))
        self.configuration = Path(self.folder, "nginx.conf")
        self.configuration.write_text(text)
        self._start()
        self.client = Client(self.port)

    def _start(self):
        command = ["nginx", "-p", self.folder, "-e", f"{self.folder}/nginx-error.log", "-c", self.configuration]
        self.process = process.start(command, f"{self.folder}/log")
        process.wait_for(self.answers, "the site", process=self.process, log=f"{self.folder}/log")

    def restart(self):
        """With the configuration as it is now."""
        process.stop(self.process)
        self._start()

    def answers(self):
        try:
            Client(self.port).get("//hello")
            return True
        except OSError:
            return False

    def get(self, path="/hello"):
        return self.client.get(f"/{path}")

    def remove(self):
        process.stop(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def until(self, status, seconds=5):
        """Asks on and on; how long it took until the status came."""
        began = time.monotonic()
        while self.get().status != status:
            assert time.monotonic() < began + seconds, f"no {status}"
            time.sleep(0.02)
        return time.monotonic() - began
