"""Who may see a job's error and its log may not read rows: neither names their values, also where PostgreSQL does."""
import pytest

from support.shop import good_backup, restore, server, service, shop  # noqa: F401
from test_migration_jobs import world  # noqa: F401

WORD = "471147"  # a value of a row, and nothing else
MISSING = f"""CREATE TABLE a (i int PRIMARY KEY); CREATE TABLE b (i int CONSTRAINT to_a REFERENCES a);
    SET session_replication_role = replica; INSERT INTO b VALUES ({WORD})"""
TWICE = f"""CREATE TABLE a (i int PRIMARY KEY, n int); CREATE FUNCTION one(i int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT i';
    CREATE UNIQUE INDEX just ON a (public.one(n)); INSERT INTO a VALUES (1, {WORD}), (2, {WORD} + 1);
    CREATE OR REPLACE FUNCTION one(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
        $$ BEGIN RAISE WARNING 'value %', i; RETURN 0; END $$"""
SYNTAX = f"""CREATE FUNCTION good(i int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT true';
    CREATE TABLE a (i int, n int CHECK (public.good(n))); INSERT INTO a VALUES (1, {WORD});
    CREATE OR REPLACE FUNCTION good(i int) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT (i || 'x')::int > 0 $$"""
NAME = f"""CREATE TABLE a (i int PRIMARY KEY, n regclass); CREATE INDEX s{WORD} ON a (n);
    INSERT INTO a VALUES (1, 's{WORD}')"""  # there is no such index yet when rows are loaded
REFUSED = pytest.mark.parametrize(("sql", "told"), [
    (MISSING, ["schema public, table b", "constraint to_a", "(23503)"]),
    (TWICE, ["schema public, table a", "constraint just", "(23505)"]),
    (SYNTAX, ["public.a: ", "(22P02)"]),
    (NAME, ["COPY a, line 1, column n (42P01)"]),
], ids=["key", "index", "line", "name"])


@REFUSED
def test_a_migration_into_postgresql_that_is_refused_names_no_values_of_rows(world, sql, told):
    source = world.database(sql)
    done = world.run("/migrations", source, **world.new(), backup="none")
    said = world.admin.get(f"/jobs/{done['id']}?lines=500", expect=200).body.decode()
    assert done["state"] == "failed" and WORD not in said, said
    assert all(each in done["error"]["message"] for each in told), done


@REFUSED
def test_a_restore_that_is_refused_names_no_values_of_rows(service, shop, server, sql, told):
    server.psql(sql, service.shop)
    service.worker()
    done = service.wait(restore(service, good_backup(service, shop), database_id=shop))
    said = str(service.sql("SELECT to_jsonb(j) FROM job j") + service.sql("SELECT message FROM job_log"))
    assert done["state"] == "failed" and WORD not in said, said
    assert all(each in done["error"]["message"] for each in told), done


def test_what_has_no_values_is_said_in_the_words_of_the_server(service, shop, server):
    server.psql("SET check_function_bodies = off; CREATE FUNCTION two(i int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT i'; CREATE INDEX ON item "
                "(public.two(i)); CREATE OR REPLACE FUNCTION two(i int) RETURNS int IMMUTABLE LANGUAGE sql AS "
                "'SELECT lost(i)'", service.shop)
    service.worker()
    done = service.wait(restore(service, good_backup(service, shop), database_id=shop))
    assert done["state"] == "failed" and "function lost(integer) does not exist (42883)" in done["error"]["message"], done
