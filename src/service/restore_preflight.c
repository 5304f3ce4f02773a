#include "service/restore_preflight.h"

#include "base/error.h"
#include "base/units.h"
#include "engine/ends/postgres_copies.h"
#include "service/restore_checks.h"
#include "service/restore_load.h"

#include <string.h>
#include <sys/statvfs.h>

void hf_finding_free(HfFinding *self)
{
    g_free(self->text);
    g_free(self);
}

void hf_finding_log(const HfFinding *finding, gpointer data)
{
    (void)data;
    if (!finding->fatal)
        g_message("preflight: %s", finding->text);
}

bool hf_findings_have_fatal(const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++)
        if (((HfFinding *)findings->pdata[i])->fatal)
            return true;
    return false;
}

char *hf_findings_join_fatal(const GPtrArray *findings)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < findings->len; i++) {
        const HfFinding *finding = findings->pdata[i];
        if (finding->fatal)
            g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "", finding->text);
    }
    return g_string_free(text, FALSE);
}

void hf_preflight_find(HfPreflight *self, bool fatal, const char *format, ...)
{
    HfFinding *finding = g_new0(HfFinding, 1);
    va_list arguments;
    va_start(arguments, format);
    finding->fatal = fatal;
    finding->text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(self->findings, finding);
}

char *hf_preflight_join_names(const GPtrArray *names)
{
    enum { SHOWN = 10 };
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < MIN(names->len, SHOWN); i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", (const char *)names->pdata[i]);
    if (names->len > SHOWN)
        g_string_append_printf(text, " and %u more", names->len - SHOWN);
    return g_string_free(text, FALSE);
}

GPtrArray *hf_preflight_missing(HfPg *pg, const char *sql, const GPtrArray *wanted, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_pg_query(pg, sql, NULL, error);
    if (rows == NULL)
        return NULL;
    g_autoptr(GHashTable) have = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++)
        g_hash_table_add(have, (gpointer)hf_pg_rows_text(rows, i, 0));
    GPtrArray *missing = g_ptr_array_new();
    for (guint i = 0; i < wanted->len; i++)
        if (!g_hash_table_contains(have, wanted->pdata[i]))
            g_ptr_array_add(missing, wanted->pdata[i]);
    return missing;
}

/* ---- Server and rights ---------------------------------------------------------------------------------------------
 */

