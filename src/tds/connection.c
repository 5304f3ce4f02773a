#include "base/error.h"
#include "tds/connection_private.h"
#include "tds/ticket.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * db-lib keeps what is ours to choose in three places. What it asks for while it logs in (encryption, certificates) it
 * reads from a file alone: that is one without a name, in memory, and there is no secret in it. Its handlers of errors
 * are the process's: they find the connection by the user data of the DBPROCESS, and while there is none yet by the
 * thread. And it asks once in a second whether to go on waiting, but only after the login.
 */

#define LOGIN_SECONDS 20
#define SECTION "holdfast"
#define CHECK_MAX_BYTES 4096

static GMutex login_mutex;                /* db-lib has one name of the file for all logins */
static __thread HfTds *logging_in = NULL; /* the one of this thread */

/* ---- Handlers ------------------------------------------------------------------------------------------------------
 */

static HfTds *owner_of(DBPROCESS *process)
{
    HfTds *self = process != NULL ? (HfTds *)(void *)dbgetuserdata(process) : NULL;
    return self != NULL ? self : logging_in;
}

static void note(HfTds *self, bool of_server, int number, const char *text)
{
    /* What the server says tells more than what the library makes of it, and the first of it says why. */
    if (self == NULL || self->of_server || (self->problem != NULL && !of_server))
        return;
    g_free(self->problem);
    self->problem = g_utf8_make_valid(text, -1);
    self->number = number;
    self->of_server = of_server;
}

static int on_message(DBPROCESS *process, DBINT number, int state, int severity, char *text, char *server,
                      char *procedure, int line)
{
    (void)state;
    (void)server;
    (void)procedure;
    (void)line;
    if (severity > 10)
        note(owner_of(process), true, number, text);
    return 0;
}

static int on_error(DBPROCESS *process, int severity, int number, int os_number, char *text, char *os_text)
{
    (void)severity;
    HfTds *self = owner_of(process);
    g_autofree char *whole = os_number > 0 && os_text != NULL ? g_strdup_printf("%s: %s", text, os_text) : NULL;
    if (number != SYBESMSG)
        note(self, false, number, whole != NULL ? whole : text);
    return INT_CANCEL;
}

static int is_cancelled(void *process)
{
    HfTds *self = owner_of(process);
    return self != NULL && self->cancellable != NULL && g_cancellable_is_cancelled(self->cancellable);
}

static int on_cancel(void *process)
{
    HfTds *self = owner_of(process);
    if (self != NULL)
        self->cancelled = true;
    return INT_CANCEL;
}

void hf_tds_begin(HfTds *self)
{
    g_clear_pointer(&self->problem, g_free);
    self->number = 0;
    self->of_server = false;
}

bool hf_tds_has_problem(const HfTds *self)
{
    return self->problem != NULL;
}

int hf_tds_error_number(const HfTds *self)
{
    return self->of_server ? self->number : 0;
}

/* What a server's number means for who has to do something about it. */
static HfErrorCode code_of(const HfTds *self, const char **remedy)
{
    static const struct {
        int number;
        HfErrorCode code;
        const char *remedy;
    } known[] = {
        {18456, HF_ERROR_DENIED, "check user and password, and that the server takes this kind of login"},
        {18452, HF_ERROR_DENIED, "check user and password, and that the server takes this kind of login"},
        {4060, HF_ERROR_NOT_FOUND, "create the database first, and let the login use it"},
        {911, HF_ERROR_NOT_FOUND, "create the database first, and let the login use it"},
        {229, HF_ERROR_DENIED, "grant it to the login"},
        {230, HF_ERROR_DENIED, "grant it to the login"},
        {262, HF_ERROR_DENIED, "grant it to the login"},
        {300, HF_ERROR_DENIED, "grant it to the login"},
        {1088, HF_ERROR_DENIED, "the object is not there, or the login may not change it"},
        {2714, HF_ERROR_CONFLICT, NULL},
        {1105, HF_ERROR_STORAGE, "the target has no more room: let its files grow, and call again to go on"},
        {1101, HF_ERROR_STORAGE, "the target has no more room: let its files grow, and call again to go on"},
        {9002, HF_ERROR_STORAGE, "the target's transaction log is full: let it grow, and call again to go on"},
        {701, HF_ERROR_STORAGE, "the server is short of memory: call again to go on when it has more"},
        {802, HF_ERROR_STORAGE, "the server is short of memory: call again to go on when it has more"},
        {8645, HF_ERROR_STORAGE, "the server is short of memory: call again to go on when it has more"},
        {1204, HF_ERROR_CONFLICT, "others hold too many locks: call again to go on"},
        {1205, HF_ERROR_CONFLICT, "others work in the target: call again to go on when they are done"},
        {1222, HF_ERROR_CONFLICT, "others work in the target: call again to go on when they are done"},
        {3960, HF_ERROR_CONFLICT, "others work in the target: call again to go on when they are done"},
    };
    *remedy = NULL;
    if (!self->of_server) /* what the library refuses itself, a value for one, is no fault of the connection */
        return self->process == NULL || DBDEAD(self->process) ? HF_ERROR_NETWORK : HF_ERROR_DATABASE;
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (known[i].number == self->number) {
            *remedy = known[i].remedy;
            return known[i].code;
        }
    return HF_ERROR_DATABASE;
}

