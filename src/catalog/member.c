/* Organizations, accounts and memberships. */
#include "catalog/account.h"

#include "base/error.h"
#include "catalog/row.h"

static const HfField organization_fields[] = {{"name", HF_FIELD_LINE, .required = true}};
static const char *const by_name[] = {"name", "created_at", NULL};

const HfNoun hf_noun_organization = {.name = "organization",
                                     .table = "organization",
                                     .view = "holdfast_view.organization",
                                     .fields = organization_fields,
                                     .field_count = G_N_ELEMENTS(organization_fields),
                                     .sorts = by_name,
                                     .search = "name",
                                     .installation = true};

static const char *const account_filters[] = {"name", "is_owner", "is_active", NULL};

const HfNoun hf_noun_account = {.name = "account",
                                .table = "account",
                                .view = "holdfast_view.account",
                                .filters = account_filters,
                                .sorts = by_name,
                                .search = "name",
                                .installation = true};

static const char *const user_filters[] = {"name", "role", "is_active", NULL};

const HfNoun hf_noun_user = {.name = "user",
                             .table = "account",
                             .view = "holdfast_view.member",
                             .filters = user_filters,
                             .sorts = by_name,
                             .search = "name"};

/* ---- Credentials ---------------------------------------------------------------------------------------------------
 */

bool hf_account_credentials(HfCatalog *catalog, const char *name, char **id, char **password, GError **error)
{
    static const char sql[] = "SELECT id, password FROM account WHERE lower(name) = lower($1) AND is_active";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(name), error);
    if (rows == NULL || hf_pg_rows_count(rows) == 0)
        return false;
    *id = g_strdup(hf_pg_rows_text(rows, 0, 0));
    *password = g_strdup(hf_pg_rows_text(rows, 0, 1));
    return true;
}

char *hf_account_password(HfCatalog *catalog, const char *id, GError **error)
{
    static const char sql[] = "SELECT coalesce(password, '') FROM account WHERE id = $1::uuid";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(id), error);
    if (rows == NULL || (hf_pg_rows_count(rows) == 0 && !hf_not_found("account", id, error)))
        return NULL;
    return g_strdup(hf_pg_rows_text(rows, 0, 0));
}

static bool end_sessions(HfCatalog *catalog, const char *id, const char *except, GError **error)
{
    static const char sql[] = "DELETE FROM session WHERE account_id = $1::uuid AND id::text <> $2";
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(id, hf_or_empty(except)), error);
}

bool hf_account_set_password(HfCatalog *catalog, const char *id, const char *hash, const char *except_session,
                             GError **error)
{
    static const char sql[] = "UPDATE account SET password = $2, version = version + 1 WHERE id = $1::uuid";
    return hf_catalog_do(catalog, sql, HF_PARAMETERS(id, hash), error) &&
           end_sessions(catalog, id, except_session, error);
}

/* ---- Accounts ------------------------------------------------------------------------------------------------------
 */

/* "" for what stays as it is. */
static const char *flag(const bool *value)
{
    return value == NULL ? "" : *value ? "true" : "false";
}

bool hf_account_lock(HfCatalog *catalog, GError **error)
{
    return hf_catalog_do(catalog, "/* writes: */ SELECT pg_advisory_xact_lock(1213156420, 5)", NULL, error);
}

char *hf_account_create(HfCatalog *catalog, const char *organization, const HfAccountChange *account,
                        const char *created_by, GError **error)
{
    static const char sql[] =
        "INSERT INTO account (name, full_name, password, is_active, is_owner, created_by) VALUES ($1, $2, nullif($3, "
        "''), "
        "coalesce(nullif($4, '')::boolean, true), coalesce(nullif($5, '')::boolean, false), $6) RETURNING id::text";
    g_autofree char *id = hf_catalog_text(catalog, sql,
                                          HF_PARAMETERS(hf_or_empty(account->name), hf_or_empty(account->full_name),
                                                        hf_or_empty(account->password), flag(account->is_active),
                                                        flag(account->is_owner), hf_or_empty(created_by)),
                                          error);
    if (id == NULL || (organization != NULL && !hf_member_set(catalog, organization, id, account->role, error)))
        return NULL;
    return g_steal_pointer(&id);
}

bool hf_member_set(HfCatalog *catalog, const char *organization, const char *account_id, HfRole role, GError **error)
{
    static const char sql[] =
        "INSERT INTO membership (organization_id, account_id, role) VALUES ($1::uuid, $2::uuid, $3) ON CONFLICT "
        "(organization_id, account_id) DO UPDATE SET role = excluded.role";
    if (role == HF_ROLE_NONE) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, "a role is " HF_ROLES);
        return false;
    }
    return hf_id_check("user", account_id, error) &&
           hf_catalog_do(catalog, sql, HF_PARAMETERS(organization, account_id, hf_role_name(role)), error);
}

