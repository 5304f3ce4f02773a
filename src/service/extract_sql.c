/*
 * The script is written in one pass, a block of rows at a time. Three things have encodings of their own: the schema
 * the one that its ENCODING entry sets, rows the database's (so COPY names it), all else UTF-8. The schema also says
 * how its strings are to be read (STDSTRINGS); all else is written for standard_conforming_strings = on.
 *
 * psql obeys lines that begin with a backslash, wherever in the script they come from. What the archive holds was
 * written by another server, which must not get to run commands on this machine: \restrict makes psql refuse them, as
 * in pg_dump's own scripts, and no row can end its COPY early.
 */
#include "service/extract.h"

#include "base/error.h"
#include "engine/copy_text.h"
#include "engine/ends/archive.h"
#include "engine/ends/postgres_globals.h"
#include "engine/ends/postgres_schema.h"
#include "pg/connection.h"
#include "pg/sql_lines.h"
#include "service/archive_selection.h"

#include <string.h>

/* Text is handed on when there is so much of it. */
#define WRITE_BYTES ((size_t)1 << 20)
#define SMALL_MEMBER_BYTES ((size_t)1 << 30)

typedef struct {
    const HfExtractOptions *options;
    const HfArchiveHead *head;
    const HfManifest *manifest;
    HfProgress *progress;
    GCancellable *cancellable;
    HfArchiveSelection *selection;
    HfTypeTable *types;
    HfReader *reader;
    HfBlock block;
    HfOutput *to;
    GString *text; /* not written yet */
} Script;

static void set_phase(Script *self, const char *phase)
{
    if (self->progress != NULL)
        hf_progress_set_phase(self->progress, phase);
}

static bool write_text(Script *self, GError **error)
{
    if (!hf_error_check_cancelled(self->cancellable, error))
        return false;
    if (self->text->len == 0)
        return true;
    if (!hf_output_write(self->to, self->text->str, self->text->len, error))
        return false;
    if (self->progress != NULL)
        hf_progress_add_out(self->progress, self->text->len);
    bool large = self->text->allocated_len > 4 * WRITE_BYTES;
    g_string_truncate(self->text, 0);
    if (large) { /* a large row went by: its memory goes back */
        g_string_free(self->text, TRUE);
        self->text = g_string_sized_new(2 * WRITE_BYTES);
    }
    return true;
}

static bool write_if_full(Script *self, GError **error)
{
    return self->text->len < WRITE_BYTES || write_text(self, error);
}

/* ---- Schema --------------------------------------------------------------------------------------------------------
 */

/*
 * A subscription of a server before 16 acts as its owner. pg_dump 16 and newer writes that as an option, which servers
 * before 16 do not know, and we do not know who will read the script: the server that does decides.
 */
static void append_subscription(Script *self, const HfTocEntry *entry, const char *sql)
{
    static const char option[] = ", run_as_owner = true";
    const char *found = self->head->server_version_num < 160000 ? strstr(sql, option) : NULL;
    if (found == NULL) {
        g_string_append(self->text, sql);
        return;
    }
    g_string_append_len(self->text, sql, found - sql);
    g_string_append(self->text, found + strlen(option));
    g_autofree char *name = hf_pg_quote_ident(entry->tag);
    g_autofree char *block = g_strdup_printf("BEGIN IF pg_catalog.current_setting('server_version_num')::integer >= "
                                             "160000 THEN ALTER SUBSCRIPTION %s SET (run_as_owner = true); END IF; END",
                                             name);
    g_autofree char *literal = hf_pg_quote_literal(block);
    g_string_append_printf(self->text, "DO %s;\n", literal);
}

static bool write_entries(Script *self, HfTocPhase phase, GError **error)
{
    for (size_t i = 0; i < hf_dump_toc_size(self->selection->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->selection->toc, i);
        if (!self->selection->entries[i] || entry->phase != phase)
            continue;
        g_autofree char *sql = hf_toc_entry_sql(entry, &self->options->schema);
        if (strcmp(entry->kind, "SUBSCRIPTION") == 0)
            append_subscription(self, entry, sql);
        else
            g_string_append(self->text, sql);
        if (*sql != '\0')
            g_string_append_c(self->text, '\n');
        if (!write_if_full(self, error))
            return false;
    }
    return true;
}

