-- T-SQL's functions and conversions, where PostgreSQL has none that is the same. In no schema but tds.
SET search_path = tds, pg_catalog;

CREATE FUNCTION concat2(a text, b text) RETURNS text IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT a || b $$;
CREATE FUNCTION concat2(a varchar, b varchar) RETURNS varchar IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT (a::text || b::text)::varchar $$;
CREATE FUNCTION concat2(a bytea, b bytea) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT a || b $$;
CREATE OPERATOR + (leftarg = text, rightarg = text, function = concat2);
CREATE OPERATOR + (leftarg = varchar, rightarg = varchar, function = concat2);
CREATE OPERATOR + (leftarg = bytea, rightarg = bytea, function = concat2);

-- ---- strings, which count units of UTF-16

CREATE FUNCTION units(value text) RETURNS int IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE WHEN octet_length(value) = length(value) THEN length(value)
           ELSE length(value) + length(regexp_replace(value COLLATE "und-x-icu", '[^\U00010000-\U0010FFFF]', '', 'g')) END $$;
CREATE FUNCTION len(value text) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT units(rtrim(value, ' ')) $$;
CREATE FUNCTION left_units(value text, count int) RETURNS text IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT left(value, count) $$;
CREATE FUNCTION left_units(value varchar, count int) RETURNS varchar IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT left(value, count)::varchar $$;
CREATE FUNCTION left_units(value bytea, count int) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT substr(value, 1, count) $$;
CREATE FUNCTION right_units(value text, count int) RETURNS text IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT right(value, count) $$;
CREATE FUNCTION part(value text, start int, count int) RETURNS text IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT substring(value FROM start FOR count) $$;
CREATE FUNCTION part(value varchar, start int, count int) RETURNS varchar IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT substring(value FROM start FOR count)::varchar $$;
CREATE FUNCTION part(value bytea, start int, count int) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT substring(value FROM start FOR count) $$;
CREATE FUNCTION quotename(value text) RETURNS text IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT '[' || replace(value, ']', ']]') || ']' $$;

CREATE FUNCTION is_like(value text, pattern text, escape text, rule text) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE regex text := '^'; at int := 1; one text; upto int;
BEGIN
    IF value IS NULL OR pattern IS NULL THEN RETURN NULL; END IF;
    WHILE at <= length(pattern) LOOP
        one := substr(pattern, at, 1);
        IF one = escape AND at < length(pattern) THEN
            at := at + 1;
            regex := regex || '\x' || lpad(to_hex(ascii(substr(pattern, at, 1))), 8, '0');
        ELSIF one = '%' THEN regex := regex || '.*';
        ELSIF one = '_' THEN regex := regex || '.';
        ELSIF one = '[' AND strpos(substr(pattern, at + 1), ']') > 0 THEN
            upto := at + strpos(substr(pattern, at + 1), ']');
            regex := regex || substr(pattern, at, upto - at + 1);
            at := upto;
        ELSE regex := regex || '\U' || lpad(to_hex(ascii(one)), 8, '0');
        END IF;
        at := at + 1;
    END LOOP;
    IF rule ~ '(^"?C"?$|cs_)' THEN RETURN (value COLLATE "und-x-icu") ~ ('(?s)' || regex || '$'); END IF;
    RETURN (value COLLATE "und-x-icu") ~* ('(?s)' || regex || '$');
END $$;

CREATE FUNCTION is_json(value text) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    IF value IS NULL THEN RETURN NULL; END IF;
    RETURN (json_typeof(value::json) IN ('object', 'array'))::int;  -- before SQL Server 2022, scalars are none
EXCEPTION WHEN data_exception OR invalid_text_representation THEN RETURN 0;
END $$;

-- ---- conversions: to strings

CREATE FUNCTION string(value varchar, style int) RETURNS varchar IMMUTABLE LANGUAGE sql AS $$ SELECT value $$;
CREATE FUNCTION string(value text, style int) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT value $$;
CREATE FUNCTION string(value smallint, style int) RETURNS varchar IMMUTABLE LANGUAGE sql AS $$ SELECT value::varchar $$;
CREATE FUNCTION string(value int, style int) RETURNS varchar IMMUTABLE LANGUAGE sql AS $$ SELECT value::varchar $$;
CREATE FUNCTION string(value bigint, style int) RETURNS varchar IMMUTABLE LANGUAGE sql AS $$ SELECT value::varchar $$;
CREATE FUNCTION string(value numeric, style int) RETURNS varchar IMMUTABLE LANGUAGE sql AS $$ SELECT value::varchar $$;
CREATE FUNCTION string(value uuid, style int) RETURNS varchar IMMUTABLE LANGUAGE sql
    AS $$ SELECT upper(value::text)::varchar $$;
