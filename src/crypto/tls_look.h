/*
 * A TLS handshake for the sake of the server's certificate: whose it is, until when, and whether it would be trusted.
 * The bytes go where the caller carries them; after the handshake nothing is sent.
 */
#ifndef HF_CRYPTO_TLS_LOOK_H
#define HF_CRYPTO_TLS_LOOK_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    HF_TLS_TRUSTED,
    HF_TLS_OTHER_NAME,
    HF_TLS_EXPIRED,      /* or not valid yet */
    HF_TLS_OTHER_ISSUER, /* no root that is trusted has signed it; or any other reason */
} HfTlsVerdict;

typedef struct {
    char *protocol;         /* "TLSv1.2" */
    char *subject, *issuer; /* "CN=db.example" */
    char *names;            /* that it is for: "db.example, 10.0.0.1" */
    char *until;            /* "2027-01-31" */
    HfTlsVerdict verdict;
    char *reason; /* why it is not trusted; NULL: it is */
} HfTlsSeen;

typedef struct {
    bool (*send)(gpointer data, const uint8_t *bytes, size_t length, GError **error);
    bool (*receive)(gpointer data, GByteArray *bytes, GError **error); /* appends what has come, at least one byte */
    gpointer data;
} HfTlsCarrier;

/* `host` is the name or the address that the certificate is to be for; `roots` PEM, NULL: those of the system.
 * HF_ERROR_NETWORK if there is no handshake. `seen` is to be cleared, whatever comes back. */
bool hf_tls_look(const HfTlsCarrier *carrier, const char *host, const char *roots, HfTlsSeen *seen, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_tls_seen_clear(HfTlsSeen *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HfTlsSeen, hf_tls_seen_clear)

#endif
