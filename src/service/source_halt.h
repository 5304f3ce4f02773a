/*
 * The services of a database that is moved away, at rest: from before its snapshot on nobody gets in but superusers, of
 * whom the migration is one, as it needs more sessions by and by. So it stays once all is moved; else it is as before.
 *
 * It is the database's CONNECTION LIMIT that does it, which is 0 meanwhile.
 */
#ifndef HF_SERVICE_SOURCE_HALT_H
#define HF_SERVICE_SOURCE_HALT_H

#include "pg/connection.h"

/* Who remembers a halt for longer than this process lives, and ends it then. */
typedef struct {
    bool is_halted; /* by an earlier call, before which the limit was this: */
    int64_t connection_limit;
    /* Before it is halted. It fails: it is not. */
    bool (*on_halt)(int64_t connection_limit, gpointer data, GError **error);
    gpointer data;
} HfSourceHaltKeeper;

/* Belongs to one thread; all zero: nothing is halted. */
typedef struct {
    const HfSourceHaltKeeper *keeper; /* NULL: nobody, so hf_source_halt_end does. Borrowed, as what follows */
    const HfPgTarget *source;
    int64_t connection_limit; /* as it was; -1: none */
    bool begun;
} HfSourceHalt;

/* Whether the source, in which `pg` is a session, could be halted. HF_ERROR_DENIED: the role is no superuser.
 * HF_ERROR_CONFLICT: the limit is 0 already, and not by its keeper's doing. */
bool hf_source_halt_check(const HfSourceHaltKeeper *keeper, HfPg *pg, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `pg` is a session in the source; it goes on, and so does `spared` (may be NULL), of whatever database. Sessions that
 * do not end in some seconds are left with a warning. Errors also of hf_source_halt_check. Whatever it returns,
 * hf_source_halt_end follows. */
bool hf_source_halt_begin(HfSourceHalt *self, const HfSourceHaltKeeper *keeper, const HfPgTarget *source, HfPg *pg,
                          HfPg *spared, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* With `moved`, also where nobody knows, it stays halted, and the log says how it is opened again. Else it is opened;
 * that this fails is a warning. Nothing is done if nothing is halted, or a keeper is to do it. */
void hf_source_halt_end(HfSourceHalt *self, bool moved);

/* As hf_source_halt_end without `moved`, for its keeper. Connects to the maintenance database. */
bool hf_source_halt_open(const HfPgTarget *source, const char *maintenance_db, int64_t connection_limit, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
