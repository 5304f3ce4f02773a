#include "api/tries.h"

#include "crypto/password.h"

#include <gio/gio.h>
#include <string.h>

#define WINDOW_S 900
/* From one address few; from all together so many that no stranger alone locks anybody out. */
#define TRIES_BY_PAIR 10
#define TRIES_BY_ACCOUNT 100
#define TRIES_BY_ADDRESS 50
/* Of IPv6 a line at home has a network of 48 to 56 bits, and as many addresses and smaller networks as it likes. */
#define NETWORK_BYTES 6

static char *counter_name(const char *kind, const char *value)
{
    g_autofree char *lower = g_utf8_strdown(value, -1);
    g_autofree char *hash = hf_sha256_text(lower);
    return g_strconcat("sign-in:", kind, ":", hash, NULL);
}

static bool too_many(HfApi *api, const char *kind, const char *value, uint64_t limit)
{
    g_autofree char *name = counter_name(kind, value);
    uint64_t count = 0;
    return hf_queue_count(api->queue, name, WINDOW_S, &count, NULL) && count > limit;
}

static void forget(HfApi *api, const char *kind, const char *value)
{
    g_autofree char *name = counter_name(kind, value);
    g_autoptr(GError) away = NULL;
    if (!hf_queue_forget(api->queue, name, &away))
        g_debug("the tries to sign in are not forgotten: %s", away->message);
}

/* What somebody counts as. One of IPv4 that is written as one of IPv6 is the former. Transfer full. */
static char *network_of(const char *address)
{
    static const guint8 mapped[12] = {[10] = 0xff, [11] = 0xff};
    g_autoptr(GInetAddress) inet = g_inet_address_new_from_string(address);
    if (inet == NULL || g_inet_address_get_family(inet) != G_SOCKET_FAMILY_IPV6)
        return g_strdup(address);
    guint8 bytes[16] = {0};
    const guint8 *given = g_inet_address_to_bytes(inet);
    bool is_mapped = memcmp(given, mapped, sizeof mapped) == 0;
    if (!is_mapped)
        memcpy(bytes, given, NETWORK_BYTES);
    g_autoptr(GInetAddress) network = is_mapped ? g_inet_address_new_from_bytes(given + 12, G_SOCKET_FAMILY_IPV4)
                                                : g_inet_address_new_from_bytes(bytes, G_SOCKET_FAMILY_IPV6);
    return g_inet_address_to_string(network);
}

/* Transfer full. */
static char *pair_of(const HfRequest *request, const char *user)
{
    g_autofree char *network = network_of(request->address);
    return g_strconcat(network, " ", user, NULL);
}

bool hf_tries_count(HfApi *api, const HfRequest *request, const char *user, HfResponse *response)
{
    g_autofree char *network = network_of(request->address), *pair = pair_of(request, user);
    if (!too_many(api, "address", network, TRIES_BY_ADDRESS) && !too_many(api, "pair", pair, TRIES_BY_PAIR) &&
        !too_many(api, "account", user, TRIES_BY_ACCOUNT))
        return true;
    hf_response_problem(response, 429, "too-many-tries", "Too many tries",
                        "too many attempts to sign in with this name or from this address",
                        "Wait a quarter of an hour.", request);
    hf_response_header(response, "Retry-After", G_STRINGIFY(WINDOW_S));
    return false;
}

void hf_tries_forget(HfApi *api, const HfRequest *request, const char *user)
{
    g_autofree char *pair = pair_of(request, user);
    forget(api, "pair", pair);
    forget(api, "account", user);
}
