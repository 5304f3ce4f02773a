#include "cli/report.h"

#include "base/error.h"
#include "cli/text.h"
#include "storage/storage.h"

#include <stdarg.h>
#include <unistd.h>

static int report_fd = STDOUT_FILENO;
static bool reported;

void hf_report_set_fd(int fd)
{
    report_fd = fd;
}

static void write_outcome(HfJsonWriter *json, const GError *failure)
{
    hf_json_writer_bool(json, "ok", failure == NULL);
    if (failure == NULL) {
        hf_json_writer_string(json, "error", NULL);
        return;
    }
    HfErrorCode code = failure->domain == HF_ERROR ? (HfErrorCode)failure->code : HF_ERROR_INTERNAL;
    hf_json_writer_begin_object(json, "error");
    hf_json_writer_string(json, "code", hf_error_code_name(code));
    hf_json_writer_string(json, "message", failure->message);
    hf_json_writer_end_object(json);
}

void hf_report_begin(HfReport *self, bool json, const GError *failure)
{
    *self = (HfReport){.text = g_string_new(NULL), .is_json = json};
    reported = true;
    if (!json)
        return;
    hf_json_writer_init(&self->json, self->text);
    hf_json_writer_begin_object(&self->json, NULL);
    write_outcome(&self->json, failure);
}

void hf_report_line(HfReport *self, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *line = g_strdup_vprintf(format, list);
    va_end(list);
    g_autofree char *printable = hf_text_printable(line);
    g_string_append_printf(self->text, "%s\n", printable);
}

bool hf_report_end(HfReport *self, bool ok, GError **error)
{
    if (self->is_json) {
        hf_json_writer_end_object(&self->json);
        g_string_append_c(self->text, '\n');
    }
    g_autoptr(HfStoragePut) put =
        hf_storage_stream_put(report_fd, report_fd == STDOUT_FILENO ? "standard output" : "standard error");
    bool printed =
        self->text->len == 0 || hf_output_write(&put->output, self->text->str, self->text->len, ok ? error : NULL);
    g_string_free(self->text, TRUE);
    self->text = NULL;
    return ok && printed;
}

void hf_report_failure(bool json, const GError *failure)
{
    HfReport text;
    if (!json || reported)
        return;
    hf_report_begin(&text, json, failure);
    g_autoptr(GError) reason = NULL;
    if (!hf_report_end(&text, false, &reason) && reason != NULL)
        g_debug("%s", reason->message);
}
