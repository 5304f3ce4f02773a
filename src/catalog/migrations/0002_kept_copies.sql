-- What swaps have kept of registered databases, on their servers: so that it goes when its time is over, though no other
-- restore comes to clear it away.

CREATE TABLE kept_copy (
    organization_id uuid NOT NULL,
    database_id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''), -- of the copy's database
    until timestamptz NOT NULL, -- by the server's clock
    tried_at timestamptz, -- when a job was made last that is to drop it
    PRIMARY KEY (database_id, name),
    FOREIGN KEY (organization_id, database_id) REFERENCES database (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX kept_copy_until ON kept_copy (until);

INSERT INTO kept_copy (organization_id, database_id, name, until)
SELECT DISTINCT organization_id, database_id, result ->> 'kept', (result ->> 'kept_until')::timestamptz
FROM job WHERE kind IN ('restore', 'undo') AND state = 'succeeded' AND database_id IS NOT NULL
    AND result ->> 'kept' <> '' AND result ->> 'kept_until' <> '';
