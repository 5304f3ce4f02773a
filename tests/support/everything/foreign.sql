-- Foreign data: nothing listens at the server's address, so whoever reads a foreign table fails.
CREATE SCHEMA far;
CREATE FOREIGN DATA WRAPPER no_handler OPTIONS (debug 'true');
COMMENT ON FOREIGN DATA WRAPPER no_handler IS 'does nothing';
ALTER FOREIGN DATA WRAPPER no_handler OWNER TO hf_super;
GRANT USAGE ON FOREIGN DATA WRAPPER no_handler TO hf_app;
CREATE SERVER "Far ""away""" TYPE 'x' VERSION '1.0' FOREIGN DATA WRAPPER no_handler OPTIONS (host 'it''s', "Odd Option" 'v');
CREATE SERVER other_postgres FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '1', dbname 'no such "db"', fetch_size '7');
COMMENT ON SERVER other_postgres IS 'far away';
ALTER SERVER other_postgres OWNER TO hf_owner;
GRANT USAGE ON FOREIGN SERVER other_postgres TO hf_app WITH GRANT OPTION;
CREATE USER MAPPING FOR PUBLIC SERVER "Far ""away""" OPTIONS (x 'y');
CREATE USER MAPPING FOR hf_app SERVER other_postgres OPTIONS (user 'u', password 'it''s \secret');
CREATE USER MAPPING FOR "HF ""Reader"" one" SERVER other_postgres;
CREATE FOREIGN TABLE far.remote (
    id int OPTIONS (column_name 'ID "x"') NOT NULL, t text COLLATE "C" DEFAULT 'd', CONSTRAINT positive CHECK (id > 0)
) SERVER other_postgres OPTIONS (schema_name 's', table_name 'it''s');
COMMENT ON FOREIGN TABLE far.remote IS 'no rows of ours';
COMMENT ON COLUMN far.remote.t IS 'nor columns';
GRANT SELECT ON far.remote TO hf_app;
ALTER FOREIGN TABLE far.remote ALTER id SET STATISTICS 20;
CREATE TRIGGER on_foreign BEFORE INSERT ON far.remote FOR EACH ROW EXECUTE FUNCTION trg.refuses();
CREATE FOREIGN TABLE far.child (own int) INHERITS (family.other_parent) SERVER other_postgres;
CREATE TABLE far.partitioned (id int, t text) PARTITION BY RANGE (id);
CREATE TABLE far.partitioned_here PARTITION OF far.partitioned FOR VALUES FROM (0) TO (10);
CREATE FOREIGN TABLE far.partitioned_there PARTITION OF far.partitioned FOR VALUES FROM (10) TO (20) SERVER other_postgres OPTIONS (table_name 'x');
INSERT INTO far.partitioned_here VALUES (1, 'here');
CREATE VIEW far.view_of_it AS SELECT * FROM far.remote;
CREATE MATERIALIZED VIEW far.without_data AS SELECT * FROM far.remote WITH NO DATA;
