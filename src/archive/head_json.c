#include "archive/archive_json.h"
#include "archive/manifest.h"

/* A head of ours has some 100 values and 10 for each role, extension, setting or grant. */
#define MAX_NODES 1000000

/* ---- Writing -------------------------------------------------------------------------------------------------------
 */

static void write_strings(HfJsonWriter *json, const char *key, const GPtrArray *strings)
{
    hf_json_writer_begin_array(json, key);
    for (guint i = 0; i < strings->len; i++)
        hf_json_writer_string(json, NULL, strings->pdata[i]);
    hf_json_writer_end_array(json);
}

/* No limit is null. */
static void write_connection_limit(HfJsonWriter *json, int64_t limit)
{
    if (limit < 0)
        hf_json_writer_string(json, "connection_limit", NULL);
    else
        hf_json_writer_uint64(json, "connection_limit", (uint64_t)limit);
}

static void write_setting(HfJsonWriter *json, const HfDatabaseSetting *setting)
{
    hf_json_writer_begin_object(json, NULL);
    hf_json_writer_string(json, "role", setting->role);
    hf_json_writer_string(json, "name", setting->name);
    hf_json_writer_string(json, "value", setting->value);
    hf_json_writer_end_object(json);
}

static void write_grant(HfJsonWriter *json, const HfDatabaseGrant *grant)
{
    hf_json_writer_begin_object(json, NULL);
    hf_json_writer_string(json, "grantee", grant->grantee);
    hf_json_writer_string(json, "privilege", grant->privilege);
    hf_json_writer_bool(json, "grantable", grant->grantable);
    hf_json_writer_end_object(json);
}

static void write_labels(HfJsonWriter *json, const GPtrArray *labels)
{
    if (labels->len == 0)
        return;
    hf_json_writer_begin_array(json, "labels");
    for (guint i = 0; i < labels->len; i++) {
        const HfSecurityLabel *label = labels->pdata[i];
        hf_json_writer_begin_object(json, NULL);
        hf_json_writer_string(json, "provider", label->provider);
        hf_json_writer_string(json, "label", label->label);
        hf_json_writer_end_object(json);
    }
    hf_json_writer_end_array(json);
}

static void write_database(HfJsonWriter *json, const HfDatabaseInfo *database)
{
    hf_json_writer_break(json);
    hf_json_writer_begin_object(json, "database");
    hf_json_writer_string(json, "name", database->name);
    hf_json_writer_string(json, "owner", database->owner);
    hf_json_writer_string(json, "encoding", database->encoding);
    hf_json_writer_string(json, "locale_provider", database->locale_provider);
    hf_json_writer_string(json, "collate", database->collate);
    hf_json_writer_string(json, "ctype", database->ctype);
    hf_json_writer_string(json, "locale", database->locale);
    hf_json_writer_string(json, "icu_rules", database->icu_rules);
    hf_json_writer_string(json, "tablespace", database->tablespace);
    hf_json_writer_string(json, "comment", database->comment);
    write_connection_limit(json, database->connection_limit);
    hf_json_writer_begin_array(json, "settings");
    for (guint i = 0; i < database->settings->len; i++)
        write_setting(json, database->settings->pdata[i]);
    hf_json_writer_end_array(json);
    hf_json_writer_bool(json, "default_grants", database->default_grants);
    hf_json_writer_begin_array(json, "grants");
    for (guint i = 0; i < database->grants->len; i++)
        write_grant(json, database->grants->pdata[i]);
    hf_json_writer_end_array(json);
    write_labels(json, database->labels);
    hf_json_writer_end_object(json);
}

static void write_role(HfJsonWriter *json, const HfRoleInfo *role)
{
    hf_json_writer_break(json);
    hf_json_writer_begin_object(json, NULL);
    hf_json_writer_string(json, "name", role->name);
    hf_json_writer_bool(json, "superuser", role->superuser);
    hf_json_writer_bool(json, "inherit", role->inherit);
    hf_json_writer_bool(json, "create_role", role->create_role);
    hf_json_writer_bool(json, "create_db", role->create_db);
    hf_json_writer_bool(json, "can_login", role->can_login);
    hf_json_writer_bool(json, "replication", role->replication);
    hf_json_writer_bool(json, "bypass_rls", role->bypass_rls);
    write_connection_limit(json, role->connection_limit);
    hf_json_writer_string(json, "comment", role->comment);
    write_strings(json, "member_of", role->member_of);
    write_labels(json, role->labels);
    hf_json_writer_end_object(json);
}

