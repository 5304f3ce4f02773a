/*
 * What FreeTDS says of a connection that it could not make is the same for most reasons. So the way is gone in steps
 * of our own first (tds/probe.h, crypto/tls_look.h), and only then a login is tried; where that fails all the same,
 * its words are told.
 */
#include "service/mssql_check.h"

#include "base/error.h"
#include "base/units.h"
#include "crypto/tls_look.h"
#include "engine/ends/mssql_expression.h"
#include "service/own_server.h"
#include "tds/connection.h"
#include "tds/probe.h"

#include <string.h>

#define OLDEST_VERSION 14 /* SQL Server 2017 */
#define PAGE_BYTES 8192
#define WITHOUT_LIMIT 268435456 /* pages: what a log has that may grow without a limit */
#define MASTER_KEY "##MS_DatabaseMasterKey##"

typedef struct {
    const HfMssqlCheckOptions *options;
    HfMssqlCheck *result;
    GCancellable *cancellable;
    HfTds *tds;
} Check;

/* ---- Telling -------------------------------------------------------------------------------------------------------
 */

const char *hf_mssql_check_name(HfMssqlCheckName name)
{
    static const char *const names[HF_MSSQL_CHECKS] = {"name",    "port",      "tls",   "login", "rights",
                                                       "version", "collation", "space", "keys"};
    return names[name];
}

const char *hf_mssql_check_state(HfCheckState state)
{
    static const char *const states[] = {"skipped", "ok", "warning", "failed"};
    return states[state];
}

const HfMssqlCheckStep *hf_mssql_check_failed(const HfMssqlCheck *self)
{
    for (size_t i = 0; i < HF_MSSQL_CHECKS; i++)
        if (self->steps[i].state == HF_CHECK_FAILED)
            return &self->steps[i];
    return NULL;
}

void hf_mssql_check_clear(HfMssqlCheck *self)
{
    for (size_t i = 0; i < HF_MSSQL_CHECKS; i++) {
        g_free(self->steps[i].detail);
        g_free(self->steps[i].fix);
    }
    g_free(self->version);
    *self = (HfMssqlCheck){0};
}

static void write_text(HfJsonWriter *json, const char *key, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text != NULL ? text : "", -1);
    hf_json_writer_string(json, key, valid);
}

void hf_mssql_check_write(const HfMssqlCheck *self, HfJsonWriter *json)
{
    const HfMssqlCheckStep *failed = hf_mssql_check_failed(self);
    write_text(json, "message", failed != NULL ? failed->detail : NULL);
    write_text(json, "version", self->version);
    hf_json_writer_begin_array(json, "steps");
    for (size_t i = 0; i < HF_MSSQL_CHECKS; i++) {
        const HfMssqlCheckStep *step = &self->steps[i];
        hf_json_writer_begin_object(json, NULL);
        hf_json_writer_string(json, "name", hf_mssql_check_name((HfMssqlCheckName)i));
        hf_json_writer_string(json, "state", hf_mssql_check_state(step->state));
        write_text(json, "detail", step->detail);
        write_text(json, "fix", step->fix);
        hf_json_writer_end_object(json);
    }
    hf_json_writer_end_array(json);
}

/* Takes `detail`; `fix` NULL: there is nothing to do. Returns whether to go on. */
static bool set(const Check *self, HfMssqlCheckName name, HfCheckState state, char *detail, const char *fix)
{
    self->result->steps[name] = (HfMssqlCheckStep){.state = state, .detail = detail, .fix = g_strdup(fix)};
    return state != HF_CHECK_FAILED;
}

static bool fail(const Check *self, HfMssqlCheckName name, const GError *reason, const char *fix)
{
    return set(self, name, HF_CHECK_FAILED, g_strdup(reason->message), fix);
}

/* ---- The way there -------------------------------------------------------------------------------------------------
 */

static bool check_name(const Check *self, HfTdsProbe *probe)
{
    g_autoptr(GError) reason = NULL;
    if (!hf_tds_probe_resolve(probe, &reason))
        return fail(self, HF_MSSQL_CHECK_NAME, reason,
                    "Check the spelling. The name must be known on the host that Holdfast runs on; an address does as "
                    "well.");
    g_autofree char *addresses = g_strjoinv(", ", (char **)hf_tds_probe_addresses(probe));
    const char *host = hf_tds_target_host(self->options->target);
    return set(self, HF_MSSQL_CHECK_NAME, HF_CHECK_OK,
               strcmp(host, addresses) == 0 ? g_strdup(host) : g_strdup_printf("%s is %s", host, addresses), NULL);
}

