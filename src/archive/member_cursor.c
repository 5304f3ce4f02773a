#include "archive/member_cursor.h"

#include "base/error.h"

#define PIECE_BYTES (1024 * 1024)
#define AGE_CHUNK_BYTES (64 * 1024)

struct HfMemberCursor {
    HfInput *plaintext;
    const HfMember *member;
    uint64_t position; /* of the next piece, in the plaintext */
    HfBytesDigest *digest;
    uint8_t *piece;
};

HfMemberCursor *hf_member_cursor_new(HfInput *plaintext)
{
    HfMemberCursor *self = g_new0(HfMemberCursor, 1);
    self->plaintext = plaintext;
    self->digest = hf_bytes_digest_new();
    self->piece = g_malloc(PIECE_BYTES);
    return self;
}

void hf_member_cursor_free(HfMemberCursor *self)
{
    if (self == NULL)
        return;
    hf_bytes_digest_free(self->digest);
    g_free(self->piece);
    g_free(self);
}

bool hf_member_refuse(const HfMember *member, const char *why, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                "member %s (%" G_GUINT64_FORMAT " bytes at offset %" G_GUINT64_FORMAT " of the tar) is damaged: %s",
                member->name, member->size_bytes, member->offset, why);
    return false;
}

void hf_member_cursor_begin(HfMemberCursor *self, const HfMember *member)
{
    self->member = member;
    self->position = member->offset;
    hf_bytes_digest_reset(self->digest);
}

/* The first piece ends where an age chunk ends, so that no chunk is decrypted for two pieces. */
static size_t piece_length(const HfMemberCursor *self)
{
    uint64_t left = self->member->offset + self->member->size_bytes - self->position;
    return (size_t)MIN(left, PIECE_BYTES - self->position % AGE_CHUNK_BYTES);
}

bool hf_member_cursor_next(HfMemberCursor *self, const uint8_t **data, size_t *length, GError **error)
{
    *data = self->piece;
    *length = piece_length(self);
    if (*length == 0)
        return hf_digest_equal(hf_bytes_digest_get(self->digest), self->member->digest) ||
               hf_member_refuse(self->member, "its bytes do not have the digest that the manifest states", error);
    if (!hf_input_read_at(self->plaintext, self->position, self->piece, *length, error)) {
        g_prefix_error(error, "member %s: ", self->member->name);
        return false;
    }
    hf_bytes_digest_update(self->digest, self->piece, *length);
    self->position += *length;
    return true;
}
