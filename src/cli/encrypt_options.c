#include "cli/encrypt_options.h"

#include "service/encrypt_choice.h"

static struct {
    char **columns;
    char *key, *certificate;
} options;

GOptionGroup *hf_encrypt_options(void)
{
    static const GOptionEntry entries[] = {
        {"encrypt", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.columns,
         "Keep this column encrypted in SQL Server (may be repeated)", "SCHEMA.TABLE.COLUMN"},
        {"encryption-key", 0, 0, G_OPTION_ARG_STRING, &options.key,
         "The symmetric key there: default is Holdfast's own, which it makes; or the name of one that is there",
         "default|NAME"},
        {"encryption-certificate", 0, 0, G_OPTION_ARG_STRING, &options.certificate,
         "The certificate there that opens a key of that name", "NAME"},
        {NULL},
    };
    GOptionGroup *group = g_option_group_new("encryption", "Encrypted columns:", "Encrypted columns", NULL, NULL);
    g_option_group_add_entries(group, entries);
    return group;
}

bool hf_encrypt_options_are_given(void)
{
    return options.columns != NULL || options.key != NULL || options.certificate != NULL;
}

bool hf_encrypt_options_key(HfMssqlKeyChoice *key, GError **error)
{
    return hf_encrypt_choose_key(key, options.key, options.certificate, error);
}

bool hf_encrypt_from_options(HfAssessOptions *assess, GError **error)
{
    return hf_encrypt_choose(assess, (const char *const *)options.columns, options.key, options.certificate, error);
}
