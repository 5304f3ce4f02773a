#include "service/copies.h"

#include "base/error.h"
#include "engine/ends/postgres_swap.h"

#include <string.h>

GPtrArray *hf_copies_list(const HfPgTarget *target, const char *maintenance_db, bool all, GCancellable *cancellable,
                          GError **error)
{
    g_autoptr(HfPg) pg = hf_postgres_connect_maintenance(target, maintenance_db, cancellable, error);
    GPtrArray *copies = pg != NULL ? hf_postgres_list_copies(pg, error) : NULL;
    for (guint i = 0; copies != NULL && !all && i < copies->len;) {
        if (strcmp(((HfCopy *)copies->pdata[i])->of, hf_pg_target_database(target)) != 0)
            g_ptr_array_remove_index(copies, i);
        else
            i++;
    }
    return copies;
}

static const HfCopy *find_copy(const GPtrArray *copies, const char *name)
{
    for (guint i = 0; i < copies->len; i++)
        if (strcmp(((HfCopy *)copies->pdata[i])->name, name) == 0)
            return copies->pdata[i];
    return NULL;
}

static bool drop_copy(HfPg *pg, const HfPgTarget *target, const HfCopy *copy, GStrvBuilder *dropped, GError **error)
{
    if (copy->in_use) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                    "%s is in use by a restore or another session; wait until that is over, or end it, and try again",
                    copy->name);
        return false;
    }
    if (!hf_postgres_drop_database(pg, target, copy->name, error))
        return false;
    g_strv_builder_add(dropped, copy->name);
    return true;
}

static bool drop_named(HfPg *pg, const HfPgTarget *target, const GPtrArray *copies, const char *const *names,
                       GStrvBuilder *dropped, GError **error)
{
    for (const char *const *name = names; *name != NULL; name++) {
        const HfCopy *copy = find_copy(copies, *name);
        if (copy == NULL) {
            g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "%s is no copy of %s; \"holdfast copies\" lists them",
                        *name, hf_pg_target_database(target));
            return false;
        }
        if (!drop_copy(pg, target, copy, dropped, error))
            return false;
    }
    return true;
}

/* Expired copies, and what interrupted restores left. */
static bool drop_stale(HfPg *pg, const HfPgTarget *target, const GPtrArray *copies, GStrvBuilder *dropped,
                       GError **error)
{
    for (guint i = 0; i < copies->len; i++) {
        const HfCopy *copy = copies->pdata[i];
        bool stale = copy->kind == HF_COPY_KEPT ? copy->expired : !copy->in_use;
        if (stale && !drop_copy(pg, target, copy, dropped, error))
            return false;
    }
    return true;
}

char **hf_copies_drop(const HfPgTarget *target, const char *maintenance_db, const char *const *names,
                      GCancellable *cancellable, GError **error)
{
    g_autoptr(GPtrArray) copies = hf_copies_list(target, maintenance_db, false, cancellable, error);
    g_autoptr(HfPg) pg =
        copies != NULL ? hf_postgres_connect_maintenance(target, maintenance_db, cancellable, error) : NULL;
    if (pg == NULL)
        return NULL;
    g_autoptr(GStrvBuilder) dropped = g_strv_builder_new();
    bool ok = names != NULL ? drop_named(pg, target, copies, names, dropped, error)
                            : drop_stale(pg, target, copies, dropped, error);
    return ok ? g_strv_builder_end(dropped) : NULL;
}

static bool is_lost(const HfCopy *copy, const char *note, bool unused_scratch)
{
    if (copy->kind == HF_COPY_KEPT)
        return false;
    return (note != NULL && g_strcmp0(copy->archive, note) == 0) ||
           (unused_scratch && copy->kind == HF_COPY_SCRATCH && !copy->in_use);
}

bool hf_copies_drop_lost(HfPg *pg, const HfPgTarget *target, const char *note, bool unused_scratch,
                         GCancellable *cancellable, GError **error)
{
    g_autoptr(GPtrArray) copies =
        hf_postgres_await_copies(pg, cancellable, error) ? hf_postgres_list_copies(pg, error) : NULL;
    for (guint i = 0; copies != NULL && i < copies->len; i++) {
        const HfCopy *copy = copies->pdata[i];
        if (!is_lost(copy, note, unused_scratch))
            continue;
        if (!hf_postgres_drop_database(pg, target, copy->name, error))
            return false;
        g_message("%s, of an attempt that was lost, is removed", copy->name);
    }
    return copies != NULL;
}

