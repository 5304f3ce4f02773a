"""A realm of Kerberos of its own: MIT's KDC on a loopback port, with a private database."""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import process
from .postgres import free_port

REALM = "CORP.TEST"


class Realm:
    """`environment` is for who has, or looks for, a ticket; without `log_in` there is none."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="hf-krb-", dir="/tmp"))
        self.port, self.log, self._process = free_port(), self.folder / "log", None
        self.configuration = self.folder / "krb5.conf"
        self.configuration.write_text(
            f"[libdefaults]\ndefault_realm = {REALM}\ndns_lookup_kdc = false\ndns_canonicalize_hostname = false\nrdns = false\n"
            f"[realms]\n{REALM} = {{\nkdc = 127.0.0.1:{self.port}\n}}\n[logging]\nkdc = FILE:{self.log}\n")
        (self.folder / "kdc.conf").write_text(
            f"[realms]\n{REALM} = {{\ndatabase_name = {self.folder}/principal\nkey_stash_file = {self.folder}/stash\n"
            f"acl_file = {self.folder}/acl\nkdc_listen = 127.0.0.1:{self.port}\nkdc_tcp_listen = 127.0.0.1:{self.port}\n}}\n")
        self.environment = {"KRB5_CONFIG": str(self.configuration), "KRB5CCNAME": f"FILE:{self.folder}/tickets"}
        self._owner = {**self.environment, "KRB5_KDC_PROFILE": f"{self.folder}/kdc.conf", "PATH": f"{os.environ['PATH']}:/usr/sbin"}
        self._run("kdb5_util", "create", "-s", "-P", "of the tests", "-r", REALM)
        self._process = process.start(["krb5kdc", "-n", "-r", REALM], self.log, env=self._owner, as_us=True)
        process.wait_for(lambda: "commencing operation" in self.log.read_text(), "the KDC", process=self._process, log=self.log)

    def _run(self, *command):
        done = subprocess.run(command, env={**os.environ, **self._owner}, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"

    def add(self, principal):
        """With a random key: the path of its keytab."""
        keytab = self.folder / f"keytab{len(list(self.folder.glob('keytab*')))}"
        self._run("kadmin.local", "-r", REALM, "addprinc", "-randkey", principal)
        self._run("kadmin.local", "-r", REALM, "ktadd", "-k", str(keytab), principal)
        keytab.chmod(0o644)
        return keytab

    def log_in(self, principal, keytab):
        self._run("kinit", "-k", "-t", str(keytab), principal)

    def log_out(self):
        self._run("kdestroy")

    def remove(self):
        if self._process:
            process.stop(self._process)
        shutil.rmtree(self.folder, ignore_errors=True)
