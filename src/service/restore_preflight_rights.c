/*
 * What a role that is no superuser would fail at, late. Where the server's rules are many (settings), the statement
 * itself is tried in a transaction that is rolled back; elsewhere the catalogs are asked.
 */
#include "base/error.h"
#include "engine/ends/postgres_catalog.h"
#include "engine/ends/postgres_globals.h"
#include "engine/ends/postgres_schema.h"
#include "service/restore_checks.h"

#include <string.h>

static bool is_beside(const HfPreflight *self)
{
    return self->options->mode == HF_RESTORE_NEW || self->options->mode == HF_RESTORE_SWAP;
}

/* ---- Objects -------------------------------------------------------------------------------------------------------
 */

static bool needs_superuser(const HfPreflight *self, const HfTocEntry *entry)
{
    static const char *const kinds[] = {"ACCESS METHOD",
                                        "EVENT TRIGGER",
                                        "FOREIGN DATA WRAPPER",
                                        "OPERATOR CLASS",
                                        "OPERATOR FAMILY",
                                        "TEXT SEARCH PARSER",
                                        "TEXT SEARCH TEMPLATE",
                                        "PUBLICATION TABLES IN SCHEMA",
                                        "TRANSFORM",
                                        NULL};
    bool subscription = strcmp(entry->kind, "SUBSCRIPTION") == 0 && hf_pg_server_version(self->pg) < 160000;
    bool all_tables = strcmp(entry->kind, "PUBLICATION") == 0 && strstr(entry->definition, " FOR ALL TABLES") != NULL;
    return subscription || all_tables || g_strv_contains(kinds, entry->kind);
}

static void check_objects(HfPreflight *self)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < hf_dump_toc_size(self->schema->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->schema->toc, i);
        if (hf_schema_has(self->schema, i) && needs_superuser(self, entry))
            g_ptr_array_add(names, g_strdup_printf("%s %s", entry->kind, entry->tag));
    }
    g_autofree char *text = hf_preflight_join_names(names);
    if (names->len > 0)
        hf_preflight_find(self, true, "the %s has what only a superuser can make: %s; connect as one",
                          self->origin->name, text);
}

/* The roles that objects will be given to, as they are called here. */
static GHashTable *new_owners(const HfPreflight *self)
{
    GHashTable *owners = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < hf_dump_toc_size(self->schema->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->schema->toc, i);
        if (hf_schema_has(self->schema, i) && *entry->owner != '\0' && *entry->drop != '\0' &&
            strcmp(entry->kind, "DATABASE") != 0)
            g_hash_table_add(owners, (gpointer)hf_role_map_get(self->options->role_map, entry->owner));
    }
    if (self->options->mode == HF_RESTORE_NEW)
        g_hash_table_add(owners, (gpointer)hf_role_map_get(self->options->role_map, self->head->database.owner));
    return owners;
}

/* Who gives an object away must be able to become its new owner. A role that is made here is as strange as any. */
static bool check_owners(HfPreflight *self, GError **error)
{
    if (self->options->no_owner)
        return true;
    bool newer = hf_pg_server_version(self->pg) >= 160000;
    g_autoptr(GHashTable) owners = new_owners(self);
    g_autofree char *sql = g_strdup_printf(
        "SELECT rolname FROM pg_catalog.pg_roles WHERE pg_catalog.pg_has_role(oid, '%s')", newer ? "SET" : "MEMBER");
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(owners), (GCompareFunc)strcmp);
    g_autoptr(GPtrArray) wanted = g_ptr_array_new();
    for (GList *name = names; name != NULL; name = name->next)
        g_ptr_array_add(wanted, name->data);
    g_autoptr(GPtrArray) missing = hf_preflight_missing(self->pg, sql, wanted, error);
    if (missing == NULL)
        return false;
    g_autofree char *text = hf_preflight_join_names(missing);
    if (missing->len > 0)
        hf_preflight_find(self, true,
                          "the role connected may not give objects to: %s; make it a member of these roles, or leave "
                          "owners out with --no-owner",
                          text);
    return true;
}

/* ---- Settings of the database --------------------------------------------------------------------------------------
 */

/* Tried as a setting of a role in the database connected to, which takes the same rights over the setting. */
static bool may_set(HfPreflight *self, const HfDatabaseSetting *setting, const char *self_role, GHashTable *role_map,
                    bool *may, GError **error)
{
    const char *role = setting->role != NULL ? hf_role_map_get(role_map, setting->role) : self_role;
    HfDatabaseSetting trial = {.role = (char *)role, .name = setting->name, .value = setting->value};
    g_autofree char *database = hf_pg_quote_ident(hf_pg_database(self->pg));
    g_autofree char *statement = hf_globals_setting_sql(&trial, database, NULL);
    g_autoptr(GError) reason = NULL;
    if (!hf_pg_exec(self->pg, "BEGIN", error))
        return false;
    bool tried = hf_pg_exec(self->pg, statement, &reason);
    *may = tried || !g_error_matches(reason, HF_ERROR, HF_ERROR_DENIED);
    return hf_pg_exec(self->pg, "ROLLBACK", error);
}

