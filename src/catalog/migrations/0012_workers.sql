-- Workers that were heard of, so that a job says when none is there that serves its pool.

CREATE TABLE worker (
    name text PRIMARY KEY CHECK (name <> ''),
    pool text NOT NULL,
    seen_at timestamptz NOT NULL
);
CREATE INDEX worker_pool ON worker (pool, seen_at);
