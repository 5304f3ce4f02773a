-- Large objects: none, empty, sparse, of some MB, with a number above 2^31; owners, grants and comments.
SELECT lo_create(4000000001);
SELECT lo_from_bytea(50001, '\x00ff5c0a');
SELECT lo_from_bytea(50002, (SELECT string_agg(sha512(n::text::bytea), '') FROM generate_series(1, 50000) n));
-- Its first byte stands 20 MB from the start.
SELECT lo_from_bytea(50003, ''), lo_put(50003, 20000000, 'end');
SELECT lo_from_bytea(50004, decode(repeat('61', 2048), 'hex'));
SELECT lo_from_bytea(50005, decode(repeat('62', 2049), 'hex'));
SELECT lo_from_bytea(60000 + i, ('object ' || i)::bytea) FROM generate_series(1, 300) i;
ALTER LARGE OBJECT 50001 OWNER TO hf_app;
ALTER LARGE OBJECT 50002 OWNER TO hf_größe;
ALTER LARGE OBJECT 60001 OWNER TO hf_app;
GRANT SELECT ON LARGE OBJECT 50001 TO PUBLIC;
GRANT SELECT, UPDATE ON LARGE OBJECT 50001, 50003 TO "HF ""Reader"" one" WITH GRANT OPTION;
REVOKE ALL ON LARGE OBJECT 50002 FROM hf_größe;
COMMENT ON LARGE OBJECT 50001 IS 'it''s größer "than" \ that';
COMMENT ON LARGE OBJECT 4000000001 IS 'empty';
CREATE TABLE public.uses_large_objects (id int PRIMARY KEY, image oid);
INSERT INTO public.uses_large_objects VALUES (1, 4000000001), (2, 50002);
