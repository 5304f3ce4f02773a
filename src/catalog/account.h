/*
 * Who may do what: organizations, accounts, members, sessions, tokens. Secrets are compared by their SHA-256; passwords
 * are hashed and checked by crypto/password.h outside.
 *
 * An account is one person, in any number of organizations; a member ("user" in the API) is an account in an
 * organization, with a role there. An administrator changes a member's role; the name, password and activity of an
 * account only if it is in no other organization and no owner's (HF_ERROR_DENIED), for else it would reach into another
 * organization. An owner may change all.
 */
#ifndef HF_CATALOG_ACCOUNT_H
#define HF_CATALOG_ACCOUNT_H

#include "catalog/noun.h"

extern const HfNoun hf_noun_organization; /* create, change and remove: an owner's, with organization NULL */
extern const HfNoun hf_noun_account;      /* read, the whole installation's, with every membership */
extern const HfNoun hf_noun_user;         /* read: members of the organization */
extern const HfNoun hf_noun_token;        /* read, remove (revoke) */
extern const HfNoun hf_noun_session;      /* read: filter by account_id, with organization NULL */

/* Each may do what the one before may, but for the audit log: that is for auditors and administrators alone. */
typedef enum { HF_ROLE_NONE, HF_ROLE_VIEWER, HF_ROLE_AUDITOR, HF_ROLE_OPERATOR, HF_ROLE_ADMINISTRATOR } HfRole;
#define HF_ROLES "viewer, auditor, operator or administrator" /* for messages */
HfRole hf_role_parse(const char *name);                       /* NONE for anything else */
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
    int64_t expires_us; /* since 1970; INT64_MAX: never */
} HfPrincipal;
/* Counted, since who asks often is kept; not changed once it is made. */
HfPrincipal *hf_principal_ref(HfPrincipal *self);
void hf_principal_unref(HfPrincipal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfPrincipal, hf_principal_unref)
/* To and from the text that is kept in Redis for a minute. NULL: it is not one; so it is with a name of several lines.
 */
char *hf_principal_to_text(const HfPrincipal *self);
HfPrincipal *hf_principal_from_text(const char *text);

/* The principal of a cookie's or a token's SHA-256 (32 bytes). NULL without error: nobody, or expired, or inactive.
 * Notes that it was seen, once a minute. */
HfPrincipal *hf_account_by_session(HfCatalog *catalog, const uint8_t *hash, GError **error);
HfPrincipal *hf_account_by_token(HfCatalog *catalog, const uint8_t *hash, GError **error);

/* For sign-in: the account's id and password hash (NULL: it has none), transfer full; false without error if there is
 * no such active account. Names are compared without case. */
bool hf_account_credentials(HfCatalog *catalog, const char *name, char **id, char **password, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* GET /me, JSON, transfer full: {"actor", "role", "is_owner", "csrf", "expires_at", "organization", "organizations",
 * "user"}; the last three null, [] and null where there is none. */
char *hf_account_me(HfCatalog *catalog, const HfPrincipal *principal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The password hash, transfer full. */
char *hf_account_password(HfCatalog *catalog, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One's own. Ends the account's sessions but `except_session` (may be NULL); inside a transaction. */
bool hf_account_set_password(HfCatalog *catalog, const char *id, const char *hash, const char *except_session,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- Accounts and members ------------------------------------------------------------------------------------------
 */

/* NULL: as it is; texts are checked by length alone. */
typedef struct {
    const char *name; /* what one signs in with */
    const char *full_name;
    const char *password; /* as hf_password_hash writes it */
    const bool *is_active;
    const bool *is_owner; /* an owner's to give */
    HfRole role;          /* NONE: as it is */
    const char *session;  /* that goes on although the others end; NULL: none */
} HfAccountChange;

/* For whoever makes the first account: one at a time, to the end of the transaction. */
bool hf_account_lock(HfCatalog *catalog, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A new account, in `organization` (may be NULL) with the role. A taken name is HF_ERROR_CONFLICT. Transfer full: id.
 */
char *hf_account_create(HfCatalog *catalog, const char *organization, const HfAccountChange *account,
                        const char *created_by, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An account that exists becomes a member, or gets another role. An owner's to do. */
bool hf_member_set(HfCatalog *catalog, const char *organization, const char *account_id, HfRole role, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* `version` as in hf_noun_change. `by_owner`: an owner does it. The last active owner stays one (HF_ERROR_CONFLICT). A
 * new password, or an account that becomes inactive, ends its sessions. */
bool hf_account_change(HfCatalog *catalog, const char *organization, const char *id, int version,
                       const HfAccountChange *change, bool by_owner, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends the membership; an account that has none left and is no owner's is removed with its sessions. `version` as in
 * hf_noun_remove. */
bool hf_member_remove(HfCatalog *catalog, const char *organization, const char *account_id, int version, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* ---- Sessions and tokens -------------------------------------------------------------------------------------------
 */

/* Makes a session in the account's first organization and returns its id, transfer full. Expired ones of the account
 * are removed. */
char *hf_session_create(HfCatalog *catalog, const char *account_id, const uint8_t *hash, const char *csrf,
                        const char *address, const char *agent, int64_t expires_us, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Looks at another organization from now on. HF_ERROR_NOT_FOUND if the account is no member (nor an owner). */
bool hf_session_set_organization(HfCatalog *catalog, const HfPrincipal *principal, const char *organization,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends a session of the account. HF_ERROR_NOT_FOUND: it has none such. */
bool hf_session_end(HfCatalog *catalog, const char *account_id, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The hashes of an account's sessions in hexadecimal, NULL-terminated, transfer full: before its rights change, for
 * what is remembered of them elsewhere must go. */
char **hf_session_hashes(HfCatalog *catalog, const char *account_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For the leader: removes what has expired. */
bool hf_session_expire(HfCatalog *catalog, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#define HF_TOKEN_PREFIX "hft_" /* what the text of a token begins with */

/* `expires_us` 0: never. `hint`: its first characters. Transfer full: id. */
char *hf_token_create(HfCatalog *catalog, const char *organization, const char *name, HfRole role, const uint8_t *hash,
                      const char *hint, int64_t expires_us, const char *created_by, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The hash in hexadecimal, transfer full: before it is removed. */
char *hf_token_hash(HfCatalog *catalog, const char *organization, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
