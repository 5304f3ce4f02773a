"""Migrations into SQL Server as jobs: encrypted columns."""
import pytest

from support.tds_clients import tsql
from test_migration_jobs import faults, there, world

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
    ({"encrypt": ["public.people.card"]}, "which columns, and by which key"),
    ({"encryption_key": "default"}, "which columns, and by which key"),
    ({"encrypt": ["public.people.card"], "encryption_key": "mine"}, "belong together"),
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
