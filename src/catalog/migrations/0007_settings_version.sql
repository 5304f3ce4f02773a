-- Settings are changed like everything else: by who has seen their present version.

ALTER TABLE organization ADD COLUMN settings_version int NOT NULL DEFAULT 1;
ALTER TABLE setting DROP COLUMN version;
