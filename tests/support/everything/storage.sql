-- How rows are stored: sizes, toast, storage and compression of columns, options of tables, dead rows.
CREATE SCHEMA store;
CREATE TABLE store.big_values (id int PRIMARY KEY, compressible text, random bytea, outside text, main text, plain text, j jsonb);
ALTER TABLE store.big_values ALTER random SET STORAGE EXTERNAL, ALTER outside SET STORAGE EXTERNAL, ALTER main SET STORAGE MAIN, ALTER plain SET STORAGE PLAIN;
INSERT INTO store.big_values
    SELECT i, repeat('compressible ä ', 300000), (SELECT string_agg(sha512((i || ':' || n)::bytea), '') FROM generate_series(1, 50000) n),
           repeat('outside ', 20000), repeat('main', 1500), repeat('p', 1000),
           (SELECT jsonb_agg(jsonb_build_object('n', n, 't', md5(n::text))) FROM generate_series(1, 5000) n)
    FROM generate_series(1, 3) i;
INSERT INTO store.big_values (id) VALUES (4);
\if :v14
CREATE TABLE store.compressed (l text COMPRESSION lz4, p text COMPRESSION pglz, d text);
INSERT INTO store.compressed VALUES (repeat('lz4 ', 10000), repeat('pglz', 10000), 'x');
\endif
\if :v16
CREATE TABLE store.storage_in_create (a text STORAGE EXTERNAL, b int);
\endif

-- Many pages, most of their rows dead; nothing cleans them up.
CREATE TABLE store.bloated (id int PRIMARY KEY, t text) WITH (autovacuum_enabled = false);
INSERT INTO store.bloated SELECT i, repeat('bloat', 20) FROM generate_series(1, 60000) i;
DELETE FROM store.bloated WHERE id BETWEEN 5000 AND 55000;
UPDATE store.bloated SET t = 'updated' WHERE id % 3 = 0;
CREATE TABLE store.all_dead (id int) WITH (autovacuum_enabled = false);
INSERT INTO store.all_dead SELECT generate_series(1, 10000);
DELETE FROM store.all_dead;

CREATE TABLE store.options (id int, t text) WITH (fillfactor = 55, parallel_workers = 3, autovacuum_vacuum_scale_factor = 0.5,
    autovacuum_freeze_max_age = 200000000, toast_tuple_target = 512, toast.autovacuum_enabled = off, user_catalog_table = true);
ALTER TABLE store.options ALTER id SET (n_distinct = -0.5, n_distinct_inherited = 100), ALTER id SET STATISTICS 500, ALTER t SET STATISTICS 0;
INSERT INTO store.options SELECT i, repeat(md5(i::text), 30) FROM generate_series(1, 200) i;

CREATE STATISTICS store.of_kinds (ndistinct, dependencies, mcv) ON id, t FROM store.options;
CREATE STATISTICS store."größe ""only""" (mcv) ON id, t FROM store.options;
CREATE STATISTICS store.of_shop (dependencies) ON customer_id, total FROM shop.orders;
ALTER STATISTICS store.of_kinds SET STATISTICS 77;
COMMENT ON STATISTICS store.of_kinds IS 'all kinds';
ALTER STATISTICS store.of_shop OWNER TO hf_owner;
\if :v14
CREATE STATISTICS store.of_expressions ON (id % 10), lower(t), id FROM store.options;
CREATE STATISTICS store.of_one_expression ON (id + 1) FROM store.options;
\endif

-- What stands in for the key in replication.
CREATE TABLE store.identity_full (a int);
ALTER TABLE store.identity_full REPLICA IDENTITY FULL;
CREATE TABLE store.identity_nothing (a int PRIMARY KEY);
ALTER TABLE store.identity_nothing REPLICA IDENTITY NOTHING;
CREATE TABLE store.identity_index (a int NOT NULL, b text NOT NULL);
CREATE UNIQUE INDEX "id ""ix""" ON store.identity_index (b, a);
ALTER TABLE store.identity_index REPLICA IDENTITY USING INDEX "id ""ix""";
INSERT INTO store.identity_index SELECT i, 'b' || i FROM generate_series(1, 100) i;
-- Kept in the order of an index, and of a constraint's.
CREATE INDEX clustered ON store.identity_index (a DESC);
ALTER TABLE store.identity_index CLUSTER ON clustered;
CREATE TABLE store.clustered_by_key (a int PRIMARY KEY);
ALTER TABLE store.clustered_by_key CLUSTER ON clustered_by_key_pkey;
