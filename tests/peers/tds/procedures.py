"""EXEC: of a string, and of the few procedures of the system that a migration calls."""
from . import lexer
from .conversions import assigned
from .errors import SqlError, refused
from .grammar import ident, name_of, quote

LEVELS = ("level0type", "level0name", "level1type", "level1name", "level2type", "level2name")


class ProcedureGrammar:
    def call(self, line):
        self.one_of("execute", "exec")
        if self.sign("("):
            text = self.expression()
            self.need(")")
            return self.Statement(lambda session: session.run_text(session.value(text.text)), steers=True)
        status = None
        if self.token.kind == lexer.VARIABLE:
            status = self.step().text.lower()
            self.need("=")
        name = self.names()[-1].lower()
        given, named = [], {}
        while self.token.kind != lexer.END and not self.is_sign(";") and not self._starts_statement():
            if self.token.kind == lexer.VARIABLE and self.ahead().text == "=":
                key = self.step().text[1:].lower()
                self.step()
                named[key] = self.expression()
            else:
                given.append(self.expression())
            if not self.sign(","):
                break
        if name == "sp_executesql":
            return self.Statement(lambda session: execute_sql(session, given, named), steers=True)
        if name not in PROCEDURES:
            raise SqlError(2812, name, line=line)
        titles, action = PROCEDURES[name]
        if status and (action is not get_lock or status not in self.variables):
            raise refused(f"know the return status of {name}")

        def run(session):
            known = dict(zip(titles, given)) | named
            if set(known) - set(titles):
                raise refused(f"know the parameters of {name}: {', '.join(set(known) - set(titles))}")
            values = {key: None if value.literal == "NULL" else session.value(f"tds.string({value.text}, NULL)")
                      for key, value in known.items()}
            found = action(session, values)
            if status:
                session.assign(status, str(found))
        return self.Statement(run, "EXECUTE")


def execute_sql(session, given, named):
    text = session.value(given[0].text)
    if len(given) == 1 and not named:
        session.run_text(text)
        return
    declared = session.declared(session.value(given[1].text))
    variables = {}
    for at, (name, (kind, is_output)) in enumerate(declared.items(), 2):
        value = given[at] if at < len(given) else named.get(name[1:])
        if value is None:
            raise SqlError(8178, text[:60], name)
        if is_output:
            raise refused("know output parameters here")
        variables[name] = (kind, session.value(assigned(value, kind)))
    session.run_text(text, variables)


# ---- extended properties: (class, major_id, minor_id) of what levels name


def _target(session, values):
    kinds = [(values.get(LEVELS[at]) or "").upper() for at in (0, 2, 4)]
    names = [values.get(LEVELS[at]) for at in (1, 3, 5)]
    if not kinds[0]:
        return 0, 0, 0
    shown = ".".join(filter(None, names))
    if kinds[0] != "SCHEMA":
        raise SqlError(15135, shown)
    schema = session.postgres.value(f"SELECT id FROM tds.schemas WHERE lower(name) = {quote((names[0] or '').lower())}")
    if schema is None:
        raise SqlError(15135, shown)
    if not kinds[1]:
        return 3, int(schema), 0
    types = {"TABLE": ("U",), "VIEW": ("V",), "SEQUENCE": ("SO",)}.get(kinds[1])
    wanted = types and session.catalog.find([names[0], names[1]], *types)
    if wanted is None:
        raise SqlError(15135, shown)
    if not kinds[2]:
        return 1, wanted, 0
    return _part(session, wanted, kinds[2], names[2], shown)


def _part(session, wanted, kind, name, shown):
    low = quote((name or "").lower())
    query = {"COLUMN": f"SELECT 1, object_id, id FROM tds.columns WHERE object_id = {wanted} AND lower(name) = {low}",
             "INDEX": f"SELECT 7, object_id, id FROM tds.indexes WHERE object_id = {wanted} AND lower(name) = {low}",
             "CONSTRAINT": f"SELECT 1, id, 0 FROM tds.objects WHERE parent_id = {wanted} AND lower(name) = {low}"}
    query = query.get(kind)
    found = query and session.postgres.row(query)
    if not found:
        raise SqlError(15135, shown)
    return tuple(map(int, found))


def _where(target, name):
    return f"class = {target[0]} AND major_id = {target[1]} AND minor_id = {target[2]} " \
           f"AND lower(name) = {quote(name.lower())}"


