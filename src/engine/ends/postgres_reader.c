#include "base/error.h"
#include "engine/ends/postgres.h"
#include "pg/row_normal.h"

#include <string.h>

/* COPY's binary header: signature, flags, length of an extension that no server writes. */
#define BINARY_HEADER_BYTES 19
#define BINARY_TRAILER_BYTES 2

typedef struct {
    HfReader reader;
    HfPg *pg;
    bool owns_pg;
    char *encoding; /* that rows travel in */
    const HfTypeTable *types;
    HfRowNormal *normal; /* of the table at hand; NULL: its rows are in normal form as they come */
    bool through_root;
    bool binary;
    bool started; /* the binary header was seen */
    bool ended;
    bool copying;
} PostgresReader;

char *hf_postgres_column_list(const HfManifestTable *table)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < table->columns->len; i++) {
        const HfColumn *column = table->columns->pdata[i];
        g_autofree char *quoted = hf_pg_quote_ident(column->name);
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", quoted);
    }
    return g_string_free(text, FALSE);
}

/*
 * All large objects with an OID in the range, in pieces at multiples of the piece size. Through lo_get and lo_lseek64,
 * which every owner may use, not through pg_largeobject, which superusers alone may read.
 */
static char *large_objects_sql(const HfSlice *slice)
{
    g_autofree char *bound = slice->end == HF_SLICE_TO_END
                                 ? g_strdup("")
                                 : g_strdup_printf(" AND m.oid < %" G_GUINT64_FORMAT "::oid", slice->end);
    return g_strdup_printf(
        "SELECT o.oid, p.position, pg_catalog.lo_get(o.oid, p.position, %d) FROM (SELECT m.oid, (SELECT CASE WHEN "
        "pg_catalog.lo_close(b.fd) = 0 THEN b.size END FROM (SELECT a.fd, pg_catalog.lo_lseek64(a.fd, 0, 2) AS size "
        "FROM "
        "(SELECT pg_catalog.lo_open(m.oid, 262144) AS fd OFFSET 0) a OFFSET 0) b) AS size FROM "
        "pg_catalog.pg_largeobject_metadata m WHERE m.oid >= %" G_GUINT64_FORMAT
        "::oid%s OFFSET 0) o CROSS JOIN LATERAL "
        "pg_catalog.generate_series(0::bigint, o.size - 1, %d::bigint) AS p(position)",
        HF_LARGE_OBJECT_PIECE_BYTES, slice->start, bound, HF_LARGE_OBJECT_PIECE_BYTES);
}

static char *range_condition(const HfSlice *slice)
{
    if (slice->start == 0 && slice->end == HF_SLICE_TO_END)
        return NULL;
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "ctid >= '(%" G_GUINT64_FORMAT ",0)'::pg_catalog.tid", slice->start);
    if (slice->end != HF_SLICE_TO_END)
        g_string_append_printf(text, " AND ctid < '(%" G_GUINT64_FORMAT ",0)'::pg_catalog.tid", slice->end);
    return g_string_free(text, FALSE);
}

/* The SELECT inside COPY ( … ); NULL where the table can be copied by its name, which is a little cheaper. */
static char *select_sql(const HfSlice *slice, bool through_root)
{
    const HfManifestTable *table = slice->table;
    if (table->kind == HF_TABLE_LARGE_OBJECTS)
        return large_objects_sql(slice);
    bool root = through_root && table->load_root_oid != 0;
    g_autofree char *condition = range_condition(slice);
    if (table->query != NULL)
        return g_strdup_printf("%s%s%s", table->query, condition != NULL ? " WHERE " : "",
                               condition != NULL ? condition : "");
    if (!root && condition == NULL && table->filter == NULL)
        return NULL;
    g_autofree char *columns = hf_postgres_column_list(table);
    g_autofree char *name = root ? hf_pg_quote_qualified(table->load_root_schema, table->load_root_name)
                                 : hf_pg_quote_qualified(table->schema, table->name);
    /* The filter of an extension's configuration table brings its own WHERE; such a table is never cut. */
    g_autofree char *where = condition != NULL ? g_strconcat("WHERE ", condition, NULL) : NULL;
    return g_strdup_printf("SELECT %s FROM %s%s %s", columns, root ? "" : "ONLY ", name,
                           where != NULL           ? where
                           : table->filter != NULL ? table->filter
                                                   : "");
}

static char *copy_sql(const HfSlice *slice, bool through_root)
{
    const HfManifestTable *table = slice->table;
    const char *options = table->format == HF_FORMAT_BINARY ? " (FORMAT binary)" : "";
    g_autofree char *select = select_sql(slice, through_root);
    if (select != NULL)
        return g_strdup_printf("COPY (%s) TO STDOUT%s", select, options);
    g_autofree char *columns = hf_postgres_column_list(table);
    g_autofree char *name = hf_pg_quote_qualified(table->schema, table->name);
    return *columns == '\0' ? g_strdup_printf("COPY %s TO STDOUT%s", name, options)
                            : g_strdup_printf("COPY %s (%s) TO STDOUT%s", name, columns, options);
}

static void explain_lock_wait(GError **error)
{
    if (error != NULL && strstr((*error)->message, "(55P03)") != NULL)
        g_prefix_error(error, "another session waits to lock this table exclusively, and whoever comes later waits "
                              "behind it; try again when that is over: ");
}

static void set_normal(PostgresReader *self, const HfManifestTable *table)
{
    g_clear_pointer(&self->normal, hf_row_normal_free);
    if (!self->binary)
        return;
    g_autofree uint32_t *oids = g_new(uint32_t, table->columns->len);
    for (guint i = 0; i < table->columns->len; i++)
        oids[i] = ((const HfColumn *)table->columns->pdata[i])->type_oid;
    self->normal = hf_row_normal_new(self->types, oids, table->columns->len);
}

