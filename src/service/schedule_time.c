#include "service/schedule_time.h"

#include "base/cron.h"

bool hf_schedule_time_next(const HfScheduleRow *schedule, int64_t after_us, int64_t *next_us, GError **error)
{
    if (schedule->cron == NULL) {
        *next_us = hf_interval_next(schedule->starts_us, schedule->interval_s * G_USEC_PER_SEC, after_us);
        return true;
    }
    g_autoptr(HfCron) cron = hf_cron_parse(schedule->cron, schedule->time_zone, error);
    if (cron == NULL)
        return false;
    *next_us = hf_cron_next(cron, MAX(after_us, schedule->starts_us - 1));
    return true;
}
