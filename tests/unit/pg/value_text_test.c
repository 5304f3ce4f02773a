#include "base/error.h"
#include "pg/type.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

typedef struct {
    uint32_t oid;
    const char *hex;
    const char *text;
} Sample;

/* As PostgreSQL 15 sends and prints them; tests/system/test_value_text.py compares thousands more with real servers. */
static const Sample samples[] = {
    {16, "01", "t"},
    {17, "dead00", "\\xdead00"},
    {18, "78", "x"},
    {19, "61206e616d65", "a name"},
    {20, "8000000000000000", "-9223372036854775808"},
    {21, "8000", "-32768"},
    {23, "7fffffff", "2147483647"},
    {25, "7361792022686922205c20c3bc", "say \"hi\" \\ ü"},
    {26, "ffffffff", "4294967295"},
    {27, "ffffffffffff", "(4294967295,65535)"},
    {28, "00000003", "3"},
    {29, "ffffffff", "4294967295"},
    {5069, "ffffffffffffffff", "18446744073709551615"},
    {114, "7b226122203a20317d", "{\"a\" : 1}"},
    {3802, "017b2261223a205b312c206e756c6c5d7d", "{\"a\": [1, null]}"},
    {4072, "01242e2261225b2a5d", "$.\"a\"[*]"},
    {600, "3ff80000000000008000000000000000", "(1.5,-0)"},
    {601, "000000000000000000000000000000003ff00000000000003ff0000000000000", "[(0,0),(1,1)]"},
    {602, "0000000002000000000000000000000000000000003ff00000000000003ff0000000000000", "[(0,0),(1,1)]"},
    {602, "0100000002000000000000000000000000000000003ff00000000000003ff0000000000000", "((0,0),(1,1))"},
    {603, "3ff00000000000003ff000000000000000000000000000000000000000000000", "(1,1),(0,0)"},
    {604, "00000003000000000000000000000000000000003ff00000000000003ff000000000000040000000000000000000000000000000",
     "((0,0),(1,1),(2,0))"},
    {628, "3ff0000000000000bff00000000000000000000000000000", "{1,-1,0}"},
    {718, "3ff000000000000040000000000000003fb999999999999a", "<(1,2),0.1>"},
    {700, "3dcccccd", "0.1"},
    {700, "49742400", "1e+06"},
    {700, "00000001", "1e-45"},
    {700, "7f7fffff", "3.4028235e+38"},
    {700, "4b800000", "1.6777216e+07"},
    {701, "3fb999999999999a", "0.1"},
    {701, "8000000000000000", "-0"},
    {701, "430c6bf526340000", "1e+15"},
    {701, "430c6bf52633fff8", "999999999999999"},
    {701, "3f1a36e2eb1c432d", "0.0001"},
    {701, "3ee4f8b588e368f1", "1e-05"},
    {701, "0000000000000001", "5e-324"},
    {701, "7fefffffffffffff", "1.7976931348623157e+308"},
    {701, "44b52d02c7e14af6", "9.999999999999999e+22"},
    {701, "3d30000000000000", "5.684341886080802e-14"},
    {701, "7ff8000000000000", "NaN"},
    {701, "fff0000000000000", "-Infinity"},
    {1700, "0000000000000000", "0"},
    {1700, "0003000140000004000109291a2c", "-12345.6700"},
    {1700, "0001fffe0000000503e8", "0.00001"},
    {1700, "00010002000000000001", "100000000"},
    {1700, "00000000c0000000", "NaN"},
    {1700, "00000000d0000020", "Infinity"},
    {1700, "00000000f0000020", "-Infinity"},
    {829, "08002b010203", "08:00:2b:01:02:03"},
    {774, "08002b0102030405", "08:00:2b:01:02:03:04:05"},
    {869, "02180004c0a80105", "192.168.1.5/24"},
    {869, "022000040a000001", "10.0.0.1"},
    {869, "0380001020010db8000000000000000000000001", "2001:db8::1"},
    {650, "020801040a000000", "10.0.0.0/8"},
    {650, "0300011000000000000000000000000000000000", "::/0"},
    {1042, "616220", "ab "},
    {1043, "", ""},
    {1082, "7fffffff", "infinity"},
    {1082, "ffda97a7", "4714-11-24 BC"},
    {1082, "7fda970c", "5874897-12-31"},
    {1082, "0000003b", "2000-02-29"},
    {1083, "000000141dd76000", "24:00:00"},
    {1083, "0000000a8bdba2a0", "12:34:56.1"},
    {1114, "ff1fe2ffc59c5fff", "0001-12-31 23:59:59.999999 BC"},
    {1114, "7fffff5bb3b29fff", "294276-12-31 23:59:59.999999"},
    {1184, "00024a034d8f1000", "2020-06-01 12:00:00+00"},
    {1184, "8000000000000000", "-infinity"},
    {1186, "00000000000000000000000000000000", "00:00:00"},
    {1186, "000000036c966ee0fffffffdfffffff6", "-10 mons -3 days +04:05:06.7"},
    {1186, "00000000000000000000000000000001", "1 mon"},
    {1186, "000000000000000000000003fffffff2", "-1 years -2 mons +3 days"},
    {1186, "ffffffffffffffff0000000000000000", "-00:00:00.000001"},
    {1266, "0000000a0eebb00000003138", "12:00:00-03:30"},
    {1266, "0000000000000000ffff1f01", "00:00:00+15:59:59"},
    {1560, "0000000180", "1"},
    {1562, "00000009aa80", "101010101"},
    {1562, "00000000", ""},
    {2950, "a0eebc999c0b4ef8bb6d6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
    {3220, "00000016b374d848", "16/B374D848"},
    {3614, "00000002612062000002c001000269742773000000", "'a b':1A,2 'it''s'"},
    {5038, "00000002000000000000000a0000000000000014000000000000000a000000000000000e", "10:20:10,14"},
    {2970, "0000000000000000000000010000000000000001", "1:1:"},
    {1790, "63", "c"},
    {3904, "0200000004000000010000000400000005", "[1,5)"},
    {3904, "01", "empty"},
    {3906, "0c0000000c000200000000000200021388", "(,2.50]"},
    {3908, "060000000800023e0786c26000000000087fffffffffffffff", "[\"2020-01-01 00:00:00\",infinity]"},
    {3910, "18", "(,)"},
    {3912, "120000000400001c89", "[2020-01-01,)"},
    {3926, "02000000080000000000000001000000080000000000000002", "[1,2)"},
    {4451, "00000002000000110200000004000000010000000400000003000000110200000004000000050000000400000007",
     "{[1,3),[5,7)}"},
    {4532, "00000000", "{}"},
    {4535, "0000000100000011020000000400001c890000000400001ca8", "{[2020-01-01,2020-02-01)}"},
    {1007, "000000000000000000000017", "{}"},
    {1007, "00000001000000010000001700000003000000010000000400000001ffffffff0000000400000003", "{1,NULL,3}"},
    {1007,
     "00000002000000000000001700000002000000000000000200000002000000040000000100000004000000020000000400000003000000040"
     "0000004",
     "[0:1][2:3]={{1,2},{3,4}}"},
    {1009,
     "000000010000000100000019000000080000000100000000ffffffff000000046e756c6c0000000361226200000003635c64000000037b787"
     "d000000036520660000000167",
     "{\"\",NULL,\"null\",\"a\\\"b\",\"c\\\\d\",\"{x}\",\"e f\",g}"},
    {1020,
     "00000001000000000000025b0000000200000001000000203ff00000000000003ff0000000000000000000000000000000000000000000000"
     "00000204008000000000000400800000000000040000000000000004000000000000000",
     "{(1,1),(0,0);(3,3),(2,2)}"},
    {3905, "000000010000000000000f4000000002000000010000001102000000040000000100000004000000050000000101",
     "{\"[1,5)\",empty}"},
    {1001, "00000001000000000000001100000001000000010000000100", "{\"\\\\x00\"}"},
    {6150,
     "00000001000000000000116300000001000000010000002e00000002000000110200000004000000010000000400000003000000110200000"
     "004000000050000000400000007",
     "{\"{[1,3),[5,7)}\"}"},
};

enum { MOOD = 90001, MOOD_RANGE, MOOD_MULTIRANGE, SMALL, WORDS, TEXT_RANGE };

static char described[] = "described";

static const HfType user_types[] = {
    {.oid = MOOD, .name = described, .kind = 'e', .has_binary = true},
    {.oid = MOOD_RANGE, .name = described, .kind = 'r', .subtype_oid = MOOD, .has_binary = true},
    {.oid = MOOD_MULTIRANGE, .name = described, .kind = 'm', .subtype_oid = MOOD_RANGE, .has_binary = true},
    {.oid = SMALL, .name = described, .kind = 'd', .base_oid = 21, .has_binary = true},
    {.oid = WORDS, .name = described, .kind = 'd', .base_oid = 1009, .has_binary = true},
    {.oid = TEXT_RANGE, .name = described, .kind = 'r', .subtype_oid = 25, .has_binary = true},
};

static const Sample user_samples[] = {
    {MOOD, "736f20736164", "so sad"},
    {MOOD_RANGE,
     "06"
     "00000003"
     "736164"
     "00000006"
     "736f20736164",
     "[sad,\"so sad\"]"},
    {MOOD_MULTIRANGE,
     "00000001"
     "0000000c"
     "12"
     "00000007"
     "612022285d5c62",
     "{[\"a \"\"(]\\\\b\",)}"},
    {SMALL, "fffe", "-2"},
    {WORDS,
     "00000001"
     "00000000"
     "00000019"
     "00000001"
     "00000001"
     "00000001"
     "78",
     "{x}"},
    {TEXT_RANGE,
     "02"
     "00000000"
     "00000001"
     "2c",
     "[\"\",\",\")"},
};

static int setup(void **state)
{
    HfTypeTable *types = hf_type_table_new();
    for (size_t i = 0; i < G_N_ELEMENTS(user_types); i++)
        hf_type_table_add(types, &user_types[i]);
    *state = types;
    return 0;
}

static int teardown(void **state)
{
    hf_type_table_free(*state);
    return 0;
}

/* A block of its own, so that a sanitizer sees a step past the end. */
static uint8_t *bytes_from_hex(const char *hex, size_t *length)
{
    *length = strlen(hex) / 2;
    uint8_t *bytes = g_malloc(*length + (*length == 0));
    for (size_t i = 0; i < *length; i++)
        bytes[i] = (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
    return bytes;
}

/* True if the value was taken; otherwise checks that the refusal is a clean one. */
static bool is_taken(const HfTypeTable *types, uint32_t oid, const uint8_t *bytes, size_t length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new("before");
    g_autofree uint8_t *exact = g_memdup2(bytes, length);
    if (hf_type_value_text(types, oid, exact, length, text, &error)) {
        assert_null(error);
        assert_true(g_str_has_prefix(text->str, "before"));
        return true;
    }
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_CORRUPT));
    assert_string_equal(text->str, "before");
    return false;
}

