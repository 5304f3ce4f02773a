"""The text that we make of a binary value is the one that the server prints, and binary values are alike in all majors.

Values go into a table as literals and are read twice: by COPY as text, and by COPY as binary, decoded by
tests/unit/pg/value_print.c.
"""
import random
import struct
import subprocess
from pathlib import Path

import pytest

from support.holdfast import Holdfast

SETTINGS = {"DateStyle": "ISO", "IntervalStyle": "postgres", "TimeZone": "UTC", "extra_float_digits": "3",
            "bytea_output": "hex", "lc_monetary": "C"}
RANDOM_VALUES = 3000


def many(make, seed):
    dice = random.Random(seed)
    return [make(dice) for _ in range(RANDOM_VALUES)]


def near(numbers, pack, unpack):
    """The numbers with the three representable ones on either side, of both signs."""
    for number in numbers:
        bits = struct.unpack(unpack, struct.pack(pack, number))[0]
        for step in range(-3, 4):
            if bits + step >= 0:
                value = struct.unpack(pack, struct.pack(unpack, bits + step))[0]
                yield repr(value)
                yield repr(-value)


def random_float(pack, size):
    return lambda dice: repr(struct.unpack(pack, dice.randbytes(size))[0])


def random_decimal(dice):
    """A float of few digits, as people write them."""
    return f"{dice.randint(-10**6, 10**6)}e{dice.randint(-12, 12)}"


def random_numeric(dice):
    digits = "".join(dice.choices("0123456789", k=dice.randint(1, 60)))
    fraction = "".join(dice.choices("0009", k=dice.choice([0, 0, 1, 2, 5, 40])))
    exponent = dice.choice(["", "", f"e{dice.randint(-30, 30)}"])
    return f"{dice.choice(['', '-'])}{digits}.{fraction}{exponent}"


def random_interval(dice):
    def amount(bound):
        return dice.choice([0, dice.randint(-bound, bound), dice.randint(-15, 15)])
    clock = f"{abs(amount(2 * 10**9))}:{dice.choice([0, 59]):02}:{dice.randint(0, 59):02}.{abs(amount(999999)):06}"
    return f"{amount(2**31 - 1)} mons {amount(2**31 - 1)} days {dice.choice(['', '-'])}{clock}"


def random_timestamp(dice):
    year, era = dice.choice([(dice.randint(1, 4713), " BC"), (dice.randint(1, 294275), ""),
                             (dice.randint(1990, 2040), "")])
    fraction = dice.choice(["", f".{dice.randint(0, 999999):06}", ".5", ".001"])
    clock = f"{dice.randint(0, 23):02}:{dice.randint(0, 59):02}:{dice.randint(0, 59):02}{fraction}"
    return f"{year:04}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02} {clock}{era}"


def random_date(dice):
    parts = random_timestamp(dice).split(" ")
    return " ".join([parts[0], *parts[2:]])


def random_tsvector(dice):
    words = [f"{dice.choice('abcdé')}{dice.randint(0, 50)}" for _ in range(dice.randint(1, 30))]
    return " ".join(f"{word}:{dice.randint(1, 20000)}{dice.choice(['', 'A', 'B', 'C', 'D'])}" for word in words)


def random_address(dice):
    groups = [dice.choice(["0", "0", "1", "ffff", f"{dice.randint(0, 65535):x}"]) for _ in range(8)]
    return ":".join(groups)


FLOAT8 = ["0", "-0", "NaN", "Infinity", "-Infinity", "5e-324", "2.2250738585072014e-308", "1.7976931348623157e308",
          "0.1", "0.0001", "0.00001", "123456789012345", "999999999999999", "1e15", "1e14", "9007199254740993", "1e22",
          "1e23", "12345.678", "-1.5", "100", "0.3", "2e-44", "9.5e-5"]
FLOAT4 = ["0", "-0", "NaN", "Infinity", "-Infinity", "1e-45", "1.17549435e-38", "3.4028235e38", "0.1", "0.0001",
          "0.00001", "999999", "1e6", "1e5", "123456", "16777216", "33554432", "8388608", "1234567"]
