-- Workers that were heard of, so that a job says when none is there that serves its pool.

CREATE TABLE worker (
    name text CHECK (name <> ''),
    pool text,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (name, pool)
);
CREATE INDEX worker_pool ON worker (pool, seen_at);
