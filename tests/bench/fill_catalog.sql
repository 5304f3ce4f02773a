-- Fills a catalog for tests/bench: :lines jobs with a line of log each, in the last year, and :backups backups; rare
-- kinds and states among them. Takes the ids of an organization and of its server, storage, database and schedule.
SET search_path = holdfast;
SET session_replication_role = replica;

INSERT INTO database (organization_id, server_id, name)
SELECT :'organization', :'server', 'shop' || i FROM generate_series(1, 50) i;
CREATE TEMP TABLE place AS SELECT (row_number() OVER () - 1)::int AS n, id, name FROM database WHERE id <> :'database';

INSERT INTO job (organization_id, kind, name, state, phase, server_id, database_id, schedule_id, database_name, attempt,
    ended_attempt, created_at, started_at, ended_at, created_by, reason, worker, result, error, size_bytes, log_seq)
SELECT :'organization', CASE WHEN i % 1000 = 7 THEN 'verify' WHEN i % 10 = 0 THEN 'restore' ELSE 'backup' END,
    p.name || '-' || lpad(i::text, 9, '0') || '.hf',
    CASE WHEN i % 1000 = 3 THEN 'failed' WHEN i % 100000 = 9 THEN 'cancelled' ELSE 'succeeded' END, 'done', :'server',
    CASE WHEN i % 2000 = 1 THEN :'database' ELSE p.id END, :'schedule', p.name, 1, 1, at, at + interval '1 second',
    at + interval '1 minute', 'user acme-admin', 'schedule nightly', 'w1',
    jsonb_build_object('name', p.name || i, 'size_bytes', i * 1000, 'rows', i),
    CASE WHEN i % 1000 = 3 THEN '{"code": "network", "message": "the server is away"}'::jsonb END, i * 1000, 10
FROM generate_series(1, :lines) i JOIN place p ON p.n = i % 50,
    LATERAL (SELECT now() - (:lines - i) * interval '30 seconds' AS at) t;

INSERT INTO job_log (job_id, seq, at, attempt, level, message)
SELECT id, 1, created_at, 1, 'info', 'the backup of ' || database_name || ' is done' FROM job;

INSERT INTO backup (organization_id, name, path, storage_id, type, state, database_id, database_name, server_name,
    schedule_id, job_id, fingerprints, size_bytes, raw_bytes, rows, tables, duration_ms, is_pinned, created_at,
    created_by)
SELECT :'organization', j.name, 'acme/' || j.name || n, :'storage',
    CASE WHEN n % 1000 = 5 THEN 'safety' ELSE 'scheduled' END,
    CASE WHEN n % 1000 = 6 THEN 'damaged' WHEN n % 1000 = 8 THEN 'deleted' ELSE 'good' END, j.database_id,
    j.database_name, 'main', :'schedule', j.id, ARRAY['age1qqqqqqqqqqqq'], j.size_bytes, j.size_bytes * 4, n, 20, 60000,
    n % 1000 = 4, j.ended_at, 'user acme-admin'
FROM (SELECT *, row_number() OVER (ORDER BY created_at DESC) AS n FROM job WHERE kind = 'backup' AND state = 'succeeded'
    ORDER BY created_at DESC LIMIT :backups) j;

INSERT INTO audit_event (seq, at, organization_id, actor, action, object_kind, object_id, object_name, address, outcome,
    detail, hash)
SELECT i + 1000, now() - (:lines - i) * interval '30 seconds', :'organization',
    CASE WHEN i % 100000 = 1 THEN 'user acme-admin' ELSE 'worker w1' END,
    CASE WHEN i % 1000 = 1 THEN 'user.create' WHEN i % 2 = 0 THEN 'backup.create' ELSE 'backup.end' END,
    CASE WHEN i % 1000 = 1 THEN 'user' ELSE 'job' END, md5(i::text), 'shop-' || i || '.hf', '192.0.2.7',
    CASE WHEN i % 100000 = 1 THEN 'denied' ELSE 'success' END, '', sha256(i::text::bytea)
FROM generate_series(1, :lines) i;
