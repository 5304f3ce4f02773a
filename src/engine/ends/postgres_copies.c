#include "engine/ends/postgres_copies.h"

#include "base/error.h"
#include "base/json.h"
#include "engine/ends/postgres_globals.h"

#include <string.h>

#define NAME_PATTERN "_hf_(incoming|kept|scratch)_[0-9]{14}_[0-9a-f]{4}$"
#define MAX_NAME_BYTES 63
#define TIME_FORMAT "%Y-%m-%dT%H:%M:%SZ"

static const char *const kind_names[] = {
    [HF_COPY_KEPT] = "kept", [HF_COPY_INCOMING] = "incoming", [HF_COPY_SCRATCH] = "scratch"};

const char *hf_copy_kind_name(HfCopyKind kind)
{
    return kind_names[kind];
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
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *stamp = g_date_time_format(now, "%Y%m%d%H%M%S");
    g_autofree char *suffix =
        g_strdup_printf("_hf_%s_%s_%04x", kind_names[kind], stamp, (unsigned)g_random_int_range(0, 65536));
    HfCopy *self = g_new0(HfCopy, 1);
    self->kind = kind;
    self->name = shorten(of, suffix);
    self->of = g_strdup(of);
    self->since = g_date_time_format(now, TIME_FORMAT);
    self->archive = g_strdup(archive);
    self->comment = g_strdup(comment);
    if (kind == HF_COPY_KEPT) {
        g_autoptr(GDateTime) until = g_date_time_add_seconds(now, (double)keep_s);
        self->until = g_date_time_format(until, TIME_FORMAT);
    }
    return self;
}

static char *note_to_json(const HfCopy *copy)
{
    g_autoptr(GString) text = g_string_new(NULL);
    HfJsonWriter writer;
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "holdfast", kind_names[copy->kind]);
    hf_json_writer_string(&writer, "of", copy->of);
    hf_json_writer_string(&writer, "since", copy->since);
    hf_json_writer_string(&writer, "until", copy->until);
    hf_json_writer_string(&writer, "archive", copy->archive);
    hf_json_writer_string(&writer, "comment", copy->comment);
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
    copy->since = g_strdup_printf("%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", t, t + 4, t + 6, t + 8, t + 10, t + 12);
}

static void fill_from_note(HfCopy *copy, const char *note)
{
    g_autoptr(HfJson) json = hf_json_parse("note", note, strlen(note), 64, NULL);
    g_autofree char *of = NULL;
    if (json == NULL || !hf_json_get_string(json, 0, "of", &of, NULL))
        return;
    g_free(copy->of);
    copy->of = g_steal_pointer(&of);
    if (!hf_json_get_optional_string(json, 0, "until", &copy->until, NULL) ||
        !hf_json_get_optional_string(json, 0, "archive", &copy->archive, NULL) ||
        !hf_json_get_optional_string(json, 0, "comment", &copy->comment, NULL))
        g_info("%s: its note is not complete", copy->name);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autoptr(GDateTime) until = copy->until != NULL ? g_date_time_new_from_iso8601(copy->until, NULL) : NULL;
    copy->expired = until != NULL && g_date_time_compare(now, until) >= 0;
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

GPtrArray *hf_postgres_list_copies(HfPg *pg, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_pg_query(
        pg,
        "SELECT d.datname, pg_catalog.shobj_description(d.oid, 'pg_database'), CASE WHEN "
        "pg_catalog.pg_has_role(d.datdba, 'USAGE') OR pg_catalog.has_database_privilege(d.oid, 'CONNECT') THEN "
        "pg_catalog.pg_database_size(d.oid) END, EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = "
        "d.oid AND " HF_SESSION_IS_CLIENT ") FROM pg_catalog.pg_database d WHERE d.datname ~ '" NAME_PATTERN
        "' ORDER BY pg_catalog.substring(d.datname::pg_catalog.text, '_([0-9]{14})_[0-9a-f]{4}$') DESC, d.oid DESC",
        NULL, error);
    if (rows == NULL)
        return NULL;
    GPtrArray *copies = g_ptr_array_new_with_free_func((GDestroyNotify)hf_copy_free);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        HfCopy *copy = g_new0(HfCopy, 1);
        copy->name = g_strdup(hf_pg_rows_text(rows, i, 0));
        fill_from_name(copy);
        if (hf_pg_rows_text(rows, i, 1) != NULL)
            fill_from_note(copy, hf_pg_rows_text(rows, i, 1));
        copy->size_bytes = (uint64_t)hf_pg_rows_int64(rows, i, 2);
        copy->in_use = hf_pg_rows_bool(rows, i, 3);
        g_ptr_array_add(copies, copy);
    }
    return copies;
}

static bool comment_on_database(HfPg *pg, const char *name, const char *comment, GError **error)
{
    g_autofree char *quoted = hf_pg_quote_ident(name);
    g_autofree char *literal = comment != NULL ? hf_pg_quote_literal(comment) : g_strdup("NULL");
    return hf_pg_execf(pg, error, "COMMENT ON DATABASE %s IS %s", quoted, literal);
}

