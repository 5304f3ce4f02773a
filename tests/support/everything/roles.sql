-- The roles that the objects name. Roles belong to the server, not to the database: run this on the server that is
-- restored to as well, in any database, as often as wanted.
SELECT format('CREATE ROLE %I %s', name, attributes)
FROM (VALUES ('hf_owner', 'NOLOGIN CREATEDB'),
             ('hf_app', 'LOGIN'),
             ('hf_member', 'LOGIN IN ROLE hf_app'),
             ('HF "Reader" one', 'NOLOGIN'),
             ('hf_größe', 'NOLOGIN'),
             ('hf_super', 'SUPERUSER')) AS roles (name, attributes)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
ORDER BY name
\gexec
