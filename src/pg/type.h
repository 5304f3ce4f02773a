/*
 * What we know of PostgreSQL's types: which travel safely in COPY's binary format, and how to turn a binary value into
 * the text that the server itself would print.
 *
 * Safe in binary means: the bytes are the same over all supported majors (13 and newer) and name no OID that differs
 * between databases. Builtin scalar types in the table below; arrays of builtin types, domains over safe types, scalar
 * enums, ranges and multiranges whose subtype is safe. Everything else travels as text: reg* types, composites, arrays
 * of user-defined types (their binary form holds the element type's OID), ranges over arrays (pg/row_normal.h does not
 * reach into them), base types of extensions, pseudo-types, xml (its binary form carries an encoding declaration) and
 * tsquery (servers may refuse an empty one that they sent).
 */
#ifndef HF_PG_TYPE_H
#define HF_PG_TYPE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One type as the source's catalog describes it (pg_type, and pg_range for a range or multirange). */
typedef struct {
    uint32_t oid;
    char *name;           /* as format_type prints it, for reasons and messages */
    char kind;            /* pg_type.typtype: b base, c composite, d domain, e enum, p pseudo, r range, m multirange */
    uint32_t base_oid;    /* domain: the base type */
    uint32_t element_oid; /* array: the element type (pg_type.typelem of a true array, typcategory 'A'); else 0 */
    uint32_t subtype_oid; /* range: its subtype; multirange: its RANGE type; else 0 */
    bool has_binary;      /* has both send and receive functions */
} HfType;

/* Types by OID. Owns what is added. Not thread-safe while types are added; read-only use is. */
typedef struct HfTypeTable HfTypeTable;
HfTypeTable *hf_type_table_new(void); /* holds the builtin types already */
void hf_type_table_free(HfTypeTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfTypeTable, hf_type_table_free)
void hf_type_table_add(HfTypeTable *self, const HfType *type); /* copies; a type of the builtin table is passed over */
const HfType *hf_type_table_get(const HfTypeTable *self, uint32_t oid); /* borrowed; NULL if unknown */

/* NULL if values of the type may travel in COPY's binary format, else why not in a few words ("array of a user-defined
 * type"). Static. An unknown OID is unsafe. */
const char *hf_type_binary_unsafe_reason(const HfTypeTable *self, uint32_t oid);

/* Whether values of the type are arrays: of an array type, or a domain over one. */
bool hf_type_is_array(const HfTypeTable *self, uint32_t oid);

/*
 * Appends the text form of one binary value of a type that is safe in binary: exactly what the server prints for it
 * with DateStyle ISO, IntervalStyle postgres, TimeZone UTC, extra_float_digits 1 or more and bytea_output hex; money as
 * a plain decimal with two digits, a "char" above ASCII and infinite intervals as PostgreSQL 17 has them. The caller
 * escapes for COPY or SQL. Errors: HF_ERROR_CORRUPT if the bytes are not a value of that type (every length is checked)
 * or the type is not safe in binary; then `text` is as it was. Thread-safe as long as no types are added.
 */
bool hf_type_value_text(const HfTypeTable *self, uint32_t oid, const uint8_t *value, size_t length, GString *text,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
