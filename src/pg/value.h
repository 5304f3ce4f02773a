/*
 * Decoders of PostgreSQL's binary values. Private to the type and value files of this folder; others use pg/type.h.
 *
 * A decoder takes its bytes from an HfValueInput and appends the text of the value. It returns no error: reading past
 * the end, or hf_value_refuse, marks the input as malformed, every later read then gives 0, and hf_type_value_text
 * makes one error of it and takes back the text. So a decoder is a straight line, with two duties: a count that drives
 * a loop comes from hf_value_take_count (or is checked against `left` likewise), and what it leaves unread is an error
 * too.
 */
#ifndef HF_PG_VALUE_H
#define HF_PG_VALUE_H

#include "pg/type.h"

typedef struct {
    const uint8_t *at;
    size_t left;
    bool malformed;
} HfValueInput;

typedef void (*HfValueDecoder)(HfValueInput *in, GString *text);

/* Integers in network byte order; 0 if the input is or becomes malformed. Signed values: cast. */
uint8_t hf_value_take_u8(HfValueInput *in);
uint16_t hf_value_take_u16(HfValueInput *in);
uint32_t hf_value_take_u32(HfValueInput *in);
uint64_t hf_value_take_u64(HfValueInput *in);
/* `length` bytes, borrowed; NULL if they are not there. */
const uint8_t *hf_value_take_bytes(HfValueInput *in, size_t length);
/* A 32-bit count of items of at least `item_bytes` each: 0 and malformed if so many cannot be left. */
uint32_t hf_value_take_count(HfValueInput *in, size_t item_bytes);
/* A string that ends with a zero byte; "" if there is none. Borrowed. */
const char *hf_value_take_cstring(HfValueInput *in);
void hf_value_refuse(HfValueInput *in);

/* A decimal number with leading zeros up to `width` digits. */
void hf_value_append_number(GString *text, uint64_t number, unsigned width);
void hf_value_append_signed(GString *text, int64_t number);
/* As float8 is printed. */
void hf_value_append_double(GString *text, double number);

/* value_scalar.c */
void hf_value_bool(HfValueInput *in, GString *text);
void hf_value_bytea(HfValueInput *in, GString *text);
void hf_value_char(HfValueInput *in, GString *text);
void hf_value_string(HfValueInput *in, GString *text); /* text, varchar, bpchar, name, json, refcursor, enum labels */
void hf_value_json_versioned(HfValueInput *in, GString *text); /* jsonb, jsonpath */
void hf_value_uuid(HfValueInput *in, GString *text);
void hf_value_bit(HfValueInput *in, GString *text);
void hf_value_tid(HfValueInput *in, GString *text);
void hf_value_lsn(HfValueInput *in, GString *text);
void hf_value_snapshot(HfValueInput *in, GString *text);
void hf_value_inet(HfValueInput *in, GString *text);
void hf_value_cidr(HfValueInput *in, GString *text);
void hf_value_macaddr(HfValueInput *in, GString *text);
void hf_value_macaddr8(HfValueInput *in, GString *text);

/* value_number.c */
void hf_value_int2(HfValueInput *in, GString *text);
void hf_value_int4(HfValueInput *in, GString *text);
void hf_value_int8(HfValueInput *in, GString *text);
void hf_value_unsigned4(HfValueInput *in, GString *text); /* oid, xid, cid */
void hf_value_unsigned8(HfValueInput *in, GString *text); /* xid8 */
void hf_value_numeric(HfValueInput *in, GString *text);
void hf_value_money(HfValueInput *in, GString *text);

/* value_float.c */
void hf_value_float4(HfValueInput *in, GString *text);
void hf_value_float8(HfValueInput *in, GString *text);

/* value_time.c */
void hf_value_date(HfValueInput *in, GString *text);
void hf_value_time(HfValueInput *in, GString *text);
void hf_value_timetz(HfValueInput *in, GString *text);
void hf_value_timestamp(HfValueInput *in, GString *text);
void hf_value_timestamptz(HfValueInput *in, GString *text);
void hf_value_interval(HfValueInput *in, GString *text);

/* value_geometry.c */
void hf_value_point(HfValueInput *in, GString *text);
void hf_value_lseg(HfValueInput *in, GString *text);
void hf_value_path(HfValueInput *in, GString *text);
void hf_value_box(HfValueInput *in, GString *text);
void hf_value_polygon(HfValueInput *in, GString *text);
void hf_value_line(HfValueInput *in, GString *text);
void hf_value_circle(HfValueInput *in, GString *text);

/* value_text_search.c */
void hf_value_tsvector(HfValueInput *in, GString *text);

/* value_container.c: one value of these builds on values of another type. */
void hf_value_array(const HfTypeTable *types, uint32_t element_oid, HfValueInput *in, GString *text);
void hf_value_range(const HfTypeTable *types, uint32_t subtype_oid, HfValueInput *in, GString *text);
void hf_value_multirange(const HfTypeTable *types, uint32_t range_oid, HfValueInput *in, GString *text);

/* value_text.c: decodes a value of a type that is safe in binary, in all of `in` or as a part of it. */
void hf_value_append(const HfTypeTable *types, uint32_t oid, HfValueInput *in, GString *text);

/* type.c: the decoder of a builtin scalar type, NULL for every other type. */
HfValueDecoder hf_type_decoder(const HfTypeTable *types, uint32_t oid);

#endif
