#include "service/restore_entry.h"

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

bool hf_toc_entry_is_foreign_key(const HfTocEntry *entry)
{
    return strcmp(entry->kind, "FK CONSTRAINT") == 0;
}

bool hf_toc_entry_is_index(const HfTocEntry *entry)
{
    return strcmp(entry->kind, "INDEX") == 0 || strcmp(entry->kind, "CONSTRAINT") == 0;
}

/* An expression has parentheses of its own. */
bool hf_toc_entry_may_have_statistics(const HfTocEntry *entry)
{
    const char *columns = strchr(entry->definition, '(');
    return strcmp(entry->kind, "STATISTICS") == 0 ||
           (hf_toc_entry_is_index(entry) && columns != NULL && strchr(columns + 1, '(') != NULL);
}

bool hf_toc_entry_needs_table_alone(const HfTocEntry *entry)
{
    return strcmp(entry->kind, "INDEX") != 0 || strstr(entry->definition, "\nALTER TABLE ") != NULL;
}
