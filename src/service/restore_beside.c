/*
 * The archive is loaded into a database of its own, under the name of a copy, and takes its final name as the very last
 * step, in one transaction. Whatever happens before, the live database has not been touched, and what is left is known
 * by its name (`holdfast copies`).
 */
#include "service/restore_beside.h"

#include "base/error.h"
#include "engine/ends/postgres_catalog.h"
#include "engine/ends/postgres_copies.h"
#include "engine/ends/postgres_globals.h"

#include <string.h>

typedef struct {
    const HfRestoreOptions *options;
    const HfRestoreLoad *load;
    const HfArchiveHead *head;
    const char *database; /* the target's name */
    HfRestoreResult *result;
} Beside;

/* ---- A database beside ---------------------------------------------------------------------------------------------
 */

static bool load_into(Beside *self, const HfPgTarget *database, GError **error)
{
    HfRestoreLoad load = *self->load;
    load.database = database;
    return hf_restore_load(&load, self->result, error);
}

/* Whether the copy still has its name; a swap or rename whose COMMIT got no answer may have been made all the same. */
static bool copy_is_there(HfPg *pg, const HfCopy *copy)
{
    const char *parameters[] = {copy->name, NULL};
    g_autofree char *found =
        hf_pg_query_text(pg, "SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1", parameters, NULL);
    return found != NULL;
}

HfPg *hf_restore_connect_beside(const HfRestoreOptions *options, GCancellable *cancellable, GError **error)
{
    return options->mode == HF_RESTORE_SCRATCH
               ? hf_pg_connect(options->target, cancellable, error)
               : hf_postgres_connect_maintenance(options->target, options->maintenance_db, cancellable, error);
}

/* Removes what a failed restore made, whatever became of the connection or the cancellable; says so in the error.
 * `at_last_step`: what failed would have given the copy its final name. */
static void remove_copy(Beside *self, const HfCopy *copy, bool at_last_step, GError **error)
{
    g_autoptr(GError) reason = NULL;
    const HfPgTarget *target = self->options->target;
    g_autoptr(HfPg) pg = hf_restore_connect_beside(self->options, NULL, &reason);
    bool may_be_made = at_last_step && (pg == NULL || !copy_is_there(pg, copy));
    bool removed = pg != NULL && hf_postgres_drop_database(pg, target, copy->name, &reason);
    if (error == NULL || *error == NULL)
        return;
    g_autofree char *message = (*error)->message;
    if (may_be_made)
        (*error)->message = g_strdup_printf("%s; the last step may have been made all the same: \"holdfast copies\" "
                                            "lists %s if it was not",
                                            message, copy->name);
    else if (removed)
        (*error)->message =
            g_strdup_printf("%s; what had been loaded was removed, and %s is as it was", message, self->database);
    else
        (*error)->message = g_strdup_printf("%s; %s is as it was, but the database %s is left (%s): remove it with "
                                            "\"holdfast copies --drop %s\"",
                                            message, self->database, copy->name, reason->message, copy->name);
}

static HfCopy *make_and_load(Beside *self, HfPg *pg, HfCopyKind kind, GError **error)
{
    g_autoptr(HfCopy) copy = hf_copy_new(kind, self->database, self->options->archive_name, NULL, 0);
    /* Ours until the end, so that a role that is no superuser can load; then the owner is set. */
    if (!hf_postgres_create_copy(pg, copy, &self->head->database, NULL, error)) {
        remove_copy(self, copy, false, error);
        return NULL;
    }
    g_autoptr(HfPgTarget) database = hf_pg_target_with_database(self->options->target, copy->name);
    if (!load_into(self, database, error)) {
        remove_copy(self, copy, false, error);
        return NULL;
    }
    return g_steal_pointer(&copy);
}

/* Owner, limit, settings and grants of a database that is complete. */
static bool set_properties(Beside *self, HfPg *pg, const char *name, const HfDatabaseInfo *info, GHashTable *role_map,
                           bool with_owner, bool with_grants, GError **error)
{
    g_autofree char *quoted = hf_pg_quote_ident(name);
    g_autofree char *owner = hf_pg_quote_ident(hf_role_map_get(role_map, info->owner));
    g_autofree char *properties = hf_globals_database_properties_sql(info, quoted, role_map, with_grants, false);
    (void)self;
    if (with_owner && !hf_pg_execf(pg, error, "ALTER DATABASE %s OWNER TO %s", quoted, owner))
        return false;
    if ((!with_grants || info->default_grants) &&
        !hf_pg_execf(pg, error, "GRANT CONNECT, TEMPORARY ON DATABASE %s TO PUBLIC", quoted))
        return false;
    return *properties == '\0' || hf_pg_exec(pg, properties, error);
}

