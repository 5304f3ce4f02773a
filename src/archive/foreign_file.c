#include "archive/foreign_file.h"

#include <string.h>

typedef struct {
    const char *start;
    gsize length;
    const char *what;
} Foreign;

#define STARTS(text) text, sizeof text - 1

static const Foreign files[] = {
    {STARTS("PGDMP"), "it is a dump of pg_dump in the custom format: use pg_restore"},
    {STARTS("toc.dat\0"), "it is a dump of pg_dump in the tar format: use pg_restore"},
    {STARTS("--\n-- PostgreSQL database dump"), "it is a script of pg_dump: use psql"},
    {STARTS("--\n-- PostgreSQL database cluster dump"), "it is a script of pg_dumpall: use psql"},
    {STARTS("\x1f\x8b"), "it is compressed with gzip: unpack it with gunzip first"},
    {STARTS("\x28\xb5\x2f\xfd"), "it is compressed with zstd: unpack it with unzstd first"},
};

const char *hf_foreign_file_name(const char *start, gsize length)
{
    if (length == 0)
        return "it is empty";
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
        if (length >= files[i].length && memcmp(start, files[i].start, files[i].length) == 0)
            return files[i].what;
    return NULL;
}
