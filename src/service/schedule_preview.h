/*
 * When a schedule that is not saved yet would run.
 */
#ifndef HF_SERVICE_SCHEDULE_PREVIEW_H
#define HF_SERVICE_SCHEDULE_PREVIEW_H

#include "base/json.h"

#include <stdint.h>

/* {"runs": […]}, the next five times after `now_us` at most, transfer full. `body` has interval_s or cron, time_zone
 * and starts_at, as a schedule has them; else HF_ERROR_USAGE. */
char *hf_schedule_preview(const HfJson *json, HfJsonNode body, int64_t now_us, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
