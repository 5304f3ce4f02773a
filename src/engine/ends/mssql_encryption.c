#include "engine/ends/mssql_encryption.h"

#include "base/error.h"
#include "engine/ends/mssql_expression.h"
#include "engine/ends/mssql_type.h"

#include <string.h>

#define ALGORITHM "AES_256"
#define MASTER_KEY "##MS_DatabaseMasterKey##"
#define LEAST_PASSWORD 8
#define MOST_PASSWORD 128
#define MAX_STATEMENT 2048

/* ---- What may be encrypted -----------------------------------------------------------------------------------------
 */

static bool has(const GPtrArray *names, const char *name)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)names, name, g_str_equal, NULL);
}

static bool names_column(const HfExpression *expression, const char *name)
{
    if (expression->kind == HF_EXPRESSION_COLUMN && strcmp(expression->text, name) == 0)
        return true;
    for (guint i = 0; i < expression->parts->len; i++)
        if (names_column(hf_expression_part(expression, i), name))
            return true;
    return false;
}

/* What is not understood does not go, so that it is in nobody's way. */
static bool reads(const char *text, const char *name)
{
    g_autoptr(HfExpression) expression = text != NULL ? hf_expression_parse(text, NULL) : NULL;
    return expression != NULL && names_column(expression, name);
}

static bool is_in_index(const HfNeutralIndex *index, const char *name)
{
    for (guint i = 0; i < index->items->len; i++) {
        const HfNeutralIndexItem *item = index->items->pdata[i];
        if (g_strcmp0(item->column, name) == 0 || reads(item->expression, name))
            return true;
    }
    return has(index->included, name) || reads(index->predicate, name);
}

/* A key of another table that refers to the column; NULL: none. */
static const char *referring_key(const HfNeutralModel *model, const HfNeutralTable *table, const char *name)
{
    for (guint t = 0; t < model->tables->len; t++) {
        const HfNeutralTable *other = model->tables->pdata[t];
        for (guint i = 0; i < other->foreign_keys->len; i++) {
            const HfNeutralForeignKey *key = other->foreign_keys->pdata[i];
            if (hf_neutral_find_table(model, key->to_schema, key->to_table) == table && has(key->to_columns, name))
                return key->name;
        }
    }
    return NULL;
}

/* What looks at the column's values: its kind, and *which. NULL: nothing. */
static const char *obstacle(const HfNeutralModel *model, const HfNeutralTable *table, const HfNeutralColumn *column,
                            const char **which)
{
    const char *name = column->name;
    *which = name;
    if (column->identity != HF_IDENTITY_NONE)
        return "identity";
    if (column->generated != NULL)
        return "generated column";
    for (guint i = 0; i < table->keys->len; i++) {
        const HfNeutralKey *key = table->keys->pdata[i];
        *which = key->name;
        if (has(key->columns, name) || has(key->included, name))
            return key->primary ? "primary key" : "unique constraint";
    }
    for (guint i = 0; i < table->foreign_keys->len; i++) {
        const HfNeutralForeignKey *key = table->foreign_keys->pdata[i];
        *which = key->name;
        if (has(key->columns, name))
            return "foreign key";
    }
    for (guint i = 0; i < table->indexes->len; i++) {
        const HfNeutralIndex *index = table->indexes->pdata[i];
        *which = index->name;
        if (is_in_index(index, name))
            return "index";
    }
    for (guint i = 0; i < table->checks->len; i++) {
        const HfNeutralCheck *check = table->checks->pdata[i];
        *which = check->name;
        if (reads(check->expression, name))
            return "check";
    }
    for (guint i = 0; i < table->columns->len; i++) {
        const HfNeutralColumn *other = table->columns->pdata[i];
        *which = other->name;
        if (reads(other->generated, name))
            return "generated column";
    }
    *which = referring_key(model, table, name);
    return *which != NULL ? "foreign key" : NULL;
}

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool refuse(GError **error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *message = g_strdup_vprintf(format, list);
    va_end(list);
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, message);
    return false;
}

/* What is left out is nowhere in the clear. */
static bool is_of_left_out(const HfNeutralModel *model, const char *wanted)
{
    const char *dot = strrchr(wanted, '.');
    g_autofree char *table = g_strndup(wanted, dot != NULL ? (size_t)(dot - wanted) : 0);
    return hf_neutral_is_left_out(model, table);
}

