-- Safety backups go after 30 days. Where there are some already nobody was told, and of a restore in place that file is
-- the only way back: there they stay for ten years, unless somebody decides otherwise.

WITH told AS (
    INSERT INTO setting (organization_id, name, value)
    SELECT o.id, 'safety_keep_days', '3650' FROM organization o
    WHERE EXISTS (SELECT FROM backup b WHERE b.organization_id = o.id AND b.type = 'safety' AND b.state <> 'deleted')
        AND NOT EXISTS (SELECT FROM setting s WHERE s.organization_id = o.id AND s.name = 'safety_keep_days')
    RETURNING organization_id
), versions AS (
    UPDATE organization SET settings_version = settings_version + 1 WHERE id IN (SELECT organization_id FROM told)
)
SELECT audit_append(organization_id, 'upgrade', 'setting.change', 'setting', '', 'safety_keep_days', '', 'success',
    'safety_keep_days 3650: the safety backups that are there stay') FROM told;
