#include "service/encrypt_choice.h"

#include "base/error.h"

static bool refuse(const char *message, GError **error)
{
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, message);
    return false;
}

bool hf_encrypt_choose_key(HfMssqlKeyChoice *key, const char *name, const char *certificate, GError **error)
{
    bool is_default = g_strcmp0(name, "default") == 0;
    bool is_custom = name != NULL && !is_default && g_strcmp0(name, "none") != 0;
    if (is_custom && certificate == NULL)
        return refuse("a key of the target is opened by a certificate: name it, too (--encryption-certificate; of a "
                      "job, encryption_certificate)",
                      error);
    if (!is_custom && certificate != NULL)
        return refuse("a certificate goes with the name of a key of the target (--encryption-key; of a job, "
                      "encryption_key)",
                      error);
    *key = (HfMssqlKeyChoice){.kind = is_custom    ? HF_MSSQL_KEY_CUSTOM
                                      : is_default ? HF_MSSQL_KEY_DEFAULT
                                                   : HF_MSSQL_KEY_NONE,
                              .key = is_custom ? name : NULL,
                              .certificate = certificate};
    return true;
}

bool hf_encrypt_choose(HfAssessOptions *assess, const char *const *columns, const char *name, const char *certificate,
                       GError **error)
{
    bool any = columns != NULL && *columns != NULL;
    if (!hf_encrypt_choose_key(&assess->key, name, certificate, error))
        return false;
    if (any && assess->key.kind == HF_MSSQL_KEY_NONE)
        return refuse("columns are to be encrypted, and no key is chosen: default, or the name of one of the target "
                      "(--encryption-key; of a job, encryption_key)",
                      error);
    if (!any && assess->key.kind != HF_MSSQL_KEY_NONE)
        return refuse("a key is chosen, and no column to encrypt (--encrypt; of a job, encrypt)", error);
    assess->encrypt = any ? columns : NULL;
    return true;
}