static bool name_new_database(Beside *self, HfPg *pg, const HfCopy *copy, GError **error)
{
    const HfRestoreOptions *options = self->options;
    g_autofree char *from = hf_pg_quote_ident(copy->name);
    g_autofree char *to = hf_pg_quote_ident(self->database);
    g_autofree char *comment =
        self->head->database.comment != NULL ? hf_pg_quote_literal(self->head->database.comment) : g_strdup("NULL");
    return hf_pg_exec(pg, "BEGIN; SET LOCAL synchronous_commit = on", error) &&
           set_properties(self, pg, copy->name, &self->head->database, options->role_map, !options->no_owner,
                          !options->no_privileges, error) &&
           hf_pg_execf(pg, error, "COMMENT ON DATABASE %s IS %s", from, comment) &&
           hf_pg_execf(pg, error, "ALTER DATABASE %s RENAME TO %s", from, to) && hf_pg_exec(pg, "COMMIT", error);
}

static bool restore_new(Beside *self, HfPg *pg, GError **error)
{
    g_autoptr(HfCopy) copy = make_and_load(self, pg, HF_COPY_INCOMING, error);
    if (copy == NULL)
        return false;
    if (!name_new_database(self, pg, copy, error)) {
        /* Cancelled half way it would hold locks that the removal waits for. */
        hf_pg_ignore_cancel(pg);
        if (!hf_pg_exec(pg, "ROLLBACK", NULL))
            g_debug("%s: no ROLLBACK", self->database);
        remove_copy(self, copy, true, error);
        return false;
    }
    self->result->database = g_strdup(self->database);
    return true;
}

static bool restore_scratch(Beside *self, HfPg *pg, GError **error)
{
    g_autoptr(HfCopy) copy = make_and_load(self, pg, HF_COPY_SCRATCH, error);
    if (copy == NULL)
        return false;
    if (hf_postgres_drop_database(pg, self->options->target, copy->name, error))
        return true;
    remove_copy(self, copy, false, error);
    return false;
}

/* ---- Swap ----------------------------------------------------------------------------------------------------------
 */

/* Copies of the same database whose time is over make room. */
static void drop_expired(Beside *self, HfPg *pg)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(GPtrArray) copies = hf_postgres_list_copies(pg, &reason);
    for (guint i = 0; copies != NULL && i < copies->len; i++) {
        const HfCopy *copy = copies->pdata[i];
        if (copy->kind != HF_COPY_KEPT || !copy->expired || strcmp(copy->of, self->database) != 0)
            continue;
        if (hf_postgres_drop_database(pg, self->options->target, copy->name, &reason))
            g_message("dropped %s, which was kept until %s", copy->name, copy->until);
        else
            g_warning("%s, which was kept until %s, could not be dropped: %s", copy->name, copy->until,
                      reason->message);
        g_clear_error(&reason);
    }
}

static bool swap(Beside *self, HfPg *pg, const HfCopy *incoming, GError **error)
{
    const HfRestoreOptions *options = self->options;
    HfDatabaseInfo live;
    hf_database_info_init(&live);
    if (self->load->progress != NULL)
        hf_progress_set_phase(self->load->progress, "swapping");
    /* The new database goes on under the live one's settings, grants and owner. */
    bool ok = hf_postgres_read_database(pg, self->database, &live, error) &&
              set_properties(self, pg, incoming->name, &live, NULL, true, true, error);
    g_autoptr(HfCopy) kept =
        hf_copy_new(HF_COPY_KEPT, self->database, options->archive_name, live.comment, options->keep_old_s);
    ok = ok && hf_postgres_swap(options->target, options->maintenance_db, self->database, incoming->name, kept,
                                live.comment, self->load->cancellable, &self->result->downtime_s, error);
    hf_database_info_clear(&live);
    if (!ok)
        return false;
    self->result->database = g_strdup(self->database);
    self->result->kept = g_strdup(kept->name);
    self->result->kept_until = g_strdup(kept->until);
    return true;
}

static bool restore_swap(Beside *self, HfPg *pg, GError **error)
{
    g_autoptr(HfCopy) incoming = make_and_load(self, pg, HF_COPY_INCOMING, error);
    if (incoming == NULL)
        return false;
    if (!swap(self, pg, incoming, error)) {
        remove_copy(self, incoming, true, error);
        return false;
    }
    drop_expired(self, pg);
    return true;
}

bool hf_restore_beside(const HfRestoreOptions *options, const HfRestoreLoad *load, HfPg *pg, HfRestoreResult *result,
                       GError **error)
{
    static bool (*const modes[])(Beside *, HfPg *, GError **) = {
        [HF_RESTORE_NEW] = restore_new, [HF_RESTORE_SWAP] = restore_swap, [HF_RESTORE_SCRATCH] = restore_scratch};
    Beside self = {.options = options,
                   .load = load,
                   .head = hf_archive_reader_head(options->archive),
                   .database = hf_pg_target_database(options->target),
                   .result = result};
    return modes[options->mode](&self, pg, error);
}
