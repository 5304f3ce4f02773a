/*
 * Which backups of a schedule may go. Pure: no clock, no catalog.
 */
#ifndef WORKER_RETENTION_H
#define WORKER_RETENTION_H

#include "catalog/backup_table.h"

/*
 * `backups` (HfBackupRow) are the good ones of a schedule and a database, newest first. Beyond the first `keep_count`
 * (0: no bound), or older than `keep_days` (0: no bound) at `now_us`, they may go; but never the newest, nor a pinned
 * one, which is not counted either. Borrowed elements, newest first; transfer container.
 */
GPtrArray *hf_retention_choose(const GPtrArray *backups, int64_t keep_count, int64_t keep_days, int64_t now_us);

/* What goes at once: the oldest of them. Each is asked for in the transaction that ends the job, for which the audit
 * log and whoever writes there wait. The rest goes after the next backups. */
#define HF_RETENTION_AT_ONCE 100
void hf_retention_limit(GPtrArray *chosen);

/*
 * Why nothing may go: one of them has under half the size or rows of the one before, and the newest still has, as
 * measured against that one. Not the last two alone: whoever comes late finds several that are small already. What came
 * up to `confirmed_us` (-1: never) somebody has looked at. Transfer full; NULL: it does not look so.
 */
char *hf_retention_doubt(const GPtrArray *backups, int64_t confirmed_us);

#endif
