#include "base/units.h"

#include "base/error.h"

#include <string.h>

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR, WEEK = 7 * DAY };

#define MAX_DURATION_SECONDS (UINT64_C(36525) * DAY)

/* Three significant digits of 0 <= value < 1000, without zeros at the end of a fraction. */
static char *three_digits(double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(text, sizeof text, value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value);
    if (strchr(text, '.') != NULL) {
        size_t length = strlen(text);
        while (text[length - 1] == '0')
            length--;
        text[text[length - 1] == '.' ? length - 1 : length] = '\0';
    }
    return g_strdup(text);
}

static char *format_bytes(double bytes, const char *suffix)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

    size_t unit = 0;
    /* From 999.5 on it rounds to 1000, which is 1 of the next unit. */
    while (bytes >= 999.5 && unit + 1 < G_N_ELEMENTS(units)) {
        bytes /= 1000;
        unit++;
    }
    g_autofree char *number = three_digits(bytes);
    return g_strdup_printf("%s %s%s", number, units[unit], suffix);
}

char *hf_format_bytes(uint64_t bytes)
{
    return format_bytes((double)bytes, "");
}

char *hf_format_rate(double bytes_per_second)
{
    return format_bytes(bytes_per_second > 0 ? MIN(bytes_per_second, (double)UINT64_MAX) : 0, "/s");
}

static char *two_units(uint64_t value, uint64_t per_large, const char *large, const char *small)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT " %s %02" G_GUINT64_FORMAT " %s", value / per_large, large,
                           value % per_large, small);
}

char *hf_format_duration(double seconds)
{
    if (!(seconds > 0))
        seconds = 0;
    if (seconds < 0.9995)
        return g_strdup_printf("%.0f ms", seconds * 1000);
    if (seconds < 59.95) {
        char text[G_ASCII_DTOSTR_BUF_SIZE];
        return g_strdup_printf("%s s", g_ascii_formatd(text, sizeof text, "%.1f", seconds));
    }
    uint64_t whole = (uint64_t)(MIN(seconds, (double)MAX_DURATION_SECONDS) + 0.5);
    if (whole < HOUR)
        return two_units(whole, MINUTE, "min", "s");
    if (whole + MINUTE / 2 < DAY)
        return two_units((whole + MINUTE / 2) / MINUTE, HOUR / MINUTE, "h", "min");
    return two_units((whole + HOUR / 2) / HOUR, DAY / HOUR, "d", "h");
}

char *hf_format_count(uint64_t count)
{
    GString *text = g_string_new(NULL);
    g_string_printf(text, "%" G_GUINT64_FORMAT, count);
    for (gssize at = (gssize)text->len - 3; at > 0; at -= 3)
        g_string_insert_c(text, at, ',');
    return g_string_free(text, FALSE);
}

char *hf_format_time(int64_t us)
{
    g_autoptr(GDateTime) epoch = g_date_time_new_from_unix_utc(0);
    g_autoptr(GDateTime) time = g_date_time_add(epoch, us);
    return g_date_time_format(time, "%Y-%m-%dT%H:%M:%S.%fZ");
}

static uint64_t seconds_of_unit(const char *unit)
{
    static const struct {
        const char *name;
        uint64_t seconds;
    } units[] = {{"s", 1}, {"min", MINUTE}, {"h", HOUR}, {"d", DAY}, {"w", WEEK}};

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (strcmp(unit, units[i].name) == 0)
            return units[i].seconds;
    return 0;
}

bool hf_parse_duration(const char *text, uint64_t *seconds, GError **error)
{
    size_t digits = strspn(text, "0123456789");
    g_autofree char *number = g_strndup(text, digits);
    uint64_t unit = seconds_of_unit(text + digits);
    guint64 count;

    if (unit != 0 && g_ascii_string_to_unsigned(number, 10, 0, MAX_DURATION_SECONDS / unit, &count, NULL)) {
        *seconds = count * unit;
        return true;
    }
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                "\"%s\" is not a duration: write a whole number with its unit, such as 90s, 15min, 12h, 7d or 2w, "
                "up to 100 years",
                text);
    return false;
}

bool hf_parse_uint(const char *text, uint64_t min, uint64_t max, uint64_t *value, GError **error)
{
    guint64 number;
    if (g_ascii_string_to_unsigned(text, 10, min, max, &number, NULL)) {
        *value = number;
        return true;
    }
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                "\"%s\" is not a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT, text, min, max);
    return false;
}
