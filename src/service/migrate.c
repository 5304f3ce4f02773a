#include "service/migrate.h"

#include "base/error.h"
#include "base/units.h"
#include "engine/ends/postgres_copies.h"
#include "service/archive_whole.h"
#include "service/origin.h"
#include "service/patience.h"

#include <string.h>

/* A session of our own that was just closed is seen by the server for a moment. */
#define LOOKS 20
#define LOOK_AGAIN_US (100 * 1000)

/* ---- One migration into a database at a time -----------------------------------------------------------------------
 */

/* Of all advisory locks of the maintenance database, those of migrations. */
#define LOCK_CLASS "1212566855"

/* Sets the error if another session than this has the lock, from whatever database it took it. */
static bool check_no_other(HfPg *pg, const char *key, const char *what, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_pg_query(
        pg,
        "SELECT pg_catalog.format('process %s of %s, connected since %s', a.pid, a.usename, "
        "pg_catalog.date_trunc('second', a.backend_start)) FROM pg_catalog.pg_locks l JOIN "
        "pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND l.pid <> "
        "pg_catalog.pg_backend_pid() AND l.classid = " LOCK_CLASS "::pg_catalog.oid AND l.objid::bigint = "
        "pg_catalog.hashtext($1)::bigint & 4294967295",
        (const char *[]){key, NULL}, error);
    if (rows != NULL && hf_pg_rows_count(rows) > 0)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                    "another %s is under way (%s); wait for its end, or end it: its lock goes with its session", what,
                    hf_pg_rows_text(rows, 0, 0));
    return rows != NULL && hf_pg_rows_count(rows) == 0;
}

/* The lock is held by an open transaction, so that it holds behind a pooler too. It is one of the maintenance database;
 * who has it from another one is looked for. Two at the same moment may both be refused, never both let in. */
static bool try_lock(HfPg *pg, const char *key, const char *what, GError **error)
{
    if (!hf_pg_exec(pg, "BEGIN READ ONLY", error))
        return false;
    g_autofree char *locked =
        hf_pg_query_text(pg, "SELECT pg_catalog.pg_try_advisory_xact_lock(" LOCK_CLASS ", pg_catalog.hashtext($1))",
                         (const char *[]){key, NULL}, error);
    if (locked == NULL || !check_no_other(pg, key, what, error))
        return false;
    if (*locked == 'f')
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "another %s was under way a moment ago; try again", what);
    return *locked == 't';
}

typedef struct {
    HfPg *pg;
    const char *key, *what;
} Lock;

/* HfPatienceTry */
static bool try_once(gpointer data, GError **error)
{
    const Lock *self = data;
    g_autoptr(GError) reason = NULL;
    if (try_lock(self->pg, self->key, self->what, &reason))
        return true;
    if (!g_error_matches(reason, HF_ERROR, HF_ERROR_CONFLICT) || hf_pg_exec(self->pg, "ROLLBACK", error))
        g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

bool hf_migrate_lock(HfPg *pg, const char *key, const char *what, uint64_t patience_ms, GCancellable *cancellable,
                     GError **error)
{
    Lock lock = {pg, key, what};
    return hf_patience_try(try_once, &lock, patience_ms, cancellable, error);
}

/* ---- The source ----------------------------------------------------------------------------------------------------
 */

/* What makes a cluster the one it is; NULL where that may not be asked. Transfer full. */
static char *cluster_of(HfPg *pg)
{
    return hf_pg_query_text(pg, "SELECT system_identifier FROM pg_catalog.pg_control_system()", NULL, NULL);
}

static bool check_not_itself(HfPg *source, HfPg *target, const char *database, GError **error)
{
    g_autofree char *from = cluster_of(source), *to = cluster_of(target);
    if (g_strcmp0(from, to) != 0 || from == NULL || strcmp(hf_pg_database(source), database) != 0)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "the source and the target are the same database, %s", database);
    return false;
}

/* Who else may write to the source but those that hold a migration's lock: how many sessions, in words by application,
 * user and address, and whether all of them are Holdfast's own. A subscription writes what its publisher sends, and a
 * prepared transaction ends some time: neither has a client, and each counts as one. */
