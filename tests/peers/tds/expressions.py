"""T-SQL's expressions and conditions, each translated as it is read."""
from . import collation, functions, lexer
from .conversions import cast
from .errors import SqlError, refused
from .grammar import Grammar, Sql, ident, marker, name_of, quote
from .sqltypes import SqlType

COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "!<": ">=", "!>": "<="}
INT = SqlType("int")


def string(text, wide):
    if "\0" in text:
        raise refused("keep a string with U+0000")
    name, limit = ("nvarchar", 4000) if wide else ("varchar", 8000)
    length = min(max(len(text), 1), limit + 1)
    kind = SqlType(name, -1 if length > limit else length, collation="")
    return Sql(f"{quote(text)}::{'text' if wide else 'varchar'}", kind, literal=quote(text))


def compare(left, sign, right, database_collation):
    """A literal takes the type of the other side; strings that are no columns compare as the database does."""
    one, other = left.text, right.text
    if left.literal and not right.literal:
        one = left.literal
    elif right.literal and not left.literal:
        other = right.literal
    if all(side.type and side.type.is_string and not side.name for side in (left, right)):
        one = f"{one} COLLATE {database_collation}"
    return Sql(f"({one} {sign} {other})", condition=True)


class Expressions(Grammar):
    def compare(self, left, sign, right):
        return compare(left, sign, right, collation.postgres(self.session.collation))

    # ---- conditions

    def condition(self):
        found = self.either()
        if not found.condition:
            raise self.stray()
        return found

    def expression(self):
        found = self.sum()
        if found.condition:
            raise self.stray()
        return found

    def either(self):
        left = self.both()
        while left.condition and self.accept("or"):
            left = Sql(f"({left.text} OR {self.both().text})", condition=True)
        return left

    def both(self):
        left = self.negation()
        while left.condition and self.accept("and"):
            left = Sql(f"({left.text} AND {self.negation().text})", condition=True)
        return left

    def negation(self):
        if self.accept("not"):
            return Sql(f"(NOT {self.negation().text})", condition=True)
        return self.predicate()

    def predicate(self):
        if self.accept("exists"):
            self.need("(")
            query = self.query()
            self.need(")")
            return Sql(f"EXISTS ({query.text})", condition=True)
        left = self.sum()
        if left.condition:
            return left
        if self.token.kind == lexer.SIGN and self.token.text in COMPARISONS:
            sign = COMPARISONS[self.step().text]
            if self.one_of("all", "any", "some"):
                raise refused("know comparisons with ALL, ANY or SOME")
            return self.compare(left, sign, self.sum())
        if self.accept("is not null"):
            return Sql(f"({left.text} IS NOT NULL)", condition=True)
        if self.accept("is null"):
            return Sql(f"({left.text} IS NULL)", condition=True)
        denied = "NOT " if self.is_word("not") and self.is_word("in", "like", "between", token=self.ahead()) and \
            self.step() else ""
        if self.accept("between"):
            low = self.sum()
            self.expect("and")
            high = self.sum()
            both = f"({self.compare(left, '>=', low).text} AND {self.compare(left, '<=', high).text})"
            return Sql(f"({denied}{both})", condition=True)
        if self.accept("like"):
            return self._like(left, denied)
        if self.accept("in"):
            return self._in(left, denied)
        if denied:
            raise self.stray()
        return left

    def _like(self, left, denied):
        pattern = self.sum()
        escape = quote(self.string()) if self.accept("escape") else "NULL"
        return Sql(f"({denied}tds.is_like({left.text}::text COLLATE \"C\", {pattern.text} COLLATE \"C\", {escape}, "
                   f"pg_collation_for({left.text}::text)))", condition=True)

    def _in(self, left, denied):
        self.need("(")
        if self.is_word("select", "with"):
            query = self.query()
            self.need(")")
            return Sql(f"({denied}{left.text} IN ({query.text}))", condition=True)
        values = [self.expression()]
        while self.sign(","):
            values.append(self.expression())
        self.need(")")
        listed = ", ".join(each.literal if each.literal and not left.literal else each.text for each in values)
        return Sql(f"({left.text} {denied}IN ({listed}))", condition=True)

    # ---- values

    def sum(self):
        left = self.product()
        while not left.condition and self.is_sign("+", "-", "&", "|", "^"):
            sign = self.step().text
            right = self.product()
            left = Sql(f"({left.text} {'#' if sign == '^' else sign} {right.text})")
        return left

    def product(self):
        left = self.unary()
        while not left.condition and self.is_sign("*", "/", "%"):
            sign = self.step().text
            left = Sql(f"({left.text} {sign} {self.unary().text})")
        return left

    def unary(self):
        for sign in "-+~":
            if self.sign(sign):
                value = self.unary()
                return Sql(f"({sign}{value.text})", value.type if value.type and not value.type.is_string else None)
        value = self.primary()
        while self.accept("collate"):
            name = self.name()
            name = self.session.collation if name.lower() in ("database_default", "catalog_default") else \
                collation.check(name)
            value = Sql(f"({value.text} COLLATE {collation.postgres(name)})", value.type)
        return value

    def primary(self):
        token = self.token
        if token.kind in (lexer.STRING, lexer.NATIONAL):
            self.step()
            return string(token.text, token.kind == lexer.NATIONAL)
        if token.kind == lexer.NUMBER:
            self.step()
            if "e" in token.text.lower():
                return Sql(f"{token.text}::float8", SqlType("float"))
            whole = token.text.isdigit() and int(token.text) < 2**31
            return Sql(token.text, INT if whole else None)
        if token.kind == lexer.HEX:
            self.step()
            digits = token.text[2:]
            digits = "0" * (len(digits) % 2) + digits
            return Sql(f"'\\x{digits}'::bytea", SqlType("varbinary", min(max(len(digits) // 2, 1), 8000)))
        if token.kind == lexer.VARIABLE:
            return self._variable()
        if self.is_sign("("):
            return self._parenthesis()
        if token.kind == lexer.WORD:
            found = self._special(token.text.lower())
            if found:
                return found
        return self._column_or_function()

    def _variable(self):
        token = self.step()
        name = token.text.lower()
        if name.startswith("@@"):
            if name not in functions.GLOBALS:
                raise refused(f"know {name}")
            return Sql(marker(name), functions.GLOBALS[name])
        if name not in self.variables:
            raise SqlError(137, token.text, line=token.line)
        return Sql(marker(name), self.variables[name])

    def _parenthesis(self):
        self.need("(")
        if self.is_word("select", "with"):
            query = self.query()
            self.need(")")
            return Sql(f"({query.text})", query.items[0].type if len(query.items) == 1 else None)
        inner = self.either()
        self.need(")")
        return Sql(f"({inner.text})", inner.type, condition=inner.condition, literal=inner.literal,
                   like=inner.like or inner.name)

    def _special(self, word):
        """What looks like a name but is not one."""
        if word == "null":
            self.step()
            return Sql("NULL", literal="NULL")
        if word == "case":
            return self._case()
        if word in ("cast", "try_cast"):
            return self._cast(word == "try_cast")
        if word in ("convert", "try_convert"):
            return self._convert(word == "try_convert")
        if word == "next" and self.accept("next value for"):
            return Sql(f"nextval({quote(name_of(self.object_name()))})")
        if word in ("current_timestamp", "current_user", "session_user", "system_user", "user") and \
                not (self.ahead().kind == lexer.SIGN and self.ahead().text == "("):
            self.step()
            return functions.call(word, [], self)
        if word in ("left", "right", "coalesce", "nullif") and self.ahead().text == "(":
            self.step()
            return self._call(word)
        return None

    def _case(self):
        self.expect("case")
        subject = None if self.is_word("when") else self.expression()
        parts, kinds = [], []
        while self.accept("when"):
            when = self.condition() if subject is None else self.compare(subject, "=", self.expression())
            self.expect("then")
            value = self.expression()
            kinds.append(value.type)
            parts.append(f"WHEN {when.text} THEN {value.text}")
        if self.accept("else"):
            value = self.expression()
            kinds.append(value.type if value.literal != "NULL" else kinds[0])
            parts.append(f"ELSE {value.text}")
        self.expect("end")
        same = kinds[0] if all(kind == kinds[0] for kind in kinds) else None
        return Sql(f"(CASE {' '.join(parts)} END)", same)

    def _cast(self, tried):
        self.step()
        self.need("(")
        value = self.expression()
        self.expect("as")
        kind = self.type(cast=True)
        self.need(")")
        return cast(value, kind, None, tried)

    def _convert(self, tried):
        self.step()
        self.need("(")
        kind = self.type(cast=True)
        self.need(",")
        value = self.expression()
        style = self.integer() if self.sign(",") else None
        self.need(")")
        return cast(value, kind, style, tried)

    def _column_or_function(self):
        token = self.token
        if not self.is_name() and not self.is_word("identity"):
            raise self.stray()
        if token.kind == lexer.WORD and self.ahead().text == "(" and self.ahead().kind == lexer.SIGN:
            self.step()
            return self._call(token.text.lower())
        parts = [self.name()]
        while self.is_sign(".") and not (self.ahead().kind == lexer.SIGN):
            self.step()
            parts.append(self.name())
        if self.is_sign("(") and len(parts) == 2 and parts[0].lower() == "sys":
            return self._call("sys." + parts[1].lower())
        if self.is_sign("(", "::"):
            raise refused(f"know functions of users ({'.'.join(parts)})")
        text = ".".join(map(ident, parts[-2:]))
        if len(parts) == 3:
            text = f"{name_of(parts[:2])}.{ident(parts[2])}"
        elif len(parts) > 3:
            raise refused("know columns of other databases")
        return Sql(text, name=parts[-1])

    # ---- functions

    def _call(self, name):
        line = self.token.line
        self.need("(")
        distinct = "DISTINCT " if self.accept("distinct") else ""
        arguments = []
        if name in ("count", "count_big") and self.sign("*"):
            arguments.append(Sql("*"))
        elif name in ("dateadd", "datediff", "datediff_big", "datepart", "datename"):
            arguments.append(Sql(self.step().text.lower()))
        elif name == "iif":
            arguments.append(self.condition())
        while not self.is_sign(")"):
            if arguments:
                self.need(",")
            arguments.append(self.expression())
        self.need(")")
        if distinct:
            arguments[0] = Sql(distinct + arguments[0].text, arguments[0].type)
        try:
            found = functions.call(name, arguments, self, within=self._within_group())
        except SqlError as error:
            error.line = error.line or line
            raise
        return self._over(found, name)

    def _within_group(self):
        if not self.accept("within group"):
            return ""
        self.need("(")
        order = self.order_by()
        self.need(")")
        return order

    def _over(self, value, name):
        if not self.accept("over"):
            if name in functions.WINDOWED:
                raise self.stray()
            return value
        self.need("(")
        parts = []
        if self.accept("partition by"):
            values = [self.expression().text]
            while self.sign(","):
                values.append(self.expression().text)
            parts.append(f"PARTITION BY {', '.join(values)}")
        if self.is_word("order"):
            parts.append(self.order_by())
        self.need(")")
        window = f" OVER ({' '.join(parts)})"
        text = value.text
        if text.startswith("(") and text.endswith(")::int4"):
            return Sql(f"({text[1:-7]}{window})::int4", value.type)
        return Sql(text + window, value.type)