/* A name as it stands inside quotes, in UTF-8 as it is: escapes would not do for a database in SQL_ASCII. */
static char *inside_quotes(const char *name)
{
    g_auto(GStrv) pieces = g_strsplit(name, "\"", -1);
    return g_strjoinv("\"\"", pieces);
}

/* Whether the SQL of a selected entry may name the role: it holds the name. */
static bool is_role_named(const Script *self, const char *role)
{
    g_autofree char *quoted = inside_quotes(role);
    for (size_t i = 0; i < hf_dump_toc_size(self->selection->toc); i++) {
        if (!self->selection->entries[i])
            continue;
        g_autofree char *sql = hf_toc_entry_sql(hf_dump_toc_get(self->selection->toc, i), &self->options->schema);
        if (strstr(sql, quoted) != NULL)
            return true;
    }
    return false;
}

/* A role that is mapped gives way to one that is there; as in a restore, memberships are then left alone. */
static void append_roles(Script *self)
{
    const GPtrArray *roles = self->head->roles;
    GHashTable *map = self->options->schema.role_map;
    for (guint i = 0; i < roles->len; i++) {
        const HfRoleInfo *role = roles->pdata[i];
        g_autofree char *create = hf_globals_create_role_sql(role);
        bool is_mapped = strcmp(hf_role_map_get(map, role->name), role->name) != 0;
        if (!is_mapped && (self->selection->whole || is_role_named(self, role->name)))
            g_string_append(self->text, create);
    }
    for (guint i = 0; i < roles->len && self->selection->whole && map == NULL; i++) {
        g_autofree char *memberships = hf_globals_memberships_sql(roles->pdata[i], NULL);
        g_string_append(self->text, memberships);
    }
}

static void append_settings(Script *self)
{
    static const char *const settings = "SET client_encoding = 'UTF8';\n"
                                        "SET standard_conforming_strings = on;\n"
                                        "SET search_path = '';\n"
                                        "SET check_function_bodies = off;\n"
                                        "SET xmloption = content;\n"
                                        "SET row_security = off;\n"
                                        "SET client_min_messages = warning;\n"
                                        "SET default_transaction_read_only = off;\n"
                                        "SET statement_timeout = 0;\n"
                                        "SET lock_timeout = 0;\n"
                                        "SET idle_in_transaction_session_timeout = 0;\n\n";
    g_string_append(self->text, settings);
}

/* What the schema's first entries set, once more, after other settings were needed in between. */
static bool write_schema_settings(Script *self, GError **error)
{
    for (size_t i = 0; i < hf_dump_toc_size(self->selection->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->selection->toc, i);
        if (strcmp(entry->kind, "ENCODING") == 0 || strcmp(entry->kind, "STDSTRINGS") == 0)
            g_string_append(self->text, entry->definition);
    }
    return write_if_full(self, error);
}

/* ---- Rows ----------------------------------------------------------------------------------------------------------
 */

typedef bool (*RowFunc)(Script *self, const HfManifestTable *table, const uint8_t *row, size_t length, GError **error);

static bool append_text_row(Script *self, const HfManifestTable *table, const uint8_t *row, size_t length,
                            GError **error)
{
    (void)table;
    if (length == 3 && memcmp(row, "\\.\n", 3) == 0) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_CORRUPT, "the archive is damaged: a row is COPY's end mark");
        return false;
    }
    g_string_append_len(self->text, (const char *)row, (gssize)length);
    return true;
}

static bool append_binary_row(Script *self, const HfManifestTable *table, const uint8_t *row, size_t length,
                              GError **error)
{
    return hf_copy_text_append_row(self->text, self->types, table->columns, row, length, error);
}

static bool write_block(Script *self, const HfManifestTable *table, RowFunc append_row, GError **error)
{
    size_t start = 0;
    for (size_t i = 0; i < self->block.row_count; i++) {
        if (!append_row(self, table, self->block.data + start, self->block.ends[i] - start, error) ||
            !write_if_full(self, error))
            return false;
        start = self->block.ends[i];
    }
    if (self->progress != NULL)
        hf_progress_lane_add(self->progress, 0, self->block.row_count, self->block.length);
    return true;
}

