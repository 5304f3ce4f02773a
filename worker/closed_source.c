/*
 * Whoever opens does so in a transaction that holds the closure's row: who would close it waits, and what it closes
 * then stays so. Webhooks are told in that transaction, too: if this process dies, the row is still there, and whoever
 * opens it then tells them again. While the catalog is away nothing is opened: another attempt may have closed it by
 * now, and what is written then would stay behind.
 */
#include "worker/closed_source.h"

#include "base/error.h"
#include "worker/gate.h"
#include "worker/halt.h"

#include <string.h>

#define AWAY_US (30 * G_USEC_PER_SEC)

/* ---- Opening -------------------------------------------------------------------------------------------------------
 */

static bool tell(HfJobRun *run, const HfPlace *source, const char *job_id, const char *event, const char *outcome,
                 GCancellable *cancellable, GError **error)
{
    return hf_halt_tell(run, &(HfHalted){source->server, source->database, job_id}, event, outcome, cancellable, error);
}

/* In a transaction that holds `row`. */
static bool open_again(HfJobRun *run, const HfPlace *source, const HfClosureRow *row, const char *outcome,
                       GError **error)
{
    g_autoptr(GError) away = NULL;
    if (!hf_source_halt_open(source->target, source->server->maintenance_db, row->connection_limit, error))
        return false;
    if (!hf_queue_open_gate(run->requester.queue, row->database_id, &away))
        g_warning("the gate opens after %d s at the latest: %s", HF_QUEUE_GATE_S, away->message);
    g_message("%s is open again: its services resume", source->database->name);
    return tell(run, source, row->job_id, "halt.after", outcome, NULL, error) &&
           hf_closure_end(run->catalog, row->database_id, error);
}

/* The transaction is committed if `ok`. */
static bool close_transaction(HfCatalog *catalog, bool ok, GError **error)
{
    ok = ok && hf_catalog_commit(catalog, error);
    if (!ok)
        hf_catalog_rollback(catalog);
    return ok;
}

static bool may_be_opened(const HfClosureRow *row, bool moved)
{
    bool runs = strcmp(row->job_state, "running") == 0, waits = strcmp(row->job_state, "queued") == 0;
    return row->is_moved ? moved && !runs && !waits : !runs;
}

bool hf_closed_source_open(HfJobRun *run, const HfPlace *source, bool moved, GError **error)
{
    g_autoptr(HfClosureRow) row = NULL;
    if (!hf_catalog_begin(run->catalog, error))
        return false;
    bool ok = hf_closure_get(run->catalog, source->database->id, &row, error);
    if (ok && row != NULL && may_be_opened(row, moved))
        ok = open_again(run, source, row, row->is_moved ? "opened" : "lost", error);
    else if (ok && row != NULL)
        g_message("%s stays closed by the migration %s, which %s", source->database->name, row->job_id,
                  row->is_moved ? "has moved it, or may have" : "runs");
    return close_transaction(run->catalog, ok, error);
}

/* ---- An attempt ----------------------------------------------------------------------------------------------------
 */

/* HfSourceHaltKeeper.on_halt */
static bool on_halt(int64_t connection_limit, gpointer data, GError **error)
{
    HfClosedSource *self = data;
    if (!hf_closure_begin(self->run->catalog, &self->halter, connection_limit, error))
        return false;
    self->keeper.is_halted = true;
    self->keeper.connection_limit = connection_limit;
    return tell(self->run, self->source, self->halter.job_id, "halt.before", NULL, self->run->cancellable, error) &&
           hf_gate_close_for(self->run, self->halter.database_id, self->halter.job_id, error);
}

static bool is_of_this_job(const HfClosedSource *self, const HfClosureRow *row)
{
    return row != NULL && strcmp(row->job_id, self->halter.job_id) == 0;
}

