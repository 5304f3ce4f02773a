/*
 * The patterns of a request (schemas, exclude_schemas, tables, exclude_tables), owned.
 */
#ifndef WORKER_PATTERN_TEXTS_H
#define WORKER_PATTERN_TEXTS_H

#include "base/json.h"
#include "pg/pattern.h"

typedef struct {
    char **schemas, **exclude_schemas, **tables, **exclude_tables;
} HfPatternTexts;

void hf_pattern_texts_read(HfPatternTexts *self, const HfJson *request);
void hf_pattern_texts_clear(HfPatternTexts *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HfPatternTexts, hf_pattern_texts_clear)
/* Borrowed from it. */
HfPatternLists hf_pattern_texts_lists(const HfPatternTexts *self);

#endif
