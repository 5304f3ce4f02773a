#include "service/origin.h"

#include <string.h>

static HfDatabaseRead *database_of(HfOrigin *self)
{
    return ((HfDatabaseOrigin *)self)->database;
}

static GBytes *read_schema(HfOrigin *self, GError **error)
{
    const char *warning = ((HfDatabaseOrigin *)self)->warning;
    HfDatabaseRead *database = database_of(self);
    GBytes *schema = hf_database_read_schema(database, error);
    if (schema != NULL && warning != NULL)
        g_ptr_array_add(database->head->warnings, g_strdup(warning));
    return schema;
}

static bool cut(HfOrigin *self, HfManifestTable *table, bool one_lane, unsigned lanes, GPtrArray *slices,
                GError **error)
{
    return hf_database_read_cut(database_of(self), table, one_lane, lanes, slices, error);
}

static bool write_sql(HfOrigin *self, const char *member, HfOutput *to, GError **error)
{
    HfDatabaseRead *database = database_of(self);
    const char *sequences = ((HfDatabaseOrigin *)self)->sequences;
    if (strcmp(member, HF_MEMBER_SEQUENCES) == 0)
        return hf_output_write(to, sequences, strlen(sequences), error);
    if (database->manifest->large_objects == 0)
        return true;
    return (strcmp(member, HF_MEMBER_BLOBS_CREATE) == 0
                ? hf_postgres_write_large_objects_create
                : hf_postgres_write_large_objects_owners)(database->snapshot->pg, to, error);
}

/* Sequences know no snapshot. Asked for after the rows they are never behind them. */
static bool end(HfOrigin *origin, GError **error)
{
    HfDatabaseOrigin *self = (HfDatabaseOrigin *)origin;
    HfPostgresSnapshot *snapshot = self->database->snapshot;
    uint64_t count;
    self->sequences = hf_postgres_read_sequences(snapshot->pg, self->scope, &count, error);
    return self->sequences != NULL && hf_postgres_snapshot_end(snapshot, error);
}

void hf_database_origin_init(HfDatabaseOrigin *self, HfDatabaseRead *database, const HfScope *scope,
                             const char *warning)
{
    *self = (HfDatabaseOrigin){.origin = {.name = "source",
                                          .job = "migration",
                                          .head = database->head,
                                          .manifest = database->manifest,
                                          .read_schema = read_schema,
                                          .cut = cut,
                                          .write_sql = write_sql,
                                          .end = end},
                               .database = database,
                               .scope = scope,
                               .warning = warning};
    hf_database_read_source_init(database, &self->rows);
    self->origin.rows = &self->rows.source;
    /* What the work and the room are reckoned by until the rows are there. */
    for (guint i = 0; i < database->manifest->tables->len; i++) {
        HfManifestTable *table = database->manifest->tables->pdata[i];
        table->raw_bytes = hf_database_read_bytes(database, table);
    }
}

void hf_database_origin_clear(HfDatabaseOrigin *self)
{
    g_clear_pointer(&self->sequences, g_free);
}
