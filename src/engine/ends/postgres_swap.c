/*
 * RENAME takes a lock on the database that keeps new sessions waiting, also while it waits for that lock itself, and
 * then waits until the old sessions are gone. So a try goes like this:
 *
 * - All that can wait without keeping anybody out comes first: COMMENT, which two swaps of the same database cannot
 *   both hold, then ALTER DATABASE. The server's clock is read while that lock is held, so that of two swaps the later
 *   one has the later time.
 * - RENAME is sent with short limits. Meanwhile a thread on a connection of its own looks again and again: sessions of
 *   the two databases are ended once the lock is had, and before that those in its way, which would be ended anyway.
 *   It remembers who else is in the way.
 * - What a limit stopped is tried again after a pause in which clients are served, and at last given up.
 *
 * A COMMIT without an answer is settled by asking: the old backend is ended and waited for, so that what it did is
 * decided; then the replacement is looked up by its OID, for both names exist whatever happened.
 */
#include "engine/ends/postgres_swap.h"

#include "base/error.h"

#include <string.h>

#define TRIES 5
#define FIRST_PAUSE_MS 500 /* doubled after each try */
#define LOOK_PAUSE_US 20000
#define SETTLE_PAUSE_US 50000
#define SETTLE_LIMIT_US (30 * G_USEC_PER_SEC)
/* The time without service is at most the sum of the two renames. */
#define BEGIN                                                                                                          \
    "BEGIN; SET LOCAL synchronous_commit = on; SET LOCAL lock_timeout = '1s'; SET LOCAL "                              \
    "idle_in_transaction_session_timeout = '5s'"
#define LIMIT_FIRST_RENAME "SET LOCAL statement_timeout = '1200ms'"
#define LIMIT_SECOND_RENAME "SET LOCAL statement_timeout = '600ms'"

/* One try. */
typedef struct {
    const HfSwap *swap;
    const char *live;
    HfPg *pg;
    char *pid, *started; /* of pg's backend; a process number alone may be used again */
    char *oid;           /* of the replacement */
    gint64 names_us;     /* when the first RENAME was sent; 0: not yet */
    HfPg *watcher;
    gint stop;
    char *holder; /* who was in the way and may not be ended; NULL: nobody was seen */
} Try;

static void try_clear(Try *self)
{
    hf_pg_close(self->pg);
    hf_pg_close(self->watcher);
    g_free(self->pid);
    g_free(self->started);
    g_free(self->oid);
    g_free(self->holder);
}

/* ---- Sessions ------------------------------------------------------------------------------------------------------
 */

/* $1, $2: the two databases; $3: the backend of the swap. Autovacuum's workers, which have no user, are RENAME's own
 * business. */
#define END_OR_NAME                                                                                                    \
    "WITH swap AS MATERIALIZED (SELECT pg_catalog.pg_blocking_pids($3::int4) AS blockers, EXISTS (SELECT FROM "        \
    "pg_catalog.pg_locks l WHERE l.pid = $3::int4 AND l.locktype = 'object' AND l.classid = "                          \
    "'pg_catalog.pg_database'::regclass AND l.mode = 'AccessExclusiveLock' AND l.granted) AS has_lock) "               \
    "SELECT CASE WHEN a.datname IN ($1, $2) AND " HF_SESSION_MAY_BE_ENDED                                              \
    " THEN pg_catalog.pg_terminate_backend(a.pid) END, pg_catalog.format('process %s of %s%s in %s', a.pid, "          \
    "a.usename, ' (' || nullif(a.application_name, '') || ')', coalesce(a.datname, 'no database')) "                   \
    "FROM swap s, pg_catalog.pg_stat_activity a WHERE a.usesysid IS NOT NULL AND a.pid <> $3::int4 AND a.pid <> "      \
    "pg_catalog.pg_backend_pid() AND (a.pid = ANY (s.blockers) OR s.has_lock AND a.datname IN ($1, $2))"

