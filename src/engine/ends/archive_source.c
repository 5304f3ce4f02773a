/*
 * Parts out of an archive, cut into whole rows again. The bytes were checked as they were read (each age chunk, then
 * the member's digest at its end), but rows are handed on before that end is reached: therefore a slice counts only
 * once its last `next` has succeeded.
 */
#include "base/error.h"
#include "engine/ends/archive.h"

#include <string.h>

#define BINARY_HEADER_BYTES 19
#define BINARY_FRAMING_BYTES (BINARY_HEADER_BYTES + 2) /* with the trailer */
/* A row is at most what the server can hold, 1 GiB, and some framing. */
#define MAX_ROW_BYTES (((size_t)1 << 30) + 65536)

typedef struct {
    HfReader reader;
    HfArchiveReader *archive;
    HfPartDecoder *decoder;
    const HfSlice *slice;
    const HfPart *part;
    const HfMember *member;
    uint64_t rows;      /* so far */
    uint64_t raw_bytes; /* of these rows */
    bool at_start;      /* the binary header is still to come */
    bool at_end;        /* the decoder is at its end */
    bool trailer;       /* the binary trailer was seen */
    GByteArray *rest;   /* decoded bytes that are not handed out yet, from `rest_start` on */
    size_t rest_start;
    size_t searched; /* so far the rest, from rest_start on, holds no newline */
} PartReader;

static bool corrupt(const PartReader *self, GError **error, const char *what)
{
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "the archive is damaged: %s: %s", self->member->name, what);
    return false;
}

static bool part_begin(HfReader *reader, const HfSlice *slice, GError **error)
{
    PartReader *self = (PartReader *)reader;
    const HfManifest *manifest = hf_archive_reader_manifest(self->archive);
    self->slice = slice;
    self->part = &g_array_index(slice->table->parts, HfPart, slice->part);
    self->member = manifest->members->pdata[self->part->member];
    self->at_start = slice->table->format == HF_FORMAT_BINARY;
    self->at_end = self->trailer = false;
    self->rows = self->raw_bytes = 0;
    g_byte_array_set_size(self->rest, 0);
    self->rest_start = self->searched = 0;
    return hf_part_decoder_begin(self->decoder, self->member, error);
}

/* Whether more came out than the manifest says. It is not believed, and above all not gathered in memory. */
static bool is_too_long(const PartReader *self, size_t left)
{
    return self->raw_bytes > self->part->raw_bytes ||
           left > self->part->raw_bytes - self->raw_bytes + BINARY_FRAMING_BYTES;
}

