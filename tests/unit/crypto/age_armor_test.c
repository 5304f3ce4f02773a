#include "tests/unit/crypto/age_support.h"

#define BEGIN "-----BEGIN AGE ENCRYPTED FILE-----\n"
#define END "-----END AGE ENCRYPTED FILE-----\n"
#define FULL "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n" /* 48 times A */

static bool dearmor(const char *text, size_t length, GByteArray *decoded, GError **error)
{
    HfMemoryInput input;
    HfMemoryOutput output;
    hf_memory_input_init(&input, text, length);
    hf_memory_output_init(&output, decoded);
    return hf_age_dearmor(&input.input, &output.output, error);
}

static void armor_of_any_length_decodes(void **state)
{
    (void)state;
    for (size_t length = 0; length < 200; length++) {
        g_autoptr(GByteArray) data = made_up_bytes(length), decoded = g_byte_array_new();
        g_autofree char *base64 = g_base64_encode(data->data, length);
        g_autoptr(GString) text = g_string_new(BEGIN);
        for (size_t at = 0; at < strlen(base64); at += 64)
            g_string_append_printf(text, "%.64s\n", base64 + at);
        g_string_append(text, END);
        assert_ok(dearmor(text->str, text->len, decoded, error));
        assert_same_bytes(decoded, data);
    }
}

static void armor_longer_than_a_block_decodes(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(BEGIN);
    for (int i = 0; i < 5000; i++)
        g_string_append(text, FULL);
    g_string_append(text, END);
    g_autoptr(GByteArray) decoded = g_byte_array_new();
    assert_ok(dearmor(text->str, text->len, decoded, error));
    assert_int_equal(decoded->len, 5000 * 48);
    for (guint i = 0; i < decoded->len; i++)
        assert_int_equal(decoded->data[i], 'A');
}

static void white_space_around_and_crlf_are_allowed(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\n \t\r\n" BEGIN "YWJj\n" END " \n\t",
        "-----BEGIN AGE ENCRYPTED FILE-----\r\nYWJj\r\n-----END AGE ENCRYPTED FILE-----\r\n",
        BEGIN "YWJj\n-----END AGE ENCRYPTED FILE-----",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GByteArray) decoded = g_byte_array_new();
        assert_ok(dearmor(texts[i], strlen(texts[i]), decoded, error));
        assert_int_equal(decoded->len, 3);
        assert_memory_equal(decoded->data, "abc", 3);
    }
}

static void anything_else_is_refused_with_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "line 1: the file ends"},
        {"age-encryption.org/v1\n", "line 1: not \"-----BEGIN"},
        {"x\n" BEGIN "YWJj\n" END, "line 1: not \"-----BEGIN"},
        {"\n\n-----BEGIN OTHER FILE-----\n", "line 3: not \"-----BEGIN"},
        {BEGIN, "line 2: the file ends"},
        {BEGIN "YWJj\n", "line 3: the file ends"},
        {BEGIN "\nYWJj\n" END, "line 2: empty"},
        {BEGIN "YWJj\n\n" END, "line 3: empty"},
        {BEGIN " YWJj\n" END, "line 2: not canonical"},
        {BEGIN "YWJj \n" END, "line 2: not canonical"},
        {BEGIN "YWI\n" END, "line 2: not canonical"},
        {BEGIN "YWJ=\n" END, "line 2: not canonical"},
        {BEGIN "YWJj\nYWJj\n" END, "line 3: not the end line"},
        {BEGIN "YWJj\rYWJj\n" END, "line 2: a zero byte or a carriage return"},
        {BEGIN "Q" FULL END, "line 2: longer"},
        {BEGIN "YWJj\n" END "x", "line 4: something follows"},
        {BEGIN "YWJj\n-----END AGE ENCRYPTED FILE----- \n", "line 3: not the end line"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GByteArray) decoded = g_byte_array_new();
        assert_refused(dearmor(cases[i].text, strlen(cases[i].text), decoded, error), HF_ERROR_CORRUPT,
                       cases[i].message);
    }
    const char zero[] = BEGIN "YWJj\n-----END AGE ENCRYPTED FILE-----\0junk";
    g_autoptr(GByteArray) decoded = g_byte_array_new();
    assert_refused(dearmor(zero, sizeof zero - 1, decoded, error), HF_ERROR_CORRUPT, "a zero byte");
}

static void the_kind_of_a_file_shows_in_its_start(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool age, armored;
    } cases[] = {
        {"age-encryption.org/v1\n-> X25519", true, false},
        {BEGIN "YWJj", true, true},
        {" \r\n" BEGIN "YWJj", true, true},
        {"-----BEGIN AGE", false, false},
        {"age-encryption", false, false},
        {"", false, false},
        {"PGDMP", false, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const uint8_t *start = (const uint8_t *)cases[i].text;
        assert_int_equal(hf_age_is_age(start, strlen(cases[i].text)), cases[i].age);
        assert_int_equal(hf_age_is_armored(start, strlen(cases[i].text)), cases[i].armored);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(armor_of_any_length_decodes),
        cmocka_unit_test(armor_longer_than_a_block_decodes),
        cmocka_unit_test(white_space_around_and_crlf_are_allowed),
        cmocka_unit_test(anything_else_is_refused_with_the_line),
        cmocka_unit_test(the_kind_of_a_file_shows_in_its_start),
    };
    return cmocka_run_group_tests_name("crypto/age_armor", tests, NULL, NULL);
}