static bool check_column(const HfNeutralModel *model, const char *wanted, GError **error)
{
    for (guint t = 0; t < model->tables->len; t++) {
        const HfNeutralTable *table = model->tables->pdata[t];
        for (guint c = 0; c < table->columns->len; c++) {
            const HfNeutralColumn *column = table->columns->pdata[c];
            const char *which, *kind;
            g_autofree char *name = g_strconcat(table->schema, ".", table->name, ".", column->name, NULL);
            if (strcmp(name, wanted) != 0)
                continue;
            kind = obstacle(model, table, column, &which);
            if (kind != NULL)
                return refuse(error,
                              "%s cannot be encrypted: the %s %s looks at its values; encrypt another column, or drop "
                              "that at the source first",
                              wanted, kind, which);
            return true;
        }
    }
    return is_of_left_out(model, wanted) ||
           refuse(error, "there is no column %s to encrypt: names are as in schema.table.column, without quotes",
                  wanted);
}

bool hf_mssql_encryption_check(const HfMssqlMap *map, const HfNeutralModel *model, GError **error)
{
    const HfMssqlKeyChoice *key = hf_mssql_map_key(map);
    const char *const *columns = hf_mssql_map_encrypted(map);
    if (key != NULL && key->kind == HF_MSSQL_KEY_NONE)
        return refuse(error, "%s is to be encrypted, and there is no key: choose the default one, or one of the target",
                      columns[0]);
    for (size_t i = 0; columns[i] != NULL; i++)
        if (!check_column(model, columns[i], error))
            return false;
    return true;
}

/* ---- The key -------------------------------------------------------------------------------------------------------
 */

/* The value of the row of that name in a view of the catalog, transfer full; NULL: there is none. */
static bool look_up(HfTds *tds, const char *view, const char *column, const char *name, char **value, GError **error)
{
    g_autofree char *quoted = hf_mssql_quote_text(name);
    g_autofree char *sql = g_strdup_printf("SELECT %s FROM %s WHERE name = %s", column, view, quoted);
    g_autoptr(HfTdsRows) rows = hf_tds_query(tds, sql, error);
    *value = rows != NULL && hf_tds_rows_count(rows) > 0 ? g_strdup(hf_tds_rows_text(rows, 0, 0)) : NULL;
    return rows != NULL;
}

static bool must_find(HfTds *tds, const char *what, const char *view, const char *column, const char *name,
                      char **value, GError **error)
{
    if (!look_up(tds, view, column, name, value, error))
        return false;
    if (*value == NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "the target has no %s %s, or the login may not see it", what,
                    name);
    return *value != NULL;
}

char *hf_mssql_key_open_sql(const HfMssqlKeyChoice *choice)
{
    g_autofree char *key = hf_mssql_quote_name(choice->key), *by = hf_mssql_quote_name(choice->certificate);
    return g_strdup_printf("OPEN SYMMETRIC KEY %s DECRYPTION BY CERTIFICATE %s", key, by);
}

char *hf_mssql_key_close_sql(const HfMssqlKeyChoice *choice)
{
    g_autofree char *key = hf_mssql_quote_name(choice->key);
    return g_strdup_printf("CLOSE SYMMETRIC KEY %s", key);
}

bool hf_mssql_key_check(HfTds *tds, const HfMssqlKeyChoice *choice, GError **error)
{
    g_autofree char *algorithm = NULL, *certificate = NULL;
    if (!must_find(tds, "symmetric key", "sys.symmetric_keys", "algorithm_desc", choice->key, &algorithm, error) ||
        !must_find(tds, "certificate", "sys.certificates", "name", choice->certificate, &certificate, error))
        return false;
    if (strcmp(algorithm, ALGORITHM) != 0)
        return refuse(error, "the symmetric key %s is of %s; " ALGORITHM " is needed", choice->key, algorithm);
    g_autofree char *open = hf_mssql_key_open_sql(choice), *close = hf_mssql_key_close_sql(choice);
    return hf_tds_exec(tds, open, error) && hf_tds_exec(tds, close, error);
}

bool hf_mssql_key_has_master(HfTds *tds, bool *there, GError **error)
{
    g_autofree char *name = NULL;
    bool ok = look_up(tds, "sys.symmetric_keys", "name", MASTER_KEY, &name, error);
    *there = name != NULL;
    return ok;
}

/* The statement takes a literal alone, which has no way to write what a script could not hold. */
static bool check_password(const char *password, GError **error)
{
    if (password == NULL)
        return refuse(
            error,
            "the target has no master key, which its keys need: give the password that is to protect it "
            "(--master-key-password-file; of a job, master_key_password), and keep it with the backups of the target");
    glong length = g_utf8_strlen(password, -1);
    for (const char *at = password; *at != '\0'; at++)
        if (g_ascii_iscntrl(*at))
            return refuse(error, "the password of the master key has a control character");
    if (length < LEAST_PASSWORD || length > MOST_PASSWORD)
        return refuse(error, "the password of the master key must have %d to %d characters", LEAST_PASSWORD,
                      MOST_PASSWORD);
    return true;
}

