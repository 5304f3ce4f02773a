#include "catalog/audit.h"

#include "base/error.h"
#include "catalog/row.h"
#include "crypto/password.h"
#include "crypto/primitives.h"

#include <string.h>

#define ROWS_A_READ 2000

static const char *const filters[] = {"action", "object_kind", "object_id", "actor", "address", "outcome", NULL};
static const char *const sorts[] = {"-seq", NULL};

const HfNoun hf_noun_audit = {.name = "audit",
                              .table = "audit_event",
                              .view = "holdfast_view.audit",
                              .filters = filters,
                              .time = "at",
                              .sorts = sorts,
                              .search = "object_name",
                              .is_long = true};

const HfNoun hf_noun_installation_audit = {.name = "audit",
                                           .table = "audit_event",
                                           .view = "(SELECT * FROM holdfast_view.audit WHERE organization_id IS NULL)",
                                           .filters = filters,
                                           .time = "at",
                                           .sorts = sorts,
                                           .search = "object_name",
                                           .is_long = true,
                                           .installation = true};

bool hf_audit_append(HfCatalog *catalog, const HfAuditEvent *event, GError **error)
{
    static const char sql[] = "/* writes: */ SELECT audit_append(nullif($1, '')::uuid, $2, $3, $4, $5, $6, $7, $8, $9)";
    return hf_catalog_do(
        catalog, sql,
        HF_PARAMETERS(hf_or_empty(event->organization), hf_or_empty(event->actor), hf_or_empty(event->action),
                      hf_or_empty(event->object_kind), hf_or_empty(event->object_id), hf_or_empty(event->object_name),
                      hf_or_empty(event->address), hf_or_empty(event->outcome), hf_or_empty(event->detail)),
        error);
}

bool hf_audit_append_of(HfCatalog *catalog, const char *account, const HfAuditEvent *event, GError **error)
{
    static const char sql[] = "SELECT organization_id::text FROM membership WHERE account_id::text = $1 ORDER BY 1";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, HF_PARAMETERS(hf_or_empty(account)), error);
    g_auto(GStrv) organizations = rows != NULL ? hf_rows_list(rows) : NULL;
    HfAuditEvent each = *event;
    if (organizations == NULL || *organizations == NULL)
        return organizations != NULL && hf_audit_append(catalog, event, error);
    bool ok = true;
    for (char **organization = organizations; ok && *organization != NULL; organization++) {
        each.organization = *organization;
        ok = hf_audit_append(catalog, &each, error);
    }
    return ok;
}

/* The hash of a row is that of the hash before it and its text; `chain` holds the one and then the other. */
static bool check_row(const HfPgRows *rows, size_t i, int64_t expected_seq, uint8_t chain[32], GError **error)
{
    const char *text = hf_pg_rows_text(rows, i, 1);
    int64_t seq = hf_pg_rows_int64(rows, i, 0);
    gsize length = 0;
    g_autoptr(GBytes) stored = hf_row_bytes(rows, i, 2);
    const uint8_t *hash = g_bytes_get_data(stored, &length);
    g_autoptr(GByteArray) input = g_byte_array_new();
    g_byte_array_append(input, chain, 32);
    g_byte_array_append(input, (const guint8 *)text, (guint)strlen(text));
    hf_sha256(input->data, input->len, chain);
    if (seq != expected_seq)
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                    "the audit log is broken: row %" G_GINT64_FORMAT " is missing (the next one is %" G_GINT64_FORMAT
                    "); somebody with the rights of the catalog's owner removed it",
                    expected_seq, seq);
    else if (length != 32 || memcmp(hash, chain, 32) != 0)
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                    "the audit log is broken at row %" G_GINT64_FORMAT
                    ": it or the row before was changed, by somebody "
                    "with the rights of the catalog's owner",
                    seq);
    else
        return true;
    return false;
}

static bool is_late(int64_t until_us, uint64_t rows, GError **error)
{
    if (until_us == 0 || g_get_monotonic_time() < until_us)
        return false;
    g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                "the audit log is too long to be checked now: %" G_GUINT64_FORMAT
                " rows of it fit; \"holdfast audit verify\" checks all",
                rows);
    return true;
}

bool hf_audit_verify(HfCatalog *catalog, int64_t until_us, HfAuditEnd *end, GError **error)
{
    static const char sql[] =
        "SELECT e.seq, audit_text(e), e.hash FROM audit_event e WHERE e.seq > $1::bigint ORDER BY e.seq LIMIT $2::int";
    uint8_t chain[32] = {0};
    int64_t seq = 0;
    *end = (HfAuditEnd){0};
    for (;;) {
        HfNumber after, limit;
        g_autoptr(HfPgRows) page = hf_catalog_query(
            catalog, sql, HF_PARAMETERS(hf_number(&after, seq), hf_number(&limit, ROWS_A_READ)), error);
        if (page == NULL)
            return false;
        for (size_t i = 0; i < hf_pg_rows_count(page); i++) {
            if (!check_row(page, i, ++seq, chain, error))
                return false;
            end->rows = (uint64_t)seq;
        }
        if (hf_pg_rows_count(page) < ROWS_A_READ)
            break;
        if (is_late(until_us, end->rows, error))
            return false;
    }
    g_autofree char *hash = seq > 0 ? hf_crypto_hex(chain, sizeof chain) : g_strdup("");
    g_strlcpy(end->hash, hash, sizeof end->hash);
    return true;
}

bool hf_audit_begin_only_walk(HfCatalog *catalog, bool *only, GError **error)
{
    static const char sql[] =
        "SELECT pg_try_advisory_xact_lock(1213156420, 6), set_config('statement_timeout', '10s', true)";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, NULL, error);
    *only = rows != NULL && hf_pg_rows_bool(rows, 0, 0);
    return rows != NULL;
}

bool hf_audit_last(HfCatalog *catalog, HfAuditEnd *end, GError **error)
{
    static const char sql[] = "SELECT seq, encode(hash, 'hex') FROM audit_event ORDER BY seq DESC LIMIT 1";
    g_autoptr(HfPgRows) rows = hf_catalog_query(catalog, sql, NULL, error);
    *end = (HfAuditEnd){0};
    if (rows != NULL && hf_pg_rows_count(rows) > 0) {
        end->rows = (uint64_t)hf_pg_rows_int64(rows, 0, 0);
        g_strlcpy(end->hash, hf_pg_rows_text(rows, 0, 1), sizeof end->hash);
    }
    return rows != NULL;
}

bool hf_audit_has(HfCatalog *catalog, const HfAuditEnd *end, bool *has, GError **error)
{
    static const char sql[] = "SELECT FROM audit_event WHERE seq = $1::bigint AND encode(hash, 'hex') = $2";
    HfNumber seq;
    g_autoptr(HfPgRows) rows =
        hf_catalog_query(catalog, sql, HF_PARAMETERS(hf_number(&seq, (int64_t)end->rows), end->hash), error);
    *has = rows != NULL && hf_pg_rows_count(rows) > 0;
    return rows != NULL;
}