bool hf_copies_open(const HfPgTarget *target, const char *maintenance_db, const char *name, bool open,
                    GCancellable *cancellable, GError **error)
{
    g_autoptr(HfPg) pg = hf_postgres_connect_maintenance(target, maintenance_db, cancellable, error);
    g_autofree char *quoted = hf_pg_quote_ident(name);
    return pg != NULL &&
           hf_pg_execf(pg, error, "ALTER DATABASE %s ALLOW_CONNECTIONS %s", quoted, open ? "true" : "false");
}

static bool find_oid(const HfPgTarget *target, const char *maintenance_db, const char *name, GCancellable *cancellable,
                     char **oid, GError **error)
{
    const char *parameters[] = {name, NULL};
    g_autoptr(HfPg) pg = hf_postgres_connect_maintenance(target, maintenance_db, cancellable, error);
    g_autoptr(HfPgRows) rows =
        pg != NULL ? hf_pg_query(pg, "SELECT oid FROM pg_catalog.pg_database WHERE datname = $1", parameters, error)
                   : NULL;
    if (rows != NULL && hf_pg_rows_count(rows) > 0)
        *oid = g_strdup(hf_pg_rows_text(rows, 0, 0));
    return rows != NULL;
}

char *hf_copies_oid(const HfPgTarget *target, const char *maintenance_db, const char *name, GCancellable *cancellable,
                    GError **error)
{
    char *oid = NULL;
    if (find_oid(target, maintenance_db, name, cancellable, &oid, error) && oid == NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "the database %s is gone", name);
    return oid;
}

bool hf_copies_is_live(const HfPgTarget *target, const char *maintenance_db, const char *oid, GCancellable *cancellable,
                       bool *is_live, GError **error)
{
    g_autofree char *live = NULL;
    bool ok = find_oid(target, maintenance_db, hf_pg_target_database(target), cancellable, &live, error);
    *is_live = ok && g_strcmp0(live, oid) == 0;
    return ok;
}

void hf_copies_settle_kept(HfPg *pg, const HfPgTarget *target, const HfCopy *kept, char **name, char **until)
{
    g_autoptr(GError) reason = NULL;
    if (kept->keep_s == 0 && hf_postgres_drop_database(pg, target, kept->name, &reason))
        return;
    if (reason != NULL)
        g_warning("%s was to be dropped at once, and could not be: %s", kept->name, reason->message);
    *name = g_strdup(kept->name);
    *until = g_strdup(kept->until);
}

/* ---- Undo ----------------------------------------------------------------------------------------------------------
 */

void hf_undo_result_clear(HfUndoResult *self)
{
    g_clear_pointer(&self->database, g_free);
    g_clear_pointer(&self->copy, g_free);
    g_clear_pointer(&self->holds, g_free);
    g_clear_pointer(&self->since, g_free);
    g_clear_pointer(&self->kept, g_free);
    g_clear_pointer(&self->kept_until, g_free);
    g_clear_pointer(&self->sessions, g_free);
}

/* The copy to bring back: the one named, or the newest. */
static const HfCopy *choose_copy(const GPtrArray *copies, const HfUndoOptions *options, GError **error)
{
    const char *live = hf_pg_target_database(options->target);
    for (guint i = 0; i < copies->len; i++) {
        const HfCopy *copy = copies->pdata[i];
        if (copy->kind == HF_COPY_KEPT && (options->copy == NULL || strcmp(copy->name, options->copy) == 0))
            return copy;
    }
    if (options->copy != NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "%s is no kept copy of %s; \"holdfast copies\" lists them",
                    options->copy, live);
    else
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "no copy of %s was kept by a swap: there is nothing to undo",
                    live);
    return NULL;
}

