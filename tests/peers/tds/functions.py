"""T-SQL's functions, as PostgreSQL's SQL; those named tds.* are in functions.sql."""
from .errors import SqlError, refused
from .grammar import Sql, marker, quote
from .sqltypes import SqlType, make

INT, BIGINT, BIT, FLOAT = SqlType("int"), SqlType("bigint"), SqlType("bit"), SqlType("float")
NAME, UUID = make("sysname"), SqlType("uniqueidentifier")
LONG = make("nvarchar", ["max"])
MOMENT, MOMENT2, OFFSET = SqlType("datetime"), SqlType("datetime2", scale=7), SqlType("datetimeoffset", scale=7)
BYTES, BYTES_MAX = make("varbinary", [8000]), make("varbinary", ["max"])

# What the session knows; session.py gives the values.
GLOBALS = {"@@rowcount": INT, "@@error": INT, "@@trancount": INT, "@@identity": make("decimal", [38, 0]),
           "@@spid": SqlType("smallint"), "@@version": make("nvarchar", [300]), "@@servername": NAME,
           "@@microsoftversion": INT, "@@options": INT, "@@textsize": INT, "@@fetch_status": INT,
           "@@max_precision": SqlType("tinyint"), "@@language": NAME, "@@lock_timeout": INT, "@@servicename": NAME,
           "@@db_name": NAME, "@@user": NAME, "@@xact_state": SqlType("smallint"), "@@error_number": INT,
           "@@error_message": make("nvarchar", [4000]), "@@error_severity": INT, "@@error_state": INT,
           "@@error_line": INT, "@@error_procedure": NAME, "@@app_name": NAME, "@@host_name": NAME}
WINDOWED = {"row_number", "rank", "dense_rank", "ntile", "lag", "lead", "first_value", "last_value"}

