/*
 * Columns that SQL Server keeps encrypted (ENCRYPTBYKEY, AES_256): what may be encrypted, the key, and the T-SQL that
 * goes there and back. What is encrypted is a value's text in UTF-16, or its bytes; docs/adr/0020 says why.
 */
#ifndef HF_ENGINE_ENDS_MSSQL_ENCRYPTION_H
#define HF_ENGINE_ENDS_MSSQL_ENCRYPTION_H

#include "engine/ends/mssql_map.h"
#include "engine/ends/mssql_plan.h"
#include "tds/connection.h"

#define HF_MSSQL_ENCRYPTED_TYPE "varbinary(8000)"
/* What a value may have before, so that it has at most 8,000 bytes after. */
#define HF_MSSQL_MAX_PLAIN_BYTES 7926

/* Whether the columns that the map wants to be encrypted are there, and in nothing that looks at their values: keys,
 * indexes, checks, identities, generated columns. HF_ERROR_USAGE. */
bool hf_mssql_encryption_check(const HfMssqlMap *map, const HfNeutralModel *model, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Whether a custom key is there, is of AES_256 and opens by its certificate: HF_ERROR_NOT_FOUND, HF_ERROR_USAGE or what
 * the server says. */
bool hf_mssql_key_check(HfTds *tds, const HfMssqlKeyChoice *choice, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of the database; what the default key is made with. */
bool hf_mssql_key_has_master(HfTds *tds, bool *there, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes what is not there yet of the default key (the master key with `password`: HF_ERROR_USAGE if that is NULL or
 * cannot be one), and then checks it as a custom one. */
bool hf_mssql_key_ensure(HfTds *tds, const HfMssqlKeyChoice *choice, const char *password, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* "OPEN SYMMETRIC KEY [a] DECRYPTION BY CERTIFICATE [b]", "CLOSE SYMMETRIC KEY [a]". Transfer full. */
char *hf_mssql_key_open_sql(const HfMssqlKeyChoice *choice);
char *hf_mssql_key_close_sql(const HfMssqlKeyChoice *choice);
/* What a script needs to make the default key; the password is left open. Transfer full. */
char *hf_mssql_key_script(void);

/* A value of the column's type encrypted, while the key is open; and back. `sql` is the value. Transfer full. */
char *hf_mssql_encrypt_sql(const HfMssqlColumn *column, const HfMssqlKeyChoice *choice, const char *sql);
char *hf_mssql_decrypt_sql(const HfMssqlColumn *column, const char *sql);

#endif
