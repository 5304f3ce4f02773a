-- What the page sums up: a log's backups, what lies in a storage, which schedules mean a database.

CREATE INDEX backup_job ON backup (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX backup_use ON backup (storage_id) INCLUDE (size_bytes) WHERE state <> 'deleted';
CREATE INDEX schedule_means ON schedule_database (database_id);
CREATE INDEX schedule_server ON schedule (server_id) WHERE server_id IS NOT NULL;
