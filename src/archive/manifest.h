/*
 * What an archive says of itself: holdfast.json (the head, first member: what the backup is of) and manifest.json (the
 * last member: every member and every table with its proof). docs/archive-format.md is the specification; these are its
 * structs. Everything owns its strings. Reading is strict: what a manifest says is checked against the archive's size
 * and itself before anybody uses it.
 */
#ifndef HF_ARCHIVE_MANIFEST_H
#define HF_ARCHIVE_MANIFEST_H

#include "base/digest.h"
#include "pg/type.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HF_ARCHIVE_FORMAT 1

#define HF_MEMBER_HEAD "holdfast.json"
#define HF_MEMBER_README "README.txt"
#define HF_MEMBER_RESTORE "restore.sh"
#define HF_MEMBER_GLOBALS "globals.sql"
#define HF_MEMBER_SCHEMA "schema.dump"
/* These two may be continued by further members, see hf_sql_member_name. */
#define HF_MEMBER_BLOBS_CREATE "blobs/create.sql"
#define HF_MEMBER_BLOBS_OWNERS "blobs/owners.sql"
#define HF_MEMBER_SEQUENCES "sequences.sql"
#define HF_MEMBER_LOAD "load.sh"
#define HF_MEMBER_MANIFEST "manifest.json"

/* ---- holdfast.json -------------------------------------------------------------------------------------------------
 */

/* ALTER DATABASE … SET, or ALTER ROLE … IN DATABASE … SET. */
typedef struct {
    char *role; /* NULL: for all roles */
    char *name;
    char *value; /* as pg_db_role_setting keeps it */
} HfDatabaseSetting;

typedef struct {
    char *grantee;   /* "" is PUBLIC */
    char *privilege; /* CONNECT, CREATE, TEMPORARY */
    bool grantable;
} HfDatabaseGrant;

typedef struct {
    char *provider;
    char *label;
} HfSecurityLabel;

typedef struct {
    char *name;
    char *owner;
    char *encoding;        /* as pg_encoding_to_char prints it: "UTF8" */
    char *locale_provider; /* "libc", "icu" or "builtin" */
    char *collate;
    char *ctype;
    char *locale;             /* the icu or builtin locale; NULL for libc */
    char *icu_rules;          /* NULL if none */
    char *tablespace;         /* of the source; only told, not used */
    char *comment;            /* NULL if none */
    int64_t connection_limit; /* -1: none */
    GPtrArray *settings;      /* HfDatabaseSetting */
    bool default_grants;      /* the ACL was never touched: grants is empty and means the default */
    GPtrArray *grants;        /* HfDatabaseGrant */
    GPtrArray *labels;        /* HfSecurityLabel */
} HfDatabaseInfo;

/* A role that dumped objects name, with what is needed to make it again, but for its password. */
typedef struct {
    char *name;
    bool superuser, inherit, create_role, create_db, can_login, replication, bypass_rls;
    int64_t connection_limit; /* -1: none */
    char *comment;            /* NULL if none */
    GPtrArray *member_of;     /* char*: roles of this archive that it is a member of */
    GPtrArray *labels;        /* HfSecurityLabel */
} HfRoleInfo;

typedef struct {
    char *name;
    char *version;
} HfExtensionInfo;

typedef struct {
    char *product;        /* "holdfast 0.1.0" */
    char *created;        /* start of the backup, RFC 3339 in UTC with microseconds */
    char *server_version; /* "15.18 (Debian …)" */
    int64_t server_version_num;
    char *pg_dump_version; /* of the pg_dump that wrote schema.dump */
    char *wal_position;    /* "0/16B3748" */
    char *snapshot;
    bool from_standby;
    HfDatabaseInfo database;
    GPtrArray *roles;      /* HfRoleInfo */
    GPtrArray *extensions; /* HfExtensionInfo */
    GPtrArray *filters;    /* char*: the options that left something out: "--schema=app"; empty: a whole database */
    GPtrArray *warnings;   /* char*: what the backup warned of: what pg_dump left out, say */
} HfArchiveHead;

