/*
 * The table below is the one place that lists builtin types: a row with a decoder is safe in binary, one without is not
 * and says why. A row also stands for its array type. Everything else is judged by rule from what the catalog says.
 *
 * A type is judged by following it down to the builtin types that it is made of. The way down is bounded, so a catalog
 * that lies (a domain over itself, in a damaged archive) ends as unsafe, and what is safe is finite for the decoders.
 */
#include "pg/type.h"
#include "pg/value.h"

enum { DEEPEST_NESTING = 32 };

typedef struct {
    uint32_t oid;
    uint32_t array_oid;
    const char *name;
    char kind;
    uint32_t subtype_oid;
    HfValueDecoder decode;
    const char *unsafe_reason;
} Builtin;

/* The server that receives an empty tsquery looks at an item that is not there: it depends on chance what it says. */
static const char empty_may_be_refused[] = "the server may refuse an empty value in binary";
static const char names_an_object[] = "its values name database objects by OID";

static const Builtin builtins[] = {
    {16, 1000, "boolean", 'b', 0, hf_value_bool},
    {17, 1001, "bytea", 'b', 0, hf_value_bytea},
    {18, 1002, "\"char\"", 'b', 0, hf_value_char},
    {19, 1003, "name", 'b', 0, hf_value_string},
    {20, 1016, "bigint", 'b', 0, hf_value_int8},
    {21, 1005, "smallint", 'b', 0, hf_value_int2},
    {23, 1007, "integer", 'b', 0, hf_value_int4},
    {25, 1009, "text", 'b', 0, hf_value_string},
    {26, 1028, "oid", 'b', 0, hf_value_unsigned4},
    {27, 1010, "tid", 'b', 0, hf_value_tid},
    {28, 1011, "xid", 'b', 0, hf_value_unsigned4},
    {29, 1012, "cid", 'b', 0, hf_value_unsigned4},
    {114, 199, "json", 'b', 0, hf_value_string},
    {600, 1017, "point", 'b', 0, hf_value_point},
    {601, 1018, "lseg", 'b', 0, hf_value_lseg},
    {602, 1019, "path", 'b', 0, hf_value_path},
    {603, 1020, "box", 'b', 0, hf_value_box},
    {604, 1027, "polygon", 'b', 0, hf_value_polygon},
    {628, 629, "line", 'b', 0, hf_value_line},
    {650, 651, "cidr", 'b', 0, hf_value_cidr},
    {700, 1021, "real", 'b', 0, hf_value_float4},
    {701, 1022, "double precision", 'b', 0, hf_value_float8},
    {718, 719, "circle", 'b', 0, hf_value_circle},
    {774, 775, "macaddr8", 'b', 0, hf_value_macaddr8},
    {790, 791, "money", 'b', 0, hf_value_money},
    {829, 1040, "macaddr", 'b', 0, hf_value_macaddr},
    {869, 1041, "inet", 'b', 0, hf_value_inet},
    {1042, 1014, "character", 'b', 0, hf_value_string},
    {1043, 1015, "character varying", 'b', 0, hf_value_string},
    {1082, 1182, "date", 'b', 0, hf_value_date},
    {1083, 1183, "time without time zone", 'b', 0, hf_value_time},
    {1114, 1115, "timestamp without time zone", 'b', 0, hf_value_timestamp},
    {1184, 1185, "timestamp with time zone", 'b', 0, hf_value_timestamptz},
    {1186, 1187, "interval", 'b', 0, hf_value_interval},
    {1266, 1270, "time with time zone", 'b', 0, hf_value_timetz},
    {1560, 1561, "bit", 'b', 0, hf_value_bit},
    {1562, 1563, "bit varying", 'b', 0, hf_value_bit},
    {1700, 1231, "numeric", 'b', 0, hf_value_numeric},
    {1790, 2201, "refcursor", 'b', 0, hf_value_string},
    {2950, 2951, "uuid", 'b', 0, hf_value_uuid},
    {2970, 2949, "txid_snapshot", 'b', 0, hf_value_snapshot},
    {3220, 3221, "pg_lsn", 'b', 0, hf_value_lsn},
    {3614, 3643, "tsvector", 'b', 0, hf_value_tsvector},
    {3802, 3807, "jsonb", 'b', 0, hf_value_json_versioned},
    {4072, 4073, "jsonpath", 'b', 0, hf_value_json_versioned},
    {5038, 5039, "pg_snapshot", 'b', 0, hf_value_snapshot},
    {5069, 271, "xid8", 'b', 0, hf_value_unsigned8},

    {3904, 3905, "int4range", 'r', 23},
    {3906, 3907, "numrange", 'r', 1700},
    {3908, 3909, "tsrange", 'r', 1114},
    {3910, 3911, "tstzrange", 'r', 1184},
    {3912, 3913, "daterange", 'r', 1082},
    {3926, 3927, "int8range", 'r', 20},
    {4451, 6150, "int4multirange", 'm', 3904},
    {4532, 6151, "nummultirange", 'm', 3906},
    {4533, 6152, "tsmultirange", 'm', 3908},
    {4534, 6153, "tstzmultirange", 'm', 3910},
    {4535, 6155, "datemultirange", 'm', 3912},
    {4536, 6157, "int8multirange", 'm', 3926},

    {22, 1006, "int2vector", 'b', 0, NULL, "it belongs to the system catalogs"},
    {30, 1013, "oidvector", 'b', 0, NULL, names_an_object},
    {142, 143, "xml", 'b', 0, NULL, "its binary form carries an encoding declaration"},
    {3615, 3645, "tsquery", 'b', 0, NULL, empty_may_be_refused},
    {1033, 1034, "aclitem", 'b', 0, NULL, names_an_object},
    {24, 1008, "regproc", 'b', 0, NULL, names_an_object},
    {2202, 2207, "regprocedure", 'b', 0, NULL, names_an_object},
    {2203, 2208, "regoper", 'b', 0, NULL, names_an_object},
    {2204, 2209, "regoperator", 'b', 0, NULL, names_an_object},
    {2205, 2210, "regclass", 'b', 0, NULL, names_an_object},
    {2206, 2211, "regtype", 'b', 0, NULL, names_an_object},
    {3734, 3735, "regconfig", 'b', 0, NULL, names_an_object},
    {3769, 3770, "regdictionary", 'b', 0, NULL, names_an_object},
    {4089, 4090, "regnamespace", 'b', 0, NULL, names_an_object},
    {4096, 4097, "regrole", 'b', 0, NULL, names_an_object},
    {4191, 4192, "regcollation", 'b', 0, NULL, names_an_object},
    {2249, 2287, "record", 'p', 0, NULL, "pseudo-type"},
    {2275, 1263, "cstring", 'p', 0, NULL, "pseudo-type"},
};

