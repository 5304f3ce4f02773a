/*
 * The error domain. Every fallible function takes GError **error last and sets an error of this domain whose code is
 * what a caller can act on. A message says what failed, with the values, and what to do next; it never holds a secret.
 * It is logged once, at the boundary (command line, API, worker).
 */
#ifndef HF_BASE_ERROR_H
#define HF_BASE_ERROR_H

#include <glib.h>
#include <stdbool.h>

#define HF_ERROR (hf_error_quark())

typedef enum {
    HF_ERROR_USAGE,     /* the request itself is wrong: fix the arguments */
    HF_ERROR_NOT_FOUND, /* what was named does not exist */
    HF_ERROR_CONFLICT,  /* it exists already, or is in use */
    HF_ERROR_DENIED,    /* a right is missing */
    HF_ERROR_LIMIT,     /* a bound was passed */
    HF_ERROR_NETWORK,   /* a peer could not be reached or went away; may pass */
    HF_ERROR_DATABASE,  /* the database server refused; its own words are in the message */
    HF_ERROR_STORAGE,   /* reading or writing a file or object failed */
    HF_ERROR_CORRUPT,   /* the archive is damaged or not what it claims to be */
    HF_ERROR_WRONG_KEY, /* none of the keys given opens it */
    HF_ERROR_DIFFER,    /* the comparison was made, and the data differ */
    HF_ERROR_CANCELLED, /* somebody asked to stop */
    HF_ERROR_INTERNAL,  /* a defect of ours */
} HfErrorCode;

GQuark hf_error_quark(void);

/* The code's stable name, such as "wrong-key". Static. An unknown code is "internal". */
const char *hf_error_code_name(HfErrorCode code);

/* Whether the same request may succeed later without a change by anybody. */
bool hf_error_code_may_pass(HfErrorCode code);

/* The exit status that the command line gives for an error: 2 for USAGE, 3 for DIFFER, else 1. NULL is 0. */
int hf_error_exit_status(const GError *error);

/* Sets a HF_ERROR_CANCELLED error and returns false if `cancellable` (may be NULL) is cancelled. */
struct _GCancellable;
bool hf_error_check_cancelled(struct _GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
