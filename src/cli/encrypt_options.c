#include "cli/encrypt_options.h"

#include "cli/options.h"

#include <string.h>

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
    bool is_default = g_strcmp0(options.key, "default") == 0;
    bool is_custom = options.key != NULL && !is_default && strcmp(options.key, "none") != 0;
    if (is_custom != (options.certificate != NULL))
        return hf_option_fail(error, "--encryption-key NAME and --encryption-certificate NAME belong together");
    *key = (HfMssqlKeyChoice){.kind = is_custom    ? HF_MSSQL_KEY_CUSTOM
                                      : is_default ? HF_MSSQL_KEY_DEFAULT
                                                   : HF_MSSQL_KEY_NONE,
                              .key = is_custom ? options.key : NULL,
                              .certificate = options.certificate};
    return true;
}

bool hf_encrypt_from_options(HfAssessOptions *assess, GError **error)
{
    if (!hf_encrypt_options_key(&assess->key, error))
        return false;
    if ((options.columns != NULL) != (assess->key.kind != HF_MSSQL_KEY_NONE))
        return hf_option_fail(error, "--encrypt and --encryption-key belong together: which columns, and by which key");
    assess->encrypt = (const char *const *)options.columns;
    return true;
}
