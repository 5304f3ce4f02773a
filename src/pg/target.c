#include "pg/target.h"

#include "base/error.h"

#include <libpq-fe.h>
#include <string.h>

struct HfPgTarget {
    GPtrArray *keywords; /* char*, NULL-terminated */
    GPtrArray *values;   /* char*, NULL-terminated */
    char *database;
    char *server;
    char *description;
    char *conninfo;
    char *password;
    const char *password_option;
    bool is_alone, is_discreet;
};

/* A file that never is there. An empty password, which keeps out that of the environment, libpq takes from within a
 * connection string alone. */
#define NOWHERE "/dev/null/nowhere"
#define ALONE "password='' passfile='" NOWHERE "' sslcert='" NOWHERE "' sslkey='" NOWHERE "'"

/* What we set unless the connection string does: a dead peer is noticed within about a minute. */
static const struct {
    const char *keyword, *value;
} defaults[] = {
    {"connect_timeout", "15"}, {"keepalives_idle", "20"},     {"keepalives_interval", "10"},
    {"keepalives_count", "3"}, {"tcp_user_timeout", "60000"}, {"fallback_application_name", "holdfast"},
};

static void free_secret(gpointer text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    g_free(text);
}

void hf_pg_target_free(HfPgTarget *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref(self->keywords);
    g_ptr_array_unref(self->values);
    g_free(self->database);
    g_free(self->server);
    g_free(self->description);
    g_free(self->conninfo);
    free_secret(self->password);
    g_free(self);
}

static const char *get(const HfPgTarget *self, const char *keyword)
{
    for (guint i = 0; i < self->keywords->len && self->keywords->pdata[i] != NULL; i++)
        if (strcmp(self->keywords->pdata[i], keyword) == 0)
            return self->values->pdata[i];
    return NULL;
}

static void set(HfPgTarget *self, const char *keyword, const char *value)
{
    for (guint i = 0; i < self->keywords->len; i++) {
        if (strcmp(self->keywords->pdata[i], keyword) == 0) {
            free_secret(self->values->pdata[i]);
            self->values->pdata[i] = g_strdup(value);
            return;
        }
    }
    g_ptr_array_add(self->keywords, g_strdup(keyword));
    g_ptr_array_add(self->values, g_strdup(value));
}

static char *quote_value(const char *value)
{
    GString *text = g_string_new("'");
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == '\'' || *c == '\\')
            g_string_append_c(text, '\\');
        g_string_append_c(text, *c);
    }
    return g_string_free(g_string_append_c(text, '\''), FALSE);
}

/* ---- What libpq will fill in by itself -----------------------------------------------------------------------------
 */

/* A service file is one that libpq would read: named by PGSERVICEFILE, the user's own, or the system's. */
static char *from_service_file(const char *path, const char *service, const char *keyword)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (path == NULL || !g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL))
        return NULL;
    return g_key_file_get_string(file, service, keyword, NULL);
}

static char *from_service(const char *service, const char *keyword)
{
    const char *named = g_getenv("PGSERVICEFILE"), *folder = g_getenv("PGSYSCONFDIR");
    g_autofree char *own = g_build_filename(g_get_home_dir(), ".pg_service.conf", NULL);
    g_autofree char *system =
        g_build_filename(folder != NULL ? folder : "/etc/postgresql-common", "pg_service.conf", NULL);
    char *value = from_service_file(named != NULL ? named : own, service, keyword);
    return value != NULL ? value : from_service_file(system, service, keyword);
}

