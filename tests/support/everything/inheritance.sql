-- Inheritance: own columns, several parents, parents with rows, constraints that are passed on or not.
CREATE SCHEMA family;
CREATE TABLE family.parent (
    id int NOT NULL, t text DEFAULT 'parent', n numeric,
    CONSTRAINT passed_on CHECK (id > 0), CONSTRAINT kept CHECK (n > 0) NO INHERIT
);
CREATE TABLE family.other_parent (id int NOT NULL, extra text[], u int GENERATED ALWAYS AS (7) STORED);
CREATE TABLE family.child (own jsonb DEFAULT '{}', t text DEFAULT 'child', CONSTRAINT of_child CHECK (id < 1000)) INHERITS (family.parent);
CREATE TABLE family.of_two (last date) INHERITS (family.parent, family.other_parent);
CREATE TABLE family.grandchild (CONSTRAINT passed_on CHECK (id > 0)) INHERITS (family.child);
ALTER TABLE family.grandchild ALTER n SET NOT NULL, ALTER t DROP DEFAULT;
CREATE TABLE family.adopted (id int NOT NULL, t text, n numeric, own int, CONSTRAINT passed_on CHECK (id > 0));
ALTER TABLE family.adopted INHERIT family.parent;
CREATE TABLE family.left_home () INHERITS (family.parent);
ALTER TABLE family.left_home NO INHERIT family.parent;
CREATE TABLE family.lost_in_parent (gone int, a int);
CREATE TABLE family.lost_in_child (b int) INHERITS (family.lost_in_parent);
ALTER TABLE family.lost_in_parent DROP COLUMN gone;
-- Stands behind the child's own column here, but before it after a restore.
ALTER TABLE family.lost_in_parent ADD COLUMN later text DEFAULT 'later';
INSERT INTO family.parent VALUES (1, 'in parent', 1), (2, NULL, NULL);
INSERT INTO family.child (id, own) VALUES (3, '{"a": 1}');
INSERT INTO family.of_two (id, extra, last) VALUES (4, '{x,NULL}', '2024-01-01');
INSERT INTO family.grandchild (id, n) VALUES (5, 0);
INSERT INTO family.adopted VALUES (7, 't', 9, 8);
INSERT INTO family.left_home (id) VALUES (6);
INSERT INTO family.lost_in_child (a, b) VALUES (1, 2);
INSERT INTO family.lost_in_parent (a) VALUES (3);
COMMENT ON COLUMN family.child.id IS 'inherited, with a comment of its own';
