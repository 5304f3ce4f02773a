-- Who lets a paused retention go on has looked at what made it stop: that is no reason again.

ALTER TABLE database ADD COLUMN retention_confirmed_at timestamptz;

CREATE FUNCTION confirm_retention() RETURNS trigger LANGUAGE plpgsql SET search_path = holdfast, pg_temp AS $$
BEGIN
    NEW.retention_confirmed_at := now();
    RETURN NEW;
END
$$;
CREATE TRIGGER confirm_retention BEFORE UPDATE OF retention_paused ON database FOR EACH ROW
    WHEN (OLD.retention_paused IS NOT NULL AND NEW.retention_paused IS NULL) EXECUTE FUNCTION confirm_retention();

-- What waits for nothing is looked for each second.
CREATE INDEX job_resume ON job (pool) WHERE state = 'queued' AND kind = 'resume';
