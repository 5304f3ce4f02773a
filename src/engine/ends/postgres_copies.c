#include "engine/ends/postgres_copies.h"

#include "base/error.h"
#include "base/json.h"
#include "engine/ends/postgres_globals.h"

#include <string.h>

#define NAME_PATTERN "_hf_(incoming|kept|scratch)_[0-9]{14}_[0-9a-f]{4}$"
#define MAX_NAME_BYTES 63
#define TIME_FORMAT "%Y-%m-%dT%H:%M:%SZ"
#define CREATE_AWAY_S 60
#define LOOK_AGAIN_US 50000
#define EXACT_TIME_FORMAT "%Y-%m-%dT%H:%M:%S.%fZ" /* so that of two copies of one second the newer is known */

static const char *const kind_names[] = {
    [HF_COPY_KEPT] = "kept", [HF_COPY_INCOMING] = "incoming", [HF_COPY_SCRATCH] = "scratch"};

const char *hf_copy_kind_name(HfCopyKind kind)
{
    return kind_names[kind];
}

bool hf_copy_looks_like(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kind_names); i++) {
        g_autofree char *mark = g_strconcat("_hf_", kind_names[i], "_", NULL);
        if (strstr(name, mark) != NULL)
            return true;
    }
    return false;
}

void hf_copy_free(HfCopy *self)
{
    if (self == NULL)
        return;
    g_free(self->name);
    g_free(self->of);
    g_free(self->since);
    g_free(self->until);
    g_free(self->archive);
    g_free(self->undo_to);
    g_free(self->comment);
    g_free(self);
}

/* ---- Names and notes -----------------------------------------------------------------------------------------------
 */

/* As much of a name as leaves room for `suffix`, cut between characters. */
static char *shorten(const char *name, const char *suffix)
{
    size_t room = MAX_NAME_BYTES - strlen(suffix), length = MIN(strlen(name), room);
    while (length > 0 && (name[length] & 0xC0) == 0x80)
        length--;
    g_autofree char *head = g_strndup(name, length);
    return g_strconcat(head, suffix, NULL);
}

HfCopy *hf_copy_new(HfCopyKind kind, const char *of, const char *archive, const char *comment, uint64_t keep_s)
{
    HfCopy *self = g_new0(HfCopy, 1);
    self->kind = kind;
    self->of = g_strdup(of);
    self->archive = g_strdup(archive);
    self->comment = g_strdup(comment);
    self->keep_s = keep_s;
    return self;
}

void hf_copy_stamp(HfCopy *self, GDateTime *now)
{
    g_autofree char *stamp = g_date_time_format(now, "%Y%m%d%H%M%S");
    g_autofree char *suffix =
        g_strdup_printf("_hf_%s_%s_%04x", kind_names[self->kind], stamp, (unsigned)g_random_int_range(0, 65536));
    g_autoptr(GDateTime) until = g_date_time_add_seconds(now, (double)self->keep_s);
    g_free(self->name);
    g_free(self->since);
    g_free(self->until);
    self->name = shorten(self->of, suffix);
    self->since = g_date_time_format(now, EXACT_TIME_FORMAT);
    self->until = self->kind == HF_COPY_KEPT ? g_date_time_format(until, TIME_FORMAT) : NULL;
}

char *hf_copy_tell_time(const char *time)
{
    const char *fraction = strchr(time, '.');
    return fraction != NULL ? g_strdup_printf("%.*sZ", (int)(fraction - time), time) : g_strdup(time);
}

char *hf_copy_tell(const HfCopy *self)
{
    g_autofree char *since = hf_copy_tell_time(self->since);
    if (self->kind != HF_COPY_KEPT)
        return g_strdup_printf("%s of %s, begun %s", self->kind == HF_COPY_SCRATCH ? "trial restore" : "restore",
                               self->archive != NULL ? self->archive : "an archive", since);
    if (self->archive != NULL)
        return g_strdup_printf("live until %s, replaced by the restore of %s", since, self->archive);
    if (self->undo_to == NULL)
        return g_strdup_printf("live until %s", since);
    g_autofree char *back = hf_copy_tell_time(self->undo_to);
    return g_strdup_printf("live until %s, replaced by the undo to what was live until %s", since, back);
}

