"""Migrations into SQL Server as jobs: encrypted columns, and a backup as the source."""

import pytest

from support.jobs import Watcher, kill_job, lines_of
from support.tds_clients import tsql
from test_migration_jobs import PARTS, backups_of, faults, is_loaded, report_of, there, wait_for, world

PEOPLE = """CREATE TABLE people (id int PRIMARY KEY, name text, card text);
    INSERT INTO people SELECT n, 'name ' || n, 'card ' || n FROM generate_series(1, 20) n"""
MASTER = "It's long enough 1"


@pytest.fixture(scope="module")
def people(world):
    return world.database(PEOPLE)


def everything_said(world, job):
    """All that the catalog keeps of a job and its like, and what the API gives of it."""
    rows = world.service.sql("SELECT to_jsonb(j) FROM job j") + world.service.sql("SELECT to_jsonb(a) FROM audit_event a")
    return str(rows) + world.admin.get(f"/jobs/{job}?lines=500", expect=200).body.decode()


def test_columns_are_encrypted_with_a_master_key_whose_password_is_not_kept(world, there, people):
    to = there.into(encrypt=["public.people.card"], encryption_key="default")
    failed = world.run("/migrations", people, **to)
    assert failed["state"] == "failed" and "no master key" in failed["error"]["message"], failed
    assert "master_key_password" in failed["error"]["message"]
    short = world.run("/migrations", people, **to, master_key_password="short!!")
    assert short["state"] == "failed" and "8 to 128 characters" in short["error"]["message"]
    assert "short!!" not in everything_said(world, short["id"])

    assessed = world.run("/assessments", people, encrypt=to["encrypt"], encryption_key="default", master_key_password=MASTER)
    assert assessed["state"] == "succeeded", assessed
    done = world.run("/migrations", people, **to, master_key_password=MASTER)
    assert done["state"] == "succeeded" and done["result"]["proved"], done
    for job, noun in ((assessed, "assessment"), (done, "migration")):
        log = [line["message"] for line in world.admin.get(f"/jobs/{job['id']}?lines=500", expect=200).json["log"]]
        assert f"attempt 1 of the {noun} begins" in log and f"the {noun} is done" in log
    report = world.admin.get(f"/jobs/{done['id']}/report", expect=200).json
    told = report["assessment"]["encryption"]
    assert told["key"] == "holdfast_key" and told["views"] == ["[dbo].[people_decrypted]"]
    found = tsql(there.peer, f"{told['open']}; SELECT count(*), max(card) FROM people_decrypted; {told['close']}",
                 database=to["database_name"])
    assert found == [["20", "card 9"]]
    assert tsql(there.peer, "SELECT count(*) FROM people_decrypted WHERE card IS NULL", database=to["database_name"]) == [["20"]]
    assert "long enough" not in everything_said(world, done["id"]) and "long enough" not in str(report)
    assert world.service.sql("SELECT count(*) FROM job WHERE secret IS NOT NULL") == [(0,)]


def test_a_password_for_once_and_one_of_the_master_key_go_together(world, there, people):
    asked = there.register(world, "asked for keys")
    to = there.into(mssql_server_id=asked, encrypt=["public.people.name"], encryption_key="default")
    done = world.run("/migrations", people, **to, password=there.peer.password, master_key_password=MASTER)
    assert done["state"] == "succeeded" and done["result"]["proved"], done


def test_a_key_that_is_there_is_named_with_its_certificate(world, there, people):
    to = there.into(encrypt=["public.people.card"], encryption_key="nobody's", encryption_certificate="none")
    done = world.run("/migrations", people, **to)
    assert done["state"] == "failed" and "nobody's" in done["error"]["message"], done
    done = world.run("/migrations", people, **there.into(encrypt=["public.people.id"], encryption_key="default"))
    assert done["state"] == "failed" and "primary key" in done["error"]["message"], done


@pytest.mark.parametrize("body, said", [
    ({"encrypt": ["public.people.card"]}, "no key is chosen: default, or the name of one of the target"),
    ({"encryption_key": "default"}, "a key is chosen, and no column to encrypt"),
    ({"encrypt": ["public.people.card"], "encryption_key": "mine"}, "opened by a certificate"),
    ({"encrypt": ["public.people.card"], "encryption_key": "mine", "encryption_certificate": "its", "master_key_password": MASTER},
     'master_key_password is for the encryption_key "default"'),
    ({"mode": "new", "database_name": "x", "encrypt": ["public.people.card"]}, "encrypt is for a migration into SQL Server"),
])
def test_what_does_not_go_together_is_refused_without_the_password(world, people, body, said):
    if body.get("mode"):
        body = {**body, "server_id": world.server_id}
    for route in ("/assessments", "/migrations"):
        detail = world.refused(route, people, **body)
        assert said in detail and "long enough" not in detail


# ---- What is proved and has not ended -------------------------------------------------------------------------------

OTHERS = "CREATE TABLE holdfast_migration (plan_digest nvarchar(32) NOT NULL); INSERT INTO holdfast_migration VALUES (N'another')"


