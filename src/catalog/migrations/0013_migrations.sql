-- What a job has to say at length: of an assessment, of a migration. Sealed, for there are examples of rows in it. It is
-- the job's: it goes with it.

CREATE TABLE job_report (
    organization_id uuid NOT NULL,
    job_id uuid NOT NULL,
    part text NOT NULL CHECK (part IN ('report', 'page', 'script')),
    sealed bytea NOT NULL,
    PRIMARY KEY (job_id, part),
    FOREIGN KEY (organization_id, job_id) REFERENCES job (organization_id, id) ON DELETE CASCADE
);

-- A SQL Server that databases are moved to.
CREATE TABLE mssql_server (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organization,
    name text NOT NULL CHECK (name <> ''),
    address text NOT NULL, -- "db.example", "db.example:1433", "db.example\SALES"
    username text NOT NULL, -- of SQL Server, or DOMAIN\user of Windows
    password bytea, -- sealed; NULL: it is asked for each time
    tls_root text NOT NULL DEFAULT '', -- certificates, PEM; '': those of the system
    any_certificate boolean NOT NULL DEFAULT false, -- encrypt, but do not look at whose it is
    pool text NOT NULL DEFAULT 'default' CHECK (pool <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, name)
);

-- While a job needs it, it stays.
CREATE FUNCTION keep_mssql_server() RETURNS trigger LANGUAGE plpgsql SET search_path = holdfast, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM job WHERE organization_id = OLD.organization_id AND state IN ('queued', 'running')
        AND request ->> 'mssql_server_id' = OLD.id::text) THEN
        RAISE EXCEPTION 'a job into the SQL Server is queued or running; wait for its end or cancel it'
            USING ERRCODE = 'object_in_use';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER keep_mssql_server BEFORE DELETE ON mssql_server FOR EACH ROW EXECUTE FUNCTION keep_mssql_server();
