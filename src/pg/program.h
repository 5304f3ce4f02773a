/*
 * PostgreSQL's own client programs: finding the right pg_dump, and running it.
 *
 * Programs are looked for in the folders of HOLDFAST_PG_PATH (colon-separated), in /usr/lib/postgresql/<major>/bin, and
 * in PATH.
 */
#ifndef HF_PG_PROGRAM_H
#define HF_PG_PROGRAM_H

#include "pg/target.h"

#include <gio/gio.h>

typedef struct {
    char *path;
    int major;
    char *version; /* "15.18 (Debian 15.18-0+deb12u1)" */
} HfPgProgram;

void hf_pg_program_free(HfPgProgram *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfPgProgram, hf_pg_program_free)

/* The newest pg_dump installed that a server of `server_major` allows (its own major or newer) and whose archives are
 * known here; if there is none, the oldest that the server allows. HF_ERROR_NOT_FOUND names the package to install.
 * Transfer full. */
HfPgProgram *hf_pg_program_find_dump(int server_major, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Runs pg_dump of the pre-data and post-data sections in the given snapshot and returns the archive (custom format, no
 * data). `arguments` (NULL-terminated) are added, and `settings` ("-c name=value …"; NULL: none) to its session, whose
 * application_name is `session_name` (without quotes or backslashes). The password of the target reaches it through a
 * memory file, never its arguments or environment, and is the only one that it uses. Its warnings are ours, and are
 * added to `warnings` (char*); on failure its last words are the error.
 */
GBytes *hf_pg_program_dump_schema(const HfPgProgram *program, const HfPgTarget *target, const char *settings,
                                  const char *session_name, const char *snapshot, const char *const *arguments,
                                  GPtrArray *warnings, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
