-- A role that reads what a viewer reads, and the audit log.

ALTER TABLE membership DROP CONSTRAINT membership_role_check;
ALTER TABLE membership ADD CHECK (role IN ('administrator', 'operator', 'auditor', 'viewer'));
ALTER TABLE token DROP CONSTRAINT token_role_check;
ALTER TABLE token ADD CHECK (role IN ('administrator', 'operator', 'auditor', 'viewer'));

-- One that was set before settings had a version (0007) can neither be seen nor removed.
DELETE FROM setting WHERE name = 'version';