CREATE FUNCTION string(value xml, style int) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT value::text $$;
CREATE FUNCTION string(value date, style int) RETURNS varchar IMMUTABLE LANGUAGE sql
    AS $$ SELECT to_char(value, 'YYYY-MM-DD')::varchar $$;
CREATE FUNCTION string(value time, style int) RETURNS varchar IMMUTABLE LANGUAGE sql AS $$ SELECT to_char(value, 'HH24:MI:SS.US')::varchar $$;
CREATE FUNCTION string(value timestamp, style int) RETURNS varchar IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    IF style IN (126, 127) THEN RETURN to_char(value, 'YYYY-MM-DD"T"HH24:MI:SS.US'); END IF;
    IF style IN (20, 120) THEN RETURN to_char(value, 'YYYY-MM-DD HH24:MI:SS'); END IF;
    IF style IS NULL OR style IN (21, 25, 121) THEN RETURN to_char(value, 'YYYY-MM-DD HH24:MI:SS.US'); END IF;
    RAISE EXCEPTION USING ERRCODE = 'TD001', MESSAGE = 'know the style ' || style || ' for a datetime2';
END $$;
CREATE FUNCTION string(value tds.datetimeoffset, style int) RETURNS varchar IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE WHEN style = 127 THEN to_char(value.utc, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') ELSE
        to_char(value.utc + value.minutes * interval '1 minute', CASE style WHEN 126
            THEN 'YYYY-MM-DD"T"HH24:MI:SS.US' ELSE 'YYYY-MM-DD HH24:MI:SS.US ' END)
        || CASE WHEN value.minutes < 0 THEN '-' ELSE '+' END
        || to_char(abs(value.minutes) / 60, 'FM00') || ':' || to_char(abs(value.minutes) % 60, 'FM00') END $$;
CREATE FUNCTION string(value float8, style int) RETURNS varchar IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    IF style = 3 THEN
        RETURN regexp_replace(btrim(to_char(value, '9.9999999999999999EEEE')), 'e([+-])(\d\d)$', 'e\10\2');
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'TD001', MESSAGE = 'know a float as a string, but for style 3';
END $$;
CREATE FUNCTION string(value bytea, style int) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE found text := ''; at int := 0; one int; low int;
BEGIN
    IF value IS NULL THEN RETURN NULL; END IF;
    IF style = 1 THEN RETURN '0x' || upper(encode(value, 'hex')); END IF;
    IF style = 2 THEN RETURN upper(encode(value, 'hex')); END IF;
    WHILE at + 1 < length(value) LOOP  -- UTF-16LE, as nvarchar is kept
        one := get_byte(value, at) + 256 * get_byte(value, at + 1);
        at := at + 2;
        IF one BETWEEN 55296 AND 56319 AND at + 1 < length(value) THEN
            low := get_byte(value, at) + 256 * get_byte(value, at + 1);
            one := 65536 + (one - 55296) * 1024 + low - 56320;
            at := at + 2;
        END IF;
        found := found || chr(one);
    END LOOP;
    RETURN found;
END $$;

-- ---- to binary: a string of nvarchar as UTF-16LE, a varchar in its code page

CREATE FUNCTION utf16(value text) RETURNS bytea IMMUTABLE STRICT LANGUAGE plpgsql AS $$
DECLARE found text := ''; one int; each text;
BEGIN
    FOREACH each IN ARRAY regexp_split_to_array(value COLLATE "C", '') LOOP
        CONTINUE WHEN each = '';
        one := ascii(each);
        IF one > 65535 THEN
            found := found || hex16(55296 + (one - 65536) / 1024) || hex16(56320 + (one - 65536) % 1024);
        ELSE found := found || hex16(one);
        END IF;
    END LOOP;
    RETURN decode(found, 'hex');
END $$;
CREATE FUNCTION hex16(value int) RETURNS text IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT lpad(to_hex(value % 256), 2, '0') || lpad(to_hex(value / 256), 2, '0') $$;
CREATE FUNCTION unhex(value text, style int) RETURNS bytea IMMUTABLE LANGUAGE sql
    AS $$ SELECT decode(CASE style WHEN 1 THEN substr(value, 3) ELSE value END, 'hex') $$;
CREATE FUNCTION binary(value text, style int) RETURNS bytea IMMUTABLE LANGUAGE sql
    AS $$ SELECT CASE WHEN style IN (1, 2) THEN unhex(value, style) ELSE utf16(value) END $$;
CREATE FUNCTION binary(value varchar, style int) RETURNS bytea IMMUTABLE LANGUAGE sql
    AS $$ SELECT CASE WHEN style IN (1, 2) THEN unhex(value, style) ELSE convert_to(value, 'WIN1252') END $$;
CREATE FUNCTION binary(value bytea, style int) RETURNS bytea IMMUTABLE LANGUAGE sql AS $$ SELECT value $$;
CREATE FUNCTION binary(value smallint, style int) RETURNS bytea IMMUTABLE LANGUAGE sql AS $$ SELECT int2send(value) $$;
CREATE FUNCTION binary(value int, style int) RETURNS bytea IMMUTABLE LANGUAGE sql AS $$ SELECT int4send(value) $$;
CREATE FUNCTION binary(value bigint, style int) RETURNS bytea IMMUTABLE LANGUAGE sql AS $$ SELECT int8send(value) $$;
CREATE FUNCTION binary(value xml, style int) RETURNS bytea IMMUTABLE LANGUAGE sql AS $$ SELECT utf16(value::text) $$;
CREATE FUNCTION binary(value uuid, style int) RETURNS bytea IMMUTABLE LANGUAGE sql AS $$
    SELECT decode(regexp_replace(replace(value::text, '-', ''),
        '^(..)(..)(..)(..)(..)(..)(..)(..)', '\4\3\2\1\6\5\8\7'), 'hex') $$;
CREATE FUNCTION left_bytes(value bytea, count int) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT substr(value, 1, count) $$;
CREATE FUNCTION pad_bytes(value bytea, count int) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT substr(value || decode(repeat('00', count), 'hex'), 1, count) $$;
CREATE FUNCTION datalength(value text) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT 2 * units(value) $$;
CREATE FUNCTION datalength(value varchar) RETURNS int IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT CASE WHEN octet_length(value) = length(value) THEN length(value)
                 ELSE length(convert_to(value, 'WIN1252')) END $$;
CREATE FUNCTION datalength(value bytea) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT length(value) $$;
CREATE FUNCTION datalength(value smallint) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT 2 $$;
CREATE FUNCTION datalength(value int) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT 4 $$;
CREATE FUNCTION datalength(value bigint) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT 8 $$;
CREATE FUNCTION datalength(value uuid) RETURNS int IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT 16 $$;

-- ---- to numbers and times

CREATE FUNCTION whole(value int) RETURNS numeric IMMUTABLE LANGUAGE sql AS $$ SELECT value::numeric $$;
CREATE FUNCTION whole(value bigint) RETURNS numeric IMMUTABLE LANGUAGE sql AS $$ SELECT value::numeric $$;
CREATE FUNCTION whole(value numeric) RETURNS numeric IMMUTABLE LANGUAGE sql AS $$ SELECT trunc(value) $$;
CREATE FUNCTION whole(value float8) RETURNS numeric IMMUTABLE LANGUAGE sql AS $$ SELECT trunc(value::numeric) $$;
CREATE FUNCTION whole(value text) RETURNS numeric IMMUTABLE LANGUAGE sql
    AS $$ SELECT CASE WHEN btrim(value, ' ') = '' THEN 0 ELSE btrim(value, ' ')::bigint::numeric END $$;
CREATE FUNCTION tds.bit(value int) RETURNS smallint IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT (value <> 0)::int::smallint $$;
CREATE FUNCTION tds.bit(value bigint) RETURNS smallint IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT (value <> 0)::int::smallint $$;
CREATE FUNCTION tds.bit(value numeric) RETURNS smallint IMMUTABLE STRICT LANGUAGE sql AS $$ SELECT (value <> 0)::int::smallint $$;
CREATE FUNCTION tds.bit(value text) RETURNS smallint IMMUTABLE STRICT LANGUAGE sql AS $$
    SELECT CASE lower(value) WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE (value::int <> 0)::int END::smallint $$;
CREATE FUNCTION moment(value timestamp) RETURNS timestamp IMMUTABLE LANGUAGE sql AS $$ SELECT value $$;
CREATE FUNCTION moment(value date) RETURNS timestamp IMMUTABLE LANGUAGE sql AS $$ SELECT value::timestamp $$;
CREATE FUNCTION moment(value time) RETURNS timestamp IMMUTABLE LANGUAGE sql AS $$ SELECT '1900-01-01'::timestamp + value $$;
CREATE FUNCTION moment(value text) RETURNS timestamp IMMUTABLE LANGUAGE sql AS $$ SELECT value::timestamp $$;
CREATE FUNCTION moment(value tds.datetimeoffset) RETURNS timestamp IMMUTABLE LANGUAGE sql
    AS $$ SELECT value.utc + value.minutes * interval '1 minute' $$;
CREATE FUNCTION clock(value time) RETURNS time IMMUTABLE LANGUAGE sql AS $$ SELECT value $$;
CREATE FUNCTION clock(value timestamp) RETURNS time IMMUTABLE LANGUAGE sql AS $$ SELECT value::time $$;
CREATE FUNCTION clock(value text) RETURNS time IMMUTABLE LANGUAGE sql AS $$ SELECT value::time $$;
CREATE FUNCTION offset_moment(value tds.datetimeoffset) RETURNS tds.datetimeoffset IMMUTABLE LANGUAGE sql
    AS $$ SELECT value $$;
CREATE FUNCTION offset_moment(value timestamp) RETURNS tds.datetimeoffset IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT (value, 0)::tds.datetimeoffset $$;
CREATE FUNCTION offset_moment(value date) RETURNS tds.datetimeoffset IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT (value::timestamp, 0)::tds.datetimeoffset $$;
CREATE FUNCTION offset_moment(value text) RETURNS tds.datetimeoffset IMMUTABLE STRICT LANGUAGE plpgsql AS $$
DECLARE parts text[] := regexp_match(btrim(value, ' '), '^(.*?)\s*(?:([+-])(\d\d):(\d\d)|(Z))?$'); minutes int := 0;
BEGIN
    IF parts[2] IS NOT NULL THEN
        minutes := (parts[3]::int * 60 + parts[4]::int) * CASE parts[2] WHEN '-' THEN -1 ELSE 1 END;
    END IF;
    RETURN (parts[1]::timestamp - minutes * interval '1 minute', minutes)::tds.datetimeoffset;
END $$;
CREATE FUNCTION try_cast(value text, kind text, sample anyelement) RETURNS anyelement STABLE LANGUAGE plpgsql AS $$
DECLARE found sample%TYPE;
BEGIN
    EXECUTE format('SELECT %L::%s', value, kind) INTO found;
    RETURN found;
EXCEPTION WHEN data_exception THEN RETURN NULL;
END $$;

-- ---- aggregates, whose results have SQL Server's types

CREATE AGGREGATE sum(int) (sfunc = int4pl, stype = int);
CREATE AGGREGATE sum(bigint) (sfunc = int8pl, stype = bigint);
CREATE AGGREGATE sum(numeric) (sfunc = numeric_add, stype = numeric);
CREATE AGGREGATE sum(float8) (sfunc = float8pl, stype = float8);
CREATE AGGREGATE avg(float8) (sfunc = float8_accum, stype = float8[], finalfunc = float8_avg, initcond = '{0,0,0}');

-- ---- hashes and keys

CREATE FUNCTION hashbytes(kind text, value bytea) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT digest(value, CASE upper(kind) WHEN 'SHA2_256' THEN 'sha256' WHEN 'SHA2_512' THEN 'sha512'
                               WHEN 'SHA1' THEN 'sha1' WHEN 'MD5' THEN 'md5' END) $$;
CREATE FUNCTION key_guid(key_name text) RETURNS uuid STABLE LANGUAGE sql
    AS $$ SELECT guid FROM symmetric_keys WHERE lower(name) = lower(key_name) $$;
CREATE FUNCTION key_id(key_name text) RETURNS int STABLE LANGUAGE sql
    AS $$ SELECT id FROM symmetric_keys WHERE lower(name) = lower(key_name) $$;
CREATE FUNCTION certificate_id(certificate_name text) RETURNS int STABLE LANGUAGE sql
    AS $$ SELECT id FROM certificates WHERE lower(name) = lower(certificate_name) $$;
CREATE FUNCTION open_secret(wanted uuid) RETURNS bytea STABLE LANGUAGE sql AS $$
    SELECT secret FROM symmetric_keys
    WHERE guid = wanted AND guid::text = ANY (string_to_array(current_setting('tds.open_keys', true), ',')) $$;
-- The guid, version 2, the vector, then the value behind a head with a mark and its length. NULL if the key is shut.
CREATE FUNCTION encrypt_by_key(wanted uuid, value bytea) RETURNS bytea VOLATILE LANGUAGE sql AS $$
    SELECT CASE WHEN length(value) <= 7927 THEN
               binary(wanted, NULL) || '\x02000000' || v || encrypt_iv(
                   '\x0df0adba0000' || int2send(length(value)::smallint) || value, open_secret(wanted), v, 'aes') END
    FROM (SELECT gen_random_bytes(16)) AS random (v) $$;
CREATE FUNCTION guid_of(value bytea) RETURNS uuid IMMUTABLE STRICT LANGUAGE sql AS $$
    SELECT regexp_replace(encode(substr(value, 1, 16), 'hex'),
        '^(..)(..)(..)(..)(..)(..)(..)(..)', '\4\3\2\1\6\5\8\7')::uuid $$;
CREATE FUNCTION decrypt_by_key(value bytea) RETURNS bytea STABLE LANGUAGE sql AS $$
    SELECT CASE WHEN length(value) > 36 THEN
               substr(decrypt_iv(substr(value, 37), open_secret(guid_of(value)), substr(value, 21, 16), 'aes'), 9) END $$;

-- ---- what is where

CREATE FUNCTION unquoted(name text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT CASE WHEN name LIKE '[%]' THEN replace(substr(name, 2, length(name) - 2), ']]', ']') ELSE name END $$;
CREATE FUNCTION object_id(full_name text, kind text DEFAULT NULL) RETURNS int STABLE LANGUAGE plpgsql AS $$
DECLARE parts text[]; found int;
BEGIN
    parts := ARRAY(SELECT unquoted(m[1]) FROM regexp_matches(full_name, '(\[(?:[^\]]|\]\])*\]|[^.\[\]]+)', 'g') m);
    IF cardinality(parts) = 3 AND lower(parts[1]) = lower(tds.server() ->> 'database') THEN parts := parts[2:]; END IF;
    IF cardinality(parts) = 1 THEN parts := ARRAY['dbo', parts[1]]; END IF;
    SELECT o.id INTO found FROM objects o JOIN schemas s ON s.id = o.schema_id
    WHERE lower(s.name) = lower(parts[1]) AND lower(o.name) = lower(parts[2])
      AND (kind IS NULL OR lower(o.type) = lower(kind));
    RETURN found;
END $$;
CREATE FUNCTION object_name(wanted int) RETURNS text STABLE LANGUAGE sql
    AS $$ SELECT name FROM objects WHERE id = wanted $$;
CREATE FUNCTION object_schema_name(wanted int) RETURNS text STABLE LANGUAGE sql
    AS $$ SELECT s.name FROM objects o JOIN schemas s ON s.id = o.schema_id WHERE o.id = wanted $$;
CREATE FUNCTION schema_id(wanted text DEFAULT 'dbo') RETURNS int STABLE LANGUAGE sql
    AS $$ SELECT id FROM schemas WHERE lower(name) = lower(wanted) $$;
CREATE FUNCTION schema_name(wanted int DEFAULT 1) RETURNS text STABLE LANGUAGE sql
    AS $$ SELECT name FROM schemas WHERE id = wanted $$;
CREATE FUNCTION type_name(wanted int) RETURNS text STABLE LANGUAGE sql
    AS $$ SELECT name::text FROM sys.types WHERE user_type_id = wanted $$;
CREATE FUNCTION col_name(wanted int, column_id int) RETURNS text STABLE LANGUAGE sql
    AS $$ SELECT name FROM columns WHERE object_id = wanted AND id = column_id $$;
CREATE FUNCTION col_length(full_name text, column_name text) RETURNS smallint STABLE LANGUAGE sql
    AS $$ SELECT bytes::smallint FROM columns WHERE object_id = object_id(full_name) AND lower(name) = lower(column_name) $$;
CREATE FUNCTION columnproperty(wanted int, column_name text, property text) RETURNS int STABLE LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT CASE lower(property) WHEN 'isidentity' THEN (seed IS NOT NULL)::int
                WHEN 'iscomputed' THEN (computed IS NOT NULL)::int WHEN 'allowsnull' THEN nullable::int
                WHEN 'columnid' THEN id END
            FROM columns WHERE object_id = wanted AND lower(name) = lower(column_name));
END $$;
CREATE FUNCTION collationproperty(collation_name text, property text) RETURNS int STABLE LANGUAGE plpgsql AS $$
BEGIN
    IF lower(property) <> 'codepage' THEN
        RAISE EXCEPTION USING ERRCODE = 'TD001', MESSAGE = 'know COLLATIONPROPERTY of ' || property;
    END IF;
    RETURN CASE WHEN right(upper(collation_name COLLATE "C"), 5) = '_UTF8' THEN 65001 ELSE 1252 END + 0 * length(collation_name);
END $$;
CREATE FUNCTION objectproperty(wanted int, property text) RETURNS int STABLE LANGUAGE plpgsql AS $$
BEGIN
    IF lower(property) NOT IN ('tablehasidentity', 'isusertable', 'isview', 'tablehasprimarykey', 'ismsshipped') THEN
        RAISE EXCEPTION USING ERRCODE = 'TD001', MESSAGE = 'know OBJECTPROPERTY of ' || property;
    END IF;
    RETURN (SELECT CASE lower(property)
                WHEN 'tablehasidentity' THEN EXISTS (SELECT FROM columns WHERE object_id = wanted AND seed IS NOT NULL)
                WHEN 'isusertable' THEN type = 'U' WHEN 'isview' THEN type = 'V' WHEN 'ismsshipped' THEN false
                WHEN 'tablehasprimarykey' THEN EXISTS (SELECT FROM indexes WHERE object_id = wanted AND is_primary)
            END::int FROM objects WHERE id = wanted);
END $$;
CREATE FUNCTION ident_current(full_name text) RETURNS numeric STABLE LANGUAGE sql AS $$
    SELECT coalesce(last_identity(object_id), seed) FROM columns
    WHERE object_id = object_id(full_name) AND seed IS NOT NULL $$;
CREATE FUNCTION ident_seed(full_name text) RETURNS numeric STABLE LANGUAGE sql
    AS $$ SELECT seed FROM columns WHERE object_id = object_id(full_name) AND seed IS NOT NULL $$;
CREATE FUNCTION ident_increment(full_name text) RETURNS numeric STABLE LANGUAGE sql
    AS $$ SELECT increment FROM columns WHERE object_id = object_id(full_name) AND seed IS NOT NULL $$;
CREATE FUNCTION fileproperty(file text, property text) RETURNS int STABLE LANGUAGE sql AS $$
    SELECT size / 2 FROM sys.database_files WHERE lower(name) = lower(file) AND lower(property) = 'spaceused' $$;
CREATE FUNCTION db_id(wanted text) RETURNS int STABLE LANGUAGE sql
    AS $$ SELECT database_id FROM sys.databases WHERE lower(name) = lower(wanted) $$;
CREATE FUNCTION db_name(wanted int) RETURNS text STABLE LANGUAGE sql
    AS $$ SELECT name::text FROM sys.databases WHERE database_id = wanted $$;

CREATE FUNCTION has_permission(securable text, class text, permission text) RETURNS int STABLE LANGUAGE sql
    AS $$ SELECT (NOT tds.server() -> 'denied' ? upper(permission))::int $$;
CREATE FUNCTION is_server_role_member(role text) RETURNS int STABLE LANGUAGE sql
    AS $$ SELECT (lower(role) = 'public' OR jsonb_array_length(tds.server() -> 'denied') = 0)::int $$;
CREATE FUNCTION is_role_member(role text) RETURNS int STABLE LANGUAGE sql
    AS $$ SELECT (lower(role) = 'public' OR jsonb_array_length(tds.server() -> 'denied') = 0)::int $$;

-- ---- what a column of fixed length keeps

CREATE FUNCTION pad_units(value text, count int) RETURNS text IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT value || repeat(' ', count - units(value)) $$;
CREATE FUNCTION pad_only(value bytea, count int) RETURNS bytea IMMUTABLE STRICT LANGUAGE sql
    AS $$ SELECT value || decode(repeat('00', count - length(value)), 'hex') $$;
