#include "api/response.h"

#include "base/error.h"

#include <string.h>

static const struct {
    HfErrorCode code;
    int status;
    const char *title, *todo;
} problems[] = {
    {HF_ERROR_USAGE, 400, "The request is wrong", "Correct what the detail names and send it again."},
    {HF_ERROR_NOT_FOUND, 404, "Not found", "Check the id; it may have been deleted, or belong to somebody else."},
    {HF_ERROR_CONFLICT, 409, "In conflict with what is there", "Look at the present state and decide again."},
    {HF_ERROR_DENIED, 403, "Not allowed", "Ask an administrator for the right."},
    {HF_ERROR_LIMIT, 413, "Too large", "Send less at once."},
    {HF_ERROR_NETWORK, 503, "Out of reach for the moment", "Try again in a moment."},
    {HF_ERROR_DATABASE, 502, "The database server refused", "Read the server's words in the detail."},
    {HF_ERROR_STORAGE, 502, "The storage failed", "Check the storage: space, rights, mount."},
    {HF_ERROR_CORRUPT, 422, "Damaged", "Take another backup."},
    {HF_ERROR_WRONG_KEY, 422, "The key does not fit", "Give the identity or passphrase that opens it."},
    {HF_ERROR_DIFFER, 422, "The data differ", "See the detail for where."},
    {HF_ERROR_CANCELLED, 409, "Cancelled", "Start it again if it is still wanted."},
    {HF_ERROR_INTERNAL, 500, "A defect of Holdfast", "Report it with the request's id; the log has the details."},
};

void hf_response_init(HfResponse *self)
{
    *self = (HfResponse){.status = 200, .headers = g_string_sized_new(256)};
}

void hf_response_clear(HfResponse *self)
{
    g_string_free(self->headers, TRUE);
    if (self->body != NULL)
        g_string_free(self->body, TRUE);
    if (self->stream != NULL)
        self->stream_free(self->stream_data);
    memset(self, 0, sizeof *self);
}

void hf_response_header(HfResponse *self, const char *name, const char *value)
{
    g_assert(strpbrk(value, "\r\n") == NULL);
    g_string_append(self->headers, name);
    g_string_append_len(self->headers, ": ", 2);
    g_string_append(self->headers, value);
    g_string_append_len(self->headers, "\r\n", 2);
}

static void take_body(HfResponse *self, int status, const char *type, GString *body)
{
    self->status = status;
    if (self->body != NULL)
        g_string_free(self->body, TRUE);
    self->body = body;
    hf_response_header(self, "Content-Type", type);
}

void hf_response_json(HfResponse *self, int status, char *json)
{
    GString *body = g_string_new(json);
    g_free(json);
    take_body(self, status, "application/json", body);
}

void hf_response_text(HfResponse *self, const char *type, GString *text)
{
    take_body(self, 200, type, text);
}

void hf_response_stream(HfResponse *self, const char *type, uint64_t bytes, HfResponseStream stream, gpointer data,
                        GDestroyNotify free)
{
    self->stream = stream;
    self->stream_data = data;
    self->stream_free = free;
    self->stream_bytes = bytes;
    hf_response_header(self, "Content-Type", type);
}

void hf_response_version(HfResponse *self, int version)
{
    g_autofree char *tag = g_strdup_printf("\"%d\"", version);
    hf_response_header(self, "ETag", tag);
}

void hf_response_problem(HfResponse *self, int status, const char *code, const char *title, const char *detail,
                         const char *todo, const HfRequest *request)
{
    GString *body = g_string_new(NULL);
    HfJsonWriter writer;
    g_autofree char *type = g_strconcat("urn:holdfast:problem:", code, NULL);
    hf_json_writer_init(&writer, body);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_string(&writer, "type", type);
    hf_json_writer_string(&writer, "title", title);
    hf_json_writer_uint64(&writer, "status", (uint64_t)status);
    hf_json_writer_string(&writer, "code", code);
    hf_json_writer_string(&writer, "detail", detail);
    hf_json_writer_string(&writer, "todo", todo);
    hf_json_writer_string(&writer, "request_id", request->id);
    hf_json_writer_end_object(&writer);
    g_string_truncate(self->headers, 0);
    take_body(self, status, "application/problem+json", body);
}

static size_t problem_of(const GError *error)
{
    size_t found = G_N_ELEMENTS(problems) - 1;
    for (size_t i = 0; error->domain == HF_ERROR && i < G_N_ELEMENTS(problems); i++)
        if ((int)problems[i].code == error->code)
            found = i;
    return found;
}

int hf_response_status(const GError *error)
{
    return problems[problem_of(error)].status;
}

void hf_response_error(HfResponse *self, const GError *error, const HfRequest *request)
{
    size_t i = problem_of(error);
    bool internal = problems[i].code == HF_ERROR_INTERNAL;
    hf_response_problem(self, problems[i].status, hf_error_code_name(problems[i].code), problems[i].title,
                        internal ? "Something that cannot be has happened." : error->message, problems[i].todo,
                        request);
}

typedef struct {
    HfOutput output;
    FCGX_Stream *out;
} Stream;

static bool write_stream(HfOutput *output, const void *data, size_t length, GError **error)
{
    const Stream *self = (Stream *)output;
    if (length <= G_MAXINT && FCGX_PutStr(data, (int)length, self->out) == (int)length)
        return true;
    g_set_error_literal(error, HF_ERROR, HF_ERROR_NETWORK, "the client is gone");
    return false;
}

static void send_stream(HfResponse *self, const HfRequest *request)
{
    g_autoptr(GError) reason = NULL;
    Stream stream = {{write_stream}, request->fcgi->out};
    if (!self->stream(self->stream_data, &stream.output, &reason))
        g_warning("request=%s the answer ends before it is whole: %s", request->id, reason->message);
}

void hf_response_send(HfResponse *self, const HfRequest *request)
{
    FCGX_Stream *out = request->fcgi->out;
    bool has_body = self->body != NULL && self->status != 204 && self->status != 304;
    bool has_length = has_body || self->stream != NULL;
    uint64_t length = has_body ? self->body->len : self->stream_bytes;
    char line[64];
    hf_response_header(self, "Cache-Control", "no-store");
    FCGX_PutStr("Status: ", 8, out);
    for (int unit = 100; unit > 0; unit /= 10)
        FCGX_PutChar('0' + self->status / unit % 10, out);
    FCGX_PutStr("\r\n", 2, out);
    FCGX_PutStr(self->headers->str, (int)self->headers->len, out);
    if (has_length)
        FCGX_PutStr(line, g_snprintf(line, sizeof line, "Content-Length: %" G_GUINT64_FORMAT "\r\n", length), out);
    FCGX_PutStr("\r\n", 2, out);
    if (has_body && !request->head)
        FCGX_PutStr(self->body->str, (int)self->body->len, out);
    else if (self->stream != NULL && !request->head)
        send_stream(self, request);
}
