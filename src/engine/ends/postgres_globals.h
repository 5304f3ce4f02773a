/*
 * Roles and database properties as SQL: for globals.sql (with psql's variable :"dbname") and for making a database
 * here.
 */
#ifndef HF_ENGINE_ENDS_POSTGRES_GLOBALS_H
#define HF_ENGINE_ENDS_POSTGRES_GLOBALS_H

#include "archive/manifest.h"

/* Role name in the archive -> role name to use. NULL: none is renamed. */
const char *hf_role_map_get(GHashTable *role_map, const char *role);

/* CREATE ROLE for one role with its attributes, passing over one that exists (which takes no right); no password. Ends
 * with a newline. Transfer full. */
char *hf_globals_create_role_sql(const HfRoleInfo *role);
/* What makes the role a member of others, its comment and its labels; roles are mapped. Transfer full. */
char *hf_globals_memberships_sql(const HfRoleInfo *role, GHashTable *role_map);

/* CREATE DATABASE from template0 with the archive's encoding and locale. `quoted_name` is an identifier, quoted.
 * `owner` NULL: whoever runs it. `server_version` decides how the locale is spelt. Transfer full. */
char *hf_globals_create_database_sql(const HfDatabaseInfo *info, const char *quoted_name, const char *owner,
                                     int server_version);
/* Connection limit, settings and grants, and with_words comment and labels, a statement a line. Roles are mapped; with
 * `no_owner` or `no_privileges` what names roles is left out accordingly. Transfer full. */
char *hf_globals_database_properties_sql(const HfDatabaseInfo *info, const char *quoted_name, GHashTable *role_map,
                                         bool with_grants, bool with_words);
/* SECURITY LABEL on a "DATABASE" or "ROLE". The server refuses it where the label's provider is not loaded. Transfer
 * full. */
char *hf_globals_label_sql(const HfSecurityLabel *label, const char *kind, const char *quoted_name);

/* The whole of globals.sql. Transfer full. */
char *hf_globals_sql(const HfArchiveHead *head);

/* One setting as ALTER DATABASE (or ALTER ROLE … IN DATABASE) … SET …; lists that hold quoted names are kept as lists.
 * Transfer full. */
char *hf_globals_setting_sql(const HfDatabaseSetting *setting, const char *quoted_database, GHashTable *role_map);

#endif
