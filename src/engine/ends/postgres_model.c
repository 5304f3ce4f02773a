#include "engine/ends/postgres_model.h"

#include "base/error.h"

#include <string.h>

/*
 * A query for each kind of thing, over all tables at once: their OIDs are its one parameter. Lists of names come as
 * JSON arrays. What is attached to tables comes sorted by the table's OID and is handed out by a hash of those.
 */

/* A sequence that is to be asked what it gives next. */
typedef struct {
    int64_t *to;
    char *name; /* quoted and qualified */
    int64_t increment, minimum, maximum;
    bool cycles;
} Next;

typedef struct {
    HfPg *pg;
    GArray *nexts;      /* Next */
    char *oids;         /* "{1,2,3}": of the tables that are taken */
    GHashTable *tables; /* OID to HfNeutralTable */
    HfNeutralModel *model;
} Reader;

#define NO_EXTENSION(catalog, oid)                                                                                     \
    "NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = '" catalog                                       \
    "'::pg_catalog.regclass AND x.objid = " oid " AND x.deptype = 'e')"

/* Names of the columns whose numbers an array has, in its order, as JSON. */
#define NAMES(numbers, relation)                                                                                       \
    "(SELECT coalesce(pg_catalog.json_agg(m.attname ORDER BY e.place), '[]') FROM pg_catalog.unnest(" numbers          \
    ") WITH ORDINALITY e (number, place) JOIN pg_catalog.pg_attribute m ON m.attrelid = " relation                     \
    " AND m.attnum = e.number)"

static HfPgRows *query(Reader *self, const char *sql, GError **error)
{
    return hf_pg_query(self->pg, sql, (const char *[]){self->oids, NULL}, error);
}

static char *text_at(const HfPgRows *rows, size_t row, int column)
{
    return g_strdup(hf_pg_rows_text(rows, row, column));
}

/* Adds the strings of a JSON array. */
static bool add_names(const HfPgRows *rows, size_t row, int column, GPtrArray *to, GError **error)
{
    const char *text = hf_pg_rows_text(rows, row, column);
    if (text == NULL)
        return true;
    g_autoptr(HfJson) json = hf_json_parse("the catalog's answer", text, strlen(text), 100000, error);
    if (json == NULL)
        return false;
    for (HfJsonNode each = hf_json_first(json, 0); each != HF_JSON_NONE; each = hf_json_next(json, 0, each)) {
        char *name = hf_json_string(json, each, error);
        if (name == NULL)
            return false;
        g_ptr_array_add(to, name);
    }
    return true;
}

static HfNeutralTable *table_of(const Reader *self, const HfPgRows *rows, size_t row)
{
    return g_hash_table_lookup(self->tables, GUINT_TO_POINTER((guint)hf_pg_rows_int64(rows, row, 0)));
}

/* ---- Database and schemas ------------------------------------------------------------------------------------------
 */

static bool read_database(Reader *self, GError **error)
{
    g_autoptr(HfPgRows) rows =
        hf_pg_query(self->pg,
                    "SELECT pg_catalog.current_setting('server_version'), d.datname, "
                    "pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, "
                    "pg_catalog.shobj_description(d.oid, 'pg_database') FROM pg_catalog.pg_database d WHERE "
                    "d.datname = pg_catalog.current_database()",
                    NULL, error);
    if (rows == NULL)
        return false;
    self->model->source = g_strconcat("PostgreSQL ", hf_pg_rows_text(rows, 0, 0), NULL);
    self->model->database = text_at(rows, 0, 1);
    self->model->encoding = text_at(rows, 0, 2);
    self->model->collation = text_at(rows, 0, 3);
    self->model->comment = text_at(rows, 0, 4);
    return true;
}

/* Those that something of the model is in; of an empty one all that is lost is its name. What initdb says of public is
 * nobody's comment. */
static bool read_schemas(Reader *self, bool selective, GError **error)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT n.nspname, nullif(pg_catalog.obj_description(n.oid, 'pg_namespace'), CASE n.nspname WHEN 'public' THEN "
        "'standard public schema' END) FROM pg_catalog.pg_namespace n WHERE "
        "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND (EXISTS (SELECT FROM pg_catalog.pg_class c "
        "WHERE "
        "c.relnamespace = n.oid AND c.oid = ANY ($1::pg_catalog.oid[])) OR (NOT %s AND " NO_EXTENSION(
            "pg_catalog.pg_namespace", "n.oid") ")) ORDER BY n.nspname COLLATE \"C\"",
        selective ? "true" : "false");
    g_autoptr(HfPgRows) rows = query(self, sql, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        HfNeutralSchema *schema = hf_neutral_add_schema(self->model);
        schema->name = text_at(rows, i, 0);
        schema->comment = text_at(rows, i, 1);
    }
    return rows != NULL;
}

