"""SELECT, from WITH to OPTION."""
from dataclasses import dataclass, field

from . import lexer
from .errors import refused
from .expressions import Expressions
from .grammar import Sql, ident, name_of

HINTS = {"nolock", "tablock", "tablockx", "holdlock", "updlock", "rowlock", "paglock", "xlock", "readcommitted",
         "readuncommitted", "repeatableread", "serializable", "nowait", "snapshot", "readpast"}
JOINS = {"inner join": "JOIN", "join": "JOIN", "left outer join": "LEFT JOIN", "left join": "LEFT JOIN",
         "right outer join": "RIGHT JOIN", "right join": "RIGHT JOIN", "full outer join": "FULL JOIN",
         "full join": "FULL JOIN", "cross join": "CROSS JOIN", "cross apply": "CROSS JOIN LATERAL",
         "outer apply": "LEFT JOIN LATERAL"}


@dataclass
class Item(Sql):
    title: str = ""


@dataclass
class Query:
    text: str
    items: list  # of Item, of the first SELECT of a UNION
    top: str = None
    assigns: list = field(default_factory=list)  # names of variables, when it is SELECT @a = …
    tables: list = field(default_factory=list)  # [schema, name] that it reads


def limited(query):
    """A part of a UNION with its own TOP."""
    return query.text if query.top is None else f"({query.text} LIMIT {query.top})"