def notes_in(there, to):
    """The migration's own tables that are in the target."""
    return tsql(there.peer, "SELECT name FROM sys.tables WHERE name LIKE 'holdfast[_]%'", database=to["database_name"])


def is_proved(world, job):
    return world.service.sql("SELECT step FROM job WHERE id = %s", job)[0][0].startswith("proved")


def ends_by_itself(world, job, rows):
    done = Watcher(world.admin, job).end()
    assert done["state"] == "succeeded" and done["attempt"] == 2, done
    result = done["result"]
    assert result["proved"] and result["line"].startswith("proved: ") and result["rows"] == rows, done
    report = report_of(world, job)
    assert report["proved"] and report["line"] == result["line"] and report["moved"][0]["equal"]
    log = [text for _, text in lines_of(world.service, job)]
    assert log.count("the attempt that was lost had proved that both sides are equal") == 1


@pytest.fixture
def dies(world, there, faults):
    """dies(ask, to, meanwhile) asks for a job, and kills it between the last statement of its migration and its end."""
    def dies(ask, to, meanwhile=None):
        held = faults("batch", "hold", matching="DROP TABLE")
        job = ask()
        wait_for(lambda: is_proved(world, job), "the proof")
        with world.server.connect(world.service.catalog) as holder:
            holder.execute("BEGIN")
            holder.execute("SELECT FROM holdfast.job WHERE id = %s FOR UPDATE", [job])
            held.unlink()
            wait_for(lambda: not notes_in(there, to), "the last statement")
            kill_job(world.service, job)
            if meanwhile is not None:
                tsql(there.peer, meanwhile, database=to["database_name"])
        return job

    return dies


def test_an_attempt_that_follows_one_that_died_after_its_last_statement_ends_the_job(world, there, people, dies):
    to = there.into()
    job = dies(lambda: world.ask("/migrations", people, **to), to)
    ends_by_itself(world, job, 20)
    assert tsql(there.peer, "SELECT name FROM sys.tables", database=to["database_name"]) == [["people"]]


def test_what_another_migration_notes_in_the_target_meanwhile_stays(world, there, people, dies):
    to = there.into()
    job = dies(lambda: world.ask("/migrations", people, **to), to, meanwhile=OTHERS)
    ends_by_itself(world, job, 20)
    assert notes_in(there, to) == [["holdfast_migration"]]


def test_an_attempt_that_follows_one_that_died_before_its_last_statement_takes_its_notes_away(world, there, people, faults):
    to = there.into()
    faults("batch", "hold", matching="DROP TABLE")
    job = world.ask("/migrations", people, **to)
    wait_for(lambda: is_proved(world, job), "the proof")
    kill_job(world.service, job)
    there.peer.clear_faults()
    ends_by_itself(world, job, 20)
    assert notes_in(there, to) == []


