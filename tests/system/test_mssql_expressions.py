"""What an expression gives in SQL Server is what it gives in PostgreSQL: views of the same rows on both sides, and rows that
checks let in. The stand-in reads the T-SQL by a grammar of its own."""
import decimal

import pytest

from support.mssql_migrations import migrate, report, rows_of, secret, server, source, target
from test_assess import the, verdicts

TABLE = r"""CREATE TABLE things (id int PRIMARY KEY, n int, b bigint, s smallint, d numeric(10, 2), f float8, t text, v varchar(10),
        c char(5), ok boolean, day date, at timestamp, atz timestamptz, u uuid);
    INSERT INTO things VALUES
        (1, 7, 70000000000, 3, 12.35, 0.5, 'Shop', 'a_b', 'ab', true, '2024-02-29', '2024-02-29 13:14:15.5', '2024-02-29 13:14:15+00',
            '00000000-0000-0000-0000-000000000001'),
        (2, -7, -1, -3, -12.35, -2.25, '', '', '', false, '1999-12-31', '1999-12-31 23:59:59', '1999-12-31 23:59:59+00', NULL),
        (3, 0, 0, 0, 0, 0, '100%', 'x[1]', 'a', NULL, '2000-01-01', '2000-01-01', '2000-01-01 00:00+00', NULL),
        (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        (5, 1000000, 9223372036854775807, 32767, 99999999.99, 1e300, 'c:\dir', 'it''s', 'größe', true, '9999-12-31',
            '9999-12-31 12:00', '9999-12-31 12:00+00', NULL),
        (6, 3, 8, 2, 0.01, 1, 'SHOP', 'aXb', 'AB', false, '0001-01-01', '0001-01-01', '0001-01-01 00:00+00', NULL),
        (7, 10, 10, 10, 10.50, 10, 'é', 'e', 'b', true, '2024-03-01', '2024-03-01 00:30', '2024-03-01 00:30+00', NULL)"""
VALUES = [
    "n + 1 - 1::bigint", "n / 3", "n % 3", "mod(n, 3)", "-n / 2", "- (- s)", "abs(n)",
    "n * 1::bigint", "b / 7", "n & 6", "n | 8", "s::int * s", "f * 2", "abs(f)",
    "lower(t)", "upper(v)", "length(t)", "length(c)", "t || '!'", "c || v", "coalesce(t, v, 'none')", "nullif(t, '')",
    "nullif(n, 0)", "btrim('  ' || t || '  ')", "ltrim(' ' || t)", "rtrim(t || ' ') || '.'", "replace(t, 'o', '00')",
    "substr(t, 2, 2)", "substring(v, 1, 1)", "CASE WHEN n > 0 THEN 'more' WHEN n < 0 THEN 'less' ELSE 'none' END",
    "CASE s WHEN 3 THEN 1 WHEN -3 THEN 2 END", "extract(year FROM day)", "extract(month FROM at)", "date_part('day', at)",
    "extract(hour FROM at)", "n::bigint", "s::int", "'it''s [x] $(y)'", "NULLIF(v, 'a_b')",
]
# Read as float: python3-tds is told no scale of them by the stand-in.
DECIMALS = ["abs(d)", "d + 1", "d - 0.005", "d * 2", "d * d", "-d", "round(d, 1)", "round(d, 0)", "floor(d)", "ceil(d)",
            "coalesce(d, 0)", "CASE WHEN n > 0 THEN d ELSE 0.5 END", "nullif(d, 0)", "d * n", "d + b"]
CONDITIONS = [
    "n > 0", "n <> 0", "n = 7 OR n = 3", "NOT n > 0", "NOT (n > 0 AND ok)", "n BETWEEN 0 AND 7", "n NOT BETWEEN 0 AND 7",
    "n IN (3, 7, -7)", "n NOT IN (3, 7)", "n IS NULL", "n IS NOT NULL", "ok", "NOT ok", "ok IS TRUE", "ok IS NOT TRUE",
    "ok IS FALSE", "ok = (n > 0)", "n IS DISTINCT FROM 7", "n IS NOT DISTINCT FROM 7", "t = 'Shop'", "t <> 'Shop'",
    "t LIKE 'S%'", r"t LIKE '100\%'", "t LIKE '%o_'", "t NOT LIKE '%o%'", "v LIKE 'a_b'", r"v LIKE 'a\_b'", "v LIKE 'x[1]'",
    "v LIKE '%[%'", r"t LIKE 'c:\\%'", "v IN ('a_b', 'it''s')", "day > '2000-01-01'",
    "day <= '2024-02-29'::date", "at < '2000-01-01 00:00:01'", "atz >= '2000-01-01 01:00+01'", "d > 0.01", "d >= n", "b > n",
    "length(t) > 3", "lower(t) = 'shop'", "coalesce(ok, true)", "(n > 0) <> (s > 2)", "n + s > 9 AND t <> ''", "f < 0.5",
    "u = '00000000-0000-0000-0000-000000000001'", "CASE WHEN ok THEN n > 5 ELSE n < 0 END",
]


def plain(value):
    """Equal for what is equal on both sides, whatever client types it comes in."""
    if isinstance(value, (bool, int, float, decimal.Decimal)):
        return decimal.Decimal(repr(float(value)) if isinstance(value, float) else int(value) if isinstance(value, bool)
                               else value).normalize()
    return value


@pytest.fixture
def sides(migrate, source, server, target, postgres):
    """sides(script, …) moves it, and is (report, rows of a query here, rows of it there)."""
    def run(script):
        name = source(script)
        found = report(migrate(name, "--json"))

        def both(query):
            with postgres(15).connect(name) as connection:
                here = connection.execute(query).fetchall()
            return [[plain(value) for value in row] for row in here], \
                [[plain(value) for value in row] for row in rows_of(server, target, query)]
        return found["assessment"], both
    return run


def differing(sides, selects, of_view):
    """What the views of these queries are not alike in, a line for each."""
    found, both = sides(f"{TABLE};" + "".join(f"CREATE VIEW v{i} AS {each};" for i, each in enumerate(selects)))
    for i, each in enumerate(selects):
        if verdicts(found, "view")[f"public.v{i}"] == "left behind":
            yield f"{each}: {the(found, 'view', f'public.v{i}')['notes']}"
            continue
        here, there = both(of_view.format(f"v{i}"))
        if here != there:
            yield f"{each}: {here} and {there}"


def test_views_of_values_give_the_same(sides):
    wrong = differing(sides, [f"SELECT id, {each} AS value FROM things" for each in VALUES], "SELECT value FROM {} ORDER BY id")
    assert "\n".join(wrong) == ""


def test_views_of_decimals_give_the_same(sides):
    wrong = differing(sides, [f"SELECT id, {each} AS value FROM things" for each in DECIMALS],
                      "SELECT CAST(value AS float) FROM {} ORDER BY id")
    assert "\n".join(wrong) == ""


def test_views_of_conditions_show_the_same_rows(sides):
    wrong = differing(sides, [f"SELECT id FROM things WHERE {each}" for each in CONDITIONS], "SELECT id FROM {} ORDER BY id")
    assert "\n".join(wrong) == ""
