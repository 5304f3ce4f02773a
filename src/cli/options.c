#include "cli/options.h"

#include "base/error.h"
#include "base/units.h"
#include "engine/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_MAX_JOBS 8

/* The short options that take a value, in whatever command has them. */
#define SHORT_WITH_VALUE "jnNtTZ"

static gboolean show_help;

static const GOptionEntry common[] = {
    {"help", 'h', 0, G_OPTION_ARG_NONE, &show_help, "Show this help", NULL},
    {NULL},
};

bool hf_option_fail(GError **error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *text = g_strdup_vprintf(format, list);
    va_end(list);
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, text);
    return false;
}

/* GOption takes "-j 4" but not "-j4", which pg_dump taught everybody. */
static char **split_short(char *program, char **arguments)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_strv_builder_add(builder, program);
    for (; *arguments != NULL; arguments++) {
        const char *text = *arguments;
        bool joined = text[0] == '-' && text[1] != '\0' && strchr(SHORT_WITH_VALUE, text[1]) != NULL && text[2] != '\0';
        g_autofree char *option = joined ? g_strndup(text, 2) : NULL;
        if (joined)
            g_strv_builder_add(builder, option);
        g_strv_builder_add(builder, joined ? text + 2 : text);
    }
    return g_strv_builder_end(builder);
}

static GOptionContext *make_context(const HfCommand *command, const GOptionEntry *entries, va_list groups)
{
    GOptionContext *context = g_option_context_new(command->synopsis);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_summary(context, command->summary);
    g_option_context_set_description(context, command->examples);
    /* Not as main entries, which the help lists last. */
    GOptionGroup *own = g_option_group_new("options", "Options:", "Options", NULL, NULL);
    g_option_group_add_entries(own, entries);
    g_option_group_add_entries(own, common);
    g_option_context_add_group(context, own);
    for (GOptionGroup *group; (group = va_arg(groups, GOptionGroup *)) != NULL;)
        g_option_context_add_group(context, group);
    return context;
}

/* GOption's words begin with a capital and belong to another domain. */
static bool fail_from(const GError *reason, GError **error)
{
    return hf_option_fail(error, "%c%s", g_ascii_tolower(reason->message[0]), reason->message + 1);
}

/* `rest` is what the parser did not take. */
static bool check_parsed(GOptionContext *context, char **rest, GError **error)
{
    if (show_help) {
        g_autofree char *help = g_option_context_get_help(context, FALSE, NULL);
        fputs(help, stdout);
        return false;
    }
    return *rest == NULL ||
           hf_option_fail(error, "\"%s\" is not an option: every value follows the name of its option", *rest);
}

static bool names(const char *argument, const char *option)
{
    size_t length = strlen(option);
    return g_str_has_prefix(argument, "--") && strncmp(argument + 2, option, length) == 0 &&
           (argument[2 + length] == '\0' || argument[2 + length] == '=');
}

/* GOption would take the last of two values for one option, and say nothing. */
static bool check_once(const GOptionEntry *entries, char **arguments, GError **error)
{
    for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++) {
        unsigned count = 0;
        if (entry->arg != G_OPTION_ARG_STRING && entry->arg != G_OPTION_ARG_FILENAME)
            continue;
        for (char **argument = arguments; *argument != NULL; argument++)
            count += names(*argument, entry->long_name);
        if (count > 1)
            return hf_option_fail(error, "--%s is given %u times, and takes one value", entry->long_name, count);
    }
    return true;
}

bool hf_options_parse(const HfCommand *command, char **arguments, const GOptionEntry *entries, GError **error, ...)
{
    va_list groups;
    va_start(groups, error);
    g_autoptr(GOptionContext) context = make_context(command, entries, groups);
    va_end(groups);

    g_autofree char *name = g_strdup_printf("holdfast %s", command->name);
    g_set_prgname(name);
    g_auto(GStrv) list = split_short(name, arguments);
    g_autoptr(GError) reason = NULL;
    if (!check_once(entries, list + 1, error))
        return false;
    if (!g_option_context_parse_strv(context, &list, &reason))
        return fail_from(reason, error);
    return check_parsed(context, list + 1, error);
}

bool hf_option_require(const char *name, const char *value, const char *what, GError **error)
{
    if (value == NULL)
        return hf_option_fail(error, "%s is missing: it names %s", name, what);
    return *value != '\0' || hf_option_fail(error, "%s is empty: it names %s", name, what);
}

bool hf_option_number(const char *name, const char *value, uint64_t min, uint64_t max, uint64_t *number, GError **error)
{
    if (value == NULL || hf_parse_uint(value, min, max, number, error))
        return true;
    g_prefix_error(error, "%s: ", name);
    return false;
}

bool hf_option_duration(const char *name, const char *value, uint64_t *seconds, GError **error)
{
    if (value == NULL || hf_parse_duration(value, seconds, error))
        return true;
    g_prefix_error(error, "%s: ", name);
    return false;
}

bool hf_option_choice(const char *name, const char *value, const char *const *choices, unsigned *index, GError **error)
{
    if (value == NULL)
        return true;
    for (unsigned i = 0; choices[i] != NULL; i++) {
        if (strcmp(value, choices[i]) == 0) {
            *index = i;
            return true;
        }
    }
    g_autofree char *list = g_strjoinv(", ", (char **)choices);
    return hf_option_fail(error, "%s: \"%s\" is not one of %s", name, value, list);
}

bool hf_option_jobs(const char *value, unsigned *jobs, GError **error)
{
    uint64_t number = MIN(g_get_num_processors(), DEFAULT_MAX_JOBS);
    bool ok = hf_option_number("--jobs", value, 1, HF_PROGRESS_MAX_LANES, &number, error);
    *jobs = (unsigned)number;
    return ok;
}

bool hf_option_role_map(const char *const *values, GHashTable **map, GError **error)
{
    *map = NULL;
    if (values == NULL)
        return true;
    g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (const char *const *value = values; *value != NULL; value++) {
        const char *equals = strchr(*value, '=');
        if (equals == NULL || equals == *value || equals[1] == '\0')
            return hf_option_fail(error, "--role-map: \"%s\" is not of the form OLD=NEW", *value);
        char *old = g_strndup(*value, (gsize)(equals - *value));
        if (!g_hash_table_insert(found, old, g_strdup(equals + 1)))
            return hf_option_fail(error, "--role-map: \"%s\" maps a role that is mapped already", *value);
    }
    *map = g_steal_pointer(&found);
    return true;
}
