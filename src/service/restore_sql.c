#include "service/restore_sql.h"

#include "pg/sql_lines.h"

#define BATCH_STATEMENTS 500
#define BATCH_BYTES ((gsize)1 << 20)

typedef struct {
    HfPg *pg;
    HfRestoreStatementFunc take;
    gpointer data;
    GString *batch;
    unsigned statements; /* in it */
} Batches;

static bool run_batch(Batches *self, GError **error)
{
    if (self->batch->len > 0 && !hf_pg_exec(self->pg, self->batch->str, error))
        return false;
    g_string_truncate(self->batch, 0);
    self->statements = 0;
    return true;
}

static bool add_statement(const char *statement, gpointer data, GError **error)
{
    Batches *self = data;
    if (self->take == NULL)
        g_string_append_printf(self->batch, "%s\n", statement);
    else if (!self->take(statement, self->data, self->batch, error))
        return false;
    self->statements++;
    return (self->statements < BATCH_STATEMENTS && self->batch->len < BATCH_BYTES) || run_batch(self, error);
}

bool hf_restore_run_sql(const HfRestoreLoad *load, HfPg *pg, const char *member, HfRestoreStatementFunc take,
                        gpointer data, GError **error)
{
    g_autoptr(GString) batch = g_string_new(NULL);
    Batches self = {.pg = pg, .take = take, .data = data, .batch = batch};
    g_autoptr(HfSqlLines) lines = hf_sql_lines_new(add_statement, &self);
    if (load->origin->write_sql(load->origin, member, hf_sql_lines_output(lines), error) &&
        hf_sql_lines_end(lines, error) && run_batch(&self, error))
        return true;
    g_prefix_error(error, "%s: ", member);
    return false;
}
