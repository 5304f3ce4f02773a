#include "archive/manifest.h"

#include <string.h>

/* ---- holdfast.json -------------------------------------------------------------------------------------------------
 */

HfDatabaseSetting *hf_database_setting_new(const char *role, const char *name, const char *value)
{
    HfDatabaseSetting *self = g_new0(HfDatabaseSetting, 1);
    self->role = g_strdup(role);
    self->name = g_strdup(name);
    self->value = g_strdup(value);
    return self;
}

static void setting_free(gpointer data)
{
    HfDatabaseSetting *self = data;
    g_free(self->role);
    g_free(self->name);
    g_free(self->value);
    g_free(self);
}

HfDatabaseGrant *hf_database_grant_new(const char *grantee, const char *privilege, bool grantable)
{
    HfDatabaseGrant *self = g_new0(HfDatabaseGrant, 1);
    self->grantee = g_strdup(grantee);
    self->privilege = g_strdup(privilege);
    self->grantable = grantable;
    return self;
}

static void grant_free(gpointer data)
{
    HfDatabaseGrant *self = data;
    g_free(self->grantee);
    g_free(self->privilege);
    g_free(self);
}

HfSecurityLabel *hf_security_label_new(const char *provider, const char *label)
{
    HfSecurityLabel *self = g_new(HfSecurityLabel, 1);
    *self = (HfSecurityLabel){.provider = g_strdup(provider), .label = g_strdup(label)};
    return self;
}

static void label_free(gpointer data)
{
    HfSecurityLabel *self = data;
    g_free(self->provider);
    g_free(self->label);
    g_free(self);
}

void hf_database_info_init(HfDatabaseInfo *self)
{
    *self = (HfDatabaseInfo){.connection_limit = -1};
    self->settings = g_ptr_array_new_with_free_func(setting_free);
    self->grants = g_ptr_array_new_with_free_func(grant_free);
    self->labels = g_ptr_array_new_with_free_func(label_free);
}

void hf_database_info_clear(HfDatabaseInfo *self)
{
    g_free(self->name);
    g_free(self->owner);
    g_free(self->encoding);
    g_free(self->locale_provider);
    g_free(self->collate);
    g_free(self->ctype);
    g_free(self->locale);
    g_free(self->icu_rules);
    g_free(self->tablespace);
    g_free(self->comment);
    g_clear_pointer(&self->settings, g_ptr_array_unref);
    g_clear_pointer(&self->grants, g_ptr_array_unref);
    g_clear_pointer(&self->labels, g_ptr_array_unref);
    *self = (HfDatabaseInfo){0};
}

HfRoleInfo *hf_role_info_new(const char *name)
{
    HfRoleInfo *self = g_new0(HfRoleInfo, 1);
    self->name = g_strdup(name);
    self->inherit = true;
    self->connection_limit = -1;
    self->member_of = g_ptr_array_new_with_free_func(g_free);
    self->labels = g_ptr_array_new_with_free_func(label_free);
    return self;
}

static void role_free(gpointer data)
{
    HfRoleInfo *self = data;
    g_free(self->name);
    g_free(self->comment);
    g_ptr_array_unref(self->member_of);
    g_ptr_array_unref(self->labels);
    g_free(self);
}

HfExtensionInfo *hf_extension_info_new(const char *name, const char *version)
{
    HfExtensionInfo *self = g_new0(HfExtensionInfo, 1);
    self->name = g_strdup(name);
    self->version = g_strdup(version);
    return self;
}

static void extension_free(gpointer data)
{
    HfExtensionInfo *self = data;
    g_free(self->name);
    g_free(self->version);
    g_free(self);
}

HfArchiveHead *hf_archive_head_new(void)
{
    HfArchiveHead *self = g_new0(HfArchiveHead, 1);
    hf_database_info_init(&self->database);
    self->roles = g_ptr_array_new_with_free_func(role_free);
    self->extensions = g_ptr_array_new_with_free_func(extension_free);
    self->filters = g_ptr_array_new_with_free_func(g_free);
    self->warnings = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void hf_archive_head_free(HfArchiveHead *self)
{
    if (self == NULL)
        return;
    g_free(self->product);
    g_free(self->created);
    g_free(self->server_version);
    g_free(self->pg_dump_version);
    g_free(self->wal_position);
    g_free(self->snapshot);
    hf_database_info_clear(&self->database);
    g_ptr_array_unref(self->roles);
    g_ptr_array_unref(self->extensions);
    g_ptr_array_unref(self->filters);
    g_ptr_array_unref(self->warnings);
    g_free(self);
}

/* ---- manifest.json -------------------------------------------------------------------------------------------------
 */

static void member_free(gpointer data)
{
    HfMember *self = data;
    g_free(self->name);
    g_free(self);
}

static void table_free(gpointer data)
{
    hf_manifest_table_free(data);
}

static void type_free(gpointer data)
{
    HfType *self = data;
    g_free(self->name);
    g_free(self);
}

HfManifest *hf_manifest_new(void)
{
    HfManifest *self = g_new0(HfManifest, 1);
    self->members = g_ptr_array_new_with_free_func(member_free);
    self->tables = g_ptr_array_new_with_free_func(table_free);
    self->types = g_ptr_array_new_with_free_func(type_free);
    return self;
}

void hf_manifest_free(HfManifest *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->members);
    g_ptr_array_unref(self->tables);
    g_ptr_array_unref(self->types);
    g_free(self->finished);
    g_free(self);
}

