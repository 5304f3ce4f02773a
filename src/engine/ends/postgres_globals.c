#include "engine/ends/postgres_globals.h"

#include "pg/connection.h"

#include <string.h>

const char *hf_role_map_get(GHashTable *role_map, const char *role)
{
    const char *mapped = role_map != NULL ? g_hash_table_lookup(role_map, role) : NULL;
    return mapped != NULL ? mapped : role;
}

char *hf_globals_label_sql(const HfSecurityLabel *label, const char *kind, const char *quoted_name)
{
    g_autofree char *provider = hf_pg_quote_ident(label->provider);
    g_autofree char *literal = hf_pg_quote_literal(label->label);
    return g_strdup_printf("SECURITY LABEL FOR %s ON %s %s IS %s", provider, kind, quoted_name, literal);
}

static void append_labels(GString *sql, const char *kind, const char *quoted_name, const GPtrArray *labels)
{
    for (guint i = 0; i < labels->len; i++) {
        g_autofree char *statement = hf_globals_label_sql(labels->pdata[i], kind, quoted_name);
        g_string_append_printf(sql, "%s;\n", statement);
    }
}

/* ---- Roles ---------------------------------------------------------------------------------------------------------
 */

char *hf_globals_create_role_sql(const HfRoleInfo *role)
{
    g_autofree char *name = hf_pg_quote_ident(role->name);
    g_autoptr(GString) create = g_string_new(NULL);
    g_string_append_printf(create,
                           "CREATE ROLE %s %sSUPERUSER %sINHERIT %sCREATEROLE %sCREATEDB %sLOGIN %sREPLICATION "
                           "%sBYPASSRLS",
                           name, role->superuser ? "" : "NO", role->inherit ? "" : "NO", role->create_role ? "" : "NO",
                           role->create_db ? "" : "NO", role->can_login ? "" : "NO", role->replication ? "" : "NO",
                           role->bypass_rls ? "" : "NO");
    if (role->connection_limit != -1)
        g_string_append_printf(create, " CONNECTION LIMIT %" G_GINT64_FORMAT, role->connection_limit);
    g_autofree char *name_literal = hf_pg_quote_literal(role->name);
    g_autofree char *block =
        g_strdup_printf("BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = %s) THEN %s; END IF; END",
                        name_literal, create->str);
    g_autofree char *literal = hf_pg_quote_literal(block);
    return g_strdup_printf("DO %s;\n", literal);
}

char *hf_globals_memberships_sql(const HfRoleInfo *role, GHashTable *role_map)
{
    GString *sql = g_string_new(NULL);
    g_autofree char *name = hf_pg_quote_ident(hf_role_map_get(role_map, role->name));
    for (guint i = 0; i < role->member_of->len; i++) {
        g_autofree char *group = hf_pg_quote_ident(hf_role_map_get(role_map, role->member_of->pdata[i]));
        g_string_append_printf(sql, "GRANT %s TO %s;\n", group, name);
    }
    if (role->comment != NULL) {
        g_autofree char *comment = hf_pg_quote_literal(role->comment);
        g_string_append_printf(sql, "COMMENT ON ROLE %s IS %s;\n", name, comment);
    }
    append_labels(sql, "ROLE", name, role->labels);
    return g_string_free(sql, FALSE);
}

/* ---- Database ------------------------------------------------------------------------------------------------------
 */

static void append_option(GString *sql, const char *option, const char *value)
{
    if (value == NULL)
        return;
    g_autofree char *literal = hf_pg_quote_literal(value);
    g_string_append_printf(sql, " %s = %s", option, literal);
}

char *hf_globals_create_database_sql(const HfDatabaseInfo *info, const char *quoted_name, const char *owner,
                                     int server_version)
{
    GString *sql = g_string_new(NULL);
    g_string_append_printf(sql, "CREATE DATABASE %s TEMPLATE = template0", quoted_name);
    append_option(sql, "ENCODING", info->encoding);
    append_option(sql, "LC_COLLATE", info->collate);
    append_option(sql, "LC_CTYPE", info->ctype);
    if (server_version >= 150000) {
        append_option(sql, "LOCALE_PROVIDER", info->locale_provider);
        if (g_strcmp0(info->locale_provider, "icu") == 0) {
            append_option(sql, "ICU_LOCALE", info->locale);
            append_option(sql, "ICU_RULES", info->icu_rules);
        } else if (g_strcmp0(info->locale_provider, "builtin") == 0) {
            append_option(sql, "BUILTIN_LOCALE", info->locale);
        }
    }
    if (owner != NULL) {
        g_autofree char *quoted = hf_pg_quote_ident(owner);
        g_string_append_printf(sql, " OWNER = %s", quoted);
    }
    return g_string_free(sql, FALSE);
}

/* Settings whose value is a list of quoted names: it must not be quoted again as a whole. */
static bool is_quoted_list(const char *name)
{
    static const char *const lists[] = {
        "local_preload_libraries",         "search_path",      "session_preload_libraries",
        "shared_preload_libraries",        "temp_tablespaces", "unix_socket_directories",
        "restrict_nonsystem_relation_kind"};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        if (g_ascii_strcasecmp(name, lists[i]) == 0)
            return true;
    return false;
}

