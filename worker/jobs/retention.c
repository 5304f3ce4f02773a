/*
 * Asks for the deletion of those backups of a schedule and a database that are too many or too old: each is a job of
 * its own, which waits for whoever reads that backup.
 *
 * Without a schedule it is about the copies that swaps have kept of the database, and what a restore or migration has
 * left unfinished beside it: those whose time is over are dropped, and the catalog forgets all that are not there any
 * more. The audit log tells of each, once: if an attempt dies behind a drop, the next one finds it forgotten. Of a name
 * that is not registered the catalog knows no copies: there it tells of what this attempt has dropped.
 */
#include "worker/retention.h"

#include "base/error.h"
#include "catalog/audit.h"
#include "catalog/restore_table.h"
#include "catalog/schedule_table.h"
#include "service/copies.h"
#include "service/request_body.h"
#include "service/request_delete.h"
#include "worker/place.h"

/* ---- Backups -------------------------------------------------------------------------------------------------------
 */

/* Whether nothing may be deleted now. */
static bool is_paused(HfJobRun *run, const GPtrArray *backups, bool *paused, GError **error)
{
    g_autoptr(HfDatabaseRow) database =
        hf_database_get(run->catalog, run->job->organization, run->job->database_id, error);
    if (database == NULL)
        return false;
    g_autofree char *doubt =
        database->retention_paused == NULL ? hf_retention_doubt(backups, database->retention_confirmed_us) : NULL;
    const char *why = doubt != NULL ? doubt : database->retention_paused;
    *paused = why != NULL;
    if (why != NULL)
        g_warning("nothing of %s is deleted until somebody lets retention go on: %s", database->name, why);
    return doubt == NULL || hf_database_pause_retention(run->catalog, database->id, doubt, error);
}

/* What goes; the rows stay those of `backups`, which is kept with them. */
typedef struct {
    GPtrArray *backups, *chosen;
    char *who, *why;
} Deletions;

static void free_deletions(gpointer data)
{
    Deletions *self = data;
    g_clear_pointer(&self->chosen, g_ptr_array_unref);
    g_clear_pointer(&self->backups, g_ptr_array_unref);
    g_free(self->who);
    g_free(self->why);
    g_free(self);
}

/* In the transaction that ends the job, so that an attempt which follows a dead one asks for nothing twice. What
 * somebody has pinned or deleted meanwhile is left. */
static bool ask(HfJobRun *run, const Deletions *deletions, GError **error)
{
    run->requester.reason = HF_REQUEST_RETENTION;
    run->requester.actor = deletions->who;
    run->requester.why = deletions->why;
    for (guint i = 0; i < deletions->chosen->len; i++) {
        const HfBackupRow *backup = deletions->chosen->pdata[i];
        g_autoptr(GError) reason = NULL;
        g_autofree char *answer = hf_request_delete(&run->requester, backup->id, NULL, HF_JSON_NONE, &reason);
        if (answer != NULL || g_error_matches(reason, HF_ERROR, HF_ERROR_CONFLICT))
            continue;
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    return true;
}

/* Why they go, for the audit log. Transfer full. */
static char *tell_rule(const HfScheduleRow *schedule)
{
    GString *text = g_string_new("the schedule keeps ");
    if (schedule->keep_count > 0)
        g_string_append_printf(text, "the newest %" G_GINT64_FORMAT, schedule->keep_count);
    if (schedule->keep_days > 0)
        g_string_append_printf(text, "%sthose of the last %" G_GINT64_FORMAT " days",
                               schedule->keep_count > 0 ? ", and of them " : "", schedule->keep_days);
    return g_string_free(text, FALSE);
}

static bool delete_backups(HfJobRun *run, GError **error)
{
    const HfJobRow *job = run->job;
    bool paused = false;
    g_autoptr(HfScheduleRow) schedule = hf_schedule_get(run->catalog, job->organization, job->schedule_id, error);
    g_autoptr(GPtrArray) backups =
        schedule != NULL ? hf_backup_of_database(run->catalog, job->database_id, job->schedule_id, error) : NULL;
    if (backups == NULL || !is_paused(run, backups, &paused, error))
        return false;
    Deletions *deletions = g_new0(Deletions, 1);
    run->kept = deletions;
    run->free_kept = free_deletions;
    deletions->chosen = hf_retention_choose(backups, schedule->keep_count, schedule->keep_days, g_get_real_time());
    if (paused)
        g_ptr_array_set_size(deletions->chosen, 0);
    deletions->who = g_strconcat("schedule ", schedule->name, NULL);
    deletions->why = tell_rule(schedule);
    guint all = deletions->chosen->len;
    hf_retention_limit(deletions->chosen);
    if (all > deletions->chosen->len)
        g_message("%u more are to go after the next backups", all - deletions->chosen->len);
    for (guint i = 0; i < deletions->chosen->len; i++)
        g_message("%s is to be deleted", ((const HfBackupRow *)deletions->chosen->pdata[i])->name);
    run->result = g_strdup_printf("{\"backups\":%u,\"deleted\":%u,\"paused\":%s}", backups->len, deletions->chosen->len,
                                  paused ? "true" : "false");
    deletions->backups = g_steal_pointer(&backups);
    return true;
}

/* ---- Kept copies ---------------------------------------------------------------------------------------------------
 */

/* Of the job's database, or of one by its name that is not registered. */
static bool open_place(HfPlace *place, HfJobRun *run, GError **error)
{
    const HfJobRow *job = run->job;
    if (job->database_id != NULL)
        return hf_place_open(place, run, error);
    place->server = hf_server_get(run->catalog, job->organization, job->server_id, error);
    place->target = place->server != NULL
                        ? hf_worker_reach(run, place->server, hf_body_text(run->request, 0, "database_name"), error)
                        : NULL;
    return place->target != NULL;
}

/* From run to record. */
typedef struct {
    char **kept; /* which there were of those that a swap keeps */
    char **dropped, **left;
} Copies;

static void free_copies(gpointer data)
{
    Copies *self = data;
    g_strfreev(self->kept);
    g_strfreev(self->dropped);
    g_strfreev(self->left);
    g_free(self);
}

/* One to ask from; NULL: the server's usual one. Scratch databases are copies of the maintenance database itself. */
static const char *maintenance_of(const HfPlace *place)
{
    const char *name = place->server->maintenance_db;
    return strcmp(name, hf_pg_target_database(place->target)) != 0 ? name : NULL;
}

/* Transfer full. */
static char **list_kept(const HfPlace *place, GCancellable *cancellable, GError **error)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    g_autoptr(GPtrArray) copies = hf_copies_list(place->target, maintenance_of(place), false, cancellable, error);
    for (guint i = 0; copies != NULL && i < copies->len; i++)
        if (((const HfCopy *)copies->pdata[i])->kind == HF_COPY_KEPT)
            g_strv_builder_add(names, ((const HfCopy *)copies->pdata[i])->name);
    return copies != NULL ? g_strv_builder_end(names) : NULL;
}

