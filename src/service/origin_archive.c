#include "service/archive_selection.h"
#include "service/archive_whole.h"
#include "service/origin.h"

static HfArchiveReader *archive_of(HfOrigin *self)
{
    return ((HfArchiveOrigin *)self)->archive;
}

static GBytes *read_schema(HfOrigin *self, GError **error)
{
    return hf_archive_reader_read(archive_of(self), HF_MEMBER_SCHEMA, HF_SCHEMA_MAX_BYTES, error);
}

static bool check(HfOrigin *self, unsigned jobs, HfProgress *progress, GCancellable *cancellable, GError **error)
{
    return hf_archive_check_whole(archive_of(self), jobs, progress, cancellable, error);
}

/* Parts are as they are. */
static bool cut(HfOrigin *self, HfManifestTable *table, bool one_lane, unsigned lanes, GPtrArray *slices,
                GError **error)
{
    (void)self;
    (void)one_lane;
    (void)lanes;
    (void)error;
    hf_slice_cut_parts(slices, table);
    return true;
}

static bool write_sql(HfOrigin *self, const char *first, HfOutput *to, GError **error)
{
    const HfMember *member;
    for (unsigned number = 1; (member = hf_manifest_find_sql(self->manifest, first, number)) != NULL; number++)
        if (!hf_archive_reader_copy(archive_of(self), member, to, error)) {
            g_prefix_error(error, "%s: ", member->name);
            return false;
        }
    return true;
}

void hf_archive_origin_init(HfArchiveOrigin *self, HfArchiveReader *archive)
{
    *self = (HfArchiveOrigin){.origin = {.name = "archive",
                                         .job = "restore",
                                         .head = hf_archive_reader_head(archive),
                                         .manifest = hf_archive_reader_manifest(archive),
                                         .is_proved = true,
                                         .read_schema = read_schema,
                                         .check = check,
                                         .cut = cut,
                                         .write_sql = write_sql},
                              .archive = archive};
    hf_archive_source_init(&self->rows, archive);
    self->origin.rows = &self->rows.source;
}