static void remember_holder(Try *self, const HfPgRows *rows)
{
    g_autoptr(GString) holder = g_string_new(NULL);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++)
        if (hf_pg_rows_text(rows, i, 0) == NULL)
            g_string_append_printf(holder, "%s%s", holder->len > 0 ? ", " : "", hf_pg_rows_text(rows, i, 1));
    if (holder->len == 0)
        return;
    g_free(self->holder);
    self->holder = g_strdup(holder->str);
}

static gpointer end_sessions(gpointer data)
{
    Try *self = data;
    const char *parameters[] = {self->live, self->swap->replacement, self->pid, NULL};
    while (!g_atomic_int_get(&self->stop)) {
        g_autoptr(GError) reason = NULL;
        g_autoptr(HfPgRows) rows = hf_pg_query(self->watcher, END_OR_NAME, parameters, &reason);
        if (rows == NULL) {
            g_info("ending the sessions: %s", reason->message);
            return NULL;
        }
        remember_holder(self, rows);
        g_usleep(LOOK_PAUSE_US);
    }
    return NULL;
}

/* ---- The transaction -----------------------------------------------------------------------------------------------
 */

static bool comment_on(HfPg *pg, const char *database, const char *comment, GError **error)
{
    g_autofree char *quoted = hf_pg_quote_ident(database);
    g_autofree char *literal = comment != NULL ? hf_pg_quote_literal(comment) : g_strdup("NULL");
    return hf_pg_execf(pg, error, "COMMENT ON DATABASE %s IS %s", quoted, literal);
}

static bool set_flags(HfPg *pg, const char *database, bool is_open, bool is_template, GError **error)
{
    g_autofree char *quoted = hf_pg_quote_ident(database);
    return hf_pg_execf(pg, error, "ALTER DATABASE %s WITH ALLOW_CONNECTIONS %s IS_TEMPLATE %s", quoted,
                       is_open ? "true" : "false", is_template ? "true" : "false");
}

static bool read_is_template(HfPg *pg, const char *database, bool *is_template, GError **error)
{
    const char *parameters[] = {database, NULL};
    g_autoptr(HfPgRows) rows =
        hf_pg_query(pg, "SELECT datistemplate FROM pg_catalog.pg_database WHERE datname = $1", parameters, error);
    *is_template = rows != NULL && hf_pg_rows_count(rows) > 0 && hf_pg_rows_bool(rows, 0, 0);
    return rows != NULL;
}

/* All but the names. */
static bool prepare(Try *self, GError **error)
{
    const HfSwap *swap = self->swap;
    HfPg *pg = self->pg;
    bool is_template = false;
    if (!hf_pg_exec(pg, BEGIN, error))
        return false;
    if (swap->kept != NULL) {
        /* Changes nothing: it is for the lock. */
        if (!comment_on(pg, self->live, swap->kept->comment, error))
            return false;
        g_autoptr(GDateTime) now = hf_postgres_now(pg, error);
        if (now == NULL)
            return false;
        hf_copy_stamp(swap->kept, now);
        g_autofree char *note = hf_copy_note(swap->kept);
        if (!read_is_template(pg, self->live, &is_template, error) || !comment_on(pg, self->live, note, error) ||
            !set_flags(pg, self->live, false, false, error))
            return false;
    }
    return (swap->statements == NULL || *swap->statements == '\0' || hf_pg_exec(pg, swap->statements, error)) &&
           set_flags(pg, swap->replacement, true, is_template, error) &&
           comment_on(pg, swap->replacement, swap->comment, error);
}

static bool rename_database(HfPg *pg, const char *from, const char *to, GError **error)
{
    g_autofree char *quoted_from = hf_pg_quote_ident(from);
    g_autofree char *quoted_to = hf_pg_quote_ident(to);
    return hf_pg_execf(pg, error, "ALTER DATABASE %s RENAME TO %s", quoted_from, quoted_to);
}