typedef struct {
    HfType type;
    bool builtin;
    HfValueDecoder decode;
    const char *unsafe_reason; /* of a builtin type */
} Entry;

struct HfTypeTable {
    GHashTable *entries; /* OID -> Entry, owned */
};

static void entry_free(gpointer entry)
{
    g_free(((Entry *)entry)->type.name);
    g_free(entry);
}

static const Entry *find(const HfTypeTable *self, uint32_t oid)
{
    return g_hash_table_lookup(self->entries, GUINT_TO_POINTER(oid));
}

/* Takes the name. */
static void put(HfTypeTable *self, Entry entry)
{
    g_hash_table_replace(self->entries, GUINT_TO_POINTER(entry.type.oid), g_memdup2(&entry, sizeof entry));
}

static void put_builtin(HfTypeTable *self, const Builtin *builtin)
{
    put(self, (Entry){
                  .type = {.oid = builtin->oid,
                           .name = g_strdup(builtin->name),
                           .kind = builtin->kind,
                           .subtype_oid = builtin->subtype_oid,
                           .has_binary = true},
                  .builtin = true,
                  .decode = builtin->decode,
                  .unsafe_reason = builtin->unsafe_reason,
              });
    put(self, (Entry){
                  .type = {.oid = builtin->array_oid,
                           .name = g_strconcat(builtin->name, "[]", NULL),
                           .kind = 'b',
                           .element_oid = builtin->oid,
                           .has_binary = true},
                  .builtin = true,
              });
}

