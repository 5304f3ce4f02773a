/* Internal to sheet: the parts of a workbook (XML in a zip), read as a stream by handlers of elements. */
#ifndef HF_SHEET_XLSX_PART_H
#define HF_SHEET_XLSX_PART_H

#include <gio/gio.h>
#include <stdbool.h>

/* The small parts; sheets and shared strings are bounded by what becomes of them. */
#define HF_XLSX_SMALL_BYTES ((guint64)16 << 20)
#define HF_XLSX_LARGE_BYTES ((guint64)16 << 30)

typedef struct HfXlsxZip HfXlsxZip;
HfXlsxZip *hf_xlsx_zip_open(int fd, const char *label, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_xlsx_zip_close(HfXlsxZip *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfXlsxZip, hf_xlsx_zip_close)
/* Of the file. */
guint64 hf_xlsx_zip_bytes(const HfXlsxZip *self);
bool hf_xlsx_zip_has(HfXlsxZip *self, const char *part);

/* Names come without a prefix. Those that are NULL are not called. */
typedef struct {
    void (*start)(gpointer data, const char *element, const char **attributes);
    void (*text)(gpointer data, const char *text, int length);
    void (*end)(gpointer data, const char *element);
} HfXlsxHandlers;

/* One part on its way. `part` and `handlers` are borrowed. HF_ERROR_CORRUPT if it is missing. Transfer full. */
typedef struct HfXlsxPart HfXlsxPart;
HfXlsxPart *hf_xlsx_part_open(HfXlsxZip *zip, const char *part, guint64 max_bytes, const HfXlsxHandlers *handlers,
                              gpointer data, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_xlsx_part_close(HfXlsxPart *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfXlsxPart, hf_xlsx_part_close)
/* Goes on until a handler pauses it, or to the end: then *more is false. */
bool hf_xlsx_part_run(HfXlsxPart *self, bool *more, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For handlers. A failure ends the run with this error (taken). */
void hf_xlsx_part_pause(HfXlsxPart *self);
void hf_xlsx_part_fail(HfXlsxPart *self, GError *error);

/* The value of an attribute; NULL: it has none of that name. Borrowed. */
const char *hf_xlsx_attribute(const char **attributes, const char *name);

#endif
