#include "service/restore_refresh.h"

#include <string.h>

bool hf_toc_entry_is_code(const HfTocEntry *entry)
{
    static const char *const kinds[] = {"FUNCTION",       "PROCEDURE",       "AGGREGATE", "OPERATOR",
                                        "OPERATOR CLASS", "OPERATOR FAMILY", "EXTENSION", NULL};
    return g_strv_contains(kinds, entry->kind);
}

bool hf_toc_entry_hides_rows(const HfTocEntry *entry)
{
    return strcmp(entry->kind, "POLICY") == 0 || strcmp(entry->kind, "ROW SECURITY") == 0;
}

/* ---- What it reads -------------------------------------------------------------------------------------------------
 */

static bool follow(const HfDumpToc *toc, const HfTocEntry *entry, GHashTable *reads)
{
    for (size_t i = 0; i < entry->dependency_count; i++) {
        const HfTocEntry *needed = hf_dump_toc_find(toc, entry->dependencies[i]);
        if (needed == NULL || !g_hash_table_add(reads, (gpointer)needed))
            continue;
        if (hf_toc_entry_is_code(needed) || follow(toc, needed, reads))
            return true;
    }
    return false;
}

static bool is_among(const HfDumpToc *toc, const HfTocEntry *entry, GHashTable *reads)
{
    for (size_t i = 0; i < entry->dependency_count; i++) {
        const HfTocEntry *needed = hf_dump_toc_find(toc, entry->dependencies[i]);
        if (needed != NULL && g_hash_table_contains(reads, needed))
            return true;
    }
    return false;
}

/* A partition is tied to its table by an entry that depends on both; it may be a partitioned table itself. */
static bool follow_partitions(const HfDumpToc *toc, GHashTable *reads)
{
    guint before;
    do {
        before = g_hash_table_size(reads);
        for (size_t i = 0; i < hf_dump_toc_size(toc); i++) {
            const HfTocEntry *entry = hf_dump_toc_get(toc, i);
            if (strcmp(entry->kind, "TABLE ATTACH") == 0 && is_among(toc, entry, reads) && follow(toc, entry, reads))
                return true;
        }
    } while (g_hash_table_size(reads) > before);
    return false;
}

bool hf_refresh_reads(const HfSchema *schema, const HfTocEntry *refresh, GHashTable *reads)
{
    return follow(schema->toc, refresh, reads) || follow_partitions(schema->toc, reads);
}

/* ---- What it needs -------------------------------------------------------------------------------------------------
 */

static bool hides_rows(const HfDumpToc *toc)
{
    for (size_t i = 0; i < hf_dump_toc_size(toc); i++)
        if (hf_toc_entry_hides_rows(hf_dump_toc_get(toc, i)))
            return true;
    return false;
}

/* Whose the schemas are that the dump makes: name -> owner, borrowed. */
static GHashTable *schema_owners(const HfDumpToc *toc)
{
    GHashTable *owners = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < hf_dump_toc_size(toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(toc, i);
        if (strcmp(entry->kind, "SCHEMA") == 0)
            g_hash_table_insert(owners, (gpointer)entry->tag, (gpointer)entry->owner);
    }
    return owners;
}

static bool is_relation(const HfTocEntry *entry)
{
    static const char *const kinds[] = {"TABLE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE", NULL};
    return g_strv_contains(kinds, entry->kind);
}

bool hf_refresh_stands_alone(const HfSchema *schema, const HfTocEntry *refresh, GHashTable *reads)
{
    GHashTableIter iter;
    gpointer each;
    if (hides_rows(schema->toc))
        return false;
    g_autoptr(GHashTable) owners = schema_owners(schema->toc);
    g_hash_table_iter_init(&iter, reads);
    while (g_hash_table_iter_next(&iter, &each, NULL)) {
        const HfTocEntry *entry = each;
        if (strcmp(entry->kind, "FOREIGN TABLE") == 0)
            return false;
        if (!is_relation(entry) || schema->sql.no_owner)
            continue;
        const char *owner = g_hash_table_lookup(owners, entry->schema != NULL ? entry->schema : "");
        if (owner == NULL || strcmp(owner, refresh->owner) != 0 || strcmp(entry->owner, refresh->owner) != 0)
            return false;
    }
    return true;
}
