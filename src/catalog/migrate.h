/*
 * Making the catalog and bringing it forward: src/catalog/migrations holds numbered files of SQL, each applied once and
 * never changed once released; views.sql is applied anew each time.
 */
#ifndef HF_CATALOG_MIGRATE_H
#define HF_CATALOG_MIGRATE_H

#include "pg/target.h"

#include <gio/gio.h>

/* The version that this program knows: the number of the last file. */
int hf_catalog_version(void);
/* The digest of views.sql, hexadecimal, transfer full. */
char *hf_catalog_views_digest(void);

/*
 * Makes the catalog in the database of `owner` or brings it to this program's version, under a lock, in one
 * transaction; the role `service_role` gets the rights that the service needs and no more (made, without a password and
 * with LOGIN, if it is missing; HF_ERROR_USAGE if it could act as the owner). `from` and `to` give the versions; 0:
 * there was none. HF_ERROR_CONFLICT: the catalog is newer than this program, or was made from other files.
 */
bool hf_catalog_migrate(const HfPgTarget *owner, const char *service_role, int *from, int *to,
                        GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
