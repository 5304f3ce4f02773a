#include "service/archive_selection.h"

#include "base/error.h"
#include "pg/connection.h"

#include <string.h>

/* What is asked for by name. */
typedef struct {
    HfPatternFilter *filter;
    GHashTable *roots; /* OIDs of partitioned tables that have to come whole */
} Wanted;

static HfPatternVerdict judge(const HfTocEntry *entry, gpointer data)
{
    Wanted *self = data;
    HfPatternVerdict verdict = hf_toc_entry_judge(entry, self->filter);
    bool root =
        g_hash_table_contains(self->roots, GUINT_TO_POINTER(entry->object_oid)) && strcmp(entry->kind, "TABLE") == 0;
    return verdict == HF_PATTERN_UNTOLD && root ? HF_PATTERN_WANTED : verdict;
}

/* ---- Tables --------------------------------------------------------------------------------------------------------
 */

static void take_rows(HfArchiveSelection *self)
{
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++)
        if (self->entries[i] && strcmp(hf_dump_toc_get(self->toc, i)->kind, "TABLE") == 0)
            g_hash_table_add(self->tables, GUINT_TO_POINTER(hf_dump_toc_get(self->toc, i)->object_oid));
}

/* Tables that are not in the schema: those of extensions. */
static void take_rows_by_name(HfArchiveSelection *self, const HfManifest *manifest, HfPatternFilter *filter)
{
    g_autoptr(GHashTable) in_schema = g_hash_table_new(NULL, NULL);
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++)
        if (strcmp(hf_dump_toc_get(self->toc, i)->kind, "TABLE") == 0)
            g_hash_table_add(in_schema, GUINT_TO_POINTER(hf_dump_toc_get(self->toc, i)->object_oid));
    for (guint i = 0; i < manifest->tables->len; i++) {
        const HfManifestTable *table = manifest->tables->pdata[i];
        if (table->kind == HF_TABLE_PLAIN && !g_hash_table_contains(in_schema, GUINT_TO_POINTER(table->oid)) &&
            hf_pattern_filter_judge(filter, table->schema, table->name) == HF_PATTERN_WANTED)
            g_hash_table_add(self->tables, GUINT_TO_POINTER(table->oid));
    }
}

/* Rows that have to be loaded through a partitioned table may go to any of its partitions, so that all have to be
 * there. Whether there are such tables that are not known yet. */
static bool want_roots(const HfArchiveSelection *self, const HfManifest *manifest, Wanted *wanted)
{
    bool more = false;
    for (guint i = 0; i < manifest->tables->len; i++) {
        const HfManifestTable *table = manifest->tables->pdata[i];
        if (table->load_root_oid != 0 && hf_archive_selection_takes_rows(self, table->oid))
            more |= g_hash_table_add(wanted->roots, GUINT_TO_POINTER(table->load_root_oid));
    }
    return more;
}

static bool select_by_name(HfArchiveSelection *self, const HfManifest *manifest, const HfPatternLists *patterns,
                           HfSelectPurpose purpose, GError **error)
{
    g_autoptr(HfPatternFilter) filter = hf_pattern_filter_new(patterns, error);
    if (filter == NULL)
        return false;
    g_autoptr(GHashTable) roots = g_hash_table_new(NULL, NULL);
    Wanted wanted = {filter, roots};
    self->whole = !hf_pattern_lists_are_selective(patterns);
    do {
        g_free(self->entries);
        self->entries = (purpose == HF_SELECT_TO_FILL ? hf_dump_toc_select_for_rows
                                                      : hf_dump_toc_select)(self->toc, judge, &wanted);
        take_rows(self);
    } while (purpose != HF_SELECT_TO_FILL && want_roots(self, manifest, &wanted));
    if (purpose != HF_SELECT_TO_CREATE || self->whole)
        take_rows_by_name(self, manifest, filter);
    if (self->whole)
        g_hash_table_add(self->tables, GUINT_TO_POINTER(0));
    if (purpose != HF_SELECT_TO_FILL)
        self->lost = hf_dump_toc_describe_lost(self->toc, self->entries, filter);
    return hf_pattern_filter_check_used(filter, error);
}

