/*
 * Asking for the databases of a server that a schedule's pattern means and that are not registered yet.
 */
#ifndef HF_SERVICE_REQUEST_FIND_H
#define HF_SERVICE_REQUEST_FIND_H

#include "catalog/schedule_table.h"
#include "service/request.h"

/* Inside a transaction, for each run of a schedule with a pattern: a job that registers them and asks for their
 * backups. Transfer full: its id. */
char *hf_request_find(HfRequester *self, const HfScheduleRow *schedule, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
