/*
 * Internal to import into SQL Server: what a column takes. SQL Server makes 0 of an empty text or a sign alone,
 * 1900-01-01 of an empty text or a time alone, 15 of "1,5" as money and ? of what a code page lacks, and says nothing.
 * So a text is held against its column's type before it is sent.
 */
#ifndef HF_SERVICE_IMPORT_MSSQL_TYPE_H
#define HF_SERVICE_IMPORT_MSSQL_TYPE_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *type;   /* "decimal(9, 2)" */
    const char *wanted; /* what it takes, in words; NULL: any text */
    GRegex *shape;      /* of that; NULL with it */
    int64_t code_page;  /* whose characters alone it has; 0: all */
    GIConv to_page;     /* of that */
} HfImportMssqlType;

#define HF_CODE_PAGE_UTF8 65001

/* `type` is borrowed; `code_page` is that of its collation, 0 if it is no char, varchar or text. HF_ERROR_LIMIT for one
 * that is not known here. To be cleared, whatever comes back. */
bool hf_import_mssql_type_init(HfImportMssqlType *self, const char *type, int64_t code_page, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_import_mssql_type_clear(HfImportMssqlType *self);

/* Why a text is no value of it; NULL: it may be one, and the server has the last word. Transfer full. */
char *hf_import_mssql_type_wrong(const HfImportMssqlType *self, const char *text);
/* A text that is not wrong, as a constant of SQL. Transfer full. */
char *hf_import_mssql_type_constant(const HfImportMssqlType *self, const char *text);

#endif
