/*
 * Rows come in another order from the other side, and there may be too many to keep. So first both sides are summed up
 * in buckets by their digests; then only rows of buckets that differ are kept, and only of so many buckets as there is
 * room for, those of the one side against those of the other. What is left is matched by key.
 */
#include "service/mssql_compare.h"

#include "engine/copy_text.h"
#include "engine/pipeline.h"

#include <string.h>

#define BUCKETS 4096
#define KEPT_BYTES ((size_t)64 << 20)
#define SHOWN 5

typedef struct {
    HfSink sink;
    HfRowDigest buckets[2][BUCKETS]; /* of the source, of the target */
    uint64_t bytes[BUCKETS];         /* of both sides */
    bool picked[BUCKETS];
    bool more; /* others differ, for which there is no room */
    int side;
    bool picking;
    GHashTable *rows; /* GBytes to how often it came from the source more than from the target */
} Comparison;

typedef struct {
    HfWriter writer;
    Comparison *comparison;
} Writer;

/* ---- The sink ------------------------------------------------------------------------------------------------------
 */

static bool begin(HfWriter *writer, const HfSlice *slice, GError **error)
{
    (void)writer;
    (void)slice;
    (void)error;
    return true;
}

static void count(Comparison *self, const uint8_t *row, size_t length)
{
    g_autoptr(GBytes) key = g_bytes_new(row, length);
    gpointer known = NULL;
    (void)g_hash_table_lookup_extended(self->rows, key, NULL, &known);
    int times = GPOINTER_TO_INT(known) + (self->side == 0 ? 1 : -1);
    if (times == 0)
        g_hash_table_remove(self->rows, key);
    else
        g_hash_table_replace(self->rows, g_bytes_ref(key), GINT_TO_POINTER(times));
}

static bool take(HfWriter *writer, const HfBlock *block, GError **error)
{
    Comparison *self = ((Writer *)writer)->comparison;
    size_t start = 0;
    (void)error;
    for (size_t i = 0; i < block->row_count; i++) {
        uint32_t length = (uint32_t)(block->ends[i] - start);
        const uint8_t *row = block->data + start;
        HfRowDigest digest = {0};
        start = block->ends[i];
        hf_row_digest_add_rows(&digest, row, &length, 1);
        size_t bucket = digest.sum.low % BUCKETS;
        if (self->picking && self->picked[bucket])
            count(self, row, length);
        if (self->picking)
            continue;
        hf_row_digest_merge(&self->buckets[self->side][bucket], &digest);
        self->bytes[bucket] += length;
    }
    return true;
}

static bool end(HfWriter *writer, GError **error)
{
    (void)writer;
    (void)error;
    return true;
}

static HfWriter *open_writer(HfSink *sink, GCancellable *cancellable, GError **error)
{
    (void)cancellable;
    (void)error;
    Writer *writer = g_new(Writer, 1);
    *writer = (Writer){{begin, take, end, (void (*)(HfWriter *))g_free}, (Comparison *)sink};
    return &writer->writer;
}

/* ---- What it found -------------------------------------------------------------------------------------------------
 */

typedef struct {
    GBytes *source, *target; /* rows of this key; NULL: none */
} Pair;

static void add_differing(GString *text, const HfMssqlLoad *load, const Pair *pair)
{
    HfCopyFields a, b;
    gsize length_a, length_b;
    const uint8_t *row_a = g_bytes_get_data(pair->source, &length_a),
                  *row_b = g_bytes_get_data(pair->target, &length_b);
    const GPtrArray *columns = load->info->columns;
    const char *comma = "";
    bool ok = hf_copy_fields_begin(&a, row_a, length_a, columns->len, NULL) &&
              hf_copy_fields_begin(&b, row_b, length_b, columns->len, NULL);
    for (guint i = 0; ok && i < columns->len; i++) {
        const uint8_t *value_a, *value_b;
        size_t size_a, size_b;
        ok = hf_copy_fields_next(&a, &value_a, &size_a, NULL) && hf_copy_fields_next(&b, &value_b, &size_b, NULL);
        bool same = ok && (value_a == NULL) == (value_b == NULL) && size_a == size_b &&
                    (value_a == NULL || memcmp(value_a, value_b, size_a) == 0);
        if (ok && !same) {
            g_string_append_printf(text, "%s%s", comma, ((const HfColumn *)columns->pdata[i])->name);
            comma = ", ";
        }
    }
}

