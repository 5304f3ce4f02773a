/*
 * Internal to archive: reads one member's bytes in order, piece by piece, and checks them against its digest at the
 * end. Used again for member after member. One thread.
 */
#ifndef HF_ARCHIVE_MEMBER_CURSOR_H
#define HF_ARCHIVE_MEMBER_CURSOR_H

#include "archive/manifest.h"
#include "base/io.h"

typedef struct HfMemberCursor HfMemberCursor;

HfMemberCursor *hf_member_cursor_new(HfInput *plaintext); /* borrowed */
void hf_member_cursor_free(HfMemberCursor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfMemberCursor, hf_member_cursor_free)

void hf_member_cursor_begin(HfMemberCursor *self, const HfMember *member); /* borrowed */
/* The next piece, valid until the next call; *length 0 says that the member is at its end and true to its digest. */
bool hf_member_cursor_next(HfMemberCursor *self, const uint8_t **data, size_t *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Sets HF_ERROR_CORRUPT "member <name> (…) is damaged: <why>" and returns false. */
bool hf_member_refuse(const HfMember *member, const char *why, GError **error);

#endif
