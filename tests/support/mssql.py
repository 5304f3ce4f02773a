"""Stand-ins for Microsoft SQL Server: tests/peers/tds in a process of its own, with PostgreSQL for the rows."""
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from . import process
from .postgres import free_port

PEERS = Path(__file__).resolve().parents[1] / "peers"
LOGIN, PASSWORD = "sa", "Päss wörd 1"
WINDOWS_LOGIN, WINDOWS_PASSWORD = "CORP\\mover", "Wïndows 1"
COLLATION = "SQL_Latin1_General_CP1_CI_AS"
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
NULL_LIBRARY = PEERS.parents[1] / "build/peers/tds_null.so"
_servers = itertools.count()


class Certificates:
    """A root, certificates of the server and localhost by it, and wrong ones."""

    def __init__(self, folder, host):
        self.folder = Path(folder)
        names = f"IP:{host},DNS:localhost"
        self.root = self._root("root")
        self.other_root = self._root("other_root")
        self.right = self._leaf("right", "root", names)
        self.of_other_root = self._leaf("of_other_root", "other_root", names)
        self.of_other_name = self._leaf("of_other_name", "root", "DNS:elsewhere.example")
        self.expired = self._leaf("expired", "root", names, days=-1)

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, cwd=self.folder)

    def _root(self, name):
        self._openssl("req", "-x509", *NEW_KEY, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", 30,
                      "-subj", f"/CN=Holdfast tests {name}", "-addext", "keyUsage=critical,keyCertSign")
        return str(self.folder / f"{name}.pem")

    def _leaf(self, name, root, names, days=30):
        subject = names.split(":")[-1]
        self._openssl("req", *NEW_KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={subject}",
                      "-addext", f"subjectAltName={names}")
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{root}.pem", "-CAkey", f"{root}.key",
                      "-CAcreateserial", "-days", days, "-copy_extensions", "copy", "-out", f"{name}.pem")
        return str(self.folder / f"{name}.pem"), str(self.folder / f"{name}.key")


