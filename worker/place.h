/*
 * A registered database where it is: for jobs about the database itself.
 */
#ifndef WORKER_PLACE_H
#define WORKER_PLACE_H

#include "catalog/server_table.h"
#include "worker/job_kind.h"

/* The way to a database of a registered server, which is none of Holdfast's own: see service/own_server.h. `database`
 * NULL: the maintenance database. Discreet, as who sees a job's error and log may not read rows. Connects once.
 * Transfer full. */
HfPgTarget *hf_worker_reach(const HfJobRun *run, const HfServerRow *server, const char *database, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* After a failure: whether the server does not have the database any more is asked of the server itself, and noted for
 * the alarms. */
void hf_worker_note_missing(const HfJobRun *run, const HfServerRow *server, const HfDatabaseRow *database);

typedef struct {
    HfServerRow *server;
    HfDatabaseRow *database;
    HfPgTarget *target;
} HfPlace;

/* Of the job's database. Filled in as far as it came, also on failure. */
bool hf_place_open(HfPlace *self, const HfJobRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_place_close(HfPlace *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HfPlace, hf_place_close)

#endif
