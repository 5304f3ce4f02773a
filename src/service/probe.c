#include "service/probe.h"

#include "base/error.h"
#include "base/json.h"
#include "service/apart.h"
#include "service/own_server.h"
#include "service/server_check.h"
#include "service/unseal.h"
#include "storage/storage.h"

#include <glib/gstdio.h>
#include <string.h>

/* How long a server may take, and how many bytes of an answer of its are read. */
#define DATABASES_S 10
#define MAX_DATABASES ((size_t)4 << 20)
#define MAX_DATABASE_NAME 63

/* {"ok", "message"} and of a server "version", transfer full. */
static char *result_json(const GError *failure, const char *version)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_bool(&writer, "ok", failure == NULL);
    hf_json_writer_string(&writer, "message", failure != NULL ? failure->message : "");
    if (version != NULL)
        hf_json_writer_string(&writer, "version", version);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

/* ---- Servers -------------------------------------------------------------------------------------------------------
 */

bool hf_probe_check_host(const char *host, GError **error)
{
    size_t length = strlen(host);
    bool fits = length > 0 && length <= 253 && host[0] != '-' &&
                strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:%_-") == length;
    if (!fits)
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "the host \"%s\" is neither a name nor an address", host);
    return fits;
}

/* How to reach it; `own` is what it is compared with. Transfer full. */
static HfPgTarget *target_of(const HfServerRow *server, HfCatalog *catalog, const HfConfiguration *configuration,
                             const HfSealer *sealer, HfOwnServer *own, GError **error)
{
    return hf_probe_check_host(server->host, error) && hf_own_server_read(own, catalog, configuration, error)
               ? hf_unseal_target(sealer, server, NULL, error)
               : NULL;
}

bool hf_probe_server(HfCatalog *catalog, const HfConfiguration *configuration, const HfSealer *sealer,
                     const char *organization, const char *id, GError **error)
{
    g_auto(HfOwnServer) own = {0};
    g_autoptr(HfServerRow) server = hf_server_get(catalog, organization, id, error);
    if (server == NULL)
        return false;
    g_autoptr(GError) failure = NULL;
    g_autoptr(HfPgTarget) target = target_of(server, catalog, configuration, sealer, &own, &failure);
    g_autofree char *json =
        target != NULL ? hf_server_check(server, target, &own, configuration) : result_json(failure, "");
    return hf_server_set_check(catalog, server, json, error);
}

static void found_free(gpointer data)
{
    HfFoundDatabase *self = data;
    g_free(self->name);
    g_free(self);
}

typedef struct {
    const HfPgTarget *target;
    const char *maintenance_db;
    const HfOwnServer *own;
} Asked;

/* A line for each: its size, a space and its name, escaped. */
static bool ask_databases(gconstpointer data, GString *answer, GError **error)
{
    const Asked *asked = data;
    bool own = false;
    g_autoptr(HfPg) pg = hf_pg_connect(asked->target, NULL, error);
    if (pg == NULL || !hf_own_server_check(asked->own, pg, asked->maintenance_db, &own, error))
        return false;
    g_autoptr(HfPgRows) rows = hf_pg_query(pg,
                                           "SELECT datname, CASE WHEN has_database_privilege(oid, 'CONNECT') "
                                           "THEN pg_database_size(oid) ELSE -1 END FROM pg_database "
                                           "WHERE datallowconn AND NOT datistemplate "
                                           "AND datname !~ '_hf_(kept|incoming|scratch)_' ORDER BY datname",
                                           NULL, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        if (own && strcmp(hf_pg_rows_text(rows, i, 0), asked->own->database) == 0)
            continue;
        g_autofree char *name = g_strescape(hf_pg_rows_text(rows, i, 0), NULL);
        g_string_append_printf(answer, "%" G_GINT64_FORMAT " %s\n", hf_pg_rows_int64(rows, i, 1), name);
    }
    return rows != NULL;
}

static bool read_database(const char *line, GPtrArray *found)
{
    char *name;
    int64_t size = g_ascii_strtoll(line, &name, 10);
    g_autofree char *plain = *name == ' ' ? g_strcompress(name + 1) : NULL;
    if (plain == NULL || *plain == '\0' || strlen(plain) > MAX_DATABASE_NAME || !g_utf8_validate(plain, -1, NULL))
        return false;
    HfFoundDatabase *each = g_new0(HfFoundDatabase, 1);
    *each = (HfFoundDatabase){.name = g_steal_pointer(&plain), .size_bytes = size};
    g_ptr_array_add(found, each);
    return true;
}

