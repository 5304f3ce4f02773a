/*
 * The authorization table: every route there is, who may use it, and what handles it. What is not in it does not exist.
 * "holdfast-api --routes" prints it, and the tests walk it.
 */
#ifndef HF_API_ROUTE_H
#define HF_API_ROUTE_H

#include "api/api.h"
#include "api/response.h"
#include "catalog/noun.h"
#include "service/request.h"

/* Who may use a route; from VIEWER on it is about what belongs to the organization of the session or token alone. */
typedef enum {
    HF_ACCESS_ANYONE,
    HF_ACCESS_LOCAL,     /* a client on this machine, whoever it is */
    HF_ACCESS_SIGNED_IN, /* a session or token of any sort; about itself alone */
    HF_ACCESS_OWNER,     /* of the installation */
    HF_ACCESS_VIEWER,
    HF_ACCESS_AUDITOR, /* auditors and administrators; operators not */
    HF_ACCESS_OPERATOR,
    HF_ACCESS_ADMINISTRATOR,
} HfAccess;

#define HF_TUS_VERSION "1.0.0"

typedef struct HfRoute HfRoute;

/* On false with an error the answer is the problem that the error is; on false without one it has been set already. */
typedef bool (*HfHandler)(HfApi *api, const HfRoute *route, HfRequest *request, HfResponse *response, GError **error);

struct HfRoute {
    const char *method;
    const char *pattern; /* "/api/v1/servers/{id}" */
    HfAccess access;
    HfHandler handle;
    const HfNoun *noun;        /* for the handlers that serve many */
    HfRequestFunction request; /* makes a job; takes an Idempotency-Key */
    bool own_guard;            /* the handler calls the guard itself, to save a round trip */
    bool waits;                /* for others' servers: see places.h */
    bool own_body;             /* the handler reads the body itself: it is no JSON */
    bool is_tus;               /* each answer, also a problem, tells the version of tus */
};

/* The route of a request, whose ids are filled in; NULL: there is none. */
const HfRoute *hf_route_find(HfRequest *request);
/* [{"method", "path", "access", "job", "edit"}], transfer full. */
char *hf_routes_to_json(void);

/* Changes or removes a row that has a version: only who names the version that he has seen (If-Match) may. */
bool hf_route_is_edit(const HfRoute *route);

/* Which organization's rows a route is about: the principal's, or NULL (the installation's) where it is an owner's. */
const char *hf_route_organization(const HfRoute *route, const HfRequest *request);

#endif
