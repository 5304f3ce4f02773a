/* The members of a body as values of columns, checked against the fields of a noun. */
#ifndef HF_CATALOG_NOUN_BODY_H
#define HF_CATALOG_NOUN_BODY_H

#include "catalog/noun.h"

typedef struct {
    const HfField *field;
    char *value; /* the parameter; NULL: SQL NULL */
} HfBodyValue;

/* Elements HfBodyValue. HF_ERROR_USAGE names the field. Transfer full. */
GPtrArray *hf_noun_read_body(const HfNoun *noun, const struct HfSealer *sealer, bool creating, const HfJson *json,
                             HfJsonNode body, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