static void select_all(HfArchiveSelection *self, const HfManifest *manifest)
{
    size_t size = hf_dump_toc_size(self->toc);
    self->whole = true;
    self->entries = g_new(bool, MAX(size, 1));
    for (size_t i = 0; i < size; i++)
        self->entries[i] = true;
    for (guint i = 0; i < manifest->tables->len; i++)
        g_hash_table_add(self->tables, GUINT_TO_POINTER(((const HfManifestTable *)manifest->tables->pdata[i])->oid));
}

HfArchiveSelection *hf_archive_select_from(GBytes *schema, const HfManifest *manifest, const HfPatternLists *patterns,
                                           HfSelectPurpose purpose, GError **error)
{
    size_t length;
    const uint8_t *data = g_bytes_get_data(schema, &length);
    g_autoptr(HfArchiveSelection) self = g_new0(HfArchiveSelection, 1);
    self->tables = g_hash_table_new(NULL, NULL);
    self->toc = hf_dump_toc_parse(data, length, error);
    if (self->toc == NULL)
        return NULL;
    if (!hf_pattern_lists_given(patterns))
        select_all(self, manifest);
    else if (!select_by_name(self, manifest, patterns, purpose, error))
        return NULL;
    return g_steal_pointer(&self);
}

HfArchiveSelection *hf_archive_select(HfArchiveReader *archive, const HfPatternLists *patterns, HfSelectPurpose purpose,
                                      GError **error)
{
    g_autoptr(GBytes) schema = hf_archive_reader_read(archive, HF_MEMBER_SCHEMA, HF_SCHEMA_MAX_BYTES, error);
    return schema != NULL
               ? hf_archive_select_from(schema, hf_archive_reader_manifest(archive), patterns, purpose, error)
               : NULL;
}

void hf_archive_selection_free(HfArchiveSelection *self)
{
    if (self == NULL)
        return;
    hf_dump_toc_free(self->toc);
    g_free(self->entries);
    g_free(self->lost);
    g_clear_pointer(&self->tables, g_hash_table_unref);
    g_free(self);
}

bool hf_archive_selection_takes_rows(const HfArchiveSelection *self, uint32_t oid)
{
    return g_hash_table_contains(self->tables, GUINT_TO_POINTER(oid));
}

void hf_archive_selection_tell_lost(const HfArchiveSelection *self)
{
    if (self->lost != NULL)
        g_warning("left out, because they need what is excluded: %s", self->lost);
}

/* ---- Sequences -----------------------------------------------------------------------------------------------------
 */

/* The sequences of the schema as sequences.sql names them, a quoted name in a literal; the value says whether they are
 * taken. */
static GHashTable *sequence_literals(const HfArchiveSelection *self)
{
    GHashTable *literals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->toc, i);
        if (strcmp(entry->kind, "SEQUENCE") != 0 || entry->schema == NULL)
            continue;
        g_autofree char *name = hf_pg_quote_qualified(entry->schema, entry->tag);
        g_hash_table_insert(literals, hf_pg_quote_literal(name), GINT_TO_POINTER(self->entries[i]));
    }
    return literals;
}

/* The end of the literal at `literal`: quotes and backslashes inside are doubled. NULL if there is none. */
static const char *literal_end(const char *literal)
{
    const char *c = strchr(literal, '\'');
    for (c = c != NULL ? c + 1 : NULL; c != NULL && *c != '\0'; c++) {
        if (*c == '\'' && c[1] != '\'')
            return c + 1;
        c += *c == '\'';
    }
    return NULL;
}

char *hf_archive_selection_sequences(const HfArchiveSelection *self, const char *sql)
{
    static const char statement[] = "SELECT pg_catalog.setval(";
    g_autoptr(GHashTable) literals = sequence_literals(self);
    GString *selected = g_string_new(NULL);
    const char *start, *end;
    for (start = sql; (start = strstr(start, statement)) != NULL; start = end) {
        const char *literal = start + strlen(statement), *after = literal_end(literal);
        end = after != NULL ? strchr(after, '\n') : NULL;
        if (end == NULL)
            break;
        end++;
        g_autofree char *name = g_strndup(literal, (gsize)(after - literal));
        gpointer taken = GINT_TO_POINTER(self->whole); /* those of extensions are not in the schema */
        g_hash_table_lookup_extended(literals, name, NULL, &taken);
        if (GPOINTER_TO_INT(taken))
            g_string_append_len(selected, start, end - start);
    }
    return g_string_free(selected, FALSE);
}
