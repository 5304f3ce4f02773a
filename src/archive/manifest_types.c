#include "archive/manifest.h"

typedef struct {
    HfManifest *manifest;
    const HfTypeTable *types;
    HfTypeTable *known; /* the builtin types, and those added so far */
} TypeWalk;

/* Adds a type with all that it is made of. What `types` lacks is left out: no binary column can have it. */
static void add_type(TypeWalk *self, uint32_t oid)
{
    const HfType *type = hf_type_table_get(self->types, oid);
    if (type == NULL || hf_type_table_get(self->known, oid) != NULL)
        return;
    hf_type_table_add(self->known, type);
    hf_manifest_add_type(self->manifest, type);
    add_type(self, type->base_oid);
    add_type(self, type->element_oid);
    add_type(self, type->subtype_oid);
}

void hf_manifest_add_types(HfManifest *self, const HfTypeTable *types)
{
    g_autoptr(HfTypeTable) known = hf_manifest_type_table(self);
    TypeWalk walk = {self, types, known};
    for (guint t = 0; t < self->tables->len; t++) {
        const HfManifestTable *table = self->tables->pdata[t];
        for (guint c = 0; table->format == HF_FORMAT_BINARY && c < table->columns->len; c++)
            add_type(&walk, ((const HfColumn *)table->columns->pdata[c])->type_oid);
    }
}

HfTypeTable *hf_manifest_type_table(const HfManifest *self)
{
    HfTypeTable *types = hf_type_table_new();
    for (guint i = 0; i < self->types->len; i++)
        hf_type_table_add(types, self->types->pdata[i]);
    return types;
}
