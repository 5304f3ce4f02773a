-- The database that the small-*.dump files beside this are made of.
CREATE TABLE small AS SELECT 1 AS a;
CREATE INDEX ON small (a);
COMMENT ON TABLE small IS 'one row';
GRANT SELECT ON small TO PUBLIC;
