/*
 * What the files of this folder share. The only place of the tree that knows FreeTDS.
 */
#ifndef HF_TDS_CONNECTION_PRIVATE_H
#define HF_TDS_CONNECTION_PRIVATE_H

#include "tds/connection.h"

#include <sybfront.h>

#include <sybdb.h>

#define HF_TDS_DEFAULT_PORT 1433
#define HF_TDS_MAX_LOGIN_BYTES 128 /* of FreeTDS, for a user, a password or a database */

#define UNIQUEIDENTIFIER 36 /* of the protocol; FreeTDS's headers keep it to themselves */

struct HfTdsTarget {
    char *host;
    char *instance; /* NULL: the port says it */
    unsigned port;
    char *database;
    char *user;
    char *password; /* NULL: none yet */
    char *root;     /* certificates in PEM; NULL: those of the system */
    char *root_name;
    bool any_certificate;
    char *description;
};

struct HfTds {
    DBPROCESS *process;
    GCancellable *cancellable;
    char *describe;
    /* The first error since the last call began: of the server (number > 0) or of the library. */
    char *problem;
    int number;
    bool of_server;
    bool cancelled;
    bool selecting; /* rows of a SELECT are not all read */
    unsigned columns;
    /* Of the bulk load at hand. */
    char *table;
    bool started;    /* a row was sent */
    uint8_t *values; /* of bulk.c: where db-lib reads the row's values */
};

/* Forgets what the last call had to tell. */
void hf_tds_begin(HfTds *self);
/* Sets the error of what failed since hf_tds_begin; `what` is what we were doing. Returns false. */
bool hf_tds_fail(HfTds *self, const char *what, GError **error);
/* Between the order of a uniqueidentifier, whose first three groups are little endian, and the one that is printed. */
void hf_tds_swap_uuid(uint8_t *to, const uint8_t *from);
/* Whether the server or the library has told an error since hf_tds_begin. */
bool hf_tds_has_problem(const HfTds *self);

#endif