static bool change_names(Try *self, bool *in_doubt, GError **error)
{
    const HfSwap *swap = self->swap;
    HfPg *pg = self->pg;
    if (!hf_pg_exec(pg, LIMIT_FIRST_RENAME, error))
        return false;
    self->names_us = g_get_monotonic_time();
    /* A COMMIT that waits for a standby must not be cut short. */
    return (swap->kept == NULL || rename_database(pg, self->live, swap->kept->name, error)) &&
           hf_pg_exec(pg, LIMIT_SECOND_RENAME, error) && rename_database(pg, swap->replacement, self->live, error) &&
           hf_pg_exec(pg, "SET LOCAL statement_timeout = 0", error) && hf_pg_commit(pg, in_doubt, error);
}

/* ---- A COMMIT without an answer ------------------------------------------------------------------------------------
 */

static bool wait_for_backend(HfPg *pg, const Try *old, GError **error)
{
    const char *parameters[] = {old->pid, old->started, NULL};
    gint64 limit_us = g_get_monotonic_time() + SETTLE_LIMIT_US;
    for (;;) {
        g_autoptr(HfPgRows) rows = hf_pg_query(pg,
                                               "SELECT pg_catalog.pg_terminate_backend(pid) FROM "
                                               "pg_catalog.pg_stat_activity WHERE pid = $1::int4 AND backend_start = "
                                               "$2::timestamptz",
                                               parameters, error);
        if (rows == NULL || hf_pg_rows_count(rows) == 0)
            return rows != NULL;
        if (g_get_monotonic_time() > limit_us) {
            g_set_error(error, HF_ERROR, HF_ERROR_NETWORK, "the backend %s does not end", old->pid);
            return false;
        }
        g_usleep(SETTLE_PAUSE_US);
    }
}

static HfSwapOutcome settle(const Try *old)
{
    const HfSwap *swap = old->swap;
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfPg) pg = hf_postgres_connect_maintenance(swap->target, swap->maintenance_db, NULL, &reason);
    const char *parameters[] = {old->oid, NULL};
    g_autofree char *name = pg != NULL && wait_for_backend(pg, old, &reason)
                                ? hf_pg_query_text(pg, "SELECT datname FROM pg_catalog.pg_database WHERE oid = $1::oid",
                                                   parameters, &reason)
                                : NULL;
    if (reason != NULL) {
        g_info("the last step cannot be settled: %s", reason->message);
        return HF_SWAP_IN_DOUBT;
    }
    return g_strcmp0(name, old->live) == 0 ? HF_SWAP_MADE : HF_SWAP_NOT_MADE;
}

/* ---- Tries ---------------------------------------------------------------------------------------------------------
 */