char *hf_copy_note(const HfCopy *self)
{
    g_autoptr(GString) text = g_string_new(NULL);
    HfJsonWriter writer;
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "holdfast", kind_names[self->kind]);
    hf_json_writer_string(&writer, "of", self->of);
    hf_json_writer_string(&writer, "since", self->since);
    hf_json_writer_string(&writer, "until", self->until);
    hf_json_writer_string(&writer, "archive", self->archive);
    hf_json_writer_string(&writer, "undo_to", self->undo_to);
    hf_json_writer_string(&writer, "comment", self->comment);
    hf_json_writer_end_object(&writer);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* What the name says, for a copy whose note is missing: the restore died before it was written, or somebody changed it.
 */
static void fill_from_name(HfCopy *copy)
{
    const char *mark = g_strrstr(copy->name, "_hf_");
    g_auto(GStrv) fields = g_strsplit(mark + strlen("_hf_"), "_", 3);
    for (size_t kind = 0; kind < G_N_ELEMENTS(kind_names); kind++)
        if (strcmp(fields[0], kind_names[kind]) == 0)
            copy->kind = (HfCopyKind)kind;
    const char *t = fields[1];
    copy->of = g_strndup(copy->name, (gsize)(mark - copy->name));
    copy->since = g_strdup_printf("%.4s-%.2s-%.2sT%.2s:%.2s:%.2s.000000Z", t, t + 4, t + 6, t + 8, t + 10, t + 12);
}

static void fill_from_note(HfCopy *copy, const char *note, GDateTime *now)
{
    g_autoptr(HfJson) json = hf_json_parse("note", note, strlen(note), 64, NULL);
    g_autofree char *of = NULL, *since = NULL;
    if (json == NULL || !hf_json_get_string(json, 0, "of", &of, NULL))
        return;
    g_free(copy->of);
    copy->of = g_steal_pointer(&of);
    if (!hf_json_get_optional_string(json, 0, "until", &copy->until, NULL) ||
        !hf_json_get_optional_string(json, 0, "archive", &copy->archive, NULL) ||
        !hf_json_get_optional_string(json, 0, "undo_to", &copy->undo_to, NULL) ||
        !hf_json_get_optional_string(json, 0, "comment", &copy->comment, NULL) ||
        !hf_json_get_optional_string(json, 0, "since", &since, NULL))
        g_info("%s: its note is not complete", copy->name);
    g_autoptr(GDateTime) begun = since != NULL ? g_date_time_new_from_iso8601(since, NULL) : NULL;
    if (begun != NULL) {
        g_autoptr(GDateTime) utc = g_date_time_to_utc(begun);
        g_free(copy->since);
        copy->since = g_date_time_format(utc, EXACT_TIME_FORMAT);
    }
    g_autoptr(GDateTime) until = copy->until != NULL ? g_date_time_new_from_iso8601(copy->until, NULL) : NULL;
    copy->expired = until != NULL && g_date_time_compare(now, until) >= 0;
}

static int compare_newest_first(gconstpointer a, gconstpointer b)
{
    const HfCopy *left = *(const HfCopy *const *)a, *right = *(const HfCopy *const *)b;
    int order = strcmp(right->since, left->since);
    return order != 0 ? order : strcmp(right->name, left->name);
}

/* ---- Server --------------------------------------------------------------------------------------------------------
 */

