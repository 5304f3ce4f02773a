"""Master key, certificates and symmetric keys."""
import os
import uuid

from .errors import SqlError, refused
from .grammar import quote

BITS = {"aes_128": 128, "aes_192": 192, "aes_256": 256}
MASTER = "##MS_DatabaseMasterKey##"


class KeyGrammar:
    def create_key(self):
        if self.accept("master key encryption by password"):
            self.need("=")
            password = self.string()
            return self.Statement(lambda session: create_master_key(session, password), "CREATE MASTER KEY")
        if self.accept("certificate"):
            name = self.name()
            self.expect("with subject")
            self.need("=")
            subject = self.string()
            return self.Statement(lambda session: create_certificate(session, name, subject), "CREATE CERTIFICATE")
        self.expect("symmetric key")
        name = self.name()
        self.expect("with algorithm")
        self.need("=")
        algorithm = self.name().lower()
        if algorithm not in BITS:
            raise refused(f"know the algorithm {algorithm}")
        self.expect("encryption by certificate")
        certificate = self.name()
        return self.Statement(lambda session: create_key(session, name, algorithm, certificate), "CREATE SYMMETRIC KEY")

    def drop_key(self):
        if self.accept("master key"):
            return self.Statement(drop_master_key, "DROP MASTER KEY")
        kind = self.one_of("certificate", "symmetric key")
        if kind is None:
            raise self.stray()
        name = self.name()
        return self.Statement(lambda session: drop(session, kind, name), "DROP KEY")

    def open_key(self, line):
        self.expect("open")
        if self.accept("master key decryption by password"):
            self.need("=")
            self.string()
            raise refused("know a master key that the server does not open by itself")
        self.expect("symmetric key")
        name = self.name()
        self.expect("decryption by certificate")
        certificate = self.name()
        return self.Statement(lambda session: open_key(session, name, certificate), "OPEN SYMMETRIC KEY")

    def close_key(self, line):
        self.expect("close")
        if self.accept("all symmetric keys"):
            return self.Statement(lambda session: session.set_open_keys([]))
        self.expect("symmetric key")
        name = self.name()
        return self.Statement(lambda session: close_key(session, name))


def _found(session, table, name):
    return session.postgres.row(f"SELECT * FROM tds.{table} WHERE lower(name) = {quote(name.lower())}")


def _next(session):
    return int(session.postgres.value("SELECT nextval('tds.ids')"))


def create_master_key(session, password):
    session.need_right("CONTROL")
    if _found(session, "symmetric_keys", MASTER):
        raise SqlError(15578)
    if len(password) < 8:
        raise SqlError(15118, text="Password validation failed. The password does not meet Windows policy requirements "
                                   "because it is too short.")
    session.catalog.insert("symmetric_keys", id=101, name=MASTER, guid=str(uuid.uuid4()), algorithm="AES_256", bits=256,
                           secret="\\x" + os.urandom(32).hex())


def create_certificate(session, name, subject):
    session.need_right("CREATE CERTIFICATE")
    if not _found(session, "symmetric_keys", MASTER):
        raise SqlError(15581)
    if _found(session, "certificates", name):
        raise SqlError(15232, name)
    session.catalog.insert("certificates", id=_next(session), name=name, subject=subject,
                           secret="\\x" + os.urandom(32).hex())


def _certificate(session, name):
    found = _found(session, "certificates", name)
    if found is None:
        raise SqlError(15151, "certificate", name)
    return int(found[0])


def create_key(session, name, algorithm, certificate):
    session.need_right("CREATE SYMMETRIC KEY")
    if _found(session, "symmetric_keys", name):
        raise SqlError(15282, name)
    bits = BITS[algorithm]
    session.catalog.insert("symmetric_keys", id=_next(session), name=name, guid=str(uuid.uuid4()),
                           algorithm=algorithm.upper(), bits=bits, certificate_id=_certificate(session, certificate),
                           secret="\\x" + os.urandom(bits // 8).hex())


def drop_master_key(session):
    if session.postgres.value("SELECT 1 FROM tds.certificates"):
        raise SqlError(15580, text="Cannot drop master key because certificate is encrypted by it.")
    session.postgres.query(f"DELETE FROM tds.symmetric_keys WHERE name = {quote(MASTER)}")


def drop(session, kind, name):
    table = {"certificate": "certificates", "symmetric key": "symmetric_keys"}[kind]
    found = _found(session, table, name)
    if found is None:
        raise SqlError(15151, kind, name)
    if kind == "certificate" and session.postgres.value(
            f"SELECT 1 FROM tds.symmetric_keys WHERE certificate_id = {found[0]}"):
        raise SqlError(15352, "certificate")
    session.postgres.query(f"DELETE FROM tds.{table} WHERE id = {found[0]}")


def open_key(session, name, certificate):
    session.need_right("CONTROL ON CERTIFICATE")
    by = _certificate(session, certificate)
    found = session.postgres.row("SELECT guid, certificate_id FROM tds.symmetric_keys "
                                 f"WHERE lower(name) = {quote(name.lower())}")
    if found is None:
        raise SqlError(15151, "symmetric key", name)
    if found[1] != str(by):
        raise SqlError(15315, name)
    session.set_open_keys([*session.open_keys, found[0]])


def close_key(session, name):
    guid = session.postgres.value(f"SELECT guid FROM tds.symmetric_keys WHERE lower(name) = {quote(name.lower())}")
    if guid not in session.open_keys:
        raise SqlError(15315, name)
    session.set_open_keys([each for each in session.open_keys if each != guid])
