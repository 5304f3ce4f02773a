/*
 * When a schedule runs next.
 */
#ifndef HF_SERVICE_SCHEDULE_TIME_H
#define HF_SERVICE_SCHEDULE_TIME_H

#include "catalog/schedule_table.h"

/* The first time after `after_us`, in microseconds since 1970; -1: never. HF_ERROR_USAGE: its cron expression or time
 * zone is none. */
bool hf_schedule_time_next(const HfScheduleRow *schedule, int64_t after_us, int64_t *next_us, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