HfPg *hf_postgres_connect_maintenance(const HfPgTarget *target, const char *maintenance_db, GCancellable *cancellable,
                                      GError **error)
{
    const char *names[] = {maintenance_db != NULL ? maintenance_db : "postgres",
                           maintenance_db != NULL ? NULL : "template1", NULL};
    g_autoptr(GError) first = NULL;
    for (const char **name = names; *name != NULL; name++) {
        if (strcmp(*name, hf_pg_target_database(target)) == 0)
            continue;
        g_autoptr(HfPgTarget) other = hf_pg_target_with_database(target, *name);
        g_autoptr(GError) reason = NULL;
        HfPg *pg = hf_pg_connect(other, cancellable, &reason);
        if (pg != NULL)
            return pg;
        if (first == NULL)
            first = g_steal_pointer(&reason);
    }
    if (first != NULL)
        g_propagate_error(error, g_steal_pointer(&first));
    else
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                    "the database %s cannot be its own maintenance database; name another with --maintenance-db",
                    hf_pg_target_database(target));
    return NULL;
}

GDateTime *hf_postgres_now(HfPg *pg, GError **error)
{
    g_autofree char *text = hf_pg_query_text(pg,
                                             "SELECT pg_catalog.to_char(pg_catalog.clock_timestamp() AT TIME ZONE "
                                             "'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
                                             NULL, error);
    GDateTime *now = text != NULL ? g_date_time_new_from_iso8601(text, NULL) : NULL;
    if (text != NULL && now == NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "the server's clock says \"%s\", which is no time", text);
    return now;
}

GPtrArray *hf_postgres_list_copies(HfPg *pg, GError **error)
{
    g_autoptr(GDateTime) now = hf_postgres_now(pg, error);
    g_autoptr(HfPgRows) rows =
        now == NULL
            ? NULL
            : hf_pg_query(
                  pg,
                  "SELECT d.datname, pg_catalog.shobj_description(d.oid, 'pg_database'), CASE WHEN "
                  "pg_catalog.pg_has_role(d.datdba, 'USAGE') OR pg_catalog.has_database_privilege(d.oid, 'CONNECT') "
                  "THEN pg_catalog.pg_database_size(d.oid) END, EXISTS (SELECT FROM pg_catalog.pg_stat_activity a "
                  "WHERE a.datid = d.oid AND " HF_SESSION_IS_CLIENT ") FROM pg_catalog.pg_database d WHERE d.datname "
                  "~ '" NAME_PATTERN "'",
                  NULL, error);
    if (rows == NULL)
        return NULL;
    GPtrArray *copies = g_ptr_array_new_with_free_func((GDestroyNotify)hf_copy_free);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        HfCopy *copy = g_new0(HfCopy, 1);
        copy->name = g_strdup(hf_pg_rows_text(rows, i, 0));
        fill_from_name(copy);
        if (hf_pg_rows_text(rows, i, 1) != NULL)
            fill_from_note(copy, hf_pg_rows_text(rows, i, 1), now);
        copy->size_bytes = (uint64_t)hf_pg_rows_int64(rows, i, 2);
        copy->in_use = hf_pg_rows_bool(rows, i, 3);
        g_ptr_array_add(copies, copy);
    }
    g_ptr_array_sort(copies, compare_newest_first);
    return copies;
}

static char *create_sql(const HfCopy *copy, const HfDatabaseInfo *info, const char *tablespace, int server_version)
{
    g_autofree char *quoted = hf_pg_quote_ident(copy->name);
    g_autofree char *create = hf_globals_create_database_sql(info, quoted, NULL, server_version);
    if (tablespace == NULL)
        return g_steal_pointer(&create);
    g_autofree char *quoted_tablespace = hf_pg_quote_ident(tablespace);
    return g_strdup_printf("%s TABLESPACE = %s", create, quoted_tablespace);
}

