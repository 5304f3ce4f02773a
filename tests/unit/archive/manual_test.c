/* README.txt, restore.sh and load.sh. */
#include "archive/load_script.h"
#include "archive/manual.h"
#include "tests/unit/archive/sample.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static void assert_holds(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

static void the_readme_tells_what_the_backup_is_of(void **state)
{
    (void)state;
    g_autoptr(HfArchiveHead) head = sample_head();
    g_free(head->database.name);
    head->database.name = g_strdup("sh\033[2Jop");
    g_autofree char *text = hf_manual_readme(head);
    assert_holds(text, "database \"sh?[2Jop\"");
    assert_holds(text, "PostgreSQL 15.18\n");
    assert_holds(text, "2026-11-21T03:00:00.000000Z");
    assert_null(strchr(text, '@'));
}

static void the_script_holds_the_statement_whatever_is_in_it(void **state)
{
    (void)state;
    static const char sql[] = "CREATE DATABASE :\"dbname\" ICU_RULES '&a < b'; $(touch /tmp/x) `y` @ENCODING@\nEOF\\";
    g_autoptr(HfArchiveHead) head = sample_head();
    g_autofree char *script = hf_manual_restore_script(head, sql);
    /* Only the two assignments are run, and what they hold is printed. */
    char *end = strstr(script, "usage()");
    assert_non_null(end);
    *end = '\0';
    g_autofree char *command = g_strconcat(script, "printf '%s|%s' \"$create_database\" \"$data_encoding\"", NULL);
    char shell[] = "/bin/sh", option[] = "-c";
    g_autofree char *output = NULL;
    assert_true(g_spawn_sync(NULL, (char *[]){shell, option, command, NULL}, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output,
                             NULL, NULL, NULL));
    g_autofree char *expected = g_strconcat(sql, "|UTF8", NULL);
    assert_string_equal(output, expected);
}

static HfManifest *make_manifest(void)
{
    HfManifest *manifest = hf_manifest_new();
    hf_manifest_add_member(manifest, "data/7/00001.copy.zst", 0, 0, (HfDigest){0});
    hf_manifest_add_member(manifest, "blobs/00001.copy.zst", 0, 0, (HfDigest){0});
    HfManifestTable *table = sample_add_table(manifest, 7,
                                              "it's a \"t\xc3\xa4"
                                              "ble\"\n");
    ((HfColumn *)table->columns->pdata[0])->name[0] = '\\';
    g_array_append_vals(table->parts, (HfPart[]){{.member = 0, .rows = 12}}, 1);
    HfManifestTable *blobs = sample_add_table(manifest, 0, "pg_largeobject");
    blobs->format = HF_FORMAT_BINARY;
    g_array_append_vals(blobs->parts, (HfPart[]){{.member = 1, .rows = 3}}, 1);
    return manifest;
}

static void load_sh_has_a_line_for_each_part(void **state)
{
    (void)state;
    g_autoptr(HfManifest) manifest = make_manifest();
    g_autofree char *script = hf_load_script(manifest, false);
    assert_holds(script, "load_table data/7/00001.copy.zst 12 'COPY \"public\".\"it'\\''s a \"\"t\xc3\xa4"
                         "ble\"\"\n\" "
                         "(\"\\d\", \"what\") FROM STDIN (FORMAT text)'\n");
    assert_holds(script, "load_large_objects blobs/00001.copy.zst 3 binary\n");
}

static void load_sh_escapes_names_where_the_encoding_needs_it(void **state)
{
    (void)state;
    assert_false(hf_load_script_escapes_names("UTF8"));
    assert_false(hf_load_script_escapes_names("SQL_ASCII"));
    assert_true(hf_load_script_escapes_names("LATIN1"));
    g_autoptr(HfManifest) manifest = make_manifest();
    g_autofree char *script = hf_load_script(manifest, true);
    assert_holds(script, "COPY \"public\".U&\"it'\\''s a \"\"t\\+0000e4ble\"\"\\+00000a\" (\"\\d\", ");
    assert_true(g_str_is_ascii(script));
}

static void rows_go_through_the_root_and_no_columns_are_no_list(void **state)
{
    (void)state;
    g_autoptr(HfManifest) manifest = make_manifest();
    HfManifestTable *table = manifest->tables->pdata[0];
    table->load_root_oid = 6;
    table->load_root_schema = g_strdup("s");
    table->load_root_name = g_strdup("root");
    g_ptr_array_set_size(table->columns, 0);
    g_autofree char *script = hf_load_script(manifest, false);
    assert_holds(script, "'COPY \"s\".\"root\" FROM STDIN (FORMAT text)'\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_readme_tells_what_the_backup_is_of),
        cmocka_unit_test(the_script_holds_the_statement_whatever_is_in_it),
        cmocka_unit_test(load_sh_has_a_line_for_each_part),
        cmocka_unit_test(load_sh_escapes_names_where_the_encoding_needs_it),
        cmocka_unit_test(rows_go_through_the_root_and_no_columns_are_no_list),
    };
    return cmocka_run_group_tests_name("archive/manual", tests, NULL, NULL);
}