def add_property(session, values):
    target, name = _target(session, values), values["name"]
    if session.postgres.value(f"SELECT 1 FROM tds.properties WHERE {_where(target, name)}"):
        raise SqlError(15233, name, ".".join(filter(None, (values.get(each) for each in LEVELS[1::2]))))
    session.catalog.insert("properties", **{"class": target[0]}, major_id=target[1], minor_id=target[2], name=name,
                           value=values.get("value"))


def _existing(session, values):
    target, name = _target(session, values), values["name"]
    if not session.postgres.value(f"SELECT 1 FROM tds.properties WHERE {_where(target, name)}"):
        raise SqlError(15217, name, ".".join(filter(None, (values.get(each) for each in LEVELS[1::2]))))
    return _where(target, name)


def update_property(session, values):
    value = values.get("value")
    session.postgres.query(f"UPDATE tds.properties SET value = {'NULL' if value is None else quote(value)} "
                           f"WHERE {_existing(session, values)}")


def drop_property(session, values):
    session.postgres.query(f"DELETE FROM tds.properties WHERE {_existing(session, values)}")


# ---- sp_rename


def rename(session, values):
    from .statements import Batch
    kind = (values.get("objtype") or "OBJECT").upper()
    parts = Batch(values["objname"], session).names()
    new = values["newname"]
    if kind == "OBJECT":
        name = (["dbo"] + parts)[-2:]
        wanted = session.catalog.find(name, "U", "V", "SO", "PK", "UQ", "C", "F", "D")
        if wanted is None:
            raise SqlError(15225, values["objname"], session.database)
        kind, = session.postgres.row(f"SELECT type FROM tds.objects WHERE id = {wanted}")
        if kind in ("U", "V", "SO"):
            word = {"U": "TABLE", "V": "VIEW", "SO": "SEQUENCE"}[kind]
            session.postgres.query(f"ALTER {word} {name_of(name)} RENAME TO {ident(new)}")
        session.postgres.query(f"UPDATE tds.objects SET name = {quote(new)} WHERE id = {wanted}")
        if kind in ("PK", "UQ"):
            session.postgres.query(f"UPDATE tds.indexes i SET name = {quote(new)} FROM tds.objects o "
                                   f"WHERE o.id = {wanted} AND i.object_id = o.parent_id AND i.id = o.index_id")
        return
    table = session.catalog.table((["dbo"] + parts[:-1])[-2:], "U")
    if kind == "COLUMN":
        column = table.column(parts[-1])
        session.postgres.query(f"ALTER TABLE {table.pg} RENAME COLUMN {ident(column.name)} TO {ident(new)}; "
                               f"UPDATE tds.columns SET name = {quote(new)} "
                               f"WHERE object_id = {table.id} AND id = {column.id}")
    elif kind == "INDEX":
        session.postgres.query(f"UPDATE tds.indexes SET name = {quote(new)} "
                               f"WHERE object_id = {table.id} AND lower(name) = {quote(parts[-1].lower())}")
    else:
        raise refused(f"rename a {kind}")


def set_table_option(session, values):
    """Of a table; not within a transaction."""
    from .statements import Batch
    if session.trancount:
        raise SqlError(15002, "sys.sp_tableoption")
    option, value = values["optionname"].lower(), values["optionvalue"].lower()
    if option != "table lock on bulk load" or value not in ("on", "off"):
        raise refused(f"know the option {option} = {value} of a table")
    parts = Batch(values["tablenamepattern"], session).names()
    table = session.catalog.table((["dbo"] + parts)[-2:], "U")
    session.postgres.query(f"UPDATE tds.objects SET locked_by_loads = {value == 'on'} WHERE id = {table.id}")


def get_lock(session, values):
    """0: it is taken; -1: somebody else holds it. Only of the session, and at once."""
    if (values.get("lockmode") or "").lower() != "exclusive" or (values.get("lockowner") or "").lower() != "session" or \
            values.get("locktimeout") != "0":
        raise refused("know sp_getapplock, but for an exclusive lock of the session without a wait")
    free = session.postgres.value(f"SELECT pg_try_advisory_lock(hashtext({quote(values['resource'])}))")
    return 0 if free == "t" else -1


PROCEDURES = {"sp_getapplock": (("resource", "lockmode", "lockowner", "locktimeout", "dbprincipal"), get_lock),
              "sp_addextendedproperty": (("name", "value", *LEVELS), add_property),
              "sp_updateextendedproperty": (("name", "value", *LEVELS), update_property),
              "sp_dropextendedproperty": (("name", *LEVELS), drop_property),
              "sp_tableoption": (("tablenamepattern", "optionname", "optionvalue"), set_table_option),
              "sp_rename": (("objname", "newname", "objtype"), rename)}
