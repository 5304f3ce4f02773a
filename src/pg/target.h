/*
 * Where to connect: a libpq connection string or URI that holds no password, with the password kept apart and wiped
 * when freed. Immutable after it is made, so threads may share it.
 */
#ifndef HF_PG_TARGET_H
#define HF_PG_TARGET_H

#include <glib.h>
#include <stdbool.h>

typedef struct HfPgTarget HfPgTarget;

/* `password` NULL leaves it to libpq (pgpass, service file, PGPASSWORD). HF_ERROR_USAGE for a string that libpq does
 * not take, or that has a password inside: the message names the ways to give one. Transfer full. */
HfPgTarget *hf_pg_target_new(const char *conninfo, const char *password, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same, alone: libpq looks nowhere else for a password or a client certificate, neither in the environment nor in
 * files of whoever runs this. Transfer full. */
HfPgTarget *hf_pg_target_alone(const HfPgTarget *self);
bool hf_pg_target_is_alone(const HfPgTarget *self);
/* The same, discreet or not: what its connections say in errors and in the log names no values of rows. One that is
 * made new is not. Transfer full. */
HfPgTarget *hf_pg_target_discreet(const HfPgTarget *self, bool discreet);
bool hf_pg_target_is_discreet(const HfPgTarget *self);
/* The same server, another database. Transfer full. */
HfPgTarget *hf_pg_target_with_database(const HfPgTarget *self, const char *database);
/* The same at this address, whatever its name means meanwhile (NULL: as it was). Transfer full. */
HfPgTarget *hf_pg_target_at(const HfPgTarget *self, const char *address);
HfPgTarget *hf_pg_target_with_password(const HfPgTarget *self, const char *password);
void hf_pg_target_free(HfPgTarget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfPgTarget, hf_pg_target_free)

/* The database that a connection would name: from the string, the environment or the user's name. Borrowed. */
const char *hf_pg_target_database(const HfPgTarget *self);
/* "shop at db.example:5432", for messages. Borrowed. */
const char *hf_pg_target_describe(const HfPgTarget *self);

/* "db.example:5432", for messages. Borrowed. */
const char *hf_pg_target_server(const HfPgTarget *self);
/* The option by which who calls names a file with the password, for messages: "--password-file" unless it was set.
 * Static; set before the target is shared, and its copies have it too. */
void hf_pg_target_set_password_option(HfPgTarget *self, const char *option);
const char *hf_pg_target_password_option(const HfPgTarget *self);
/* Where a password comes from, for messages; NULL if there is none or libpq tells it (of its password file). Transfer
 * full. */
char *hf_pg_target_password_source(const HfPgTarget *self);

/* For libpq: parallel arrays of keywords and values, NULL-terminated, borrowed. The password is among them. The first
 * is a "dbname" to be expanded if the target is alone; none else is. */
void hf_pg_target_parameters(const HfPgTarget *self, const char *const **keywords, const char *const **values);
/* The connection string without the password, for a client program. Borrowed. */
const char *hf_pg_target_conninfo(const HfPgTarget *self);
/* NULL if none was given. Borrowed. */
const char *hf_pg_target_password(const HfPgTarget *self);

#endif