/* ---- Tables --------------------------------------------------------------------------------------------------------
 */

/* Partitions of a table that goes are in it. */
static bool choose_tables(Reader *self, const HfScope *scope, GError **error)
{
    g_autoptr(HfPgRows) all = hf_postgres_list_relations(self->pg, scope, error);
    if (all == NULL)
        return false;
    GString *oids = g_string_new("{");
    for (size_t i = 0; i < hf_pg_rows_count(all); i++)
        g_string_append_printf(oids, "%s%s", i > 0 ? "," : "", hf_pg_rows_text(all, i, 0));
    self->oids = g_string_free(g_string_append_c(oids, '}'), FALSE);
    g_autofree char *roots = hf_pg_query_text(
        self->pg,
        "SELECT coalesce(pg_catalog.array_agg(c.oid), '{}') FROM pg_catalog.pg_class c WHERE c.oid = ANY "
        "($1::pg_catalog.oid[]) AND NOT (c.relispartition AND EXISTS (SELECT FROM "
        "pg_catalog.pg_partition_ancestors(c.oid) a WHERE a.relid <> c.oid AND a.relid = ANY ($1::pg_catalog.oid[])))",
        (const char *[]){self->oids, NULL}, error);
    if (roots == NULL)
        return false;
    g_free(self->oids);
    self->oids = g_steal_pointer(&roots);
    return true;
}

static bool read_tables(Reader *self, GError **error)
{
    g_autoptr(HfPgRows) rows = query(
        self,
        "SELECT c.oid, n.nspname, c.relname, pg_catalog.obj_description(c.oid, 'pg_class'), c.relkind = 'p', "
        "(SELECT pg_catalog.sum(greatest(k.reltuples, 0))::bigint FROM pg_catalog.pg_class k WHERE k.oid = c.oid OR "
        "k.oid "
        "IN (SELECT t.relid FROM pg_catalog.pg_partition_tree(c.oid) t WHERE t.isleaf)), "
        "(SELECT pg_catalog.sum(pg_catalog.pg_table_size(k.oid))::bigint FROM pg_catalog.pg_class k WHERE k.oid = "
        "c.oid OR "
        "k.oid IN (SELECT t.relid FROM pg_catalog.pg_partition_tree(c.oid) t WHERE t.isleaf)), EXISTS (SELECT FROM "
        "pg_catalog.pg_partition_tree(c.oid) t JOIN pg_catalog.pg_class k ON k.oid = t.relid WHERE k.relkind = 'f'), "
        "EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid AND c.relkind <> 'p') FROM "
        "pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY ($1::pg_catalog.oid[]) ORDER BY "
        "n.nspname COLLATE \"C\", c.relname COLLATE \"C\"",
        error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        HfNeutralTable *table = hf_neutral_add_table(self->model);
        table->schema = text_at(rows, i, 1);
        table->name = text_at(rows, i, 2);
        table->comment = text_at(rows, i, 3);
        table->partitioned = hf_pg_rows_bool(rows, i, 4);
        table->rows = hf_pg_rows_int64(rows, i, 5);
        table->bytes = hf_pg_rows_int64(rows, i, 6);
        table->elsewhere = hf_pg_rows_bool(rows, i, 7);
        table->has_heirs = hf_pg_rows_bool(rows, i, 8);
        g_hash_table_insert(self->tables, GUINT_TO_POINTER((guint)hf_pg_rows_int64(rows, i, 0)), table);
    }
    return rows != NULL;
}

