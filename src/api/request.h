/*
 * One HTTP request, as nginx hands it over by FastCGI. Everything is checked and bounded when it is read; the texts are
 * valid UTF-8 without control characters.
 */
#ifndef HF_API_REQUEST_H
#define HF_API_REQUEST_H

#include "base/json.h"
#include "catalog/account.h"

#include <fcgiapp.h>

#define HF_REQUEST_MAX_BODY ((size_t)1 << 20)
#define HF_REQUEST_MAX_SECRET 1000
#define HF_REQUEST_PATH_IDS 2

typedef struct {
    FCGX_Request *fcgi;             /* for a body that is streamed */
    const char *method;             /* "GET" also for HEAD; borrowed from fcgi, as the next three */
    const char *address;            /* of the client; "" if it is no address */
    const char *agent;              /* "" for none */
    const char *path;               /* as it came: encoded, with the query behind it */
    size_t path_length;             /* without the query */
    bool head;                      /* the answer has no body */
    const char *id;                 /* of the request, for the log and the client */
    GPtrArray *query;               /* name, value, name, value …, decoded; each name once */
    char *ids[HF_REQUEST_PATH_IDS]; /* what stands at {id} … in the route, decoded; filled in by the router */
    uint64_t content_length;
    HfJson *json;           /* the body, once it was read; NULL: none */
    HfPrincipal *principal; /* NULL: nobody */
    char *credential;       /* the cookie or the token; NULL: none was sent */
    char *principal_hash;   /* of it, hexadecimal; a GRefString */
    char *made_id;          /* `id`, if nginx gave none */
} HfRequest;

/* HF_ERROR_USAGE for what is malformed, HF_ERROR_LIMIT for what is too long. On false `self` is cleared all the same.
 */
bool hf_request_read(HfRequest *self, FCGX_Request *fcgi, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_request_clear(HfRequest *self);

/* A part of the path or query, percent-decoded; transfer full, NULL: it is not UTF-8 without control characters. */
char *hf_request_decode(const char *text, gssize length);
/* A header, "X-CSRF-Token"; borrowed, NULL: not there. */
const char *hf_request_header(const HfRequest *self, const char *name);
/* A cookie's value; transfer full, NULL: not there. */
char *hf_request_cookie(const HfRequest *self, const char *name);
/* A parameter of the query; borrowed, NULL: not there. */
const char *hf_request_parameter(const HfRequest *self, const char *name);

/* Reads the body as a JSON object into `json` (root: 0). An absent body is an empty object. */
bool hf_request_read_json(HfRequest *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The body has these members (NULL-terminated) and no other: HF_ERROR_USAGE. */
bool hf_request_only(const HfRequest *self, const char *const *names, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A text of the body: absent or null gives NULL. Transfer full. HF_ERROR_USAGE: another type, or empty, or longer than
 * `max` bytes, or not one line without control characters. */
bool hf_request_text(const HfRequest *self, const char *name, size_t max, char **value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same, of any characters, up to HF_REQUEST_MAX_SECRET bytes. */
bool hf_request_secret(const HfRequest *self, const char *name, char **value, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* As hf_request_text; absent is HF_ERROR_USAGE. */
bool hf_request_required(const HfRequest *self, const char *name, size_t max, char **value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* A boolean of the body; absent leaves `value` as it is and `given` (may be NULL) false. */
bool hf_request_flag(const HfRequest *self, const char *name, bool *value, bool *given, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The version in If-Match ("3" or W/"3"); 0: none or "*". HF_ERROR_USAGE for anything else. */
bool hf_request_version(const HfRequest *self, int *version, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
