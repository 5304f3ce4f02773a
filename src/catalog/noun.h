/*
 * What all nouns of the catalog share: list by pages, get, create, change with a version, remove. A noun is a table of
 * its fields; src/catalog/<noun>_table.c holds that table and the operations that only this noun has.
 *
 * Every call names the organization; what belongs to another one does not exist for it (HF_ERROR_NOT_FOUND), also as a
 * reference inside a body. `organization` NULL is the whole installation: for what an owner does, and for workers.
 * An id that is no UUID is HF_ERROR_NOT_FOUND too.
 */
#ifndef HF_CATALOG_NOUN_H
#define HF_CATALOG_NOUN_H

#include "base/json.h"
#include "catalog/catalog.h"

typedef enum {
    HF_FIELD_TEXT, /* at most `max` characters (0: 200) */
    HF_FIELD_LINE, /* the same without control characters, not empty */
    HF_FIELD_INTEGER,
    HF_FIELD_BOOLEAN,
    HF_FIELD_TIME,   /* RFC 3339 */
    HF_FIELD_ID,     /* of a row of the same organization */
    HF_FIELD_IDS,    /* an array of such ids, at most `max` (0: 1000), kept in the table `link` */
    HF_FIELD_CHOICE, /* one of `choices` */
    HF_FIELD_OBJECT, /* any JSON object, at most `max` bytes (0: 10000) */
    HF_FIELD_SECRET, /* a text that is sealed for "<noun> <field>" on its way in and never comes out */
} HfFieldType;

typedef struct {
    const char *name; /* in JSON and as a column; of IDS "database_ids", whose column in `link` is database_id */
    HfFieldType type;
    bool required; /* at creation */
    bool fixed;    /* cannot be changed later */
    bool nullable;
    int64_t min, max;           /* of an integer: both 0 is any */
    const char *const *choices; /* NULL-terminated */
    const char *link;
} HfField;

typedef struct {
    const char *name;      /* "server": in messages and in the audit log */
    const char *table;     /* "server" */
    const char *view;      /* "holdfast_view.server": id, organization_id, version, sort and filter columns, json */
    const HfField *fields; /* NULL: rows are made and changed by operations of their own */
    size_t field_count;
    const char *const *filters; /* columns of the view that a list may be filtered by (equality) */
    const char *member;         /* a filter too: that a column of this name and "s", an array, has it; NULL: none */
    const char *time;           /* a column of the view that the filters "since" (at or after) and "until" (before) are of;
                                   NULL: none */
    const char *const *sorts;   /* columns of the view, never NULL, that a list may be sorted by; the first is the
                                   default, "-name" if it descends */
    const char *search;         /* a column of the view searched by substring; NULL: none */
    bool is_long;               /* its search is indexed, by grams() of that column (migrations/0004_search.sql) */
    const char *hidden;         /* a state whose rows a list leaves out unless it filters by state; NULL: none */
    const char *open;           /* SQL: the states that the filter "state=open" means; NULL: there is no such value */
    bool installation;          /* the table has no organization_id: the whole installation's */
} HfNoun;

typedef struct {
    const char *const *filters; /* name, value, name, value …, NULL-terminated; NULL: none */
    const char *search;         /* NULL or empty: all */
    const char *sort;           /* NULL: the first of the noun; "-name" descending */
    const char *cursor;         /* of the page before; NULL: the first page */
    unsigned limit;             /* 1 to 500; 0: 25 */
} HfListQuery;

/* {"items": […], "cursor": "…" or null} as JSON text, transfer full. HF_ERROR_USAGE for an unknown filter, sort or a
 * cursor that is not one of this list. */
char *hf_noun_list(HfCatalog *catalog, const HfNoun *noun, const char *organization, const HfListQuery *query,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The representation as JSON text, transfer full; `version` (may be NULL) is for If-Match. */
char *hf_noun_get(HfCatalog *catalog, const HfNoun *noun, const char *organization, const char *id, int *version,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The id of the one with that name (the command line speaks of names), or of that id; transfer full. */
char *hf_noun_find(HfCatalog *catalog, const HfNoun *noun, const char *organization, const char *name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/*
 * Inside a transaction of the caller, as the next two. Checks the members of `body` (an object) against the fields:
 * unknown ones, missing required ones, types and bounds are HF_ERROR_USAGE naming the field. Secrets are sealed with
 * `sealer` (may be NULL for nouns without). Returns the new row's id, transfer full. A taken name is HF_ERROR_CONFLICT.
 */
struct HfSealer;
char *hf_noun_create(HfCatalog *catalog, const HfNoun *noun, const struct HfSealer *sealer, const char *organization,
                     const char *created_by, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* How the message of a lost race begins. */
#define HF_NOUN_STALE "it was changed meanwhile"

/* Only the members that are there change. `version` must be the row's, else HF_ERROR_CONFLICT with HF_NOUN_STALE; 0:
 * any.
 */
bool hf_noun_change(HfCatalog *catalog, const HfNoun *noun, const struct HfSealer *sealer, const char *organization,
                    const char *id, int version, const HfJson *json, HfJsonNode body, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* HF_ERROR_CONFLICT if other rows refer to it, saying which kind. Ended jobs and backups do not count: they keep the
 * names of what was removed. */
bool hf_noun_remove(HfCatalog *catalog, const HfNoun *noun, const char *organization, const char *id, int version,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
