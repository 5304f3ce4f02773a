"""Indexes and the keys that they keep."""
from . import collation
from .errors import SqlError
from .grammar import ident, quote

CLUSTERED_LIMIT, LIMIT, MAX_COLUMNS = 900, 1700, 32


def add_key(session, table, constraint):
    """PRIMARY KEY or UNIQUE. The latter takes one NULL, as SQL Server does."""
    catalog = session.catalog
    primary = constraint.kind == "PK"
    columns = [(table.column(name), descending) for name, descending in constraint.columns]
    if primary:
        _check_primary(session, table, columns)
    clustered = constraint.clustered
    if clustered is None:
        clustered = primary and _clustered(session, table) is None
    name = constraint.name or f"{constraint.kind}__{table.name[:20]}__{table.id:08X}{_next_id(session, table):04X}"
    session.being_made = name
    index_id = _new_id(session, table, name, clustered)
    catalog.new_object(catalog.schema_id(table.schema), name, constraint.kind, parent_id=table.id, index_id=index_id)
    pg_name = f"i_{table.id}_{index_id}"
    listed = ", ".join(ident(column.name) for column, _ in columns)
    kind = "PRIMARY KEY" if primary else "UNIQUE NULLS NOT DISTINCT"
    session.postgres.query(f"ALTER TABLE {table.pg} ADD CONSTRAINT {pg_name} {kind} ({listed})")
    _make(session, table, index_id, name, columns, [], unique=True, clustered=clustered, primary=primary,
          constraint=not primary, condition=None, made=True)


def _check_primary(session, table, columns):
    if session.postgres.value(f"SELECT 1 FROM tds.indexes WHERE object_id = {table.id} AND is_primary"):
        raise SqlError(1779, table.name)
    if any(column.nullable for column, _ in columns):
        raise SqlError(8111, table.name)


def create(session, table, name, columns, included, *, unique, clustered, condition):
    """CREATE INDEX; `condition` is (PostgreSQL's text, T-SQL's) or None."""
    taken = session.postgres.value(
        f"SELECT 1 FROM tds.indexes WHERE object_id = {table.id} AND lower(name) = {quote(name.lower())}")
    if taken:
        raise SqlError(1913, name, table.full_name)
    session.being_made = name
    index_id = _new_id(session, table, name, clustered)
    keys = [(table.column(each), descending) for each, descending in columns]
    _make(session, table, index_id, name, keys, [table.column(each) for each in included], unique=unique,
          clustered=clustered, primary=False, constraint=False, condition=condition, made=False)


def _clustered(session, table):
    return session.postgres.value(f"SELECT name FROM tds.indexes WHERE object_id = {table.id} AND kind = 1")


def _next_id(session, table):
    return int(session.postgres.value(f"SELECT greatest(max(id), 1) + 1 FROM tds.indexes WHERE object_id = {table.id}"))


def _new_id(session, table, name, clustered):
    if not clustered:
        return _next_id(session, table)
    if other := _clustered(session, table):
        raise SqlError(1902, table.full_name, other)
    session.postgres.query(f"DELETE FROM tds.indexes WHERE object_id = {table.id} AND id = 0")
    return 1


def _make(session, table, index_id, name, columns, included, *, unique, clustered, primary, constraint, condition,
          made):
    limit = CLUSTERED_LIMIT if clustered else LIMIT
    _check_key(table, name, columns, limit)
    where = f" WHERE {condition[0]}" if condition else ""
    pg_name = f"i_{table.id}_{index_id}"
    relations = []
    if not made:
        keys = ", ".join(ident(column.name) + (" DESC" if descending else "") for column, descending in columns)
        include = f" INCLUDE ({', '.join(ident(column.name) for column in included)})" if included else ""
        distinct = " NULLS NOT DISTINCT" if unique else ""
        session.postgres.query(f"CREATE {'UNIQUE ' if unique else ''}INDEX {pg_name} ON {table.pg} ({keys})"
                               f"{include}{distinct}{where}")
        relations.append(pg_name)
    if unique and any(column.type.is_string for column, _ in columns):
        _ignore_trailing_spaces(session, table, pg_name, columns, where)
        relations.append(f"{pg_name}_r")
    _limit_key(session, table, index_id, columns, limit)
    session.catalog.insert("indexes", object_id=table.id, id=index_id, name=name, kind=1 if clustered else 2,
                           is_unique=unique, is_primary=primary, is_constraint=constraint,
                           filter=condition[1] if condition else None, relations="{" + ",".join(relations) + "}")
    listed = [(column, descending, False) for column, descending in columns]
    listed += [(column, False, True) for column in included]
    for at, (column, descending, is_included) in enumerate(listed, 1):
        session.catalog.insert("index_columns", object_id=table.id, index_id=index_id, id=at, column_id=column.id,
                               key_ordinal=0 if is_included else at, descending=descending, included=is_included)


