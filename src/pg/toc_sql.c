/*
 * An entry's SQL, as pg_restore prints it: settings before the definition, the owner after it. Names are always quoted,
 * which needs no list of keywords.
 */
#include "pg/dump_toc.h"
#include "pg/toc_role.h"

#include <string.h>

/* Objects that have an owner and whose tag is their name. */
static const char *const owned_by_tag[] = {
    "COLLATION",
    "CONVERSION",
    "DOMAIN",
    "EVENT TRIGGER",
    "FOREIGN DATA WRAPPER",
    "FOREIGN TABLE",
    "MATERIALIZED VIEW",
    "PROCEDURAL LANGUAGE",
    "PUBLICATION",
    "SCHEMA",
    "SEQUENCE",
    "SERVER",
    "STATISTICS",
    "SUBSCRIPTION",
    "TABLE",
    "TEXT SEARCH CONFIGURATION",
    "TEXT SEARCH DICTIONARY",
    "TYPE",
    "VIEW",
    NULL,
};

/* Objects that have an owner and whose name needs more (arguments, an access method), which the DROP statement has. */
static const char *const owned_by_drop[] = {
    "AGGREGATE", "FUNCTION", "OPERATOR", "OPERATOR CLASS", "OPERATOR FAMILY", "PROCEDURE", NULL,
};

static void append_name(GString *sql, const char *name)
{
    g_string_append_c(sql, '"');
    for (; *name != '\0'; name++) {
        if (*name == '"')
            g_string_append_c(sql, '"');
        g_string_append_c(sql, *name);
    }
    g_string_append_c(sql, '"');
}

static void append_qualified_tag(GString *sql, const HfTocEntry *entry)
{
    if (entry->schema != NULL) {
        append_name(sql, entry->schema);
        g_string_append_c(sql, '.');
    }
    append_name(sql, entry->tag);
}

static void append_role(GString *sql, const char *role, const HfTocSqlOptions *options)
{
    const char *mapped = options->role_map != NULL ? g_hash_table_lookup(options->role_map, role) : NULL;
    append_name(sql, mapped != NULL ? mapped : role);
}

static bool is_partitioned_table(const HfTocEntry *entry)
{
    return entry->relkind == 'p';
}

static void append_storage(GString *sql, const HfTocEntry *entry)
{
    if (entry->tablespace != NULL) {
        g_string_append(sql, "SET default_tablespace = ");
        if (*entry->tablespace != '\0')
            append_name(sql, entry->tablespace);
        else
            g_string_append(sql, "''"); /* the database's own */
        g_string_append(sql, ";\n");
    }
    if (entry->access_method != NULL && !is_partitioned_table(entry)) {
        g_string_append(sql, "SET default_table_access_method = ");
        append_name(sql, entry->access_method);
        g_string_append(sql, ";\n");
    }
}

static void append_with_mapped_roles(GString *sql, const char *definition, const HfTocSqlOptions *options)
{
    size_t copied = 0;
    g_auto(HfRoleScan) scan = HF_ROLE_SCAN_INIT(definition);
    while (hf_role_scan_next(&scan)) {
        g_string_append_len(sql, definition + copied, (gssize)(scan.start - copied));
        append_role(sql, scan.name->str, options);
        copied = scan.end;
    }
    g_string_append(sql, definition + copied);
}

static void append_definition(GString *sql, const HfTocEntry *entry, const HfTocSqlOptions *options)
{
    bool is_schema = strcmp(entry->kind, "SCHEMA") == 0;
    if (is_schema && g_str_has_prefix(entry->definition, "--"))
        return; /* of "public", pg_dump says in a comment alone that it exists already */
    if (is_schema && options->no_owner) {
        g_string_append(sql, "CREATE SCHEMA ");
        append_name(sql, entry->tag);
        g_string_append(sql, ";\n");
    } else if (options->role_map != NULL && hf_toc_entry_names_roles(entry)) {
        append_with_mapped_roles(sql, entry->definition, options);
    } else {
        g_string_append(sql, entry->definition);
    }
}

/* What follows "DROP " in the DROP statement, without the end of the statement. */
static void append_dropped(GString *sql, const HfTocEntry *entry)
{
    const char *object = entry->drop + strlen("DROP ");
    size_t length = strlen(object);
    while (length > 0 && strchr("; \n", object[length - 1]) != NULL)
        length--;
    g_string_append_len(sql, object, (gssize)length);
}

/* Without a DROP statement (of the schema "public" it is a comment) an entry is no object of its own. */
static void append_owner(GString *sql, const HfTocEntry *entry, const HfTocSqlOptions *options)
{
    bool by_tag = g_strv_contains(owned_by_tag, entry->kind) && *entry->drop != '\0';
    bool by_drop = g_strv_contains(owned_by_drop, entry->kind) && g_str_has_prefix(entry->drop, "DROP ");
    if (options->no_owner || *entry->owner == '\0' || !(by_tag || by_drop))
        return;
    g_string_append(sql, "ALTER ");
    if (by_drop) {
        append_dropped(sql, entry);
    } else {
        g_string_append_printf(sql, "%s ", entry->kind);
        append_qualified_tag(sql, entry);
    }
    g_string_append(sql, " OWNER TO ");
    append_role(sql, entry->owner, options);
    g_string_append(sql, ";\n");
}

/* A partitioned table has no storage: its access method is what its partitions to come will take, and the setting does
 * not reach it. */
static void append_partitioned_access_method(GString *sql, const HfTocEntry *entry)
{
    if (!is_partitioned_table(entry) || entry->access_method == NULL)
        return;
    g_string_append(sql, "ALTER TABLE ");
    append_qualified_tag(sql, entry);
    g_string_append(sql, " SET ACCESS METHOD ");
    append_name(sql, entry->access_method);
    g_string_append(sql, ";\n");
}

/* Of the database itself, which has another name when it is restored. */
static bool is_of_database(const HfTocEntry *entry)
{
    static const char *const whole[] = {"DATABASE", "DATABASE PROPERTIES", NULL};
    static const char *const about[] = {"ACL", "COMMENT", "SECURITY LABEL", NULL};
    return g_strv_contains(whole, entry->kind) ||
           (g_strv_contains(about, entry->kind) && g_str_has_prefix(entry->tag, "DATABASE "));
}

char *hf_toc_entry_sql(const HfTocEntry *entry, const HfTocSqlOptions *options)
{
    static const HfTocSqlOptions as_dumped = {0};
    if (options == NULL)
        options = &as_dumped;
    bool unwanted = options->no_privileges && entry->phase == HF_TOC_ACL;
    if (unwanted || *entry->definition == '\0' || is_of_database(entry))
        return g_strdup("");
    GString *sql = g_string_new(NULL);
    append_storage(sql, entry);
    append_definition(sql, entry, options);
    append_owner(sql, entry, options);
    append_partitioned_access_method(sql, entry);
    return g_string_free(sql, FALSE);
}
