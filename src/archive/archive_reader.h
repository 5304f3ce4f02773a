/*
 * Reads an archive at random offsets. Opening checks, in this order: the file is age or a bare tar of ours; a key fits;
 * the end is authentic; the manifest is whole, of a format that we know, and true to the file's size; the head fits.
 * Nothing else is read. Every member is checked against its digest when it is read. Members may be read in several
 * threads at once.
 *
 * Errors: HF_ERROR_CORRUPT with the place; HF_ERROR_WRONG_KEY; HF_ERROR_USAGE for a newer format version ("…written by
 * a newer Holdfast…").
 */
#ifndef HF_ARCHIVE_ARCHIVE_READER_H
#define HF_ARCHIVE_ARCHIVE_READER_H

#include "archive/manifest.h"
#include "base/io.h"
#include "crypto/age.h"

typedef struct HfArchiveReader HfArchiveReader;

/* `file` is borrowed. An armored file is decoded into an unlinked temporary file first. `identities` may be NULL or
 * empty: then an encrypted file is HF_ERROR_WRONG_KEY with the kinds of key that it takes. */
HfArchiveReader *hf_archive_reader_open(HfInput *file, const HfAgeIdentities *identities, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same, but a manifest longer than `max_manifest_bytes` is HF_ERROR_LIMIT: read, it takes some ten times as much. */
HfArchiveReader *hf_archive_reader_open_within(HfInput *file, const HfAgeIdentities *identities,
                                               size_t max_manifest_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_archive_reader_free(HfArchiveReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfArchiveReader, hf_archive_reader_free)

const HfArchiveHead *hf_archive_reader_head(const HfArchiveReader *self);
const HfManifest *hf_archive_reader_manifest(const HfArchiveReader *self);
/* manifest.json itself, for copying: the manifest does not list it. */
const HfMember *hf_archive_reader_manifest_member(const HfArchiveReader *self);
bool hf_archive_reader_is_encrypted(const HfArchiveReader *self);
uint64_t hf_archive_reader_file_size(const HfArchiveReader *self);
/* The tar, decrypted; members lie in it at their offsets. Borrowed, thread-safe. */
HfInput *hf_archive_reader_plaintext(const HfArchiveReader *self);

/* The whole of a small member by name (schema.dump, sequences.sql …), at most `max_bytes`. Transfer full; NULL with
 * HF_ERROR_NOT_FOUND if it is not there. */
GBytes *hf_archive_reader_read(HfArchiveReader *self, const char *name, size_t max_bytes, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A member's bytes as they are stored, in order, checked against the digest at the end. */
bool hf_archive_reader_copy(HfArchiveReader *self, const HfMember *member, HfOutput *to, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* A data member's COPY stream, decompressed. One thread at a time for each decoder; used again for part after part. */
typedef struct HfPartDecoder HfPartDecoder;
HfPartDecoder *hf_part_decoder_new(HfArchiveReader *reader);
void hf_part_decoder_free(HfPartDecoder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfPartDecoder, hf_part_decoder_free)
bool hf_part_decoder_begin(HfPartDecoder *self, const HfMember *member, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Fills up to `size` bytes; *length 0 says that the stream is at its end, complete, and true to its digest. */
bool hf_part_decoder_read(HfPartDecoder *self, void *buffer, size_t size, size_t *length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Checks all that reading members does not: tar headers, padding, the tar's end; that nothing lies between the members.
 */
bool hf_archive_reader_check_frame(HfArchiveReader *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
