/* Who makes a request: principals, sessions, tokens. Accounts and memberships are in member.c. */
#include "catalog/account.h"

#include "base/error.h"
#include "catalog/row.h"

#include <string.h>

static const char *const token_filters[] = {"name", "role", NULL};
static const char *const by_name[] = {"name", "created_at", NULL};

const HfNoun hf_noun_token = {.name = "token",
                              .table = "token",
                              .view = "holdfast_view.token",
                              .filters = token_filters,
                              .sorts = by_name,
                              .search = "name"};

static const char *const session_filters[] = {"account_id", NULL};
static const char *const session_sorts[] = {"-created_at", NULL};

const HfNoun hf_noun_session = {.name = "session",
                                .table = "session",
                                .view = "holdfast_view.session",
                                .filters = session_filters,
                                .sorts = session_sorts,
                                .search = "name"};

/* ---- Roles ---------------------------------------------------------------------------------------------------------
 */

static const char *const roles[] = {[HF_ROLE_NONE] = "none",
                                    [HF_ROLE_VIEWER] = "viewer",
                                    [HF_ROLE_AUDITOR] = "auditor",
                                    [HF_ROLE_OPERATOR] = "operator",
                                    [HF_ROLE_ADMINISTRATOR] = "administrator"};

HfRole hf_role_parse(const char *name)
{
    for (HfRole role = HF_ROLE_VIEWER; role <= HF_ROLE_ADMINISTRATOR; role++)
        if (g_strcmp0(name, roles[role]) == 0)
            return role;
    return HF_ROLE_NONE;
}

const char *hf_role_name(HfRole role)
{
    return roles[role];
}

/* ---- Principals ----------------------------------------------------------------------------------------------------
 */

static const size_t members[] = {
    offsetof(HfPrincipal, actor),    offsetof(HfPrincipal, account_id),   offsetof(HfPrincipal, session_id),
    offsetof(HfPrincipal, token_id), offsetof(HfPrincipal, organization), offsetof(HfPrincipal, csrf),
};

static char **member_at(const HfPrincipal *self, size_t i)
{
    return (char **)(gpointer)((char *)(gpointer)self + members[i]);
}

static void clear(gpointer self)
{
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        g_free(*member_at(self, i));
}

HfPrincipal *hf_principal_ref(HfPrincipal *self)
{
    return g_rc_box_acquire(self);
}

void hf_principal_unref(HfPrincipal *self)
{
    if (self != NULL)
        g_rc_box_release_full(self, clear);
}

/* A line each: the members, "" for NULL, then role, is_owner and expires_us. It is read with every request. */
#define LINES (G_N_ELEMENTS(members) + 3)

char *hf_principal_to_text(const HfPrincipal *self)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        g_string_append_printf(text, "%s\n", hf_or_empty(*member_at(self, i)));
    g_string_append_printf(text, "%s\n%s\n%" G_GINT64_FORMAT, hf_role_name(self->role), self->is_owner ? "owner" : "",
                           self->expires_us);
    return g_string_free(text, FALSE);
}

HfPrincipal *hf_principal_from_text(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", LINES + 1);
    size_t line = G_N_ELEMENTS(members);
    gint64 expires_us;
    if (g_strv_length(lines) != LINES || *lines[0] == '\0' ||
        !g_ascii_string_to_signed(lines[line + 2], 10, 0, INT64_MAX, &expires_us, NULL))
        return NULL;
    HfPrincipal *self = g_rc_box_new0(HfPrincipal);
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        *member_at(self, i) = *lines[i] != '\0' ? g_strdup(lines[i]) : NULL;
    self->role = hf_role_parse(lines[line]);
    self->is_owner = strcmp(lines[line + 1], "owner") == 0;
    self->expires_us = expires_us;
    return self;
}

/* Rows of: the texts in the order of `members`, role, is_owner, expires_us. */
static HfPrincipal *find_principal(HfCatalog *catalog, const char *sql, const uint8_t *hash, GError **error)
{
    g_autofree char *hash_text = hf_hash_parameter(hash);
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(hash_text), error);
    if (rows == NULL || hf_pg_rows_count(rows) == 0)
        return NULL;
    HfPrincipal *self = g_rc_box_new0(HfPrincipal);
    int column = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        *member_at(self, i) = g_strdup(hf_pg_rows_text(rows, 0, column++));
    self->role = hf_role_parse(hf_pg_rows_text(rows, 0, column++));
    self->is_owner = hf_pg_rows_bool(rows, 0, column++);
    self->expires_us = hf_pg_rows_int64(rows, 0, column);
    return self;
}

