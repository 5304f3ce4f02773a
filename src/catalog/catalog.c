/*
 * A connection can be lost at any time. While it was idle nothing is at stake: a transaction is begun again on a new
 * one, and a statement that only reads is repeated. Whatever else was under way fails with HF_ERROR_NETWORK, for it may
 * have been done.
 */
#include "catalog/catalog.h"

#include "base/error.h"
#include "catalog/migrate.h"
#include "catalog/row.h"

#include <string.h>

#define PATIENCE_S 30 /* longer than a statement may take: a server that still says nothing stands still */

struct HfCatalog {
    const HfPgTarget *target;
    GCancellable *cancellable;
    HfPg *pg; /* NULL: not connected */
    bool in_transaction;
};

HfCatalog *hf_catalog_new(const HfPgTarget *target, GCancellable *cancellable)
{
    HfCatalog *self = g_new0(HfCatalog, 1);
    *self = (HfCatalog){.target = target, .cancellable = cancellable};
    return self;
}

void hf_catalog_free(HfCatalog *self)
{
    if (self == NULL)
        return;
    hf_pg_close(self->pg);
    g_free(self);
}

/* ---- Connection ----------------------------------------------------------------------------------------------------
 */

static bool connect_now(HfCatalog *self, GError **error)
{
    if (self->pg != NULL)
        return true;
    g_autoptr(HfPg) pg = hf_pg_connect(self->target, self->cancellable, error);
    if (pg == NULL)
        return false;
    hf_pg_set_patience(pg, PATIENCE_S);
    if (!hf_pg_exec(pg,
                    "SET search_path = holdfast, pg_temp; SET statement_timeout = '25s'; "
                    "SET lock_timeout = '18s'; SET idle_in_transaction_session_timeout = '15s'",
                    error))
        return false;
    self->pg = g_steal_pointer(&pg);
    return true;
}

/* A connection that broke is closed. Whether the server had ended it before the statement came. */
static bool close_if_lost(HfCatalog *self, const GError *error)
{
    if (!g_error_matches(error, HF_ERROR, HF_ERROR_NETWORK))
        return false;
    g_clear_pointer(&self->pg, hf_pg_close);
    return strstr(error->message, "(57P01)") != NULL || strstr(error->message, "(57P02)") != NULL;
}

/* A statement that only reads begins so; one that calls a function which writes begins with a comment that says so. */
static bool only_reads(const char *sql)
{
    return g_str_has_prefix(sql, "SELECT ");
}

/* ---- Errors --------------------------------------------------------------------------------------------------------
 */

/* What stands between quotes after `before` in a server's message; transfer full, NULL: nothing. */
static char *quoted_after(const char *message, const char *before)
{
    const char *start = strstr(message, before);
    const char *end = start != NULL ? strchr(start + strlen(before), '"') : NULL;
    return end != NULL ? g_strndup(start + strlen(before), (gsize)(end - start) - strlen(before)) : NULL;
}

/* "server_port_check" is about port, "schedule_organization_id_storage_id_fkey" about storage_id. Transfer full. */
static char *field_of_constraint(const char *message)
{
    g_autofree char *name = quoted_after(message, "constraint \"");
    const char *start = name != NULL ? strchr(name, '_') : NULL;
    if (start == NULL)
        return g_strdup("a value");
    char *end = strrchr(name, '_');
    const char *organization = strstr(name, "_organization_id_");
    if (organization != NULL && organization + strlen("_organization_id_") < end)
        start = organization + strlen("_organization_id_") - 1;
    return start < end ? g_strndup(start + 1, (gsize)(end - start) - 1) : g_strdup(start + 1);
}

/* What a trigger said, without where. Transfer full. */
static char *words_of_trigger(const char *message)
{
    const char *start = strstr(message, ": ");
    char *words = g_strdup(start != NULL ? start + 2 : message);
    char *end = strstr(words, "; PL/pgSQL");
    if (end != NULL)
        *end = '\0';
    return words;
}

static bool refused_with(const GError *error, const char *const *sqlstates)
{
    for (; *sqlstates != NULL; sqlstates++)
        if (g_str_has_suffix(error->message, *sqlstates))
            return true;
    return false;
}
#define REFUSED_WITH(error, ...) refused_with(error, (const char *const[]){__VA_ARGS__, NULL})

