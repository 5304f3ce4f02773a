/*
 * Values of rows come with a detail ("Key (email)=(x) already exists"), with a context (COPY quotes the line) and, of
 * some classes of errors, in the message itself ("invalid input syntax for type integer: \"x\""), or wherever a
 * function that was called puts them. So what is said without values is what cannot come from a row by its class; of
 * the rest there are fields that the server fills in, and the beginning of COPY's context, which is table, line and
 * column.
 */
#include "pg/server_words.h"

#include <glib.h>
#include <string.h>

static void append_field(GString *text, const PGresult *result, int field, const char *label)
{
    const char *value = PQresultErrorField(result, field);
    if (value != NULL)
        g_string_append_printf(text, "%s%s", label, value);
}

char *hf_pg_server_words(const PGresult *result)
{
    GString *text = g_string_new(NULL);
    append_field(text, result, PG_DIAG_MESSAGE_PRIMARY, "");
    append_field(text, result, PG_DIAG_MESSAGE_DETAIL, "; ");
    append_field(text, result, PG_DIAG_CONTEXT, "; ");
    append_field(text, result, PG_DIAG_MESSAGE_HINT, "; hint: ");
    append_field(text, result, PG_DIAG_SQLSTATE, " (");
    return g_string_free(g_string_append_c(text, ')'), FALSE);
}

/* ---- Without values ------------------------------------------------------------------------------------------------
 */

static bool is_among(const char *sqlstate, const char *const *prefixes)
{
    for (; *prefixes != NULL; prefixes++)
        if (g_str_has_prefix(sqlstate, *prefixes))
            return true;
    return false;
}

/* Rights, connections, resources, the system; of a statement also its syntax and the names in it, but where a row is
 * read these are values: of types such as tsquery and regclass. */
static bool has_no_values(const char *sqlstate, const char *context)
{
    static const char *const never[] = {"08", "25", "28", "3D",    "40",    "53", "54",
                                        "55", "57", "58", "XX001", "XX002", NULL};
    static const char *const but_of_rows[] = {"0A", "2B", "3F", "42", NULL};
    bool reads_row = context != NULL && strstr(context, "COPY") != NULL;
    return is_among(sqlstate, never) ||
           (!reads_row && strcmp(sqlstate, "42601") != 0 && is_among(sqlstate, but_of_rows));
}

/* ", COPY items, line 2, column name", of 'COPY items, line 2, column name: "value"'. */
static void append_place(GString *text, const char *context)
{
    if (context != NULL && g_str_has_prefix(context, "COPY "))
        g_string_append_printf(text, ", %.*s", (int)strcspn(context, ":\n"), context);
}

static char *words_of_fields(const PGresult *result)
{
    GString *text = g_string_new("what was refused are values of rows, which are not named here");
    append_field(text, result, PG_DIAG_SCHEMA_NAME, ", schema ");
    append_field(text, result, PG_DIAG_TABLE_NAME, ", table ");
    append_field(text, result, PG_DIAG_COLUMN_NAME, ", column ");
    append_field(text, result, PG_DIAG_DATATYPE_NAME, ", type ");
    append_field(text, result, PG_DIAG_CONSTRAINT_NAME, ", constraint ");
    append_place(text, PQresultErrorField(result, PG_DIAG_CONTEXT));
    append_field(text, result, PG_DIAG_SQLSTATE, " (");
    return g_string_free(g_string_append_c(text, ')'), FALSE);
}

char *hf_pg_server_words_without_values(const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (!has_no_values(sqlstate, PQresultErrorField(result, PG_DIAG_CONTEXT)))
        return words_of_fields(result);
    return g_strdup_printf("%s (%s)", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY), sqlstate);
}
