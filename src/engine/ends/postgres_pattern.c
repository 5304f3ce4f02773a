#include "engine/ends/postgres_catalog.h"

bool hf_scope_is_selective(const HfScope *self)
{
    return hf_pattern_lists_are_selective(&self->patterns);
}

void hf_scope_append_arguments(const HfScope *self, GPtrArray *arguments)
{
    const struct {
        const char *option;
        const char *const *values;
    } lists[] = {{"--schema", self->patterns.schemas},
                 {"--exclude-schema", self->patterns.exclude_schemas},
                 {"--table", self->patterns.tables},
                 {"--exclude-table", self->patterns.exclude_tables},
                 {"--exclude-table-data", self->exclude_table_data}};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        for (const char *const *value = lists[i].values; value != NULL && *value != NULL; value++)
            g_ptr_array_add(arguments, g_strdup_printf("%s=%s", lists[i].option, *value));
}

static char *match(const char *column, const char *regex)
{
    g_autofree char *literal = hf_pg_quote_literal(regex);
    return g_strdup_printf("%s OPERATOR(pg_catalog.~) %s COLLATE pg_catalog.\"default\"", column, literal);
}

char *hf_postgres_schema_condition(const char *text, GError **error)
{
    g_autoptr(HfPattern) pattern = hf_pattern_parse(text, HF_PATTERN_SCHEMA, error);
    return pattern != NULL ? match("n.nspname", pattern->schema) : NULL;
}

/* What pg_table_is_visible would say under the user's own search path, which no session of ours has. */
#define VISIBLE(relation)                                                                                              \
    relation ".oid = (SELECT o.oid FROM search_path, pg_catalog.pg_class o JOIN pg_catalog.pg_namespace s ON s.oid = " \
             "o.relnamespace WHERE o.relname = " relation ".relname AND s.nspname = ANY (path) ORDER BY "              \
             "pg_catalog.array_position(path, s.nspname) LIMIT 1)"

/* Of a relation and its schema under these names in the query; `visible` says that the search path shows it. */
static char *named_condition(const HfPattern *pattern, const char *relation, const char *schema, const char *visible)
{
    g_autofree char *name_column = g_strconcat(relation, ".relname", NULL);
    g_autofree char *schema_column = g_strconcat(schema, ".nspname", NULL);
    g_autofree char *name = match(name_column, pattern->name);
    g_autofree char *rest = pattern->schema != NULL ? match(schema_column, pattern->schema) : g_strdup(visible);
    return g_strdup_printf("(%s AND %s)", name, rest);
}

char *hf_postgres_table_condition(const char *text, GError **error)
{
    g_autoptr(HfPattern) pattern = hf_pattern_parse(text, HF_PATTERN_TABLE, error);
    return pattern != NULL ? named_condition(pattern, "c", "n", VISIBLE("c")) : NULL;
}

char *hf_postgres_table_or_partition_condition(const char *text, GError **error)
{
    g_autoptr(HfPattern) pattern = hf_pattern_parse(text, HF_PATTERN_TABLE, error);
    if (pattern == NULL)
        return NULL;
    g_autofree char *itself = named_condition(pattern, "c", "n", VISIBLE("c"));
    g_autofree char *ancestor = named_condition(pattern, "pc", "pn", VISIBLE("pc"));
    return g_strdup_printf("(%s OR c.relispartition AND EXISTS (SELECT FROM "
                           "pg_catalog.pg_partition_ancestors(c.oid) a JOIN pg_catalog.pg_class pc ON pc.oid = a.relid "
                           "JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace WHERE %s))",
                           itself, ancestor);
}