static bool write_blocks(Script *self, const HfSlice *slice, RowFunc append_row, GError **error)
{
    if (!self->reader->begin(self->reader, slice, error))
        return false;
    do {
        hf_block_reset(&self->block);
        if (!hf_error_check_cancelled(self->cancellable, error) ||
            !self->reader->next(self->reader, &self->block, error) ||
            !write_block(self, slice->table, append_row, error))
            return false;
    } while (self->block.row_count > 0);
    return true;
}

static bool write_slice(Script *self, const HfSlice *slice, RowFunc append_row, GError **error)
{
    g_autofree char *label = hf_slice_label(slice);
    if (self->progress != NULL)
        hf_progress_lane_begin(self->progress, 0, label, slice->weight);
    bool ok = write_blocks(self, slice, append_row, error);
    if (self->progress != NULL)
        hf_progress_lane_end(self->progress, 0);
    if (!ok)
        g_prefix_error(error, "%s: ", label);
    return ok;
}

static bool write_parts(Script *self, HfManifestTable *table, RowFunc append_row, GError **error)
{
    g_autoptr(GPtrArray) slices = g_ptr_array_new_with_free_func(g_free);
    hf_slice_cut_parts(slices, table);
    for (guint i = 0; i < slices->len; i++)
        if (!write_slice(self, slices->pdata[i], append_row, error))
            return false;
    return true;
}

static void append_copy(Script *self, const HfManifestTable *table)
{
    bool through_root = table->load_root_oid != 0;
    g_autofree char *schema = inside_quotes(through_root ? table->load_root_schema : table->schema);
    g_autofree char *name = inside_quotes(through_root ? table->load_root_name : table->name);
    g_string_append_printf(self->text, "COPY \"%s\".\"%s\"", schema, name);
    for (guint i = 0; i < table->columns->len; i++) {
        g_autofree char *column = inside_quotes(((const HfColumn *)table->columns->pdata[i])->name);
        g_string_append_printf(self->text, "%s\"%s\"", i == 0 ? " (" : ", ", column);
    }
    g_string_append_printf(self->text, "%s FROM stdin", table->columns->len > 0 ? ")" : "");
    if (strcmp(self->head->database.encoding, "UTF8") != 0) {
        g_autofree char *encoding = hf_pg_quote_literal(self->head->database.encoding);
        g_string_append_printf(self->text, " WITH (ENCODING %s)", encoding);
    }
    g_string_append(self->text, ";\n");
}

static bool write_table(Script *self, HfManifestTable *table, GError **error)
{
    append_copy(self, table);
    RowFunc append_row = table->format == HF_FORMAT_BINARY ? append_binary_row : append_text_row;
    if (!write_parts(self, table, append_row, error))
        return false;
    g_string_append(self->text, "\\.\n\n");
    return write_if_full(self, error);
}

static bool is_taken(const Script *self, const HfManifestTable *table, HfTableKind kind)
{
    return table->kind == kind && table->parts->len > 0 && hf_archive_selection_takes_rows(self->selection, table->oid);
}

static bool write_tables(Script *self, GError **error)
{
    set_phase(self, "writing rows");
    /* These change what values mean; the schema and what is computed from it take the database's own again. */
    g_string_append(self->text, "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n"
                                "SET DateStyle = 'ISO, MDY';\nSET IntervalStyle = postgres;\n"
                                "SET lc_monetary = 'C';\n\n");
    for (guint i = 0; i < self->manifest->tables->len; i++) {
        HfManifestTable *table = self->manifest->tables->pdata[i];
        if (is_taken(self, table, HF_TABLE_PLAIN) && !write_table(self, table, error))
            return false;
    }
    g_string_append(self->text, "RESET DateStyle;\nRESET IntervalStyle;\nRESET lc_monetary;\n\n");
    return write_if_full(self, error);
}

/* ---- Large objects and sequences -----------------------------------------------------------------------------------
 */

