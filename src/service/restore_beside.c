/*
 * What is restored is loaded into a database of its own, under the name of a copy, and takes its final name as the very
 * last step, in one transaction. Whatever happens before, the live database has not been touched, and what is left is
 * known by its name (`holdfast copies`).
 */
#include "service/restore_beside.h"

#include "base/error.h"
#include "engine/ends/postgres_catalog.h"
#include "engine/ends/postgres_copies.h"
#include "engine/ends/postgres_globals.h"
#include "engine/ends/postgres_swap.h"
#include "service/copies.h"

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

HfPg *hf_restore_connect_beside(const HfRestoreOptions *options, GCancellable *cancellable, GError **error)
{
    return options->mode == HF_RESTORE_SCRATCH
               ? hf_pg_connect(options->target, cancellable, error)
               : hf_postgres_connect_maintenance(options->target, options->maintenance_db, cancellable, error);
}

/* Removes what a failed restore made, whatever became of the connection or the cancellable; says so in the error. */
static void remove_copy(Beside *self, const HfCopy *copy, GError **error)
{
    g_autoptr(GError) reason = NULL;
    const HfPgTarget *target = self->options->target;
    g_autoptr(HfPg) pg = hf_restore_connect_beside(self->options, NULL, &reason);
    bool removed = pg != NULL && hf_postgres_drop_database(pg, target, copy->name, &reason);
    if (error == NULL || *error == NULL)
        return;
    g_autofree char *message = (*error)->message;
    /* Only what is to be swapped was there before. */
    bool live = self->options->mode == HF_RESTORE_SWAP;
    const char *what = self->options->mode == HF_RESTORE_SCRATCH ? "the scratch database" : "what had been loaded";
    g_autofree char *state = live ? g_strdup_printf(", and %s is as it was", self->database) : g_strdup("");
    if (removed)
        (*error)->message = g_strdup_printf("%s; %s was removed%s", message, what, state);
    else
        (*error)->message = g_strdup_printf("%s; the database %s is left (%s): remove it with \"holdfast copies --drop "
                                            "%s\"%s",
                                            message, copy->name, reason->message, copy->name, state);
}

static HfCopy *make_and_load(Beside *self, HfPg *pg, HfCopyKind kind, const char *tablespace, GError **error)
{
    g_autoptr(HfCopy) copy = hf_copy_new(kind, self->database, self->options->archive_name, NULL, 0);
    bool created;
    /* Ours until the end, so that a role that is no superuser can load; then the owner is set. */
    if (!hf_postgres_create_copy(pg, copy, &self->head->database, tablespace, &created, error)) {
        /* One that this run did not create may be another restore's. */
        if (created)
            remove_copy(self, copy, error);
        else
            g_prefix_error(error, "nothing could be made to load into: ");
        return NULL;
    }
    g_autoptr(HfPgTarget) database = hf_pg_target_with_database(self->options->target, copy->name);
    if (!load_into(self, database, error)) {
        remove_copy(self, copy, error);
        return NULL;
    }
    return g_steal_pointer(&copy);
}

/* Owner, limit, settings and grants of a database that is complete, as SQL. */
static char *properties_sql(const char *name, const HfDatabaseInfo *info, GHashTable *role_map, bool with_owner,
                            bool with_grants)
{
    g_autofree char *quoted = hf_pg_quote_ident(name);
    g_autofree char *owner = hf_pg_quote_ident(hf_role_map_get(role_map, info->owner));
    g_autofree char *properties = hf_globals_database_properties_sql(info, quoted, role_map, with_grants, false);
    GString *sql = g_string_new(NULL);
    if (with_owner)
        g_string_append_printf(sql, "ALTER DATABASE %s OWNER TO %s;\n", quoted, owner);
    if (!with_grants || info->default_grants)
        g_string_append_printf(sql, "GRANT CONNECT, TEMPORARY ON DATABASE %s TO PUBLIC;\n", quoted);
    g_string_append(sql, properties);
    return g_string_free(sql, FALSE);
}

/* They go with the database to its name. Where their provider is not loaded it is no reason to throw the rest away. */
static void set_labels(HfPg *pg, const char *name, const GPtrArray *labels)
{
    g_autofree char *quoted = hf_pg_quote_ident(name);
    for (guint i = 0; i < labels->len; i++) {
        g_autofree char *sql = hf_globals_label_sql(labels->pdata[i], "DATABASE", quoted);
        g_autoptr(GError) reason = NULL;
        if (!hf_pg_exec(pg, sql, &reason))
            g_warning("a security label of the database is not set: %s", reason->message);
    }
}

/* ---- The last step -------------------------------------------------------------------------------------------------
 */