HfPrincipal *hf_account_by_session(HfCatalog *catalog, const uint8_t *hash, GError **error)
{
    /* A membership that ended leaves the session without an organization, not with a role of old. */
    static const char sql[] =
        "WITH seen AS (UPDATE session SET seen_at = now() WHERE token_hash = $1::bytea AND seen_at < now() - interval "
        "'1 "
        "minute') SELECT 'user ' || a.name, a.id, s.id, NULL, CASE WHEN a.is_owner OR m.role IS NOT NULL THEN "
        "s.organization_id END, s.csrf, CASE WHEN a.is_owner THEN 'administrator' ELSE m.role END, a.is_owner, "
        "holdfast_view.us(s.expires_at) FROM session s JOIN account a ON a.id = s.account_id LEFT JOIN membership m ON "
        "m.account_id = a.id AND m.organization_id = s.organization_id WHERE s.token_hash = $1::bytea AND s.expires_at "
        "> "
        "now() AND a.is_active";
    return find_principal(catalog, sql, hash, error);
}

HfPrincipal *hf_account_by_token(HfCatalog *catalog, const uint8_t *hash, GError **error)
{
    static const char sql[] =
        "WITH seen AS (UPDATE token SET used_at = now() WHERE token_hash = $1::bytea AND (used_at IS NULL OR used_at < "
        "now() - interval '1 minute')) SELECT 'token ' || t.name, NULL, NULL, t.id, t.organization_id, NULL, t.role, "
        "false, coalesce(holdfast_view.us(t.expires_at), 9223372036854775807) FROM token t WHERE t.token_hash = "
        "$1::bytea "
        "AND (t.expires_at IS NULL OR t.expires_at > now())";
    return find_principal(catalog, sql, hash, error);
}

char *hf_account_me(HfCatalog *catalog, const HfPrincipal *principal, GError **error)
{
    static const char sql[] =
        "SELECT jsonb_build_object('actor', $1::text, 'role', $2::text, 'is_owner', $3::boolean, 'csrf', nullif($4, "
        "''), "
        "'expires_at', CASE WHEN $5::bigint < 9223372036854775807 THEN holdfast_view.t(holdfast_view.at($5::bigint)) "
        "END, "
        "'organization', (SELECT o.json FROM holdfast_view.organization o WHERE o.id = nullif($6, '')::uuid), "
        "'organizations', coalesce((SELECT jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name, 'role', "
        "coalesce(m.role, 'administrator')) ORDER BY o.name) FROM organization o LEFT JOIN membership m ON "
        "m.organization_id = o.id AND m.account_id = nullif($7, '')::uuid WHERE m.role IS NOT NULL OR $3::boolean OR "
        "o.id = "
        "nullif($6, '')::uuid), '[]'), 'user', (SELECT a.json - 'memberships' FROM holdfast_view.account a WHERE a.id "
        "= "
        "nullif($7, '')::uuid))";
    HfNumber expires;
    return hf_catalog_text(catalog, sql,
                           HF_PARAMETERS(principal->actor, hf_role_name(principal->role),
                                         principal->is_owner ? "true" : "false", hf_or_empty(principal->csrf),
                                         hf_number(&expires, principal->expires_us),
                                         hf_or_empty(principal->organization), hf_or_empty(principal->account_id)),
                           error);
}

/* ---- Sessions ------------------------------------------------------------------------------------------------------
 */

