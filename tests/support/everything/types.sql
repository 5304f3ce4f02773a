-- User-defined types of every sort; tables of their values are in type_values.sql.
CREATE SCHEMA types;
GRANT USAGE ON SCHEMA types TO PUBLIC;

-- Enums: labels of every look, one put between others later, one renamed.
CREATE TYPE types.mood AS ENUM ('sad', 'ok', 'very "happy"', 'it''s', 'größer', 'with space', '', '\back');
ALTER TYPE types.mood ADD VALUE 'meh' BEFORE 'ok';
ALTER TYPE types.mood RENAME VALUE 'sad' TO 'Sad';
COMMENT ON TYPE types.mood IS 'how one feels';
CREATE TYPE types.empty_enum AS ENUM ();
CREATE TYPE types."Größe" AS ENUM ('klein', 'groß');

-- Composites: nested, with arrays, a collation, a dropped attribute, no attribute.
CREATE TYPE types.address AS (street text COLLATE "C", "House No." int, gone text, place point);
ALTER TYPE types.address DROP ATTRIBUTE gone;
ALTER TYPE types.address ADD ATTRIBUTE zip varchar(10);
COMMENT ON TYPE types.address IS 'where it is';
COMMENT ON COLUMN types.address."House No." IS 'may hold 0';
CREATE TYPE types.person AS (name text, home types.address, moods types.mood[], "All Homes" types.address[]);
CREATE TYPE types.nothing AS ();

-- Domains: over scalars, domains, arrays, composites, enums, ranges.
CREATE DOMAIN types.positive AS int DEFAULT 1 CONSTRAINT "more than 0" CHECK (VALUE > 0);
COMMENT ON DOMAIN types.positive IS 'one and up';
COMMENT ON CONSTRAINT "more than 0" ON DOMAIN types.positive IS 'zero is out';
CREATE DOMAIN types.small_positive AS types.positive CHECK (VALUE < 1000);
CREATE DOMAIN types.email AS text COLLATE "C" NOT NULL DEFAULT 'nobody@example.org' CHECK (VALUE ~ '^[^@]+@[^@]+$');
CREATE DOMAIN types.few AS int[] CHECK (cardinality(VALUE) <= 3) CHECK (array_ndims(VALUE) = 1);
CREATE DOMAIN types.real_address AS types.address CHECK ((VALUE).street <> '');
CREATE DOMAIN types.good_mood AS types.mood CHECK (VALUE > 'ok');
CREATE DOMAIN types.past AS daterange CHECK (upper(VALUE) <= '2100-01-01');
CREATE DOMAIN types.even AS bigint;

-- Ranges over a builtin type and over a domain's base, with collation and operator class.
CREATE TYPE types.float_range AS RANGE (subtype = float8, subtype_diff = float8mi);
COMMENT ON TYPE types.float_range IS 'from a float to a float';
CREATE TYPE types.text_range AS RANGE (subtype = text, collation = "C", subtype_opclass = text_pattern_ops);
\if :v14
CREATE TYPE types.inet_range AS RANGE (subtype = inet, multirange_type_name = types.many_inet_ranges);
\endif

-- Base types: one with binary input and output, one without (COPY binary cannot carry it), and one that is a name alone.
CREATE TYPE types.counter;
CREATE FUNCTION types.counter_in(cstring) RETURNS types.counter LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION types.counter_out(types.counter) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE FUNCTION types.counter_recv(internal) RETURNS types.counter LANGUAGE internal IMMUTABLE STRICT AS 'int4recv';
CREATE FUNCTION types.counter_send(types.counter) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'int4send';
CREATE TYPE types.counter (INPUT = types.counter_in, OUTPUT = types.counter_out, RECEIVE = types.counter_recv,
                           SEND = types.counter_send, LIKE = int4, CATEGORY = 'X', DEFAULT = '7', DELIMITER = '|');
COMMENT ON TYPE types.counter IS 'a base type of our own';
CREATE TYPE types.words;
CREATE FUNCTION types.words_in(cstring) RETURNS types.words LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION types.words_out(types.words) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE types.words (INPUT = types.words_in, OUTPUT = types.words_out, LIKE = text, COLLATABLE = true);
CREATE TYPE types.only_a_name;

ALTER TYPE types.person OWNER TO hf_owner;
ALTER TYPE types."Größe" OWNER TO hf_größe;
ALTER DOMAIN types.few OWNER TO hf_app;
REVOKE USAGE ON TYPE types.mood FROM PUBLIC;
GRANT USAGE ON TYPE types.mood TO hf_app WITH GRANT OPTION;
GRANT USAGE ON TYPE types.email TO "HF ""Reader"" one";
