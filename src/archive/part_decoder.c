#include "archive/archive_reader.h"
#include "archive/member_cursor.h"

#include <zstd.h>

/* The largest window that zstd's levels use, and that the zstd program takes without asking: 128 MiB. What a hostile
 * frame asks for beyond that is refused before it is allocated. */
#define WINDOW_LOG_MAX 27

struct HfPartDecoder {
    HfMemberCursor *cursor;
    ZSTD_DCtx *context;
    const HfMember *member;
    ZSTD_inBuffer in; /* the piece being decompressed */
    bool frame_ended;
};

HfPartDecoder *hf_part_decoder_new(HfArchiveReader *reader)
{
    HfPartDecoder *self = g_new0(HfPartDecoder, 1);
    self->cursor = hf_member_cursor_new(hf_archive_reader_plaintext(reader));
    self->context = ZSTD_createDCtx();
    g_assert(self->context != NULL);
    size_t result = ZSTD_DCtx_setParameter(self->context, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
    g_assert(!ZSTD_isError(result));
    return self;
}

void hf_part_decoder_free(HfPartDecoder *self)
{
    if (self == NULL)
        return;
    hf_member_cursor_free(self->cursor);
    ZSTD_freeDCtx(self->context);
    g_free(self);
}

/* The piece is empty at the member's end. */
static bool next_piece(HfPartDecoder *self, GError **error)
{
    const uint8_t *data;
    size_t length;
    if (!hf_member_cursor_next(self->cursor, &data, &length, error))
        return false;
    self->in = (ZSTD_inBuffer){data, length, 0};
    return true;
}

bool hf_part_decoder_begin(HfPartDecoder *self, const HfMember *member, GError **error)
{
    ZSTD_DCtx_reset(self->context, ZSTD_reset_session_only);
    self->member = member;
    self->frame_ended = false;
    hf_member_cursor_begin(self->cursor, member);
    return next_piece(self, error);
}

/* One call of zstd. With no more input it may still hold output; if it does not, the frame is cut off. */
static bool step(HfPartDecoder *self, ZSTD_outBuffer *out, GError **error)
{
    if (self->in.pos == self->in.size && !next_piece(self, error))
        return false;
    size_t before = out->pos;
    size_t left = ZSTD_decompressStream(self->context, out, &self->in);
    if (ZSTD_isError(left))
        return hf_member_refuse(self->member, ZSTD_getErrorName(left), error);
    self->frame_ended = left == 0;
    if (!self->frame_ended && self->in.size == 0 && out->pos == before)
        return hf_member_refuse(self->member, "its zstd frame is cut off", error);
    return true;
}

/* After the frame: nothing follows it, and the digest holds. */
static bool check_end(HfPartDecoder *self, GError **error)
{
    if (self->in.pos == self->in.size && !next_piece(self, error))
        return false;
    return self->in.pos == self->in.size ||
           hf_member_refuse(self->member, "there are bytes after its zstd frame", error);
}

bool hf_part_decoder_read(HfPartDecoder *self, void *buffer, size_t size, size_t *length, GError **error)
{
    ZSTD_outBuffer out = {buffer, size, 0};
    g_assert(size > 0);
    while (!self->frame_ended && out.pos < out.size)
        if (!step(self, &out, error))
            return false;
    *length = out.pos;
    return out.pos > 0 || check_end(self, error);
}
