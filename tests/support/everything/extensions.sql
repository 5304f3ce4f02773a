-- Extensions in schemas of their own and in shared ones; one has configuration tables, whose rows users change.
CREATE SCHEMA ext AUTHORIZATION hf_owner;
COMMENT ON SCHEMA ext IS 'extensions live here';
CREATE EXTENSION citext SCHEMA ext;
CREATE EXTENSION hstore SCHEMA ext;
CREATE EXTENSION pgcrypto SCHEMA ext;
CREATE EXTENSION pg_trgm SCHEMA public;
CREATE EXTENSION btree_gist SCHEMA ext;
CREATE EXTENSION btree_gin SCHEMA ext;
CREATE EXTENSION postgres_fdw SCHEMA ext;
CREATE EXTENSION ltree SCHEMA ext;
CREATE EXTENSION intarray SCHEMA ext;
CREATE EXTENSION unaccent SCHEMA ext;
CREATE EXTENSION bloom SCHEMA ext;
COMMENT ON EXTENSION hstore IS 'key and value, with a comment of our own';

-- A member whose privileges differ from what the extension's script set.
REVOKE EXECUTE ON FUNCTION ext.digest(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ext.digest(text, text) TO hf_app;

CREATE EXTENSION :"extension";
INSERT INTO holdfast_everything.settings VALUES ('colour', 'blue', true), ('it''s', E'a\tb\\c\nd', true);
INSERT INTO holdfast_everything.log (what) VALUES ('first'), ('second'), (NULL);
SELECT nextval('holdfast_everything.tickets'), nextval('holdfast_everything.tickets');
GRANT SELECT ON holdfast_everything.settings TO hf_app;

CREATE TABLE ext.values_of_extension_types (
    id int PRIMARY KEY,
    c ext.citext UNIQUE,
    h ext.hstore,
    path ext.ltree,
    paths ext.ltree[],
    query ext.query_int,
    hs ext.hstore[]
);
INSERT INTO ext.values_of_extension_types VALUES
    (1, 'MiXed', 'a=>1, "b c"=>NULL, "q\"uote"=>"=>"', 'top.middle.leaf', '{a.b,c}', '1&(2|3)', ARRAY['x=>y'::ext.hstore, NULL]),
    (2, 'ÄÖÜ', '', '', '{}', '!5', '{}'),
    (3, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE INDEX ON ext.values_of_extension_types USING gin (h);
CREATE INDEX ON ext.values_of_extension_types USING gist (path);
CREATE INDEX ON ext.values_of_extension_types USING gist (h ext.gist_hstore_ops (siglen = 32));
CREATE INDEX ON ext.values_of_extension_types USING bloom (id) WITH (length = 80, col1 = 2);
ALTER TABLE ext.values_of_extension_types OWNER TO hf_owner;
