-- The catalog. Everything is in the schema holdfast, owned by whoever runs "holdfast init"; the service's own role reads
-- and writes rows and may alter nothing. Every row of an organization carries its id, and every reference between rows
-- carries it too, so that no row can point into another organization. Jobs and backups keep the names of what they were
-- about: they outlive their servers, databases and schedules, and their references become NULL then.

CREATE TABLE organization (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE CHECK (name <> ''),
    served_at timestamptz NOT NULL DEFAULT '-infinity', -- when a job of it was claimed last: whose turn it is
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT ''
);

CREATE TABLE account (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (name <> ''), -- what one signs in with
    full_name text NOT NULL DEFAULT '',
    password text, -- scrypt, as crypto/password.h writes it; NULL: cannot sign in
    is_owner boolean NOT NULL DEFAULT false, -- of the whole installation
    is_active boolean NOT NULL DEFAULT true,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX account_name ON account (lower(name));

CREATE TABLE membership (
    organization_id uuid NOT NULL REFERENCES organization ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('administrator', 'operator', 'viewer')),
    PRIMARY KEY (organization_id, account_id)
);
CREATE INDEX membership_account ON membership (account_id);

CREATE TABLE session (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash bytea NOT NULL UNIQUE, -- SHA-256 of the cookie
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    organization_id uuid REFERENCES organization ON DELETE CASCADE, -- the one that is looked at
    csrf text NOT NULL,
    address text NOT NULL DEFAULT '',
    agent text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE token (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organization ON DELETE CASCADE,
    name text NOT NULL CHECK (name <> ''),
    role text NOT NULL CHECK (role IN ('administrator', 'operator', 'viewer')),
    token_hash bytea NOT NULL UNIQUE, -- SHA-256
    hint text NOT NULL, -- its first characters, to tell tokens apart
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    expires_at timestamptz,
    used_at timestamptz,
    version int NOT NULL DEFAULT 1,
    UNIQUE (organization_id, name)
);

CREATE TABLE server (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organization,
    name text NOT NULL CHECK (name <> ''),
    host text NOT NULL,
    port int NOT NULL DEFAULT 5432 CHECK (port BETWEEN 1 AND 65535),
    username text NOT NULL,
    password bytea, -- sealed
    tls_mode text NOT NULL DEFAULT 'prefer'
        CHECK (tls_mode IN ('disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full')),
    tls_root text NOT NULL DEFAULT '', -- certificates, PEM
    maintenance_db text NOT NULL DEFAULT 'postgres',
    pool text NOT NULL DEFAULT 'default' CHECK (pool <> ''),
    max_jobs int NOT NULL DEFAULT 4 CHECK (max_jobs BETWEEN 1 AND 100), -- at the same time
    checked_at timestamptz,
    check_result jsonb, -- {"ok", "message", "version"}
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, name)
);

CREATE TABLE database (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL,
    server_id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    alarm_after_s bigint NOT NULL DEFAULT 172800 CHECK (alarm_after_s > 0), -- without a good backup
    retention_paused text, -- why; NULL: it is not
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1,
    UNIQUE (organization_id, id),
    UNIQUE (server_id, name),
    FOREIGN KEY (organization_id, server_id) REFERENCES server (organization_id, id)
);
CREATE INDEX database_list ON database (organization_id, name, id);

CREATE TABLE storage (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organization,
    name text NOT NULL CHECK (name <> ''),
    kind text NOT NULL DEFAULT 'local' CHECK (kind IN ('local')),
    path text NOT NULL, -- of a local one: the folder
    checked_at timestamptz,
    check_result jsonb, -- {"ok", "message"}
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, name)
);

CREATE TABLE key (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organization,
    name text NOT NULL CHECK (name <> ''),
    kind text NOT NULL CHECK (kind IN ('identity', 'recipient', 'passphrase')),
    recipient text, -- age1…; NULL for a passphrase
    secret bytea, -- sealed: the identity or the passphrase; NULL for a recipient alone
    fingerprint text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, name),
    CHECK ((kind = 'recipient') = (secret IS NULL)),
    CHECK ((kind = 'passphrase') = (recipient IS NULL))
);
CREATE INDEX key_fingerprint ON key (organization_id, fingerprint);