/* ---- Types ---------------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *name; /* pg_type.typname of pg_catalog */
    HfNeutralKind kind;
} builtins[] = {
    {"bool", HF_NEUTRAL_BOOLEAN},
    {"int2", HF_NEUTRAL_INT16},
    {"int4", HF_NEUTRAL_INT32},
    {"int8", HF_NEUTRAL_INT64},
    {"oid", HF_NEUTRAL_INT64},
    {"numeric", HF_NEUTRAL_DECIMAL},
    {"float4", HF_NEUTRAL_FLOAT32},
    {"float8", HF_NEUTRAL_FLOAT64},
    {"money", HF_NEUTRAL_MONEY},
    {"bpchar", HF_NEUTRAL_CHAR},
    {"varchar", HF_NEUTRAL_TEXT},
    {"text", HF_NEUTRAL_TEXT},
    {"name", HF_NEUTRAL_TEXT},
    {"bytea", HF_NEUTRAL_BYTES},
    {"uuid", HF_NEUTRAL_UUID},
    {"date", HF_NEUTRAL_DATE},
    {"time", HF_NEUTRAL_TIME},
    {"timetz", HF_NEUTRAL_TIME_WITH_ZONE},
    {"timestamp", HF_NEUTRAL_TIMESTAMP},
    {"timestamptz", HF_NEUTRAL_INSTANT},
    {"interval", HF_NEUTRAL_INTERVAL},
    {"json", HF_NEUTRAL_JSON},
    {"jsonb", HF_NEUTRAL_JSON},
    {"xml", HF_NEUTRAL_XML},
    {"inet", HF_NEUTRAL_NETWORK},
    {"cidr", HF_NEUTRAL_NETWORK},
    {"macaddr", HF_NEUTRAL_MAC},
    {"macaddr8", HF_NEUTRAL_MAC},
    {"bit", HF_NEUTRAL_BITS},
    {"varbit", HF_NEUTRAL_BITS},
    {"tsvector", HF_NEUTRAL_SEARCH_VECTOR},
    {"point", HF_NEUTRAL_GEOMETRY},
    {"line", HF_NEUTRAL_GEOMETRY},
    {"lseg", HF_NEUTRAL_GEOMETRY},
    {"box", HF_NEUTRAL_GEOMETRY},
    {"path", HF_NEUTRAL_GEOMETRY},
    {"polygon", HF_NEUTRAL_GEOMETRY},
    {"circle", HF_NEUTRAL_GEOMETRY},
};

/* `type`: pg_type's typtype, typcategory, name and whether it is of pg_catalog. */
static HfNeutralKind kind_of(char type, char category, const char *name, bool builtin)
{
    if (type == 'e')
        return HF_NEUTRAL_ENUM;
    if (type == 'c')
        return HF_NEUTRAL_COMPOSITE;
    if (type == 'r' || type == 'm')
        return HF_NEUTRAL_RANGE;
    if (category == 'A')
        return HF_NEUTRAL_ARRAY;
    if (!builtin && strcmp(name, "citext") == 0)
        return HF_NEUTRAL_TEXT_WITHOUT_CASE;
    if (!builtin && strcmp(name, "hstore") == 0)
        return HF_NEUTRAL_MAP;
    for (size_t i = 0; builtin && i < G_N_ELEMENTS(builtins); i++)
        if (strcmp(builtins[i].name, name) == 0)
            return builtins[i].kind;
    return HF_NEUTRAL_OTHER;
}

/* What a type's modifier says of it. */
static void set_size(HfNeutralType *type, const char *name, int64_t modifier)
{
    if (strcmp(name, "name") == 0)
        type->length = 63;
    if (modifier < 0)
        return;
    if (type->kind == HF_NEUTRAL_DECIMAL) {
        type->sized = true;
        type->precision = ((modifier - 4) >> 16) & 0xffff;
        type->scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024; /* eleven bits with a sign */
    } else if (type->kind == HF_NEUTRAL_CHAR || type->kind == HF_NEUTRAL_TEXT) {
        type->length = modifier - 4;
    } else if (type->kind == HF_NEUTRAL_BITS) {
        type->length = modifier;
    }
}

/* Every type with what it is under its domains: its base, the modifier, the domains on the way, and NOT NULL. */
#define UNDER_DOMAINS                                                                                                  \
    "WITH RECURSIVE under (oid, base, modifier, domains, forbids_null) AS (SELECT t.oid, t.oid, -1, '{}'::"            \
    "pg_catalog.oid[], false FROM pg_catalog.pg_type t WHERE t.typtype <> 'd' UNION ALL SELECT t.oid, u.base, CASE "   \
    "WHEN t.typtypmod >= 0 THEN t.typtypmod ELSE u.modifier END, u.domains || t.oid, u.forbids_null OR t.typnotnull "  \
    "FROM pg_catalog.pg_type t JOIN under u ON u.oid = t.typbasetype WHERE t.typtype = 'd') "

