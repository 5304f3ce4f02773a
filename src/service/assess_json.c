#include "service/assess.h"

#include "engine/ends/mssql_encryption.h"
#include "engine/ends/postgres_awkward.h"

static void write_name(HfJsonWriter *json, const char *key, const HfNeutralTable *table)
{
    g_autofree char *name = g_strconcat(table->schema, ".", table->name, NULL);
    hf_json_writer_string(json, key, name);
}

static void write_finding(const HfAssessment *self, HfJsonWriter *json, const HfAwkwardFinding *finding)
{
    hf_json_writer_begin_object(json, NULL);
    hf_json_writer_string(json, "kind", finding->kind);
    write_name(json, "table", finding->table);
    hf_json_writer_string(json, "column", finding->column != NULL ? finding->column->name : NULL);
    hf_json_writer_string(json, "key", finding->key);
    hf_json_writer_uint64(json, "rows", finding->rows);
    hf_json_writer_begin_array(json, "examples");
    if (finding->first != NULL)
        hf_json_writer_string(json, NULL, finding->first);
    if (finding->last != NULL)
        hf_json_writer_string(json, NULL, finding->last);
    hf_json_writer_end_array(json);
    hf_json_writer_string(json, "choice", hf_assessment_choice(self, finding));
    hf_json_writer_bool(json, "blocks", hf_assessment_blocks(self, finding));
    hf_json_writer_end_object(json);
}

static void write_object(HfJsonWriter *json, const HfMssqlObject *object)
{
    hf_json_writer_begin_object(json, NULL);
    hf_json_writer_string(json, "kind", object->kind);
    hf_json_writer_string(json, "name", object->name);
    hf_json_writer_string(json, "verdict", hf_verdict_name(object->verdict));
    hf_json_writer_begin_array(json, "notes");
    for (guint i = 0; i < object->notes->len; i++)
        hf_json_writer_string(json, NULL, object->notes->pdata[i]);
    hf_json_writer_end_array(json);
    hf_json_writer_string(json, "source", object->source);
    hf_json_writer_end_object(json);
}

static void write_table(HfJsonWriter *json, const HfNeutralTable *table)
{
    hf_json_writer_begin_object(json, NULL);
    write_name(json, "table", table);
    hf_json_writer_int64(json, "rows", table->rows);
    hf_json_writer_int64(json, "bytes", table->bytes);
    hf_json_writer_end_object(json);
}

static void write_column(HfJsonWriter *json, const HfMssqlColumn *column)
{
    hf_json_writer_begin_object(json, NULL);
    write_name(json, "table", column->table);
    hf_json_writer_string(json, "column", column->column->name);
    hf_json_writer_string(json, "from", column->column->type.source);
    hf_json_writer_string(json, "neutral", hf_neutral_kind_name(column->column->type.kind));
    hf_json_writer_string(json, "to", column->type);
    hf_json_writer_bool(json, "encrypted", column->encrypted);
    hf_json_writer_string(json, "note", column->note);
    hf_json_writer_end_object(json);
}

/* How what is encrypted is read there. */
static void write_encryption(const HfAssessment *self, HfJsonWriter *json)
{
    const HfMssqlPlan *plan = self->plan;
    if (plan->key == NULL) {
        hf_json_writer_string(json, "encryption", NULL);
        return;
    }
    g_autofree char *open = hf_mssql_key_open_sql(plan->key), *close = hf_mssql_key_close_sql(plan->key);
    hf_json_writer_begin_object(json, "encryption");
    hf_json_writer_string(json, "key", plan->key->key);
    hf_json_writer_string(json, "certificate", plan->key->certificate);
    hf_json_writer_string(json, "open", open);
    hf_json_writer_string(json, "close", close);
    hf_json_writer_begin_array(json, "views");
    for (guint i = 0; i < plan->tables->len; i++) {
        const HfMssqlTable *table = plan->tables->pdata[i];
        if (table->view != NULL)
            hf_json_writer_string(json, NULL, table->view);
    }
    hf_json_writer_end_array(json);
    hf_json_writer_end_object(json);
}

void hf_assessment_write(const HfAssessment *self, HfJsonWriter *json)
{
    hf_json_writer_string(json, "source", self->model->source);
    hf_json_writer_string(json, "database", self->model->database);
    hf_json_writer_uint64(json, "rows", self->rows);
    hf_json_writer_uint64(json, "bytes", self->bytes);
    hf_json_writer_fixed(json, "estimated_s", self->estimated_s, 1);
    hf_json_writer_uint64(json, "same", hf_mssql_plan_count(self->plan, HF_VERDICT_SAME));
    hf_json_writer_uint64(json, "changed", hf_mssql_plan_count(self->plan, HF_VERDICT_CHANGED));
    hf_json_writer_uint64(json, "left_behind", hf_mssql_plan_count(self->plan, HF_VERDICT_LEFT));
    hf_json_writer_uint64(json, "renamed", self->plan->renamed);
    write_encryption(self, json);
    hf_json_writer_begin_array(json, "findings");
    for (guint i = 0; i < self->findings->len; i++)
        write_finding(self, json, self->findings->pdata[i]);
    hf_json_writer_end_array(json);
    hf_json_writer_begin_array(json, "objects");
    for (guint i = 0; i < self->plan->objects->len; i++)
        write_object(json, self->plan->objects->pdata[i]);
    hf_json_writer_end_array(json);
    hf_json_writer_begin_array(json, "tables");
    for (guint i = 0; i < self->model->tables->len; i++)
        write_table(json, self->model->tables->pdata[i]);
    hf_json_writer_end_array(json);
    hf_json_writer_begin_array(json, "columns");
    for (guint i = 0; i < self->plan->columns->len; i++)
        write_column(json, self->plan->columns->pdata[i]);
    hf_json_writer_end_array(json);
}
