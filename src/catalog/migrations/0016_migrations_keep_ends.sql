-- Source and target of a migration stay what they are while it is queued or runs: neither is forgotten, and nothing
-- leads elsewhere meanwhile. (A password may change: it leads to the same place.)

CREATE FUNCTION refuse_for_migration(its_job uuid) RETURNS void LANGUAGE plpgsql SET search_path = holdfast, pg_temp AS $$
BEGIN
    IF its_job IS NOT NULL THEN
        RAISE EXCEPTION 'the migrate job % is queued or running, from or into it; wait for its end or cancel it', its_job
            USING ERRCODE = 'object_in_use';
    END IF;
END
$$;

CREATE FUNCTION keep_end() RETURNS trigger LANGUAGE plpgsql SET search_path = holdfast, pg_temp AS $$
BEGIN
    PERFORM refuse_for_migration((SELECT j.id FROM job j LEFT JOIN database t ON t.id::text = j.request ->> 'target_database_id'
        WHERE j.organization_id = OLD.organization_id AND j.kind = 'migrate' AND j.state IN ('queued', 'running')
            AND CASE TG_TABLE_NAME
                WHEN 'server' THEN OLD.id IN (j.server_id, t.server_id) OR j.request ->> 'server_id' = OLD.id::text
                WHEN 'mssql_server' THEN j.request ->> 'mssql_server_id' = OLD.id::text
                ELSE OLD.id IN (j.database_id, t.id) OR (j.request ->> 'server_id' = to_jsonb(OLD) ->> 'server_id'
                    AND j.request ->> 'database_name' = to_jsonb(OLD) ->> 'name') END
        ORDER BY j.created_at LIMIT 1));
    RETURN CASE TG_OP WHEN 'UPDATE' THEN NEW ELSE OLD END;
END
$$;

-- Before leave_history, which does not know both ends: triggers go by their names.
CREATE TRIGGER keep_end BEFORE DELETE ON server FOR EACH ROW EXECUTE FUNCTION keep_end();
CREATE TRIGGER keep_end BEFORE DELETE ON database FOR EACH ROW EXECUTE FUNCTION keep_end();
CREATE TRIGGER keep_end BEFORE DELETE ON mssql_server FOR EACH ROW EXECUTE FUNCTION keep_end();
CREATE TRIGGER keep_end_as_it_is BEFORE UPDATE ON server FOR EACH ROW
    WHEN ((OLD.host, OLD.port, OLD.username, OLD.tls_mode, OLD.tls_root, OLD.maintenance_db)
        IS DISTINCT FROM (NEW.host, NEW.port, NEW.username, NEW.tls_mode, NEW.tls_root, NEW.maintenance_db))
    EXECUTE FUNCTION keep_end();
CREATE TRIGGER keep_end_as_it_is BEFORE UPDATE ON mssql_server FOR EACH ROW
    WHEN ((OLD.address, OLD.username, OLD.tls_root, OLD.any_certificate)
        IS DISTINCT FROM (NEW.address, NEW.username, NEW.tls_root, NEW.any_certificate))
    EXECUTE FUNCTION keep_end();

DROP TRIGGER keep_mssql_server ON mssql_server;
DROP FUNCTION keep_mssql_server();
