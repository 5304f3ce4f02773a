#include "archive/manifest_check.h"

#include "base/error.h"

#include <string.h>

#define TAR_BLOCK 512

G_GNUC_PRINTF(2, 3)
static bool refuse(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT, "manifest.json: %s", what);
    return false;
}

/* ---- Members -------------------------------------------------------------------------------------------------------
 */

static bool check_name(const char *name, GHashTable *seen, GError **error)
{
    uint32_t oid;
    if (!hf_member_name_is_valid(name) || strcmp(name, HF_MEMBER_MANIFEST) == 0)
        return refuse(error, "\"%.200s\" cannot be a member's name", name);
    bool names_part = g_str_has_prefix(name, "data/") || g_str_has_suffix(name, ".copy.zst");
    if (names_part && !hf_part_name_parse(name, &oid))
        return refuse(error, "\"%s\" is not in the form of a data member's name", name);
    if (!g_hash_table_add(seen, (gpointer)name))
        return refuse(error, "two members of the name \"%s\"", name);
    return true;
}

/* `*free_from` is where the member before ended; moves it on. Sizes are compared so that none can overflow. */
static bool check_place(const HfMember *member, uint64_t *free_from, uint64_t end, GError **error)
{
    uint64_t offset = member->offset, size = member->size_bytes;
    if (offset % TAR_BLOCK != 0 || offset > end || offset < *free_from + TAR_BLOCK || size > end - offset)
        return refuse(error,
                      "member %s cannot lie at offset %" G_GUINT64_FORMAT " with %" G_GUINT64_FORMAT
                      " bytes: members lie in order up to offset %" G_GUINT64_FORMAT,
                      member->name, offset, size, end);
    *free_from = offset + (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
    return true;
}

static bool check_members(const HfManifest *self, uint64_t end, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    uint64_t free_from = 0;
    for (guint i = 0; i < self->members->len; i++) {
        const HfMember *member = self->members->pdata[i];
        if (!check_name(member->name, seen, error) || !check_place(member, &free_from, end, error))
            return false;
    }
    const HfMember *first = self->members->len > 0 ? self->members->pdata[0] : NULL;
    if (first == NULL || strcmp(first->name, HF_MEMBER_HEAD) != 0 || first->offset != TAR_BLOCK)
        return refuse(error, "the first member is not " HF_MEMBER_HEAD);
    if (free_from != end)
        return refuse(error, "there is a gap between the last member and the manifest");
    return true;
}

/* ---- Tables --------------------------------------------------------------------------------------------------------
 */

typedef struct {
    const HfManifest *manifest;
    gboolean *referenced; /* for each member, whether a part is it */
    GHashTable *oids;     /* of the tables so far */
    GError **error;
} TableCheck;

static bool check_part(TableCheck *self, const HfManifestTable *table, const HfPart *part)
{
    if (part->member >= self->manifest->members->len)
        return refuse(self->error, "there is no member %zu", part->member);
    const HfMember *member = self->manifest->members->pdata[part->member];
    uint32_t oid = 0;
    if (!hf_part_name_parse(member->name, &oid) || oid != table->oid)
        return refuse(self->error, "member %s holds no rows of the table with the oid %u", member->name, table->oid);
    if (self->referenced[part->member])
        return refuse(self->error, "member %s is a part twice", member->name);
    self->referenced[part->member] = TRUE;
    return true;
}

static bool check_sums(TableCheck *self, const HfManifestTable *table)
{
    uint64_t rows = 0, raw_bytes = 0;
    for (guint i = 0; i < table->parts->len; i++) {
        const HfPart *part = &g_array_index(table->parts, HfPart, i);
        if (!check_part(self, table, part))
            return false;
        if (!g_uint64_checked_add(&rows, rows, part->rows) ||
            !g_uint64_checked_add(&raw_bytes, raw_bytes, part->raw_bytes))
            return refuse(self->error, "the table's parts are larger than can be");
    }
    if (rows != table->proof.rows || raw_bytes != table->raw_bytes)
        return refuse(self->error, "the table's rows and bytes are not the sum over its parts");
    return true;
}

/* As many as PostgreSQL lets a table have. */
#define MAX_COLUMNS 1600

static bool check_identity(TableCheck *self, const HfManifestTable *table)
{
    if ((table->kind == HF_TABLE_LARGE_OBJECTS) != (table->oid == 0))
        return refuse(self->error, "an oid of 0 is for large objects, and for them alone");
    if (*table->schema == '\0' || *table->name == '\0')
        return refuse(self->error, "a table without a name");
    if (table->columns->len > MAX_COLUMNS)
        return refuse(self->error, "a table of %u columns, more than %d", table->columns->len, MAX_COLUMNS);
    if (!g_hash_table_add(self->oids, GUINT_TO_POINTER(table->oid)))
        return refuse(self->error, "two tables with the oid %u", table->oid);
    if (table->no_data_reason != NULL && table->parts->len > 0)
        return refuse(self->error, "a table both with parts and with a reason for having none");
    return true;
}

static bool check_tables(TableCheck *self)
{
    for (guint i = 0; i < self->manifest->tables->len; i++) {
        const HfManifestTable *table = self->manifest->tables->pdata[i];
        if (!check_identity(self, table) || !check_sums(self, table)) {
            g_prefix_error(self->error, "tables[%u]: ", i);
            return false;
        }
    }
    return true;
}

static bool check_no_part_is_left(TableCheck *self)
{
    for (guint i = 0; i < self->manifest->members->len; i++) {
        const HfMember *member = self->manifest->members->pdata[i];
        uint32_t oid;
        if (!self->referenced[i] && hf_part_name_parse(member->name, &oid))
            return refuse(self->error, "no table has the member %s as a part", member->name);
    }
    return true;
}

bool hf_manifest_check(const HfManifest *self, uint64_t end, GError **error)
{
    if (!check_members(self, end, error))
        return false;
    g_autofree gboolean *referenced = g_new0(gboolean, self->members->len);
    g_autoptr(GHashTable) oids = g_hash_table_new(NULL, NULL);
    TableCheck tables = {self, referenced, oids, error};
    return check_tables(&tables) && check_no_part_is_left(&tables);
}
