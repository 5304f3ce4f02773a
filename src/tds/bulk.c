#include "base/error.h"
#include "tds/connection_private.h"

#include <string.h>

/*
 * db-lib reads a row's values where bcp_bind or bcp_colptr say. What has no bytes that it could read as they are
 * (times, UUIDs) is put into a cell of ours first. bcp_collen of 0 is NULL; an empty text is one whose end is looked
 * for and found at once.
 */

typedef union {
    DBDATETIMEALL moment;
    uint8_t uuid[16];
} Cell;

typedef struct {
    int ordinal;
    HfTdsKind kind;
    Cell cell;
} Slot;

/* What the values of a kind are for db-lib. Text is UTF-16 already, and would be taken for UTF-8 as SYBNVARCHAR. */
static const int types[] = {[HF_TDS_BIT] = SYBBIT,           [HF_TDS_INT16] = SYBINT2,
                            [HF_TDS_INT32] = SYBINT4,        [HF_TDS_INT64] = SYBINT8,
                            [HF_TDS_FLOAT32] = SYBREAL,      [HF_TDS_FLOAT64] = SYBFLT8,
                            [HF_TDS_DECIMAL] = SYBVARCHAR,   [HF_TDS_TEXT] = SYBVARCHAR,
                            [HF_TDS_BYTES] = SYBVARBINARY,   [HF_TDS_UUID] = UNIQUEIDENTIFIER,
                            [HF_TDS_MOMENT] = SYBMSDATETIME2};

static const BYTE nothing[1] = {0};

static bool fail_load(HfTds *self, GError **error)
{
    g_autofree char *what = g_strdup_printf("loading %s", self->table);
    return hf_tds_fail(self, what, error);
}

static bool bind_columns(HfTds *self, const HfTdsBulkColumn *columns, size_t count)
{
    Slot *slots = g_new0(Slot, count);
    self->values = (uint8_t *)slots;
    for (size_t i = 0; i < count; i++) {
        slots[i] = (Slot){.ordinal = (int)columns[i].ordinal, .kind = columns[i].kind};
        BYTE *at = (BYTE *)&slots[i].cell;
        bool fixed = columns[i].kind <= HF_TDS_FLOAT64 || columns[i].kind == HF_TDS_UUID;
        if (bcp_bind(self->process, at, 0, fixed ? -1 : (DBINT)sizeof(Cell), NULL, 0, types[columns[i].kind],
                     slots[i].ordinal) == FAIL)
            return false;
    }
    return true;
}

bool hf_tds_bulk_begin(HfTds *self, const char *table, bool keep_identity, const HfTdsBulkColumn *columns, size_t count,
                       GError **error)
{
    g_free(self->table);
    self->table = g_strdup(table);
    g_clear_pointer(&self->values, g_free);
    if (keep_identity && !hf_tds_execf(self, error, "SET IDENTITY_INSERT %s ON", table))
        return false;
    hf_tds_begin(self);
    self->started = false;
    static const char hint[] = "KEEP_NULLS";
    if (bcp_init(self->process, table, NULL, NULL, DB_IN) == FAIL ||
        (keep_identity && bcp_control(self->process, BCPKEEPIDENTITY, 1) == FAIL) ||
        bcp_options(self->process, BCPHINTS, (BYTE *)hint, sizeof hint) == FAIL ||
        !bind_columns(self, columns, count) || hf_tds_has_problem(self))
        return fail_load(self, error);
    return true;
}

void hf_tds_bulk_set_null(HfTds *self, unsigned column)
{
    (void)bcp_collen(self->process, 0, ((Slot *)(void *)self->values)[column].ordinal);
}

void hf_tds_bulk_set(HfTds *self, unsigned column, const void *value, size_t length)
{
    Slot *slot = &((Slot *)(void *)self->values)[column];
    const BYTE *at = value;
    DBINT size = length > 0 ? (DBINT)length : -1;
    if (slot->kind == HF_TDS_MOMENT) {
        const HfTdsMoment *moment = value;
        slot->cell.moment = (DBDATETIMEALL){
            .date = moment->days, .time = moment->ticks, .time_prec = 7, .has_date = 1, .has_time = 1, .has_offset = 1};
        at = (const BYTE *)&slot->cell.moment;
        size = sizeof(DBDATETIMEALL);
    } else if (slot->kind == HF_TDS_UUID) {
        hf_tds_swap_uuid(slot->cell.uuid, value);
        at = slot->cell.uuid;
    }
    (void)bcp_colptr(self->process, (BYTE *)(length > 0 ? at : nothing), slot->ordinal);
    (void)bcp_collen(self->process, size, slot->ordinal);
}

bool hf_tds_bulk_send(HfTds *self, GError **error)
{
    self->started = true;
    return (bcp_sendrow(self->process) == SUCCEED && !hf_tds_has_problem(self)) || fail_load(self, error);
}

bool hf_tds_bulk_end(HfTds *self, uint64_t *rows, GError **error)
{
    /* The load begins with its first row: without one there is nothing to end. */
    DBINT count = self->started ? bcp_done(self->process) : 0;
    g_clear_pointer(&self->values, g_free);
    *rows = (uint64_t)MAX(count, 0);
    return (count >= 0 && !hf_tds_has_problem(self)) || fail_load(self, error);
}
