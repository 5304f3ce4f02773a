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
    g_clear_pointer(&self->partition_arguments, g_ptr_array_unref);
    g_clear_pointer(&self->relations, g_hash_table_unref);
    g_clear_pointer(&self->types, hf_type_table_free);
    g_free(self);
}

/* The names (column `name`) of the rows for which column `flag` (negative: all) is true, the first of them at least.
 * Transfer full; NULL if there are none. */
static char *join_names(const HfPgRows *rows, int name, int flag)
{
    enum { SHOWN = 20 };
    g_autoptr(GString) names = g_string_new(NULL);
    size_t count = 0;
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        if (flag >= 0 && !hf_pg_rows_bool(rows, i, flag))
            continue;
        if (count++ < SHOWN)
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", hf_pg_rows_text(rows, i, name));
    }
    if (count > SHOWN)
        g_string_append_printf(names, " and %zu more", count - SHOWN);
    return count > 0 ? g_string_free(g_steal_pointer(&names), FALSE) : NULL;
}

/* Words for the large objects that the role may not read; no row if there are none. */
static HfPgRows *unreadable_large_objects(HfPg *pg, const HfScope *scope, GError **error)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT pg_catalog.format('%%s large objects (the first is %%s)', pg_catalog.count(*), pg_catalog.min(m.oid)) "
        "FROM pg_catalog.pg_largeobject_metadata m WHERE %s AND NOT "
        "pg_catalog.current_setting('lo_compat_privileges')::boolean AND NOT %s HAVING pg_catalog.count(*) > 0",
        hf_scope_is_selective(scope) ? "false" : "true",
        hf_pg_server_version(pg) >= 180000
            ? "pg_catalog.has_largeobject_privilege(m.oid, 'SELECT')"
            : "(pg_catalog.pg_has_role(m.lomowner, 'USAGE') OR EXISTS (SELECT FROM pg_catalog.aclexplode(m.lomacl) a "
              "WHERE a.privilege_type = 'SELECT' AND (a.grantee = 0 OR pg_catalog.pg_has_role(a.grantee, 'USAGE'))))");
    return hf_pg_query(pg, sql, NULL, error);
}

static void append_names(GString *names, const char *more)
{
    if (more != NULL)
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", more);
}

/* Names at once, before the first lock and row, all that the role may not read. */
static bool check_readable(HfPg *pg, const HfScope *scope, const HfPgRows *relations, GError **error)
{
    g_autoptr(HfPgRows) sequences = hf_postgres_list_sequences(pg, scope, error);
    g_autoptr(HfPgRows) objects = sequences != NULL ? unreadable_large_objects(pg, scope, error) : NULL;
    if (objects == NULL)
        return false;
    g_autofree char *tables = join_names(relations, 1, 2);
    g_autofree char *other = join_names(sequences, 1, 2);
    g_autofree char *large = join_names(objects, 0, -1);
    g_autoptr(GString) names = g_string_new(NULL);
    append_names(names, tables);
    append_names(names, other);
    append_names(names, large);
    if (names->len > 0)
        g_set_error(error, HF_ERROR, HF_ERROR_DENIED,
                    "the role may not read: %s; grant it SELECT%s, or leave tables out with --exclude-table",
                    names->str, large == NULL ? " (or membership in pg_read_all_data)" : "");
    return names->len == 0;
}

static bool check_rights(HfPg *pg, const HfScope *scope, const HfPgRows *relations, GError **error)
{
    if (!check_readable(pg, scope, relations, error))
        return false;
    g_autofree char *hidden = join_names(relations, 1, 3);
    if (hidden != NULL)
        g_set_error(
            error, HF_ERROR, HF_ERROR_DENIED,
            "row level security would hide rows of: %s; back up as the owner, or as a role with BYPASSRLS (FORCE ROW "
            "LEVEL SECURITY binds owners too)",
            hidden);
    return hidden == NULL;
}