/* `kept` becomes what has the name now; NULL: nobody has it. */
static bool take_name(Beside *self, const HfCopy *copy, const char *properties, const char *comment, HfCopy *kept,
                      GError **error)
{
    HfSwap swap = {.target = self->options->target,
                   .maintenance_db = self->options->maintenance_db,
                   .replacement = copy->name,
                   .statements = properties,
                   .comment = comment,
                   .kept = kept,
                   .cancellable = self->load->cancellable};
    double away_s = 0;
    HfSwapOutcome outcome = hf_postgres_swap(&swap, &away_s, error);
    if (kept != NULL && self->options->after_swap != NULL)
        self->options->after_swap(self->options->swap_data, outcome == HF_SWAP_MADE);
    if (outcome == HF_SWAP_NOT_MADE) {
        g_prefix_error(error, "the last step was not made: ");
        remove_copy(self, copy, error);
    } else if (outcome == HF_SWAP_IN_DOUBT) {
        self->result->in_doubt = true;
        g_prefix_error(error,
                       "there was no answer to the last step, and it may have been made all the same: \"holdfast "
                       "copies\" lists %s if it was not: ",
                       copy->name);
    }
    if (outcome != HF_SWAP_MADE)
        return false;
    self->result->downtime_s = kept != NULL ? away_s : 0;
    self->result->database = g_strdup(self->database);
    return true;
}

static bool ask_before(const Beside *self, const HfCopy *incoming, GError **error)
{
    const HfRestoreOptions *options = self->options;
    return options->before_swap == NULL || options->before_swap(incoming->name, options->swap_data, error);
}

static bool restore_new(Beside *self, HfPg *pg, GError **error)
{
    const HfRestoreOptions *options = self->options;
    const HfDatabaseInfo *info = &self->head->database;
    g_autoptr(HfCopy) copy = make_and_load(self, pg, HF_COPY_INCOMING, NULL, error);
    if (copy == NULL)
        return false;
    if (!ask_before(self, copy, error)) {
        remove_copy(self, copy, error);
        return false;
    }
    g_autofree char *properties =
        properties_sql(copy->name, info, options->role_map, !options->no_owner, !options->no_privileges);
    set_labels(pg, copy->name, info->labels);
    return take_name(self, copy, properties, info->comment, NULL, error);
}

static bool restore_scratch(Beside *self, HfPg *pg, GError **error)
{
    const HfRestoreOptions *options = self->options;
    g_autoptr(HfCopy) copy = make_and_load(self, pg, HF_COPY_SCRATCH, NULL, error);
    if (copy == NULL)
        return false;
    if ((options->in_scratch == NULL || options->in_scratch(copy->name, options->swap_data, error)) &&
        hf_postgres_drop_database(pg, options->target, copy->name, error))
        return true;
    remove_copy(self, copy, error);
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

/* The new database goes on under the live one's settings, grants, owner and comment. */
static bool swap(Beside *self, HfPg *pg, const HfCopy *incoming, GError **error)
{
    const HfRestoreOptions *options = self->options;
    HfDatabaseInfo live;
    hf_database_info_init(&live);
    if (self->load->progress != NULL)
        hf_progress_set_phase(self->load->progress, "swapping");
    bool ok = ask_before(self, incoming, error) && hf_postgres_read_database(pg, self->database, &live, error);
    if (!ok)
        remove_copy(self, incoming, error);
    else
        set_labels(pg, incoming->name, live.labels);
    g_autofree char *properties = ok ? properties_sql(incoming->name, &live, NULL, true, true) : NULL;
    g_autoptr(HfCopy) kept =
        hf_copy_new(HF_COPY_KEPT, self->database, options->archive_name, live.comment, options->keep_old_s);
    ok = ok && take_name(self, incoming, properties, live.comment, kept, error);
    hf_database_info_clear(&live);
    if (ok)
        hf_copies_settle_kept(pg, options->target, kept, &self->result->kept, &self->result->kept_until);
    return ok;
}

/* The live database's tablespace, if it is not what a new database gets anyway (to name it takes a right). */
static bool read_tablespace(Beside *self, HfPg *pg, char **tablespace, GError **error)
{
    const char *parameters[] = {self->database, NULL};
    g_autoptr(GError) reason = NULL;
    *tablespace = hf_pg_query_text(pg,
                                   "SELECT t.spcname FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON "
                                   "t.oid = d.dattablespace WHERE d.datname = $1 AND d.dattablespace <> (SELECT "
                                   "dattablespace FROM pg_catalog.pg_database WHERE datname = 'template0')",
                                   parameters, &reason);
    if (reason == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&reason));
    return false;
}

static bool restore_swap(Beside *self, HfPg *pg, GError **error)
{
    g_autofree char *tablespace = NULL;
    if (!read_tablespace(self, pg, &tablespace, error))
        return false;
    g_autoptr(HfCopy) incoming = make_and_load(self, pg, HF_COPY_INCOMING, tablespace, error);
    if (incoming == NULL || !swap(self, pg, incoming, error))
        return false;
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
                   .head = load->origin->head,
                   .database = hf_pg_target_database(options->target),
                   .result = result};
    return modes[options->mode](&self, pg, error);
}
