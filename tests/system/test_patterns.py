"""--schema, --table and their opposites mean the same in every command: what psql's patterns mean."""
import pytest

SCHEMA = """
    CREATE SCHEMA shop; CREATE SCHEMA util; CREATE SCHEMA "Odd";
    CREATE TABLE shop.orders (id int, at int) PARTITION BY RANGE (at);
    CREATE TABLE shop.orders_1 PARTITION OF shop.orders FOR VALUES FROM (0) TO (10);
    CREATE TABLE util."Late.Orders" PARTITION OF shop.orders FOR VALUES FROM (10) TO (99);
    CREATE TABLE shop.products (id int PRIMARY KEY); CREATE TABLE shop.lines (product int REFERENCES shop.products);
    CREATE VIEW shop.cheap AS SELECT * FROM shop.products; CREATE TABLE "Odd"."Name" (a int);
    CREATE FUNCTION util.one() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE public.products (id int);
    INSERT INTO shop.orders SELECT i, i FROM generate_series(0, 98) i; INSERT INTO shop.products VALUES (1);
    INSERT INTO shop.lines VALUES (1); INSERT INTO "Odd"."Name" VALUES (1); INSERT INTO public.products VALUES (2);"""
PARTITIONS = {"shop.orders_1", "util.Late.Orders"}

# What -t or -T takes; without a schema a backup takes what the search path shows, an archive has none.
CASES = [
    ("shop.orders", PARTITIONS),
    ('"shop".products', {"shop.products"}),
    ("shop.Products", {"shop.products"}),
    ("(shop|public).products", {"shop.products", "public.products"}),
    ("shop.[l-p]*s", {"shop.lines", "shop.products"} | PARTITIONS),
    ('util."Late.Orders"', {"util.Late.Orders"}),
    ('"Odd"."Name"', {"Odd.Name"}),
    ('*."N"*', {"Odd.Name"}),
]
ALL = {"shop.products", "shop.lines", "Odd.Name", "public.products"} | PARTITIONS


@pytest.fixture(scope="module", params=[13, 15, pytest.param(17, marks=pytest.mark.slow_once)])
def server(postgres, request):
    return postgres(request.param)


@pytest.fixture
def shop(server, database):
    name = database(server)
    server.psql(SCHEMA, db=name)
    return name


@pytest.fixture
def archive(server, shop, holdfast, tmp_path):
    path = tmp_path / "whole.hf"
    holdfast("backup", "--from", server.dsn(shop), "--to", path, "--unencrypted")
    return path


def tables_of(holdfast, path):
    tables = holdfast("inspect", "--from", path, "--json").json["tables"]
    return {f"{table['schema']}.{table['name']}" for table in tables}


def restored(holdfast, server, path, name, *options):
    try:
        holdfast("restore", "--from", path, "--to", server.dsn(name), "--mode", "new", *options)
        return set(server.psql("SELECT format('%s.%s', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON "
                               "n.oid = relnamespace WHERE relkind = 'r' AND nspname !~ '^(pg_|info)'",
                               db=name).splitlines())
    finally:
        server.psql(f'DROP DATABASE IF EXISTS "{name}"')


@pytest.mark.parametrize("pattern, expected", CASES)
def test_a_pattern_takes_the_same_in_every_command(server, shop, archive, holdfast, tmp_path, pattern, expected):
    taken = tmp_path / "taken.hf"
    holdfast("backup", "--from", server.dsn(shop), "--to", taken, "--unencrypted", "-t", pattern)
    assert tables_of(holdfast, taken) == expected
    assert restored(holdfast, server, archive, f"{shop} r", "-t", pattern) >= expected
    script = holdfast("extract", "--from", archive, "--sql", "-t", pattern).stdout
    assert script.count("\nCOPY ") == len(expected)


@pytest.mark.parametrize("pattern, expected", CASES)
def test_a_pattern_leaves_out_the_same_in_every_command(server, shop, archive, holdfast, tmp_path, pattern, expected):
    rest = tmp_path / "rest.hf"
    holdfast("backup", "--from", server.dsn(shop), "--to", rest, "--unencrypted", "-T", pattern)
    assert tables_of(holdfast, rest) == ALL - expected
    assert restored(holdfast, server, archive, f"{shop} r", "-T", pattern) == ALL - expected
    script = holdfast("extract", "--from", archive, "--sql", "-T", pattern).stdout
    assert script.count("\nCOPY ") == len(ALL - expected)


