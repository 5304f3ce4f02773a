#include "crypto/age_header.h"
#include "tests/unit/crypto/age_support.h"

static void a_file_opens_with_each_recipients_identity(void **state)
{
    (void)state;
    g_autoptr(HfAgeRecipients) recipients = hf_age_recipients_new();
    char *identities[3];
    for (int i = 0; i < 3; i++) {
        g_autofree char *recipient = NULL;
        assert_ok(hf_age_keygen(&identities[i], &recipient, error));
        assert_ok(hf_age_recipients_add(recipients, recipient, error));
    }
    g_autoptr(GByteArray) plain = made_up_bytes(200000), file = encrypt_to(recipients, plain, 5000);
    for (int i = 0; i < 3; i++) {
        g_autoptr(HfAgeIdentities) identity = one_identity(identities[i]);
        g_autoptr(GByteArray) in_order = g_byte_array_new(), at_once = NULL;
        assert_ok(decrypt(file->data, file->len, identity, in_order, error));
        assert_same_bytes(in_order, plain);
        assert_ok((at_once = read_all(file->data, file->len, identity, error)) != NULL);
        assert_same_bytes(at_once, plain);
        hf_age_secret_free(identities[i]);
    }
}

static void a_file_with_a_passphrase_opens_with_it_alone(void **state)
{
    (void)state;
    g_autoptr(HfAgeRecipients) recipients = hf_age_recipients_new();
    assert_ok(hf_age_recipients_set_passphrase(recipients, "correct horse", error));
    hf_age_recipients_set_work_factor(recipients, 4);
    g_autoptr(GByteArray) plain = made_up_bytes(1000), file = encrypt_to(recipients, plain, 100);

    g_autoptr(HfAgeIdentities) wrong = one_identity(IDENTITY), right = one_identity(IDENTITY);
    g_autoptr(GByteArray) out = g_byte_array_new(), again = g_byte_array_new();
    assert_ok(hf_age_identities_add_passphrase(wrong, "correct horses", error));
    assert_refused(decrypt(file->data, file->len, wrong, out, error), HF_ERROR_WRONG_KEY, "the passphrase is wrong");
    assert_ok(hf_age_identities_add_passphrase(right, "battery staple", error));
    assert_ok(hf_age_identities_add_passphrase(right, "correct horse", error));
    assert_ok(decrypt(file->data, file->len, right, again, error));
    assert_same_bytes(again, plain);
}

static void a_passphrase_that_would_take_more_than_is_allowed_is_refused(void **state)
{
    (void)state;
    g_autoptr(HfAgeRecipients) recipients = hf_age_recipients_new();
    assert_ok(hf_age_recipients_set_passphrase(recipients, "correct horse", error));
    hf_age_recipients_set_work_factor(recipients, 4);
    g_autoptr(GByteArray) plain = made_up_bytes(10), file = encrypt_to(recipients, plain, 100);
    g_autoptr(GByteArray) out = g_byte_array_new();

    g_autoptr(HfAgeIdentities) identities = hf_age_identities_new();
    assert_ok(hf_age_identities_add_passphrase(identities, "correct horse", error));
    hf_age_identities_set_max_work_factor(identities, 3);
    assert_refused(decrypt(file->data, file->len, identities, out, error), HF_ERROR_LIMIT, "2^4 is above 2^3");
    hf_age_identities_set_max_work_factor(identities, 4);
    assert_ok(decrypt(file->data, file->len, identities, out, error));
}

static void a_wrong_identity_is_told_with_the_kinds_of_recipient(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(10), file = encrypt(plain), out = g_byte_array_new();
    char *identity = NULL;
    g_autofree char *recipient = NULL;
    assert_ok(hf_age_keygen(&identity, &recipient, error));
    g_autoptr(HfAgeIdentities) other = one_identity(identity), none = hf_age_identities_new();
    hf_age_secret_free(identity);
    assert_refused(
        decrypt(file->data, file->len, other, out, error), HF_ERROR_WRONG_KEY,
        "none of the keys given opens this file; it was encrypted to 1 recipient, of the kind X25519: give a "
        "secret key that fits with --identity");
    assert_refused(decrypt(file->data, file->len, none, out, error), HF_ERROR_WRONG_KEY, "no key was given");
    assert_int_equal(out->len, 0);
}

static void assert_is_for_x25519(const void *file, size_t length)
{
    HfMemoryInput input;
    hf_memory_input_init(&input, file, length);
    g_auto(GStrv) kinds = NULL;
    assert_ok((kinds = hf_age_recipient_kinds(&input.input, error)) != NULL);
    assert_int_equal(g_strv_length(kinds), 1);
    assert_string_equal(kinds[0], "X25519");
}

static char *armor(const GByteArray *file)
{
    GString *text = g_string_new("-----BEGIN AGE ENCRYPTED FILE-----\n");
    g_autofree char *base64 = g_base64_encode(file->data, file->len);
    size_t length = strlen(base64);
    for (size_t at = 0; at < length; at += 64)
        g_string_append_printf(text, "%.64s\n", base64 + at);
    g_string_append(text, "-----END AGE ENCRYPTED FILE-----\n");
    return g_string_free(text, FALSE);
}

static void kinds_are_listed_without_a_key(void **state)
{
    (void)state;
    static const size_t sizes[] = {10, 2 * HF_AGE_HEADER_MAX_BYTES};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GByteArray) plain = made_up_bytes(sizes[i]), file = encrypt(plain);
        g_autofree char *armored = armor(file);
        assert_is_for_x25519(file->data, file->len);
        assert_is_for_x25519(armored, strlen(armored));
    }
}