static char *from_environment(const char *keyword)
{
    PQconninfoOption *options = PQconndefaults();
    char *value = NULL;
    for (PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
        if (strcmp(o->keyword, keyword) == 0)
            value = g_strdup(o->val);
    PQconninfoFree(options);
    return value;
}

static char *effective(const HfPgTarget *self, const char *keyword)
{
    const char *given = get(self, keyword), *service = get(self, "service");
    if (given != NULL)
        return g_strdup(given);
    char *value = service != NULL ? from_service(service, keyword) : NULL;
    return value != NULL ? value : from_environment(keyword);
}

/* Fills what is derived from the parameters; called once they are complete. */
static HfPgTarget *finish(HfPgTarget *self)
{
    const char *service = get(self, "service");
    for (size_t i = 0; i < G_N_ELEMENTS(defaults); i++) {
        g_autofree char *of_service = service != NULL ? from_service(service, defaults[i].keyword) : NULL;
        if (get(self, defaults[i].keyword) == NULL && of_service == NULL)
            set(self, defaults[i].keyword, defaults[i].value);
    }
    GString *conninfo = g_string_new(self->is_alone ? ALONE : "");
    for (guint i = 0; i < self->keywords->len; i++) {
        g_autofree char *quoted = quote_value(self->values->pdata[i]);
        g_string_append_printf(conninfo, "%s%s=%s", conninfo->len > 0 ? " " : "", (char *)self->keywords->pdata[i],
                               quoted);
    }
    self->conninfo = g_string_free(conninfo, FALSE);

    g_autofree char *host = effective(self, "host");
    g_autofree char *port = effective(self, "port");
    g_autofree char *user = effective(self, "user");
    self->database = effective(self, "dbname");
    /* A service that gives no host and no name may not exist at all: then a place would be a guess. */
    bool unknown = service != NULL && host == NULL && self->database == NULL;
    if (self->database == NULL)
        self->database = g_strdup(user != NULL ? user : "postgres");
    self->server = g_strdup_printf("%s:%s", host != NULL ? host : "the local socket", port != NULL ? port : "5432");
    self->description =
        unknown ? g_strdup_printf("service %s", service) : g_strdup_printf("%s at %s", self->database, self->server);
    if (self->password != NULL)
        set(self, "password", self->password);
    if (self->is_alone) {
        g_ptr_array_insert(self->keywords, 0, g_strdup("dbname"));
        g_ptr_array_insert(self->values, 0, g_strdup(ALONE));
    }
    g_ptr_array_add(self->keywords, NULL);
    g_ptr_array_add(self->values, NULL);
    return self;
}

static HfPgTarget *new_empty(const char *password)
{
    HfPgTarget *self = g_new0(HfPgTarget, 1);
    self->keywords = g_ptr_array_new_with_free_func(g_free);
    self->values = g_ptr_array_new_with_free_func(free_secret);
    self->password = g_strdup(password);
    self->password_option = "--password-file";
    return self;
}

HfPgTarget *hf_pg_target_new(const char *conninfo, const char *password, GError **error)
{
    /* A bare word is a database's name, as psql takes it. */
    bool is_name = strchr(conninfo, '=') == NULL && !g_str_has_prefix(conninfo, "postgresql://") &&
                   !g_str_has_prefix(conninfo, "postgres://");
    char *message = NULL;
    PQconninfoOption *options = is_name ? NULL : PQconninfoParse(conninfo, &message);
    if (!is_name && options == NULL) {
        const char *why = message != NULL ? g_strchomp(message) : "out of memory";
        /* libpq quotes the place that it stumbles over. */
        if (strstr(conninfo, "password") != NULL || strchr(conninfo, '@') != NULL)
            why = "libpq's words are not shown, as they might quote a password; none belongs there";
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "the connection string is not valid: %s", why);
        PQfreemem(message);
        return NULL;
    }
    g_autoptr(HfPgTarget) self = new_empty(password);
    bool has_password = false;
    if (is_name && *conninfo != '\0')
        set(self, "dbname", conninfo);
    for (PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++) {
        if (o->val == NULL)
            continue;
        if (strcmp(o->keyword, "password") == 0 || strcmp(o->keyword, "sslpassword") == 0) {
            has_password = true;
            explicit_bzero(o->val, strlen(o->val));
        } else {
            set(self, o->keyword, o->val);
        }
    }
    PQconninfoFree(options);
    if (has_password) {
        g_set_error_literal(
            error, HF_ERROR, HF_ERROR_USAGE,
            "a password in the connection string can be seen by every user of this machine; put it into "
            "~/.pgpass, a service file or a file that --password-file or an option like it names, or let it be asked "
            "for "
            "with --password");
        return NULL;
    }
    return finish(g_steal_pointer(&self));
}

static HfPgTarget *copy_with(const HfPgTarget *self, const char *database, const char *address, const char *password,
                             bool is_alone)
{
    HfPgTarget *copy = new_empty(password);
    copy->is_alone = is_alone;
    copy->is_discreet = self->is_discreet;
    copy->password_option = self->password_option;
    for (guint i = self->is_alone ? 1 : 0; i < self->keywords->len && self->keywords->pdata[i] != NULL; i++)
        if (strcmp(self->keywords->pdata[i], "password") != 0)
            set(copy, self->keywords->pdata[i], self->values->pdata[i]);
    if (database != NULL)
        set(copy, "dbname", database);
    if (address != NULL)
        set(copy, "hostaddr", address);
    return finish(copy);
}

HfPgTarget *hf_pg_target_alone(const HfPgTarget *self)
{
    return copy_with(self, NULL, NULL, self->password, true);
}

bool hf_pg_target_is_alone(const HfPgTarget *self)
{
    return self->is_alone;
}

HfPgTarget *hf_pg_target_discreet(const HfPgTarget *self, bool discreet)
{
    HfPgTarget *copy = copy_with(self, NULL, NULL, self->password, self->is_alone);
    copy->is_discreet = discreet;
    return copy;
}

bool hf_pg_target_is_discreet(const HfPgTarget *self)
{
    return self->is_discreet;
}

HfPgTarget *hf_pg_target_with_database(const HfPgTarget *self, const char *database)
{
    return copy_with(self, database, NULL, self->password, self->is_alone);
}

HfPgTarget *hf_pg_target_at(const HfPgTarget *self, const char *address)
{
    return copy_with(self, NULL, address, self->password, self->is_alone);
}

HfPgTarget *hf_pg_target_with_password(const HfPgTarget *self, const char *password)
{
    return copy_with(self, NULL, NULL, password, self->is_alone);
}

const char *hf_pg_target_database(const HfPgTarget *self)
{
    return self->database;
}

const char *hf_pg_target_describe(const HfPgTarget *self)
{
    return self->description;
}

const char *hf_pg_target_server(const HfPgTarget *self)
{
    return self->server;
}

void hf_pg_target_set_password_option(HfPgTarget *self, const char *option)
{
    self->password_option = option;
}

const char *hf_pg_target_password_option(const HfPgTarget *self)
{
    return self->password_option;
}

char *hf_pg_target_password_source(const HfPgTarget *self)
{
    const char *service = get(self, "service");
    g_autofree char *of_service = service != NULL ? from_service(service, "password") : NULL;
    char *source = self->password != NULL           ? g_strconcat(self->password_option, " or the prompt", NULL)
                   : of_service != NULL             ? g_strdup("the service file")
                   : g_getenv("PGPASSWORD") != NULL ? g_strdup("PGPASSWORD")
                                                    : NULL;
    free_secret(g_steal_pointer(&of_service));
    return source;
}

void hf_pg_target_parameters(const HfPgTarget *self, const char *const **keywords, const char *const **values)
{
    *keywords = (const char *const *)self->keywords->pdata;
    *values = (const char *const *)self->values->pdata;
}

const char *hf_pg_target_conninfo(const HfPgTarget *self)
{
    return self->conninfo;
}

const char *hf_pg_target_password(const HfPgTarget *self)
{
    return self->password;
}
