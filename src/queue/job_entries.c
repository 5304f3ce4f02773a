#include "queue/redis.h"

#include "base/error.h"

#include <string.h>

/* So long an entry may be with a worker before it counts as left by a dead one: far longer than a claim takes. */
#define IDLE_MS "60000"
#define GROUP "workers"

bool hf_queue_publish(HfQueue *self, const char *pool, const char *job, GError **error)
{
    g_autofree char *key = hf_redis_key(self, "jobs", pool);
    return hf_redis_do(self, HF_REDIS_COMMAND("XADD", key, "MAXLEN", "~", HF_QUEUE_PERMITS, "*", "id", job), error);
}

bool hf_queue_acknowledge(HfQueue *self, const char *pool, const char *entry, GError **error)
{
    g_autofree char *key = hf_redis_key(self, "jobs", pool);
    redisReply *replies[2];
    const HfRedisCommand commands[] = {HF_REDIS_COMMAND("XACK", key, GROUP, entry),
                                       HF_REDIS_COMMAND("XDEL", key, entry)};
    if (!hf_redis_exchange(self, commands, 2, 0, replies, error))
        return false;
    bool ok = hf_redis_check(replies[0], error) && hf_redis_check(replies[1], error);
    freeReplyObject(replies[0]);
    freeReplyObject(replies[1]);
    return ok;
}

/* Answers are arrays of unknown shape: an element, or NULL. */
static const redisReply *element(const redisReply *reply, size_t index)
{
    return reply != NULL && reply->type == REDIS_REPLY_ARRAY && index < reply->elements ? reply->element[index] : NULL;
}

/* Of the first entry of a list of [entry, [name, value, …]]: its job, and its own id. */
static char *first_entry(const redisReply *entries, char **entry)
{
    const redisReply *first = element(entries, 0);
    const redisReply *id = element(first, 0), *job = element(element(first, 1), 1);
    if (id == NULL || id->type != REDIS_REPLY_STRING)
        return NULL;
    *entry = hf_redis_text(id);
    return job != NULL && job->type == REDIS_REPLY_STRING ? hf_redis_text(job) : g_strdup("");
}

/* Both looks at the stream in one round trip: what a dead worker left, then what is new. */
char *hf_queue_take(HfQueue *self, const char *pool, const char *worker, unsigned wait_ms, char **entry, GError **error)
{
    g_autofree char *key = hf_redis_key(self, "jobs", pool);
    g_autofree char *block = g_strdup_printf("%u", MAX(wait_ms, 1));
    const HfRedisCommand left = HF_REDIS_COMMAND("XAUTOCLAIM", key, GROUP, worker, IDLE_MS, "0", "COUNT", "1");
    const HfRedisCommand fresh =
        HF_REDIS_COMMAND("XREADGROUP", "GROUP", GROUP, worker, "COUNT", "1", "BLOCK", block, "STREAMS", key, ">");
    *entry = NULL;
    g_autoptr(redisReply) old_reply = hf_redis_exchange(self, &left, 1, 0, &old_reply, error) ? old_reply : NULL;
    if (old_reply == NULL)
        return NULL;
    if (old_reply->type == REDIS_REPLY_ERROR && g_str_has_prefix(old_reply->str, "NOGROUP")) {
        g_autoptr(redisReply) made =
            hf_redis_call(self, HF_REDIS_COMMAND("XGROUP", "CREATE", key, GROUP, "0", "MKSTREAM"), NULL);
        return NULL; /* the next call finds it, whoever made it */
    }
    if (!hf_redis_check(old_reply, error))
        return NULL;
    char *job = first_entry(element(old_reply, 1), entry);
    if (job != NULL)
        return job;
    g_autoptr(redisReply) new_reply = NULL;
    if (!hf_redis_exchange(self, &fresh, 1, wait_ms, &new_reply, error))
        return NULL;
    if (new_reply->type == REDIS_REPLY_ERROR && g_str_has_prefix(new_reply->str, "NOGROUP"))
        return NULL; /* emptied between the two */
    if (!hf_redis_check(new_reply, error))
        return NULL;
    return first_entry(element(element(new_reply, 0), 1), entry);
}

/* In one step, for what a name is given between the look and the removal would be lost with it. */
bool hf_queue_forget_workers(HfQueue *self, const char *pool, unsigned idle_s, uint64_t *forgotten, GError **error)
{
    static const char script[] = "local found, forgotten = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], ARGV[1]), 0 "
                                 "for _, fields in ipairs(found) do local consumer = {} "
                                 "for i = 1, #fields, 2 do consumer[fields[i]] = fields[i + 1] end "
                                 "if consumer.pending == 0 and consumer.idle >= tonumber(ARGV[2]) then "
                                 "redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer.name) "
                                 "forgotten = forgotten + 1 end end return forgotten";
    g_autofree char *key = hf_redis_key(self, "jobs", pool);
    g_autofree char *idle_ms = g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)idle_s * 1000);
    g_autoptr(redisReply) reply =
        hf_redis_call(self, HF_REDIS_COMMAND("EVAL", script, "1", key, GROUP, idle_ms), error);
    *forgotten = reply != NULL && reply->type == REDIS_REPLY_INTEGER ? (uint64_t)reply->integer : 0;
    return reply != NULL;
}