/* The database's refusals that come from what the caller sent, in our words. Takes `reason`. */
static GError *translate(GError *reason)
{
    GError *told = NULL;
    g_autofree char *words = NULL;
    if (REFUSED_WITH(reason, "(23505)"))
        told = g_error_new(HF_ERROR, HF_ERROR_CONFLICT, "there is one of that name already");
    else if (REFUSED_WITH(reason, "(23503)") && strstr(reason->message, "is still referenced") != NULL)
        told = g_error_new(HF_ERROR, HF_ERROR_CONFLICT, "it is still in use by a %s: change or remove that first",
                           words = quoted_after(strstr(reason->message, "referenced from"), "table \""));
    else if (REFUSED_WITH(reason, "(23503)"))
        told = g_error_new(HF_ERROR, HF_ERROR_NOT_FOUND, "%s names something that does not exist",
                           words = field_of_constraint(reason->message));
    else if (REFUSED_WITH(reason, "(23514)"))
        told = g_error_new(HF_ERROR, HF_ERROR_USAGE, "%s has no value that fits",
                           words = field_of_constraint(reason->message));
    else if (REFUSED_WITH(reason, "(23502)"))
        told = g_error_new(HF_ERROR, HF_ERROR_USAGE, "%s must have a value",
                           words = quoted_after(reason->message, "column \""));
    else if (REFUSED_WITH(reason, "(22P02)", "(22007)", "(22008)", "(22003)", "(22P05)"))
        told = g_error_new(HF_ERROR, HF_ERROR_USAGE, "a value does not have the right form: \"%s\"",
                           (words = quoted_after(reason->message, ": \"")) != NULL ? words : "");
    else if (REFUSED_WITH(reason, "(55006)"))
        told = g_error_new_literal(HF_ERROR, HF_ERROR_CONFLICT, words = words_of_trigger(reason->message));
    else
        return reason;
    g_error_free(reason);
    return told;
}

/* ---- Statements ----------------------------------------------------------------------------------------------------
 */

HfPgRows *hf_catalog_query(HfCatalog *self, const char *sql, const char *const *parameters, GError **error)
{
    for (bool repeat = true;; repeat = false) {
        g_autoptr(GError) reason = NULL;
        bool was_connected = self->pg != NULL;
        if (self->in_transaction && !was_connected) {
            g_set_error_literal(error, HF_ERROR, HF_ERROR_NETWORK, "the connection to the catalog was lost");
            return NULL;
        }
        HfPgRows *rows = connect_now(self, &reason) ? hf_pg_query(self->pg, sql, parameters, &reason) : NULL;
        if (rows != NULL)
            return rows;
        bool not_run = close_if_lost(self, reason);
        bool lost = was_connected && self->pg == NULL;
        if (!repeat || self->in_transaction || !lost || !(not_run || only_reads(sql))) {
            g_propagate_error(error, translate(g_steal_pointer(&reason)));
            return NULL;
        }
    }
}

bool hf_catalog_do(HfCatalog *self, const char *sql, const char *const *parameters, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_catalog_query(self, sql, parameters, error);
    return rows != NULL;
}

char *hf_catalog_text(HfCatalog *self, const char *sql, const char *const *parameters, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_catalog_query(self, sql, parameters, error);
    return rows != NULL && hf_pg_rows_count(rows) > 0 ? g_strdup(hf_pg_rows_text(rows, 0, 0)) : NULL;
}

/* ---- Transactions --------------------------------------------------------------------------------------------------
 */

bool hf_catalog_begin(HfCatalog *self, GError **error)
{
    g_assert(!self->in_transaction);
    for (bool repeat = self->pg != NULL;; repeat = false) {
        g_autoptr(GError) reason = NULL;
        if (connect_now(self, &reason) && hf_pg_exec(self->pg, "BEGIN", &reason))
            return self->in_transaction = true;
        (void)close_if_lost(self, reason);
        if (!repeat || self->pg != NULL) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return false;
        }
    }
}