HfArchiveHead *hf_archive_head_new(void); /* empty arrays, NULL strings, no connection limit */
void hf_archive_head_free(HfArchiveHead *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfArchiveHead, hf_archive_head_free)
char *hf_archive_head_to_json(const HfArchiveHead *self); /* transfer full */
/* Errors: as hf_manifest_from_json. */
HfArchiveHead *hf_archive_head_from_json(const char *text, size_t length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

HfDatabaseSetting *hf_database_setting_new(const char *role, const char *name, const char *value);
HfDatabaseGrant *hf_database_grant_new(const char *grantee, const char *privilege, bool grantable);
HfSecurityLabel *hf_security_label_new(const char *provider, const char *label);
void hf_database_info_init(HfDatabaseInfo *self); /* empty arrays, NULL strings, no connection limit */
void hf_database_info_clear(HfDatabaseInfo *self);
HfRoleInfo *hf_role_info_new(const char *name); /* inherits, no connection limit, nothing else */
HfExtensionInfo *hf_extension_info_new(const char *name, const char *version);

/* ---- manifest.json -------------------------------------------------------------------------------------------------
 */

typedef struct {
    char *name;
    uint64_t offset; /* of the member's data (not its tar header) in the plaintext */
    uint64_t size_bytes;
    HfDigest digest; /* of the member's data */
} HfMember;

/* One data member: a zstd frame that holds a complete COPY stream of whole rows. */
typedef struct {
    size_t member; /* index into members */
    uint64_t rows;
    uint64_t raw_bytes; /* of the rows, without COPY's header and trailer */
} HfPart;

typedef enum { HF_FORMAT_TEXT, HF_FORMAT_BINARY } HfDataFormat;
const char *hf_data_format_name(HfDataFormat format); /* "text", "binary" */

typedef struct {
    char *name;
    char *type; /* as format_type prints it */
    uint32_t type_oid;
} HfColumn;

/* Table data, or (kind LARGE_OBJECTS) the contents of all large objects as rows (loid oid, position int8, data bytea),
 * under the name pg_catalog.pg_largeobject. */
typedef enum { HF_TABLE_PLAIN, HF_TABLE_LARGE_OBJECTS } HfTableKind;

typedef struct {
    HfTableKind kind;
    uint32_t oid; /* at the source; names the data folder: data/<oid>/; 0 for large objects (blobs/) */
    char *schema;
    char *name;
    HfDataFormat format;
    char *format_reason;    /* why text; NULL when binary */
    char *filter;           /* extension configuration tables: the WHERE condition without WHERE; else NULL */
    char *query;            /* gives the rows, up to its WHERE, where they are not just the columns; in no archive */
    char *no_data_reason;   /* why the rows are not in the archive; NULL if they are */
    uint32_t load_root_oid; /* not 0: rows must be loaded through this partitioned table, whose proof is the sum */
    char *load_root_schema;
    char *load_root_name;
    GPtrArray *columns; /* HfColumn: the columns of the COPY, in its order (no generated ones) */
    HfRowDigest proof;
    uint64_t raw_bytes; /* sum over parts */
    GArray *parts;      /* HfPart */
} HfManifestTable;

typedef struct {
    GPtrArray *members; /* HfMember, in the archive's order, manifest.json itself not among them */
    GPtrArray *tables;  /* HfManifestTable, by schema and name; large objects last */
    GPtrArray *types;   /* HfType: those that binary values cannot be read without and that are not builtin */
    uint64_t sequences; /* in sequences.sql */
    uint64_t large_objects;
    char *finished; /* RFC 3339 */
} HfManifest;

HfManifest *hf_manifest_new(void);
void hf_manifest_free(HfManifest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfManifest, hf_manifest_free)
HfMember *hf_manifest_add_member(HfManifest *self, const char *name, uint64_t offset, uint64_t size_bytes,
                                 HfDigest digest);
void hf_manifest_add_type(HfManifest *self, const HfType *type); /* copies */
/* Adds from `types` what the columns of the binary tables are made of, beyond the builtin types. */
void hf_manifest_add_types(HfManifest *self, const HfTypeTable *types);
/* The builtin types and the manifest's: all that reading binary values takes. Transfer full. */
HfTypeTable *hf_manifest_type_table(const HfManifest *self);
HfManifestTable *hf_manifest_table_new(void);
void hf_manifest_table_free(HfManifestTable *self);
HfColumn *hf_column_new(const char *name, const char *type, uint32_t type_oid);
/* By name; NULL if absent. Linear; the archive reader keeps an index of its own. */
const HfMember *hf_manifest_find_member(const HfManifest *self, const char *name);
uint64_t hf_manifest_rows(const HfManifest *self);      /* over all tables */
uint64_t hf_manifest_raw_bytes(const HfManifest *self); /* over all tables */

/* Member names: ASCII letters, digits and "._-/", no empty, "." or ".." segment, at most 100 bytes. */
bool hf_member_name_is_valid(const char *name);
/* The name of a table's data member: data/<oid>/<nnnnn>.copy.zst, for oid 0 (large objects) blobs/<nnnnn>.copy.zst;
 * numbers start at 1. Transfer full. */
char *hf_part_name(uint32_t oid, uint32_t number);
/* The name of an SQL member's continuation: of blobs/create.sql number 2 is blobs/create.00002.sql; number 1 is itself.
 * Transfer full. */
char *hf_sql_member_name(const char *first, unsigned number);
/* The member of that name; NULL if absent. */
const HfMember *hf_manifest_find_sql(const HfManifest *self, const char *first, unsigned number);
/* Whether a name is a data member's, and of which table. */
bool hf_part_name_parse(const char *name, uint32_t *oid);

/*
 * The manifest's text ends with a tail of fixed length, so that it is found from the archive's end: the digest of all
 * bytes of the text before the tail, and the length of the whole text, right-aligned in 20 columns.
 */
#define HF_MANIFEST_TAIL_BYTES 86
#define HF_MANIFEST_MAX_BYTES (1024 * 1024 * 1024)
/* Values and keys: what bounds the memory that reading takes, 24 bytes for each. 100,000 tables of 30 columns and some
 * parts have 25 million. */
#define HF_MANIFEST_MAX_NODES ((size_t)1 << 25)
/* Transfer full; HF_ERROR_LIMIT over one of these bounds. */
char *hf_manifest_to_json(const HfManifest *self, size_t *length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The length of the whole text, from its last HF_MANIFEST_TAIL_BYTES bytes. HF_ERROR_CORRUPT if they are no tail;
 * HF_ERROR_LIMIT over HF_MANIFEST_MAX_BYTES. */
bool hf_manifest_parse_tail(const char *tail, size_t *length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `end` is where the manifest's own tar header starts: every member must lie before it, in order, without overlap.
 * Errors: HF_ERROR_CORRUPT if it is damaged or says what cannot be; HF_ERROR_USAGE if its format is newer than ours. */
HfManifest *hf_manifest_from_json(const char *text, size_t length, uint64_t end, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