# ---- From a backup --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def escrow(world, holdfast, tmp_path_factory):
    """A key whose secret the service does not have: its id and the secret."""
    file = tmp_path_factory.mktemp("escrow") / "key"
    recipient = holdfast("keygen", "--out", file).stderr.removeprefix("Public key: ").strip()
    secret = next(line for line in file.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-1"))
    key = world.admin.post("/keys", {"name": "escrow", "kind": "recipient", "recipient": recipient}, expect=201).json["id"]
    return key, secret


def back_up(world, escrow, sql):
    """Of a database that is gone since, for a key that is not here: the members that make it the source."""
    gone = world.database(sql)
    asked = {"database_id": gone["id"], "key_ids": [escrow[0]]}
    job = world.admin.post("/backups", asked, expect=202).json["job_id"]
    assert Watcher(world.admin, job).end()["state"] == "succeeded"
    world.server.dropdb(gone["name"])
    (made,) = backups_of(world, job)
    return {"backup_id": made["id"], "scratch_server_id": world.server_id, "identity": escrow[1], "name": gone["name"]}


@pytest.fixture(scope="module")
def backup(world, escrow):
    return back_up(world, escrow, PARTS)


def ask(world, route, backup, **body):
    body = {**{name: value for name, value in backup.items() if name != "name"}, **body}
    world.jobs.append(world.admin.post(route, body, expect=202).json["job_id"])
    return world.jobs[-1]


def run(world, route, backup, **body):
    return Watcher(world.admin, ask(world, route, backup, **body)).end()


def scratches(world):
    return world.server.psql("SELECT datname FROM pg_database WHERE datname ~ '_hf_scratch_'").split()


def test_a_backup_is_assessed_in_a_scratch_database_that_goes(world, backup):
    done = run(world, "/assessments", backup)
    assert done["state"] == "succeeded" and (done["result"]["tables"], done["result"]["rows"]) == (3, 300), done
    assert done["backup_id"] == backup["backup_id"] and done["database_id"] is None
    report = world.admin.get(f"/jobs/{done['id']}/report", expect=200).json
    assert report["assessment"]["database"] == backup["name"]
    assert scratches(world) == [] and backup["identity"] not in everything_said(world, done["id"])
    wrong = run(world, "/assessments", backup, identity=None)
    assert (wrong["state"], wrong["error"]["code"]) == ("failed", "wrong-key") and scratches(world) == []


def test_a_backup_is_migrated_and_proved_without_its_database(world, there, backup):
    asked = there.register(world, "asked for a backup")
    to = {name: value for name, value in there.into(mssql_server_id=asked).items() if name != "others"}
    done = run(world, "/migrations", backup, **to, password=there.peer.password, encrypt=["public.t1.t"],
               encryption_key="default", master_key_password=MASTER)
    assert done["state"] == "succeeded" and done["result"]["proved"] and there.count(to, "t3") == "100", done
    assert scratches(world) == [] and done["backup_id"] == backup["backup_id"]
    said = everything_said(world, done["id"])
    assert backup["identity"] not in said and "long enough" not in said and there.peer.password not in said
    objects = world.service.sql("SELECT object_kind, object_id FROM audit_event WHERE action = 'migrate.request' "
                                "ORDER BY seq DESC LIMIT 1")
    assert [(kind, str(id)) for kind, id in objects] == [("backup", backup["backup_id"])]


def into(there):
    return {name: value for name, value in there.into().items() if name != "others"}


def test_an_attempt_that_follows_a_dead_one_removes_its_scratch_database_and_goes_on(world, there, backup, faults):
    to = into(there)
    faults("bulk end", "hold", matching="t2")
    job = ask(world, "/migrations", backup, **to)
    wait_for(lambda: is_loaded(there, to), "the first part")
    left, = scratches(world)
    kill_job(world.service, job)
    there.peer.clear_faults()
    done = Watcher(world.admin, job).end()
    assert done["state"] == "succeeded" and done["attempt"] == 2 and done["result"]["proved"], done
    log = [line["message"] for line in world.admin.get(f"/jobs/{job}?lines=500").json["log"]]
    assert f"{left}, of an attempt that was lost, is removed" in log and scratches(world) == []
    assert there.count(to, "t2") == "100"


def test_a_backup_that_was_proved_by_a_dead_attempt_is_not_read_again(world, there, backup, dies):
    to = into(there)
    job = dies(lambda: ask(world, "/migrations", backup, **to), to)
    ends_by_itself(world, job, 300)
    assert scratches(world) == []


def test_the_error_of_a_backup_that_cannot_be_restored_names_no_values_of_rows(world, there, escrow):
    backup = back_up(world, escrow, "CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int REFERENCES a); "
                                    "SET session_replication_role = replica; INSERT INTO b VALUES (471147)")
    done = run(world, "/migrations", backup, **into(there))
    assert done["state"] == "failed" and "a database refused something while restoring the backup; the report says more" in (
        done["error"]["message"]), done
    assert "471147" not in everything_said(world, done["id"])
    assert "Key (i)=(471147) is not present" in report_of(world, done["id"])["detail"]


def test_a_cancelled_migration_of_a_backup_leaves_no_scratch_database(world, there, backup, faults):
    to = into(there)
    faults("bulk end", "hold", matching="t2")
    job = ask(world, "/migrations", backup, **to)
    wait_for(lambda: is_loaded(there, to), "the first part")
    refused = world.admin.delete(f"/servers/{world.server_id}", expect=409).json["detail"]
    assert "queued or running" in refused
    world.admin.post(f"/jobs/{job}/cancel", expect=202)
    assert Watcher(world.admin, job).end()["state"] == "cancelled"
    there.peer.clear_faults()
    assert scratches(world) == []


def test_backups_and_scratch_servers_of_others_are_not_found(world, backup):
    stranger = world.service.organization("scratch-stranger")
    asked = {"backup_id": backup["backup_id"], "scratch_server_id": world.server_id}
    own = stranger.post("/servers", {"name": "own", "host": "127.0.0.1", "port": world.server.port, "username": "postgres"},
                        expect=201).json["id"]
    for route in ("/assessments", "/migrations"):
        stranger.post(route, asked, expect=404)
        stranger.post(route, {**asked, "scratch_server_id": own}, expect=404)
        world.admin.post(route, {**asked, "scratch_server_id": own}, expect=404)


@pytest.mark.parametrize("change, said", [
    ({"scratch_server_id": None}, "the source is database_id; or backup_id with scratch_server_id"),
    ({"backup_id": None}, "the source is database_id; or backup_id with scratch_server_id"),
    ({"database_id": "people"}, "the source is database_id; or backup_id with scratch_server_id"),
    ({"mode": "new", "database_name": "x"}, "POST /restores"),
    ({"others": "go_on"}, "others is for a live database"),
    ({"scratch_server_id": "far"}, "serve the scratch server"),
])
def test_what_does_not_go_with_a_backup_is_refused(world, people, backup, change, said):
    if change.get("database_id"):
        change = {"database_id": people["id"]}
    if change.get("scratch_server_id") == "far":
        far = {"name": "far for a backup", "host": "127.0.0.1", "port": world.server.port, "username": "postgres", "pool": "far"}
        change = {"scratch_server_id": world.admin.post("/servers", far, expect=201).json["id"]}
    body = {"backup_id": backup["backup_id"], "scratch_server_id": world.server_id, **change}
    for route in ("/assessments", "/migrations"):
        assert said in world.admin.post(route, body, expect=400).json["detail"]
