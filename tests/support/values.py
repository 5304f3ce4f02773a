"""A small schema whose values are hard to carry: what COPY escapes, types of the user, tables without columns."""

SQL = r"""
    CREATE SCHEMA "Größe ""of"" 'things'\";
    SET search_path = "Größe ""of"" 'things'\";
    CREATE TYPE mood AS ENUM ('so-so', 'tab	bed', 'back\slash', 'new
line', '');
    CREATE DOMAIN label AS text CHECK (VALUE <> 'bad');
    CREATE DOMAIN moody AS mood;
    CREATE TYPE moodrange AS RANGE (subtype = mood);
    CREATE TYPE pair AS (a int, b text);
    CREATE TABLE escapes (id int PRIMARY KEY, t text, l label, b bytea, c "char", v varchar(9), j jsonb);
    INSERT INTO escapes SELECT i, chr(i), chr(i), convert_to(chr(i), 'UTF8'), 'x', 'a' || chr(i), NULL
        FROM generate_series(1, 300) i;
    INSERT INTO escapes VALUES (1001, '', '', '', '', '', '{}'), (1002, NULL, NULL, NULL, NULL, NULL, NULL), (1003, E'\\N', E'\\.', E'\\x00ff', '\', E'\\n',
        '"\\"'), (1004, E'\n', E'\r\n', E'\\x0a5c09', ' ', E'\\\\', '[null]'), (1005, 'ünï', '漢字', E'\\xdeadbeef', NULL, NULL, NULL);
    CREATE TABLE "from" (m mood, ms mood[], d moody, r moodrange, n numeric, f float8, ts timestamptz, i interval,
        a int[], ar text[][], p pair, g tsrange, mo money, x xml, u uuid, bits varbit, net inet, gen int,
        double int GENERATED ALWAYS AS (gen * 2) STORED);
    INSERT INTO "from" VALUES
        ('so-so', '{so-so,NULL,"back\\slash"}', '', '[so-so,"back\\slash"]', 'NaN', '-Infinity', 'infinity', '-1 mon 3 days',
         '[0:1]={7,NULL}', '{{a,"b,c"},{NULL,"NULL"}}', '(1,"a,b")', '[2020-01-01,)', '-12.34', '<a>&lt;</a>',
         'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', B'101', '10.0.0.0/8', 1),
        (NULL, '{}', E'new\nline', 'empty', 1e40, 1e-300, '2000-01-01 BC', '1 year', '{}', '{}', NULL, 'empty', 0, '', NULL,
         B'', '::1', NULL);
    CREATE TABLE binary_only AS SELECT m, d, r, n, f, ts, i, a, ar, g, mo, u, bits, net FROM "from";
    CREATE TABLE no_columns ();
    INSERT INTO no_columns SELECT FROM generate_series(1, 3);
    CREATE TABLE generated_only (a int GENERATED ALWAYS AS (1) STORED);
    INSERT INTO generated_only SELECT FROM generate_series(1, 2);
    CREATE TABLE dropped (a int, b text, c text); ALTER TABLE dropped DROP b; INSERT INTO dropped VALUES (1, 'c');
    CREATE TABLE nothing (a int);
    CREATE TABLE "line
break" ("co""l
1" serial, "tab	" text); INSERT INTO "line
break" VALUES (7, 'x'); SELECT setval('"line
break_co""l
1_seq"', 70);
    CREATE TABLE parts (m mood, t text) PARTITION BY HASH (m);
    CREATE TABLE parts_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE parts_1 (t text, m mood); ALTER TABLE parts ATTACH PARTITION parts_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    INSERT INTO parts SELECT m, 'row ' || i FROM unnest(enum_range(NULL::mood)) m, generate_series(1, 10) i;
    CREATE TABLE blocks AS SELECT i AS id, repeat(md5(i::text), i % 200) AS t FROM generate_series(1, 5000) i;
    CREATE MATERIALIZED VIEW counted AS SELECT m, count(*), to_char(min(ts), 'Mon') FROM "from" GROUP BY m;
    SELECT lo_from_bytea(4711, 'a'), lo_from_bytea(4712, decode(repeat('00275c0a', 200000), 'hex')), lo_create(4713);
    SELECT lo_put(4711, 3000000, 'after a hole');
    COMMENT ON LARGE OBJECT 4711 IS 'it''s large';
"""