static bool reader_begin(HfReader *reader, const HfSlice *slice, GError **error)
{
    PostgresReader *self = (PostgresReader *)reader;
    self->binary = slice->table->format == HF_FORMAT_BINARY;
    self->started = self->ended = false;
    set_normal(self, slice->table);
    g_autofree char *copy = copy_sql(slice, self->through_root);
    g_autofree char *sql = hf_postgres_statement_in(copy, self->encoding);
    if (!hf_postgres_set_encoding(self->pg, self->encoding, self->encoding, error))
        return false;
    self->copying = hf_pg_copy_out_begin(self->pg, sql, error);
    if (!self->copying)
        explain_lock_wait(error);
    return self->copying;
}

/* Strips COPY's framing from one message of the binary format; what is left is one row or nothing. */
static bool strip_framing(PostgresReader *self, uint8_t **data, size_t *length, GError **error)
{
    static const char signature[] = "PGCOPY\n\377\r\n"; /* its final NUL is part of it */
    if (!self->started) {
        if (*length < BINARY_HEADER_BYTES || memcmp(*data, signature, sizeof signature) != 0) {
            g_set_error_literal(error, HF_ERROR, HF_ERROR_INTERNAL,
                                "the server's COPY does not begin with the binary header");
            return false;
        }
        self->started = true;
        *data += BINARY_HEADER_BYTES;
        *length -= BINARY_HEADER_BYTES;
    }
    if (*length == BINARY_TRAILER_BYTES && (*data)[0] == 0xff && (*data)[1] == 0xff)
        *length = 0;
    return true;
}

static bool reader_next(HfReader *reader, HfBlock *block, GError **error)
{
    PostgresReader *self = (PostgresReader *)reader;
    while (!self->ended && !hf_block_is_full(block)) {
        uint8_t *data;
        size_t length;
        if (!hf_pg_copy_out_next(self->pg, &data, &length, error))
            return false;
        if (data == NULL) {
            self->ended = true;
            self->copying = false;
            return hf_postgres_set_encoding(self->pg, self->encoding, "UTF8", error);
        }
        if (self->binary && !strip_framing(self, &data, &length, error))
            return false;
        if (length == 0)
            continue;
        if (self->normal != NULL && !hf_row_normal_apply(self->normal, data, &length, error))
            return false;
        hf_block_add_row(block, data, length);
    }
    return true;
}

static void reader_close(HfReader *reader)
{
    PostgresReader *self = (PostgresReader *)reader;
    if (self->copying)
        hf_pg_copy_out_abandon(self->pg);
    if (self->owns_pg)
        hf_pg_close(self->pg);
    hf_row_normal_free(self->normal);
    g_free(self->encoding);
    g_free(self);
}

bool hf_postgres_set_encoding(HfPg *pg, const char *encoding, const char *to, GError **error)
{
    if (strcmp(encoding, "UTF8") == 0)
        return true;
    g_autofree char *quoted = hf_pg_quote_literal(to);
    return hf_pg_execf(pg, error, "SET client_encoding = %s", quoted);
}

char *hf_postgres_statement_in(const char *sql, const char *encoding)
{
    bool as_it_is = strcmp(encoding, "UTF8") == 0 || strcmp(encoding, "SQL_ASCII") == 0;
    return as_it_is ? g_strdup(sql) : hf_pg_escape_names(sql);
}

static PostgresReader *reader_new(HfPg *pg, bool owns_pg, bool through_root, const char *encoding,
                                  const HfTypeTable *types)
{
    PostgresReader *self = g_new0(PostgresReader, 1);
    *self = (PostgresReader){.reader = {reader_begin, reader_next, reader_close},
                             .pg = pg,
                             .owns_pg = owns_pg,
                             .encoding = g_strdup(encoding),
                             .types = types,
                             .through_root = through_root};
    return self;
}

HfReader *hf_postgres_reader_new(HfPg *pg, bool through_root, const char *encoding, const HfTypeTable *types)
{
    return &reader_new(pg, false, through_root, encoding, types)->reader;
}

static bool take_snapshot(HfPg *pg, const char *snapshot, GError **error)
{
    g_autofree char *quoted = hf_pg_quote_literal(snapshot);
    return hf_pg_exec(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error) &&
           hf_pg_execf(pg, error, "SET TRANSACTION SNAPSHOT %s", quoted);
}

static HfReader *source_open(HfSource *source, GCancellable *cancellable, GError **error)
{
    HfPostgresSource *self = (HfPostgresSource *)source;
    g_autoptr(HfPg) pg = hf_pg_connect(self->target, cancellable, error);
    if (pg == NULL || !hf_pg_execf(pg, error, "SET lock_timeout = %" G_GUINT64_FORMAT, self->lock_wait_ms) ||
        (self->setup != NULL && !hf_pg_exec(pg, self->setup, error)) ||
        (self->snapshot != NULL && !take_snapshot(pg, self->snapshot, error)))
        return NULL;
    return &reader_new(g_steal_pointer(&pg), true, false, self->encoding, self->types)->reader;
}

void hf_postgres_source_init(HfPostgresSource *self, const HfPgTarget *target, const char *snapshot,
                             const char *encoding, const HfTypeTable *types)
{
    *self = (HfPostgresSource){.source = {source_open},
                               .target = target,
                               .snapshot = snapshot,
                               .encoding = encoding,
                               .types = types,
                               .lock_wait_ms = HF_POSTGRES_LOCK_WAIT_MS};
}
