"""Tables that a migration leaves out on purpose: what needs them is told and stays behind, and nothing fails for it."""
import pytest

SOURCE = """
    CREATE SCHEMA shop;
    CREATE TABLE shop.people (id int PRIMARY KEY, name text, born date);
    INSERT INTO shop.people VALUES (1, 'anna', '1990-01-01');
    CREATE TABLE shop.orders (id int PRIMARY KEY, person int REFERENCES shop.people, price numeric(9, 2), day date);
    INSERT INTO shop.orders VALUES (7, 1, 12.50, '2024-02-29');
    CREATE TABLE shop.days (day date NOT NULL) PARTITION BY RANGE (day);
    CREATE TABLE shop.days_2024 PARTITION OF shop.days FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    INSERT INTO shop.days VALUES ('2024-02-29');
    CREATE VIEW shop.names AS SELECT id, name FROM shop.people;
    CREATE VIEW shop.short_names AS SELECT id FROM shop.names;
    CREATE VIEW shop.cheap AS SELECT id FROM shop.orders WHERE price < 20;
    COMMENT ON VIEW shop.names IS 'of people';
    CREATE MATERIALIZED VIEW shop.buyers AS SELECT o.id, n.name FROM shop.orders o JOIN shop.names n ON n.id = o.person;
    CREATE INDEX ON shop.buyers (id);
    CREATE FUNCTION shop.first_person() RETURNS shop.people LANGUAGE sql AS 'SELECT * FROM shop.people LIMIT 1';
    CREATE FUNCTION shop.one() RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE TYPE shop.pair AS (one shop.people, two int);
    GRANT SELECT ON shop.names TO PUBLIC;
    CREATE POLICY own ON shop.orders USING (EXISTS (SELECT FROM shop.people p WHERE p.id = person));
"""
LEAVE = ("--exclude-table", "shop.people", "--exclude-table", "shop.days")
THERE = """SELECT string_agg(name, ' ' ORDER BY name) FROM (
    SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'shop'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
    UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'shop'::regnamespace
    UNION ALL SELECT conname::text FROM pg_constraint WHERE connamespace = 'shop'::regnamespace
    UNION ALL SELECT typname::text FROM pg_type WHERE typname = 'pair'
    UNION ALL SELECT polname::text FROM pg_policy) all_names"""


@pytest.fixture
def source(postgres, database):
    name = database(postgres(15))
    postgres(15).psql(SOURCE, db=name)
    return name


def test_what_needs_an_excluded_table_is_told_and_stays_behind(postgres, database, holdfast, source):
    server, to = postgres(15), f"{source}moved"
    done = holdfast("migrate", "--from", server.dsn(source), "--to", server.dsn(to), "--mode", "new", "--no-backup",
                    "--others", "go-on", "--json", *LEAVE)
    try:
        assert server.psql(THERE, db=to) == "cheap one orders orders_pkey"
        assert server.psql("SELECT price FROM shop.orders", db=to) == "12.50"
    finally:
        server.dropdb(to)
    report = done.json
    assert report["tables"] == report["tables_proved"] == 1
    told = " ".join(each["text"] for each in report["findings"])
    assert "left out on purpose: shop.days, shop.people" in told
    assert "orders_person_fkey of shop.orders to shop.people" in told
    needing = told.split("left out, because they need what is excluded: ")[1]
    for what in ("VIEW shop.names", "VIEW shop.short_names", "MATERIALIZED VIEW shop.buyers",
                 "FUNCTION shop.first_person()", "TYPE shop.pair", "POLICY shop.orders own"):
        assert what in needing


def test_a_backup_without_tables_is_restored(postgres, database, holdfast, source, tmp_path):
    server, to = postgres(15), f"{source}again"
    holdfast("backup", "--from", server.dsn(source), "--to", tmp_path / "a.hf", "--unencrypted", *LEAVE)
    holdfast("restore", "--from", tmp_path / "a.hf", "--to", server.dsn(to), "--mode", "new")
    try:
        assert server.psql(THERE, db=to) == "cheap one orders orders_pkey"
    finally:
        server.dropdb(to)


def test_sql_server_gets_all_but_what_is_excluded(postgres, holdfast, source):
    """A migration there does what its assessment says."""
    report = holdfast("assess", "--from", postgres(15).dsn(source), "--json", *LEAVE).json
    assert [each["table"] for each in report["tables"]] == ["shop.orders"]
    left = {(each["kind"], each["name"]): each["notes"] for each in report["objects"]
            if each["verdict"] == "left behind"}
    assert left["table", "shop.people"] == left["table", "shop.days"] == ["it was left out on purpose"]
    assert ("table", "shop.days_2024") not in left
    assert left["foreign key", "orders_person_fkey on shop.orders"] == ["shop.people does not go"]
    assert ("view", "shop.names") in left and ("view", "shop.cheap") not in left
