/*
 * Internal to archive: the bytes that stand before a member's data in the tar. They are fixed to the last bit by the
 * member's name, size and time, so that a reader can demand them whole. It is POSIX ustar; a size of 8 GiB or more, for
 * which ustar has no room, is told by a pax extended header before it.
 */
#ifndef HF_ARCHIVE_TAR_HEADER_H
#define HF_ARCHIVE_TAR_HEADER_H

#include <glib.h>
#include <stdint.h>

#define HF_TAR_BLOCK 512
#define HF_TAR_END_BYTES 1024 /* zeros, after the last member */

/* Owned by root, readable by all, executable if the name ends in ".sh". `name` is valid (hf_member_name_is_valid).
 * Transfer full. */
GByteArray *hf_tar_header(const char *name, uint64_t size_bytes, int64_t mtime);

/* The time that a header bears; what is no header may give any. */
int64_t hf_tar_header_mtime(const uint8_t header[HF_TAR_BLOCK]);

/* How many zeros fill the last block of a member of that size. */
static inline size_t hf_tar_padding(uint64_t size_bytes)
{
    return (size_t)((HF_TAR_BLOCK - size_bytes % HF_TAR_BLOCK) % HF_TAR_BLOCK);
}

#endif
