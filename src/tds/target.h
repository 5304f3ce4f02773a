/*
 * Where a SQL Server is, and how to log in. The password is kept apart and wiped when freed. Immutable after it is
 * made, so threads may share it.
 */
#ifndef HF_TDS_TARGET_H
#define HF_TDS_TARGET_H

#include <glib.h>
#include <stdbool.h>

typedef struct HfTdsTarget HfTdsTarget;

typedef struct {
    const char *server; /* "db.example", "db.example:1433", "[::1]:1433" or "db.example\SALES" */
    const char *database;
    const char *user; /* "mover", or "DOMAIN\mover" for Windows (NTLM); NULL: whose Kerberos ticket is there */
    const char *password;
    const char *root_file; /* PEM; NULL: the roots of the system */
    bool any_certificate;  /* encrypt, but do not look at whose certificate it is */
} HfTdsTargetOptions;

/* HF_ERROR_USAGE for what cannot be, HF_ERROR_STORAGE for a root file that cannot be read: it is read now. The password
 * may be NULL until it is asked for. Transfer full. */
HfTdsTarget *hf_tds_target_new(const HfTdsTargetOptions *options, GError **error) G_GNUC_WARN_UNUSED_RESULT;
HfTdsTarget *hf_tds_target_with_password(const HfTdsTarget *self, const char *password);
void hf_tds_target_free(HfTdsTarget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfTdsTarget, hf_tds_target_free)

/* Borrowed. */
const char *hf_tds_target_database(const HfTdsTarget *self);
const char *hf_tds_target_host(const HfTdsTarget *self);
const char *hf_tds_target_user(const HfTdsTarget *self); /* NULL: that of the ticket */
/* In PEM; NULL: those of the system. */
const char *hf_tds_target_root(const HfTdsTarget *self);
/* "shop at db.example:1433", for messages. Borrowed. */
const char *hf_tds_target_describe(const HfTdsTarget *self);
bool hf_tds_target_takes_any_certificate(const HfTdsTarget *self);
bool hf_tds_target_has_password(const HfTdsTarget *self);

#endif
