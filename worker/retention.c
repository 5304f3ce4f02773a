#include "worker/retention.h"

#include "base/units.h"

#define DAY_US (24 * 3600 * (int64_t)G_USEC_PER_SEC)

GPtrArray *hf_retention_choose(const GPtrArray *backups, int64_t keep_count, int64_t keep_days, int64_t now_us)
{
    GPtrArray *chosen = g_ptr_array_new();
    int64_t counted = 0;
    for (guint i = 0; i < backups->len; i++) {
        HfBackupRow *backup = backups->pdata[i];
        if (backup->is_pinned)
            continue;
        counted++;
        bool too_many = keep_count > 0 && counted > keep_count;
        bool too_old = keep_days > 0 && backup->created_us < now_us - keep_days * DAY_US;
        if (i > 0 && (too_many || too_old))
            g_ptr_array_add(chosen, backup);
    }
    return chosen;
}

char *hf_retention_doubt(const GPtrArray *backups)
{
    if (backups->len < 2)
        return NULL;
    const HfBackupRow *newest = backups->pdata[0], *before = backups->pdata[1];
    if (newest->rows < before->rows - newest->rows) {
        g_autofree char *now = hf_format_count((uint64_t)newest->rows);
        g_autofree char *then = hf_format_count((uint64_t)before->rows);
        return g_strdup_printf("%s has %s rows, under half of the %s of %s", newest->name, now, then, before->name);
    }
    if (newest->size_bytes < before->size_bytes - newest->size_bytes) {
        g_autofree char *now = hf_format_bytes((uint64_t)newest->size_bytes);
        g_autofree char *then = hf_format_bytes((uint64_t)before->size_bytes);
        return g_strdup_printf("%s has %s, under half of the %s of %s", newest->name, now, then, before->name);
    }
    return NULL;
}
