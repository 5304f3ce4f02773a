#include "sheet/csv.h"

#include "tests/unit/cmocka_all.h"

#include <string.h>

/* Records as "place: a|b" lines, "~" for nothing; then the error, if there is one. Transfer full. */
static char *read_text(const char *text, gsize length, char delimiter)
{
    HfCsvForm form = {.delimiter = delimiter};
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) all = g_string_new(NULL);
    g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data(text, (gssize)length, NULL);
    HfRecord record;
    bool more = true;
    HfRecordReader *reader = hf_csv_reader_open(stream, "it", &form, NULL, &error);
    assert_non_null(reader);
    hf_record_init(&record);
    while (reader->next(reader, &record, &more, &error) && more) {
        g_string_append_printf(all, "%s:", record.place);
        for (guint i = 0; i < hf_record_count(&record); i++) {
            size_t size;
            const char *field = hf_record_get(&record, i, &size);
            g_string_append_printf(all, "%s%s", i > 0 ? "|" : " ", field != NULL ? field : "~");
        }
        g_string_append_c(all, '\n');
    }
    reader->close(reader);
    hf_record_clear(&record);
    g_string_append(all, error != NULL ? error->message : "");
    return g_string_free(g_steal_pointer(&all), FALSE);
}

static void assert_read(const char *text, const char *expected)
{
    g_autofree char *got = read_text(text, strlen(text), ',');
    assert_string_equal(got, expected);
}

static void lines_end_as_they_like(void **state)
{
    (void)state;
    assert_read("a,b\r\n1,2\n3,4\r5,6", "line 1: a|b\nline 2: 1|2\nline 3: 3|4\nline 4: 5|6\n");
    assert_read("", "");
    assert_read("a", "line 1: a\n");
    assert_read("a\n\nb\n", "line 1: a\nline 2: ~\nline 3: b\n");
}

static void nothing_is_not_an_empty_text(void **state)
{
    (void)state;
    assert_read(",\"\",\n", "line 1: ~||~\n");
    assert_read("\"\"", "line 1: \n");
}

static void quotes_hold_everything(void **state)
{
    (void)state;
    assert_read("\"a,\"\"b\"\"\r\nc\",d\r\ne", "line 1: a,\"b\"\r\nc|d\nline 3: e\n");
    assert_read("a\"b", "it: line 1: a quote inside of a field that does not begin with one");
    assert_read("x\n\"a\nb", "line 1: x\nit: line 2: a quote of the record that begins here is never closed");
}

/* Of characters that mean something, so long that they lie across every edge of what is read at a time. */
static void what_is_written_is_read_again(void **state)
{
    (void)state;
    static const char *const pieces[] = {"\"", ",", "\r", "\n", "\r\n", "a", "größe", " ", ";"};
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    g_autoptr(GString) text = g_string_new("x,y\r\n");
    g_autoptr(GString) expected = g_string_new(NULL);
    HfRecord record;
    hf_record_init(&record);
    for (int i = 0; i < 40000; i++) {
        hf_record_reset(&record);
        for (int f = 0; f < 2; f++) {
            g_autoptr(GString) field = g_string_new(NULL);
            for (int n = g_rand_int_range(random, -2, 6); n > 0; n--)
                g_string_append(field, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
            bool null = field->len == 0 && g_rand_boolean(random);
            null ? hf_record_add_null(&record) : hf_record_add(&record, field->str, field->len);
            g_string_append_printf(expected, "%s%s", f > 0 ? "|" : " ", null ? "~" : field->str);
        }
        g_string_append_c(expected, '\n');
        hf_csv_append(text, &record, ',');
    }
    hf_record_clear(&record);
    g_autofree char *got = read_text(text->str, text->len, ',');
    g_autoptr(GRegex) places = g_regex_new("^line [0-9]+:", G_REGEX_MULTILINE, 0, NULL);
    g_autofree char *bare = g_regex_replace_literal(places, got, -1, 0, "", 0, NULL);
    assert_true(g_str_has_prefix(bare, " x|y\n"));
    assert_string_equal(bare + strlen(" x|y\n"), expected->str);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_as_they_like),
        cmocka_unit_test(nothing_is_not_an_empty_text),
        cmocka_unit_test(quotes_hold_everything),
        cmocka_unit_test(what_is_written_is_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