static void kinds_of_damaged_armor_are_refused_with_the_line(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(10), file = encrypt(plain);
    g_autofree char *armored = armor(file);
    HfMemoryInput input;
    hf_memory_input_init(&input, armored, strlen(armored) - 40);
    assert_refused(hf_age_recipient_kinds(&input.input, error) != NULL, HF_ERROR_CORRUPT, "age armor line");
}

static void a_file_to_nobody_is_refused_before_a_byte_is_written(void **state)
{
    (void)state;
    g_autoptr(HfAgeRecipients) nobody = hf_age_recipients_new();
    g_autoptr(GByteArray) file = g_byte_array_new();
    HfMemoryOutput output;
    hf_memory_output_init(&output, file);
    assert_refused(hf_age_writer_open(&output.output, nobody, error), HF_ERROR_USAGE, "nobody");
    assert_int_equal(file->len, 0);
}

static void the_same_file_twice_shares_no_key(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(100), one = encrypt(plain), two = encrypt(plain);
    assert_int_equal(one->len, two->len);
    assert_memory_not_equal(one->data + one->len - 116, two->data + two->len - 116, 116);
}

static void a_file_of_a_thousand_recipients_can_be_read(void **state)
{
    (void)state;
    g_autoptr(HfAgeRecipients) recipients = hf_age_recipients_new();
    for (int i = 0; i < 1000; i++)
        assert_ok(hf_age_recipients_add(recipients, RECIPIENT, error));
    g_autoptr(GByteArray) plain = made_up_bytes(10), file = encrypt_to(recipients, plain, 10), out = g_byte_array_new();
    g_autoptr(HfAgeIdentities) identity = one_identity(IDENTITY);
    assert_ok(decrypt(file->data, file->len, identity, out, error));
    assert_same_bytes(out, plain);
}

/* Each byte of a small file, several ways. A change in the stanza's share or body looks like a wrong key; anywhere else
 * it is seen for what it is. */
static void every_flipped_byte_is_noticed(void **state)
{
    (void)state;
    static const uint8_t flips[] = {0x01, 0x20, 0x80, 0xff};
    g_autoptr(GByteArray) plain = made_up_bytes(300), file = encrypt(plain);
    g_autoptr(HfAgeIdentities) identity = one_identity(IDENTITY);
    const char *end = g_strstr_len((char *)file->data, file->len, "\n---");
    for (size_t at = 0; at < file->len; at++)
        for (size_t i = 0; i < G_N_ELEMENTS(flips); i++) {
            g_autoptr(GByteArray) out = g_byte_array_new();
            g_autoptr(GError) error = NULL;
            file->data[at] ^= flips[i];
            assert_false(decrypt(file->data, file->len, identity, out, &error));
            assert_int_equal(out->len, 0);
            bool in_stanza = at > strlen("age-encryption.org/v1") && at < (size_t)(end - (char *)file->data);
            if (error->code != HF_ERROR_CORRUPT && !(in_stanza && error->code == HF_ERROR_WRONG_KEY))
                fail_msg("byte %zu: %s", at, error->message);
            assert_null(read_all(file->data, file->len, identity, NULL));
            file->data[at] ^= flips[i];
        }
    g_autoptr(GByteArray) out = g_byte_array_new();
    assert_ok(decrypt(file->data, file->len, identity, out, error));
}

static void every_shorter_file_is_refused_as_damaged(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(300), file = encrypt(plain);
    g_autoptr(HfAgeIdentities) identity = one_identity(IDENTITY);
    for (size_t length = 0; length < file->len; length++) {
        g_autoptr(GByteArray) out = g_byte_array_new();
        g_autofree uint8_t *cut = g_memdup2(file->data, length);
        assert_refused(decrypt(cut, length, identity, out, error), HF_ERROR_CORRUPT, "age ");
        assert_refused(read_all(cut, length, identity, error), HF_ERROR_CORRUPT, "age ");
        assert_int_equal(out->len, 0);
    }
}

/* The grammar holds, the MAC does not. */
static void an_added_stanza_breaks_the_mac(void **state)
{
    (void)state;
    g_autoptr(GByteArray) plain = made_up_bytes(10), file = encrypt(plain), out = g_byte_array_new();
    g_autoptr(HfAgeIdentities) identity = one_identity(IDENTITY);
    const size_t start = strlen("age-encryption.org/v1\n");
    g_autoptr(GByteArray) longer = g_byte_array_new();
    g_byte_array_append(longer, file->data, (guint)start);
    g_byte_array_append(longer, (const uint8_t *)"-> new\n\n", 8);
    g_byte_array_append(longer, file->data + start, file->len - (guint)start);
    assert_refused(decrypt(longer->data, longer->len, identity, out, error), HF_ERROR_CORRUPT, "MAC does not match");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_opens_with_each_recipients_identity),
        cmocka_unit_test(a_file_with_a_passphrase_opens_with_it_alone),
        cmocka_unit_test(a_passphrase_that_would_take_more_than_is_allowed_is_refused),
        cmocka_unit_test(a_wrong_identity_is_told_with_the_kinds_of_recipient),
        cmocka_unit_test(kinds_are_listed_without_a_key),
        cmocka_unit_test(kinds_of_damaged_armor_are_refused_with_the_line),
        cmocka_unit_test(a_file_to_nobody_is_refused_before_a_byte_is_written),
        cmocka_unit_test(the_same_file_twice_shares_no_key),
        cmocka_unit_test(a_file_of_a_thousand_recipients_can_be_read),
        cmocka_unit_test(every_flipped_byte_is_noticed),
        cmocka_unit_test(every_shorter_file_is_refused_as_damaged),
        cmocka_unit_test(an_added_stanza_breaks_the_mac),
    };
    return cmocka_run_group_tests_name("crypto/age", tests, NULL, NULL);
}
