#include "engine/ends/mssql_type.h"

#include <string.h>

/* The longest nvarchar that is not max, in UTF-16 units, and what a key can hold. */
#define MAX_UNITS 4000
#define MAX_BYTES 8000
#define MAX_DIGITS 38

typedef struct {
    const char *type; /* NULL: by the column's own size */
    const char *note;
} Row;

/* The families of types between which values may go; every value may go into text. */
static const Row rows[HF_NEUTRAL_KINDS] = {
    [HF_NEUTRAL_BOOLEAN] = {"bit", NULL},
    [HF_NEUTRAL_INT16] = {"smallint", NULL},
    [HF_NEUTRAL_INT32] = {"int", NULL},
    [HF_NEUTRAL_INT64] = {"bigint", NULL},
    [HF_NEUTRAL_DECIMAL] = {NULL, NULL},
    [HF_NEUTRAL_FLOAT32] = {"real", NULL},
    [HF_NEUTRAL_FLOAT64] = {"float(53)", NULL},
    [HF_NEUTRAL_MONEY] = {"decimal(19, 2)", "money is wider here than there"},
    [HF_NEUTRAL_CHAR] = {NULL, NULL},
    [HF_NEUTRAL_TEXT] = {NULL, NULL},
    [HF_NEUTRAL_TEXT_WITHOUT_CASE] = {NULL, "case is ignored by SQL Server's rules"},
    [HF_NEUTRAL_BYTES] = {NULL, NULL},
    [HF_NEUTRAL_UUID] = {"uniqueidentifier", NULL},
    [HF_NEUTRAL_DATE] = {"date", NULL},
    [HF_NEUTRAL_TIME] = {"time(6)", NULL},
    [HF_NEUTRAL_TIME_WITH_ZONE] = {"nvarchar(24)", "as text"},
    [HF_NEUTRAL_TIMESTAMP] = {"datetime2(6)", NULL},
    [HF_NEUTRAL_INSTANT] = {"datetimeoffset(6)", NULL},
    [HF_NEUTRAL_INTERVAL] = {"nvarchar(100)", "as text in ISO 8601"},
    [HF_NEUTRAL_JSON] = {"nvarchar(max)", "as text with a check"},
    [HF_NEUTRAL_XML] = {"nvarchar(max)", "as text, which xml would change"},
    [HF_NEUTRAL_ENUM] = {NULL, "as text with a check"},
    [HF_NEUTRAL_ARRAY] = {"nvarchar(max)", "as JSON with a check"},
    [HF_NEUTRAL_COMPOSITE] = {"nvarchar(max)", "as JSON with a check"},
    [HF_NEUTRAL_RANGE] = {"nvarchar(max)", "as text"},
    [HF_NEUTRAL_NETWORK] = {"nvarchar(49)", "as text"},
    [HF_NEUTRAL_MAC] = {"nvarchar(23)", "as text"},
    [HF_NEUTRAL_BITS] = {NULL, "as text of 0 and 1"},
    [HF_NEUTRAL_SEARCH_VECTOR] = {"nvarchar(max)", "as text"},
    [HF_NEUTRAL_MAP] = {"nvarchar(max)", "as JSON with a check"},
    [HF_NEUTRAL_GEOMETRY] = {"nvarchar(max)", "as text"},
    [HF_NEUTRAL_OTHER] = {"nvarchar(max)", "as text"},
};

static bool is_text(const char *name)
{
    return g_str_has_prefix(name, "nvarchar") || g_str_has_prefix(name, "nchar");
}

/* What a bounded column gets beyond its longest value of today. */
static int64_t roomy(int64_t units)
{
    static const int64_t steps[] = {50, 100, 200, 450, 850, MAX_UNITS};
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        if (units <= steps[i])
            return steps[i];
    return units;
}

static char *sized_text(const char *type, int64_t units)
{
    return units > MAX_UNITS ? g_strdup("nvarchar(max)") : g_strdup_printf("%s(%" G_GINT64_FORMAT ")", type, units);
}

#define BOUNDED_NOTE "longer values are refused, as it is in a key or an index"
#define BOUNDED_TEXT_NOTE "as text; " BOUNDED_NOTE

/* A declared length is one of characters, and some of them take two units. */
static char *text_type(const HfNeutralColumn *column, int64_t key_units, const char **note)
{
    int64_t length = column->type.length;
    int64_t units = column->measure.known ? column->measure.units : 0;
    if (length > 0 && MAX(length, units) <= MAX_UNITS)
        return sized_text(column->type.kind == HF_NEUTRAL_CHAR ? "nchar" : "nvarchar", MAX(length, units));
    if (key_units == 0)
        return g_strdup("nvarchar(max)");
    *note = *note == NULL ? BOUNDED_NOTE : *note;
    return sized_text("nvarchar", roomy(key_units));
}