void hf_postgres_explain_lock_wait(HfPg *pg, const HfPgRows *relations, GError **error)
{
    g_autoptr(GString) oids = g_string_new("{");
    for (size_t i = 0; i < hf_pg_rows_count(relations); i++)
        g_string_append_printf(oids, "%s%s", i > 0 ? "," : "", hf_pg_rows_text(relations, i, 0));
    g_string_append_c(oids, '}');
    const char *parameters[] = {oids->str, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(
        pg,
        "SELECT DISTINCT pg_catalog.format('%s (%s by process %s, %s)', l.relation::pg_catalog.regclass, CASE WHEN "
        "l.granted THEN 'held' ELSE 'awaited' END, l.pid, coalesce(nullif(a.application_name, ''), a.usename, "
        "'unknown')) FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.mode "
        "= 'AccessExclusiveLock' AND l.relation = ANY ($1::pg_catalog.oid[]) AND l.pid <> pg_catalog.pg_backend_pid()",
        parameters, NULL);
    g_autofree char *names = rows != NULL ? join_names(rows, 0, -1) : NULL;
    g_clear_error(error);
    g_set_error(
        error, HF_ERROR, HF_ERROR_CONFLICT,
        "exclusive locks of other sessions were in the way for longer than the lock wait time: %s; try again later, or "
        "wait longer with --lock-wait-timeout",
        names != NULL ? names : "they are gone by now");
}

static bool lock_tables(HfPg *pg, const HfPgRows *relations, GError **error)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    size_t count = hf_pg_rows_count(relations);
    for (size_t i = 0; i < count; i++) {
        g_string_append_printf(sql, "%s ONLY %s", sql->len == 0 ? "LOCK TABLE" : ",", hf_pg_rows_text(relations, i, 1));
        if ((i + 1) % TABLES_A_LOCK != 0 && i + 1 < count)
            continue;
        g_string_append(sql, " IN ACCESS SHARE MODE");
        if (!hf_pg_exec(pg, sql->str, error))
            return false;
        g_string_truncate(sql, 0);
    }
    return true;
}

static GHashTable *oid_set(const HfPgRows *relations)
{
    GHashTable *oids = g_hash_table_new(NULL, NULL);
    for (size_t i = 0; i < hf_pg_rows_count(relations); i++)
        g_hash_table_add(oids, GUINT_TO_POINTER((guint)hf_pg_rows_int64(relations, i, 0)));
    return oids;
}

typedef enum { SNAPSHOT_TAKEN, SNAPSHOT_RETRY, SNAPSHOT_FAILED } SnapshotOutcome;

/* Inside the transaction, with the locks held: the first query fixes the snapshot. Whether it shows no table but those
 * locked. */
static SnapshotOutcome take(HfPostgresSnapshot *self, const HfScope *scope, const HfPgRows *locked_rows, GError **error)
{
    g_free(self->name);
    self->name = hf_pg_query_text(self->pg, "SELECT pg_catalog.pg_export_snapshot()", NULL, error);
    g_autoptr(HfPgRows) shown_rows = self->name != NULL ? hf_postgres_list_relations(self->pg, scope, error) : NULL;
    if (shown_rows == NULL)
        return SNAPSHOT_FAILED;
    g_autoptr(GHashTable) locked = oid_set(locked_rows);
    g_clear_pointer(&self->relations, g_hash_table_unref);
    self->relations = oid_set(shown_rows);
    GHashTableIter iter;
    gpointer oid;
    g_hash_table_iter_init(&iter, self->relations);
    while (g_hash_table_iter_next(&iter, &oid, NULL))
        if (!g_hash_table_contains(locked, oid))
            return hf_pg_exec(self->pg, "ROLLBACK", error) ? SNAPSHOT_RETRY : SNAPSHOT_FAILED;
    return SNAPSHOT_TAKEN;
}

/* After LOCK TABLE failed for `reason`, which it consumes. */
static SnapshotOutcome after_failed_lock(HfPg *pg, const HfPgRows *relations, GError *reason, GError **error)
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
        hf_postgres_explain_lock_wait(pg, relations, error);
    return vanished ? SNAPSHOT_RETRY : SNAPSHOT_FAILED;
}

static SnapshotOutcome attempt(HfPostgresSnapshot *self, const HfScope *scope, uint64_t lock_wait_ms, GError **error)
{
    g_autoptr(HfPgRows) relations = hf_postgres_list_relations(self->pg, scope, error);
    if (relations == NULL || !check_rights(self->pg, scope, relations, error))
        return SNAPSHOT_FAILED;
    if (!hf_pg_exec(self->pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error) ||
        !hf_pg_execf(self->pg, error, "SET LOCAL lock_timeout = %" G_GUINT64_FORMAT, lock_wait_ms))
        return SNAPSHOT_FAILED;
    GError *reason = NULL;
    if (!lock_tables(self->pg, relations, &reason))
        return after_failed_lock(self->pg, relations, reason, error);
    return take(self, scope, relations, error);
}

bool hf_postgres_snapshot_read(HfPostgresSnapshot *self, const HfScope *scope, GError **error)
{
    self->tables = g_ptr_array_new_with_free_func((GDestroyNotify)hf_planned_table_free);
    self->types = hf_type_table_new();
    if (!hf_postgres_read_tables(self->pg, scope, self->on_standby, self->tables, self->types, error))
        return false;
    if (hf_scope_is_selective(scope))
        return true;
    g_autofree char *count =
        hf_pg_query_text(self->pg, "SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata", NULL, error);
    self->large_objects = count != NULL ? g_ascii_strtoull(count, NULL, 10) : 0;
    return count != NULL;
}

static bool name_partitions(HfPostgresSnapshot *self, const HfScope *scope, GError **error)
{
    self->partition_arguments = g_ptr_array_new_with_free_func(g_free);
    return hf_postgres_append_partition_arguments(self->pg, scope, self->partition_arguments, error);
}

