-- The database that the .dump files beside this are made of; every object kind that pg_dump's table of contents knows
-- and some names that a careless lexer would trip over. Load with psql into an empty database, as superuser.
SELECT current_setting('server_version_num')::int >= 140000 AS v14,
       current_setting('server_version_num')::int >= 150000 AS v15,
       current_setting('server_version_num')::int >= 170000 AS v17 \gset
SET client_min_messages = warning;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['toc_owner', 'toc_reader', 'toc_writer', 'to', 'session', 'mapping', 'Mixed Case',
                                'rôle "ünï"', 'from;--', 'items', 'PUBLIC'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I', name);
        END IF;
    END LOOP;
END
$$;

-- schemas, extension, language objects
CREATE SCHEMA shop AUTHORIZATION toc_owner;
CREATE SCHEMA "Odd ""Schema" AUTHORIZATION "rôle ""ünï""";
COMMENT ON SCHEMA shop IS 'GRANT ALL TO nobody; it''s a comment';
GRANT USAGE ON SCHEMA shop TO toc_reader;
GRANT CREATE ON SCHEMA public TO toc_writer;
CREATE EXTENSION citext WITH SCHEMA public;
CREATE EXTENSION postgres_fdw WITH SCHEMA public;

-- types
CREATE TYPE shop.mood AS ENUM ('sad', 'it''s ok', 'to');
CREATE TYPE shop.pair AS (a integer, b text);
CREATE TYPE shop.span AS RANGE (subtype = integer);
CREATE DOMAIN shop.positive AS integer CONSTRAINT is_positive CHECK (VALUE > 0);
ALTER TYPE shop.mood OWNER TO toc_owner;
ALTER DOMAIN shop.positive OWNER TO "Mixed Case";
ALTER DOMAIN shop.positive ADD CONSTRAINT is_small CHECK (VALUE < 200) NOT VALID;
COMMENT ON TYPE shop.mood IS 'how it goes';
COMMENT ON CONSTRAINT is_positive ON DOMAIN shop.positive IS 'above zero';
GRANT USAGE ON TYPE shop.mood TO "to";
CREATE TYPE shop.blob;
CREATE FUNCTION shop.blob_in(cstring) RETURNS shop.blob LANGUAGE internal IMMUTABLE STRICT AS 'byteain';
CREATE FUNCTION shop.blob_out(shop.blob) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'byteaout';
CREATE TYPE shop.blob (INPUT = shop.blob_in, OUTPUT = shop.blob_out, LIKE = bytea);
CREATE COLLATION shop.plain FROM "C";

-- functions, aggregates, operators, casts
CREATE FUNCTION shop.grant_to("to" integer, OUT "from" text) LANGUAGE sql AS $f$SELECT 'GRANT x TO toc_reader'$f$;
ALTER FUNCTION shop.grant_to(integer) OWNER TO toc_owner;
REVOKE ALL ON FUNCTION shop.grant_to(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shop.grant_to(integer) TO "to", "from;--";
CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql AS $f$BEGIN RETURN NEW; END$f$;
CREATE PROCEDURE shop.tidy(IN days integer, b text DEFAULT 'TO toc_owner') LANGUAGE sql AS 'SELECT 1';
ALTER PROCEDURE shop.tidy(integer, text) OWNER TO toc_owner;
CREATE FUNCTION shop.sum_state(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
CREATE AGGREGATE shop.total(integer) (SFUNC = shop.sum_state, STYPE = integer, INITCOND = '0');
ALTER AGGREGATE shop.total(integer) OWNER TO toc_owner;
CREATE AGGREGATE shop.nothing(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
GRANT EXECUTE ON FUNCTION shop.total(integer) TO toc_reader WITH GRANT OPTION;
CREATE FUNCTION shop.same(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 COLLATE "C" = $2';
CREATE OPERATOR shop.=== (FUNCTION = shop.same, LEFTARG = text, RIGHTARG = text, COMMUTATOR = OPERATOR(shop.===));
ALTER OPERATOR shop.=== (text, text) OWNER TO toc_owner;
COMMENT ON OPERATOR shop.=== (text, text) IS 'the same';
CREATE OPERATOR FAMILY shop.words USING hash;
ALTER OPERATOR FAMILY shop.words USING hash OWNER TO "Mixed Case";
CREATE OPERATOR CLASS shop.word_ops FOR TYPE text USING hash FAMILY shop.words AS
    OPERATOR 1 shop.===, FUNCTION 1 hashtext(text);
ALTER OPERATOR CLASS shop.word_ops USING hash OWNER TO toc_owner;
CREATE FUNCTION shop.mood_number(shop.mood) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT length($1::text)';
CREATE CAST (shop.mood AS integer) WITH FUNCTION shop.mood_number(shop.mood);
COMMENT ON CAST (shop.mood AS integer) IS 'letters';
CREATE CONVERSION shop.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE ACCESS METHOD heap_twin TYPE TABLE HANDLER heap_tableam_handler;
CREATE TEXT SEARCH DICTIONARY shop.plain_words (TEMPLATE = pg_catalog.simple);
CREATE TEXT SEARCH CONFIGURATION shop.words (PARSER = pg_catalog."default");
ALTER TEXT SEARCH CONFIGURATION shop.words ADD MAPPING FOR asciiword WITH shop.plain_words;
ALTER TEXT SEARCH CONFIGURATION shop.words OWNER TO toc_owner;
CREATE TEXT SEARCH TEMPLATE shop.nothing (LEXIZE = dsimple_lexize);
CREATE TRANSFORM FOR shop.mood LANGUAGE sql (FROM SQL WITH FUNCTION varchar_support(internal));

CREATE FUNCTION shop.call_handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE TRUSTED LANGUAGE toc_language HANDLER shop.call_handler;
ALTER LANGUAGE toc_language OWNER TO toc_owner;

-- tables
CREATE TABLE shop.customers (
    id integer GENERATED BY DEFAULT AS IDENTITY (START 10 INCREMENT 5) PRIMARY KEY,
    email citext NOT NULL UNIQUE,
    mood shop.mood DEFAULT 'sad',
    "to" text,
    "GRANT" text CHECK ("GRANT" <> 'TO toc_reader'),
    age shop.positive,
    wide bigint GENERATED ALWAYS AS (id * 2) STORED
);
ALTER TABLE shop.customers OWNER TO toc_owner;
COMMENT ON TABLE shop.customers IS 'who pays';
COMMENT ON COLUMN shop.customers."to" IS 'TO "to";';
GRANT SELECT ("to", id), UPDATE ("GRANT") ON shop.customers TO "to", items;
GRANT SELECT ON shop.customers TO toc_reader WITH GRANT OPTION;
SET SESSION AUTHORIZATION toc_reader;
GRANT SELECT ON shop.customers TO "rôle ""ünï""";
GRANT SELECT ON shop.customers TO toc_writer;
RESET SESSION AUTHORIZATION;
GRANT INSERT ON shop.customers TO session, "PUBLIC";
REVOKE DELETE ON shop.customers FROM toc_owner;

CREATE TABLE shop.items (
    id serial PRIMARY KEY,
    customer integer NOT NULL REFERENCES shop.customers (id) DEFERRABLE INITIALLY DEFERRED,
    label text COLLATE shop.plain,
    at tstzrange,
    CONSTRAINT no_overlap EXCLUDE USING gist (at WITH &&)
);
ALTER TABLE shop.items ADD CONSTRAINT later CHECK (customer > 0) NOT VALID;
COMMENT ON CONSTRAINT later ON shop.items IS 'not checked yet';
ALTER TABLE shop.items OWNER TO items;
ALTER TABLE ONLY shop.items REPLICA IDENTITY FULL;
CREATE INDEX items_label ON shop.items USING hash (label shop.word_ops);
CREATE INDEX items_at ON shop.items (lower(at)) WHERE label IS NOT NULL;
COMMENT ON INDEX shop.items_at IS 'by start';
COMMENT ON CONSTRAINT no_overlap ON shop.items IS 'one at a time';
ALTER TABLE shop.items CLUSTER ON items_pkey;
CREATE STATISTICS shop.items_stats (dependencies) ON customer, label FROM shop.items;
ALTER STATISTICS shop.items_stats OWNER TO items;
CREATE TRIGGER stamp BEFORE UPDATE ON shop.items FOR EACH ROW WHEN (NEW.label <> 'x') EXECUTE FUNCTION shop.stamp();
COMMENT ON TRIGGER stamp ON shop.items IS 'stamps';
CREATE RULE silent AS ON DELETE TO shop.items WHERE OLD.label = 'keep' DO INSTEAD NOTHING;
CREATE TABLE shop.twin (a integer) USING heap_twin;
CREATE UNLOGGED TABLE shop.no_columns ();
CREATE TABLE shop.base (a integer, b text);
CREATE TABLE shop.child (c integer DEFAULT 7) INHERITS (shop.base);
CREATE SEQUENCE shop.tickets AS smallint MAXVALUE 500 CYCLE;
ALTER SEQUENCE shop.tickets OWNER TO "from;--";
GRANT USAGE ON SEQUENCE shop.tickets TO mapping;
CREATE TABLE "Odd ""Schema"."odd.table" ("a;b" integer DEFAULT nextval('shop.tickets'), "é" text);
ALTER TABLE "Odd ""Schema"."odd.table" OWNER TO "rôle ""ünï""";
GRANT ALL ON "Odd ""Schema"."odd.table" TO "Mixed Case";

-- partitions, on two levels, and a foreign one
CREATE FOREIGN DATA WRAPPER toc_wrapper;
CREATE SERVER nowhere FOREIGN DATA WRAPPER toc_wrapper;
CREATE TABLE shop.events (id bigint NOT NULL, at date NOT NULL, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
ALTER TABLE shop.events OWNER TO toc_owner;
CREATE TABLE shop.events_2024 PARTITION OF shop.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE shop.events_rest PARTITION OF shop.events DEFAULT;
CREATE TABLE shop.events_2025 PARTITION OF shop.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')
    PARTITION BY LIST (id);
CREATE TABLE shop.events_2025_one PARTITION OF shop.events_2025 FOR VALUES IN (1);
CREATE TABLE shop.places (id integer) PARTITION BY RANGE (id);
CREATE FOREIGN TABLE shop.places_away PARTITION OF shop.places DEFAULT SERVER nowhere;
CREATE INDEX events_note ON shop.events (note);

-- row level security; the second table is named as a keyword of CREATE USER MAPPING
ALTER TABLE shop.customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY "to" ON shop.customers AS RESTRICTIVE FOR SELECT TO toc_reader, "to", "rôle ""ünï"""
    USING (mood::text <> 'TO toc_writer' AND "to" IS NOT NULL);
CREATE POLICY everyone ON shop.customers USING (true) WITH CHECK (EXTRACT(year FROM now()) > 2000);
CREATE TABLE shop.mapping (id integer);
ALTER TABLE shop.mapping ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.mapping FORCE ROW LEVEL SECURITY;
CREATE POLICY mine ON shop.mapping FOR UPDATE TO mapping, session USING (id = 1);
CREATE POLICY elsewhere ON shop.mapping FOR DELETE USING (id IN (SELECT i.id FROM shop.items i));
COMMENT ON POLICY mine ON shop.mapping IS 'TO session';

-- views, the last two in a loop that pg_dump has to break
CREATE VIEW shop.rich AS SELECT id, email FROM shop.customers WHERE age > 5;
ALTER VIEW shop.rich OWNER TO toc_owner;
GRANT SELECT ON shop.rich TO PUBLIC;
CREATE MATERIALIZED VIEW shop.summary AS SELECT count(*) AS n, min(id) AS low FROM shop.rich;
CREATE UNIQUE INDEX summary_n ON shop.summary (n);
ALTER MATERIALIZED VIEW shop.summary OWNER TO toc_owner;
COMMENT ON MATERIALIZED VIEW shop.summary IS 'in short';
CREATE MATERIALIZED VIEW shop.unfilled AS SELECT 1 AS one WITH NO DATA;
CREATE VIEW shop.by_key AS SELECT c.id, c.email, count(*) AS n
    FROM shop.customers c JOIN shop.items i ON i.customer = c.id GROUP BY c.id;

-- foreign data
CREATE SERVER away FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'TO toc_reader', port '1');
ALTER SERVER away OWNER TO toc_owner;
GRANT USAGE ON FOREIGN SERVER away TO toc_reader;
GRANT USAGE ON FOREIGN DATA WRAPPER toc_wrapper TO "to";
CREATE USER MAPPING FOR toc_reader SERVER away OPTIONS ("user" 'FOR toc_writer', password 'it''s\');
CREATE USER MAPPING FOR "Mixed Case" SERVER away;
CREATE USER MAPPING FOR PUBLIC SERVER away OPTIONS ("user" 'public');
CREATE FOREIGN TABLE shop.abroad (id integer) SERVER away OPTIONS (table_name 'x');

-- the database itself
SELECT current_database() AS database \gset
COMMENT ON DATABASE :"database" IS 'TO toc_reader';
GRANT CREATE ON DATABASE :"database" TO toc_writer;
ALTER DATABASE :"database" SET work_mem = '5MB';
ALTER ROLE toc_reader IN DATABASE :"database" SET work_mem = '6MB';

-- default privileges, publications, subscription, event trigger, language
ALTER DEFAULT PRIVILEGES FOR ROLE toc_owner IN SCHEMA shop GRANT SELECT ON TABLES TO toc_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE "rôle ""ünï""" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE "rôle ""ünï""" GRANT USAGE ON TYPES TO "from;--" WITH GRANT OPTION;
CREATE PUBLICATION everything FOR ALL TABLES;
CREATE PUBLICATION "some" FOR TABLE shop.items WITH (publish = 'insert');
ALTER PUBLICATION "some" OWNER TO toc_owner;
CREATE SUBSCRIPTION incoming CONNECTION 'host=127.0.0.1 port=1 dbname=x' PUBLICATION p
    WITH (connect = false, slot_name = NONE);
CREATE FUNCTION shop.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $f$BEGIN END$f$;
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('DROP FUNCTION') EXECUTE FUNCTION shop.on_ddl();
COMMENT ON EVENT TRIGGER watch IS 'watches';
GRANT USAGE ON LANGUAGE plpgsql TO toc_reader;
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;

\if :v14
CREATE TABLE shop.compressed (a text COMPRESSION pglz);
CREATE FUNCTION shop.item_count() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM shop.items; END;
CREATE STATISTICS shop.expression_stats ON (a || 'x') FROM shop.compressed;
\endif
\if :v15
CREATE TABLE shop.nulls (a integer UNIQUE NULLS NOT DISTINCT);
CREATE PUBLICATION schemas FOR TABLES IN SCHEMA shop;
CREATE PUBLICATION filtered FOR TABLE shop.customers (id, email) WHERE (id > 5);
\endif
\if :v17
GRANT MAINTAIN ON shop.twin TO toc_writer;
CREATE TABLE shop.twin_parts (a integer) PARTITION BY LIST (a) USING heap_twin;
CREATE TABLE shop.twin_part PARTITION OF shop.twin_parts FOR VALUES IN (1);
\endif