bool hf_postgres_create_copy(HfPg *pg, HfCopy *copy, const HfDatabaseInfo *info, const char *tablespace, bool *created,
                             GError **error)
{
    g_autoptr(GDateTime) now = hf_postgres_now(pg, error);
    *created = false;
    if (now == NULL)
        return false;
    hf_copy_stamp(copy, now);
    g_autofree char *create = create_sql(copy, info, tablespace, hf_pg_server_version(pg));
    g_autofree char *quoted = hf_pg_quote_ident(copy->name);
    g_autofree char *note = hf_copy_note(copy);
    g_autofree char *literal = hf_pg_quote_literal(note);
    *created = hf_pg_exec(pg, create, error);
    return *created && hf_pg_execf(pg, error, "REVOKE ALL ON DATABASE %s FROM PUBLIC", quoted) &&
           hf_pg_execf(pg, error, "COMMENT ON DATABASE %s IS %s", quoted, literal);
}

/* One after another is made; each takes the server a moment. */
bool hf_postgres_await_copies(HfPg *pg, GCancellable *cancellable, GError **error)
{
    gint64 until_us = g_get_monotonic_time() + CREATE_AWAY_S * G_USEC_PER_SEC;
    for (bool told = false;; told = true) {
        g_autofree char *busy =
            hf_pg_query_text(pg,
                             "SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE state = 'active' AND "
                             "pid <> pg_catalog.pg_backend_pid() AND query ~ '^CREATE DATABASE .*_hf_'",
                             NULL, error);
        if (busy == NULL || strcmp(busy, "0") == 0)
            return busy != NULL;
        if (!told)
            g_message("waiting for the server, which is still creating a database to load into");
        if (g_get_monotonic_time() >= until_us) {
            g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                        "for a minute the server has been creating a database to load into: look at what its session "
                        "waits for, and try again");
            return false;
        }
        if (!hf_error_check_cancelled(cancellable, error))
            return false;
        g_usleep(LOOK_AGAIN_US);
    }
}

static bool allow_connections(HfPg *pg, const char *name, bool allow, GError **error)
{
    g_autofree char *quoted = hf_pg_quote_ident(name);
    return hf_pg_execf(pg, error, "ALTER DATABASE %s ALLOW_CONNECTIONS %s", quoted, allow ? "true" : "false");
}

static bool drop_subscription(HfPg *pg, const char *name, GError **error)
{
    g_autofree char *quoted = hf_pg_quote_ident(name);
    return hf_pg_execf(pg, error, "ALTER SUBSCRIPTION %s DISABLE", quoted) &&
           hf_pg_execf(pg, error, "ALTER SUBSCRIPTION %s SET (slot_name = NONE)", quoted) &&
           hf_pg_execf(pg, error, "DROP SUBSCRIPTION %s", quoted);
}

/* A database with subscriptions cannot be dropped. Their slots at the publisher stay: other copies of the database have
 * subscriptions of the same slots. */
static bool drop_subscriptions(HfPg *pg, const HfPgTarget *target, const char *database, GError **error)
{
    const char *parameters[] = {database, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(pg,
                                           "SELECT s.subname FROM pg_catalog.pg_subscription s JOIN "
                                           "pg_catalog.pg_database d ON d.oid = s.subdbid WHERE d.datname = $1",
                                           parameters, error);
    if (rows == NULL || hf_pg_rows_count(rows) == 0)
        return rows != NULL;
    g_autoptr(HfPgTarget) inside = hf_pg_target_with_database(target, database);
    g_autoptr(HfPg) owner = allow_connections(pg, database, true, error) ? hf_pg_connect(inside, NULL, error) : NULL;
    bool ok = owner != NULL;
    for (size_t i = 0; ok && i < hf_pg_rows_count(rows); i++)
        ok = drop_subscription(owner, hf_pg_rows_text(rows, i, 0), error);
    return ok;
}

bool hf_postgres_drop_database(HfPg *pg, const HfPgTarget *target, const char *name, GError **error)
{
    g_autofree char *quoted = hf_pg_quote_ident(name);
    return drop_subscriptions(pg, target, name, error) &&
           hf_pg_execf(pg, error, "DROP DATABASE IF EXISTS %s WITH (FORCE)", quoted);
}
