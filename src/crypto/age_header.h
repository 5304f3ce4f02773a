/*
 * The text header of an age file: the grammar alone, no cryptography. Parsing is strict: what it accepts encodes to the
 * same bytes again. Errors: HF_ERROR_CORRUPT, "age header line N: …".
 */
#ifndef HF_CRYPTO_AGE_HEADER_H
#define HF_CRYPTO_AGE_HEADER_H

#include "base/io.h"

#define HF_AGE_MAC_BYTES 32
/* Some 2,700 X25519 recipients. */
#define HF_AGE_HEADER_MAX_BYTES (256 * 1024)

/* One way to the file key. */
typedef struct {
    char **args;      /* NULL-terminated; args[0] is the kind */
    GByteArray *body; /* the wrapped file key, as a rule */
    unsigned line;    /* where it starts in the header; 0 if not parsed */
} HfAgeStanza;

/* Takes `args`, copies the body. */
HfAgeStanza *hf_age_stanza_new(char **args, const void *body, size_t length);
void hf_age_stanza_free(HfAgeStanza *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfAgeStanza, hf_age_stanza_free)
size_t hf_age_stanza_count_args(const HfAgeStanza *self);

/* Sets HF_ERROR_CORRUPT "age header line N: the <kind> stanza …" and returns false. */
bool hf_age_stanza_refuse(const HfAgeStanza *self, const char *why, GError **error);

typedef struct {
    GPtrArray *stanzas; /* of HfAgeStanza, at least one; a scrypt stanza is alone */
    uint8_t mac[HF_AGE_MAC_BYTES];
    char *authenticated; /* what the MAC covers */
    size_t authenticated_bytes;
    size_t size_bytes; /* the whole header; the payload starts here */
} HfAgeHeader;

/* Reads and parses the header at the start of a file. Transfer full. */
HfAgeHeader *hf_age_header_read(HfInput *from, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Parses the header that `text` starts with. Transfer full. */
HfAgeHeader *hf_age_header_parse(const char *text, size_t length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_age_header_free(HfAgeHeader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfAgeHeader, hf_age_header_free)

/* The header up to where the MAC has to be computed; then its end. */
GString *hf_age_header_encode(const GPtrArray *stanzas);
void hf_age_header_append_mac(GString *text, const uint8_t mac[HF_AGE_MAC_BYTES]);

#endif
