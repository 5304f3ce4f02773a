/*
 * SQL Servers that databases are moved to.
 */
#ifndef HF_CATALOG_MSSQL_SERVER_TABLE_H
#define HF_CATALOG_MSSQL_SERVER_TABLE_H

#include "catalog/noun.h"

/* Fields: name, address, username, password (null: it is asked for each time), tls_root, any_certificate, pool. */
extern const HfNoun hf_noun_mssql_server;

#define HF_MSSQL_PASSWORD "mssql_server password" /* what the sealer is told */

/* What a worker needs to connect. */
typedef struct {
    char *id, *organization, *name, *address, *username, *tls_root, *pool;
    bool any_certificate;
    GBytes *password; /* sealed; NULL: none */
} HfMssqlServerRow;
HfMssqlServerRow *hf_mssql_server_get(HfCatalog *catalog, const char *organization, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_mssql_server_row_free(HfMssqlServerRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfMssqlServerRow, hf_mssql_server_row_free)

#endif