static void write_extension(HfJsonWriter *json, const HfExtensionInfo *extension)
{
    hf_json_writer_break(json);
    hf_json_writer_begin_object(json, NULL);
    hf_json_writer_string(json, "name", extension->name);
    hf_json_writer_string(json, "version", extension->version);
    hf_json_writer_end_object(json);
}

static void write_source(HfJsonWriter *json, const HfArchiveHead *self)
{
    hf_json_writer_uint64(json, "format", HF_ARCHIVE_FORMAT);
    hf_json_writer_string(json, "product", self->product);
    hf_json_writer_string(json, "created", self->created);
    hf_json_writer_string(json, "server_version", self->server_version);
    hf_json_writer_uint64(json, "server_version_num", (uint64_t)self->server_version_num);
    hf_json_writer_string(json, "pg_dump_version", self->pg_dump_version);
    hf_json_writer_string(json, "wal_position", self->wal_position);
    hf_json_writer_string(json, "snapshot", self->snapshot);
    hf_json_writer_bool(json, "from_standby", self->from_standby);
}

char *hf_archive_head_to_json(const HfArchiveHead *self)
{
    GString *text = g_string_new(NULL);
    HfJsonWriter json;
    hf_json_writer_init(&json, text);
    hf_json_writer_begin_object(&json, NULL);
    write_source(&json, self);
    write_database(&json, &self->database);
    hf_json_writer_break(&json);
    hf_json_writer_begin_array(&json, "roles");
    for (guint i = 0; i < self->roles->len; i++)
        write_role(&json, self->roles->pdata[i]);
    hf_json_writer_end_array(&json);
    hf_json_writer_break(&json);
    hf_json_writer_begin_array(&json, "extensions");
    for (guint i = 0; i < self->extensions->len; i++)
        write_extension(&json, self->extensions->pdata[i]);
    hf_json_writer_end_array(&json);
    hf_json_writer_break(&json);
    write_strings(&json, "filters", self->filters);
    hf_json_writer_break(&json);
    write_strings(&json, "warnings", self->warnings);
    hf_json_writer_end_object(&json);
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

static bool read_string(const HfJson *json, HfJsonNode node, gpointer to, GError **error)
{
    char *string = hf_json_string(json, node, error);
    if (string != NULL)
        g_ptr_array_add(to, string);
    return string != NULL;
}

static bool read_connection_limit(const HfJson *json, HfJsonNode object, int64_t *limit, GError **error)
{
    uint64_t number = 0;
    *limit = -1;
    if (hf_json_is_null(json, hf_json_get(json, object, "connection_limit")))
        return true;
    if (!hf_json_get_uint64(json, object, "connection_limit", &number, error))
        return false;
    *limit = (int64_t)MIN(number, (uint64_t)G_MAXINT32);
    return true;
}

static bool read_setting(const HfJson *json, HfJsonNode node, gpointer to, GError **error)
{
    HfDatabaseSetting *setting = hf_database_setting_new(NULL, NULL, NULL);
    g_ptr_array_add(to, setting);
    return hf_json_get_optional_string(json, node, "role", &setting->role, error) &&
           hf_json_get_string(json, node, "name", &setting->name, error) &&
           hf_json_get_string(json, node, "value", &setting->value, error);
}

static bool read_grant(const HfJson *json, HfJsonNode node, gpointer to, GError **error)
{
    HfDatabaseGrant *grant = hf_database_grant_new(NULL, NULL, false);
    g_ptr_array_add(to, grant);
    return hf_json_get_string(json, node, "grantee", &grant->grantee, error) &&
           hf_json_get_string(json, node, "privilege", &grant->privilege, error) &&
           hf_json_get_bool(json, node, "grantable", &grant->grantable, error);
}

static bool read_label(const HfJson *json, HfJsonNode node, gpointer to, GError **error)
{
    HfSecurityLabel *label = hf_security_label_new(NULL, NULL);
    g_ptr_array_add(to, label);
    return hf_json_get_string(json, node, "provider", &label->provider, error) &&
           hf_json_get_string(json, node, "label", &label->label, error);
}

/* Where there is none the member is absent. */
static bool read_labels(const HfJson *json, HfJsonNode node, GPtrArray *labels, GError **error)
{
    return hf_json_get(json, node, "labels") == HF_JSON_NONE ||
           hf_archive_json_read_array(json, node, "labels", read_label, labels, error);
}

static bool read_role(const HfJson *json, HfJsonNode node, gpointer to, GError **error)
{
    HfRoleInfo *role = hf_role_info_new(NULL);
    g_ptr_array_add(to, role);
    return hf_json_get_string(json, node, "name", &role->name, error) &&
           hf_json_get_bool(json, node, "superuser", &role->superuser, error) &&
           hf_json_get_bool(json, node, "inherit", &role->inherit, error) &&
           hf_json_get_bool(json, node, "create_role", &role->create_role, error) &&
           hf_json_get_bool(json, node, "create_db", &role->create_db, error) &&
           hf_json_get_bool(json, node, "can_login", &role->can_login, error) &&
           hf_json_get_bool(json, node, "replication", &role->replication, error) &&
           hf_json_get_bool(json, node, "bypass_rls", &role->bypass_rls, error) &&
           read_connection_limit(json, node, &role->connection_limit, error) &&
           hf_json_get_optional_string(json, node, "comment", &role->comment, error) &&
           hf_archive_json_read_array(json, node, "member_of", read_string, role->member_of, error) &&
           read_labels(json, node, role->labels, error);
}

static bool read_extension(const HfJson *json, HfJsonNode node, gpointer to, GError **error)
{
    HfExtensionInfo *extension = hf_extension_info_new(NULL, NULL);
    g_ptr_array_add(to, extension);
    return hf_json_get_string(json, node, "name", &extension->name, error) &&
           hf_json_get_string(json, node, "version", &extension->version, error);
}

static bool read_database(const HfJson *json, HfJsonNode node, HfDatabaseInfo *database, GError **error)
{
    return hf_json_get_string(json, node, "name", &database->name, error) &&
           hf_json_get_string(json, node, "owner", &database->owner, error) &&
           hf_json_get_string(json, node, "encoding", &database->encoding, error) &&
           hf_json_get_string(json, node, "locale_provider", &database->locale_provider, error) &&
           hf_json_get_string(json, node, "collate", &database->collate, error) &&
           hf_json_get_string(json, node, "ctype", &database->ctype, error) &&
           hf_json_get_optional_string(json, node, "locale", &database->locale, error) &&
           hf_json_get_optional_string(json, node, "icu_rules", &database->icu_rules, error) &&
           hf_json_get_optional_string(json, node, "tablespace", &database->tablespace, error) &&
           hf_json_get_optional_string(json, node, "comment", &database->comment, error) &&
           read_connection_limit(json, node, &database->connection_limit, error) &&
           hf_archive_json_read_array(json, node, "settings", read_setting, database->settings, error) &&
           hf_json_get_bool(json, node, "default_grants", &database->default_grants, error) &&
           hf_archive_json_read_array(json, node, "grants", read_grant, database->grants, error) &&
           read_labels(json, node, database->labels, error);
}

static bool read_source(const HfJson *json, HfArchiveHead *self, GError **error)
{
    uint64_t version = 0;
    if (!hf_json_get_uint64(json, 0, "server_version_num", &version, error))
        return false;
    self->server_version_num = (int64_t)MIN(version, (uint64_t)G_MAXINT32);
    return hf_json_get_string(json, 0, "product", &self->product, error) &&
           hf_json_get_string(json, 0, "created", &self->created, error) &&
           hf_json_get_string(json, 0, "server_version", &self->server_version, error) &&
           hf_json_get_string(json, 0, "pg_dump_version", &self->pg_dump_version, error) &&
           hf_json_get_optional_string(json, 0, "wal_position", &self->wal_position, error) &&
           hf_json_get_optional_string(json, 0, "snapshot", &self->snapshot, error) &&
           hf_json_get_bool(json, 0, "from_standby", &self->from_standby, error);
}

/* Archives written before there were any have none. */
static bool read_warnings(const HfJson *json, GPtrArray *warnings, GError **error)
{
    return hf_json_get(json, 0, "warnings") == HF_JSON_NONE ||
           hf_archive_json_read_array(json, 0, "warnings", read_string, warnings, error);
}

HfArchiveHead *hf_archive_head_from_json(const char *text, size_t length, GError **error)
{
    g_autoptr(HfJson) json = hf_json_parse(HF_MEMBER_HEAD, text, length, MAX_NODES, error);
    g_autoptr(HfArchiveHead) self = hf_archive_head_new();
    if (json == NULL || !hf_archive_json_check_format(json, error) || !read_source(json, self, error) ||
        !read_database(json, hf_json_get(json, 0, "database"), &self->database, error) ||
        !hf_archive_json_read_array(json, 0, "roles", read_role, self->roles, error) ||
        !hf_archive_json_read_array(json, 0, "extensions", read_extension, self->extensions, error) ||
        !hf_archive_json_read_array(json, 0, "filters", read_string, self->filters, error) ||
        !read_warnings(json, self->warnings, error))
        return NULL;
    return g_steal_pointer(&self);
}
