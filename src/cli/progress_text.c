#include "cli/progress_text.h"

#include "base/json.h"
#include "base/units.h"
#include "cli/text.h"

#include <string.h>

#define MAX_BAR_COLUMNS 40
#define LANE_NAME_COLUMNS 50

static bool is_done(const HfProgressView *view)
{
    return view->percent >= 100;
}

static void append_left(GString *to, const HfProgressView *view)
{
    if (view->left_s < 0 || is_done(view))
        return;
    /* Tenths of a second would only flicker. */
    g_autofree char *left = hf_format_duration((double)(int64_t)(view->left_s + 0.5));
    g_string_append_printf(to, ", %s left", view->left_s < 0.5 ? "0 s" : left);
}

static void append_numbers(GString *to, const HfProgressView *view)
{
    g_autofree char *rows = hf_format_count(view->rows);
    g_autofree char *in = hf_format_rate(view->rate_in);
    g_autofree char *out = hf_format_rate(view->rate_out);
    g_string_append_printf(to, "%s rows, %s in, %s out", rows, in, out);
}

/* Without the rows: the result tells them. */
static void append_totals(GString *to, const HfProgressView *view)
{
    g_autofree char *in = hf_format_bytes(view->bytes_in);
    g_autofree char *out = hf_format_bytes(view->bytes_out);
    g_autofree char *elapsed = hf_format_duration(view->elapsed_s);
    g_autofree char *rate = hf_format_rate(view->rate_in);
    g_string_append_printf(to, "%s in, %s out, %s (%s)", in, out, elapsed, rate);
}

char *hf_progress_text_line(const HfProgressView *view, const char *job)
{
    GString *line = g_string_new(NULL);
    g_string_append_printf(line, "%s: %.*f%% %s, ", job, is_done(view) ? 0 : 1, view->percent, view->phase);
    if (is_done(view))
        append_totals(line, view);
    else
        append_numbers(line, view);
    append_left(line, view);
    return g_string_free(line, FALSE);
}

/* ---- The live bar --------------------------------------------------------------------------------------------------
 */

static void append_fitted(GString *to, const char *line, unsigned columns)
{
    g_autofree char *fitted = hf_text_fit(line, columns);
    g_string_append_printf(to, "%s\n", fitted);
}

static void append_bar(GString *to, const HfProgressView *view, unsigned columns)
{
    g_autofree char *percent = g_strdup_printf("] %5.1f%%", view->percent);
    g_autoptr(GString) tail = g_string_new(percent);
    append_left(tail, view);
    g_autoptr(GString) line = g_string_new(view->phase);
    size_t taken = strlen(view->phase) + 2 + tail->len;
    size_t room = taken < columns ? MIN(columns - taken, MAX_BAR_COLUMNS) : 0;
    size_t filled = (size_t)((double)room * view->percent / 100);
    g_string_append(line, " [");
    for (size_t i = 0; i < room; i++)
        g_string_append_c(line, i < filled ? '=' : i == filled ? '>' : ' ');
    g_string_append(line, tail->str);
    append_fitted(to, line->str, columns);
}

static void append_lane(GString *to, const HfProgressLaneView *lane, unsigned columns)
{
    unsigned room = columns > 12 ? MIN(columns - 8, LANE_NAME_COLUMNS) : columns;
    g_autofree char *name = hf_text_fit(lane->label, room);
    g_autoptr(GString) line = g_string_new("  ");
    g_string_append(line, name);
    for (unsigned i = hf_text_width(name); i < room; i++)
        g_string_append_c(line, ' ');
    g_string_append_printf(line, " %3.0f%%", lane->percent);
    append_fitted(to, line->str, columns);
}

static unsigned count_active(const HfProgressView *view)
{
    unsigned active = 0;
    for (unsigned i = 0; i < view->lanes; i++)
        active += view->lane[i].active;
    return active;
}

static void append_lanes(GString *to, const HfProgressView *view, unsigned columns, unsigned room)
{
    unsigned active = count_active(view), shown = 0;
    /* The last line says how many are not shown. */
    unsigned most = active <= room ? room : room > 0 ? room - 1 : 0;
    for (unsigned i = 0; i < view->lanes && shown < most; i++) {
        if (!view->lane[i].active)
            continue;
        append_lane(to, &view->lane[i], columns);
        shown++;
    }
    if (shown < active && room > 0) {
        g_autofree char *more = g_strdup_printf("  and %u more", active - shown);
        append_fitted(to, more, columns);
    }
}

char *hf_progress_text_bar(const HfProgressView *view, unsigned columns, unsigned rows)
{
    GString *text = g_string_new(NULL);
    append_bar(text, view, columns);
    if (rows > 2) {
        g_autoptr(GString) numbers = g_string_new("  ");
        append_numbers(numbers, view);
        append_fitted(text, numbers->str, columns);
    }
    append_lanes(text, view, columns, rows > 3 ? rows - 3 : 0);
    return g_string_free(text, FALSE);
}

/* ---- JSON ----------------------------------------------------------------------------------------------------------
 */

static void write_lanes(HfJsonWriter *json, const HfProgressView *view)
{
    hf_json_writer_begin_array(json, "lanes");
    for (unsigned i = 0; i < view->lanes; i++) {
        const HfProgressLaneView *lane = &view->lane[i];
        if (!lane->active)
            continue;
        hf_json_writer_begin_object(json, NULL);
        hf_json_writer_string(json, "table", lane->label);
        hf_json_writer_fixed(json, "percent", lane->percent, 1);
        hf_json_writer_end_object(json);
    }
    hf_json_writer_end_array(json);
}

char *hf_progress_text_json(const HfProgressView *view, const char *job)
{
    HfJsonWriter json;
    GString *text = g_string_new(NULL);
    hf_json_writer_init(&json, text);
    hf_json_writer_begin_object(&json, NULL);
    hf_json_writer_string(&json, "job", job);
    hf_json_writer_string(&json, "phase", view->phase);
    hf_json_writer_fixed(&json, "percent", view->percent, 1);
    hf_json_writer_uint64(&json, "rows", view->rows);
    hf_json_writer_uint64(&json, "bytes_in", view->bytes_in);
    hf_json_writer_uint64(&json, "bytes_out", view->bytes_out);
    hf_json_writer_fixed(&json, "rate_in", view->rate_in, 0);
    hf_json_writer_fixed(&json, "rate_out", view->rate_out, 0);
    hf_json_writer_fixed(&json, "elapsed_s", view->elapsed_s, 1);
    if (view->left_s < 0)
        hf_json_writer_string(&json, "left_s", NULL);
    else
        hf_json_writer_fixed(&json, "left_s", view->left_s, 1);
    write_lanes(&json, view);
    hf_json_writer_end_object(&json);
    return g_string_free(text, FALSE);
}
