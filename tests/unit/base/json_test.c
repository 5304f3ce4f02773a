#include "base/json.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    const char *text;
    size_t length;
} Text;

#define TEXT(literal)                                                                                                  \
    {                                                                                                                  \
        literal, sizeof literal - 1                                                                                    \
    }

static const Text accepted[] = {
    TEXT("{}"),
    TEXT("[]"),
    TEXT("0"),
    TEXT("-0"),
    TEXT("true"),
    TEXT("false"),
    TEXT("null"),
    TEXT("\"\""),
    TEXT(" \t\r\n[ ]\n "),
    TEXT("[1,2 , 3]"),
    TEXT("[[],[[]],{}]"),
    TEXT("{\"a\":1,\"b\":{\"a\":1},\"\":[]}"),
    TEXT("{ \"a\" : 1 }"),
    TEXT("[-1,10,1.5,-0.25,1e3,1E+3,1e-3,0e0,0.1E1]"),
    TEXT("[123456789012345678901234567890]"),
    TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\""),
    TEXT("\"\\uD834\\uDd1e\""),
    TEXT("\"\\uFFFF\\uDBFF\\uDFFF\""),
    TEXT("\"\x7f\""),
    TEXT("\"\xC3\xA9 \xE2\x82\xAC \xF0\x9D\x84\x9E\""),
    TEXT("\"/* no comment */ {[,:\""),
    TEXT("{\"a\":\"a\",\"A\":null}"),
};

static const Text refused[] = {
    TEXT(""),
    TEXT(" "),
    TEXT("\n"),
    TEXT("["),
    TEXT("]"),
    TEXT("{"),
    TEXT("}"),
    TEXT("[}"),
    TEXT("{]"),
    TEXT("[1"),
    TEXT("[1,"),
    TEXT("[1,]"),
    TEXT("[,1]"),
    TEXT("[,]"),
    TEXT("[1,,2]"),
    TEXT("[1 2]"),
    TEXT("[\"a\" \"b\"]"),
    TEXT("[\"a\"\"b\"]"),
    TEXT("[1]]"),
    TEXT("[1]x"),
    TEXT("[1] [2]"),
    TEXT("[] ,"),
    TEXT("1 2"),
    TEXT("\"a\" \"b\""),
    TEXT("[\"a\":1]"),
    TEXT("[:]"),
    TEXT("{,}"),
    TEXT("{\"a\"}"),
    TEXT("{\"a\":}"),
    TEXT("{\"a\" 1}"),
    TEXT("{\"a\":1"),
    TEXT("{\"a\":1,}"),
    TEXT("{\"a\":1 \"b\":2}"),
    TEXT("{\"a\":1,,\"b\":2}"),
    TEXT("{\"a\"::1}"),
    TEXT("{\"a\":1:2}"),
    TEXT("{\"a\":\"b\":\"c\"}"),
    TEXT("{\"a\",\"b\"}"),
    TEXT("{:1}"),
    TEXT("{1:1}"),
    TEXT("{a:1}"),
    TEXT("{'a':1}"),
    TEXT("{null:1}"),
    TEXT("{[]:1}"),
    TEXT("{\"a\":1}}"),
    TEXT("{\"a\":1,\"a\":2}"),
    TEXT("{\"a\":1,\"\\u0061\":2}"),
    TEXT("{\"\":1,\"\":2}"),
    TEXT("[{\"x\":{\"b\":1,\"c\":2,\"b\":3}}]"),
    TEXT("{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"a\":0}"),
    TEXT("01"),
    TEXT("-01"),
    TEXT("00"),
    TEXT("-"),
    TEXT("+1"),
    TEXT("--1"),
    TEXT(".5"),
    TEXT("1."),
    TEXT("1.e1"),
    TEXT("1e"),
    TEXT("1e+"),
    TEXT("1e1.5"),
    TEXT("1a"),
    TEXT("1_000"),
    TEXT("0x10"),
    TEXT("1-2"),
    TEXT("NaN"),
    TEXT("nan"),
    TEXT("Infinity"),
    TEXT("-Infinity"),
    TEXT("tru"),
    TEXT("truee"),
    TEXT("True"),
    TEXT("nul"),
    TEXT("nulll"),
    TEXT("t"),
    TEXT("n1"),
    TEXT("// c\n1"),
    TEXT("1 // c"),
    TEXT("/* c */1"),
    TEXT("[1,/* c */2]"),
    TEXT("# c\n1"),
    TEXT("\xEF\xBB\xBF{}"),
    TEXT("\""),
    TEXT("\"a"),
    TEXT("'a'"),
    TEXT("\"\\"),
    TEXT("\"\\\""),
    TEXT("\"\\x41\""),
    TEXT("\"\\a\""),
    TEXT("\"\\'\""),
    TEXT("\"\\u\""),
    TEXT("\"\\u12\""),
    TEXT("\"\\u123g\""),
    TEXT("\"\\U0041\""),
    TEXT("\"\\u 041\""),
    TEXT("\"\\u0000\""),
    TEXT("\"a\\u0000b\""),
    TEXT("\"\\uD800\""),
    TEXT("\"\\uD800x\""),
    TEXT("\"\\uD800\\n\""),
    TEXT("\"\\uD800\\u0041\""),
    TEXT("\"\\uD800\\uD800\""),
    TEXT("\"\\uDC00\""),
    TEXT("\"\\uDC00\\uD800\""),
    TEXT("\"\\uD800\\u"),
    TEXT("\"a\nb\""),
    TEXT("\"a\tb\""),
    TEXT("\"a\x01\""),
    TEXT("\"a\x1f\""),
    TEXT("\"a\0b\""),
    TEXT("{}\0"),
    TEXT("\0"),
    TEXT("[1\0]"),
    TEXT("\"\x80\""),
    TEXT("\"\xFF\""),
    TEXT("\"\xC3\""),
    TEXT("\"\xC0\xAF\""),
    TEXT("\"\xE0\x80\xAF\""),
    TEXT("\"\xED\xA0\x80\""),
    TEXT("\"\xF4\x90\x80\x80\""),
    TEXT("\xC2\xA0[]"),
    TEXT("[\f]"),
    TEXT("[\v]"),
    TEXT("\xFF\xFE[\0]\0"),
};

