#include "service/mssql_state.h"

#include "base/error.h"
#include "engine/ends/mssql_expression.h"

#include <string.h>

#define STATE "[dbo].[holdfast_migration]"
#define PARTS "[dbo].[holdfast_migration_part]"
#define STEPS "[dbo].[holdfast_migration_step]"
#define LOCK_TIMEOUT_NUMBER 1222
#define PARTS_A_STATEMENT 500 /* of 1,000 rows that VALUES takes */

/* ---- Which plan it is of -------------------------------------------------------------------------------------------
 */

/* Counters go on at the source, so that their values are not what makes a plan another one. */
static bool sets_counter(const char *sql)
{
    return g_str_has_prefix(sql, "DBCC CHECKIDENT") || g_str_has_prefix(sql, "ALTER SEQUENCE");
}

static void plan_digest(const HfMssqlPlan *plan, char hex[HF_DIGEST_HEX_SIZE])
{
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < plan->before_data->len; i++)
        g_string_append_printf(all, "%s;\n", (const char *)plan->before_data->pdata[i]);
    for (guint i = 0; i < plan->after_data->len; i++)
        if (!sets_counter(plan->after_data->pdata[i]))
            g_string_append_printf(all, "%s;\n", (const char *)plan->after_data->pdata[i]);
    hf_digest_to_hex(hf_digest_of(all->str, all->len), hex);
}

/* ---- A new one -----------------------------------------------------------------------------------------------------
 */

static bool check_absent(HfTds *tds, const HfMssqlPlan *plan, GError **error)
{
    for (guint i = 0; i < plan->tables->len; i++) {
        const HfMssqlTable *table = plan->tables->pdata[i];
        g_autofree char *name = hf_mssql_quote_text(table->name);
        g_autofree char *sql = g_strdup_printf("SELECT OBJECT_ID(%s)", name);
        g_autoptr(HfTdsRows) rows = hf_tds_query(tds, sql, error);
        if (rows == NULL)
            return false;
        if (hf_tds_rows_count(rows) > 0 && hf_tds_rows_text(rows, 0, 0) != NULL) {
            g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                        "the target holds %s already, and nothing of it is replaced; migrate into a new database",
                        table->name);
            return false;
        }
    }
    return true;
}

static void append_part(GString *sql, const HfSlice *slice)
{
    g_autofree char *label = hf_slice_label(slice);
    g_autofree char *name = hf_mssql_quote_text(label);
    int64_t end = slice->end == HF_SLICE_TO_END ? -1 : (int64_t)slice->end;
    g_string_append_printf(sql, "%s(%s, %u, %u, %" G_GUINT64_FORMAT ", %" G_GINT64_FORMAT ", %" G_GUINT64_FORMAT ")",
                           sql->len > 0 ? ", " : "", name, slice->part, slice->parts, slice->start, end, slice->weight);
}

static bool insert_parts(HfTds *tds, const GPtrArray *slices, GError **error)
{
    g_autoptr(GString) values = g_string_new(NULL);
    for (guint i = 0; i < slices->len; i++) {
        append_part(values, slices->pdata[i]);
        if ((i + 1) % PARTS_A_STATEMENT != 0 && i + 1 < slices->len)
            continue;
        if (!hf_tds_execf(tds, error,
                          "INSERT INTO " PARTS " ([table_name], [part], [parts], [first_page], [end_page], [weight]) "
                          "VALUES %s",
                          values->str))
            return false;
        g_string_truncate(values, 0);
    }
    return true;
}

static bool create_tables(HfTds *tds, const char *digest, GError **error)
{
    return hf_tds_exec(tds, "CREATE TABLE " STATE " ([plan_digest] nvarchar(32) NOT NULL, [beats] int NOT NULL)",
                       error) &&
           hf_tds_exec(tds,
                       "CREATE TABLE " PARTS " ([table_name] nvarchar(400) NOT NULL, [part] int NOT NULL, [parts] int "
                       "NOT NULL, [first_page] bigint NOT NULL, [end_page] bigint NOT NULL, [weight] bigint NOT NULL, "
                       "[rows] bigint NULL, [digest] nvarchar(32) NULL)",
                       error) &&
           hf_tds_exec(tds, "CREATE TABLE " STEPS " ([step] int NOT NULL)", error) &&
           hf_tds_execf(tds, error, "INSERT INTO " STATE " ([plan_digest], [beats]) VALUES (N'%s', 0)", digest);
}

/* A schema may be there: it belongs to nobody. */
static bool run_before(HfTds *tds, const char *sql, GError **error)
{
    if (!g_str_has_prefix(sql, "CREATE SCHEMA "))
        return hf_tds_exec(tds, sql, error);
    const char *quoted = sql + strlen("CREATE SCHEMA ");
    g_autofree char *bare = g_strndup(quoted + 1, strlen(quoted) - 2);
    g_auto(GStrv) pieces = g_strsplit(bare, "]]", -1);
    g_autofree char *plain = g_strjoinv("]", pieces);
    g_autofree char *name = hf_mssql_quote_text(plain), *text = hf_mssql_quote_text(sql);
    return hf_tds_execf(tds, error, "IF SCHEMA_ID(%s) IS NULL EXEC(%s)", name, text);
}

