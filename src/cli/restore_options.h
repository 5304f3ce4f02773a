/*
 * What restore and migrate have in common: options that say what is made and how, and what is told of it.
 */
#ifndef HF_CLI_RESTORE_OPTIONS_H
#define HF_CLI_RESTORE_OPTIONS_H

#include "cli/report.h"
#include "service/restore.h"

/* --dry-run, --jobs, --drop-others, --proof, --no-owner, --no-privileges, --role-map, --create-roles, --keep-old and
 * --maintenance-db. Transfer full. */
GOptionGroup *hf_restore_options(void);
/* --jobs of them, for what makes no PostgreSQL database: the others are refused. */
bool hf_restore_options_jobs_alone(unsigned *jobs, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What they say, into `restore`, of which `mode` must be set; role_map is transfer full. Findings are logged. */
bool hf_restore_from_options(HfRestoreOptions *restore, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The result from dry_run to findings, in an object that is begun. */
void hf_restore_report_json(HfJsonWriter *json, const HfRestoreOptions *restore, const HfRestoreResult *result);
/* The same for people. `what` was `done`: "restore" and "restored", say; `to` is the database as it was typed. */
void hf_restore_report_text(HfReport *report, const char *what, const char *done, const char *to,
                            const HfRestoreOptions *restore, const HfRestoreResult *result);

#endif
