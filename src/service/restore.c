/*
 * In every mode but in place the archive is loaded into a database of its own, under the name of a copy, and takes its
 * final name as the very last step, in one transaction. Whatever happens before, the live database has not been
 * touched, and what is left is known by its name (`holdfast copies`).
 */
#include "service/restore.h"

#include "base/error.h"
#include "engine/ends/postgres_catalog.h"
#include "engine/ends/postgres_copies.h"
#include "engine/ends/postgres_globals.h"
#include "service/archive_whole.h"
#include "service/restore_load.h"
#include "service/restore_preflight.h"

#include <string.h>

#define MAX_SCHEMA_BYTES ((size_t)1 << 30)

typedef struct {
    const HfRestoreOptions *options;
    HfProgress *progress;
    GCancellable *cancellable;
    const HfArchiveHead *head;
    const char *database; /* the target's name */
    HfSchema schema;
    HfRestoreResult *result;
} Restore;

void hf_restore_result_clear(HfRestoreResult *self)
{
    g_clear_pointer(&self->database, g_free);
    g_clear_pointer(&self->kept, g_free);
    g_clear_pointer(&self->kept_until, g_free);
    g_clear_pointer(&self->findings, g_ptr_array_unref);
}

/* ---- Schema --------------------------------------------------------------------------------------------------------
 */

static bool matches_any(const char *const *patterns, const char *schema, const char *name)
{
    for (; patterns != NULL && *patterns != NULL; patterns++) {
        const char *dot = strchr(*patterns, '.');
        g_autofree char *schema_pattern = dot != NULL ? g_strndup(*patterns, (gsize)(dot - *patterns)) : g_strdup("*");
        if (g_pattern_match_simple(schema_pattern, schema) &&
            g_pattern_match_simple(dot != NULL ? dot + 1 : *patterns, name))
            return true;
    }
    return false;
}

static bool is_wanted(const HfTocEntry *entry, gpointer data)
{
    const HfRestoreOptions *options = data;
    if (entry->schema == NULL)
        return false;
    for (const char *const *pattern = options->schemas; pattern != NULL && *pattern != NULL; pattern++)
        if (g_pattern_match_simple(*pattern, entry->schema))
            return true;
    return matches_any(options->tables, entry->schema, entry->tag);
}

static bool is_selective(const HfRestoreOptions *options)
{
    return (options->schemas != NULL && *options->schemas != NULL) ||
           (options->tables != NULL && *options->tables != NULL);
}

static bool read_schema(Restore *self, GError **error)
{
    const HfRestoreOptions *options = self->options;
    g_autoptr(GBytes) dump = hf_archive_reader_read(options->archive, HF_MEMBER_SCHEMA, MAX_SCHEMA_BYTES, error);
    if (dump == NULL)
        return false;
    gsize length;
    const uint8_t *data = g_bytes_get_data(dump, &length);
    self->schema.toc = hf_dump_toc_parse(data, length, error);
    if (self->schema.toc == NULL)
        return false;
    self->schema.sql = (HfTocSqlOptions){
        .no_owner = options->no_owner, .no_privileges = options->no_privileges, .role_map = options->role_map};
    if (is_selective(options))
        self->schema.selected = hf_dump_toc_select(self->schema.toc, is_wanted, (gpointer)options);
    return true;
}

/* ---- Preflight -----------------------------------------------------------------------------------------------------
 */

static void add_finding(Restore *self, const GError *reason)
{
    HfFinding *finding = g_new0(HfFinding, 1);
    finding->fatal = true;
    finding->text = g_strdup(reason->message);
    g_ptr_array_add(self->result->findings, finding);
}

