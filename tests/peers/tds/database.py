"""One session's connection to the PostgreSQL database that keeps a database of the peer."""
import re

from psycopg import pq

from .errors import SqlError, refused

OK = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COPY_IN, pq.ExecStatus.EMPTY_QUERY)
SETTINGS = "search_path=pg_catalog,tds timezone=UTC datestyle=ISO client_encoding=UTF8 client_min_messages=error"


class Attention(Exception):
    """The client takes back what it has asked for."""


class PostgresError(Exception):
    def __init__(self, result):
        def field(which):
            data = result.error_field(which)
            return data.decode() if data else ""
        self.state = field(pq.DiagnosticField.SQLSTATE)
        self.message = field(pq.DiagnosticField.MESSAGE_PRIMARY)
        self.detail = field(pq.DiagnosticField.MESSAGE_DETAIL)
        self.constraint = field(pq.DiagnosticField.CONSTRAINT_NAME)
        self.column = field(pq.DiagnosticField.COLUMN_NAME)
        self.schema = field(pq.DiagnosticField.SCHEMA_NAME)
        self.table = field(pq.DiagnosticField.TABLE_NAME)
        super().__init__(f"{self.state} {self.message} {self.detail}")


class Database:
    def __init__(self, dsn, name, wire):
        options = " ".join(f"-c {each}" for each in SETTINGS.split())
        conninfo = f"{dsn} dbname='{name}' options='{options}'"
        self._connection = pq.PGconn.connect(conninfo.encode())
        self._wire = wire
        if self._connection.status != pq.ConnStatus.OK:
            raise RuntimeError(self._connection.error_message.decode())

    def close(self):
        self._connection.finish()

    def query(self, text):
        """The last result of these statements. The client's attention ends them."""
        connection = self._connection
        connection.send_query(text.encode())
        connection.flush()
        attention = False
        last = failed = None
        while True:
            while connection.is_busy():
                if self._wire.wait(connection.socket):
                    attention = True
                    connection.get_cancel().cancel()
                    while connection.is_busy():
                        connection.consume_input()
                    break
                connection.consume_input()
            result = connection.get_result()
            if result is None:
                break
            last = result
            failed = failed or (None if result.status in OK else result)
            if result.status == pq.ExecStatus.COPY_IN:
                break
        if attention:
            raise Attention
        if failed:
            raise PostgresError(failed)
        return last

    def rows(self, text):
        """Rows of strings and None."""
        result = self.query(text)
        return [[decoded(result.get_value(row, column)) for column in range(result.nfields)]
                for row in range(result.ntuples)]

    def row(self, text):
        found = self.rows(text)
        return found[0] if found else None

    def value(self, text):
        found = self.row(text)
        return found[0] if found else None

    # ---- COPY

    def copy_start(self, text):
        self.query(text)

    def copy_data(self, data):
        self._connection.put_copy_data(data)

    def copy_end(self, failure=None):
        """Raises what PostgreSQL has against the rows, unless we end it for a failure of our own."""
        self._connection.put_copy_end(failure.encode() if failure else None)
        failed = None
        while (result := self._connection.get_result()) is not None:
            if result.status not in OK:
                failed = failed or result
        if failed and not failure:
            raise PostgresError(failed)


def decoded(data):
    return None if data is None else data.decode()


# ---- PostgreSQL's errors in SQL Server's words

PLAIN = {"22012": (8134,), "22003": (8115, "expression", "numeric"), "22007": (241,),
         "22008": (242, "varchar", "datetime"), "42P22": (468,), "55P03": (1222,),
         "22P02": (245, "varchar", "", "the type asked for"),
         "2200N": (9400, 1, 1), "2200M": (9400, 1, 1), "2200S": (9400, 1, 1)}


class Translator:
    """Says what PostgreSQL says as SQL Server would. It looks names up, so what failed is rolled back first."""

    def __init__(self, session):
        self._session = session

    def error(self, failure, verb):
        state = failure.state
        if state in ("23505", "23502", "23503", "23514"):
            return self._constraint(failure, verb)
        if state in PLAIN:
            return SqlError(*PLAIN[state])
        quoted = re.findall(r'"([^"]*)"', failure.message)
        name = quoted[0].rsplit(".", 1)[-1] if quoted else failure.message
        if state == "42P01":
            return SqlError(208, re.sub(r'.*relation "(?:s\.)?(?:dbo\.)?(.*)" does not.*', r"\1", failure.message))
        if state == "42703":
            found = re.search(r"column (.*) does not exist", failure.message)
            return SqlError(207, found.group(1).strip('"').rsplit(".", 1)[-1] if found else name)
        if state in ("42P07", "42710"):
            return SqlError(2714, name)
        if state == "40P01":
            return SqlError(1205, self._session.spid)
        if state == "54000":
            return SqlError(1946, "?", name, 1700, "nonclustered")
        if state == "53100":
            return SqlError(1105, name, self._session.database)
        if state == "TD001":
            return refused(failure.message)
        return refused(f"know a way to run this (PostgreSQL: {state} {failure.message})")

    def _constraint(self, failure, verb):
        session = self._session
        table = session.catalog.table_of(failure.schema, failure.table)
        if failure.state == "23502":
            column = table.by_pg_name(failure.column)
            changed = "UPDATE" if verb == "ALTER TABLE" else verb
            return SqlError(515, column.name, f"{session.database}.{table.full_name}", changed)
        kind, _, number = failure.constraint.partition("_")
        if failure.state == "23505":
            return self._duplicate(failure, table, kind, number)
        if kind == "f":
            name, parent, column, referenced = session.catalog.foreign_key(int(number))
            if failure.message.startswith("update or delete"):
                return SqlError(547, verb, "REFERENCE", name, session.database, parent, "")
            other = session.catalog.full_name(referenced) if referenced else "?"
            return SqlError(547, verb, "FOREIGN KEY", name, session.database, other, column)
        if kind == "c":
            name = session.catalog.object_name(int(number))
            return SqlError(547, verb, "CHECK", name, session.database, table.full_name, "")
        if kind == "key":
            index = session.catalog.index_name(table.id, int(number.split("_")[0]))
            return SqlError(1946, "too great", index, number.split("_")[1], "nonclustered")
        column = table.by_attribute(int(number))
        if kind == "len":
            if session.version[0] < 15:
                return SqlError(8152)
            return SqlError(2628, f"{session.database}.{table.full_name}", column.name, "")
        if column.type.name == "tinyint":
            return SqlError(220, "tinyint", "?")
        return SqlError(242, "varchar", column.type.name)

    def _duplicate(self, failure, table, kind, number):
        key = re.search(r"=\((.*)\) (already exists|is duplicated)", failure.detail, re.DOTALL)
        value = f"({key.group(1)})" if key else "()"
        if kind != "i":
            return refused(f"keep this twice: {failure.message} {failure.detail}")
        index_id = int(number.split("_")[1])
        name, primary, constraint = self._session.catalog.index(table.id, index_id) or (None, None, None)
        if failure.message.startswith("could not create"):
            return SqlError(1505, table.full_name, self._session.being_made or name, value)
        if primary or constraint:
            return SqlError(2627, "PRIMARY KEY" if primary else "UNIQUE KEY", name, table.full_name, value)
        return SqlError(2601, table.full_name, name, value)