# name: (least arguments, most, text with {0} {1} … or {all}, type). A type that is an int is that argument's.
SIMPLE = {
    "len": (1, 1, "tds.len({0})", INT),
    "datalength": (1, 1, "tds.datalength({0})", INT),
    "upper": (1, 1, "upper({0})", 0), "lower": (1, 1, "lower({0})", 0),
    "ltrim": (1, 1, "ltrim({0}, ' ')", 0), "rtrim": (1, 1, "rtrim({0}, ' ')", 0), "trim": (1, 1, "btrim({0}, ' ')", 0),
    "left": (2, 2, "tds.left_units({0}, {1})", None), "right": (2, 2, "tds.right_units({0}, {1})", None),
    "substring": (3, 3, "tds.part({0}, {1}, {2})", None),
    "charindex": (2, 2, "strpos({1}, {0})", INT),
    "replace": (3, 3, "replace({0}, {1}, {2})", None), "replicate": (2, 2, "repeat({0}, {1})", None),
    "stuff": (4, 4, "overlay({0} placing {3} from {1} for {2})", None),
    "reverse": (1, 1, "reverse({0})", 0), "space": (1, 1, "repeat(' ', {0})::varchar", None),
    "concat": (2, 254, "concat({strings})", None), "quotename": (1, 1, "tds.quotename({0})", make("nvarchar", [258])),
    "unicode": (1, 1, "ascii({0})", INT), "ascii": (1, 1, "ascii({0})", INT),
    "nchar": (1, 1, "chr({0})", make("nvarchar", [1])), "char": (1, 1, "chr({0})::varchar", make("varchar", [1])),
    "isnull": (2, 2, "coalesce({0}, {1})", 0), "coalesce": (2, 99, "coalesce({all})", None),
    "nullif": (2, 2, "nullif({0}, {1})", 0), "iif": (3, 3, "(CASE WHEN {0} THEN {1} ELSE {2} END)", None),
    "abs": (1, 1, "abs({0})", 0), "ceiling": (1, 1, "ceil({0})", None), "floor": (1, 1, "floor({0})", None),
    "round": (2, 2, "round({0}, {1})", None), "sign": (1, 1, "sign({0})", None),
    "sqrt": (1, 1, "sqrt({0}::float8)", FLOAT),
    "power": (2, 2, "power({0}, {1})", None),
    "getdate": (0, 0, "clock_timestamp()::timestamp(3)", MOMENT),
    "current_timestamp": (0, 0, "clock_timestamp()::timestamp(3)", MOMENT),
    "getutcdate": (0, 0, "clock_timestamp()::timestamp(3)", MOMENT),
    "sysdatetime": (0, 0, "clock_timestamp()::timestamp", MOMENT2),
    "sysutcdatetime": (0, 0, "clock_timestamp()::timestamp", MOMENT2),
    "sysdatetimeoffset": (0, 0, "tds.offset_moment(clock_timestamp()::timestamp)", OFFSET),
    "year": (1, 1, "date_part('year', tds.moment({0}))::int", INT),
    "month": (1, 1, "date_part('month', tds.moment({0}))::int", INT),
    "day": (1, 1, "date_part('day', tds.moment({0}))::int", INT),
    "count_big": (1, 1, "count({0})", BIGINT), "count": (1, 1, "(count({0}))::int4", INT),
    "min": (1, 1, "min({0})", 0), "max": (1, 1, "max({0})", 0),
    "sum": (1, 1, "tds.sum({0})", None), "avg": (1, 1, "tds.avg({0})", None),
    "row_number": (0, 0, "row_number()", BIGINT), "rank": (0, 0, "rank()", BIGINT),
    "dense_rank": (0, 0, "dense_rank()", BIGINT),
    "lag": (1, 2, "lag({all})", 0), "lead": (1, 2, "lead({all})", 0),
    "newid": (0, 0, "gen_random_uuid()", UUID),
    "isjson": (1, 1, "tds.is_json({0})", INT),
    "hashbytes": (2, 2, "tds.hashbytes({0}, tds.binary({1}, NULL))", BYTES),
    "object_id": (1, 2, "tds.object_id({all})", INT), "object_name": (1, 1, "tds.object_name({0})", NAME),
    "object_schema_name": (1, 1, "tds.object_schema_name({0})", NAME),
    "schema_id": (0, 1, "tds.schema_id({all})", INT), "schema_name": (0, 1, "tds.schema_name({all})", NAME),
    "type_name": (1, 1, "tds.type_name({0})", NAME), "col_name": (2, 2, "tds.col_name({0}, {1})", NAME),
    "col_length": (2, 2, "tds.col_length({0}, {1})", SqlType("smallint")),
    "columnproperty": (3, 3, "tds.columnproperty({0}, {1}, {2})", INT),
    "collationproperty": (2, 2, "tds.collationproperty({0}, {1})", INT),
    "objectproperty": (2, 2, "tds.objectproperty({0}, {1})", INT),
    "ident_current": (1, 1, "tds.ident_current({0})", make("decimal", [38, 0])),
    "ident_seed": (1, 1, "tds.ident_seed({0})", make("decimal", [38, 0])),
    "ident_incr": (1, 1, "tds.ident_increment({0})", make("decimal", [38, 0])),
    "has_perms_by_name": (3, 3, "tds.has_permission({0}, {1}, {2})", INT),
    "is_srvrolemember": (1, 1, "tds.is_server_role_member({0})", INT),
    "is_rolemember": (1, 1, "tds.is_role_member({0})", INT), "is_member": (1, 1, "tds.is_role_member({0})", INT),
    "key_guid": (1, 1, "tds.key_guid({0})", UUID), "key_id": (1, 1, "tds.key_id({0})", INT),
    "fileproperty": (2, 2, "tds.fileproperty({0}, {1})", INT),
    "cert_id": (1, 1, "tds.certificate_id({0})", INT),
    "encryptbykey": (2, 2, "tds.encrypt_by_key({0}, tds.binary({1}, NULL))", BYTES),
    "decryptbykey": (1, 1, "tds.decrypt_by_key({0})", BYTES),
    "sys.dm_os_volume_stats": (2, 2, "sys.dm_os_volume_stats({0}, {1})", None),
}
SESSION = {"db_name": "@@db_name", "suser_sname": "@@user", "suser_name": "@@user", "original_login": "@@user",
           "system_user": "@@user", "scope_identity": "@@identity", "xact_state": "@@xact_state",
           "error_number": "@@error_number", "error_message": "@@error_message", "error_line": "@@error_line",
           "error_severity": "@@error_severity", "error_state": "@@error_state",
           "error_procedure": "@@error_procedure", "app_name": "@@app_name", "host_name": "@@host_name"}
USERS = ("user", "current_user", "session_user", "user_name")
DATE_PARTS = {"year": "year", "yyyy": "year", "yy": "year", "month": "month", "mm": "month", "m": "month", "day": "day",
              "dd": "day", "d": "day", "hour": "hour", "hh": "hour", "minute": "minute", "mi": "minute", "n": "minute",
              "second": "second", "ss": "second", "s": "second", "millisecond": "millisecond", "ms": "millisecond",
              "microsecond": "microsecond", "mcs": "microsecond", "quarter": "quarter", "week": "week"}