/* From memory of exactly that length, so that a read past the end is seen by the sanitizer. */
static HfJson *parse_exactly(const char *text, size_t length, GError **error)
{
    g_autofree char *copy = g_memdup2(text, length);
    return hf_json_parse("test.json", copy, length, 1000, error);
}

static HfJson *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    HfJson *json = parse_exactly(text, strlen(text), &error);
    if (json == NULL)
        fail_msg("%s: %s", text, error->message);
    return json;
}

static void assert_refused(const char *text, size_t length, size_t max_nodes, HfErrorCode code)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *copy = g_memdup2(text, length);
    g_autoptr(HfJson) json = hf_json_parse("test.json", copy, length, max_nodes, &error);
    if (json != NULL)
        fail_msg("accepted: %.80s", text);
    assert_true(g_error_matches(error, HF_ERROR, (int)code));
    assert_non_null(strstr(error->message, "test.json"));
}

static void well_formed_texts_are_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(accepted); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(HfJson) json = parse_exactly(accepted[i].text, accepted[i].length, &error);
        if (json == NULL)
            fail_msg("refused: %s: %s", accepted[i].text, error->message);
    }
}

static void malformed_texts_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
        assert_refused(refused[i].text, refused[i].length, 1000, HF_ERROR_CORRUPT);
}

static void a_message_says_where(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_null(parse_exactly("[1, 2 3]", 8, &error));
    assert_string_equal(error->message, "test.json is not valid JSON: neither a comma nor ] at byte 6");
}

static char *nested(unsigned depth, const char *open, const char *core, const char *close)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < depth; i++)
        g_string_append(text, open);
    g_string_append(text, core);
    for (unsigned i = 0; i < depth; i++)
        g_string_append(text, close);
    return g_string_free(text, FALSE);
}

static void nesting_ends_at_64(void **state)
{
    (void)state;
    g_autofree char *arrays = nested(64, "[", "", "]");
    g_autofree char *objects = nested(64, "{\"a\":", "1", "}");
    g_autofree char *deep = nested(65, "[", "", "]");
    g_autofree char *abyss = nested(1000000, "[", "", "]");
    hf_json_free(parse(arrays));
    hf_json_free(parse(objects));
    assert_refused(deep, strlen(deep), 1000, HF_ERROR_LIMIT);
    assert_refused(abyss, strlen(abyss), SIZE_MAX, HF_ERROR_LIMIT);
}

