-- What is made anew by every "holdfast init": the rights of the service's role, the representations that the API gives,
-- and the queue's functions. Each view has id, organization_id, version, the columns that lists filter and sort by, and
-- json, exactly as www/openapi.yaml has it. (Of the long lists it is json, not jsonb, which takes twice the time.)

GRANT USAGE ON SCHEMA holdfast TO :"service_role";
REVOKE ALL ON ALL TABLES IN SCHEMA holdfast FROM :"service_role";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA holdfast TO :"service_role";
REVOKE INSERT, UPDATE, DELETE ON audit_event, migration FROM :"service_role";
REVOKE UPDATE, DELETE ON job_log FROM :"service_role";
REVOKE DELETE ON job FROM :"service_role";
GRANT EXECUTE ON FUNCTION audit_append TO :"service_role";

DROP SCHEMA IF EXISTS holdfast_view CASCADE;
CREATE SCHEMA holdfast_view;

-- ---- Times --------------------------------------------------------------------------------------------------------

-- RFC 3339 in UTC; NULL for infinity, as below.
CREATE FUNCTION holdfast_view.t(moment timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN isfinite(moment) THEN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END
$$;

-- Microseconds since 1970, both ways.
CREATE FUNCTION holdfast_view.at(us bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT timestamptz '1970-01-01 00:00:00+00' + (us / 1000000) * interval '1 second'
        + (us % 1000000) * interval '1 microsecond'
$$;
CREATE FUNCTION holdfast_view.us(moment timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN isfinite(moment) THEN round(extract(epoch FROM moment) * 1000000)::bigint END
$$;

-- ---- People -------------------------------------------------------------------------------------------------------

CREATE VIEW holdfast_view.organization AS
SELECT o.id, o.id AS organization_id, o.version, o.name, o.created_at,
    jsonb_build_object('id', o.id, 'name', o.name, 'created_at', holdfast_view.t(o.created_at), 'created_by',
        o.created_by, 'version', o.version) AS json
FROM organization o;

-- Of the installation: a person with every membership.
CREATE VIEW holdfast_view.account AS
SELECT a.id, NULL::uuid AS organization_id, a.version, a.name, a.created_at, a.is_owner, a.is_active,
    jsonb_build_object('id', a.id, 'name', a.name, 'full_name', a.full_name, 'is_owner', a.is_owner, 'is_active',
        a.is_active, 'has_password', a.password IS NOT NULL, 'memberships', coalesce((SELECT jsonb_agg(
            jsonb_build_object('organization_id', o.id, 'organization_name', o.name, 'role', m.role) ORDER BY o.name)
            FROM membership m JOIN organization o ON o.id = m.organization_id WHERE m.account_id = a.id), '[]'),
        'created_at', holdfast_view.t(a.created_at), 'created_by', a.created_by, 'version', a.version) AS json
FROM account a;

-- Of an organization: a person with the role there.
CREATE VIEW holdfast_view.member AS
SELECT a.id, m.organization_id, a.version, a.name, m.role, a.is_active, a.created_at,
    jsonb_build_object('id', a.id, 'name', a.name, 'full_name', a.full_name, 'role', m.role, 'is_owner', a.is_owner,
        'is_active', a.is_active, 'has_password', a.password IS NOT NULL, 'created_at', holdfast_view.t(a.created_at),
        'created_by', a.created_by, 'version', a.version) AS json
FROM account a JOIN membership m ON m.account_id = a.id;

CREATE VIEW holdfast_view.session AS
SELECT s.id, s.organization_id, 1 AS version, s.account_id, s.created_at, a.name,
    jsonb_build_object('id', s.id, 'account_id', s.account_id, 'user', a.name, 'address', s.address, 'agent', s.agent,
        'created_at', holdfast_view.t(s.created_at), 'seen_at', holdfast_view.t(s.seen_at), 'expires_at',
        holdfast_view.t(s.expires_at)) AS json
FROM session s JOIN account a ON a.id = s.account_id
WHERE s.expires_at > now();

CREATE VIEW holdfast_view.token AS
SELECT k.id, k.organization_id, k.version, k.name, k.role, k.created_at,
    jsonb_build_object('id', k.id, 'name', k.name, 'role', k.role, 'hint', k.hint, 'created_at',
        holdfast_view.t(k.created_at), 'created_by', k.created_by, 'expires_at', holdfast_view.t(k.expires_at),
        'used_at', holdfast_view.t(k.used_at), 'version', k.version) AS json
FROM token k;

-- ---- What is backed up, where and how -----------------------------------------------------------------------------

CREATE VIEW holdfast_view.server AS
SELECT s.id, s.organization_id, s.version, s.name, s.host, s.pool, s.created_at,
    jsonb_build_object('id', s.id, 'name', s.name, 'host', s.host, 'port', s.port, 'username', s.username,
        'has_password', s.password IS NOT NULL, 'tls_mode', s.tls_mode, 'tls_root', s.tls_root, 'maintenance_db',
        s.maintenance_db, 'pool', s.pool, 'max_jobs', s.max_jobs, 'checked_at', holdfast_view.t(s.checked_at), 'check',
        s.check_result, 'created_at', holdfast_view.t(s.created_at), 'created_by', s.created_by, 'version', s.version)
        AS json
FROM server s;

CREATE VIEW holdfast_view.mssql_server AS
SELECT s.id, s.organization_id, s.version, s.name, s.pool, s.created_at,
    jsonb_build_object('id', s.id, 'name', s.name, 'address', s.address, 'username', s.username, 'has_password',
        s.password IS NOT NULL, 'tls_root', s.tls_root, 'any_certificate', s.any_certificate, 'pool', s.pool,
        'created_at', holdfast_view.t(s.created_at), 'created_by', s.created_by, 'version', s.version) AS json
FROM mssql_server s;

-- With the alarm: no good backup for longer than the database may be without one, or the server does not have it.
CREATE VIEW holdfast_view.alarm AS
SELECT d.id, d.organization_id, d.version, d.name, d.server_id, b.id AS backup_id, b.created_at AS last_good_at,
    b.size_bytes, b.proof, r.is_raised,
    jsonb_build_object('id', d.id, 'database_id', d.id, 'database_name', d.name, 'server_id', d.server_id,
        'server_name', s.name, 'alarm_after_s', d.alarm_after_s, 'last_good_at', holdfast_view.t(b.created_at),
        'last_good_backup_id', b.id, 'missing_since', holdfast_view.t(d.missing_since), 'is_raised', r.is_raised) AS json
FROM database d JOIN server s ON s.id = d.server_id
LEFT JOIN LATERAL (SELECT b.id, b.created_at, b.size_bytes, b.proof FROM backup b WHERE b.database_id = d.id
    AND b.state = 'good' ORDER BY b.created_at DESC LIMIT 1) b ON true,
LATERAL (SELECT d.missing_since IS NOT NULL
    OR coalesce(b.created_at, d.created_at) < now() - d.alarm_after_s * interval '1 second' AS is_raised) r;

-- Whether a schedule's pattern (* and ?) means a database of that name.
CREATE FUNCTION holdfast_view.is_meant(name text, pattern text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT name LIKE translate(regexp_replace(pattern, '([\\%_])', '\\\1', 'g'), '*?', '%_')
$$;

-- When schedules back a database up next; infinity or NULL: never.
CREATE FUNCTION holdfast_view.next_run_at(d holdfast.database) RETURNS timestamptz LANGUAGE plpgsql STABLE
SET search_path = holdfast, pg_temp AS $$
BEGIN
    RETURN least(
        (SELECT min(c.next_run_at) FROM schedule_database l JOIN schedule c ON c.id = l.schedule_id
            WHERE l.database_id = d.id AND c.is_active),
        (SELECT min(c.next_run_at) FROM schedule c
            WHERE c.server_id = d.server_id AND c.is_active AND holdfast_view.is_meant(d.name, c.database_pattern)));
END
$$;

-- The last twelve good backups of a database, the oldest first.
CREATE FUNCTION holdfast_view.trend(its_database uuid) RETURNS jsonb LANGUAGE plpgsql STABLE
SET search_path = holdfast, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('at', holdfast_view.t(b.created_at), 'size_bytes', b.size_bytes,
            'duration_ms', b.duration_ms) ORDER BY b.created_at), '[]')
        FROM (SELECT created_at, size_bytes, duration_ms FROM backup WHERE database_id = its_database AND state = 'good'
            ORDER BY created_at DESC LIMIT 12) b);
END
$$;

CREATE VIEW holdfast_view.database AS
SELECT d.id, d.organization_id, d.version, d.server_id, d.name, d.created_at,
    jsonb_build_object('id', d.id, 'name', d.name, 'server_id', d.server_id, 'server_name', s.name, 'alarm_after_s',
        d.alarm_after_s, 'retention_paused', d.retention_paused, 'last_good_backup_id', a.backup_id, 'last_good_at',
        holdfast_view.t(a.last_good_at), 'last_good_bytes', a.size_bytes, 'last_good_proof', a.proof, 'trend',
        holdfast_view.trend(d.id), 'next_run_at', holdfast_view.t(holdfast_view.next_run_at(d)), 'alarm', a.is_raised,
        'missing_since', holdfast_view.t(d.missing_since), 'halted_until',
        (SELECT holdfast_view.t(h.until) FROM halt h WHERE h.database_id = d.id AND h.until > now()), 'closed',
        (SELECT jsonb_build_object('job_id', c.job_id, 'at', holdfast_view.t(c.closed_at), 'is_moved', c.is_moved)
            FROM closure c WHERE c.database_id = d.id), 'created_at',
        holdfast_view.t(d.created_at), 'created_by', d.created_by, 'version', d.version) AS json
FROM database d JOIN server s ON s.id = d.server_id JOIN holdfast_view.alarm a ON a.id = d.id;

CREATE VIEW holdfast_view.storage AS
SELECT s.id, s.organization_id, s.version, s.name, s.kind, s.created_at,
    jsonb_build_object('id', s.id, 'name', s.name, 'kind', s.kind, 'path', s.path, 'use',
        (SELECT jsonb_build_object('backups', count(*), 'bytes', coalesce(sum(b.size_bytes), 0)) FROM backup b
            WHERE b.storage_id = s.id AND b.state <> 'deleted'), 'checked_at',
        holdfast_view.t(s.checked_at), 'check', s.check_result, 'created_at', holdfast_view.t(s.created_at),
        'created_by', s.created_by, 'version', s.version) AS json
FROM storage s;

CREATE VIEW holdfast_view.key AS
SELECT k.id, k.organization_id, k.version, k.name, k.kind, k.fingerprint, k.created_at,
    jsonb_build_object('id', k.id, 'name', k.name, 'kind', k.kind, 'recipient', k.recipient, 'fingerprint',
        k.fingerprint, 'has_secret', k.secret IS NOT NULL, 'opens',
        (SELECT jsonb_build_object('backups', count(*), 'bytes', coalesce(sum(b.size_bytes), 0), 'newest_at',
            holdfast_view.t(max(b.created_at))) FROM backup b WHERE b.fingerprints @> ARRAY[k.fingerprint]
            AND b.organization_id = k.organization_id AND b.state <> 'deleted'), 'created_at',
        holdfast_view.t(k.created_at), 'created_by',
        k.created_by, 'version', k.version) AS json
FROM key k;

CREATE VIEW holdfast_view.schedule AS
SELECT s.id, s.organization_id, s.version, s.name, s.is_active, s.storage_id, s.server_id, s.created_at,
    coalesce(s.next_run_at, 'infinity') AS next_run_at,
    jsonb_build_object('id', s.id, 'name', s.name, 'description', s.description, 'is_active', s.is_active, 'interval_s',
        s.interval_s, 'cron', s.cron, 'time_zone', s.time_zone, 'starts_at', holdfast_view.t(s.starts_at), 'server_id',
        s.server_id, 'database_pattern', s.database_pattern)
    || jsonb_build_object('database_ids', coalesce((SELECT jsonb_agg(l.database_id ORDER BY l.database_id)
            FROM schedule_database l WHERE l.organization_id = s.organization_id AND l.schedule_id = s.id), '[]'),
        'key_ids', coalesce((SELECT jsonb_agg(l.key_id ORDER BY l.key_id)
            FROM schedule_key l WHERE l.organization_id = s.organization_id AND l.schedule_id = s.id), '[]'),
        'storage_id', s.storage_id, 'folder', s.folder, 'prefix', s.prefix, 'keep_count', s.keep_count, 'keep_days',
        s.keep_days, 'pool', s.pool, 'options', s.options, 'next_run_at', holdfast_view.t(s.next_run_at), 'last_run_at',
        holdfast_view.t(s.last_run_at), 'created_at', holdfast_view.t(s.created_at), 'created_by', s.created_by,
        'version', s.version) AS json
FROM schedule s;

CREATE VIEW holdfast_view.backup AS
SELECT b.id, b.organization_id, b.version, b.name, b.database_id, b.schedule_id, b.storage_id, b.type, b.state,
    b.is_pinned, b.created_at, b.size_bytes, b.job_id, b.fingerprints,
    json_build_object('id', b.id, 'name', b.name, 'path', b.path, 'storage_id', b.storage_id, 'storage_name',
        coalesce((SELECT s.name FROM storage s WHERE s.id = b.storage_id), b.storage_name), 'type', b.type, 'state', b.state, 'proof', b.proof, 'proved_at', holdfast_view.t(b.proved_at), 'database_id', b.database_id,
        'database_name', b.database_name, 'server_name', b.server_name, 'schedule_id', b.schedule_id, 'schedule_name',
        (SELECT s.name FROM schedule s WHERE s.id = b.schedule_id), 'job_id', b.job_id, 'fingerprints',
        to_json(b.fingerprints), 'size_bytes', b.size_bytes, 'raw_bytes', b.raw_bytes, 'rows', b.rows, 'tables',
        b.tables, 'duration_ms', b.duration_ms, 'is_pinned', b.is_pinned, 'created_at', holdfast_view.t(b.created_at),
        'created_by', b.created_by, 'deleted_at', holdfast_view.t(b.deleted_at), 'version', b.version) AS json
FROM backup b;

CREATE VIEW holdfast_view.upload AS
SELECT u.id, u.organization_id, u.version, u.name, u.state, u.purpose, u.created_at,
    jsonb_build_object('id', u.id, 'name', u.name, 'purpose', u.purpose, 'storage_id', u.storage_id, 'size_bytes', u.size_bytes,
        'offset_bytes', u.offset_bytes, 'state', u.state, 'error', u.error, 'summary', u.summary, 'created_at',
        holdfast_view.t(u.created_at), 'created_by', u.created_by, 'expires_at', holdfast_view.t(u.expires_at)) AS json
FROM upload u;

CREATE VIEW holdfast_view.preflight AS
SELECT p.id, p.organization_id, 1 AS version, p.created_at,
    jsonb_build_object('id', p.id, 'job_id', p.job_id, 'request', p.request, 'result', p.result, 'created_at',
        holdfast_view.t(p.created_at), 'created_by', p.created_by, 'expires_at', holdfast_view.t(p.expires_at)) AS json
FROM preflight p WHERE p.expires_at > now();

CREATE VIEW holdfast_view.webhook AS
SELECT w.id, w.organization_id, w.version, w.name, w.is_active, w.created_at,
    jsonb_build_object('id', w.id, 'name', w.name, 'url', w.url, 'has_secret', w.secret IS NOT NULL, 'must_succeed',
        w.must_succeed, 'is_active', w.is_active, 'created_at', holdfast_view.t(w.created_at), 'created_by',
        w.created_by, 'version', w.version) AS json
FROM webhook w;

-- All of an organization in one, with their version among them.
CREATE VIEW holdfast_view.setting AS
SELECT o.id, o.id AS organization_id, o.settings_version AS version,
    (SELECT coalesce(jsonb_object_agg(s.name, s.value), '{}') FROM setting s WHERE s.organization_id = o.id)
        || jsonb_build_object('version', o.settings_version) AS json
FROM organization o;

-- ---- Jobs ---------------------------------------------------------------------------------------------------------

-- Workers say each 10 seconds that they are there.
CREATE FUNCTION holdfast_view.is_alive(w holdfast.worker) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT w.seen_at > now() - interval '40 seconds'
$$;

-- What is to be said of a pool that no worker serves; '' of others.
CREATE FUNCTION holdfast_view.unserved(its_pool text) RETURNS text LANGUAGE plpgsql STABLE
SET search_path = holdfast, pg_temp AS $$
BEGIN
    RETURN (SELECT CASE WHEN bool_or(holdfast_view.is_alive(w)) THEN ''
        ELSE ': none serves it' || coalesce(', and the last one was seen at ' || holdfast_view.t(max(w.seen_at)), '')
            || '; start one with --pool ' || its_pool END
        FROM worker w WHERE w.pool = its_pool);
END
$$;

-- What a queued job waits for; NULL for any other. (In PL/pgSQL, which keeps its plans, as lists call it for many.)
CREATE FUNCTION holdfast_view.waiting_for(j holdfast.job) RETURNS text LANGUAGE plpgsql STABLE
SET search_path = holdfast, pg_temp AS $$
BEGIN
    IF j.state <> 'queued' THEN
        RETURN NULL;
    ELSIF j.not_before > clock_timestamp() THEN
        RETURN 'the next attempt at ' || holdfast_view.t(j.not_before);
    END IF;
    RETURN coalesce(
        (SELECT 'the ' || r.kind || ' job ' || r.id FROM job r
            WHERE r.state = 'running' AND r.holds && j.holds AND r.id <> j.id LIMIT 1),
        (SELECT 'one of the ' || s.max_jobs || ' jobs of the server ' || s.name FROM server s
            WHERE s.id = j.server_id AND j.kind <> 'resume'
                AND s.max_jobs <= (SELECT count(*) FROM job r WHERE r.state = 'running' AND r.server_id = s.id)),
        'a worker of the pool ' || j.pool || holdfast_view.unserved(j.pool));
END
$$;

CREATE VIEW holdfast_view.job AS
SELECT j.id, j.organization_id, j.attempt AS version, j.kind, j.state, j.database_id, j.backup_id, j.schedule_id, j.name,
    j.created_at,
    json_build_object('id', j.id, 'kind', j.kind, 'name', j.name, 'state', j.state, 'phase', j.phase, 'attempt',
        j.attempt, 'database_id', j.database_id, 'database_name', j.database_name, 'backup_id', j.backup_id,
        'schedule_id', j.schedule_id, 'pool', j.pool, 'worker', j.worker, 'created_at', holdfast_view.t(j.created_at),
        'created_by', j.created_by, 'reason', j.reason, 'started_at', holdfast_view.t(j.started_at), 'ended_at',
        holdfast_view.t(j.ended_at), 'cancel_requested', j.cancel_requested, 'waiting_for',
        CASE WHEN j.state = 'queued' THEN holdfast_view.waiting_for(j) END, 'progress', j.progress, 'result', j.result,
        'error', j.error, 'size_bytes', j.size_bytes) AS json
FROM job j;

-- What the log tells of a backup.
CREATE FUNCTION holdfast_view.in_log(b holdfast.backup) RETURNS json LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT json_build_object('id', b.id, 'type', b.type, 'state', b.state, 'proof', b.proof, 'is_pinned', b.is_pinned)
$$;

-- Every backup, with what it made, and every restore, with what it was made of.
CREATE VIEW holdfast_view.log AS
SELECT j.id, j.organization_id, 1 AS version, j.kind AS type, j.state AS outcome, j.database_id, j.schedule_id, j.name,
    j.created_at, coalesce(j.size_bytes, 0) AS size_bytes,
    json_build_object('id', j.id, 'job_id', j.id, 'name', j.name, 'created_at', holdfast_view.t(j.created_at), 'type',
        j.kind, 'size_bytes', j.size_bytes, 'outcome', j.state, 'database_id', j.database_id, 'database_name',
        j.database_name, 'backup_id', j.backup_id, 'backup', CASE j.kind
            WHEN 'backup' THEN (SELECT holdfast_view.in_log(b) FROM backup b WHERE b.job_id = j.id LIMIT 1)
            ELSE (SELECT holdfast_view.in_log(b) FROM backup b WHERE b.id = j.backup_id) END, 'schedule_id',
        j.schedule_id, 'created_by', j.created_by, 'reason', j.reason, 'ended_at', holdfast_view.t(j.ended_at), 'error',
        j.error) AS json
FROM job j WHERE j.kind IN ('backup', 'restore');

CREATE VIEW holdfast_view.audit AS
SELECT e.seq AS id, e.organization_id, 1 AS version, e.seq, e.action, e.object_kind, e.object_id, e.object_name, e.actor,
    e.outcome, e.address, e.at,
    json_build_object('id', e.seq::text, 'at', holdfast_view.t(e.at), 'actor', e.actor, 'action', e.action,
        'object_kind', e.object_kind, 'object_id', e.object_id, 'object_name', e.object_name, 'address', e.address,
        'outcome', e.outcome, 'detail', e.detail, 'hash', encode(e.hash, 'hex')) AS json
FROM audit_event e;

-- ---- The queue ----------------------------------------------------------------------------------------------------

-- The number of the last line that an attempt can write: each has numbers of its own, so that a line which a dead one
-- brought to Redis alone is not taken for another.
CREATE FUNCTION holdfast_view.last_seq(attempt int) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT attempt * 100000::bigint
$$;

-- The pool whose workers reach a storage: that of the server whose backup came there last, else of a schedule that puts
-- its backups there, else the only one that servers name.
CREATE FUNCTION holdfast_view.storage_pool(its_storage uuid) RETURNS text LANGUAGE sql STABLE
SET search_path = holdfast, pg_temp AS $$
    SELECT coalesce(
        (SELECT s.pool FROM backup b JOIN database d ON d.id = b.database_id JOIN server s ON s.id = d.server_id
            WHERE b.storage_id = its_storage ORDER BY b.created_at DESC LIMIT 1),
        (SELECT coalesce(c.pool, s.pool) FROM schedule c
            LEFT JOIN schedule_database l ON l.schedule_id = c.id
            LEFT JOIN database d ON d.id = l.database_id
            LEFT JOIN server s ON s.id = coalesce(c.server_id, d.server_id)
            WHERE c.storage_id = its_storage AND coalesce(c.pool, s.pool) IS NOT NULL
            ORDER BY c.created_at DESC, s.pool LIMIT 1),
        (SELECT min(s.pool) FROM storage t JOIN server s ON s.organization_id = t.organization_id
            WHERE t.id = its_storage HAVING count(DISTINCT s.pool) = 1),
        'default')
$$;

-- The same for the file of a backup: the pool that has written it, if it is in use still.
CREATE FUNCTION holdfast_view.backup_pool(b holdfast.backup) RETURNS text LANGUAGE sql STABLE
SET search_path = holdfast, pg_temp AS $$
    SELECT coalesce(
        (SELECT j.pool FROM job j WHERE j.id = b.job_id AND (j.pool IN (SELECT s.pool FROM server s
                WHERE s.organization_id = b.organization_id)
            OR j.pool IN (SELECT c.pool FROM schedule c WHERE c.organization_id = b.organization_id))),
        (SELECT c.pool FROM schedule c WHERE c.id = b.schedule_id),
        (SELECT s.pool FROM database d JOIN server s ON s.id = d.server_id WHERE d.id = b.database_id),
        holdfast_view.storage_pool(b.storage_id))
$$;

-- The job whose turn it is. One claim at a time, for a moment: what it looks at (holds, limits, turns) is then true when
-- it commits. What resumes services comes first and beside the limits; if `urgent`, nothing else comes.
CREATE FUNCTION holdfast_view.job_claim(its_pool text, its_worker text, hint text, lease_s int, urgent boolean)
RETURNS SETOF holdfast.job LANGUAGE plpgsql SET search_path = holdfast, pg_temp AS $$
DECLARE
    claimed job;
BEGIN
    IF urgent AND NOT EXISTS (SELECT FROM job WHERE state = 'queued' AND pool = its_pool AND kind = 'resume') THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(1213156420, 2);
    UPDATE job SET state = 'running', attempt = attempt + 1, worker = its_worker, started_at = clock_timestamp(),
        lease_until = clock_timestamp() + lease_s * interval '1 second', phase = '', progress = NULL, error = NULL,
        log_seq = greatest(log_seq, holdfast_view.last_seq(attempt))
    WHERE id = (
        SELECT j.id FROM job j
        JOIN organization o ON o.id = j.organization_id
        LEFT JOIN server s ON s.id = j.server_id
        LEFT JOIN (SELECT r.organization_id, count(*) AS jobs FROM job r WHERE r.state = 'running'
            GROUP BY r.organization_id) mine ON mine.organization_id = j.organization_id
        LEFT JOIN (SELECT r.server_id, count(*) AS jobs FROM job r WHERE r.state = 'running'
            GROUP BY r.server_id) load ON load.server_id = j.server_id
        WHERE j.state = 'queued' AND j.pool = its_pool AND j.not_before <= clock_timestamp()
            AND (j.kind = 'resume' OR (NOT urgent
                AND (j.server_id IS NULL OR coalesce(load.jobs, 0) < s.max_jobs)))
            AND NOT EXISTS (SELECT FROM job h WHERE h.state = 'running' AND h.holds && j.holds)
        ORDER BY j.kind = 'resume' DESC, coalesce(mine.jobs, 0), o.served_at, j.id::text = hint DESC, j.created_at, j.id LIMIT 1)
    RETURNING * INTO claimed;
    IF FOUND THEN
        UPDATE organization SET served_at = clock_timestamp() WHERE id = claimed.organization_id;
        RETURN NEXT claimed;
    END IF;
END
$$;

-- The line of the audit log that each end has.
CREATE FUNCTION holdfast_view.audit_end(j holdfast.job, outcome text, actor text, error jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = holdfast, pg_temp AS $$
BEGIN
    PERFORM audit_append(j.organization_id, actor, j.kind || '.end', 'job', j.id::text, j.name, '',
        CASE outcome WHEN 'succeeded' THEN 'success' ELSE 'failure' END,
        format('job %s of %s', j.id, j.created_by)
            || CASE WHEN j.database_name NOT IN ('', j.name) THEN ', database ' || j.database_name ELSE '' END || coalesce(': ' || (error ->> 'message'), ''));
END
$$;

-- Ends an attempt as `wish` says; what it came to. No row: the attempt does not own the job. By an attempt that has ended
-- it already (its answer got lost) nothing is changed.
CREATE FUNCTION holdfast_view.job_end(its_id uuid, its_attempt int, actor text, wish text, again_after_s int,
    attempts int, its_result jsonb, its_size bigint, its_error jsonb) RETURNS SETOF text
LANGUAGE plpgsql SET search_path = holdfast, pg_temp AS $$
DECLARE
    j job;
    outcome text;
BEGIN
    SELECT * INTO j FROM job WHERE id = its_id AND attempt = its_attempt FOR UPDATE;
    IF FOUND AND j.ended_attempt = its_attempt THEN
        RETURN NEXT j.state;
    ELSIF j.state = 'running' THEN
        outcome := CASE WHEN wish <> 'again' THEN wish WHEN j.cancel_requested THEN 'cancelled'
            WHEN j.failures + 1 >= attempts THEN 'failed' ELSE 'queued' END;
        UPDATE job SET state = outcome, ended_attempt = its_attempt, lease_until = NULL,
            failures = failures + CASE WHEN wish = 'again' THEN 1 ELSE 0 END,
            not_before = clock_timestamp()
                + CASE WHEN outcome = 'queued' THEN again_after_s ELSE 0 END * interval '1 second',
            published_at = NULL, ended_at = CASE WHEN outcome <> 'queued' THEN clock_timestamp() END,
            secret = CASE WHEN outcome = 'queued' THEN secret END, result = its_result, error = its_error,
            size_bytes = coalesce(its_size, size_bytes), name = coalesce(its_result ->> 'name', name)
        WHERE id = its_id RETURNING * INTO j;
        IF outcome <> 'queued' THEN
            PERFORM holdfast_view.audit_end(j, outcome, actor, its_error);
        END IF;
        RETURN NEXT outcome;
    END IF;
END
$$;

-- Takes back what dead workers held. A clock that was set back would keep leases and pauses for as long: none lies
-- further ahead than it can, and what was made in the future is due.
CREATE FUNCTION holdfast_view.job_take_back(actor text, attempts int, lease_s int) RETURNS SETOF uuid
LANGUAGE plpgsql SET search_path = holdfast, pg_temp AS $$
DECLARE
    j job;
    outcome text;
BEGIN
    UPDATE job SET lease_until = clock_timestamp() + lease_s * interval '1 second'
        WHERE state = 'running' AND lease_until > clock_timestamp() + 2 * lease_s * interval '1 second';
    UPDATE job SET not_before = clock_timestamp() WHERE state = 'queued' AND not_before > clock_timestamp()
        AND (created_at > clock_timestamp() OR not_before > clock_timestamp() + interval '10 minutes');
    FOR j IN SELECT * FROM job WHERE state = 'running' AND lease_until < clock_timestamp() FOR UPDATE SKIP LOCKED LOOP
        outcome := CASE WHEN j.cancel_requested THEN 'cancelled' WHEN j.failures + 1 >= attempts THEN 'failed'
            ELSE 'queued' END;
        INSERT INTO job_log VALUES (j.id, holdfast_view.last_seq(j.attempt), clock_timestamp(), j.attempt, 'warning',
            format('nothing was heard of the worker %s since %s: the job is %s', j.worker,
                holdfast_view.t(j.lease_until), CASE outcome WHEN 'queued' THEN 'queued again' ELSE outcome END));
        UPDATE job SET state = outcome, lease_until = NULL, failures = failures + 1, not_before = clock_timestamp(),
            published_at = NULL, ended_at = CASE WHEN outcome <> 'queued' THEN clock_timestamp() END,
            secret = CASE WHEN outcome = 'queued' THEN secret END, log_seq = holdfast_view.last_seq(j.attempt),
            error = CASE WHEN outcome = 'failed' THEN jsonb_build_object('code', 'internal', 'message',
                format('its worker was lost %s times, the last time %s', j.failures + 1, j.worker)) END
        WHERE id = j.id RETURNING * INTO j;
        IF outcome <> 'queued' THEN
            PERFORM holdfast_view.audit_end(j, outcome, actor, j.error);
        END IF;
        RETURN NEXT j.id;
    END LOOP;
END
$$;

-- Counts for monitoring.
CREATE FUNCTION holdfast_view.metrics() RETURNS jsonb LANGUAGE sql STABLE SET search_path = holdfast, pg_temp AS $$
    SELECT jsonb_build_object(
        'jobs', (SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]') FROM (SELECT pool, kind, state, count(*) FROM job
            WHERE state IN ('queued', 'running') GROUP BY pool, kind, state ORDER BY pool, kind, state) x),
        'pools', (SELECT coalesce(jsonb_agg(jsonb_build_object('pool', p.pool, 'workers', (SELECT count(*) FROM worker w
            WHERE w.pool = p.pool AND holdfast_view.is_alive(w))) ORDER BY p.pool), '[]')
            FROM (SELECT pool FROM worker UNION SELECT pool FROM job WHERE state IN ('queued', 'running')) p),
        'ended', (SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]') FROM (SELECT kind, state, count(*) FROM job
            WHERE ended_at > now() - interval '1 day' GROUP BY kind, state ORDER BY kind, state) x),
        'backups', (SELECT jsonb_build_object('count', count(*), 'bytes', coalesce(sum(size_bytes), 0)) FROM backup
            WHERE state <> 'deleted'),
        'halted', (SELECT count(*) FROM halt WHERE until > now())
            + (SELECT count(*) FROM closure WHERE NOT is_moved),
        'alarms', (SELECT coalesce(jsonb_agg(jsonb_build_object('organization', o.name, 'server', s.name, 'database',
            a.name, 'raised', a.is_raised, 'missing', d.missing_since IS NOT NULL, 'last_good_s', holdfast_view.us(a.last_good_at) / 1000000)
            ORDER BY o.name, s.name, a.name), '[]') FROM holdfast_view.alarm a
            JOIN database d ON d.id = a.id JOIN organization o ON o.id = a.organization_id JOIN server s ON s.id = a.server_id))
$$;

GRANT USAGE ON SCHEMA holdfast_view TO :"service_role";
GRANT SELECT ON ALL TABLES IN SCHEMA holdfast_view TO :"service_role";
