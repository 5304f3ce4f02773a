-- Functions, procedures and aggregates in every form; languages and access methods.
CREATE SCHEMA code;
COMMENT ON SCHEMA code IS 'functions and what is made of them';

CREATE FUNCTION code.add(a int, b int DEFAULT 1) RETURNS int
    LANGUAGE sql IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 0.5 AS 'SELECT a + b';
COMMENT ON FUNCTION code.add(int, int) IS 'adds, with a ''quote'' and a \backslash';
CREATE FUNCTION code.add(a text, b text) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT a || b -- $x$ $$;
CREATE FUNCTION code.add(VARIADIC numbers numeric[]) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT sum(n) FROM unnest(numbers) n';
CREATE FUNCTION code.many(n int, OUT a int, OUT "B c" text, INOUT d numeric DEFAULT 0.5) RETURNS SETOF record
    LANGUAGE plpgsql ROWS 7 AS $body$
BEGIN
    FOR i IN 1 .. n LOOP
        a := i; "B c" := 'x''y\' || i;
        RETURN NEXT;
    END LOOP;
END
$body$;
CREATE FUNCTION code.as_table(p anyelement, q anyarray) RETURNS TABLE (x anyelement, y int)
    LANGUAGE sql AS 'SELECT e, i::int FROM unnest(q) WITH ORDINALITY AS u (e, i) WHERE e IS DISTINCT FROM p';
CREATE FUNCTION code.guarded(t text = 'it''s') RETURNS text LANGUAGE plpgsql SECURITY DEFINER VOLATILE PARALLEL RESTRICTED
    SET search_path = pg_catalog, "$user", 'Odd "schema"' SET work_mem = '8MB' SET "hf.custom" = 'a ''b'''
    AS 'BEGIN RETURN current_setting(''search_path'') || t; END';
CREATE FUNCTION code.row_in(p types.person) RETURNS types.address LANGUAGE sql STABLE AS 'SELECT (p).home';
CREATE FUNCTION code.from_table(s types.source) RETURNS text LANGUAGE sql STABLE AS 'SELECT s.b';
CREATE FUNCTION code."Größe ""of"" it"("der Wert" types.mood) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT octet_length($1::text)';
CREATE FUNCTION code.numbered() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE AS 'window_row_number';
CREATE FUNCTION code.reads_late() RETURNS bigint LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (SELECT count(*) FROM shop.orders); END';
\if :v14
CREATE FUNCTION code.body_of_statements(n int) RETURNS SETOF types.numbers LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT * FROM types.numbers WHERE id = n;
    SELECT * FROM types.numbers WHERE id > n ORDER BY id LIMIT 3;
END;
CREATE FUNCTION code.body_of_one(n int) RETURNS int LANGUAGE sql IMMUTABLE RETURN code.add(n) * 2;
CREATE FUNCTION code.multi(a anycompatible, b anycompatiblemultirange) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT a <@ b';
CREATE PROCEDURE code.puts_out(a int, OUT b int) LANGUAGE plpgsql AS 'BEGIN b := a + 1; END';
CREATE PROCEDURE code.atomic_procedure(n int) LANGUAGE sql
BEGIN ATOMIC
    DELETE FROM types.numbers WHERE id = n AND false;
    UPDATE types.numbers SET b = b WHERE id = n AND false;
END;
\endif
\if :v15
CREATE FUNCTION code.merges() RETURNS void LANGUAGE sql
BEGIN ATOMIC
    MERGE INTO types.source s USING types.numbers n ON s.a = n.id AND false WHEN MATCHED THEN DELETE WHEN NOT MATCHED AND false THEN DO NOTHING;
END;
\endif
-- No IN argument: PostgreSQL 14 and newer print the word, 13 does not.
CREATE PROCEDURE code.does(INOUT a int, INOUT b text DEFAULT NULL) LANGUAGE plpgsql SECURITY DEFINER SET lock_timeout = '5s'
    AS 'BEGIN b := b || a; END';
COMMENT ON PROCEDURE code.does(int, text) IS 'does it';

-- A support function, and a function whose body names what does not exist.
CREATE FUNCTION code.counts(int, int) RETURNS SETOF int LANGUAGE internal IMMUTABLE STRICT ROWS 5
    SUPPORT pg_catalog.generate_series_int4_support AS 'generate_series_int4';
SET check_function_bodies = off;
CREATE FUNCTION code.broken() RETURNS int LANGUAGE sql AS 'SELECT no_such_column FROM no.such_table';
RESET check_function_bodies;

-- Aggregates: plain, with initial state and parallel parts, moving, ordered-set, hypothetical-set, variadic.
CREATE AGGREGATE code.total(int) (SFUNC = int4_sum, STYPE = bigint, COMBINEFUNC = int8pl, INITCOND = '0', PARALLEL = SAFE);
COMMENT ON AGGREGATE code.total(int) IS 'adds up';
CREATE AGGREGATE code.moving(double precision) (
    SFUNC = float8pl, STYPE = double precision, INITCOND = '0',
    MSFUNC = float8pl, MINVFUNC = float8mi, MSTYPE = double precision, MINITCOND = '10');
CREATE AGGREGATE code.middle(double precision ORDER BY anyelement) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA, FINALFUNC_MODIFY = READ_WRITE);
CREATE AGGREGATE code.would_rank(VARIADIC "any" ORDER BY VARIADIC "any") (
    SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
CREATE AGGREGATE code.highest(numeric) (SFUNC = numeric_larger, STYPE = numeric, SORTOP = >);
CREATE FUNCTION code.join_more(text, text, VARIADIC text[]) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT concat($1, $2, array_to_string($3, ''/''))';
CREATE AGGREGATE code.joined(text, VARIADIC text[]) (SFUNC = code.join_more, STYPE = text, SSPACE = 64);
CREATE AGGREGATE code."Zähler"(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0', FINALFUNC_MODIFY = SHAREABLE);

CREATE FUNCTION code.strange_handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION code.strange_inline(internal) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION code.strange_validator(oid) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE TRUSTED LANGUAGE "plStrange" HANDLER code.strange_handler INLINE code.strange_inline VALIDATOR code.strange_validator;
COMMENT ON LANGUAGE "plStrange" IS 'plpgsql under another name';
ALTER LANGUAGE "plStrange" OWNER TO hf_super;
CREATE FUNCTION code.strange() RETURNS int LANGUAGE "plStrange" AS 'BEGIN RETURN 1; END';
CREATE ACCESS METHOD heap_of_our_own TYPE TABLE HANDLER heap_tableam_handler;
CREATE ACCESS METHOD tree_of_our_own TYPE INDEX HANDLER bthandler;
COMMENT ON ACCESS METHOD heap_of_our_own IS 'the heap under another name';

ALTER FUNCTION code.guarded(text) OWNER TO hf_owner;
ALTER PROCEDURE code.does(int, text) OWNER TO hf_app;
ALTER AGGREGATE code.total(int) OWNER TO hf_owner;
ALTER FUNCTION code.add(text, text) OWNER TO hf_größe;
