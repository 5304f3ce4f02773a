/*
 * The steps are gone through in a process of its own (apart.h), which writes what it sees into memory that both share:
 * so it is known how far it came also if it had to be killed, or has run out of memory.
 */
#include "service/server_check.h"

#include "base/error.h"
#include "base/json.h"
#include "service/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHECK_S 5
#define CONNECT_MS 2000
#define MAX_ANSWER 1000
#define MORE_CONNECTIONS 3 /* of a job, besides its lanes */

typedef enum { NAME, PORT, TLS, SIGN_IN, VERSION, OWN, RIGHTS, ROOM, STEPS } StepName;
static const char *const names[STEPS] = {"name", "port", "tls", "sign_in", "version", "own", "rights", "room"};

typedef enum { SKIPPED, OK, WARNING, FAILED } State;
static const char *const states[] = {"skipped", "ok", "warning", "failed"};

typedef struct {
    State state;
    char detail[1000];
    char fix[300];
} Step;

typedef struct {
    const HfServerRow *server;
    const HfPgTarget *target;
    const HfOwnServer *own;
    const HfConfiguration *configuration;
    Step *steps; /* shared */
} Check;

/* ---- What to do ----------------------------------------------------------------------------------------------------
 */

static const char *const usual_fixes[STEPS] = {
    [NAME] = "Check the spelling. The name must be known on the host that Holdfast runs on; an address does as well.",
    [PORT] = "See that PostgreSQL runs and listens there (listen_addresses, port), and that no firewall is between.",
    [TLS] = "Compare the server's certificate with the TLS mode and the root certificate that are set here.",
    [SIGN_IN] = "Read the server's words: its log says more.",
    [VERSION] = "Upgrade the server: Holdfast works with PostgreSQL 13 and newer.",
    [OWN] = "Back up other databases of other servers; the catalog is rebuilt from the storages (holdfast rescan).",
    [RIGHTS] = "See which rights the role has.",
    [ROOM] = "Raise max_connections at the server, or let fewer jobs run there at once."};

#define HBA "Admit this role, database and address in the server's pg_hba.conf, above what rejects them, and reload it."

/* What PostgreSQL and libpq say of a refused connection, whose it is, and what helps. libpq gives no code, so their
 * words are all there is; in other languages the usual advice has to do. */
static const struct {
    const char *words;
    StepName step;
    const char *fix;
} signs[] = {
    {"does not support SSL", TLS, "Switch TLS on at the server (ssl = on), or choose a TLS mode that does without."},
    {"does not match host name", TLS, "Connect by a name that stands in the certificate, or choose verify-ca."},
    {"certificate verify failed", TLS, "Give the certificate of the authority that has signed the server's."},
    {"root certificate", TLS, "Give the certificate of the authority that has signed the server's, as PEM."},
    {"certificate", TLS, NULL},
    {"SSL error", TLS, NULL},
    {"SSL connection", TLS, NULL},
    {"SSL encryption", SIGN_IN, HBA},
    {"no encryption", SIGN_IN, "Choose a TLS mode, if the server takes encrypted connections alone. Otherwise: " HBA},
    {"pg_hba.conf", SIGN_IN, HBA},
    {"password", SIGN_IN, "Give the role's password again."},
    {"role \"", SIGN_IN, "Create the role at the server, or correct the user."},
    {"database \"", SIGN_IN, "Name a maintenance database that exists and that the role may connect to."},
    {"too many clients", SIGN_IN, "Raise max_connections at the server, or end what holds its connections."},
    {"remaining connection slots", SIGN_IN, "Raise max_connections at the server, or end what holds its connections."},
    {"too many connections", SIGN_IN, "Raise the connection limit of the role or the database."},
    {"version 13 or newer", VERSION, NULL},
};

static void set(Step *step, State state, const char *detail, const char *fix)
{
    g_strlcpy(step->detail, detail, sizeof step->detail);
    g_strlcpy(step->fix, fix, sizeof step->fix);
    step->state = state;
}

