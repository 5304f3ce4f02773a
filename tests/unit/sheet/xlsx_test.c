#include "sheet/xlsx.h"

#include "base/error.h"
#include "sheet/sheet_file.h"
#include "sheet/xlsx_cell.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>
#include <unistd.h>

/* ---- Values --------------------------------------------------------------------------------------------------------
 */

static void moments_come_back_or_stay_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *back; /* NULL: not as a number */
    } moments[] = {
        {"1900-03-01", "1900-03-01"},
        {"1900-02-28", NULL},
        {"9999-12-31 23:59:59.999", "9999-12-31 23:59:59.999"},
        {"2024-02-29 00:00:00", "2024-02-29"},
        {"2024-02-29 12:00:00.5", "2024-02-29 12:00:00.500"},
        {"2024-02-29 12:00:00.1234", NULL},
        {"2024-02-30", NULL},
        {"2024-02-29 24:00:00", NULL},
        {"0044-03-15 BC", NULL},
        {"infinity", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(moments); i++) {
        double serial;
        bool ok = hf_xlsx_moment_serial(moments[i].text, &serial);
        g_autofree char *back = ok ? hf_xlsx_moment_text(serial, false, false) : NULL;
        assert_int_equal(ok, moments[i].back != NULL);
        if (ok)
            assert_string_equal(back, moments[i].back);
    }
}

static void serials_of_others_are_their_moments(void **state)
{
    (void)state;
    static const struct {
        double serial;
        bool since_1904, time_alone;
        const char *text;
    } moments[] = {{1, false, false, "1900-01-01"}, {59, false, false, "1900-02-28"},
                   {60, false, false, NULL},        {0, true, false, "1904-01-01"},
                   {0.75, false, true, "18:00:00"}, {45351.99999999999, false, false, "2024-03-01"},
                   {-1, false, false, NULL},        {1e300, false, false, NULL}};
    for (size_t i = 0; i < G_N_ELEMENTS(moments); i++) {
        g_autofree char *text = hf_xlsx_moment_text(moments[i].serial, moments[i].since_1904, moments[i].time_alone);
        assert_int_equal(text == NULL, moments[i].text == NULL);
        if (text != NULL)
            assert_string_equal(text, moments[i].text);
    }
}

static void every_character_comes_back(void **state)
{
    (void)state;
    static const char *const texts[] = {"a\x01z\x1f\r\n\t",         "_x0041_", "__x005F_x0041_",
                                        "\xef\xbf\xbf\xef\xbf\xbe", "_x12",    "_"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *escaped = hf_xlsx_escape(texts[i], strlen(texts[i]));
        g_autoptr(GString) back = g_string_new(escaped);
        hf_xlsx_unescape(back);
        assert_string_equal(back->str, texts[i]);
    }
}

/* ---- Workbooks -----------------------------------------------------------------------------------------------------
 */

typedef struct {
    HfOutput output;
    int fd;
} FileOutput;

static bool write_file(HfOutput *output, const void *data, size_t length, GError **error)
{
    (void)error;
    return write(((FileOutput *)output)->fd, data, length) == (ssize_t)length;
}

/* Of two columns: a number and a text. Rows of "n|t", "~" is NULL. A file's descriptor. */
static int workbook(const char *const *rows, uint32_t sheet_rows)
{
    static const HfCellKind kind_list[] = {HF_CELL_NUMBER, HF_CELL_TEXT};
    g_autoptr(GPtrArray) columns = g_ptr_array_new();
    g_autoptr(GArray) kinds = g_array_new(FALSE, FALSE, sizeof(HfCellKind));
    g_autoptr(GError) error = NULL;
    FileOutput file = {.output = {write_file}, .fd = hf_sheet_file_new(&error)};
    HfRecord record;
    g_ptr_array_add(columns, (gpointer) "n");
    g_ptr_array_add(columns, (gpointer) "t");
    g_array_append_vals(kinds, kind_list, 2);
    g_autoptr(HfXlsxWriter) writer =
        hf_xlsx_writer_open("a [table]: with a long, long name", columns, kinds, sheet_rows, &error);
    assert_non_null(writer);
    hf_record_init(&record);
    for (; *rows != NULL; rows++) {
        g_auto(GStrv) fields = g_strsplit(*rows, "|", 2);
        hf_record_reset(&record);
        for (int i = 0; i < 2; i++)
            strcmp(fields[i], "~") == 0 ? hf_record_add_null(&record)
                                        : hf_record_add(&record, fields[i], strlen(fields[i]));
        assert_true(hf_xlsx_writer_add(writer, &record, &error));
    }
    hf_record_clear(&record);
    assert_true(hf_xlsx_writer_finish(writer, &file.output, NULL, &error));
    return file.fd;
}

