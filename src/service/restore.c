#include "service/restore.h"

#include "base/error.h"
#include "engine/ends/postgres_catalog.h"
#include "engine/ends/postgres_globals.h"
#include "service/archive_selection.h"
#include "service/restore_beside.h"
#include "service/restore_hold.h"
#include "service/restore_load.h"
#include "service/restore_preflight.h"

#include <string.h>

typedef struct {
    const HfRestoreOptions *options;
    HfOrigin *origin;
    HfProgress *progress;
    GCancellable *cancellable;
    const HfArchiveHead *head;
    const char *database; /* the target's name */
    HfSchema schema;
    GPtrArray *made_roles; /* char*, borrowed: those that this run made */
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

static void note(Restore *self, bool fatal, char *text)
{
    HfFinding *finding = g_new0(HfFinding, 1);
    finding->fatal = fatal;
    finding->text = text;
    g_ptr_array_add(self->result->findings, finding);
}

/* A typing error in --role-map would leave everything with the old role. */
static void note_unknown_roles(Restore *self)
{
    GHashTableIter iter;
    gpointer name;
    if (self->options->role_map == NULL)
        return;
    g_hash_table_iter_init(&iter, self->options->role_map);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        bool known = false;
        for (guint i = 0; i < self->head->roles->len && !known; i++)
            known = strcmp(((const HfRoleInfo *)self->head->roles->pdata[i])->name, name) == 0;
        if (!known)
            note(self, false,
                 g_strdup_printf("--role-map: the %s names no role %s", self->origin->name, (const char *)name));
    }
}

static bool read_schema(Restore *self, GError **error)
{
    const HfRestoreOptions *options = self->options;
    g_autoptr(GBytes) schema = self->origin->read_schema(self->origin, error);
    g_autoptr(HfArchiveSelection) selection =
        schema == NULL
            ? NULL
            : hf_archive_select_from(schema, self->origin->manifest, &options->patterns, HF_SELECT_TO_CREATE, error);
    if (selection == NULL)
        return false;
    self->schema.sql = (HfTocSqlOptions){
        .no_owner = options->no_owner, .no_privileges = options->no_privileges, .role_map = options->role_map};
    self->schema.toc = g_steal_pointer(&selection->toc);
    note_unknown_roles(self);
    if (!hf_pattern_lists_given(&options->patterns))
        return true;
    self->schema.selected = g_steal_pointer(&selection->entries);
    self->schema.tables = g_steal_pointer(&selection->tables);
    self->schema.selective = !selection->whole;
    if (selection->lost != NULL)
        note(self, false, g_strdup_printf("left out, because they need what is excluded: %s", selection->lost));
    return true;
}

/* ---- Preflight -----------------------------------------------------------------------------------------------------
 */

/* The check is not the whole way: without what follows, it would end at 99 percent, and that would stand for hours. */
static void promise_work(const Restore *self)
{
    const GPtrArray *members = self->origin->manifest->members;
    const GPtrArray *tables = self->origin->manifest->tables;
    uint64_t weight = 0;
    for (guint i = 0; self->origin->check != NULL && !self->options->no_verify && i < members->len; i++)
        weight += ((const HfMember *)members->pdata[i])->size_bytes;
    for (guint i = 0; i < tables->len; i++) {
        const HfManifestTable *table = tables->pdata[i];
        uint64_t bytes = hf_restore_takes_table(&self->schema, table) ? table->raw_bytes : 0;
        weight += bytes + (self->options->proof == HF_PROOF_NONE ? 0 : bytes / 4);
    }
    hf_progress_promise(self->progress, weight);
}

