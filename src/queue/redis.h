/*
 * For the files of this module: commands and answers. Commands are arrays of texts, NULL-terminated; several go out
 * together and cost one round trip.
 */
#ifndef HF_QUEUE_REDIS_H
#define HF_QUEUE_REDIS_H

#include "queue/queue.h"

#include <hiredis/hiredis.h>

typedef struct HfTracking HfTracking;

struct HfQueue {
    char *address, *user, *password, *prefix;
    redisContext *context;
    unsigned timeout_ms;  /* of the context; 0: not set */
    gint64 next_try_us;   /* monotonic */
    char *reason;         /* why the last try failed */
    HfTracking *tracking; /* NULL: nothing is kept */
};

typedef const char *const *HfRedisCommand;
#define HF_REDIS_COMMAND(...) ((const char *const[]){__VA_ARGS__, NULL})

static inline void hf_redis_reply_free(redisReply *reply)
{
    freeReplyObject(reply);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(redisReply, hf_redis_reply_free)

/* The key under the installation's prefix. Transfer full. */
char *hf_redis_key(const HfQueue *self, const char *kind, const char *name);

/*
 * Sends `count` commands and fills in their replies (each transfer full, also an error reply; all NULL on false).
 * `wait_ms` comes on top of the time that an answer may take. A connection that had gone away meanwhile is made anew
 * and the commands are sent again, so each of them must bear to be run twice.
 */
bool hf_redis_exchange(HfQueue *self, const HfRedisCommand *commands, size_t count, unsigned wait_ms,
                       redisReply **replies, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The same for commands that read the key which is their first argument, each another one. What Redis has answered
 * before, and has not changed since, is not asked for again if the queue keeps answers. The replies belong to the
 * queue, until the next call.
 */
bool hf_redis_read(HfQueue *queue, const HfRedisCommand *commands, size_t count, const redisReply **replies,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For redis.c: something was written, or the connection is gone, or the queue is. */
void hf_tracking_forget(HfQueue *queue);
void hf_tracking_end(HfQueue *queue);
void hf_tracking_free(HfTracking *self);

/* One command; an error reply is an error. Transfer full. */
redisReply *hf_redis_call(HfQueue *self, HfRedisCommand command, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same where the answer does not matter. */
bool hf_redis_do(HfQueue *self, HfRedisCommand command, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* False with an error if the reply is one. */
bool hf_redis_check(const redisReply *reply, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The text of a reply, transfer full; NULL for nil and all else. */
char *hf_redis_text(const redisReply *reply);

#endif
