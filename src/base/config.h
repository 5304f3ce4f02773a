/*
 * The service's configuration: one file of "[section]" and "name = value" lines, a table behind it that checks every
 * value, prints --help and writes docs/configuration.md. Secrets stand in files of their own, which it names.
 */
#ifndef HF_BASE_CONFIG_H
#define HF_BASE_CONFIG_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    /* [catalog] */
    char *catalog_conninfo;      /* of the service's own role, without a password */
    char *catalog_password_file; /* NULL: none needed */
    /* [redis] */
    char *redis_address; /* "127.0.0.1:6379" or "unix:/run/redis/redis.sock" */
    char *redis_user, *redis_password_file;
    char *redis_prefix;
    /* [service] */
    char *secret_file;     /* seals secrets in the catalog */
    char *public_url;      /* "https://backup.example.org": for links, and Secure cookies if https */
    char *storage_roots;   /* colon-separated folders: local storages lie below one of them */
    char *upload_folder;   /* for uploads that are under way */
    char *accel_prefix;    /* nginx's internal location of storages: "/-/storage" */
    uint64_t session_hours, upload_hours;
    uint64_t max_upload_bytes;
    /* [worker] */
    char *worker_name; /* default: host name */
    uint64_t worker_jobs; /* at the same time */
    uint64_t keep_old_hours; /* of the database that a swap replaced */
    /* [log] */
    char *log_level;
} HfConfig;

/* `path` NULL: $HOLDFAST_CONFIG, else /etc/holdfast/holdfast.conf. Unknown names and bad values are HF_ERROR_USAGE with
 * file and line or name. Transfer full. */
HfConfig *hf_config_load(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_config_free(HfConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfConfig, hf_config_free)

/* The table as text for --help and as Markdown. Transfer full. */
char *hf_config_help(void);
char *hf_config_markdown(void);

#endif