bool hf_postgres_create_copy(HfPg *pg, const HfCopy *copy, const HfDatabaseInfo *info, const char *owner,
                             GError **error)
{
    g_autofree char *quoted = hf_pg_quote_ident(copy->name);
    g_autofree char *create = hf_globals_create_database_sql(info, quoted, owner, hf_pg_server_version(pg));
    g_autofree char *note = note_to_json(copy);
    return hf_pg_exec(pg, create, error) && hf_pg_execf(pg, error, "REVOKE ALL ON DATABASE %s FROM PUBLIC", quoted) &&
           comment_on_database(pg, copy->name, note, error);
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

/* ---- Swap ----------------------------------------------------------------------------------------------------------
 */

/*
 * RENAME takes a lock on the database that keeps new sessions waiting, and then itself waits up to five seconds until
 * the old ones are gone. So it is sent first, and this thread ends the sessions meanwhile, on a connection of its own,
 * again and again: one that slipped in before the lock is ended as well.
 *
 * One session that may not be ended would keep the statement from ending the others, so it is passed over; autovacuum's
 * workers, which have no user, are RENAME's own business.
 */
typedef struct {
    HfPg *pg;
    const char *live;
    const char *replacement;
    gint stop;
    gint64 first_us; /* when the first session was ended; 0: none was */
} SessionEnder;

#define END_SESSIONS_PAUSE_US 20000

static gpointer end_sessions(gpointer data)
{
    SessionEnder *self = data;
    const char *parameters[] = {self->live, self->replacement, NULL};
    while (!g_atomic_int_get(&self->stop)) {
        g_autoptr(GError) reason = NULL;
        g_autoptr(HfPgRows) rows = hf_pg_query(self->pg,
                                               "SELECT pg_catalog.pg_terminate_backend(a.pid) FROM "
                                               "pg_catalog.pg_stat_activity a WHERE a.datname IN ($1, $2) AND a.pid <> "
                                               "pg_catalog.pg_backend_pid() AND a.usesysid IS NOT NULL "
                                               "AND " HF_SESSION_MAY_BE_ENDED,
                                               parameters, &reason);
        if (rows == NULL) {
            g_info("ending the sessions: %s", reason->message);
            return NULL;
        }
        if (self->first_us == 0 && hf_pg_rows_count(rows) > 0)
            self->first_us = g_get_monotonic_time();
        g_usleep(END_SESSIONS_PAUSE_US);
    }
    return NULL;
}

static bool rename_database(HfPg *pg, const char *from, const char *to, GError **error)
{
    g_autofree char *quoted_from = hf_pg_quote_ident(from);
    g_autofree char *quoted_to = hf_pg_quote_ident(to);
    return hf_pg_execf(pg, error, "ALTER DATABASE %s RENAME TO %s", quoted_from, quoted_to);
}

static bool swap_in_transaction(HfPg *pg, const char *live, const char *replacement, const HfCopy *kept,
                                const char *comment, GError **error)
{
    g_autofree char *note = note_to_json(kept);
    return hf_pg_exec(pg, "BEGIN; SET LOCAL synchronous_commit = on", error) &&
           rename_database(pg, live, kept->name, error) && rename_database(pg, replacement, live, error) &&
           allow_connections(pg, kept->name, false, error) && allow_connections(pg, live, true, error) &&
           comment_on_database(pg, kept->name, note, error) && comment_on_database(pg, live, comment, error) &&
           hf_pg_exec(pg, "COMMIT", error);
}

bool hf_postgres_swap(const HfPgTarget *target, const char *maintenance_db, const char *live, const char *replacement,
                      const HfCopy *kept, const char *comment, GCancellable *cancellable, double *downtime_s,
                      GError **error)
{
    g_autoptr(HfPg) pg = hf_postgres_connect_maintenance(target, maintenance_db, cancellable, error);
    g_autoptr(HfPg) killer = pg == NULL ? NULL : hf_postgres_connect_maintenance(target, maintenance_db, NULL, error);
    if (killer == NULL)
        return false;
    SessionEnder ender = {.pg = killer, .live = live, .replacement = replacement};
    gint64 start_us = g_get_monotonic_time();
    GThread *thread = g_thread_new("session ender", end_sessions, &ender);
    bool ok = swap_in_transaction(pg, live, replacement, kept, comment, error);
    gint64 end_us = g_get_monotonic_time();
    g_atomic_int_set(&ender.stop, 1);
    g_thread_join(thread);
    *downtime_s = (double)(end_us - (ender.first_us != 0 ? ender.first_us : start_us)) / G_USEC_PER_SEC;
    if (!ok)
        g_prefix_error(error, "the swap of %s was not made, and nothing was changed by it: ", live);
    return ok;
}
