/*
 * Numbers as people read and write them on a command line. The formats depend on no locale. Strings are transfer full.
 */
#ifndef HF_BASE_UNITS_H
#define HF_BASE_UNITS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Decimal units and at most three significant digits: "0 B", "999 B", "1.4 GB", "14.2 GB", "18.4 EB". */
char *hf_format_bytes(uint64_t bytes);

/* The same for each second: "412 MB/s". No number and anything below 0 are "0 B/s". */
char *hf_format_rate(double bytes_per_second);

/* "350 ms", "12.3 s", "4 min 05 s", "1 h 04 min", "3 d 04 h". No number and anything below 0 are "0 ms". */
char *hf_format_duration(double seconds);

/* "12,345,678" */
char *hf_format_count(uint64_t count);

/* Microseconds since 1970 as RFC 3339 in UTC: "2026-11-21T06:00:00.000000Z". */
char *hf_format_time(int64_t us);

/* A whole number and its unit, nothing else: "90s", "15min", "12h", "7d", "2w", to 100 years (36,525 days). Errors:
 * HF_ERROR_USAGE, with the text. */
bool hf_parse_duration(const char *text, uint64_t *seconds, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Decimal digits alone, from `min` to `max`. Errors: HF_ERROR_USAGE, with the text and the bounds. */
bool hf_parse_uint(const char *text, uint64_t min, uint64_t max, uint64_t *value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
