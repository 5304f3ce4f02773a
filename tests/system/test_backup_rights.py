"""What a backup's role may do, what it lacks, and what others try to do with its rights."""
import pytest

from support.faults import message


@pytest.fixture(scope="module")
def server(postgres):
    return postgres()


@pytest.fixture
def base(server, database):
    """An empty database: .name, .dsn."""
    class Base:
        name = database(server)
        dsn = server.dsn(name)
    return Base


# ---- Code of others --------------------------------------------------------------------------------------------------

# Better matches than pg_catalog's own for operators that statements on the catalogs use, in a schema that everybody's
# search path has. What runs as another role than their owner raises.
TRAPS = """
    CREATE ROLE mallory; GRANT CREATE ON SCHEMA public TO mallory; GRANT CREATE ON DATABASE "{name}" TO mallory;
    SET SESSION AUTHORIZATION mallory;
    CREATE FUNCTION public.trap(a anyelement) RETURNS bool LANGUAGE plpgsql AS $$
        BEGIN IF current_user <> 'mallory' THEN RAISE 'the trap runs as %', current_user; END IF; RETURN true; END $$;
    DO $$ DECLARE l regtype; r regtype; op text; number int := 0;
    BEGIN
        FOREACH op IN ARRAY ARRAY['=', '<>', '<', '>', '>=', '<=', '~', '!~', '+', '-', '*', '/', '||'] LOOP
            FOR l, r IN SELECT a, b FROM unnest('{{name,text,oid,"char",real,integer,bigint,boolean}}'::regtype[]) a,
                        unnest('{{name,text,oid,"char",real,integer,bigint,boolean}}'::regtype[]) b LOOP
                IF EXISTS (SELECT FROM pg_operator WHERE oprname = op AND oprleft = l AND oprright = r) THEN
                    CONTINUE;
                END IF;
                number := number + 1;
                EXECUTE format('CREATE FUNCTION public.trap%s(%s, %s) RETURNS bool LANGUAGE sql AS '
                               '''SELECT public.trap(1)''', number, l, r);
                EXECUTE format('CREATE OPERATOR public.%s (FUNCTION = public.trap%s, LEFTARG = %s, RIGHTARG = %s)',
                               op, number, l, r);
            END LOOP;
        END LOOP;
    END $$;
    RESET SESSION AUTHORIZATION;
"""


@pytest.fixture
def trapped(server, base):
    server.psql("CREATE TABLE public.orders (id serial, v int); INSERT INTO orders (v) VALUES (1), (2);"
                "CREATE SCHEMA other; CREATE TABLE other.orders (id serial)", db=base.name)
    server.psql(TRAPS.format(name=base.name), db=base.name)
    yield base
    server.psql("DROP OWNED BY mallory; DROP ROLE mallory", db=base.name)


@pytest.mark.parametrize("scope", [[], ["--table", "orders"], ["--schema", "public"], ["--exclude-table", "orders"],
                                   ["--exclude-table-data", "orders"]], ids=lambda scope: " ".join(scope) or "all")
def test_no_operator_of_another_role_runs_in_a_backup(holdfast, trapped, tmp_path, scope):
    holdfast("backup", "--from", trapped.dsn, "--to", tmp_path / "x.hf", "--unencrypted", *scope)


def tables(holdfast, path):
    return {f"{each['schema']}.{each['name']}"
            for each in holdfast("inspect", "--from", path, "--json").json["tables"]}


@pytest.mark.parametrize("path, wanted", [('"$user", public', "public.t"), ("missing, a, public", "a.t"),
                                          ("public, a", "public.t"), ("pg_catalog", None)])
def test_a_pattern_without_a_schema_means_what_the_search_path_shows(holdfast, server, base, tmp_path, path, wanted):
    server.psql(f"CREATE SCHEMA a; CREATE TABLE a.t (i int); CREATE TABLE public.t (i int); CREATE TABLE a.u (i int);"
                f"ALTER DATABASE \"{base.name}\" SET search_path = {path}", db=base.name)
    done = holdfast("backup", "--from", base.dsn, "--to", tmp_path / "x.hf", "--unencrypted", "--table", "t",
                    check=False)
    if wanted is None:
        assert done.returncode == 1 and "t" in message(done), done.stderr
    else:
        assert tables(holdfast, tmp_path / "x.hf") == {wanted}
