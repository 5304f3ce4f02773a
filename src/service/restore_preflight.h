/*
 * What can be known before a restore touches anything. All findings at once.
 */
#ifndef HF_SERVICE_RESTORE_PREFLIGHT_H
#define HF_SERVICE_RESTORE_PREFLIGHT_H

#include "engine/ends/postgres_schema.h"
#include "service/origin.h"
#include "service/restore.h"

/* Appends HfFinding to `findings`. False only if a question could not be asked; a fatal finding is not a failure of
 * this. `pg` is connected to the maintenance database, or (in place and for a scratch restore) to the target. What a
 * scratch restore has to leave out is noted in `schema`. */
bool hf_restore_preflight(const HfRestoreOptions *options, const HfOrigin *origin, HfSchema *schema, HfPg *pg,
                          GCancellable *cancellable, GPtrArray *findings, GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool hf_findings_have_fatal(const GPtrArray *findings);
/* HfRestoreOptions.on_finding: into the log. Fatal ones are in the error. */
void hf_finding_log(const HfFinding *finding, gpointer data);
/* The fatal ones, one after another. Transfer full. */
char *hf_findings_join_fatal(const GPtrArray *findings);
void hf_finding_free(HfFinding *self);

#endif
