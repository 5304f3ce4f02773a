/*
 * Damage of a member does not end the check: whoever has a damaged archive wants to know how much of it can be saved.
 * So every member is read, and what is damaged is gathered and told as one error.
 */
#include "service/archive_whole.h"

#include "base/error.h"
#include "engine/task_graph.h"

/* So many damaged tables are named. */
#define NAMED_TABLES 20

typedef struct {
    HfOutput output; /* takes the bytes and counts them */
    HfArchiveReader *archive;
    HfProgress *progress;
    GCancellable *cancellable;
    unsigned number;
    GAsyncQueue *damages;
} Lane;

typedef struct {
    const HfMember *member;
    char *what;
} Damage;

typedef struct {
    HfArchiveReader *archive;
    HfProgress *progress;
    GAsyncQueue *damages; /* Damage* */
} Check;

static void damage_free(gpointer data)
{
    Damage *self = data;
    g_free(self->what);
    g_free(self);
}

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

static bool count_bytes(HfOutput *output, const void *data, size_t length, GError **error)
{
    (void)data;
    Lane *self = (Lane *)output;
    if (self->progress != NULL)
        hf_progress_lane_add(self->progress, self->number, 0, length);
    return hf_error_check_cancelled(self->cancellable, error);
}

static gpointer lane_open(unsigned number, GCancellable *cancellable, gpointer data, GError **error)
{
    (void)error;
    const Check *check = data;
    Lane *lane = g_new0(Lane, 1);
    *lane = (Lane){.output = {count_bytes},
                   .archive = check->archive,
                   .progress = check->progress,
                   .cancellable = cancellable,
                   .number = number,
                   .damages = check->damages};
    return lane;
}

static bool check_member(gpointer data, gpointer payload, GError **error)
{
    Lane *lane = data;
    const HfMember *member = payload;
    g_autoptr(GError) reason = NULL;
    if (lane->progress != NULL)
        hf_progress_lane_begin(lane->progress, lane->number, member->name, member->size_bytes);
    bool ok = hf_archive_reader_copy(lane->archive, member, &lane->output, &reason);
    if (lane->progress != NULL)
        hf_progress_lane_end(lane->progress, lane->number);
    if (ok)
        return true;
    if (!g_error_matches(reason, HF_ERROR, HF_ERROR_CORRUPT)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    Damage damage = {member, g_strdup(reason->message)};
    g_async_queue_push(lane->damages, g_memdup2(&damage, sizeof damage));
    return true;
}

static bool check_members(Check *self, unsigned jobs, GCancellable *cancellable, GError **error)
{
    static const HfLaneOps ops = {lane_open, g_free};
    const HfManifest *manifest = hf_archive_reader_manifest(self->archive);
    g_autoptr(HfTaskGraph) graph = hf_task_graph_new();
    for (guint i = 0; i < manifest->members->len; i++) {
        const HfMember *member = manifest->members->pdata[i];
        hf_task_graph_add(graph, check_member, (gpointer)member, member->size_bytes);
        if (self->progress != NULL)
            hf_progress_expect(self->progress, member->size_bytes);
    }
    hf_task_graph_start(graph, jobs, &ops, self, cancellable);
    return hf_task_graph_join(graph, error);
}

/* ---- Telling -------------------------------------------------------------------------------------------------------
 */

static const HfManifestTable *table_of(const HfManifest *manifest, const HfMember *member)
{
    uint32_t oid;
    for (guint i = 0; hf_part_name_parse(member->name, &oid) && i < manifest->tables->len; i++) {
        const HfManifestTable *table = manifest->tables->pdata[i];
        if (table->oid == oid)
            return table;
    }
    return NULL;
}

static int by_place(gconstpointer a, gconstpointer b)
{
    const Damage *const *left = a, *const *right = b;
    return (*left)->member->offset < (*right)->member->offset ? -1 : 1;
}

/* "shop.orders, shop.items and 3 more". Transfer full. */
static char *join_names(const HfManifest *manifest, GHashTable *damaged)
{
    GString *names = g_string_new(NULL);
    guint named = 0, count = g_hash_table_size(damaged);
    for (guint i = 0; i < manifest->tables->len && named < NAMED_TABLES; i++) {
        const HfManifestTable *table = manifest->tables->pdata[i];
        if (!g_hash_table_contains(damaged, table))
            continue;
        const char *comma = named++ > 0 ? ", " : "";
        if (table->kind == HF_TABLE_LARGE_OBJECTS)
            g_string_append_printf(names, "%sthe large objects", comma);
        else
            g_string_append_printf(names, "%s%s.%s", comma, table->schema, table->name);
    }
    if (count > named)
        g_string_append_printf(names, " and %u more", count - named);
    return g_string_free(names, FALSE);
}

static void set_damage(const HfManifest *manifest, const GPtrArray *damages, GError **error)
{
    const char *first = ((const Damage *)damages->pdata[0])->what;
    bool rows_alone = true;
    g_autoptr(GHashTable) damaged = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < damages->len; i++) {
        const HfManifestTable *table = table_of(manifest, ((const Damage *)damages->pdata[i])->member);
        rows_alone = rows_alone && table != NULL;
        if (table != NULL)
            g_hash_table_add(damaged, (gpointer)table);
    }
    if (g_hash_table_size(damaged) == 0) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_CORRUPT, first);
        return;
    }
    g_autofree char *names = join_names(manifest, damaged);
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "rows of %s are damaged (%s%s)%s", names,
                damages->len > 1 ? "first of all " : "", first,
                rows_alone ? "; all else is whole: holdfast extract --sql --table takes other tables out of it" : "");
}

/* Takes the reason of a damaged frame. */
static bool tell(const HfManifest *manifest, GAsyncQueue *queue, GError *frame, GError **error)
{
    g_autoptr(GPtrArray) damages = g_ptr_array_new_with_free_func(damage_free);
    for (gpointer damage; (damage = g_async_queue_try_pop(queue)) != NULL;)
        g_ptr_array_add(damages, damage);
    g_ptr_array_sort(damages, by_place);
    if (damages->len > 0) {
        set_damage(manifest, damages, error);
        g_clear_error(&frame);
        return false;
    }
    if (frame != NULL)
        g_propagate_error(error, frame);
    return frame == NULL;
}

bool hf_archive_check_whole(HfArchiveReader *archive, unsigned jobs, HfProgress *progress, GCancellable *cancellable,
                            GError **error)
{
    g_autoptr(GAsyncQueue) queue = g_async_queue_new_full(damage_free);
    g_autoptr(GError) frame = NULL;
    Check check = {archive, progress, queue};
    if (progress != NULL)
        hf_progress_set_phase(progress, "checking the archive");
    if (!hf_archive_reader_check_frame(archive, &frame) && !g_error_matches(frame, HF_ERROR, HF_ERROR_CORRUPT)) {
        g_propagate_error(error, g_steal_pointer(&frame));
        return false;
    }
    return check_members(&check, jobs, cancellable, error) &&
           tell(hf_archive_reader_manifest(archive), queue, g_steal_pointer(&frame), error);
}
