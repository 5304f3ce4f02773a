"""holdfast migrate --test: whether a migration could go into a SQL Server, step by step."""
import json
import socket
import threading

import pytest

from support.tds_clients import tsql

STEPS = ["name", "port", "tls", "login", "rights", "version", "collation", "space", "keys"]


@pytest.fixture(scope="module")
def server(mssql):
    """One that offers what a test wants of it."""
    server = mssql(fresh=True)
    server.create_database("shop")
    return server


@pytest.fixture
def check(holdfast, server, tmp_path):
    """check(*options, **of the call) is {step: (state, detail, fix)}; it exits with 1 if one failed."""
    def run(*options, at=server, password=None, **more):
        secret = tmp_path / "password"
        secret.write_text((password or at.password) + "\n")
        secret.chmod(0o600)
        to = {"--to-mssql": f"{at.host}:{at.port}", "--to-database": "shop", "--to-user": at.login,
              "--to-root": at.root, "--password-file": secret} | more
        arguments = [each for pair in to.items() if pair[1] is not None for each in pair]
        done = holdfast("migrate", *arguments, *options, "--test", "--json", check=False)
        found = json.loads(done.stdout)
        steps = {each["name"]: (each["state"], each["detail"], each["fix"]) for each in found["steps"]}
        assert list(steps) == STEPS and all(fix for state, _, fix in steps.values() if state in ("failed", "warning"))
        failed = [detail for state, detail, _ in steps.values() if state == "failed"]
        assert found["ok"] == (not failed) == (done.returncode == 0)
        assert found["message"] == (failed[0] if failed else "") and (not failed or failed[0] in done.stderr)
        return steps
    yield run
    server.offer()
    server.set_growth(8192)


def states(steps):
    return [state for state, _, _ in steps.values()]


def failed_at(steps, name):
    """Its detail and what to do; what comes before it was well, and what comes after it was not tried."""
    at = STEPS.index(name)
    assert set(states(steps)[:at]) <= {"ok", "warning"} and steps[name][0] == "failed"
    assert set(states(steps)[at + 1:]) <= {"skipped"}
    return steps[name][1:]


def test_all_is_well(check, server, holdfast):
    found = check()
    assert states(found) == ["ok"] * len(STEPS)
    assert "CN=localhost for 127.0.0.1, localhost by CN=Holdfast tests root, until 20" in found["tls"][1]
    assert found["rights"][1] == "db_owner" and found["version"][1].startswith("15.0.2000")
    assert "grows without a limit" in found["space"][1]
    assert "the disk of the data has 1.1 TB free" in found["space"][1]
    assert found["keys"][1] == "nothing is to be encrypted; the database has no symmetric keys"


def test_a_name_that_nobody_knows(check):
    detail, fix = failed_at(check(**{"--to-mssql": "nobody.invalid"}), "name")
    assert detail.startswith("nobody.invalid is not known: ") and "spelling" in fix


def test_a_port_where_nothing_listens(check):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        detail, fix = failed_at(check(**{"--to-mssql": f"127.0.0.1:{port}"}), "port")
    assert f"nothing answers at 127.0.0.1, port {port}: Connection refused" == detail and "firewall" in fix


def test_an_instance_that_the_browser_knows_and_one_that_it_does_not(check, mssql):
    server = mssql(instance="SALES")
    if "shop" not in server._settings["databases"]:
        server.create_database("shop")
    found = check(at=server, **{"--to-mssql": f"{server.host}\\SALES"})
    assert states(found) == ["ok"] * len(STEPS)
    assert found["port"][1] == f"something listens at {server.host}, port {server.port}"
    detail, fix = failed_at(check(at=server, **{"--to-mssql": f"{server.host}\\OTHER"}), "port")
    assert "tells no TCP port of an instance OTHER" in detail and "Browser" in fix


def test_what_speaks_no_tds(check):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        other.settimeout(60)
        def answer():
            connection, _ = other.accept()
            with connection:
                connection.recv(100)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        thread = threading.Thread(target=answer)
        thread.start()
        detail, fix = failed_at(check(**{"--to-mssql": f"127.0.0.1:{port}"}), "tls")
        thread.join()
    assert "is it a SQL Server?" in detail or "closed" in detail


