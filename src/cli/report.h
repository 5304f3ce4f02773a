/*
 * What a command says when it is done: lines for people, or with --json one object on one line, in which every command
 * has "ok" and "error" ({"code", "message"}, or null). Each command fills it as it likes in between.
 */
#ifndef HF_CLI_REPORT_H
#define HF_CLI_REPORT_H

#include "base/json.h"

typedef struct {
    GString *text;     /* what people read; with is_json unused */
    HfJsonWriter json; /* at the end of the object's members */
    bool is_json;
} HfReport;

/* Where results go; standard output unless a command says otherwise before its work. */
void hf_report_set_fd(int fd);

/* Begins it: an object with "ok" and "error" by `failure` (may be NULL), or no line. */
void hf_report_begin(HfReport *self, bool json, const GError *failure);
/* One line for people. */
void hf_report_line(HfReport *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Prints it, frees it, and returns `ok`; false also if it could not be printed (the error is set if there is none yet).
 */
bool hf_report_end(HfReport *self, bool ok, GError **error);

/* For a failure before there was a result: with `json`, and unless a report was made, an object of "ok" and "error"
 * alone. */
void hf_report_failure(bool json, const GError *failure);

#endif
