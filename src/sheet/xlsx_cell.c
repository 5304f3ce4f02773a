#include "sheet/xlsx_cell.h"

#include <math.h>
#include <string.h>

#define DAY_MS 86400000.0
#define FIRST_SURE_DAY 61 /* 1900-03-01: the day before it, by the format's own calendar, never was */

char *hf_xlsx_number_text(const char *raw)
{
    char *end = NULL;
    double value = g_ascii_strtod(raw, &end);
    if (end == raw || *end != '\0' || !isfinite(value))
        return NULL;
    bool minus = *raw == '-';
    if (strspn(raw + minus, "0123456789") == strlen(raw + minus))
        return g_strdup(raw);
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup(g_ascii_formatd(text, sizeof text, "%.15g", value));
}

/* ---- Moments -------------------------------------------------------------------------------------------------------
 */

static void append_time(GString *text, int ms_of_day)
{
    g_string_append_printf(text, "%02d:%02d:%02d", ms_of_day / 3600000, ms_of_day / 60000 % 60, ms_of_day / 1000 % 60);
    if (ms_of_day % 1000 != 0)
        g_string_append_printf(text, ".%03d", ms_of_day % 1000);
}

char *hf_xlsx_moment_text(double serial, bool since_1904, bool time_alone)
{
    if (!(serial >= 0 && serial < HF_XLSX_MAX_SERIAL))
        return NULL;
    double ms = round(serial * DAY_MS);
    int day = (int)(ms / DAY_MS), ms_of_day = (int)(ms - day * DAY_MS);
    g_autoptr(GString) text = g_string_new(NULL);
    if (time_alone && day == 0) {
        append_time(text, ms_of_day);
        return g_string_free(g_steal_pointer(&text), FALSE);
    }
    if (!since_1904 && day == FIRST_SURE_DAY - 1)
        return NULL;
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, since_1904 ? 1 : 30, since_1904 ? G_DATE_JANUARY : G_DATE_DECEMBER, since_1904 ? 1904 : 1899);
    g_date_add_days(&date, (guint)(day + (!since_1904 && day < FIRST_SURE_DAY - 1)));
    if (g_date_get_year(&date) > 9999)
        return NULL;
    g_string_append_printf(text, "%04d-%02d-%02d", g_date_get_year(&date), g_date_get_month(&date),
                           g_date_get_day(&date));
    if (ms_of_day != 0) {
        g_string_append_c(text, ' ');
        append_time(text, ms_of_day);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Digits of a fixed width; false for anything else. */
static bool take(const char **at, int digits, char after, int *value)
{
    *value = 0;
    for (int i = 0; i < digits; i++, (*at)++) {
        if (!g_ascii_isdigit(**at))
            return false;
        *value = *value * 10 + (**at - '0');
    }
    if (after == '\0')
        return true;
    return *(*at)++ == after;
}

/* " 12:00:00.5": at most three digits of a second. */
static bool take_time(const char **at, int *ms_of_day)
{
    int hour, minute, second, unit = 100;
    if (*(*at)++ != ' ' || !take(at, 2, ':', &hour) || !take(at, 2, ':', &minute) || !take(at, 2, '\0', &second) ||
        hour > 23)
        return false;
    *ms_of_day = ((hour * 60 + minute) * 60 + second) * 1000;
    if (**at == '.')
        for ((*at)++; g_ascii_isdigit(**at) && unit > 0; (*at)++, unit /= 10)
            *ms_of_day += (**at - '0') * unit;
    return true;
}

bool hf_xlsx_moment_serial(const char *text, double *serial)
{
    int year, month, day, ms_of_day = 0;
    const char *at = text;
    if (!take(&at, 4, '-', &year) || !take(&at, 2, '-', &month) || !take(&at, 2, '\0', &day) ||
        (*at != '\0' && !take_time(&at, &ms_of_day)) || *at != '\0' ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return false;
    GDate date, first;
    g_date_clear(&date, 1);
    g_date_clear(&first, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    g_date_set_dmy(&first, 30, G_DATE_DECEMBER, 1899);
    int days = g_date_days_between(&first, &date);
    *serial = days + ms_of_day / DAY_MS;
    return days >= FIRST_SURE_DAY;
}

/* ---- Characters ----------------------------------------------------------------------------------------------------
 */

/* The character of "_x0001_" at the text's start; -1 if it is none. */
static int escaped(const char *text)
{
    int value = 0;
    if (text[0] != '_' || text[1] != 'x')
        return -1;
    for (int i = 2; i < 6; i++) {
        if (!g_ascii_isxdigit(text[i]))
            return -1;
        value = value * 16 + g_ascii_xdigit_value(text[i]);
    }
    return text[6] == '_' ? value : -1;
}

char *hf_xlsx_escape(const char *text, size_t length)
{
    GString *out = g_string_sized_new(length + 16);
    for (const char *at = text; at < text + length; at++) {
        bool never = strncmp(at, "\xef\xbf\xbe", 3) == 0 || strncmp(at, "\xef\xbf\xbf", 3) == 0;
        if (never) {
            g_string_append_printf(out, "_xFFF%c_", at[2] == '\xbe' ? 'E' : 'F');
            at += 2;
        } else if ((unsigned char)*at < ' ' && *at != '\n' && *at != '\t') {
            g_string_append_printf(out, "_x%04X_", *at);
        } else if (escaped(at) >= 0) {
            g_string_append(out, "_x005F_");
        } else {
            g_string_append_c(out, *at);
        }
    }
    return g_string_free(out, FALSE);
}

void hf_xlsx_unescape(GString *text)
{
    if (strstr(text->str, "_x") == NULL)
        return;
    g_autoptr(GString) out = g_string_sized_new(text->len);
    for (const char *at = text->str; at < text->str + text->len; at++) {
        int value = escaped(at);
        if (value <= 0 || (value >= 0xd800 && value < 0xe000)) {
            g_string_append_c(out, *at);
            continue;
        }
        g_string_append_unichar(out, (gunichar)value);
        at += 6;
    }
    g_string_assign(text, out->str);
}