/* What a reader gives, as "place: n|t" lines. */
static char *read_all(int fd, const char *sheet)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    HfRecord record;
    bool more = true;
    HfRecordReader *reader = hf_xlsx_reader_open(fd, "it", sheet, NULL, &error);
    if (reader == NULL)
        return g_strdup(error->message);
    hf_record_init(&record);
    while (reader->next(reader, &record, &more, &error) && more) {
        g_string_append_printf(text, "%s:", record.place);
        for (guint i = 0; i < hf_record_count(&record); i++) {
            size_t length;
            const char *field = hf_record_get(&record, i, &length);
            g_string_append_printf(text, "%s%s", i > 0 ? "|" : " ", field != NULL ? field : "~");
        }
        g_string_append_c(text, '\n');
    }
    reader->close(reader);
    hf_record_clear(&record);
    g_string_append(text, error != NULL ? error->message : "");
    return g_string_free(g_steal_pointer(&text), FALSE);
}

#define SHEET "a _table__ with a long, "

static void rows_come_back_over_as_many_sheets_as_they_need(void **state)
{
    (void)state;
    int fd = workbook((const char *const[]){"1|a", "~|~", "~|", "12345678901234567890|~", "1.5|=1+1", NULL}, 2);
    g_autofree char *all = read_all(fd, NULL), *second = read_all(fd, SHEET " (3)"), *none = read_all(fd, "none");
    assert_string_equal(all, "sheet " SHEET ", row 1: n|t\nsheet " SHEET ", row 2: 1|a\nsheet " SHEET
                             ", row 3: ~\nsheet " SHEET " (2), row 2: ~|\nsheet " SHEET
                             " (2), row 3: 12345678901234567890\nsheet " SHEET " (3), row 2: 1.5|=1+1\n");
    assert_non_null(strstr(second, "1.5|=1+1"));
    assert_string_equal(none, "it has no sheet none");
    close(fd);
}

static void what_is_no_workbook_is_said_to_be_none(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    int fd = hf_sheet_file_new(&error);
    assert_int_equal(write(fd, "a,b\n1,2\n", 8), 8);
    g_autofree char *told = read_all(fd, NULL);
    assert_true(g_str_has_prefix(told, "it is no workbook (XLSX): "));
    close(fd);
}

/* Wherever a file is damaged it is an error, or at least no crash. */
static void damage_is_an_error(void **state)
{
    (void)state;
    int fd = workbook((const char *const[]){"1|a", "2|b", NULL}, 0);
    off_t size = lseek(fd, 0, SEEK_END);
    g_autofree char *whole = read_all(fd, NULL);
    guint same = 0;
    for (off_t at = 0; at < size; at += 7) {
        uint8_t byte, other;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        other = byte ^ 0x55;
        assert_int_equal(pwrite(fd, &other, 1, at), 1);
        g_autofree char *read = read_all(fd, NULL);
        same += strcmp(read, whole) == 0;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    assert_true(same < (guint)(size / 7));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_come_back_or_stay_text),
        cmocka_unit_test(serials_of_others_are_their_moments),
        cmocka_unit_test(every_character_comes_back),
        cmocka_unit_test(rows_come_back_over_as_many_sheets_as_they_need),
        cmocka_unit_test(what_is_no_workbook_is_said_to_be_none),
        cmocka_unit_test(damage_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