bool hf_tds_fail(HfTds *self, const char *what, GError **error)
{
    const char *remedy;
    if (self->cancelled || is_cancelled(self->process))
        return hf_error_check_cancelled(self->cancellable, error);
    HfErrorCode code = code_of(self, &remedy);
    /* What the library says of a connection that is gone depends on what it was about to do. */
    if (!self->of_server && (self->process == NULL || DBDEAD(self->process)))
        g_clear_pointer(&self->problem, g_free);
    g_autofree char *number = self->of_server ? g_strdup_printf(" (error %d)", self->number) : g_strdup("");
    g_set_error(error, HF_ERROR, (int)code, "%s: %s: %s%s%s%s", self->describe, what,
                self->problem != NULL ? self->problem : "the connection to the server is lost", number,
                remedy != NULL ? "; " : "", remedy != NULL ? remedy : "");
    return false;
}

/* ---- Login ---------------------------------------------------------------------------------------------------------
 */

static gpointer start_library(gpointer data)
{
    (void)data;
    if (dbinit() == FAIL)
        return NULL;
    dberrhandle(on_error);
    dbmsghandle(on_message);
    (void)dbsetlogintime(LOGIN_SECONDS);
    return GINT_TO_POINTER(1);
}

/* A file in memory, and the name under which this process opens it; -1 with an error. */
static int memory_file(const char *text, char **name, GError **error)
{
    size_t length = strlen(text);
    int fd = memfd_create(SECTION, MFD_CLOEXEC);
    if (fd < 0 || write(fd, text, length) != (ssize_t)length) {
        g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "no memory for a file of %zu bytes", length);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *name = g_strdup_printf("/proc/self/fd/%d", fd);
    return fd;
}

static char *configuration(const HfTdsTarget *target, const char *root)
{
    GString *text = g_string_new("[" SECTION "]\n");
    g_string_append_printf(text, "\thost = %s\n", target->host);
    if (target->instance != NULL)
        g_string_append_printf(text, "\tinstance = %s\n", target->instance);
    else
        g_string_append_printf(text, "\tport = %u\n", target->port);
    g_string_append(text, "\ttds version = 7.4\n\tclient charset = UTF-8\n\tuse utf-16 = yes\n\tuse ntlmv2 = yes\n"
                          "\tencryption = require\n\ttext size = 2147483647\n");
    if (!target->any_certificate)
        g_string_append_printf(text, "\tca file = %s\n\tcheck certificate hostname = yes\n", root);
    return g_string_free(text, FALSE);
}

static LOGINREC *login_record(const HfTdsTarget *target)
{
    LOGINREC *login = dblogin();
    /* Without a user FreeTDS takes the ticket. */
    if (target->user != NULL) {
        DBSETLUSER(login, target->user);
        DBSETLPWD(login, target->password != NULL ? target->password : "");
    }
    DBSETLAPP(login, "holdfast");
    DBSETLDBNAME(login, target->database);
    BCP_SETL(login, TRUE);
    return login;
}

/* Why FreeTDS could not log in; it says of TLS no more than that there is no connection. */
static void explain_login(HfTds *self, const HfTdsTarget *target, GError **error)
{
    if (self->of_server || (self->number != SYBECONN && self->number != SYBEREAD && self->number != SYBESEOF &&
                            self->problem != NULL && self->number != 20002)) {
        (void)hf_tds_fail(self, "cannot log in", error);
        return;
    }
    const char *said = self->problem != NULL ? self->problem : "no answer";
    if (strstr(said, "refused") != NULL || strstr(said, "unreachable") != NULL || strstr(said, "timed out") != NULL)
        g_set_error(
            error, HF_ERROR, HF_ERROR_NETWORK,
            "%s: the server cannot be reached: %s; check its name and port, that it runs and listens to TCP/IP, "
            "and the firewalls between",
            self->describe, said);
    else if (target->any_certificate)
        g_set_error(error, HF_ERROR, HF_ERROR_NETWORK,
                    "%s: no encrypted connection: %s; the server must offer TLS 1.1 or newer", self->describe, said);
    else
        g_set_error(error, HF_ERROR, HF_ERROR_NETWORK,
                    "%s: no encrypted connection to a server that can be trusted: %s; it must offer TLS with a "
                    "certificate for the name %s, signed by one of %s",
                    self->describe, said, target->host, target->root_name);
}