static bool read_rights(HfPreflight *self, GError **error)
{
    const char *parameters[] = {self->database, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(
        self->pg,
        "SELECT r.rolsuper, r.rolcreatedb, r.rolcreaterole, EXISTS (SELECT FROM pg_catalog.pg_database WHERE "
        "datname = $1) FROM pg_catalog.pg_roles r WHERE r.rolname = current_user",
        parameters, error);
    if (rows == NULL)
        return false;
    self->is_superuser = hf_pg_rows_bool(rows, 0, 0);
    self->may_create_db = self->is_superuser || hf_pg_rows_bool(rows, 0, 1);
    self->may_create_role = self->is_superuser || hf_pg_rows_bool(rows, 0, 2);
    self->exists = hf_pg_rows_bool(rows, 0, 3);
    return true;
}

static void check_server(HfPreflight *self)
{
    int have = hf_pg_server_version(self->pg) / 10000, need = (int)(self->head->server_version_num / 10000);
    if (have < need)
        hf_preflight_find(self, true,
                          "the server is PostgreSQL %d, older than the %d that the %s; choose one of %d or newer", have,
                          need, self->origin->is_proved ? "backup was taken from" : "source has", need);
}

/* Whether a live database gives way. */
static bool replaces(const HfPreflight *self)
{
    return self->options->mode == HF_RESTORE_SWAP || self->options->mode == HF_RESTORE_IN_PLACE;
}

static void check_mode(HfPreflight *self)
{
    /* A migration has no such mode. */
    bool in_place = self->options->mode != HF_RESTORE_SCRATCH && self->origin->is_proved;
    if (self->options->mode == HF_RESTORE_NEW && self->exists)
        hf_preflight_find(self, true,
                          "the database %s exists already; choose another name, or replace it with --mode swap",
                          self->database);
    if (self->options->mode == HF_RESTORE_NEW && hf_copy_looks_like(self->database))
        hf_preflight_find(
            self, true,
            "a database %s would be taken for a copy that a restore has left, and be swapped in by an undo "
            "or dropped: choose another name",
            self->database);
    if (self->options->mode == HF_RESTORE_SWAP && !self->exists)
        hf_preflight_find(self, true, "there is no database %s to swap with; make it with --mode new", self->database);
    if (self->options->mode != HF_RESTORE_IN_PLACE && !self->may_create_db)
        hf_preflight_find(self, true, "the role may not create databases; grant it CREATEDB%s",
                          in_place ? ", or restore with --mode in-place" : "");
}

static bool check_owner(HfPreflight *self, GError **error)
{
    if (!self->exists || !replaces(self))
        return true;
    const char *parameters[] = {self->database, NULL};
    g_autoptr(HfPgRows) rows =
        hf_pg_query(self->pg,
                    "SELECT pg_catalog.pg_get_userbyid(datdba), pg_catalog.pg_has_role(datdba, 'USAGE') "
                    "FROM pg_catalog.pg_database WHERE datname = $1",
                    parameters, error);
    if (rows == NULL)
        return false;
    if (!hf_pg_rows_bool(rows, 0, 1))
        hf_preflight_find(self, true, "the database %s belongs to %s; connect as its owner or as a member of that role",
                          self->database, hf_pg_rows_text(rows, 0, 0));
    return true;
}

/* ---- Extensions, locale, tablespaces ------------------------------------------------------------------------
 */

/* Whether the question could be asked; a fatal finding if anything is missing. */
static bool find_missing(HfPreflight *self, const char *sql, const GPtrArray *wanted, const char *what,
                         const char *remedy, GError **error)
{
    g_autoptr(GPtrArray) missing = hf_preflight_missing(self->pg, sql, wanted, error);
    if (missing == NULL)
        return false;
    g_autofree char *names = hf_preflight_join_names(missing);
    if (missing->len > 0)
        hf_preflight_find(self, true, "%s: %s; %s", what, names, remedy);
    return true;
}

static bool check_extensions(HfPreflight *self, GError **error)
{
    g_autoptr(GPtrArray) wanted = g_ptr_array_new();
    for (guint i = 0; !self->schema->selective && i < self->head->extensions->len; i++)
        g_ptr_array_add(wanted, ((HfExtensionInfo *)self->head->extensions->pdata[i])->name);
    return find_missing(self, "SELECT name FROM pg_catalog.pg_available_extensions", wanted,
                        "extensions are not installed on the server", "install their packages there", error);
}

static bool check_tablespaces(HfPreflight *self, GError **error)
{
    g_autoptr(GPtrArray) wanted = g_ptr_array_new();
    for (size_t i = 0; i < hf_dump_toc_size(self->schema->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->schema->toc, i);
        if (hf_schema_has(self->schema, i) && entry->tablespace != NULL && *entry->tablespace != '\0' &&
            !g_ptr_array_find_with_equal_func(wanted, entry->tablespace, g_str_equal, NULL))
            g_ptr_array_add(wanted, (gpointer)entry->tablespace);
    }
    return find_missing(self, "SELECT spcname FROM pg_catalog.pg_tablespace", wanted,
                        "tablespaces that what is restored names are missing", "create them on the server", error);
}

/* "en_US.UTF-8" and "en_US.utf8" are one locale. */
static char *normal_locale(const char *name)
{
    GString *text = g_string_new(NULL);
    for (const char *c = name; *c != '\0'; c++)
        if (*c != '-')
            g_string_append_c(text, g_ascii_tolower(*c));
    return g_string_free(text, FALSE);
}

static bool is_known_locale(const HfPgRows *rows, const char *locale)
{
    g_autofree char *wanted = normal_locale(locale);
    if (strcmp(wanted, "c") == 0 || strcmp(wanted, "posix") == 0 || g_str_has_prefix(wanted, "c."))
        return true;
    for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
        g_autofree char *have = normal_locale(hf_pg_rows_text(rows, i, 0));
        if (strcmp(have, wanted) == 0)
            return true;
    }
    return false;
}

static bool check_locale(HfPreflight *self, GError **error)
{
    const HfDatabaseInfo *info = &self->head->database;
    if (self->options->mode == HF_RESTORE_IN_PLACE)
        return true;
    if (strcmp(info->locale_provider, "icu") == 0 && hf_pg_server_version(self->pg) < 150000)
        hf_preflight_find(self, true, "the database uses an ICU locale, which needs PostgreSQL 15 or newer");
    g_autoptr(HfPgRows) rows = hf_pg_query(
        self->pg,
        "SELECT collcollate FROM pg_catalog.pg_collation WHERE collcollate IS NOT NULL UNION SELECT datcollate FROM "
        "pg_catalog.pg_database UNION SELECT datctype FROM pg_catalog.pg_database",
        NULL, error);
    if (rows == NULL)
        return false;
    const char *locales[] = {info->collate, info->ctype};
    for (size_t i = 0; i < G_N_ELEMENTS(locales); i++)
        if (!is_known_locale(rows, locales[i]) && (i == 0 || strcmp(locales[0], locales[1]) != 0))
            hf_preflight_find(
                self, true,
                "the locale %s is not installed on the server; generate it there (locale-gen, or the package "
                "locales-all) and restart PostgreSQL",
                locales[i]);
    return true;
}

