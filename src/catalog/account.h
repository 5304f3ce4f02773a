/*
 * Who may do what: accounts, memberships, sessions, tokens. Secrets are compared by hash; passwords are checked by
 * crypto/password.h outside.
 */
#ifndef HF_CATALOG_ACCOUNT_H
#define HF_CATALOG_ACCOUNT_H

#include "catalog/noun.h"

extern const HfNoun hf_noun_account, hf_noun_token, hf_noun_session;

typedef enum { HF_ROLE_NONE, HF_ROLE_VIEWER, HF_ROLE_OPERATOR, HF_ROLE_ADMINISTRATOR } HfRole;
HfRole hf_role_parse(const char *name); /* NONE for anything else */
const char *hf_role_name(HfRole role);

/* Who makes a request. */
typedef struct {
    char *actor;        /* "user ada", "token nightly" */
    char *account_id;   /* NULL for a token */
    char *session_id;   /* NULL for a token */
    char *token_id;     /* NULL for a session */
    char *organization; /* that is acted in; NULL: an owner without one */
    HfRole role;        /* in it; an owner is administrator everywhere */
    bool is_owner;
    char *csrf;         /* of the session */
    int64_t expires_us; /* since 1970 */
} HfPrincipal;
void hf_principal_free(HfPrincipal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfPrincipal, hf_principal_free)
/* To and from the text that is kept in Redis for a minute. */
char *hf_principal_to_json(const HfPrincipal *self);
HfPrincipal *hf_principal_from_json(const char *text, size_t length);

/* The principal of a cookie's or a token's SHA-256 (32 bytes). NULL without error: nobody, or expired, or inactive. */
HfPrincipal *hf_account_by_session(HfCatalog *catalog, const uint8_t *hash, GError **error);
HfPrincipal *hf_account_by_token(HfCatalog *catalog, const uint8_t *hash, GError **error);

/* For sign-in: the account's id and password hash; false without error if there is no such active account. */
bool hf_account_credentials(HfCatalog *catalog, const char *name, char **id, char **password, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Makes a session and returns its id, transfer full. Old and expired ones of the account are removed. */
char *hf_session_create(HfCatalog *catalog, const char *account_id, const uint8_t *hash, const char *csrf,
                        const char *address, const char *agent, int64_t expires_us, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