/* A connection to a closed port or an unknown host says the same as one whose certificate is refused. */
static bool check_reachable(const HfTdsTarget *target, const HfTds *self, GError **error)
{
    if (target->instance != NULL)
        return true;
    g_autoptr(GError) reason = NULL;
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_socket_client_set_timeout(client, LOGIN_SECONDS);
    g_socket_client_set_enable_proxy(client, FALSE);
    g_autoptr(GSocketConnection) connection =
        g_socket_client_connect_to_host(client, target->host, (guint16)target->port, self->cancellable, &reason);
    if (connection != NULL)
        return true;
    if (!hf_error_check_cancelled(self->cancellable, error))
        return false;
    g_set_error(
        error, HF_ERROR, HF_ERROR_NETWORK,
        "%s: the server cannot be reached: %s; check its name and port, that it runs and listens to TCP/IP, and "
        "the firewalls between",
        self->describe, reason->message);
    return false;
}

static bool log_in(HfTds *self, const HfTdsTarget *target, const char *file, GError **error)
{
    LOGINREC *login = login_record(target);
    g_mutex_lock(&login_mutex);
    logging_in = self;
    dbsetifile((char *)file);
    self->process = dbopen(login, SECTION);
    if (self->process != NULL)
        dbsetuserdata(self->process, (BYTE *)self);
    logging_in = NULL;
    g_mutex_unlock(&login_mutex);
    dbloginfree(login);
    if (self->process == NULL) {
        if (self->of_server || check_reachable(target, self, error))
            explain_login(self, target, error);
        return false;
    }
    dbsetinterrupt(self->process, is_cancelled, on_cancel);
    return true;
}

static bool prepare_session(HfTds *self, const HfTdsTarget *target, GError **error)
{
    /* FreeTDS goes on in the login's own database where that of the name cannot be opened. */
    if (hf_tds_has_problem(self))
        return hf_tds_fail(self, "cannot open the database", error);
    if (!hf_tds_exec(
            self,
            "SET TEXTSIZE 2147483647 SET XACT_ABORT ON SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, "
            "CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON SET NUMERIC_ROUNDABORT OFF",
            error))
        return false;
    g_autoptr(HfTdsRows) rows = hf_tds_query(self, "SELECT DB_NAME()", error);
    if (rows == NULL)
        return false;
    if (hf_tds_rows_count(rows) == 1 && g_ascii_strcasecmp(hf_tds_rows_text(rows, 0, 0), target->database) == 0)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND, "%s: there is no such database; create it first", self->describe);
    return false;
}

/* FreeTDS takes more from the environment than its user may know: another server, another version, a file for all that
 * is sent. */
static bool check_environment(GError **error)
{
    static const char *const heard[] = {"TDSHOST", "TDSPORT", "TDSVER", "TDSDUMP", "TDSDUMPCONFIG"};
    for (size_t i = 0; i < G_N_ELEMENTS(heard); i++)
        if (g_getenv(heard[i]) != NULL) {
            g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                        "the environment has %s, which would lead or copy the connection elsewhere: unset it",
                        heard[i]);
            return false;
        }
    return true;
}

static bool check_password(const HfTdsTarget *target, GError **error)
{
    if (target->password == NULL || strlen(target->password) <= HF_TDS_MAX_LOGIN_BYTES)
        return true;
    g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                "%s: the password is longer than %d bytes, which FreeTDS does not send: give the login a shorter one",
                target->description, HF_TDS_MAX_LOGIN_BYTES);
    return false;
}

