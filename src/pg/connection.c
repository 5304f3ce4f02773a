/*
 * libpq in its asynchronous form once there is a connection, so that one loop (wait_ready) watches the socket and the
 * cancellable together. When cancelled, the loop asks the server to cancel, again every second in case the request came
 * between two statements, and gives the server ten seconds before it lets go of the connection. Connecting and asking
 * block in libpq: background.c does both in threads.
 */
#include "pg/connection.h"

#include "base/error.h"
#include "pg/background.h"
#include "pg/server_words.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <string.h>

#define CANCEL_REPEAT_US (1 * G_USEC_PER_SEC)
#define CANCEL_GRACE_US (10 * G_USEC_PER_SEC)

struct HfPg {
    PGconn *conn;
    GCancellable *cancellable; /* NULL: cannot be cancelled */
    char *description;
    char *copy_row;         /* libpq's buffer of the last COPY message */
    HfPgCancel *cancel;     /* the last request to cancel; NULL: none */
    gint64 cancel_first_us; /* when we first asked the server to cancel; 0: not yet */
    gint64 cancel_last_us;
    char sqlstate[6]; /* of the last failure; "" if the server did not say */
    GPollFD cancel_fd;
    unsigned patience_s; /* 0: endless */
    bool is_discreet;
};

/* ---- Errors --------------------------------------------------------------------------------------------------------
 */

static HfErrorCode code_of_sqlstate(const char *sqlstate)
{
    static const struct {
        const char *prefix;
        HfErrorCode code;
    } codes[] = {
        {"42501", HF_ERROR_DENIED}, {"28", HF_ERROR_DENIED},      {"3D000", HF_ERROR_NOT_FOUND},
        {"08", HF_ERROR_NETWORK},   {"57P0", HF_ERROR_NETWORK},   {"53300", HF_ERROR_NETWORK},
        {"53", HF_ERROR_LIMIT},     {"55006", HF_ERROR_CONFLICT}, {"42P04", HF_ERROR_CONFLICT},
    };
    for (size_t i = 0; sqlstate != NULL && i < G_N_ELEMENTS(codes); i++)
        if (g_str_has_prefix(sqlstate, codes[i].prefix))
            return codes[i].code;
    return HF_ERROR_DATABASE;
}

/* What libpq says of the connection, which may be several lines, as one. It tries with TLS and without, and what it
 * says of both alike is there once. Transfer full. */
static char *connection_words(const HfPg *self)
{
    g_auto(GStrv) lines = g_strsplit(PQerrorMessage(self->conn), "\n", -1);
    g_autoptr(GString) words = g_string_new(NULL);
    for (char **line = lines; *line != NULL; line++)
        if (*g_strstrip(*line) != '\0' && strstr(words->str, *line) == NULL)
            g_string_append_printf(words, "%s%s", words->len > 0 ? "; " : "", *line);
    return g_string_free(g_steal_pointer(&words), FALSE);
}

/* Sets the error for a failed result, or for a broken connection if there is none. */
static bool fail(HfPg *self, const PGresult *result, GError **error)
{
    if (g_cancellable_is_cancelled(self->cancellable))
        return hf_error_check_cancelled(self->cancellable, error);
    const char *sqlstate = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    g_strlcpy(self->sqlstate, sqlstate != NULL ? sqlstate : "", sizeof self->sqlstate);
    g_autofree char *words = sqlstate == NULL    ? connection_words(self)
                             : self->is_discreet ? hf_pg_server_words_without_values(result)
                                                 : hf_pg_server_words(result);
    HfErrorCode code = sqlstate != NULL ? code_of_sqlstate(sqlstate) : HF_ERROR_NETWORK;
    g_set_error(error, HF_ERROR, (int)code, "%s: %s", self->description,
                *words != '\0' ? words : "the connection was lost");
    return false;
}

/* ---- Waiting -------------------------------------------------------------------------------------------------------
 */

static void ask_server_to_cancel(HfPg *self, gint64 now_us)
{
    self->cancel_last_us = now_us;
    if (self->cancel_first_us == 0)
        self->cancel_first_us = now_us;
    if (self->cancel != NULL && !hf_pg_cancel_is_done(self->cancel))
        return;
    hf_pg_cancel_free(self->cancel);
    self->cancel = hf_pg_cancel_start(self->conn);
}