#define TYPE_COLUMNS                                                                                                   \
    "b.typtype, b.typcategory, b.typname, b.typnamespace = 'pg_catalog'::pg_catalog.regnamespace, CASE WHEN "          \
    "a.atttypmod >= 0 THEN a.atttypmod ELSE u.modifier END, pg_catalog.format_type(a.atttypid, a.atttypmod), CASE "    \
    "WHEN u.domains <> '{}' THEN pg_catalog.format_type(a.atttypid, NULL) END, (SELECT "                               \
    "pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = b.oid), " \
    "(SELECT pg_catalog.json_agg(pg_catalog.pg_get_expr(k.conbin, 0) ORDER BY k.oid) FROM pg_catalog.pg_constraint k " \
    "WHERE k.contypid = ANY (u.domains) AND k.contype = 'c'), NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k "     \
    "WHERE k.contypid = ANY (u.domains) AND NOT k.convalidated)"

/* From the ten columns of TYPE_COLUMNS, the first of which is `at`. */
static bool fill_type(const HfPgRows *rows, size_t i, int at, HfNeutralType *type, GError **error)
{
    const char *name = hf_pg_rows_text(rows, i, at + 2);
    type->kind = kind_of(hf_pg_rows_text(rows, i, at)[0], hf_pg_rows_text(rows, i, at + 1)[0], name,
                         hf_pg_rows_bool(rows, i, at + 3));
    set_size(type, name, hf_pg_rows_int64(rows, i, at + 4));
    type->source = text_at(rows, i, at + 5);
    type->domain = text_at(rows, i, at + 6);
    type->checks_validated = hf_pg_rows_bool(rows, i, at + 9);
    return add_names(rows, i, at + 7, type->labels, error) && add_names(rows, i, at + 8, type->checks, error);
}

/* ---- Columns -------------------------------------------------------------------------------------------------------
 */

static void fill_column(HfNeutralColumn *column, const HfPgRows *rows, size_t i)
{
    bool generated = hf_pg_rows_bool(rows, i, 14);
    char identity = hf_pg_rows_text(rows, i, 15)[0];
    column->name = text_at(rows, i, 1);
    column->nullable = !hf_pg_rows_bool(rows, i, 12);
    *(generated ? &column->generated : &column->default_value) = text_at(rows, i, 13);
    column->identity = identity == 'a'   ? HF_IDENTITY_ALWAYS
                       : identity == 'd' ? HF_IDENTITY_BY_DEFAULT
                                         : HF_IDENTITY_NONE;
    column->collation = text_at(rows, i, 16);
    column->comment = text_at(rows, i, 17);
}

/* The sequence of an identity, in the columns from 18 on. */
static void fill_identity(Reader *self, HfNeutralColumn *column, const HfPgRows *rows, size_t i)
{
    if (column->identity == HF_IDENTITY_NONE || hf_pg_rows_text(rows, i, 18) == NULL)
        return;
    Next next = {.to = &column->identity_next, .name = text_at(rows, i, 18), .cycles = hf_pg_rows_bool(rows, i, 23)};
    column->identity_start = hf_pg_rows_int64(rows, i, 19);
    column->identity_increment = next.increment = hf_pg_rows_int64(rows, i, 20);
    next.minimum = hf_pg_rows_int64(rows, i, 21);
    next.maximum = hf_pg_rows_int64(rows, i, 22);
    column->identity_bounded = next.cycles || hf_pg_rows_bool(rows, i, 24);
    g_array_append_val(self->nexts, next);
}

static bool read_columns(Reader *self, GError **error)
{
    g_autoptr(HfPgRows) rows = query(
        self,
        UNDER_DOMAINS
        "SELECT a.attrelid, a.attname, " TYPE_COLUMNS
        ", a.attnotnull OR u.forbids_null, coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), CASE WHEN t.typtype = "
        "'d' THEN pg_catalog.pg_get_expr(t.typdefaultbin, 0) END), a.attgenerated <> '', a.attidentity, CASE WHEN "
        "a.attcollation <> "
        "t.typcollation THEN o.collname END, pg_catalog.col_description(a.attrelid, a.attnum), s.name, s.seqstart, "
        "s.seqincrement, s.seqmin, s.seqmax, s.seqcycle, CASE WHEN s.seqincrement > 0 THEN s.seqmax < s.most ELSE "
        "s.seqmin > -s.most - 1 END FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = "
        "a.atttypid JOIN under u ON u.oid = a.atttypid JOIN pg_catalog.pg_type b ON b.oid = u.base LEFT JOIN "
        "pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum LEFT JOIN pg_catalog.pg_collation o "
        "ON o.oid = a.attcollation LEFT JOIN LATERAL (SELECT q.*, pg_catalog.format('%I.%I', w.nspname, z.relname) AS "
        "name, CASE q.seqtypid WHEN 'int2'::pg_catalog.regtype THEN 32767 WHEN 'int4'::pg_catalog.regtype THEN "
        "2147483647 ELSE 9223372036854775807 END AS most FROM pg_catalog.pg_depend y JOIN pg_catalog.pg_class z ON "
        "z.oid = y.objid AND z.relkind = 'S' JOIN "
        "pg_catalog.pg_namespace w ON w.oid = z.relnamespace JOIN pg_catalog.pg_sequence q ON q.seqrelid = z.oid WHERE "
        "y.refobjid = a.attrelid AND y.refobjsubid = a.attnum AND y.deptype = 'i' AND a.attidentity <> '') s ON true "
        "WHERE a.attrelid = ANY ($1::pg_catalog.oid[]) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, "
        "a.attnum",
        error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        HfNeutralColumn *column = hf_neutral_add_column(table_of(self, rows, i)->columns);
        fill_column(column, rows, i);
        fill_identity(self, column, rows, i);
        if (!fill_type(rows, i, 2, &column->type, error))
            return false;
    }
    return rows != NULL;
}

