#include "service/schedule_save.h"

#include "base/error.h"
#include "base/json.h"
#include "catalog/key_table.h"
#include "service/request_backup.h"
#include "service/schedule_time.h"

#include <string.h>

static bool check_options(const HfScheduleRow *schedule, GError **error)
{
    g_autoptr(HfJson) options = hf_json_parse("options", schedule->options, strlen(schedule->options), 10000, error);
    return options != NULL && hf_request_backup_check_options(options, 0, error);
}

/* What no backup can be written for, is no schedule. */
static bool check_keys(HfCatalog *catalog, const char *id, GError **error)
{
    g_autoptr(GPtrArray) keys = hf_key_of_schedule(catalog, id, error);
    return keys != NULL && hf_request_backup_check_passphrase(keys, error);
}

/* Its time has come, and nobody was there to run it: that run is made up for first. */
static bool is_due(const HfScheduleRow *schedule, int64_t now_us)
{
    return schedule->is_active && schedule->next_us > 0 && schedule->next_us <= now_us;
}

bool hf_schedule_settle(HfCatalog *catalog, const char *organization, const char *id, bool names_keys, GError **error)
{
    int64_t now_us = g_get_real_time(), next_us = -1;
    g_autoptr(HfScheduleRow) schedule = hf_schedule_get(catalog, organization, id, error);
    return schedule != NULL && hf_request_backup_check_place(schedule->folder, schedule->prefix, error) &&
           check_options(schedule, error) &&
           ((!schedule->is_active && !names_keys) || check_keys(catalog, id, error)) &&
           hf_schedule_time_next(schedule, now_us, &next_us, error) &&
           (is_due(schedule, now_us) ||
            hf_schedule_advance(catalog, schedule, schedule->is_active ? next_us : -1, -1, error));
}