/* Fills the findings; false with the error that stops the restore. */
static bool preflight(Restore *self, HfPg *pg, GError **error)
{
    if (self->progress != NULL)
        hf_progress_set_phase(self->progress, "preflight");
    if (!hf_restore_preflight(self->options, &self->schema, pg, self->result->findings, error))
        return false;
    g_autoptr(GError) damage = NULL;
    if (!self->options->no_verify && !hf_archive_check_whole(self->options->archive, self->options->jobs,
                                                             self->progress, self->cancellable, &damage)) {
        if (!g_error_matches(damage, HF_ERROR, HF_ERROR_CORRUPT)) {
            g_propagate_error(error, g_steal_pointer(&damage));
            return false;
        }
        add_finding(self, damage);
    }
    if (!hf_findings_have_fatal(self->result->findings))
        return true;
    g_autofree char *text = hf_findings_join_fatal(self->result->findings);
    g_set_error(error, HF_ERROR, damage != NULL ? HF_ERROR_CORRUPT : HF_ERROR_CONFLICT,
                "the restore cannot be done, and nothing was touched: %s", text);
    return false;
}

static bool create_roles(Restore *self, HfPg *pg, GError **error)
{
    for (guint i = 0; self->options->create_roles && i < self->head->roles->len; i++) {
        const HfRoleInfo *role = self->head->roles->pdata[i];
        if (strcmp(hf_role_map_get(self->options->role_map, role->name), role->name) != 0)
            continue;
        g_autofree char *create = hf_globals_create_role_sql(role);
        if (!hf_pg_exec(pg, create, error))
            return false;
    }
    for (guint i = 0; self->options->create_roles && i < self->head->roles->len; i++) {
        g_autofree char *memberships = hf_globals_memberships_sql(self->head->roles->pdata[i]);
        if (*memberships != '\0' && self->options->role_map == NULL && !hf_pg_exec(pg, memberships, error))
            return false;
    }
    return true;
}

/* ---- A database beside ---------------------------------------------------------------------------------------------
 */

