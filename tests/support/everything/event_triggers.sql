-- Event triggers. One refuses what a restore that cleans up by DROP TABLE would do, one writes rows into a table.
CREATE SCHEMA events;
CREATE TABLE events.log (tag text, object text);
CREATE FUNCTION events.writes() RETURNS event_trigger LANGUAGE plpgsql AS
    $$BEGIN INSERT INTO events.log SELECT TG_TAG, object_identity FROM pg_event_trigger_ddl_commands() WHERE TG_TAG = 'CREATE TABLE'; END$$;
CREATE FUNCTION events.refuses() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no % here', TG_TAG; END$$;
CREATE FUNCTION events.nothing() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER writes ON ddl_command_end EXECUTE FUNCTION events.writes();
CREATE TABLE events.seen (a int);
CREATE EVENT TRIGGER "refuses ""drops""" ON ddl_command_start WHEN TAG IN ('DROP TABLE', 'DROP SCHEMA') EXECUTE FUNCTION events.refuses();
COMMENT ON EVENT TRIGGER "refuses ""drops""" IS 'never drop';
CREATE EVENT TRIGGER on_drop ON sql_drop EXECUTE FUNCTION events.nothing();
CREATE EVENT TRIGGER on_rewrite ON table_rewrite WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION events.nothing();
ALTER EVENT TRIGGER on_drop DISABLE;
ALTER EVENT TRIGGER on_rewrite ENABLE REPLICA;
ALTER EVENT TRIGGER writes ENABLE ALWAYS;
ALTER EVENT TRIGGER on_drop OWNER TO hf_super;
\if :v17
CREATE EVENT TRIGGER at_login ON login EXECUTE FUNCTION events.nothing();
\endif
