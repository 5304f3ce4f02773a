/*
 * The last step of a restore and of an undo: a database gets its final name, and what had that name is kept.
 */
#ifndef HF_ENGINE_ENDS_POSTGRES_SWAP_H
#define HF_ENGINE_ENDS_POSTGRES_SWAP_H

#include "engine/ends/postgres_copies.h"

typedef struct {
    const HfPgTarget *target; /* has the final name; connections go to a maintenance database of its server */
    const char *maintenance_db;
    const char *replacement; /* the database that gets the name */
    const char *statements;  /* SQL about it for the same transaction; NULL: none */
    const char *comment;     /* its comment then; NULL: none */
    HfCopy *kept;            /* what has the name now becomes this copy, and its stamp is set; NULL: nobody has it */
    GCancellable *cancellable;
} HfSwap;

typedef enum {
    HF_SWAP_MADE,
    HF_SWAP_NOT_MADE, /* nothing was changed */
    HF_SWAP_IN_DOUBT, /* no answer came, and the server could not be asked since */
} HfSwapOutcome;

/*
 * In one transaction: the names, the notes and comments, ALLOW_CONNECTIONS (the one kept is closed), and whether it is
 * a template. The sessions of both databases are ended. Nobody can connect from the first RENAME to the commit: that
 * time is *downtime_s, and a try that takes 1.8 s is given up. After a few tries it is HF_ERROR_CONFLICT, which names
 * who holds the database. The error is set unless the outcome is MADE.
 */
HfSwapOutcome hf_postgres_swap(const HfSwap *swap, double *downtime_s, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
