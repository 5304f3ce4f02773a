/*
 * The next time is found by walking minutes of real time and looking at the local clock: whatever a time zone does,
 * every minute of it is seen once. Days and months that cannot match are jumped over, always to a little before their
 * end, so that a clock that is put forward in between is not missed.
 *
 * A gap (the clock is put forward) is seen as two neighbouring minutes whose local times are not; what was skipped runs
 * at the first of the second. A local time that was there before (the clock was put back) is its own second occurrence.
 */
#include "base/cron.h"

#include "base/error.h"

#include <string.h>

#define MINUTE_US (60 * G_TIME_SPAN_SECOND)
#define DAY_MINUTES 1440
#define MARGIN_MINUTES 180 /* more than any clock is ever put forward or back */
/* The 29th of February can be eight years away. */
#define HORIZON_MINUTES ((int64_t)8 * 366 * DAY_MINUTES)
#define MAX_TEXT 200

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };

static const struct {
    const char *name;
    unsigned min, max;
    const char *names[13]; /* from `min` on */
} fields[FIELDS] = {
    [MINUTE] = {"minute", 0, 59},
    [HOUR] = {"hour", 0, 23},
    [DAY] = {"day of the month", 1, 31},
    [MONTH] = {"month", 1, 12, {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
    [WEEKDAY] = {"day of the week", 0, 7, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
};

static const char *const nicknames[][2] = {
    {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"}, {"@weekly", "0 0 * * 0"},
    {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"}, {"@hourly", "0 * * * *"},
};

struct HfCron {
    uint64_t bits[FIELDS];
    bool star[FIELDS]; /* the field begins with "*" */
    GTimeZone *zone;
};

void hf_cron_free(HfCron *self)
{
    if (self == NULL)
        return;
    g_clear_pointer(&self->zone, g_time_zone_unref);
    g_free(self);
}

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

static bool parse_value(int field, const char *text, unsigned *value)
{
    for (unsigned i = 0; fields[field].names[i] != NULL; i++)
        if (g_ascii_strcasecmp(text, fields[field].names[i]) == 0) {
            *value = fields[field].min + i;
            return true;
        }
    guint64 number;
    if (!g_ascii_string_to_unsigned(text, 10, fields[field].min, fields[field].max, &number, NULL))
        return false;
    *value = (unsigned)number;
    return true;
}

/* "*", "5", "1-5", each with "/step". */
static bool parse_item(int field, const char *text, uint64_t *bits)
{
    g_auto(GStrv) halves = g_strsplit(text, "/", 2);
    g_auto(GStrv) bounds = g_strsplit(halves[0] != NULL ? halves[0] : "", "-", 2);
    guint64 step = 1;
    if (bounds[0] == NULL ||
        (halves[1] != NULL && !g_ascii_string_to_unsigned(halves[1], 10, 1, fields[field].max, &step, NULL)))
        return false;
    unsigned first = fields[field].min, last = fields[field].max;
    if (strcmp(halves[0], "*") != 0) {
        if (!parse_value(field, bounds[0], &first))
            return false;
        if (bounds[1] == NULL && halves[1] == NULL) /* "5/2" goes on to the end, "5" does not */
            last = first;
        if (bounds[1] != NULL && (!parse_value(field, bounds[1], &last) || last < first))
            return false;
    }
    for (unsigned value = first; value <= last; value += (unsigned)step)
        *bits |= UINT64_C(1) << value;
    return true;
}

static bool parse_field(HfCron *self, int field, const char *text, GError **error)
{
    g_auto(GStrv) items = g_strsplit(text, ",", -1);
    self->star[field] = *text == '*';
    for (char **item = items; *item != NULL; item++)
        if (!parse_item(field, *item, &self->bits[field])) {
            g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                        "the cron expression's %s is \"%s\": numbers from %u to %u, or names, as in 1,3-5 or */2, are "
                        "what it takes",
                        fields[field].name, text, fields[field].min, fields[field].max);
            return false;
        }
    return true;
}

static const char *expand(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(nicknames); i++)
        if (g_ascii_strcasecmp(text, nicknames[i][0]) == 0)
            return nicknames[i][1];
    return text;
}

HfCron *hf_cron_parse(const char *text, const char *time_zone, GError **error)
{
    g_autoptr(HfCron) self = g_new0(HfCron, 1);
    self->zone = g_time_zone_new_identifier(time_zone);
    if (self->zone == NULL) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "the time zone \"%s\" is not known: \"Europe/Berlin\" is one",
                    time_zone);
        return NULL;
    }
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_auto(GStrv) parts = g_strsplit_set(strlen(text) <= MAX_TEXT ? expand(text) : "", " \t", -1);
    for (char **part = parts; *part != NULL; part++)
        if (**part != '\0')
            g_ptr_array_add(words, *part);
    if (words->len != FIELDS) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                    "a cron expression has five fields: minute, hour, day of the month, month, day of the week; this "
                    "has %u",
                    words->len);
        return NULL;
    }
    for (int field = 0; field < FIELDS; field++)
        if (!parse_field(self, field, words->pdata[field], error))
            return NULL;
    if (self->bits[WEEKDAY] & UINT64_C(1) << 7) /* Sunday is 0 and 7 */
        self->bits[WEEKDAY] |= 1;
    return g_steal_pointer(&self);
}