static void the_number_of_values_is_bounded_and_keys_count(void **state)
{
    (void)state;
    const char *text = "{\"a\":[1,2]}"; /* the object, the key, the array, two numbers */
    hf_json_free(hf_json_parse("test.json", text, strlen(text), 5, NULL));
    assert_refused(text, strlen(text), 4, HF_ERROR_LIMIT);
    assert_refused("1", 1, 0, HF_ERROR_LIMIT);
    assert_null(hf_json_parse("test.json", text, G_MAXINT, 5, NULL)); /* refused before a byte of it is read */
}

static void members_are_read_by_type(void **state)
{
    (void)state;
    g_autoptr(HfJson) json = parse("{\"s\":\"x\",\"n\":18446744073709551615,\"z\":0,\"t\":true,\"f\":false,"
                                   "\"null\":null,\"list\":[\"a\",7],\"o\":{\"s\":\"inner\"}}");
    g_autofree char *s = NULL, *inner = NULL;
    char *none = (char *)1, *null = (char *)1;
    uint64_t n, z;
    bool t, f;
    HfJsonNode list;

    assert_true(hf_json_get_string(json, 0, "s", &s, NULL));
    assert_string_equal(s, "x");
    assert_true(hf_json_get_string(json, hf_json_get(json, 0, "o"), "s", &inner, NULL));
    assert_string_equal(inner, "inner");
    assert_true(hf_json_get_uint64(json, 0, "n", &n, NULL) && n == UINT64_MAX);
    assert_true(hf_json_get_uint64(json, 0, "z", &z, NULL) && z == 0);
    assert_true(hf_json_get_bool(json, 0, "t", &t, NULL) && t);
    assert_true(hf_json_get_bool(json, 0, "f", &f, NULL) && !f);
    assert_true(hf_json_get_array(json, 0, "list", &list, NULL));
    assert_int_equal(hf_json_size(json, list), 2);
    assert_int_equal(hf_json_size(json, 0), 8);
    assert_true(hf_json_get_optional_string(json, 0, "absent", &none, NULL) && none == NULL);
    assert_true(hf_json_get_optional_string(json, 0, "null", &null, NULL) && null == NULL);
    assert_true(hf_json_is_null(json, hf_json_get(json, 0, "null")));
    assert_false(hf_json_is_null(json, hf_json_get(json, 0, "absent")));
    assert_true(hf_json_get(json, 0, "absent") == HF_JSON_NONE);
    assert_true(hf_json_get(json, list, "a") == HF_JSON_NONE);
}

static void assert_no_member(bool got, const char *message, GError **error)
{
    assert_false(got);
    assert_true(g_error_matches(*error, HF_ERROR, HF_ERROR_CORRUPT));
    assert_string_equal((*error)->message, message);
    g_clear_error(error);
}

static void an_absent_member_or_another_type_is_an_error(void **state)
{
    (void)state;
    g_autoptr(HfJson) json = parse("{\"s\":\"1\",\"n\":-1,\"f\":1.0,\"e\":1e3,\"big\":18446744073709551616,\"a\":[1]}");
    g_autoptr(GError) error = NULL;
    const char *whole[] = {"n", "f", "e", "big", "s", "a"};
    char *s = NULL;
    uint64_t n;
    bool b;
    HfJsonNode node;

    for (size_t i = 0; i < G_N_ELEMENTS(whole); i++) {
        g_autofree char *message =
            g_strdup_printf("test.json: \"%s\" is not a whole number from 0 to 2^64 - 1", whole[i]);
        assert_no_member(hf_json_get_uint64(json, 0, whole[i], &n, &error), message, &error);
    }
    assert_no_member(hf_json_get_uint64(json, 0, "x", &n, &error), "test.json: \"x\" is missing", &error);
    assert_no_member(hf_json_get_string(json, 0, "n", &s, &error), "test.json: \"n\" is not a string", &error);
    assert_no_member(hf_json_get_string(json, 0, "x", &s, &error), "test.json: \"x\" is missing", &error);
    assert_no_member(hf_json_get_optional_string(json, 0, "n", &s, &error), "test.json: \"n\" is not a string", &error);
    assert_no_member(hf_json_get_bool(json, 0, "s", &b, &error), "test.json: \"s\" is not true or false", &error);
    assert_no_member(hf_json_get_array(json, 0, "s", &node, &error), "test.json: \"s\" is not an array", &error);
    node = hf_json_first(json, hf_json_get(json, 0, "a"));
    assert_null(hf_json_string(json, node, &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_CORRUPT));
}