static bool hex_is_taken(const HfTypeTable *types, uint32_t oid, const char *hex)
{
    size_t length;
    g_autofree uint8_t *bytes = bytes_from_hex(hex, &length);
    return is_taken(types, oid, bytes, length);
}

static void assert_reads(const HfTypeTable *types, const Sample *sample)
{
    size_t length;
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new("before ");
    g_autofree char *expected = g_strconcat("before ", sample->text, NULL);
    g_autofree uint8_t *bytes = bytes_from_hex(sample->hex, &length);
    bool taken = hf_type_value_text(types, sample->oid, bytes, length, text, &error);
    if (!taken)
        fail_msg("%s of type %u: %s", sample->text, sample->oid, error->message);
    assert_string_equal(text->str, expected);
}

static void a_value_reads_as_the_server_prints_it(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++)
        assert_reads(*state, &samples[i]);
}

static void user_types_made_of_safe_ones_are_read(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(user_samples); i++)
        assert_reads(*state, &user_samples[i]);
}

/* Types that are nothing but their characters or bytes: cut short they are just another value. */
static bool takes_any_length(uint32_t oid)
{
    static const uint32_t oids[] = {17, 19, 25, 114, 1042, 1043, 1790, MOOD};
    for (size_t i = 0; i < G_N_ELEMENTS(oids); i++)
        if (oids[i] == oid)
            return true;
    return false;
}

