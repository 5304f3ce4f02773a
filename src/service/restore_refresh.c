#include "service/restore_refresh.h"

#include "service/restore_entry.h"

#include <string.h>

/* ---- What it reads -------------------------------------------------------------------------------------------------
 */

/* Who reads a table computes no default. */
static bool is_default(const HfTocEntry *entry, const HfTocEntry *needed)
{
    return strcmp(entry->kind, "TABLE") == 0 && strcmp(needed->kind, "SEQUENCE") == 0;
}

static bool follow(const HfDumpToc *toc, const HfTocEntry *entry, GHashTable *reads)
{
    for (size_t i = 0; i < entry->dependency_count; i++) {
        const HfTocEntry *needed = hf_dump_toc_find(toc, entry->dependencies[i]);
        if (needed == NULL || is_default(entry, needed) || !g_hash_table_add(reads, (gpointer)needed))
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
    static const char *const kinds[] = {"TABLE", "VIEW", "MATERIALIZED VIEW", NULL};
    return g_strv_contains(kinds, entry->kind);
}

/* Their values, their rows and who may read them come with the grants. */
static bool comes_later(const HfTocEntry *entry)
{
    return strcmp(entry->kind, "SEQUENCE") == 0 || strcmp(entry->kind, "FOREIGN TABLE") == 0;
}

/* A view that groups by a key is dumped as one of no rows; a rule makes it what it is when the key is there. */
static bool is_made_by_rule(const HfDumpToc *toc, const HfTocEntry *view)
{
    g_autofree char *tag = g_strconcat(view->tag, " _RETURN", NULL);
    for (size_t i = 0; i < hf_dump_toc_size(toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(toc, i);
        if (strcmp(entry->kind, "RULE") == 0 && strcmp(entry->tag, tag) == 0 &&
            g_strcmp0(entry->schema, view->schema) == 0)
            return true;
    }
    return false;
}

/* Whether its text may look at what no dependency tells of: catalogs, settings, large objects, queries in texts. */
static bool may_look_elsewhere(const HfTocEntry *entry)
{
    static const char *const words[] = {
        "pg_",     "information_schema",
        "lo_get",  "loread",
        "ts_stat", "ts_rewrite",
        "_to_xml", "has_",
        "nextval", "currval",
        "lastval", "setting",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strstr(entry->definition, words[i]) != NULL)
            return true;
    return false;
}

static bool is_owners(const HfSchema *schema, GHashTable *schemas, const HfTocEntry *entry, const char *owner)
{
    const char *owner_of_schema = g_hash_table_lookup(schemas, entry->schema != NULL ? entry->schema : "");
    return schema->sql.no_owner || (g_strcmp0(owner_of_schema, owner) == 0 && strcmp(entry->owner, owner) == 0);
}

bool hf_refresh_stands_alone(const HfSchema *schema, const HfTocEntry *refresh, GHashTable *reads)
{
    GHashTableIter iter;
    gpointer each;
    bool reads_table = false;
    if (hides_rows(schema->toc))
        return false;
    g_autoptr(GHashTable) owners = schema_owners(schema->toc);
    g_hash_table_iter_init(&iter, reads);
    while (g_hash_table_iter_next(&iter, &each, NULL)) {
        const HfTocEntry *entry = each;
        bool is_table = strcmp(entry->kind, "TABLE") == 0;
        reads_table = reads_table || is_table;
        if (comes_later(entry) || (is_relation(entry) && !is_owners(schema, owners, entry, refresh->owner)) ||
            (is_relation(entry) && !is_table && (may_look_elsewhere(entry) || is_made_by_rule(schema->toc, entry))))
            return false;
    }
    return reads_table;
}