static void an_array_is_walked_over_whatever_it_holds(void **state)
{
    (void)state;
    g_autoptr(HfJson) json = parse("[[1,[2]],{\"k\":[3],\"l\":{}},\"s\",[],4]");
    size_t count = 0, kinds = 0;
    for (HfJsonNode n = hf_json_first(json, 0); n != HF_JSON_NONE; n = hf_json_next(json, 0, n)) {
        kinds += hf_json_is_array(json, n) ? 1 : hf_json_is_object(json, n) ? 10 : 100;
        count++;
    }
    assert_int_equal(count, 5);
    assert_int_equal(count, hf_json_size(json, 0));
    assert_int_equal(kinds, 212);
    g_autoptr(HfJson) empty = parse("[]");
    assert_true(hf_json_first(empty, 0) == HF_JSON_NONE);
    g_autoptr(HfJson) object = parse("{}");
    assert_true(hf_json_first(object, 0) == HF_JSON_NONE);
    assert_true(hf_json_get(object, 0, "a") == HF_JSON_NONE);
}

static void escapes_are_decoded(void **state)
{
    (void)state;
    g_autoptr(HfJson) json = parse("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t|\\u0041\\u00e9\\u20AC\\ud834\\udd1e\", \"tail\"]");
    HfJsonNode node = hf_json_first(json, 0);
    g_autofree char *first = hf_json_string(json, node, NULL);
    g_autofree char *tail = hf_json_string(json, hf_json_next(json, 0, node), NULL);
    assert_string_equal(first, "\"\\/\b\f\n\r\t|A\xC3\xA9\xE2\x82\xAC\xF0\x9D\x84\x9E");
    assert_string_equal(tail, "tail");

    g_autoptr(HfJson) key = parse("{\"\\u006b\\n\":5}");
    uint64_t value;
    assert_true(hf_json_get_uint64(key, 0, "k\n", &value, NULL) && value == 5);
}

/* Any mutation of a good text is either refused or read without harm. */
static void random_mutations_do_no_harm(void **state)
{
    (void)state;
    static const char seed[] =
        "{\"members\":[{\"path\":\"data/1/00001.copy.zst\",\"size\":1234,\"rows\":-5.5e3,\"ok\":true},"
        "{\"\\u00e9\\ud834\\udd1e\":null}],\"a\":[[[]],{}],\"b\":\"x\\n\\\\\"}";
    static const char bytes[] = "{}[]\",:\\u019eE+-.dDtfn \n\0\xC3\xFF";
    g_autoptr(GRand) random = g_rand_new_with_seed(20240607);
    unsigned kept = 0;

    for (unsigned round = 0; round < 30000; round++) {
        g_autofree char *text = g_memdup2(seed, sizeof seed - 1);
        size_t length = sizeof seed - 1;
        for (int i = g_rand_int_range(random, 1, 5); i > 0; i--)
            text[g_rand_int_range(random, 0, (gint32)length)] = bytes[g_rand_int_range(random, 0, sizeof bytes - 1)];
        if (g_rand_int_range(random, 0, 4) == 0)
            length = (size_t)g_rand_int_range(random, 0, (gint32)length);
        g_autoptr(GError) error = NULL;
        g_autoptr(HfJson) json = parse_exactly(text, length, &error);
        assert_true((json == NULL) == (error != NULL));
        if (error != NULL)
            assert_int_equal(error->code, HF_ERROR_CORRUPT);
        if (json == NULL)
            continue;
        kept++;
        g_autofree char *b = NULL;
        HfJsonNode members = hf_json_get(json, 0, "members");
        for (HfJsonNode n = hf_json_first(json, members); n != HF_JSON_NONE; n = hf_json_next(json, members, n))
            (void)hf_json_get(json, n, "path");
        (void)!hf_json_get_string(json, 0, "b", &b, NULL);
    }
    assert_in_range(kept, 100, 29000);
}