TIMESTAMPS = ["infinity", "-infinity", "epoch", "4714-11-24 00:00:00 BC", "0001-12-31 23:59:59.999999 BC",
              "0001-01-01 00:00:00", "1999-12-31 23:59:59.999999", "2000-01-01", "2000-02-29 12:30:00.5",
              "1900-02-28 00:00:00.000001", "2024-02-29 24:00:00", "9999-12-31 23:59:59", "10000-01-01",
              "294276-12-31 23:59:59.999999", "0044-03-15 08:00:00 BC", "0005-02-29 BC"]
TEXTS = ["", " ", "x", "NULL", "null", "ünïcödé 漢字 🐘", "a\nb\tc\r", "\\", "\\N", "\\.", '"', "'", "{}", ",", " pad ",
         "\v\f\b\x01\x7f", "a" * 70000]
JSON = ['{"a": 1, "a": 2, "b": [null, true, "\\u00e9\\n"]}', "1.50",
        '"x"', "null", "[]", ' {"z":1,  "aa":{"k":[1e400]}} ']
SNAPSHOTS = ["1:1:", "10:20:10,14,15", "9223372036854775805:9223372036854775806:9223372036854775805"]

# Column type -> literals. Every type that is safe in binary is here, and the array type of each follows from it.
LITERALS = {
    "bool": ["t", "f"],
    "bytea": [r"\x", r"\x00", r"\xdeadbeef", r"\x5c275c00ff", r"\x" + "ab" * 5000],
    '"char"': ["a", "", "\\", '"', " ", "~"],
    "name": ["", "simple", "With Space", 'quo"te', "ä" * 30],
    "int8": ["0", "1", "-1", "9223372036854775807", "-9223372036854775808", "10", "100", "99"],
    "int2": ["0", "32767", "-32768", "-1"],
    "int4": ["0", "2147483647", "-2147483648", "-10"],
    "text": TEXTS,
    "varchar": TEXTS,
    "varchar(5)": ["", "abcde", "漢字漢字漢"],
    "bpchar": ["", "a", "a  "],
    "char(5)": ["", "ab", "漢字", "'\\\""],
    "oid": ["0", "1", "4294967295", "2147483648"],
    "xid": ["0", "3", "4294967295"],
    "cid": ["0", "4294967295"],
    "xid8": ["0", "18446744073709551615", "9223372036854775808"],
    "tid": ["(0,0)", "(4294967295,65535)", "(17,4)"],
    "json": JSON,
    "jsonb": JSON,
    "jsonpath": ["$", "lax $.a[*] ? (@.b > 1.5 && @.c like_regex \"^x\" flag \"i\")", "strict $.\"a b\".size()"],
    "float8": [*FLOAT8, *near((2.0**e for e in range(-1074, 1024)), ">d", ">Q"),
               *near((float(f"1e{e}") for e in range(-323, 309)), ">d", ">Q"), *many(random_float(">d", 8), 1),
               *many(random_decimal, 2), *many(lambda dice: repr(dice.random()), 3),
               *many(lambda dice: repr(float(dice.getrandbits(54) | 1 << 53) * 2.0**dice.randint(-80, 80)), 4)],
    "float4": [*FLOAT4, *near((2.0**e for e in range(-149, 128)), ">f", ">I"),
               *near((float(f"1e{e}") for e in range(-45, 39)), ">f", ">I"), *many(random_float(">f", 4), 5),
               *many(random_decimal, 6), *many(lambda dice: str(dice.randint(2**24, 2**31)), 7)],
    "numeric": ["0", "0.000", "-0.1", "1", "10000", "99999999", "1e131071", "1e-16383", "-1e1000", "NaN", "0.0001",
                "0.00001", "123.4500", "1000000000000000000000000.000000000000000000000001", "0.00000000100",
                *many(random_numeric, 8)],
    "numeric(10,3)": ["0", "1234567.891", "-0.001"],
    "date": ["infinity", "-infinity", "4714-11-24 BC", "0001-01-01", "0001-12-31 BC", "2000-01-01", "1999-12-31",
             "2000-02-29", "1900-03-01", "9999-12-31", "10000-01-01", "5874897-12-31", "0001-02-28 BC",
             *many(random_date, 9)],
    "time": ["00:00:00", "24:00:00", "23:59:59.999999", "12:34:56.1", "01:02:03.000001", "00:00:00.5"],
    "timetz": ["00:00:00+00", "24:00:00-15:59:59", "12:00:00+15:59:59", "12:34:56.78-03:30", "01:02:03+05:45",
               "12:00:00-00:30", "12:00:00-00:00:01", "12:00:00+01:00:30"],
    "timestamp": [*TIMESTAMPS, *many(random_timestamp, 10)],
    "timestamptz": [*TIMESTAMPS, "2020-06-01 12:00:00+05:30", *many(random_timestamp, 11)],
    "interval": ["0", "1 year", "-1 year", "1 mon", "13 mons", "-13 mons", "1 day", "-1 days", "00:00:01", "-00:00:01",
                 "1 year -1 days", "-1 year 1 day", "-1 mon 00:00:01", "1 mon -1 days 00:00:01.5",
                 "-1 days -00:00:00.000001",
                 "1 day 00:00:00.1", "-1 days +01:00", "178956970 years 7 mons 2147483647 days",
                 "-178956970 years -8 mons",
                 "-2147483648 days", "100:00:00", "-1 year 2 mons 3 days",
                 *many(random_interval, 12)],
    "uuid": ["00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "f" * 32],
    "pg_lsn": ["0/0", "FFFFFFFF/FFFFFFFF", "16/B374D848"],
    "money": ["0", "1", "-1", "0.05", "-0.05", "1234567.89", "92233720368547758.07", "-92233720368547758.08"],
    "macaddr": ["08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"],
    "macaddr8": ["08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03"],
    "inet": ["0.0.0.0", "255.255.255.255", "192.168.1.5/24", "10.0.0.1/0", "::", "::1", "::5", "fe80::1/64",
             "::ffff:1.2.3.4", "::1.2.3.4", "2001:db8::1:0:0:1", "1:0:2:3:4:5:6:7", "::/0", "1:2:3:4:5:6:7:8",
             "64:ff9b::1.2.3.4", *many(random_address, 13)],
    "cidr": ["0.0.0.0/0", "10.0.0.0/8", "192.168.1.5/32", "2001:db8::/32", "::/0", "::1/128", "::ffff:1.2.0.0/112"],
    "bit(5)": ["10101", "00000", "11111"],
    "bit(16)": ["1010101010101010"],
    "varbit": ["", "1", "0", "101010101", "1" * 100],
    "point": ["(0,0)", "(1.5,-2e300)", "(NaN,Infinity)", "(0.1,1e-7)"],
    "lseg": ["[(0,0),(1,1)]", "[(-1.5,2),(1e20,-0)]"],
    "path": ["[(0,0),(1,1),(2,0)]", "((0,0),(1,1))", "[(1,2)]"],
    "box": ["(1,1),(0,0)", "(0.5,-1),(3,2)"],
    "polygon": ["((0,0),(1,1),(2,0))", "((1,2))"],
    "line": ["{1,-1,0}", "[(0,0),(1,2.5)]", "{0,1,1e100}"],
    "circle": ["<(0,0),1>", "<(1.5,-2),0>", "<(0,0),1e-5>"],
    "tsvector": ["", "a", "'a b':1A,2B,3C,4D 'it''s' 'back\\\\slash':16383", "fat:2,4 cat:3 rat:5A", "漢字:1",
                 "a:1A,1B,1",
                 "often:" + ",".join(map(str, range(1, 400))), *many(random_tsvector, 14)],
    "txid_snapshot": SNAPSHOTS,
    "pg_snapshot": SNAPSHOTS,
    "refcursor": ["", "c1", "Cursor Two"],
    "int4range": ["empty", "(,)", "[1,5)", "[1,5]", "(,5]", "[1,)", "[-2147483648,2147483647)"],
    "int8range": ["empty", "(,)", "[1,5)", "[-9223372036854775808,)"],
    "numrange": ["empty", "(,)", "[1.50,2.5]", "(1,2)", "(,0.0]", "[NaN,)"],
    "tsrange": ["empty", "(,)", '["2020-01-01 00:00:00","2020-01-02 12:00:00.5")', "[-infinity,infinity]",
                '("0044-03-15 08:00:00 BC",)'],
    "tstzrange": ["empty", "(,)", '["2020-01-01 00:00:00+02",)', '(,"0044-03-15 08:00:00 BC"]'],
    "daterange": ["empty", "(,)", "[2020-01-01,2020-12-31]", '["0044-03-15 BC",infinity)'],
    "int4multirange": ["{}", "{[1,3),[5,7)}", "{(,)}", "{(,3),[10,)}"],
    "int8multirange": ["{}", "{[1,3),[5,7)}"],
    "nummultirange": ["{}", "{[1.0,3.5],(5,7)}"],
    "tsmultirange": ["{}", '{["2020-01-01 00:00:00","2020-01-02 12:00:00.5"),[2021-01-01,)}'],
    "tstzmultirange": ["{}", '{["2020-01-01 00:00:00","2020-01-02 12:00:00.5"),[2021-01-01,)}'],
    "datemultirange": ["{}", "{[2020-01-01,2020-02-01),[2021-01-01,)}"],
}
ARRAYS = {
    "int4[]": ["{}", "{1}", "{1,NULL,3}", "{{1,2},{3,4}}", "[0:1]={1,2}", "[-5:-4][2:3]={{1,2},{3,4}}",
               "{{{1},{2}},{{3},{NULL}}}", "{{{{{{1,2}}}}}}", "[2147483646:2147483646]={7}"],
    "text[]": ['{"",NULL,"NULL","null","nUlL",a}', r'{"a\"b","c\\d","{","}",",","e f","tab	","n' "\n" '"}',
               '{"ü",漢字,🐘}', '{{"a,b",c},{"d","\\\\"}}', '{";"}', '{"\v","\f","\r","\x01"}', "{x'y}"],
    "box[]": ["{(1,1),(0,0)}", "{(1,1),(0,0);(3,3),(2,2);NULL}"],
    "varchar(3)[]": ['{abc,"",NULL}'],
    "char(3)[]": ['{a,"b c"}'],
}
# Not there in every major.
NEWER = {14: {"numeric": ["Infinity", "-Infinity"], "numrange": ["[-Infinity,Infinity]"]},
         15: {"interval": ["2562047788:00:54.775807", "-2562047788:00:54.775807"]},
         17: {"interval": ["infinity", "-infinity"]}}
OLDEST = {name: 14 for name in LITERALS if name.endswith("multirange")}

USER_TYPES = """
CREATE TYPE mood AS ENUM ('sad', '', 'so "so"', 'Fröhlich, (x]');
CREATE DOMAIN positive AS int4 CHECK (VALUE > 0);
CREATE DOMAIN small AS positive;
CREATE DOMAIN words AS text[];
CREATE DOMAIN feeling AS mood;
CREATE TYPE moodrange AS RANGE (subtype = mood);
CREATE TYPE textrange AS RANGE (subtype = text, collation = "C");
CREATE TYPE boxes AS (b box);
"""
USER_LITERALS = {
    "mood": ["sad", "", 'so "so"', "Fröhlich, (x]"],
    "positive": ["1", "2147483647"],
    "small": ["5"],
    "words": ['{a,"b c",NULL}', "{}"],
    "feeling": ["sad"],
    "moodrange": ["[sad,sad]", '["so \\"so\\"","Fröhlich, (x]"]', '["sad","")', "(,)"],
    "moodmultirange": ['{["sad",""],["Fröhlich, (x]",)}'],
    "textrange": ['["",a)', r'["a\\b","c""d"]', '[")x","["]', '(" ","a b")', "[ü,漢字]", "[',']", '["\t",a]',
                  '["NULL",a]'],
    "textmultirange": ['{["a""b","c,d"),[e,)}'],
}


@pytest.fixture(scope="module")
def value_print():
    """Decodes rows of (OID, bytes) and returns their texts; `types` describes user types to it."""
    program = Path(Holdfast().path).parent / "tests/unit/pg/value_print"
    assert program.exists(), f"{program} is missing: run ./dev build"

    def run(rows, types=()):
        lines = [f"type {oid} {kind} {related}" for oid, kind, related in types]
        lines += [f"{oid} {value.hex()}" for oid, value in rows]
        done = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, text=True,
                              env=Holdfast().environment(), timeout=300)
        assert done.returncode == 0, done.stderr
        return [unescape(printed) for printed in done.stdout.split("\n")[:-1]]
    return run


