#include "service/job_files.h"

#include "base/error.h"
#include "base/units.h"

#include <string.h>

#define PURPOSE "job file"
#define PIECE_BYTES ((guint)1 << 20)

typedef struct {
    HfOutput output;
    HfJobFiles *all;
    HfJobFileRow row;
    int pieces; /* that are in the catalog */
} File;

struct HfJobFiles {
    HfCatalog *catalog;
    const HfSealer *sealer;
    const HfJobRow *job;
    GPtrArray *files;   /* File */
    File *open;         /* the one that is written; NULL: none */
    GByteArray *buffer; /* of it */
    uint64_t bytes;     /* of all */
};

/* ---- Writing -------------------------------------------------------------------------------------------------------
 */

static void free_file(void *data)
{
    File *file = data;
    g_free(file->row.name);
    g_free(file);
}

static bool remove_before(HfCatalog *catalog, const HfJobRow *job, GError **error)
{
    if (!hf_catalog_begin(catalog, error))
        return false;
    g_autoptr(HfJobRow) owned = hf_job_owned(catalog, job->id, job->attempt, error);
    if (owned != NULL && hf_job_pieces_remove(catalog, job->id, error) && hf_catalog_commit(catalog, error))
        return true;
    hf_catalog_rollback(catalog);
    return false;
}

HfJobFiles *hf_job_files_begin(HfCatalog *catalog, const HfSealer *sealer, const HfJobRow *job, GError **error)
{
    if (!remove_before(catalog, job, error))
        return NULL;
    HfJobFiles *self = g_new(HfJobFiles, 1);
    *self = (HfJobFiles){.catalog = catalog,
                         .sealer = sealer,
                         .job = job,
                         .files = g_ptr_array_new_with_free_func(free_file),
                         .buffer = g_byte_array_sized_new(PIECE_BYTES)};
    return self;
}

void hf_job_files_free(HfJobFiles *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->files);
    g_byte_array_unref(self->buffer);
    g_free(self);
}

static bool put_piece(HfJobFiles *self, GBytes *sealed, GError **error)
{
    const HfJobRow *job = self->job;
    if (!hf_catalog_begin(self->catalog, error))
        return false;
    g_autoptr(HfJobRow) owned = hf_job_owned(self->catalog, job->id, job->attempt, error);
    if (owned != NULL &&
        hf_job_piece_add(self->catalog, job->organization, job->id, self->open->row.number, self->open->pieces, sealed,
                         error) &&
        hf_catalog_commit(self->catalog, error))
        return true;
    hf_catalog_rollback(self->catalog);
    return false;
}

static bool flush(HfJobFiles *self, GError **error)
{
    if (self->buffer->len == 0)
        return true;
    g_autoptr(GBytes) sealed = hf_sealer_seal(self->sealer, PURPOSE, self->buffer->data, self->buffer->len, error);
    if (sealed == NULL || !put_piece(self, sealed, error))
        return false;
    self->open->pieces++;
    g_byte_array_set_size(self->buffer, 0);
    return true;
}

static bool check_room(const HfJobFiles *self, size_t length, GError **error)
{
    if (length <= HF_JOB_FILES_MAX - self->bytes)
        return true;
    g_autofree char *most = hf_format_bytes(HF_JOB_FILES_MAX);
    g_set_error(error, HF_ERROR, HF_ERROR_LIMIT,
                "the files have over %s, which is more than is kept with a job: export fewer tables at a time, or "
                "larger ones on the command line",
                most);
    return false;
}

static bool write_file(HfOutput *output, const void *data, size_t length, GError **error)
{
    File *file = (File *)output;
    HfJobFiles *self = file->all;
    const uint8_t *at = data;
    if (!check_room(self, length, error) || (self->open != file && !hf_job_files_end(self, error)))
        return false;
    self->open = file;
    self->bytes += length;
    file->row.size_bytes += (int64_t)length;
    while (length > 0) {
        guint part = (guint)MIN(length, PIECE_BYTES - self->buffer->len);
        g_byte_array_append(self->buffer, at, part);
        at += part;
        length -= part;
        if (self->buffer->len == PIECE_BYTES && !flush(self, error))
            return false;
    }
    return true;
}

HfOutput *hf_job_files_add(HfJobFiles *self, const char *name)
{
    File *file = g_new(File, 1);
    *file = (File){.output = {write_file},
                   .all = self,
                   .row = {.organization = self->job->organization,
                           .job_id = self->job->id,
                           .name = g_strdup(name),
                           .number = (int)self->files->len}};
    g_ptr_array_add(self->files, file);
    return &file->output;
}

bool hf_job_files_end(HfJobFiles *self, GError **error)
{
    if (!flush(self, error))
        return false;
    self->open = NULL;
    int64_t expires_us = g_get_real_time() + HF_JOB_FILES_KEEP_S * G_USEC_PER_SEC;
    for (guint i = 0; i < self->files->len; i++)
        ((File *)self->files->pdata[i])->row.expires_us = expires_us;
    return true;
}

guint hf_job_files_count(const HfJobFiles *self)
{
    return self->files->len;
}

const HfJobFileRow *hf_job_files_get(const HfJobFiles *self, guint number)
{
    return &((const File *)self->files->pdata[number])->row;
}

bool hf_job_files_record(const HfJobFiles *self, GError **error)
{
    for (guint i = 0; i < self->files->len; i++)
        if (!hf_job_file_add(self->catalog, hf_job_files_get(self, i), error))
            return false;
    return true;
}

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

static GBytes *read_piece(HfCatalog *catalog, const HfSealer *sealer, const HfJobFileRow *file, int number,
                          GError **error)
{
    g_autoptr(GBytes) sealed = hf_job_piece_get(catalog, file->job_id, file->number, number, error);
    gsize length = 0;
    const void *bytes = sealed != NULL ? g_bytes_get_data(sealed, &length) : NULL;
    return bytes != NULL ? hf_sealer_open_bytes(sealer, PURPOSE, bytes, length, error) : NULL;
}

bool hf_job_file_send(HfCatalog *catalog, const HfSealer *sealer, const HfJobFileRow *file, HfOutput *output,
                      GError **error)
{
    uint64_t left = (uint64_t)file->size_bytes;
    for (int number = 0; left > 0; number++) {
        g_autoptr(GBytes) piece = read_piece(catalog, sealer, file, number, error);
        gsize length = 0;
        const void *bytes = piece != NULL ? g_bytes_get_data(piece, &length) : NULL;
        if (piece == NULL)
            return false;
        if (length == 0 || length > left) {
            g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "the piece %d of %s is of another file", number, file->name);
            return false;
        }
        left -= length;
        if (!hf_output_write(output, bytes, length, error))
            return false;
    }
    return true;
}
