/*
 * Locks first, snapshot second. pg_dump takes its snapshot and then locks what it shows; a table that is truncated or
 * rewritten in between appears empty in the old snapshot, and nobody is told. Here the transaction begins with LOCK
 * TABLE, which takes no snapshot, and the first query after it fixes the snapshot: everything that is locked is then as
 * the snapshot shows it. If that shows tables that are not locked (made since the list was read), all starts over.
 */
#include "base/error.h"
#include "engine/ends/postgres_catalog.h"

#include <string.h>

#define ATTEMPTS 10
#define TABLES_A_LOCK 500

void hf_postgres_snapshot_free(HfPostgresSnapshot *self)
{
    if (self == NULL)
        return;
    hf_pg_close(self->pg);
    g_free(self->name);
    g_clear_pointer(&self->tables, g_ptr_array_unref);
    g_clear_pointer(&self->relations, g_hash_table_unref);
    g_clear_pointer(&self->types, hf_type_table_free);
    g_free(self);
}

static char *join_names(const HfPgRows *rows)
{
    enum { SHOWN = 20 };
    g_autoptr(GString) names = g_string_new(NULL);
    size_t count = hf_pg_rows_count(rows);
    for (size_t i = 0; i < MIN(count, SHOWN); i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", hf_pg_rows_text(rows, i, 0));
    if (count > SHOWN)
        g_string_append_printf(names, " and %zu more", count - SHOWN);
    return g_string_free(g_steal_pointer(&names), FALSE);
}

/* Fails with all tables (of `oids`) for which `condition` over c holds. */
static bool refuse_tables(HfPg *pg, const char *oids, const char *condition, const char *what, const char *advice,
                          GError **error)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT c.oid::pg_catalog.regclass FROM pg_catalog.pg_class c WHERE c.oid = ANY "
                        "($1::pg_catalog.oid[]) AND %s ORDER BY 1::pg_catalog.text COLLATE \"C\"",
                        condition);
    const char *parameters[] = {oids, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(pg, sql, parameters, error);
    if (rows == NULL)
        return false;
    if (hf_pg_rows_count(rows) == 0)
        return true;
    g_autofree char *names = join_names(rows);
    g_set_error(error, HF_ERROR, HF_ERROR_DENIED, "%s: %s; %s", what, names, advice);
    return false;
}

static bool check_rights(HfPg *pg, const char *oids, GError **error)
{
    return refuse_tables(pg, oids, "NOT pg_catalog.has_table_privilege(c.oid, 'SELECT')", "the role may not read",
                         "grant it SELECT (or membership in pg_read_all_data), or leave them out with --exclude-table",
                         error) &&
           refuse_tables(
               pg, oids, "pg_catalog.row_security_active(c.oid)", "row level security would hide rows of",
               "back up as the owner, or as a role with BYPASSRLS (FORCE ROW LEVEL SECURITY binds owners too)", error);
}

/* Who holds the locks that keep us from ours; asked after the failed transaction is over. */
static void explain_lock_wait(HfPg *pg, const char *oids, GError **error)
{
    const char *parameters[] = {oids, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(
        pg,
        "SELECT DISTINCT pg_catalog.format('%s (held by process %s, %s)', l.relation::pg_catalog.regclass, l.pid, "
        "coalesce(nullif(a.application_name, ''), a.usename, 'unknown')) FROM pg_catalog.pg_locks l LEFT JOIN "
        "pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.granted AND l.mode = 'AccessExclusiveLock' AND "
        "l.relation = "
        "ANY ($1::pg_catalog.oid[]) AND l.pid <> pg_catalog.pg_backend_pid()",
        parameters, NULL);
    g_autofree char *names = rows != NULL && hf_pg_rows_count(rows) > 0 ? join_names(rows) : g_strdup("a table");
    g_clear_error(error);
    g_set_error(
        error, HF_ERROR, HF_ERROR_CONFLICT,
        "locked exclusively by another session for longer than the lock wait time: %s; try again later, or wait longer "
        "with --lock-wait-timeout",
        names);
}

static bool lock_tables(HfPg *pg, const GPtrArray *names, GError **error)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    for (guint i = 0; i < names->len; i++) {
        g_string_append_printf(sql, "%s ONLY %s", sql->len == 0 ? "LOCK TABLE" : ",", (char *)names->pdata[i]);
        if ((i + 1) % TABLES_A_LOCK != 0 && i + 1 < names->len)
            continue;
        g_string_append(sql, " IN ACCESS SHARE MODE");
        if (!hf_pg_exec(pg, sql->str, error))
            return false;
        g_string_truncate(sql, 0);
    }
    return true;
}

/* The names of a scope's tables as they are now (partitioned ones too), and their OIDs as an array in text. */
static GPtrArray *list_tables(HfPg *pg, const HfScope *scope, GHashTable *locked, char **oids, GError **error)
{
    g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func((GDestroyNotify)hf_planned_table_free);
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    if (!hf_postgres_read_tables(pg, scope, false, tables, locked, types, error))
        return NULL;
    g_autoptr(GString) array = g_string_new("{");
    GHashTableIter iter;
    gpointer oid;
    g_hash_table_iter_init(&iter, locked);
    while (g_hash_table_iter_next(&iter, &oid, NULL))
        g_string_append_printf(array, "%s%u", array->len > 1 ? "," : "", GPOINTER_TO_UINT(oid));
    g_string_append_c(array, '}');
    const char *parameters[] = {array->str, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(
        pg,
        "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN "
        "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY ($1::pg_catalog.oid[]) ORDER BY c.oid",
        parameters, error);
    if (rows == NULL)
        return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++)
        g_ptr_array_add(names, g_strdup(hf_pg_rows_text(rows, i, 0)));
    *oids = g_string_free(g_steal_pointer(&array), FALSE);
    return names;
}