HfPostgresSnapshot *hf_postgres_snapshot_open(const HfPgTarget *target, const HfScope *scope, uint64_t lock_wait_ms,
                                              GCancellable *cancellable, GError **error)
{
    g_autoptr(HfPostgresSnapshot) self = g_new0(HfPostgresSnapshot, 1);
    self->pg = hf_pg_connect(target, cancellable, error);
    if (self->pg == NULL)
        return NULL;
    g_autofree char *standby = hf_pg_query_text(self->pg, "SELECT pg_catalog.pg_is_in_recovery()", NULL, error);
    if (standby == NULL)
        return NULL;
    self->on_standby = *standby == 't';
    if (!hf_postgres_check_patterns(self->pg, scope, error))
        return NULL;
    for (int i = 0; i < ATTEMPTS; i++) {
        SnapshotOutcome outcome = attempt(self, scope, lock_wait_ms, error);
        if (outcome == SNAPSHOT_TAKEN)
            return name_partitions(self, scope, error) ? g_steal_pointer(&self) : NULL;
        if (outcome == SNAPSHOT_FAILED)
            return NULL;
    }
    g_set_error(
        error, HF_ERROR, HF_ERROR_CONFLICT,
        "tables were created or dropped during each of %d attempts to lock them all; try again when that is over",
        ATTEMPTS);
    return NULL;
}

/* ---- What locks on tables do not hold ------------------------------------------------------------------------------
 */

/*
 * Rows are copied, and much of the schema is printed, by the names and definitions of the moment, whatever the snapshot
 * shows: COPY finds another table under the name of ours once its schema is renamed, and values of an enum are printed
 * by their new labels. Each row: what it is about, what must stay as it is while that exists, and words for people. A
 * row version (xmin) tells of names that were changed there and back; grants change it too, so that it is compared
 * only where owner and grants are the same.
 */
static const char *const unlocked_definitions =
    "SELECT 'schema ' || oid, nspname::pg_catalog.text, pg_catalog.format('schema %I', nspname) FROM "
    "pg_catalog.pg_namespace UNION ALL "
    "SELECT pg_catalog.format('version %s %s %s', oid, nspowner, nspacl), xmin::pg_catalog.text, "
    "pg_catalog.format('schema %I', nspname) FROM pg_catalog.pg_namespace UNION ALL "
    "SELECT 'type ' || t.oid, pg_catalog.format('%s %s %s', t.typnamespace, t.typname, (SELECT "
    "pg_catalog.string_agg(pg_catalog.format('%I %s', a.attname, a.atttypid), ' ' ORDER BY a.attnum) FROM "
    "pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)), "
    "pg_catalog.format('type %I.%I', n.nspname, t.typname) FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON "
    "n.oid = t.typnamespace LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid WHERE t.oid >= 16384 AND "
    "t.typcategory "
    "<> 'A' AND (t.typtype <> 'c' OR c.relkind = 'c') UNION ALL "
    "SELECT 'label ' || e.oid, pg_catalog.format('%s %s', e.xmin, e.enumlabel), pg_catalog.format('value %L of type "
    "%I.%I', e.enumlabel, n.nspname, t.typname) FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = "
    "e.enumtypid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace";

/* The first of what both have with different definitions, in words; NULL if there is none. Borrowed. */
static const char *find_change(const HfPgRows *then, const HfPgRows *now)
{
    g_autoptr(GHashTable) rows = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < hf_pg_rows_count(now); i++)
        g_hash_table_insert(rows, (gpointer)hf_pg_rows_text(now, i, 0), (gpointer)hf_pg_rows_text(now, i, 1));
    for (size_t i = 0; i < hf_pg_rows_count(then); i++) {
        const char *definition = g_hash_table_lookup(rows, hf_pg_rows_text(then, i, 0));
        if (definition != NULL && strcmp(definition, hf_pg_rows_text(then, i, 1)) != 0)
            return hf_pg_rows_text(then, i, 2);
    }
    return NULL;
}

bool hf_postgres_snapshot_end(HfPostgresSnapshot *self, GError **error)
{
    g_autoptr(HfPgRows) then = hf_pg_query(self->pg, unlocked_definitions, NULL, error);
    if (then == NULL || !hf_pg_exec(self->pg, "COMMIT", error))
        return false;
    g_autoptr(HfPgRows) now = hf_pg_query(self->pg, unlocked_definitions, NULL, error);
    if (now == NULL)
        return false;
    const char *changed = find_change(then, now);
    if (changed != NULL)
        g_set_error(
            error, HF_ERROR, HF_ERROR_CONFLICT,
            "%s was renamed or changed by another session during the backup, so that rows and schema may not fit "
            "together; try again when that is over",
            changed);
    return changed == NULL;
}
