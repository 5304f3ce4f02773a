/*
 * The calls of libpq that block for as long as a network is silent, each in a thread of its own, which goes on alone
 * when nobody waits for it any more. Known to this module alone.
 */
#ifndef HF_PG_BACKGROUND_H
#define HF_PG_BACKGROUND_H

#include "pg/target.h"

#include <libpq-fe.h>

/* As PQconnectdbParams: host by host, connect_timeout for each. Waits until that is done or `cancel_fd` (-1: none) is
 * ready to be read: then the result is NULL. Transfer full (PQfinish), also of a connection that failed. */
PGconn *hf_pg_background_connect(const HfPgTarget *target, int cancel_fd);

typedef struct HfPgCancel HfPgCancel;

/* Asks the server to cancel what the connection runs; returns at once. Transfer full. */
HfPgCancel *hf_pg_cancel_start(PGconn *conn);
/* Whether the server has the request, or could not be asked. */
bool hf_pg_cancel_is_done(HfPgCancel *self);
/* Waits for that. */
void hf_pg_cancel_wait(HfPgCancel *self);
/* A request under way goes on. NULL is fine. */
void hf_pg_cancel_free(HfPgCancel *self);

#endif