def _check_key(table, name, columns, limit):
    if len(columns) > MAX_COLUMNS:
        raise SqlError(1904, name, table.name, len(columns), MAX_COLUMNS)
    for column, _ in columns:
        if column.type.is_long:
            raise SqlError(1919, column.name, table.full_name)
    least = sum(column.type.max_length for column, _ in columns
                if column.type.name not in ("varchar", "nvarchar", "varbinary"))
    if least > limit:
        raise SqlError(1944, name, least, limit)


def _ignore_trailing_spaces(session, table, pg_name, columns, where):
    """For SQL Server 'a' and 'a ' are equal."""
    keys = ", ".join(f"(rtrim({ident(column.name)}, ' ')::text) COLLATE {collation.postgres(column.type.collation)}"
                     if column.type.is_string else ident(column.name) for column, _ in columns)
    session.postgres.query(f"CREATE UNIQUE INDEX {pg_name}_r ON {table.pg} ({keys}) NULLS NOT DISTINCT{where}")


def _limit_key(session, table, index_id, columns, limit):
    """What may be too long is looked at row by row, as SQL Server does."""
    if sum(column.type.max_length for column, _ in columns) <= limit:
        return
    fixed = sum(column.type.max_length for column, _ in columns
                if column.type.name not in ("varchar", "nvarchar", "varbinary"))
    sizes = [f"coalesce(tds.datalength({ident(column.name)}), 0)" for column, _ in columns
             if column.type.name in ("varchar", "nvarchar", "varbinary")]
    session.postgres.query(f"ALTER TABLE {table.pg} ADD CONSTRAINT key_{index_id}_{limit} "
                           f"CHECK ({fixed} + {' + '.join(sizes)} <= {limit})")


def drop(session, table, index_id):
    kind, relations = session.postgres.row(
        "SELECT kind, array_to_string(relations, ',') FROM tds.indexes "
        f"WHERE object_id = {table.id} AND id = {index_id}")
    schema = table.pg.rpartition(".")[0]
    text = f"ALTER TABLE {table.pg} DROP CONSTRAINT IF EXISTS i_{table.id}_{index_id}, " \
           f"DROP CONSTRAINT IF EXISTS key_{index_id}_{LIMIT}, " \
           f"DROP CONSTRAINT IF EXISTS key_{index_id}_{CLUSTERED_LIMIT}"
    for each in filter(None, relations.split(",")):
        text += f"; DROP INDEX {schema}.{each}"
    session.postgres.query(f"{text}; DELETE FROM tds.indexes WHERE object_id = {table.id} AND id = {index_id}")
    if kind == "1":
        session.catalog.insert("indexes", object_id=table.id, id=0, kind=0, is_unique=False, is_primary=False,
                               is_constraint=False, relations="{}")


def drop_named(session, table, name):
    found = session.postgres.row("SELECT id, is_primary OR is_constraint, is_primary FROM tds.indexes "
                                 f"WHERE object_id = {table.id} AND lower(name) = {quote(name.lower())}")
    if found is None:
        raise SqlError(3701, "index", f"{table.full_name}.{name}")
    if found[1] == "t":
        raise SqlError(3723, f"{table.full_name}.{name}", "PRIMARY KEY" if found[2] == "t" else "UNIQUE KEY")
    drop(session, table, int(found[0]))


def primary_key_columns(session, table):
    return [name for name, in session.postgres.rows(
        "SELECT c.name FROM tds.indexes i JOIN tds.index_columns k ON k.object_id = i.object_id AND k.index_id = i.id "
        "JOIN tds.columns c ON c.object_id = i.object_id AND c.id = k.column_id "
        f"WHERE i.object_id = {table.id} AND i.is_primary ORDER BY k.id")]


def has_key(session, table, columns):
    """Whether just these columns are unique."""
    wanted = ",".join(map(str, sorted(column.id for column in columns)))
    return bool(columns) and bool(session.postgres.value(
        "SELECT 1 FROM tds.indexes i JOIN tds.index_columns k ON k.object_id = i.object_id AND k.index_id = i.id "
        f"WHERE i.object_id = {table.id} AND i.is_unique AND i.filter IS NULL AND NOT k.included "
        f"GROUP BY i.id HAVING string_agg(k.column_id::text, ',' ORDER BY k.column_id) = '{wanted}'"))