/* The text of an SQL member, if there is one, and of those that continue it, as it stands. */
static bool write_member(Script *self, const char *name, GError **error)
{
    const HfMember *member;
    for (unsigned number = 1; (member = hf_manifest_find_sql(self->manifest, name, number)) != NULL; number++)
        if (!write_text(self, error) || !hf_archive_reader_copy(self->options->archive, member, self->to, error))
            return false;
    return true;
}

static bool append_large_object_piece(Script *self, const HfManifestTable *table, const uint8_t *row, size_t length,
                                      GError **error)
{
    static const char before[] = {'(', ',', ','};
    HfCopyFields fields;
    if (!hf_copy_fields_begin(&fields, row, length, sizeof before, error))
        return false;
    g_string_append(self->text, "SELECT pg_catalog.lo_put");
    for (guint i = 0; i < sizeof before; i++) {
        const HfColumn *column = table->columns->pdata[i];
        const uint8_t *value;
        g_string_append_printf(self->text, "%c'", before[i]);
        if (!hf_copy_fields_next(&fields, &value, &length, error) ||
            !hf_type_value_text(self->types, column->type_oid, value, length, self->text, error))
            return false;
        g_string_append_c(self->text, '\'');
    }
    g_string_append(self->text, ");\n");
    return true;
}

static bool check_large_objects(const HfManifestTable *table, GError **error)
{
    static const uint32_t types[] = {26, 20, 17}; /* oid, bigint, bytea */
    bool as_known = table->format == HF_FORMAT_BINARY && table->columns->len == G_N_ELEMENTS(types);
    for (guint i = 0; as_known && i < G_N_ELEMENTS(types); i++)
        as_known = ((const HfColumn *)table->columns->pdata[i])->type_oid == types[i];
    if (!as_known)
        g_set_error_literal(error, HF_ERROR, HF_ERROR_CORRUPT,
                            "the archive's large objects are not in binary rows of oid, position and data");
    return as_known;
}

/* The text of a small member; "" if there is none. Transfer full. */
static char *read_member(Script *self, const char *name, GError **error)
{
    if (hf_manifest_find_member(self->manifest, name) == NULL)
        return g_strdup("");
    g_autoptr(GBytes) bytes = hf_archive_reader_read(self->options->archive, name, SMALL_MEMBER_BYTES, error);
    if (bytes == NULL)
        return NULL;
    size_t length;
    const char *data = g_bytes_get_data(bytes, &length);
    return g_strndup(data, length);
}

static bool write_large_object_owner(const char *statement, gpointer data, GError **error)
{
    Script *self = data;
    return hf_postgres_large_object_statement(statement, &self->options->schema, self->text, error) &&
           write_if_full(self, error);
}

static bool write_large_object_owners(Script *self, GError **error)
{
    const HfMember *member;
    for (unsigned i = 1; (member = hf_manifest_find_sql(self->manifest, HF_MEMBER_BLOBS_OWNERS, i)) != NULL; i++) {
        g_autoptr(HfSqlLines) lines = hf_sql_lines_new(write_large_object_owner, self);
        if (!hf_archive_reader_copy(self->options->archive, member, hf_sql_lines_output(lines), error) ||
            !hf_sql_lines_end(lines, error))
            return false;
    }
    return true;
}

static bool write_large_objects(Script *self, GError **error)
{
    if (!self->selection->whole)
        return true;
    set_phase(self, "writing large objects");
    if (!write_member(self, HF_MEMBER_BLOBS_CREATE, error))
        return false;
    for (guint i = 0; i < self->manifest->tables->len; i++) {
        HfManifestTable *table = self->manifest->tables->pdata[i];
        if (is_taken(self, table, HF_TABLE_LARGE_OBJECTS) &&
            (!check_large_objects(table, error) || !write_parts(self, table, append_large_object_piece, error)))
            return false;
    }
    return self->options->data_only || write_large_object_owners(self, error);
}

