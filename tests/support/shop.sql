-- A database that looks like a web shop's. Every value follows from its row number, so that two runs give equal data.
--
--     psql --single-transaction -v ON_ERROR_STOP=1 [-v scale=20] -f shop.sql
--
-- Scale 1 is about 100 MB, in some seconds. Needs PostgreSQL 13 or newer, its contrib modules, and the right to make
-- roles.
\if :{?scale}
\else
    \set scale 1
\endif
SET client_min_messages = warning;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_owner') THEN
        CREATE ROLE shop_owner;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_app') THEN
        CREATE ROLE shop_app LOGIN;
    END IF;
    EXECUTE format('ALTER DATABASE %I OWNER TO shop_owner', current_database());
    EXECUTE format('ALTER DATABASE %I SET search_path = shop, public', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO shop_app', current_database());
END $$;

CREATE EXTENSION citext;
CREATE EXTENSION pg_trgm;
CREATE SCHEMA shop AUTHORIZATION shop_owner;
SET search_path = shop, public;
SET ROLE shop_owner;

-- A number below `below` that looks random and depends on n and salt alone.
CREATE FUNCTION pick(n bigint, salt bigint, below int) RETURNS int
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$SELECT ((hashint8extended(n, salt) & 2147483647) % below)::int$$;

-- Bytes that no compressor makes smaller.
CREATE FUNCTION noise(n bigint, bytes int) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$SELECT string_agg(sha512(convert_to(n || '/' || i, 'UTF8')), '') FROM generate_series(1, bytes / 64) i$$;

CREATE FUNCTION word(n bigint, salt bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$SELECT (ARRAY['amber', 'birch', 'copper', 'dune', 'ember', 'fern', 'granite', 'harbour', 'indigo', 'juniper', 'kettle',
                  'linen', 'maple', 'nettle', 'ochre', 'pebble', 'quartz', 'river', 'slate', 'thistle', 'umber', 'velvet',
                  'willow', 'Zürich'])[1 + pick(n, salt, 24)]$$;

CREATE TYPE order_status AS ENUM ('cart', 'paid', 'packed', 'shipped', 'returned');
CREATE DOMAIN amount AS numeric(12, 2) CHECK (VALUE >= 0);
CREATE SEQUENCE invoice_number START 100000 INCREMENT 7 CACHE 10;

CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email citext NOT NULL UNIQUE,
    name text NOT NULL,
    born date,
    addresses jsonb NOT NULL DEFAULT '[]',
    tags text[] NOT NULL DEFAULT '{}',
    created timestamptz NOT NULL
);
CREATE TABLE products (
    id int PRIMARY KEY,
    sku uuid NOT NULL UNIQUE,
    title text NOT NULL,
    price amount NOT NULL,
    weight real,
    available daterange,
    search tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED
);
CREATE TABLE orders (
    id bigint NOT NULL,
    placed timestamptz NOT NULL,
    customer_id bigint NOT NULL,
    status order_status NOT NULL,
    invoice bigint DEFAULT nextval('invoice_number'),
    note text,
    changed timestamptz,
    PRIMARY KEY (id, placed)
) PARTITION BY RANGE (placed);
CREATE TABLE order_items (
    order_id bigint NOT NULL,
    placed timestamptz NOT NULL,
    line smallint NOT NULL,
    product_id int NOT NULL,
    quantity int NOT NULL CHECK (quantity > 0),
    price amount NOT NULL,
    PRIMARY KEY (order_id, placed, line)
);
CREATE TABLE events (
    id bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    address inet,
    customer_id bigint,
    body jsonb NOT NULL
);
CREATE TABLE documents (
    id bigint PRIMARY KEY,
    customer_id bigint,
    name text NOT NULL,
    content bytea NOT NULL
);
ALTER TABLE documents ALTER content SET STORAGE EXTERNAL;
CREATE UNLOGGED TABLE sessions (token uuid PRIMARY KEY, customer_id bigint, expires timestamptz);

DO $$
BEGIN
    FOR month IN 0..23 LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF orders FOR VALUES FROM (%L) TO (%L)',
                       to_char(date '2023-01-01' + make_interval(months => month), '"orders_"YYYY_MM'),
                       timestamptz '2023-01-01 00:00+00' + make_interval(months => month),
                       timestamptz '2023-01-01 00:00+00' + make_interval(months => month + 1));
    END LOOP;
END $$;
CREATE TABLE orders_other PARTITION OF orders DEFAULT;

INSERT INTO customers (email, name, born, addresses, tags, created)
SELECT format('%s.%s.%s@Example.com', word(n, 1), word(n, 2), n), initcap(word(n, 2)) || ' ' || initcap(word(n, 3)),
       date '1940-01-01' + pick(n, 4, 25000),
       jsonb_build_array(jsonb_build_object('street', word(n, 5) || ' lane', 'number', pick(n, 6, 200), 'zip',
                                            10000 + pick(n, 7, 89999))),
       ARRAY[word(n, 8), word(n, 9)], timestamptz '2020-01-01 00:00+00' + make_interval(mins => pick(n, 10, 1500000))
