/*
 * A sealed secret is a version byte (1), a random salt and one AEAD message. Its key comes from the file's secret, the
 * salt and the purpose by HKDF, and is used once, so that the nonce can be zero.
 */
#include "crypto/seal.h"

#include "base/error.h"
#include "crypto/age.h"
#include "crypto/primitives.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSION 1
#define SALT_BYTES 16
#define OVERHEAD_BYTES (1 + SALT_BYTES + HF_CRYPTO_TAG_BYTES)
#define MAX_SECRETS 16
#define MAX_FILE_BYTES 4096

struct HfSealer {
    uint8_t secrets[MAX_SECRETS][HF_CRYPTO_KEY_BYTES];
    unsigned count;
    uint8_t signing[HF_CRYPTO_KEY_BYTES];
};

static const uint8_t zero_nonce[HF_CRYPTO_NONCE_BYTES];

void hf_sealer_free(HfSealer *self)
{
    if (self == NULL)
        return;
    hf_crypto_wipe(self, sizeof *self);
    g_free(self);
}

static bool fail_file(GError **error, HfErrorCode code, const char *path, const char *why)
{
    g_set_error(error, HF_ERROR, (int)code, "the secret file %s %s", path, why);
    return false;
}

static bool parse_line(const char *line, uint8_t secret[HF_CRYPTO_KEY_BYTES])
{
    if (strlen(line) != 2 * HF_CRYPTO_KEY_BYTES)
        return false;
    for (size_t i = 0; i < HF_CRYPTO_KEY_BYTES; i++) {
        int high = g_ascii_xdigit_value(line[2 * i]), low = g_ascii_xdigit_value(line[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        secret[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool parse_file(HfSealer *self, const char *path, char *text, GError **error)
{
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        g_strstrip(line);
        if (*line == '\0' || *line == '#')
            continue;
        if (self->count == MAX_SECRETS || !parse_line(line, self->secrets[self->count]))
            return fail_file(error, HF_ERROR_USAGE, path,
                             "does not hold 64 hexadecimal digits on each of at most 16 lines");
        self->count++;
    }
    return self->count > 0 || fail_file(error, HF_ERROR_USAGE, path, "is empty: make one with \"holdfast init\"");
}

/* Reads at most a page; the rights are those of the file that is read, whatever the name points to by then. */
static bool read_file(const char *path, char text[MAX_FILE_BYTES + 1], GError **error)
{
    int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        bool absent = errno == ENOENT;
        fail_file(error, absent ? HF_ERROR_NOT_FOUND : HF_ERROR_DENIED, path, g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    ssize_t length = (status.st_mode & S_IRWXO) == 0 ? read(fd, text, MAX_FILE_BYTES) : 0;
    close(fd);
    text[MAX(length, 0)] = '\0';
    if ((status.st_mode & S_IRWXO) != 0)
        return fail_file(error, HF_ERROR_DENIED, path, "is open to everybody: chmod o= it");
    return length >= 0 || fail_file(error, HF_ERROR_STORAGE, path, "cannot be read");
}

HfSealer *hf_sealer_open(const char *path, GError **error)
{
    char text[MAX_FILE_BYTES + 1];
    g_autoptr(HfSealer) self = g_new0(HfSealer, 1);
    bool ok =
        read_file(path, text, error) && parse_file(self, path, text, error) &&
        hf_crypto_hkdf_sha256(self->secrets[0], HF_CRYPTO_KEY_BYTES, NULL, 0, "holdfast signed", self->signing, error);
    hf_crypto_wipe(text, sizeof text);
    return ok ? g_steal_pointer(&self) : NULL;
}

bool hf_sealer_create_file(const char *path, GError **error)
{
    uint8_t secret[HF_CRYPTO_KEY_BYTES];
    char line[2 * HF_CRYPTO_KEY_BYTES + 2];
    if (!hf_crypto_random(secret, sizeof secret, error))
        return false;
    for (size_t i = 0; i < sizeof secret; i++)
        g_snprintf(line + 2 * i, 3, "%02x", secret[i]);
    line[2 * sizeof secret] = '\n';
    g_autofree char *unfinished = g_strconcat(path, ".XXXXXX", NULL); /* nobody reads half of it under its name */
    int fd = g_mkstemp_full(unfinished, O_WRONLY | O_CLOEXEC, 0600);
    bool written = fd >= 0 && write(fd, line, sizeof line - 1) == (ssize_t)(sizeof line - 1) && fsync(fd) == 0 &&
                   link(unfinished, path) == 0;
    int reason = errno;
    if (fd >= 0) {
        g_unlink(unfinished);
        close(fd);
    }
    hf_crypto_wipe(secret, sizeof secret);
    hf_crypto_wipe(line, sizeof line);
    return written || fail_file(error, reason == EEXIST ? HF_ERROR_CONFLICT : HF_ERROR_STORAGE, path,
                                reason == EEXIST ? "exists already" : g_strerror(reason));
}

static HfAead *aead_for(const uint8_t *secret, const uint8_t *salt, const char *purpose, HfAeadDirection direction,
                        GError **error)
{
    uint8_t key[HF_CRYPTO_KEY_BYTES];
    g_autofree char *info = g_strconcat("holdfast sealed ", purpose, NULL);
    HfAead *aead = hf_crypto_hkdf_sha256(secret, HF_CRYPTO_KEY_BYTES, salt, SALT_BYTES, info, key, error)
                       ? hf_aead_new(key, direction, error)
                       : NULL;
    hf_crypto_wipe(key, sizeof key);
    return aead;
}

GBytes *hf_sealer_seal(const HfSealer *self, const char *purpose, const void *secret, gsize length, GError **error)
{
    g_autofree uint8_t *sealed = g_malloc(length + OVERHEAD_BYTES);
    uint8_t *salt = sealed + 1;
    *sealed = VERSION;
    if (!hf_crypto_random(salt, SALT_BYTES, error))
        return NULL;
    g_autoptr(HfAead) aead = aead_for(self->secrets[0], salt, purpose, HF_AEAD_SEAL, error);
    if (aead == NULL || !hf_aead_seal(aead, zero_nonce, secret, length, salt + SALT_BYTES, error))
        return NULL;
    return g_bytes_new_take(g_steal_pointer(&sealed), length + OVERHEAD_BYTES);
}

char *hf_sealer_open_text(const HfSealer *self, const char *purpose, const void *sealed, gsize length, GError **error)
{
    const uint8_t *bytes = sealed;
    bool shaped = length >= OVERHEAD_BYTES && *bytes == VERSION;
    for (unsigned i = 0; shaped && i < self->count; i++) {
        g_autoptr(HfAead) aead = aead_for(self->secrets[i], bytes + 1, purpose, HF_AEAD_OPEN, error);
        if (aead == NULL)
            return NULL;
        char *text = g_malloc0(length - OVERHEAD_BYTES + 1);
        if (hf_aead_open(aead, zero_nonce, bytes + 1 + SALT_BYTES, length - 1 - SALT_BYTES, text))
            return text;
        g_free(text);
    }
    g_set_error(error, HF_ERROR, HF_ERROR_WRONG_KEY,
                "the secret file does not open this %s: it was sealed under another one", purpose);
    return NULL;
}

GBytes *hf_sealer_open_bytes(const HfSealer *self, const char *purpose, const void *sealed, gsize length,
                             GError **error)
{
    char *text = hf_sealer_open_text(self, purpose, sealed, length, error);
    return text != NULL ? g_bytes_new_take(text, length - OVERHEAD_BYTES) : NULL;
}

char *hf_sealer_sign(const HfSealer *self, const char *purpose, const char *text)
{
    g_autofree char *signed_text = g_strconcat(purpose, "\n", text, NULL);
    uint8_t mark[HF_CRYPTO_KEY_BYTES];
    g_autoptr(GError) broken = NULL;
    if (!hf_crypto_hmac_sha256(self->signing, sizeof self->signing, signed_text, strlen(signed_text), mark, &broken))
        g_error("%s", broken->message); /* nothing is safe without */
    return hf_crypto_hex(mark, sizeof mark);
}
