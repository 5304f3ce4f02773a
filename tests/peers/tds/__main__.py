"""python3 -m tds SETTINGS: listens until it is ended; one process for each session.

SETTINGS is a JSON file; tests/support/mssql.py writes it and says what is in it."""
import json
import os
import signal
import socket
import sys
import traceback
from pathlib import Path

from . import browser, login, wire
from .faults import Faults
from .session import Session


def serve(connection, settings, spid):
    channel = wire.Wire(connection)
    faults = Faults(settings["faults"])
    try:
        faults.meet("accept", channel)
        found = login.Door(channel, settings, faults).let_in({each.lower() for each in settings["databases"]})
        if found is None:
            return
        session = Session(channel, settings, faults, found, spid)
        channel.send(wire.REPLY, login.welcome(settings, found, found.packet_size, session.database))
        channel.packet_size = found.packet_size
        session.serve()
    except wire.Gone as error:
        print(f"session {spid}: {error}", flush=True)
    except Exception:  # the peer's own fault: the client sees a closed connection, the log says why
        print(f"session {spid}: {traceback.format_exc()}", flush=True)


def main(path):
    settings = json.loads(Path(path).read_text())
    listener = socket.create_server((settings["host"], settings["port"]), backlog=64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for sessions
    if settings.get("instance"):
        browser.start(settings["instance"], settings["host"], settings["port"])
    print("ready", flush=True)
    spid = 50
    while True:
        connection, _ = listener.accept()
        spid = spid + 1 if spid < 32767 else 51
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            settings = json.loads(Path(path).read_text())  # databases and logins that were added
            serve(connection, settings, spid)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    main(sys.argv[1])
