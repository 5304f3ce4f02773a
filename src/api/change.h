/*
 * A change of the catalog, with its audit event in the same transaction:
 *
 *     if (!hf_catalog_begin(api->catalog, error))
 *         return false;
 *     bool done = …;
 *     return hf_change_end(api, request, &change, done, response, error);
 */
#ifndef HF_API_CHANGE_H
#define HF_API_CHANGE_H

#include "api/route.h"

typedef struct {
    const char *action; /* "server.create": what is before the point is the kind of the object */
    const char *id;
    const char *name;         /* NULL: the body's member "name", if there is one; else what it was called */
    const char *detail;       /* NULL: with `before` what is another now */
    const HfNoun *noun;       /* of `before` */
    const HfJson *before;     /* its representation (hf_change_look); NULL: it was not there, or is not told */
    const char *organization; /* NULL: the principal's */
    bool installation;        /* of no organization, whichever the owner looks at */
    const char *account;      /* what a person does about himself: for each organization that he is in */
} HfChange;

/* What it is before a change, in the transaction; `organization` NULL: any. Transfer full. */
HfJson *hf_change_look(HfApi *api, const HfNoun *noun, const char *organization, const char *id, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* With `done` appends the event and commits, else rolls back. A change of another's version is answered with 412. */
bool hf_change_end(HfApi *api, const HfRequest *request, const HfChange *change, bool done, HfResponse *response,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The event alone, inside the transaction that is open. */
bool hf_change_audit(HfApi *api, const HfRequest *request, const HfChange *change, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