static bool create(HfTds *tds, const HfMssqlPlan *plan, const GPtrArray *slices, const char *digest, GError **error)
{
    if (!check_absent(tds, plan, error) || !hf_tds_exec(tds, "BEGIN TRANSACTION", error))
        return false;
    for (guint i = 0; i < plan->before_data->len; i++)
        if (!run_before(tds, plan->before_data->pdata[i], error))
            return false;
    return create_tables(tds, digest, error) && insert_parts(tds, slices, error) &&
           hf_tds_exec(tds, "COMMIT TRANSACTION", error);
}

/* ---- One that is there ---------------------------------------------------------------------------------------------
 */

static bool check_plan(HfTds *tds, const char *digest, GError **error)
{
    g_autoptr(HfTdsRows) rows = hf_tds_query(tds, "SELECT [plan_digest] FROM " STATE, error);
    if (rows == NULL)
        return false;
    if (hf_tds_rows_count(rows) == 1 && g_strcmp0(hf_tds_rows_text(rows, 0, 0), digest) == 0)
        return true;
    g_set_error_literal(
        error, HF_ERROR, HF_ERROR_CONFLICT,
        "the target holds an unfinished migration of another plan: the source's tables, what their rows "
        "need, or the map have changed since; begin again in a new database");
    return false;
}

static const HfMssqlLoad *load_named(const GPtrArray *loads, const char *name)
{
    for (guint i = 0; i < loads->len; i++) {
        const HfMssqlLoad *load = loads->pdata[i];
        g_autofree char *label = g_strconcat(load->info->schema, ".", load->info->name, NULL);
        if (g_strcmp0(label, name) == 0)
            return load;
    }
    return NULL;
}

static bool read_parts(HfMssqlState *self, HfTds *tds, const GPtrArray *loads, GError **error)
{
    g_autoptr(HfTdsRows) rows = hf_tds_query(
        tds, "SELECT [table_name], [part], [parts], [first_page], [end_page], [weight], [rows], [digest] FROM " PARTS,
        error);
    for (size_t i = 0; rows != NULL && i < hf_tds_rows_count(rows); i++) {
        const HfMssqlLoad *load = load_named(loads, hf_tds_rows_text(rows, i, 0));
        if (load == NULL)
            continue;
        int64_t end = hf_tds_rows_int64(rows, i, 4);
        HfMssqlPart *part = g_new0(HfMssqlPart, 1);
        part->slice = (HfSlice){.table = load->info,
                                .part = (guint)hf_tds_rows_int64(rows, i, 1),
                                .parts = (guint)hf_tds_rows_int64(rows, i, 2),
                                .start = (uint64_t)hf_tds_rows_int64(rows, i, 3),
                                .end = end < 0 ? HF_SLICE_TO_END : (uint64_t)end,
                                .weight = (uint64_t)hf_tds_rows_int64(rows, i, 5)};
        part->digest.rows = (uint64_t)hf_tds_rows_int64(rows, i, 6);
        const char *hex = hf_tds_rows_text(rows, i, 7);
        part->done = hex != NULL && hf_digest_from_hex(hex, &part->digest.sum);
        g_ptr_array_add(self->parts, part);
    }
    return rows != NULL;
}

static bool read_steps(HfMssqlState *self, HfTds *tds, GError **error)
{
    g_autoptr(HfTdsRows) rows = hf_tds_query(tds, "SELECT [step] FROM " STEPS, error);
    for (size_t i = 0; rows != NULL && i < hf_tds_rows_count(rows); i++)
        g_hash_table_add(self->steps, GINT_TO_POINTER((int)hf_tds_rows_int64(rows, i, 0) + 1));
    return rows != NULL;
}

/* ---- Opening -------------------------------------------------------------------------------------------------------
 */

static bool take_lock(HfMssqlState *self, const HfTdsTarget *target, GCancellable *cancellable, GError **error)
{
    self->lock = hf_tds_connect(target, cancellable, error);
    if (self->lock == NULL || !hf_tds_exec(self->lock, "SET LOCK_TIMEOUT 100", error) ||
        !hf_tds_exec(self->lock, "BEGIN TRANSACTION", error))
        return false;
    if (hf_tds_exec(self->lock, "UPDATE " STATE " SET [beats] = [beats] + 1", error))
        return true;
    if (hf_tds_error_number(self->lock) == LOCK_TIMEOUT_NUMBER) {
        g_clear_error(error);
        g_set_error_literal(error, HF_ERROR, HF_ERROR_CONFLICT,
                            "another migration into this database is under way; wait for its end, or end it: its lock "
                            "goes with its session");
    }
    return false;
}

