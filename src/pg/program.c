#include "pg/program.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The schema of the largest databases is some hundred megabytes; it is held in memory, so it has a bound. */
#define MAX_SCHEMA_BYTES ((gsize)1 << 30)

void hf_pg_program_free(HfPgProgram *self)
{
    if (self == NULL)
        return;
    g_free(self->path);
    g_free(self->version);
    g_free(self);
}

/* ---- Finding -------------------------------------------------------------------------------------------------------
 */

/* The program at `path` if it runs and says its version, else NULL. */
static HfPgProgram *probe(const char *path)
{
    if (!g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
        return NULL;
    g_autofree char *output = NULL;
    const char *argv[] = {path, "--version", NULL};
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)(gpointer)argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output, NULL,
                      &status, NULL) ||
        status != 0)
        return NULL;
    const char *version = strstr(output, "(PostgreSQL) ");
    if (version == NULL)
        return NULL;
    HfPgProgram *program = g_new0(HfPgProgram, 1);
    program->path = g_strdup(path);
    program->version = g_strstrip(g_strdup(version + strlen("(PostgreSQL) ")));
    program->major = (int)strtol(program->version, NULL, 10);
    return program;
}

static void add_path_folders(GPtrArray *folders, const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path != NULL ? path : "", ":", -1);
    for (char **part = parts; *part != NULL; part++)
        if (**part != '\0')
            g_ptr_array_add(folders, g_strdup(*part));
}

static GPtrArray *program_folders(void)
{
    static const char *const root = "/usr/lib/postgresql";
    GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
    add_path_folders(folders, g_getenv("HOLDFAST_PG_PATH"));
    g_autoptr(GDir) dir = g_dir_open(root, 0, NULL);
    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;)
        g_ptr_array_add(folders, g_build_filename(root, name, "bin", NULL));
    add_path_folders(folders, g_getenv("PATH"));
    return folders;
}

/* The last major whose archives are known here (see dump_toc.c). */
#define NEWEST_MAJOR 18

/* The newest that is known; of those that are not, the oldest. */
static bool is_better(const HfPgProgram *program, const HfPgProgram *best)
{
    if (best == NULL || program->major == best->major)
        return best == NULL;
    return (program->major > best->major) == (MAX(program->major, best->major) <= NEWEST_MAJOR);
}

/* Whether it is to be asked: each file once (/bin is /usr/bin), and not Debian's pg_wrapper, which starts one of those
 * that were asked already, and takes a dozen times as long to say so. */
static bool is_new(const char *path, GHashTable *seen)
{
    g_autofree char *file = realpath(path, NULL);
    return file != NULL && !g_str_has_suffix(file, "/pg_wrapper") && g_hash_table_add(seen, g_steal_pointer(&file));
}

HfPgProgram *hf_pg_program_find_dump(int server_major, GError **error)
{
    g_autoptr(GPtrArray) folders = program_folders();
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(HfPgProgram) best = NULL;
    for (guint i = 0; i < folders->len; i++) {
        g_autofree char *path = g_build_filename(folders->pdata[i], "pg_dump", NULL);
        g_autoptr(HfPgProgram) program = is_new(path, seen) ? probe(path) : NULL;
        if (program != NULL && program->major >= server_major && is_better(program, best)) {
            hf_pg_program_free(best);
            best = g_steal_pointer(&program);
        }
    }
    if (best == NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_NOT_FOUND,
                    "no pg_dump of version %d or newer is installed, which a server of version %d needs; install the "
                    "package postgresql-client-%d, or name its folder in HOLDFAST_PG_PATH",
                    server_major, server_major, server_major);
    return g_steal_pointer(&best);
}

/* ---- Running -------------------------------------------------------------------------------------------------------
 */

static void append_passfile_field(GString *line, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == ':' || *c == '\\')
            g_string_append_c(line, '\\');
        g_string_append_c(line, *c);
    }
}

/* A password file that exists in memory alone; libpq wants a regular file that others cannot read, which this is. */
static int passfile_open(const char *password, GError **error)
{
    int fd = memfd_create("pgpass", MFD_CLOEXEC);
    g_autoptr(GString) line = g_string_new("*:*:*:*:");
    append_passfile_field(line, password);
    g_string_append_c(line, '\n');
    bool ok = fd >= 0 && fchmod(fd, 0600) == 0 && write(fd, line->str, line->len) == (ssize_t)line->len;
    int failure = errno;
    explicit_bzero(line->str, line->len);
    if (!ok) {
        if (fd >= 0)
            close(fd);
        g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "a password file in memory: %s", g_strerror(failure));
        return -1;
    }
    return fd;
}

#define PASSFILE_FD 10
#define MAX_LINE 300 /* characters */
#define STOP_GRACE_US (5 * G_USEC_PER_SEC)
#define STOP_LOOK_US (G_USEC_PER_SEC / 50)

/* What is said twice counts as it was said last. An empty password lets none of the environment or of a service come
 * before the password file. */
static char *dbname_argument(const HfPgTarget *target, const char *session_name)
{
    return g_strdup_printf("--dbname=%s application_name='%s'%s", hf_pg_target_conninfo(target), session_name,
                           hf_pg_target_password(target) != NULL
                               ? " password='' passfile='/proc/self/fd/" G_STRINGIFY(PASSFILE_FD) "'"
                               : "");
}

