/*
 * FILE.unfinished is a line that says which database it is for, and blocks: a line with the part's name, how many rows
 * and bytes follow, and these. A block is durable before its part may be committed, so that one which a crash has cut
 * is of no committed part, and ends what is read. Of a part the last block counts.
 */
#include "cli/refused_file.h"

#include "base/error.h"
#include "base/json.h"
#include "cli/archive_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define HEAD_NODES 16

struct HfRefusedFile {
    char *path, *unfinished, *into;
    HfArchiveTarget *target;
    GMappedFile *found; /* what an earlier call has left; NULL: nothing */
    GPtrArray *blocks;  /* Block: of that, in its order */
    int fd;             /* open to append; -1: not yet */
    bool there;         /* the unfinished one has rows */
};

typedef struct {
    char *part;
    uint64_t rows;
    size_t start, end; /* with its head */
    size_t body;
} Block;

static void free_block(void *data)
{
    Block *self = data;
    g_free(self->part);
    g_free(self);
}

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

/* The line at `at` as JSON, and where the next begins; NULL: it is not whole. */
static HfJson *read_head(const HfRefusedFile *self, size_t at, size_t *next)
{
    const char *text = g_mapped_file_get_contents(self->found);
    size_t length = g_mapped_file_get_length(self->found);
    const char *end = at < length ? memchr(text + at, '\n', length - at) : NULL;
    if (end == NULL)
        return NULL;
    *next = (size_t)(end - text) + 1;
    return hf_json_parse(self->unfinished, text + at, *next - 1 - at, HEAD_NODES, NULL);
}

static bool read_block(HfRefusedFile *self, size_t *at)
{
    uint64_t bytes;
    size_t body;
    g_autoptr(HfJson) head = read_head(self, *at, &body);
    Block *block = g_new0(Block, 1);
    if (head == NULL || !hf_json_get_string(head, 0, "part", &block->part, NULL) ||
        !hf_json_get_uint64(head, 0, "rows", &block->rows, NULL) ||
        !hf_json_get_uint64(head, 0, "bytes", &bytes, NULL) || bytes > g_mapped_file_get_length(self->found) - body) {
        free_block(block);
        return false;
    }
    block->start = *at;
    block->body = body;
    block->end = *at = body + bytes;
    g_ptr_array_add(self->blocks, block);
    return true;
}

static bool read_unfinished(HfRefusedFile *self, GError **error)
{
    size_t at = 0;
    g_autofree char *into = NULL;
    g_autoptr(GError) reason = NULL;
    self->found = g_mapped_file_new(self->unfinished, FALSE, &reason);
    if (self->found == NULL) {
        if (g_error_matches(reason, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return true;
        g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "--refused-to: %s", reason->message);
        return false;
    }
    g_autoptr(HfJson) head = read_head(self, 0, &at);
    if (head == NULL || !hf_json_get_string(head, 0, "into", &into, NULL) || strcmp(into, self->into) != 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                    "--refused-to: %s is there already, and not of a migration into %s; choose another name, or "
                    "remove it if nobody needs its rows",
                    self->unfinished, self->into);
        return false;
    }
    while (read_block(self, &at))
        ;
    self->there = self->blocks->len > 0;
    return true;
}

/* Whether FILE has just what would be written to it now: a call before this one has written it, and then could not tell
 * the target that all is done; or it is empty. */
static bool is_written(const HfRefusedFile *self)
{
    size_t at = 0;
    g_autoptr(GMappedFile) there = g_mapped_file_new(self->path, FALSE, NULL);
    for (guint i = 0; there != NULL && i < self->blocks->len; i++) {
        const Block *block = self->blocks->pdata[i];
        size_t length = block->end - block->body;
        if (length > g_mapped_file_get_length(there) - at ||
            memcmp(g_mapped_file_get_contents(there) + at, g_mapped_file_get_contents(self->found) + block->body,
                   length) != 0)
            return false;
        at += length;
    }
    return there != NULL && at == g_mapped_file_get_length(there);
}

/* ---- Opening -------------------------------------------------------------------------------------------------------
 */

HfRefusedFile *hf_refused_file_open(const char *path, bool replace, const char *into, GError **error)
{
    g_autoptr(HfRefusedFile) self = g_new0(HfRefusedFile, 1);
    *self = (HfRefusedFile){.path = g_strdup(path),
                            .unfinished = g_strconcat(path, ".unfinished", NULL),
                            .into = g_strdup(into),
                            .blocks = g_ptr_array_new_with_free_func(free_block),
                            .fd = -1};
    if (hf_path_is_stream(path)) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_USAGE,
                            "--refused-to -: name a file, as a later call may have to go on with its rows");
        return NULL;
    }
    bool ok = read_unfinished(self, error) &&
              hf_archive_target_open_given("--refused-to", path, replace || is_written(self), &self->target, error);
    return ok ? g_steal_pointer(&self) : NULL;
}

void hf_refused_file_close(HfRefusedFile *self)
{
    if (self == NULL)
        return;
    if (self->fd >= 0)
        close(self->fd);
    g_clear_pointer(&self->found, g_mapped_file_unref);
    g_ptr_array_unref(self->blocks);
    hf_archive_target_close(self->target);
    g_free(self->path);
    g_free(self->unfinished);
    g_free(self->into);
    g_free(self);
}

const char *hf_refused_file_unfinished(const HfRefusedFile *self)
{
    return self->there ? self->unfinished : NULL;
}

/* ---- Writing -------------------------------------------------------------------------------------------------------
 */

static bool fail_file(const char *what, const char *path, GError **error)
{
    g_set_error(error, HF_ERROR, HF_ERROR_STORAGE, "--refused-to: cannot %s %s: %s", what, path, g_strerror(errno));
    return false;
}

