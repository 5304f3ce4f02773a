"""Clients of TDS that others wrote: FreeTDS's programs, Debian's python3-tds, npm's tedious."""
import json
import os
import subprocess
from dataclasses import dataclass, field

from . import node


def freetds(server, program, *arguments, login=None, password=None, database="master", check=True, text="", **options):
    """Runs one of FreeTDS's programs against the server, as `peer` of a freetds.conf with these options."""
    login = server.login if login is None else login
    password = server.password if password is None else password
    command = [program, *map(str, arguments), "-S", "peer", "-U", login, "-P", password, "-D", database]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=180,
                          env={**os.environ, "FREETDSCONF": server.freetds_conf(**options), "LC_ALL": "C.UTF-8"})
    assert not check or (done.returncode == 0 and "Msg " not in done.stderr), f"{command[:3]}:\n{done.stdout}{done.stderr}"
    return done


def tsql(server, text, **options):
    """The rows that tsql prints for a batch, each a list of strings; its errors are raised unless check=False."""
    done = freetds(server, "tsql", "-o", "qfh", "-t", "|", text=f"{text}\ngo\n", **options)
    return done if options.get("check") is False else [line.split("|") for line in done.stdout.splitlines() if line]


def freebcp(server, table, direction, path, *arguments, **options):
    return freetds(server, "freebcp", table, direction, path, "-c", *arguments, **options)


def python_tds(server, database="master", **options):
    """A connection of python3-tds in autocommit mode. It compares the certificate with names alone: localhost."""
    import pytds
    options = {"user": server.login, "password": server.password, "cafile": server.root, "validate_host": True, **options}
    return pytds.connect("localhost", database, port=server.port, autocommit=True, **options)


@dataclass
class Tedious:
    """Collects commands for tedious (support/tedious/tedious.mjs) and runs them in one connection."""
    server: object
    database: str = "master"
    options: dict = field(default_factory=dict)
    commands: list = field(default_factory=list)

    def sql(self, text, *parameters, **more):
        self.commands.append({"sql": text, "parameters": parameters, **more})

    def bulk(self, table, columns, rows):
        self.commands.append({"bulk": table, "columns": columns, "rows": rows})

    def transaction(self, verb):
        self.commands.append({verb: True})

    def run(self):
        """[the answer to each]."""
        asked = {"host": "localhost", "port": self.server.port, "user": self.server.login,
                 "password": self.server.password, "database": self.database, "root": self.server.root,
                 "commands": self.commands, **self.options}
        done = subprocess.run(["node", "tedious.mjs"], cwd=node.ready("tedious"), input=json.dumps(asked), text=True,
                              capture_output=True, timeout=180)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