/* Gives `name` a failure, and what lies before it, if nothing was said of it yet, an empty success. */
static bool fail(const Check *self, StepName name, const char *detail, const char *fix)
{
    for (size_t i = 0; i < name; i++)
        if (self->steps[i].state == SKIPPED)
            self->steps[i].state = OK;
    set(&self->steps[name], FAILED, detail, fix != NULL ? fix : usual_fixes[name]);
    return false;
}

/* What is said without the names that people chose, which might be any of these words. Transfer full. */
static char *without_names(const Check *self, const char *message)
{
    const char *chosen[] = {self->server->host, self->server->username, self->server->maintenance_db};
    g_autofree char *place = g_strconcat("cannot connect to ", hf_pg_target_describe(self->target), NULL);
    GString *text = g_string_new(g_str_has_prefix(message, place) ? message + strlen(place) : message);
    for (size_t i = 0; i < G_N_ELEMENTS(chosen); i++) {
        g_autofree char *quoted = g_strconcat("\"", chosen[i], "\"", NULL);
        g_string_replace(text, quoted, "\"\"", 0);
    }
    return g_string_free(text, FALSE);
}

static bool fail_refused(const Check *self, const GError *error)
{
    g_autofree char *words = without_names(self, error->message);
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if (strstr(words, signs[i].words) != NULL)
            return fail(self, signs[i].step, error->message, signs[i].fix);
    return fail(self, SIGN_IN, error->message, NULL);
}

/* ---- Steps ---------------------------------------------------------------------------------------------------------
 */

static void name_address(const struct addrinfo *address, char text[NI_MAXHOST])
{
    if (getnameinfo(address->ai_addr, address->ai_addrlen, text, NI_MAXHOST, NULL, 0, NI_NUMERICHOST) != 0)
        g_strlcpy(text, "?", NI_MAXHOST);
}

static struct addrinfo *look_up(const Check *self)
{
    const HfServerRow *server = self->server;
    struct addrinfo *all = NULL;
    int status = getaddrinfo(server->host, server->port,
                             &(struct addrinfo){.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, &all);
    if (status != 0) {
        g_autofree char *detail = g_strdup_printf("%s is not known: %s", server->host, gai_strerror(status));
        (void)fail(self, NAME, detail, NULL);
        return NULL;
    }
    g_autoptr(GString) detail = g_string_new(server->host);
    for (const struct addrinfo *each = all; each != NULL; each = each->ai_next) {
        char address[NI_MAXHOST];
        name_address(each, address);
        if (strcmp(address, server->host) != 0)
            g_string_append_printf(detail, "%s%s", each == all ? " is " : ", ", address);
    }
    set(&self->steps[NAME], OK, detail->str, "");
    return all;
}

/* 0, or the errno. */
static int try_address(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), problem = 0;
    socklen_t length = sizeof problem;
    if (fd < 0)
        return errno;
    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0 && errno != EINPROGRESS)
        problem = errno;
    else if (poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, CONNECT_MS) <= 0)
        problem = ETIMEDOUT;
    else
        (void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &length);
    close(fd);
    return problem;
}

static bool check_port(const Check *self, const struct addrinfo *all)
{
    const char *port = self->server->port;
    int problem = 0;
    char address[NI_MAXHOST];
    for (const struct addrinfo *each = all; each != NULL; each = each->ai_next) {
        g_autoptr(GError) reason = NULL;
        name_address(each, address);
        if (!hf_own_server_check_address(self->configuration, address, port, &reason))
            return fail(self, PORT, reason->message, "Correct host and port.");
        problem = try_address(each);
        if (problem == 0)
            break;
    }
    g_autofree char *detail =
        problem == 0 ? g_strdup_printf("something listens at %s, port %s", address, port)
                     : g_strdup_printf("nothing answers at %s, port %s: %s", address, port, g_strerror(problem));
    if (problem != 0)
        return fail(self, PORT, detail, NULL);
    set(&self->steps[PORT], OK, detail, "");
    return true;
}

