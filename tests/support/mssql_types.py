"""The one table of types from PostgreSQL to SQL Server: docs/migrate-to-sql-server.md tells it, test_assess.py holds the
program against it.

Each row: the type as a column has it, a value in SQL, the neutral kind, the type there, and its limits. Types of our own
are those of PREPARE. Sizes are those of a column in no key, whose rows hold the value.
"""

PREPARE = """
CREATE EXTENSION citext SCHEMA public;
CREATE EXTENSION hstore SCHEMA public;
CREATE TYPE public.mood AS ENUM ('sad', 'happy');
CREATE TYPE public.pair AS (a int, b text);
CREATE DOMAIN public.positive AS int CHECK (VALUE > 0);
"""

TYPES = [
    ("boolean", "true", "boolean", "bit", ""),
    ("smallint", "'-32768'", "int16", "smallint", ""),
    ("integer", "2147483647", "int32", "int", ""),
    ("bigint", "9223372036854775807", "int64", "bigint", ""),
    ("oid", "4294967295", "int64", "bigint", "the object that it names stays behind"),
    ("numeric(10,2)", "12345678.90", "decimal", "decimal(10, 2)", "NaN and infinity are awkward values"),
    ("numeric", "1.5", "decimal", "decimal(38, 10)", "38 digits; at least 10 after the point, more if the rows need them"),
    ("numeric(50,5)", "1.5", "decimal", "decimal(38, 10)", "as numeric"),
    ("real", "1.5", "float32", "real", "NaN and infinity are awkward values"),
    ("double precision", "1.5", "float64", "float(53)", "NaN and infinity are awkward values"),
    ("money", "'12.34'", "money", "decimal(19, 2)", "money there is narrower; two digits after the point"),
    ("character(3)", "'ab'", "char", "nchar(3)", "longer if characters beyond U+FFFF need it"),
    ("character varying(20)", "'größe'", "text", "nvarchar(20)", "longer if characters beyond U+FFFF need it; nvarchar(max) over 4,000"),
    ("character varying(5000)", "'x'", "text", "nvarchar(max)", ""),
    ("text", "'größe'", "text", "nvarchar(max)", "in a key or an index bounded, by what the rows hold"),
    ("name", "'x'", "text", "nvarchar(63)", ""),
    ("citext", "'MiXed'", "text without case", "nvarchar(max)", "its collation ignores case by SQL Server's rules"),
    ("bytea", "'\\x00ff'", "bytes", "varbinary(max)", "in a key bounded, by what the rows hold"),
    ("uuid", "'6f1c9d1e-3c7b-4a52-9a8e-2f0f5c1b7d11'", "uuid", "uniqueidentifier", "sorts in another order"),
    ("date", "'2024-02-29'", "date", "date", "infinity, BC and years after 9999 are awkward values"),
    ("time without time zone", "'23:59:59.999999'", "time", "time(6)", "24:00 is an awkward value"),
    ("time with time zone", "'12:00+02'", "time with zone", "nvarchar(24)", "as text"),
    ("timestamp without time zone", "'2024-02-29 12:00:00.000001'", "timestamp", "datetime2(6)", "as date"),
    ("timestamp with time zone", "'2024-02-29 12:00:00+02'", "instant", "datetimeoffset(6)", "in UTC; as date"),
    ("interval", "'1 year 2 days'", "interval", "nvarchar(100)", "as text in ISO 8601: P1Y2D"),
    ("json", "'{\"a\": 1}'", "json", "nvarchar(max)", "with an ISJSON check; escapes of U+0000 and of half a pair are awkward values"),
    ("jsonb", "'[1, 2]'", "json", "nvarchar(max)", "with an ISJSON check"),
    ("xml", "'<a/>'", "xml", "nvarchar(max)", "xml there would change white space; choose it in the map"),
    ("mood", "'sad'", "enum", "nvarchar(5)", "an enum: with a check of its labels; sorts as text"),
    ("integer[]", "'{1,NULL,3}'", "array", "nvarchar(max)", "an array: JSON, with an ISJSON check"),
    ("pair", "'(1,x)'", "composite", "nvarchar(max)", "a composite: a JSON object, with an ISJSON check"),
    ("int4range", "'[1,5)'", "range", "nvarchar(max)", "a range or multirange: as text"),
    ("inet", "'192.168.0.1/24'", "network", "nvarchar(49)", "as text"),
    ("cidr", "'192.168.0.0/24'", "network", "nvarchar(49)", "as text"),
    ("macaddr", "'08:00:2b:01:02:03'", "mac", "nvarchar(23)", "as text"),
    ("macaddr8", "'08:00:2b:01:02:03:04:05'", "mac", "nvarchar(23)", "as text"),
    ("bit(5)", "B'10101'", "bits", "nvarchar(5)", "as text of 0 and 1"),
    ("bit varying(9)", "B'101'", "bits", "nvarchar(9)", "as text of 0 and 1"),
    ("tsvector", "'a:1 b:2'", "search vector", "nvarchar(max)", "as text; searching is another thing there"),
    ("hstore", "'a=>1'", "map", "nvarchar(max)", "a JSON object, with an ISJSON check"),
    ("point", "'(1,2)'", "geometry", "nvarchar(max)", "this and the other geometric types: as text"),
    ("positive", "1", "int32", "int", "a domain: its base type, its checks become those of the table"),
    ("pg_lsn", "'0/1'", "other", "nvarchar(max)", "any type that is not named here: as text"),
]


def markdown():
    """The table as the document has it."""
    lines = ["| PostgreSQL | SQL Server | limits |", "| --- | --- | --- |"]
    return "\n".join(lines + [f"| `{name}` | `{there}` | {limits} |" for name, _, _, there, limits in TYPES])
