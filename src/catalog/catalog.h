/*
 * The catalog: the service's own database, the truth about everything but the rows of backups. A HfCatalog is one
 * connection, opened when first needed and opened again after a loss. It belongs to one thread.
 *
 * A statement of which it is not known whether the server has run it is HF_ERROR_NETWORK; whoever repeats it must bear
 * that it was run (claims and job writes do: they name the attempt). A statement that had not been sent is repeated by
 * itself on a new connection.
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

/* Whether it answers now, in the version that this program knows. HF_ERROR_CONFLICT: another version; run "holdfast init". */
bool hf_catalog_check(HfCatalog *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A transaction around several operations; end it with commit or rollback, also after an error. They do not nest. */
bool hf_catalog_begin(HfCatalog *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool hf_catalog_commit(HfCatalog *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_catalog_rollback(HfCatalog *self);

/* For the files of this module: one statement, in the schema holdfast. */
HfPgRows *hf_catalog_query(HfCatalog *self, const char *sql, const char *const *parameters, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/*
 * Makes the catalog in the database of `owner` or brings it to this program's version, under a lock, in one
 * transaction; the role `service_role` gets the rights that the service needs and no more (made, without a password and
 * with LOGIN, if it is missing). `from` and `to` (may be NULL) give the versions; 0: there was none.
 */
bool hf_catalog_migrate(const HfPgTarget *owner, const char *service_role, int *from, int *to, GCancellable *cancellable,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
