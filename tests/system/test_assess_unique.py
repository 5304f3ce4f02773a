"""Unique indexes over expressions and of some rows: which go, what would break them there, and that those that stay behind are
in nobody's way."""
from support.mssql_migrations import ask, migrate, refused, report, secret, server, source, target
from test_assess import assess, the, verdicts

PEOPLE = """CREATE TABLE people (id int PRIMARY KEY, mail text NOT NULL, code text, note text);
    CREATE UNIQUE INDEX by_mail ON people (lower(mail)); CREATE UNIQUE INDEX by_code ON people (lower(code));
    CREATE UNIQUE INDEX by_both ON people (substr(mail, 1, 20), code); CREATE UNIQUE INDEX by_hash ON people (md5(mail));
    CREATE UNIQUE INDEX by_note ON people (note) WHERE note ~ '^a';
    INSERT INTO people VALUES (1, 'Anna@b', 'x', 'a'), (2, 'berta@b', NULL, 'a '), (3, 'c@b', NULL, NULL)"""


def test_a_unique_index_over_an_expression_goes_where_that_is_never_null(assess):
    found = assess(PEOPLE)
    assert {name.split()[0]: verdict for name, verdict in verdicts(found, "index").items()} == {
        "by_mail": "changed", "by_both": "changed", "by_code": "left behind", "by_hash": "left behind", "by_note": "left behind"}
    assert "CREATE UNIQUE NONCLUSTERED INDEX [by_mail] ON [dbo].[people] ([by_mail_1]);" in found["script"]
    assert "[by_both] ON [dbo].[people] ([by_both_1], [code]) WHERE [code] IS NOT NULL;" in found["script"]
    assert "a predicate that is more than" in the(found, "index", "by_note on public.people")["notes"][0], "the reason, not the length"


def test_an_index_that_stays_behind_is_in_nobodys_way(migrate, source, server, target):
    """Two of its texts differ by trailing spaces alone, and it is not there to mind."""
    found = report(migrate(source(PEOPLE), "--json"))
    assert found["proved"] and found["assessment"]["findings"] == []
    assert ask(server, target, "SELECT count(*) FROM people") == [["3"]]
    assert "2601" in str(refused_by(server, target, "INSERT INTO people (id, mail) VALUES (4, N'BERTA@b')"))
    ask(server, target, "INSERT INTO people (id, mail) VALUES (4, N'd@b')")


def refused_by(server, target, text):
    try:
        return ask(server, target, text)
    except AssertionError as error:
        return error


def test_values_of_expressions_that_are_alike_there_are_counted_before_anything_is_moved(migrate, source, server, target):
    done = refused(migrate(source("""CREATE TABLE t (id int PRIMARY KEY, mail text NOT NULL, code text);
        CREATE UNIQUE INDEX by_mail ON t (lower(mail)); CREATE UNIQUE INDEX by_code ON t (upper(code)) NULLS NOT DISTINCT;
        INSERT INTO t VALUES (1, 'a', 'x'), (2, 'a ', 'X ')"""), check=False), "nothing was moved",
        "unique but for trailing spaces in public.t.by_mail (2 rows")
    assert "by_code (2 rows" in done.stderr
    assert ask(server, target, "SELECT name FROM sys.tables") == []
