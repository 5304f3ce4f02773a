#include "tests/unit/crypto/age_support.h"

static void a_new_identity_has_the_recipient_that_it_says(void **state)
{
    (void)state;
    char *identity = NULL;
    g_autofree char *recipient = NULL, *again = NULL;
    assert_ok(hf_age_keygen(&identity, &recipient, error));
    assert_ok((again = hf_age_recipient_of(identity, error)) != NULL);
    assert_string_equal(recipient, again);
    assert_true(g_str_has_prefix(identity, "AGE-SECRET-KEY-1"));
    hf_age_secret_free(identity);
    hf_age_secret_free(NULL);
}

static void the_example_identity_has_the_example_recipient(void **state)
{
    (void)state;
    g_autofree char *recipient = NULL;
    assert_ok((recipient = hf_age_recipient_of(IDENTITY, error)) != NULL);
    assert_string_equal(recipient, RECIPIENT);
}

static void a_recipients_file_may_have_comments_and_empty_lines(void **state)
{
    (void)state;
    g_autoptr(HfAgeRecipients) recipients = hf_age_recipients_new();
    assert_ok(hf_age_recipients_add_text(recipients, "f", "# two\n\n" RECIPIENT "\r\n  " RECIPIENT, error));
    assert_int_equal(hf_age_recipients_count(recipients), 2);
}

static void a_bad_line_adds_nothing_and_is_named(void **state)
{
    (void)state;
    g_autoptr(HfAgeRecipients) recipients = hf_age_recipients_new();
    assert_refused(hf_age_recipients_add_text(recipients, "team.txt", RECIPIENT "\nage1xyz\n", error), HF_ERROR_USAGE,
                   "team.txt, line 2: the recipient \"age1xyz\"");
    assert_refused(hf_age_recipients_add_text(recipients, "team.txt", "# nobody\n", error), HF_ERROR_USAGE,
                   "team.txt has no key");
    assert_int_equal(hf_age_recipients_count(recipients), 0);

    g_autoptr(HfAgeIdentities) identities = hf_age_identities_new();
    assert_refused(hf_age_identities_add_text(identities, "key.txt", IDENTITY "\n\nsecret\n", error), HF_ERROR_USAGE,
                   "key.txt, line 3: ");
    assert_int_equal(hf_age_identities_count(identities), 0);
}

static void no_message_shows_a_secret(void **state)
{
    (void)state;
    g_autoptr(HfAgeIdentities) identities = hf_age_identities_new();
    g_autoptr(HfAgeRecipients) recipients = hf_age_recipients_new();
    g_autoptr(GError) first = NULL, second = NULL;
    assert_false(hf_age_identities_add_text(identities, "key.txt", IDENTITY "X", &first));
    assert_null(strstr(first->message, "GFPYYSJZ"));
    assert_false(hf_age_recipients_add(recipients, IDENTITY, &second));
    assert_null(strstr(second->message, "GFPYYSJZ"));
}

static void an_identity_file_of_age_keygen_is_understood(void **state)
{
    (void)state;
    g_autoptr(HfAgeIdentities) identities = hf_age_identities_new();
    assert_ok(hf_age_identities_add_text(
        identities, "key.txt", "# created: 2024-02-29T12:00:00Z\n# public key: " RECIPIENT "\n" IDENTITY "\n", error));
    assert_int_equal(hf_age_identities_count(identities), 1);
}

static void recipients_and_a_passphrase_do_not_mix(void **state)
{
    (void)state;
    g_autoptr(HfAgeRecipients) recipients = hf_age_recipients_new();
    assert_ok(hf_age_recipients_add(recipients, RECIPIENT, error));
    assert_refused(hf_age_recipients_set_passphrase(recipients, "x", error), HF_ERROR_USAGE, "stands alone");

    g_autoptr(HfAgeRecipients) other = hf_age_recipients_new();
    assert_ok(hf_age_recipients_set_passphrase(other, "x", error));
    assert_refused(hf_age_recipients_add(other, RECIPIENT, error), HF_ERROR_USAGE, "not both");
    assert_refused(hf_age_recipients_set_passphrase(other, "y", error), HF_ERROR_USAGE, "stands alone");
    assert_int_equal(hf_age_recipients_count(other), 1);
}

static void keys_that_protect_nothing_are_refused(void **state)
{
    (void)state;
    g_autoptr(HfAgeRecipients) recipients = hf_age_recipients_new();
    /* The point zero. */
    assert_refused(
        hf_age_recipients_add(recipients, "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z", error),
        HF_ERROR_USAGE, "no public key");
    g_autoptr(HfAgeIdentities) identities = hf_age_identities_new();
    assert_refused(hf_age_identities_add_passphrase(identities, "", error), HF_ERROR_USAGE, "empty");
    assert_refused(hf_age_recipients_set_passphrase(recipients, "", error), HF_ERROR_USAGE, "empty");
}

static void there_is_a_most_of_recipients(void **state)
{
    (void)state;
    g_autoptr(HfAgeRecipients) recipients = hf_age_recipients_new();
    for (int i = 0; i < 1000; i++)
        assert_ok(hf_age_recipients_add(recipients, RECIPIENT, error));
    assert_refused(hf_age_recipients_add(recipients, RECIPIENT, error), HF_ERROR_LIMIT, "1000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_identity_has_the_recipient_that_it_says),
        cmocka_unit_test(the_example_identity_has_the_example_recipient),
        cmocka_unit_test(a_recipients_file_may_have_comments_and_empty_lines),
        cmocka_unit_test(a_bad_line_adds_nothing_and_is_named),
        cmocka_unit_test(no_message_shows_a_secret),
        cmocka_unit_test(an_identity_file_of_age_keygen_is_understood),
        cmocka_unit_test(recipients_and_a_passphrase_do_not_mix),
        cmocka_unit_test(keys_that_protect_nothing_are_refused),
        cmocka_unit_test(there_is_a_most_of_recipients),
    };
    return cmocka_run_group_tests_name("crypto/age_keys", tests, NULL, NULL);
}
