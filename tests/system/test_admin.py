"""The command line that administers the service: init, user, token, server, schedule, job, audit. No program of the
service runs, and no Redis: the command line does its work without them."""
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest


class Installation:
    """An installation in a folder, made by `holdfast init`; admin("user", "list") gives the parsed answer."""

    def __init__(self, holdfast, server, catalog, folder):
        self.run, self.server, self.catalog, self.folder = holdfast, server, catalog, folder
        self.role = f"{catalog}role"
        self.configuration = folder / "holdfast.conf"
        self.configuration.write_text(
            f"[catalog]\nconninfo = {server.dsn(catalog, user=self.role)}\n"
            f"[redis]\naddress = unix:{folder}/nothing.sock\n"
            f"[service]\nsecret_file = {folder}/secret\nstorage_roots = {folder}\n"
            f"audit_anchor = {folder}/anchor\ntrust_catalog_server = yes\n")

    def init(self, *arguments, **options):
        return self.run("init", "--owner", self.server.dsn(self.catalog), "--service-role", self.role, "--config",
                        self.configuration, *arguments, **options)

    def __call__(self, noun, verb, *arguments, fails=False):
        done = self.run(noun, verb, *arguments, "--json", "--config", self.configuration, check=False)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        answer = json.loads(done.stdout) if done.stdout else {"ok": False}
        assert answer["ok"] != fails
        return done if fails else answer

    def sql(self, query):
        with self.server.connect(self.catalog, options="-c search_path=holdfast") as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else None


@pytest.fixture
def fresh(holdfast, postgres, database, tmp_path):
    """An installation before its init."""
    server = postgres(15)
    installation = Installation(holdfast, server, database(server), tmp_path)
    yield installation
    with server.connect(installation.catalog) as connection:
        connection.execute(f"DROP OWNED BY {installation.role}")
    server.psql(f"DROP ROLE {installation.role}")


@pytest.fixture
def admin(fresh):
    fresh.init("--generate-password")
    return fresh


def test_init_makes_everything_once(fresh):
    first = json.loads(fresh.init("--json", "--user", "ada").stdout)
    assert first["from_version"] == 0 and first["to_version"] >= 1
    assert first["made_secret"] and first["made_account"] and len(first["password"]) >= 40
    assert stat.S_IMODE(Path(fresh.folder, "secret").stat().st_mode) == 0o600
    secret = Path(fresh.folder, "secret").read_text()

    second = json.loads(fresh.init("--json", "--user", "bob").stdout)
    assert second["from_version"] == second["to_version"] == first["to_version"]
    assert not second["made_secret"] and not second["made_account"] and second["password"] is None
    assert Path(fresh.folder, "secret").read_text() == secret
    assert fresh.sql("SELECT name, is_owner FROM account") == [("ada", True)]
    assert [user["role"] for user in fresh("user", "list")["items"]] == ["administrator"]


def test_several_inits_at_once_make_one_of_everything(fresh):
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda name: fresh.init("--json", "--user", name, "--generate-password", check=False),
                             ("ada", "bob", "eva")))
    assert [each.stderr for each in done] == ["", "", ""]
    said = [json.loads(each.stdout) for each in done]
    for member in ("made_secret", "made_account"):
        assert [each[member] for each in said].count(True) == 1
    assert [each["password"] is not None for each in said] == [each["made_account"] for each in said]
    assert fresh.sql("SELECT count(*) FROM account") == fresh.sql("SELECT count(*) FROM organization") == [(1,)]
    assert sorted(path.name for path in fresh.folder.iterdir()) == ["holdfast.conf", "secret"]
    fresh("user", "list")


def test_init_prints_the_password_to_people_too_but_keeps_a_given_one(fresh, tmp_path):
    file = tmp_path / "password"
    file.write_text("correct horse battery\n")
    file.chmod(0o600)
    done = fresh.init("--user-password-file", file)
    assert "account is made: admin" in done.stdout and "password" not in done.stdout
    assert "correct horse" not in done.stdout + done.stderr
    assert fresh.sql("SELECT password LIKE 'scrypt$%' FROM account") == [(True,)]


