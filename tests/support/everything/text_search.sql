-- Text search: parser, template, dictionaries, configurations.
CREATE SCHEMA words AUTHORIZATION hf_owner;
CREATE TEXT SEARCH PARSER words.as_usual (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
COMMENT ON TEXT SEARCH PARSER words.as_usual IS 'the default parser under another name';
CREATE TEXT SEARCH TEMPLATE words.plain (INIT = dsimple_init, LEXIZE = dsimple_lexize);
COMMENT ON TEXT SEARCH TEMPLATE words.plain IS 'plain words';
CREATE TEXT SEARCH DICTIONARY words.refuses (TEMPLATE = words.plain, accept = 'false');
CREATE TEXT SEARCH DICTIONARY words."Stämme" (TEMPLATE = pg_catalog.snowball, language = 'german', stopwords = 'german');
COMMENT ON TEXT SEARCH DICTIONARY words."Stämme" IS 'German stems';
ALTER TEXT SEARCH DICTIONARY words."Stämme" OWNER TO hf_owner;
CREATE TEXT SEARCH CONFIGURATION words.copied (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION words.copied ALTER MAPPING FOR asciiword, word WITH words.refuses, words."Stämme", simple;
ALTER TEXT SEARCH CONFIGURATION words.copied DROP MAPPING FOR email;
COMMENT ON TEXT SEARCH CONFIGURATION words.copied IS 'English with German';
CREATE TEXT SEARCH CONFIGURATION words.bare (PARSER = words.as_usual);
ALTER TEXT SEARCH CONFIGURATION words.bare ADD MAPPING FOR word, "int" WITH ext.unaccent, simple;
ALTER TEXT SEARCH CONFIGURATION words.bare OWNER TO hf_app;

CREATE TABLE words.pages (
    id int PRIMARY KEY, body text, config regconfig DEFAULT 'words.copied',
    searched tsvector GENERATED ALWAYS AS (to_tsvector('words.copied', body)) STORED
);
INSERT INTO words.pages VALUES (1, 'Die Häuser were running to a@b.org'), (2, ''), (3, NULL);
INSERT INTO words.pages VALUES (4, repeat('many wörds 7 ', 3000), 'words.bare');
CREATE INDEX ON words.pages USING gin (searched) WITH (fastupdate = off, gin_pending_list_limit = 128);
CREATE INDEX ON words.pages USING gist (to_tsvector('words.copied', coalesce(body, '')));
