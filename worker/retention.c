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

void hf_retention_limit(GPtrArray *chosen)
{
    if (chosen->len > HF_RETENTION_AT_ONCE)
        g_ptr_array_remove_range(chosen, 0, chosen->len - HF_RETENTION_AT_ONCE);
}

/* Why `now` looks as if much of `before` had got lost. */
static char *compare(const HfBackupRow *now, const HfBackupRow *before)
{
    if (now->rows < before->rows - now->rows) {
        g_autofree char *few = hf_format_count((uint64_t)now->rows);
        g_autofree char *many = hf_format_count((uint64_t)before->rows);
        return g_strdup_printf("%s has %s rows, under half of the %s of %s", now->name, few, many, before->name);
    }
    if (now->size_bytes < before->size_bytes - now->size_bytes) {
        g_autofree char *small = hf_format_bytes((uint64_t)now->size_bytes);
        g_autofree char *large = hf_format_bytes((uint64_t)before->size_bytes);
        return g_strdup_printf("%s has %s, under half of the %s of %s", now->name, small, large, before->name);
    }
    return NULL;
}

char *hf_retention_doubt(const GPtrArray *backups, int64_t confirmed_us)
{
    for (guint i = 0; i + 1 < backups->len; i++) {
        const HfBackupRow *now = backups->pdata[i], *before = backups->pdata[i + 1];
        if (now->created_us <= confirmed_us)
            break;
        g_autofree char *step = compare(now, before);
        char *doubt = step != NULL ? compare(backups->pdata[0], before) : NULL;
        if (doubt != NULL)
            return doubt;
    }
    return NULL;
}