def unescape(printed):
    """Of value_print's output, and of the escapes that COPY text makes."""
    plain = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
    parts = iter(printed.split("\\"))
    out = [next(parts)]
    for part in parts:
        # An empty part is an escaped backslash, whose text follows as the next part.
        out.append("\\" + next(parts) if part == "" else plain[part[0]] + part[1:])
    return "".join(out)


@pytest.fixture(scope="module")
def session(postgres):
    """session(major) gives a connection with the settings that our sessions pin."""
    opened = {}

    def connect(major):
        if major not in opened:
            opened[major] = postgres(major).connect()
            for name, value in SETTINGS.items():
                opened[major].execute(f"SET {name} = '{value}'")
        return opened[major]
    yield connect
    for connection in opened.values():
        connection.close()


def store(connection, column_type, literals):
    """A temporary table `v` with one row for each literal, in order."""
    connection.execute(f"DROP TABLE IF EXISTS v; CREATE TEMPORARY TABLE v (id serial, v {column_type})")
    with connection.cursor().copy("COPY v (v) FROM STDIN") as copy:
        for literal in literals:
            copy.write_row((literal,))


def store_arrays(connection, element_type, literals):
    """The same, with arrays of the type in it: one with a NULL, and one of two dimensions."""
    store(connection, element_type, literals)
    connection.execute("""
        CREATE TEMPORARY TABLE a AS SELECT 1 AS id, array_agg(v ORDER BY id) || NULL AS v FROM v
        UNION ALL SELECT 2, ARRAY[array_agg(v ORDER BY id), array_agg(v ORDER BY id DESC)] FROM v;
        DROP TABLE v;
        ALTER TABLE a RENAME TO v""")