/* The next element of a list as the server keeps it: a bare word or a quoted name. Advances *rest past the comma. */
static char *next_element(const char **rest)
{
    g_autoptr(GString) element = g_string_new(NULL);
    const char *c = *rest;
    while (*c == ' ')
        c++;
    if (*c == '"') {
        for (c++; *c != '\0' && (*c != '"' || c[1] == '"'); c++) {
            if (*c == '"')
                c++;
            g_string_append_c(element, *c);
        }
        if (*c == '"')
            c++;
    } else {
        while (*c != '\0' && *c != ',')
            g_string_append_c(element, *c++);
        g_strchomp(element->str);
        element->len = strlen(element->str);
    }
    while (*c == ' ')
        c++;
    *rest = *c == ',' ? c + 1 : NULL;
    return g_string_free(g_steal_pointer(&element), FALSE);
}

static char *setting_value(const HfDatabaseSetting *setting)
{
    if (!is_quoted_list(setting->name))
        return hf_pg_quote_literal(setting->value);
    GString *list = g_string_new(NULL);
    for (const char *rest = setting->value; rest != NULL;) {
        g_autofree char *element = next_element(&rest);
        g_autofree char *literal = hf_pg_quote_literal(element);
        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", literal);
    }
    return g_string_free(list, FALSE);
}

/* A setting's name may have a dot between class and name; each side is an identifier. */
static char *quote_setting_name(const char *name)
{
    const char *dot = strchr(name, '.');
    if (dot == NULL)
        return hf_pg_quote_ident(name);
    g_autofree char *class = g_strndup(name, (gsize)(dot - name));
    return hf_pg_quote_qualified(class, dot + 1);
}

char *hf_globals_setting_sql(const HfDatabaseSetting *setting, const char *quoted_database, GHashTable *role_map)
{
    g_autofree char *value = setting_value(setting);
    g_autofree char *name = quote_setting_name(setting->name);
    if (setting->role == NULL)
        return g_strdup_printf("ALTER DATABASE %s SET %s TO %s", quoted_database, name, value);
    g_autofree char *role = hf_pg_quote_ident(hf_role_map_get(role_map, setting->role));
    return g_strdup_printf("ALTER ROLE %s IN DATABASE %s SET %s TO %s", role, quoted_database, name, value);
}

static void append_grants(GString *sql, const HfDatabaseInfo *info, const char *quoted_name, GHashTable *role_map)
{
    g_autofree char *owner = info->owner != NULL ? hf_pg_quote_ident(hf_role_map_get(role_map, info->owner)) : NULL;
    g_string_append_printf(sql, "REVOKE ALL ON DATABASE %s FROM PUBLIC%s%s;\n", quoted_name, owner != NULL ? ", " : "",
                           owner != NULL ? owner : "");
    for (guint i = 0; i < info->grants->len; i++) {
        const HfDatabaseGrant *grant = info->grants->pdata[i];
        g_autofree char *grantee =
            *grant->grantee == '\0' ? g_strdup("PUBLIC") : hf_pg_quote_ident(hf_role_map_get(role_map, grant->grantee));
        g_string_append_printf(sql, "GRANT %s ON DATABASE %s TO %s%s;\n", grant->privilege, quoted_name, grantee,
                               grant->grantable ? " WITH GRANT OPTION" : "");
    }
}

char *hf_globals_database_properties_sql(const HfDatabaseInfo *info, const char *quoted_name, GHashTable *role_map,
                                         bool with_grants, bool with_words)
{
    GString *sql = g_string_new(NULL);
    if (with_words)
        append_labels(sql, "DATABASE", quoted_name, info->labels);
    if (info->comment != NULL && with_words) {
        g_autofree char *comment = hf_pg_quote_literal(info->comment);
        g_string_append_printf(sql, "COMMENT ON DATABASE %s IS %s;\n", quoted_name, comment);
    }
    if (info->connection_limit != -1)
        g_string_append_printf(sql, "ALTER DATABASE %s CONNECTION LIMIT %" G_GINT64_FORMAT ";\n", quoted_name,
                               info->connection_limit);
    for (guint i = 0; i < info->settings->len; i++) {
        const HfDatabaseSetting *setting = info->settings->pdata[i];
        if (setting->role != NULL && !with_grants)
            continue;
        g_autofree char *statement = hf_globals_setting_sql(setting, quoted_name, role_map);
        g_string_append_printf(sql, "%s;\n", statement);
    }
    if (with_grants && !info->default_grants)
        append_grants(sql, info, quoted_name, role_map);
    return g_string_free(sql, FALSE);
}

char *hf_globals_sql(const HfArchiveHead *head)
{
    GString *sql =
        g_string_new("-- The roles that the dumped objects name, without passwords, and the database's own settings "
                     "and grants.\n-- psql -v dbname=NAME -f globals.sql\n\n");
    for (guint i = 0; i < head->roles->len; i++) {
        g_autofree char *role = hf_globals_create_role_sql(head->roles->pdata[i]);
        g_string_append(sql, role);
    }
    for (guint i = 0; i < head->roles->len; i++) {
        g_autofree char *memberships = hf_globals_memberships_sql(head->roles->pdata[i], NULL);
        g_string_append(sql, memberships);
    }
    g_autofree char *owner = hf_pg_quote_ident(head->database.owner);
    g_autofree char *properties = hf_globals_database_properties_sql(&head->database, ":\"dbname\"", NULL, true, true);
    g_string_append_printf(sql, "\nALTER DATABASE :\"dbname\" OWNER TO %s;\n%s", owner, properties);
    return g_string_free(sql, FALSE);
}