/* ---- Constraints ---------------------------------------------------------------------------------------------------
 */

static const char *action_of(const char *letter)
{
    static const char *const actions[] = {"a",       "no action", "r",        "restrict", "c",
                                          "cascade", "n",         "set null", "d",        "set default"};
    for (size_t i = 0; i < G_N_ELEMENTS(actions); i += 2)
        if (strcmp(actions[i], letter) == 0)
            return actions[i + 1];
    return "no action";
}

static bool add_key(HfNeutralTable *table, const HfPgRows *rows, size_t i, GError **error)
{
    HfNeutralKey *key = hf_neutral_add_key(table);
    key->name = text_at(rows, i, 1);
    key->primary = hf_pg_rows_text(rows, i, 2)[0] == 'p';
    key->deferrable = hf_pg_rows_bool(rows, i, 3);
    key->comment = text_at(rows, i, 12);
    key->source = text_at(rows, i, 13);
    key->nulls_distinct = !hf_pg_rows_bool(rows, i, 14);
    return add_names(rows, i, 5, key->columns, error) && add_names(rows, i, 15, key->included, error);
}

static bool add_foreign_key(HfNeutralTable *table, const HfPgRows *rows, size_t i, GError **error)
{
    HfNeutralForeignKey *key = hf_neutral_add_foreign_key(table);
    key->name = text_at(rows, i, 1);
    key->deferrable = hf_pg_rows_bool(rows, i, 3);
    key->validated = hf_pg_rows_bool(rows, i, 4);
    key->to_schema = text_at(rows, i, 6);
    key->to_table = text_at(rows, i, 7);
    key->on_update = g_strdup(action_of(hf_pg_rows_text(rows, i, 9)));
    key->on_delete = g_strdup(action_of(hf_pg_rows_text(rows, i, 10)));
    key->match_full = hf_pg_rows_bool(rows, i, 11);
    key->comment = text_at(rows, i, 12);
    key->source = text_at(rows, i, 13);
    return add_names(rows, i, 5, key->columns, error) && add_names(rows, i, 8, key->to_columns, error) &&
           add_names(rows, i, 17, key->delete_columns, error);
}

static bool add_check(HfNeutralTable *table, const HfPgRows *rows, size_t i)
{
    HfNeutralCheck *check = hf_neutral_add_check(table);
    check->name = text_at(rows, i, 1);
    check->validated = hf_pg_rows_bool(rows, i, 4);
    check->comment = text_at(rows, i, 12);
    check->source = text_at(rows, i, 13);
    check->expression = text_at(rows, i, 16);
    return true;
}