def copied(connection, query):
    with connection.cursor().copy(query) as copy:
        return b"".join(copy)


def read_text(connection, expression="v"):
    rows = copied(connection, f"COPY (SELECT {expression} FROM v ORDER BY id) TO STDOUT").decode().split("\n")[:-1]
    return [unescape(row) for row in rows]


def binary_stream(connection):
    return copied(connection, "COPY (SELECT v FROM v ORDER BY id) TO STDOUT (FORMAT binary)")


def load(connection, stream):
    with connection.cursor().copy("COPY v (v) FROM STDIN (FORMAT binary)") as copy:
        copy.write(stream)


def read_binary(connection):
    """The values of a COPY stream of one column without NULLs."""
    data = binary_stream(connection)
    at, values = 19, []
    while struct.unpack_from(">h", data, at)[0] == 1:
        length = struct.unpack_from(">i", data, at + 2)[0]
        values.append(data[at + 6:at + 6 + length])
        at += 6 + length
    return values


def column_oid(connection):
    query = "SELECT atttypid FROM pg_attribute WHERE attrelid = 'v'::regclass AND attname = 'v'"
    return connection.execute(query).fetchone()[0]


def check(connection, value_print, column_type, literals, types=()):
    store(connection, column_type, literals)
    # Money is printed by the server's locale; we promise a plain decimal.
    expected = read_text(connection, "v::numeric(20,2)" if column_type == "money" else "v")
    oid = column_oid(connection)
    binary = read_binary(connection)
    got = value_print([(oid, value) for value in binary], types)
    assert len(got) == len(expected) == len(literals)
    wrong = [(value.hex(), want, have) for value, want, have in zip(binary, expected, got) if want != have]
    assert not wrong, f"{len(wrong)} of {len(got)} values differ, first (bytes, server, ours): {wrong[:5]}"