static void assert_cuts_are_refused(const HfTypeTable *types, const Sample *sample)
{
    size_t length;
    g_autofree uint8_t *bytes = bytes_from_hex(sample->hex, &length);
    for (size_t cut = 0; cut < length; cut++) {
        bool taken = is_taken(types, sample->oid, bytes, cut);
        bool json_text_remains = (sample->oid == 3802 || sample->oid == 4072) && cut > 0;
        if (taken != (takes_any_length(sample->oid) || json_text_remains))
            fail_msg("%s of type %u, cut at %zu, was %s", sample->text, sample->oid, cut, taken ? "taken" : "refused");
    }
}

static void a_value_cut_anywhere_is_refused(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++)
        assert_cuts_are_refused(*state, &samples[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(user_samples); i++)
        assert_cuts_are_refused(*state, &user_samples[i]);
}

static void a_value_with_a_byte_too_many_is_refused(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autofree char *longer = g_strconcat(samples[i].hex, "00", NULL);
        if (samples[i].oid != 17) /* bytea alone takes any byte */
            assert_false(hex_is_taken(*state, samples[i].oid, longer));
    }
}

static void flipped_bytes_are_taken_or_refused_but_never_harm(void **state)
{
    g_autoptr(GRand) dice = g_rand_new_with_seed(20);
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        size_t length;
        g_autofree uint8_t *bytes = bytes_from_hex(samples[i].hex, &length);
        for (int turn = 0; length > 0 && turn < 300; turn++) {
            g_autofree uint8_t *flipped = g_memdup2(bytes, length);
            for (int flips = g_rand_int_range(dice, 1, 4); flips > 0; flips--)
                flipped[g_rand_int_range(dice, 0, (int)length)] ^= (uint8_t)(1 << g_rand_int_range(dice, 0, 8));
            (void)is_taken(*state, samples[i].oid, flipped, length);
        }
    }
}

