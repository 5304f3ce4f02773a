#include "worker/pattern_texts.h"

#include "service/request_body.h"

void hf_pattern_texts_read(HfPatternTexts *self, const HfJson *request)
{
    self->schemas = hf_body_texts(request, 0, "schemas");
    self->exclude_schemas = hf_body_texts(request, 0, "exclude_schemas");
    self->tables = hf_body_texts(request, 0, "tables");
    self->exclude_tables = hf_body_texts(request, 0, "exclude_tables");
}

void hf_pattern_texts_clear(HfPatternTexts *self)
{
    g_strfreev(self->schemas);
    g_strfreev(self->exclude_schemas);
    g_strfreev(self->tables);
    g_strfreev(self->exclude_tables);
}

HfPatternLists hf_pattern_texts_lists(const HfPatternTexts *self)
{
    return (HfPatternLists){.schemas = (const char *const *)self->schemas,
                            .exclude_schemas = (const char *const *)self->exclude_schemas,
                            .tables = (const char *const *)self->tables,
                            .exclude_tables = (const char *const *)self->exclude_tables};
}
