/*
 * The migration of a plan's source into a registered SQL Server, with its report. What was finished stays in the target
 * whatever dies, and the next attempt goes on from there.
 */
#ifndef WORKER_MIGRATE_INTO_MSSQL_H
#define WORKER_MIGRATE_INTO_MSSQL_H

#include "worker/closed_source.h"
#include "worker/migration_plan.h"

/* Sets run->result, also on failure. `closed` is the source, if the plan halts its services. */
bool hf_migrate_into_mssql(const HfMigrationPlan *plan, HfJobRun *run, HfClosedSource *closed, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