HfTypeTable *hf_type_table_new(void)
{
    HfTypeTable *self = g_new0(HfTypeTable, 1);
    self->entries = g_hash_table_new_full(NULL, NULL, NULL, entry_free);
    for (size_t i = 0; i < G_N_ELEMENTS(builtins); i++)
        put_builtin(self, &builtins[i]);
    return self;
}

void hf_type_table_free(HfTypeTable *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->entries);
    g_free(self);
}

void hf_type_table_add(HfTypeTable *self, const HfType *type)
{
    const Entry *known = find(self, type->oid);
    if (known != NULL && known->builtin)
        return;
    Entry entry = {.type = *type};
    entry.type.name = g_strdup(type->name);
    put(self, entry);
}

const HfType *hf_type_table_get(const HfTypeTable *self, uint32_t oid)
{
    const Entry *entry = find(self, oid);
    return entry == NULL ? NULL : &entry->type;
}

HfValueDecoder hf_type_decoder(const HfTypeTable *types, uint32_t oid)
{
    const Entry *entry = find(types, oid);
    return entry == NULL ? NULL : entry->decode;
}

bool hf_type_is_array(const HfTypeTable *self, uint32_t oid)
{
    const Entry *entry = find(self, oid);
    for (unsigned depth = 0; entry != NULL && entry->type.kind == 'd' && depth < DEEPEST_NESTING; depth++)
        entry = find(self, entry->type.base_oid);
    return entry != NULL && entry->type.element_oid != 0;
}

static const char *unsafe_reason(const HfTypeTable *self, uint32_t oid, unsigned depth);

/* Of a range or a multirange: `subtype_kind` is what its subtype has to be, 0 for any. */
static const char *unsafe_subtype_reason(const HfTypeTable *self, uint32_t oid, char subtype_kind, unsigned depth)
{
    const Entry *subtype = find(self, oid);
    if (subtype != NULL && subtype_kind != 0 && subtype->type.kind != subtype_kind)
        return "multirange of something that is no range";
    if (hf_type_is_array(self, oid))
        return "range over an array";
    return unsafe_reason(self, oid, depth);
}

static const char *unsafe_reason(const HfTypeTable *self, uint32_t oid, unsigned depth)
{
    const Entry *entry = find(self, oid);
    if (entry == NULL)
        return "type that the catalog does not describe";
    if (depth == DEEPEST_NESTING)
        return "type that is nested too deeply";
    if (entry->decode != NULL || entry->unsafe_reason != NULL)
        return entry->unsafe_reason;
    const HfType *type = &entry->type;
    if (!entry->builtin && type->element_oid != 0)
        return "array of a user-defined type";
    if (!type->has_binary)
        return "type without send and receive functions";
    switch (type->kind) {
    case 'd':
        return unsafe_reason(self, type->base_oid, depth + 1);
    case 'e':
        return NULL;
    case 'r':
        return unsafe_subtype_reason(self, type->subtype_oid, 0, depth + 1);
    case 'm':
        return unsafe_subtype_reason(self, type->subtype_oid, 'r', depth + 1);
    case 'c':
        return "composite type";
    case 'p':
        return "pseudo-type";
    default:
        return entry->builtin ? unsafe_reason(self, type->element_oid, depth + 1)
                              : "base type that is not builtin to PostgreSQL";
    }
}

const char *hf_type_binary_unsafe_reason(const HfTypeTable *self, uint32_t oid)
{
    return unsafe_reason(self, oid, 0);
}