static void random_bytes_are_taken_or_refused_but_never_harm(void **state)
{
    g_autoptr(GRand) dice = g_rand_new_with_seed(21);
    for (int turn = 0; turn < 50000; turn++) {
        uint8_t bytes[80];
        size_t length = (size_t)g_rand_int_range(dice, 0, sizeof bytes);
        for (size_t i = 0; i < length; i++)
            bytes[i] = g_rand_boolean(dice) ? 0 : (uint8_t)g_rand_int(dice);
        (void)is_taken(*state, samples[turn % G_N_ELEMENTS(samples)].oid, bytes, length);
    }
}

static void bytes_that_are_no_value_are_refused(void **state)
{
    static const Sample bad[] = {
        {1007,
         "00000007"
         "00000000"
         "00000017",
         "seven dimensions"},
        {1007,
         "ffffffff"
         "00000000"
         "00000017",
         "a negative number of dimensions"},
        {1007,
         "00000001"
         "00000000"
         "00000019"
         "00000001"
         "00000001"
         "00000004"
         "00000001",
         "elements of text"},
        {1007,
         "00000001"
         "00000002"
         "00000017"
         "00000000"
         "00000001",
         "unknown flags"},
        {1007,
         "00000001"
         "00000000"
         "00000017"
         "7fffffff"
         "00000001"
         "00000004"
         "00000001",
         "more elements than bytes"},
        {1007,
         "00000002"
         "00000000"
         "00000017"
         "00010000"
         "00000001"
         "00010000"
         "00000001",
         "a product of 2^32"},
        {1007,
         "00000001"
         "00000000"
         "00000017"
         "00000001"
         "7fffffff"
         "00000004"
         "00000001",
         "a bound past the last"},
        {1007,
         "00000001"
         "00000000"
         "00000017"
         "00000001"
         "00000001"
         "fffffffe"
         "00000001",
         "an element of length -2"},
        {1007,
         "00000001"
         "00000000"
         "00000017"
         "00000001"
         "00000001"
         "00000003"
         "000001",
         "an integer of three bytes"},
        {4451, "ffffffff", "a multirange of -1 ranges"},
        {4451,
         "00000001"
         "ffffffff",
         "a multirange with a NULL in it"},
        {3904, "0200000004000000010000000300000005", "a bound that is shorter than it says"},
        {1700,
         "0001000000000000"
         "2710",
         "a group of 10000"},
        {1700,
         "0001000012340000"
         "0001",
         "an unknown sign"},
        {1700, "0000000000004000", "a scale of 16384"},
        {25, "610062", "a zero byte in text"},
        {3802, "027b7d", "jsonb of version 2"},
        {1562,
         "ffffffff"
         "00",
         "four thousand million bits in a byte"},
        {869, "0221000401020304", "a netmask of 33 bits"},
        {869, "0420000401020304", "an unknown address family"},
        {869, "0220000301020304", "an address of three bytes"},
        {1082, "80000001", "a day before the first"},
        {1083, "000000141dd76001", "a time after midnight"},
        {1083, "ffffffffffffffff", "a time before midnight"},
        {1266,
         "0000000000000000"
         "0000e100",
         "a zone 16 hours away"},
        {1114, "7ffffffffffffffe", "a moment after the last"},
        {602,
         "01"
         "00000000",
         "a path without points"},
        {604,
         "7fffffff"
         "0000",
         "a polygon with more points than bytes"},
        {3614,
         "00000001"
         "6162",
         "a lexeme without an end"},
        {3614,
         "00000001"
         "6100"
         "ffff"
         "0001",
         "more positions than bytes"},
        {2970,
         "ffffffff"
         "0000000000000001"
         "0000000000000001",
         "a snapshot of more transactions than bytes"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        if (hex_is_taken(*state, bad[i].oid, bad[i].hex))
            fail_msg("%s was taken", bad[i].text);
}

static void the_extremes_of_intervals_are_the_infinities_of_newer_servers(void **state)
{
    assert_reads(*state, &(Sample){1186, "7fffffffffffffff7fffffff7fffffff", "infinity"});
    assert_reads(*state, &(Sample){1186, "80000000000000008000000080000000", "-infinity"});
}

static void a_char_above_ascii_is_printed_in_octal(void **state)
{
    assert_reads(*state, &(Sample){18, "e9", "\\351"});
    assert_reads(*state, &(Sample){18, "00", ""});
}

static void money_is_a_plain_decimal(void **state)
{
    assert_reads(*state, &(Sample){790, "000000000001e240", "1234.56"});
    assert_reads(*state, &(Sample){790, "fffffffffffffffb", "-0.05"});
    assert_reads(*state, &(Sample){790, "8000000000000000", "-92233720368547758.08"});
}

static void values_of_unsafe_types_are_refused(void **state)
{
    assert_false(hex_is_taken(*state, 2205, "00000001"));
    assert_false(hex_is_taken(*state, 4000000000, "00"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_reads_as_the_server_prints_it),
        cmocka_unit_test(user_types_made_of_safe_ones_are_read),
        cmocka_unit_test(a_value_cut_anywhere_is_refused),
        cmocka_unit_test(a_value_with_a_byte_too_many_is_refused),
        cmocka_unit_test(flipped_bytes_are_taken_or_refused_but_never_harm),
        cmocka_unit_test(random_bytes_are_taken_or_refused_but_never_harm),
        cmocka_unit_test(bytes_that_are_no_value_are_refused),
        cmocka_unit_test(the_extremes_of_intervals_are_the_infinities_of_newer_servers),
        cmocka_unit_test(a_char_above_ascii_is_printed_in_octal),
        cmocka_unit_test(money_is_a_plain_decimal),
        cmocka_unit_test(values_of_unsafe_types_are_refused),
    };
    return cmocka_run_group_tests_name("pg/value_text", tests, setup, teardown);
}
