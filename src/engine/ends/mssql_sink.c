/*
 * A row's fields are handed to the bulk load where they stand in the block, but for what has to be turned: numbers from
 * network order and times into a scratch of their own, text into UTF-16. All texts of a row are in one buffer, which
 * may move while it grows; so they are bound after the last of them.
 */
#include "base/error.h"
#include "engine/copy_text.h"
#include "engine/ends/mssql.h"
#include "engine/ends/mssql_expression.h"

#include <string.h>

typedef union {
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    HfTdsMoment moment;
} Scratch;

typedef struct {
    size_t start, length; /* in the row's texts */
    bool is_text;
} Text;

typedef struct {
    HfWriter writer;
    const HfMssqlSink *sink;
    GCancellable *cancellable;
    HfTds *tds;
    const HfSlice *slice;
    const HfMssqlLoad *load;
    Scratch *scratch; /* of each column */
    Text *texts;
    GByteArray *units; /* UTF-16LE */
    HfRowDigest digest, aside_digest;
    uint64_t number; /* of the next row of the slice */
    uint64_t sent;
    const GArray *aside; /* numbers of rows that are not sent, in order */
    guint next_aside;
    bool key_is_open;
} MssqlWriter;

/* ---- Values --------------------------------------------------------------------------------------------------------
 */