/* How long poll may take: -1 is endless. */
static int poll_ms(const HfPg *self, bool cancelled, gint64 since_us, gint64 now_us)
{
    if (cancelled)
        return 200;
    return self->patience_s == 0 ? -1 : (int)MAX(0, self->patience_s * 1000 - (now_us - since_us) / 1000);
}

/* Waits until the socket can do one of `events`. */
static bool wait_ready(HfPg *self, short events, GError **error)
{
    gint64 since_us = g_get_monotonic_time();
    for (;;) {
        bool cancelled = g_cancellable_is_cancelled(self->cancellable);
        gint64 now_us = g_get_monotonic_time();
        if (cancelled && PQstatus(self->conn) == CONNECTION_OK) {
            if (self->cancel_first_us != 0 && now_us - self->cancel_first_us > CANCEL_GRACE_US)
                return hf_error_check_cancelled(self->cancellable, error);
            if (self->cancel_first_us == 0 || now_us - self->cancel_last_us > CANCEL_REPEAT_US)
                ask_server_to_cancel(self, now_us);
        } else if (cancelled) {
            return hf_error_check_cancelled(self->cancellable, error);
        }
        struct pollfd fds[] = {{.fd = PQsocket(self->conn), .events = events},
                               {.fd = cancelled ? -1 : self->cancel_fd.fd, .events = POLLIN}};
        int timeout_ms = poll_ms(self, cancelled, since_us, now_us);
        int ready = poll(fds, G_N_ELEMENTS(fds), timeout_ms);
        if (ready < 0 && errno != EINTR) {
            g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "poll: %s", g_strerror(errno));
            return false;
        }
        if (ready > 0 && fds[0].revents != 0)
            return true;
        if (ready == 0 && timeout_ms == 0) {
            g_set_error(error, HF_ERROR, HF_ERROR_NETWORK, "%s: the server has said nothing for %u s",
                        self->description, self->patience_s);
            return false;
        }
    }
}

/* Sends what libpq has buffered, reading meanwhile so that neither side blocks the other. */
static bool flush(HfPg *self, GError **error)
{
    int left;
    while ((left = PQflush(self->conn)) == 1) {
        if (!wait_ready(self, POLLIN | POLLOUT, error))
            return false;
        if (!PQconsumeInput(self->conn))
            return fail(self, NULL, error);
    }
    return left == 0 || fail(self, NULL, error);
}

/* The next result of the statement under way; NULL in *result when there is no more. */
static bool next_result(HfPg *self, PGresult **result, GError **error)
{
    *result = NULL;
    if (!flush(self, error))
        return false;
    while (PQisBusy(self->conn)) {
        if (!wait_ready(self, POLLIN, error))
            return false;
        if (!PQconsumeInput(self->conn))
            return fail(self, NULL, error);
    }
    *result = PQgetResult(self->conn);
    return true;
}

static bool is_success(const PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
        return true;
    default:
        return false;
    }
}

/* Takes results to the end, or to where a COPY begins; *last (if wanted) is the last one, transfer full. */
static bool finish_statement(HfPg *self, PGresult **last, GError **error)
{
    PGresult *kept = NULL;
    bool ok = true, copying = false;
    while (!copying) {
        PGresult *result;
        if (!next_result(self, &result, ok ? error : NULL)) {
            ok = false;
            break;
        }
        if (result == NULL)
            break;
        if (ok && !is_success(result))
            ok = fail(self, result, error);
        copying = PQresultStatus(result) == PGRES_COPY_IN || PQresultStatus(result) == PGRES_COPY_OUT;
        PQclear(kept);
        kept = result;
    }
    if (ok && kept == NULL)
        ok = fail(self, NULL, error);
    if (ok && last != NULL)
        *last = g_steal_pointer(&kept);
    PQclear(kept);
    return ok;
}

/* ---- Connecting ----------------------------------------------------------------------------------------------------
 */