static bool make_master_key(HfTds *tds, const char *password, GError **error)
{
    bool there;
    if (!hf_mssql_key_has_master(tds, &there, error))
        return false;
    if (there)
        return true;
    if (!check_password(password, error))
        return false;
    g_autoptr(GString) sql = g_string_sized_new(MAX_STATEMENT); /* so that nothing is left behind where it grew */
    g_string_append(sql, password);
    g_string_replace(sql, "'", "''", 0);
    g_string_prepend(sql, "CREATE MASTER KEY ENCRYPTION BY PASSWORD = N'");
    g_string_append_c(sql, '\'');
    bool ok = hf_tds_exec_secret(tds, "making the database's master key", sql->str, error);
    explicit_bzero(sql->str, sql->len);
    return ok;
}

#define MAKE_CERTIFICATE                                                                                               \
    "CREATE CERTIFICATE [" HF_MSSQL_DEFAULT_CERTIFICATE "] WITH SUBJECT = 'Columns that are encrypted'"
#define MAKE_KEY                                                                                                       \
    "CREATE SYMMETRIC KEY [" HF_MSSQL_DEFAULT_KEY "] WITH ALGORITHM = " ALGORITHM                                      \
    " ENCRYPTION BY CERTIFICATE [" HF_MSSQL_DEFAULT_CERTIFICATE "]"

static bool make(HfTds *tds, const char *view, const char *name, const char *sql, GError **error)
{
    g_autofree char *there = NULL;
    return look_up(tds, view, "name", name, &there, error) && (there != NULL || hf_tds_exec(tds, sql, error));
}

bool hf_mssql_key_ensure(HfTds *tds, const HfMssqlKeyChoice *choice, const char *password, GError **error)
{
    if (choice->kind == HF_MSSQL_KEY_DEFAULT &&
        (!make_master_key(tds, password, error) ||
         !make(tds, "sys.certificates", HF_MSSQL_DEFAULT_CERTIFICATE, MAKE_CERTIFICATE, error) ||
         !make(tds, "sys.symmetric_keys", HF_MSSQL_DEFAULT_KEY, MAKE_KEY, error)))
        return false;
    return hf_mssql_key_check(tds, choice, error);
}

char *hf_mssql_key_script(void)
{
    return g_strdup(
        "-- CREATE MASTER KEY ENCRYPTION BY PASSWORD = N'...'; (unless the database has one)\n" MAKE_CERTIFICATE
        ";\nGO\n" MAKE_KEY ";\nGO\n");
}

/* ---- Values --------------------------------------------------------------------------------------------------------
 */

/* ", 121": how a value of the kind becomes text without a loss, and what it is read back by. */
static const char *style_of(HfNeutralKind kind, bool back)
{
    switch (kind) {
    case HF_NEUTRAL_FLOAT32:
    case HF_NEUTRAL_FLOAT64:
        return back ? "" : ", 3";
    case HF_NEUTRAL_MONEY:
        return back ? "" : ", 2";
    case HF_NEUTRAL_DATE:
        return ", 23";
    case HF_NEUTRAL_TIME:
    case HF_NEUTRAL_TIMESTAMP:
    case HF_NEUTRAL_INSTANT:
        return ", 121";
    default:
        return "";
    }
}

static bool is_text(HfNeutralKind kind)
{
    return kind == HF_NEUTRAL_TEXT || kind == HF_NEUTRAL_CHAR;
}

char *hf_mssql_encrypt_sql(const HfMssqlColumn *column, const HfMssqlKeyChoice *choice, const char *sql)
{
    int64_t size, scale;
    HfNeutralKind kind = hf_mssql_type_kind(column->type, &size, &scale);
    g_autofree char *key = hf_mssql_quote_text(choice->key);
    if (kind == HF_NEUTRAL_BYTES)
        return g_strdup_printf("ENCRYPTBYKEY(KEY_GUID(%s), CONVERT(varbinary(8000), %s))", key, sql);
    return g_strdup_printf("ENCRYPTBYKEY(KEY_GUID(%s), CONVERT(nvarchar(4000), %s%s))", key, sql,
                           style_of(kind, false));
}

char *hf_mssql_decrypt_sql(const HfMssqlColumn *column, const char *sql)
{
    int64_t size, scale;
    HfNeutralKind kind = hf_mssql_type_kind(column->type, &size, &scale);
    if (kind == HF_NEUTRAL_BYTES || is_text(kind))
        return g_strdup_printf("CONVERT(%s, DECRYPTBYKEY(%s))", column->type, sql);
    return g_strdup_printf("CONVERT(%s, CONVERT(nvarchar(4000), DECRYPTBYKEY(%s))%s)", column->type, sql,
                           style_of(kind, true));
}