static bool load_into(Restore *self, const HfPgTarget *database, HfPg *shared, GError **error)
{
    HfRestoreLoad load = {.archive = self->options->archive,
                          .schema = &self->schema,
                          .proof = self->options->proof,
                          .jobs = shared != NULL ? 1 : self->options->jobs,
                          .database = database,
                          .shared = shared,
                          .progress = self->progress,
                          .cancellable = self->cancellable};
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

/* Removes what a failed restore made, whatever became of the connection or the cancellable; says so in the error.
 * `at_last_step`: what failed would have given the copy its final name. */
static void remove_copy(Restore *self, const HfCopy *copy, bool at_last_step, GError **error)
{
    g_autoptr(GError) reason = NULL;
    const HfPgTarget *target = self->options->target;
    g_autoptr(HfPg) pg = hf_postgres_connect_maintenance(target, self->options->maintenance_db, NULL, &reason);
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

static HfCopy *make_and_load(Restore *self, HfPg *pg, HfCopyKind kind, GError **error)
{
    g_autoptr(HfCopy) copy = hf_copy_new(kind, self->database, self->options->archive_name, NULL, 0);
    /* Ours until the end, so that a role that is no superuser can load; then the owner is set. */
    if (!hf_postgres_create_copy(pg, copy, &self->head->database, NULL, error)) {
        remove_copy(self, copy, false, error);
        return NULL;
    }
    g_autoptr(HfPgTarget) database = hf_pg_target_with_database(self->options->target, copy->name);
    if (!load_into(self, database, NULL, error)) {
        remove_copy(self, copy, false, error);
        return NULL;
    }
    return g_steal_pointer(&copy);
}

/* Owner, limit, settings and grants of a database that is complete. */
static bool set_properties(Restore *self, HfPg *pg, const char *name, const HfDatabaseInfo *info, GHashTable *role_map,
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

static bool name_new_database(Restore *self, HfPg *pg, const HfCopy *copy, GError **error)
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

static bool restore_new(Restore *self, HfPg *pg, GError **error)
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

static bool restore_scratch(Restore *self, HfPg *pg, GError **error)
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
static void drop_expired(Restore *self, HfPg *pg)
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

static bool swap(Restore *self, HfPg *pg, const HfCopy *incoming, GError **error)
{
    const HfRestoreOptions *options = self->options;
    HfDatabaseInfo live;
    hf_database_info_init(&live);
    if (self->progress != NULL)
        hf_progress_set_phase(self->progress, "swapping");
    /* The new database goes on under the live one's settings, grants and owner. */
    bool ok = hf_postgres_read_database(pg, self->database, &live, error) &&
              set_properties(self, pg, incoming->name, &live, NULL, true, true, error);
    g_autoptr(HfCopy) kept =
        hf_copy_new(HF_COPY_KEPT, self->database, options->archive_name, live.comment, options->keep_old_s);
    ok = ok && hf_postgres_swap(options->target, options->maintenance_db, self->database, incoming->name, kept,
                                live.comment, self->cancellable, &self->result->downtime_s, error);
    hf_database_info_clear(&live);
    if (!ok)
        return false;
    self->result->database = g_strdup(self->database);
    self->result->kept = g_strdup(kept->name);
    self->result->kept_until = g_strdup(kept->until);
    return true;
}

static bool restore_swap(Restore *self, HfPg *pg, GError **error)
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

/* ---- In place ------------------------------------------------------------------------------------------------------
 */

static bool restore_in_place(Restore *self, HfPg *pg, GError **error)
{
    /* Others may hold locks on what is to be dropped: they are waited for, not for ever. */
    if (!hf_pg_pin_session(pg, error) || !hf_pg_exec(pg, "SET lock_timeout = '60s'", error) ||
        !hf_pg_exec(pg, "BEGIN", error) || !hf_postgres_drop_everything(pg, error) ||
        !load_into(self, self->options->target, pg, error)) {
        g_prefix_error(error, "the restore in place was rolled back, and %s is as it was: ", self->database);
        return false;
    }
    if (!hf_pg_exec(pg, "COMMIT", error)) {
        g_prefix_error(error,
                       "the restore in place got no answer to its last step, so that %s is either all old or all new: ",
                       self->database);
        return false;
    }
    self->result->database = g_strdup(self->database);
    return true;
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static bool run(Restore *self, GError **error)
{
    static bool (*const modes[])(Restore *, HfPg *, GError **) = {[HF_RESTORE_NEW] = restore_new,
                                                                  [HF_RESTORE_SWAP] = restore_swap,
                                                                  [HF_RESTORE_SCRATCH] = restore_scratch,
                                                                  [HF_RESTORE_IN_PLACE] = restore_in_place};
    const HfRestoreOptions *options = self->options;
    if (!read_schema(self, error))
        return false;
    g_autoptr(HfPg) pg =
        options->mode == HF_RESTORE_IN_PLACE
            ? hf_pg_connect(options->target, self->cancellable, error)
            : hf_postgres_connect_maintenance(options->target, options->maintenance_db, self->cancellable, error);
    if (pg == NULL || !preflight(self, pg, error))
        return false;
    if (options->dry_run)
        return true;
    return create_roles(self, pg, error) && modes[options->mode](self, pg, error);
}

bool hf_restore(const HfRestoreOptions *options, HfProgress *progress, GCancellable *cancellable,
                HfRestoreResult *result, GError **error)
{
    *result = (HfRestoreResult){.findings = g_ptr_array_new_with_free_func((GDestroyNotify)hf_finding_free)};
    Restore self = {.options = options,
                    .progress = progress,
                    .cancellable = cancellable,
                    .head = hf_archive_reader_head(options->archive),
                    .database = hf_pg_target_database(options->target),
                    .result = result};
    bool ok = run(&self, error);
    if (ok && progress != NULL)
        hf_progress_finish(progress);
    hf_dump_toc_free(self.schema.toc);
    g_free(self.schema.selected);
    return ok;
}
