#include "service/schedule_save.h"

#include "base/error.h"
#include "base/json.h"
#include "service/request_backup.h"
#include "service/schedule_time.h"

#include <string.h>

static bool check_options(const HfScheduleRow *schedule, GError **error)
{
    g_autoptr(HfJson) options = hf_json_parse("options", schedule->options, strlen(schedule->options), 10000, error);
    return options != NULL && hf_request_backup_check_options(options, 0, error);
}

bool hf_schedule_settle(HfCatalog *catalog, const char *organization, const char *id, GError **error)
{
    int64_t next_us = -1;
    g_autoptr(HfScheduleRow) schedule = hf_schedule_get(catalog, organization, id, error);
    return schedule != NULL && hf_request_backup_check_place(schedule->folder, schedule->prefix, error) &&
           check_options(schedule, error) && hf_schedule_time_next(schedule, g_get_real_time(), &next_us, error) &&
           hf_schedule_advance(catalog, schedule, schedule->is_active ? next_us : -1, -1, error);
}