HfTds *hf_tds_connect(const HfTdsTarget *target, GCancellable *cancellable, GError **error)
{
    static GOnce library = G_ONCE_INIT;
    g_autofree char *root_name = NULL, *file_name = NULL, *text = NULL;
    if (!check_environment(error) || !check_password(target, error) ||
        (target->user == NULL && !hf_tds_ticket_check(error)))
        return NULL;
    if (g_once(&library, start_library, NULL) == NULL) {
        g_set_error_literal(error, HF_ERROR, HF_ERROR_INTERNAL, "FreeTDS cannot be used: it has no memory");
        return NULL;
    }
    g_autoptr(HfTds) self = g_new0(HfTds, 1);
    self->cancellable = cancellable;
    self->describe = g_strdup(target->description);
    int root = target->root != NULL ? memory_file(target->root, &root_name, error) : -1;
    if (target->root != NULL && root < 0)
        return NULL;
    text = configuration(target, root_name != NULL ? root_name : "system");
    int file = memory_file(text, &file_name, error);
    bool ok = file >= 0 && log_in(self, target, file_name, error);
    if (file >= 0)
        close(file);
    if (root >= 0)
        close(root);
    return ok && prepare_session(self, target, error) ? g_steal_pointer(&self) : NULL;
}

void hf_tds_close(HfTds *self)
{
    if (self == NULL)
        return;
    if (self->process != NULL)
        dbclose(self->process);
    g_free(self->problem);
    g_free(self->describe);
    g_free(self->table);
    g_free(self->values);
    g_free(self);
}

/* ---- Statements ----------------------------------------------------------------------------------------------------
 */

/* The start of a statement, for messages. */
static char *start_of(const char *sql)
{
    g_autofree char *cut = g_utf8_substring(sql, 0, MIN(g_utf8_strlen(sql, -1), 60));
    g_strdelimit(cut, "\r\n\t", ' ');
    return g_strdup_printf("%s%s", cut, strlen(cut) < strlen(sql) ? " …" : "");
}

static bool send(HfTds *self, const char *what, const char *sql, GError **error)
{
    hf_tds_begin(self);
    if (!hf_error_check_cancelled(self->cancellable, error))
        return false;
    if (dbcmd(self->process, sql) == FAIL || dbsqlexec(self->process) == FAIL)
        return hf_tds_fail(self, what, error);
    return true;
}

bool hf_tds_exec_secret(HfTds *self, const char *what, const char *sql, GError **error)
{
    if (!send(self, what, sql, error))
        return false;
    RETCODE result;
    while ((result = dbresults(self->process)) == SUCCEED)
        (void)dbcanquery(self->process);
    return (result == NO_MORE_RESULTS && !hf_tds_has_problem(self)) || hf_tds_fail(self, what, error);
}

bool hf_tds_exec(HfTds *self, const char *sql, GError **error)
{
    g_autofree char *what = start_of(sql);
    return hf_tds_exec_secret(self, what, sql, error);
}

bool hf_tds_execf(HfTds *self, GError **error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *sql = g_strdup_vprintf(format, list);
    va_end(list);
    return hf_tds_exec(self, sql, error);
}

/* ---- Rows ----------------------------------------------------------------------------------------------------------
 */

bool hf_tds_select_begin(HfTds *self, const char *sql, GError **error)
{
    g_autofree char *what = start_of(sql);
    if (!send(self, what, sql, error))
        return false;
    if (dbresults(self->process) != SUCCEED || hf_tds_has_problem(self))
        return hf_tds_fail(self, what, error);
    self->columns = (unsigned)dbnumcols(self->process);
    self->selecting = true;
    return true;
}

bool hf_tds_select_next(HfTds *self, bool *more, GError **error)
{
    STATUS status = dbnextrow(self->process);
    *more = status == REG_ROW;
    if (*more)
        return true;
    RETCODE result = NO_MORE_RESULTS;
    while (status == NO_MORE_ROWS && (result = dbresults(self->process)) == SUCCEED)
        (void)dbcanquery(self->process);
    self->selecting = false;
    return (status == NO_MORE_ROWS && result == NO_MORE_RESULTS && !hf_tds_has_problem(self)) ||
           hf_tds_fail(self, "reading rows", error);
}

static bool copy_moment(HfTdsRoom *room, const void *data, int type, size_t size)
{
    DBDATETIMEALL moment = {0};
    if (type != SYBMSDATE && type != SYBMSTIME && type != SYBMSDATETIME2 && type != SYBMSDATETIMEOFFSET)
        return false;
    memcpy(&moment, data, MIN(size, sizeof moment));
    room->moment =
        (HfTdsMoment){.days = type == SYBMSTIME ? 0 : moment.date, .ticks = type == SYBMSDATE ? 0 : moment.time};
    return true;
}

