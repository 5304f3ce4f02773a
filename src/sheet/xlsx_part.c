/*
 * expat parses what libzip inflates, 64 KiB at a time, so that a part of any size takes no more memory than that; its
 * own bounds hold against what XML can be made to swell to, and a document type, of which a workbook has none, ends it.
 * A handler that has a whole row pauses the parser, which goes on from there.
 */
#include "sheet/xlsx_part.h"

#include "base/error.h"

#include <expat.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#define CHUNK_BYTES 65536
#define MAX_DEPTH 64
#define MAX_ENTRIES 100000
#define MAX_TOKEN_BYTES ((guint64)4 << 20) /* one tag, which the parser keeps whole */

struct HfXlsxZip {
    zip_t *zip;
    char *label;
    guint64 bytes;
};

struct HfXlsxPart {
    HfXlsxZip *zip;
    const char *part;
    zip_file_t *file;
    XML_Parser parser;
    const HfXlsxHandlers *handlers;
    gpointer data;
    GCancellable *cancellable;
    GError *failure;
    guint64 bytes, max_bytes;
    guint64 parsed; /* at the last call of a handler */
    unsigned depth;
    bool paused, last;
};

/* ---- The zip -------------------------------------------------------------------------------------------------------
 */

HfXlsxZip *hf_xlsx_zip_open(int fd, const char *label, GError **error)
{
    int reason = 0, own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    zip_t *zip = own >= 0 && lseek(own, 0, SEEK_SET) == 0 ? zip_fdopen(own, 0, &reason) : NULL;
    if (zip == NULL) {
        zip_error_t words;
        zip_error_init_with_code(&words, reason);
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "%s is no workbook (XLSX): %s", label,
                    own >= 0 ? zip_error_strerror(&words) : "it cannot be read at any place");
        zip_error_fini(&words);
        if (own >= 0)
            close(own);
        return NULL;
    }
    struct stat info;
    HfXlsxZip *self = g_new0(HfXlsxZip, 1);
    self->zip = zip;
    self->bytes = fstat(fd, &info) == 0 ? (guint64)info.st_size : 0;
    self->label = g_strdup(label);
    if (zip_get_num_entries(zip, 0) > MAX_ENTRIES) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "%s has more than %d parts", label, MAX_ENTRIES);
        g_clear_pointer(&self, hf_xlsx_zip_close);
    }
    return self;
}

void hf_xlsx_zip_close(HfXlsxZip *self)
{
    zip_discard(self->zip);
    g_free(self->label);
    g_free(self);
}

guint64 hf_xlsx_zip_bytes(const HfXlsxZip *self)
{
    return self->bytes;
}

bool hf_xlsx_zip_has(HfXlsxZip *self, const char *part)
{
    return zip_name_locate(self->zip, part, 0) >= 0;
}

/* ---- Handlers ------------------------------------------------------------------------------------------------------
 */

const char *hf_xlsx_attribute(const char **attributes, const char *name)
{
    for (; *attributes != NULL; attributes += 2)
        if (strcmp(*attributes, name) == 0)
            return attributes[1];
    return NULL;
}