def create_user_types(connection):
    connection.execute("DROP SCHEMA IF EXISTS kinds CASCADE; CREATE SCHEMA kinds; SET search_path = kinds, public")
    connection.execute(USER_TYPES)


def literals_for(column_type, major):
    newer = [each for since, types in NEWER.items() if since <= major for each in types.get(column_type, [])]
    return LITERALS.get(column_type, ARRAYS.get(column_type, [])) + newer


def types_of(major):
    return [name for name in [*LITERALS, *ARRAYS] if OLDEST.get(name, 0) <= major]


@pytest.mark.parametrize("column_type", types_of(15))
def test_a_value_reads_as_the_server_prints_it(session, value_print, column_type):
    check(session(15), value_print, column_type, literals_for(column_type, 15))


@pytest.mark.parametrize("column_type", [name for name in LITERALS if name != "money"])
def test_arrays_of_each_type_read_as_the_server_prints_them(session, value_print, column_type):
    connection = session(15)
    store_arrays(connection, column_type, literals_for(column_type, 15)[:200])
    expected = read_text(connection)
    oid = column_oid(connection)
    assert value_print([(oid, value) for value in read_binary(connection)]) == expected


@pytest.mark.parametrize("column_type", ["interval", "numeric", "numrange", "\"char\""])
def test_what_newer_servers_print_reads_the_same(session, value_print, column_type):
    literals = literals_for(column_type, 17)[:40] + literals_for(column_type, 17)[-2:]
    check(session(17), value_print, column_type, literals + (["\\351", "\\200"] if column_type == '"char"' else []))