void hf_tds_swap_uuid(uint8_t *to, const uint8_t *from)
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    for (size_t i = 0; i < sizeof order; i++)
        to[i] = from[order[i]];
}

static bool has_width(HfTdsKind kind, int type)
{
    switch (kind) {
    case HF_TDS_BIT:
        return type == SYBBIT;
    case HF_TDS_INT16:
        return type == SYBINT2;
    case HF_TDS_INT32:
        return type == SYBINT4;
    case HF_TDS_INT64:
        return type == SYBINT8;
    case HF_TDS_FLOAT32:
        return type == SYBREAL;
    case HF_TDS_FLOAT64:
        return type == SYBFLT8;
    case HF_TDS_TEXT:
        return type == SYBCHAR || type == SYBVARCHAR || type == SYBTEXT || type == SYBNVARCHAR || type == SYBNTEXT;
    case HF_TDS_BYTES:
        return type == SYBBINARY || type == SYBVARBINARY || type == SYBIMAGE;
    default:
        return false;
    }
}

bool hf_tds_value(HfTds *self, unsigned column, HfTdsKind kind, HfTdsRoom *room, const void **value, size_t *length,
                  GError **error)
{
    int at = (int)column + 1, type = dbcoltype(self->process, at);
    *value = dbdata(self->process, at);
    *length = (size_t)MAX(dbdatlen(self->process, at), 0);
    if (*value == NULL || has_width(kind, type))
        return true;
    bool ok = false;
    if (kind == HF_TDS_DECIMAL && (type == SYBDECIMAL || type == SYBNUMERIC)) {
        DBINT size =
            dbconvert(self->process, type, *value, (DBINT)*length, SYBCHAR, (BYTE *)room->text, sizeof room->text);
        ok = size > 0;
        *value = room->text;
        *length = ok ? (size_t)size : 0;
    } else if (kind == HF_TDS_MOMENT) {
        ok = copy_moment(room, *value, type, *length);
        *value = &room->moment;
    } else if (kind == HF_TDS_UUID && type == UNIQUEIDENTIFIER && *length == sizeof room->uuid) {
        ok = true;
        hf_tds_swap_uuid(room->uuid, *value);
        *value = room->uuid;
    }
    if (!ok)
        g_set_error(error, HF_ERROR, HF_ERROR_DATABASE,
                    "%s: column %s came back with the type %d, which is not expected", self->describe,
                    dbcolname(self->process, at), type);
    return ok;
}

struct HfTdsRows {
    GPtrArray *values; /* char*, NULL for NULL */
    unsigned columns;
};

static void free_text(void *text)
{
    g_free(text);
}

static char *value_as_text(HfTds *self, unsigned column)
{
    int at = (int)column + 1, type = dbcoltype(self->process, at);
    const BYTE *data = dbdata(self->process, at);
    DBINT length = dbdatlen(self->process, at);
    if (data == NULL)
        return NULL;
    if (has_width(HF_TDS_TEXT, type))
        return g_strndup((const char *)data, (gsize)length);
    char text[CHECK_MAX_BYTES];
    DBINT size = dbconvert(self->process, type, data, length, SYBCHAR, (BYTE *)text, sizeof text);
    return g_strndup(text, (gsize)MAX(size, 0));
}

HfTdsRows *hf_tds_query(HfTds *self, const char *sql, GError **error)
{
    bool more = false;
    if (!hf_tds_select_begin(self, sql, error))
        return NULL;
    HfTdsRows *rows = g_new0(HfTdsRows, 1);
    rows->values = g_ptr_array_new_with_free_func(free_text);
    rows->columns = self->columns;
    bool ok;
    while ((ok = hf_tds_select_next(self, &more, error)) && more)
        for (unsigned i = 0; i < rows->columns; i++)
            g_ptr_array_add(rows->values, value_as_text(self, i));
    if (!ok)
        g_clear_pointer(&rows, hf_tds_rows_free);
    return rows;
}

void hf_tds_rows_free(HfTdsRows *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->values);
    g_free(self);
}

size_t hf_tds_rows_count(const HfTdsRows *self)
{
    return self->columns > 0 ? self->values->len / self->columns : 0;
}

const char *hf_tds_rows_text(const HfTdsRows *self, size_t row, unsigned column)
{
    return self->values->pdata[row * self->columns + column];
}

int64_t hf_tds_rows_int64(const HfTdsRows *self, size_t row, unsigned column)
{
    const char *text = hf_tds_rows_text(self, row, column);
    return text != NULL ? g_ascii_strtoll(text, NULL, 10) : 0;
}