static void on_notice(void *data, const PGresult *result)
{
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const HfPg *self = data;
    if (self->is_discreet) /* functions of the database say what they like */
        message = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (g_strcmp0(severity, "WARNING") == 0)
        g_info("%s: %s: %s", self->description, severity, message);
    else
        g_debug("%s: %s: %s", self->description, severity != NULL ? severity : "NOTICE", message);
}

/* What to do about a refused connection, or "". Transfer full. */
static char *connect_advice(HfPg *self, const HfPgTarget *target, const char *message)
{
    g_autofree char *source = hf_pg_target_password_source(target);
    if (hf_pg_target_is_alone(target)) /* where its password comes from, only its owner knows */
        return g_strdup(PQconnectionNeedsPassword(self->conn) ? "; none is set for this server" : "");
    if (PQconnectionNeedsPassword(self->conn))
        return g_strdup_printf("; put the password into ~/.pgpass or a file named with %s",
                               hf_pg_target_password_option(target));
    if (strstr(message, "authentication failed") != NULL && PQconnectionUsedPassword(self->conn) && source != NULL)
        return g_strdup_printf("; the password came from %s", source);
    if (strstr(message, "definition of service") != NULL)
        return g_strdup("; services are defined in ~/.pg_service.conf, or the file that PGSERVICEFILE names");
    return g_strdup("");
}

static bool fail_connect(HfPg *self, const HfPgTarget *target, GError **error)
{
    g_autofree char *message = connection_words(self);
    g_autofree char *advice = connect_advice(self, target, message);
    HfErrorCode code = HF_ERROR_NETWORK;
    /* libpq gives no SQLSTATE for a refused connection: its text is all there is, and the server may be localized. */
    if (PQconnectionNeedsPassword(self->conn) || strstr(message, "authentication failed") != NULL ||
        strstr(message, "no pg_hba.conf entry") != NULL)
        code = HF_ERROR_DENIED;
    else if (strstr(message, "database \"") != NULL && strstr(message, "does not exist") != NULL)
        code = HF_ERROR_NOT_FOUND;
    g_set_error(error, HF_ERROR, (int)code, "cannot connect to %s: %s%s", self->description, message, advice);
    return false;
}

/*
 * Pins what a session's statements mean, before the first of them runs: an operator or function found by a search path
 * that others set would run their code with our rights. Also every setting that changes what COPY prints or takes; all
 * time-outs are lifted, and row security's silent filtering is made an error.
 */
static bool pin_session(HfPg *self, GError **error)
{
    static const char *const settings =
        "SET search_path = ''; SET client_encoding = 'UTF8'; SET DateStyle = 'ISO, MDY'; SET IntervalStyle = "
        "'postgres'; SET TimeZone = 'UTC'; SET extra_float_digits = 3; SET bytea_output = 'hex'; SET lc_monetary = "
        "'C'; SET xmloption = 'content'; SET xmlbinary = 'base64'; SET array_nulls = on; SET transform_null_equals = "
        "off; SET standard_conforming_strings = on; SET row_security = off; SET synchronize_seqscans = off; SET "
        "check_function_bodies = off; SET client_min_messages = 'warning'; SET default_transaction_read_only = off; "
        "SET default_transaction_isolation = 'read committed'; SET statement_timeout = 0; SET lock_timeout = 0; SET "
        "idle_in_transaction_session_timeout = 0; SET jit = off; SET enable_tidscan = on;";
    int version = PQserverVersion(self->conn);
    if (!hf_pg_exec(self, settings, error) ||
        (version >= 140000 && !hf_pg_exec(self, "SET idle_session_timeout = 0", error)) ||
        (version >= 170000 && !hf_pg_exec(self, "SET transaction_timeout = 0", error)))
        return false;
    /* A program that is killed leaves no statement (nor its locks) running for long. Not every server's system can. */
    g_autoptr(GError) reason = NULL;
    if (version >= 140000 && !hf_pg_exec(self, "SET client_connection_check_interval = '1s'", &reason))
        g_debug("%s", reason->message);
    return true;
}

