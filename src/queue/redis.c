#include "queue/redis.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>

#define CONNECT_MS 500
#define ANSWER_MS 1000
#define RETRY_MS 1000 /* a Redis that is away is tried so often */

HfQueue *hf_queue_new(const char *address, const char *user, const char *password, const char *prefix)
{
    HfQueue *self = g_new0(HfQueue, 1);
    *self = (HfQueue){.address = g_strdup(address),
                      .user = g_strdup(user),
                      .password = g_strdup(password),
                      .prefix = g_strdup(prefix)};
    return self;
}

static void disconnect(HfQueue *self)
{
    g_clear_pointer(&self->context, redisFree);
    self->timeout_ms = 0;
    hf_tracking_end(self);
}

void hf_queue_free(HfQueue *self)
{
    if (self == NULL)
        return;
    disconnect(self);
    g_clear_pointer(&self->tracking, hf_tracking_free);
    g_free(self->address);
    g_free(self->user);
    g_free(self->password);
    g_free(self->prefix);
    g_free(self->reason);
    g_free(self);
}

char *hf_redis_key(const HfQueue *self, const char *kind, const char *name)
{
    return g_strconcat(self->prefix, kind, ":", name, NULL);
}

/* ---- Connection ----------------------------------------------------------------------------------------------------
 */

static bool fail_away(HfQueue *self, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_NETWORK, "Redis at %s is away: %s", self->address, self->reason);
    return false;
}

/* Notes why and when, so that nobody waits for it again too soon. */
static bool give_up(HfQueue *self, const char *reason, GError **error)
{
    g_free(self->reason);
    self->reason = g_strdup(reason);
    self->next_try_us = g_get_monotonic_time() + RETRY_MS * G_TIME_SPAN_MILLISECOND;
    disconnect(self);
    return fail_away(self, error);
}

static struct timeval interval(unsigned ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000};
}

static redisContext *open_context(const char *address)
{
    if (g_str_has_prefix(address, "unix:"))
        return redisConnectUnixWithTimeout(address + strlen("unix:"), interval(CONNECT_MS));
    const char *colon = strrchr(address, ':');
    g_autofree char *host = colon != NULL ? g_strndup(address, (gsize)(colon - address)) : g_strdup(address);
    guint64 port = 6379;
    if (colon != NULL && !g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL))
        return NULL;
    return redisConnectWithTimeout(host, (int)port, interval(CONNECT_MS));
}

static bool authenticate(HfQueue *self, GError **error)
{
    if (self->password == NULL)
        return true;
    const char *argv[] = {"AUTH", self->user != NULL ? self->user : self->password, self->password};
    redisReply *reply = redisCommandArgv(self->context, self->user != NULL ? 3 : 2, argv, NULL);
    bool accepted = reply != NULL && reply->type != REDIS_REPLY_ERROR;
    g_autofree char *reason = g_strdup(reply == NULL ? self->context->errstr
                                       : accepted    ? ""
                                                     : "the password is refused");
    freeReplyObject(reply);
    return accepted || give_up(self, reason, error);
}

static bool connect_now(HfQueue *self, GError **error)
{
    if (g_get_monotonic_time() < self->next_try_us)
        return fail_away(self, error);
    self->context = open_context(self->address);
    if (self->context == NULL)
        return give_up(self, "the address is not host:port or unix:/path", error);
    if (self->context->err != 0) {
        g_autofree char *reason = g_strdup(self->context->errstr);
        return give_up(self, reason, error);
    }
    return authenticate(self, error);
}

/* ---- Commands ------------------------------------------------------------------------------------------------------
 */

static bool set_timeout(HfQueue *self, unsigned ms)
{
    if (ms != self->timeout_ms && redisSetTimeout(self->context, interval(ms)) != REDIS_OK)
        return false;
    self->timeout_ms = ms;
    return true;
}

static bool send_and_read(HfQueue *self, const HfRedisCommand *commands, size_t count, unsigned wait_ms,
                          redisReply **replies)
{
    if (!set_timeout(self, ANSWER_MS + wait_ms))
        return false;
    for (size_t i = 0; i < count; i++) {
        int argc = (int)g_strv_length((char **)(uintptr_t)commands[i]);
        if (redisAppendCommandArgv(self->context, argc, (const char **)(uintptr_t)commands[i], NULL) != REDIS_OK)
            return false;
    }
    for (size_t i = 0; i < count; i++)
        if (redisGetReply(self->context, (void **)&replies[i]) != REDIS_OK)
            return false;
    return true;
}

static void clear_replies(redisReply **replies, size_t count)
{
    for (size_t i = 0; i < count; i++)
        g_clear_pointer(&replies[i], hf_redis_reply_free);
}

/* Whether the other side has closed the connection, rather than been slow to answer. */
static bool was_closed(const redisContext *context)
{
    return context->err == REDIS_ERR_EOF || (context->err == REDIS_ERR_IO && errno != EAGAIN && errno != ETIMEDOUT);
}

bool hf_redis_exchange(HfQueue *self, const HfRedisCommand *commands, size_t count, unsigned wait_ms,
                       redisReply **replies, GError **error)
{
    bool fresh = self->context == NULL;
    memset(replies, 0, count * sizeof *replies);
    if (fresh && !connect_now(self, error))
        return false;
    if (send_and_read(self, commands, count, wait_ms, replies))
        return true;
    clear_replies(replies, count);
    if (!fresh && was_closed(self->context)) {
        disconnect(self);
        return hf_redis_exchange(self, commands, count, wait_ms, replies, error);
    }
    g_autofree char *reason = g_strdup(self->context->errstr);
    return give_up(self, reason, error);
}

bool hf_redis_check(const redisReply *reply, GError **error)
{
    static const char *const passing[] = {"LOADING", "BUSY", "MASTERDOWN", "READONLY", "OOM", "MISCONF"};
    if (reply->type != REDIS_REPLY_ERROR)
        return true;
    bool passes = false;
    for (size_t i = 0; i < G_N_ELEMENTS(passing); i++)
        passes |= g_str_has_prefix(reply->str, passing[i]);
    g_set_error(error, HF_ERROR, passes ? HF_ERROR_NETWORK : HF_ERROR_INTERNAL, "Redis refused: %s", reply->str);
    return false;
}

redisReply *hf_redis_call(HfQueue *self, HfRedisCommand command, GError **error)
{
    g_autoptr(redisReply) reply = NULL;
    if (!hf_redis_exchange(self, &command, 1, 0, &reply, error) || !hf_redis_check(reply, error))
        return NULL;
    return g_steal_pointer(&reply);
}

bool hf_redis_do(HfQueue *self, HfRedisCommand command, GError **error)
{
    g_autoptr(redisReply) reply = hf_redis_call(self, command, error);
    hf_tracking_forget(self);
    return reply != NULL;
}

char *hf_redis_text(const redisReply *reply)
{
    bool text = reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS;
    return text ? g_strndup(reply->str, (gsize)reply->len) : NULL;
}
