"""What every part of the translator shares: the tokens, names, and pieces of PostgreSQL's SQL with their type."""
import hashlib
from dataclasses import dataclass

from . import lexer, sqltypes
from .errors import SqlError, refused

RESERVED = set("""add all alter and any as asc begin between by case check close collate column commit constraint
convert create cross current_timestamp current_user database declare default delete desc distinct drop else end escape
except exec execute exists fetch for foreign from full function grant group having identity if in index inner insert
intersect into is join key left like merge national not null of off offset on open option or order outer over primary
print references return revoke right rollback schema select set table then throw to top truncate union unique update
use values view waitfor when where while with""".split())


@dataclass
class Sql:
    """A piece of PostgreSQL's SQL. Variables stand in it as \\x01name\\x02, and get their value when it runs."""
    text: str
    type: sqltypes.SqlType = None  # None: PostgreSQL's result says
    name: str = None               # of the column that it is
    literal: str = None            # the piece without a type, where the other operand gives one
    condition: bool = False
    star: bool = False
    like: str = None               # the column whose type it has


def quote(text):
    return "'" + text.replace("'", "''") + "'"


def ident(name):
    """PostgreSQL's name for a name of T-SQL, which knows no case and may be longer."""
    lower = name.lower()
    data = lower.encode()
    if len(data) > 60:
        lower = data[:27].decode(errors="ignore") + "~" + hashlib.md5(data).hexdigest()
    return '"' + lower.replace('"', '""') + '"'


def schema_ident(schema):
    lower = schema.lower()
    return {"sys": "sys", "information_schema": "tds_information"}.get(lower) or ident("s." + lower)


def name_of(parts):
    """schema.table for PostgreSQL, of [schema, table]."""
    return f"{schema_ident(parts[0])}.{ident(parts[1])}"


def marker(variable):
    return f"\x01{variable.lower()}\x02"


class Grammar:
    def __init__(self, text, session):
        self.source, self.session = text, session
        self.tokens, self.at = lexer.tokens_of(text), 0
        self.variables = {}  # name: SqlType, of those declared so far

    # ---- tokens

    @property
    def token(self):
        return self.tokens[self.at]

    def ahead(self, count=1):
        return self.tokens[min(self.at + count, len(self.tokens) - 1)]

    def step(self):
        token = self.token
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def stray(self):
        """Nothing that we know can stand here."""
        error = refused(f"understand this T-SQL near '{self.token.text[:100]}'")
        error.line = self.token.line
        return error

    def is_word(self, *words, token=None):
        token = token or self.token
        return token.kind == lexer.WORD and token.text.lower() in words

    def are_words(self, phrase):
        return all(self.is_word(word, token=self.ahead(count)) for count, word in enumerate(phrase.split()))

    def accept(self, phrase):
        """Takes these words, if they are next."""
        if not self.are_words(phrase):
            return False
        self.at += len(phrase.split())
        return True

    def expect(self, phrase):
        if not self.accept(phrase):
            raise self.stray()

    def one_of(self, *phrases):
        """The phrase that is next, taken; the longest should come first."""
        for phrase in phrases:
            if self.accept(phrase):
                return phrase
        return None

    def is_sign(self, *signs):
        return self.token.kind == lexer.SIGN and self.token.text in signs

    def sign(self, sign):
        if not self.is_sign(sign):
            return False
        self.step()
        return True

    def need(self, sign):
        if not self.sign(sign):
            raise self.stray()

    def text_since(self, at):
        """The source from token `at` to the one before the next."""
        return self.source[self.tokens[at].at:self.tokens[self.at - 1].end]

    # ---- names and simple values

    def is_name(self):
        return self.token.kind == lexer.QUOTED or \
            (self.token.kind == lexer.WORD and self.token.text.lower() not in RESERVED)

    def name(self):
        if not self.is_name():
            raise self.stray()
        return self.step().text

    def names(self):
        """One or more names with dots between; two dots are for the schema dbo."""
        found = [self.name()]
        while self.sign("."):
            found.append("dbo" if self.is_sign(".") else self.name())
        return found

    def object_name(self):
        """[schema, name]."""
        found = self.names()
        if len(found) == 3:
            database = found.pop(0).lower()
            if database != self.session.database.lower() and not (database == "master" and found[0].lower() == "sys"):
                raise refused(f"reach into another database ({database})")
        if len(found) > 2:
            raise refused("know linked servers")
        if found[-1].startswith("##"):
            raise refused("keep temporary tables of all sessions")
        if found[-1].startswith("#"):  # of this session alone, by its name
            found = ["dbo", f"{found[-1]}_{self.session.spid:012}"]
        if len(found) == 1:
            found.insert(0, "dbo")
        return found

    def name_list(self):
        self.need("(")
        found = [self.name()]
        while self.sign(","):
            found.append(self.name())
        self.need(")")
        return found

    def string(self):
        if self.token.kind not in (lexer.STRING, lexer.NATIONAL):
            raise self.stray()
        return self.step().text

    def integer(self):
        minus = self.sign("-")
        if self.token.kind != lexer.NUMBER or not self.token.text.isdigit():
            raise self.stray()
        return int(self.step().text) * (-1 if minus else 1)

    def type(self, *, cast=False):
        if self.token.kind == lexer.QUOTED or self.token.kind == lexer.WORD:
            name = self.step().text
        else:
            raise self.stray()
        if name.lower() == "sys" and self.sign("."):
            name = self.name()
        if name.lower() == "double" and self.accept("precision"):
            name = "float"
        if name.lower() == "national":
            name = "n" + self.step().text
        if name.lower() in ("char", "nchar") and self.accept("varying"):
            name = name.lower().replace("char", "varchar")
        arguments = []
        if self.is_sign("("):
            self.step()
            while not self.sign(")"):
                arguments.append(self.step().text)
                self.sign(",")
        try:
            return sqltypes.make(name, arguments, self.session.collation, cast=cast)
        except SqlError as error:
            error.line = self.token.line
            raise
