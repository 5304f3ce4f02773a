/*
 * The age v1 file format (C2SP age.md): X25519 recipients, several to a file, or one passphrase (scrypt); ASCII armor
 * when reading. Parsing is strict: what would not encode to the same bytes again is refused. No plaintext byte is
 * released before the chunk that holds it is authenticated.
 *
 * Errors throughout: HF_ERROR_USAGE for a malformed recipient, identity or passphrase handed in; HF_ERROR_CORRUPT for a
 * file that is not age or is damaged, with the place (header line, or the chunk's number and offset in the file);
 * HF_ERROR_WRONG_KEY with "the passphrase is wrong" if it takes one and one was given, otherwise with the kinds of
 * recipient that the file has and the option that fits;
 * HF_ERROR_LIMIT for a file whose passphrase stanza asks for a scrypt work factor above 2^22, as age has it, or what
 * the identities allow. Messages of CORRUPT start with "age armor", "age header" or "age payload". A changed byte of a
 * stanza can only look like a wrong key, as the MAC that would tell is under the key that the stanza hides. Secrets are
 * wiped when freed and never appear in a message.
 */
#ifndef HF_CRYPTO_AGE_H
#define HF_CRYPTO_AGE_H

#include "base/io.h"

/* ---- Keys ----------------------------------------------------------------------------------------------------------
 */

/* A new X25519 identity. Both transfer full: "AGE-SECRET-KEY-1…" (free with hf_age_secret_free) and "age1…". */
bool hf_age_keygen(char **identity, char **recipient, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The recipient of an identity. Transfer full. */
char *hf_age_recipient_of(const char *identity, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Wipes, then frees. */
void hf_age_secret_free(char *secret);

/* Who may open a file that is written. Either X25519 recipients or one passphrase, never both (as age demands). */
typedef struct HfAgeRecipients HfAgeRecipients;
HfAgeRecipients *hf_age_recipients_new(void);
void hf_age_recipients_free(HfAgeRecipients *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfAgeRecipients, hf_age_recipients_free)
bool hf_age_recipients_add(HfAgeRecipients *self, const char *recipient, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A recipients file as `age -R` takes it: one recipient a line, empty lines and # comments passed over. Adds all or
 * none. */
bool hf_age_recipients_add_text(HfAgeRecipients *self, const char *file_name, const char *text, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool hf_age_recipients_set_passphrase(HfAgeRecipients *self, const char *passphrase, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The scrypt work factor for files written, 2^log_n; 18 at the start, as age; 1 to 22. For tests. */
void hf_age_recipients_set_work_factor(HfAgeRecipients *self, unsigned log_n);
size_t hf_age_recipients_count(const HfAgeRecipients *self);

/* What may open a file that is read; X25519 identities and passphrases may stand together, each is tried. */
typedef struct HfAgeIdentities HfAgeIdentities;
HfAgeIdentities *hf_age_identities_new(void);
void hf_age_identities_free(HfAgeIdentities *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfAgeIdentities, hf_age_identities_free)
bool hf_age_identities_add(HfAgeIdentities *self, const char *identity, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An identity file as age-keygen writes it. Adds all or none. A message names the file and the line, never its content.
 */
bool hf_age_identities_add_text(HfAgeIdentities *self, const char *file_name, const char *text, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool hf_age_identities_add_passphrase(HfAgeIdentities *self, const char *passphrase, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The most that a file's scrypt work factor may be, 2^log_n, which takes 1 KiB of memory times that; 22 at the start,
 * as age has it. */
void hf_age_identities_set_max_work_factor(HfAgeIdentities *self, unsigned log_n);
size_t hf_age_identities_count(const HfAgeIdentities *self);

/* ---- Writing -------------------------------------------------------------------------------------------------------
 */

/* Encrypts what is written to it and passes it on to another output, which it borrows. */
typedef struct HfAgeWriter HfAgeWriter;
/* Writes the header at once. Transfer full. */
HfAgeWriter *hf_age_writer_open(HfOutput *to, const HfAgeRecipients *recipients, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The plaintext side; borrowed, valid until free. */
HfOutput *hf_age_writer_output(HfAgeWriter *self);
/* Writes the last chunk. Without it what was written is no complete file. */
bool hf_age_writer_finish(HfAgeWriter *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_age_writer_free(HfAgeWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfAgeWriter, hf_age_writer_free)

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

/* Whether the first bytes of a file (at least so many, or the whole of a shorter one) are those of an age file, binary
 * or armored. */
#define HF_AGE_START_BYTES 64
bool hf_age_is_age(const uint8_t *start, size_t length);
bool hf_age_is_armored(const uint8_t *start, size_t length);

/* Decodes ASCII armor, strictly. */
bool hf_age_dearmor(HfInput *from, HfOutput *to, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Random access to the plaintext of a binary age file. Opening parses the header, unwraps the file key, checks the
 * header's MAC and authenticates the LAST chunk, so that the size is trusted and a truncated or extended file is
 * refused at once; every other chunk is authenticated when it is read. `from` is borrowed.
 *
 * Reading is thread-safe and runs in parallel. It takes whole chunks (64 KiB) from `from`, up to 1 MiB in one read, and
 * opens those that are wanted whole right in the caller's buffer: read in blocks of some 100 KiB or more, best on
 * multiples of 64 KiB. One chunk read in part is kept for all threads, which makes small reads in a row cheap for one
 * thread; several threads with small reads take it from each other. After a failed read the buffer holds nothing that
 * is not authentic.
 */
typedef struct HfAgeReader HfAgeReader;
HfAgeReader *hf_age_reader_open(HfInput *from, const HfAgeIdentities *identities, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The plaintext; borrowed, valid until free. */
HfInput *hf_age_reader_input(HfAgeReader *self);
void hf_age_reader_free(HfAgeReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfAgeReader, hf_age_reader_free)

/* Decrypts a whole binary age file in order, handing out each chunk once it is authenticated. On failure what was
 * handed out before is still authentic. */
bool hf_age_decrypt(HfInput *from, const HfAgeIdentities *identities, HfOutput *to, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The kinds of the recipient stanzas of a file, binary or armored, such as "X25519", "scrypt", in the file's order;
 * NULL-terminated, transfer full (g_strfreev). */
char **hf_age_recipient_kinds(HfInput *from, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
