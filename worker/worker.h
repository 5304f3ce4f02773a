/*
 * What every part of a worker works with: the configuration, the installation's secrets, and the ways to the catalog
 * and to Redis. Immutable once open, so threads share it; each opens connections of its own.
 * Only the supervisor's thread replaces the configuration, and looks at it after the start.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include "base/configuration.h"
#include "catalog/catalog.h"
#include "crypto/seal.h"
#include "queue/queue.h"

typedef struct {
    HfConfiguration *configuration;
    HfPgTarget *catalog_target;
    HfSealer *sealer;
    char *redis_password; /* "": none */
    char *name;           /* in jobs and logs */
    char *actor;          /* "worker <name>", in the audit log */
    char *pool;
} HfWorker;

/* `configuration_file` NULL: the usual one. `name` NULL: as configured, else the host's name and this process. */
bool hf_worker_open(HfWorker *self, const char *configuration_file, const char *pool, const char *name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_worker_close(HfWorker *self);

/* New connections, opened when first used. Transfer full. */
HfCatalog *hf_worker_new_catalog(const HfWorker *self);
HfQueue *hf_worker_new_queue(const HfWorker *self);

/* Brings what pollers see of a job up to what the catalog says; a failure is none: they fall back to the catalog, as
 * they do for the log's lines up to number `missing`. */
void hf_worker_refresh_mirror(HfCatalog *catalog, HfQueue *queue, const char *organization, const char *job,
                              int64_t missing);

#endif
