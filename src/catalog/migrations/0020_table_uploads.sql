-- An upload may be a file of a table, to be imported: it stays what it is until that, and becomes no backup.

ALTER TABLE upload ADD COLUMN purpose text NOT NULL DEFAULT 'backup' CHECK (purpose IN ('backup', 'table'));
