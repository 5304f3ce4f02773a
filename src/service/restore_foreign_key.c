#include "service/restore_foreign_key.h"

#include "service/restore_entry.h"

#include <string.h>

struct HfForeignKeyReads {
    const HfDumpToc *toc;
    GHashTable *partitions; /* of a table, by its entry: GPtrArray of HfTocEntry */
    GHashTable *indexes;    /* the same */
};

static bool is_table(const HfTocEntry *entry)
{
    return entry != NULL && strcmp(entry->kind, "TABLE") == 0;
}

/* Adds it to the lists of those tables that `entry` depends on. */
static void hang(HfForeignKeyReads *self, GHashTable *lists, const HfTocEntry *entry, const HfTocEntry *it)
{
    for (size_t i = 0; i < entry->dependency_count; i++) {
        const HfTocEntry *table = hf_dump_toc_find(self->toc, entry->dependencies[i]);
        if (!is_table(table) || table == it)
            continue;
        GPtrArray *list = g_hash_table_lookup(lists, table);
        if (list == NULL)
            g_hash_table_insert(lists, (gpointer)table, list = g_ptr_array_new());
        g_ptr_array_add(list, (gpointer)it);
    }
}

HfForeignKeyReads *hf_foreign_key_reads_new(const HfDumpToc *toc)
{
    HfForeignKeyReads *self = g_new0(HfForeignKeyReads, 1);
    self->toc = toc;
    self->partitions = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    self->indexes = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    for (size_t i = 0; i < hf_dump_toc_size(toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(toc, i), *partition = hf_dump_toc_attached(toc, entry);
        if (partition != NULL)
            hang(self, self->partitions, entry, partition);
        if (hf_toc_entry_is_index(entry))
            hang(self, self->indexes, entry, entry);
    }
    return self;
}

void hf_foreign_key_reads_free(HfForeignKeyReads *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->partitions);
    g_hash_table_unref(self->indexes);
    g_free(self);
}

/* "a, b)" and what follows, of the first of the words that the definition has, which end before the columns; NULL. A
 * name that has such words in it makes a check slower, and no more. */
static const char *columns_after(const HfTocEntry *entry, const char *const *words)
{
    for (; *words != NULL; words++) {
        const char *found = strstr(entry->definition, *words);
        const char *columns = found != NULL ? strchr(found + strlen(*words), '(') : NULL;
        if (columns != NULL)
            return columns + 1;
    }
    return NULL;
}

/* Whether rows come from it in the order of the key's columns, which are `length` bytes. */
static bool orders_by(const HfTocEntry *index, const char *columns, size_t length)
{
    const char *own = columns_after(index, (const char *const[]){" USING btree", " PRIMARY KEY", " UNIQUE", NULL});
    return own != NULL && strncmp(own, columns, length) == 0 && strchr("),", own[length]) != NULL;
}

/* The table and its partitions; with columns their indexes too. One that is there already is not looked at again. */
static void add(const HfForeignKeyReads *self, const HfTocEntry *table, const char *columns, GHashTable *reads)
{
    const GPtrArray *indexes = g_hash_table_lookup(self->indexes, table);
    const GPtrArray *partitions = g_hash_table_lookup(self->partitions, table);
    const char *end = columns != NULL ? strchr(columns, ')') : NULL;
    if (!g_hash_table_add(reads, (gpointer)table))
        return;
    for (guint i = 0; end != NULL && indexes != NULL && i < indexes->len; i++)
        if (orders_by(indexes->pdata[i], columns, (size_t)(end - columns)))
            g_hash_table_add(reads, indexes->pdata[i]);
    for (guint i = 0; partitions != NULL && i < partitions->len; i++)
        add(self, partitions->pdata[i], columns, reads);
}

GHashTable *hf_foreign_key_reads(const HfForeignKeyReads *self, const HfTocEntry *key)
{
    GHashTable *reads = g_hash_table_new(NULL, NULL);
    const char *columns = columns_after(key, (const char *const[]){" FOREIGN KEY", NULL});
    for (size_t i = 0; i < key->dependency_count; i++) {
        const HfTocEntry *table = hf_dump_toc_find(self->toc, key->dependencies[i]);
        if (is_table(table) && hf_toc_entry_is_of_relation(key, table))
            add(self, table, columns, reads);
    }
    for (size_t i = 0; i < key->dependency_count; i++) {
        const HfTocEntry *table = hf_dump_toc_find(self->toc, key->dependencies[i]);
        if (is_table(table))
            add(self, table, NULL, reads);
    }
    return reads;
}