static char *write_into(const HfRefusedFile *self)
{
    HfJsonWriter json;
    GString *line = g_string_new(NULL);
    hf_json_writer_init(&json, line);
    hf_json_writer_begin_object(&json, NULL);
    hf_json_writer_string(&json, "into", self->into);
    hf_json_writer_end_object(&json);
    g_string_append_c(line, '\n');
    return g_string_free(line, FALSE);
}

/* Anew, in one step: with the blocks that count. */
static bool rewrite(const HfRefusedFile *self, GError **error)
{
    g_autofree char *head = write_into(self);
    g_autoptr(HfArchiveTarget) target =
        hf_archive_target_open("--refused-to", self->unfinished, HF_EXISTING_REPLACE, error);
    HfStoragePut *put = target != NULL ? hf_archive_target_put(target) : NULL;
    if (put == NULL || !hf_output_write(&put->output, head, strlen(head), error))
        return false;
    for (guint i = 0; i < self->blocks->len; i++) {
        const Block *block = self->blocks->pdata[i];
        const char *text = g_mapped_file_get_contents(self->found);
        if (!hf_output_write(&put->output, text + block->start, block->end - block->start, error))
            return false;
    }
    return hf_storage_put_commit(put, error);
}

static const Block *last_of(const HfRefusedFile *self, const char *part)
{
    for (guint i = self->blocks->len; i > 0; i--)
        if (strcmp(((const Block *)self->blocks->pdata[i - 1])->part, part) == 0)
            return self->blocks->pdata[i - 1];
    return NULL;
}

bool hf_refused_file_keep(HfRefusedFile *self, const GPtrArray *kept, GError **error)
{
    g_autoptr(GHashTable) counts = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < kept->len; i++) {
        const HfKeptPart *part = kept->pdata[i];
        const Block *block = last_of(self, part->name);
        if (block == NULL || block->rows != part->refused) {
            g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                        "an earlier call has put %" G_GUINT64_FORMAT
                        " rows of a part (%s) aside, and %s does not have them: give the --refused-to of that call, or "
                        "begin again in a new database",
                        part->refused, part->name, self->unfinished);
            return false;
        }
        g_hash_table_add(counts, (gpointer)block);
    }
    for (guint i = self->blocks->len; i > 0; i--)
        if (!g_hash_table_contains(counts, self->blocks->pdata[i - 1]))
            g_ptr_array_remove_index(self->blocks, i - 1);
    self->there = self->blocks->len > 0;
    return self->found == NULL || rewrite(self, error);
}

static void append_row(GString *text, const char *table, const HfMssqlRefused *row)
{
    HfJsonWriter json;
    hf_json_writer_init(&json, text);
    hf_json_writer_begin_object(&json, NULL);
    hf_json_writer_string(&json, "table", table);
    hf_json_writer_string(&json, "key", row->key);
    hf_json_writer_string(&json, "reason", row->reason);
    hf_json_writer_string(&json, "row", row->line);
    hf_json_writer_end_object(&json);
    g_string_append_c(text, '\n');
}

static char *write_block_head(const char *part, guint rows, size_t bytes)
{
    HfJsonWriter json;
    GString *line = g_string_new(NULL);
    hf_json_writer_init(&json, line);
    hf_json_writer_begin_object(&json, NULL);
    hf_json_writer_string(&json, "part", part);
    hf_json_writer_uint64(&json, "rows", rows);
    hf_json_writer_uint64(&json, "bytes", bytes);
    hf_json_writer_end_object(&json);
    g_string_append_c(line, '\n');
    return g_string_free(line, FALSE);
}

static bool open_to_append(HfRefusedFile *self, GError **error)
{
    if (self->fd >= 0)
        return true;
    if (self->found == NULL && !rewrite(self, error))
        return false;
    self->fd = open(self->unfinished, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    return self->fd >= 0 || fail_file("open", self->unfinished, error);
}

bool hf_refused_file_add(HfRefusedFile *self, const HfNeutralTable *table, const char *part, const GPtrArray *rows,
                         GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *name = g_strconcat(table->schema, ".", table->name, NULL);
    for (guint i = 0; i < rows->len; i++)
        append_row(text, name, rows->pdata[i]);
    if (!open_to_append(self, error))
        return false;
    g_autofree char *head = write_block_head(part, rows->len, text->len);
    g_autoptr(HfStoragePut) put = hf_storage_stream_put(self->fd, self->unfinished);
    self->there = true;
    return hf_output_write(&put->output, head, strlen(head), error) &&
           hf_output_write(&put->output, text->str, text->len, error) && hf_storage_put_commit(put, error);
}

/* ---- The end -------------------------------------------------------------------------------------------------------
 */

bool hf_refused_file_finish(HfRefusedFile *self, GError **error)
{
    HfStoragePut *put = hf_archive_target_put(self->target);
    g_ptr_array_set_size(self->blocks, 0);
    g_clear_pointer(&self->found, g_mapped_file_unref);
    if (!read_unfinished(self, error))
        return false;
    for (guint i = 0; i < self->blocks->len; i++) {
        const Block *block = self->blocks->pdata[i];
        const char *text = g_mapped_file_get_contents(self->found);
        if (!hf_output_write(&put->output, text + block->body, block->end - block->body, error))
            return false;
    }
    return hf_storage_put_commit(put, error);
}

bool hf_refused_file_forget(HfRefusedFile *self, GError **error)
{
    self->there = false;
    return self->found == NULL || unlink(self->unfinished) == 0 || fail_file("remove", self->unfinished, error);
}