/* Fills the findings; false with the error that stops the restore. */
static bool preflight(Restore *self, HfPg *pg, GError **error)
{
    if (self->progress != NULL)
        hf_progress_set_phase(self->progress, "preflight");
    HfOrigin *origin = self->origin;
    const char *before = origin->is_proved ? "the backup warned: " : "";
    for (guint i = 0; i < self->head->warnings->len; i++)
        note(self, false, g_strconcat(before, (const char *)self->head->warnings->pdata[i], NULL));
    if (!hf_restore_preflight(self->options, origin, &self->schema, pg, self->cancellable, self->result->findings,
                              error))
        return false;
    if (self->progress != NULL && !self->options->dry_run)
        promise_work(self);
    g_autoptr(GError) damage = NULL;
    if (!self->options->no_verify && origin->check != NULL &&
        !origin->check(origin, self->options->jobs, self->progress, self->cancellable, &damage)) {
        if (!g_error_matches(damage, HF_ERROR, HF_ERROR_CORRUPT)) {
            g_propagate_error(error, g_steal_pointer(&damage));
            return false;
        }
        note(self, true, g_strdup(damage->message));
    }
    for (guint i = 0; self->options->on_finding != NULL && i < self->result->findings->len; i++)
        self->options->on_finding(self->result->findings->pdata[i], self->options->on_finding_data);
    if (!hf_findings_have_fatal(self->result->findings))
        return true;
    g_autofree char *text = hf_findings_join_fatal(self->result->findings);
    g_set_error(error, HF_ERROR, damage != NULL ? HF_ERROR_CORRUPT : HF_ERROR_CONFLICT,
                "the %s cannot be done, and nothing was touched: %s", origin->job, text);
    return false;
}

/* ---- Roles ---------------------------------------------------------------------------------------------------------
 */

static const char *name_here(const Restore *self, const HfRoleInfo *role)
{
    return hf_role_map_get(self->options->role_map, role->name);
}

