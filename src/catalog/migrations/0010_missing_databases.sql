-- A database that is registered and that its server does not have (any more).

ALTER TABLE database ADD COLUMN missing_since timestamptz; -- when that was seen first; NULL: nobody has seen it missing
