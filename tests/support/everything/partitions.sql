-- Partitioned tables of every kind.
CREATE SCHEMA parts;

CREATE TABLE parts.by_range (id bigint, at timestamptz NOT NULL, kind text, note text DEFAULT 'parent') PARTITION BY RANGE (at);
COMMENT ON TABLE parts.by_range IS 'by month';
CREATE TABLE parts.by_range_low PARTITION OF parts.by_range FOR VALUES FROM (MINVALUE) TO ('2024-01-01 00:00+00');
CREATE TABLE parts.by_range_2024 PARTITION OF parts.by_range (note DEFAULT 'in 2024', CONSTRAINT short CHECK (length(kind) < 50))
    FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2025-01-01 00:00+00') WITH (fillfactor = 90);
-- Sub-partitions: by list below a range, by hash below the list.
CREATE TABLE parts.by_range_2025 PARTITION OF parts.by_range FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2026-01-01 00:00+00') PARTITION BY LIST (kind);
CREATE TABLE parts.by_range_2025_ab PARTITION OF parts.by_range_2025 FOR VALUES IN ('a', 'b');
CREATE TABLE parts.by_range_2025_null PARTITION OF parts.by_range_2025 FOR VALUES IN (NULL, 'it''s');
CREATE TABLE parts.by_range_2025_rest PARTITION OF parts.by_range_2025 DEFAULT PARTITION BY HASH (id);
CREATE TABLE parts.by_range_2025_rest_0 PARTITION OF parts.by_range_2025_rest FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE UNLOGGED TABLE parts.by_range_2025_rest_1 PARTITION OF parts.by_range_2025_rest FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE parts.by_range_rest PARTITION OF parts.by_range DEFAULT;
-- A partition that was a table before: its columns stand in another order, and one is gone.
CREATE TABLE shop."Attached later" (note text, gone int, kind text, at timestamptz NOT NULL, id bigint NOT NULL);
ALTER TABLE shop."Attached later" DROP COLUMN gone;
INSERT INTO shop."Attached later" SELECT 'n', 'late', '2026-06-01 00:00+00', i FROM generate_series(1, 100) i;
ALTER TABLE parts.by_range ATTACH PARTITION shop."Attached later" FOR VALUES FROM ('2026-01-01 00:00+00') TO ('2027-01-01 00:00+00');
INSERT INTO parts.by_range (id, at, kind)
    SELECT i, timestamptz '2023-11-01 00:00+00' + i * interval '1 hour', (ARRAY['a', 'b', NULL, 'it''s', 'other'])[1 + i % 5] FROM generate_series(1, 20000) i;
CREATE INDEX on_all ON parts.by_range (kind, at DESC);
CREATE INDEX on_parent_only ON ONLY parts.by_range (note);
CREATE INDEX "note of 2024" ON parts.by_range_2024 (note);
ALTER INDEX parts.on_parent_only ATTACH PARTITION parts."note of 2024";

CREATE TABLE parts.by_list (c "char", v int) PARTITION BY LIST (c);
CREATE TABLE parts.by_list_x PARTITION OF parts.by_list FOR VALUES IN ('x', 'y');
CREATE TABLE parts.by_list_rest PARTITION OF parts.by_list DEFAULT;
INSERT INTO parts.by_list VALUES ('x', 1), ('z', 2), (NULL, 3);

CREATE TABLE parts.by_hash (id int PRIMARY KEY, t text) PARTITION BY HASH (id);
SELECT format('CREATE TABLE parts.by_hash_%s PARTITION OF parts.by_hash FOR VALUES WITH (MODULUS 3, REMAINDER %s)', i, i) FROM generate_series(0, 2) i \gexec
INSERT INTO parts.by_hash SELECT i, 't' || i FROM generate_series(1, 3000) i;