static char *large_manifest(unsigned members)
{
    GString *text = g_string_new("{\"members\":[");
    for (unsigned i = 0; i < members; i++)
        g_string_append_printf(text,
                               "%s\n{\"path\":\"data/%u/00001.copy.zst\",\"size\":%u,\"rows\":%u,\"digest\":\"%032x\"}",
                               i > 0 ? "," : "", i, i * 7, i * 3, i);
    g_string_append(text, "]}");
    return g_string_free(text, FALSE);
}

/* Far more time than is needed, far less than a quadratic step would take. */
static void large_texts_take_linear_time(void **state)
{
    (void)state;
    g_autofree char *manifest = large_manifest(220000);
    gint64 start = g_get_monotonic_time();
    g_autoptr(HfJson) json = hf_json_parse("manifest.json", manifest, strlen(manifest), 3000000, NULL);
    assert_non_null(json);
    HfJsonNode members;
    size_t count = 0;
    assert_true(hf_json_get_array(json, 0, "members", &members, NULL));
    for (HfJsonNode n = hf_json_first(json, members); n != HF_JSON_NONE; n = hf_json_next(json, members, n)) {
        uint64_t rows;
        assert_true(hf_json_get_uint64(json, n, "rows", &rows, NULL) && rows == count * 3);
        count++;
    }
    assert_int_equal(count, 220000);
    print_message("%zu MB of JSON in %d ms\n", strlen(manifest) / 1000000,
                  (int)((g_get_monotonic_time() - start) / 1000));

    g_autoptr(GString) wide = g_string_new("{\"k\":0");
    for (unsigned i = 0; i < 500000; i++)
        g_string_append_printf(wide, ",\"k%u\":%u", i, i);
    g_string_append_c(wide, '}');
    g_autoptr(HfJson) object = hf_json_parse("wide.json", wide->str, wide->len, 3000000, NULL);
    assert_int_equal(hf_json_size(object, 0), 500001);
    assert_in_range(g_get_monotonic_time() - start, 0, 30 * G_USEC_PER_SEC);
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    HfJsonWriter writer;
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "s", "\"\\/\b\f\n\r\t\x01\x7f \xC3\xA9");
    hf_json_writer_string(&writer, "quote\"", NULL);
    hf_json_writer_uint64(&writer, "max", UINT64_MAX);
    hf_json_writer_int64(&writer, "min", INT64_MIN);
    hf_json_writer_begin_array(&writer, "list");
    hf_json_writer_break(&writer);
    hf_json_writer_bool(&writer, NULL, true);
    hf_json_writer_break(&writer);
    hf_json_writer_bool(&writer, NULL, false);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_end_object(&writer);
    hf_json_writer_break(&writer);
    hf_json_writer_end_array(&writer);
    hf_json_writer_uint64(&writer, "last", 1);
    hf_json_writer_end_object(&writer);
    g_autoptr(HfJson) counted = hf_json_parse("it", text->str, text->len, writer.nodes, NULL);
    assert_non_null(counted);
    assert_null(hf_json_parse("it", text->str, text->len, writer.nodes - 1, NULL));
    assert_string_equal(text->str, "{\"s\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7f \xC3\xA9\",\"quote\\\"\":null,"
                                   "\"max\":18446744073709551615,\"min\":-9223372036854775808,"
                                   "\"list\":[\ntrue,\nfalse,{}\n],\"last\":1}");
    g_autoptr(HfJson) json = parse(text->str);
    g_autofree char *s = NULL;
    assert_true(hf_json_get_string(json, 0, "s", &s, NULL));
    assert_string_equal(s, "\"\\/\b\f\n\r\t\x01\x7f \xC3\xA9");
}

