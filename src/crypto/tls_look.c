#include "crypto/tls_look.h"

#include "base/error.h"

#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define MAX_FLIGHTS 64 /* of packets that come until the handshake is done */

void hf_tls_seen_clear(HfTlsSeen *self)
{
    g_free(self->protocol);
    g_free(self->subject);
    g_free(self->issuer);
    g_free(self->names);
    g_free(self->until);
    g_free(self->reason);
    *self = (HfTlsSeen){0};
}

static bool fail(GError **error, const char *what)
{
    unsigned long code = ERR_get_error();
    const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;
    g_set_error(error, HF_ERROR, HF_ERROR_NETWORK, "%s%s%s", what, reason != NULL ? ": " : "",
                reason != NULL ? reason : "");
    ERR_clear_error();
    return false;
}

static bool trust_roots(SSL_CTX *context, const char *roots, GError **error)
{
    if (roots == NULL)
        return SSL_CTX_set_default_verify_paths(context) == 1 || fail(error, "the system's roots cannot be read");
    BIO *text = BIO_new_mem_buf(roots, -1);
    guint count = 0;
    for (X509 *each; (each = PEM_read_bio_X509(text, NULL, NULL, NULL)) != NULL; X509_free(each))
        if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), each) == 1)
            count++;
    BIO_free(text);
    ERR_clear_error();
    return count > 0 || fail(error, "the root certificate cannot be read");
}

/* The host, as a name or as an address. */
static bool expect_host(SSL *tls, const char *host)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);
    if (address != NULL)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host) == 1;
    return SSL_set1_host(tls, host) == 1 && SSL_set_tlsext_host_name(tls, host) == 1;
}

/* ---- The handshake -------------------------------------------------------------------------------------------------
 */

static bool send_what_is_due(const HfTlsCarrier *carrier, BIO *out, GError **error)
{
    char *data;
    long length = BIO_get_mem_data(out, &data);
    bool ok = length <= 0 || carrier->send(carrier->data, (const uint8_t *)data, (size_t)length, error);
    (void)BIO_reset(out);
    return ok;
}

static bool shake_hands(SSL *tls, const HfTlsCarrier *carrier, BIO *in, BIO *out, GError **error)
{
    g_autoptr(GByteArray) come = g_byte_array_new();
    for (int i = 0; i < MAX_FLIGHTS; i++) {
        int done = SSL_do_handshake(tls);
        int want = SSL_get_error(tls, done);
        if (!send_what_is_due(carrier, out, error))
            return false;
        if (done == 1)
            return true;
        if (want != SSL_ERROR_WANT_READ)
            return fail(error, "the handshake of TLS has failed");
        g_byte_array_set_size(come, 0);
        if (!carrier->receive(carrier->data, come, error))
            return false;
        (void)BIO_write(in, come->data, (int)come->len);
    }
    return fail(error, "the handshake of TLS does not end");
}

/* ---- What is in the certificate ------------------------------------------------------------------------------------
 */

static char *take_text(BIO *bio)
{
    char *data;
    long length = BIO_get_mem_data(bio, &data);
    char *text = g_utf8_make_valid(data, length);
    BIO_free(bio);
    return text;
}

static char *name_text(const X509_NAME *name)
{
    BIO *bio = BIO_new(BIO_s_mem());
    (void)X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB & ~XN_FLAG_SPC_EQ);
    return take_text(bio);
}

static char *names_text(X509 *certificate)
{
    GString *text = g_string_new(NULL);
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        BIO *bio = BIO_new(BIO_s_mem());
        (void)GENERAL_NAME_print(bio, sk_GENERAL_NAME_value(names, i));
        g_autofree char *name = take_text(bio); /* "DNS:db.example" */
        const char *colon = strchr(name, ':');
        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", colon != NULL ? colon + 1 : name);
    }
    GENERAL_NAMES_free(names);
    return g_string_free(text, FALSE);
}

static char *day_text(const ASN1_TIME *when)
{
    struct tm day;
    return ASN1_TIME_to_tm(when, &day) == 1
               ? g_strdup_printf("%04d-%02d-%02d", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday)
               : g_strdup("?");
}

static HfTlsVerdict verdict_of(long result)
{
    switch (result) {
    case X509_V_OK:
        return HF_TLS_TRUSTED;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return HF_TLS_OTHER_NAME;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return HF_TLS_EXPIRED;
    default:
        return HF_TLS_OTHER_ISSUER;
    }
}

static bool describe(SSL *tls, HfTlsSeen *seen, GError **error)
{
    X509 *certificate = SSL_get1_peer_certificate(tls);
    long result = SSL_get_verify_result(tls);
    if (certificate == NULL)
        return fail(error, "the server shows no certificate");
    *seen = (HfTlsSeen){.protocol = g_strdup(SSL_get_version(tls)),
                        .subject = name_text(X509_get_subject_name(certificate)),
                        .issuer = name_text(X509_get_issuer_name(certificate)),
                        .names = names_text(certificate),
                        .until = day_text(X509_get0_notAfter(certificate)),
                        .verdict = verdict_of(result),
                        .reason = result != X509_V_OK ? g_strdup(X509_verify_cert_error_string(result)) : NULL};
    X509_free(certificate);
    return true;
}

bool hf_tls_look(const HfTlsCarrier *carrier, const char *host, const char *roots, HfTlsSeen *seen, GError **error)
{
    *seen = (HfTlsSeen){0};
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *tls = NULL;
    bool ok = context != NULL || fail(error, "there is no memory for TLS");
    ok = ok && trust_roots(context, roots, error);
    if (ok)
        tls = SSL_new(context);
    if (tls != NULL) {
        /* The verdict is asked for afterwards, so that there is something to tell of a certificate that is refused.
         * TDS 7.4 has no place for what TLS 1.3 sends after the handshake. */
        BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
        SSL_set_bio(tls, in, out); /* owns them */
        SSL_set_verify(tls, SSL_VERIFY_NONE, NULL);
        (void)SSL_set_max_proto_version(tls, TLS1_2_VERSION);
        SSL_set_connect_state(tls);
        ok = expect_host(tls, host) ? shake_hands(tls, carrier, in, out, error) && describe(tls, seen, error)
                                    : fail(error, "the name cannot stand in a certificate");
    }
    SSL_free(tls);
    SSL_CTX_free(context);
    return ok;
}
