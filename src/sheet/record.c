#include "sheet/record.h"

typedef struct {
    size_t start, length;
    bool null;
} Field;

void hf_record_init(HfRecord *self)
{
    *self = (HfRecord){.text = g_string_new(NULL), .fields = g_array_new(FALSE, FALSE, sizeof(Field))};
}

void hf_record_clear(HfRecord *self)
{
    if (self->text == NULL)
        return;
    g_string_free(g_steal_pointer(&self->text), TRUE);
    g_array_unref(self->fields);
    g_free(self->place);
}

void hf_record_reset(HfRecord *self)
{
    g_string_truncate(self->text, 0);
    g_array_set_size(self->fields, 0);
}

void hf_record_add(HfRecord *self, const char *text, size_t length)
{
    Field field = {.start = self->text->len, .length = length};
    g_string_append_len(self->text, text, (gssize)length);
    g_string_append_c(self->text, '\0');
    g_array_append_val(self->fields, field);
}

void hf_record_add_null(HfRecord *self)
{
    Field field = {.null = true};
    g_array_append_val(self->fields, field);
}

guint hf_record_count(const HfRecord *self)
{
    return self->fields->len;
}

const char *hf_record_get(const HfRecord *self, guint field, size_t *length)
{
    const Field *at = &g_array_index(self->fields, Field, field);
    *length = at->length;
    return at->null ? NULL : self->text->str + at->start;
}
