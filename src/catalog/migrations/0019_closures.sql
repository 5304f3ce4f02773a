-- Sources that a migration has closed: to all but superusers, by a connection limit of 0. They open when it fails. Once
-- the source is moved, or may have been, it stays so until somebody opens it.

CREATE TABLE closure (
    database_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    job_id uuid NOT NULL,
    attempt int NOT NULL, -- of the job: one that was thought dead touches nothing of the next one's
    connection_limit int NOT NULL, -- as it was, and is to be again; -1: none
    is_moved boolean NOT NULL DEFAULT false, -- or may have been
    closed_at timestamptz NOT NULL DEFAULT now(),
    asked_at timestamptz, -- when the leader asked for a job that opens it, as the one that closed it is dead
    FOREIGN KEY (organization_id, database_id) REFERENCES database (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, job_id) REFERENCES job (organization_id, id)
);
