#include "base/configuration.h"

#include "base/error.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef enum { TEXT, NUMBER, CHOICE } Kind;

typedef struct {
    const char *section, *name;
    Kind kind;
    size_t offset;
    const char *preset;  /* NULL: must be set */
    uint64_t min, max;   /* of a number */
    const char *choices; /* of a choice: "a b c" */
    const char *help;
} Entry;

#define AT(member) offsetof(HfConfiguration, member)

static const Entry entries[] = {
    {"catalog", "conninfo", TEXT, AT(catalog_conninfo), NULL,
     .help =
         "How the service reaches its own database, as its own role: a libpq connection string without a password."},
    {"catalog", "password_file", TEXT, AT(catalog_password_file), "",
     .help = "A file whose first line is that role's password."},
    {"redis", "address", TEXT, AT(redis_address), "127.0.0.1:6379", .help = "Redis, as `host:port` or `unix:/path`."},
    {"redis", "user", TEXT, AT(redis_user), "", .help = "The user of Redis's access control lists."},
    {"redis", "password_file", TEXT, AT(redis_password_file), "",
     .help = "A file whose first line is the password of Redis."},
    {"redis", "prefix", TEXT, AT(redis_prefix),
     "hf:", .help = "What every key in Redis begins with, so that several installations can share one."},
    {"service", "secret_file", TEXT, AT(secret_file), "/etc/holdfast/secret",
     .help = "The secret that seals passwords and keys in the catalog. Keep a copy of it elsewhere: without it they "
             "are lost."},
    {"service", "public_url", TEXT, AT(public_url), "http://localhost",
     .help = "The address under which nginx serves the page. With https, cookies are sent over TLS alone."},
    {"service", "storage_roots", TEXT, AT(storage_roots), "/var/lib/holdfast/storage",
     .help = "Folders, separated by colons: a local storage must be one of them or lie below one."},
    {"service", "audit_anchor", TEXT, AT(audit_anchor), "/var/lib/holdfast/audit-anchor",
     .help = "The file outside of the catalog in which workers note each minute how long the audit log is, so that it "
             "shows if somebody cuts off its end; nothing is noted if it is empty."},
    {"service", "accel_prefix", TEXT, AT(accel_prefix), "/-/storage",
     .help = "nginx's internal location under which the storage roots are served to those whom the API lets."},
    {"service", "trust_catalog_server", CHOICE, AT(trust_catalog_server), "no", .choices = "no yes",
     .help = "Whether everybody who registers servers may reach the server that the catalog is on without a password "
             "of its: `yes` where that server trusts this host and holds nothing but theirs. The catalog itself is "
             "never reached."},
    {"service", "session_hours", NUMBER, AT(session_hours), "12", 1, 720, .help = "How long one stays signed in."},
    {"service", "upload_hours", NUMBER, AT(upload_hours), "48", 1, 720,
     .help = "How long an unfinished upload is kept."},
    {"service", "max_upload_bytes", NUMBER, AT(max_upload_bytes), "1099511627776", 1 << 20, INT64_MAX,
     .help = "The largest file that can be uploaded."},
    {"service", "keep_old_hours", NUMBER, AT(keep_old_hours), "72", 1, 8760,
     .help = "How long the database that a restore replaced is kept for an undo."},
    {"worker", "name", TEXT, AT(worker_name), "",
     .help = "The name of the worker in jobs and logs; the host's name and a number if it is not set."},
    {"worker", "jobs", NUMBER, AT(worker_jobs), "2", 1, 64, .help = "How many jobs a worker runs at the same time."},
    {"worker", "lanes", NUMBER, AT(worker_lanes), "2", 1, 64,
     .help = "How many connections a job works with, unless it says otherwise."},
    {"worker", "stop_seconds", NUMBER, AT(worker_stop_seconds), "30", 0, 86400,
     .help = "How long a worker that is to stop lets its jobs go on; then it hands them over to another."},
    {"worker", "webhook_roots", TEXT, AT(webhook_roots), "",
     .help = "A PEM file of the certificates that webhooks are trusted by; the system's if it is not set."},
    {"log", "level", CHOICE, AT(log_level), "info", .choices = "error warning info debug",
     .help = "What goes to standard error: `error`, `warning`, `info` or `debug`, each with those before."},
};

static char **text_at(HfConfiguration *self, const Entry *entry)
{
    return (char **)((char *)self + entry->offset);
}

static bool is_choice(const Entry *entry, const char *value)
{
    g_auto(GStrv) choices = g_strsplit(entry->choices, " ", -1);
    return g_strv_contains((const char *const *)choices, value);
}

static bool set(HfConfiguration *self, const Entry *entry, const char *file, const char *value, GError **error)
{
    if (entry->kind == NUMBER) {
        uint64_t *number = (uint64_t *)(void *)((char *)self + entry->offset);
        if (g_ascii_string_to_unsigned(value, 10, entry->min, entry->max, number, NULL))
            return true;
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                    "%s: [%s] %s is \"%s\": a number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " is expected",
                    file, entry->section, entry->name, value, entry->min, entry->max);
        return false;
    }
    if (entry->kind == CHOICE && !is_choice(entry, value)) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s: [%s] %s is \"%s\": one of %s is expected", file,
                    entry->section, entry->name, value, entry->choices);
        return false;
    }
    *text_at(self, entry) = g_strdup(value);
    return true;
}

