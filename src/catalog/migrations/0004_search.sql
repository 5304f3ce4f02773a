-- Lists that grow long are searched by pieces of names. No index of PostgreSQL's own finds those, and pg_trgm may be
-- absent: so an array of all that stand in a name, three characters at a time, is indexed.

-- Each three as one number, of 21 bits for a character, in lower case; of fewer there is none. (In PL/pgSQL: it takes a
-- third of the time of SQL.)
CREATE FUNCTION grams(name text) RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
DECLARE
    letter text;
    three bigint := 0;
    seen int := 0;
    found bigint[] := '{}';
BEGIN
    FOREACH letter IN ARRAY string_to_array(lower(name), NULL) LOOP
        three := ((three << 21) | ascii(letter)) & 9223372036854775807;
        seen := seen + 1;
        IF seen >= 3 THEN
            found := found || three;
        END IF;
    END LOOP;
    RETURN found;
END
$$;
-- (Whole, for of a partial one the planner does not know what stands in most names, and is found soon in any order.)
CREATE INDEX backup_search ON backup USING gin (grams(name));
CREATE INDEX job_search ON job USING gin (grams(name));
CREATE INDEX audit_search ON audit_event USING gin (grams(object_name));
ANALYZE backup, job, audit_event;