def test_a_weak_password_makes_no_account(fresh, tmp_path):
    file = tmp_path / "password"
    file.write_text("short\n")
    file.chmod(0o600)
    assert fresh.init("--user-password-file", file, check=False).returncode == 2
    assert fresh.sql("SELECT count(*) FROM account") == [(0,)]
    fresh.init("--generate-password")
    assert fresh.sql("SELECT count(*) FROM account") == [(1,)]


def test_users_are_added_changed_and_removed(admin):
    made = admin("user", "add", "--name", "eva", "--role", "viewer", "--generate-password")
    assert made["user"]["role"] == "viewer" and len(made["password"]) >= 40
    before = admin.sql("SELECT password FROM account WHERE name = 'eva'")
    changed = admin("user", "change", "--name", "eva", "--role", "operator", "--full-name", "Eva E.", "--inactive",
                    "--generate-password")
    assert changed["user"]["role"] == "operator" and not changed["user"]["is_active"]
    assert admin.sql("SELECT password FROM account WHERE name = 'eva'") != before
    admin("user", "remove", "--name", "eva")
    assert [user["name"] for user in admin("user", "list")["items"]] == ["admin"]
    assert "eva" in admin("user", "remove", "--name", "eva", fails=True).stderr


def test_the_last_owner_stays(admin):
    assert admin("user", "change", "--name", "admin", "--inactive", fails=True).returncode == 1
    assert admin("user", "list")["items"][0]["is_active"]


def test_a_token_is_told_once(admin):
    made = admin("token", "add", "--name", "monitoring", "--role", "viewer", "--expires", "30d")
    assert made["token"].startswith("hft_")
    assert made["token"] not in str(admin("token", "list"))
    assert admin.sql("SELECT count(*) FROM token WHERE hint = 'hft_' || substr(hint, 5)") == [(1,)]
    admin("token", "remove", "--name", "monitoring")
    assert admin("token", "list")["items"] == []


def test_a_server_is_tested_and_its_databases_are_registered(admin, database):
    shop = database(admin.server)
    made = admin("server", "add", "--name", "main", "--host", "127.0.0.1", "--port", str(admin.server.port),
                 "--username", admin.server.user)["server"]
    assert made["check"]["ok"], made
    found = admin("server", "register", "--name", "main", "--database", shop)
    assert found == {"ok": True, "error": None, "added": 1, "databases": [shop]}
    assert admin("server", "register", "--name", "main")["added"] >= 1
    assert shop in [each["name"] for each in admin("server", "databases", "--name", "main")["items"]]
    assert admin("server", "register", "--name", "main", "--database", "nowhere", fails=True).returncode == 1
    changed = admin("server", "change", "--name", "main", "--port", "1", "--rename", "other")["server"]
    assert changed["name"] == "other" and not changed["check"]["ok"]
    assert not admin("server", "test", "--name", "other")["server"]["check"]["ok"]
    assert admin("server", "remove", "--name", "other", fails=True).returncode == 1  # it has databases


def furnish(admin, shop):
    """A server with one database, a storage and a key: what a schedule needs."""
    admin("server", "add", "--name", "main", "--host", "127.0.0.1", "--port", str(admin.server.port),
          "--username", admin.server.user)
    admin("server", "register", "--name", "main", "--database", shop)
    admin.sql("INSERT INTO storage (organization_id, name, kind, path) "
              f"SELECT id, 'disk', 'local', '{admin.folder}/disk' FROM organization")
    admin.sql("INSERT INTO key (organization_id, name, kind, recipient, fingerprint) "
              "SELECT id, 'escrow', 'recipient', 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kudv9ksqsegs5zk', 'f' "
              "FROM organization")