def test_schemas_are_taken_and_left_out(server, shop, archive, holdfast, tmp_path):
    for option, expected in (("-n", {"Odd.Name"}), ("-N", ALL - {"Odd.Name"})):
        part = tmp_path / f"part{option}.hf"
        holdfast("backup", "--from", server.dsn(shop), "--to", part, "--unencrypted", option, '"O"*')
        assert tables_of(holdfast, part) == expected
        assert restored(holdfast, server, archive, f"{shop} r", option, '"O"*') == expected
        script = holdfast("extract", "--from", archive, "--sql", option, '"O"*').stdout
        assert script.count("\nCOPY ") == len(expected)
    assert "FUNCTION util.one" in holdfast("extract", "--from", archive, "--sql", "-n", "util").stdout


SCHEMAS = """SELECT nspname, nspowner::regrole, (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(nspacl) a)
             FROM pg_namespace WHERE nspname IN ('shop', 'util') ORDER BY 1"""


@pytest.mark.parametrize("there", ["nothing", "the schemas"])
def test_a_backup_of_a_partitioned_table_restores_by_itself(server, shop, database, holdfast, tmp_path, there):
    """With its partitions attached, and with the schemas, which pg_dump leaves out: their owners and grants, too."""
    taken, name = tmp_path / "taken.hf", database(server)
    server.psql("ALTER SCHEMA util OWNER TO pg_monitor; GRANT USAGE ON SCHEMA shop TO PUBLIC; "
                "GRANT ALL ON SCHEMA shop TO pg_read_all_stats WITH GRANT OPTION", db=shop)
    holdfast("backup", "--from", server.dsn(shop), "--to", taken, "--unencrypted", "-t", "shop.orders")
    if there == "the schemas":
        server.psql("CREATE SCHEMA shop; CREATE SCHEMA util", db=name)
    (tmp_path / "script.sql").write_text(holdfast("extract", "--from", taken, "--sql").stdout)
    server.run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", server.dsn(name), "-f", tmp_path / "script.sql")
    made = f"{name}made"
    holdfast("restore", "--from", taken, "--to", server.dsn(made), "--mode", "new")
    for each in (name, made):
        assert server.psql("SELECT count(*) FROM shop.orders", db=each) == "99"
        assert server.psql(SCHEMAS, db=each) == server.psql(SCHEMAS, db=shop)
    assert restored(holdfast, server, taken, f"{shop} r", "-t", "orders_1") == {"shop.orders_1"}


def test_a_foreign_key_to_what_is_not_in_the_backup_is_left_out_and_told(server, shop, holdfast, tmp_path):
    taken = tmp_path / "taken.hf"
    server.psql("COMMENT ON CONSTRAINT lines_product_fkey ON shop.lines IS 'a reference'", db=shop)
    for options in (["-t", "shop.lines"], ["-T", "shop.products", "-T", "shop.cheap", "--force"]):
        done = holdfast("backup", "--from", server.dsn(shop), "--to", taken, "--unencrypted", *options)
        assert "are left out: lines_product_fkey of shop.lines to shop.products\n" in done.stderr, done.stderr
        assert "shop.lines" in restored(holdfast, server, taken, f"{shop} r")
    done = holdfast("restore", "--from", taken, "--to", server.dsn(f"{shop} r"), "--mode", "new", "--dry-run")
    assert "preflight: the backup warned: foreign keys to tables that are not in the backup" in done.stderr
    done = holdfast("backup", "--from", server.dsn(shop), "--to", taken, "--unencrypted", "-n", "shop", "--force")
    assert "left out" not in done.stderr


def test_what_a_chosen_table_needs_is_told_when_it_is_not_in_the_backup(server, shop, holdfast, tmp_path):
    """pg_dump takes neither types nor functions along."""
    server.psql("CREATE TYPE util.mood AS ENUM ('ok'); CREATE EXTENSION citext SCHEMA util; CREATE SEQUENCE util.s; "
                "CREATE TABLE shop.needy (a util.mood[], b int DEFAULT util.one(), c util.citext, d shop.products, "
                "e int DEFAULT nextval('util.s'), f serial)", db=shop)
    arguments = ["backup", "--from", server.dsn(shop), "--to", tmp_path / "x.hf", "--unencrypted", "--force"]
    told = holdfast(*arguments, "-t", "shop.needy").stderr
    needs = ["extension citext", "function util.one()", "sequence util.s", "table shop.products", "type util.mood"]
    assert ": " + ", ".join(f"{each} (for shop.needy)" for each in needs) + "; without it a restore fails" in told, told
    assert "needs" not in holdfast(*arguments, "-T", "shop.orders").stderr
    assert "needs" not in holdfast(*arguments, "-t", "shop.orders").stderr


