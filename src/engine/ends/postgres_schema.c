#include "engine/ends/postgres_schema.h"

#include "base/error.h"

#include <string.h>

bool hf_schema_has(const HfSchema *self, size_t index)
{
    return (self->selected == NULL || self->selected[index]) && (self->left_out == NULL || !self->left_out[index]);
}

/*
 * A subscription of a server before 16 acts as its owner. pg_dump 16 and newer writes that as an option, which servers
 * before 16 do not know; it is cut out for them.
 */
static void speak_older(const HfPg *pg, const HfTocEntry *entry, char *sql)
{
    static const char option[] = ", run_as_owner = true";
    if (strcmp(entry->kind, "SUBSCRIPTION") != 0 || hf_pg_server_version(pg) >= 160000)
        return;
    char *found = strstr(sql, option);
    if (found != NULL)
        memmove(found, found + strlen(option), strlen(found + strlen(option)) + 1);
}

/* Whether the schema's literals are written for standard_conforming_strings = off, as the database had it. */
static bool has_escapes(const HfDumpToc *toc)
{
    for (size_t i = 0; i < hf_dump_toc_size(toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(toc, i);
        if (strcmp(entry->kind, "STDSTRINGS") == 0)
            return strstr(entry->definition, "off") != NULL;
    }
    return false;
}

/* All that is not from the schema needs the setting on, so it is off for the one statement alone. */
static bool run_with_escapes(HfPg *pg, const char *sql, GError **error)
{
    return hf_pg_exec(pg, "SET standard_conforming_strings = off", error) && hf_pg_exec(pg, sql, error) &&
           hf_pg_exec(pg, "SET standard_conforming_strings = on", error);
}

bool hf_postgres_run_entry(HfPg *pg, const HfSchema *schema, const HfTocEntry *entry, GError **error)
{
    if (strcmp(entry->kind, "STDSTRINGS") == 0)
        return true;
    g_autofree char *sql = hf_toc_entry_sql(entry, &schema->sql);
    speak_older(pg, entry, sql);
    bool (*run)(HfPg *, const char *, GError **) = has_escapes(schema->toc) ? run_with_escapes : hf_pg_exec;
    if (*sql == '\0' || run(pg, sql, error))
        return true;
    g_prefix_error(error, "%s %s%s%s: ", entry->kind, entry->schema != NULL ? entry->schema : "",
                   entry->schema != NULL ? "." : "", entry->tag);
    return false;
}

bool hf_postgres_run_phase(HfPg *pg, const HfSchema *schema, HfTocPhase phase, GError **error)
{
    for (size_t i = 0; i < hf_dump_toc_size(schema->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(schema->toc, i);
        if (entry->phase == phase && hf_schema_has(schema, i) && !hf_postgres_run_entry(pg, schema, entry, error))
            return false;
    }
    return true;
}

/* ---- Large objects -------------------------------------------------------------------------------------------------
 */

static const char alter_owner[] = "ALTER LARGE OBJECT ";

static bool refuse_statement(const char *statement, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                "\"%.100s\" is no statement that owns, grants or describes a large object: the archive is damaged",
                statement);
    return false;
}

/* "ALTER LARGE OBJECT 1 OWNER TO a;": the owner is the rest of the line. False if it is not of that form. */
static bool append_owner(GString *sql, const char *line, GHashTable *role_map)
{
    static const char words[] = " OWNER TO ";
    const char *owner = line + strlen(alter_owner) + strspn(line + strlen(alter_owner), "0123456789");
    if (!g_str_has_prefix(owner, words))
        return false;
    owner += strlen(words);
    HfTocEntry grant = {.kind = "ACL", .tag = "", .owner = "", .drop = ""};
    /* As a grant the role is found and renamed like any other. */
    g_autofree char *as_grant = g_strconcat("GRANT SELECT ON LARGE OBJECT 0 TO ", owner, NULL);
    grant.definition = as_grant;
    HfTocSqlOptions options = {.role_map = role_map};
    g_autofree char *renamed = hf_toc_entry_sql(&grant, &options);
    const char *to = strstr(renamed, " TO ");
    if (to == NULL)
        return false;
    g_string_append_len(sql, line, (gssize)(owner - line));
    g_string_append_printf(sql, "%s\n", to + strlen(" TO "));
    return true;
}

static void append_grant(GString *sql, const char *line, GHashTable *role_map)
{
    HfTocEntry grant = {.kind = "ACL", .tag = "", .owner = "", .drop = "", .definition = line};
    HfTocSqlOptions options = {.role_map = role_map};
    g_autofree char *renamed = hf_toc_entry_sql(&grant, &options);
    g_string_append_printf(sql, "%s\n", renamed);
}

bool hf_postgres_large_object_statement(const char *statement, const HfTocSqlOptions *options, GString *sql,
                                        GError **error)
{
    if (g_str_has_prefix(statement, alter_owner))
        return options->no_owner || append_owner(sql, statement, options->role_map) ||
               refuse_statement(statement, error);
    if (g_str_has_prefix(statement, "GRANT ") || g_str_has_prefix(statement, "REVOKE ")) {
        if (!options->no_privileges)
            append_grant(sql, statement, options->role_map);
        return true;
    }
    if (!g_str_has_prefix(statement, "COMMENT ON LARGE OBJECT ") && !g_str_has_prefix(statement, "SECURITY LABEL FOR "))
        return refuse_statement(statement, error);
    g_string_append_printf(sql, "%s\n", statement);
    return true;
}

/* ---- Emptying ------------------------------------------------------------------------------------------------------
 */

/* Each gives DROP statements; what an earlier one took with it is passed over by IF EXISTS. */
static const char *const drop_queries[] = {
    "SELECT pg_catalog.format('DROP EVENT TRIGGER IF EXISTS %I CASCADE', evtname) FROM pg_catalog.pg_event_trigger",
    "SELECT pg_catalog.format('DROP PUBLICATION IF EXISTS %I CASCADE', pubname) FROM pg_catalog.pg_publication",
    "SELECT pg_catalog.format('DROP EXTENSION IF EXISTS %I CASCADE', extname) FROM pg_catalog.pg_extension WHERE "
    "extname <> "
    "'plpgsql'",
    "SELECT pg_catalog.format('DROP SCHEMA IF EXISTS %I CASCADE', nspname) FROM pg_catalog.pg_namespace WHERE nspname "
    "!~ '^pg_' "
    "AND nspname NOT IN ('information_schema', 'public')",
    "SELECT pg_catalog.format('DROP %s IF EXISTS %s CASCADE', o.type, o.identity) FROM pg_catalog.pg_depend d, "
    "pg_catalog.pg_identify_object(d.classid, d.objid, 0) o WHERE d.refclassid = "
    "'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.refobjid = (SELECT oid FROM pg_catalog.pg_namespace WHERE "
    "nspname = "
    "'public') AND d.deptype = 'n' AND d.objsubid = 0 AND d.classid <> "
    "'pg_catalog.pg_default_acl'::pg_catalog.regclass",
    "SELECT pg_catalog.format('DROP FOREIGN DATA WRAPPER IF EXISTS %I CASCADE', fdwname) FROM "
    "pg_catalog.pg_foreign_data_wrapper WHERE oid >= 16384::pg_catalog.oid",
    "SELECT pg_catalog.format('DROP %s IF EXISTS %s CASCADE', o.type, o.identity) FROM pg_catalog.pg_cast c, "
    "pg_catalog.pg_identify_object('pg_catalog.pg_cast'::pg_catalog.regclass, c.oid, 0) o WHERE c.oid >= 16384",
    "SELECT pg_catalog.format('DROP LANGUAGE IF EXISTS %I CASCADE', lanname) FROM pg_catalog.pg_language WHERE oid >= "
    "16384 AND "
    "lanname <> 'plpgsql'",
    "SELECT pg_catalog.format('DROP ACCESS METHOD IF EXISTS %I CASCADE', amname) FROM pg_catalog.pg_am WHERE oid >= "
    "16384",
    "SELECT pg_catalog.format('SELECT pg_catalog.lo_unlink(%s)', oid) FROM pg_catalog.pg_largeobject_metadata",
};

/* Whose it is in a new database: since 15 the database's owner's, before that of the role that initdb made. Those who
 * may not give it away, as a database's owner before 15, leave it. */
static const char public_owner_sql[] =
    "SELECT pg_catalog.format('ALTER SCHEMA public OWNER TO %I', r.rolname) FROM pg_catalog.pg_namespace n JOIN "
    "pg_catalog.pg_roles r ON r.oid = coalesce((SELECT oid FROM pg_catalog.pg_roles WHERE rolname = "
    "'pg_database_owner'), 10) WHERE n.nspname = 'public' AND n.nspowner <> r.oid AND pg_catalog.pg_has_role("
    "n.nspowner, 'USAGE') AND pg_catalog.pg_has_role(r.oid, 'MEMBER') AND pg_catalog.has_database_privilege("
    "pg_catalog.current_database(), 'CREATE')";

/*
 * What is left then must not be richer than in a new database, or what is restored would take it on. Default privileges
 * go back to the built-in ones: all is revoked, and granted again what no entry would mean. Those of roles that are not
 * ours stay; they count for what these roles make alone.
 */
static const char default_privileges_sql[] =
    "WITH d AS (SELECT r.rolname, a.defaclacl AS acl, pg_catalog.acldefault(CASE a.defaclobjtype WHEN 'S' THEN 's' "
    "ELSE a.defaclobjtype END, a.defaclrole) AS initial, CASE WHEN n.oid IS NULL THEN '' ELSE pg_catalog.format(' IN "
    "SCHEMA %I', n.nspname) END AS place, n.oid IS NULL AS is_global, CASE a.defaclobjtype WHEN 'r' THEN 'TABLES' "
    "WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' WHEN 'L' THEN "
    "'LARGE OBJECTS' END AS kind FROM pg_catalog.pg_default_acl a JOIN pg_catalog.pg_roles r ON r.oid = a.defaclrole "
    "LEFT JOIN pg_catalog.pg_namespace n ON n.oid = a.defaclnamespace WHERE pg_catalog.pg_has_role(a.defaclrole, "
    "'USAGE')) "
    "SELECT pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s REVOKE ALL ON %s FROM %s', d.rolname, d.place, "
    "d.kind, CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) "
    "END) FROM d, pg_catalog.aclexplode(d.acl) x GROUP BY d.rolname, d.place, d.kind, x.grantee "
    "UNION ALL SELECT pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT %s ON %s TO %s', d.rolname, "
    "x.privilege_type, d.kind, CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE "
    "pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END) FROM d, pg_catalog.aclexplode(d.initial) x "
    "WHERE d.is_global";

/*
 * The schema public and the system's own objects whose grants are not those that initdb left; for each, all is revoked
 * and granted again what initdb granted. What belongs to others stays.
 */
static const char system_grants_sql[] =
    "WITH o AS (SELECT 'SCHEMA' AS kind, pg_catalog.quote_ident(nspname) AS name, '' AS part, nspowner AS owner, "
    "nspacl "
    "AS acl, pg_catalog.acldefault('n', nspowner) AS usual, 'pg_catalog.pg_namespace'::pg_catalog.regclass AS class, "
    "oid, 0 AS sub FROM pg_catalog.pg_namespace WHERE nspname IN ('public', 'pg_catalog', 'information_schema') "
    "UNION ALL SELECT 'TABLE', pg_catalog.format('%I.%I', n.nspname, c.relname), '', c.relowner, c.relacl, "
    "pg_catalog.acldefault('r', c.relowner), 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid, 0 FROM "
    "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('pg_catalog', "
    "'information_schema') AND c.relkind IN ('r', 'v') "
    "UNION ALL SELECT 'TABLE', pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.format(' (%I)', "
    "a.attname), c.relowner, a.attacl, pg_catalog.acldefault('c', c.relowner), "
    "'pg_catalog.pg_class'::pg_catalog.regclass, c.oid, a.attnum FROM pg_catalog.pg_attribute a JOIN "
    "pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE "
    "n.nspname IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'v') AND (a.attacl IS NOT NULL OR EXISTS "
    "(SELECT FROM pg_catalog.pg_init_privs i WHERE i.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND "
    "i.objoid = c.oid AND i.objsubid = a.attnum)) "
    "UNION ALL SELECT 'ROUTINE', pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, "
    "pg_catalog.pg_get_function_identity_arguments(p.oid)), '', p.proowner, p.proacl, pg_catalog.acldefault('f', "
    "p.proowner), 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 0 FROM pg_catalog.pg_proc p JOIN "
    "pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('pg_catalog', 'information_schema') "
    "UNION ALL SELECT 'LANGUAGE', pg_catalog.quote_ident(lanname), '', lanowner, lanacl, pg_catalog.acldefault('l', "
    "lanowner), 'pg_catalog.pg_language'::pg_catalog.regclass, oid, 0 FROM pg_catalog.pg_language WHERE lanpltrusted), "
    "f AS (SELECT o.*, coalesce(i.initprivs, o.usual) AS initial FROM o LEFT JOIN pg_catalog.pg_init_privs i ON "
    "i.classoid = o.class AND i.objoid = o.oid AND i.objsubid = o.sub WHERE coalesce(o.acl, o.usual)::pg_catalog.text "
    "<> coalesce(i.initprivs, o.usual)::pg_catalog.text AND pg_catalog.pg_has_role(o.owner, 'USAGE')) "
    "SELECT pg_catalog.format('REVOKE ALL%s ON %s %s FROM %s CASCADE', f.part, f.kind, f.name, CASE WHEN x.grantee = 0 "
    "THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END) FROM f, "
    "pg_catalog.aclexplode(coalesce(f.acl, f.usual)) x GROUP BY f.part, f.kind, f.name, x.grantee "
    "UNION ALL SELECT pg_catalog.format('GRANT %s%s ON %s %s TO %s%s', x.privilege_type, f.part, f.kind, f.name, CASE "
    "WHEN x.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END, CASE "
    "WHEN x.is_grantable AND x.grantee <> f.owner THEN ' WITH GRANT OPTION' ELSE '' END) FROM f, "
    "pg_catalog.aclexplode(f.initial) x";

static const char public_comment_sql[] =
    "SELECT 'COMMENT ON SCHEMA public IS ''standard public schema''' FROM pg_catalog.pg_namespace WHERE nspname = "
    "'public' AND pg_catalog.pg_has_role(nspowner, 'USAGE') AND pg_catalog.obj_description(oid, 'pg_namespace') IS "
    "DISTINCT FROM 'standard public schema'";

/* Runs each statement that the query gives. */
static bool run_generated(HfPg *pg, const char *query, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_pg_query(pg, query, NULL, error);
    if (rows == NULL)
        return false;
    for (size_t row = 0; row < hf_pg_rows_count(rows); row++)
        if (!hf_pg_exec(pg, hf_pg_rows_text(rows, row, 0), error))
            return false;
    return true;
}

bool hf_postgres_drop_everything(HfPg *pg, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(drop_queries); i++)
        if (!run_generated(pg, drop_queries[i], error))
            return false;
    return run_generated(pg, public_owner_sql, error) && run_generated(pg, default_privileges_sql, error) &&
           run_generated(pg, system_grants_sql, error) && run_generated(pg, public_comment_sql, error);
}
