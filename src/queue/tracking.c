/*
 * Redis tells when a key that was read has changed (CLIENT TRACKING), so what it has answered need not be asked for
 * again until then: many polls of few jobs cost it nothing. It tells a second connection, which the caller's epoll
 * watches together with what he waits for anyway. Where that cannot be had nothing is kept; and should Redis hang,
 * nothing is for longer than a second.
 */
#include "queue/redis.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define KEPT_US G_USEC_PER_SEC
#define RETRY_US (10 * G_USEC_PER_SEC) /* a Redis that refuses to tell is asked so often */

typedef struct {
    char **question; /* the whole command */
    redisReply *reply;
    gint64 until_us; /* monotonic */
} Answer;

struct HfTracking {
    int epoll;           /* hears that there are news; -1: nothing is kept beyond the call */
    HfQueue *news;       /* hears of changes; NULL: nobody does */
    gint64 next_try_us;  /* monotonic */
    gint64 sweep_us;     /* when to look next for what is too old */
    GHashTable *answers; /* char* (key) -> Answer */
};

static void free_answer(gpointer data)
{
    Answer *self = data;
    g_strfreev(self->question);
    freeReplyObject(self->reply);
    g_free(self);
}

static HfTracking *tracking_of(HfQueue *queue)
{
    if (queue->tracking == NULL) {
        queue->tracking = g_new0(HfTracking, 1);
        queue->tracking->epoll = -1;
        queue->tracking->answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_answer);
    }
    return queue->tracking;
}

void hf_queue_keep_answers(HfQueue *self, int epoll)
{
    tracking_of(self)->epoll = epoll;
}

void hf_tracking_forget(HfQueue *queue)
{
    if (queue->tracking != NULL)
        g_hash_table_remove_all(queue->tracking->answers);
}

void hf_tracking_end(HfQueue *queue)
{
    hf_tracking_forget(queue);
    if (queue->tracking != NULL)
        g_clear_pointer(&queue->tracking->news, hf_queue_free);
}

void hf_tracking_free(HfTracking *self)
{
    hf_queue_free(self->news);
    g_hash_table_unref(self->answers);
    g_free(self);
}

/* ---- News ----------------------------------------------------------------------------------------------------------
 */

static bool watch(const HfTracking *self, const HfQueue *news)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    return epoll_ctl(self->epoll, EPOLL_CTL_ADD, news->context->fd, &event) == 0;
}

static bool subscribe(HfQueue *queue, HfQueue *news)
{
    g_autoptr(redisReply) id = hf_redis_call(news, HF_REDIS_COMMAND("CLIENT", "ID"), NULL);
    g_autofree char *number = g_strdup_printf("%lld", id != NULL ? id->integer : 0);
    return id != NULL && hf_redis_do(news, HF_REDIS_COMMAND("SUBSCRIBE", "__redis__:invalidate"), NULL) &&
           watch(queue->tracking, news) &&
           hf_redis_do(queue, HF_REDIS_COMMAND("CLIENT", "TRACKING", "ON", "REDIRECT", number), NULL);
}

/* Before the first reads, so that they are tracked. */
static void begin(HfQueue *queue)
{
    HfTracking *self = queue->tracking;
    gint64 now = g_get_monotonic_time();
    if (self->epoll < 0 || self->news != NULL || now < self->next_try_us)
        return;
    HfQueue *news = hf_queue_new(queue->address, queue->user, queue->password, queue->prefix);
    if (subscribe(queue, news)) {
        self->news = news;
        return;
    }
    self->next_try_us = now + RETRY_US;
    hf_queue_free(news);
}

/* ["message", channel, keys]; keys are nil if everything was emptied. */
static void heed(HfTracking *self, const redisReply *message)
{
    const redisReply *keys = message->type == REDIS_REPLY_ARRAY && message->elements == 3 ? message->element[2] : NULL;
    if (keys == NULL || keys->type != REDIS_REPLY_ARRAY)
        g_hash_table_remove_all(self->answers);
    for (size_t i = 0; keys != NULL && keys->type == REDIS_REPLY_ARRAY && i < keys->elements; i++)
        if (keys->element[i]->type == REDIS_REPLY_STRING)
            g_hash_table_remove(self->answers, keys->element[i]->str);
}

/* What has come, without waiting. False: the connection is lost. */
static bool hear(HfTracking *self)
{
    redisContext *context = self->news->context;
    char buffer[4096];
    ssize_t length;
    void *message = NULL;
    if (context == NULL)
        return false;
    while ((length = recv(context->fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
        if (redisReaderFeed(context->reader, buffer, (size_t)length) != REDIS_OK)
            return false;
    if (length == 0 || (errno != EAGAIN && errno != EINTR))
        return false;
    while (redisReaderGetReply(context->reader, &message) == REDIS_OK && message != NULL) {
        heed(self, message);
        freeReplyObject(message);
    }
    return context->reader->err == 0;
}

void hf_queue_hear(HfQueue *self)
{
    if (self->tracking != NULL && self->tracking->news != NULL && !hear(self->tracking))
        hf_tracking_end(self);
}

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

static gboolean is_old(gpointer key, gpointer value, gpointer now)
{
    (void)key;
    return ((const Answer *)value)->until_us <= *(gint64 *)now;
}

static void sweep(HfTracking *self, gint64 now)
{
    if (now < self->sweep_us)
        return;
    self->sweep_us = now + KEPT_US;
    g_hash_table_foreach_remove(self->answers, is_old, &now);
}

static const redisReply *kept(const HfTracking *self, HfRedisCommand command, gint64 now)
{
    const Answer *answer = g_hash_table_lookup(self->answers, command[1]);
    bool fits =
        answer != NULL && answer->until_us > now && g_strv_equal((const char *const *)answer->question, command);
    return fits ? answer->reply : NULL;
}

static void keep(HfTracking *self, HfRedisCommand command, redisReply *reply, gint64 now)
{
    bool good = self->news != NULL && reply->type != REDIS_REPLY_ERROR;
    Answer *answer = g_new0(Answer, 1);
    *answer = (Answer){
        .question = g_strdupv((char **)(uintptr_t)command), .reply = reply, .until_us = good ? now + KEPT_US : 0};
    g_hash_table_replace(self->answers, g_strdup(command[1]), answer);
}

bool hf_redis_read(HfQueue *queue, const HfRedisCommand *commands, size_t count, const redisReply **replies,
                   GError **error)
{
    HfTracking *self = tracking_of(queue);
    gint64 now = g_get_monotonic_time();
    begin(queue);
    sweep(self, now);
    size_t known = 0;
    while (known < count && (replies[known] = kept(self, commands[known], now)) != NULL)
        known++;
    if (known == count)
        return true;
    g_autofree redisReply **fresh = g_new0(redisReply *, count);
    if (!hf_redis_exchange(queue, commands, count, 0, fresh, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        keep(self, commands[i], fresh[i], now);
        replies[i] = fresh[i];
    }
    return true;
}