def call(name, arguments, grammar, within=""):
    if name in SESSION and not arguments:
        variable = SESSION[name]
        return Sql(marker(variable), GLOBALS[variable])
    if name in USERS and not arguments:
        return Sql("'dbo'::text", NAME)
    if name in OTHERS:
        return OTHERS[name](arguments, grammar, within)
    if name not in SIMPLE:
        raise SqlError(195, name)
    least, most, text, kind = SIMPLE[name]
    if not least <= len(arguments) <= most:
        raise refused(f"know {name} with {len(arguments)} arguments")
    texts = [each.text for each in arguments]
    if name in ("coalesce", "isnull", "nullif"):  # a literal takes the type of the others
        typed = any(not each.literal for each in arguments)
        texts = [each.literal if each.literal and typed else each.text for each in arguments]
    strings = ", ".join(f"tds.string({each.text}, NULL)" if not each.literal else each.text for each in arguments)
    like = None
    if isinstance(kind, int):
        like = arguments[kind].name or arguments[kind].like
        kind = arguments[kind].type
    text = text.format(*texts, all=", ".join(texts), strings=strings)
    return Sql(f"({text})::tds.sysname" if kind is NAME else text, kind, like=like)  # names know no case


def _constant(argument, what):
    if not argument.literal or argument.literal == "NULL":
        raise refused(f"know {what} of what is no literal")
    return argument.literal[1:-1].replace("''", "'")


def _server_property(arguments, grammar, _):
    return _property(grammar.session.server_properties(), _constant(arguments[0], "SERVERPROPERTY"))


def _database_property(arguments, grammar, _):
    return _property(grammar.session.database_properties(), _constant(arguments[1], "DATABASEPROPERTYEX"))


def _property(known, name):
    """NULL for what is unknown, as SQL Server; but in SQL Server it is a sql_variant."""
    value = next((value for each, value in known.items() if each.lower() == name.lower()), None)
    if isinstance(value, int):
        return Sql(str(value), INT)
    return Sql("NULL::text" if value is None else f"{quote(value)}::text", NAME)


def _db_id(arguments, grammar, _):
    return Sql(f"tds.db_id({arguments[0].text if arguments else marker('@@db_name')})", INT)


def _db_name(arguments, grammar, _):
    return Sql(f"tds.db_name({arguments[0].text})", NAME)


def _string_agg(arguments, grammar, within):
    order = " " + within if within else ""
    return Sql(f"string_agg(tds.string({arguments[0].text}, NULL), {arguments[1].text}{order})")


def _concat_ws(arguments, grammar, _):
    strings = ", ".join(each.text if each.literal else f"tds.string({each.text}, NULL)" for each in arguments[1:])
    return Sql(f"concat_ws({arguments[0].text}, {strings})")


def _part(argument):
    part = DATE_PARTS.get(argument.text)
    if part is None:
        raise refused(f"know the part {argument.text} of a date")
    return part


def _datepart(arguments, grammar, _):
    part = _part(arguments[0])
    if part in ("millisecond", "microsecond", "week"):
        raise refused(f"know DATEPART of {part}")
    return Sql(f"floor(date_part('{part}', tds.moment({arguments[1].text})))::int", INT)


def _dateadd(arguments, grammar, _):
    part = _part(arguments[0])
    text = f"(tds.moment({arguments[2].text}) + ({arguments[1].text}) * interval '1 {part}')"
    if part == "quarter":
        raise refused("know DATEADD of quarters")
    return Sql(text, arguments[2].type if arguments[2].type and not arguments[2].type.is_string else MOMENT)


def _datediff(arguments, grammar, _):
    part = _part(arguments[0])
    if part not in ("second", "millisecond", "minute", "hour", "day"):
        raise refused(f"know DATEDIFF of {part}")
    one, other = (f"date_trunc('{part}', tds.moment({each.text}))" for each in arguments[1:])
    seconds = {"second": "1", "millisecond": "0.001", "minute": "60", "hour": "3600", "day": "86400"}[part]
    return Sql(f"round(extract(epoch FROM {other} - {one}) / {seconds})::int", INT)


OTHERS = {"serverproperty": _server_property, "databasepropertyex": _database_property, "db_id": _db_id,
          "db_name": _db_name, "string_agg": _string_agg, "concat_ws": _concat_ws, "datepart": _datepart,
          "dateadd": _dateadd, "datediff": _datediff}