static bool check_settings_of(HfPreflight *self, const HfDatabaseInfo *info, GHashTable *role_map, bool with_roles,
                              GError **error)
{
    g_autoptr(GPtrArray) denied = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *self_role = hf_pg_query_text(self->pg, "SELECT current_user", NULL, error);
    if (self_role == NULL)
        return false;
    for (guint i = 0; i < info->settings->len; i++) {
        const HfDatabaseSetting *setting = info->settings->pdata[i];
        bool may = true;
        if (setting->role != NULL && !with_roles)
            continue;
        if (!may_set(self, setting, self_role, role_map, &may, error))
            return false;
        if (!may)
            g_ptr_array_add(denied, g_strdup_printf("%s%s%s", setting->name, setting->role != NULL ? " of role " : "",
                                                    setting->role != NULL ? setting->role : ""));
    }
    g_autofree char *text = hf_preflight_join_names(denied);
    if (denied->len > 0)
        hf_preflight_find(self, true,
                          "the role connected may not make these settings of the database: %s; connect as a superuser, "
                          "or take them away from the database",
                          text);
    return true;
}

/* A swapped database goes on under the settings of the live one, a new one under those of the archive. */
static bool check_settings(HfPreflight *self, GError **error)
{
    const HfRestoreOptions *options = self->options;
    if (options->mode == HF_RESTORE_NEW)
        return check_settings_of(self, &self->head->database, options->role_map, !options->no_privileges, error);
    if (!self->exists)
        return true;
    HfDatabaseInfo live;
    hf_database_info_init(&live);
    bool ok = hf_postgres_read_database(self->pg, self->database, &live, error) &&
              check_settings_of(self, &live, NULL, true, error);
    hf_database_info_clear(&live);
    return ok;
}

/* ---- In place ------------------------------------------------------------------------------------------------------
 */

/* One finding of the names that `sql` gives, if there are any. */
static bool find_names(HfPreflight *self, const char *sql, bool fatal, const char *what, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_pg_query(self->pg, sql, NULL, error);
    if (rows == NULL)
        return false;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++)
        g_ptr_array_add(names, (gpointer)hf_pg_rows_text(rows, i, 0));
    g_autofree char *text = hf_preflight_join_names(names);
    if (names->len > 0)
        hf_preflight_find(self, fatal, "%s: %s", what, text);
    return true;
}

/* What is dropped in place must be ours: schemas, what is in public, extensions …; and its tables are locked. */
static bool check_drops(HfPreflight *self, GError **error)
{
    static const char *const foreign =
        "SELECT 'schema ' || nspname FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN "
        "('information_schema', 'public') AND NOT pg_catalog.pg_has_role(nspowner, 'USAGE') UNION ALL "
        "SELECT pg_catalog.format('%s.%s', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN "
        "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', "
        "'v', 'm', 'f', 'S') AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE') UNION ALL "
        "SELECT pg_catalog.format('%s.%s', n.nspname, p.proname) FROM pg_catalog.pg_proc p JOIN "
        "pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' AND NOT "
        "pg_catalog.pg_has_role(p.proowner, 'USAGE') AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE "
        "d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e') UNION ALL "
        "SELECT 'extension ' || extname FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql' AND NOT "
        "pg_catalog.pg_has_role(extowner, 'USAGE') UNION ALL "
        "SELECT 'event trigger ' || evtname FROM pg_catalog.pg_event_trigger WHERE NOT "
        "pg_catalog.pg_has_role(evtowner, 'USAGE') UNION ALL "
        "SELECT 'publication ' || pubname FROM pg_catalog.pg_publication WHERE NOT "
        "pg_catalog.pg_has_role(pubowner, 'USAGE') UNION ALL "
        "SELECT 'foreign data wrapper ' || fdwname FROM pg_catalog.pg_foreign_data_wrapper WHERE NOT "
        "pg_catalog.pg_has_role(fdwowner, 'USAGE')";
    static const char *const unlockable =
        "SELECT pg_catalog.format('%s.%s', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN "
        "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> "
        "'information_schema' AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND NOT "
        "pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE')";
    return find_names(self, foreign, true, "the role connected may not drop what belongs to others", error) &&
           find_names(self, unlockable, true, "the role connected may not lock these tables against writers", error);
}

/* They count for what these roles make, not for what the restore makes. */
static bool check_leftovers(HfPreflight *self, GError **error)
{
    static const char *const defaults =
        "SELECT DISTINCT pg_catalog.pg_get_userbyid(defaclrole) FROM pg_catalog.pg_default_acl WHERE NOT "
        "pg_catalog.pg_has_role(defaclrole, 'USAGE')";
    return find_names(self, defaults, false,
                      "default privileges stay that the role connected may not take back, those of", error);
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

bool hf_preflight_check_rights(HfPreflight *self, GError **error)
{
    if (self->is_superuser)
        return true;
    check_objects(self);
    if (!check_owners(self, error))
        return false;
    if (is_beside(self))
        return check_settings(self, error);
    return self->options->mode != HF_RESTORE_IN_PLACE || (check_drops(self, error) && check_leftovers(self, error));
}