GPtrArray *hf_probe_databases(HfCatalog *catalog, const HfConfiguration *configuration, const HfSealer *sealer,
                              const char *organization, const char *id, GError **error)
{
    g_auto(HfOwnServer) own = {0};
    g_autoptr(HfServerRow) server = hf_server_get(catalog, organization, id, error);
    g_autoptr(HfPgTarget) target =
        server != NULL ? target_of(server, catalog, configuration, sealer, &own, error) : NULL;
    if (target == NULL)
        return NULL;
    const Asked asked = {.target = target, .maintenance_db = server->maintenance_db, .own = &own};
    g_autofree char *answer = hf_apart_run(ask_databases, &asked, DATABASES_S, MAX_DATABASES, error);
    if (answer == NULL) {
        g_prefix_error(error, "the server %s: ", hf_pg_target_server(target));
        return NULL;
    }
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(found_free);
    g_auto(GStrv) lines = g_strsplit(answer, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        if (**line != '\0' && !read_database(*line, found)) {
            g_set_error_literal(error, HF_ERROR, HF_ERROR_DATABASE, "the server tells of databases that cannot be");
            return NULL;
        }
    return g_steal_pointer(&found);
}

/* ---- Storages ------------------------------------------------------------------------------------------------------
 */

/* Whether one is the other or lies in it, links resolved. */
static bool has_in_common(const char *one, const char *other)
{
    g_autoptr(GFile) a = g_file_new_for_path(one);
    g_autoptr(GFile) b = g_file_new_for_path(other);
    return g_file_equal(a, b) || g_file_has_prefix(a, b) || g_file_has_prefix(b, a);
}

static bool check_apart(HfCatalog *catalog, const HfStorageRow *storage, const char *path, GError **error)
{
    g_autoptr(GPtrArray) all = hf_storage_all(catalog, NULL, error);
    for (guint i = 0; all != NULL && i < all->len; i++) {
        const HfStorageRow *other = all->pdata[i];
        g_autofree char *theirs = g_canonicalize_filename(other->path, "/");
        if (strcmp(other->organization, storage->organization) != 0 && has_in_common(path, theirs)) {
            g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "the folder %s is not free: choose another", storage->path);
            return false;
        }
    }
    return all != NULL;
}

static bool refuse_place(const HfConfiguration *configuration, const char *path, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                "the folder %s is not there, or not below one of the folders that the configuration allows (%s)", path,
                configuration->storage_roots);
    return false;
}

/* Whether it may be there, be it there already or only its last part missing. */
static bool is_possible(const HfConfiguration *configuration, const char *path)
{
    g_autofree char *parent = g_path_get_dirname(path);
    return hf_configuration_allows_storage(configuration, path) ||
           (hf_configuration_allows_storage(configuration, parent) && !g_file_test(path, G_FILE_TEST_EXISTS));
}

bool hf_probe_check_place(HfCatalog *catalog, const HfConfiguration *configuration, const char *organization,
                          const char *id, GError **error)
{
    g_autoptr(HfStorageRow) storage = hf_storage_row_get(catalog, organization, id, error);
    if (storage == NULL)
        return false;
    g_autofree char *path = g_canonicalize_filename(storage->path, "/");
    if (strcmp(path, storage->path) != 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "the folder %s is not written as %s", storage->path, path);
        return false;
    }
    /* What lies outside is refused before anything is told of other organizations' folders. */
    if (!is_possible(configuration, path))
        return refuse_place(configuration, path, error);
    if (!check_apart(catalog, storage, path, error))
        return false;
    (void)g_mkdir(path, 0700); /* one that is there, or cannot be made, shows right after */
    return hf_configuration_allows_storage(configuration, path) || refuse_place(configuration, path, error);
}

static bool write_probe(HfStorage *storage, const char *name, const char *text, GError **error)
{
    g_autoptr(HfStoragePut) put = hf_storage_put(storage, name, HF_STORAGE_PUT_NEW, strlen(text), error);
    return put != NULL && hf_output_write(&put->output, text, strlen(text), error) && hf_storage_put_commit(put, error);
}

static bool read_probe(HfStorage *storage, const char *name, const char *text, GError **error)
{
    size_t length = strlen(text);
    g_autoptr(HfStorageObject) object = hf_storage_get(storage, name, error);
    g_autofree char *bytes = g_malloc(length);
    if (object == NULL || !hf_input_read_at(&object->input, 0, bytes, length, error))
        return false;
    if (memcmp(bytes, text, length) == 0)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "%s was read back with another content", name);
    return false;
}

static bool try_storage(const HfStorageRow *row, GError **error)
{
    g_autofree char *random = g_uuid_string_random();
    g_autofree char *name = g_strconcat("holdfast-probe-", random, NULL);
    g_autoptr(HfStorage) storage = hf_storage_local_new(row->path, error);
    if (storage == NULL || !write_probe(storage, name, random, error))
        return false;
    g_autoptr(GError) second = NULL;
    bool read = read_probe(storage, name, random, error);
    return hf_storage_remove(storage, name, read ? error : &second) && read;
}

bool hf_probe_storage(HfCatalog *catalog, const char *organization, const char *id, GError **error)
{
    g_autoptr(HfStorageRow) storage = hf_storage_row_get(catalog, organization, id, error);
    g_autoptr(GError) failure = NULL;
    if (storage == NULL)
        return false;
    (void)try_storage(storage, &failure);
    g_autofree char *json = result_json(failure, NULL);
    return hf_storage_set_check(catalog, storage, json, error);
}