class Queries(Expressions):
    def query(self):
        outer, self._reads = getattr(self, "_reads", []), []
        heads = []
        if self.accept("with"):
            heads.append(self._common())
            while self.sign(","):
                heads.append(self._common())
        found = self._combined()
        order = f" {self.order_by()}" if self.is_word("order") else ""
        order += self._offset() if order else ""
        self._options()
        top, text = found.top, found.text
        if top is not None:
            order += f" LIMIT {top}"
        with_text = f"WITH {', '.join(heads)} " if heads else ""
        reads, self._reads = self._reads, outer + self._reads
        return Query(f"{with_text}{text}{order}", found.items, None, found.assigns, reads)

    def _common(self):
        name = self.name()
        columns = f"({', '.join(map(ident, self.name_list()))})" if self.is_sign("(") else ""
        self.expect("as")
        self.need("(")
        query = self.query()
        self.need(")")
        self._commons = getattr(self, "_commons", set()) | {name.lower()}
        return f"{ident(name)}{columns} AS ({query.text})"

    def _combined(self):
        first = self._select()
        while kind := self.one_of("union all", "union", "except", "intersect"):
            more = self._select()
            first.text = f"{limited(first)} {kind.upper()} {limited(more)}"
            first.top = None
        return first

    def _select(self):
        if self.sign("("):
            found = self._combined()
            self.need(")")
            found.text = f"({found.text})"
            return found
        self.expect("select")
        distinct = "DISTINCT " if self.accept("distinct") else ""
        self.accept("all")
        top = self._top()
        items, assigns = self._items()
        text = f"SELECT {distinct}{', '.join(each.text for each in items)}"
        if self.accept("into"):
            raise refused("know SELECT INTO")
        if self.accept("from"):
            text += f" FROM {self.tables()}"
        if self.accept("where"):
            text += f" WHERE {self.condition().text}"
        if self.accept("group by"):
            groups = [self.expression().text]
            while self.sign(","):
                groups.append(self.expression().text)
            text += f" GROUP BY {', '.join(groups)}"
        if self.accept("having"):
            text += f" HAVING {self.condition().text}"
        return Query(text, items, top, assigns)

    def _top(self):
        if not self.accept("top"):
            return None
        count = self.primary().text
        if self.is_word("percent") or self.are_words("with ties"):
            raise refused("know TOP with PERCENT or TIES")
        return count

    def _items(self):
        items, assigns = [], []
        while True:
            if self.token.kind == lexer.VARIABLE and self.ahead().text == "=":
                assigns.append(self.step().text)
                self.step()
                items.append(Item(self.expression().text))
            else:
                items.append(self._item())
            if not self.sign(","):
                break
        if assigns and len(assigns) != len(items):
            raise refused("mix variables and columns in a SELECT")
        return items, assigns

    def _item(self):
        if self.sign("*"):
            return Item("*", star=True)
        at = self.at
        if self.is_name():
            parts = [self.name()]
            while self.sign("."):
                if self.sign("*"):
                    return Item(".".join(map(ident, parts[-1:])) + ".*", star=True)
                if not self.is_name():
                    break
                parts.append(self.name())
            if len(parts) == 1 and self.sign("="):  # title = expression
                value = self.expression()
                return Item(f"{value.text} AS {ident(parts[0])}", value.type, title=parts[0])
            self.at = at
        value = self.expression()
        title = self._alias()
        text = f"{value.text} AS {ident(title)}" if title else value.text
        return Item(text, value.type, title=title or value.name or "")

    def _alias(self):
        if self.accept("as"):
            return self.string() if self.token.kind in (lexer.STRING, lexer.NATIONAL) else self.name()
        if self.token.kind == lexer.STRING:
            return self.string()
        return self.name() if self.is_name() else None

    # ---- FROM

    def tables(self):
        found = self._joined()
        while self.sign(","):
            found += ", " + self._joined()
        return found

    def _joined(self):
        text = self._table()
        while kind := self.one_of(*JOINS):
            text += f" {JOINS[kind]} {self._table()}"
            if kind == "outer apply":
                text += " ON true"
            elif not kind.startswith("cross"):
                self.expect("on")
                text += f" ON {self.condition().text}"
        return text

    def _table(self):
        if self.sign("("):
            return self._derived()
        at = self.at
        parts = self.names()
        if self.is_sign("(") and parts[0].lower() == "sys":
            self.need("(")
            arguments = []
            while not self.sign(")"):
                arguments.append(self.expression().text)
                self.sign(",")
            text, name = f"sys.{ident(parts[1])}({', '.join(arguments)})", parts[1]
        elif self.is_sign("("):
            raise self.stray()
        elif len(parts) == 1 and parts[0].lower() in getattr(self, "_commons", ()):
            text, name = ident(parts[0]), parts[0]
        else:
            self.at = at
            found = self.object_name()
            self._reads.append(found)
            text, name = name_of(found), found[1]
        self.hints()
        alias = self._alias()
        self.hints()
        return f"{text} AS {ident(alias or name)}"

    def _derived(self):
        if self.is_word("values"):
            text = self.values()
        elif self.is_word("select", "with"):
            text = self.query().text
        else:
            text = self._joined()
            self.need(")")
            return f"({text})"
        self.need(")")
        self.accept("as")
        alias = self.name()
        columns = f" ({', '.join(map(ident, self.name_list()))})" if self.is_sign("(") else ""
        return f"({text}) AS {ident(alias)}{columns}"

    def values(self):
        """VALUES of rows."""
        return "VALUES " + ", ".join(f"({', '.join(each.text for each in row)})" for row in self.rows())

    def rows(self):
        self.expect("values")
        found = []
        while True:
            self.need("(")
            row = [self.expression()]
            while self.sign(","):
                row.append(self.expression())
            self.need(")")
            found.append(row)
            if not self.sign(","):
                return found

    def hints(self):
        """WITH (NOLOCK, …): they change who waits for whom, not what is read. The names of those seen."""
        if not (self.is_word("with") and self.ahead().text == "("):
            return set()
        self.step()
        self.need("(")
        found = set()
        while not self.sign(")"):
            hint = self.step().text.lower()
            if hint not in HINTS:
                raise refused(f"know the hint {hint}")
            found.add(hint)
            self.sign(",")
        return found

    # ---- the end

    def order_by(self):
        """SQL Server has NULLs first."""
        self.expect("order by")
        parts = []
        while True:
            text = self.expression().text
            parts.append(text + (" DESC NULLS LAST" if self.accept("desc") else " NULLS FIRST"))
            self.accept("asc")
            if not self.sign(","):
                break
        return f"ORDER BY {', '.join(parts)}"

    def _offset(self):
        if not self.accept("offset"):
            return ""
        text = f" OFFSET {self.primary().text}"
        if not self.one_of("rows", "row"):
            raise self.stray()
        if self.accept("fetch"):
            if not self.one_of("next", "first"):
                raise self.stray()
            text += f" LIMIT {self.primary().text}"
            if not self.one_of("rows only", "row only"):
                raise self.stray()
        return text

    def _options(self):
        if not self.accept("option"):
            return
        self.need("(")
        while not self.sign(")"):
            if not (self.accept("recompile") or (self.accept("maxdop") and self.integer() >= 0)):
                raise self.stray()
            self.sign(",")
