"""A private Redis for tests, on a socket in a folder of its own."""
import os
import shutil
import subprocess

from . import process


class Redis:
    def __init__(self):
        self.folder = process.folder("hf-redis-")
        self.socket = f"{self.folder}/redis.sock"
        self.log = f"{self.folder}/log"
        self.start()

    @property
    def address(self):
        """As the configuration takes it."""
        return f"unix:{self.socket}"

    def start(self):
        self.process = process.start(["redis-server", "--port", "0", "--unixsocket", self.socket, "--unixsocketperm",
                                      "777", "--save", "", "--dir", self.folder], self.log)
        process.wait_for(lambda: os.path.exists(self.socket) and self.call("PING", check=False) == "PONG", "Redis",
                         process=self.process, log=self.log)

    def stop(self):
        if self.process.poll() is None:
            process.stop(self.process)

    def call(self, *command, check=True):
        """What redis-cli prints for a command."""
        done = subprocess.run(["redis-cli", "-s", self.socket, *map(str, command)], capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout.rstrip("\n")

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
