/*
 * Sends a JSON document to somebody else's address, and the only user of libcurl. What is answered is bounded and
 * thrown away; only the status counts. Certificates are checked, redirects are not followed, and nothing but http and
 * https is spoken. Blocks; thread-safe.
 */
#ifndef HF_HTTP_POST_H
#define HF_HTTP_POST_H

#include <gio/gio.h>
#include <stdbool.h>

typedef struct {
    const char *url;            /* hf_http_check_url */
    const char *const *headers; /* "Name: value", NULL-terminated; may be NULL */
    const char *body;           /* JSON */
    const char *roots;          /* a PEM file of whom to trust with https; NULL: the system's */
    unsigned timeout_ms;        /* of the whole */
    GCancellable *cancellable;  /* may be NULL */
} HfHttpPost;

/* Sets the status of the answer, whatever it is. HF_ERROR_NETWORK: there was none in time;
 * HF_ERROR_DENIED: its certificate is not trusted; HF_ERROR_LIMIT: it was too long; HF_ERROR_CANCELLED. No message
 * names the URL, which may hold secrets. */
bool hf_http_post(const HfHttpPost *post, int *status, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* HF_ERROR_USAGE unless it is http or https with a host, and without a user, a password or a fragment. */
bool hf_http_check_url(const char *url, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
