-- A storage that holds nothing any more can go. The backups that were in it stay in the records, with its name.

ALTER TABLE backup ADD COLUMN storage_name text NOT NULL DEFAULT ''; -- of one that was removed
ALTER TABLE backup ALTER COLUMN storage_id DROP NOT NULL;
ALTER TABLE backup ADD CHECK (storage_id IS NOT NULL OR state = 'deleted');

CREATE FUNCTION leave_storage() RETURNS trigger LANGUAGE plpgsql SET search_path = holdfast, pg_temp AS $$
DECLARE
    held bigint;
BEGIN
    SELECT count(*) INTO held FROM backup WHERE storage_id = OLD.id AND state <> 'deleted';
    IF held > 0 THEN
        RAISE EXCEPTION 'it holds % backups; delete them first', held USING ERRCODE = 'object_in_use';
    ELSIF EXISTS (SELECT FROM job WHERE organization_id = OLD.organization_id AND state IN ('queued', 'running')
            AND request ->> 'storage_id' = OLD.id::text) THEN
        RAISE EXCEPTION 'a job of the storage is queued or running; wait for its end or cancel it'
            USING ERRCODE = 'object_in_use';
    ELSIF EXISTS (SELECT FROM upload WHERE storage_id = OLD.id AND state = 'receiving') THEN
        RAISE EXCEPTION 'a file is being uploaded to it; wait for its end or remove the upload'
            USING ERRCODE = 'object_in_use';
    END IF;
    UPDATE backup SET storage_id = NULL, storage_name = OLD.name WHERE storage_id = OLD.id;
    DELETE FROM upload WHERE storage_id = OLD.id;
    RETURN OLD;
END
$$;
CREATE TRIGGER leave_storage BEFORE DELETE ON storage FOR EACH ROW EXECUTE FUNCTION leave_storage();
