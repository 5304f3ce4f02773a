-- The rows that a target has refused in a migration: one by one, as they are met, and kept whatever becomes of the
-- report. Sealed, and the job's, like that.

CREATE TABLE job_refused (
    organization_id uuid NOT NULL,
    job_id uuid NOT NULL,
    number int NOT NULL, -- within the job
    sealed bytea NOT NULL,
    PRIMARY KEY (job_id, number),
    FOREIGN KEY (organization_id, job_id) REFERENCES job (organization_id, id) ON DELETE CASCADE
);