/* A service does not connect to what is its own. */
static bool check_not_own(const Check *self, const HfTdsProbe *probe)
{
    const char *const *addresses = hf_tds_probe_addresses(probe);
    g_autofree char *port = g_strdup_printf("%u", hf_tds_probe_port(probe));
    for (size_t i = 0; self->options->configuration != NULL && addresses[i] != NULL; i++) {
        g_autoptr(GError) reason = NULL;
        if (!hf_own_server_check_address(self->options->configuration, addresses[i], port, &reason))
            return fail(self, HF_MSSQL_CHECK_PORT, reason, "Correct host and port.");
    }
    return true;
}

static bool check_port(const Check *self, HfTdsProbe *probe)
{
    g_autoptr(GError) reason = NULL;
    const char *address = NULL;
    if (!hf_tds_probe_find_port(probe, &reason))
        return fail(self, HF_MSSQL_CHECK_PORT, reason,
                    "See that the service SQL Server Browser runs there, that the instance listens to TCP/IP, and that "
                    "no firewall is before UDP 1434; or name the port in place of the instance.");
    if (!check_not_own(self, probe))
        return false;
    if (!hf_tds_probe_connect(probe, &address, &reason))
        return fail(self, HF_MSSQL_CHECK_PORT, reason,
                    "See that SQL Server runs and listens to TCP/IP on this port (SQL Server Configuration Manager), "
                    "and that no firewall is between.");
    return set(self, HF_MSSQL_CHECK_PORT, HF_CHECK_OK,
               g_strdup_printf("something listens at %s, port %u", address, hf_tds_probe_port(probe)), NULL);
}

/* What to do about a certificate that is not trusted. Transfer full. */
static char *certificate_fix(HfTlsVerdict verdict, const char *names)
{
    switch (verdict) {
    case HF_TLS_OTHER_NAME:
        return g_strdup_printf("Connect by a name that stands in the certificate (%s), or give the server one for this "
                               "name.",
                               *names != '\0' ? names : "it has none");
    case HF_TLS_EXPIRED:
        return g_strdup("Give the server a new certificate, and look at the clocks of both.");
    default:
        return g_strdup("Give the root that has signed the certificate, as PEM; or give the server a certificate of an "
                        "authority that is trusted here.");
    }
}

static bool check_tls(const Check *self, HfTdsProbe *probe)
{
    const HfTdsTarget *target = self->options->target;
    g_autoptr(GError) reason = NULL;
    g_auto(HfTlsSeen) seen = {0};
    const HfTlsCarrier carrier = {hf_tds_probe_send, hf_tds_probe_receive, probe};
    if (!hf_tds_probe_ask_tls(probe, &reason) ||
        !hf_tls_look(&carrier, hf_tds_target_host(target), hf_tds_target_root(target), &seen, &reason))
        return fail(self, HF_MSSQL_CHECK_TLS, reason,
                    "The server must be a SQL Server and offer TLS 1.2: look at its certificate and protocols in SQL "
                    "Server Configuration Manager.");
    g_autofree char *whose =
        g_strdup_printf("%s, a certificate of %s for %s by %s, until %s", seen.protocol, seen.subject,
                        *seen.names != '\0' ? seen.names : "no name", seen.issuer, seen.until);
    g_autofree char *fix = certificate_fix(seen.verdict, seen.names);
    if (seen.verdict == HF_TLS_TRUSTED)
        return set(self, HF_MSSQL_CHECK_TLS, HF_CHECK_OK, g_steal_pointer(&whose), NULL);
    if (hf_tds_target_takes_any_certificate(target))
        return set(self, HF_MSSQL_CHECK_TLS, HF_CHECK_WARNING,
                   g_strdup_printf("%s; any is taken here, and this one would be refused: %s", whose, seen.reason),
                   fix);
    return set(self, HF_MSSQL_CHECK_TLS, HF_CHECK_FAILED, g_strdup_printf("%s: %s", whose, seen.reason), fix);
}

