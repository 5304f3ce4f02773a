/*
 * Dates and times. PostgreSQL counts microseconds (days, for a date) from 2000-01-01 in the Gregorian calendar, carried
 * on without end into the past. Ranges are checked as the server checks what it receives.
 */
#include "pg/value.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* The first day, and the day and the moment after the last ones: from 4714-11-24 BC to the years 5874897 and 294276. */
#define FIRST_DAY INT64_C(-2451545)
#define END_DAY INT64_C(2145031949)
#define FIRST_TIMESTAMP (FIRST_DAY * DAY)
#define END_TIMESTAMP INT64_C(9223371331200000000)
#define ZONE_LIMIT_SECONDS (16 * 3600)

static int64_t floor_divide(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

/*
 * Year, month and day of a day number. Years run from March, so that the leap day is the last of its year, and every
 * 400 years (an era) have 146097 days. `bc` is set instead of giving years below 1.
 */
static void append_day(GString *text, int64_t day, bool *bc)
{
    day += 730425; /* from 0000-03-01 to 2000-01-01 */
    int64_t era = floor_divide(day, 146097);
    int64_t day_of_era = day - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t months = (5 * day_of_year + 2) / 153; /* since March */
    int64_t day_of_month = day_of_year - (153 * months + 2) / 5 + 1;
    int64_t month = months < 10 ? months + 3 : months - 9;
    int64_t year = era * 400 + year_of_era + (month <= 2);
    *bc = year <= 0;
    hf_value_append_number(text, (uint64_t)(*bc ? 1 - year : year), 4);
    g_string_append_c(text, '-');
    hf_value_append_number(text, (uint64_t)month, 2);
    g_string_append_c(text, '-');
    hf_value_append_number(text, (uint64_t)day_of_month, 2);
}

/* hh:mm:ss, and as many digits of the microseconds as are needed. */
static void append_clock(GString *text, uint64_t microseconds)
{
    hf_value_append_number(text, microseconds / HOUR, 2);
    g_string_append_c(text, ':');
    hf_value_append_number(text, microseconds % HOUR / MINUTE, 2);
    g_string_append_c(text, ':');
    hf_value_append_number(text, microseconds % MINUTE / SECOND, 2);
    if (microseconds % SECOND == 0)
        return;
    g_string_append_c(text, '.');
    hf_value_append_number(text, microseconds % SECOND, 6);
    while (text->str[text->len - 1] == '0')
        g_string_truncate(text, text->len - 1);
}

void hf_value_date(HfValueInput *in, GString *text)
{
    int32_t day = (int32_t)hf_value_take_u32(in);
    bool bc = false;
    if (day == INT32_MAX)
        g_string_append(text, "infinity");
    else if (day == INT32_MIN)
        g_string_append(text, "-infinity");
    else if (day < FIRST_DAY || day >= END_DAY)
        hf_value_refuse(in);
    else
        append_day(text, day, &bc);
    if (bc)
        g_string_append(text, " BC");
}

static void append_timestamp(HfValueInput *in, GString *text, const char *zone)
{
    int64_t timestamp = (int64_t)hf_value_take_u64(in);
    if (timestamp == INT64_MAX || timestamp == INT64_MIN) {
        g_string_append(text, timestamp > 0 ? "infinity" : "-infinity");
        return;
    }
    if (timestamp < FIRST_TIMESTAMP || timestamp >= END_TIMESTAMP) {
        hf_value_refuse(in);
        return;
    }
    bool bc;
    int64_t day = floor_divide(timestamp, DAY);
    append_day(text, day, &bc);
    g_string_append_c(text, ' ');
    append_clock(text, (uint64_t)(timestamp - day * DAY));
    g_string_append(text, zone);
    if (bc)
        g_string_append(text, " BC");
}

void hf_value_timestamp(HfValueInput *in, GString *text)
{
    append_timestamp(in, text, "");
}

void hf_value_timestamptz(HfValueInput *in, GString *text)
{
    append_timestamp(in, text, "+00");
}

void hf_value_time(HfValueInput *in, GString *text)
{
    int64_t time = (int64_t)hf_value_take_u64(in);
    if (time < 0 || time > DAY)
        hf_value_refuse(in);
    else
        append_clock(text, (uint64_t)time);
}

/* The zone is stored in seconds west of Greenwich and printed the other way round. */
void hf_value_timetz(HfValueInput *in, GString *text)
{
    hf_value_time(in, text);
    int32_t west = (int32_t)hf_value_take_u32(in);
    if (west <= -ZONE_LIMIT_SECONDS || west >= ZONE_LIMIT_SECONDS) {
        hf_value_refuse(in);
        return;
    }
    unsigned seconds = (unsigned)ABS(west);
    g_string_append_c(text, west > 0 ? '-' : '+');
    hf_value_append_number(text, seconds / 3600, 2);
    if (seconds % 3600 != 0) {
        g_string_append_c(text, ':');
        hf_value_append_number(text, seconds % 3600 / 60, 2);
    }
    if (seconds % 60 != 0) {
        g_string_append_c(text, ':');
        hf_value_append_number(text, seconds % 60, 2);
    }
}

/* An interval's text so far: a part after a negative one shows its plus. */
typedef struct {
    GString *text;
    bool empty;
    bool after_negative;
} Parts;

static void append_part(Parts *parts, int32_t value, const char *unit)
{
    if (value == 0)
        return;
    if (!parts->empty)
        g_string_append_c(parts->text, ' ');
    if (value > 0 && parts->after_negative)
        g_string_append_c(parts->text, '+');
    hf_value_append_signed(parts->text, value);
    g_string_append_printf(parts->text, " %s%s", unit, value == 1 ? "" : "s");
    parts->empty = false;
    parts->after_negative = value < 0;
}

static void append_time_part(Parts *parts, int64_t time)
{
    if (!parts->empty)
        g_string_append_c(parts->text, ' ');
    if (time < 0)
        g_string_append_c(parts->text, '-');
    else if (parts->after_negative)
        g_string_append_c(parts->text, '+');
    append_clock(parts->text, time < 0 ? -(uint64_t)time : (uint64_t)time);
}

/* The two extremes are PostgreSQL 17's infinities; older servers have no other use for them worth the name. */
void hf_value_interval(HfValueInput *in, GString *text)
{
    int64_t time = (int64_t)hf_value_take_u64(in);
    int32_t days = (int32_t)hf_value_take_u32(in);
    int32_t months = (int32_t)hf_value_take_u32(in);
    if (time == INT64_MAX && days == INT32_MAX && months == INT32_MAX) {
        g_string_append(text, "infinity");
        return;
    }
    if (time == INT64_MIN && days == INT32_MIN && months == INT32_MIN) {
        g_string_append(text, "-infinity");
        return;
    }
    Parts parts = {.text = text, .empty = true};
    append_part(&parts, months / 12, "year");
    append_part(&parts, months % 12, "mon");
    append_part(&parts, days, "day");
    if (parts.empty || time != 0)
        append_time_part(&parts, time);
}
