/*
 * What the rows of a PostgreSQL database hold that SQL Server does not take, or takes for something else; and how long
 * their values are.
 */
#ifndef HF_ENGINE_ENDS_POSTGRES_AWKWARD_H
#define HF_ENGINE_ENDS_POSTGRES_AWKWARD_H

#include "engine/ends/mssql_map.h"
#include "pg/connection.h"

#define HF_AWKWARD_TOO_LONG_TO_ENCRYPT "too long to encrypt"

typedef struct {
    const char *kind; /* of hf_awkward_name, or "key over 1,700 bytes" … Static */
    int awkward;      /* HfAwkward; -1: no value that a choice could change */
    const HfNeutralTable *table;
    const HfNeutralColumn *column; /* NULL: not of one column */
    char *key;                     /* the key or index that it is about; NULL: none */
    uint64_t rows;
    char *first, *last; /* keys of two such rows, by their text: the least and the greatest */
} HfAwkwardFinding;

void hf_awkward_finding_free(HfAwkwardFinding *self);

/*
 * Measures one table of the model in one scan (more for unique texts, each of which has to be grouped; and for a table
 * of hundreds of columns): its rows, and the measures of its columns are filled; what is found is added to `findings`
 * (HfAwkwardFinding, whose free function is hf_awkward_finding_free), also what the map's own types have no room for.
 * `unicode` says that the database is in UTF8. In the caller's transaction; bounded memory here, work_mem there.
 */
bool hf_postgres_measure_table(HfPg *pg, bool unicode, const HfMssqlMap *map, HfNeutralTable *table,
                               GPtrArray *findings, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
