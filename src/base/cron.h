/*
 * When a schedule runs next. Times are microseconds since 1970, UTC; nothing here looks at a clock.
 */
#ifndef HF_BASE_CRON_H
#define HF_BASE_CRON_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct HfCron HfCron;

/* Five fields: minute hour day-of-month month day-of-week, with lists, ranges, steps, names of months and days, and
 * @hourly … @yearly. As in Vixie's cron, a day matches if either of two restricted day fields does. HF_ERROR_USAGE says
 * which field is wrong. Transfer full. */
HfCron *hf_cron_parse(const char *text, const char *time_zone, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_cron_free(HfCron *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfCron, hf_cron_free)

/*
 * The first time after `after_us`. A local time that daylight saving skips runs at the first moment after the gap; one
 * that occurs twice runs at its first occurrence alone, unless the hour field is "*" (then each hour counts). -1: never
 * (the 30th of February).
 */
int64_t hf_cron_next(const HfCron *self, int64_t after_us);

/* Of a schedule by interval: the first of starts, starts + interval, … after `after_us`. */
int64_t hf_interval_next(int64_t starts_us, int64_t interval_us, int64_t after_us);

#endif
