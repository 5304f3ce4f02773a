/* A small archive, for the tests of the archive module. */
#ifndef HF_TESTS_ARCHIVE_SAMPLE_H
#define HF_TESTS_ARCHIVE_SAMPLE_H

#include "archive/archive_reader.h"
#include "archive/archive_writer.h"
#include "base/error.h"

/* Fails the test with the error's message. */
void assert_no_error(const GError *error);
/* Checks domain, code and that the message holds `text`, then clears it. */
void assert_error(GError **error, HfErrorCode code, const char *text);

HfArchiveHead *sample_head(void);

/* Adds a table of that oid without parts; oid 0: large objects. */
HfManifestTable *sample_add_table(HfManifest *manifest, uint32_t oid, const char *name);
/* Adds `data` as a part of the table, compressed, and says that it holds `rows` rows. */
void sample_add_part(HfArchiveWriter *writer, HfManifestTable *table, const void *data, size_t length, uint64_t rows);
/* Adds `frame` as it stands. */
void sample_add_frame(HfArchiveWriter *writer, HfManifest *manifest, HfManifestTable *table, const void *frame,
                      size_t length, uint64_t rows);

/* What tells one archive from another: a table of two parts and one of large objects, all as text. */
#define SAMPLE_ORDERS_1 "1\tapples\n2\tpears\n"
#define SAMPLE_ORDERS_2 "3\tplums\n4\tcherries\n"
#define SAMPLE_BLOBS "7001\t0\t\\\\x00ff\n"

/* A whole archive in memory; `manual` adds README.txt, restore.sh and load.sh. Transfer full. */
GByteArray *sample_archive(const HfAgeRecipients *recipients, bool manual);

/* Opens, checks the frame and reads every member. */
bool sample_verify(HfInput *file, const HfAgeIdentities *identities, GError **error);
bool sample_verify_bytes(const void *data, size_t length, const HfAgeIdentities *identities, GError **error);

/* An output that forgets. */
void sample_null_output_init(HfOutput *self);

/* The COPY stream of a part, decompressed. */
char *sample_read_part(HfArchiveReader *reader, const HfMember *member, GError **error);

#endif