static bool write_sequences(Script *self, GError **error)
{
    if (!hf_pattern_lists_given(&self->options->patterns))
        return write_member(self, HF_MEMBER_SEQUENCES, error);
    g_autofree char *sql = read_member(self, HF_MEMBER_SEQUENCES, error);
    if (sql == NULL)
        return false;
    g_autofree char *selected = hf_archive_selection_sequences(self->selection, sql);
    g_string_append(self->text, selected);
    return write_if_full(self, error);
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static bool write_schema(Script *self, GError **error)
{
    set_phase(self, "writing the schema");
    if (self->options->create_roles)
        append_roles(self);
    return write_entries(self, HF_TOC_PRE_DATA, error);
}

static bool write_rest(Script *self, GError **error)
{
    set_phase(self, "writing indexes and constraints");
    return write_schema_settings(self, error) && write_entries(self, HF_TOC_POST_DATA, error) &&
           write_entries(self, HF_TOC_ACL, error) && write_entries(self, HF_TOC_LAST, error);
}

static bool write_database(Script *self, GError **error)
{
    return write_schema(self, error) && write_tables(self, error) && write_large_objects(self, error) &&
           write_sequences(self, error) && write_rest(self, error);
}

/* A value that a sequence was given stays also when the transaction fails: all else is checked before. */
static bool write_data(Script *self, GError **error)
{
    g_string_append(self->text, "BEGIN;\nSET CONSTRAINTS ALL DEFERRED;\n\n");
    if (!write_tables(self, error) || !write_large_objects(self, error))
        return false;
    g_string_append(self->text, "SET CONSTRAINTS ALL IMMEDIATE;\n");
    if (!write_sequences(self, error))
        return false;
    g_string_append(self->text, "COMMIT;\n");
    return true;
}

static bool write_script(Script *self, GError **error)
{
    bool data_only = self->options->data_only;
    /* Letters and digits that what was written before cannot know. */
    g_autofree char *key =
        g_strdup_printf("%08x%08x%08x%08x", g_random_int(), g_random_int(), g_random_int(), g_random_int());
    g_string_append_printf(self->text,
                           "-- Out of a Holdfast archive, for %s:\n--     psql -X -d DATABASE -f FILE\n\n"
                           "\\set ON_ERROR_STOP on\n\\restrict %s\n\n",
                           data_only ? "tables that are there and do not hold these rows" : "an empty database", key);
    append_settings(self);
    if (data_only ? !write_data(self, error) : !write_database(self, error))
        return false;
    g_string_append_printf(self->text, "\n\\unrestrict %s\n", key);
    return write_text(self, error);
}

static void expect_rows(Script *self)
{
    for (guint i = 0; i < self->manifest->tables->len; i++) {
        HfManifestTable *table = self->manifest->tables->pdata[i];
        if (hf_archive_selection_takes_rows(self->selection, table->oid))
            hf_progress_expect(self->progress, table->raw_bytes + table->parts->len);
    }
}

bool hf_extract_as_sql(const HfExtractOptions *options, HfOutput *to, HfProgress *progress, GCancellable *cancellable,
                       GError **error)
{
    g_autoptr(HfArchiveSelection) selection = hf_archive_select(
        options->archive, &options->patterns, options->data_only ? HF_SELECT_TO_FILL : HF_SELECT_TO_CREATE, error);
    if (selection == NULL)
        return false;
    hf_archive_selection_tell_lost(selection);
    HfArchiveSource source;
    hf_archive_source_init(&source, options->archive);
    HfReader *reader = source.source.open(&source.source, cancellable, error);
    if (reader == NULL)
        return false;
    const HfManifest *manifest = hf_archive_reader_manifest(options->archive);
    g_autoptr(HfTypeTable) types = hf_manifest_type_table(manifest);
    Script self = {.options = options,
                   .head = hf_archive_reader_head(options->archive),
                   .manifest = manifest,
                   .progress = progress,
                   .cancellable = cancellable,
                   .selection = selection,
                   .types = types,
                   .reader = reader,
                   .to = to,
                   .text = g_string_sized_new(2 * WRITE_BYTES)};
    hf_block_init(&self.block);
    if (progress != NULL)
        expect_rows(&self);
    bool ok = write_script(&self, error);
    if (ok && progress != NULL)
        hf_progress_finish(progress);
    hf_block_clear(&self.block);
    reader->close(reader);
    g_string_free(self.text, TRUE);
    return ok;
}
