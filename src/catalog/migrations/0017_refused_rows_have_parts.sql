-- Which part of the load a refused row is of: its rows are void until the target has the part, and told again. Rows from
-- before this are of no part, so no attempt goes on with them.

ALTER TABLE job_refused ADD COLUMN part text NOT NULL DEFAULT '';
ALTER TABLE job_refused ALTER COLUMN part DROP DEFAULT;