@pytest.mark.parametrize("certificate, reason, remedy", [
    ("of_other_root", "unable to get local issuer certificate", "root"),
    ("of_other_name", "IP address mismatch", "elsewhere.example"), ("expired", "certificate has expired", "new")])
def test_a_certificate_that_is_not_trusted(check, server, certificate, reason, remedy):
    server.offer(certificate=certificate)
    detail, fix = failed_at(check(), "tls")
    assert reason in detail and "until " in detail and remedy in fix
    found = check("--to-any-certificate", **{"--to-root": None})
    assert found["tls"][0] == "warning" and "would be refused: " in found["tls"][1]
    assert states(found)[3:] == ["ok"] * 6


def test_a_server_without_tls(check, server):
    server.offer(encryption="none")
    detail, fix = failed_at(check(), "tls")
    assert detail == "the server offers no encryption"


def test_a_login_that_is_refused(check):
    detail, fix = failed_at(check(password="wrong"), "login")
    assert "18456" in detail and "password" in fix
    detail, fix = failed_at(check(**{"--to-database": "nowhere"}), "login")
    assert "nowhere" in detail and "Create the database" in fix


def test_rights_that_are_missing_are_named(check, server):
    server.add_login("some", server.password, denied=["CREATE TABLE", "INSERT"])
    detail, fix = failed_at({**check(**{"--to-user": "some"}), "version": ("skipped", "", "")}, "rights")
    assert detail == "the login may not: CREATE TABLE, INSERT" and "ALTER ROLE db_owner ADD MEMBER [some]" in fix
    server.add_login("enough", server.password, denied=["VIEW SERVER STATE", "CREATE CERTIFICATE"])
    found = check(**{"--to-user": "enough"})
    assert found["rights"][:2] == ("ok", "all that is needed, without db_owner")
    assert "VIEW SERVER STATE" in found["space"][1]
    assert "CREATE CERTIFICATE" in check("--encryption-key", "default", **{"--to-user": "enough"})["rights"][1]


def test_an_old_version(check, server):
    server.offer(version=(13, 0, 5026))
    detail, fix = failed_at(check(), "version")
    assert detail.startswith("13.0.5026") and "2017" in fix


def test_files_that_do_not_grow(check, server):
    server.set_growth(0)
    found = check()
    assert found["space"][0] == "warning" and "does not grow" in found["space"][1]


def test_the_key_that_was_chosen(check, server):
    tsql(server, "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Long enough 1'; CREATE CERTIFICATE c WITH SUBJECT = 'c';"
                 "CREATE CERTIFICATE other WITH SUBJECT = 'other';"
                 "CREATE SYMMETRIC KEY strong WITH ALGORITHM = AES_256 ENCRYPTION BY CERTIFICATE c;"
                 "CREATE SYMMETRIC KEY weak WITH ALGORITHM = AES_128 ENCRYPTION BY CERTIFICATE c", database="shop")
    found = check("--encryption-key", "strong", "--encryption-certificate", "c")
    assert found["keys"][:2] == ("ok", "strong is there, is of AES_256, and opens by the certificate c")
    assert "strong (AES_256), weak (AES_128)" in check("--encryption-key", "default")["keys"][1]
    for key, certificate, words in (("weak", "c", "of AES_128"), ("gone", "c", "no symmetric key gone"),
                                    ("strong", "gone", "no certificate gone"), ("strong", "other", "15315")):
        detail, _ = failed_at(check("--encryption-key", key, "--encryption-certificate", certificate), "keys")
        assert words in detail


def test_people_read_a_table_of_steps(holdfast, server, tmp_path):
    secret = tmp_path / "password"
    secret.write_text("wrong\n")
    secret.chmod(0o600)
    done = holdfast("migrate", "--to-mssql", f"{server.host}:{server.port}", "--to-database", "shop", "--to-user", "sa",
                    "--to-root", server.root, "--password-file", secret, "--test", check=False)
    assert done.returncode == 1 and "failed" in done.stdout and "Give user and password again" in done.stdout
    assert "wrong" not in done.stdout + done.stderr
