/*
 * Internal to archive: the bytes that stand before a member's data in the tar. libarchive makes them (pax restricted:
 * plain ustar, with an extended header before it only where a size needs one), for the writer and for the reader that
 * checks that nothing else stands there.
 */
#ifndef HF_ARCHIVE_TAR_HEADER_H
#define HF_ARCHIVE_TAR_HEADER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HF_TAR_BLOCK 512
#define HF_TAR_END_BYTES 1024 /* zeros, after the last member */

/* Owned by root, readable by all, executable if the name ends in ".sh". Transfer full. */
GByteArray *hf_tar_header(const char *name, uint64_t size_bytes, int64_t mtime, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The time that a header bears; what is no header may give any. */
int64_t hf_tar_header_mtime(const uint8_t header[HF_TAR_BLOCK]);

/* How many zeros fill the last block of a member of that size. */
static inline size_t hf_tar_padding(uint64_t size_bytes)
{
    return (size_t)((HF_TAR_BLOCK - size_bytes % HF_TAR_BLOCK) % HF_TAR_BLOCK);
}

#endif
