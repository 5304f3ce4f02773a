/*
 * Whether a migration could go into a SQL Server, step by step: what was seen at each, and for what does not fit why
 * and what to do about it. Nothing is changed there.
 */
#ifndef HF_SERVICE_MSSQL_CHECK_H
#define HF_SERVICE_MSSQL_CHECK_H

#include "base/configuration.h"
#include "base/json.h"
#include "engine/ends/mssql_encryption.h"
#include "tds/target.h"

#include <gio/gio.h>

typedef enum {
    HF_MSSQL_CHECK_NAME, /* it is known */
    HF_MSSQL_CHECK_PORT, /* something listens; of a named instance its Browser told where */
    HF_MSSQL_CHECK_TLS,  /* whose certificate it is, until when, and why it is not trusted */
    HF_MSSQL_CHECK_LOGIN,
    HF_MSSQL_CHECK_RIGHTS,
    HF_MSSQL_CHECK_VERSION, /* 2017 and newer */
    HF_MSSQL_CHECK_COLLATION,
    HF_MSSQL_CHECK_SPACE, /* of data and log, as far as the login may see it */
    HF_MSSQL_CHECK_KEYS,  /* for encryption: those of the database, and the chosen one */
    HF_MSSQL_CHECKS
} HfMssqlCheckName;

typedef enum { HF_CHECK_SKIPPED, HF_CHECK_OK, HF_CHECK_WARNING, HF_CHECK_FAILED } HfCheckState;

typedef struct {
    HfCheckState state; /* SKIPPED: one before it failed */
    char *detail, *fix; /* owned; NULL: nothing to say */
} HfMssqlCheckStep;

typedef struct {
    HfMssqlCheckStep steps[HF_MSSQL_CHECKS];
    char *version; /* "15.0.2000.5"; NULL: it did not come so far */
} HfMssqlCheck;

typedef struct {
    const HfTdsTarget *target;
    HfMssqlKeyChoice key;
    const HfConfiguration *configuration; /* of a service: its own addresses are not connected to; NULL: none */
} HfMssqlCheckOptions;

/* Takes seconds; at most half a minute for a server that does not answer. The result is to be cleared. It starts no
 * threads. */
void hf_mssql_check(const HfMssqlCheckOptions *options, GCancellable *cancellable, HfMssqlCheck *result);
void hf_mssql_check_clear(HfMssqlCheck *self);

/* "name", "port", "tls", "login", "rights", "version", "collation", "space", "keys"; "skipped", "ok", "warning",
 * "failed". Static. */
const char *hf_mssql_check_name(HfMssqlCheckName name);
const char *hf_mssql_check_state(HfCheckState state);
/* The first that failed; NULL: none. */
const HfMssqlCheckStep *hf_mssql_check_failed(const HfMssqlCheck *self);
/* Members of the object that the writer is in: "message" (the detail of the failed one, ""), "version", "steps"
 * [{"name", "state", "detail", "fix"}]. */
void hf_mssql_check_write(const HfMssqlCheck *self, HfJsonWriter *json);

#endif
