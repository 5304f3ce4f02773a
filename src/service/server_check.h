/*
 * Whether a server can be worked with, step by step: what was seen at each, and for what does not fit why and what to
 * do about it.
 */
#ifndef HF_SERVICE_SERVER_CHECK_H
#define HF_SERVICE_SERVER_CHECK_H

#include "service/own_server.h"

/* {"ok", "message", "version", "steps": [{"name", "state", "detail", "fix"}]}; all steps in their order: name, port,
 * tls, sign_in, version, own, rights, room; state: ok, warning, failed, or skipped after a failed one. "message" is the
 * detail of the failed one, "". Takes seconds at the most. `target`: its maintenance database. Transfer full. */
char *hf_server_check(const HfServerRow *server, const HfPgTarget *target, const HfOwnServer *own,
                      const HfConfiguration *configuration);

#endif