static bool refuse(const HfMssqlLoadColumn *column, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool refuse(const HfMssqlLoadColumn *column, GError **error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *why = g_strdup_vprintf(format, list);
    va_end(list);
    g_set_error(error, HF_ERROR, HF_ERROR_DATABASE, "column %s: %s", column->column->column->name, why);
    return false;
}

static void append_unit(GByteArray *to, gunichar unit)
{
    const guint8 bytes[2] = {(guint8)unit, (guint8)(unit >> 8)};
    g_byte_array_append(to, bytes, sizeof bytes);
}

/* Appends UTF-8 as UTF-16LE; false if it is none. */
static bool append_text(GByteArray *to, const uint8_t *text, size_t length)
{
    guint start = to->len;
    size_t plain = 0;
    g_byte_array_set_size(to, start + (guint)(2 * length));
    guint8 *out = to->data + start;
    while (plain < length && text[plain] < 0x80 && text[plain] != 0) {
        *out++ = text[plain++];
        *out++ = 0;
    }
    g_byte_array_set_size(to, start + (guint)(2 * plain));
    for (const char *at = (const char *)text + plain, *end = (const char *)text + length; at < end;
         at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char_validated(at, end - at);
        if (c > 0x10ffff || c == 0)
            return false;
        if (c >= 0x10000) {
            append_unit(to, 0xd800 + ((c - 0x10000) >> 10));
            c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        append_unit(to, c);
    }
    return true;
}

static bool take_text(MssqlWriter *self, const HfMssqlLoadColumn *column, Text *text, const uint8_t *value,
                      size_t length, GError **error)
{
    text->is_text = true;
    text->start = self->units->len;
    if (length > G_MAXINT32 / 2 || self->units->len > G_MAXINT32 - 2 * length)
        return refuse(column, error, "a text of %zu bytes is too long: a value there has 2 GiB at most", length);
    if (!append_text(self->units, value, length))
        return refuse(column, error, "a text is not in UTF-8, so that nobody knows its characters");
    text->length = self->units->len - text->start;
    if (column->limit > 0 && text->length > (size_t)column->limit)
        return refuse(column, error, "a text of %zu UTF-16 units does not fit into %s", text->length / 2,
                      column->column->type);
    return true;
}

static HfTdsMoment moment_of(int64_t microseconds)
{
    int64_t days = microseconds / HF_MICROSECONDS_A_DAY, rest = microseconds % HF_MICROSECONDS_A_DAY;
    if (rest < 0) {
        rest += HF_MICROSECONDS_A_DAY;
        days--;
    }
    return (HfTdsMoment){.days = (int32_t)(days + HF_MSSQL_EPOCH_DAYS), .ticks = (uint64_t)rest * 10};
}

/* PostgreSQL's last day is its infinity, and has no day after it. */
static HfTdsMoment day_of(int32_t days)
{
    return (HfTdsMoment){.days = (int32_t)MIN((int64_t)days + HF_MSSQL_EPOCH_DAYS, G_MAXINT32)};
}

static uint64_t big_endian(const uint8_t *value, size_t length)
{
    uint64_t number = 0;
    for (size_t i = 0; i < length; i++)
        number = number << 8 | value[i];
    return number;
}

static bool is_width(HfNeutralKind kind, size_t length)
{
    static const uint8_t widths[HF_NEUTRAL_KINDS] = {
        [HF_NEUTRAL_BOOLEAN] = 1, [HF_NEUTRAL_INT16] = 2,     [HF_NEUTRAL_INT32] = 4,  [HF_NEUTRAL_INT64] = 8,
        [HF_NEUTRAL_FLOAT32] = 4, [HF_NEUTRAL_FLOAT64] = 8,   [HF_NEUTRAL_UUID] = 16,  [HF_NEUTRAL_DATE] = 4,
        [HF_NEUTRAL_TIME] = 8,    [HF_NEUTRAL_TIMESTAMP] = 8, [HF_NEUTRAL_INSTANT] = 8};
    return widths[kind] == 0 || widths[kind] == length;
}

static bool set_value(MssqlWriter *self, guint i, const uint8_t *value, size_t length, GError **error)
{
    const HfMssqlLoadColumn *column = &g_array_index(self->load->columns, HfMssqlLoadColumn, i);
    Scratch *scratch = &self->scratch[i];
    const void *at = value;
    if (!is_width(column->kind, length))
        return refuse(column, error, "the source sent %zu bytes for a %s", length, hf_neutral_kind_name(column->kind));
    switch (column->kind) {
    case HF_NEUTRAL_TEXT:
        return take_text(self, column, &self->texts[i], value, length, error);
    case HF_NEUTRAL_INT16:
        scratch->u16 = (uint16_t)big_endian(value, length);
        at = scratch;
        break;
    case HF_NEUTRAL_INT32:
    case HF_NEUTRAL_FLOAT32:
        scratch->u32 = (uint32_t)big_endian(value, length);
        at = scratch;
        break;
    case HF_NEUTRAL_INT64:
    case HF_NEUTRAL_FLOAT64:
        scratch->u64 = big_endian(value, length);
        at = scratch;
        break;
    case HF_NEUTRAL_DATE:
        scratch->moment = day_of((int32_t)(uint32_t)big_endian(value, length));
        at = scratch;
        break;
    case HF_NEUTRAL_TIME:
        scratch->moment = (HfTdsMoment){.ticks = big_endian(value, length) * 10};
        at = scratch;
        break;
    case HF_NEUTRAL_TIMESTAMP:
    case HF_NEUTRAL_INSTANT:
        scratch->moment = moment_of((int64_t)big_endian(value, length));
        at = scratch;
        break;
    case HF_NEUTRAL_BYTES:
        if (column->limit > 0 && length > (size_t)column->limit)
            return refuse(column, error, "a value of %zu bytes does not fit into %s", length, column->column->type);
        break;
    default:
        break;
    }
    hf_tds_bulk_set(self->tds, i, at, length);
    return true;
}

static bool send_row(MssqlWriter *self, const uint8_t *row, size_t length, GError **error)
{
    HfCopyFields fields;
    guint count = self->load->columns->len;
    g_byte_array_set_size(self->units, 0);
    if (!hf_copy_fields_begin(&fields, row, length, count, error))
        return false;
    for (guint i = 0; i < count; i++) {
        const uint8_t *value;
        size_t size;
        self->texts[i].is_text = false;
        if (!hf_copy_fields_next(&fields, &value, &size, error))
            return false;
        if (value == NULL)
            hf_tds_bulk_set_null(self->tds, i);
        else if (!set_value(self, i, value, size, error))
            return false;
    }
    for (guint i = 0; i < count; i++)
        if (self->texts[i].is_text)
            hf_tds_bulk_set(self->tds, i, self->units->data + self->texts[i].start, self->texts[i].length);
    self->sent++;
    return hf_tds_bulk_send(self->tds, error);
}

/* ---- Writer --------------------------------------------------------------------------------------------------------
 */

/* What is to be encrypted comes into a table that nobody else sees, and that no backup of the database has. */
static bool begin_plain(MssqlWriter *self, const HfTdsBulkColumn *columns, guint count, GError **error)
{
    if (!self->key_is_open && !hf_tds_exec(self->tds, self->load->open_key, error))
        return false;
    self->key_is_open = true;
    return hf_tds_exec(self->tds, "BEGIN TRANSACTION", error) &&
           hf_tds_exec(self->tds, self->load->make_plain, error) &&
           hf_tds_bulk_begin(self->tds, HF_MSSQL_PLAIN_TABLE, false, columns, count, error);
}

/* From there into its own, encrypted. */
static bool encrypt(MssqlWriter *self, GError **error)
{
    const HfMssqlLoad *load = self->load;
    if (load->encrypt == NULL)
        return true;
    return (load->there->identity == NULL ||
            hf_tds_execf(self->tds, error, "SET IDENTITY_INSERT %s ON", load->there->name)) &&
           hf_tds_exec(self->tds, load->encrypt, error) && hf_tds_exec(self->tds, load->drop_plain, error);
}

static bool begin(MssqlWriter *self, const HfSlice *slice, GError **error)
{
    self->slice = slice;
    self->load = hf_mssql_loads_find(self->sink->loads, slice->table);
    self->digest = self->aside_digest = (HfRowDigest){0};
    self->number = self->sent = 0;
    self->aside = self->sink->aside != NULL ? g_hash_table_lookup(self->sink->aside, slice) : NULL;
    self->next_aside = 0;
    guint count = self->load->columns->len;
    self->scratch = g_renew(Scratch, self->scratch, count);
    self->texts = g_renew(Text, self->texts, count);
    g_autofree HfTdsBulkColumn *columns = g_new(HfTdsBulkColumn, count);
    for (guint i = 0; i < count; i++) {
        const HfMssqlLoadColumn *column = &g_array_index(self->load->columns, HfMssqlLoadColumn, i);
        columns[i] = (HfTdsBulkColumn){column->ordinal, hf_mssql_tds_kind(column->kind)};
    }
    if (self->load->make_plain != NULL)
        return begin_plain(self, columns, count, error);
    return hf_tds_exec(self->tds, "BEGIN TRANSACTION", error) &&
           hf_tds_bulk_begin(self->tds, self->load->there->name, self->load->there->identity != NULL, columns, count,
                             error);
}

static bool is_aside(MssqlWriter *self)
{
    if (self->aside == NULL || self->next_aside >= self->aside->len ||
        g_array_index(self->aside, uint64_t, self->next_aside) != self->number)
        return false;
    self->next_aside++;
    return true;
}

static bool send_rows(MssqlWriter *self, const HfBlock *block, size_t from, size_t to, GError **error)
{
    size_t start = from > 0 ? block->ends[from - 1] : 0;
    for (size_t i = from; i < to; i++, self->number++) {
        const uint8_t *row = block->data + start;
        uint32_t length = (uint32_t)(block->ends[i] - start);
        start = block->ends[i];
        bool aside = is_aside(self);
        if (!aside && !send_row(self, row, length, error))
            return false;
        hf_row_digest_add_rows(aside ? &self->aside_digest : &self->digest, row, &length, 1);
    }
    return true;
}

static bool finish_load(MssqlWriter *self, GError **error)
{
    uint64_t rows;
    if (!hf_tds_bulk_end(self->tds, &rows, error))
        return false;
    if (rows == self->sent)
        return encrypt(self, error);
    g_set_error(error, HF_ERROR, HF_ERROR_DATABASE,
                "%" G_GUINT64_FORMAT " rows were sent, and the server took %" G_GUINT64_FORMAT, self->sent, rows);
    return false;
}

bool hf_mssql_writer_try(HfWriter *writer, const HfSlice *slice, const HfBlock *block, size_t from, size_t to,
                         GError **error)
{
    MssqlWriter *self = (MssqlWriter *)writer;
    return begin(self, slice, error) && send_rows(self, block, from, to, error) && finish_load(self, error) &&
           hf_tds_exec(self->tds, "ROLLBACK TRANSACTION", error);
}

/* Notes which slice it was; returns `ok`. */
static bool judge(MssqlWriter *self, bool ok, const GError *const *error)
{
    HfMssqlSink *sink = (HfMssqlSink *)self->sink;
    if (ok || error == NULL || !g_error_matches(*error, HF_ERROR, HF_ERROR_DATABASE))
        return ok;
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&sink->mutex);
    if (sink->failed == NULL)
        sink->failed = self->slice;
    return false;
}

static bool writer_begin(HfWriter *writer, const HfSlice *slice, GError **error)
{
    return begin((MssqlWriter *)writer, slice, error);
}

static bool writer_write(HfWriter *writer, const HfBlock *block, GError **error)
{
    MssqlWriter *self = (MssqlWriter *)writer;
    return judge(self, send_rows(self, block, 0, block->row_count, error), (const GError *const *)error);
}

static bool end(MssqlWriter *self, GError **error)
{
    if (!finish_load(self, error))
        return false;
    if (self->load->there->identity != NULL &&
        !hf_tds_execf(self->tds, error, "SET IDENTITY_INSERT %s OFF", self->load->there->name))
        return false;
    const HfMssqlSink *sink = self->sink;
    if ((sink->on_end != NULL &&
         !sink->on_end(self->tds, self->slice, &self->digest, &self->aside_digest, sink->data, error)) ||
        !hf_tds_exec(self->tds, "COMMIT TRANSACTION", error))
        return false;
    if (sink->on_commit != NULL)
        sink->on_commit(self->slice, sink->data);
    return true;
}

static bool writer_end(HfWriter *writer, GError **error)
{
    MssqlWriter *self = (MssqlWriter *)writer;
    return judge(self, end(self, error), (const GError *const *)error);
}

static void writer_close(HfWriter *writer)
{
    MssqlWriter *self = (MssqlWriter *)writer;
    hf_tds_close(self->tds);
    g_byte_array_unref(self->units);
    g_free(self->scratch);
    g_free(self->texts);
    g_free(self);
}

static HfWriter *sink_open(HfSink *sink, GCancellable *cancellable, GError **error)
{
    const HfMssqlSink *self = (const HfMssqlSink *)sink;
    g_autoptr(HfTds) tds = hf_tds_connect(self->target, cancellable, error);
    if (tds == NULL)
        return NULL;
    MssqlWriter *writer = g_new0(MssqlWriter, 1);
    *writer = (MssqlWriter){.writer = {writer_begin, writer_write, writer_end, writer_close},
                            .sink = self,
                            .cancellable = cancellable,
                            .tds = g_steal_pointer(&tds),
                            .units = g_byte_array_new()};
    return &writer->writer;
}

/* What is to be encrypted comes by INSERT, which the option says nothing of. */
bool hf_mssql_loads_lock_tables(HfTds *tds, const GPtrArray *loads, bool on, GError **error)
{
    for (guint i = 0; i < loads->len; i++) {
        const HfMssqlLoad *load = loads->pdata[i];
        g_autofree char *name = hf_mssql_quote_text(load->there->name);
        if (load->make_plain == NULL &&
            !hf_tds_execf(tds, error, "EXEC sys.sp_tableoption %s, N'table lock on bulk load', N'%s'", name,
                          on ? "ON" : "OFF"))
            return false;
    }
    return true;
}

void hf_mssql_sink_init(HfMssqlSink *self, const HfTdsTarget *target, const GPtrArray *loads)
{
    *self = (HfMssqlSink){.sink = {sink_open}, .target = target, .loads = loads};
    g_mutex_init(&self->mutex);
}

void hf_mssql_sink_clear(HfMssqlSink *self)
{
    g_mutex_clear(&self->mutex);
}
