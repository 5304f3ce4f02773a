#include "crypto/age_header.h"
#include "tests/unit/crypto/age_support.h"

#define MAC "HK2NmOBN9Dpq0Gw6xMCuhFcQlQLvZ/wQUi/2scLG75s"
#define STANZA "-> X25519 XEl0dJ6y3C7KZkgmgWUicg63EyXJiwBJW8PdYJ/cYBE\nqRS0AMjdjPvZ/WT08U2KL4G+PIooA3hy38SvLpvaC1E\n"
#define FULL_LINE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define START "age-encryption.org/v1\n"
#define END "--- " MAC "\n"

static HfAgeHeader *parse(const char *text, GError **error)
{
    return hf_age_header_parse(text, strlen(text), error);
}

static void assert_encodes_back(const HfAgeHeader *header, const char *text)
{
    g_autoptr(GString) again = hf_age_header_encode(header->stanzas);
    assert_int_equal(again->len, header->authenticated_bytes);
    assert_memory_equal(again->str, header->authenticated, again->len);
    hf_age_header_append_mac(again, header->mac);
    assert_int_equal(again->len, header->size_bytes);
    assert_memory_equal(again->str, text, again->len);
}

static void what_is_accepted_encodes_to_the_same_bytes(void **state)
{
    (void)state;
    static const char *const texts[] = {
        START STANZA END,
        START STANZA STANZA "-> grease !~ x\n\n" END,
        START "-> empty\n\n" END,
        START "-> long\n" FULL_LINE FULL_LINE "AAAA\n" END,
        START "-> full\n" FULL_LINE "\n" END,
        START STANZA END "the payload\n---\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(HfAgeHeader) header = NULL;
        assert_ok((header = parse(texts[i], error)) != NULL);
        assert_encodes_back(header, texts[i]);
    }
}

static void a_stanza_has_its_kind_arguments_body_and_line(void **state)
{
    (void)state;
    g_autoptr(HfAgeHeader) header = NULL;
    assert_ok((header = parse(START STANZA "-> kind a bc\nYWJj\n" END, error)) != NULL);
    assert_int_equal(header->stanzas->len, 2);
    const HfAgeStanza *stanza = g_ptr_array_index(header->stanzas, 1);
    assert_int_equal(hf_age_stanza_count_args(stanza), 3);
    assert_string_equal(stanza->args[0], "kind");
    assert_string_equal(stanza->args[2], "bc");
    assert_int_equal(stanza->body->len, 3);
    assert_memory_equal(stanza->body->data, "abc", 3);
    assert_int_equal(stanza->line, 4);
    assert_refused(hf_age_stanza_refuse(stanza, "is odd", error), HF_ERROR_CORRUPT,
                   "age header line 4: the kind stanza is odd");
}

static void malformed_headers_are_refused_with_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "line 1: this is not an age file"},
        {"age-encryption.org/v", "line 1: the file"},
        {"age-encryption.org/v2\n" STANZA END, "line 1: this version"},
        {"age-encryption.org/v1\r\n" STANZA END, "line 1: this version"},
        {"-----BEGIN AGE ENCRYPTED FILE-----\n", "line 1: this is an armored age file"},
        {START, "line 2: the file"},
        {START END, "line 2: no recipient"},
        {START "->\n\n" END, "line 2: neither"},
        {START "-> \n\n" END, "line 2: a stanza argument is empty"},
        {START "-> a  b\n\n" END, "line 2: a stanza argument is empty"},
        {START "-> a \n\n" END, "line 2: a stanza argument is empty"},
        {START "-> a\tb\n\n" END, "line 2: a stanza argument has a character"},
        {START "-> \xc3\xa4\n\n" END, "line 2: a stanza argument has a character"},
        {START "-> a\n" END, "line 3: a stanza body"},
        {START "-> a\nAAAAA\n" END, "line 3: a stanza body"},
        {START "-> a\nAA==\n" END, "line 3: a stanza body"},
        {START "-> a\nAB\n" END, "line 3: a stanza body"},
        {START "-> a\n" FULL_LINE END, "line 4: a stanza body"},
        {START "-> a\nA" FULL_LINE "\n" END, "line 3: a line of a stanza body is longer"},
        {START "-> a\n\n\n" END, "line 4: neither"},
        {START STANZA "-> scrypt\n\n" END, "line 4: the scrypt stanza is not the only one"},
        {START STANZA "---\n", "line 4: no space"},
        {START STANZA "---" MAC "\n", "line 4: no space"},
        {START STANZA "--- \n", "line 4: the MAC"},
        {START STANZA "---  " MAC "\n", "line 4: the MAC"},
        {START STANZA "--- " MAC " \n", "line 4: the MAC"},
        {START STANZA "--- " MAC "=\n", "line 4: the MAC"},
        {START STANZA "--- AAAA\n", "line 4: the MAC"},
        {START STANZA "--- " MAC, "line 4: the file"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_refused(parse(cases[i].text, error), HF_ERROR_CORRUPT, cases[i].message);
}

