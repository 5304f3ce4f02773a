#include "api/request.h"

#include "base/error.h"
#include "crypto/age.h"

#include <string.h>

#define MAX_METHOD 16
#define MAX_PATH 1024
#define MAX_QUERY 4096
#define MAX_PARAMETERS 100
#define MAX_AGENT 500
#define MAX_HEADER_NAME 64
#define MAX_JSON_NODES 20000

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

static const char *parameter(const FCGX_Request *fcgi, const char *name)
{
    const char *value = FCGX_GetParam(name, fcgi->envp);
    return value != NULL ? value : "";
}

static bool is_clean(const char *text)
{
    bool ascii = true;
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return false;
        ascii = ascii && (unsigned char)*c < 0x80;
    }
    return ascii || g_utf8_validate(text, -1, NULL);
}

static const char *clean(const char *text, size_t max)
{
    return strlen(text) <= max && is_clean(text) ? text : "";
}

static bool usage(GError **error, const char *message)
{
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE, message);
    return false;
}

char *hf_request_decode(const char *text, gssize length)
{
    g_autofree char *decoded = g_strndup(text, length < 0 ? strlen(text) : (gsize)length);
    if (strchr(decoded, '%') != NULL) {
        g_autofree char *encoded = g_steal_pointer(&decoded);
        decoded = g_uri_unescape_string(encoded, NULL);
    }
    return decoded != NULL && is_clean(decoded) ? g_steal_pointer(&decoded) : NULL;
}

static bool read_pair(HfRequest *self, char *pair, GError **error)
{
    g_strdelimit(pair, "+", ' ');
    const char *equals = strchr(pair, '=');
    g_autofree char *name = hf_request_decode(pair, equals != NULL ? equals - pair : -1);
    g_autofree char *value = hf_request_decode(equals != NULL ? equals + 1 : "", -1);
    if (name == NULL || value == NULL)
        return usage(error, "the query is not percent-encoded UTF-8 without control characters");
    if (hf_request_parameter(self, name) != NULL) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "the query has %s twice", name);
        return false;
    }
    if (self->query->len >= 2 * MAX_PARAMETERS) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "the query has more than %d parameters", MAX_PARAMETERS);
        return false;
    }
    g_ptr_array_add(self->query, g_steal_pointer(&name));
    g_ptr_array_add(self->query, g_steal_pointer(&value));
    return true;
}

static bool read_query(HfRequest *self, const char *text, GError **error)
{
    if (strlen(text) > MAX_QUERY) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "the query is longer than %d bytes", MAX_QUERY);
        return false;
    }
    g_autofree char *pairs = g_strdup(text);
    for (char *rest = pairs, *pair; (pair = strsep(&rest, "&")) != NULL;)
        if (*pair != '\0' && !read_pair(self, pair, error))
            return false;
    return true;
}

static bool read_path(HfRequest *self, GError **error)
{
    self->path_length = strcspn(self->path, "?");
    if (self->path_length > MAX_PATH) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "the path is longer than %d bytes", MAX_PATH);
        self->path_length = 0;
        return false;
    }
    g_autofree char *decoded = hf_request_decode(self->path, (gssize)self->path_length);
    if (decoded != NULL && *decoded == '/')
        return true;
    self->path_length = 0;
    return usage(error, "the path is not percent-encoded UTF-8 without control characters");
}