/* What a version has and another not is given as SQL. */
#define CONSTRAINTS(nulls_not_distinct, delete_columns)                                                                \
    "SELECT k.conrelid, k.conname, k.contype, k.condeferrable, k.convalidated, " NAMES(                                \
        "k.conkey",                                                                                                    \
        "k.conrelid") ", f.nspname, r.relname, " NAMES("k.confkey",                                                    \
                                                       "k.confrelid") ", k.confupdtype, k.confdeltype, "               \
                                                                      "k.confmatchtype = 'f', "                        \
                                                                      "pg_catalog.obj_description(k.oid, "             \
                                                                      "'pg_constraint'), "                             \
                                                                      "pg_catalog.pg_get_constraintdef(k.oid),"        \
                                                                      " " nulls_not_distinct                           \
                                                                      ", CASE WHEN i.indexrelid IS NOT NULL "          \
                                                                      "THEN " NAMES(                                   \
                                                                          "i.indkey[i.indnkeyatts : i.indnatts - 1]",  \
                                                                          "k.conrelid") " END, "                       \
                                                                                        "pg_catalog.pg_get_expr(k."    \
                                                                                        "conbin, "                     \
                                                                                        "k.conrelid), " delete_columns \
                                                                                        " FROM "                       \
                                                                                        "pg_catalog.pg_constraint k "  \
                                                                                        "LEFT JOIN "                   \
                                                                                        "pg_catalog.pg_index i ON "    \
                                                                                        "i.indexrelid "                \
                                                                                        "= k.conindid AND k.contype "  \
                                                                                        "IN ('p', 'u') LEFT JOIN "     \
                                                                                        "pg_catalog.pg_class r ON "    \
                                                                                        "r.oid = k.confrelid LEFT "    \
                                                                                        "JOIN "                        \
                                                                                        "pg_catalog.pg_namespace f "   \
                                                                                        "ON f.oid = r.relnamespace "   \
                                                                                        "WHERE k.conrelid = ANY "      \
                                                                                        "($1::pg_catalog.oid[]) AND "  \
                                                                                        "k.contype "                   \
                                                                                        "IN ('p', 'u', 'c', 'f') AND " \
                                                                                        "(k.contype <> 'f' OR "        \
                                                                                        "k.conparentid = 0 OR NOT "    \
                                                                                        "EXISTS (SELECT FROM "         \
                                                                                        "pg_catalog.pg_constraint p "  \
                                                                                        "WHERE p.oid = k.conparentid " \
                                                                                        "AND p.conrelid = ANY "        \
                                                                                        "($1::pg_catalog.oid[]))) "    \
                                                                                        "ORDER BY "                    \
                                                                                        "k.conrelid, k.contype, "      \
                                                                                        "k.conname COLLATE \"C\""

static bool read_constraints(Reader *self, GError **error)
{
    const char *sql = hf_pg_server_version(self->pg) >= 150000 ? CONSTRAINTS("coalesce(i.indnullsnotdistinct, false)",
                                                                             NAMES("k.confdelsetcols", "k.conrelid"))
                                                               : CONSTRAINTS("false", "NULL");
    g_autoptr(HfPgRows) rows = query(self, sql, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        HfNeutralTable *table = table_of(self, rows, i);
        char kind = hf_pg_rows_text(rows, i, 2)[0];
        bool ok = kind == 'c'   ? add_check(table, rows, i)
                  : kind == 'f' ? add_foreign_key(table, rows, i, error)
                                : add_key(table, rows, i, error);
        if (!ok)
            return false;
    }
    return rows != NULL;
}

/* ---- Indexes -------------------------------------------------------------------------------------------------------
 */

/* Items as JSON: [["column", "a"], ["expression", "lower(b)"], …], the third is "desc" or "asc". */
static bool add_items(HfNeutralIndex *index, const char *text, GError **error)
{
    g_autoptr(HfJson) json = hf_json_parse("the catalog's answer", text, strlen(text), 1000, error);
    if (json == NULL)
        return false;
    for (HfJsonNode each = hf_json_first(json, 0); each != HF_JSON_NONE; each = hf_json_next(json, 0, each)) {
        HfNeutralIndexItem *item = hf_neutral_add_index_item(index);
        if (!hf_json_get_optional_string(json, each, "column", &item->column, error) ||
            !hf_json_get_optional_string(json, each, "expression", &item->expression, error) ||
            !hf_json_get_bool(json, each, "descending", &item->descending, error))
            return false;
    }
    return true;
}

static bool read_indexes(Reader *self, GError **error)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT i.indrelid, c.relname, m.amname, i.indisunique, %s, (SELECT "
        "pg_catalog.json_agg(pg_catalog.json_build_object('column', a.attname, 'expression', CASE WHEN a.attname IS "
        "NULL "
        "THEN pg_catalog.pg_get_indexdef(i.indexrelid, k.place::integer, false) END, 'descending', "
        "(i.indoption[k.place - 1] & 1) = 1) ORDER BY k.place) FROM pg_catalog.unnest(i.indkey[0 : i.indnkeyatts - 1]) "
        "WITH ORDINALITY k (number, place) LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum "
        "= "
        "k.number AND k.number > 0), " NAMES(
            "i.indkey[i.indnkeyatts : i.indnatts - 1]",
            "i.indrelid") ", "
                          "pg_catalog.pg_get_expr(i.indpred, i.indrelid), pg_catalog.obj_description(c.oid, "
                          "'pg_class'), "
                          "pg_catalog.pg_get_indexdef(c.oid) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON "
                          "c.oid = i.indexrelid "
                          "JOIN pg_catalog.pg_am m ON m.oid = c.relam WHERE i.indrelid = ANY ($1::pg_catalog.oid[]) "
                          "AND i.indisvalid AND NOT EXISTS (SELECT "
                          "FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', "
                          "'x')) ORDER BY "
                          "i.indrelid, c.relname COLLATE \"C\"",
        hf_pg_server_version(self->pg) >= 150000 ? "i.indnullsnotdistinct" : "false");
    g_autoptr(HfPgRows) rows = query(self, sql, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        HfNeutralIndex *index = hf_neutral_add_index(table_of(self, rows, i));
        index->name = text_at(rows, i, 1);
        index->method = text_at(rows, i, 2);
        index->unique = hf_pg_rows_bool(rows, i, 3);
        index->nulls_distinct = !hf_pg_rows_bool(rows, i, 4);
        index->predicate = text_at(rows, i, 7);
        index->comment = text_at(rows, i, 8);
        index->source = text_at(rows, i, 9);
        if (!add_items(index, hf_pg_rows_text(rows, i, 5), error) || !add_names(rows, i, 6, index->included, error))
            return false;
    }
    return rows != NULL;
}

