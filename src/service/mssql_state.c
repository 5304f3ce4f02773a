#include "service/mssql_state.h"

#include "base/error.h"
#include "engine/ends/mssql_expression.h"
#include "engine/ends/mssql_type.h"
#include "service/patience.h"

#include <string.h>

#define STATE "[dbo].[holdfast_migration]"
#define PARTS "[dbo].[holdfast_migration_part]"
#define STEPS "[dbo].[holdfast_migration_step]"
#define RAISED_NUMBER 50000
#define PARTS_A_STATEMENT 500 /* of 1,000 rows that VALUES takes */

/* ---- Which plan it is of -------------------------------------------------------------------------------------------
 */

/* Counters go on at the source, so that their values are not what makes a plan another one. */
static bool sets_counter(const char *sql)
{
    return g_str_has_prefix(sql, "DBCC CHECKIDENT") || g_str_has_prefix(sql, "ALTER SEQUENCE");
}

static void plan_digest(const HfMssqlPlan *plan, const GPtrArray *loads, char hex[HF_DIGEST_HEX_SIZE])
{
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < plan->before_data->len; i++)
        g_string_append_printf(all, "%s;\n", (const char *)plan->before_data->pdata[i]);
    for (guint i = 0; i < plan->after_data->len; i++) {
        const HfMssqlStep *step = plan->after_data->pdata[i];
        if (!sets_counter(step->sql))
            g_string_append_printf(all, "%s;\n", step->sql);
    }
    for (guint i = 0; i < loads->len; i++) {
        const GPtrArray *leaves = ((HfMssqlLoad *)loads->pdata[i])->leaves;
        for (guint leaf = 0; leaf < leaves->len; leaf++) {
            const HfManifestTable *info = leaves->pdata[leaf];
            g_string_append_printf(all, "%s.%s\n", info->schema, info->name);
        }
    }
    if (plan->key != NULL)
        g_string_append_printf(all, "%s\n%s\n", plan->key->key, plan->key->certificate);
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
    return hf_tds_exec(tds, "CREATE TABLE " STATE " ([plan_digest] nvarchar(32) NOT NULL)", error) &&
           hf_tds_exec(tds,
                       "CREATE TABLE " PARTS " ([table_name] nvarchar(400) COLLATE " HF_MSSQL_COLLATION
                       " NOT NULL, [part] int NOT NULL, [parts] int "
                       "NOT NULL, [first_page] bigint NOT NULL, [end_page] bigint NOT NULL, [weight] bigint NOT NULL, "
                       "[rows] bigint NULL, [digest] nvarchar(32) NULL, [aside_rows] bigint NULL, [aside_digest] "
                       "nvarchar(32) NULL)",
                       error) &&
           hf_tds_exec(tds, "CREATE TABLE " STEPS " ([step] int NOT NULL)", error) &&
           hf_tds_execf(tds, error, "INSERT INTO " STATE " ([plan_digest]) VALUES (N'%s')", digest);
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

static bool create(HfMssqlState *self, HfTds *tds, const HfMssqlPlan *plan, const GPtrArray *slices, GError **error)
{
    if (!check_absent(tds, plan, error) || !hf_tds_exec(tds, "BEGIN TRANSACTION", error))
        return false;
    for (guint i = 0; i < plan->before_data->len; i++)
        if (!run_before(tds, plan->before_data->pdata[i], error))
            return false;
    if (!create_tables(tds, self->plan_digest, error) || !insert_parts(tds, slices, error))
        return false;
    self->made = true; /* whatever becomes of the answer */
    return hf_tds_exec(tds, "COMMIT TRANSACTION", error);
}

/* ---- One that is there ---------------------------------------------------------------------------------------------
 */

static bool look_at_plan(HfTds *tds, const char *digest, bool *is_same, GError **error)
{
    g_autoptr(HfTdsRows) rows = hf_tds_query(tds, "SELECT [plan_digest] FROM " STATE, error);
    *is_same = rows != NULL && hf_tds_rows_count(rows) == 1 && g_strcmp0(hf_tds_rows_text(rows, 0, 0), digest) == 0;
    return rows != NULL;
}

static bool check_plan(HfTds *tds, const char *digest, GError **error)
{
    bool is_same;
    if (!look_at_plan(tds, digest, &is_same, error))
        return false;
    if (is_same)
        return true;
    g_set_error_literal(
        error, HF_ERROR, HF_ERROR_CONFLICT,
        "the target holds an unfinished migration of another plan: the source's tables, what their rows "
        "need, or the map have changed since; begin again in a new database");
    return false;
}

static bool is_named(const HfManifestTable *info, const char *name)
{
    g_autofree char *label = g_strconcat(info->schema, ".", info->name, NULL);
    return g_strcmp0(label, name) == 0;
}