/* ---- What a swap meets ---------------------------------------------------------------------------------------------
 */

static bool check_sessions(HfPreflight *self, GError **error)
{
    g_autofree char *ours = hf_pg_query_text(self->live, "SELECT pg_catalog.pg_backend_pid()", NULL, error);
    const char *parameters[] = {self->database, ours, NULL};
    g_autoptr(HfPgRows) rows =
        ours == NULL ? NULL
                     : hf_pg_query(self->pg,
                                   "SELECT coalesce(pg_catalog.string_agg(s.line, ', '), ''), coalesce(sum(s.n), 0), "
                                   "bool_or(s.stays) FROM "
                                   "(SELECT "
                                   "pg_catalog.format('%s %s of %s', count(*), coalesce(nullif(a.application_name, "
                                   "''), 'unnamed'), a.usename) AS "
                                   "line, count(*) AS n, bool_or(NOT " HF_SESSION_MAY_BE_ENDED
                                   ") AS stays FROM pg_catalog.pg_stat_activity a "
                                   "WHERE a.datname = $1 AND a.pid <> $2::pg_catalog.int4 AND " HF_SESSION_IS_CLIENT
                                   " GROUP BY a.application_name, a.usename ORDER BY 1) s",
                                   parameters, error);
    if (rows == NULL)
        return false;
    int64_t count = hf_pg_rows_int64(rows, 0, 1);
    if (count == 0)
        return true;
    if (self->options->mode == HF_RESTORE_IN_PLACE) {
        hf_preflight_find(self, false,
                          "%" G_GINT64_FORMAT " session%s connected and will wait for the restore, or it for %s: %s",
                          count, count == 1 ? " is" : "s are", count == 1 ? "it" : "them", hf_pg_rows_text(rows, 0, 0));
        return true;
    }
    hf_preflight_find(self, false, "%" G_GINT64_FORMAT " session%s will be ended at the swap: %s", count,
                      count == 1 ? "" : "s", hf_pg_rows_text(rows, 0, 0));
    if (hf_pg_rows_bool(rows, 0, 2))
        hf_preflight_find(
            self, true,
            "the role may not end all of these sessions; grant it pg_signal_backend, or, where they are a superuser's, "
            "connect as one: %s",
            hf_pg_rows_text(rows, 0, 0));
    return true;
}

static bool check_swap_obstacles(HfPreflight *self, GError **error)
{
    const char *parameters[] = {self->database, NULL};
    g_autoptr(HfPgRows) rows = hf_pg_query(
        self->pg,
        "SELECT (SELECT count(*) FROM pg_catalog.pg_prepared_xacts WHERE database = $1), (SELECT "
        "pg_catalog.string_agg(slot_name, ', ') FROM pg_catalog.pg_replication_slots WHERE database = $1), (SELECT "
        "count(*) "
        "FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid WHERE d.datname = $1)",
        parameters, error);
    if (rows == NULL)
        return false;
    if (hf_pg_rows_int64(rows, 0, 0) > 0)
        hf_preflight_find(self, true, "the database has prepared transactions; commit or roll them back first");
    if (hf_pg_rows_text(rows, 0, 1) != NULL)
        hf_preflight_find(self, false, "logical replication slots stay with the old database: %s",
                          hf_pg_rows_text(rows, 0, 1));
    if (hf_pg_rows_int64(rows, 0, 2) > 0)
        hf_preflight_find(
            self, self->options->mode == HF_RESTORE_IN_PLACE,
            self->options->mode == HF_RESTORE_IN_PLACE
                ? "the database has subscriptions, which cannot be replaced in one transaction; drop them first"
                : "subscriptions of the old database stay with it; those that are restored are disabled");
    return true;
}

/* In place everything is one transaction, whose locks must fit the server's lock table. */
static bool check_lock_room(HfPreflight *self, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_pg_query(self->pg,
                                           "SELECT pg_catalog.current_setting('max_locks_per_transaction')::bigint * "
                                           "(pg_catalog.current_setting('max_connections')::bigint + "
                                           "pg_catalog.current_setting('max_prepared_transactions')::bigint), (SELECT "
                                           "count(*) FROM pg_catalog.pg_class WHERE oid "
                                           ">= 16384::pg_catalog.oid) + (SELECT count(*) FROM "
                                           "pg_catalog.pg_largeobject_metadata)",
                                           NULL, error);
    if (rows == NULL)
        return false;
    int64_t room = hf_pg_rows_int64(rows, 0, 0), need = hf_pg_rows_int64(rows, 0, 1);
    if (self->schema->selected == NULL)
        need += (int64_t)self->origin->manifest->large_objects;
    for (size_t i = 0; i < hf_dump_toc_size(self->schema->toc); i++) {
        static const char *const locked[] = {"TABLE", "INDEX", "CONSTRAINT", "SEQUENCE", "VIEW", "MATERIALIZED VIEW",
                                             NULL};
        need += g_strv_contains(locked, hf_dump_toc_get(self->schema->toc, i)->kind) ? 2 : 0;
    }
    if (need > room)
        hf_preflight_find(self, true,
                          "a restore in place needs about %" G_GINT64_FORMAT
                          " locks in one transaction and the server has room for "
                          "%" G_GINT64_FORMAT "; raise max_locks_per_transaction, or restore with --mode swap",
                          need, room);
    return true;
}

