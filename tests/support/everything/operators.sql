-- Operators, operator classes and families, casts, collations, conversions.
CREATE SCHEMA ops;

CREATE FUNCTION ops.nearly(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT abs($1 - $2) <= 1';
CREATE FUNCTION ops.not_nearly(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT abs($1 - $2) > 1';
CREATE OPERATOR ops.=~= (LEFTARG = int, RIGHTARG = int, FUNCTION = ops.nearly, COMMUTATOR = OPERATOR(ops.=~=), NEGATOR = OPERATOR(ops.<~>),
                         RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE OPERATOR ops.<~> (LEFTARG = int, RIGHTARG = int, FUNCTION = ops.not_nearly, COMMUTATOR = OPERATOR(ops.<~>), NEGATOR = OPERATOR(ops.=~=));
COMMENT ON OPERATOR ops.=~= (int, int) IS 'one apart at most';
CREATE OPERATOR ops.!! (RIGHTARG = int, FUNCTION = int4abs);
CREATE OPERATOR ops.=== (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = int8eq, COMMUTATOR = OPERATOR(ops.===), HASHES, MERGES);
ALTER OPERATOR ops.!! (NONE, int) OWNER TO hf_owner;

-- A type with an order of its own; the class's functions and operators compare by the absolute value.
CREATE FUNCTION ops.order_of(int, int) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT btint4cmp(abs($1), abs($2))';
CREATE FUNCTION ops.lt(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT abs($1) < abs($2)';
CREATE FUNCTION ops.le(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT abs($1) <= abs($2)';
CREATE FUNCTION ops.eq(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT abs($1) = abs($2)';
CREATE FUNCTION ops.ge(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT abs($1) >= abs($2)';
CREATE FUNCTION ops.gt(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT abs($1) > abs($2)';
CREATE OPERATOR ops.|<| (LEFTARG = int, RIGHTARG = int, FUNCTION = ops.lt, COMMUTATOR = OPERATOR(ops.|>|), NEGATOR = OPERATOR(ops.|>=|));
CREATE OPERATOR ops.|<=| (LEFTARG = int, RIGHTARG = int, FUNCTION = ops.le, COMMUTATOR = OPERATOR(ops.|>=|), NEGATOR = OPERATOR(ops.|>|));
CREATE OPERATOR ops.|=| (LEFTARG = int, RIGHTARG = int, FUNCTION = ops.eq, COMMUTATOR = OPERATOR(ops.|=|));
CREATE OPERATOR ops.|>=| (LEFTARG = int, RIGHTARG = int, FUNCTION = ops.ge, COMMUTATOR = OPERATOR(ops.|<=|), NEGATOR = OPERATOR(ops.|<|));
CREATE OPERATOR ops.|>| (LEFTARG = int, RIGHTARG = int, FUNCTION = ops.gt, COMMUTATOR = OPERATOR(ops.|<|), NEGATOR = OPERATOR(ops.|<=|));
CREATE OPERATOR FAMILY ops.by_size USING btree;
CREATE OPERATOR CLASS ops.by_size_of_int FOR TYPE int USING btree FAMILY ops.by_size AS
    OPERATOR 1 ops.|<|, OPERATOR 2 ops.|<=|, OPERATOR 3 ops.|=|, OPERATOR 4 ops.|>=|, OPERATOR 5 ops.|>|,
    FUNCTION 1 ops.order_of(int, int);
COMMENT ON OPERATOR CLASS ops.by_size_of_int USING btree IS 'orders by absolute value';
COMMENT ON OPERATOR FAMILY ops.by_size USING btree IS 'a family of our own';
CREATE OPERATOR CLASS ops.counters DEFAULT FOR TYPE types.counter USING hash AS STORAGE types.counter;
CREATE OPERATOR FAMILY ops.mixed USING btree;
ALTER OPERATOR FAMILY ops.mixed USING btree ADD
    OPERATOR 1 pg_catalog.< (int, bigint), OPERATOR 3 pg_catalog.= (int, bigint), FUNCTION 1 (int, bigint) btint48cmp(int, bigint);
ALTER OPERATOR FAMILY ops.mixed USING btree OWNER TO hf_owner;
ALTER OPERATOR CLASS ops.by_size_of_int USING btree OWNER TO hf_app;

-- Casts: by function (assignment, implicit, explicit), without one, by input and output.
CREATE FUNCTION ops.to_point(types.address) RETURNS point LANGUAGE sql IMMUTABLE AS 'SELECT $1.place';
CREATE CAST (types.address AS point) WITH FUNCTION ops.to_point(types.address) AS ASSIGNMENT;
COMMENT ON CAST (types.address AS point) IS 'the place of it';
CREATE CAST (types.counter AS int) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (types.counter AS text) WITH INOUT AS ASSIGNMENT;
CREATE CAST (text AS types.mood) WITH INOUT;

-- Collations: of the C library and of ICU, deterministic or not.
CREATE COLLATION ops.bytes FROM "C";
CREATE COLLATION ops."Deutsch Telefonbuch" (provider = icu, locale = 'de-u-co-phonebk');
CREATE COLLATION ops.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION ops.digits (provider = icu, locale = 'en-u-kn');
COMMENT ON COLLATION ops.any_case IS 'A equals a';
ALTER COLLATION ops.digits OWNER TO hf_owner;
\if :v16
CREATE COLLATION ops.with_rules (provider = icu, locale = 'und', rules = '&a < g');
\endif
\if :v17
CREATE COLLATION ops.builtin_provider (provider = builtin, locale = 'C.UTF-8');
\endif

CREATE CONVERSION ops.from_latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE DEFAULT CONVERSION ops.to_latin FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
COMMENT ON CONVERSION ops.from_latin IS 'as the builtin one';
ALTER CONVERSION ops.from_latin OWNER TO hf_owner;

CREATE TABLE ops.uses_them (
    id int PRIMARY KEY,
    n int,
    phone text COLLATE ops."Deutsch Telefonbuch",
    nick text COLLATE ops.any_case UNIQUE,
    version text COLLATE ops.digits,
    near boolean GENERATED ALWAYS AS (id OPERATOR(ops.=~=) n) STORED,
    CHECK (n OPERATOR(ops.|>=|) 0)
);
INSERT INTO ops.uses_them VALUES (1, -2, 'Ärger', 'Ada', 'a10'), (2, 1, 'Arger', 'BOB', 'a9'), (3, NULL, NULL, NULL, NULL);
CREATE INDEX by_size ON ops.uses_them (n ops.by_size_of_int);
CREATE INDEX by_version ON ops.uses_them (version COLLATE "C" DESC, phone);