static void every_prefix_of_a_header_is_refused(void **state)
{
    (void)state;
    const char *text = START STANZA "-> long\n" FULL_LINE "AAAA\n" END;
    for (size_t length = 0; length < strlen(text); length++)
        assert_refused(hf_age_header_parse(text, length, error), HF_ERROR_CORRUPT, "age header line ");
}

static HfAgeHeader *read_from(const char *text, size_t length, GError **error)
{
    HfMemoryInput input;
    hf_memory_input_init(&input, text, length);
    return hf_age_header_read(&input.input, error);
}

static GString *header_of(size_t stanzas)
{
    GString *text = g_string_new(START);
    for (size_t i = 0; i < stanzas; i++)
        g_string_append(text, STANZA);
    return g_string_append(text, END);
}

static void headers_of_many_recipients_are_read_whole(void **state)
{
    (void)state;
    for (size_t stanzas = 1; stanzas < 2600; stanzas = stanzas * 3 + 1) {
        g_autoptr(GString) text = header_of(stanzas);
        size_t length = text->len;
        g_string_append(text, "payload");
        g_autoptr(HfAgeHeader) header = NULL;
        assert_ok((header = read_from(text->str, text->len, error)) != NULL);
        assert_int_equal(header->stanzas->len, stanzas);
        assert_int_equal(header->size_bytes, length);
    }
}

static void a_header_without_end_is_refused_at_256_kib(void **state)
{
    (void)state;
    g_autoptr(GString) text = header_of(5000);
    assert_refused(read_from(text->str, text->len, error), HF_ERROR_CORRUPT, "256 KiB");
}

static void change_at_random(GString *text, const char *donor, GRand *random)
{
    static const char bytes[] = "\n\n\n  ->-=AZaz09+/\r\t\x80s";
    gssize at = g_rand_int_range(random, 0, (gint32)text->len);
    gssize length = g_rand_int_range(random, 1, 70);
    char byte = bytes[g_rand_int_range(random, 0, sizeof bytes)];
    switch (g_rand_int_range(random, 0, 4)) {
    case 0:
        text->str[at] = byte;
        break;
    case 1:
        g_string_insert_c(text, at, byte);
        break;
    case 2:
        g_string_erase(text, at, MIN((gssize)text->len - at, length));
        break;
    default:
        g_string_insert_len(text, at, donor, length);
    }
}

/* Mutations of a valid header: each is refused, or encodes back to itself. */
static void random_changes_never_get_past_the_grammar(void **state)
{
    (void)state;
    const char *text = START STANZA "-> long x\n" FULL_LINE "AAAA\n-> e\n\n" END;
    g_autoptr(GRand) random = g_rand_new_with_seed(20240229);
    unsigned accepted = 0;
    for (int round = 0; round < 20000; round++) {
        g_autoptr(GString) changed = g_string_new(text);
        for (int changes = g_rand_int_range(random, 1, 4); changes > 0 && changed->len > 0; changes--)
            change_at_random(changed, text, random);
        /* An exact copy, so that the address sanitizer sees a read past the end. */
        g_autofree char *exact = g_memdup2(changed->str, changed->len);
        g_autoptr(HfAgeHeader) header = hf_age_header_parse(exact, changed->len, NULL);
        if (header == NULL)
            continue;
        assert_encodes_back(header, changed->str);
        accepted++;
    }
    assert_in_range(accepted, 100, 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_accepted_encodes_to_the_same_bytes),
        cmocka_unit_test(a_stanza_has_its_kind_arguments_body_and_line),
        cmocka_unit_test(malformed_headers_are_refused_with_the_line),
        cmocka_unit_test(every_prefix_of_a_header_is_refused),
        cmocka_unit_test(headers_of_many_recipients_are_read_whole),
        cmocka_unit_test(a_header_without_end_is_refused_at_256_kib),
        cmocka_unit_test(random_changes_never_get_past_the_grammar),
    };
    return cmocka_run_group_tests_name("crypto/age_header", tests, NULL, NULL);
}
