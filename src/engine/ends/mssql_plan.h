/*
 * What becomes of a model in SQL Server 2017 or newer: every object with its verdict, every column with its type, and
 * the complete T-SQL script. Names that SQL Server takes for one (it may ignore case, and its constraints share the
 * names of a schema) are made distinct, and that is told.
 */
#ifndef HF_ENGINE_ENDS_MSSQL_PLAN_H
#define HF_ENGINE_ENDS_MSSQL_PLAN_H

#include "engine/ends/mssql_map.h"
#include "neutral/model.h"

typedef enum {
    HF_VERDICT_SAME,    /* green: it means the same there */
    HF_VERDICT_CHANGED, /* it goes; the notes say what differs */
    HF_VERDICT_LEFT,    /* it stays behind; the notes say why */
} HfVerdict;

/* "same", "changed", "left behind". Static. */
const char *hf_verdict_name(HfVerdict verdict);

typedef struct {
    const char *kind; /* static or the model's: "table", "foreign key", "function" … */
    char *name;       /* "shop.orders", "by_date on shop.orders" */
    HfVerdict verdict;
    GPtrArray *notes;   /* char* */
    const char *source; /* of what is left behind, as the source would make it again; the model's; NULL: none */
} HfMssqlObject;

typedef struct {
    const HfNeutralTable *table;
    const HfNeutralColumn *column;
    char *name;       /* there */
    char *type;       /* there */
    const char *note; /* what differs; static; NULL: nothing */
    bool computed;    /* SQL Server makes its values */
    bool encrypted;   /* kept as varbinary(8000); `type` is what it is decrypted */
} HfMssqlColumn;

/* One that is made. Its columns have there the places that they have here. */
typedef struct {
    const HfNeutralTable *table;
    char *name;                      /* there: "[dbo].[orders]" */
    const HfNeutralColumn *identity; /* that it has there; NULL: none */
    const char *view;                /* that decrypts its columns: "[dbo].[orders_decrypted]"; NULL: none */
} HfMssqlTable;

/* One batch after the rows. It needs those before it in the plan that change a table which it changes or refers to; one
 * that changes none (a view) needs all. */
typedef struct {
    char *sql;
    const HfNeutralTable *table; /* that it changes; NULL: none */
    const HfNeutralTable *other; /* that its foreign key refers to; NULL: none, or the same */
} HfMssqlStep;

typedef struct {
    GPtrArray *objects;          /* HfMssqlObject */
    GPtrArray *tables;           /* HfMssqlTable */
    GPtrArray *columns;          /* HfMssqlColumn, by table and place */
    GPtrArray *before_data;      /* char*: one batch each */
    GPtrArray *after_data;       /* HfMssqlStep */
    guint renamed;               /* names that clashed */
    const HfMssqlKeyChoice *key; /* of encrypted columns; the map's; NULL: there are none */
} HfMssqlPlan;

/* Model and map are borrowed for the plan's life. Transfer full. */
HfMssqlPlan *hf_mssql_plan_new(const HfNeutralModel *model, const HfMssqlMap *map);
void hf_mssql_plan_free(HfMssqlPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfMssqlPlan, hf_mssql_plan_free)

/* The script: batches parted by GO, in the order in which they are to run. Transfer full. */
char *hf_mssql_plan_script(const HfMssqlPlan *self, const HfNeutralModel *model);

/* That of a text; NULL: it has none. Static. */
const char *hf_mssql_column_collation(const HfMssqlColumn *column);

guint hf_mssql_plan_count(const HfMssqlPlan *self, HfVerdict verdict);

#endif