#define SESSIONS                                                                                                       \
    "SELECT pg_catalog.count(*) AS n, bool_and(coalesce(a.application_name ~ '^(holdfast$|pg_dump )', false)) AS "     \
    "ours, pg_catalog.format('%s %s of %s from %s', pg_catalog.count(*), coalesce(nullif(a.application_name, ''), "    \
    "'unnamed'), a.usename, CASE WHEN a.client_addr IS NOT NULL THEN pg_catalog.host(a.client_addr) WHEN "             \
    "a.backend_type IS NOT NULL THEN 'the server''s own host' ELSE 'an address that the role may not see' END) AS "    \
    "line FROM pg_catalog.pg_stat_activity a WHERE a.datname = pg_catalog.current_database() AND a.pid <> "            \
    "pg_catalog.pg_backend_pid() AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.pid = a.pid AND "           \
    "l.locktype = 'advisory' AND l.classid = " LOCK_CLASS "::pg_catalog.oid) AND " HF_SESSION_IS_CLIENT                \
    " GROUP BY a.application_name, a.usename, a.client_addr, a.backend_type"
#define SUBSCRIPTIONS                                                                                                  \
    "SELECT 1, false, pg_catalog.format('the subscription %s', u.subname) FROM pg_catalog.pg_subscription u JOIN "     \
    "pg_catalog.pg_database d ON d.oid = u.subdbid WHERE d.datname = pg_catalog.current_database() AND u.subenabled"
#define PREPARED                                                                                                       \
    "SELECT 1, false, pg_catalog.format('the prepared transaction %s of %s', x.gid, x.owner) FROM "                    \
    "pg_catalog.pg_prepared_xacts x WHERE x.database = pg_catalog.current_database()"

static HfPgRows *look_at_others(HfPg *pg, GError **error)
{
    return hf_pg_query(pg,
                       "SELECT coalesce(pg_catalog.sum(s.n), 0), pg_catalog.string_agg(s.line, ', ' ORDER BY s.line), "
                       "bool_and(s.ours) "
                       "FROM (" SESSIONS " UNION ALL " SUBSCRIPTIONS " UNION ALL " PREPARED ") s",
                       NULL, error);
}

bool hf_migrate_check_others(HfOthers others, HfPg *pg, char **warning, GError **error)
{
    g_autoptr(HfPgRows) rows = look_at_others(pg, error);
    for (int i = 1; i < LOOKS && rows != NULL && hf_pg_rows_bool(rows, 0, 2); i++) {
        g_usleep(LOOK_AGAIN_US);
        hf_pg_rows_free(rows);
        rows = look_at_others(pg, error);
    }
    *warning = NULL;
    if (rows == NULL)
        return false;
    int64_t count = hf_pg_rows_int64(rows, 0, 0);
    g_autofree char *who = g_strdup_printf("%" G_GINT64_FORMAT " other%s at work in the source: %s", count,
                                           count == 1 ? " is" : "s are", hf_pg_rows_text(rows, 0, 1));
    if (count > 0 && others == HF_OTHERS_REFUSE) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                    "%s; stop them and try again, or take what is there now with --others go-on: what they write later "
                    "stays behind",
                    who);
        return false;
    }
    if (count > 0)
        *warning = g_strconcat(who,
                               others == HF_OTHERS_HALT ? "; their sessions are ended when it begins"
                                                        : "; what they write from now on stays behind",
                               NULL);
    return true;
}

/* ---- The backup before ---------------------------------------------------------------------------------------------
 */

static bool unfit(GError **error, const char *why)
{
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "the backup will not do: %s", why);
    return false;
}

static bool check_age(const HfArchiveHead *head, uint64_t max_age_s, GError **error)
{
    g_autoptr(GDateTime) created = g_date_time_new_from_iso8601(head->created, NULL);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    double age_s = created != NULL ? (double)g_date_time_difference(now, created) / G_USEC_PER_SEC : G_MAXDOUBLE;
    if (age_s <= (double)max_age_s)
        return true;
    g_autofree char *limit = hf_format_duration((double)max_age_s);
    g_autofree char *why = g_strdup_printf("it was begun at %s, which is over %s ago; take a new one, or allow it with "
                                           "--backup-age",
                                           head->created, limit);
    return unfit(error, why);
}

