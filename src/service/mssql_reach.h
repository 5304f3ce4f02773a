/*
 * The way to a database of a registered SQL Server.
 */
#ifndef HF_SERVICE_MSSQL_REACH_H
#define HF_SERVICE_MSSQL_REACH_H

#include "base/configuration.h"
#include "catalog/mssql_server_table.h"
#include "crypto/seal.h"
#include "tds/target.h"

/* Whether the row is one that can be: HF_ERROR_USAGE, whose message begins with the field that is wrong ("address: …").
 */
bool hf_mssql_reach_check(const HfMssqlServerRow *server, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `password` is one that is used this once; NULL: the one that is kept. HF_ERROR_USAGE: there is neither. Nothing is
 * connected to. Transfer full. */
HfTdsTarget *hf_mssql_reach_target(const HfSealer *sealer, const HfMssqlServerRow *server, const char *database,
                                   const char *password, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For a worker, before it connects: HF_ERROR_USAGE if what answers there is Holdfast's own. */
bool hf_mssql_reach_check_not_own(const HfTdsTarget *target, const HfConfiguration *configuration, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
