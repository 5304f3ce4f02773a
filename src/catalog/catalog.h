/*
 * The catalog: the service's own database, the truth about everything but the rows of backups. A HfCatalog is one
 * connection, opened when first needed and opened again after a loss. It belongs to one thread.
 *
 * A statement of which it is not known whether the server has run it is HF_ERROR_NETWORK; whoever repeats it must bear
 * that it was run (claims and job writes do: they name the attempt). A connection that was lost while it was idle is
 * opened again by itself. A catalog that is away is tried at each call; connecting may take 10 seconds.
 *
 * Values go in as texts and come out as JSON made by PostgreSQL in the shape that www/openapi.yaml gives them
 * (docs/adr/0014): the representation of a noun stands once, in views.sql.
 */
#ifndef HF_CATALOG_CATALOG_H
#define HF_CATALOG_CATALOG_H

#include "pg/connection.h"

typedef struct HfCatalog HfCatalog;

/* `target` is borrowed for its life. Does not connect. Transfer full. */
HfCatalog *hf_catalog_new(const HfPgTarget *target, GCancellable *cancellable);
void hf_catalog_free(HfCatalog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfCatalog, hf_catalog_free)

/* Whether it answers now, in the version that this program knows. HF_ERROR_CONFLICT: another one; run "holdfast init".
 */
bool hf_catalog_check(HfCatalog *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The identifier of the server that the catalog is on, and the catalog's database. Both transfer full. */
bool hf_catalog_identify(HfCatalog *self, char **system, char **database, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * A transaction around several operations; end it with commit or rollback, also after an error (commit fails with
 * HF_ERROR_CONFLICT if an operation in it has failed). They do not nest. hf_audit_append comes last in it: it makes
 * every other writer of the audit log wait for the end.
 */
bool hf_catalog_begin(HfCatalog *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool hf_catalog_commit(HfCatalog *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_catalog_rollback(HfCatalog *self);
bool hf_catalog_in_transaction(const HfCatalog *self);

/* A leader that has not asked for so long stands still, and loses the lead to whoever asks. */
#define HF_CATALOG_LEADER_S 20
/* Whether this connection is the leader's: it stays so until it is lost. Ask at each turn. */
bool hf_catalog_lead(HfCatalog *self, bool *leader, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the same may succeed later: besides what hf_error_code_may_pass says, what has waited too long for a lock, or
 * was in the way of another. The transaction is lost. */
bool hf_catalog_may_pass(const GError *error);

/* For the files of this module: one statement, in the schema holdfast. What the server refuses because of the values is
 * HF_ERROR_USAGE or HF_ERROR_CONFLICT in our words. */
HfPgRows *hf_catalog_query(HfCatalog *self, const char *sql, const char *const *parameters, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool hf_catalog_do(HfCatalog *self, const char *sql, const char *const *parameters, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The first column of the first row, transfer full; NULL without error: no row, or NULL. */
char *hf_catalog_text(HfCatalog *self, const char *sql, const char *const *parameters, GError **error);

#endif