static bool all_locked(GHashTable *relations, GHashTable *locked)
{
    GHashTableIter iter;
    gpointer oid;
    g_hash_table_iter_init(&iter, relations);
    while (g_hash_table_iter_next(&iter, &oid, NULL))
        if (!g_hash_table_contains(locked, oid))
            return false;
    return true;
}

typedef enum { SNAPSHOT_TAKEN, SNAPSHOT_RETRY, SNAPSHOT_FAILED } SnapshotOutcome;

static void empty(HfPostgresSnapshot *self)
{
    g_clear_pointer(&self->tables, g_ptr_array_unref);
    g_clear_pointer(&self->relations, g_hash_table_unref);
    g_clear_pointer(&self->types, hf_type_table_free);
    self->types = hf_type_table_new();
    self->tables = g_ptr_array_new_with_free_func((GDestroyNotify)hf_planned_table_free);
    self->relations = g_hash_table_new(NULL, NULL);
}

/* Inside the transaction, with the locks held. */
static bool read_snapshot(HfPostgresSnapshot *self, const HfScope *scope, GError **error)
{
    g_free(self->name);
    self->name = hf_pg_query_text(self->pg, "SELECT pg_catalog.pg_export_snapshot()", NULL, error);
    if (self->name == NULL)
        return false;
    empty(self);
    if (!hf_postgres_read_tables(self->pg, scope, self->on_standby, self->tables, self->relations, self->types, error))
        return false;
    if (hf_scope_is_selective(scope))
        return true;
    g_autofree char *count =
        hf_pg_query_text(self->pg, "SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata", NULL, error);
    self->large_objects = count != NULL ? g_ascii_strtoull(count, NULL, 10) : 0;
    return count != NULL;
}

/* After LOCK TABLE failed for `reason`, which it consumes. */
static SnapshotOutcome after_failed_lock(HfPg *pg, const char *oids, GError *reason, GError **error)
{
    bool vanished = strstr(reason->message, "(42P01)") != NULL, waited = strstr(reason->message, "(55P03)") != NULL;
    if (!vanished && !waited) {
        g_propagate_error(error, reason);
        return SNAPSHOT_FAILED;
    }
    g_error_free(reason);
    if (!hf_pg_exec(pg, "ROLLBACK", error))
        return SNAPSHOT_FAILED;
    if (waited)
        explain_lock_wait(pg, oids, error);
    return vanished ? SNAPSHOT_RETRY : SNAPSHOT_FAILED;
}

static SnapshotOutcome attempt(HfPostgresSnapshot *self, const HfScope *scope, uint64_t lock_wait_ms, GError **error)
{
    g_autoptr(GHashTable) locked = g_hash_table_new(NULL, NULL);
    g_autofree char *oids = NULL;
    g_autoptr(GPtrArray) names = list_tables(self->pg, scope, locked, &oids, error);
    if (names == NULL || !check_rights(self->pg, oids, error))
        return SNAPSHOT_FAILED;
    if (!hf_pg_exec(self->pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error) ||
        !hf_pg_execf(self->pg, error, "SET LOCAL lock_timeout = %" G_GUINT64_FORMAT, lock_wait_ms))
        return SNAPSHOT_FAILED;
    GError *reason = NULL;
    if (!lock_tables(self->pg, names, &reason))
        return after_failed_lock(self->pg, oids, reason, error);
    if (!hf_pg_exec(self->pg, "SET LOCAL lock_timeout = 0", error) || !read_snapshot(self, scope, error))
        return SNAPSHOT_FAILED;
    if (all_locked(self->relations, locked))
        return SNAPSHOT_TAKEN;
    return hf_pg_exec(self->pg, "ROLLBACK", error) ? SNAPSHOT_RETRY : SNAPSHOT_FAILED;
}

HfPostgresSnapshot *hf_postgres_snapshot_open(const HfPgTarget *target, const HfScope *scope, uint64_t lock_wait_ms,
                                              GCancellable *cancellable, GError **error)
{
    g_autoptr(HfPostgresSnapshot) self = g_new0(HfPostgresSnapshot, 1);
    self->pg = hf_pg_connect(target, cancellable, error);
    if (self->pg == NULL || !hf_pg_pin_session(self->pg, "UTF8", error))
        return NULL;
    g_autofree char *standby = hf_pg_query_text(self->pg, "SELECT pg_catalog.pg_is_in_recovery()", NULL, error);
    if (standby == NULL)
        return NULL;
    self->on_standby = *standby == 't';
    for (int i = 0; i < ATTEMPTS; i++) {
        SnapshotOutcome outcome = attempt(self, scope, lock_wait_ms, error);
        if (outcome == SNAPSHOT_TAKEN)
            return g_steal_pointer(&self);
        if (outcome == SNAPSHOT_FAILED)
            return NULL;
    }
    g_set_error(
        error, HF_ERROR, HF_ERROR_CONFLICT,
        "tables were created or dropped during each of %d attempts to lock them all; try again when that is over",
        ATTEMPTS);
    return NULL;
}
