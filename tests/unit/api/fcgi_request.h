/* A request as libfcgi hands it over, made in memory. */
#ifndef HF_TESTS_FCGI_REQUEST_H
#define HF_TESTS_FCGI_REQUEST_H

#include "api/request.h"

#include <string.h>

typedef struct {
    FCGX_Request fcgi;
    FCGX_Stream in;
    HfRequest request;
} Made;

static void end_stream(FCGX_Stream *stream)
{
    stream->isClosed = 1;
}

/* `parameters` are "NAME=value", NULL-terminated, and like the body borrowed. False: the request is refused. */
static bool read_made(Made *self, const char *const *parameters, const char *body, size_t length, GError **error)
{
    unsigned char *start = (unsigned char *)body;
    *self = (Made){.in = {.rdNext = start, .stop = start + length, .isReader = 1, .fillBuffProc = end_stream}};
    self->fcgi.envp = (char **)parameters;
    self->fcgi.in = &self->in;
    return hf_request_read(&self->request, &self->fcgi, error);
}

#endif
