/*
 * What one child of the API has: a connection to the catalog, one to Redis, and the installation's secrets. Children
 * share nothing but the listening socket.
 */
#ifndef HF_API_API_H
#define HF_API_API_H

#include "api/places.h"
#include "base/configuration.h"
#include "catalog/catalog.h"
#include "crypto/seal.h"
#include "queue/queue.h"

#include <fcgiapp.h>

typedef struct {
    const HfConfiguration *configuration;
    HfPgTarget *catalog_target;
    HfCatalog *catalog;
    HfQueue *queue;
    HfSealer *sealer;
    HfPlaces places;
    GHashTable *beliefs; /* of guard.c */
} HfApi;

bool hf_api_open(HfApi *self, const HfConfiguration *configuration, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_api_close(HfApi *self);

/* Answers one request: reads it, finds its route, checks who asks, calls the handler, sends. Never fails: what goes
 * wrong is the answer. */
void hf_api_answer(HfApi *self, FCGX_Request *fcgi);

#endif
