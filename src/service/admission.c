#include "service/admission.h"

#include "base/error.h"
#include "engine/ends/postgres_copies.h"

#define WAIT_US (5 * G_USEC_PER_SEC)
#define LOOK_PAUSE_US 20000

/* $1: the database, $2 and $3: the processes that go on. */
#define END_SESSIONS                                                                                                   \
    "SELECT a.pid, CASE WHEN " HF_SESSION_MAY_BE_ENDED " THEN pg_catalog.pg_terminate_backend(a.pid) END FROM "        \
    "pg_catalog.pg_stat_activity a WHERE a.datname = $1 AND " HF_SESSION_IS_CLIENT                                     \
    " AND a.pid NOT IN ($2::int4, $3::int4)"

static bool allow(HfPg *pg, const HfPgTarget *target, bool open, GError **error)
{
    g_autofree char *quoted = hf_pg_quote_ident(hf_pg_target_database(target));
    return hf_pg_execf(pg, error, "SET statement_timeout = '5s'; ALTER DATABASE %s ALLOW_CONNECTIONS %s", quoted,
                       open ? "true" : "false");
}

/* Transfer full. */
static char *process_of(HfPg *pg, GError **error)
{
    return pg != NULL ? hf_pg_query_text(pg, "SELECT pg_catalog.pg_backend_pid()", NULL, error) : g_strdup("0");
}

bool hf_admission_end_sessions(HfPg *pg, const char *database, HfPg *spared, HfPg *spared_too, GError **error)
{
    g_autofree char *one = process_of(spared, error), *other = one != NULL ? process_of(spared_too, error) : NULL;
    const char *parameters[] = {database, one, other, NULL};
    if (other == NULL)
        return false;
    gint64 until_us = g_get_monotonic_time() + WAIT_US;
    for (;;) {
        g_autoptr(HfPgRows) rows = hf_pg_query(pg, END_SESSIONS, parameters, error);
        if (rows == NULL || hf_pg_rows_count(rows) == 0)
            return rows != NULL;
        if (g_get_monotonic_time() > until_us) {
            g_warning("%zu sessions in %s do not end, process %s among them", hf_pg_rows_count(rows), parameters[0],
                      hf_pg_rows_text(rows, 0, 0));
            return true;
        }
        g_usleep(LOOK_PAUSE_US);
    }
}

bool hf_admission_close(const HfPgTarget *target, const char *maintenance_db, HfPg *spared, GCancellable *cancellable,
                        GError **error)
{
    g_autoptr(HfPg) pg = hf_postgres_connect_maintenance(target, maintenance_db, cancellable, error);
    return pg != NULL && allow(pg, target, false, error) &&
           hf_admission_end_sessions(pg, hf_pg_target_database(target), spared, NULL, error);
}

bool hf_admission_open(const HfPgTarget *target, const char *maintenance_db, GError **error)
{
    g_autoptr(HfPg) pg = hf_postgres_connect_maintenance(target, maintenance_db, NULL, error);
    return pg != NULL && allow(pg, target, true, error);
}