/* Makes a role if it is missing, under the name that it has here, and notes its name. */
static bool create_role(Restore *self, HfPg *pg, const HfRoleInfo *role, GError **error)
{
    const char *parameters[] = {name_here(self, role), NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(pg, "SELECT FROM pg_catalog.pg_roles WHERE rolname = $1", parameters, error);
    if (rows == NULL || hf_pg_rows_count(rows) > 0)
        return rows != NULL;
    HfRoleInfo here = *role;
    here.name = (char *)parameters[0];
    g_autofree char *create = hf_globals_create_role_sql(&here);
    if (!hf_pg_exec(pg, create, error))
        return false;
    g_ptr_array_add(self->made_roles, (gpointer)parameters[0]);
    return true;
}

/* Roles that were there before stay as they are: memberships and comments are for those just made. */
static bool create_roles(Restore *self, HfPg *pg, GError **error)
{
    if (!self->options->create_roles)
        return true;
    const GPtrArray *roles = self->head->roles;
    g_autoptr(GPtrArray) described = g_ptr_array_new();
    for (guint i = 0; i < roles->len; i++) {
        guint before = self->made_roles->len;
        if (!create_role(self, pg, roles->pdata[i], error))
            return false;
        if (self->made_roles->len > before)
            g_ptr_array_add(described, roles->pdata[i]);
    }
    for (guint i = 0; i < described->len; i++) {
        g_autofree char *sql = hf_globals_memberships_sql(described->pdata[i], self->options->role_map);
        if (*sql != '\0' && !hf_pg_exec(pg, sql, error))
            return false;
    }
    return true;
}

static void tell_made_roles(const Restore *self, GError **error)
{
    if (self->made_roles->len == 0 || error == NULL || *error == NULL)
        return;
    g_ptr_array_add(self->made_roles, NULL);
    g_autofree char *names = g_strjoinv(", ", (char **)self->made_roles->pdata);
    g_autofree char *message = (*error)->message;
    (*error)->message = g_strdup_printf("%s; roles that this run made are left: %s", message, names);
}

static HfRestoreLoad what_to_load(Restore *self)
{
    return (HfRestoreLoad){.origin = self->origin,
                           .schema = &self->schema,
                           .proof = self->options->proof,
                           .jobs = self->options->jobs,
                           .progress = self->progress,
                           .cancellable = self->cancellable};
}

/* ---- In place ------------------------------------------------------------------------------------------------------
 */

/* `pg` holds the tables already, in the transaction that everything is done in. */
static bool restore_in_place(Restore *self, HfPg *pg, GError **error)
{
    HfRestoreLoad load = what_to_load(self);
    load.database = self->options->target;
    load.shared = pg;
    load.jobs = 1;
    /* Readers may hold locks on what is to be dropped: they are waited for, as long as for the hold. */
    if (!hf_restore_check_held(pg, error) || !create_roles(self, pg, error) ||
        !hf_postgres_drop_everything(pg, error) || !hf_restore_load(&load, self->result, error)) {
        g_prefix_error(error, "the restore in place was rolled back, and %s is as it was: ", self->database);
        return false;
    }
    bool in_doubt;
    if (!hf_pg_commit(pg, &in_doubt, error)) {
        if (in_doubt)
            g_prefix_error(
                error, "the restore in place got no answer to its last step, so that %s is either all old or all new: ",
                self->database);
        else
            g_prefix_error(error, "the restore in place was rolled back, and %s is as it was: ", self->database);
        return false;
    }
    self->result->database = g_strdup(self->database);
    return true;
}

/* What the preflight says can be restored. */
static void tell_plan(Restore *self)
{
    const HfManifest *manifest = self->origin->manifest;
    self->result->database = g_strdup(self->database);
    for (guint i = 0; i < manifest->tables->len; i++) {
        const HfManifestTable *table = manifest->tables->pdata[i];
        if (!hf_restore_takes_table(&self->schema, table))
            continue;
        self->result->tables += table->kind == HF_TABLE_PLAIN;
        self->result->rows += table->proof.rows;
        self->result->raw_bytes += table->raw_bytes;
    }
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static bool run_beside(Restore *self, HfPg *pg, GError **error)
{
    HfRestoreLoad load = what_to_load(self);
    if (create_roles(self, pg, error) && hf_restore_beside(self->options, &load, pg, self->result, error))
        return true;
    tell_made_roles(self, error);
    return false;
}

static bool run_in_place(Restore *self, GError **error)
{
    g_autoptr(HfPg) own = NULL;
    if (self->options->held != NULL)
        return restore_in_place(self, self->options->held, error);
    own = hf_restore_hold(self->options->target, self->cancellable, error);
    return own != NULL && restore_in_place(self, own, error);
}

static bool run(Restore *self, GError **error)
{
    const HfRestoreOptions *options = self->options;
    bool in_place = options->mode == HF_RESTORE_IN_PLACE;
    if (!read_schema(self, error))
        return false;
    if (options->held != NULL)
        return run_in_place(self, error);
    g_autoptr(HfPg) pg = in_place ? hf_pg_connect(options->target, self->cancellable, error)
                                  : hf_restore_connect_beside(options, self->cancellable, error);
    if (pg == NULL || !preflight(self, pg, error))
        return false;
    if (options->dry_run) {
        tell_plan(self);
        return true;
    }
    return in_place ? run_in_place(self, error) : run_beside(self, pg, error);
}

bool hf_restore_from(HfOrigin *origin, const HfRestoreOptions *options, HfProgress *progress, GCancellable *cancellable,
                     HfRestoreResult *result, GError **error)
{
    *result = (HfRestoreResult){.findings = g_ptr_array_new_with_free_func((GDestroyNotify)hf_finding_free)};
    Restore self = {.options = options,
                    .origin = origin,
                    .progress = progress,
                    .cancellable = cancellable,
                    .head = origin->head,
                    .database = hf_pg_target_database(options->target),
                    .made_roles = g_ptr_array_new(),
                    .result = result};
    bool ok = run(&self, error);
    if (ok && progress != NULL && !options->dry_run)
        hf_progress_finish(progress);
    hf_dump_toc_free(self.schema.toc);
    g_free(self.schema.selected);
    g_free(self.schema.left_out);
    g_ptr_array_unref(self.made_roles);
    g_clear_pointer(&self.schema.tables, g_hash_table_unref);
    return ok;
}

bool hf_restore(const HfRestoreOptions *options, HfProgress *progress, GCancellable *cancellable,
                HfRestoreResult *result, GError **error)
{
    HfArchiveOrigin origin;
    hf_archive_origin_init(&origin, options->archive);
    return hf_restore_from(&origin.origin, options, progress, cancellable, result, error);
}