static bool check_address(const Check *self)
{
    struct addrinfo *all = look_up(self);
    bool ok = all != NULL && check_port(self, all);
    if (all != NULL)
        freeaddrinfo(all);
    return ok;
}

static void note_tls(const Check *self, HfPg *pg)
{
    const char *mode = self->server->tls_mode;
    g_autofree char *version = hf_pg_query_text(
        pg, "SELECT version FROM pg_catalog.pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl", NULL, NULL);
    bool verified = g_str_has_prefix(mode, "verify");
    g_autofree char *detail =
        g_strdup_printf("%s (%s)%s", version != NULL ? version : "not encrypted", mode,
                        version != NULL && !verified ? ": who the server is was not checked" : "");
    set(&self->steps[TLS], version != NULL && verified ? OK : WARNING, detail,
        version != NULL && verified ? ""
                                    : "Choose verify-full, with the certificate of the authority that signs the "
                                      "server's, unless the network between is yours alone.");
}

static bool check_own(const Check *self, HfPg *pg)
{
    bool own = false;
    g_autoptr(GError) reason = NULL;
    if (!hf_own_server_check(self->own, pg, self->server->maintenance_db, &own, &reason))
        return fail(self, OWN, reason->message,
                    hf_pg_used_password(pg) ? NULL : "Let pg_hba.conf ask for a password (scram-sha-256).");
    set(&self->steps[OWN], OK,
        own ? "Holdfast's own catalog is on this server, and stays out" : "it holds nothing of Holdfast's own", "");
    return true;
}

static bool check_rights(const Check *self, HfPg *pg)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(HfPgRows) rows = hf_pg_query(
        pg,
        "SELECT rolsuper, rolcreatedb, CASE WHEN current_setting('server_version_num')::int >= 140000 THEN "
        "pg_has_role('pg_read_all_data', 'USAGE') ELSE false END FROM pg_roles WHERE rolname = current_user",
        NULL, &reason);
    if (rows == NULL || hf_pg_rows_count(rows) == 0)
        return fail(self, RIGHTS, reason != NULL ? reason->message : "the role is not known", NULL);
    if (hf_pg_rows_bool(rows, 0, 0))
        set(&self->steps[RIGHTS], OK, "a superuser, who may do everything", "");
    else if (!hf_pg_rows_bool(rows, 0, 2))
        set(&self->steps[RIGHTS], WARNING, "the role reads only what it owns or was granted",
            "Let it own what is backed up, or GRANT pg_read_all_data to it (PostgreSQL 14 and newer).");
    else if (!hf_pg_rows_bool(rows, 0, 1))
        set(&self->steps[RIGHTS], WARNING, "the role may read everything, and make no database to restore to",
            "ALTER ROLE … CREATEDB, if restores are to run as this role.");
    else
        set(&self->steps[RIGHTS], OK, "the role may read everything and make databases", "");
    return true;
}

static bool check_room(const Check *self, HfPg *pg)
{
    int64_t needed = (int64_t)self->configuration->worker_lanes + MORE_CONNECTIONS;
    g_autoptr(GError) reason = NULL;
    g_autofree char *text = hf_pg_query_text(
        pg,
        "SELECT least(current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int "
        "- (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), (SELECT CASE WHEN "
        "rolconnlimit >= 0 THEN rolconnlimit - (SELECT count(*) FROM pg_stat_activity WHERE usename = current_user) "
        "END "
        "FROM pg_roles WHERE rolname = current_user))",
        NULL, &reason);
    if (text == NULL)
        return fail(self, ROOM, reason != NULL ? reason->message : "the server does not tell", NULL);
    g_autofree char *detail =
        g_strdup_printf("%s connections are free, and a job takes about %" G_GINT64_FORMAT, text, needed);
    bool enough = g_ascii_strtoll(text, NULL, 10) >= needed;
    set(&self->steps[ROOM], enough ? OK : WARNING, detail, enough ? "" : usual_fixes[ROOM]);
    return true;
}

