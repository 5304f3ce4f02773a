-- What a swap has kept of a database would stay on its server for good if the database were forgotten. Whoever wants that
-- takes the rows of kept_copy away first.

CREATE FUNCTION keep_copies() RETURNS trigger LANGUAGE plpgsql SET search_path = holdfast, pg_temp AS $$
DECLARE
    copies text;
BEGIN
    SELECT string_agg(format('%s until %s', name, to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), ', '
        ORDER BY until) INTO copies FROM kept_copy WHERE database_id = OLD.id;
    IF copies IS NOT NULL THEN
        RAISE EXCEPTION 'a restore has kept what it replaced, for an undo: %; wait until that is dropped, or say '
            'copies=leave and drop it on the server yourself', copies USING ERRCODE = 'object_in_use';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER keep_copies BEFORE DELETE ON database FOR EACH ROW EXECUTE FUNCTION keep_copies();
