"""A database that holds every kind of object that pg_dump carries, and what tells two such databases apart.

everything/*.sql are the objects, a file for each theme; everything/main.sql runs them all and asks the server's
version for what newer majors alone have. A restore that gives equal `schema_text` and no `differences` has carried all.
Not here: security labels, for which no stock server has a provider (test_security_labels.py), and tablespaces, which belong to the machine.
"""
import os
import re
from pathlib import Path

from psycopg import sql

SCRIPTS = Path(__file__).with_name("everything")
NAME = 'Every "thing" größe & co'
EXTENSION = f"holdfast_everything_{os.getpid()}"  # tests that run at the same time share the folder

# The extension's tables are configuration: users change their rows, and pg_dump carries those of the condition.
EXTENSION_CONTROL = "comment = 'has tables of configuration'\ndefault_version = '1.0'\nschema = holdfast_everything\n"
EXTENSION_SCRIPT = """
CREATE TABLE settings (name text PRIMARY KEY, value text, by_user boolean NOT NULL);
INSERT INTO settings VALUES ('builtin', 'comes with the extension', false);
CREATE TABLE log (id serial, what text);
CREATE SEQUENCE tickets START 100;
CREATE TABLE internal (a int);
INSERT INTO internal VALUES (1);
SELECT pg_extension_config_dump('settings', 'WHERE by_user');
SELECT pg_extension_config_dump('log', '');
SELECT pg_extension_config_dump('log_id_seq', '');
SELECT pg_extension_config_dump('tickets', '');
"""

_prepared = set()  # folders with the extension's files


def create(server, name=NAME):
    """Makes the database on a server and gives its name. It stays until the server goes: its subscriptions hold it."""
    prepare(server)
    locale = {"locale_provider": "icu", "icu_locale": "de-DE"} if server.major >= 15 else {}
    server.createdb(name, template="template0", encoding="UTF8", lc_collate="C.UTF-8", lc_ctype="C.UTF-8", **locale)
    _run_script(server, "main.sql", name)
    return name


def prepare(server):
    """Gives a server what it must have before it can take a restore of the database: roles and an extension's files."""
    _run_script(server, "roles.sql", "postgres")
    add_extension(server, EXTENSION, EXTENSION_SCRIPT)


def add_extension(server, name, script):
    """Gives a server the files of an extension whose name begins with EXTENSION, until the tests end."""
    folder = Path(server.psql("SELECT setting FROM pg_config WHERE name = 'SHAREDIR'")) / "extension"
    for left in folder.glob("holdfast_everything_*"):  # by tests that were killed
        if not Path("/proc", re.search(r"\d+", left.name)[0]).exists():
            left.unlink(missing_ok=True)
    (folder / f"{name}.control").write_text(EXTENSION_CONTROL)
    (folder / f"{name}--1.0.sql").write_text(script)
    _prepared.add(folder)


def remove_extension():
    """Takes the files of `prepare` away again, when no server needs them any more."""
    while _prepared:
        for file in _prepared.pop().glob(f"{EXTENSION}*"):
            file.unlink()


def _run_script(server, name, database):
    server.run("psql", "-X", "-q", "-o", os.devnull, "-v", "ON_ERROR_STOP=1", "-v", f"extension={EXTENSION}",
               "-d", server.dsn(database), "-f", SCRIPTS / name)


def add_large_row(server, database, megabytes=300):
    """One table with one row whose value takes that much room, uncompressed, in the table and on the wire."""
    server.psql(f"""
        CREATE TABLE public.large_row (id int PRIMARY KEY, value text);
        ALTER TABLE public.large_row ALTER value SET STORAGE EXTERNAL;
        INSERT INTO public.large_row SELECT 1, repeat(string_agg(md5(i::text), ''), {megabytes})
            FROM generate_series(1, 32768) i;""", db=database)


def add_small_tables(server, database, count=20_000):
    """Tables small.t1 and on, a key and a row in each. A dump locks all: the server needs max_locks_per_transaction
    of some 512 for 20,000 of them."""
    server.psql("CREATE SCHEMA small", db=database)
    server.psql(f"""
        DO $$BEGIN
            FOR i IN 1 .. {count} LOOP
                EXECUTE format('CREATE TABLE small.t%s (id int PRIMARY KEY, t text)', i);
                EXECUTE format('INSERT INTO small.t%s VALUES (%s, ''row'')', i, i);
                IF i % 500 = 0 THEN COMMIT; END IF;
            END LOOP;
        END$$""", db=database)


def schema_text(server, database, programs=None):
    """What pg_dump --schema-only says, without what names versions and the random keys that guard psql.

    `programs` is the server whose pg_dump is taken: texts are comparable when they come from the same program."""
    dump = (programs or server).run("pg_dump", "--schema-only", "--encoding", "UTF8",
                                    "-d", server.dsn(database, options="-cTimeZone=UTC"))
    return re.sub(r"^(\\(un)?restrict .*|-- Dumped (from|by) .*)\n", "", dump.stdout, flags=re.MULTILINE)


# What servers from a major on say in other words about the same object, each as a pattern and what takes its place.
QUALIFIER = re.compile(r'("(?:[^"]|"")+"|\b[^\W\d]\w*)\.(?=["\w*])')
OTHER_WORDS = (
    (14, r"^    multirange_type_name = .*\n", ""),  # the range of an older server gets its multirange in the restore
    (16, r"^CREATE (OR REPLACE )?(MATERIALIZED )?VIEW (?s:.*?);$", lambda view: QUALIFIER.sub("", view[0])),
    (17, r"\bSELECT,INSERT,REFERENCES,DELETE,TRIGGER,TRUNCATE,UPDATE\b", "ALL"),  # all there were before MAINTAIN
    (17, r"^( *MERGE INTO \S+) AS ", r"\1 "),  # from 17.12 on
    (17, r"^(ALTER DEFAULT PRIVILEGES .*)?GRANT MAINTAIN ON .*\n|\bMAINTAIN,", ""),
)


