/* A backup of some schemas or tables: what pg_dump leaves out of its archive though a restore needs it. */
#ifndef HF_ENGINE_ENDS_POSTGRES_PARTIAL_H
#define HF_ENGINE_ENDS_POSTGRES_PARTIAL_H

#include "pg/connection.h"

/*
 * Makes of pg_dump's archive of a part of a database one that can be restored by itself: adds the schemas that the
 * objects are in, with owners and grants, and takes out foreign keys to tables that are not in it; `by_exclusion`, of all
 * but what is excluded, also the views, functions … that need what is excluded. What is taken out, and what else the
 * objects need that is not there (types, functions, extensions, other tables), is told by `warn`. `pg` is in the snapshot of the archive. Transfer full.
 */
GBytes *hf_postgres_complete_schema(HfPg *pg, GBytes *archive, bool by_exclusion,
                                    void (*warn)(gpointer data, const char *text), gpointer data, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
