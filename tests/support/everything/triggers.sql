-- Triggers of every kind. Those on tables with rows would change or refuse what a restore loads, were they there too early.
CREATE SCHEMA trg;
CREATE TABLE trg.t (id int PRIMARY KEY, a text, b int);
CREATE TABLE trg.log (id serial, what text);
INSERT INTO trg.t SELECT i, 'a' || i, i FROM generate_series(1, 1000) i;
CREATE FUNCTION trg.changes() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN new.a := 'changed'; RETURN new; END$$;
CREATE FUNCTION trg.refuses() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no % on %', TG_OP, TG_TABLE_NAME; END$$;
CREATE FUNCTION trg.logs() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO trg.log (what) VALUES (TG_NAME || array_to_string(TG_ARGV, '|')); RETURN NULL; END$$;
CREATE FUNCTION trg.counts() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO trg.log (what) SELECT count(*) FROM "new rows"; RETURN NULL; END$$;

CREATE TRIGGER changes BEFORE INSERT OR UPDATE OF a, b ON trg.t FOR EACH ROW WHEN (new.a <> 'it''s') EXECUTE FUNCTION trg.changes();
COMMENT ON TRIGGER changes ON trg.t IS 'changes rows';
CREATE TRIGGER "refuses ""all""" BEFORE INSERT ON trg.t FOR EACH STATEMENT EXECUTE FUNCTION trg.refuses();
ALTER TABLE trg.t ENABLE ALWAYS TRIGGER "refuses ""all""";
CREATE TRIGGER with_arguments AFTER DELETE ON trg.t FOR EACH ROW EXECUTE FUNCTION trg.logs('it''s', 'back\slash', '', 'größe', '5');
CREATE TRIGGER on_truncate AFTER TRUNCATE ON trg.t FOR EACH STATEMENT EXECUTE FUNCTION trg.logs();
ALTER TABLE trg.t DISABLE TRIGGER on_truncate;
CREATE TRIGGER on_replica AFTER UPDATE ON trg.t FOR EACH ROW EXECUTE FUNCTION trg.logs();
ALTER TABLE trg.t ENABLE REPLICA TRIGGER on_replica;
CREATE TRIGGER transition AFTER INSERT ON trg.t REFERENCING NEW TABLE AS "new rows" FOR EACH STATEMENT EXECUTE FUNCTION trg.counts();
CREATE TRIGGER transition_both AFTER UPDATE ON trg.t REFERENCING OLD TABLE AS o NEW TABLE AS "new rows" FOR EACH ROW EXECUTE FUNCTION trg.counts();
CREATE CONSTRAINT TRIGGER late AFTER INSERT OR UPDATE ON trg.t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.b < 0) EXECUTE FUNCTION trg.refuses();
CREATE CONSTRAINT TRIGGER with_other AFTER DELETE ON trg.t FROM shop.orders NOT DEFERRABLE FOR EACH ROW EXECUTE FUNCTION trg.refuses();
CREATE TRIGGER builtin BEFORE UPDATE ON trg.t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE TRIGGER on_view INSTEAD OF INSERT OR UPDATE OR DELETE ON v.simple FOR EACH ROW EXECUTE FUNCTION trg.refuses();
CREATE TRIGGER on_partitioned AFTER INSERT ON parts.by_range FOR EACH ROW EXECUTE FUNCTION trg.refuses();
ALTER TABLE parts.by_range_2024 DISABLE TRIGGER on_partitioned;
CREATE TRIGGER of_one_partition BEFORE INSERT ON parts.by_range_low FOR EACH ROW EXECUTE FUNCTION trg.refuses();
CREATE TRIGGER statement_on_partitioned BEFORE INSERT ON parts.by_hash FOR EACH STATEMENT EXECUTE FUNCTION trg.refuses();
-- Row triggers and foreign keys of a whole table off.
CREATE TABLE trg.all_off (a int REFERENCES trg.t);
CREATE TRIGGER off BEFORE INSERT ON trg.all_off FOR EACH ROW EXECUTE FUNCTION trg.refuses();
ALTER TABLE trg.all_off DISABLE TRIGGER ALL;
INSERT INTO trg.all_off VALUES (1);
