/*
 * One child of the API: answers requests from the socket that all children share, one at a time.
 */
#ifndef HF_API_SERVE_H
#define HF_API_SERVE_H

#include "api/deadline.h"
#include "api/places.h"
#include "base/configuration.h"

/* Until SIGTERM, which is blocked but while it waits, so a request that was begun is answered. `deadline` is what the
 * parent looks at. False: it cannot. */
bool hf_serve(const HfConfiguration *configuration, int socket, const HfPlaces *places, HfDeadline *deadline,
              GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
