-- Constraints beyond those of tables.sql.
CREATE SCHEMA rules_of;
CREATE TABLE rules_of.keys (
    a int, b text, c int, d int CONSTRAINT "nicht ""leer""" NOT NULL, e int,
    CONSTRAINT "Schlüssel" PRIMARY KEY (a) INCLUDE (b) WITH (fillfactor = 70),
    CONSTRAINT once UNIQUE (b, c) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (c, d),
    CONSTRAINT d_positive CHECK (d > 0),
    CHECK (a IS DISTINCT FROM c OR (a, c) IN ((1, 1)))
);
INSERT INTO rules_of.keys VALUES (1, 'x', 1, 1, 5), (2, NULL, NULL, 2, NULL), (3, NULL, NULL, 3, NULL);
COMMENT ON CONSTRAINT once ON rules_of.keys IS 'deferred';
COMMENT ON CONSTRAINT "Schlüssel" ON rules_of.keys IS 'the key';
-- Rows that break them were there first: both stay NOT VALID, and a restore must not check them.
ALTER TABLE rules_of.keys ADD CONSTRAINT e_small CHECK (e < 3) NOT VALID;
CREATE TABLE rules_of.points_nowhere (a int, c int, d int);
INSERT INTO rules_of.points_nowhere VALUES (99, 99, 99), (1, NULL, NULL);
ALTER TABLE rules_of.points_nowhere ADD CONSTRAINT to_nothing FOREIGN KEY (a) REFERENCES rules_of.keys NOT VALID;
ALTER TABLE rules_of.points_nowhere ADD CONSTRAINT full_match FOREIGN KEY (c, d) REFERENCES rules_of.keys (c, d)
    MATCH FULL ON UPDATE RESTRICT ON DELETE SET DEFAULT NOT VALID;
COMMENT ON CONSTRAINT to_nothing ON rules_of.points_nowhere IS 'never proved';
-- A unique index that became a constraint; a reference to it.
CREATE UNIQUE INDEX "later ""a key""" ON rules_of.points_nowhere (a);
ALTER TABLE rules_of.points_nowhere ADD UNIQUE USING INDEX "later ""a key""";

CREATE TABLE rules_of.rooms (
    room int, during tstzrange, status text, cancelled boolean DEFAULT false,
    CONSTRAINT one_guest EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (NOT cancelled),
    CONSTRAINT later EXCLUDE USING gist (during WITH &&) DEFERRABLE INITIALLY DEFERRED,
    EXCLUDE USING btree (status WITH =) WITH (fillfactor = 80)
);
INSERT INTO rules_of.rooms VALUES (1, '[2024-01-01 00:00+00,2024-01-02 00:00+00)', 'a'), (1, '[2024-01-02 00:00+00,2024-01-03 00:00+00)', 'b'), (NULL, NULL, NULL);
COMMENT ON CONSTRAINT one_guest ON rules_of.rooms IS 'no double booking';
\if :v15
CREATE TABLE rules_of.nulls (
    a int, b int, c int,
    CONSTRAINT one_null UNIQUE NULLS NOT DISTINCT (a, b),
    FOREIGN KEY (a, c) REFERENCES rules_of.keys (c, d) ON DELETE SET NULL (c)
);
CREATE UNIQUE INDEX ON rules_of.nulls (c) INCLUDE (a) NULLS NOT DISTINCT WHERE b > 0;
INSERT INTO rules_of.nulls VALUES (NULL, NULL, NULL), (1, NULL, NULL), (1, 1, 1);
\endif
