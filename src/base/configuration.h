/*
 * The service's configuration: one file of "[section]" and "name = value" lines, and a table behind it that checks
 * every value and writes docs/configuration.md. Secrets stand in files of their own, which it names.
 */
#ifndef HF_BASE_CONFIGURATION_H
#define HF_BASE_CONFIGURATION_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HF_CONFIGURATION_FILE "/etc/holdfast/holdfast.conf"

/* Texts are never NULL; "" is what is not set. */
typedef struct {
    /* [catalog] */
    char *catalog_conninfo; /* of the service's own role */
    char *catalog_password_file;
    /* [redis] */
    char *redis_address;
    char *redis_user;
    char *redis_password_file;
    char *redis_prefix;
    /* [service] */
    char *secret_file;
    char *public_url;
    char *storage_roots; /* colon-separated */
    char *audit_anchor;
    char *accel_prefix;
    char *trust_catalog_server; /* "yes", "no" */
    uint64_t session_hours;
    uint64_t upload_hours;
    uint64_t max_upload_bytes;
    uint64_t keep_old_hours;
    /* [worker] */
    char *worker_name;
    uint64_t worker_jobs;
    uint64_t worker_lanes;
    uint64_t worker_stop_seconds;
    char *webhook_roots;
    /* [log] */
    char *log_level;
} HfConfiguration;

/* `path` NULL: $HOLDFAST_CONFIG, else HF_CONFIGURATION_FILE. Unknown names and bad values are HF_ERROR_USAGE with the
 * file and the name, an absent file is HF_ERROR_NOT_FOUND. Transfer full. */
HfConfiguration *hf_configuration_load(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_configuration_free(HfConfiguration *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfConfiguration, hf_configuration_free)

/* The first line of a file that the configuration names for a password; "" for no file (""). HF_ERROR_DENIED: it cannot
 * be read. Transfer full. */
char *hf_configuration_read_secret(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether `folder` is one of the storage roots or lies below one (after resolving links). */
bool hf_configuration_allows_storage(const HfConfiguration *self, const char *folder);

/* The table for --help (plain) or as docs/configuration.md. Transfer full. */
char *hf_configuration_help(void);
char *hf_configuration_markdown(void);

#endif
