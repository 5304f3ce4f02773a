#include "engine/ends/archive.h"

#include "base/error.h"

typedef struct {
    HfManifestTable *table;
    HfEncodedPart *encoded;
    uint64_t rows;
    uint64_t raw_bytes;
} FinishedPart;

struct HfArchiveSink {
    HfSink sink;
    int level;
    HfBudget *budget;
    HfProgress *progress;
    GAsyncQueue *finished; /* FinishedPart*; the end mark says that no more will come */
};

typedef struct {
    HfWriter writer;
    HfArchiveSink *sink;
    HfPartEncoder *encoder;
    HfManifestTable *table;
    uint64_t rows; /* in the part under way; 0: none is */
    uint64_t raw_bytes;
} ArchiveWriter;

static FinishedPart end_mark;

static void finished_part_free(FinishedPart *part)
{
    hf_encoded_part_free(part->encoded);
    g_free(part);
}

/* ---- Lanes ---------------------------------------------------------------------------------------------------------
 */

static const uint8_t binary_header[19] = "PGCOPY\n\377\r\n";
static const uint8_t binary_trailer[2] = {0xff, 0xff};

static bool is_binary(const ArchiveWriter *self)
{
    return self->table->format == HF_FORMAT_BINARY;
}

static bool writer_begin(HfWriter *writer, const HfSlice *slice, GError **error)
{
    (void)error;
    ArchiveWriter *self = (ArchiveWriter *)writer;
    self->table = slice->table;
    self->rows = self->raw_bytes = 0;
    return true;
}

static bool finish_part(ArchiveWriter *self, GError **error)
{
    if (is_binary(self) && !hf_part_encoder_write(self->encoder, binary_trailer, sizeof binary_trailer, error))
        return false;
    HfEncodedPart *encoded = hf_part_encoder_finish(self->encoder, error);
    if (encoded == NULL)
        return false;
    FinishedPart part = {self->table, encoded, self->rows, self->raw_bytes};
    g_async_queue_push(self->sink->finished, g_memdup2(&part, sizeof part));
    self->rows = self->raw_bytes = 0;
    return true;
}

static bool writer_write(HfWriter *writer, const HfBlock *block, GError **error)
{
    ArchiveWriter *self = (ArchiveWriter *)writer;
    if (self->rows == 0 && is_binary(self) &&
        !hf_part_encoder_write(self->encoder, binary_header, sizeof binary_header, error))
        return false;
    self->rows += block->row_count;
    self->raw_bytes += block->length;
    if (!hf_part_encoder_write(self->encoder, block->data, block->length, error))
        return false;
    return hf_part_encoder_size(self->encoder) < HF_PART_BYTES || finish_part(self, error);
}

static bool writer_end(HfWriter *writer, GError **error)
{
    ArchiveWriter *self = (ArchiveWriter *)writer;
    return self->rows == 0 || finish_part(self, error);
}

static void writer_close(HfWriter *writer)
{
    ArchiveWriter *self = (ArchiveWriter *)writer;
    hf_part_encoder_free(self->encoder);
    g_free(self);
}

static HfWriter *sink_open(HfSink *sink, GCancellable *cancellable, GError **error)
{
    (void)cancellable;
    (void)error;
    HfArchiveSink *self = (HfArchiveSink *)sink;
    ArchiveWriter *writer = g_new0(ArchiveWriter, 1);
    *writer = (ArchiveWriter){.writer = {writer_begin, writer_write, writer_end, writer_close},
                              .sink = self,
                              .encoder = hf_part_encoder_new(self->level, self->budget)};
    return &writer->writer;
}

/* ---- The one writing thread ----------------------------------------------------------------------------------------
 */

HfArchiveSink *hf_archive_sink_new(int level, HfBudget *budget, HfProgress *progress)
{
    HfArchiveSink *self = g_new0(HfArchiveSink, 1);
    *self = (HfArchiveSink){
        .sink = {sink_open}, .level = level, .budget = budget, .progress = progress, .finished = g_async_queue_new()};
    return self;
}

void hf_archive_sink_free(HfArchiveSink *self)
{
    if (self == NULL)
        return;
    for (FinishedPart *part; (part = g_async_queue_try_pop(self->finished)) != NULL;)
        if (part != &end_mark)
            finished_part_free(part);
    g_async_queue_unref(self->finished);
    g_free(self);
}

HfSink *hf_archive_sink_get(HfArchiveSink *self)
{
    return &self->sink;
}

void hf_archive_sink_end(HfArchiveSink *self)
{
    g_async_queue_push(self->finished, &end_mark);
}

static bool write_part(HfArchiveSink *self, HfArchiveWriter *writer, const FinishedPart *part, GError **error)
{
    g_autofree char *name = hf_part_name(part->table->oid, part->table->parts->len + 1);
    HfPart entry = {.rows = part->rows, .raw_bytes = part->raw_bytes};
    if (!hf_archive_writer_add_part(writer, name, part->encoded, &entry.member, error))
        return false;
    g_array_append_val(part->table->parts, entry);
    part->table->raw_bytes += part->raw_bytes;
    if (self->progress != NULL)
        hf_progress_add_out(self->progress, hf_encoded_part_size(part->encoded));
    return true;
}

bool hf_archive_sink_drain(HfArchiveSink *self, HfArchiveWriter *writer, GError **error)
{
    for (FinishedPart *part; (part = g_async_queue_pop(self->finished)) != &end_mark;) {
        bool ok = write_part(self, writer, part, error);
        finished_part_free(part);
        if (!ok)
            return false;
    }
    return true;
}

void hf_archive_sink_discard(HfArchiveSink *self)
{
    for (FinishedPart *part; (part = g_async_queue_pop(self->finished)) != &end_mark;)
        finished_part_free(part);
}