/* Locks the account, if it is one that may be changed from here and in the version. */
static bool lock_account(HfCatalog *catalog, const char *organization, const char *id, int version, bool whole,
                         bool by_owner, GError **error)
{
    static const char sql[] =
        "SELECT a.version, a.is_owner OR EXISTS (SELECT FROM membership o WHERE o.account_id = a.id AND "
        "o.organization_id::text <> $2) FROM account a WHERE a.id = $1::uuid AND ($2 = '' OR EXISTS (SELECT FROM "
        "membership m WHERE m.account_id = a.id AND m.organization_id::text = $2)) FOR UPDATE OF a";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(id, hf_or_empty(organization)), error);
    if (rows == NULL || (hf_pg_rows_count(rows) == 0 && !hf_not_found("user", id, error)))
        return false;
    int now = (int)hf_pg_rows_int64(rows, 0, 0);
    if (version != 0 && version != now)
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT, HF_NOUN_STALE ": the user %s has version %d now", id, now);
    else if (whole && !by_owner && hf_pg_rows_bool(rows, 0, 1))
        g_set_error_literal(error, HF_ERROR, HF_ERROR_DENIED,
                            "the account belongs to other organizations too, or is an owner's: only an owner of the "
                            "installation changes more than its role here");
    else
        return true;
    return false;
}

/* An installation without an owner could not be administered. */
static bool check_owner_left(HfCatalog *catalog, GError **error)
{
    g_autofree char *owners =
        hf_catalog_text(catalog, "SELECT count(*) FROM account WHERE is_owner AND is_active", NULL, error);
    if (owners != NULL && g_strcmp0(owners, "0") == 0)
        g_set_error_literal(error, HF_ERROR, HF_ERROR_CONFLICT, "the last active owner of the installation stays one");
    return owners != NULL && g_strcmp0(owners, "0") != 0;
}

bool hf_account_change(HfCatalog *catalog, const char *organization, const char *id, int version,
                       const HfAccountChange *change, bool by_owner, GError **error)
{
    static const char sql[] =
        "UPDATE account SET name = coalesce(nullif($2, ''), name), full_name = CASE WHEN $3 = '' THEN full_name ELSE "
        "substr($3, 2) END, password = coalesce(nullif($4, ''), password), is_active = coalesce(nullif($5, "
        "'')::boolean, "
        "is_active), is_owner = coalesce(nullif($6, '')::boolean, is_owner), version = version + 1 WHERE id = $1::uuid";
    bool ends = change->password != NULL || (change->is_active != NULL && !*change->is_active);
    bool whole = change->name != NULL || change->full_name != NULL || change->password != NULL ||
                 change->is_active != NULL || change->is_owner != NULL;
    if (change->is_owner != NULL && !by_owner) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_DENIED, "only an owner of the installation makes another one");
        return false;
    }
    if (!hf_id_check("user", id, error) || !lock_account(catalog, organization, id, version, whole, by_owner, error))
        return false;
    /* A full name may become empty: "=" before it tells it from one that stays. */
    g_autofree char *full_name = change->full_name != NULL ? g_strconcat("=", change->full_name, NULL) : g_strdup("");
    return hf_catalog_do(catalog, sql,
                         HF_PARAMETERS(id, hf_or_empty(change->name), full_name, hf_or_empty(change->password),
                                       flag(change->is_active), flag(change->is_owner)),
                         error) &&
           (!ends || end_sessions(catalog, id, change->session, error)) &&
           (change->role == HF_ROLE_NONE || organization == NULL ||
            hf_member_set(catalog, organization, id, change->role, error)) &&
           ((change->is_owner == NULL && change->is_active == NULL) || check_owner_left(catalog, error));
}

bool hf_member_remove(HfCatalog *catalog, const char *organization, const char *account_id, int version, GError **error)
{
    static const char end[] =
        "DELETE FROM membership WHERE organization_id = $1::uuid AND account_id = $2::uuid RETURNING account_id";
    static const char tidy[] =
        "DELETE FROM account a WHERE a.id = $1::uuid AND NOT a.is_owner AND NOT EXISTS (SELECT FROM "
        "membership m WHERE m.account_id = a.id)";
    if (!hf_id_check("user", account_id, error) ||
        !lock_account(catalog, organization, account_id, version, false, false, error))
        return false;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, end, HF_PARAMETERS(organization, account_id), error);
    if (rows == NULL || (hf_pg_rows_count(rows) == 0 && !hf_not_found("user", account_id, error)))
        return false;
    return hf_catalog_do(catalog, tidy, HF_PARAMETERS(account_id), error);
}
