#include "base/error.h"
#include "engine/ends/postgres_catalog.h"

#include <string.h>

bool hf_scope_is_selective(const HfScope *self)
{
    return (self->schemas != NULL && self->schemas[0] != NULL) || (self->tables != NULL && self->tables[0] != NULL);
}

void hf_scope_append_arguments(const HfScope *self, GPtrArray *arguments)
{
    const struct {
        const char *option;
        const char *const *values;
    } lists[] = {{"--schema", self->schemas},
                 {"--exclude-schema", self->exclude_schemas},
                 {"--table", self->tables},
                 {"--exclude-table", self->exclude_tables},
                 {"--exclude-table-data", self->exclude_table_data}};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        for (const char *const *value = lists[i].values; value != NULL && *value != NULL; value++)
            g_ptr_array_add(arguments, g_strdup_printf("%s=%s", lists[i].option, *value));
}

/*
 * One part of a pattern (up to a dot outside quotes) as a regular expression. Outside quotes letters fold to lower
 * case, * and ? are wildcards, $ is a plain character, and the rest is regular expression as psql documents it; inside
 * quotes all is literal.
 */
static char *part_to_regex(const char **pattern)
{
    GString *regex = g_string_new("^(");
    bool quoted = false;
    const char *c = *pattern;
    for (; *c != '\0' && (quoted || *c != '.'); c++) {
        if (*c == '"' && quoted && c[1] == '"') {
            g_string_append_c(regex, '"');
            c++;
        } else if (*c == '"') {
            quoted = !quoted;
        } else if (!quoted && *c == '*') {
            g_string_append(regex, ".*");
        } else if (!quoted && *c == '?') {
            g_string_append_c(regex, '.');
        } else if (*c == '$' || (quoted && strchr("|*+?()[]{}.^\\", *c) != NULL)) {
            g_string_append_c(regex, '\\');
            g_string_append_c(regex, *c);
        } else {
            g_string_append_c(regex, quoted ? *c : g_ascii_tolower(*c));
        }
    }
    *pattern = c;
    return g_string_free(g_string_append(regex, ")$"), FALSE);
}

static char *match(const char *column, const char *regex)
{
    g_autofree char *literal = hf_pg_quote_literal(regex);
    return g_strdup_printf("%s OPERATOR(pg_catalog.~) %s COLLATE pg_catalog.\"default\"", column, literal);
}

static bool too_many_dots(const char *pattern, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "the pattern %s has too many dotted names; give schema.table",
                pattern);
    return false;
}

char *hf_postgres_schema_condition(const char *pattern, GError **error)
{
    const char *rest = pattern;
    g_autofree char *regex = part_to_regex(&rest);
    if (*rest != '\0' && !too_many_dots(pattern, error))
        return NULL;
    return match("n.nspname", regex);
}

/* What pg_table_is_visible would say under the user's own search path, which no session of ours has. */
#define VISIBLE(relation)                                                                                              \
    relation ".oid = (SELECT o.oid FROM search_path, pg_catalog.pg_class o JOIN pg_catalog.pg_namespace s ON s.oid = " \
             "o.relnamespace WHERE o.relname = " relation ".relname AND s.nspname = ANY (path) ORDER BY "              \
             "pg_catalog.array_position(path, s.nspname) LIMIT 1)"

char *hf_postgres_table_condition(const char *pattern, GError **error)
{
    const char *rest = pattern;
    g_autofree char *first = part_to_regex(&rest);
    if (*rest == '\0') {
        g_autofree char *name = match("c.relname", first);
        return g_strdup_printf("(%s AND " VISIBLE("c") ")", name);
    }
    rest++;
    g_autofree char *second = part_to_regex(&rest);
    if (*rest != '\0' && !too_many_dots(pattern, error))
        return NULL;
    g_autofree char *schema = match("n.nspname", first);
    g_autofree char *name = match("c.relname", second);
    return g_strdup_printf("(%s AND %s)", schema, name);
}
