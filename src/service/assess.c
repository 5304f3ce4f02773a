#include "service/assess.h"

#include "base/error.h"
#include "engine/ends/mssql_encryption.h"
#include "engine/ends/postgres_awkward.h"
#include "engine/ends/postgres_model.h"

#include <string.h>

/* What freebcp moved into a real SQL Server, of the measured the slower: rows and bytes of a second. */
#define ROWS_A_SECOND 100000.0
#define BYTES_A_SECOND 17e6

static void free_finding(void *data)
{
    hf_awkward_finding_free(data);
}

void hf_assessment_clear(HfAssessment *self)
{
    g_clear_pointer(&self->plan, hf_mssql_plan_free);
    g_clear_pointer(&self->map, hf_mssql_map_free);
    g_clear_pointer(&self->findings, g_ptr_array_unref);
    g_clear_pointer(&self->model, hf_neutral_model_free);
}

static bool measure_tables(HfPg *pg, unsigned readings, HfProgress *progress, HfAssessment *result, GError **error)
{
    bool unicode = strcmp(result->model->encoding, "UTF8") == 0;
    GPtrArray *tables = result->model->tables;
    uint64_t later = 0;
    hf_progress_set_phase(progress, "measuring");
    for (guint i = 0; i < tables->len; i++) {
        uint64_t bytes = (uint64_t)((HfNeutralTable *)tables->pdata[i])->bytes;
        hf_progress_expect(progress, bytes);
        later += readings * (bytes + 1);
    }
    hf_progress_promise(progress, later);
    for (guint i = 0; i < tables->len; i++) {
        HfNeutralTable *table = tables->pdata[i];
        g_autofree char *name = g_strconcat(table->schema, ".", table->name, NULL);
        hf_progress_lane_begin(progress, 0, name, (uint64_t)table->bytes);
        bool ok =
            table->elsewhere || hf_postgres_measure_table(pg, unicode, result->map, table, result->findings, error);
        hf_progress_lane_end(progress, 0);
        if (!ok) {
            g_prefix_error(error, "%s: ", name);
            return false;
        }
        result->rows += (uint64_t)table->rows;
        result->bytes += (uint64_t)table->bytes;
    }
    return true;
}

typedef struct {
    const HfAssessOptions *options;
    HfProgress *progress;
    GCancellable *cancellable;
    HfAssessment *result;
} Assess;

/* HfScratchWork */
static bool assess(const HfPgTarget *source, gpointer data, GError **error)
{
    const Assess *self = data;
    hf_progress_set_phase(self->progress, "preparing");
    g_autoptr(HfPg) pg = hf_pg_connect(source, self->cancellable, error);
    return pg != NULL && hf_pg_exec(pg, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY", error) &&
           hf_assess_in(self->options, pg, self->progress, self->result, error) && hf_pg_exec(pg, "COMMIT", error);
}

bool hf_assess(const HfAssessOptions *options, HfProgress *progress, GCancellable *cancellable, HfAssessment *result,
               GError **error)
{
    *result = (HfAssessment){0};
    Assess self = {.options = options, .progress = progress, .cancellable = cancellable, .result = result};
    bool ok = options->scratch != NULL
                  ? hf_scratch_run(options->scratch, "its assessment", 1, assess, &self, progress, cancellable, error)
                  : assess(options->source, &self, error);
    if (ok)
        hf_progress_finish(progress);
    return ok;
}

static bool settle_model(const HfAssessOptions *options, HfNeutralModel *model, GError **error)
{
    return options->scratch == NULL ||
           hf_scratch_settle_model(options->scratch, model, hf_scope_is_selective(&options->scope), error);
}

static bool is_of_key(const HfMssqlObject *object)
{
    return strcmp(object->kind, "index") == 0 || strcmp(object->kind, "unique constraint") == 0 ||
           strcmp(object->kind, "primary key") == 0;
}

/* What a key that stays behind would have refused stands in nobody's way. */
static void forget_keys_left_behind(HfAssessment *self)
{
    g_autoptr(GHashTable) left = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < self->plan->objects->len; i++) {
        const HfMssqlObject *object = self->plan->objects->pdata[i];
        if (object->verdict == HF_VERDICT_LEFT && is_of_key(object))
            g_hash_table_add(left, object->name);
    }
    for (guint i = self->findings->len; i > 0; i--) {
        const HfAwkwardFinding *finding = self->findings->pdata[i - 1];
        if (!g_str_has_prefix(finding->kind, "unique but for"))
            continue;
        g_autofree char *name =
            g_strdup_printf("%s on %s.%s", finding->key, finding->table->schema, finding->table->name);
        if (g_hash_table_contains(left, name))
            g_ptr_array_remove_index(self->findings, i - 1);
    }
}

bool hf_assess_in(const HfAssessOptions *options, HfPg *pg, HfProgress *progress, HfAssessment *result, GError **error)
{
    *result = (HfAssessment){.findings = g_ptr_array_new_with_free_func(free_finding)};
    result->map = hf_mssql_map_new(options->map_file, options->map_text, options->map_length, error);
    if (result->map == NULL)
        return false;
    hf_mssql_map_encrypt(result->map, options->encrypt, &options->key);
    result->model = hf_postgres_model_read(pg, &options->scope, error);
    if (result->model == NULL || !settle_model(options, result->model, error) ||
        !hf_mssql_map_check(result->map, result->model, error) ||
        !hf_mssql_encryption_check(result->map, result->model, error) ||
        !measure_tables(pg, options->readings, progress, result, error))
        return false;
    result->plan = hf_mssql_plan_new(result->model, result->map);
    forget_keys_left_behind(result);
    result->estimated_s = MAX((double)result->rows / ROWS_A_SECOND, (double)result->bytes / BYTES_A_SECOND);
    return true;
}

char *hf_assessment_open_key(const HfAssessment *self)
{
    return self->plan->key != NULL ? hf_mssql_key_open_sql(self->plan->key) : NULL;
}

const char *hf_assessment_choice(const HfAssessment *self, gconstpointer data)
{
    const HfAwkwardFinding *finding = data;
    if (finding->awkward < 0 || finding->column == NULL)
        return NULL;
    return hf_choice_name(hf_mssql_map_choice(self->map, finding->table, finding->column, (HfAwkward)finding->awkward));
}

bool hf_assessment_blocks(const HfAssessment *self, gconstpointer data)
{
    const HfAwkwardFinding *finding = data;
    return g_strcmp0(hf_assessment_choice(self, finding), hf_choice_name(HF_CHOICE_REFUSE)) == 0 ||
           strcmp(finding->kind, "unique but for trailing spaces") == 0 ||
           strcmp(finding->kind, HF_AWKWARD_TOO_LONG_TO_ENCRYPT) == 0;
}