/* Decodes one more piece into the rest; what was handed out is dropped first. */
static bool fill(PartReader *self, GError **error)
{
    size_t left = self->rest->len - self->rest_start;
    if (is_too_long(self, left))
        return corrupt(self, error, "it holds more bytes than the manifest says");
    if (left > MAX_ROW_BYTES)
        return corrupt(self, error, "a row is larger than a server can hold");
    g_byte_array_remove_range(self->rest, 0, (guint)self->rest_start);
    self->rest_start = 0;
    g_byte_array_set_size(self->rest, (guint)(left + HF_BLOCK_BYTES / 2));
    size_t got;
    if (!hf_part_decoder_read(self->decoder, self->rest->data + left, HF_BLOCK_BYTES / 2, &got, error))
        return false;
    g_byte_array_set_size(self->rest, (guint)(left + got));
    self->at_end = got == 0;
    return true;
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The length of the row at `data`, 0 if it is not complete yet. What was searched once is not searched again: a row may
 * be some hundred megabytes. */
static size_t text_row_length(PartReader *self, const uint8_t *data, size_t length)
{
    const uint8_t *newline = memchr(data + self->searched, '\n', length - self->searched);
    self->searched = newline != NULL ? 0 : length;
    return newline != NULL ? (size_t)(newline - data) + 1 : 0;
}

static size_t binary_row_length(const uint8_t *data, size_t length)
{
    if (length < 2)
        return 0;
    unsigned fields = (unsigned)data[0] << 8 | data[1];
    size_t at = 2;
    for (unsigned i = 0; i < fields; i++) {
        if (length - at < 4)
            return 0;
        uint32_t field = be32(data + at);
        at += 4;
        if (field == UINT32_MAX) /* NULL */
            continue;
        if (length - at < field)
            return 0;
        at += field;
    }
    return at;
}

/* Moves the whole rows of the rest into the block, as far as it goes. */
static void take_rows(PartReader *self, HfBlock *block)
{
    bool binary = self->slice->table->format == HF_FORMAT_BINARY;
    while (!hf_block_is_full(block) && !self->trailer) {
        const uint8_t *data = self->rest->data + self->rest_start;
        size_t left = self->rest->len - self->rest_start;
        if (binary && left >= 2 && data[0] == 0xff && data[1] == 0xff) {
            self->trailer = true;
            self->rest_start += 2;
            return;
        }
        size_t row = binary ? binary_row_length(data, left) : text_row_length(self, data, left);
        if (row == 0)
            return;
        hf_block_add_row(block, data, row);
        self->rest_start += row;
        self->raw_bytes += row;
        self->rows++;
    }
}

static bool skip_header(PartReader *self, GError **error)
{
    static const uint8_t header[BINARY_HEADER_BYTES] = "PGCOPY\n\377\r\n";
    if (!self->at_start || self->rest->len - self->rest_start < BINARY_HEADER_BYTES)
        return true;
    if (memcmp(self->rest->data + self->rest_start, header, sizeof header) != 0)
        return corrupt(self, error, "it does not begin with COPY's binary header");
    self->rest_start += BINARY_HEADER_BYTES;
    self->at_start = false;
    return true;
}

/* At the decoder's end: nothing may be left over, and the rows and their bytes are as many as the manifest says. */
static bool check_end(PartReader *self, GError **error)
{
    bool binary = self->slice->table->format == HF_FORMAT_BINARY;
    if (self->rest->len != self->rest_start || (binary && !self->trailer))
        return corrupt(self, error, "it does not end with a whole row");
    if (self->rows != self->part->rows)
        return corrupt(self, error, "the number of rows is not the manifest's");
    if (self->raw_bytes != self->part->raw_bytes)
        return corrupt(self, error, "the number of bytes is not the manifest's");
    return true;
}

static bool part_next(HfReader *reader, HfBlock *block, GError **error)
{
    PartReader *self = (PartReader *)reader;
    while (!hf_block_is_full(block)) {
        if (!skip_header(self, error))
            return false;
        if (!self->at_start)
            take_rows(self, block);
        if (hf_block_is_full(block))
            return true;
        if (self->at_end)
            return check_end(self, error);
        if (self->trailer && self->rest->len != self->rest_start)
            return corrupt(self, error, "there are bytes after COPY's trailer");
        if (!fill(self, error))
            return false;
    }
    return true;
}

static void part_close(HfReader *reader)
{
    PartReader *self = (PartReader *)reader;
    hf_part_decoder_free(self->decoder);
    g_byte_array_unref(self->rest);
    g_free(self);
}

static HfReader *source_open(HfSource *source, GCancellable *cancellable, GError **error)
{
    (void)cancellable;
    (void)error;
    HfArchiveSource *self = (HfArchiveSource *)source;
    PartReader *reader = g_new0(PartReader, 1);
    *reader = (PartReader){.reader = {part_begin, part_next, part_close},
                           .archive = self->archive,
                           .decoder = hf_part_decoder_new(self->archive),
                           .rest = g_byte_array_sized_new(HF_BLOCK_BYTES)};
    return &reader->reader;
}

void hf_archive_source_init(HfArchiveSource *self, HfArchiveReader *archive)
{
    *self = (HfArchiveSource){.source = {source_open}, .archive = archive};
}
