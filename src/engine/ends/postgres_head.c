#include "base/error.h"
#include "engine/ends/postgres.h"
#include "engine/ends/postgres_catalog.h"

/* ---- Database ------------------------------------------------------------------------------------------------------
 */

static bool read_settings(HfPg *pg, const char *database, HfDatabaseInfo *info, GError **error)
{
    const char *parameters[] = {database, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(
        pg,
        "SELECT r.rolname, pg_catalog.split_part(c.entry, '=', 1), pg_catalog.substr(c.entry, "
        "pg_catalog.strpos(c.entry, '=') "
        "+ 1) FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase LEFT JOIN "
        "pg_catalog.pg_roles r ON r.oid = s.setrole, pg_catalog.unnest(s.setconfig) WITH ORDINALITY AS c(entry, "
        "position) "
        "WHERE d.datname = $1 ORDER BY r.rolname NULLS FIRST, c.position",
        parameters, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++)
        g_ptr_array_add(info->settings,
                        hf_database_setting_new(hf_pg_rows_text(rows, i, 0), hf_pg_rows_text(rows, i, 1),
                                                hf_pg_rows_text(rows, i, 2)));
    return rows != NULL;
}

static bool read_grants(HfPg *pg, const char *database, HfDatabaseInfo *info, GError **error)
{
    const char *parameters[] = {database, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(
        pg,
        "SELECT CASE WHEN a.grantee = 0 THEN '' ELSE pg_catalog.pg_get_userbyid(a.grantee)::pg_catalog.text END, "
        "a.privilege_type, a.is_grantable FROM pg_catalog.pg_database d, pg_catalog.aclexplode(d.datacl) a WHERE "
        "d.datname = "
        "$1 ORDER BY 1, 2",
        parameters, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++)
        g_ptr_array_add(info->grants, hf_database_grant_new(hf_pg_rows_text(rows, i, 0), hf_pg_rows_text(rows, i, 1),
                                                            hf_pg_rows_bool(rows, i, 2)));
    return rows != NULL;
}

static bool read_labels(HfPg *pg, const char *database, HfDatabaseInfo *info, GError **error)
{
    const char *parameters[] = {database, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(
        pg,
        "SELECT l.provider, l.label FROM pg_catalog.pg_shseclabel l JOIN pg_catalog.pg_database d ON d.oid = l.objoid "
        "WHERE l.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass AND d.datname = $1 ORDER BY l.provider",
        parameters, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++)
        g_ptr_array_add(info->labels, hf_security_label_new(hf_pg_rows_text(rows, i, 0), hf_pg_rows_text(rows, i, 1)));
    return rows != NULL;
}

/* The columns of pg_database that say the locale, which differ by version: provider, locale, rules. */
static const char *locale_columns(int version)
{
    if (version >= 170000)
        return "d.datlocprovider, d.datlocale, d.daticurules";
    if (version >= 160000)
        return "d.datlocprovider, d.daticulocale, d.daticurules";
    if (version >= 150000)
        return "d.datlocprovider, d.daticulocale, NULL";
    return "'c', NULL, NULL";
}

bool hf_postgres_read_database(HfPg *pg, const char *database, HfDatabaseInfo *info, GError **error)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT d.datname, pg_catalog.pg_get_userbyid(d.datdba), pg_catalog.pg_encoding_to_char(d.encoding), "
        "d.datcollate, "
        "d.datctype, t.spcname, pg_catalog.shobj_description(d.oid, 'pg_database'), d.datconnlimit, d.datacl IS NULL, "
        "%s "
        "FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = $1",
        locale_columns(hf_pg_server_version(pg)));
    const char *parameters[] = {database, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(pg, sql, parameters, error);
    if (rows == NULL)
        return false;
    if (hf_pg_rows_count(rows) == 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "there is no database %s", database);
        return false;
    }
    char provider = hf_pg_rows_text(rows, 0, 9)[0];
    info->name = g_strdup(hf_pg_rows_text(rows, 0, 0));
    info->owner = g_strdup(hf_pg_rows_text(rows, 0, 1));
    info->encoding = g_strdup(hf_pg_rows_text(rows, 0, 2));
    info->collate = g_strdup(hf_pg_rows_text(rows, 0, 3));
    info->ctype = g_strdup(hf_pg_rows_text(rows, 0, 4));
    info->tablespace = g_strdup(hf_pg_rows_text(rows, 0, 5));
    info->comment = g_strdup(hf_pg_rows_text(rows, 0, 6));
    info->connection_limit = hf_pg_rows_int64(rows, 0, 7);
    info->default_grants = hf_pg_rows_bool(rows, 0, 8);
    info->locale_provider = g_strdup(provider == 'i' ? "icu" : provider == 'b' ? "builtin" : "libc");
    info->locale = g_strdup(hf_pg_rows_text(rows, 0, 10));
    info->icu_rules = g_strdup(hf_pg_rows_text(rows, 0, 11));
    return read_settings(pg, database, info, error) && read_grants(pg, database, info, error) &&
           read_labels(pg, database, info, error);
}

/* ---- Head ----------------------------------------------------------------------------------------------------------
 */

bool hf_postgres_read_head(HfPg *pg, HfArchiveHead *head, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_pg_query(
        pg,
        "SELECT pg_catalog.current_setting('server_version'), pg_catalog.current_setting('server_version_num'), "
        "pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), CASE WHEN "
        "pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() "
        "END, "
        "pg_catalog.pg_is_in_recovery()",
        NULL, error);
    if (rows == NULL)
        return false;
    head->server_version = g_strdup(hf_pg_rows_text(rows, 0, 0));
    head->server_version_num = hf_pg_rows_int64(rows, 0, 1);
    head->created = g_strdup(hf_pg_rows_text(rows, 0, 2));
    head->wal_position = g_strdup(hf_pg_rows_text(rows, 0, 3));
    head->from_standby = hf_pg_rows_bool(rows, 0, 4);
    g_autoptr(HfPgRows) extensions = hf_pg_query(
        pg, "SELECT extname, extversion FROM pg_catalog.pg_extension ORDER BY extname COLLATE \"C\"", NULL, error);
    for (size_t i = 0; extensions != NULL && i < hf_pg_rows_count(extensions); i++)
        g_ptr_array_add(head->extensions,
                        hf_extension_info_new(hf_pg_rows_text(extensions, i, 0), hf_pg_rows_text(extensions, i, 1)));
    return extensions != NULL && hf_postgres_read_database(pg, hf_pg_database(pg), &head->database, error);
}

/* ---- Roles ---------------------------------------------------------------------------------------------------------
 */

static HfRoleInfo *role_info(const HfPgRows *rows, size_t i)
{
    HfRoleInfo *role = hf_role_info_new(hf_pg_rows_text(rows, i, 0));
    role->superuser = hf_pg_rows_bool(rows, i, 1);
    role->inherit = hf_pg_rows_bool(rows, i, 2);
    role->create_role = hf_pg_rows_bool(rows, i, 3);
    role->create_db = hf_pg_rows_bool(rows, i, 4);
    role->can_login = hf_pg_rows_bool(rows, i, 5);
    role->replication = hf_pg_rows_bool(rows, i, 6);
    role->bypass_rls = hf_pg_rows_bool(rows, i, 7);
    role->connection_limit = hf_pg_rows_int64(rows, i, 8);
    role->comment = g_strdup(hf_pg_rows_text(rows, i, 9));
    return role;
}

static char *text_array(const char *const *texts)
{
    GString *array = g_string_new("{");
    for (size_t i = 0; texts[i] != NULL; i++) {
        g_string_append(array, i > 0 ? ",\"" : "\"");
        for (const char *c = texts[i]; *c != '\0'; c++) {
            if (*c == '"' || *c == '\\')
                g_string_append_c(array, '\\');
            g_string_append_c(array, *c);
        }
        g_string_append_c(array, '"');
    }
    return g_string_free(g_string_append_c(array, '}'), FALSE);
}

bool hf_postgres_read_roles(HfPg *pg, const char *const *names, HfArchiveHead *head, GError **error)
{
    g_autofree char *array = text_array(names);
    const char *parameters[] = {array, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(
        pg,
        "SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, "
        "rolconnlimit, pg_catalog.shobj_description(oid, 'pg_authid') FROM pg_catalog.pg_roles WHERE rolname = ANY "
        "($1::pg_catalog.name[]) AND rolname !~ '^pg_' ORDER BY rolname COLLATE \"C\"",
        parameters, error);
    g_autoptr(HfPgRows) members =
        rows == NULL
            ? NULL
            : hf_pg_query(pg,
                          "SELECT DISTINCT m.rolname, g.rolname FROM pg_catalog.pg_auth_members a JOIN "
                          "pg_catalog.pg_roles m ON m.oid = a.member JOIN pg_catalog.pg_roles g ON g.oid = a.roleid "
                          "WHERE m.rolname = ANY ($1::pg_catalog.name[]) AND g.rolname = ANY "
                          "($1::pg_catalog.name[]) ORDER BY 1, 2",
                          parameters, error);
    g_autoptr(HfPgRows) labels =
        members == NULL ? NULL
                        : hf_pg_query(pg,
                                      "SELECT r.rolname, l.provider, l.label FROM pg_catalog.pg_shseclabel l JOIN "
                                      "pg_catalog.pg_roles r ON r.oid = l.objoid WHERE l.classoid = "
                                      "'pg_catalog.pg_authid'::pg_catalog.regclass AND r.rolname = ANY "
                                      "($1::pg_catalog.name[]) ORDER BY 1, 2",
                                      parameters, error);
    if (labels == NULL)
        return false;
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        HfRoleInfo *role = role_info(rows, i);
        for (size_t j = 0; j < hf_pg_rows_count(labels); j++)
            if (g_strcmp0(hf_pg_rows_text(labels, j, 0), role->name) == 0)
                g_ptr_array_add(role->labels,
                                hf_security_label_new(hf_pg_rows_text(labels, j, 1), hf_pg_rows_text(labels, j, 2)));
        for (size_t j = 0; j < hf_pg_rows_count(members); j++)
            if (g_strcmp0(hf_pg_rows_text(members, j, 0), role->name) == 0)
                g_ptr_array_add(role->member_of, g_strdup(hf_pg_rows_text(members, j, 1)));
        g_ptr_array_add(head->roles, role);
    }
    return true;
}