static bool check_login(Check *self)
{
    const char *user = hf_tds_target_user(self->options->target);
    g_autoptr(GError) reason = NULL;
    self->tds = hf_tds_connect(self->options->target, self->cancellable, &reason);
    if (self->tds != NULL)
        return set(self, HF_MSSQL_CHECK_LOGIN, HF_CHECK_OK,
                   user != NULL ? g_strdup_printf("as %s", user) : g_strdup("by the Kerberos ticket"), NULL);
    if (g_error_matches(reason, HF_ERROR, HF_ERROR_NOT_FOUND))
        return fail(self, HF_MSSQL_CHECK_LOGIN, reason,
                    "Create the database, and a user in it for this login (CREATE USER … FOR LOGIN …).");
    if (g_error_matches(reason, HF_ERROR, HF_ERROR_DENIED))
        return fail(self, HF_MSSQL_CHECK_LOGIN, reason,
                    "Give user and password again. A SQL login needs a server in mixed mode, one of Windows is written "
                    "DOMAIN\\user. The server's log says why it refused.");
    return fail(self, HF_MSSQL_CHECK_LOGIN, reason, "Read the server's words; its log says more.");
}

/* ---- The database --------------------------------------------------------------------------------------------------
 */

static HfTdsRows *ask(const Check *self, HfMssqlCheckName name, const char *sql)
{
    g_autoptr(GError) reason = NULL;
    HfTdsRows *rows = hf_tds_query(self->tds, sql, &reason);
    if (rows == NULL)
        (void)fail(self, name, reason, "Read the server's words; its log says more.");
    return rows;
}

/* What a migration does there that a permission is for. */
static const char *const permissions[] = {"CREATE TABLE", "CREATE VIEW", "CREATE SCHEMA", "ALTER", "REFERENCES",
                                          "SELECT",       "INSERT",      "UPDATE",        "DELETE"};
static const char *const key_permissions[] = {"CONTROL", "CREATE CERTIFICATE", "CREATE SYMMETRIC KEY"};

static bool append_lacking(const Check *self, const char *const *wanted, size_t count, GString *lacking)
{
    g_autoptr(GString) sql = g_string_new("SELECT ");
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(sql, "%sHAS_PERMS_BY_NAME(DB_NAME(), N'DATABASE', N'%s')", i > 0 ? ", " : "", wanted[i]);
    g_autoptr(HfTdsRows) rows = ask(self, HF_MSSQL_CHECK_RIGHTS, sql->str);
    for (unsigned i = 0; rows != NULL && i < count; i++)
        if (hf_tds_rows_int64(rows, 0, i) != 1)
            g_string_append_printf(lacking, "%s%s", lacking->len > 0 ? ", " : "", wanted[i]);
    return rows != NULL;
}

static bool check_rights(const Check *self)
{
    g_autoptr(GString) lacking = g_string_new(NULL);
    g_autoptr(HfTdsRows) role = ask(self, HF_MSSQL_CHECK_RIGHTS,
                                    "SELECT IS_ROLEMEMBER(N'db_owner'), "
                                    "CAST(DATABASEPROPERTYEX(DB_NAME(), N'Updateability') AS nvarchar(60))");
    if (role == NULL)
        return false;
    if (g_strcmp0(hf_tds_rows_text(role, 0, 1), "READ_ONLY") == 0)
        return set(self, HF_MSSQL_CHECK_RIGHTS, HF_CHECK_FAILED, g_strdup("the database is read-only"),
                   "ALTER DATABASE … SET READ_WRITE, or choose another database.");
    if (hf_tds_rows_int64(role, 0, 0) == 1)
        return set(self, HF_MSSQL_CHECK_RIGHTS, HF_CHECK_OK, g_strdup("db_owner"), NULL);
    bool makes_key = self->options->key.kind == HF_MSSQL_KEY_DEFAULT;
    if (!append_lacking(self, permissions, G_N_ELEMENTS(permissions), lacking) ||
        (makes_key && !append_lacking(self, key_permissions, G_N_ELEMENTS(key_permissions), lacking)))
        return false;
    if (lacking->len == 0)
        return set(self, HF_MSSQL_CHECK_RIGHTS, HF_CHECK_OK, g_strdup("all that is needed, without db_owner"), NULL);
    const char *login = hf_tds_target_user(self->options->target);
    g_autofree char *user = login != NULL ? hf_mssql_quote_name(login) : g_strdup("…");
    g_autofree char *fix =
        g_strdup_printf("ALTER ROLE db_owner ADD MEMBER %s; in the database, or grant what is missing.", user);
    return set(self, HF_MSSQL_CHECK_RIGHTS, HF_CHECK_FAILED, g_strdup_printf("the login may not: %s", lacking->str),
               fix);
}