static const Entry *find(const char *section, const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++)
        if (strcmp(entries[i].section, section) == 0 && strcmp(entries[i].name, name) == 0)
            return &entries[i];
    return NULL;
}

static bool check_names(GKeyFile *keys, const char *file, GError **error)
{
    g_auto(GStrv) sections = g_key_file_get_groups(keys, NULL);
    for (char **section = sections; *section != NULL; section++) {
        g_auto(GStrv) names = g_key_file_get_keys(keys, *section, NULL, NULL);
        for (char **name = names; *name != NULL; name++)
            if (find(*section, *name) == NULL) {
                g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s: there is no [%s] %s; --help lists what there is",
                            file, *section, *name);
                return false;
            }
    }
    return true;
}

static GKeyFile *read_file(const char *file, GError **error)
{
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_autoptr(GError) reason = NULL;
    if (g_key_file_load_from_file(keys, file, G_KEY_FILE_NONE, &reason))
        return g_steal_pointer(&keys);
    bool absent = g_error_matches(reason, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_set_error(error, HF_ERROR, absent ? HF_ERROR_NOT_FOUND : HF_ERROR_USAGE, "cannot read the configuration %s: %s",
                file, reason->message);
    return NULL;
}

HfConfiguration *hf_configuration_load(const char *path, GError **error)
{
    const char *given = g_getenv("HOLDFAST_CONFIG"), *file = path != NULL    ? path
                                                             : given != NULL ? given
                                                                             : HF_CONFIGURATION_FILE;
    g_autoptr(GKeyFile) keys = read_file(file, error);
    if (keys == NULL || !check_names(keys, file, error))
        return NULL;
    g_autoptr(HfConfiguration) self = g_new0(HfConfiguration, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++) {
        const Entry *entry = &entries[i];
        g_autofree char *value = g_key_file_get_string(keys, entry->section, entry->name, NULL);
        if (value == NULL && entry->preset == NULL) {
            g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s: [%s] %s must be set", file, entry->section, entry->name);
            return NULL;
        }
        if (!set(self, entry, file, value != NULL ? value : entry->preset, error))
            return NULL;
    }
    return g_steal_pointer(&self);
}

void hf_configuration_free(HfConfiguration *self)
{
    if (self == NULL)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++)
        if (entries[i].kind != NUMBER)
            g_free(*text_at(self, &entries[i]));
    g_free(self);
}

char *hf_configuration_read_secret(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) reason = NULL;
    if (*path == '\0')
        return g_strdup("");
    if (!g_file_get_contents(path, &text, NULL, &reason)) {
        g_set_error(error, HF_ERROR, HF_ERROR_DENIED, "cannot read a password: %s", reason->message);
        return NULL;
    }
    text[strcspn(text, "\r\n")] = '\0';
    return g_steal_pointer(&text);
}

/* Without symbolic links; NULL if it does not exist. */
static char *resolve(const char *folder)
{
    char *resolved = realpath(folder, NULL);
    char *copy = g_strdup(resolved);
    (free)(resolved); /* realpath's memory is the C library's */
    return copy;
}

bool hf_configuration_allows_storage(const HfConfiguration *self, const char *folder)
{
    g_autofree char *real = resolve(folder);
    g_auto(GStrv) roots = g_strsplit(self->storage_roots, ":", -1);
    for (char **root = roots; real != NULL && *root != NULL; root++) {
        g_autofree char *real_root = resolve(*root);
        if (real_root != NULL && g_str_has_prefix(real, real_root) &&
            (real[strlen(real_root)] == '/' || real[strlen(real_root)] == '\0'))
            return true;
    }
    return false;
}

char *hf_configuration_help(void)
{
    GString *text = g_string_new("The configuration file ($HOLDFAST_CONFIG, else " HF_CONFIGURATION_FILE "):\n");
    const char *section = "";
    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++) {
        const Entry *entry = &entries[i];
        if (strcmp(section, entry->section) != 0)
            g_string_append_printf(text, "\n[%s]\n", section = entry->section);
        g_string_append_printf(text, "  %s = %s\n      %s\n", entry->name, entry->preset != NULL ? entry->preset : "…",
                               entry->help);
    }
    return g_string_free(text, FALSE);
}

char *hf_configuration_markdown(void)
{
    GString *text =
        g_string_new("# Configuration\n\nOne file, `$HOLDFAST_CONFIG` or `" HF_CONFIGURATION_FILE
                     "`, of `[section]` and `name = value` lines, read by all programs. This page is written "
                     "from the table in `src/base/configuration.c`.\n");
    const char *section = "";
    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++) {
        const Entry *entry = &entries[i];
        if (strcmp(section, entry->section) != 0)
            g_string_append_printf(text, "\n## [%s]\n\n| name | preset | |\n| --- | --- | --- |\n",
                                   section = entry->section);
        g_autofree char *preset = entry->preset == NULL    ? g_strdup("must be set")
                                  : *entry->preset == '\0' ? g_strdup("")
                                                           : g_strdup_printf("`%s`", entry->preset);
        g_string_append_printf(text, "| `%s` | %s | %s |\n", entry->name, preset, entry->help);
    }
    return g_string_free(text, FALSE);
}
