/*
 * Whether a database lets anybody in: for the moment in which what is behind its name is replaced.
 */
#ifndef HF_SERVICE_ADMISSION_H
#define HF_SERVICE_ADMISSION_H

#include "pg/connection.h"

/* New connections are refused, also those of superusers, and open sessions are ended, apart from `spared` (may be
 * NULL). Sessions that the role may not end are waited for some seconds, and then left with a warning. */
bool hf_admission_close(const HfPgTarget *target, const char *maintenance_db, HfPg *spared, GCancellable *cancellable,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The sessions of clients in a database are ended so, but for `spared` and `spared_too` (each may be NULL). */
bool hf_admission_end_sessions(HfPg *pg, const char *database, HfPg *spared, HfPg *spared_too, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whoever has the target's name now lets in again. */
bool hf_admission_open(const HfPgTarget *target, const char *maintenance_db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
