#include "engine/ends/postgres_globals.h"
#include "service/restore_checks.h"

#include <string.h>

/* Entries that cannot be made without the roles that they name, whatever becomes of owners and grants. */
static bool is_bound_to_roles(const HfTocEntry *entry)
{
    return strcmp(entry->kind, "POLICY") == 0 || strcmp(entry->kind, "USER MAPPING") == 0;
}

static void add_once(GPtrArray *names, const char *name)
{
    if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, g_strdup(name));
}

static void add_roles_of(GPtrArray *names, const HfTocEntry *entry, GHashTable *role_map)
{
    g_auto(GStrv) roles = hf_toc_entry_roles(entry);
    for (char **role = roles; *role != NULL; role++)
        add_once(names, hf_role_map_get(role_map, *role));
}

/* Under the names that they will have. */
static GPtrArray *wanted_roles(const HfPreflight *self)
{
    const HfRestoreOptions *options = self->options;
    GPtrArray *wanted = g_ptr_array_new_with_free_func(g_free);
    if (!options->no_owner || !options->no_privileges) {
        for (guint i = 0; i < self->head->roles->len; i++)
            add_once(wanted,
                     hf_role_map_get(options->role_map, ((const HfRoleInfo *)self->head->roles->pdata[i])->name));
        return wanted;
    }
    for (size_t i = 0; i < hf_dump_toc_size(self->schema->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->schema->toc, i);
        if (hf_schema_has(self->schema, i) && is_bound_to_roles(entry))
            add_roles_of(wanted, entry, options->role_map);
    }
    return wanted;
}

/* ---- Leaving out ---------------------------------------------------------------------------------------------------
 */

static bool names_one_of(const HfTocEntry *entry, GHashTable *role_map, const GPtrArray *missing)
{
    g_auto(GStrv) roles = hf_toc_entry_roles(entry);
    for (char **role = roles; *role != NULL; role++)
        if (g_ptr_array_find_with_equal_func((GPtrArray *)missing, hf_role_map_get(role_map, *role), g_str_equal, NULL))
            return true;
    return false;
}

/* Comments and labels of what is left out. */
static void leave_out_descriptions(HfSchema *schema, GHashTable *left_out)
{
    for (size_t i = 0; i < hf_dump_toc_size(schema->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(schema->toc, i);
        bool describes = strcmp(entry->kind, "COMMENT") == 0 || strcmp(entry->kind, "SECURITY LABEL") == 0;
        for (size_t j = 0; describes && j < entry->dependency_count; j++)
            if (g_hash_table_contains(left_out, GINT_TO_POINTER(entry->dependencies[j])))
                schema->left_out[i] = true;
    }
}

static void leave_out(HfPreflight *self, const GPtrArray *missing)
{
    HfSchema *schema = self->schema;
    g_autoptr(GHashTable) left_out = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) tags = g_ptr_array_new_with_free_func(g_free);
    schema->left_out = g_new0(bool, MAX(hf_dump_toc_size(schema->toc), 1));
    for (size_t i = 0; i < hf_dump_toc_size(schema->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(schema->toc, i);
        if (!is_bound_to_roles(entry) || !names_one_of(entry, self->options->role_map, missing))
            continue;
        schema->left_out[i] = true;
        g_hash_table_add(left_out, GINT_TO_POINTER(entry->dump_id));
        bool is_policy = strcmp(entry->kind, "POLICY") == 0;
        g_ptr_array_add(tags, g_strdup_printf("%s%s", is_policy ? "policy " : "", entry->tag));
    }
    leave_out_descriptions(schema, left_out);
    g_autofree char *roles = hf_preflight_join_names(missing);
    g_autofree char *names = hf_preflight_join_names(tags);
    hf_preflight_find(self, false, "left out, because the server does not have the roles that they name (%s): %s",
                      roles, names);
}

/* ---- Roles that are missing ----------------------------------------------------------------------------------------
 */

static bool is_missing(const HfPreflight *self, const HfRoleInfo *role, const GPtrArray *missing)
{
    const char *name = hf_role_map_get(self->options->role_map, role->name);
    return g_ptr_array_find_with_equal_func((GPtrArray *)missing, name, g_str_equal, NULL);
}

/* Those with attributes that only a superuser can give. */
static GPtrArray *out_of_reach(const HfPreflight *self, const GPtrArray *missing)
{
    GPtrArray *names = g_ptr_array_new();
    bool older = hf_pg_server_version(self->pg) < 160000;
    for (guint i = 0; i < self->head->roles->len && !self->is_superuser; i++) {
        const HfRoleInfo *role = self->head->roles->pdata[i];
        if (is_missing(self, role, missing) && (role->superuser || (older && (role->replication || role->bypass_rls))))
            g_ptr_array_add(names, role->name);
    }
    return names;
}

static void tell_missing(HfPreflight *self, const GPtrArray *missing)
{
    const HfRestoreOptions *options = self->options;
    g_autofree char *names = hf_preflight_join_names(missing);
    g_autoptr(GPtrArray) high = out_of_reach(self, missing);
    g_autofree char *high_names = hf_preflight_join_names(high);
    bool bare = options->no_owner && options->no_privileges;
    g_autofree char *who =
        bare ? g_strdup("policies or user mappings name") : g_strdup_printf("the %s names", self->origin->name);
    if (!options->create_roles)
        hf_preflight_find(self, true,
                          "roles that %s are missing: %s; have them made with --create-roles, map them with --role-map "
                          "OLD=NEW%s",
                          who, names, bare ? "" : ", or leave owners and grants out with --no-owner --no-privileges");
    else if (!self->may_create_role)
        hf_preflight_find(self, true, "roles are missing and the role connected may not create them: %s", names);
    else if (high->len > 0)
        hf_preflight_find(self, true,
                          "roles are missing that only a superuser can make as they were (SUPERUSER, REPLICATION or "
                          "BYPASSRLS): %s; make them beforehand",
                          high_names);
    else
        hf_preflight_find(self, false, "roles that will be made, without passwords: %s", names);
}

bool hf_preflight_check_roles(HfPreflight *self, GError **error)
{
    g_autoptr(GPtrArray) wanted = wanted_roles(self);
    g_autoptr(GPtrArray) missing =
        hf_preflight_missing(self->pg, "SELECT rolname FROM pg_catalog.pg_roles", wanted, error);
    if (missing == NULL)
        return false;
    if (missing->len > 0 && self->options->mode == HF_RESTORE_SCRATCH)
        leave_out(self, missing);
    else if (missing->len > 0)
        tell_missing(self, missing);
    return true;
}