/* ---- Room ----------------------------------------------------------------------------------------------------------
 */

/* Free bytes on the disk of the server's data, if that is this machine and we may look; else false. */
static bool free_room(HfPg *pg, uint64_t *bytes)
{
    g_autofree char *folder =
        hf_pg_query_text(pg,
                         "SELECT CASE WHEN pg_catalog.inet_server_addr() IS NULL OR pg_catalog.inet_server_addr() = "
                         "pg_catalog.inet_client_addr() THEN pg_catalog.current_setting('data_directory') END",
                         NULL, NULL);
    struct statvfs room;
    if (folder == NULL || statvfs(folder, &room) != 0)
        return false;
    *bytes = (uint64_t)room.f_bavail * room.f_frsize;
    return true;
}

static void check_room(HfPreflight *self)
{
    uint64_t raw = 0, have;
    const HfManifest *manifest = self->origin->manifest;
    for (guint i = 0; i < manifest->tables->len; i++) {
        const HfManifestTable *table = manifest->tables->pdata[i];
        raw += hf_restore_takes_table(self->schema, table) ? table->raw_bytes : 0;
    }
    g_autofree char *need = hf_format_bytes(raw);
    const char *as = self->origin->is_proved ? "as COPY carries them" : "on the source's disk";
    if (!free_room(self->pg, &have)) {
        hf_preflight_find(self, false,
                          "the rows take about %s %s, and on the server they may take less or more, "
                          "with indexes on top; how much room it has cannot be asked from here",
                          need, as);
        return;
    }
    g_autofree char *room = hf_format_bytes(have);
    hf_preflight_find(self, false,
                      "%sthe rows take about %s %s, and on the server they may take less or more, with "
                      "indexes on top; the disk of the server's data directory has %s free",
                      have < raw ? "room may be short: " : "", need, as, room);
}

/* ---- The whole -----------------------------------------------------------------------------------------------------
 */

static void check_selection(HfPreflight *self)
{
    const HfManifest *manifest = self->origin->manifest;
    if (self->schema->selected == NULL)
        return;
    for (guint i = 0; i < manifest->tables->len; i++)
        if (hf_restore_takes_table(self->schema, manifest->tables->pdata[i]))
            return;
    hf_preflight_find(self, true, "the patterns leave no table to restore");
}

/* The database that gives way. */
static bool check_live(HfPreflight *self, GError **error)
{
    g_autoptr(HfPg) own = NULL;
    bool in_place = self->options->mode == HF_RESTORE_IN_PLACE;
    if (!in_place && (own = hf_pg_connect(self->options->target, self->cancellable, error)) == NULL)
        return false;
    self->live = in_place ? self->pg : own;
    bool ok =
        hf_preflight_check_impact(self, error) && check_sessions(self, error) && check_swap_obstacles(self, error);
    self->live = NULL;
    return ok;
}

bool hf_restore_preflight(const HfRestoreOptions *options, const HfOrigin *origin, HfSchema *schema, HfPg *pg,
                          GCancellable *cancellable, GPtrArray *findings, GError **error)
{
    HfPreflight self = {.options = options,
                        .schema = schema,
                        .origin = origin,
                        .head = origin->head,
                        .pg = pg,
                        .cancellable = cancellable,
                        .database = hf_pg_target_database(options->target),
                        .findings = findings};
    if (!read_rights(&self, error))
        return false;
    check_server(&self);
    check_mode(&self);
    check_selection(&self);
    if (!check_owner(&self, error) || !hf_preflight_check_roles(&self, error) ||
        !hf_preflight_check_rights(&self, error) || !check_extensions(&self, error) ||
        !check_tablespaces(&self, error) || !check_locale(&self, error))
        return false;
    if (replaces(&self) && self.exists && !check_live(&self, error))
        return false;
    if (options->mode == HF_RESTORE_IN_PLACE && !check_lock_room(&self, error))
        return false;
    check_room(&self);
    return true;
}