/* ---- Sequences and views -------------------------------------------------------------------------------------------
 */

/* Those of identities are their columns'. With a selection, those that its tables own or take defaults from. */
static bool read_sequences(Reader *self, bool selective, GError **error)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT n.nspname, c.relname, pg_catalog.obj_description(c.oid, 'pg_class'), q.seqstart, q.seqincrement, "
        "q.seqmin, q.seqmax, q.seqcache, q.seqcycle, pg_catalog.format('%%I.%%I', n.nspname, c.relname) FROM "
        "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_sequence q "
        "ON q.seqrelid = c.oid WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' "
        "AND " NO_EXTENSION(
            "pg_catalog.pg_class",
            "c.oid") " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND "
                     "d.deptype = 'i') AND (NOT %s OR EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid "
                     "AND d.deptype = 'a' AND d.refobjid = ANY ($1::pg_catalog.oid[])) OR EXISTS (SELECT FROM "
                     "pg_catalog.pg_depend d JOIN pg_catalog.pg_attrdef f ON f.oid = d.objid WHERE d.refobjid = c.oid "
                     "AND f.adrelid = ANY ($1::pg_catalog.oid[]))) ORDER BY 1, 2",
        selective ? "true" : "false");
    g_autoptr(HfPgRows) rows = query(self, sql, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        HfNeutralSequence *sequence = hf_neutral_add_sequence(self->model);
        sequence->schema = text_at(rows, i, 0);
        sequence->name = text_at(rows, i, 1);
        sequence->comment = text_at(rows, i, 2);
        sequence->start = hf_pg_rows_int64(rows, i, 3);
        sequence->increment = hf_pg_rows_int64(rows, i, 4);
        sequence->minimum = hf_pg_rows_int64(rows, i, 5);
        sequence->maximum = hf_pg_rows_int64(rows, i, 6);
        sequence->cache = hf_pg_rows_int64(rows, i, 7);
        sequence->cycles = hf_pg_rows_bool(rows, i, 8);
        Next next = {&sequence->next,   text_at(rows, i, 9), sequence->increment,
                     sequence->minimum, sequence->maximum,   sequence->cycles};
        g_array_append_val(self->nexts, next);
    }
    return rows != NULL;
}

/* A sequence is read like a table of one row; so many of them at a time. */
#define SEQUENCES_A_QUERY 200

static void clear_next(void *next)
{
    g_free(((Next *)next)->name);
}

/* What comes after a value that was given; of an exhausted one the last again. */
static int64_t after(const Next *self, int64_t last)
{
    int64_t next;
    bool up = self->increment > 0;
    if (!__builtin_add_overflow(last, self->increment, &next) && next >= self->minimum && next <= self->maximum)
        return next;
    return up == self->cycles ? self->minimum : self->maximum;
}

/* The catalog does not say what a sequence gives that was set and not used since. */
static bool read_nexts(Reader *self, GError **error)
{
    for (guint start = 0; start < self->nexts->len; start += SEQUENCES_A_QUERY) {
        guint end = MIN(start + SEQUENCES_A_QUERY, self->nexts->len);
        g_autoptr(GString) sql = g_string_new(NULL);
        for (guint i = start; i < end; i++)
            g_string_append_printf(sql, "%sSELECT %u, last_value, is_called FROM %s", i > start ? " UNION ALL " : "", i,
                                   g_array_index(self->nexts, Next, i).name);
        g_autoptr(HfPgRows) rows = hf_pg_query(self->pg, sql->str, NULL, error);
        for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
            const Next *next = &g_array_index(self->nexts, Next, (guint)hf_pg_rows_int64(rows, i, 0));
            int64_t last = hf_pg_rows_int64(rows, i, 1);
            *next->to = hf_pg_rows_bool(rows, i, 2) ? after(next, last) : last;
        }
        if (rows == NULL)
            return false;
    }
    return true;
}

