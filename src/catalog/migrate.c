#include "catalog/migrate.h"

#include "base/error.h"
#include "catalog/row.h"
#include "pg/connection.h"

#include "src/catalog/catalog_sql.h"

#include <string.h>

int hf_catalog_version(void)
{
    return G_N_ELEMENTS(migrations);
}

char *hf_catalog_views_digest(void)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, views, -1);
}

/* The files name the role as psql's variable, so that they can be run by hand too. */
static bool run_file(HfPg *pg, const char *sql, const char *role, GError **error)
{
    g_autofree char *quoted = hf_pg_quote_ident(role);
    g_auto(GStrv) pieces = g_strsplit(sql, ":\"service_role\"", -1);
    g_autofree char *text = g_strjoinv(quoted, pieces);
    return hf_pg_exec(pg, text, error);
}

static bool note(HfPg *pg, int version, const char *name, const char *digest, GError **error)
{
    HfNumber number;
    g_autoptr(HfPgRows) rows = hf_pg_query(
        pg,
        "INSERT INTO migration VALUES ($1::int, $2, $3, now()) ON CONFLICT (version) DO UPDATE SET digest = "
        "excluded.digest, applied_at = excluded.applied_at",
        HF_PARAMETERS(hf_number(&number, version), name, digest), error);
    return rows != NULL;
}

static bool apply(HfPg *pg, int version, const char *role, GError **error)
{
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, migrations[version - 1].sql, -1);
    if (run_file(pg, migrations[version - 1].sql, role, error) &&
        note(pg, version, migrations[version - 1].name, digest, error))
        return true;
    g_prefix_error(error, "migration %s: ", migrations[version - 1].name);
    return false;
}

/* What was applied must be what this program holds: its number in *from. */
static bool check_applied(HfPg *pg, int *from, GError **error)
{
    g_autoptr(HfPgRows) rows =
        hf_pg_query(pg, "SELECT version, name, digest FROM migration WHERE version > 0 ORDER BY version", NULL, error);
    *from = rows != NULL ? (int)hf_pg_rows_count(rows) : 0;
    if (rows == NULL)
        return false;
    if (*from > hf_catalog_version()) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                    "the catalog has version %d and this program knows %d: use the "
                    "newer program",
                    *from, hf_catalog_version());
        return false;
    }
    for (int i = 0; i < *from; i++) {
        g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, migrations[i].sql, -1);
        if (hf_pg_rows_int64(rows, (size_t)i, 0) == i + 1 && strcmp(digest, hf_pg_rows_text(rows, (size_t)i, 2)) == 0)
            continue;
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                    "migration %s was applied from another file than this program has: use the program that made this "
                    "catalog, or a newer one",
                    hf_pg_rows_text(rows, (size_t)i, 1));
        return false;
    }
    return true;
}

/* The service's own role: made if it is missing, refused if it could undo what keeps it in bounds. */
static bool prepare_role(HfPg *pg, const char *role, GError **error)
{
    g_autofree char *quoted = hf_pg_quote_ident(role);
    g_autoptr(HfPgRows) rows =
        hf_pg_query(pg, "SELECT pg_has_role(r.oid, current_user, 'MEMBER') FROM pg_roles r WHERE r.rolname = $1",
                    HF_PARAMETERS(role), error);
    if (rows == NULL)
        return false;
    if (hf_pg_rows_count(rows) == 0)
        return hf_pg_execf(pg, error, "CREATE ROLE %s LOGIN", quoted);
    if (!hf_pg_rows_bool(rows, 0, 0))
        return true;
    g_set_error(
        error, HF_ERROR, HF_ERROR_USAGE,
        "the service must not use the role %s, which can act as the owner of the catalog and so change the audit "
        "log: name another role, which need not exist yet",
        role);
    return false;
}

static bool migrate(HfPg *pg, const char *role, int *from, GError **error)
{
    g_autofree char *digest = hf_catalog_views_digest();
    if (!check_applied(pg, from, error) || !prepare_role(pg, role, error))
        return false;
    for (int version = *from + 1; version <= hf_catalog_version(); version++)
        if (!apply(pg, version, role, error))
            return false;
    return run_file(pg, views, role, error) && note(pg, 0, "views", digest, error);
}

bool hf_catalog_migrate(const HfPgTarget *owner, const char *service_role, int *from, int *to,
                        GCancellable *cancellable, GError **error)
{
    static const char begin[] =
        "BEGIN; SELECT pg_advisory_xact_lock(1213156420, 1); CREATE SCHEMA IF NOT EXISTS holdfast; "
        "SET LOCAL search_path = holdfast, pg_temp; SET LOCAL check_function_bodies = on; "
        "CREATE TABLE IF NOT EXISTS migration (version int PRIMARY KEY, name text NOT NULL, digest text NOT NULL, "
        "applied_at timestamptz NOT NULL)";
    bool in_doubt;
    *to = hf_catalog_version();
    g_autoptr(HfPg) pg = hf_pg_connect(owner, cancellable, error);
    return pg != NULL && hf_pg_exec(pg, begin, error) && migrate(pg, service_role, from, error) &&
           hf_pg_commit(pg, &in_doubt, error);
}