/* A row's key, with a number if others of its side have the same one: of a table without a primary key it is what is
 * shown of all of the row. Transfer full. */
static char *own_key(GHashTable *seen, const HfMssqlLoad *load, bool of_source, const uint8_t *row, gsize length)
{
    g_autofree char *key = hf_mssql_load_row_key(load, row, length);
    char *of_side = g_strconcat(of_source ? "+" : "-", key, NULL);
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(seen, of_side)) + 1;
    g_hash_table_insert(seen, of_side, GUINT_TO_POINTER(number));
    return number == 1 ? g_steal_pointer(&key) : g_strdup_printf("%s (%u)", key, number);
}

static GHashTable *pairs_by_key(const Comparison *self, const HfMssqlLoad *load)
{
    GHashTable *pairs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter each;
    gpointer row, times;
    g_hash_table_iter_init(&each, self->rows);
    while (g_hash_table_iter_next(&each, &row, &times)) {
        gsize length;
        const uint8_t *data = g_bytes_get_data(row, &length);
        bool of_source = GPOINTER_TO_INT(times) > 0;
        char *key = own_key(seen, load, of_source, data, length);
        Pair *pair = g_hash_table_lookup(pairs, key);
        if (pair == NULL) {
            pair = g_new0(Pair, 1);
            g_hash_table_insert(pairs, g_strdup(key), pair);
        }
        *(of_source ? &pair->source : &pair->target) = row;
        g_free(key);
    }
    return pairs;
}

static char *tell(const Comparison *self, const HfMssqlLoad *load)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GHashTable) pairs = pairs_by_key(self, load);
    g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(pairs), (GCompareFunc)strcmp);
    guint shown = 0;
    for (const GList *key = keys; key != NULL && shown < SHOWN; key = key->next, shown++) {
        const Pair *pair = g_hash_table_lookup(pairs, key->data);
        g_string_append_printf(text, "%s%s ", shown > 0 ? "; " : "", (const char *)key->data);
        if (pair->target == NULL)
            g_string_append(text, "is missing in the target");
        else if (pair->source == NULL)
            g_string_append(text, "is in the target alone");
        else {
            g_string_append(text, "differs in ");
            add_differing(text, load, pair);
        }
    }
    guint all = g_hash_table_size(pairs);
    if (all > shown)
        g_string_append_printf(text, "; and %u more%s", all - shown, self->more ? " at least" : "");
    if (all == 0)
        g_string_append(text, "too many rows differ to name any");
    return g_string_free(text, FALSE);
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static bool read_side(Comparison *self, int side, HfSource *source, GPtrArray *slices, GCancellable *cancellable,
                      GError **error)
{
    self->side = side;
    g_autoptr(HfPipeline) pipeline = hf_pipeline_new(source, &self->sink, NULL);
    return hf_pipeline_run(pipeline, slices, 1, cancellable, error);
}

/* Of the buckets that differ those whose rows can all be kept. */
static void pick(Comparison *self)
{
    uint64_t room = KEPT_BYTES;
    for (size_t i = 0; i < BUCKETS; i++) {
        if (hf_row_digest_equal(&self->buckets[0][i], &self->buckets[1][i]))
            continue;
        self->picked[i] = self->bytes[i] <= room;
        self->more = self->more || !self->picked[i];
        room -= self->picked[i] ? self->bytes[i] : 0;
    }
    self->picking = true;
}

char *hf_mssql_compare(const HfMssqlLoad *load, HfSource *source, GPtrArray *slices, HfSource *target,
                       GCancellable *cancellable, GError **error)
{
    HfSlice whole = {.table = load->info, .end = HF_SLICE_TO_END, .parts = 1, .weight = 1};
    g_autoptr(GPtrArray) there = g_ptr_array_new();
    g_ptr_array_add(there, &whole);
    g_autofree Comparison *self = g_new0(Comparison, 1);
    self->sink = (HfSink){open_writer};
    g_autoptr(GHashTable) rows =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    self->rows = rows;
    if (!read_side(self, 0, source, slices, cancellable, error) ||
        !read_side(self, 1, target, there, cancellable, error))
        return NULL;
    pick(self);
    if (!read_side(self, 0, source, slices, cancellable, error) ||
        !read_side(self, 1, target, there, cancellable, error))
        return NULL;
    return tell(self, load);
}
