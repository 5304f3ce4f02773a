-- Indexes of every kind.
CREATE SCHEMA ix;
CREATE TABLE ix.t (id int, a int, b text, c text, p point, r int4range, arr int[], j jsonb, i inet, at timestamptz, tv tsvector, bx box, deleted boolean);
INSERT INTO ix.t SELECT n, n % 100, 'b' || n, md5(n::text), point(n, -n), int4range(n, n + 10), ARRAY[n, n + 1], jsonb_build_object('k', n), '10.0.0.0'::inet + n,
    timestamptz '2024-01-01 00:00+00' + n * interval '1 minute', to_tsvector('simple', 'w' || n), box(point(n, n), point(n + 1, n + 1)), n % 7 = 0
    FROM generate_series(1, 3000) n;
CREATE INDEX plain ON ix.t (a);
COMMENT ON INDEX ix.plain IS 'just an index';
CREATE UNIQUE INDEX "Unique ""ü""" ON ix.t (id DESC NULLS LAST) INCLUDE (a, b) WITH (fillfactor = 60, deduplicate_items = off);
CREATE INDEX sorted ON ix.t (a ASC NULLS FIRST, b DESC, c DESC NULLS LAST);
CREATE INDEX collated ON ix.t (b COLLATE "C" text_pattern_ops, c COLLATE ops."Deutsch Telefonbuch");
CREATE INDEX partial ON ix.t (a) WHERE NOT deleted AND b <> 'it''s';
CREATE INDEX expression ON ix.t (lower(b), (a + id), (j ->> 'k'), code.add(a, 2));
ALTER INDEX ix.expression ALTER COLUMN 2 SET STATISTICS 300;
CREATE INDEX of_mood ON ix.t ((CASE WHEN a > 5 THEN 'ok'::types.mood END));
CREATE INDEX hashed ON ix.t USING hash (c);
CREATE INDEX gin_array ON ix.t USING gin (arr) WITH (fastupdate = on);
CREATE INDEX gin_json ON ix.t USING gin (j jsonb_path_ops, tv);
CREATE INDEX gin_trigram ON ix.t USING gin (b public.gin_trgm_ops);
CREATE INDEX gin_scalar ON ix.t USING gin (a, arr);
CREATE INDEX gist_trigram ON ix.t USING gist (c public.gist_trgm_ops (siglen = 64)) WITH (buffering = on);
CREATE INDEX gist_mixed ON ix.t USING gist (p, r, a, i inet_ops) INCLUDE (b);
CREATE INDEX spgist_text ON ix.t USING spgist (b);
CREATE INDEX spgist_quad ON ix.t USING spgist (p quad_point_ops);
CREATE INDEX spgist_kd ON ix.t USING spgist (p kd_point_ops) WITH (fillfactor = 75);
CREATE INDEX spgist_box ON ix.t USING spgist (bx);
CREATE INDEX spgist_inet ON ix.t USING spgist (i);
CREATE INDEX brin_many ON ix.t USING brin (at, id, r, i inet_inclusion_ops) WITH (pages_per_range = 8, autosummarize = on);
CREATE INDEX own_method_class ON ix.t (a ops.by_size_of_int);
\if :v14
CREATE INDEX brin_multi ON ix.t USING brin (a int4_minmax_multi_ops (values_per_range = 16), b text_bloom_ops (false_positive_rate = 0.05, n_distinct_per_range = 50));
CREATE INDEX spgist_include ON ix.t USING spgist (r) INCLUDE (a);
CREATE INDEX on_multirange ON types.multiranges USING gist (i4);
\endif
CREATE INDEX ON types.whole_rows ((s IS NULL));
CREATE INDEX ON types.own USING btree (a, e, pos);
CREATE INDEX ON types.own USING hash (e);
CREATE INDEX ON types.ranges USING gist (f, tz);