CREATE TABLE schedule (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organization,
    name text NOT NULL CHECK (name <> ''),
    description text NOT NULL DEFAULT '',
    is_active boolean NOT NULL DEFAULT true,
    interval_s bigint CHECK (interval_s >= 60),
    cron text, -- five fields
    time_zone text NOT NULL DEFAULT 'UTC', -- of the cron expression
    starts_at timestamptz NOT NULL DEFAULT now(),
    server_id uuid, -- with database_pattern: whatever it matches when the schedule runs
    database_pattern text, -- * and ?
    storage_id uuid NOT NULL,
    folder text NOT NULL DEFAULT '',
    prefix text NOT NULL DEFAULT '',
    keep_count int CHECK (keep_count >= 1),
    keep_days int CHECK (keep_days >= 1),
    pool text, -- NULL: the server's
    options jsonb NOT NULL DEFAULT '{}', -- what a backup job takes: jobs, level, scope
    next_run_at timestamptz, -- NULL: not known yet
    last_run_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, name),
    FOREIGN KEY (organization_id, server_id) REFERENCES server (organization_id, id),
    FOREIGN KEY (organization_id, storage_id) REFERENCES storage (organization_id, id),
    CHECK ((interval_s IS NULL) <> (cron IS NULL)),
    CHECK ((server_id IS NULL) = (database_pattern IS NULL))
);
CREATE INDEX schedule_next ON schedule (next_run_at) WHERE is_active;

CREATE TABLE schedule_database (
    organization_id uuid NOT NULL,
    schedule_id uuid NOT NULL,
    database_id uuid NOT NULL,
    PRIMARY KEY (organization_id, schedule_id, database_id),
    FOREIGN KEY (organization_id, schedule_id) REFERENCES schedule (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, database_id) REFERENCES database (organization_id, id) ON DELETE CASCADE
);

CREATE TABLE schedule_key (
    organization_id uuid NOT NULL,
    schedule_id uuid NOT NULL,
    key_id uuid NOT NULL,
    PRIMARY KEY (organization_id, schedule_id, key_id),
    FOREIGN KEY (organization_id, schedule_id) REFERENCES schedule (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, key_id) REFERENCES key (organization_id, id)
);