def test_user_types_made_of_safe_ones_read_as_the_server_prints_them(session, value_print):
    connection = session(15)
    create_user_types(connection)
    types = connection.execute("""
        SELECT t.oid, typtype, CASE typtype WHEN 'd' THEN typbasetype ELSE coalesce(r.rngsubtype, m.rngtypid, 0) END
        FROM pg_type t LEFT JOIN pg_range r ON r.rngtypid = t.oid LEFT JOIN pg_range m ON m.rngmultitypid = t.oid
        WHERE typnamespace = 'kinds'::regnamespace AND typtype IN ('d', 'e', 'r', 'm')""").fetchall()
    for column_type, literals in USER_LITERALS.items():
        check(connection, value_print, column_type, literals, types)


def test_the_table_of_builtin_types_is_the_servers(session, value_print):
    """OIDs of all safe types are those of the catalog: a value of each decodes, so an unknown OID would show."""
    connection = session(17)
    for column_type in types_of(17):
        store(connection, column_type, literals_for(column_type, 17)[:1])
        oid = column_oid(connection)
        assert not value_print([(oid, read_binary(connection)[0])])[0].startswith("error:"), column_type


def assert_alike(ours, theirs, store_values, column_type, literals):
    """Both servers send the same bytes for the same literals, and `theirs` takes what `ours` sends."""
    store_values(ours, column_type, literals)
    store_values(theirs, column_type, literals)
    sent = read_binary(ours)
    assert sent == read_binary(theirs), column_type
    stream = binary_stream(ours)
    theirs.execute("CREATE TEMPORARY TABLE taken AS SELECT v FROM v LIMIT 0; ALTER TABLE taken ADD id serial;"
                   "DROP TABLE v; ALTER TABLE taken RENAME TO v")
    load(theirs, stream)
    assert read_binary(theirs) == sent, column_type


@pytest.mark.parametrize("major", [13, 17])
def test_binary_values_are_alike_in_all_majors_and_load_across_them(session, major):
    ours, theirs, common = session(15), session(major), min(15, major)
    for column_type in types_of(common):
        assert_alike(ours, theirs, store, column_type, literals_for(column_type, common))
        if column_type in LITERALS:
            assert_alike(ours, theirs, store_arrays, column_type, literals_for(column_type, common)[:200])


@pytest.mark.parametrize("major", [13, 17])
def test_binary_values_of_user_types_load_where_the_types_have_other_oids(session, major):
    ours, theirs = session(15), session(major)
    theirs.execute("CREATE TABLE takes_oids_away (a int); DROP TABLE takes_oids_away")
    for connection in (ours, theirs):
        create_user_types(connection)
    for column_type, literals in USER_LITERALS.items():
        if not column_type.endswith("multirange") or major >= 14:
            assert_alike(ours, theirs, store, column_type, literals)