static void bad_utf8_is_written_as_replacement_characters(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    HfJsonWriter writer;
    hf_json_writer_init(&writer, text);
    hf_json_writer_string(&writer, NULL, "a\xC3\n\xED\xA0\x80z\xFF");
    assert_string_equal(text->str, "\"a\xEF\xBF\xBD\\n\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\xEF\xBF\xBD\"");
    hf_json_free(parse(text->str));
}

static void two_roots(HfJsonWriter *writer)
{
    hf_json_writer_bool(writer, NULL, true);
    hf_json_writer_bool(writer, NULL, true);
}

static void no_key_in_an_object(HfJsonWriter *writer)
{
    hf_json_writer_begin_object(writer, NULL);
    hf_json_writer_bool(writer, NULL, true);
}

static void a_key_in_an_array(HfJsonWriter *writer)
{
    hf_json_writer_begin_array(writer, NULL);
    hf_json_writer_bool(writer, "key", true);
}

static void the_wrong_end(HfJsonWriter *writer)
{
    hf_json_writer_begin_array(writer, NULL);
    hf_json_writer_end_object(writer);
}

static void too_deep(HfJsonWriter *writer)
{
    for (int i = 0; i < 65; i++)
        hf_json_writer_begin_array(writer, NULL);
}

static void a_misused_writer_aborts(void **state)
{
    (void)state;
    void (*const misuses[])(HfJsonWriter *) = {two_roots, no_key_in_an_object, a_key_in_an_array, the_wrong_end,
                                               too_deep};
    for (size_t i = 0; i < G_N_ELEMENTS(misuses); i++) {
        pid_t child = fork();
        if (child == 0) {
            signal(SIGTRAP, SIG_DFL);
            signal(SIGABRT, SIG_DFL);
            close(STDERR_FILENO);
            HfJsonWriter writer;
            hf_json_writer_init(&writer, g_string_new(NULL));
            misuses[i](&writer);
            _exit(0);
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
    }
}

static void a_value_that_was_read_is_written_as_it_was(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[1,-2.5e3,true,null,\"x\\ny\"],\"b\":{},\"c\":{\"d\":[]},\"e\":\"\"}";
    g_autoptr(HfJson) json = hf_json_parse("test", text, strlen(text), 100, NULL);
    g_autoptr(GString) copy = g_string_new(NULL);
    HfJsonWriter writer;
    hf_json_writer_init(&writer, copy);
    hf_json_copy(json, 0, &writer, NULL);
    assert_string_equal(copy->str, text);
}

static void keys_and_scalars_are_found_by_place(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":{\"x\":1},\"b\":\"7\",\"c\":7}";
    g_autoptr(HfJson) json = hf_json_parse("test", text, strlen(text), 100, NULL);
    bool is_string = false;
    assert_string_equal(hf_json_key(json, 0, 0), "a");
    assert_string_equal(hf_json_key(json, 0, 2), "c");
    assert_null(hf_json_key(json, 0, 3));
    assert_null(hf_json_key(json, hf_json_get(json, 0, "b"), 0));
    assert_null(hf_json_scalar(json, hf_json_get(json, 0, "a"), &is_string));
    assert_string_equal(hf_json_scalar(json, hf_json_get(json, 0, "b"), &is_string), "7");
    assert_true(is_string);
    assert_string_equal(hf_json_scalar(json, hf_json_get(json, 0, "c"), &is_string), "7");
    assert_false(is_string);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_texts_are_accepted),
        cmocka_unit_test(malformed_texts_are_refused),
        cmocka_unit_test(a_message_says_where),
        cmocka_unit_test(nesting_ends_at_64),
        cmocka_unit_test(the_number_of_values_is_bounded_and_keys_count),
        cmocka_unit_test(members_are_read_by_type),
        cmocka_unit_test(an_absent_member_or_another_type_is_an_error),
        cmocka_unit_test(an_array_is_walked_over_whatever_it_holds),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(random_mutations_do_no_harm),
        cmocka_unit_test(large_texts_take_linear_time),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(bad_utf8_is_written_as_replacement_characters),
        cmocka_unit_test(a_misused_writer_aborts),
        cmocka_unit_test(a_value_that_was_read_is_written_as_it_was),
        cmocka_unit_test(keys_and_scalars_are_found_by_place),
    };
    return cmocka_run_group_tests_name("base/json", tests, NULL, NULL);
}