static bool take_over(HfClosedSource *self, const HfClosureRow *row, GError **error)
{
    if (is_of_this_job(self, row)) {
        g_message("%s is closed by the attempt that was lost", self->source->database->name);
        self->keeper.is_halted = true;
        self->keeper.connection_limit = row->connection_limit;
        self->is_moved = row->is_moved;
        return true;
    }
    if (!row->is_moved)
        return hf_closed_source_open(self->run, self->source, false, error);
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                "%s is closed since the migration %s moved it, or may have: open it again first, or go on without "
                "halting its services",
                self->source->database->name, row->job_id);
    return false;
}

bool hf_closed_source_begin(HfClosedSource *self, HfJobRun *run, const HfPlace *source, GError **error)
{
    const HfJobRow *job = run->job;
    g_autoptr(HfClosureRow) row = NULL;
    *self = (HfClosedSource){.run = run, .source = source, .keeper = {.on_halt = on_halt, .data = self}};
    self->halter = (HfHalter){.database_id = source->database->id, .job_id = job->id, .attempt = job->attempt};
    return hf_closure_get(run->catalog, source->database->id, &row, error) &&
           (row == NULL || take_over(self, row, error));
}

bool hf_closed_source_look(HfJobRun *run, const HfPlace *source, HfSourceHaltKeeper *keeper, GError **error)
{
    g_autoptr(HfClosureRow) row = NULL;
    *keeper = (HfSourceHaltKeeper){0};
    if (!hf_closure_get(run->catalog, source->database->id, &row, error))
        return false;
    keeper->is_halted = row != NULL;
    keeper->connection_limit = row != NULL ? row->connection_limit : 0;
    return true;
}

bool hf_closed_source_note(HfClosedSource *self, bool moved, GError **error)
{
    if (!self->keeper.is_halted)
        return true;
    if (!hf_closure_set_moved(self->run->catalog, &self->halter, moved, error))
        return false;
    self->is_moved = moved;
    return true;
}

/* That it is not moved stands, though the source's server may be away. */
static bool open_mine(const HfClosedSource *self, const HfClosureRow *row, GError **error)
{
    g_autoptr(GError) reason = NULL;
    if (!hf_closure_set_moved(self->run->catalog, &self->halter, false, error))
        return false;
    if (!open_again(self->run, self->source, row, "failed", &reason))
        g_warning("%s is still closed, which is tried again: %s", self->source->database->name, reason->message);
    return true;
}

static bool try_to_open(const HfClosedSource *self, GError **error)
{
    HfCatalog *catalog = self->run->catalog;
    g_autoptr(HfClosureRow) row = NULL;
    if (!hf_catalog_begin(catalog, error))
        return false;
    bool ok = hf_closure_get(catalog, self->halter.database_id, &row, error) &&
              (!is_of_this_job(self, row) || open_mine(self, row, error));
    return close_transaction(catalog, ok, error);
}

static void stay_closed(const HfClosedSource *self)
{
    g_autoptr(GError) reason = NULL;
    g_message("%s stays closed, and lets in superusers alone, until somebody opens it again, with the connection limit "
              "that it had (%" G_GINT64_FORMAT ")",
              self->source->database->name, self->keeper.connection_limit);
    if (!tell(self->run, self->source, self->halter.job_id, "halt.after", "moved", NULL, &reason))
        g_warning("webhooks are not told that %s has moved: %s", self->source->database->name, reason->message);
}

void hf_closed_source_end(HfClosedSource *self)
{
    gint64 until_us = g_get_monotonic_time() + AWAY_US;
    if (!self->keeper.is_halted)
        return;
    if (self->is_moved) {
        stay_closed(self);
        return;
    }
    for (;;) {
        g_autoptr(GError) reason = NULL;
        if (try_to_open(self, &reason))
            return;
        if (!hf_catalog_may_pass(reason) || g_get_monotonic_time() > until_us) {
            g_warning("%s is still closed: %s", self->source->database->name, reason->message);
            return;
        }
        g_usleep(G_USEC_PER_SEC);
    }
}
