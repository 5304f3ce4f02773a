/*
 * What pollers see of a job is a hash and a stream. Each write gives the hash a new revision, Redis's own time in
 * microseconds: it never comes twice, not even after Redis was emptied, so that a poller's ETag cannot fit by chance.
 *
 * The stream can lack lines: those of earlier attempts, those before Redis was emptied, the oldest of very many. Within
 * an attempt lines are numbered without a gap. So a poll is answered from here only if its cursor is not before what is
 * missing and the next line, if there is any, is the one after the cursor.
 */
#include "queue/redis.h"

#include "base/error.h"
#include "base/json.h"
#include "base/units.h"

#include <string.h>

#define KEPT_S "3600" /* lines and cancels */
#define MAX_LINES "5000"
#define LINES_A_POLL "1000"

#define NEW_REVISION                                                                                                   \
    "local t = redis.call('TIME') "                                                                                    \
    "redis.call('HSET', KEYS[1], 'revision', t[1] .. string.format('%06d', t[2])) "

static const char mirror_script[] =
    "redis.call('HSET', KEYS[1], 'organization', ARGV[1], 'document', ARGV[2], 'missing', ARGV[3]) " NEW_REVISION
    "redis.call('EXPIRE', KEYS[1], ARGV[4])";

/* A line whose number is there already is refused by XADD; that is no error here. */
static const char line_script[] =
    "redis.pcall('XADD', KEYS[2], 'MAXLEN', '~', " MAX_LINES ", ARGV[1] .. '-0', 'at', ARGV[2], 'level', ARGV[3], "
    "'message', ARGV[4]) redis.call('EXPIRE', KEYS[2], " KEPT_S ") "
    "if redis.call('EXISTS', KEYS[1]) == 1 then " NEW_REVISION "end";

bool hf_queue_mirror(HfQueue *self, const char *job, const char *organization, const char *document, int64_t missing,
                     unsigned kept_s, GError **error)
{
    g_autofree char *key = hf_redis_key(self, "job", job);
    g_autofree char *last_missing = g_strdup_printf("%" G_GINT64_FORMAT, missing);
    g_autofree char *kept = g_strdup_printf("%u", kept_s);
    return hf_redis_do(
        self, HF_REDIS_COMMAND("EVAL", mirror_script, "1", key, organization, document, last_missing, kept), error);
}

bool hf_queue_mirror_line(HfQueue *self, const char *job, int64_t seq, int64_t at_us, const char *level,
                          const char *message, GError **error)
{
    g_autofree char *key = hf_redis_key(self, "job", job);
    g_autofree char *log = hf_redis_key(self, "log", job);
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, seq);
    g_autofree char *at = hf_format_time(at_us);
    return hf_redis_do(self, HF_REDIS_COMMAND("EVAL", line_script, "2", key, log, id, at, level, message), error);
}

void hf_job_view_clear(HfJobView *self)
{
    g_free(self->principal);
    g_free(self->organization);
    g_free(self->document);
    if (self->lines != NULL)
        g_string_free(self->lines, TRUE);
    memset(self, 0, sizeof *self);
}

static const char *field(const redisReply *fields, const char *name)
{
    for (size_t i = 0; i + 1 < fields->elements; i += 2)
        if (strcmp(fields->element[i]->str, name) == 0)
            return fields->element[i + 1]->str;
    return "";
}

static void write_line(HfJsonWriter *writer, int64_t seq, const redisReply *fields)
{
    hf_json_writer_begin_object(writer, NULL);
    hf_json_writer_int64(writer, "seq", seq);
    hf_json_writer_string(writer, "at", field(fields, "at"));
    hf_json_writer_string(writer, "level", field(fields, "level"));
    hf_json_writer_string(writer, "message", field(fields, "message"));
    hf_json_writer_end_object(writer);
}

static void write_lines(HfJobView *view, const redisReply *entries)
{
    HfJsonWriter writer;
    view->lines = g_string_new(NULL);
    hf_json_writer_init(&writer, view->lines);
    hf_json_writer_begin_array(&writer, NULL);
    for (size_t i = 0; entries->type == REDIS_REPLY_ARRAY && i < entries->elements; i++) {
        const redisReply *entry = entries->element[i];
        if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2)
            continue;
        view->last_seq = g_ascii_strtoll(entry->element[0]->str, NULL, 10);
        write_line(&writer, view->last_seq, entry->element[1]);
    }
    hf_json_writer_end_array(&writer);
}

/* Whether all lines after the cursor are among `entries`. */
static bool is_whole(const redisReply *missing, const redisReply *entries, int64_t after)
{
    if (missing->type == REDIS_REPLY_STRING && after < g_ascii_strtoll(missing->str, NULL, 10))
        return false;
    if (entries->type != REDIS_REPLY_ARRAY || entries->elements == 0)
        return true;
    const redisReply *first = entries->element[0];
    return first->type == REDIS_REPLY_ARRAY && first->elements == 2 &&
           g_ascii_strtoll(first->element[0]->str, NULL, 10) == after + 1;
}

static void fill_view(HfJobView *view, const redisReply *const *replies, int64_t after, uint64_t known)
{
    const redisReply *hash = replies[1];
    view->principal = hf_redis_text(replies[0]);
    view->last_seq = after;
    if (hash->type != REDIS_REPLY_ARRAY || hash->elements != 4 || hash->element[1]->type != REDIS_REPLY_STRING)
        return;
    view->organization = hf_redis_text(hash->element[0]);
    view->revision = g_ascii_strtoull(hash->element[1]->str, NULL, 10);
    view->is_known = view->revision == known;
    if (view->is_known || !is_whole(hash->element[3], replies[2], after))
        return;
    view->document = hf_redis_text(hash->element[2]);
    write_lines(view, replies[2]);
}

bool hf_queue_view_job(HfQueue *self, const char *principal_hash, const char *job, int64_t after, uint64_t known,
                       HfJobView *view, GError **error)
{
    g_autofree char *principal = hf_redis_key(self, "principal", principal_hash);
    g_autofree char *key = hf_redis_key(self, "job", job);
    g_autofree char *log = hf_redis_key(self, "log", job);
    g_autofree char *from = g_strdup_printf("(%" G_GINT64_FORMAT "-0", after);
    const HfRedisCommand commands[] = {
        HF_REDIS_COMMAND("GET", principal),
        HF_REDIS_COMMAND("HMGET", key, "organization", "revision", "document", "missing"),
        HF_REDIS_COMMAND("XRANGE", log, from, "+", "COUNT", LINES_A_POLL),
    };
    const redisReply *replies[G_N_ELEMENTS(commands)];
    memset(view, 0, sizeof *view);
    if (!hf_redis_read(self, commands, G_N_ELEMENTS(commands), replies, error))
        return false;
    fill_view(view, replies, after, known);
    return true;
}

bool hf_queue_ask_cancel(HfQueue *self, const char *job, GError **error)
{
    g_autofree char *key = hf_redis_key(self, "cancel", job);
    return hf_redis_do(self, HF_REDIS_COMMAND("SET", key, "1", "EX", KEPT_S), error);
}

bool hf_queue_cancel_asked(HfQueue *self, const char *job, bool *asked, GError **error)
{
    g_autofree char *key = hf_redis_key(self, "cancel", job);
    g_autoptr(redisReply) reply = hf_redis_call(self, HF_REDIS_COMMAND("EXISTS", key), error);
    *asked = reply != NULL && reply->type == REDIS_REPLY_INTEGER && reply->integer == 1;
    return reply != NULL;
}