def in_common_words(text, *majors):
    """The text of `schema_text` without the differences that lie in how servers of these majors print."""
    for since, pattern, replacement in OTHER_WORDS:
        if min(majors) < since <= max(majors):
            text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    return re.sub(r"\n{2,}", "\n\n", text)


def differences(one, one_database, other, other_database):
    """What differs between two databases beyond the schema's text, a line for each; [] if they are equal."""
    left, right = contents(one, one_database), contents(other, other_database)
    return [f"{key}: {left.get(key, 'missing')} and {right.get(key, 'missing')}"
            for key in sorted(left.keys() | right.keys()) if left.get(key) != right.get(key)]


def contents(server, database):
    """Everything that `differences` compares, as {"table shop.orders": (rows, digest), "sequence …": …, …}."""
    found = {}
    with server.connect(database) as connection:
        for statement in PINNED:
            connection.execute(statement)
        for part in (_tables, _sequences, _large_objects, _materialized_views, _database, _settings, _subscriptions):
            found.update(part(connection))
    return found


PINNED = ("SET search_path = ''", "SET DateStyle = ISO", "SET IntervalStyle = postgres", "SET TimeZone = 'UTC'",
          "SET bytea_output = hex", "SET extra_float_digits = 1", "SET row_security = off",
          "SET client_encoding = UTF8", "SET standard_conforming_strings = on",
          "SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ('statement_timeout',"
          " 'transaction_timeout')")

# Ordinary tables, materialized views with rows, and of partitioned tables the partitions; where the key is the hash
# of an enum, rows change partitions on the way, so that the partitioned table is compared in their place.
TABLES = """
    WITH moving AS (
        SELECT partrelid FROM pg_partitioned_table p
        WHERE partstrat = 'h' AND EXISTS (SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = atttypid
                                          WHERE attrelid = partrelid AND attnum = ANY (partattrs) AND typtype = 'e'))
    SELECT n.nspname, c.relname, c.relkind = 'p',
           ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
                 ORDER BY attname COLLATE "C")
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE n.nspname !~ '^(pg_|information_schema)'
      AND CASE relkind WHEN 'p' THEN c.oid IN (SELECT * FROM moving)
                       WHEN 'm' THEN relispopulated
                       WHEN 'r' THEN NOT EXISTS (SELECT FROM moving, pg_partition_ancestors(c.oid)
                                                 WHERE relid = partrelid) END
"""


def _tables(connection):
    """Rows in any order, columns in the order of their names: pg_dump may change the place of an inherited one."""
    for schema, table, partitioned, columns in connection.execute(TABLES).fetchall():
        digest = sql.SQL("""
            SELECT count(*), md5(string_agg(line, '' ORDER BY line COLLATE "C"))
            FROM (SELECT md5(ROW({})::text) AS line FROM {} {}) AS lines""")
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        scope = sql.SQL("" if partitioned else "ONLY")
        row = connection.execute(digest.format(names, scope, sql.Identifier(schema, table))).fetchone()
        yield f"table {schema}.{table}", row


def _sequences(connection):
    names = connection.execute("SELECT schemaname, sequencename FROM pg_sequences").fetchall()
    for name in names:
        state = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(*name))
        yield f"sequence {'.'.join(name)}", connection.execute(state).fetchone()


def _large_objects(connection):
    rows = connection.execute(f"""
        SELECT oid, lomowner::regrole::text, {_sorted_grants('lomacl', 'L', 'lomowner')},
               obj_description(oid, 'pg_largeobject'), length(lo_get(oid)), md5(lo_get(oid))
        FROM pg_largeobject_metadata""")
    return {f"large object {oid}": row for oid, *row in rows}


def _materialized_views(connection):
    rows = connection.execute("SELECT schemaname, matviewname, ispopulated FROM pg_matviews")
    return {f"populated {schema}.{name}": populated for schema, name, populated in rows}


def _database(connection):
    row = connection.execute(f"""
        SELECT datdba::regrole::text, pg_encoding_to_char(encoding), datcollate, datctype,
               coalesce(j ->> 'datlocprovider', 'c'), coalesce(j ->> 'datlocale', j ->> 'daticulocale'),
               datconnlimit, datistemplate, datallowconn, {_sorted_grants('datacl', 'd', 'datdba')},
               shobj_description(d.oid, 'pg_database')
        FROM pg_database d, to_jsonb(d) j WHERE datname = current_database()""").fetchone()
    names = ("owner", "encoding", "collate", "ctype", "provider", "locale", "connection limit", "is template",
             "allows connections", "grants", "comment")
    return {f"database's {name}": value for name, value in zip(names, row, strict=True)}


def _settings(connection):
    rows = connection.execute("""
        SELECT CASE setrole WHEN 0 THEN 'all' ELSE setrole::regrole::text END, setting
        FROM pg_db_role_setting, unnest(setconfig) setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())""")
    return {f"setting for {role}: {setting}": True for role, setting in rows}


def _subscriptions(connection):
    rows = connection.execute("""
        SELECT subname, subenabled FROM pg_subscription
        WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())""")
    return {f"subscription {name} is enabled": enabled for name, enabled in rows}


def _sorted_grants(acl, kind, owner):
    return (f"(SELECT string_agg(g::text, ' ' ORDER BY g::text COLLATE \"C\")"
            f" FROM unnest(coalesce({acl}, acldefault('{kind}', {owner}))) g)")