/* A table keeps its OID as long as it lives, and no two databases give theirs alike: of the tables that both have, one
 * at least must have kept it. */
static bool check_same_database(HfPg *pg, HfArchiveReader *archive, GError **error)
{
    const HfArchiveHead *head = hf_archive_reader_head(archive);
    const HfManifest *manifest = hf_archive_reader_manifest(archive);
    if (strcmp(head->database.name, hf_pg_database(pg)) != 0 ||
        head->server_version_num / 10000 != hf_pg_server_version(pg) / 10000)
        return unfit(error, "it is of another database");
    g_autoptr(HfPgRows) rows = hf_pg_query(pg,
                                           "SELECT n.nspname, c.relname, c.oid FROM pg_catalog.pg_class c JOIN "
                                           "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'",
                                           NULL, error);
    if (rows == NULL)
        return false;
    g_autoptr(GHashTable) oids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++)
        g_hash_table_insert(oids, hf_pg_quote_qualified(hf_pg_rows_text(rows, i, 0), hf_pg_rows_text(rows, i, 1)),
                            GUINT_TO_POINTER((guint)hf_pg_rows_int64(rows, i, 2)));
    guint both = 0, same = 0;
    for (guint i = 0; i < manifest->tables->len; i++) {
        const HfManifestTable *table = manifest->tables->pdata[i];
        g_autofree char *name = hf_pg_quote_qualified(table->schema, table->name);
        gpointer oid = table->kind == HF_TABLE_PLAIN ? g_hash_table_lookup(oids, name) : NULL;
        both += oid != NULL;
        same += oid != NULL && oid == GUINT_TO_POINTER(table->oid);
    }
    return both == 0 || same > 0 || unfit(error, "it is of another database of that name");
}