HfPg *hf_pg_connect(const HfPgTarget *target, GCancellable *cancellable, GError **error)
{
    g_autoptr(HfPg) self = g_new0(HfPg, 1);
    self->description = g_strdup(hf_pg_target_describe(target));
    self->is_discreet = hf_pg_target_is_discreet(target);
    self->cancel_fd.fd = -1;
    if (cancellable != NULL) {
        self->cancellable = g_object_ref(cancellable);
        if (!g_cancellable_make_pollfd(cancellable, &self->cancel_fd))
            self->cancel_fd.fd = -1;
    }
    self->conn = hf_pg_background_connect(target, self->cancel_fd.fd);
    if (self->conn == NULL || PQstatus(self->conn) != CONNECTION_OK) {
        if (hf_error_check_cancelled(self->cancellable, error))
            fail_connect(self, target, error);
        return NULL;
    }
    PQsetNoticeReceiver(self->conn, on_notice, self);
    PQsetnonblocking(self->conn, 1);
    if (PQserverVersion(self->conn) < 130000) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "%s is PostgreSQL %s; version 13 or newer is needed",
                    self->description, PQparameterStatus(self->conn, "server_version"));
        return NULL;
    }
    return pin_session(self, error) ? g_steal_pointer(&self) : NULL;
}

void hf_pg_close(HfPg *self)
{
    if (self == NULL)
        return;
    PQfreemem(self->copy_row);
    hf_pg_cancel_free(self->cancel);
    PQfinish(self->conn);
    if (self->cancel_fd.fd >= 0)
        g_cancellable_release_fd(self->cancellable);
    g_clear_object(&self->cancellable);
    g_free(self->description);
    g_free(self);
}

int hf_pg_server_version(const HfPg *self)
{
    return PQserverVersion(self->conn);
}

const char *hf_pg_database(const HfPg *self)
{
    return PQdb(self->conn);
}

const char *hf_pg_address(const HfPg *self)
{
    const char *address = PQhostaddr(self->conn);
    return address != NULL && *address != '\0' ? address : NULL;
}

void hf_pg_set_patience(HfPg *self, unsigned seconds)
{
    self->patience_s = seconds;
}

bool hf_pg_used_password(const HfPg *self)
{
    return PQconnectionUsedPassword(self->conn) != 0;
}

bool hf_pg_error_needs_password(const GError *error)
{
    return g_error_matches(error, HF_ERROR, HF_ERROR_DENIED) && strstr(error->message, "no password supplied") != NULL;
}

void hf_pg_ignore_cancel(HfPg *self)
{
    if (self->cancel_fd.fd >= 0)
        g_cancellable_release_fd(self->cancellable);
    self->cancel_fd.fd = -1;
    g_clear_object(&self->cancellable);
    /* One that is still under way would cancel what cleans up. */
    if (self->cancel != NULL)
        hf_pg_cancel_wait(self->cancel);
}

bool hf_pg_read_pooled(HfPg *self, bool *pooled, GError **error)
{
    g_autofree char *servers = hf_pg_query_text(self, "SELECT pg_catalog.pg_backend_pid()", NULL, error);
    g_autofree char *ours = g_strdup_printf("%d", PQbackendPID(self->conn));
    *pooled = servers != NULL && strcmp(servers, ours) != 0;
    return servers != NULL;
}

/* ---- Statements ----------------------------------------------------------------------------------------------------
 */

/* Asked for a statement on a connection that is lost, libpq says that there is none, and forgets how it was lost. */
static bool may_send(HfPg *self, GError **error)
{
    if (!hf_error_check_cancelled(self->cancellable, error))
        return false;
    return PQstatus(self->conn) == CONNECTION_OK || fail(self, NULL, error);
}

bool hf_pg_exec(HfPg *self, const char *sql, GError **error)
{
    if (!may_send(self, error))
        return false;
    if (!PQsendQuery(self->conn, sql))
        return fail(self, NULL, error);
    return finish_statement(self, NULL, error);
}

bool hf_pg_execf(HfPg *self, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sql = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return hf_pg_exec(self, sql, error);
}

