-- Views and materialized views, on top of each other.
CREATE SCHEMA v;
CREATE VIEW v.simple AS SELECT id, name AS "Der Name", mood, data ->> 'x' AS x FROM shop.customers WHERE id > 0 ORDER BY name COLLATE "C" DESC;
COMMENT ON VIEW v.simple IS 'a view';
COMMENT ON COLUMN v.simple."Der Name" IS 'a column of a view';
CREATE VIEW v.on_view AS SELECT s.*, row_number() OVER w AS nr FROM v.simple s WINDOW w AS (PARTITION BY mood ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW);
CREATE RECURSIVE VIEW v.tree (id, parent_id, depth) AS
    SELECT id, parent_id, 0 FROM shop.orders WHERE parent_id IS NULL
    UNION ALL SELECT o.id, o.parent_id, t.depth + 1 FROM shop.orders o JOIN tree t ON o.parent_id = t.id;
CREATE VIEW v.guarded WITH (security_barrier) AS SELECT * FROM shop.orders WHERE total > 5;
CREATE VIEW v.checked AS SELECT id, a FROM ix.t WHERE a > 5 WITH LOCAL CHECK OPTION;
CREATE VIEW v.checked_twice AS SELECT id, a FROM v.checked WHERE a < 100 WITH CASCADED CHECK OPTION;
ALTER VIEW v.checked ALTER COLUMN a SET DEFAULT 50;
CREATE VIEW v.many_things AS
    SELECT g.n, t.a, grouping(t.a) AS g, count(*) FILTER (WHERE t.deleted) AS f, percentile_cont(0.5) WITHIN GROUP (ORDER BY t.id) AS p,
        string_agg(DISTINCT t.b, ', ' ORDER BY t.b) AS s, ARRAY(SELECT 1) AS arr, EXISTS (SELECT FROM shop.no_row) AS e,
        interval '1 day' AS i, timestamptz '2024-01-01 00:00+00' AS ts, 'größer'::types.mood = ANY (ARRAY[]::types.mood[]) AS x
    FROM generate_series(1, 2) AS g (n) CROSS JOIN LATERAL (SELECT * FROM ix.t WHERE t.id > g.n LIMIT 3) t
    GROUP BY GROUPING SETS ((g.n, t.a), (g.n), ()) HAVING count(*) >= 0;
-- Two views and a function that need each other. Before by_key: pg_dump 13 gives such views in the order of their OIDs.
CREATE VIEW v.circle AS SELECT 1 AS a, 'x'::text AS b;
CREATE FUNCTION v.of_circle() RETURNS SETOF v.circle LANGUAGE sql AS 'SELECT 1, ''y''';
CREATE VIEW v.around AS SELECT * FROM v.circle;
CREATE OR REPLACE VIEW v.circle AS SELECT a, b FROM v.of_circle();
-- Needs the primary key of its table, so that it can only be whole after the constraints.
CREATE VIEW v.by_key AS SELECT c.id, c.name, count(o.id) AS orders FROM shop.customers c LEFT JOIN shop.orders o ON o.customer_id = c.id GROUP BY c.id;
CREATE VIEW v.by_key_above AS SELECT * FROM v.by_key WHERE orders > 0;
CREATE VIEW v.no_column AS SELECT;
CREATE VIEW v."With ""rule""" AS SELECT id, t FROM public.in_public;
CREATE RULE "instead ""of""" AS ON INSERT TO v."With ""rule""" DO INSTEAD INSERT INTO public.in_public VALUES (new.id, new.t) RETURNING id, t;
CREATE RULE nothing AS ON DELETE TO v."With ""rule""" WHERE old.id < 0 DO INSTEAD NOTHING;
COMMENT ON RULE nothing ON v."With ""rule""" IS 'no deletes';
\if :v15
CREATE VIEW v.as_invoker WITH (security_invoker, security_barrier = false) AS SELECT * FROM shop.customers;
\endif
\if :v16
CREATE VIEW v.sql_json AS SELECT JSON_OBJECT('a' : 1, 'b' : 'x' ABSENT ON NULL) AS o, JSON_ARRAYAGG(a) AS arr, bool_and('{}' IS JSON OBJECT) AS is_it FROM shop.only_nulls;
\endif
\if :v17
CREATE VIEW v.json_table AS SELECT j.* FROM JSON_TABLE('[{"a": 1}]'::jsonb, '$[*]' COLUMNS (nr FOR ORDINALITY, a int PATH '$.a', NESTED PATH '$.b[*]' COLUMNS (b text PATH '$'))) AS j;
\endif

CREATE TABLE v.with_rules (id int PRIMARY KEY, t text);
CREATE TABLE v.log (t text);
INSERT INTO v.with_rules VALUES (1, 'x');
CREATE RULE logs AS ON INSERT TO v.with_rules DO ALSO (INSERT INTO v.log VALUES (new.t); NOTIFY logged);
CREATE RULE refuses AS ON UPDATE TO v.with_rules WHERE old.id IS DISTINCT FROM new.id DO INSTEAD NOTHING;
CREATE RULE off AS ON DELETE TO v.with_rules DO INSTEAD NOTHING;
ALTER TABLE v.with_rules DISABLE RULE off;
CREATE RULE always AS ON DELETE TO v.with_rules DO ALSO NOTHING;
ALTER TABLE v.with_rules ENABLE ALWAYS RULE always;

-- Materialized views: on a table, on each other and on views between them, one without data.
CREATE MATERIALIZED VIEW v.zz_first AS SELECT a, count(*) AS n FROM ix.t GROUP BY a;
CREATE UNIQUE INDEX ON v.zz_first (a);
CREATE VIEW v.between AS SELECT a, n * 2 AS n FROM v.zz_first;
CREATE MATERIALIZED VIEW v.second WITH (fillfactor = 80) AS SELECT sum(n) AS total, max(a) AS a FROM v.between;
COMMENT ON MATERIALIZED VIEW v.second IS 'on a view on a materialized view';
CREATE MATERIALIZED VIEW v.aa_third AS SELECT s.total, f.a FROM v.second s CROSS JOIN v.zz_first f;
CREATE INDEX "of third" ON v.aa_third (a) WHERE total > 0;
CREATE INDEX third_clustered ON v.aa_third (a);
ALTER MATERIALIZED VIEW v.aa_third CLUSTER ON third_clustered;
CREATE MATERIALIZED VIEW v.without_data AS SELECT * FROM v.aa_third WITH NO DATA;
CREATE INDEX ON v.without_data (a);
CREATE MATERIALIZED VIEW v.on_key AS SELECT * FROM v.by_key;
CREATE MATERIALIZED VIEW v.on_large AS SELECT id, t, repeat(t, 100) AS long FROM store.bloated;
CREATE MATERIALIZED VIEW v.no_row AS SELECT 1 AS a WHERE false;
ALTER MATERIALIZED VIEW v.second ALTER COLUMN total SET STATISTICS 20;
ALTER MATERIALIZED VIEW v.second OWNER TO hf_owner;
ALTER VIEW v.simple OWNER TO hf_app;
-- Its owner refreshes it, by his own rights.
GRANT USAGE ON SCHEMA v TO hf_owner;
GRANT SELECT ON v.between TO hf_owner;
GRANT SELECT, INSERT ON v.checked TO hf_größe;
GRANT SELECT ("Der Name") ON v.simple TO hf_größe;
