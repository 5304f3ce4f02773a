/*
 * Prints the SQL of a dump's entries in the order of their phases, for psql:
 *
 *   toc_print DUMP [--no-owner | --no-privileges | --table=SCHEMA.NAME | OLDROLE=NEWROLE]…
 */
#include "pg/dump_toc.h"

#include <stdio.h>
#include <string.h>

static HfPatternVerdict is_named(const HfTocEntry *entry, gpointer names)
{
    g_autofree char *name = g_strconcat(entry->schema != NULL ? entry->schema : "", ".", entry->tag, NULL);
    bool relation = hf_toc_entry_is_nameable(entry);
    return relation && g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL) ? HF_PATTERN_WANTED
                                                                                        : HF_PATTERN_UNTOLD;
}

static void read_argument(char *argument, HfTocSqlOptions *options, GPtrArray *tables)
{
    char *equals = strchr(argument, '=');
    if (strcmp(argument, "--no-owner") == 0)
        options->no_owner = true;
    else if (strcmp(argument, "--no-privileges") == 0)
        options->no_privileges = true;
    else if (g_str_has_prefix(argument, "--table="))
        g_ptr_array_add(tables, equals + 1);
    else if (equals != NULL)
        g_hash_table_insert(options->role_map, g_strndup(argument, (gsize)(equals - argument)), g_strdup(equals + 1));
}

static void print_entries(const HfDumpToc *toc, const HfTocSqlOptions *options, const bool *chosen)
{
    puts("SET check_function_bodies = off; SET xmloption = content;");
    for (HfTocPhase phase = HF_TOC_PRE_DATA; phase <= HF_TOC_LAST; phase++)
        for (size_t i = 0; i < hf_dump_toc_size(toc); i++) {
            g_autofree char *sql = hf_toc_entry_sql(hf_dump_toc_get(toc, i), options);
            if (hf_dump_toc_get(toc, i)->phase == phase && (chosen == NULL || chosen[i]))
                puts(sql);
        }
}

int main(int argc, char **argv)
{
    g_autoptr(GHashTable) role_map = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GPtrArray) tables = g_ptr_array_new();
    HfTocSqlOptions options = {.role_map = role_map};
    for (int i = 2; i < argc; i++)
        read_argument(argv[i], &options, tables);

    g_autofree char *bytes = NULL;
    gsize length = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(HfDumpToc) toc = NULL;
    if (argc > 1 && g_file_get_contents(argv[1], &bytes, &length, &error))
        toc = hf_dump_toc_parse((const uint8_t *)bytes, length, &error);
    if (toc == NULL) {
        fprintf(stderr, "toc_print: %s\n", error != NULL ? error->message : "which dump?");
        return 1;
    }
    g_autofree bool *chosen = tables->len > 0 ? hf_dump_toc_select(toc, is_named, tables) : NULL;
    print_entries(toc, &options, chosen);
    return 0;
}
