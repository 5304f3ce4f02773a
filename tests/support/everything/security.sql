-- Row level security, grants down to columns, default privileges.
CREATE SCHEMA sec AUTHORIZATION hf_owner;
GRANT USAGE ON SCHEMA sec TO hf_app, "HF ""Reader"" one", hf_größe;
GRANT CREATE ON SCHEMA sec TO hf_app WITH GRANT OPTION;

CREATE TABLE sec.enabled (id int, who name DEFAULT current_user, secret text);
CREATE TABLE sec.forced (id int, t text);
CREATE TABLE sec.only_forced (id int);
CREATE TABLE sec.policies_but_off (id int);
INSERT INTO sec.enabled SELECT i, 'hf_app', 's' || i FROM generate_series(1, 100) i;
INSERT INTO sec.forced SELECT i, 't' FROM generate_series(1, 100) i;
INSERT INTO sec.only_forced VALUES (1);
ALTER TABLE sec.enabled ENABLE ROW LEVEL SECURITY;
ALTER TABLE sec.forced ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sec.only_forced FORCE ROW LEVEL SECURITY;
CREATE POLICY "own ""rows""" ON sec.enabled USING (who = current_user) WITH CHECK (who = current_user AND secret <> 'it''s');
COMMENT ON POLICY "own ""rows""" ON sec.enabled IS 'what is yours';
CREATE POLICY strict ON sec.enabled AS RESTRICTIVE FOR SELECT TO hf_app, "HF ""Reader"" one" USING (id < 1000);
CREATE POLICY inserts ON sec.enabled FOR INSERT TO hf_größe WITH CHECK (true);
CREATE POLICY updates ON sec.enabled FOR UPDATE TO PUBLIC USING (EXISTS (SELECT FROM sec.forced f WHERE f.id = enabled.id)) WITH CHECK (id > 0);
CREATE POLICY deletes ON sec.enabled FOR DELETE TO hf_owner USING (false);
CREATE POLICY nothing_to_see ON sec.forced USING (false);
CREATE POLICY unused ON sec.policies_but_off USING (id = 1);
ALTER TABLE sec.forced OWNER TO hf_owner;
ALTER TABLE sec.enabled OWNER TO hf_owner;

-- Grants: on columns, with grant option and passed on, revoked from the owner, to everyone.
CREATE TABLE sec.granted (a int, b int, "Spalte ""c""" int, d int);
ALTER TABLE sec.granted OWNER TO hf_owner;
GRANT SELECT (a, "Spalte ""c"""), UPDATE (b), INSERT (a), REFERENCES (d) ON sec.granted TO hf_größe, "HF ""Reader"" one";
GRANT SELECT ON sec.granted TO hf_app WITH GRANT OPTION;
GRANT ALL ON sec.granted TO hf_super;
GRANT TRUNCATE, TRIGGER, REFERENCES ON sec.granted TO PUBLIC;
SET SESSION AUTHORIZATION hf_app;
GRANT SELECT ON sec.granted TO hf_größe WITH GRANT OPTION;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION hf_größe;
GRANT SELECT ON sec.granted TO "HF ""Reader"" one";
RESET SESSION AUTHORIZATION;
CREATE TABLE sec.owner_without_rights (a int);
INSERT INTO sec.owner_without_rights VALUES (1);
ALTER TABLE sec.owner_without_rights OWNER TO hf_app;
REVOKE ALL ON sec.owner_without_rights FROM hf_app;
CREATE TABLE sec.owner_with_less (a int);
ALTER TABLE sec.owner_with_less OWNER TO hf_app;
REVOKE DELETE, TRUNCATE ON sec.owner_with_less FROM hf_app;
\if :v17
GRANT MAINTAIN ON sec.granted TO hf_größe;
\endif
\if :v14
GRANT SELECT ON sec.owner_with_less TO pg_read_all_data;
GRANT SELECT ON sec.owner_with_less TO pg_database_owner;
\endif
GRANT SELECT ON sec.owner_with_less TO pg_monitor;

REVOKE EXECUTE ON FUNCTION code.guarded(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION code.guarded(text) TO hf_app WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION code.total(int) TO hf_größe;
GRANT EXECUTE ON PROCEDURE code.does(int, text) TO hf_größe;
REVOKE ALL ON LANGUAGE "plStrange" FROM PUBLIC;
GRANT USAGE ON LANGUAGE "plStrange" TO hf_app;
GRANT CREATE ON SCHEMA public TO hf_app;
COMMENT ON SCHEMA public IS 'public, and commented';
-- Objects of the system too.
GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) TO hf_app;
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC;
GRANT SELECT (rolname) ON pg_catalog.pg_authid TO hf_größe;

-- What objects of the future get; also for the role that restores.
ALTER DEFAULT PRIVILEGES FOR ROLE hf_app REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE hf_app GRANT USAGE ON TYPES TO hf_größe WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE hf_app GRANT CREATE ON SCHEMAS TO "HF ""Reader"" one";
ALTER DEFAULT PRIVILEGES FOR ROLE hf_app IN SCHEMA sec GRANT SELECT, INSERT ON TABLES TO hf_größe;
ALTER DEFAULT PRIVILEGES FOR ROLE hf_owner IN SCHEMA "Odd ""schema""" GRANT ALL ON SEQUENCES TO hf_app;
ALTER DEFAULT PRIVILEGES FOR ROLE hf_owner REVOKE ALL ON TABLES FROM hf_owner;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT EXECUTE ON FUNCTIONS TO hf_app;
