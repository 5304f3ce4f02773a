"""A private nginx for tests and for ./dev up: the configuration of nginx/ on a free port of loopback."""
import shutil
import socket
import subprocess
from contextlib import closing
from pathlib import Path

from . import majors, process
from .postgres import as_server, free_port

SOURCE = majors.REPOSITORY / "nginx"


def write_configuration(folder, port, www, api_socket, storage):
    """nginx/ in a folder, for that port, page, socket and storage root; the path of the file to start nginx with."""
    for source in SOURCE.glob("*.conf"):
        text = source.read_text().replace("unix:/run/holdfast/api.sock", f"unix:{api_socket}").replace(
            "/var/lib/holdfast/storage/", f"{storage}/")
        text = text.replace("rate=5r/s", "rate=50r/s")  # tests sign in more often than people
        if source.name == "development.conf":
            text = text.replace("FOLDER", str(folder)).replace("PORT", str(port)).replace("WWW", str(www))
        Path(folder, source.name).write_text(text)
    return Path(folder, "development.conf")


class Nginx:
    def __init__(self, www, api_socket, storage):
        self.folder = process.folder("hf-nginx-")
        self.port = free_port()
        self.log = f"{self.folder}/log"
        self.configuration = write_configuration(self.folder, self.port, www, api_socket, storage)
        self.start()

    def command(self, *arguments):
        return ["nginx", "-p", self.folder, "-e", f"{self.folder}/nginx-error.log", "-c", self.configuration,
                *arguments]

    def check(self):
        """nginx -t: what it prints; the configuration must be right. As root it would take the temporary folders."""
        done = subprocess.run(as_server(list(map(str, self.command("-t")))), capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, done.stderr
        return done.stderr

    def start(self):
        self.process = process.start(self.command(), self.log)
        process.wait_for(self.answers, "nginx", process=self.process, log=self.log)

    def answers(self):
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def errors(self):
        return Path(self.folder, "nginx-error.log").read_text(errors="replace")

    def remove(self):
        process.stop(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)
