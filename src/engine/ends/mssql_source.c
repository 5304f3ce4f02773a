#include "base/error.h"
#include "engine/ends/mssql.h"
#include "engine/ends/mssql_encryption.h"
#include "engine/ends/mssql_expression.h"

#include <string.h>

typedef struct {
    HfReader reader;
    const HfMssqlSource *source;
    HfTds *tds;
    const HfMssqlLoad *load;
    GByteArray *row;
    bool ended;
    bool key_is_open;
} MssqlReader;

/* ---- Values, as COPY would have them -------------------------------------------------------------------------------
 */

static void append_number(GByteArray *row, uint64_t number, size_t bytes)
{
    for (size_t i = bytes; i-- > 0;) {
        guint8 byte = (guint8)(number >> (8 * i));
        g_byte_array_append(row, &byte, 1);
    }
}

static void append_field(GByteArray *row, const void *value, size_t length)
{
    append_number(row, length, 4);
    g_byte_array_append(row, value, (guint)length);
}

static void append_native(GByteArray *row, const void *value, size_t length)
{
    uint16_t u16;
    uint32_t u32;
    uint64_t u64 = 0;
    if (length == sizeof u16) {
        memcpy(&u16, value, sizeof u16);
        u64 = u16;
    } else if (length == sizeof u32) {
        memcpy(&u32, value, sizeof u32);
        u64 = u32;
    } else {
        memcpy(&u64, value, sizeof u64);
    }
    append_number(row, length, 4);
    append_number(row, u64, length);
}

static void append_moment(GByteArray *row, HfNeutralKind kind, const HfTdsMoment *moment)
{
    int64_t days = (int64_t)moment->days - HF_MSSQL_EPOCH_DAYS, microseconds = (int64_t)(moment->ticks / 10);
    if (kind == HF_NEUTRAL_DATE) {
        append_number(row, 4, 4);
        append_number(row, (uint64_t)days, 4);
        return;
    }
    append_number(row, 8, 4);
    append_number(row, (uint64_t)(kind == HF_NEUTRAL_TIME ? microseconds : days * HF_MICROSECONDS_A_DAY + microseconds),
                  8);
}

static bool append_value(MssqlReader *self, guint i, GError **error)
{
    const HfMssqlLoadColumn *column = &g_array_index(self->load->columns, HfMssqlLoadColumn, i);
    HfTdsRoom room;
    const void *value;
    size_t length;
    if (!hf_tds_value(self->tds, i, hf_mssql_tds_kind(column->kind), &room, &value, &length, error))
        return false;
    if (value == NULL) {
        append_number(self->row, UINT32_MAX, 4);
        return true;
    }
    switch (column->kind) {
    case HF_NEUTRAL_INT16:
    case HF_NEUTRAL_INT32:
    case HF_NEUTRAL_INT64:
    case HF_NEUTRAL_FLOAT32:
    case HF_NEUTRAL_FLOAT64:
        append_native(self->row, value, length);
        break;
    case HF_NEUTRAL_DATE:
    case HF_NEUTRAL_TIME:
    case HF_NEUTRAL_TIMESTAMP:
    case HF_NEUTRAL_INSTANT:
        append_moment(self->row, column->kind, value);
        break;
    case HF_NEUTRAL_TEXT:
        while (column->padded && length > 0 && ((const char *)value)[length - 1] == ' ')
            length--;
        append_field(self->row, value, length);
        break;
    default:
        append_field(self->row, value, length);
        break;
    }
    return true;
}

/* ---- Reader --------------------------------------------------------------------------------------------------------
 */

/* What the connection gives in another type than the column's shape is brought into it there. */
static char *select_sql(const HfMssqlLoad *load)
{
    GString *sql = g_string_new("SELECT ");
    for (guint i = 0; i < load->columns->len; i++) {
        const HfMssqlLoadColumn *column = &g_array_index(load->columns, HfMssqlLoadColumn, i);
        g_autofree char *quoted = hf_mssql_quote_name(column->column->name);
        g_autofree char *name =
            column->column->encrypted ? hf_mssql_decrypt_sql(column->column, quoted) : g_strdup(quoted);
        const char *as = strcmp(column->column->type, "money") == 0     ? "decimal(20, 4)"
                         : strcmp(column->column->type, "tinyint") == 0 ? "smallint"
                                                                        : NULL;
        g_string_append(sql, i > 0 ? ", " : "");
        if (as != NULL)
            g_string_append_printf(sql, "CAST(%s AS %s)", name, as);
        else
            g_string_append(sql, name);
    }
    g_string_append_printf(sql, " FROM %s", load->there->name);
    return g_string_free(sql, FALSE);
}

static bool reader_begin(HfReader *reader, const HfSlice *slice, GError **error)
{
    MssqlReader *self = (MssqlReader *)reader;
    self->load = hf_mssql_loads_find(self->source->loads, slice->table);
    self->ended = false;
    g_autofree char *sql = select_sql(self->load);
    if (self->load->open_key != NULL && !self->key_is_open && !hf_tds_exec(self->tds, self->load->open_key, error))
        return false;
    self->key_is_open = self->key_is_open || self->load->open_key != NULL;
    return hf_tds_select_begin(self->tds, sql, error);
}

static bool reader_next(HfReader *reader, HfBlock *block, GError **error)
{
    MssqlReader *self = (MssqlReader *)reader;
    while (!self->ended && !hf_block_is_full(block)) {
        bool more;
        if (!hf_tds_select_next(self->tds, &more, error))
            return false;
        self->ended = !more;
        if (!more)
            break;
        g_byte_array_set_size(self->row, 0);
        append_number(self->row, self->load->columns->len, 2);
        for (guint i = 0; i < self->load->columns->len; i++)
            if (!append_value(self, i, error))
                return false;
        hf_block_add_row(block, self->row->data, self->row->len);
    }
    return true;
}

static void reader_close(HfReader *reader)
{
    MssqlReader *self = (MssqlReader *)reader;
    hf_tds_close(self->tds);
    g_byte_array_unref(self->row);
    g_free(self);
}

static HfReader *source_open(HfSource *source, GCancellable *cancellable, GError **error)
{
    const HfMssqlSource *self = (const HfMssqlSource *)source;
    g_autoptr(HfTds) tds = hf_tds_connect(self->target, cancellable, error);
    if (tds == NULL)
        return NULL;
    MssqlReader *reader = g_new0(MssqlReader, 1);
    *reader = (MssqlReader){.reader = {reader_begin, reader_next, reader_close},
                            .source = self,
                            .tds = g_steal_pointer(&tds),
                            .row = g_byte_array_new()};
    return &reader->reader;
}

void hf_mssql_source_init(HfMssqlSource *self, const HfTdsTarget *target, const GPtrArray *loads)
{
    *self = (HfMssqlSource){.source = {source_open}, .target = target, .loads = loads};
}
