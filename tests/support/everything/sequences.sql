-- Sequences of every sort and in every state.
CREATE SCHEMA seq;
CREATE SEQUENCE seq.never_used;
CREATE SEQUENCE seq.used START 5 INCREMENT 7 CACHE 10;
SELECT nextval('seq.used'), nextval('seq.used');
CREATE SEQUENCE seq.down AS smallint INCREMENT -3 MINVALUE -32768 MAXVALUE 100 START 100 CYCLE;
SELECT nextval('seq.down'), nextval('seq.down');
CREATE SEQUENCE seq.at_the_end AS int MAXVALUE 3 START 3;
SELECT nextval('seq.at_the_end');
CREATE SEQUENCE seq.set_not_called;
SELECT setval('seq.set_not_called', 777, false);
CREATE SEQUENCE seq.highest;
SELECT setval('seq.highest', 9223372036854775807);
CREATE SEQUENCE seq.lowest MINVALUE -9223372036854775808 START -9223372036854775808 INCREMENT 9223372036854775807;
SELECT nextval('seq.lowest');
CREATE SEQUENCE seq.altered;
SELECT nextval('seq.altered');
ALTER SEQUENCE seq.altered AS int INCREMENT 2 MAXVALUE 1000 RESTART 500 START 10 CYCLE;
CREATE TABLE seq.owners (a int DEFAULT nextval('seq.used'), b bigserial, "C d" smallserial, e int DEFAULT nextval('seq.never_used') * 2);
CREATE SEQUENCE seq.owned OWNED BY seq.owners.a;
INSERT INTO seq.owners (a) VALUES (1), (2);
COMMENT ON SEQUENCE seq.owned IS 'goes with its column';
ALTER SEQUENCE seq."owners_C d_seq" RENAME TO "Renamed ""seq"" ü";
ALTER SEQUENCE seq.used OWNER TO hf_app;
GRANT USAGE, SELECT ON SEQUENCE seq.used TO hf_größe;
GRANT UPDATE ON SEQUENCE seq.down TO PUBLIC;
\if :v15
CREATE UNLOGGED SEQUENCE seq.unlogged;
SELECT nextval('seq.unlogged');
CREATE UNLOGGED TABLE seq.unlogged_with_logged_identity (id int GENERATED ALWAYS AS IDENTITY);
ALTER SEQUENCE seq.unlogged_with_logged_identity_id_seq SET LOGGED;
INSERT INTO seq.unlogged_with_logged_identity DEFAULT VALUES;
\endif
