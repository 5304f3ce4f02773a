/*
 * JSON: a reader over jsmn that bounds what it takes, and a small writer that cannot produce malformed output. Texts
 * are UTF-8. Numbers are integers (what the archive and the API use); a number with a fraction or exponent reads as a
 * type error where an integer is asked for.
 */
#ifndef HF_BASE_JSON_H
#define HF_BASE_JSON_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Reading -------------------------------------------------------------------------------------------------------
 */

typedef struct HfJson HfJson;

/* A value inside a document; 0 is the root. Invalid after the document is freed. */
typedef size_t HfJsonNode;
#define HF_JSON_NONE SIZE_MAX

/*
 * Parses `length` bytes of `text`, which is copied. `max_nodes` bounds the number of values (keys count) and nesting is
 * bounded to 64. Errors: HF_ERROR_CORRUPT for malformed JSON, invalid UTF-8, a duplicate key in an object or bytes
 * after the value; HF_ERROR_LIMIT for a bound. `what` names the document in messages ("manifest.json"). Transfer full.
 */
HfJson *hf_json_parse(const char *what, const char *text, size_t length, size_t max_nodes, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_json_free(HfJson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfJson, hf_json_free)

bool hf_json_is_object(const HfJson *self, HfJsonNode node);
bool hf_json_is_array(const HfJson *self, HfJsonNode node);
bool hf_json_is_null(const HfJson *self, HfJsonNode node);

/* Elements of an array, members of an object; 0 for anything else. */
size_t hf_json_size(const HfJson *self, HfJsonNode node);

/* The value under `key`; HF_JSON_NONE if node is not an object or lacks the key. */
HfJsonNode hf_json_get(const HfJson *self, HfJsonNode node, const char *key);

/* The text of a string, a number, true, false or null; borrowed. NULL for an array or object. `is_string` may be NULL. */
const char *hf_json_scalar(const HfJson *self, HfJsonNode node, bool *is_string);

/* The key of an object's member, by its place from 0; borrowed. NULL: there are not so many. */
const char *hf_json_key(const HfJson *self, HfJsonNode object, size_t index);

/* Walks an array: for (n = hf_json_first(j, a); n != HF_JSON_NONE; n = hf_json_next(j, a, n)). */
HfJsonNode hf_json_first(const HfJson *self, HfJsonNode array);
HfJsonNode hf_json_next(const HfJson *self, HfJsonNode array, HfJsonNode element);

/* The member `key` of an object, which must be there and of that type: else false and HF_ERROR_CORRUPT with the
 * document's name and the key. A string is transfer full and never holds a NUL; uint64 takes the whole range. Walks
 * the object's members, so an object of many members is not the place for data: that is what arrays are for. */
bool hf_json_get_string(const HfJson *self, HfJsonNode object, const char *key, char **value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool hf_json_get_uint64(const HfJson *self, HfJsonNode object, const char *key, uint64_t *value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
bool hf_json_get_bool(const HfJson *self, HfJsonNode object, const char *key, bool *value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The same, an absent key or null giving NULL. */
bool hf_json_get_optional_string(const HfJson *self, HfJsonNode object, const char *key, char **value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* A member that must be an array (possibly empty). */
bool hf_json_get_array(const HfJson *self, HfJsonNode object, const char *key, HfJsonNode *array, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The string value of a node (an element of an array). Transfer full; NULL with error if it is not a string. */
char *hf_json_string(const HfJson *self, HfJsonNode node, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- Writing -------------------------------------------------------------------------------------------------------
 */

/*
 * Appends to a GString that the caller owns. Calls mirror the document: begin and end must match, and inside an object
 * every value has a key (`key` NULL inside an array and at the root). A mismatch is a broken invariant and aborts.
 * Arrays and objects are written on one line, except that `hf_json_writer_break` starts a new line before the next
 * value, so that long lists stay readable (before an end, it puts the bracket on a line of its own). Strings that are
 * not UTF-8 have each bad byte written as U+FFFD.
 */
typedef struct {
    GString *text;
    char stack[64]; /* '{' or '[' of each open container */
    unsigned depth;
    bool first;
    bool line_break;
    size_t nodes; /* how many hf_json_parse will count */
} HfJsonWriter;

void hf_json_writer_init(HfJsonWriter *self, GString *text);
void hf_json_writer_break(HfJsonWriter *self);
void hf_json_writer_begin_object(HfJsonWriter *self, const char *key);
void hf_json_writer_end_object(HfJsonWriter *self);
void hf_json_writer_begin_array(HfJsonWriter *self, const char *key);
void hf_json_writer_end_array(HfJsonWriter *self);
void hf_json_writer_string(HfJsonWriter *self, const char *key, const char *value); /* NULL writes null */
void hf_json_writer_uint64(HfJsonWriter *self, const char *key, uint64_t value);
void hf_json_writer_int64(HfJsonWriter *self, const char *key, int64_t value);
/* With so many digits after the point, in any locale; what is no finite number is 0. For people and other programs: the
 * reader above takes no fractions. */
void hf_json_writer_fixed(HfJsonWriter *self, const char *key, double value, unsigned digits);
void hf_json_writer_bool(HfJsonWriter *self, const char *key, bool value);

/* Writes a value that was read, whatever it is. */
void hf_json_copy(const HfJson *self, HfJsonNode node, HfJsonWriter *writer, const char *key);

#endif
