-- Foreign keys between partitioned tables, on two levels. Of the indexes those named used_… begin with the key's columns.
CREATE TABLE target (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (id);
CREATE TABLE target_1 PARTITION OF target FOR VALUES FROM (0) TO (100);
CREATE TABLE points (id int, day date, note text) PARTITION BY RANGE (id);
CREATE TABLE points_1 PARTITION OF points FOR VALUES FROM (0) TO (100) PARTITION BY RANGE (day);
CREATE TABLE points_1_rest PARTITION OF points_1 DEFAULT;
CREATE INDEX used_parts ON points (id, day, note);
CREATE INDEX unused_parts ON points (day, id);
CREATE INDEX used_rest ON points_1_rest (id, day);
CREATE INDEX unused_rest ON points_1_rest USING hash (id);
ALTER TABLE points ADD CONSTRAINT points_fkey FOREIGN KEY (id, day) REFERENCES target;
CREATE TABLE plain (id int, "day" date, CONSTRAINT used_plain PRIMARY KEY (id), CONSTRAINT unused_plain UNIQUE (day, id));
CREATE TABLE alone (id int PRIMARY KEY);
ALTER TABLE plain ADD CONSTRAINT plain_fkey FOREIGN KEY (id) REFERENCES alone;
