/*
 * The use case export: tables of a live PostgreSQL database as files for people and other programs: CSV (RFC 4180) or
 * XLSX. In one snapshot, with the rights of who logs in; row level security that would hide rows is an error.
 */
#ifndef HF_SERVICE_EXPORT_H
#define HF_SERVICE_EXPORT_H

#include "base/io.h"
#include "engine/progress.h"
#include "pg/target.h"

#include <gio/gio.h>

#define HF_EXPORT_MAX_TABLES 400 /* each has a file that is open until all are complete */

typedef enum { HF_EXPORT_CSV, HF_EXPORT_XLSX } HfExportFormat;

typedef struct {
    const HfPgTarget *source;
    const char *const *tables; /* patterns as of --table; a partitioned table is one, with all its rows */
    HfExportFormat format;
    uint64_t lock_wait_ms; /* 0: for ever */
    /* Opens the file of a table, of `count` in all; borrowed until the export is over. Before any row is read. */
    HfOutput *(*open)(const char *schema, const char *name, guint count, gpointer data, GError **error);
    gpointer data;
} HfExportOptions;

typedef struct {
    char *schema, *name;
    uint64_t rows;
    HfOutput *output;
} HfExportedTable;

/* "shop.people.csv", a name for a file that leads nowhere: not every table's own. Transfer full. */
char *hf_export_file_name(const char *schema, const char *name, HfExportFormat format);

/*
 * CSV: UTF-8, a header, lines end with CR LF; NULL is nothing, an empty text is "". XLSX: see sheet/xlsx.h. Memory is
 * that of a row. After a failure the files are not complete. *tables: HfExportedTable in order of their names, transfer
 * full. Errors as of hf_postgres_snapshot_open, and HF_ERROR_LIMIT for what a file of this format does not take.
 */
bool hf_export(const HfExportOptions *options, HfProgress *progress, GCancellable *cancellable, GPtrArray **tables,
               GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
