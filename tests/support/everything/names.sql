-- Names that a careless program does not quote, splits at a dot or a space, or takes for a pattern or an option.
CREATE SCHEMA "Odd ""schema""";
CREATE SCHEMA "größe.mit.Punkten";
CREATE SCHEMA "pg-like_% *";
CREATE SCHEMA "select" AUTHORIZATION hf_größe;
COMMENT ON SCHEMA "Odd ""schema""" IS E'line one\nline two -- ; \\ '' "';
GRANT USAGE, CREATE ON SCHEMA "Odd ""schema""" TO "HF ""Reader"" one";

CREATE TABLE "Odd ""schema"""."Tab ""le"" with; everything' \ $1 $$ %s %I" (
    "Spalte größer" int PRIMARY KEY, "a.b" text, "quote ""d""" text, "it's" int, "select" int, "  " int, "😀" int, "UPPER" text, upper text,
    "back\slash" int, "per%cent" int, "new
line" int, "tab	in" text, "ctid " int, "NULL" text, "default" int DEFAULT 5, "$1" int, "a,b" int, "{}" int, "1" int, "comma)(" int,
    CONSTRAINT "größer ""als"" 0" CHECK ("Spalte größer" > 0)
);
INSERT INTO "Odd ""schema"""."Tab ""le"" with; everything' \ $1 $$ %s %I" ("Spalte größer", "a.b", "😀", "new
line") SELECT i, 'x', i, i FROM generate_series(1, 10) i;
CREATE INDEX "Index ""on"" it's größe; -- \" ON "Odd ""schema"""."Tab ""le"" with; everything' \ $1 $$ %s %I" ("a.b", lower("UPPER"));
COMMENT ON COLUMN "Odd ""schema"""."Tab ""le"" with; everything' \ $1 $$ %s %I"."new
line" IS 'in two lines';
COMMENT ON INDEX "Odd ""schema"""."Index ""on"" it's größe; -- \" IS E'x\ty';

CREATE TABLE "größe.mit.Punkten"."a.b.c" ("d.e" serial PRIMARY KEY);
INSERT INTO "größe.mit.Punkten"."a.b.c" SELECT FROM generate_series(1, 5);
CREATE TABLE "größe.mit.Punkten"."line
break" (a int);
INSERT INTO "größe.mit.Punkten"."line
break" VALUES (1);
CREATE TABLE "pg-like_% *"."*" (a int);
CREATE TABLE "pg-like_% *"."--help" (a int);
CREATE TABLE "pg-like_% *"."x|y" (a int);
CREATE TABLE "pg-like_% *"."?[a-z]+" (a int);
CREATE TABLE "pg-like_% *"."../../etc/passwd" (a int);
CREATE TABLE "pg-like_% *".""" """ (a int);
INSERT INTO "pg-like_% *"."*" VALUES (1);
INSERT INTO "pg-like_% *"."--help" VALUES (1), (2);
INSERT INTO "pg-like_% *"."../../etc/passwd" VALUES (1), (2), (3);
CREATE TABLE "select"."table" ("column" int, "user" int, "order" text, "group" int REFERENCES "größe.mit.Punkten"."a.b.c");
INSERT INTO "select"."table" VALUES (1, 2, 'by', 3);
-- The same name in two schemas and in two cases; names of the longest length, one cut within a character's reach.
CREATE TABLE "select".twin (a int);
CREATE TABLE "select"."Twin" (a text);
CREATE TABLE "Odd ""schema""".twin (a numeric);
INSERT INTO "select".twin VALUES (1);
INSERT INTO "select"."Twin" VALUES ('2');
INSERT INTO "Odd ""schema""".twin VALUES (3);
CREATE TABLE "select".ääääääääääääääääääääääääääääääx (ööööööööööööööööööööööööööööööö int UNIQUE);
INSERT INTO "select".ääääääääääääääääääääääääääääääx VALUES (1);
CREATE SEQUENCE "Odd ""schema"""."Se quenz ""ü"" \";
SELECT nextval('"Odd ""schema"""."Se quenz ""ü"" \"');
CREATE TYPE "Odd ""schema"""."Ty ""p""" AS ("at ""r""" int, "größe" text);
CREATE DOMAIN "Odd ""schema"""."Do main" AS "Odd ""schema"""."Ty ""p""" CONSTRAINT "che ""ck""" CHECK ((VALUE)."at ""r""" > 0);
CREATE TABLE "Odd ""schema""".of_odd_types (a "Odd ""schema"""."Do main", b "Odd ""schema"""."Ty ""p"""[]);
INSERT INTO "Odd ""schema""".of_odd_types VALUES (ROW(1, 'x'), ARRAY[ROW(2, '"')::"Odd ""schema"""."Ty ""p"""]);
CREATE FUNCTION "Odd ""schema"""."fn ""ü"" %s"("arg ""1""" int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE VIEW "Odd ""schema"""."View ""ü""" AS SELECT "Spalte größer" AS "no ""w""", "😀" FROM "Odd ""schema"""."Tab ""le"" with; everything' \ $1 $$ %s %I";