/* Prepared transactions hold a database for good, so that trying would not help. */
static bool check_prepared(HfPg *pg, const Try *self, GError **error)
{
    const char *parameters[] = {self->live, self->swap->replacement, NULL};
    g_autoptr(GError) reason = NULL;
    g_autofree char *found = hf_pg_query_text(pg,
                                              "SELECT pg_catalog.string_agg(gid, ', ' ORDER BY gid) FROM "
                                              "pg_catalog.pg_prepared_xacts WHERE database IN ($1, $2)",
                                              parameters, &reason);
    if (found != NULL)
        g_set_error(&reason, HF_ERROR, HF_ERROR_CONFLICT,
                    "prepared transactions hold the database (%s): end them with COMMIT PREPARED or ROLLBACK PREPARED",
                    found);
    if (reason == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

static bool connect_both(Try *self, GError **error)
{
    const HfSwap *swap = self->swap;
    self->pg = hf_postgres_connect_maintenance(swap->target, swap->maintenance_db, swap->cancellable, error);
    if (self->pg == NULL)
        return false;
    self->watcher = hf_postgres_connect_maintenance(swap->target, swap->maintenance_db, NULL, error);
    if (self->watcher == NULL || !check_prepared(self->pg, self, error))
        return false;
    const char *parameters[] = {swap->replacement, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(self->pg,
                                           "SELECT a.pid, a.backend_start, d.oid FROM pg_catalog.pg_stat_activity a, "
                                           "pg_catalog.pg_database d WHERE a.pid = pg_catalog.pg_backend_pid() AND "
                                           "d.datname = $1",
                                           parameters, error);
    if (rows != NULL && hf_pg_rows_count(rows) == 0)
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "the database %s is gone", swap->replacement);
    if (rows == NULL || hf_pg_rows_count(rows) == 0)
        return false;
    self->pid = g_strdup(hf_pg_rows_text(rows, 0, 0));
    self->started = g_strdup(hf_pg_rows_text(rows, 0, 1));
    self->oid = g_strdup(hf_pg_rows_text(rows, 0, 2));
    return true;
}

/* Whether a limit stopped it, or somebody who may be gone the next time. */
static bool may_pass(const Try *self)
{
    /* Lock timeout, database in use, statement timeout, "tuple concurrently updated" (which has no code of its own). */
    static const char *const states[] = {"55P03", "55006", "57014", "XX000"};
    for (size_t i = 0; self->pg != NULL && i < G_N_ELEMENTS(states); i++)
        if (hf_pg_failed_with(self->pg, states[i]))
            return true;
    return false;
}

static HfSwapOutcome try_once(Try *self, double *downtime_s, GError **error)
{
    if (!connect_both(self, error))
        return HF_SWAP_NOT_MADE;
    g_autoptr(GError) reason = NULL;
    bool in_doubt = false;
    GThread *thread = g_thread_new("session ender", end_sessions, self);
    bool ok = prepare(self, &reason) && change_names(self, &in_doubt, &reason);
    gint64 end_us = g_get_monotonic_time();
    g_atomic_int_set(&self->stop, 1);
    g_thread_join(thread);
    *downtime_s = self->names_us != 0 ? (double)(end_us - self->names_us) / G_USEC_PER_SEC : 0;
    if (ok)
        return HF_SWAP_MADE;
    HfSwapOutcome outcome = in_doubt ? settle(self) : HF_SWAP_NOT_MADE;
    if (outcome == HF_SWAP_MADE)
        g_warning(
            "the connection was lost at the last step (%s), but it was made; whether a synchronous standby has it "
            "is not known",
            reason->message);
    else
        g_propagate_error(error, g_steal_pointer(&reason));
    return outcome;
}

/* False if it is cancelled meanwhile. */
static bool wait_between(const HfSwap *swap, gint64 pause_ms, GError **error)
{
    gint64 end_us = g_get_monotonic_time() + pause_ms * 1000;
    while (g_get_monotonic_time() < end_us && !g_cancellable_is_cancelled(swap->cancellable))
        g_usleep(LOOK_PAUSE_US);
    return hf_error_check_cancelled(swap->cancellable, error);
}

/* `holder` is the last one that was seen; NULL: none ever was. */
static void give_up(const char *live, const char *holder, const GError *reason, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, "tried %d times, and %s was held each time%s%s%s", TRIES, live,
                holder != NULL ? ", at last by " : ": ", holder != NULL ? holder : reason->message,
                holder != NULL ? "; end that session, or wait until it is done, and try again" : "");
}

HfSwapOutcome hf_postgres_swap(const HfSwap *swap, double *downtime_s, GError **error)
{
    gint64 pause_ms = FIRST_PAUSE_MS;
    g_autofree char *holder = NULL;
    for (int number = 1;; number++, pause_ms *= 2) {
        Try attempt = {.swap = swap, .live = hf_pg_target_database(swap->target)};
        g_autoptr(GError) reason = NULL;
        HfSwapOutcome outcome = try_once(&attempt, downtime_s, &reason);
        bool again =
            outcome == HF_SWAP_NOT_MADE && may_pass(&attempt) && !g_cancellable_is_cancelled(swap->cancellable);
        if (attempt.holder != NULL) {
            g_free(holder);
            holder = g_strdup(attempt.holder);
        }
        if (again && number == TRIES)
            give_up(attempt.live, holder, reason, error);
        else if (!again && outcome != HF_SWAP_MADE)
            g_propagate_error(error, g_steal_pointer(&reason));
        else if (again)
            g_message("the last step is tried again in %.1f s: %s", (double)pause_ms / 1000,
                      attempt.holder != NULL ? attempt.holder : reason->message);
        try_clear(&attempt);
        if (!again || number == TRIES)
            return outcome;
        if (!wait_between(swap, pause_ms, error))
            return HF_SWAP_NOT_MADE;
    }
}