def test_what_needs_the_excluded_is_told(server, shop, archive, holdfast):
    done = holdfast("restore", "--from", archive, "--to", server.dsn(f"{shop} r"), "--mode", "new", "--dry-run",
                    "-T", "shop.products", "--role-map", "nobody_has_this=x")
    assert "VIEW shop.cheap" in done.stderr and "FK CONSTRAINT shop.lines" in done.stderr
    assert "names no role nobody_has_this" in done.stderr
    done = holdfast("extract", "--from", archive, "--sql", "-T", "shop.products")
    assert "VIEW shop.cheap" in done.stderr and "FK CONSTRAINT shop.lines" in done.stderr
    done = holdfast("extract", "--from", archive, "--sql", "--data-only", "-T", "shop.products")
    assert "left out" not in done.stderr


def commands(server, shop, archive, tmp_path):
    return {"backup": ("backup", "--from", server.dsn(shop), "--to", tmp_path / "new.hf", "--unencrypted"),
            "restore": ("restore", "--from", archive, "--to", server.dsn(f"{shop} r"), "--mode", "new", "--dry-run"),
            "extract": ("extract", "--from", archive, "--sql")}


@pytest.mark.parametrize("command", ["backup", "restore", "extract"])
def test_a_pattern_that_matches_nothing_is_named(server, shop, archive, holdfast, tmp_path, command):
    words = commands(server, shop, archive, tmp_path)[command]
    for option, long in (("-t", "--table"), ("-n", "--schema")):
        done = holdfast(*words, option, "*p*", option, "typo", check=False)
        assert done.returncode != 0 and f"{long} typo" in done.stderr and f"{long} *p*" not in done.stderr
        assert not (tmp_path / "new.hf").exists()
    for option, long in (("-T", "--exclude-table"), ("-N", "--exclude-schema")):
        done = holdfast(*words, option, "typo", *(["--force"] if command == "backup" else []))
        assert f"{long} typo" in done.stderr
    done = holdfast(*words, "-t", "shop.(", check=False)
    assert done.returncode == 2 and "shop.(" in done.stderr


def test_rows_of_a_typing_error_are_not_silently_kept(server, shop, holdfast, tmp_path):
    done = holdfast("backup", "--from", server.dsn(shop), "--to", tmp_path / "x.hf", "--unencrypted",
                    "--exclude-table-data", "shop.typo", "--exclude-table-data", "shop.orders")
    assert "--exclude-table-data shop.typo" in done.stderr
    rows = {table["name"]: table["rows"]
            for table in holdfast("inspect", "--from", tmp_path / "x.hf", "--json").json["tables"]}
    assert rows["orders_1"] == rows["Late.Orders"] == 0 < rows["lines"]


def test_verify_compares_what_is_asked_for(server, shop, archive, holdfast):
    server.psql("INSERT INTO shop.lines VALUES (1)", db=shop)
    verify = ("verify", "--from", archive, "--against", server.dsn(shop))
    assert holdfast(*verify, check=False).returncode == 3
    holdfast(*verify, "-t", "shop.products")
    holdfast(*verify, "-T", "shop.lines")
    assert holdfast(*verify, "-t", "shop.lines", check=False).returncode == 3
    assert "--table typo" in holdfast(*verify, "-t", "typo", check=False).stderr
    holdfast("verify", "--from", archive, "--restore-to", server.dsn(shop), "-t", "shop.orders")
    assert holdfast("verify", "--from", archive, "-t", "shop.lines", check=False).returncode == 2


def test_inspect_prints_names_that_are_patterns(server, shop, archive, holdfast, tmp_path):
    names = [line.split()[0] for line in holdfast("inspect", "--from", archive).stdout.partition("TABLE")[2]
             .splitlines()[1:]]
    assert set(names) >= {'util."Late.Orders"', '"Odd"."Name"', "shop.products"}
    for name in names:
        holdfast("extract", "--from", archive, "--sql", "-t", name)