/* ---- The next time -------------------------------------------------------------------------------------------------
 */

typedef struct {
    int month, day, weekday; /* 0: Sunday */
    int days_left;           /* of the month after this day */
    int minute;              /* of the day */
    int64_t total;           /* minutes of local time since 1970 */
} LocalTime;

static int64_t local_minutes(const HfCron *self, int64_t minutes)
{
    int interval = g_time_zone_find_interval(self->zone, G_TIME_TYPE_UNIVERSAL, minutes * 60);
    return minutes + g_time_zone_get_offset(self->zone, interval) / 60;
}

static LocalTime local_time(const HfCron *self, int64_t minutes)
{
    LocalTime local = {.total = local_minutes(self, minutes)};
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(local.total * 60);
    local.month = g_date_time_get_month(time);
    local.day = g_date_time_get_day_of_month(time);
    local.weekday = g_date_time_get_day_of_week(time) % 7;
    local.days_left =
        g_date_get_days_in_month((GDateMonth)local.month, (GDateYear)g_date_time_get_year(time)) - local.day;
    local.minute = g_date_time_get_hour(time) * 60 + g_date_time_get_minute(time);
    return local;
}

static bool has(const HfCron *self, int field, int value)
{
    return (self->bits[field] >> value & 1) != 0;
}

static bool day_matches(const HfCron *self, const LocalTime *local)
{
    bool day = has(self, DAY, local->day), weekday = has(self, WEEKDAY, local->weekday);
    return self->star[DAY] || self->star[WEEKDAY] ? day && weekday : day || weekday;
}

static bool minute_matches(const HfCron *self, int minute)
{
    return has(self, HOUR, minute / 60) && has(self, MINUTE, minute % 60);
}

/* Whether a local time that matches was skipped right before this one, on the same day. */
static bool follows_skipped(const HfCron *self, const LocalTime *local, int64_t minutes)
{
    int64_t skipped = local->total - local_minutes(self, minutes - 1) - 1;
    if (self->star[HOUR])
        return false;
    for (int minute = local->minute - 1; skipped > 0 && minute >= 0; minute--, skipped--)
        if (minute_matches(self, minute))
            return true;
    return false;
}

static bool is_second_occurrence(const HfCron *self, const LocalTime *local, int64_t minutes)
{
    static const int shifts[] = {30, 60, 120};
    for (size_t i = 0; i < G_N_ELEMENTS(shifts); i++)
        if (local_minutes(self, minutes - shifts[i]) == local->total)
            return true;
    return false;
}

static bool runs_at(const HfCron *self, const LocalTime *local, int64_t minutes)
{
    if (follows_skipped(self, local, minutes))
        return true;
    return minute_matches(self, local->minute) && (self->star[HOUR] || !is_second_occurrence(self, local, minutes));
}

/* How far to go on from a time that does not match. */
static int64_t step_from(const HfCron *self, const LocalTime *local)
{
    int64_t left = 0;
    if (!has(self, MONTH, local->month))
        left = (int64_t)(local->days_left + 1) * DAY_MINUTES - local->minute;
    else if (!day_matches(self, local))
        left = DAY_MINUTES - local->minute;
    return MAX(1, left - MARGIN_MINUTES);
}

int64_t hf_cron_next(const HfCron *self, int64_t after_us)
{
    int64_t minutes = after_us / MINUTE_US - (after_us % MINUTE_US < 0) + 1, end = minutes + HORIZON_MINUTES;
    while (minutes < end) {
        LocalTime local = local_time(self, minutes);
        if (has(self, MONTH, local.month) && day_matches(self, &local) && runs_at(self, &local, minutes))
            return minutes * MINUTE_US;
        minutes += step_from(self, &local);
    }
    return -1;
}

int64_t hf_interval_next(int64_t starts_us, int64_t interval_us, int64_t after_us)
{
    g_assert(interval_us > 0);
    return after_us < starts_us ? starts_us : starts_us + ((after_us - starts_us) / interval_us + 1) * interval_us;
}
