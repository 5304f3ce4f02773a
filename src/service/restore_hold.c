#include "service/restore_hold.h"

#include "base/error.h"

#include <string.h>

#define ATTEMPTS 10
#define TABLES_A_LOCK 500

/* Tables of users that this session does not hold, quoted. The two of large objects are the system's: a superuser may
 * lock them. */
static const char unheld_sql[] =
    "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
    "ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND ((n.nspname !~ '^pg_' AND "
    "n.nspname <> 'information_schema') OR (c.oid IN ('pg_catalog.pg_largeobject'::pg_catalog.regclass, "
    "'pg_catalog.pg_largeobject_metadata'::pg_catalog.regclass) AND (SELECT rolsuper FROM pg_catalog.pg_roles WHERE "
    "rolname = current_user))) AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.locktype = 'relation' AND "
    "l.relation = c.oid AND l.pid = pg_catalog.pg_backend_pid() AND l.mode = 'ShareLock' AND l.granted) ORDER BY c.oid";

static const char holders_sql[] =
    "SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('process %s (%s)', l.pid, "
    "coalesce(nullif(a.application_name, ''), a.usename, 'unknown')), ', ') FROM pg_catalog.pg_locks l JOIN "
    "pg_catalog.pg_database d ON d.oid = l.database AND d.datname = pg_catalog.current_database() LEFT JOIN "
    "pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'relation' AND l.granted AND l.mode NOT IN "
    "('AccessShareLock', 'RowShareLock', 'ShareLock') AND l.relation >= 16384::pg_catalog.oid AND l.pid <> "
    "pg_catalog.pg_backend_pid()";

static bool lock_tables(HfPg *pg, const HfPgRows *tables, GError **error)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    size_t count = hf_pg_rows_count(tables);
    for (size_t i = 0; i < count; i++) {
        g_string_append_printf(sql, "%s ONLY %s", sql->len == 0 ? "LOCK TABLE" : ",", hf_pg_rows_text(tables, i, 0));
        if ((i + 1) % TABLES_A_LOCK != 0 && i + 1 < count)
            continue;
        g_string_append(sql, " IN SHARE MODE");
        if (!hf_pg_exec(pg, sql->str, error))
            return false;
        g_string_truncate(sql, 0);
    }
    return true;
}

static void explain_wait(HfPg *pg, GError **error)
{
    g_autofree char *holders = hf_pg_query_text(pg, holders_sql, NULL, NULL);
    g_clear_error(error);
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                "others kept tables locked for more than %d s, so that writers could not be held off: %s; nothing was "
                "touched: end what they do, or try again later",
                HF_HOLD_LOCK_WAIT_S, holders != NULL ? holders : "they are gone by now");
}

/* One attempt: *done if all tables that are there are held. A table that went away meanwhile starts all over. */
static bool attempt(HfPg *pg, bool *done, GError **error)
{
    g_autoptr(HfPgRows) tables = hf_pg_query(pg, unheld_sql, NULL, error);
    g_autoptr(GError) reason = NULL;
    if (tables == NULL)
        return false;
    *done = hf_pg_rows_count(tables) == 0;
    if (*done || lock_tables(pg, tables, &reason))
        return true;
    bool vanished = strstr(reason->message, "(42P01)") != NULL, waited = strstr(reason->message, "(55P03)") != NULL;
    g_propagate_error(error, g_steal_pointer(&reason));
    if ((vanished || waited) && !hf_pg_exec(pg, "ROLLBACK", NULL))
        return false;
    if (waited)
        explain_wait(pg, error);
    if (!vanished)
        return false;
    g_clear_error(error);
    return hf_pg_exec(pg, "BEGIN", error);
}

HfPg *hf_restore_hold(const HfPgTarget *target, GCancellable *cancellable, GError **error)
{
    g_autoptr(HfPg) pg = hf_pg_connect(target, cancellable, error);
    bool done = false;
    if (pg == NULL || !hf_pg_execf(pg, error, "SET lock_timeout = '%ds'", HF_HOLD_LOCK_WAIT_S) ||
        !hf_pg_exec(pg, "BEGIN", error))
        return NULL;
    for (int i = 0; i < ATTEMPTS && !done; i++)
        if (!attempt(pg, &done, error))
            return NULL;
    if (done)
        return g_steal_pointer(&pg);
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                "tables were created or dropped during each of %d attempts to lock them all; nothing was touched: try "
                "again when that is over",
                ATTEMPTS);
    return NULL;
}

bool hf_restore_check_held(HfPg *held, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_pg_query(held, unheld_sql, NULL, error);
    if (rows == NULL || hf_pg_rows_count(rows) == 0)
        return rows != NULL;
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                "tables were made after the safety backup began, %s among them; try again when that is over",
                hf_pg_rows_text(rows, 0, 0));
    return false;
}

char *hf_restore_hold_transaction(HfPg *held, GError **error)
{
    return hf_pg_query_text(held, "SELECT pg_catalog.txid_current()", NULL, error);
}

bool hf_restore_hold_settle(const HfPgTarget *target, const char *transaction, GCancellable *cancellable,
                            bool *committed, GError **error)
{
    const char *parameters[] = {transaction, NULL};
    g_autoptr(HfPg) pg = hf_pg_connect(target, cancellable, error);
    g_autoptr(HfPgRows) rows =
        pg != NULL ? hf_pg_query(pg, "SELECT pg_catalog.txid_status($1::int8)", parameters, error) : NULL;
    if (rows == NULL)
        return false;
    const char *status = hf_pg_rows_text(rows, 0, 0);
    *committed = g_strcmp0(status, "committed") == 0;
    if (g_strcmp0(status, "in progress") != 0)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_NETWORK, "the transaction %s of an attempt that was lost goes on",
                transaction);
    return false;
}
