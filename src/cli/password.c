#include "cli/password.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define MAX_FILE_BYTES (1024 * 1024)
#define MAX_LINE_BYTES 1024
#define SECRET_KEY_START "AGE-SECRET-KEY-"

/* ---- Terminal ------------------------------------------------------------------------------------------------------
 */

bool hf_password_can_ask(void)
{
    return isatty(STDIN_FILENO) != 0 || isatty(STDERR_FILENO) != 0;
}

static bool wait_readable(int fd, GCancellable *cancellable, GError **error)
{
    GPollFD fds[2] = {{.fd = fd, .events = G_IO_IN}};
    bool both = g_cancellable_make_pollfd(cancellable, &fds[1]);
    /* A signal interrupts the wait before anybody has turned it into a cancel. */
    while (g_poll(fds, both ? 2 : 1, -1) < 0 && errno == EINTR)
        ;
    if (both)
        g_cancellable_release_fd(cancellable);
    return hf_error_check_cancelled(cancellable, error);
}

/* Into `line` of MAX_LINE_BYTES + 1 bytes. */
static bool read_line(int fd, char *line, GCancellable *cancellable, GError **error)
{
    size_t length = 0;
    for (;;) {
        char c;
        if (!wait_readable(fd, cancellable, error))
            return false;
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0 || c == '\n' || c == '\0')
            return true;
        if (length == MAX_LINE_BYTES) {
            g_set_error(error, HF_ERROR, HF_ERROR_LIMIT, "what was typed is longer than %d bytes", MAX_LINE_BYTES);
            return false;
        }
        line[length++] = c;
        line[length] = '\0';
    }
}

static char *ask_on(int fd, const char *prompt, GCancellable *cancellable, GError **error)
{
    struct termios before, silent;
    char line[MAX_LINE_BYTES + 1] = "";

    if (tcgetattr(fd, &before) != 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "cannot ask (%s): %s", prompt, g_strerror(errno));
        return NULL;
    }
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    g_autofree char *shown = g_strdup_printf("%s: ", prompt);
    (void)tcsetattr(fd, TCSAFLUSH, &silent);
    bool ok = write(fd, shown, strlen(shown)) >= 0 && read_line(fd, line, cancellable, error);
    (void)tcsetattr(fd, TCSAFLUSH, &before);
    ok = write(fd, "\n", 1) >= 0 && ok;
    char *secret = ok ? g_strdup(line) : NULL;
    explicit_bzero(line, sizeof line);
    if (!ok && error != NULL && *error == NULL)
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "cannot ask (%s): the terminal takes no text", prompt);
    return secret;
}

char *hf_password_ask(const char *prompt, const char *option, GCancellable *cancellable, GError **error)
{
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE, "cannot ask (%s): there is no terminal; name a file with it by %s",
                    prompt, option);
        return NULL;
    }
    char *secret = ask_on(fd, prompt, cancellable, error);
    close(fd);
    return secret;
}

/* ---- Files ---------------------------------------------------------------------------------------------------------
 */

static char *fail_file(const char *option, const char *path, const char *why, GError **error)
{
    HfErrorCode code = errno == ENOENT ? HF_ERROR_NOT_FOUND : errno == EACCES ? HF_ERROR_DENIED : HF_ERROR_STORAGE;
    g_set_error(error, HF_ERROR, (int)code, "%s: cannot read %s: %s", option, path, why);
    return NULL;
}

static void warn_if_open(int fd, const char *option, const char *path)
{
    struct stat status;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 077) != 0)
        g_warning("%s: others than you may have access to %s (mode %04o); chmod 600 it", option, path,
                  (unsigned)(status.st_mode & 07777));
}

/* All of `fd`, NUL-terminated; NULL with errno, EFBIG for too much. */
static char *read_all(int fd, size_t *length)
{
    char *text = g_malloc(MAX_FILE_BYTES + 1);
    size_t size = 0;
    ssize_t got = 0;
    while (size <= MAX_FILE_BYTES && (got = read(fd, text + size, MAX_FILE_BYTES + 1 - size)) != 0) {
        if (got < 0 && errno != EINTR)
            break;
        size += got > 0 ? (size_t)got : 0;
    }
    if (size > MAX_FILE_BYTES)
        errno = EFBIG;
    if (got < 0 || size > MAX_FILE_BYTES) {
        explicit_bzero(text, MAX_FILE_BYTES + 1);
        g_free(text);
        return NULL;
    }
    text[size] = '\0';
    *length = size;
    return text;
}

static bool is_encrypted(int fd)
{
    uint8_t start[HF_AGE_START_BYTES];
    ssize_t got = pread(fd, start, sizeof start, 0);
    return got > 0 && hf_age_is_age(start, (size_t)got);
}

static char *read_open_file(int fd, const char *option, const char *path, GError **error)
{
    size_t length;
    if (is_encrypted(fd))
        return fail_file(option, path, "it is an encrypted file, perhaps an archive", error);
    char *text = read_all(fd, &length);
    if (text == NULL)
        return fail_file(option, path, errno == EFBIG ? "it is longer than 1 MiB" : g_strerror(errno), error);
    if (strlen(text) == length)
        return text;
    hf_age_secret_free(text);
    errno = 0;
    return fail_file(option, path, "it is not a text file", error);
}

static char *read_file(const char *option, const char *path, bool secret, GError **error)
{
    if (g_ascii_strncasecmp(path, SECRET_KEY_START, strlen(SECRET_KEY_START)) == 0) {
        g_set_error(error, HF_ERROR, HF_ERROR_USAGE,
                    "%s: this is a secret key, which everybody on this machine can see in an argument: put it into a "
                    "file and name that",
                    option);
        return NULL;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return fail_file(option, path, g_strerror(errno), error);
    if (secret)
        warn_if_open(fd, option, path);
    char *text = read_open_file(fd, option, path, error);
    close(fd);
    return text;
}

char *hf_password_read_file(const char *option, const char *path, GError **error)
{
    return read_file(option, path, true, error);
}

char *hf_password_read_public(const char *option, const char *path, GError **error)
{
    return read_file(option, path, false, error);
}

char *hf_password_read_line(const char *option, const char *path, GError **error)
{
    char *text = read_file(option, path, true, error);
    if (text == NULL)
        return NULL;
    size_t length = strcspn(text, "\r\n");
    char *line = length > 0 ? g_strndup(text, length) : NULL;
    hf_age_secret_free(text);
    errno = 0;
    return line != NULL ? line : fail_file(option, path, "its first line is empty", error);
}
