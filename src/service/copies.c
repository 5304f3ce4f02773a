#include "service/copies.h"

#include "base/error.h"

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

/* ---- Undo ----------------------------------------------------------------------------------------------------------
 */

void hf_undo_result_clear(HfUndoResult *self)
{
    g_clear_pointer(&self->database, g_free);
    g_clear_pointer(&self->kept, g_free);
    g_clear_pointer(&self->kept_until, g_free);
}

static const HfCopy *newest_kept(const GPtrArray *copies)
{
    for (guint i = 0; i < copies->len; i++)
        if (((HfCopy *)copies->pdata[i])->kind == HF_COPY_KEPT)
            return copies->pdata[i];
    return NULL;
}

bool hf_undo(const HfPgTarget *target, const char *maintenance_db, uint64_t keep_old_s, GCancellable *cancellable,
             HfUndoResult *result, GError **error)
{
    const char *live = hf_pg_target_database(target);
    g_autoptr(GPtrArray) copies = hf_copies_list(target, maintenance_db, false, cancellable, error);
    if (copies == NULL)
        return false;
    const HfCopy *back = newest_kept(copies);
    if (back == NULL) {
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "no copy of %s was kept by a swap: there is nothing to undo",
                    live);
        return false;
    }
    g_autoptr(HfPg) pg = hf_postgres_connect_maintenance(target, maintenance_db, cancellable, error);
    if (pg == NULL)
        return false;
    const char *parameters[] = {live, NULL};
    g_autoptr(GError) reason = NULL;
    g_autofree char *comment = hf_pg_query_text(
        pg, "SELECT pg_catalog.shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database WHERE datname = $1",
        parameters, &reason);
    if (reason != NULL) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    g_autoptr(HfCopy) kept = hf_copy_new(HF_COPY_KEPT, live, NULL, comment, keep_old_s);
    if (!hf_postgres_swap(target, maintenance_db, live, back->name, kept, back->comment, cancellable,
                          &result->downtime_s, error))
        return false;
    result->database = g_strdup(live);
    result->kept = g_strdup(kept->name);
    result->kept_until = g_strdup(kept->until);
    return true;
}