static GSubprocess *spawn(const HfPgTarget *target, const char *settings, const char *const *argv, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_subprocess_launcher_setenv(launcher, "LC_MESSAGES", "C", TRUE);
    if (settings != NULL) {
        const char *given = g_getenv("PGOPTIONS");
        g_autofree char *options = g_strjoin(" ", settings, given, NULL); /* what the user gave comes last, and wins */
        g_subprocess_launcher_setenv(launcher, "PGOPTIONS", options, TRUE);
    }
    if (hf_pg_target_password(target) != NULL) {
        int fd = passfile_open(hf_pg_target_password(target), error);
        if (fd < 0)
            return NULL;
        g_subprocess_launcher_take_fd(launcher, fd, PASSFILE_FD);
    }
    g_autoptr(GError) reason = NULL;
    GSubprocess *process = g_subprocess_launcher_spawnv(launcher, argv, &reason);
    if (process == NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "cannot run %s: %s", argv[0], reason->message);
    return process;
}

typedef struct {
    GInputStream *stream;
    GPtrArray *warnings;
} Stderr;

/* What is enough of a line: of a query that names thousands of objects, the reason before it would be lost. */
static void append_line(GString *tail, char *line)
{
    g_strstrip(line);
    g_autofree char *start = g_utf8_strlen(line, -1) > MAX_LINE ? g_utf8_substring(line, 0, MAX_LINE) : NULL;
    g_string_append_printf(tail, "%s%s%s", tail->len > 0 ? "; " : "", start != NULL ? start : line,
                           start != NULL ? "…" : "");
}

/* stderr is read by a thread of its own, so that neither pipe can block the other; its end is kept for the error. */
static gpointer read_stderr(gpointer data)
{
    Stderr *self = data;
    static const char *const warning = "pg_dump: warning: ";
    g_autoptr(GDataInputStream) lines = g_data_input_stream_new(self->stream);
    g_autoptr(GString) tail = g_string_new(NULL);
    char *line;
    while ((line = g_data_input_stream_read_line_utf8(lines, NULL, NULL, NULL)) != NULL) {
        if (g_str_has_prefix(line, warning)) {
            g_warning("pg_dump: %s", line + strlen(warning));
            g_ptr_array_add(self->warnings, g_strconcat("pg_dump: ", line + strlen(warning), NULL));
        } else {
            g_info("%s", line);
        }
        if (tail->len > 4096)
            g_string_erase(tail, 0, (gssize)tail->len - 4096);
        append_line(tail, line);
        g_free(line);
    }
    return g_string_free(g_steal_pointer(&tail), FALSE);
}

static bool read_stdout(GSubprocess *process, GByteArray *bytes, GCancellable *cancellable, GError **error)
{
    GInputStream *stream = g_subprocess_get_stdout_pipe(process);
    g_autofree uint8_t *buffer = g_malloc(1 << 18);
    for (;;) {
        g_autoptr(GError) reason = NULL;
        gssize got = g_input_stream_read(stream, buffer, 1 << 18, cancellable, &reason);
        if (got == 0)
            return true;
        if (got < 0) {
            bool cancelled = g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_CANCELLED);
            g_set_error(error, HF_ERROR, cancelled ? HF_ERROR_CANCELLED : HF_ERROR_INTERNAL, "%s",
                        cancelled ? "cancelled" : reason->message);
            return false;
        }
        if (bytes->len + (gsize)got > MAX_SCHEMA_BYTES) {
            g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "the schema dump is larger than %zu bytes", MAX_SCHEMA_BYTES);
            return false;
        }
        g_byte_array_append(bytes, buffer, (guint)got);
    }
}

/* pg_dump cancels its statement on the server by itself, but waits for ever for a network that is silent. */
static void stop(GSubprocess *process)
{
    gint64 until = g_get_monotonic_time() + STOP_GRACE_US;
    g_subprocess_send_signal(process, SIGTERM);
    while (g_subprocess_get_identifier(process) != NULL && g_get_monotonic_time() < until)
        g_usleep(STOP_LOOK_US);
    g_subprocess_force_exit(process);
}

static HfErrorCode code_of_words(const char *words)
{
    if (strstr(words, "permission denied") != NULL)
        return HF_ERROR_DENIED;
    if (strstr(words, "connection to server") != NULL || strstr(words, "terminating connection") != NULL)
        return HF_ERROR_NETWORK;
    return HF_ERROR_DATABASE;
}

GBytes *hf_pg_program_dump_schema(const HfPgProgram *program, const HfPgTarget *target, const char *settings,
                                  const char *session_name, const char *snapshot, const char *const *arguments,
                                  GPtrArray *warnings, GCancellable *cancellable, GError **error)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *dbname = dbname_argument(target, session_name);
    g_autofree char *snapshot_option = g_strconcat("--snapshot=", snapshot, NULL);
    const char *fixed[] = {
        program->path,         dbname,       snapshot_option,   "--format=custom", "--compress=0", "--section=pre-data",
        "--section=post-data", "--no-blobs", "--encoding=UTF8", "--no-password"};
    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++)
        g_ptr_array_add(argv, (gpointer)fixed[i]);
    for (; arguments != NULL && *arguments != NULL; arguments++)
        g_ptr_array_add(argv, (gpointer)*arguments);
    g_ptr_array_add(argv, NULL);

    g_autoptr(GSubprocess) process = spawn(target, settings, (const char *const *)argv->pdata, error);
    if (process == NULL)
        return NULL;
    Stderr standard_error = {g_subprocess_get_stderr_pipe(process), warnings};
    GThread *reader = g_thread_new("pg_dump stderr", read_stderr, &standard_error);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    bool ok = read_stdout(process, bytes, cancellable, error);
    if (!ok)
        stop(process);
    g_subprocess_wait(process, NULL, NULL);
    g_autofree char *words = g_thread_join(reader);
    if (ok && !g_subprocess_get_successful(process)) {
        g_set_error(error, HF_ERROR, (int)code_of_words(words), "pg_dump failed: %s",
                    *words != '\0' ? words : "it ended without a message");
        ok = false;
    }
    return ok ? g_byte_array_free_to_bytes(g_steal_pointer(&bytes)) : NULL;
}