/* The table or partition of a part. */
static HfManifestTable *info_named(const GPtrArray *loads, const char *name)
{
    for (guint i = 0; i < loads->len; i++) {
        const HfMssqlLoad *load = loads->pdata[i];
        if (is_named(load->info, name))
            return load->info;
        for (guint leaf = 0; leaf < load->leaves->len; leaf++)
            if (is_named(load->leaves->pdata[leaf], name))
                return load->leaves->pdata[leaf];
    }
    return NULL;
}

static bool read_parts(HfMssqlState *self, HfTds *tds, const GPtrArray *loads, GError **error)
{
    g_autoptr(HfTdsRows) rows = hf_tds_query(
        tds,
        "SELECT [table_name], [part], [parts], [first_page], [end_page], [weight], [rows], [digest], [aside_rows], "
        "[aside_digest] FROM " PARTS,
        error);
    for (size_t i = 0; rows != NULL && i < hf_tds_rows_count(rows); i++) {
        HfManifestTable *info = info_named(loads, hf_tds_rows_text(rows, i, 0));
        if (info == NULL)
            continue; /* not of a plan of this digest */
        int64_t end = hf_tds_rows_int64(rows, i, 4);
        HfMssqlPart *part = g_new0(HfMssqlPart, 1);
        part->slice = (HfSlice){.table = info,
                                .part = (guint)hf_tds_rows_int64(rows, i, 1),
                                .parts = (guint)hf_tds_rows_int64(rows, i, 2),
                                .start = (uint64_t)hf_tds_rows_int64(rows, i, 3),
                                .end = end < 0 ? HF_SLICE_TO_END : (uint64_t)end,
                                .weight = (uint64_t)hf_tds_rows_int64(rows, i, 5)};
        part->digest.rows = (uint64_t)hf_tds_rows_int64(rows, i, 6);
        part->aside.rows = (uint64_t)hf_tds_rows_int64(rows, i, 8);
        const char *hex = hf_tds_rows_text(rows, i, 7), *aside = hf_tds_rows_text(rows, i, 9);
        part->done = hex != NULL && aside != NULL && hf_digest_from_hex(hex, &part->digest.sum) &&
                     hf_digest_from_hex(aside, &part->aside.sum);
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

/* HfPatienceTry. Of the session and no transaction: one that was open all the time would keep the whole log of the
 * load. */
static bool try_lock(gpointer lock, GError **error)
{
    if (hf_tds_exec(lock,
                    "DECLARE @taken int; EXEC @taken = sp_getapplock @Resource = N'holdfast_migration', @LockMode = "
                    "N'Exclusive', @LockOwner = N'Session', @LockTimeout = 0; IF @taken < 0 RAISERROR(N'the lock is "
                    "taken', 16, 1)",
                    error))
        return true;
    if (hf_tds_error_number(lock) == RAISED_NUMBER) {
        g_clear_error(error);
        g_set_error_literal(error, HF_ERROR, HF_ERROR_CONFLICT,
                            "another migration into this database is under way; wait for its end, or end it: its lock "
                            "goes with its session");
    }
    return false;
}

bool hf_mssql_state_lock(HfMssqlState *self, const HfTdsTarget *target, uint64_t patience_ms, GCancellable *cancellable,
                         GError **error)
{
    self->lock = hf_tds_connect(target, cancellable, error);
    return self->lock != NULL && hf_patience_try(try_lock, self->lock, patience_ms, cancellable, error);
}

static bool look_for_state(HfTds *tds, bool *made, GError **error)
{
    g_autoptr(HfTdsRows) there = hf_tds_query(tds, "SELECT OBJECT_ID(N'" STATE "')", error);
    *made = there != NULL && hf_tds_rows_count(there) > 0 && hf_tds_rows_text(there, 0, 0) != NULL;
    return there != NULL;
}

bool hf_mssql_state_check(HfTds *tds, const HfMssqlPlan *plan, const GPtrArray *loads, GError **error)
{
    bool made;
    char digest[HF_DIGEST_HEX_SIZE];
    plan_digest(plan, loads, digest);
    return look_for_state(tds, &made, error) &&
           (made ? check_plan(tds, digest, error) : check_absent(tds, plan, error));
}

bool hf_mssql_state_open(HfMssqlState *self, HfTds *tds, const HfMssqlPlan *plan, const GPtrArray *loads,
                         const GPtrArray *slices, GError **error)
{
    self->parts = g_ptr_array_new_with_free_func(g_free);
    self->steps = g_hash_table_new(NULL, NULL);
    plan_digest(plan, loads, self->plan_digest);
    return look_for_state(tds, &self->made, error) && (self->made || create(self, tds, plan, slices, error)) &&
           check_plan(tds, self->plan_digest, error) && read_parts(self, tds, loads, error) &&
           read_steps(self, tds, error);
}

void hf_mssql_state_clear(HfMssqlState *self)
{
    g_clear_pointer(&self->lock, hf_tds_close);
    g_clear_pointer(&self->parts, g_ptr_array_unref);
    g_clear_pointer(&self->steps, g_hash_table_unref);
}

/* ---- Noting --------------------------------------------------------------------------------------------------------
 */

bool hf_mssql_state_end_part(HfTds *tds, const HfSlice *slice, const HfRowDigest *digest, const HfRowDigest *aside,
                             gpointer data, GError **error)
{
    (void)data;
    char hex[HF_DIGEST_HEX_SIZE], aside_hex[HF_DIGEST_HEX_SIZE];
    HfMssqlPart *part = (HfMssqlPart *)(void *)slice;
    g_autofree char *label = hf_slice_label(slice);
    g_autofree char *name = hf_mssql_quote_text(label);
    hf_digest_to_hex(digest->sum, hex);
    hf_digest_to_hex(aside->sum, aside_hex);
    part->digest = *digest;
    part->aside = *aside;
    return hf_tds_execf(tds, error,
                        "UPDATE " PARTS " SET [rows] = %" G_GUINT64_FORMAT
                        ", [digest] = N'%s', [aside_rows] = %" G_GUINT64_FORMAT
                        ", [aside_digest] = N'%s' WHERE [table_name] = %s AND [part] = %u AND [digest] IS NULL; "
                        "IF @@ROWCOUNT <> 1 RAISERROR(N'another migration has loaded this part', 16, 1)",
                        digest->rows, hex, aside->rows, aside_hex, name, slice->part);
}

void hf_mssql_state_part_is_done(const HfSlice *slice, gpointer data)
{
    (void)data;
    ((HfMssqlPart *)(void *)slice)->done = true;
}

static char *part_name(const char *table, guint number)
{
    return g_strdup_printf("%u %s", number, table);
}

char *hf_mssql_state_part_name(const HfSlice *slice)
{
    g_autofree char *label = hf_slice_label(slice);
    return part_name(label, slice->part);
}

bool hf_mssql_state_look(HfMssqlState *self, HfTds *tds, GError **error)
{
    g_autoptr(GHashTable) parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(HfTdsRows) rows =
        hf_tds_query(tds, "SELECT [table_name], [part] FROM " PARTS " WHERE [digest] IS NOT NULL", error);
    for (guint i = 0; i < self->parts->len; i++) {
        HfMssqlPart *part = self->parts->pdata[i];
        g_hash_table_insert(parts, hf_mssql_state_part_name(&part->slice), part);
    }
    for (size_t i = 0; rows != NULL && i < hf_tds_rows_count(rows); i++) {
        g_autofree char *name = part_name(hf_tds_rows_text(rows, i, 0), (guint)hf_tds_rows_int64(rows, i, 1));
        HfMssqlPart *part = g_hash_table_lookup(parts, name);
        if (part != NULL)
            part->done = true;
    }
    return rows != NULL;
}

bool hf_mssql_state_forget(HfMssqlState *self, HfTds *tds, const HfMssqlLoad *load, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < self->parts->len; i++) {
        HfMssqlPart *part = self->parts->pdata[i];
        if (!hf_mssql_load_has(load, part->slice.table))
            continue;
        part->done = false;
        if (part->slice.part > 0)
            continue; /* its name is there already */
        g_autofree char *label = hf_slice_label(&part->slice);
        g_autofree char *name = hf_mssql_quote_text(label);
        g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", name);
    }
    return hf_tds_exec(tds, "BEGIN TRANSACTION", error) &&
           hf_tds_execf(tds, error, "TRUNCATE TABLE %s", load->there->name) &&
           hf_tds_execf(tds, error,
                        "UPDATE " PARTS " SET [rows] = NULL, [digest] = NULL, [aside_rows] = NULL, [aside_digest] = "
                        "NULL WHERE [table_name] IN (%s)",
                        names->str) &&
           hf_tds_exec(tds, "COMMIT TRANSACTION", error);
}

bool hf_mssql_state_step(const HfMssqlState *self, HfTds *tds, guint number, const char *sql, GError **error)
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

static bool is_there(HfTds *tds, const char *plan_digest, bool *there, GError **error)
{
    return look_for_state(tds, there, error) && (!*there || look_at_plan(tds, plan_digest, there, error));
}

bool hf_mssql_state_drop_of(const HfTdsTarget *target, const char *plan_digest, uint64_t patience_ms,
                            GCancellable *cancellable, GError **error)
{
    HfMssqlState self = {0};
    bool there = false;
    g_autoptr(HfTds) tds = hf_tds_connect(target, cancellable, error);
    if (tds == NULL || !is_there(tds, plan_digest, &there, error))
        return false;
    bool ok =
        !there || (hf_mssql_state_lock(&self, target, patience_ms, cancellable, error) &&
                   is_there(tds, plan_digest, &there, error) && (!there || hf_mssql_state_drop(&self, tds, error)));
    hf_mssql_state_clear(&self);
    return ok;
}