static bool was_kept(const Copies *copies, const char *name)
{
    return g_strv_contains((const char *const *)copies->kept, name);
}

static bool drop_copies(HfJobRun *run, GError **error)
{
    g_auto(HfPlace) place = {0};
    Copies *copies = g_new0(Copies, 1);
    run->kept = copies;
    run->free_kept = free_copies;
    hf_progress_set_phase(run->progress, "dropping old copies");
    if (!open_place(&place, run, error))
        return false;
    copies->kept = list_kept(&place, run->cancellable, error);
    copies->dropped = copies->kept != NULL
                          ? hf_copies_drop(place.target, maintenance_of(&place), NULL, run->cancellable, error)
                          : NULL;
    for (char **name = copies->dropped; name != NULL && *name != NULL; name++)
        g_message("%s is dropped: %s", *name, was_kept(copies, *name) ? "its time is over" : "it was left unfinished");
    copies->left = copies->dropped != NULL ? list_kept(&place, run->cancellable, error) : NULL;
    if (copies->left == NULL)
        return false;
    run->result =
        g_strdup_printf("{\"dropped\":%u,\"left\":%u}", g_strv_length(copies->dropped), g_strv_length(copies->left));
    return true;
}

static bool audit_gone(HfJobRun *run, const char *copy, const char *detail, GError **error)
{
    const HfJobRow *job = run->job;
    const HfAuditEvent event = {.organization = job->organization,
                                .actor = run->worker->actor,
                                .action = "copy.expire",
                                .object_kind = job->database_id != NULL ? "database" : "server",
                                .object_id = job->database_id != NULL ? job->database_id : job->server_id,
                                .object_name = copy,
                                .outcome = "success",
                                .detail = detail};
    return hf_audit_append(run->catalog, &event, error);
}

/* The audit log tells of what was dropped now, and of what is found to be gone. */
static bool record_copies(HfJobRun *run, const Copies *copies, GError **error)
{
    static const char kept[] = "what a swap had kept is gone, and cannot be brought back by an undo";
    static const char unfinished[] = "what a restore or migration had left unfinished is removed";
    for (char **name = copies->dropped; *name != NULL; name++)
        if (!audit_gone(run, *name, was_kept(copies, *name) ? kept : unfinished, error))
            return false;
    if (run->job->database_id == NULL)
        return true; /* the catalog knows of none that were kept */
    g_auto(GStrv) gone = hf_kept_settle(run->catalog, run->job->database_id, (const char *const *)copies->left, error);
    bool ok = gone != NULL;
    for (char **name = gone; ok && *name != NULL; name++)
        ok = g_strv_contains((const char *const *)copies->dropped, *name) || audit_gone(run, *name, kept, error);
    return ok;
}

/* ---- The job -------------------------------------------------------------------------------------------------------
 */

bool hf_job_run_retention(HfJobRun *run, GError **error)
{
    return run->job->schedule_id != NULL ? delete_backups(run, error) : drop_copies(run, error);
}

bool hf_job_record_retention(HfJobRun *run, GError **error)
{
    if (run->kept == NULL)
        return true;
    return run->job->schedule_id != NULL ? ask(run, run->kept, error) : record_copies(run, run->kept, error);
}
