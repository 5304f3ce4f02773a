/*
 * The answer to a request: collected, then sent at once; a long body is made while it is sent.
 */
#ifndef HF_API_RESPONSE_H
#define HF_API_RESPONSE_H

#include "api/request.h"
#include "base/io.h"

/* Writes a body of the length that was told. After a failure less comes than that, so that the client sees it. */
typedef bool (*HfResponseStream)(gpointer data, HfOutput *output, GError **error);

typedef struct {
    int status; /* 200 unless set */
    GString *headers;
    GString *body;           /* NULL: none */
    HfResponseStream stream; /* NULL: none; instead of a body */
    gpointer stream_data;
    GDestroyNotify stream_free;
    uint64_t stream_bytes;
} HfResponse;

void hf_response_init(HfResponse *self);
void hf_response_clear(HfResponse *self);

/* Values are ours or checked: a line break in one is a broken invariant. */
void hf_response_header(HfResponse *self, const char *name, const char *value);
/* Takes `json`. */
void hf_response_json(HfResponse *self, int status, char *json);
/* Takes `text`. */
void hf_response_text(HfResponse *self, const char *type, GString *text);
/* Takes `data`. */
void hf_response_stream(HfResponse *self, const char *type, uint64_t bytes, HfResponseStream stream, gpointer data,
                        GDestroyNotify free);
/* ETag of a version. */
void hf_response_version(HfResponse *self, int version);

/*
 * A problem document (RFC 9457): "type" and "code" are the error code's stable name, "title" what kind of problem it
 * is, "detail" the message, "todo" what to do. Internal errors are told without their message, which goes to the log.
 */
void hf_response_problem(HfResponse *self, int status, const char *code, const char *title, const char *detail,
                         const char *todo, const HfRequest *request);
/* The problem that an error is. */
void hf_response_error(HfResponse *self, const GError *error, const HfRequest *request);
/* The status that hf_response_error gives. */
int hf_response_status(const GError *error);

void hf_response_send(HfResponse *self, const HfRequest *request);

#endif