HfMember *hf_manifest_add_member(HfManifest *self, const char *name, uint64_t offset, uint64_t size_bytes,
                                 HfDigest digest)
{
    HfMember *member = g_new0(HfMember, 1);
    *member = (HfMember){.name = g_strdup(name), .offset = offset, .size_bytes = size_bytes, .digest = digest};
    g_ptr_array_add(self->members, member);
    return member;
}

void hf_manifest_add_type(HfManifest *self, const HfType *type)
{
    HfType *copy = g_memdup2(type, sizeof *type);
    copy->name = g_strdup(type->name);
    g_ptr_array_add(self->types, copy);
}

HfColumn *hf_column_new(const char *name, const char *type, uint32_t type_oid)
{
    HfColumn *self = g_new0(HfColumn, 1);
    self->name = g_strdup(name);
    self->type = g_strdup(type);
    self->type_oid = type_oid;
    return self;
}

static void column_free(gpointer data)
{
    HfColumn *self = data;
    g_free(self->name);
    g_free(self->type);
    g_free(self);
}

HfManifestTable *hf_manifest_table_new(void)
{
    HfManifestTable *self = g_new0(HfManifestTable, 1);
    self->columns = g_ptr_array_new_with_free_func(column_free);
    self->parts = g_array_new(FALSE, FALSE, sizeof(HfPart));
    return self;
}

void hf_manifest_table_free(HfManifestTable *self)
{
    if (self == NULL)
        return;
    g_free(self->schema);
    g_free(self->name);
    g_free(self->format_reason);
    g_free(self->filter);
    g_free(self->no_data_reason);
    g_free(self->load_root_schema);
    g_free(self->load_root_name);
    g_free(self->query);
    g_ptr_array_unref(self->columns);
    g_array_unref(self->parts);
    g_free(self);
}

const char *hf_data_format_name(HfDataFormat format)
{
    return format == HF_FORMAT_BINARY ? "binary" : "text";
}

const HfMember *hf_manifest_find_member(const HfManifest *self, const char *name)
{
    for (guint i = 0; i < self->members->len; i++) {
        const HfMember *member = self->members->pdata[i];
        if (strcmp(member->name, name) == 0)
            return member;
    }
    return NULL;
}

uint64_t hf_manifest_rows(const HfManifest *self)
{
    uint64_t rows = 0;
    for (guint i = 0; i < self->tables->len; i++)
        rows += ((const HfManifestTable *)self->tables->pdata[i])->proof.rows;
    return rows;
}

uint64_t hf_manifest_raw_bytes(const HfManifest *self)
{
    uint64_t bytes = 0;
    for (guint i = 0; i < self->tables->len; i++)
        bytes += ((const HfManifestTable *)self->tables->pdata[i])->raw_bytes;
    return bytes;
}

/* ---- Member names --------------------------------------------------------------------------------------------------
 */

#define NAME_MAX_BYTES 100 /* what a ustar header holds without splitting */

bool hf_member_name_is_valid(const char *name)
{
    if (strlen(name) > NAME_MAX_BYTES)
        return false;
    for (const char *c = name; *c != '\0'; c++)
        if (!g_ascii_isalnum(*c) && strchr("._-/", *c) == NULL)
            return false;
    g_auto(GStrv) segments = g_strsplit(name, "/", -1);
    for (char **segment = segments; *segment != NULL; segment++)
        if (**segment == '\0' || strcmp(*segment, ".") == 0 || strcmp(*segment, "..") == 0)
            return false;
    return *name != '\0';
}

char *hf_part_name(uint32_t oid, uint32_t number)
{
    return oid == 0 ? g_strdup_printf("blobs/%05u.copy.zst", number)
                    : g_strdup_printf("data/%u/%05u.copy.zst", oid, number);
}

/* Reads with no care for form: whether the name is the canonical one is seen by making it again. */
bool hf_part_name_parse(const char *name, uint32_t *oid)
{
    bool blob = g_str_has_prefix(name, "blobs/");
    const char *slash = strrchr(name, '/');
    if ((!blob && !g_str_has_prefix(name, "data/")) || slash == NULL)
        return false;
    guint64 number = g_ascii_strtoull(slash + 1, NULL, 10);
    guint64 table = blob ? 0 : g_ascii_strtoull(name + strlen("data/"), NULL, 10);
    if (number == 0 || number > G_MAXUINT32 || table > G_MAXUINT32 || (table == 0) != blob)
        return false;
    *oid = (uint32_t)table;
    g_autofree char *canonical = hf_part_name((uint32_t)table, (uint32_t)number);
    return strcmp(canonical, name) == 0;
}

char *hf_sql_member_name(const char *first, unsigned number)
{
    static const char suffix[] = ".sql";
    g_assert(g_str_has_suffix(first, suffix));
    return number == 1 ? g_strdup(first)
                       : g_strdup_printf("%.*s.%05u%s", (int)(strlen(first) - strlen(suffix)), first, number, suffix);
}

const HfMember *hf_manifest_find_sql(const HfManifest *self, const char *first, unsigned number)
{
    g_autofree char *name = hf_sql_member_name(first, number);
    return hf_manifest_find_member(self, name);
}
