#include "base/error.h"
#include "tds/connection_private.h"

#include <errno.h>
#include <string.h>

#define MAX_LOGIN_BYTES HF_TDS_MAX_LOGIN_BYTES
#define MAX_ROOT_BYTES ((gsize)4 << 20)

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool fail(GError **error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *message = g_strdup_vprintf(format, list);
    va_end(list);
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, message);
    return false;
}

/* What FreeTDS reads from a line of its configuration. */
static bool is_plain(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if (!g_ascii_isalnum(*at) && strchr(".-_:%$", *at) == NULL)
            return false;
    return *text != '\0' && strlen(text) <= MAX_LOGIN_BYTES;
}

static bool parse_server(HfTdsTarget *self, const char *server, GError **error)
{
    static const char *const shapes = "write db.example, db.example:1433, [2001:db8::1]:1433 or db.example\\INSTANCE";
    const char *backslash = strchr(server, '\\'), *bracket = strchr(server, ']');
    const char *colon = strrchr(bracket != NULL ? bracket : server, ':');
    guint64 port = 0;
    if (backslash != NULL) {
        self->host = g_strndup(server, (gsize)(backslash - server));
        self->instance = g_strdup(backslash + 1);
    } else if (*server == '[' && bracket != NULL) {
        self->host = g_strndup(server + 1, (gsize)(bracket - server - 1));
    } else {
        self->host = colon != NULL ? g_strndup(server, (gsize)(colon - server)) : g_strdup(server);
    }
    if (backslash == NULL && colon != NULL && !g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL))
        return fail(error, "%s: the port must be a number from 1 to 65535: %s", server, shapes);
    self->port = port > 0 ? (unsigned)port : HF_TDS_DEFAULT_PORT;
    if (!is_plain(self->host) || (self->instance != NULL && !is_plain(self->instance)))
        return fail(error, "%s is not the name of a server: %s", server, shapes);
    return true;
}

static bool check_login(const char *what, const char *value, GError **error)
{
    if (value == NULL || *value == '\0')
        return fail(error, "the %s is missing", what);
    if (strlen(value) > MAX_LOGIN_BYTES)
        return fail(error, "the %s is longer than %d bytes, which FreeTDS does not send", what, MAX_LOGIN_BYTES);
    return true;
}

static bool read_root(HfTdsTarget *self, const char *file, GError **error)
{
    g_autoptr(GError) reason = NULL;
    gsize length;
    if (file == NULL)
        return true;
    if (!g_file_get_contents(file, &self->root, &length, &reason)) {
        g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "the root certificate cannot be read: %s", reason->message);
        return false;
    }
    if (length > MAX_ROOT_BYTES || strlen(self->root) != length || strstr(self->root, "BEGIN CERTIFICATE") == NULL)
        return fail(error, "%s has no certificate in PEM: it must be the root (or roots) that sign the server's", file);
    return true;
}

HfTdsTarget *hf_tds_target_new(const HfTdsTargetOptions *options, GError **error)
{
    g_autoptr(HfTdsTarget) self = g_new0(HfTdsTarget, 1);
    if (!parse_server(self, options->server, error) || !check_login("database", options->database, error) ||
        (options->user != NULL && !check_login("user", options->user, error)) ||
        !read_root(self, options->root_file, error))
        return NULL;
    self->database = g_strdup(options->database);
    self->user = g_strdup(options->user);
    self->password = g_strdup(options->password);
    self->any_certificate = options->any_certificate;
    self->root_name = g_strdup(options->root_file != NULL ? options->root_file : "the system's roots");
    self->description = self->instance != NULL
                            ? g_strdup_printf("%s at %s\\%s", self->database, self->host, self->instance)
                            : g_strdup_printf("%s at %s:%u", self->database, self->host, self->port);
    return g_steal_pointer(&self);
}

HfTdsTarget *hf_tds_target_with_password(const HfTdsTarget *self, const char *password)
{
    HfTdsTarget *copy = g_new(HfTdsTarget, 1);
    *copy = (HfTdsTarget){.host = g_strdup(self->host),
                          .instance = g_strdup(self->instance),
                          .port = self->port,
                          .database = g_strdup(self->database),
                          .user = g_strdup(self->user),
                          .password = g_strdup(password),
                          .root = g_strdup(self->root),
                          .root_name = g_strdup(self->root_name),
                          .any_certificate = self->any_certificate,
                          .description = g_strdup(self->description)};
    return copy;
}

void hf_tds_target_free(HfTdsTarget *self)
{
    if (self == NULL)
        return;
    if (self->password != NULL)
        explicit_bzero(self->password, strlen(self->password));
    g_free(self->password);
    g_free(self->host);
    g_free(self->instance);
    g_free(self->database);
    g_free(self->user);
    g_free(self->root);
    g_free(self->root_name);
    g_free(self->description);
    g_free(self);
}

const char *hf_tds_target_database(const HfTdsTarget *self)
{
    return self->database;
}

const char *hf_tds_target_host(const HfTdsTarget *self)
{
    return self->host;
}

const char *hf_tds_target_user(const HfTdsTarget *self)
{
    return self->user;
}

const char *hf_tds_target_root(const HfTdsTarget *self)
{
    return self->root;
}

bool hf_tds_target_takes_any_certificate(const HfTdsTarget *self)
{
    return self->any_certificate;
}

const char *hf_tds_target_describe(const HfTdsTarget *self)
{
    return self->description;
}

bool hf_tds_target_has_password(const HfTdsTarget *self)
{
    return self->password != NULL;
}