static bool go_through(gconstpointer data, GString *answer, GError **error)
{
    const Check *self = data;
    g_autoptr(GError) reason = NULL;
    (void)error;
    if (!check_address(self))
        return true;
    g_autoptr(HfPg) pg = hf_pg_connect(self->target, NULL, &reason);
    if (pg == NULL) {
        (void)fail_refused(self, reason);
        return true;
    }
    note_tls(self, pg);
    g_autofree char *who = g_strdup_printf("as %s", self->server->username);
    set(&self->steps[SIGN_IN], OK, who, "");
    g_autofree char *version = hf_pg_query_text(pg, "SHOW server_version", NULL, &reason);
    if (version == NULL) {
        (void)fail(self, VERSION, reason != NULL ? reason->message : "the server does not tell", NULL);
        return true;
    }
    g_string_append(answer, version);
    set(&self->steps[VERSION], OK, version, "");
    (void)(check_own(self, pg) && check_rights(self, pg) && check_room(self, pg));
    return true;
}

/* ---- Telling -------------------------------------------------------------------------------------------------------
 */

static const Step *failed_one(const Step *steps)
{
    for (size_t i = 0; i < STEPS; i++)
        if (steps[i].state == FAILED)
            return &steps[i];
    return NULL;
}

/* What the process could not say itself: where it stood when it was ended. */
static void note_end(const Check *self, const GError *reason)
{
    size_t i = 0;
    while (i < STEPS - 1 && self->steps[i].state != SKIPPED)
        i++;
    if (failed_one(self->steps) != NULL)
        return;
    if (i == TLS) /* or signing in: nobody can tell */
        set(&self->steps[SIGN_IN], FAILED, reason->message, usual_fixes[SIGN_IN]);
    else
        (void)fail(self, (StepName)i, reason->message, NULL);
}

static void write_text(HfJsonWriter *writer, const char *key, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    hf_json_writer_string(writer, key, valid);
}

static char *to_json(const Step *steps, const char *version)
{
    HfJsonWriter writer;
    GString *text = g_string_new(NULL);
    const Step *failed = failed_one(steps);
    hf_json_writer_init(&writer, text);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_bool(&writer, "ok", failed == NULL);
    write_text(&writer, "message", failed != NULL ? failed->detail : "");
    write_text(&writer, "version", version != NULL ? version : "");
    hf_json_writer_begin_array(&writer, "steps");
    for (size_t i = 0; i < STEPS; i++) {
        hf_json_writer_begin_object(&writer, NULL);
        hf_json_writer_string(&writer, "name", names[i]);
        hf_json_writer_string(&writer, "state", states[steps[i].state]);
        write_text(&writer, "detail", steps[i].detail);
        write_text(&writer, "fix", steps[i].fix);
        hf_json_writer_end_object(&writer);
    }
    hf_json_writer_end_array(&writer);
    hf_json_writer_end_object(&writer);
    return g_string_free(text, FALSE);
}

char *hf_server_check(const HfServerRow *server, const HfPgTarget *target, const HfOwnServer *own,
                      const HfConfiguration *configuration)
{
    g_autoptr(GError) reason = NULL;
    Step *steps = mmap(NULL, sizeof(Step) * STEPS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    g_assert(steps != MAP_FAILED);
    const Check check = {
        .server = server, .target = target, .own = own, .configuration = configuration, .steps = steps};
    g_autofree char *version = hf_apart_run(go_through, &check, CHECK_S, MAX_ANSWER, &reason);
    if (version == NULL)
        note_end(&check, reason);
    char *json = to_json(steps, version);
    munmap(steps, sizeof(Step) * STEPS);
    return json;
}