static const char *without_prefix(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

static void on_start(void *data, const XML_Char *element, const XML_Char **attributes)
{
    HfXlsxPart *self = data;
    self->parsed = self->bytes;
    if (++self->depth > MAX_DEPTH)
        hf_xlsx_part_fail(self, g_error_new(HF_ERROR, HF_ERROR_LIMIT, "elements are nested deeper than %d", MAX_DEPTH));
    else if (self->failure == NULL && self->handlers->start != NULL)
        self->handlers->start(self->data, without_prefix(element), attributes);
}

static void on_end(void *data, const XML_Char *element)
{
    HfXlsxPart *self = data;
    self->parsed = self->bytes;
    self->depth--;
    if (self->failure == NULL && self->handlers->end != NULL)
        self->handlers->end(self->data, without_prefix(element));
}

static void on_text(void *data, const XML_Char *text, int length)
{
    HfXlsxPart *self = data;
    self->parsed = self->bytes;
    if (self->failure == NULL && self->handlers->text != NULL)
        self->handlers->text(self->data, text, length);
}

static void on_doctype(void *data, const XML_Char *name, const XML_Char *system_id, const XML_Char *public_id,
                       int subset)
{
    (void)name;
    (void)system_id;
    (void)public_id;
    (void)subset;
    hf_xlsx_part_fail(data, g_error_new(HF_ERROR, HF_ERROR_CORRUPT, "it has a document type, as no workbook does"));
}

void hf_xlsx_part_pause(HfXlsxPart *self)
{
    self->paused = true;
    XML_StopParser(self->parser, XML_TRUE);
}

void hf_xlsx_part_fail(HfXlsxPart *self, GError *error)
{
    if (self->failure != NULL) {
        g_error_free(error);
        return;
    }
    self->failure = error;
    XML_StopParser(self->parser, XML_FALSE);
}

/* ---- The part ------------------------------------------------------------------------------------------------------
 */

HfXlsxPart *hf_xlsx_part_open(HfXlsxZip *zip, const char *part, guint64 max_bytes, const HfXlsxHandlers *handlers,
                              gpointer data, GCancellable *cancellable, GError **error)
{
    zip_file_t *file = zip_fopen(zip->zip, part, 0);
    if (file == NULL) {
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "%s: its part %s cannot be read: %s", zip->label, part,
                    zip_strerror(zip->zip));
        return NULL;
    }
    HfXlsxPart *self = g_new0(HfXlsxPart, 1);
    *self = (HfXlsxPart){.zip = zip,
                         .part = part,
                         .file = file,
                         .parser = XML_ParserCreate(NULL),
                         .handlers = handlers,
                         .data = data,
                         .cancellable = cancellable,
                         .max_bytes = max_bytes};
    XML_SetUserData(self->parser, self);
    XML_SetElementHandler(self->parser, on_start, on_end);
    XML_SetCharacterDataHandler(self->parser, on_text);
    XML_SetStartDoctypeDeclHandler(self->parser, on_doctype);
    return self;
}

void hf_xlsx_part_close(HfXlsxPart *self)
{
    if (self == NULL)
        return;
    XML_ParserFree(self->parser);
    zip_fclose(self->file);
    g_clear_error(&self->failure);
    g_free(self);
}

static bool corrupt(const HfXlsxPart *self, const char *why, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "%s: its part %s is damaged at line %lu: %s", self->zip->label,
                self->part, (unsigned long)XML_GetCurrentLineNumber(self->parser), why);
    return false;
}

/* The next piece into the parser. */
static bool feed(HfXlsxPart *self, enum XML_Status *status, GError **error)
{
    void *buffer = XML_GetBuffer(self->parser, CHUNK_BYTES);
    if (buffer == NULL)
        return corrupt(self, XML_ErrorString(XML_GetErrorCode(self->parser)), error);
    zip_int64_t length = zip_fread(self->file, buffer, CHUNK_BYTES);
    if (length < 0)
        return corrupt(self, zip_error_strerror(zip_file_get_error(self->file)), error);
    self->bytes += (guint64)length;
    if (self->bytes > self->max_bytes) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "%s: its part %s is over %" G_GUINT64_FORMAT " bytes",
                    self->zip->label, self->part, self->max_bytes);
        return false;
    }
    self->last = length == 0;
    *status = XML_ParseBuffer(self->parser, (int)length, self->last);
    if (self->bytes - self->parsed <= MAX_TOKEN_BYTES)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "%s: its part %s has a tag of over 4 MiB", self->zip->label,
                self->part);
    return false;
}

bool hf_xlsx_part_run(HfXlsxPart *self, bool *more, GError **error)
{
    for (;;) {
        enum XML_Status status = XML_STATUS_OK;
        if (self->paused) {
            self->paused = false;
            status = XML_ResumeParser(self->parser);
        } else if (self->last) {
            *more = false;
            return true;
        } else if (!hf_error_check_cancelled(self->cancellable, error) || !feed(self, &status, error)) {
            return false;
        }
        if (self->failure != NULL) {
            g_propagate_error(error, g_steal_pointer(&self->failure));
            g_prefix_error(error, "%s: ", self->zip->label);
            return false;
        }
        if (status == XML_STATUS_ERROR)
            return corrupt(self, XML_ErrorString(XML_GetErrorCode(self->parser)), error);
        if (status == XML_STATUS_SUSPENDED) {
            *more = true;
            return true;
        }
    }
}