bool hf_pg_commit(HfPg *self, bool *in_doubt, GError **error)
{
    *in_doubt = false;
    if (!may_send(self, error))
        return false;
    PGresult *result = NULL;
    bool ok = PQsendQuery(self->conn, "COMMIT") ? finish_statement(self, &result, error) : fail(self, NULL, error);
    if (!ok) {
        PGTransactionStatusType status = PQtransactionStatus(self->conn);
        *in_doubt = status == PQTRANS_ACTIVE || status == PQTRANS_UNKNOWN;
        return false;
    }
    ok = strcmp(PQcmdStatus(result), "COMMIT") == 0;
    if (!ok)
        g_set_error(error, HF_ERROR, HF_ERROR_DATABASE, "%s: the transaction was rolled back, for it had failed before",
                    self->description);
    PQclear(result);
    return ok;
}

bool hf_pg_failed_with(const HfPg *self, const char *sqlstate)
{
    return strcmp(self->sqlstate, sqlstate) == 0;
}

struct HfPgRows {
    PGresult *result;
};

HfPgRows *hf_pg_query(HfPg *self, const char *sql, const char *const *parameters, GError **error)
{
    if (!may_send(self, error))
        return NULL;
    guint count = parameters != NULL ? g_strv_length((char **)(gpointer)parameters) : 0;
    if (!PQsendQueryParams(self->conn, sql, (int)count, NULL, parameters, NULL, NULL, 0)) {
        fail(self, NULL, error);
        return NULL;
    }
    PGresult *result = NULL;
    if (!finish_statement(self, &result, error))
        return NULL;
    HfPgRows *rows = g_new0(HfPgRows, 1);
    rows->result = result;
    return rows;
}

void hf_pg_rows_free(HfPgRows *self)
{
    if (self == NULL)
        return;
    PQclear(self->result);
    g_free(self);
}

size_t hf_pg_rows_count(const HfPgRows *self)
{
    return (size_t)PQntuples(self->result);
}

const char *hf_pg_rows_text(const HfPgRows *self, size_t row, int column)
{
    return PQgetisnull(self->result, (int)row, column) ? NULL : PQgetvalue(self->result, (int)row, column);
}

int64_t hf_pg_rows_int64(const HfPgRows *self, size_t row, int column)
{
    return g_ascii_strtoll(PQgetvalue(self->result, (int)row, column), NULL, 10);
}

bool hf_pg_rows_bool(const HfPgRows *self, size_t row, int column)
{
    return PQgetvalue(self->result, (int)row, column)[0] == 't';
}

char *hf_pg_query_text(HfPg *self, const char *sql, const char *const *parameters, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_pg_query(self, sql, parameters, error);
    return rows != NULL && hf_pg_rows_count(rows) > 0 ? g_strdup(hf_pg_rows_text(rows, 0, 0)) : NULL;
}

/* ---- COPY ----------------------------------------------------------------------------------------------------------
 */

static bool copy_begin(HfPg *self, const char *sql, ExecStatusType wanted, GError **error)
{
    if (!may_send(self, error))
        return false;
    if (!PQsendQuery(self->conn, sql))
        return fail(self, NULL, error);
    PGresult *result = NULL;
    if (!finish_statement(self, &result, error))
        return false;
    ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    if (status != wanted) {
        g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "%s: not a COPY: %s", self->description, sql);
        return false;
    }
    return true;
}

bool hf_pg_copy_out_begin(HfPg *self, const char *sql, GError **error)
{
    return copy_begin(self, sql, PGRES_COPY_OUT, error);
}

bool hf_pg_copy_out_next(HfPg *self, uint8_t **data, size_t *length, GError **error)
{
    PQfreemem(g_steal_pointer(&self->copy_row));
    *data = NULL;
    *length = 0;
    int got;
    while ((got = PQgetCopyData(self->conn, &self->copy_row, 1)) == 0) {
        if (!wait_ready(self, POLLIN, error))
            return false;
        if (!PQconsumeInput(self->conn))
            return fail(self, NULL, error);
    }
    if (got > 0) {
        *data = (uint8_t *)self->copy_row;
        *length = (size_t)got;
        return true;
    }
    if (got == -2)
        return fail(self, NULL, error);
    return finish_statement(self, NULL, error);
}