bool hf_migrate_check_backup(const HfPgTarget *source, HfArchiveReader *archive, uint64_t max_age_s, unsigned jobs,
                             HfProgress *progress, GCancellable *cancellable, GError **error)
{
    const HfArchiveHead *head = hf_archive_reader_head(archive);
    if (head->filters->len > 0)
        return unfit(error, "it is of a part of a database");
    if (!check_age(head, max_age_s, error))
        return false;
    g_autoptr(HfPg) pg = hf_pg_connect(source, cancellable, error);
    return pg != NULL && check_same_database(pg, archive, error) &&
           hf_archive_check_whole(archive, jobs, progress, cancellable, error);
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

/* After the halt nobody is to be there any more. A preflight finds out whether it could be. */
static bool settle_others(const HfMigrateOptions *options, HfPg *source, HfPg *target, HfSourceHalt *halt,
                          char **warning, GError **error)
{
    bool halts = options->others == HF_OTHERS_HALT;
    if (!halts || options->restore.dry_run)
        return (!halts || hf_source_halt_check(options->keeper, source, error)) &&
               hf_migrate_check_others(options->others, source, warning, error);
    return hf_source_halt_begin(halt, options->keeper, options->source, source, target, error) &&
           hf_migrate_check_others(HF_OTHERS_REFUSE, source, warning, error);
}

static bool prepare(const HfMigrateOptions *options, HfPg *target, HfSourceHalt *halt, GCancellable *cancellable,
                    char **warning, GError **error)
{
    const char *database = hf_pg_target_database(options->restore.target);
    g_autofree char *what = g_strconcat("migration into ", database, NULL);
    g_autoptr(HfPg) source = hf_pg_connect(options->source, cancellable, error);
    return source != NULL && check_not_itself(source, target, database, error) &&
           hf_migrate_lock(target, database, what, options->patience_ms, cancellable, error) &&
           settle_others(options, source, target, halt, warning, error);
}

/* Tables that come without rows, which are proved to have none: told, as nobody else does. */
static void tell_empty(const HfManifest *manifest, char **warning)
{
    g_autoptr(GString) told = g_string_new(*warning);
    for (guint i = 0; i < manifest->tables->len; i++) {
        const HfManifestTable *table = manifest->tables->pdata[i];
        if (table->no_data_reason != NULL)
            g_string_append_printf(told, "%s%s.%s comes without rows: %s", told->len > 0 ? "; " : "", table->schema,
                                   table->name, table->no_data_reason);
    }
    g_free(*warning);
    *warning = told->len > 0 ? g_string_free(g_steal_pointer(&told), FALSE) : NULL;
}

/* Transfer full; takes `warning`, which may be NULL. */
static char *warn_too(char *warning, const char *more)
{
    char *both = warning != NULL ? g_strconcat(warning, "; ", more, NULL) : g_strdup(more);
    g_free(warning);
    return both;
}

/* The target lets services in, whether the source is closed to them by this migration or since an earlier one. */
static void open_target(const HfMigrateOptions *options, const HfSourceHalt *halt, HfArchiveHead *head, char **warning)
{
    const HfSourceHaltKeeper *keeper = options->keeper;
    int64_t *limit = &head->database.connection_limit;
    if (halt->begun) {
        *limit = halt->connection_limit;
    } else if (*limit == 0 && keeper != NULL && keeper->is_halted) {
        *limit = keeper->connection_limit;
    } else if (*limit == 0) {
        *limit = -1;
        if (options->restore.mode == HF_RESTORE_NEW) /* else it has that of what it replaces */
            *warning =
                warn_too(*warning, "the source lets in superusers alone, as its connection limit is 0, and nobody "
                                   "knows which one it had before: the target has none");
    }
}

static bool tell_excluded(HfPg *pg, const HfScope *scope, char **warning, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_postgres_list_excluded(pg, scope, error);
    g_autoptr(GString) told = g_string_new(*warning);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++)
        g_string_append_printf(told, "%s%s.%s",
                               i > 0           ? ", "
                               : told->len > 0 ? "; left out on purpose: "
                                               : "left out on purpose: ",
                               hf_pg_rows_text(rows, i, 0), hf_pg_rows_text(rows, i, 1));
    g_free(*warning);
    *warning = told->len > 0 ? g_string_free(g_steal_pointer(&told), FALSE) : NULL;
    return rows != NULL;
}

static bool migrate(const HfMigrateOptions *options, HfSourceHalt *halt, HfProgress *progress,
                    GCancellable *cancellable, HfRestoreResult *result, GError **error)
{
    HfDatabaseReadOptions read = {
        .source = options->source, .scope = options->scope, .lock_wait_ms = options->lock_wait_ms};
    HfRestoreOptions restore = options->restore;
    g_autofree char *warning = NULL;
    if (restore.archive_name == NULL)
        restore.archive_name = hf_pg_target_describe(options->source);
    if (progress != NULL)
        hf_progress_set_phase(progress, "taking the snapshot");
    g_autoptr(HfPg) lock = hf_postgres_connect_maintenance(restore.target, restore.maintenance_db, cancellable, error);
    if (lock == NULL || !prepare(options, lock, halt, cancellable, &warning, error))
        return false;
    g_autoptr(HfDatabaseRead) database = hf_database_read_open(&read, cancellable, error);
    if (database == NULL)
        return false;
    open_target(options, halt, database->head, &warning);
    tell_empty(database->manifest, &warning);
    if (!tell_excluded(database->snapshot->pg, &options->scope, &warning, error))
        return false;
    g_auto(HfDatabaseOrigin) origin = {0};
    hf_database_origin_init(&origin, database, &options->scope, warning);
    return hf_restore_from(&origin.origin, &restore, progress, cancellable, result, error);
}

bool hf_migrate(const HfMigrateOptions *options, HfProgress *progress, GCancellable *cancellable,
                HfRestoreResult *result, GError **error)
{
    HfSourceHalt halt = {0};
    *result = (HfRestoreResult){0};
    bool ok = migrate(options, &halt, progress, cancellable, result, error);
    hf_source_halt_end(&halt, ok || result->in_doubt); /* services of both would write */
    return ok;
}