static bool read_method(HfRequest *self, GError **error)
{
    size_t length = strspn(self->method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (length == 0 || length > MAX_METHOD || self->method[length] != '\0') {
        self->method = "?";
        return usage(error, "the method is not one of HTTP's");
    }
    self->head = strcmp(self->method, "HEAD") == 0;
    if (self->head)
        self->method = "GET";
    return true;
}

static bool read_length(HfRequest *self, GError **error)
{
    const char *text = parameter(self->fcgi, "CONTENT_LENGTH");
    if (*text == '\0' || g_ascii_string_to_unsigned(text, 10, 0, INT64_MAX, &self->content_length, NULL))
        return true;
    return usage(error, "Content-Length is not a number");
}

/* nginx gives every request an id; without one (a malformed FastCGI client) it is our own. */
static const char *request_id(HfRequest *self)
{
    const char *given = parameter(self->fcgi, "REQUEST_ID");
    bool usable = *given != '\0' && strlen(given) <= 64;
    for (const char *c = given; usable && *c != '\0'; c++)
        usable = g_ascii_isalnum(*c) || *c == '-';
    return usable ? given : (self->made_id = g_uuid_string_random());
}

/* Nobody but nginx connects, but what it hands over is the client's; so a wrong address is none. */
static const char *client_address(const FCGX_Request *fcgi)
{
    const char *text = parameter(fcgi, "REMOTE_ADDR");
    return g_hostname_is_ip_address(text) ? text : "";
}

bool hf_request_read(HfRequest *self, FCGX_Request *fcgi, GError **error)
{
    *self = (HfRequest){.fcgi = fcgi,
                        .method = parameter(fcgi, "REQUEST_METHOD"),
                        .path = parameter(fcgi, "REQUEST_URI"),
                        .address = client_address(fcgi),
                        .agent = clean(parameter(fcgi, "HTTP_USER_AGENT"), MAX_AGENT),
                        .query = g_ptr_array_new_with_free_func(g_free)};
    self->id = request_id(self);
    return read_method(self, error) && read_path(self, error) &&
           read_query(self, parameter(fcgi, "QUERY_STRING"), error) && read_length(self, error);
}

void hf_request_clear(HfRequest *self)
{
    g_free(self->made_id);
    g_clear_pointer(&self->query, g_ptr_array_unref);
    for (size_t i = 0; i < G_N_ELEMENTS(self->ids); i++)
        g_free(self->ids[i]);
    hf_json_free(self->json);
    hf_principal_unref(self->principal);
    hf_age_secret_free(self->credential);
    g_clear_pointer(&self->principal_hash, g_ref_string_release);
    memset(self, 0, sizeof *self);
}

/* ---- Looking -------------------------------------------------------------------------------------------------------
 */

const char *hf_request_header(const HfRequest *self, const char *name)
{
    char key[MAX_HEADER_NAME] = "HTTP_";
    size_t length = strlen(key);
    g_assert(length + strlen(name) < sizeof key);
    for (const char *c = name; *c != '\0'; c++)
        key[length++] = *c == '-' ? '_' : g_ascii_toupper(*c);
    const char *value = FCGX_GetParam(key, self->fcgi->envp);
    return value != NULL && is_clean(value) ? value : NULL;
}

char *hf_request_cookie(const HfRequest *self, const char *name)
{
    const char *cookie = hf_request_header(self, "Cookie");
    size_t length = strlen(name);
    while (cookie != NULL) {
        cookie += strspn(cookie, " ");
        const char *end = cookie + strcspn(cookie, ";");
        if (strncmp(cookie, name, length) == 0 && cookie[length] == '=')
            return g_strchomp(g_strndup(cookie + length + 1, (gsize)(end - cookie) - length - 1));
        cookie = *end == ';' ? end + 1 : NULL;
    }
    return NULL;
}

const char *hf_request_parameter(const HfRequest *self, const char *name)
{
    for (guint i = 0; i < self->query->len; i += 2)
        if (strcmp(self->query->pdata[i], name) == 0)
            return self->query->pdata[i + 1];
    return NULL;
}

bool hf_request_version(const HfRequest *self, int *version, GError **error)
{
    const char *header = hf_request_header(self, "If-Match");
    *version = 0;
    if (header == NULL || strcmp(header, "*") == 0)
        return true;
    const char *quoted = g_str_has_prefix(header, "W/") ? header + 2 : header;
    size_t length = strlen(quoted);
    g_autofree char *digits = length > 2 && *quoted == '"' ? g_strndup(quoted + 1, length - 2) : NULL;
    guint64 number;
    if (digits == NULL || quoted[length - 1] != '"' ||
        !g_ascii_string_to_unsigned(digits, 10, 1, G_MAXINT, &number, NULL))
        return usage(error, "If-Match is not a version: send the ETag of the answer that you have");
    *version = (int)number;
    return true;
}

/* ---- The body ------------------------------------------------------------------------------------------------------
 */

static bool check_media_type(const HfRequest *self, GError **error)
{
    const char *type = parameter(self->fcgi, "CONTENT_TYPE");
    size_t length = strcspn(type, "; ");
    return (length == strlen("application/json") && g_ascii_strncasecmp(type, "application/json", length) == 0) ||
           usage(error, "the body must have the Content-Type application/json");
}

/* Damage in a file, or a bound that a file passes, is a wrong request here: the body's size was looked at before. */
static HfJson *parse(const char *text, size_t length, GError **error)
{
    g_autoptr(GError) reason = NULL;
    HfJson *json = length == 0 ? hf_json_parse("the body", "{}", 2, MAX_JSON_NODES, &reason)
                               : hf_json_parse("the body", text, length, MAX_JSON_NODES, &reason);
    if (json == NULL)
        usage(error, reason->message);
    return json;
}

bool hf_request_read_json(HfRequest *self, GError **error)
{
    if (self->content_length > HF_REQUEST_MAX_BODY) {
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "the body is longer than %zu bytes", HF_REQUEST_MAX_BODY);
        return false;
    }
    size_t length = (size_t)self->content_length;
    if (length > 0 && !check_media_type(self, error))
        return false;
    g_autofree char *text = g_malloc(length + 1);
    if (FCGX_GetStr(text, (int)length, self->fcgi->in) != (int)length)
        return usage(error, "the body is shorter than its Content-Length");
    self->json = parse(text, length, error);
    if (self->json == NULL)
        return false;
    return hf_json_is_object(self->json, 0) || usage(error, "the body is not a JSON object");
}