/* To rename a database takes its owner, who may create databases. */
static bool check_rights(HfPg *pg, const char *live, const char *copy, GError **error)
{
    const char *parameters[] = {live, copy, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(
        pg,
        "SELECT d.datname, pg_catalog.pg_get_userbyid(d.datdba), pg_catalog.pg_has_role(d.datdba, 'USAGE'), r.rolname, "
        "r.rolcreatedb OR r.rolsuper FROM pg_catalog.pg_database d, pg_catalog.pg_roles r WHERE r.rolname = "
        "current_user AND d.datname IN ($1, $2)",
        parameters, error);
    if (rows == NULL)
        return false;
    if (hf_pg_rows_count(rows) < 2) {
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND,
                    "there is no database %s to swap with; ALTER DATABASE can rename %s to it", live, copy);
        return false;
    }
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        const char *role = hf_pg_rows_text(rows, i, 3), *owner = hf_pg_rows_text(rows, i, 1);
        if (!hf_pg_rows_bool(rows, i, 2)) {
            g_set_error(error, HF_ERROR, HF_ERROR_DENIED,
                        "%s belongs to %s, and %s may not rename it: connect as %s or a superuser (user=… in --to)",
                        hf_pg_rows_text(rows, i, 0), owner, role, owner);
            return false;
        }
        if (!hf_pg_rows_bool(rows, i, 4)) {
            g_set_error(error, HF_ERROR, HF_ERROR_DENIED,
                        "%s may not create databases, which to rename one takes: ALTER ROLE … CREATEDB, or connect as "
                        "a superuser",
                        role);
            return false;
        }
    }
    return true;
}

/* *text NULL: `sql`, of which the database's name is $1, gives none. */
static bool read_about(HfPg *pg, const char *database, const char *sql, char **text, GError **error)
{
    const char *parameters[] = {database, NULL};
    g_autoptr(GError) reason = NULL;
    *text = hf_pg_query_text(pg, sql, parameters, &reason);
    if (reason == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

#define SESSIONS                                                                                                       \
    "SELECT pg_catalog.string_agg(s.words, ', ') FROM (SELECT count(*) || ' ' || coalesce(nullif(a.application_name, " \
    "''), 'without a name') || ' of ' || coalesce(a.usename, '') FROM pg_catalog.pg_stat_activity a WHERE a.datname "  \
    "= $1 AND " HF_SESSION_IS_CLIENT " GROUP BY a.application_name, a.usename ORDER BY 1) s(words)"
#define COMMENT "SELECT pg_catalog.shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database WHERE datname = $1"

static bool swap_back(HfPg *pg, const HfUndoOptions *options, const HfCopy *back, GCancellable *cancellable,
                      HfUndoResult *result, GError **error)
{
    const char *live = hf_pg_target_database(options->target);
    g_autofree char *comment = NULL;
    if (!read_about(pg, live, COMMENT, &comment, error))
        return false;
    g_autoptr(HfCopy) kept = hf_copy_new(HF_COPY_KEPT, live, NULL, comment, options->keep_old_s);
    kept->undo_to = g_strdup(back->since);
    HfSwap swap = {.target = options->target,
                   .maintenance_db = options->maintenance_db,
                   .replacement = back->name,
                   .comment = back->comment,
                   .kept = kept,
                   .cancellable = cancellable};
    HfSwapOutcome outcome = hf_postgres_swap(&swap, &result->downtime_s, error);
    if (outcome == HF_SWAP_NOT_MADE)
        g_prefix_error(error, "the undo was not made, and %s is as it was: ", live);
    else if (outcome == HF_SWAP_IN_DOUBT)
        g_prefix_error(error,
                       "there was no answer to the last step, and the undo may have been made all the same: \"holdfast "
                       "copies\" lists %s if it was not: ",
                       back->name);
    if (outcome != HF_SWAP_MADE)
        return false;
    hf_copies_settle_kept(pg, options->target, kept, &result->kept, &result->kept_until);
    return true;
}

bool hf_undo(const HfUndoOptions *options, GCancellable *cancellable, HfUndoResult *result, GError **error)
{
    const char *live = hf_pg_target_database(options->target);
    g_autoptr(GPtrArray) copies = hf_copies_list(options->target, options->maintenance_db, false, cancellable, error);
    const HfCopy *back = copies != NULL ? choose_copy(copies, options, error) : NULL;
    g_autoptr(HfPg) pg =
        back != NULL ? hf_postgres_connect_maintenance(options->target, options->maintenance_db, cancellable, error)
                     : NULL;
    if (pg == NULL || !check_rights(pg, live, back->name, error) ||
        !(options->dry_run ? read_about(pg, live, SESSIONS, &result->sessions, error)
                           : swap_back(pg, options, back, cancellable, result, error)))
        return false;
    result->database = g_strdup(live);
    result->copy = g_strdup(back->name);
    result->holds = hf_copy_tell(back);
    result->since = g_strdup(back->since);
    return true;
}
