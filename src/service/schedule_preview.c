#include "service/schedule_preview.h"

#include "base/error.h"
#include "service/request_body.h"
#include "service/schedule_time.h"

#define RUNS 5

static const HfBodyRule rules[] = {
    {"interval_s", HF_BODY_NUMBER, .min = 60, .max = 366 * 86400},
    {"cron", HF_BODY_TEXT},
    {"time_zone", HF_BODY_TEXT},
    {"starts_at", HF_BODY_TEXT, .max = 60},
};

/* Its texts are borrowed from the body. */
static bool read_schedule(const HfJson *json, HfJsonNode body, int64_t now_us, HfScheduleRow *schedule, GError **error)
{
    if (!hf_body_check(json, body, rules, G_N_ELEMENTS(rules), error))
        return false;
    const char *zone = hf_body_text(json, body, "time_zone"), *starts = hf_body_text(json, body, "starts_at");
    g_autoptr(GDateTime) time = starts != NULL ? g_date_time_new_from_iso8601(starts, NULL) : NULL;
    schedule->cron = (char *)hf_body_text(json, body, "cron");
    schedule->time_zone = (char *)(zone != NULL ? zone : "UTC");
    schedule->interval_s = (int64_t)hf_body_number(json, body, "interval_s", 0);
    schedule->starts_us =
        time != NULL ? g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time) : now_us;
    if ((schedule->cron == NULL) == (schedule->interval_s == 0))
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, "either interval_s or cron is needed");
    else if (starts != NULL && time == NULL)
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                            "starts_at is a time as in 2026-07-25T10:00:00Z, with a time zone");
    else
        return true;
    return false;
}

static void write_time(HfJsonWriter *writer, int64_t us)
{
    g_autoptr(GDateTime) seconds = g_date_time_new_from_unix_utc(us / G_USEC_PER_SEC);
    g_autoptr(GDateTime) time = g_date_time_add(seconds, us % G_USEC_PER_SEC);
    g_autofree char *text = g_date_time_format_iso8601(time);
    hf_json_writer_string(writer, NULL, text);
}

char *hf_schedule_preview(const HfJson *json, HfJsonNode body, int64_t now_us, GError **error)
{
    HfScheduleRow schedule = {0};
    HfJsonWriter writer;
    int64_t at_us = now_us;
    if (!read_schedule(json, body, now_us, &schedule, error))
        return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_begin_array(&writer, "runs");
    for (unsigned i = 0; i < RUNS && at_us >= 0; i++) {
        if (!hf_schedule_time_next(&schedule, at_us, &at_us, error))
            return NULL;
        if (at_us >= 0)
            write_time(&writer, at_us);
    }
    hf_json_writer_end_array(&writer);
    hf_json_writer_end_object(&writer);
    return g_string_free(g_steal_pointer(&text), FALSE);
}
