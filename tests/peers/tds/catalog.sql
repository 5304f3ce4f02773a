-- What the peer knows of a database beyond what PostgreSQL knows: run once in a new database, before functions.sql.
CREATE SCHEMA tds;
CREATE SCHEMA sys;
CREATE SCHEMA tds_information;
CREATE EXTENSION pgcrypto SCHEMA tds;

CREATE COLLATION tds.ci_as (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION tds.ci_ai (provider = icu, locale = 'und-u-ks-level1', deterministic = false);
CREATE COLLATION tds.cs_as (provider = icu, locale = 'und-u-ks-level3', deterministic = false);
CREATE COLLATION tds.cs_ai (provider = icu, locale = 'und-u-ks-level1-kc-true', deterministic = false);

CREATE TYPE tds.datetimeoffset AS (utc timestamp, minutes smallint);
-- Types that a view of sys has, and PostgreSQL has not; results.py tells them by their domain.
CREATE DOMAIN tds.bit AS smallint;
CREATE DOMAIN tds.tinyint AS smallint;
CREATE DOMAIN tds.sysname AS text COLLATE tds.ci_as;
CREATE DOMAIN tds.char2 AS varchar;
CREATE DOMAIN tds.datetime AS timestamp(3);
CREATE DOMAIN tds.varchar256 AS varchar;

CREATE SEQUENCE tds.ids START 245575913 INCREMENT 16000057 MAXVALUE 2147483647 CYCLE;

CREATE TABLE tds.schemas (id int PRIMARY KEY, name text NOT NULL);
CREATE UNIQUE INDEX ON tds.schemas (lower(name));
INSERT INTO tds.schemas VALUES (1, 'dbo'), (3, 'INFORMATION_SCHEMA'), (4, 'sys');
CREATE SEQUENCE tds.schema_ids START 5;
CREATE SCHEMA "s.dbo";

-- Tables U, views V, sequences SO, keys PK and UQ, foreign keys F, checks C, defaults D.
CREATE TABLE tds.objects (
    id int PRIMARY KEY, schema_id int NOT NULL REFERENCES tds.schemas, parent_id int NOT NULL DEFAULT 0,
    name text NOT NULL, type text NOT NULL, relation regclass, definition text, column_id int,
    untrusted boolean NOT NULL DEFAULT false, disabled boolean NOT NULL DEFAULT false,
    referenced_id int, on_delete int, on_update int, index_id int, locked_by_loads boolean NOT NULL DEFAULT false,
    made timestamp NOT NULL DEFAULT clock_timestamp());
CREATE UNIQUE INDEX ON tds.objects (schema_id, lower(name));
CREATE INDEX ON tds.objects (parent_id);

-- `length` as declared, -1 for max; `bytes` as sys.columns says.
CREATE TABLE tds.columns (
    object_id int NOT NULL REFERENCES tds.objects ON DELETE CASCADE, id int NOT NULL, name text NOT NULL,
    attribute int NOT NULL, type text NOT NULL, system_type_id int NOT NULL, length int NOT NULL, bytes int NOT NULL,
    precision int NOT NULL, scale int NOT NULL, collation_name text, nullable boolean NOT NULL,
    seed numeric, increment numeric, computed text, persisted boolean,
    PRIMARY KEY (object_id, id));
CREATE UNIQUE INDEX ON tds.columns (object_id, lower(name));

CREATE TABLE tds.indexes (
    object_id int NOT NULL REFERENCES tds.objects ON DELETE CASCADE, id int NOT NULL, name text, kind int NOT NULL,
    is_unique boolean NOT NULL, is_primary boolean NOT NULL, is_constraint boolean NOT NULL, filter text,
    relations text[] NOT NULL, disabled boolean NOT NULL DEFAULT false, PRIMARY KEY (object_id, id));
CREATE TABLE tds.index_columns (
    object_id int NOT NULL, index_id int NOT NULL, id int NOT NULL, column_id int NOT NULL, key_ordinal int NOT NULL,
    descending boolean NOT NULL, included boolean NOT NULL, PRIMARY KEY (object_id, index_id, id),
    FOREIGN KEY (object_id, index_id) REFERENCES tds.indexes ON DELETE CASCADE);
CREATE TABLE tds.foreign_key_columns (
    constraint_id int NOT NULL REFERENCES tds.objects ON DELETE CASCADE, id int NOT NULL,
    column_id int NOT NULL, referenced_column_id int NOT NULL, PRIMARY KEY (constraint_id, id));

CREATE TABLE tds.properties (
    class int NOT NULL, major_id int NOT NULL, minor_id int NOT NULL, name text NOT NULL, value text,
    PRIMARY KEY (class, major_id, minor_id, name));

CREATE TABLE tds.certificates (id int PRIMARY KEY, name text NOT NULL, subject text NOT NULL, secret bytea NOT NULL);
CREATE TABLE tds.symmetric_keys (
    id int PRIMARY KEY, name text NOT NULL, guid uuid NOT NULL, algorithm text NOT NULL, bits int NOT NULL,
    certificate_id int REFERENCES tds.certificates, secret bytea NOT NULL, made timestamp NOT NULL DEFAULT now());

-- What the session is told by the peer (session.py): databases, the user and what is denied to it.
CREATE FUNCTION tds.server() RETURNS jsonb STABLE LANGUAGE sql AS $$ SELECT current_setting('tds.server')::jsonb $$;

CREATE FUNCTION tds.row_count(relation regclass) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE found bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM %s', relation) INTO found;
    RETURN found;
END $$;

-- ---- the views of sys, with the columns that are right here; others are not there to be read

CREATE VIEW sys.schemas AS SELECT name::tds.sysname, id AS schema_id, 1 AS principal_id FROM tds.schemas;

CREATE VIEW sys.objects AS
SELECT name::tds.sysname, id AS object_id, NULL::int AS principal_id, schema_id, parent_id AS parent_object_id,
       rpad(type, 2)::tds.char2 AS type,
       CASE type WHEN 'U' THEN 'USER_TABLE' WHEN 'V' THEN 'VIEW' WHEN 'SO' THEN 'SEQUENCE_OBJECT'
            WHEN 'PK' THEN 'PRIMARY_KEY_CONSTRAINT' WHEN 'UQ' THEN 'UNIQUE_CONSTRAINT' WHEN 'C' THEN 'CHECK_CONSTRAINT'
            WHEN 'F' THEN 'FOREIGN_KEY_CONSTRAINT' WHEN 'D' THEN 'DEFAULT_CONSTRAINT' END::tds.sysname AS type_desc,
       made::tds.datetime AS create_date, made::tds.datetime AS modify_date, 0::tds.bit AS is_ms_shipped
FROM tds.objects;

CREATE VIEW sys.tables AS
SELECT name, object_id, principal_id, schema_id, parent_object_id, type, type_desc, create_date, modify_date,
       is_ms_shipped, 0::tds.tinyint AS temporal_type, 0::tds.bit AS is_memory_optimized, 0::tds.bit AS is_external,
       (SELECT locked_by_loads::int::tds.bit FROM tds.objects WHERE id = object_id) AS lock_on_bulk_load
FROM sys.objects WHERE type = 'U ';

CREATE VIEW sys.views AS
SELECT name, object_id, principal_id, schema_id, parent_object_id, type, type_desc, create_date, modify_date,
       is_ms_shipped FROM sys.objects WHERE type = 'V ';

CREATE VIEW sys.sql_modules AS SELECT id AS object_id, definition FROM tds.objects WHERE type = 'V';

CREATE VIEW sys.types AS
SELECT t.name::tds.sysname, t.system_type_id::tds.tinyint, t.user_type_id, 4 AS schema_id, t.bytes::smallint AS max_length,
       t.precision::tds.tinyint, t.scale::tds.tinyint, 0::tds.bit AS is_user_defined, 1::tds.bit AS is_nullable
FROM (VALUES ('uniqueidentifier', 36, 36, 16, 0, 0), ('date', 40, 40, 3, 10, 0), ('time', 41, 41, 5, 16, 7),
             ('datetime2', 42, 42, 8, 27, 7), ('datetimeoffset', 43, 43, 10, 34, 7), ('tinyint', 48, 48, 1, 3, 0),
             ('smallint', 52, 52, 2, 5, 0), ('int', 56, 56, 4, 10, 0), ('smalldatetime', 58, 58, 4, 16, 0),
             ('real', 59, 59, 4, 24, 0), ('money', 60, 60, 8, 19, 4), ('datetime', 61, 61, 8, 23, 3),
             ('float', 62, 62, 8, 53, 0), ('bit', 104, 104, 1, 1, 0), ('decimal', 106, 106, 17, 38, 38),
             ('numeric', 108, 108, 17, 38, 38), ('smallmoney', 122, 122, 4, 10, 4), ('bigint', 127, 127, 8, 19, 0),
             ('varbinary', 165, 165, 8000, 0, 0), ('varchar', 167, 167, 8000, 0, 0), ('binary', 173, 173, 8000, 0, 0),
             ('char', 175, 175, 8000, 0, 0), ('nvarchar', 231, 231, 8000, 0, 0), ('sysname', 231, 256, 256, 0, 0),
             ('nchar', 239, 239, 8000, 0, 0), ('xml', 241, 241, -1, 0, 0))
     AS t (name, system_type_id, user_type_id, bytes, precision, scale);

CREATE VIEW sys.columns AS
SELECT c.object_id, c.name::tds.sysname, c.id AS column_id, c.system_type_id::tds.tinyint,
       c.system_type_id AS user_type_id, c.bytes::smallint AS max_length,
       CASE WHEN c.precision > 0 THEN c.precision ELSE t.precision END::tds.tinyint AS precision,
       c.scale::tds.tinyint, c.collation_name::tds.sysname AS collation_name, c.nullable::int::tds.bit AS is_nullable,
       (c.seed IS NOT NULL)::int::tds.bit AS is_identity, (c.computed IS NOT NULL)::int::tds.bit AS is_computed,
       coalesce((SELECT d.id FROM tds.objects d WHERE d.parent_id = c.object_id AND d.column_id = c.id AND d.type = 'D'),
                0) AS default_object_id
FROM tds.columns c JOIN sys.types t ON t.user_type_id = c.system_type_id;
CREATE VIEW sys.all_columns AS SELECT * FROM sys.columns;
CREATE VIEW sys.all_objects AS SELECT * FROM sys.objects;

CREATE VIEW sys.computed_columns AS
SELECT object_id, name::tds.sysname, id AS column_id, computed AS definition, persisted::int::tds.bit AS is_persisted
FROM tds.columns WHERE computed IS NOT NULL;

CREATE FUNCTION tds.sequence_of(object_id int) RETURNS text STABLE LANGUAGE sql AS $$
    SELECT pg_get_serial_sequence(o.relation::text, a.attname)
    FROM tds.objects o JOIN tds.columns c ON c.object_id = o.id AND c.seed IS NOT NULL
         JOIN pg_attribute a ON a.attrelid = o.relation AND a.attnum = c.attribute
    WHERE o.id = $1 $$;
CREATE FUNCTION tds.last_identity(object_id int) RETURNS numeric STABLE LANGUAGE plpgsql AS $$
DECLARE value numeric; used boolean;
BEGIN
    EXECUTE format('SELECT last_value, is_called FROM %s', tds.sequence_of(object_id)) INTO value, used;
    RETURN CASE WHEN used THEN value END;
END $$;

CREATE VIEW sys.identity_columns AS
SELECT object_id, name::tds.sysname, id AS column_id, seed AS seed_value, increment AS increment_value,
       tds.last_identity(object_id) AS last_value
FROM tds.columns WHERE seed IS NOT NULL;

CREATE VIEW sys.default_constraints AS
SELECT o.name, o.object_id, o.schema_id, o.parent_object_id, o.type, o.type_desc, d.column_id AS parent_column_id,
       d.definition, 0::tds.bit AS is_system_named
FROM sys.objects o JOIN tds.objects d ON d.id = o.object_id WHERE d.type = 'D';

CREATE VIEW sys.check_constraints AS
SELECT o.name, o.object_id, o.schema_id, o.parent_object_id, o.type, o.type_desc, d.definition,
       d.disabled::int::tds.bit AS is_disabled, d.untrusted::int::tds.bit AS is_not_trusted
FROM sys.objects o JOIN tds.objects d ON d.id = o.object_id WHERE d.type = 'C';

CREATE VIEW sys.key_constraints AS
SELECT o.name, o.object_id, o.schema_id, o.parent_object_id, o.type, o.type_desc, d.index_id AS unique_index_id,
       0::tds.bit AS is_system_named
FROM sys.objects o JOIN tds.objects d ON d.id = o.object_id WHERE d.type IN ('PK', 'UQ');

CREATE VIEW sys.foreign_keys AS
SELECT o.name, o.object_id, o.schema_id, o.parent_object_id, o.type, o.type_desc,
       d.referenced_id AS referenced_object_id, d.index_id AS key_index_id, d.disabled::int::tds.bit AS is_disabled,
       d.untrusted::int::tds.bit AS is_not_trusted, d.on_delete::tds.tinyint AS delete_referential_action,
       (ARRAY['NO_ACTION', 'CASCADE', 'SET_NULL', 'SET_DEFAULT'])[d.on_delete + 1]::tds.sysname
           AS delete_referential_action_desc,
       d.on_update::tds.tinyint AS update_referential_action,
       (ARRAY['NO_ACTION', 'CASCADE', 'SET_NULL', 'SET_DEFAULT'])[d.on_update + 1]::tds.sysname
           AS update_referential_action_desc
FROM sys.objects o JOIN tds.objects d ON d.id = o.object_id WHERE d.type = 'F';

CREATE VIEW sys.foreign_key_columns AS
SELECT k.constraint_id AS constraint_object_id, k.id AS constraint_column_id, o.parent_id AS parent_object_id,
       k.column_id AS parent_column_id, o.referenced_id AS referenced_object_id, k.referenced_column_id
FROM tds.foreign_key_columns k JOIN tds.objects o ON o.id = k.constraint_id;

CREATE VIEW sys.indexes AS
SELECT object_id, name::tds.sysname, id AS index_id, kind::tds.tinyint AS type,
       (ARRAY['HEAP', 'CLUSTERED', 'NONCLUSTERED'])[kind + 1]::tds.sysname AS type_desc,
       is_unique::int::tds.bit, is_primary::int::tds.bit AS is_primary_key,
       is_constraint::int::tds.bit AS is_unique_constraint, disabled::int::tds.bit AS is_disabled,
       (filter IS NOT NULL)::int::tds.bit AS has_filter, filter AS filter_definition
FROM tds.indexes;

CREATE VIEW sys.index_columns AS
SELECT object_id, index_id, id AS index_column_id, column_id, key_ordinal::tds.tinyint,
       descending::int::tds.bit AS is_descending_key, included::int::tds.bit AS is_included_column
FROM tds.index_columns;

CREATE VIEW sys.sequences AS
SELECT o.name, o.object_id, o.schema_id, s.seqstart AS start_value, s.seqincrement AS increment,
       s.seqmin AS minimum_value, s.seqmax AS maximum_value, s.seqcycle::int::tds.bit AS is_cycling,
       coalesce(pg_sequence_last_value(s.seqrelid), s.seqstart) AS current_value,
       t.system_type_id, t.user_type_id
FROM sys.objects o JOIN tds.objects d ON d.id = o.object_id JOIN pg_sequence s ON s.seqrelid = d.relation
     JOIN sys.types t ON t.name = CASE s.seqtypid WHEN 'int2'::regtype THEN 'smallint' WHEN 'int4'::regtype THEN 'int'
                                  ELSE 'bigint' END
WHERE d.type = 'SO';

CREATE VIEW sys.extended_properties AS
SELECT class::tds.tinyint, (ARRAY['DATABASE', 'OBJECT_OR_COLUMN', '', 'SCHEMA', '', '', '', 'INDEX'])[class + 1]::tds.sysname
           AS class_desc,
       major_id, minor_id, name::tds.sysname, value FROM tds.properties;

CREATE VIEW sys.partitions AS
SELECT (i.object_id::bigint << 16) + i.id AS partition_id, i.object_id, i.id AS index_id, 1 AS partition_number,
       tds.row_count(o.relation) AS rows
FROM tds.indexes i JOIN tds.objects o ON o.id = i.object_id WHERE o.type = 'U';

CREATE VIEW sys.dm_db_partition_stats AS
SELECT p.partition_id, p.object_id, p.index_id, p.partition_number,
       pg_relation_size(o.relation) / 8192 AS used_page_count, pg_relation_size(o.relation) / 8192 AS reserved_page_count,
       p.rows AS row_count
FROM sys.partitions p JOIN tds.objects o ON o.id = p.object_id;

CREATE VIEW sys.databases AS
SELECT (d ->> 'name')::tds.sysname AS name, (d ->> 'id')::int AS database_id,
       (d ->> 'collation')::tds.sysname AS collation_name, 150::tds.tinyint AS compatibility_level,
       'ONLINE'::tds.sysname AS state_desc, 0::tds.tinyint AS state, 'SIMPLE'::tds.sysname AS recovery_model_desc,
       0::tds.bit AS is_read_only, 0::tds.bit AS is_read_committed_snapshot_on
FROM jsonb_array_elements(tds.server() -> 'databases') d;

-- Sizes in pages of 8 KiB; -1: without a limit.
CREATE VIEW sys.database_files AS
SELECT n AS file_id, (CASE n WHEN 1 THEN 0 ELSE 1 END)::tds.tinyint AS type,
       (CASE n WHEN 1 THEN 'ROWS' ELSE 'LOG' END)::tds.sysname AS type_desc,
       (CASE n WHEN 1 THEN 'data' ELSE 'log' END)::tds.sysname AS name,
       (pg_database_size(current_database()) / 8192)::int AS size,
       CASE n WHEN 1 THEN -1 ELSE 268435456 END AS max_size, (tds.server() ->> 'growth')::int AS growth
FROM (VALUES (1), (2)) AS f (n);
CREATE VIEW sys.master_files AS SELECT 5 AS database_id, * FROM sys.database_files;
CREATE FUNCTION sys.dm_os_volume_stats(database_id int, file_id int)
    RETURNS TABLE (volume_mount_point text, total_bytes bigint, available_bytes bigint) STABLE LANGUAGE sql AS $$
    SELECT '/', 1099511627776, (tds.server() ->> 'free_bytes')::bigint $$;

CREATE VIEW sys.dm_exec_connections AS
SELECT (tds.server() ->> 'spid')::int AS session_id, (tds.server() ->> 'encrypted')::tds.sysname AS encrypt_option,
       (tds.server() ->> 'scheme')::tds.sysname AS auth_scheme, 'TCP'::tds.sysname AS net_transport;

CREATE VIEW sys.dm_exec_sessions AS
SELECT (tds.server() ->> 'spid')::smallint AS session_id, (tds.server() ->> 'login')::tds.sysname AS login_name,
       (tds.server() ->> 'host')::tds.sysname AS host_name, (tds.server() ->> 'application')::tds.sysname AS program_name;

CREATE VIEW sys.database_principals AS
SELECT name::tds.sysname, id AS principal_id, type::tds.char2, kind::tds.sysname AS type_desc,
       'dbo'::tds.sysname AS default_schema_name
FROM (VALUES ('public', 0, 'R', 'DATABASE_ROLE'), ('dbo', 1, 'S', 'SQL_USER'), ('guest', 2, 'S', 'SQL_USER'),
             ('db_owner', 16384, 'R', 'DATABASE_ROLE'), ('db_ddladmin', 16387, 'R', 'DATABASE_ROLE'),
             ('db_datareader', 16390, 'R', 'DATABASE_ROLE'), ('db_datawriter', 16391, 'R', 'DATABASE_ROLE'))
     AS p (name, id, type, kind);

CREATE VIEW sys.certificates AS
SELECT name::tds.sysname, id AS certificate_id, 1 AS principal_id, 'MK'::tds.char2 AS pvt_key_encryption_type,
       'ENCRYPTED_BY_MASTER_KEY'::tds.sysname AS pvt_key_encryption_type_desc, subject
FROM tds.certificates;
CREATE VIEW sys.symmetric_keys AS
SELECT name::tds.sysname, 1 AS principal_id, id AS symmetric_key_id, bits AS key_length,
       (CASE algorithm WHEN 'AES_128' THEN 'A1' WHEN 'AES_192' THEN 'A2' ELSE 'A3' END)::tds.char2 AS key_algorithm,
       algorithm::tds.sysname AS algorithm_desc, made::tds.datetime AS create_date, guid AS key_guid
FROM tds.symmetric_keys;
CREATE VIEW sys.key_encryptions AS
SELECT k.id AS key_id, tds.digest(c.name, 'sha1') AS thumbprint, 'ESKC'::tds.char2 AS crypt_type,
       'ENCRYPTION BY CERTIFICATE'::tds.sysname AS crypt_type_desc
FROM tds.symmetric_keys k JOIN tds.certificates c ON c.id = k.certificate_id;
CREATE VIEW sys.openkeys AS
SELECT (SELECT d.database_id FROM sys.databases d WHERE d.name = tds.server() ->> 'database') AS database_id,
       (tds.server() ->> 'database')::tds.sysname AS database_name, id AS key_id, name::tds.sysname AS key_name,
       guid AS key_guid
FROM tds.symmetric_keys WHERE guid::text = ANY (string_to_array(current_setting('tds.open_keys', true), ','));

CREATE VIEW tds_information.schemata AS
SELECT (tds.server() ->> 'database')::tds.sysname AS catalog_name, name AS schema_name FROM sys.schemas;
CREATE VIEW tds_information.tables AS
SELECT (tds.server() ->> 'database')::tds.sysname AS table_catalog, s.name AS table_schema, o.name AS table_name,
       (CASE o.type WHEN 'U ' THEN 'BASE TABLE' ELSE 'VIEW' END)::tds.char2 AS table_type
FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id WHERE o.type IN ('U ', 'V ');
CREATE VIEW tds_information.columns AS
SELECT (tds.server() ->> 'database')::tds.sysname AS table_catalog, s.name AS table_schema, o.name AS table_name,
       c.name::tds.sysname AS column_name, c.id AS ordinal_position, d.definition AS column_default,
       (CASE WHEN c.nullable THEN 'YES' ELSE 'NO' END)::tds.char2 AS is_nullable, c.type::tds.sysname AS data_type,
       CASE WHEN c.length <> 0 THEN c.length END AS character_maximum_length,
       c.collation_name::tds.sysname AS collation_name
FROM tds.columns c JOIN sys.objects o ON o.object_id = c.object_id JOIN sys.schemas s ON s.schema_id = o.schema_id
     LEFT JOIN tds.objects d ON d.parent_id = c.object_id AND d.column_id = c.id AND d.type = 'D'
WHERE o.type IN ('U ', 'V ');