class SqlServer:
    r"""One server on `host` and `port`. Its logins are `login` with `password`, and by Windows `windows_login`.

    encryption: "required"; "login" (of the login alone, unless the client asks for more); "none" (TLS is refused).
    certificate: "right", "of_other_root", "of_other_name" or "expired". version: (15, 0, 2000) is SQL Server 2019.
    null: rows of bulk loads are counted and forgotten. instance: told by a Browser on UDP 1434 of a
    loopback address of its own.
    denied of add_login: rights as HAS_PERMS_BY_NAME names them, such as "CREATE TABLE", "INSERT", "ALTER"."""

    login, password = LOGIN, PASSWORD
    windows_login, windows_password = WINDOWS_LOGIN, WINDOWS_PASSWORD

    def __init__(self, postgres, *, encryption="required", certificate="right", version=(15, 0, 2000), null=False,
                 collation=COLLATION, instance=None, free_bytes=1 << 40):
        self._postgres, self._null, self._version = postgres, null, version
        self.folder = Path(tempfile.mkdtemp(prefix="hf-mssql-", dir="/tmp"))
        self.log, self.port = self.folder / "log", free_port()
        self._faults = self.folder / "faults"
        self._faults.mkdir()
        self.host = f"127.1.{random.randint(0, 255)}.{random.randint(1, 254)}" if instance else "127.0.0.1"
        self.certificates = Certificates(self.folder, self.host)
        self.root = self.certificates.root
        self._numbers, self._process = itertools.count(), None
        self._prefix = f"tds_{next(_servers)}"  # its databases outlive it, and another one may get its port
        self._settings = {"host": self.host, "port": self.port, "name": "PEER", "domain": "CORP", "version": version,
                          "collation": collation, "null": null, "faults": str(self._faults), "instance": instance,
                          "free_bytes": free_bytes, "growth": 8192,
                          "dsn": postgres.dsn("DATABASE").replace("dbname=DATABASE", ""), "databases": {},
                          "logins": {LOGIN: {"password": PASSWORD}, WINDOWS_LOGIN: {"password": WINDOWS_PASSWORD}}}
        try:
            self._template = self._make_template()
            self._settings["databases"]["master"] = self._copy_template("master")
            self.offer(encryption=encryption, certificate=certificate)
            self.start()
        except BaseException:
            self.remove()
            raise

    # ---- its life

    def start(self):
        self._save()
        environment = {"PYTHONPATH": str(PEERS), "PYTHONDONTWRITEBYTECODE": "1"}
        if self._null:
            environment["TDS_NULL"] = null_library()
        self._process = process.start(["/usr/bin/python3", "-m", "tds", self.folder / "settings.json"], self.log,
                                      env=environment, as_us=True, start_new_session=True)
        process.wait_for(lambda: "ready" in self.log.read_text(), "the peer of SQL Server", seconds=120,
                         process=self._process, log=self.log)

    def stop(self):
        """With all its sessions, as a power failure would."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
            self.log.write_text("")

    def remove(self):
        """Its databases go with PostgreSQL."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _save(self):
        path = self.folder / "settings.json"
        path.with_suffix(".new").write_text(json.dumps(self._settings))
        path.with_suffix(".new").rename(path)

    def offer(self, *, encryption="required", certificate="right", version=None):
        """Other encryption, another certificate or version, to those who come from now on."""
        chain, key = getattr(self.certificates, certificate)
        self._settings.update(encryption=encryption, certificate=chain, key=key, version=version or self._version)
        self._save()

    def trust(self, realm):
        """Windows logins may show a ticket of it, from now on."""
        keytab = realm.add(f"MSSQLSvc/{self.host}:{self.port}")
        self._settings.update(keytab=str(keytab), krb5_conf=str(realm.configuration))
        self._save()

    def set_growth(self, pages):
        """Of all files; 0: they do not grow."""
        self._settings["growth"] = pages
        self._save()

    # ---- what is in it

    def _make_template(self):
        name = f"{self._prefix}_template"
        self._postgres.createdb(name, template="template0")
        for each in ("catalog.sql", "functions.sql"):
            self._postgres.psql((PEERS / "tds" / each).read_text(), db=name)
        return name

    def create_database(self, name=None):
        """The name of a new database, for those who log in from now on."""
        name = name or f"target{next(self._numbers)}"
        self._settings["databases"][name] = self._copy_template(name)
        self._save()
        return name

    def _copy_template(self, name):
        return self._postgres.createdb(f"{self._prefix}_{name.lower()}", template=self._template,
                                       strategy="FILE_COPY")  # twice as fast as the log, for hundreds of files

    def drop_database(self, name):
        self._postgres.dropdb(self._settings["databases"].pop(name))
        self._save()

    def add_login(self, name, password, denied=()):
        self._settings["logins"][name] = {"password": password, "denied": list(denied)}
        self._save()

    def listen(self):
        """The file that has every batch from now on, of those who log in from now on: one JSON string a line."""
        heard = self.folder / f"heard{next(self._numbers)}"
        heard.touch()
        self._settings["heard"] = str(heard)
        self._save()
        return heard

    def listen_no_more(self):
        self._settings.pop("heard", None)
        self._save()

    def postgres_psql(self, name, text):
        """Looks behind the peer: psql in the database that keeps `name`."""
        return self._postgres.psql(text, db=self._settings["databases"][name])

    # ---- what goes wrong

    def fault(self, at, do, *, times=1, **details):
        """See tests/peers/tds/faults.py. times=None: until faults are cleared. Returns the file of the last."""
        for _ in range(times or 1):
            path = self._faults / f"{next(self._numbers):06}"
            path.write_text(json.dumps({"at": at, "do": do, "always": times is None, **details}))
            path = path.rename(path.with_suffix(".json"))
        return path

    def clear_faults(self):
        for path in self._faults.iterdir():
            path.unlink(missing_ok=True)

    def faults_left(self):
        return len(list(self._faults.glob("*.json")))

    def freetds_conf(self, **options):
        """The path of a freetds.conf with this server as `peer`."""
        path = self.folder / f"freetds{next(self._numbers)}.conf"
        chosen = {"host": self.host, "port": self.port, "tds version": "7.4", "client charset": "UTF-8",
                  "encryption": "require", "ca file": self.root, "check certificate hostname": "yes", **options}
        path.write_text("[peer]\n" + "".join(f"\t{key.replace('_', ' ')} = {value}\n" for key, value in chosen.items()
                                             if value is not None))
        return str(path)


def null_library():
    """The path of the scanner of rows of the null mode, compiled at the first use."""
    source = PEERS / "tds/null.c"
    if not NULL_LIBRARY.exists() or NULL_LIBRARY.stat().st_mtime < source.stat().st_mtime:
        NULL_LIBRARY.parent.mkdir(parents=True, exist_ok=True)
        new = NULL_LIBRARY.with_suffix(f".{os.getpid()}")
        subprocess.run(["gcc", "-O2", "-Wall", "-Werror", "-fPIC", "-shared", "-o", new, source], check=True)
        new.rename(NULL_LIBRARY)
    return str(NULL_LIBRARY)


class SqlServers:
    """Those of one test session: one for each set of options, started when first asked for."""

    def __init__(self, postgres):
        self._postgres = postgres
        self._shared, self._all = {}, []

    def __call__(self, *, fresh=False, **options):
        """A running server; the shared one unless `fresh`, which a test asks for that stops it or makes it fail."""
        key = tuple(sorted(options.items()))
        if fresh or key not in self._shared:
            server = SqlServer(self._postgres(15), **options)
            self._all.append(server)
            if fresh:
                return server
            self._shared[key] = server
        return self._shared[key]

    def remove(self):
        for server in reversed(self._all):
            server.remove()