bool hf_catalog_commit(HfCatalog *self, GError **error)
{
    bool in_doubt;
    g_autoptr(GError) reason = NULL;
    g_assert(self->in_transaction);
    self->in_transaction = false;
    if (self->pg == NULL) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_NETWORK, "the connection to the catalog was lost");
        return false;
    }
    if (hf_pg_commit(self->pg, &in_doubt, &reason))
        return true;
    (void)close_if_lost(self, reason);
    g_propagate_error(error, translate(g_steal_pointer(&reason)));
    return false;
}

void hf_catalog_rollback(HfCatalog *self)
{
    g_autoptr(GError) reason = NULL;
    if (self->in_transaction && self->pg != NULL && !hf_pg_exec(self->pg, "ROLLBACK", &reason))
        g_clear_pointer(&self->pg, hf_pg_close);
    self->in_transaction = false;
}

bool hf_catalog_in_transaction(const HfCatalog *self)
{
    return self->in_transaction;
}

/* ---- State ---------------------------------------------------------------------------------------------------------
 */

bool hf_catalog_check(HfCatalog *self, GError **error)
{
    g_autofree char *views = hf_catalog_views_digest();
    g_autoptr(HfPgRows) rows = hf_catalog_query(
        self, "SELECT max(version), (SELECT digest FROM migration WHERE version = 0) FROM migration", NULL, error);
    if (rows == NULL)
        return false;
    int64_t version = hf_pg_rows_int64(rows, 0, 0);
    if (version == hf_catalog_version() && g_strcmp0(hf_pg_rows_text(rows, 0, 1), views) == 0)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                "the catalog was made by another version of this program (%" G_GINT64_FORMAT
                ", and this one knows %d): "
                "run \"holdfast init\" of the newest one, and use it everywhere",
                version, hf_catalog_version());
    return false;
}

bool hf_catalog_identify(HfCatalog *self, char **system, char **database, GError **error)
{
    g_autoptr(HfPgRows) rows =
        hf_catalog_query(self, "SELECT system_identifier, current_database() FROM pg_control_system()", NULL, error);
    if (rows == NULL)
        return false;
    *system = g_strdup(hf_pg_rows_text(rows, 0, 0));
    *database = g_strdup(hf_pg_rows_text(rows, 0, 1));
    return true;
}

#define THE_LEAD "locktype = 'advisory' AND classid = 1213156420 AND objid = 3 AND granted"

/* Ends the connection, and so the lead, of a leader that stands still. */
static bool depose(HfCatalog *self, GError **error)
{
    static const char sql[] =
        "/* writes: */ SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
        "JOIN pg_database d ON d.oid = l.database WHERE " THE_LEAD " AND d.datname = current_database() AND a.state "
        "LIKE 'idle%' AND a.state_change < clock_timestamp() - $1::int * interval '1 second'";
    HfNumber longest;
    g_autoptr(HfPgRows) rows =
        hf_catalog_query(self, sql, HF_PARAMETERS(hf_number(&longest, HF_CATALOG_LEADER_S)), error);
    if (rows != NULL && hf_pg_rows_count(rows) > 0)
        g_warning("the leader has done nothing for %d s, and leads no longer", HF_CATALOG_LEADER_S);
    return rows != NULL;
}

bool hf_catalog_lead(HfCatalog *self, bool *leader, GError **error)
{
    static const char sql[] = "/* writes: */ SELECT CASE WHEN EXISTS (SELECT FROM pg_locks WHERE " THE_LEAD
                              " AND pid = pg_backend_pid()) THEN true ELSE pg_try_advisory_lock(1213156420, 3) END";
    g_autoptr(HfPgRows) rows = hf_catalog_query(self, sql, NULL, error);
    *leader = rows != NULL && hf_pg_rows_bool(rows, 0, 0);
    return rows != NULL && (*leader || depose(self, error));
}

bool hf_catalog_may_pass(const GError *error)
{
    static const char *const states[] = {"(55P03)", "(57014)", "(40P01)", "(40001)", NULL};
    bool waited = false;
    for (size_t i = 0; states[i] != NULL && error->domain == HF_ERROR && error->code == HF_ERROR_DATABASE; i++)
        waited |= strstr(error->message, states[i]) != NULL;
    return waited || hf_error_code_may_pass((HfErrorCode)error->code);
}
