/*
 * What a backup reads of a PostgreSQL database besides rows: the snapshot and its locks, the tables with their columns,
 * and what stands around them (database, roles, extensions, sequences, large objects).
 */
#ifndef HF_ENGINE_ENDS_POSTGRES_CATALOG_H
#define HF_ENGINE_ENDS_POSTGRES_CATALOG_H

#include "archive/manifest.h"
#include "base/io.h"
#include "pg/connection.h"
#include "pg/pattern.h"
#include "pg/type.h"

/* ---- What to take --------------------------------------------------------------------------------------------------
 */

/* All lists are as those of HfPatternLists. */
typedef struct {
    HfPatternLists patterns;
    const char *const *exclude_table_data; /* --exclude-table-data */
    bool force_text;                       /* --data-format text */
} HfScope;

/* Whether only some schemas or tables were asked for: then large objects, extensions and publications stay out, as in
 * pg_dump. */
bool hf_scope_is_selective(const HfScope *self);
/* The options as pg_dump takes them, appended to `arguments` (char*, transfer full). */
void hf_scope_append_arguments(const HfScope *self, GPtrArray *arguments);

/*
 * A pattern as an SQL condition over pg_class c and pg_namespace n; a pattern for tables without a schema means the
 * tables that the user's search path shows, which the query has as the column `path` of a table search_path. The last
 * one is true for the partitions of what matches, too, at every level. Errors as of hf_pattern_parse. Transfer full.
 */
char *hf_postgres_schema_condition(const char *pattern, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *hf_postgres_table_condition(const char *pattern, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *hf_postgres_table_or_partition_condition(const char *pattern, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* HF_ERROR_NOT_FOUND names a --schema or --table that matches nothing; exclusions that do not are warned of. */
bool hf_postgres_check_patterns(HfPg *pg, const HfScope *scope, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What pg_dump has to be told besides the options: it does not take the partitions of a table that is named with it, so
 * that these are named, each (char*, transfer full). HF_ERROR_LIMIT if they are too many for a command line. */
bool hf_postgres_append_partition_arguments(HfPg *pg, const HfScope *scope, GPtrArray *arguments, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* ---- Snapshot ------------------------------------------------------------------------------------------------------
 */

/* A table as it is planned: what goes into the manifest, and its size. */
typedef struct {
    HfManifestTable *info;
    uint64_t pages;    /* of the heap; 1 for what is no heap */
    uint64_t bytes;    /* of the heap and its TOAST */
    bool of_extension; /* made by CREATE EXTENSION, not by schema.dump */
} HfPlannedTable;

typedef struct {
    HfPg *pg;   /* holds the locks and the snapshot until it is closed */
    char *name; /* as pg_export_snapshot gave it */
    bool on_standby;
    GPtrArray *partition_arguments; /* of hf_postgres_append_partition_arguments */
    GHashTable *relations; /* OIDs (as pointers) of all tables, partitioned ones too: to hold against pg_dump's list */
    GPtrArray *tables;     /* HfPlannedTable*, which own their info, by schema and name; once they are read */
    HfTypeTable *types;    /* the database's, once they are read */
    uint64_t large_objects;
} HfPostgresSnapshot;

/*
 * Locks every table in ACCESS SHARE mode, then takes the snapshot, and looks again whether it shows just the tables
 * that are locked: so no table can have been rewritten or truncated between snapshot and lock. Errors beside the usual:
 * DENIED names all tables that the role may not read; DENIED for row level security that would hide rows, naming the
 * tables; CONFLICT when a lock was not had within `lock_wait_ms` (0: wait for ever), naming the tables and who holds
 * them. Transfer full.
 */
HfPostgresSnapshot *hf_postgres_snapshot_open(const HfPgTarget *target, const HfScope *scope, uint64_t lock_wait_ms,
                                              GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_postgres_snapshot_free(HfPostgresSnapshot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfPostgresSnapshot, hf_postgres_snapshot_free)

/*
 * Gives back locks and snapshot, when everything is read; self->pg stays. HF_ERROR_CONFLICT if, since the snapshot,
 * something was renamed or changed that locks on tables do not hold, but rows are copied by: schemas, types, the labels
 * of enums.
 */
bool hf_postgres_snapshot_end(HfPostgresSnapshot *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a table can be read by ranges of pages without reading the rest: PostgreSQL 14 and newer. */
bool hf_postgres_can_slice(const HfPg *pg);

/* Reads tables, types and the number of large objects. */
bool hf_postgres_snapshot_read(HfPostgresSnapshot *self, const HfScope *scope, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The tables of a scope that hold rows, with columns and sizes: appends HfPlannedTable* to `tables`, and adds the
 * database's types to `types`. */
bool hf_postgres_read_tables(HfPg *pg, const HfScope *scope, bool on_standby, GPtrArray *tables, HfTypeTable *types,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After a statement failed for the lock timeout and its transaction is over: *error is set to a CONFLICT that names who
 * holds or awaits exclusive locks on the relations (column 0: OID). */
void hf_postgres_explain_lock_wait(HfPg *pg, const HfPgRows *relations, GError **error);

/* Every table of a scope, partitioned ones too, and no more than a lock needs: OID, quoted name, whether the role lacks
 * SELECT, whether row security would hide rows. Quick for tens of thousands. */
HfPgRows *hf_postgres_list_relations(HfPg *pg, const HfScope *scope, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The tables (schema, name) that a scope leaves out, without partitions of those. */
HfPgRows *hf_postgres_list_excluded(HfPg *pg, const HfScope *scope, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_planned_table_free(HfPlannedTable *self);

/* Cuts [smallest OID, end) of the large objects into at most `count` ranges of about as many objects: HfSlice* with the
 * given table and weight are appended. */
bool hf_postgres_slice_large_objects(HfPg *pg, HfManifestTable *table, unsigned count, GPtrArray *slices,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The table that stands for the contents of all large objects. Transfer full. */
HfManifestTable *hf_postgres_large_objects_table(void);

/* ---- What stands around the tables ---------------------------------------------------------------------------------
 */

/* Fills server, database and extensions of the head. */
bool hf_postgres_read_head(HfPg *pg, HfArchiveHead *head, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The database's own properties, by its name. */
bool hf_postgres_read_database(HfPg *pg, const char *database, HfDatabaseInfo *info, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Adds the named roles (NULL-terminated; those that exist) to the head, with the memberships among them. */
bool hf_postgres_read_roles(HfPg *pg, const char *const *names, HfArchiveHead *head, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The sequences of a scope: OID, quoted name, whether the role lacks SELECT, schema and name. */
HfPgRows *hf_postgres_list_sequences(HfPg *pg, const HfScope *scope, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* SQL that sets all sequences of the scope; the count in *sequences. CONFLICT when a lock was not had within the
 * session's lock timeout, or when a sequence is no more under its name. Transfer full. */
char *hf_postgres_read_sequences(HfPg *pg, const HfScope *scope, uint64_t *sequences, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Write SQL that creates all large objects empty, or that gives them owners, grants, comments and labels: a statement a
 * line, some of them with each write. In the caller's transaction, which there must be. */
bool hf_postgres_write_large_objects_create(HfPg *pg, HfOutput *to, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool hf_postgres_write_large_objects_owners(HfPg *pg, HfOutput *to, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Roles that own large objects or hold grants on them. NULL-terminated, transfer full. */
char **hf_postgres_large_object_roles(HfPg *pg, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