static char *enum_type(const HfNeutralType *type)
{
    int64_t longest = 1;
    for (guint i = 0; i < type->labels->len; i++) {
        glong units = 0;
        g_free(g_utf8_to_utf16(type->labels->pdata[i], -1, NULL, &units, NULL));
        longest = MAX(longest, units);
    }
    return sized_text("nvarchar", longest);
}

static char *decimal_type(const HfNeutralColumn *column, const char **note)
{
    const HfNeutralType *type = &column->type;
    if (type->sized && type->precision <= MAX_DIGITS && type->scale >= 0 && type->scale <= type->precision)
        return g_strdup_printf("decimal(%d, %d)", (int)type->precision, (int)type->scale);
    *note = "38 digits at most, as many of them after the point as the rows need";
    if (!column->measure.known)
        return g_strdup("decimal(38, 10)");
    int64_t before = MAX(column->measure.digits, 1), after = MAX(column->measure.scale, 0);
    if (type->sized)
        after = MAX(after, type->scale);
    if (before + after > MAX_DIGITS)
        after = MAX(MAX_DIGITS - before, 0);
    else if (after < 10 && before <= MAX_DIGITS - 10)
        after = 10;
    return g_strdup_printf("decimal(38, %d)", (int)MIN(after, MAX_DIGITS));
}

static char *own_type(const HfNeutralColumn *column, int64_t key_units, const char **note)
{
    switch (column->type.kind) {
    case HF_NEUTRAL_DECIMAL:
        return decimal_type(column, note);
    case HF_NEUTRAL_ENUM:
        return enum_type(&column->type);
    case HF_NEUTRAL_BYTES:
        *note = key_units > 0 && key_units <= MAX_BYTES ? BOUNDED_NOTE : *note;
        return key_units > 0 && key_units <= MAX_BYTES
                   ? g_strdup_printf("varbinary(%" G_GINT64_FORMAT ")", roomy(key_units))
                   : g_strdup("varbinary(max)");
    case HF_NEUTRAL_BITS:
        if (column->type.length > 0)
            return sized_text("nvarchar", column->type.length);
        return text_type(column, key_units, note);
    default:
        return text_type(column, key_units, note);
    }
}

HfMssqlType hf_mssql_type_of(const HfNeutralColumn *column, int64_t key_units, bool as_text)
{
    const Row *row = &rows[column->type.kind];
    HfMssqlType type = {.note = row->note};
    if (as_text) {
        type.name = key_units > 0 ? sized_text("nvarchar", roomy(MAX(key_units, 100))) : g_strdup("nvarchar(max)");
        type.note = "as text, as you chose";
    } else if (row->type == NULL) {
        type.name = own_type(column, key_units, &type.note);
    } else if (key_units > 0 && strcmp(row->type, "nvarchar(max)") == 0) {
        type.name = sized_text("nvarchar", roomy(key_units));
        type.note = BOUNDED_TEXT_NOTE;
    } else {
        type.name = g_strdup(row->type);
    }
    type.text = is_text(type.name);
    return type;
}

HfMssqlType hf_mssql_type_given(const char *name)
{
    return (HfMssqlType){.name = g_strdup(name), .note = "as you chose", .text = is_text(name)};
}

void hf_mssql_type_clear(HfMssqlType *self)
{
    g_clear_pointer(&self->name, g_free);
}

/* ---- Types by name -------------------------------------------------------------------------------------------------
 */

/* 'n' number, 'd' date or time, 'b' binary, 'u' uuid, 'x' xml, 't' text */
typedef struct {
    const char *name;
    char family;
    int min, max; /* of the number behind it; 0: none */
    bool may_be_max;
    int key_bytes; /* 0: by the number */
} Known;

static const Known knowns[] = {
    {"bit", 'n', 0, 0, false, 1},
    {"tinyint", 'n', 0, 0, false, 1},
    {"smallint", 'n', 0, 0, false, 2},
    {"int", 'n', 0, 0, false, 4},
    {"bigint", 'n', 0, 0, false, 8},
    {"decimal", 'n', 1, 38, false, 17},
    {"numeric", 'n', 1, 38, false, 17},
    {"real", 'n', 0, 0, false, 4},
    {"float", 'n', 1, 53, false, 8},
    {"money", 'n', 0, 0, false, 8},
    {"date", 'd', 0, 0, false, 3},
    {"time", 'd', 0, 7, false, 5},
    {"datetime2", 'd', 0, 7, false, 8},
    {"datetimeoffset", 'd', 0, 7, false, 10},
    {"varbinary", 'b', 1, 8000, true, 0},
    {"binary", 'b', 1, 8000, false, 0},
    {"uniqueidentifier", 'u', 0, 0, false, 16},
    {"xml", 'x', 0, 0, false, -1},
    {"nvarchar", 't', 1, 4000, true, 0},
    {"nchar", 't', 1, 4000, false, 0},
};