/* A view can only read what was there before it, so the order of their rewrite rules is one in which they can be made,
 * but for views that were replaced; those then stay behind. */
static bool read_views(Reader *self, GError **error)
{
    g_autoptr(HfPgRows) rows = query(
        self,
        UNDER_DOMAINS
        "SELECT c.oid, a.attname, " TYPE_COLUMNS
        ", n.nspname, c.relname, pg_catalog.obj_description(c.oid, 'pg_class'), "
        "CASE coalesce(a.attnum, 1) WHEN 1 THEN pg_catalog.pg_get_viewdef(c.oid, false) END, (SELECT o.option_value "
        "FROM "
        "pg_catalog.pg_options_to_table(c.reloptions) o WHERE o.option_name = 'check_option'), "
        "pg_catalog.col_description(c.oid, a.attnum) FROM pg_catalog.pg_class c JOIN "
        "pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN (pg_catalog.pg_attribute a JOIN under u ON "
        "u.oid = a.atttypid JOIN pg_catalog.pg_type b ON b.oid = u.base) ON a.attrelid = c.oid AND a.attnum > 0 WHERE "
        "c.relkind = 'v' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relpersistence <> 't' AND "
        "$1::pg_catalog.oid[] IS NOT NULL "
        "AND " NO_EXTENSION("pg_catalog.pg_class", "c.oid") " ORDER BY c.oid, a.attnum",
        error);
    HfNeutralView *view = NULL;
    int64_t last = -1;
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        if (view == NULL || hf_pg_rows_int64(rows, i, 0) != last) {
            last = hf_pg_rows_int64(rows, i, 0);
            view = hf_neutral_add_view(self->model);
            view->schema = text_at(rows, i, 12);
            view->name = text_at(rows, i, 13);
            view->comment = text_at(rows, i, 14);
            view->source = text_at(rows, i, 15);
            view->check_option = text_at(rows, i, 16);
        }
        if (hf_pg_rows_text(rows, i, 1) == NULL)
            continue; /* it has no columns */
        HfNeutralColumn *column = hf_neutral_add_column(view->columns);
        column->name = text_at(rows, i, 1);
        column->nullable = true;
        column->comment = text_at(rows, i, 17);
        if (!fill_type(rows, i, 2, &column->type, error))
            return false;
    }
    return rows != NULL;
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

/* Named among what stays behind, unless only some were asked for. */
static bool read_excluded(Reader *self, const HfScope *scope, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_postgres_list_excluded(self->pg, scope, error);
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        HfNeutralLeftover *leftover = hf_neutral_add_leftover(self->model);
        leftover->kind = g_strdup("table");
        leftover->name = g_strconcat(hf_pg_rows_text(rows, i, 0), ".", hf_pg_rows_text(rows, i, 1), NULL);
        leftover->source = g_strdup("");
    }
    return rows != NULL;
}

static bool read_all(Reader *self, const HfScope *scope, GError **error)
{
    bool selective = hf_scope_is_selective(scope);
    return read_database(self, error) && choose_tables(self, scope, error) && read_schemas(self, selective, error) &&
           read_tables(self, error) && read_columns(self, error) && read_constraints(self, error) &&
           read_indexes(self, error) && read_sequences(self, selective, error) && read_nexts(self, error) &&
           (selective || (read_views(self, error) && read_excluded(self, scope, error))) &&
           hf_postgres_model_read_leftovers(self->pg, self->oids, selective, self->model, error);
}

HfNeutralModel *hf_postgres_model_read(HfPg *pg, const HfScope *scope, GError **error)
{
    g_autoptr(HfNeutralModel) model = hf_neutral_model_new();
    g_autoptr(GHashTable) tables = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) nexts = g_array_new(FALSE, FALSE, sizeof(Next));
    g_array_set_clear_func(nexts, clear_next);
    Reader reader = {.pg = pg, .nexts = nexts, .tables = tables, .model = model};
    bool ok = hf_postgres_check_patterns(pg, scope, error) && read_all(&reader, scope, error);
    g_free(reader.oids);
    return ok ? g_steal_pointer(&model) : NULL;
}
