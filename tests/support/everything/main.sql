-- Every kind of object that pg_dump carries, in one database. Run by psql in a new UTF8 database, as the superuser,
-- with the variable `extension` set to the name of the extension that everything.py installs. Roles first: roles.sql.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = error;
SET search_path = '';
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';

-- What a file may ask with \if.
SELECT current_setting('server_version_num')::int >= 140000 AS v14,
       current_setting('server_version_num')::int >= 150000 AS v15,
       current_setting('server_version_num')::int >= 160000 AS v16,
       current_setting('server_version_num')::int >= 170000 AS v17 \gset

\ir extensions.sql
\ir types.sql
\ir type_values.sql
\ir functions.sql
\ir operators.sql
\ir text_search.sql
\ir tables.sql
\ir constraints.sql
\ir sequences.sql
\ir partitions.sql
\ir inheritance.sql
\ir storage.sql
\ir indexes.sql
\ir names.sql
\ir views.sql
\ir triggers.sql
\ir security.sql
\ir large_objects.sql
\ir foreign.sql
\ir replication.sql
\ir event_triggers.sql
\ir database.sql
