-- Files that a job makes for people: exported tables. Pieces come as the job goes, sealed, for there are rows in them; the
-- file is there with the job's end, until its time is over.

CREATE TABLE job_piece (
    organization_id uuid NOT NULL,
    job_id uuid NOT NULL,
    file int NOT NULL, -- its number within the job
    number int NOT NULL, -- within the file
    sealed bytea NOT NULL,
    PRIMARY KEY (job_id, file, number),
    FOREIGN KEY (organization_id, job_id) REFERENCES job (organization_id, id) ON DELETE CASCADE
);

CREATE TABLE job_file (
    organization_id uuid NOT NULL,
    job_id uuid NOT NULL,
    number int NOT NULL, -- within the job
    name text NOT NULL CHECK (name <> ''),
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, job_id, number),
    FOREIGN KEY (organization_id, job_id) REFERENCES job (organization_id, id) ON DELETE CASCADE
);

-- A link that works once.
CREATE TABLE job_file_link (
    token_hash bytea PRIMARY KEY,
    organization_id uuid NOT NULL,
    job_id uuid NOT NULL,
    number int NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    expires_at timestamptz NOT NULL,
    FOREIGN KEY (organization_id, job_id, number) REFERENCES job_file ON DELETE CASCADE
);
