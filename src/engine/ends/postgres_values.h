/*
 * The values of PostgreSQL's columns as another database takes them: SQL that PostgreSQL itself computes while it
 * reads, so that nobody has to know its types again.
 */
#ifndef HF_ENGINE_ENDS_POSTGRES_VALUES_H
#define HF_ENGINE_ENDS_POSTGRES_VALUES_H

#include "engine/ends/mssql_map.h"

/* What a value becomes. */
typedef struct {
    /* BOOLEAN, INT16, INT32, INT64, FLOAT32, FLOAT64, BYTES, UUID, DATE, TIME, TIMESTAMP, INSTANT; DECIMAL is its
     * digits as text; TEXT of all others. */
    HfNeutralKind kind;
    int64_t precision, scale; /* of DECIMAL */
    int64_t second_digits;    /* of times, 0 to 6 */
    bool padded;              /* of TEXT: spaces at its end do not count */
    HfChoice choices[HF_AWKWARDS];
} HfValueShape;

/* Sessions that compute such values begin with this. How many digits of money are decimals is the database's to say.
 * Rows come in the same order each time, so that one is known by its number. */
#define HF_POSTGRES_VALUES_SETUP                                                                                       \
    "SET IntervalStyle = 'iso_8601'; RESET lc_monetary; SET max_parallel_workers_per_gather = 0"

/* The value of a column in this shape. Transfer full. */
char *hf_postgres_value_sql(const HfNeutralColumn *column, const HfValueShape *shape);
/* The OID of the type that it then has. */
uint32_t hf_postgres_value_oid(HfNeutralKind kind);

#endif