/* The row of "nvarchar(50)", and 50; 0 without a number, -1 for max. NULL: it is none. */
static const Known *find_known(const char *name, int64_t *size)
{
    static GRegex *shape;
    if (g_once_init_enter(&shape))
        g_once_init_leave(&shape, g_regex_new("^([a-z0-9]+)(?:\\((max|[0-9]{1,4})(?:, ?([0-9]{1,2}))?\\))?$",
                                              G_REGEX_OPTIMIZE, 0, NULL));
    g_autoptr(GMatchInfo) match = NULL;
    if (!g_regex_match(shape, name, 0, &match))
        return NULL;
    g_autofree char *word = g_match_info_fetch(match, 1);
    g_autofree char *number = g_match_info_fetch(match, 2);
    g_autofree char *scale = g_match_info_fetch(match, 3);
    bool is_max = g_strcmp0(number, "max") == 0, has_number = number != NULL && *number != '\0';
    *size = is_max ? -1 : has_number ? g_ascii_strtoll(number, NULL, 10) : 0;
    for (size_t i = 0; i < G_N_ELEMENTS(knowns); i++) {
        const Known *known = &knowns[i];
        if (strcmp(known->name, word) != 0)
            continue;
        bool fits = is_max       ? known->may_be_max
                    : has_number ? known->max > 0 && *size >= known->min && *size <= known->max
                                 : known->min == 0 || known->family == 'n';
        bool scaled = scale != NULL && *scale != '\0';
        bool scale_fits = !scaled || (known->max == MAX_DIGITS && g_ascii_strtoll(scale, NULL, 10) <= *size);
        return fits && scale_fits ? known : NULL;
    }
    return NULL;
}

HfNeutralKind hf_mssql_type_kind(const char *name, int64_t *size, int64_t *scale)
{
    static const struct {
        const char *name;
        HfNeutralKind kind;
    } kinds[] = {{"bit", HF_NEUTRAL_BOOLEAN},
                 {"tinyint", HF_NEUTRAL_INT16},
                 {"smallint", HF_NEUTRAL_INT16},
                 {"int", HF_NEUTRAL_INT32},
                 {"bigint", HF_NEUTRAL_INT64},
                 {"decimal", HF_NEUTRAL_DECIMAL},
                 {"numeric", HF_NEUTRAL_DECIMAL},
                 {"money", HF_NEUTRAL_MONEY},
                 {"real", HF_NEUTRAL_FLOAT32},
                 {"float", HF_NEUTRAL_FLOAT64},
                 {"date", HF_NEUTRAL_DATE},
                 {"time", HF_NEUTRAL_TIME},
                 {"datetime2", HF_NEUTRAL_TIMESTAMP},
                 {"datetimeoffset", HF_NEUTRAL_INSTANT},
                 {"binary", HF_NEUTRAL_BYTES},
                 {"varbinary", HF_NEUTRAL_BYTES},
                 {"uniqueidentifier", HF_NEUTRAL_UUID},
                 {"xml", HF_NEUTRAL_XML},
                 {"nchar", HF_NEUTRAL_CHAR}};
    const Known *known = find_known(name, size);
    const char *comma = strchr(name, ',');
    *scale = comma != NULL ? g_ascii_strtoll(comma + 1, NULL, 10) : 0;
    for (size_t i = 0; known != NULL && i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].name, known->name) == 0)
            return kinds[i].kind == HF_NEUTRAL_FLOAT64 && *size > 0 && *size <= 24 ? HF_NEUTRAL_FLOAT32 : kinds[i].kind;
    return HF_NEUTRAL_TEXT;
}

bool hf_mssql_type_is_known(const char *name)
{
    int64_t size;
    return find_known(name, &size) != NULL;
}

static char family_of(HfNeutralKind kind)
{
    if (kind <= HF_NEUTRAL_MONEY)
        return 'n';
    if (kind == HF_NEUTRAL_BYTES || kind == HF_NEUTRAL_UUID)
        return kind == HF_NEUTRAL_UUID ? 'u' : 'b';
    if (kind == HF_NEUTRAL_XML)
        return 'x';
    return kind >= HF_NEUTRAL_DATE && kind <= HF_NEUTRAL_INSTANT && kind != HF_NEUTRAL_TIME_WITH_ZONE ? 'd' : 't';
}

bool hf_mssql_type_fits(HfNeutralKind kind, const char *name)
{
    int64_t size;
    const Known *known = find_known(name, &size);
    if (known == NULL)
        return false;
    /* A binary value has no text of which the source would know it again. */
    return known->family == 't' ? kind != HF_NEUTRAL_BYTES : known->family == family_of(kind);
}

int64_t hf_mssql_type_key_bytes(const char *name)
{
    int64_t size;
    const Known *known = find_known(name, &size);
    if (known == NULL || size < 0 || known->key_bytes < 0)
        return -1;
    return known->key_bytes > 0 ? known->key_bytes : known->family == 't' ? 2 * size : size;
}
