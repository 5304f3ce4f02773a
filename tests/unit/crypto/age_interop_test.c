/* Debian's age and we read each other's files. Skipped where age is not installed. */
#include "tests/unit/crypto/age_support.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

typedef struct {
    char *folder;
    char *identity_files[2], *keys[2]; /* "age1…" */
    HfAgeRecipients *recipients;       /* of both */
} Setup;

static const size_t sizes[] = {0, 1, 65536, (1 << 20) + 7};

static char *in_folder(const Setup *setup, const char *name)
{
    return g_build_filename(setup->folder, name, NULL);
}

/* What the command prints. */
static GByteArray *run(const char *const *command)
{
    g_autoptr(GError) error = NULL;
    GBytes *printed = NULL;
    g_autoptr(GSubprocess) process =
        g_subprocess_newv(command, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
    if (process == NULL || !g_subprocess_communicate(process, NULL, NULL, &printed, NULL, &error))
        fail_msg("%s: %s", command[0], error->message);
    assert_true(g_subprocess_get_successful(process));
    return g_bytes_unref_to_array(printed);
}

static void write_file(const char *path, const GByteArray *bytes)
{
    assert_true(g_file_set_contents(path, (const char *)bytes->data, (gssize)bytes->len, NULL));
}

static HfAgeIdentities *load_identity(const char *path)
{
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    HfAgeIdentities *identities = hf_age_identities_new();
    assert_ok(hf_age_identities_add_text(identities, path, text, error));
    return identities;
}

/* The recipient that age-keygen itself says belongs to an identity file. */
static char *recipient_of_file(const char *path)
{
    g_autoptr(GByteArray) printed = run((const char *const[]){"age-keygen", "-y", path, NULL});
    return g_strstrip(g_strndup((const char *)printed->data, printed->len));
}

static int set_up(void **state)
{
    static Setup setup;
    g_autofree char *age = g_find_program_in_path("age"), *keygen = g_find_program_in_path("age-keygen");
    if (age == NULL || keygen == NULL)
        return 0;
    setup.folder = g_dir_make_tmp("holdfast-age-XXXXXX", NULL);
    setup.recipients = hf_age_recipients_new();
    for (int i = 0; i < 2; i++) {
        setup.identity_files[i] = in_folder(&setup, i == 0 ? "one.key" : "two.key");
        g_autoptr(GByteArray) file = run((const char *const[]){"age-keygen", NULL});
        write_file(setup.identity_files[i], file);
        setup.keys[i] = recipient_of_file(setup.identity_files[i]);
        assert_ok(hf_age_recipients_add(setup.recipients, setup.keys[i], error));
    }
    *state = &setup;
    return 0;
}

static int tear_down(void **state)
{
    Setup *setup = *state;
    if (setup == NULL)
        return 0;
    g_autoptr(GDir) folder = g_dir_open(setup->folder, 0, NULL);
    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
        g_autofree char *path = in_folder(setup, name);
        g_unlink(path);
    }
    g_rmdir(setup->folder);
    g_free(setup->folder);
    for (int i = 0; i < 2; i++) {
        g_free(setup->identity_files[i]);
        g_free(setup->keys[i]);
    }
    hf_age_recipients_free(setup->recipients);
    return 0;
}

static Setup *setup_or_skip(void **state)
{
    if (*state == NULL) {
        print_message("age is not installed; on Debian: apt-get install age\n");
        skip();
    }
    return *state;
}

static void our_files_open_with_age(void **state)
{
    Setup *setup = setup_or_skip(state);
    g_autofree char *sealed = in_folder(setup, "ours.age");
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        for (int who = 0; who < 2; who++) {
            g_autoptr(GByteArray) plain = made_up_bytes(sizes[i]), file = encrypt_to(setup->recipients, plain, 9999);
            write_file(sealed, file);
            g_autoptr(GByteArray) back =
                run((const char *const[]){"age", "-d", "-i", setup->identity_files[who], sealed, NULL});
            assert_same_bytes(back, plain);
        }
}

static void assert_opens(const GByteArray *file, const char *identity_file, const GByteArray *plain)
{
    g_autoptr(HfAgeIdentities) identities = load_identity(identity_file);
    g_autoptr(GByteArray) in_order = g_byte_array_new(), at_once = NULL;
    assert_ok(decrypt(file->data, file->len, identities, in_order, error));
    assert_same_bytes(in_order, plain);
    assert_ok((at_once = read_all(file->data, file->len, identities, error)) != NULL);
    assert_same_bytes(at_once, plain);
}

static void files_of_age_open_with_us(void **state)
{
    Setup *setup = setup_or_skip(state);
    g_autofree char *opened = in_folder(setup, "theirs.txt");
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GByteArray) plain = made_up_bytes(sizes[i]);
        write_file(opened, plain);
        g_autoptr(GByteArray) file =
            run((const char *const[]){"age", "-r", setup->keys[0], "-r", setup->keys[1], opened, NULL});
        assert_true(hf_age_is_age(file->data, file->len));
        assert_opens(file, setup->identity_files[0], plain);
        assert_opens(file, setup->identity_files[1], plain);
    }
}

static void armored_files_of_age_open_with_us(void **state)
{
    Setup *setup = setup_or_skip(state);
    g_autofree char *opened = in_folder(setup, "armored.txt");
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GByteArray) plain = made_up_bytes(sizes[i]), file = g_byte_array_new();
        write_file(opened, plain);
        g_autoptr(GByteArray) armored = run((const char *const[]){"age", "-a", "-r", setup->keys[0], opened, NULL});
        assert_true(hf_age_is_armored(armored->data, armored->len));
        HfMemoryInput input;
        HfMemoryOutput output;
        hf_memory_input_init(&input, armored->data, armored->len);
        hf_memory_output_init(&output, file);
        assert_ok(hf_age_dearmor(&input.input, &output.output, error));
        assert_opens(file, setup->identity_files[0], plain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_files_open_with_age),
        cmocka_unit_test(files_of_age_open_with_us),
        cmocka_unit_test(armored_files_of_age_open_with_us),
    };
    return cmocka_run_group_tests_name("crypto/age_interop", tests, set_up, tear_down);
}
