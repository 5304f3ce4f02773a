#include "cli/scope_options.h"

static struct {
    char **schemas, **exclude_schemas, **tables, **exclude_tables;
} options;

HfPatternLists hf_scope_patterns(void)
{
    return (HfPatternLists){.schemas = (const char *const *)options.schemas,
                            .exclude_schemas = (const char *const *)options.exclude_schemas,
                            .tables = (const char *const *)options.tables,
                            .exclude_tables = (const char *const *)options.exclude_tables};
}

static gboolean check(GOptionContext *context, GOptionGroup *group, gpointer data, GError **error)
{
    (void)context;
    (void)group;
    (void)data;
    HfPatternLists lists = hf_scope_patterns();
    g_autoptr(HfPatternFilter) filter = hf_pattern_filter_new(&lists, error);
    if (filter != NULL && lists.tables != NULL && (lists.schemas != NULL || lists.exclude_schemas != NULL))
        g_warning("--schema and --exclude-schema have no effect beside --table, as in pg_dump");
    return filter != NULL;
}

GOptionGroup *hf_scope_options(void)
{
    static const GOptionEntry entries[] = {
        {"schema", 'n', 0, G_OPTION_ARG_STRING_ARRAY, &options.schemas, "Only these schemas; may be repeated",
         "PATTERN"},
        {"exclude-schema", 'N', 0, G_OPTION_ARG_STRING_ARRAY, &options.exclude_schemas, "Not these schemas", "PATTERN"},
        {"table", 't', 0, G_OPTION_ARG_STRING_ARRAY, &options.tables, "Only these tables; may be repeated", "PATTERN"},
        {"exclude-table", 'T', 0, G_OPTION_ARG_STRING_ARRAY, &options.exclude_tables, "Not these tables", "PATTERN"},
        {NULL},
    };
    GOptionGroup *group = g_option_group_new("scope", "Schemas and tables:", "Schemas and tables", NULL, NULL);
    g_option_group_add_entries(group, entries);
    g_option_group_set_parse_hooks(group, NULL, check);
    return group;
}