static bool check_version(const Check *self)
{
    g_autoptr(HfTdsRows) rows = ask(self, HF_MSSQL_CHECK_VERSION,
                                    "SELECT CAST(SERVERPROPERTY(N'ProductVersion') AS nvarchar(60)), "
                                    "CAST(SERVERPROPERTY(N'Edition') AS nvarchar(128))");
    if (rows == NULL)
        return false;
    const char *version = hf_tds_rows_text(rows, 0, 0), *edition = hf_tds_rows_text(rows, 0, 1);
    bool fits = version != NULL && g_ascii_strtoll(version, NULL, 10) >= OLDEST_VERSION;
    self->result->version = g_strdup(version);
    return set(self, HF_MSSQL_CHECK_VERSION, fits ? HF_CHECK_OK : HF_CHECK_FAILED,
               g_strdup_printf("%s%s%s", version != NULL ? version : "it does not tell", edition != NULL ? ", " : "",
                               edition != NULL ? edition : ""),
               fits ? NULL : "SQL Server 2017 (14.0) or newer is needed.");
}

static bool check_collation(const Check *self)
{
    g_autoptr(HfTdsRows) rows = ask(self, HF_MSSQL_CHECK_COLLATION,
                                    "SELECT CAST(DATABASEPROPERTYEX(DB_NAME(), N'Collation') AS nvarchar(128))");
    if (rows == NULL)
        return false;
    const char *name = hf_tds_rows_text(rows, 0, 0);
    bool ignores_case = name != NULL && strstr(name, "_CI") != NULL;
    return set(self, HF_MSSQL_CHECK_COLLATION, HF_CHECK_OK,
               g_strdup_printf("%s: names %s case; texts that are moved have a collation of their own, in which equal "
                               "is what is equal in PostgreSQL",
                               name != NULL ? name : "?", ignores_case ? "ignore" : "differ by"),
               NULL);
}

/* "128 MiB, 100 MiB of it free, grows to 2 TiB"; whether it may need more than it can get. */
static bool append_files(GString *text, const char *what, const HfTdsRows *rows, size_t row)
{
    int64_t pages = hf_tds_rows_int64(rows, row, 1), used = hf_tds_rows_int64(rows, row, 2);
    int64_t most = hf_tds_rows_int64(rows, row, 3), fixed = hf_tds_rows_int64(rows, row, 4);
    int64_t files = hf_tds_rows_int64(rows, row, 5), unlimited = hf_tds_rows_int64(rows, row, 6);
    g_autofree char *size = hf_format_bytes((uint64_t)pages * PAGE_BYTES);
    g_autofree char *free = hf_format_bytes((uint64_t)MAX(pages - used, 0) * PAGE_BYTES);
    g_autofree char *limit = hf_format_bytes((uint64_t)most * PAGE_BYTES);
    g_string_append_printf(text, "%s%s: %s, %s of it free, ", text->len > 0 ? "; " : "", what, size, free);
    if (fixed == files)
        g_string_append(text, "does not grow");
    else if (unlimited > 0)
        g_string_append(text, "grows without a limit");
    else
        g_string_append_printf(text, "grows to %s", limit);
    return fixed == files;
}

/* Of the volume, which only who may see the server's state is told. */
static void append_volume(const Check *self, GString *text)
{
    g_autoptr(HfTdsRows) may =
        hf_tds_query(self->tds, "SELECT HAS_PERMS_BY_NAME(NULL, NULL, N'VIEW SERVER STATE')", NULL);
    if (may == NULL || hf_tds_rows_int64(may, 0, 0) != 1) {
        g_string_append(text, "; how full the disk is the server tells only with VIEW SERVER STATE");
        return;
    }
    g_autoptr(HfTdsRows) rows =
        hf_tds_query(self->tds, "SELECT MIN(v.available_bytes) FROM sys.dm_os_volume_stats(DB_ID(), 1) AS v", NULL);
    if (rows == NULL || hf_tds_rows_count(rows) == 0)
        return;
    g_autofree char *free = hf_format_bytes((uint64_t)hf_tds_rows_int64(rows, 0, 0));
    g_string_append_printf(text, "; the disk of the data has %s free", free);
}