-- A job is a row here first, and then an id in a stream of Redis. Whoever raises the attempt owns it; every later write
-- names that attempt.
CREATE TABLE job (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organization,
    kind text NOT NULL CHECK (kind <> ''),
    name text NOT NULL DEFAULT '', -- of the file it is about
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    phase text NOT NULL DEFAULT '',
    step text NOT NULL DEFAULT '', -- what is done for good, where a new attempt goes on
    request jsonb NOT NULL DEFAULT '{}', -- what the kind's file says
    secret bytea, -- sealed: a key that is used once; gone when the job ends
    holds text[] NOT NULL DEFAULT '{}', -- what no two running jobs may hold: "database:<id>", "backup:<id>" …
    server_id uuid,
    database_id uuid,
    backup_id uuid,
    schedule_id uuid,
    database_name text NOT NULL DEFAULT '',
    pool text NOT NULL DEFAULT 'default',
    attempt int NOT NULL DEFAULT 0, -- fences; raised by each claim
    failures int NOT NULL DEFAULT 0, -- attempts that came to nothing
    ended_attempt int, -- the last one that ended itself
    not_before timestamptz NOT NULL DEFAULT clock_timestamp(),
    published_at timestamptz,
    worker text,
    lease_until timestamptz,
    cancel_requested boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by text NOT NULL DEFAULT '', -- who
    reason text NOT NULL DEFAULT '', -- why: "manual", "schedule nightly", "before a restore"
    started_at timestamptz, -- of the last attempt
    ended_at timestamptz,
    progress jsonb, -- the last one known
    result jsonb,
    error jsonb, -- {"code", "message"}
    size_bytes bigint, -- of the file made or restored, for the log of backups and restores
    log_seq bigint NOT NULL DEFAULT 0, -- of the last line written
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, server_id) REFERENCES server (organization_id, id),
    FOREIGN KEY (organization_id, database_id) REFERENCES database (organization_id, id),
    FOREIGN KEY (organization_id, schedule_id) REFERENCES schedule (organization_id, id),
    CHECK ((state = 'running') = (lease_until IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX job_queued ON job (pool, not_before) WHERE state = 'queued';
CREATE INDEX job_running ON job (organization_id) WHERE state = 'running';
CREATE INDEX job_list ON job (organization_id, created_at, id);
CREATE INDEX job_kind ON job (organization_id, kind, created_at, id);
CREATE INDEX job_state ON job (organization_id, state, created_at, id) WHERE state <> 'succeeded';
CREATE INDEX job_ended ON job (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX job_database ON job (database_id, created_at, id);
CREATE INDEX job_schedule ON job (schedule_id, created_at, id) WHERE schedule_id IS NOT NULL;
CREATE INDEX job_server ON job (server_id) WHERE server_id IS NOT NULL;
CREATE INDEX job_backup ON job (backup_id) WHERE backup_id IS NOT NULL;
CREATE INDEX log_list ON job (organization_id, created_at, id) WHERE kind IN ('backup', 'restore');
CREATE INDEX log_name ON job (organization_id, name, id) WHERE kind IN ('backup', 'restore');
CREATE INDEX log_type ON job (organization_id, kind, id) WHERE kind IN ('backup', 'restore');
CREATE INDEX log_size ON job (organization_id, coalesce(size_bytes, 0), id) WHERE kind IN ('backup', 'restore');

CREATE TABLE job_log (
    job_id uuid NOT NULL REFERENCES job ON DELETE CASCADE,
    seq bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    attempt int NOT NULL,
    level text NOT NULL CHECK (level IN ('debug', 'info', 'warning', 'error')),
    message text NOT NULL,
    PRIMARY KEY (job_id, seq)
);

CREATE TABLE backup (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organization,
    name text NOT NULL, -- of the file
    path text NOT NULL CHECK (path <> ''), -- in the storage
    storage_id uuid NOT NULL,
    type text NOT NULL CHECK (type IN ('scheduled', 'manual', 'safety', 'uploaded', 'found')),
    state text NOT NULL DEFAULT 'good' CHECK (state IN ('good', 'damaged', 'missing', 'deleted')),
    proof text NOT NULL DEFAULT 'rows counted' CHECK (proof IN ('rows counted', 'verified', 'restored')),
    proved_at timestamptz,
    database_id uuid,
    database_name text NOT NULL,
    server_name text NOT NULL DEFAULT '',
    schedule_id uuid,
    job_id uuid,
    fingerprints text[] NOT NULL DEFAULT '{}', -- of the keys that open it; none: not encrypted
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    raw_bytes bigint NOT NULL DEFAULT 0,
    rows bigint NOT NULL DEFAULT 0,
    tables bigint NOT NULL DEFAULT 0,
    duration_ms bigint NOT NULL DEFAULT 0,
    contents jsonb, -- [{"schema", "name", "rows", "bytes"}]
    is_pinned boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    deleted_at timestamptz,
    version int NOT NULL DEFAULT 1,
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, storage_id) REFERENCES storage (organization_id, id),
    FOREIGN KEY (organization_id, database_id) REFERENCES database (organization_id, id),
    FOREIGN KEY (organization_id, schedule_id) REFERENCES schedule (organization_id, id),
    FOREIGN KEY (organization_id, job_id) REFERENCES job (organization_id, id)
);
ALTER TABLE job ADD FOREIGN KEY (organization_id, backup_id) REFERENCES backup (organization_id, id);
CREATE UNIQUE INDEX backup_path ON backup (storage_id, path) WHERE state <> 'deleted';
CREATE INDEX backup_list ON backup (organization_id, created_at, id) WHERE state <> 'deleted';
CREATE INDEX backup_name ON backup (organization_id, name, id) WHERE state <> 'deleted';
CREATE INDEX backup_size ON backup (organization_id, size_bytes, id) WHERE state <> 'deleted';
CREATE INDEX backup_type ON backup (organization_id, type, created_at, id) WHERE state <> 'deleted';
CREATE INDEX backup_pinned ON backup (organization_id, created_at, id) WHERE is_pinned AND state <> 'deleted';
CREATE INDEX backup_state ON backup (organization_id, state, created_at, id) WHERE state <> 'good';
CREATE INDEX backup_storage ON backup (storage_id, created_at, id);
CREATE INDEX backup_database ON backup (database_id, created_at, id);
CREATE INDEX backup_good ON backup (database_id, created_at) WHERE state = 'good';
CREATE INDEX backup_schedule ON backup (schedule_id, created_at, id);
CREATE INDEX backup_fingerprints ON backup USING gin (fingerprints);

CREATE TABLE upload (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL,
    storage_id uuid NOT NULL,
    name text NOT NULL, -- of the file, as the client says
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    offset_bytes bigint NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'receiving' CHECK (state IN ('receiving', 'complete', 'refused')),
    error text,
    summary jsonb, -- what the archive says of itself
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    expires_at timestamptz NOT NULL,
    version int NOT NULL DEFAULT 1,
    CHECK (offset_bytes BETWEEN 0 AND size_bytes),
    FOREIGN KEY (organization_id, storage_id) REFERENCES storage (organization_id, id)
);
CREATE INDEX upload_list ON upload (organization_id, created_at, id);

CREATE TABLE preflight (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organization,
    job_id uuid, -- that makes it
    request jsonb NOT NULL,
    result jsonb, -- {"ok", "findings": [{"fatal", "text"}]}; NULL: under way
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    expires_at timestamptz NOT NULL,
    FOREIGN KEY (organization_id, job_id) REFERENCES job (organization_id, id)
);
CREATE INDEX preflight_job ON preflight (job_id);

CREATE TABLE download (
    token_hash bytea PRIMARY KEY, -- a link that works once
    organization_id uuid NOT NULL,
    backup_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    expires_at timestamptz NOT NULL,
    FOREIGN KEY (organization_id, backup_id) REFERENCES backup (organization_id, id) ON DELETE CASCADE
);

CREATE TABLE webhook (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organization,
    name text NOT NULL,
    url text NOT NULL,
    secret bytea, -- sealed; signs the body
    must_succeed boolean NOT NULL DEFAULT false, -- else nothing is halted
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, name)
);

-- Of an organization, or with NULL of the whole installation.
CREATE TABLE setting (
    organization_id uuid REFERENCES organization ON DELETE CASCADE,
    name text NOT NULL,
    value jsonb NOT NULL,
    version int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX setting_name ON setting (coalesce(organization_id, '00000000-0000-0000-0000-000000000000'), name);

-- Which services are halted, and until when at the latest: whatever happens, they resume.
CREATE TABLE halt (
    database_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    job_id uuid NOT NULL,
    connections boolean NOT NULL, -- what is halted: new connections are refused
    gate boolean NOT NULL,
    webhooks boolean NOT NULL, -- somebody was told, and is to be told again
    halted_at timestamptz NOT NULL DEFAULT now(),
    until timestamptz NOT NULL,
    asked_at timestamptz, -- when the leader asked for a job that resumes them, as the one that halts is dead
    FOREIGN KEY (organization_id, database_id) REFERENCES database (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, job_id) REFERENCES job (organization_id, id)
);

-- The answer to a POST that carried an Idempotency-Key, for a day.
CREATE TABLE idempotency (
    organization_id uuid NOT NULL REFERENCES organization ON DELETE CASCADE,
    actor text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status int,
    answer text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, actor, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

-- Who did what to what. Only audit_append writes here, and each row carries the hash of itself and the one before.
CREATE TABLE audit_event (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    organization_id uuid, -- NULL: the installation
    actor text NOT NULL, -- "user ada", "token nightly", "schedule shop", "worker w1", "command line root"
    action text NOT NULL, -- "backup.create"
    object_kind text NOT NULL,
    object_id text NOT NULL,
    object_name text NOT NULL, -- a file's name, a user's …
    address text NOT NULL,
    outcome text NOT NULL, -- "success", "failure", "denied"
    detail text NOT NULL,
    hash bytea NOT NULL
);
CREATE INDEX audit_list ON audit_event (organization_id, seq);
CREATE INDEX audit_object ON audit_event (object_id, seq);
CREATE INDEX audit_action ON audit_event (organization_id, action, seq);
CREATE INDEX audit_object_kind ON audit_event (organization_id, object_kind, seq);
CREATE INDEX audit_actor ON audit_event (organization_id, actor, seq);
CREATE INDEX audit_outcome ON audit_event (organization_id, outcome, seq) WHERE outcome <> 'success';

-- What is hashed, after the hash of the row before (32 zero bytes for the first).
CREATE FUNCTION audit_text(e audit_event) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_array(e.seq, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.organization_id,
        e.actor, e.action, e.object_kind, e.object_id, e.object_name, e.address, e.outcome, e.detail)::text
$$;

-- One chain: one writer at a time, to the end of its transaction.
CREATE FUNCTION audit_append(organization_id uuid, actor text, action text, object_kind text, object_id text,
    object_name text, address text, outcome text, detail text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = holdfast, pg_temp AS $$
DECLARE
    last audit_event;
    e audit_event;
BEGIN
    PERFORM pg_advisory_xact_lock(1213156420, 4);
    SELECT * INTO last FROM audit_event ORDER BY seq DESC LIMIT 1;
    e := (coalesce(last.seq, 0) + 1, clock_timestamp(), organization_id, actor, action, object_kind, object_id,
          object_name, address, outcome, detail, ''::bytea);
    e.hash := sha256(coalesce(last.hash, decode(repeat('00', 32), 'hex')) || convert_to(audit_text(e), 'UTF8'));
    INSERT INTO audit_event VALUES (e.*);
    RETURN e.seq;
END
$$;
REVOKE ALL ON FUNCTION audit_append FROM PUBLIC;

-- What is removed leaves its name in the jobs and backups that were about it; while a job needs it, it stays.
CREATE FUNCTION leave_history() RETURNS trigger LANGUAGE plpgsql SET search_path = holdfast, pg_temp AS $$
DECLARE
    reference text := TG_TABLE_NAME || '_id';
    used boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM job WHERE %I = $1 AND state IN (''queued'', ''running''))', reference)
        INTO used USING OLD.id;
    IF used THEN
        RAISE EXCEPTION 'a job of the % is queued or running; wait for its end or cancel it', TG_TABLE_NAME
            USING ERRCODE = 'object_in_use';
    END IF;
    EXECUTE format('UPDATE job SET %1$I = NULL WHERE %1$I = $1', reference) USING OLD.id;
    IF TG_TABLE_NAME <> 'server' THEN
        EXECUTE format('UPDATE backup SET %1$I = NULL WHERE %1$I = $1', reference) USING OLD.id;
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER leave_history BEFORE DELETE ON server FOR EACH ROW EXECUTE FUNCTION leave_history();
CREATE TRIGGER leave_history BEFORE DELETE ON database FOR EACH ROW EXECUTE FUNCTION leave_history();
CREATE TRIGGER leave_history BEFORE DELETE ON schedule FOR EACH ROW EXECUTE FUNCTION leave_history();

-- A key that opens what is still there stays.
CREATE FUNCTION keep_key() RETURNS trigger LANGUAGE plpgsql SET search_path = holdfast, pg_temp AS $$
DECLARE
    needed bigint;
BEGIN
    SELECT count(*) INTO needed FROM backup b WHERE b.organization_id = OLD.organization_id AND b.state <> 'deleted'
        AND b.fingerprints @> ARRAY[OLD.fingerprint];
    IF OLD.secret IS NOT NULL AND needed > 0 AND NOT EXISTS (SELECT FROM key k WHERE k.fingerprint = OLD.fingerprint
        AND k.organization_id = OLD.organization_id AND k.id <> OLD.id AND k.secret IS NOT NULL) THEN
        RAISE EXCEPTION 'the key opens % backups that are still there; delete them first', needed
            USING ERRCODE = 'object_in_use';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER keep_key BEFORE DELETE ON key FOR EACH ROW EXECUTE FUNCTION keep_key();
