/*
 * Reads a PostgreSQL database (13 to 17) into the neutral model.
 */
#ifndef HF_ENGINE_ENDS_POSTGRES_MODEL_H
#define HF_ENGINE_ENDS_POSTGRES_MODEL_H

#include "engine/ends/postgres_catalog.h"
#include "neutral/model.h"

/* What the scope means, with what belongs to it. In the caller's transaction, which should be a snapshot. Needs the
 * rights to see the catalog and to read the sequences. Transfer full. */
HfNeutralModel *hf_postgres_model_read(HfPg *pg, const HfScope *scope, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds what has no place in the model, with its source: functions, triggers … For postgres_model.c. `tables` is an
 * array of OIDs as text: with `selective`, all stays out that belongs neither to them nor to their partitions. */
bool hf_postgres_model_read_leftovers(HfPg *pg, const char *tables, bool selective, HfNeutralModel *model,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