bool hf_mssql_state_open(HfMssqlState *self, const HfTdsTarget *target, HfTds *tds, const HfMssqlPlan *plan,
                         const GPtrArray *loads, const GPtrArray *slices, GCancellable *cancellable, GError **error)
{
    char digest[HF_DIGEST_HEX_SIZE];
    *self = (HfMssqlState){.parts = g_ptr_array_new_with_free_func(g_free), .steps = g_hash_table_new(NULL, NULL)};
    plan_digest(plan, digest);
    g_autoptr(HfTdsRows) there = hf_tds_query(tds, "SELECT OBJECT_ID(N'" STATE "')", error);
    if (there == NULL)
        return false;
    self->resumed = hf_tds_rows_count(there) > 0 && hf_tds_rows_text(there, 0, 0) != NULL;
    return (self->resumed || create(tds, plan, slices, digest, error)) && take_lock(self, target, cancellable, error) &&
           check_plan(tds, digest, error) && read_parts(self, tds, loads, error) && read_steps(self, tds, error);
}

void hf_mssql_state_clear(HfMssqlState *self)
{
    g_clear_pointer(&self->lock, hf_tds_close);
    g_clear_pointer(&self->parts, g_ptr_array_unref);
    g_clear_pointer(&self->steps, g_hash_table_unref);
}

/* ---- Noting --------------------------------------------------------------------------------------------------------
 */

bool hf_mssql_state_end_part(HfTds *tds, const HfSlice *slice, const HfRowDigest *digest, gpointer data, GError **error)
{
    (void)data;
    char hex[HF_DIGEST_HEX_SIZE];
    g_autofree char *label = hf_slice_label(slice);
    g_autofree char *name = hf_mssql_quote_text(label);
    hf_digest_to_hex(digest->sum, hex);
    ((HfMssqlPart *)(void *)slice)->digest = *digest;
    return hf_tds_execf(tds, error,
                        "UPDATE " PARTS " SET [rows] = %" G_GUINT64_FORMAT
                        ", [digest] = N'%s' WHERE [table_name] = %s AND [part] = %u",
                        digest->rows, hex, name, slice->part);
}

static HfMssqlPart *part_of(const HfMssqlState *self, const char *table, guint number)
{
    for (guint i = 0; i < self->parts->len; i++) {
        HfMssqlPart *part = self->parts->pdata[i];
        g_autofree char *label = hf_slice_label(&part->slice);
        if (part->slice.part == number && strcmp(label, table) == 0)
            return part;
    }
    return NULL;
}

bool hf_mssql_state_look(HfMssqlState *self, HfTds *tds, GError **error)
{
    g_autoptr(HfTdsRows) rows =
        hf_tds_query(tds, "SELECT [table_name], [part] FROM " PARTS " WHERE [digest] IS NOT NULL", error);
    for (size_t i = 0; rows != NULL && i < hf_tds_rows_count(rows); i++) {
        HfMssqlPart *part = part_of(self, hf_tds_rows_text(rows, i, 0), (guint)hf_tds_rows_int64(rows, i, 1));
        if (part != NULL)
            part->done = true;
    }
    return rows != NULL;
}

bool hf_mssql_state_forget(HfMssqlState *self, HfTds *tds, const HfMssqlLoad *load, GError **error)
{
    g_autofree char *label = g_strconcat(load->info->schema, ".", load->info->name, NULL);
    g_autofree char *name = hf_mssql_quote_text(label);
    for (guint i = 0; i < self->parts->len; i++) {
        HfMssqlPart *part = self->parts->pdata[i];
        if (part->slice.table == load->info)
            part->done = false;
    }
    return hf_tds_exec(tds, "BEGIN TRANSACTION", error) &&
           hf_tds_execf(tds, error, "TRUNCATE TABLE %s", load->there->name) &&
           hf_tds_execf(tds, error, "UPDATE " PARTS " SET [rows] = NULL, [digest] = NULL WHERE [table_name] = %s",
                        name) &&
           hf_tds_exec(tds, "COMMIT TRANSACTION", error);
}

bool hf_mssql_state_step(HfMssqlState *self, HfTds *tds, guint number, const char *sql, GError **error)
{
    if (sets_counter(sql))
        return hf_tds_exec(tds, sql, error);
    if (g_hash_table_contains(self->steps, GUINT_TO_POINTER(number + 1)))
        return true;
    return hf_tds_exec(tds, "BEGIN TRANSACTION", error) && hf_tds_exec(tds, sql, error) &&
           hf_tds_execf(tds, error, "INSERT INTO " STEPS " ([step]) VALUES (%u)", number) &&
           hf_tds_exec(tds, "COMMIT TRANSACTION", error);
}

bool hf_mssql_state_drop(HfMssqlState *self, HfTds *tds, GError **error)
{
    g_clear_pointer(&self->lock, hf_tds_close);
    return hf_tds_exec(tds, "BEGIN TRANSACTION", error) && hf_tds_exec(tds, "DROP TABLE " STEPS, error) &&
           hf_tds_exec(tds, "DROP TABLE " PARTS, error) && hf_tds_exec(tds, "DROP TABLE " STATE, error) &&
           hf_tds_exec(tds, "COMMIT TRANSACTION", error);
}
