/*
 * What the files that make a plan share; for mssql_plan.c, mssql_table.c, mssql_key.c and mssql_view.c alone.
 */
#ifndef HF_ENGINE_ENDS_MSSQL_PLANNER_H
#define HF_ENGINE_ENDS_MSSQL_PLANNER_H

#include "engine/ends/mssql_expression.h"
#include "engine/ends/mssql_plan.h"
#include "engine/ends/mssql_type.h"

typedef struct {
    const HfNeutralModel *model;
    const HfMssqlMap *map;
    HfMssqlPlan *plan;
    GHashTable *taken;     /* names of a schema, without case: "dbo\norders" */
    GHashTable *names;     /* of tables, sequences and views there: the model's struct to char* */
    GHashTable *objects;   /* of tables: HfNeutralTable to HfMssqlObject */
    GHashTable *columns;   /* HfNeutralColumn to its HfMssqlColumn */
    GHashTable *key_units; /* HfNeutralColumn to the units of the longest key, for columns of keys and indexes */
    GHashTable *views;     /* HfNeutralView that goes */
    GHashTable *cascades;  /* "parent" HfNeutralTable to GPtrArray of the tables that follow it */
    GHashTable *defaulted; /* HfNeutralColumn whose default goes */
    GHashTable *schemas;   /* name here to the HfNeutralSchema that it becomes */
    GHashTable
        *decrypted; /* HfNeutralTable to the char* of the view that decrypts its columns, "[dbo].[a_decrypted]" */
    const HfNeutralTable *table, *other; /* as steps after the rows that are planned now have them */
} HfMssqlPlanner;

/* A new object of the plan, borrowed. `name` transfer full. */
HfMssqlObject *hf_mssql_planner_add(HfMssqlPlanner *self, const char *kind, char *name, const char *source);
/* Makes it at least so bad, with a note (printf). */
void hf_mssql_object_tell(HfMssqlObject *self, HfVerdict verdict, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Takes over what an expression had to say: changed, if there is anything. */
void hf_mssql_object_tell_notes(HfMssqlObject *self, const GPtrArray *notes);
/* Left behind, for what was not understood. */
void hf_mssql_object_leave(HfMssqlObject *self, const GError *reason);

/* The schema's name there: of several that differ by case alone the first one's. Borrowed. */
const char *hf_mssql_planner_schema(const HfMssqlPlanner *self, const char *schema);
/* Whether the table is made there. */
bool hf_mssql_planner_goes(const HfMssqlPlanner *self, const HfNeutralTable *table);
/* Without what a script cannot have in a name: line breaks, and what its runner takes for a variable. Transfer full. */
char *hf_mssql_plain_name(const char *name);
/* What stands for a schema in hf_mssql_planner_name for the names of a table's columns, or of its indexes. Transfer
 * full. */
char *hf_mssql_planner_inside(const HfMssqlPlanner *self, const HfNeutralTable *table, const char *of);
/* A name in a schema that no other has; one that is taken gets a number, which `object` tells. Transfer full. */
char *hf_mssql_planner_name(HfMssqlPlanner *self, const char *schema, const char *name, HfMssqlObject *object);
/* "[dbo].[orders]" of a table, sequence or view of the model. Transfer full. */
char *hf_mssql_planner_qualified(const HfMssqlPlanner *self, const char *schema, const void *of);
/* "[a], [b]" of columns of a table by their names here. Transfer full. */
char *hf_mssql_planner_list(const HfMssqlPlanner *self, const HfNeutralTable *table, const GPtrArray *columns);
const char *hf_mssql_planner_column_name(const HfMssqlPlanner *self, const HfNeutralColumn *column);

void hf_mssql_planner_before(HfMssqlPlanner *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
void hf_mssql_planner_after(HfMssqlPlanner *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Its comment, as an extended property; one that is too long is cut, which is told. `kind2` and `name2` say what inside
 * of it; NULL: itself. Without a schema it is that of the database. */
void hf_mssql_planner_comment(HfMssqlPlanner *self, const char *comment, const char *schema, const char *kind,
                              const char *name, const char *kind2, const char *name2);

/* The scope of a table's own expressions. */
typedef struct {
    HfMssqlScope scope;
    HfMssqlPlanner *planner;
    const HfNeutralTable *table;
} HfMssqlTableScope;

void hf_mssql_table_scope_init(HfMssqlTableScope *self, HfMssqlPlanner *planner, const HfNeutralTable *table,
                               const HfNeutralColumn *value, GPtrArray *notes);
/* Whether a column is kept as text though its type is another. */
bool hf_mssql_planner_is_as_text(const HfMssqlPlanner *self, const HfNeutralColumn *column);

/* ---- The steps -----------------------------------------------------------------------------------------------------
 */

/* Which columns are in keys and indexes, and how long their values are there. */
void hf_mssql_plan_key_units(HfMssqlPlanner *self);
/* The types of all columns of all tables. */
void hf_mssql_plan_types(HfMssqlPlanner *self);
void hf_mssql_plan_table(HfMssqlPlanner *self, const HfNeutralTable *table);
void hf_mssql_plan_checks(HfMssqlPlanner *self, const HfNeutralTable *table);
void hf_mssql_plan_keys(HfMssqlPlanner *self, const HfNeutralTable *table);
/* Whether it is unique, takes several NULLs, and an expression of it may be one: no filter there names what it would be. */
bool hf_mssql_index_needs_computed_filter(const HfNeutralTable *table, const HfNeutralIndex *index);
void hf_mssql_plan_indexes(HfMssqlPlanner *self, const HfNeutralTable *table);
void hf_mssql_plan_foreign_keys(HfMssqlPlanner *self, const HfNeutralTable *table);
void hf_mssql_plan_reseed(HfMssqlPlanner *self, const HfNeutralTable *table);
/* A view that decrypts, for a table with encrypted columns. */
void hf_mssql_plan_decrypting_view(HfMssqlPlanner *self, const HfNeutralTable *table);
void hf_mssql_plan_view(HfMssqlPlanner *self, const HfNeutralView *view);

#endif
