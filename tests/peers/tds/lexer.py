"""T-SQL's tokens."""
import re
from dataclasses import dataclass

from .errors import SqlError

WORD, QUOTED, STRING, NATIONAL, NUMBER, HEX, VARIABLE, SIGN, END = \
    "word", "quoted", "string", "national", "number", "hex", "variable", "sign", "end"

PATTERN = re.compile(r"""
    (?P<space>[\s\ufeff]+|--[^\n]*)
  | (?P<comment>/\*)
  | (?P<string>N?'(?:[^']|'')*')
  | (?P<quoted>\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*")
  | (?P<hex>0[xX][0-9a-fA-F]*)
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<variable>@@?[\w$#]+)
  | (?P<word>(?:[^\W\d]|\#{1,2}\w)[\w@$#]*)
  | (?P<sign><>|!=|>=|<=|!<|!>|\+=|-=|::|[-.,;()+*/%=<>&|^~])
""", re.VERBOSE)


@dataclass
class Token:
    kind: str
    text: str  # as it stands, but what is quoted is without its quotes
    at: int
    end: int
    line: int


def end_of_comment(text, at):
    """Comments nest."""
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(text, at):
        depth += 1 if match.group() == "/*" else -1
        if depth == 0:
            return match.end()
    raise SqlError(113)


def tokens_of(text):
    found, at = [], 0
    while at < len(text):
        match = PATTERN.match(text, at)
        if match is None:
            raise SqlError(105 if text[at] in "'\"[" else 102, text[at:at + 128], line=text.count("\n", 0, at) + 1)
        kind, end = match.lastgroup, match.end()
        if kind == "comment":
            end = end_of_comment(text, at)
        elif kind != "space":
            found.append(_token(kind, match.group(), at, end, text.count("\n", 0, at) + 1))
        at = end
    found.append(Token(END, "end of the batch", len(text), len(text), text.count("\n") + 1))
    return found


def _token(kind, text, at, end, line):
    if kind == STRING:
        kind = NATIONAL if text[0] == "N" else STRING
        text = text[text.index("'") + 1:-1].replace("''", "'")
    elif kind == QUOTED:
        text = text[1:-1].replace(text[-1] * 2, text[-1])
    return Token(kind, text, at, end, line)
