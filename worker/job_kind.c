#include "worker/job_kind.h"

#include "worker/backup_writer.h"
#include "worker/kept_copy.h"

#include <string.h>

static const HfJobKind kinds[] = {
    {"assess", "assessment", hf_job_run_assess, NULL, NULL},
    {"backup", "backup", hf_job_run_backup, hf_job_record_backup, hf_backup_writer_discard},
    {"verify", "verification", hf_job_run_verify, hf_job_record_verify, NULL},
    {"delete", "deletion", hf_job_run_delete, hf_job_record_delete, NULL},
    {"export", "export", hf_job_run_export, hf_job_record_export, NULL},
    {"find", "search", hf_job_run_find, hf_job_record_find, NULL},
    {"import", "import", hf_job_run_import, hf_job_record_import, NULL},
    {"migrate", "migration", hf_job_run_migrate, hf_job_record_migrate, hf_backup_writer_discard},
    {"preflight", "preflight", hf_job_run_preflight, hf_job_record_preflight, NULL},
    {"preview", "preview", hf_job_run_preview, NULL, NULL},
    {"restore", "restore", hf_job_run_restore, hf_job_record_restore, hf_backup_writer_discard},
    {"resume", "resumption", hf_job_run_resume, NULL, NULL},
    {"undo", "undo", hf_job_run_undo, hf_kept_copy_record, NULL},
    {"rescan", "rescan", hf_job_run_rescan, NULL, NULL},
    {"retention", "retention", hf_job_run_retention, hf_job_record_retention, NULL},
};

const HfJobKind *hf_job_kind_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}
