#include "http/post.h"

#include "base/error.h"

#include <curl/curl.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 5000
#define MAX_ANSWER_BYTES (64 * 1024)
#define PROTOCOLS "http,https"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURL, curl_easy_cleanup)

typedef struct curl_slist Headers;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Headers, curl_slist_free_all)

bool hf_http_check_url(const char *url, GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    const char *scheme = uri != NULL ? g_uri_get_scheme(uri) : "", *host = uri != NULL ? g_uri_get_host(uri) : NULL;
    if ((strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) && host != NULL && *host != '\0' &&
        g_uri_get_userinfo(uri) == NULL && g_uri_get_fragment(uri) == NULL)
        return true;
    g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                        "url: an http or https address with a host is expected, without a user, a password or a #");
    return false;
}

/* CURLOPT_WRITEFUNCTION: a number other than `count` ends the transfer. */
static size_t swallow(char *data, size_t size, size_t count, void *taken)
{
    (void)data;
    size_t *bytes = taken;
    *bytes += size * count;
    return *bytes <= MAX_ANSWER_BYTES ? size * count : 0;
}

/* CURLOPT_XFERINFOFUNCTION, called at least once a second. */
static int look_for_cancel(void *cancellable, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    return g_cancellable_is_cancelled(cancellable);
}

static Headers *join_headers(const HfHttpPost *post)
{
    static const char *const own[] = {"Content-Type: application/json", "User-Agent: holdfast", "Expect:", NULL};
    Headers *headers = NULL;
    for (const char *const *each = own; *each != NULL; each++)
        headers = curl_slist_append(headers, *each);
    for (const char *const *each = post->headers; each != NULL && *each != NULL; each++)
        headers = curl_slist_append(headers, *each);
    return headers;
}

static void set_up(CURL *curl, const HfHttpPost *post, Headers *headers, size_t *taken)
{
    curl_easy_setopt(curl, CURLOPT_URL, post->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, PROTOCOLS);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)post->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (post->roots != NULL)
        curl_easy_setopt(curl, CURLOPT_CAINFO, post->roots);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, taken);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_for_cancel);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, post->cancellable);
}

static CURL *new_handle(void)
{
    static gsize once;
    if (g_once_init_enter(&once))
        g_once_init_leave(&once, curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 1 : 2);
    return once == 1 ? curl_easy_init() : NULL;
}

static bool explain(CURLcode code, GError **error)
{
    if (code == CURLE_WRITE_ERROR)
        g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "the answer was longer than %d bytes", MAX_ANSWER_BYTES);
    else
        g_set_error_literal(error, HF_ERROR,
                            code == CURLE_PEER_FAILED_VERIFICATION ? HF_ERROR_DENIED : HF_ERROR_NETWORK,
                            curl_easy_strerror(code));
    return false;
}

bool hf_http_post(const HfHttpPost *post, int *status, GError **error)
{
    size_t taken = 0;
    long answered = 0;
    g_autoptr(Headers) headers = join_headers(post);
    g_autoptr(CURL) curl = new_handle();
    if (curl == NULL)
        return explain(CURLE_FAILED_INIT, error);
    set_up(curl, post, headers, &taken);
    CURLcode code = curl_easy_perform(curl);
    if (!hf_error_check_cancelled(post->cancellable, error))
        return false;
    if (code != CURLE_OK)
        return explain(code, error);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answered);
    *status = (int)answered;
    return true;
}