char *hf_session_create(HfCatalog *catalog, const char *account_id, const uint8_t *hash, const char *csrf,
                        const char *address, const char *agent, int64_t expires_us, GError **error)
{
    static const char sql[] =
        "WITH gone AS (DELETE FROM session WHERE account_id = $1::uuid AND expires_at < now()) INSERT INTO session "
        "(account_id, organization_id, token_hash, csrf, address, agent, expires_at) VALUES ($1::uuid, (SELECT o.id "
        "FROM "
        "organization o LEFT JOIN membership m ON m.organization_id = o.id AND m.account_id = $1::uuid WHERE m.role IS "
        "NOT "
        "NULL OR (SELECT is_owner FROM account WHERE id = $1::uuid) ORDER BY m.role IS NULL, o.name LIMIT 1), "
        "$2::bytea, "
        "$3, $4, left($5, 300), holdfast_view.at($6::bigint)) RETURNING id::text";
    HfNumber expires;
    g_autofree char *hash_text = hf_hash_parameter(hash);
    return hf_catalog_text(catalog, sql,
                           HF_PARAMETERS(account_id, hash_text, csrf, hf_or_empty(address), hf_or_empty(agent),
                                         hf_number(&expires, expires_us)),
                           error);
}

bool hf_session_set_organization(HfCatalog *catalog, const HfPrincipal *principal, const char *organization,
                                 GError **error)
{
    static const char sql[] =
        "UPDATE session s SET organization_id = o.id FROM organization o WHERE s.id = $1::uuid AND o.id = $2::uuid AND "
        "(EXISTS (SELECT FROM membership m WHERE m.organization_id = o.id AND m.account_id = s.account_id) OR EXISTS "
        "(SELECT FROM account a WHERE a.id = s.account_id AND a.is_owner)) RETURNING s.id";
    if (!hf_id_check("organization", organization, error))
        return false;
    g_autoptr(HfPgRows) rows =
        hf_catalog_query(catalog, sql, HF_PARAMETERS(principal->session_id, organization), error);
    return rows != NULL && (hf_pg_rows_count(rows) > 0 || hf_not_found("organization", organization, error));
}

bool hf_session_end(HfCatalog *catalog, const char *account_id, const char *id, GError **error)
{
    static const char sql[] = "DELETE FROM session WHERE id = $1::uuid AND account_id = $2::uuid RETURNING id";
    if (!hf_id_check("session", id, error))
        return false;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(id, account_id), error);
    return rows != NULL && (hf_pg_rows_count(rows) > 0 || hf_not_found("session", id, error));
}

char **hf_session_hashes(HfCatalog *catalog, const char *account_id, GError **error)
{
    static const char sql[] = "SELECT encode(token_hash, 'hex') FROM session WHERE account_id = $1::uuid";
    if (!hf_id_check("user", account_id, error))
        return NULL;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(account_id), error);
    return rows != NULL ? hf_rows_list(rows) : NULL;
}

bool hf_session_expire(HfCatalog *catalog, GError **error)
{
    return hf_catalog_do(catalog, "DELETE FROM session WHERE expires_at < now()", NULL, error);
}

/* ---- Tokens --------------------------------------------------------------------------------------------------------
 */

char *hf_token_create(HfCatalog *catalog, const char *organization, const char *name, HfRole role, const uint8_t *hash,
                      const char *hint, int64_t expires_us, const char *created_by, GError **error)
{
    static const char sql[] = "INSERT INTO token (organization_id, name, role, token_hash, hint, expires_at, "
                              "created_by) VALUES ($1::uuid, $2, "
                              "$3, $4::bytea, $5, holdfast_view.at(nullif($6::bigint, 0)), $7) RETURNING id::text";
    HfNumber expires;
    g_autofree char *hash_text = hf_hash_parameter(hash);
    return hf_catalog_text(catalog, sql,
                           HF_PARAMETERS(organization, name, hf_role_name(role), hash_text, hint,
                                         hf_number(&expires, expires_us), hf_or_empty(created_by)),
                           error);
}

char *hf_token_hash(HfCatalog *catalog, const char *organization, const char *id, GError **error)
{
    static const char sql[] =
        "SELECT encode(token_hash, 'hex') FROM token WHERE id = $1::uuid AND organization_id = $2::uuid";
    if (!hf_id_check("token", id, error))
        return NULL;
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(id, organization), error);
    if (rows == NULL || (hf_pg_rows_count(rows) == 0 && !hf_not_found("token", id, error)))
        return NULL;
    return g_strdup(hf_pg_rows_text(rows, 0, 0));
}