-- The hash of an enum comes from the label's OID, so a restored row may belong into another partition than before.
CREATE TABLE parts.by_hash_of_enum (m types.mood, n int) PARTITION BY HASH (m);
SELECT format('CREATE TABLE parts.by_hash_of_enum_%s PARTITION OF parts.by_hash_of_enum FOR VALUES WITH (MODULUS 5, REMAINDER %s)', i, i) FROM generate_series(0, 4) i \gexec
INSERT INTO parts.by_hash_of_enum SELECT m, n FROM unnest(enum_range(NULL::types.mood)) m, generate_series(1, 100) n;
CREATE TABLE parts.by_hash_of_enum_below (at date, m types."Größe") PARTITION BY RANGE (at);
CREATE TABLE parts.by_hash_of_enum_below_1 PARTITION OF parts.by_hash_of_enum_below FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY HASH (m);
CREATE TABLE parts.by_hash_of_enum_below_1_0 PARTITION OF parts.by_hash_of_enum_below_1 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parts.by_hash_of_enum_below_1_1 PARTITION OF parts.by_hash_of_enum_below_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE parts.by_hash_of_enum_below_rest PARTITION OF parts.by_hash_of_enum_below DEFAULT;
INSERT INTO parts.by_hash_of_enum_below SELECT date '2024-06-01' + n, m FROM unnest(enum_range(NULL::types."Größe")) m, generate_series(1, 300) n;

CREATE TABLE parts.by_expression (a int, b text, c text COLLATE "C") PARTITION BY RANGE ((a % 10), lower(b) text_pattern_ops, c COLLATE "POSIX");
CREATE TABLE parts.by_expression_1 PARTITION OF parts.by_expression FOR VALUES FROM (0, MINVALUE, MINVALUE) TO (5, 'm', 'x');
CREATE TABLE parts.by_expression_2 PARTITION OF parts.by_expression FOR VALUES FROM (5, 'm', 'x') TO (MAXVALUE, MAXVALUE, MAXVALUE);
INSERT INTO parts.by_expression SELECT i, 'B' || i, 'c' FROM generate_series(0, 50) i;

CREATE TABLE parts.by_mood (m types.mood, b boolean, n numeric) PARTITION BY LIST (m);
CREATE TABLE parts.by_mood_good PARTITION OF parts.by_mood FOR VALUES IN ('größer', 'very "happy"') PARTITION BY RANGE (n);
CREATE TABLE parts.by_mood_good_1 PARTITION OF parts.by_mood_good FOR VALUES FROM ('-1.5') TO ('NaN');
CREATE TABLE parts.by_mood_rest PARTITION OF parts.by_mood DEFAULT;
INSERT INTO parts.by_mood VALUES ('größer', true, 5), (NULL, NULL, NULL);
CREATE TABLE parts.of_none (a int) PARTITION BY RANGE (a);

-- References to and from partitioned tables, and an identity on one.
CREATE TABLE parts.keyed (id int, at date, PRIMARY KEY (id, at), UNIQUE (at)) PARTITION BY RANGE (at);
CREATE TABLE parts.keyed_old PARTITION OF parts.keyed FOR VALUES FROM (MINVALUE) TO ('2024-01-01');
CREATE TABLE parts.keyed_new PARTITION OF parts.keyed FOR VALUES FROM ('2024-01-01') TO (MAXVALUE);
INSERT INTO parts.keyed SELECT i, date '2023-12-01' + i FROM generate_series(1, 60) i;
CREATE TABLE parts.refers (at date, id int, FOREIGN KEY (id, at) REFERENCES parts.keyed ON DELETE CASCADE) PARTITION BY LIST (at);
CREATE TABLE parts.refers_all PARTITION OF parts.refers DEFAULT;
INSERT INTO parts.refers SELECT at, id FROM parts.keyed WHERE id % 2 = 0;
\if :v17
CREATE TABLE parts.with_identity (id int GENERATED ALWAYS AS IDENTITY, a int, EXCLUDE USING gist (a WITH =, id WITH <>)) PARTITION BY RANGE (a);
CREATE TABLE parts.with_identity_1 PARTITION OF parts.with_identity FOR VALUES FROM (0) TO (10);
INSERT INTO parts.with_identity (a) VALUES (1), (2);
CREATE TABLE parts.with_access_method (a int) PARTITION BY LIST (a) USING heap_of_our_own;
CREATE TABLE parts.with_access_method_1 PARTITION OF parts.with_access_method FOR VALUES IN (1);
\endif
ALTER TABLE parts.by_range_2024 OWNER TO hf_app;
GRANT SELECT ON parts.by_range_2025_ab TO hf_größe;
