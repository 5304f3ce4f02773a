/* The dump files of tests/vectors/pg_dump, and finding entries in them. */
#ifndef HF_TESTS_PG_DUMP_FILE_H
#define HF_TESTS_PG_DUMP_FILE_H

#include "pg/dump_toc.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static inline GBytes *dump_file_read(const char *name)
{
    g_autofree char *path = g_build_filename(VECTORS, "pg_dump", name, NULL);
    char *contents = NULL;
    gsize length = 0;
    assert_true(g_file_get_contents(path, &contents, &length, NULL));
    return g_bytes_new_take(contents, length);
}

static inline HfDumpToc *dump_file_parse(const char *name)
{
    g_autoptr(GBytes) bytes = dump_file_read(name);
    g_autoptr(GError) error = NULL;
    HfDumpToc *toc = hf_dump_toc_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &error);
    assert_null(error);
    return toc;
}

/* The position of the one entry with this kind and tag. */
static inline size_t dump_file_index(const HfDumpToc *toc, const char *kind, const char *tag)
{
    for (size_t i = 0; i < hf_dump_toc_size(toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(toc, i);
        if (strcmp(entry->kind, kind) == 0 && strcmp(entry->tag, tag) == 0)
            return i;
    }
    fail_msg("no %s %s", kind, tag);
    return 0;
}

static inline const HfTocEntry *dump_file_entry(const HfDumpToc *toc, const char *kind, const char *tag)
{
    return hf_dump_toc_get(toc, dump_file_index(toc, kind, tag));
}

#endif