void hf_pg_copy_out_abandon(HfPg *self)
{
    if (PQstatus(self->conn) == CONNECTION_OK && PQtransactionStatus(self->conn) == PQTRANS_ACTIVE)
        ask_server_to_cancel(self, g_get_monotonic_time());
}

bool hf_pg_copy_in_begin(HfPg *self, const char *sql, GError **error)
{
    return copy_begin(self, sql, PGRES_COPY_IN, error);
}

bool hf_pg_copy_in_write(HfPg *self, const void *data, size_t length, GError **error)
{
    if (!hf_error_check_cancelled(self->cancellable, error))
        return false;
    const char *bytes = data;
    while (length > 0) {
        size_t piece = MIN(length, (size_t)1 << 20);
        if (PQputCopyData(self->conn, bytes, (int)piece) != 1) {
            /* The server ended the COPY early: its result says why. */
            if (finish_statement(self, NULL, error))
                fail(self, NULL, error);
            return false;
        }
        if (!flush(self, error))
            return false;
        bytes += piece;
        length -= piece;
    }
    return true;
}

bool hf_pg_copy_in_end(HfPg *self, uint64_t *rows, GError **error)
{
    PGresult *result = NULL;
    if (PQputCopyEnd(self->conn, NULL) != 1)
        return fail(self, NULL, error);
    if (!finish_statement(self, &result, error))
        return false;
    *rows = g_ascii_strtoull(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return true;
}

/* ---- Quoting -------------------------------------------------------------------------------------------------------
 */

char *hf_pg_quote_ident(const char *name)
{
    GString *text = g_string_new("\"");
    for (const char *c = name; *c != '\0'; c++) {
        if (*c == '"')
            g_string_append_c(text, '"');
        g_string_append_c(text, *c);
    }
    return g_string_free(g_string_append_c(text, '"'), FALSE);
}

/* The end of the quoted run that starts at `text`, past its closing quote; a doubled quote is part of the run. */
static const char *after_quoted(const char *text)
{
    const char *c = text + 1;
    while (*c != '\0' && (*c != *text || c[1] == *text))
        c += *c == *text ? 2 : 1;
    return *c == '\0' ? c : c + 1;
}

/* A quoted name with Unicode escapes for all that is not ASCII. */
static void append_escaped_name(GString *text, const char *name, const char *end)
{
    g_string_append(text, "U&");
    for (const char *c = name; c < end; c = g_utf8_next_char(c)) {
        if (*c == '\\')
            g_string_append(text, "\\\\");
        else if ((unsigned char)*c >= 0x80)
            g_string_append_printf(text, "\\+%06X", g_utf8_get_char(c));
        else
            g_string_append_c(text, *c);
    }
}

char *hf_pg_escape_names(const char *sql)
{
    GString *text = g_string_new(NULL);
    for (const char *c = sql, *end; *c != '\0'; c = end) {
        end = *c == '"' || *c == '\'' ? after_quoted(c) : c + 1;
        bool ascii = true;
        for (const char *d = c; d < end; d++)
            ascii = ascii && (unsigned char)*d < 0x80;
        if (*c == '"' && !ascii && g_utf8_validate(c, end - c, NULL))
            append_escaped_name(text, c, end);
        else
            g_string_append_len(text, c, end - c);
    }
    return g_string_free(text, FALSE);
}

char *hf_pg_quote_qualified(const char *schema, const char *name)
{
    g_autofree char *quoted_schema = hf_pg_quote_ident(schema);
    g_autofree char *quoted_name = hf_pg_quote_ident(name);
    return g_strconcat(quoted_schema, ".", quoted_name, NULL);
}

char *hf_pg_quote_literal(const char *text)
{
    /* E'' where there is a backslash, so that it is right whatever standard_conforming_strings says. */
    bool escaped = strchr(text, '\\') != NULL;
    GString *quoted = g_string_new(escaped ? "E'" : "'");
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\'' || *c == '\\')
            g_string_append_c(quoted, *c);
        g_string_append_c(quoted, *c);
    }
    return g_string_free(g_string_append_c(quoted, '\''), FALSE);
}
