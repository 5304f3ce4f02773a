#include "queue/queue.h"

#include "queue/redis.h"

static bool put(HfQueue *self, const char *kind, const char *name, const char *value, unsigned seconds, GError **error)
{
    g_autofree char *key = hf_redis_key(self, kind, name);
    g_autofree char *kept = g_strdup_printf("%u", seconds);
    return hf_redis_do(self, HF_REDIS_COMMAND("SET", key, value, "EX", kept), error);
}

static char *get(HfQueue *self, const char *kind, const char *name, GError **error)
{
    g_autofree char *key = hf_redis_key(self, kind, name);
    g_autoptr(redisReply) reply = hf_redis_call(self, HF_REDIS_COMMAND("GET", key), error);
    return reply != NULL ? hf_redis_text(reply) : NULL;
}

static bool drop(HfQueue *self, const char *kind, const char *name, GError **error)
{
    g_autofree char *key = hf_redis_key(self, kind, name);
    return hf_redis_do(self, HF_REDIS_COMMAND("DEL", key), error);
}

bool hf_queue_put_principal(HfQueue *self, const char *hash, const char *json, unsigned seconds, GError **error)
{
    return put(self, "principal", hash, json, seconds, error);
}

char *hf_queue_get_principal(HfQueue *self, const char *hash, GError **error)
{
    return get(self, "principal", hash, error);
}

bool hf_queue_drop_principal(HfQueue *self, const char *hash, GError **error)
{
    return drop(self, "principal", hash, error);
}

bool hf_queue_put_chain(HfQueue *self, const char *found, unsigned seconds, GError **error)
{
    return put(self, "audit", "chain", found, seconds, error);
}

char *hf_queue_get_chain(HfQueue *self, GError **error)
{
    return get(self, "audit", "chain", error);
}

bool hf_queue_close_gate(HfQueue *self, const char *database, const char *json, GError **error)
{
    return put(self, "gate", database, json, HF_QUEUE_GATE_S, error);
}

bool hf_queue_open_gate(HfQueue *self, const char *database, GError **error)
{
    return drop(self, "gate", database, error);
}

/* Redis keeps the moment at which a key ends: one that is left for longer than it can be was closed before the clock
 * was set back. */
char *hf_queue_gate(HfQueue *self, const char *database, GError **error)
{
    g_autofree char *key = hf_redis_key(self, "gate", database);
    const HfRedisCommand commands[] = {HF_REDIS_COMMAND("GET", key), HF_REDIS_COMMAND("PTTL", key)};
    redisReply *replies[2];
    if (!hf_redis_exchange(self, commands, 2, 0, replies, error))
        return NULL;
    g_autoptr(redisReply) value = replies[0], left = replies[1];
    if (!hf_redis_check(value, error) || !hf_redis_check(left, error))
        return NULL;
    bool believed = left->type == REDIS_REPLY_INTEGER && left->integer <= HF_QUEUE_GATE_S * 1000;
    return believed ? hf_redis_text(value) : NULL;
}

/* The window begins with the first count and is not prolonged by later ones. */
bool hf_queue_count(HfQueue *self, const char *name, unsigned window_s, uint64_t *count, GError **error)
{
    static const char script[] = "local n = redis.call('INCR', KEYS[1]) "
                                 "if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return n";
    g_autofree char *key = hf_redis_key(self, "rate", name);
    g_autofree char *window = g_strdup_printf("%u", window_s);
    g_autoptr(redisReply) reply = hf_redis_call(self, HF_REDIS_COMMAND("EVAL", script, "1", key, window), error);
    *count = reply != NULL && reply->type == REDIS_REPLY_INTEGER ? (uint64_t)reply->integer : 0;
    return reply != NULL;
}

bool hf_queue_forget(HfQueue *self, const char *name, GError **error)
{
    return drop(self, "rate", name, error);
}
