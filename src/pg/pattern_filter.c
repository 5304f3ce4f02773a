#include "base/error.h"
#include "pg/pattern.h"

#include <string.h>

/* The patterns of one option. */
typedef struct {
    const char *option;
    bool excludes;
    GPtrArray *patterns; /* HfPattern*, owned */
    GArray *used;        /* bool for each */
} Group;

enum { SCHEMAS, EXCLUDE_SCHEMAS, TABLES, EXCLUDE_TABLES, GROUPS };

struct HfPatternFilter {
    Group groups[GROUPS];
};

static bool has_any(const char *const *list)
{
    return list != NULL && *list != NULL;
}

bool hf_pattern_lists_given(const HfPatternLists *self)
{
    return hf_pattern_lists_are_selective(self) || has_any(self->exclude_schemas) || has_any(self->exclude_tables);
}

bool hf_pattern_lists_are_selective(const HfPatternLists *self)
{
    return has_any(self->schemas) || has_any(self->tables);
}

static bool fill(Group *self, const char *option, bool excludes, const char *const *list, HfPatternKind kind,
                 GError **error)
{
    self->option = option;
    self->excludes = excludes;
    for (; list != NULL && *list != NULL; list++) {
        HfPattern *pattern = hf_pattern_parse(*list, kind, error);
        if (pattern == NULL) {
            g_prefix_error(error, "%s: ", option);
            return false;
        }
        g_ptr_array_add(self->patterns, pattern);
    }
    g_array_set_size(self->used, self->patterns->len);
    return true;
}

HfPatternFilter *hf_pattern_filter_new(const HfPatternLists *lists, GError **error)
{
    g_autoptr(HfPatternFilter) self = g_new0(HfPatternFilter, 1);
    for (size_t i = 0; i < GROUPS; i++) {
        self->groups[i].patterns = g_ptr_array_new_with_free_func((GDestroyNotify)hf_pattern_free);
        self->groups[i].used = g_array_new(FALSE, TRUE, sizeof(bool));
    }
    bool ok =
        fill(&self->groups[SCHEMAS], "--schema", false, lists->schemas, HF_PATTERN_SCHEMA, error) &&
        fill(&self->groups[EXCLUDE_SCHEMAS], "--exclude-schema", true, lists->exclude_schemas, HF_PATTERN_SCHEMA,
             error) &&
        fill(&self->groups[TABLES], "--table", false, lists->tables, HF_PATTERN_TABLE, error) &&
        fill(&self->groups[EXCLUDE_TABLES], "--exclude-table", true, lists->exclude_tables, HF_PATTERN_TABLE, error);
    return ok ? g_steal_pointer(&self) : NULL;
}

void hf_pattern_filter_free(HfPatternFilter *self)
{
    if (self == NULL)
        return;
    for (size_t i = 0; i < GROUPS; i++) {
        g_ptr_array_unref(self->groups[i].patterns);
        g_array_unref(self->groups[i].used);
    }
    g_free(self);
}

bool hf_pattern_filter_is_selective(const HfPatternFilter *self)
{
    return self->groups[SCHEMAS].patterns->len > 0 || self->groups[TABLES].patterns->len > 0;
}

/* All patterns are tried, to know each that is of use. */
static bool match(Group *self, const char *schema, const char *name)
{
    bool any = false;
    for (guint i = 0; i < self->patterns->len; i++) {
        bool matches = hf_pattern_matches(self->patterns->pdata[i], schema, name);
        g_array_index(self->used, bool, i) |= matches;
        any |= matches;
    }
    return any;
}

HfPatternVerdict hf_pattern_filter_judge(HfPatternFilter *self, const char *schema, const char *name)
{
    Group *groups = self->groups;
    bool by_table = groups[TABLES].patterns->len > 0, by_schema = groups[SCHEMAS].patterns->len > 0;
    /* Names of an archive are in the encoding of its database if that is SQL_ASCII; patterns are UTF-8. */
    g_autofree char *valid_schema = schema != NULL ? g_utf8_make_valid(schema, -1) : NULL;
    g_autofree char *valid_name = name != NULL ? g_utf8_make_valid(name, -1) : NULL;
    bool schema_wanted = schema != NULL && match(&groups[SCHEMAS], valid_schema, NULL);
    bool schema_excluded = schema != NULL && match(&groups[EXCLUDE_SCHEMAS], valid_schema, NULL);
    bool nameable = schema != NULL && name != NULL;
    bool table_wanted = nameable && match(&groups[TABLES], valid_schema, valid_name);
    bool table_excluded = nameable && match(&groups[EXCLUDE_TABLES], valid_schema, valid_name);
    if (table_excluded || (schema_excluded && !by_table))
        return HF_PATTERN_EXCLUDED;
    if (by_table ? table_wanted : by_schema ? schema_wanted : true)
        return HF_PATTERN_WANTED;
    return HF_PATTERN_UNTOLD;
}

bool hf_pattern_tell_unused(const char *option, bool excludes, const char *pattern, const char *where, GError **error)
{
    const char *what = strstr(option, "schema") != NULL ? "schema" : "table, view or sequence";
    if (excludes)
        g_warning("no %s in %s matches %s %s: it excludes nothing", what, where, option, pattern);
    else
        g_set_error(
            error, HF_ERROR, HF_ERROR_NOT_FOUND,
            "no %s in %s matches %s %s; capital letters count only between double quotes, * and ? are wildcards, "
            "and \"holdfast inspect\" lists the tables of an archive",
            what, where, option, pattern);
    return excludes;
}

bool hf_pattern_filter_check_used(const HfPatternFilter *self, GError **error)
{
    for (size_t i = 0; i < GROUPS; i++) {
        const Group *group = &self->groups[i];
        for (guint p = 0; p < group->patterns->len; p++) {
            const HfPattern *pattern = group->patterns->pdata[p];
            if (!g_array_index(group->used, bool, p) &&
                !hf_pattern_tell_unused(group->option, group->excludes, pattern->text, "the archive", error))
                return false;
        }
    }
    return true;
}