static bool check_space(const Check *self)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT type, SUM(CAST(size AS bigint)), SUM(CAST(FILEPROPERTY(name, N'SpaceUsed') AS bigint)), "
        "SUM(CAST(CASE WHEN growth = 0 OR max_size = 0 THEN size WHEN max_size < 0 THEN 0 ELSE max_size END AS "
        "bigint)), "
        "SUM(CASE WHEN growth = 0 OR max_size = 0 THEN 1 ELSE 0 END), COUNT(*), "
        "SUM(CASE WHEN growth <> 0 AND (max_size < 0 OR max_size >= %d) THEN 1 ELSE 0 END) "
        "FROM sys.database_files WHERE type IN (0, 1) GROUP BY type ORDER BY type",
        WITHOUT_LIMIT);
    g_autoptr(HfTdsRows) rows = ask(self, HF_MSSQL_CHECK_SPACE, sql);
    g_autoptr(GString) text = g_string_new(NULL);
    bool fixed = false;
    for (size_t i = 0; rows != NULL && i < hf_tds_rows_count(rows); i++)
        if (append_files(text, hf_tds_rows_int64(rows, i, 0) == 0 ? "data" : "log", rows, i))
            fixed = true;
    if (rows == NULL)
        return false;
    append_volume(self, text);
    return set(self, HF_MSSQL_CHECK_SPACE, fixed ? HF_CHECK_WARNING : HF_CHECK_OK, g_strdup(text->str),
               fixed ? "See that there is room for all rows, or let the files grow (ALTER DATABASE … MODIFY FILE)."
                     : NULL);
}

/* ---- Keys ----------------------------------------------------------------------------------------------------------
 */

static char *list_keys(const HfTdsRows *keys)
{
    GString *list = g_string_new(NULL);
    for (size_t i = 0; i < hf_tds_rows_count(keys); i++)
        if (strcmp(hf_tds_rows_text(keys, i, 0), MASTER_KEY) != 0)
            g_string_append_printf(list, "%s%s (%s)", list->len > 0 ? ", " : "", hf_tds_rows_text(keys, i, 0),
                                   hf_tds_rows_text(keys, i, 1));
    return g_string_free(list, FALSE);
}

static bool check_master_key(const Check *self, const char *list)
{
    bool there;
    g_autoptr(GError) reason = NULL;
    if (!hf_mssql_key_has_master(self->tds, &there, &reason))
        return fail(self, HF_MSSQL_CHECK_KEYS, reason, "Read the server's words; its log says more.");
    return set(self, HF_MSSQL_CHECK_KEYS, HF_CHECK_OK,
               g_strdup_printf("%s is made, or taken if it is there; %s; the database %s", HF_MSSQL_DEFAULT_KEY, list,
                               there ? "has a master key"
                                     : "has no master key, so that a password for one is to be given"),
               NULL);
}

static bool check_keys(const Check *self)
{
    g_autoptr(HfTdsRows) keys =
        ask(self, HF_MSSQL_CHECK_KEYS, "SELECT name, algorithm_desc FROM sys.symmetric_keys ORDER BY name");
    g_autoptr(GError) reason = NULL;
    if (keys == NULL)
        return false;
    g_autofree char *list = list_keys(keys);
    const char *none = *list != '\0' ? list : "the database has no symmetric keys";
    switch (self->options->key.kind) {
    case HF_MSSQL_KEY_NONE:
        return set(self, HF_MSSQL_CHECK_KEYS, HF_CHECK_OK, g_strdup_printf("nothing is to be encrypted; %s", none),
                   NULL);
    case HF_MSSQL_KEY_DEFAULT:
        return check_master_key(self, none);
    default:
        break;
    }
    if (!hf_mssql_key_check(self->tds, &self->options->key, &reason))
        return fail(self, HF_MSSQL_CHECK_KEYS, reason,
                    "Name a symmetric key of AES_256 that is encrypted by a certificate of the database, and let the "
                    "login use both: GRANT VIEW DEFINITION ON SYMMETRIC KEY, GRANT CONTROL ON CERTIFICATE.");
    return set(self, HF_MSSQL_CHECK_KEYS, HF_CHECK_OK,
               g_strdup_printf("%s is there, is of AES_256, and opens by the certificate %s", self->options->key.key,
                               self->options->key.certificate),
               NULL);
}

void hf_mssql_check(const HfMssqlCheckOptions *options, GCancellable *cancellable, HfMssqlCheck *result)
{
    Check self = {.options = options, .result = result, .cancellable = cancellable};
    g_autoptr(HfTdsProbe) probe = hf_tds_probe_new(options->target);
    *result = (HfMssqlCheck){0};
    if (check_name(&self, probe) && check_port(&self, probe) && check_tls(&self, probe) && check_login(&self)) {
        bool may = check_rights(&self), fits = check_version(&self);
        if (may && fits)
            (void)(check_collation(&self) && check_space(&self) && check_keys(&self));
    }
    g_clear_pointer(&self.tds, hf_tds_close);
}
