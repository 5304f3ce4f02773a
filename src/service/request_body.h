/*
 * The members that a request may have, as a table: checked once, when the job is made. Whoever runs the job reads them
 * again with the getters below, which trust the check.
 */
#ifndef HF_SERVICE_REQUEST_BODY_H
#define HF_SERVICE_REQUEST_BODY_H

#include "base/json.h"

typedef enum {
    HF_BODY_ID,
    HF_BODY_IDS,    /* an array of them */
    HF_BODY_TEXT,   /* at most `max` bytes (0: 200), no control characters */
    HF_BODY_TEXTS,  /* an array of such texts */
    HF_BODY_NUMBER, /* from `min` to `max` */
    HF_BODY_BOOLEAN,
    HF_BODY_CHOICE, /* one of `choices`, separated by spaces */
    HF_BODY_PAIRS,  /* an object of texts */
    HF_BODY_OBJECT, /* any object */
    HF_BODY_SECRET, /* a text that is not copied */
} HfBodyType;

#define HF_BODY_MAX_ITEMS 200

typedef struct {
    const char *name;
    HfBodyType type;
    bool required;
    uint64_t min, max;
    const char *choices;
} HfBodyRule;

/* `body` HF_JSON_NONE is an empty object; null is as absent. HF_ERROR_USAGE names the member. */
bool hf_body_check(const HfJson *json, HfJsonNode body, const HfBodyRule *rules, size_t count, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Writes those members of `body` that are in the rules, not null and no secrets. */
void hf_body_copy(const HfJson *json, HfJsonNode body, const HfBodyRule *rules, size_t count, HfJsonWriter *writer);
/* The same as a JSON object of their own, transfer full. */
char *hf_body_write(const HfJson *json, HfJsonNode body, const HfBodyRule *rules, size_t count);

/* ---- Reading what was checked --------------------------------------------------------------------------------------
 */

/* Borrowed; NULL: absent. */
const char *hf_body_text(const HfJson *json, HfJsonNode body, const char *name);
uint64_t hf_body_number(const HfJson *json, HfJsonNode body, const char *name, uint64_t otherwise);
bool hf_body_boolean(const HfJson *json, HfJsonNode body, const char *name);
/* NULL-terminated, transfer full; NULL: absent. */
char **hf_body_texts(const HfJson *json, HfJsonNode body, const char *name);

#endif
