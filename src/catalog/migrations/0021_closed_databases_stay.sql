-- What a migration has closed is to have the connection limit again that it had before, which is known here alone: it
-- would stay closed if the database were forgotten. Whoever wants that takes the row of closure away first.

CREATE FUNCTION keep_closed() RETURNS trigger LANGUAGE plpgsql SET search_path = holdfast, pg_temp AS $$
DECLARE
    before int;
BEGIN
    SELECT connection_limit INTO before FROM closure WHERE database_id = OLD.id;
    IF FOUND THEN
        RAISE EXCEPTION 'a migration has closed it to all but superusers: open it first, or say closed=leave and set its '
            'connection limit on the server yourself, which was %', before USING ERRCODE = 'object_in_use';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER keep_closed BEFORE DELETE ON database FOR EACH ROW EXECUTE FUNCTION keep_closed();
