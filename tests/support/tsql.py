"""T-SQL scripts, and an independent grammar of them (tsql_grammar/)."""
import json
import re
import subprocess

from . import node

# What the grammar does not know and SQL Server does, each as a pattern and words that it knows in the same place.
GAPS = (
    (r"NEXT VALUE FOR (\[(?:[^\]]|\]\])*\]\.)?\[(?:[^\]]|\]\])*\]", "0"),  # in DEFAULT
    (r"DEFAULT \(\(-?\d+ [-+*] -?\d+\)\)", "DEFAULT (0)"),
    (r"DEFAULT \(\((?:N'(?:[^']|'')*'|NCHAR\(\d+\))(?: \+ (?:N'(?:[^']|'')*'|NCHAR\(\d+\)))+\)\)", "DEFAULT (0)"),
    (r"\bWITH NOCHECK ADD\b", "ADD"),
    (r"(START WITH|INCREMENT BY|MINVALUE|MAXVALUE|RESTART WITH) -", r"\1 "),
    (r"IDENTITY\(-?(\d+), -?(\d+)\)", r"IDENTITY(\1, \2)"),
    (r"(?i)\bSET TEXTSIZE \d+", "SET NOCOUNT ON"),
    (r"\bSET (\w+)(?:, \w+)+ ON\b", r"SET \1 ON"),
    (r" ON DELETE (CASCADE|SET NULL|SET DEFAULT)( ON UPDATE)", r"\2"),  # both actions of a foreign key
)


def batches(script):
    """The batches of a script, without the comments before them."""
    pieces = [re.sub(r"\A(--[^\n]*(\n|\Z))+", "", piece.strip()) for piece in script.split("\nGO\n")]
    return [piece for piece in pieces if piece]


def complaints(script):
    """{batch: what the grammar says against it}; {} if it parses all."""
    whole = batches(script)
    known = whole
    for pattern, words in GAPS:
        known = [re.sub(pattern, words, batch) for batch in known]
    done = subprocess.run(["node", "check.js"], cwd=node.ready("tsql_grammar"), input=json.dumps(known), text=True,
                          capture_output=True, check=True)
    return {batch: said for batch, said in zip(whole, json.loads(done.stdout)) if said}
