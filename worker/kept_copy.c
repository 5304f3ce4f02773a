#include "worker/kept_copy.h"

#include "catalog/restore_table.h"
#include "service/request_body.h"

#include <string.h>

#define MAX_NODES 100000

bool hf_kept_copy_record_of(HfJobRun *run, const char *database_id, GError **error)
{
    const HfJobRow *job = run->job;
    g_autoptr(HfJson) result = hf_json_parse("the result", run->result, strlen(run->result), MAX_NODES, error);
    if (result == NULL)
        return false;
    const char *back = hf_body_text(result, 0, "copy"), *kept = hf_body_text(result, 0, "kept");
    return (back == NULL || hf_kept_remove(run->catalog, database_id, back, error)) &&
           (kept == NULL || hf_kept_add(run->catalog, job->organization, database_id, kept,
                                        hf_body_text(result, 0, "kept_until"), error));
}

bool hf_kept_copy_record(HfJobRun *run, GError **error)
{
    return hf_kept_copy_record_of(run, run->job->database_id, error);
}
