/*
 * The scratch database is a copy as those of a restore are, so `holdfast copies` knows it whatever happens. Its note
 * names the backup and the use. A use holds a lock of that name in a session of its own: who has it knows that a
 * database with its note is nobody's any more.
 */
#include "service/scratch.h"

#include "service/archive_selection.h"
#include "service/copies.h"
#include "service/migrate.h"
#include "service/restore.h"
#include "service/restore_preflight.h"

#include <string.h>

typedef struct {
    const HfScratch *scratch;
    HfScratchWork work;
    gpointer data;
    GCancellable *cancellable;
} Use;

/* A session stays in it while it is read, so that nobody takes it for one that was left behind. */
static bool read_it(const char *database, gpointer data, GError **error)
{
    const Use *self = data;
    g_autoptr(HfPgTarget) target = hf_pg_target_with_database(self->scratch->server, database);
    g_autoptr(HfPg) inside = hf_pg_connect(target, self->cancellable, error);
    return inside != NULL && self->work(target, self->data, error);
}

/* The lock's session only reads. */
static bool drop_left(const HfScratch *self, const char *note, GCancellable *cancellable, GError **error)
{
    g_autoptr(HfPg) pg = hf_pg_connect(self->server, cancellable, error);
    return pg != NULL && hf_copies_drop_lost(pg, self->server, note, false, cancellable, error);
}

static uint64_t bytes_of(const HfManifest *manifest)
{
    uint64_t bytes = 0;
    for (guint i = 0; i < manifest->tables->len; i++)
        bytes += ((const HfManifestTable *)manifest->tables->pdata[i])->raw_bytes;
    return bytes;
}

bool hf_scratch_run(const HfScratch *self, const char *purpose, unsigned readings, HfScratchWork work, gpointer data,
                    HfProgress *progress, GCancellable *cancellable, GError **error)
{
    const HfArchiveHead *head = hf_archive_reader_head(self->archive);
    Use use = {.scratch = self, .work = work, .data = data, .cancellable = cancellable};
    g_autofree char *note =
        g_strdup_printf("the backup of %s of %s, for %s", head->database.name, head->created, purpose);
    g_autofree char *what = g_strconcat("use of ", note, NULL);
    HfRestoreOptions restore = {.archive = self->archive,
                                .archive_name = note,
                                .target = self->server,
                                .mode = HF_RESTORE_SCRATCH,
                                .proof = HF_PROOF_DIGEST,
                                .jobs = self->jobs,
                                .no_verify = true, /* the proof finds all damage, and nothing is lost by then */
                                .no_owner = true,
                                .no_privileges = true,
                                .on_finding = hf_finding_log,
                                .in_scratch = read_it,
                                .swap_data = &use};
    HfRestoreResult result;
    g_autoptr(HfPg) lock = hf_pg_connect(self->server, cancellable, error);
    if (lock == NULL || !hf_migrate_lock(lock, note, what, self->patience_ms, cancellable, error) ||
        !drop_left(self, note, cancellable, error))
        return false;
    hf_progress_promise(progress, readings * bytes_of(hf_archive_reader_manifest(self->archive)));
    bool ok = hf_restore(&restore, progress, cancellable, &result, error);
    hf_restore_result_clear(&result);
    return ok;
}

/* ---- What was backed up --------------------------------------------------------------------------------------------
 */

static bool is_of_scratch(const HfNeutralLeftover *leftover)
{
    return strcmp(leftover->kind, "setting") == 0 ||
           (strcmp(leftover->kind, "grants") == 0 && g_str_has_prefix(leftover->name, "database "));
}

static void settle_settings(HfNeutralModel *model, const HfDatabaseInfo *database)
{
    for (guint i = 0; i < database->settings->len; i++) {
        const HfDatabaseSetting *setting = database->settings->pdata[i];
        HfNeutralLeftover *leftover = hf_neutral_add_leftover(model);
        leftover->kind = g_strdup("setting");
        leftover->name = setting->role != NULL ? g_strdup_printf("%s for %s", setting->name, setting->role)
                                               : g_strdup(setting->name);
        leftover->source = g_strdup_printf("%s=%s", setting->name, setting->value);
    }
}

/* Those of tables that the model has; of a whole one all. */
static bool is_grant(const HfTocEntry *entry, const HfNeutralModel *model, bool selective)
{
    if (entry->phase != HF_TOC_ACL)
        return false;
    return !selective || (g_str_has_prefix(entry->tag, "TABLE ") && entry->schema != NULL &&
                          hf_neutral_find_table(model, entry->schema, entry->tag + strlen("TABLE ")) != NULL);
}

bool hf_scratch_settle_model(const HfScratch *self, HfNeutralModel *model, bool selective, GError **error)
{
    const HfArchiveHead *head = hf_archive_reader_head(self->archive);
    const HfPatternLists all = {0};
    g_autoptr(HfArchiveSelection) selection = hf_archive_select(self->archive, &all, HF_SELECT_TO_READ, error);
    if (selection == NULL)
        return false;
    g_free(model->database);
    model->database = g_strdup(head->database.name);
    g_free(model->source);
    model->source = g_strdup_printf("PostgreSQL %s, backed up %s", head->server_version, head->created);
    g_free(model->comment); /* the scratch database's tells what it is for */
    model->comment = g_strdup(head->database.comment);
    for (guint i = model->leftovers->len; i > 0; i--)
        if (is_of_scratch(model->leftovers->pdata[i - 1]))
            hf_neutral_remove_leftover(model, i - 1);
    if (!selective)
        settle_settings(model, &head->database);
    for (size_t i = 0; i < hf_dump_toc_size(selection->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(selection->toc, i);
        if (!is_grant(entry, model, selective))
            continue;
        HfNeutralLeftover *leftover = hf_neutral_add_leftover(model);
        leftover->kind = g_strdup("grants");
        leftover->name =
            entry->schema != NULL ? g_strdup_printf("%s of %s", entry->tag, entry->schema) : g_strdup(entry->tag);
        leftover->source = g_strdup(entry->definition);
    }
    return true;
}
