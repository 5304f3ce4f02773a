/*
 * What a migration into SQL Server makes after the rows, in several lanes.
 */
#ifndef HF_SERVICE_MSSQL_STEPS_H
#define HF_SERVICE_MSSQL_STEPS_H

#include "service/mssql_state.h"

/* `steps` are the plan's (HfMssqlStep); what an earlier call has made is not made again. *done (may be read by nobody
 * meanwhile) counts those that are made, whatever comes back. */
bool hf_mssql_steps_run(const HfMssqlState *state, const HfTdsTarget *target, const GPtrArray *steps, unsigned jobs,
                        guint *done, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