bool hf_request_only(const HfRequest *self, const char *const *names, GError **error)
{
    const char *key;
    for (size_t i = 0; (key = hf_json_key(self->json, 0, i)) != NULL; i++)
        if (!g_strv_contains(names, key)) {
            g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "the body has an unknown member \"%s\"", key);
            return false;
        }
    return true;
}

static bool is_line(const char *text)
{
    for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c))
        if (g_unichar_iscntrl(g_utf8_get_char(c)))
            return false;
    return true;
}

static bool read_text(const HfRequest *self, const char *name, size_t max, char **value, GError **error)
{
    g_autofree char *text = NULL;
    if (!hf_json_get_optional_string(self->json, 0, name, &text, NULL)) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "\"%s\" is not a text", name);
        return false;
    }
    if (text != NULL && (*text == '\0' || strlen(text) > max)) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "\"%s\" is a text of 1 to %zu bytes", name, max);
        return false;
    }
    *value = g_steal_pointer(&text);
    return true;
}

bool hf_request_text(const HfRequest *self, const char *name, size_t max, char **value, GError **error)
{
    g_autofree char *text = NULL;
    if (!read_text(self, name, max, &text, error))
        return false;
    if (text != NULL && !is_line(text)) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "\"%s\" is one line without control characters", name);
        return false;
    }
    *value = g_steal_pointer(&text);
    return true;
}

bool hf_request_secret(const HfRequest *self, const char *name, char **value, GError **error)
{
    return read_text(self, name, HF_REQUEST_MAX_SECRET, value, error);
}

bool hf_request_required(const HfRequest *self, const char *name, size_t max, char **value, GError **error)
{
    if (!hf_request_text(self, name, max, value, error))
        return false;
    if (*value == NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "\"%s\" is missing", name);
    return *value != NULL;
}

bool hf_request_flag(const HfRequest *self, const char *name, bool *value, bool *given, GError **error)
{
    bool is_there = hf_json_get(self->json, 0, name) != HF_JSON_NONE;
    if (given != NULL)
        *given = is_there;
    if (!is_there || hf_json_get_bool(self->json, 0, name, value, NULL))
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "\"%s\" is neither true nor false", name);
    return false;
}