def test_a_schedule_runs_now_without_redis(admin, database):
    shop = database(admin.server)
    furnish(admin, shop)
    made = admin("schedule", "add", "--name", "nightly", "--cron", "0 3 * * *", "--time-zone", "Europe/Berlin",
                 "--server", "main", "--database", shop, "--storage", "disk", "--key", "escrow", "--keep-count", "7",
                 "--prefix", "shop-")["schedule"]
    assert made["next_run_at"] and made["keep_count"] == 7 and len(made["database_ids"]) == 1
    changed = admin("schedule", "change", "--name", "nightly", "--every", "12h", "--keep-count", "none", "--server",
                    "main", "--database-pattern", "*")["schedule"]
    assert changed["interval_s"] == 43200 and changed["cron"] is None and changed["keep_count"] is None
    assert changed["database_pattern"] == "*" and changed["database_ids"] == []
    assert admin("schedule", "disable", "--name", "nightly")["schedule"]["next_run_at"] is None
    jobs = admin("schedule", "run", "--name", "nightly")["run"]["job_ids"]
    assert len(jobs) == 1
    assert admin("schedule", "enable", "--name", "nightly")["schedule"]["next_run_at"]

    assert admin("job", "list", "--state", "queued")["items"][0]["id"] == jobs[0]
    shown = admin("job", "show", "--id", jobs[0])["job"]
    assert shown["kind"] == "backup" and shown["created_by"].startswith("cli ") and shown["log"] == []
    assert admin("job", "cancel", "--id", jobs[0])["state"] == "cancelled"
    assert admin("job", "cancel", "--id", jobs[0], fails=True).returncode == 1
    (find,) = admin("job", "list", "--state", "queued")["items"]  # of the pattern
    assert find["kind"] == "find" and admin("job", "cancel", "--id", find["id"])["state"] == "cancelled"
    admin("schedule", "remove", "--name", "nightly")


@pytest.mark.parametrize("arguments", [["--folder", "../x"], ["--prefix", "a/b"], ["--cron", "x", "--every", "8h"],
                                       ["--database-pattern", "*"], ["--keep-count", "many"], ["--cron", "* * *"]])
def test_a_schedule_that_cannot_be_is_refused(admin, database, arguments):
    shop = database(admin.server)
    furnish(admin, shop)
    given = ["--name", "bad", "--storage", "disk", "--key", "escrow"]
    given += [] if "--database-pattern" in arguments else ["--database", shop]
    given += [] if "--cron" in arguments else ["--every", "8h"]
    if "--every" in arguments:
        given.remove("--every") if "--every" in given else None
    assert admin("schedule", "add", *given, *arguments, fails=True).returncode == 2
    assert admin("schedule", "list")["items"] == []


def test_every_change_is_in_the_audit_log_and_a_changed_row_is_found(admin):
    admin("user", "add", "--name", "eva", "--role", "viewer", "--generate-password")
    admin("token", "add", "--name", "t", "--role", "viewer")
    events = admin("audit", "list")["items"]
    assert [event["action"] for event in events] == ["token.create", "user.create", "account.create"]
    assert all(event["actor"].startswith("cli ") for event in events)
    assert [event["action"] for event in admin("audit", "list", "--action", "user.create")["items"]] == ["user.create"]
    assert admin("audit", "verify")["rows"] == 3
    admin.sql("ALTER TABLE audit_event DISABLE TRIGGER ALL")
    admin.sql("UPDATE audit_event SET actor = 'nobody' WHERE action = 'user.create'")
    assert admin("audit", "verify", fails=True).returncode == 1


def test_with_several_organizations_one_is_named(admin):
    admin.sql("INSERT INTO organization (name) VALUES ('second')")
    assert "--organization" in admin("user", "list", fails=True).stderr
    admin("user", "join", "--name", "admin", "--role", "viewer", "--organization", "second")
    assert [user["role"] for user in admin("user", "list", "--organization", "second")["items"]] == ["viewer"]
    assert admin("user", "list", "--organization", "third", fails=True).returncode == 1


@pytest.mark.parametrize("noun", ["user", "token", "server", "schedule", "job", "audit"])
def test_a_verb_must_be_said(holdfast, noun):
    for arguments in ([], ["dance"], ["--json"]):
        done = holdfast(noun, *arguments, check=False)
        assert done.returncode == 2 and "list" in done.stderr


def test_people_get_tables(admin):
    lines = admin.run("user", "list", "--config", admin.configuration).stdout.splitlines()
    assert lines[0].split() == ["NAME", "FULL", "NAME", "ROLE", "OWNER", "ACTIVE"]
    assert lines[1].split() == ["admin", "administrator", "true", "true"]
    assert admin.run("token", "list", "--config", admin.configuration).stdout == "there are none\n"