FROM generate_series(1, 20000 * :scale) n;

INSERT INTO products (id, sku, title, price, weight, available)
SELECT n, md5(n::text)::uuid, format('%s %s %s', word(n, 11), word(n, 12), word(n, 13)), pick(n, 14, 20000) / 100.0,
       CASE WHEN n % 11 > 0 THEN pick(n, 15, 5000) / 1000.0 END,
       daterange(date '2022-01-01' + pick(n, 16, 700), CASE WHEN n % 3 = 0 THEN date '2025-01-01' END)
FROM generate_series(1, 5000) n;

INSERT INTO orders (id, placed, customer_id, status, note, changed)
SELECT n, timestamptz '2023-01-01 00:00+00' + make_interval(secs => pick(n, 20, 64000000)), 1 + pick(n, 21, 20000 * :scale),
       (enum_range(NULL::order_status))[1 + pick(n, 22, 5)],
       CASE WHEN n % 9 = 0 THEN E'please ring\ttwice\\' || chr(10) || word(n, 23) END, NULL
FROM generate_series(1, 80000 * :scale) n;

INSERT INTO order_items
SELECT o.id, o.placed, line, 1 + pick(o.id * 8 + line, 30, 5000), 1 + pick(o.id * 8 + line, 31, 4),
       pick(o.id * 8 + line, 32, 20000) / 100.0
FROM orders o, generate_series(1, 1 + pick(o.id, 33, 5)) line;

INSERT INTO events
SELECT n, timestamptz '2024-01-01 00:00+00' + make_interval(secs => n * 3.5), inet '10.0.0.0' + pick(n, 40, 16777216),
       CASE WHEN n % 4 > 0 THEN 1 + pick(n, 41, 20000 * :scale) END,
       jsonb_build_object('kind', word(n, 42), 'path', format('/%s/%s/%s', word(n, 43), word(n, 44), pick(n, 45, 5000)),
                          'ms', pick(n, 46, 900), 'agent', 'Mozilla/5.0 (X11; Linux x86_64) ' || md5(pick(n, 47, 300)::text),
                          'cart', jsonb_build_array(pick(n, 48, 5000), pick(n, 49, 5000)), 'ok', n % 17 > 0)
FROM generate_series(1, 110000 * :scale) n;

INSERT INTO documents
SELECT n, 1 + pick(n, 50, 20000 * :scale), format('%s-%s.pdf', word(n, 51), n), noise(n, 4096 + pick(n, 52, 60000))
FROM generate_series(1, 700 * :scale) n;

INSERT INTO sessions SELECT md5('s' || n)::uuid, n, timestamptz '2024-06-01 00:00+00' FROM generate_series(1, 500) n;

-- After the rows, since a check of each row on its own takes far longer.
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE order_items ADD FOREIGN KEY (product_id) REFERENCES products,
    ADD FOREIGN KEY (order_id, placed) REFERENCES orders DEFERRABLE;
ALTER TABLE documents ADD FOREIGN KEY (customer_id) REFERENCES customers ON DELETE SET NULL;
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON orders (status) WHERE status IN ('cart', 'paid');
CREATE INDEX ON order_items (product_id);
CREATE INDEX ON events USING gin (body jsonb_path_ops);
CREATE INDEX ON events USING brin (at);
CREATE INDEX ON customers USING gin (name gin_trgm_ops);
CREATE INDEX ON products USING gin (search);
CREATE STATISTICS orders_by_customer ON customer_id, status FROM orders;

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();

CREATE VIEW order_totals AS
    SELECT o.id, o.placed, o.customer_id, o.status, sum(i.quantity * i.price) AS total
    FROM orders o JOIN order_items i ON i.order_id = o.id AND i.placed = o.placed
    GROUP BY o.id, o.placed, o.customer_id, o.status;
CREATE VIEW best_customers AS
    SELECT c.id, c.name, sum(t.total) AS total FROM customers c JOIN order_totals t ON t.customer_id = c.id GROUP BY c.id;
CREATE MATERIALIZED VIEW sales_by_month AS
    SELECT date_trunc('month', placed, 'UTC') AS month, status, count(*) AS orders, sum(total) AS total
    FROM order_totals GROUP BY 1, 2;
CREATE UNIQUE INDEX ON sales_by_month (month, status);

COMMENT ON TABLE events IS 'What visitors did; "body" is as the page sent it';
COMMENT ON COLUMN orders.note IS 'in the customer''s words';

GRANT USAGE ON SCHEMA shop TO shop_app;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA shop TO shop_app;
REVOKE SELECT ON documents FROM shop_app;
GRANT SELECT (id, customer_id, name) ON documents TO shop_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA shop TO shop_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO shop_app;

DO $$
BEGIN
    FOR n IN 1..4 LOOP
        PERFORM lo_from_bytea(770000 + n, noise(n, 300000));
        EXECUTE format('COMMENT ON LARGE OBJECT %s IS %L', 770000 + n, 'catalogue page ' || n);
        EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO shop_app', 770000 + n);
    END LOOP;
END $$;
RESET ROLE;
ANALYZE;
