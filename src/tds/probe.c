#include "tds/probe.h"

#include "base/error.h"
#include "tds/connection_private.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_MS 5000
#define BROWSER_PORT "1434"
#define BROWSER_TRIES 3
#define BROWSER_WAIT_MS 1000
#define ONE_INSTANCE 4
#define BROWSER_ANSWER 5
#define BROWSER_HEAD 3
#define MAX_DATAGRAM 65536

#define PRELOGIN 18
#define END_OF_MESSAGE 1
#define HEAD 8
#define MAX_PACKET 32768
#define ENCRYPTION 1
#define NO_MORE_OPTIONS 0xff
#define OPTION_HEAD 5
#define NOT_SUPPORTED 2

struct HfTdsProbe {
    const HfTdsTarget *target;
    struct addrinfo *found;
    GPtrArray *addresses; /* char*, as text; NULL at its end */
    unsigned port;        /* 0: not known yet */
    int fd;
};

HfTdsProbe *hf_tds_probe_new(const HfTdsTarget *target)
{
    HfTdsProbe *self = g_new(HfTdsProbe, 1);
    *self = (HfTdsProbe){.target = target,
                         .addresses = g_ptr_array_new_with_free_func(g_free),
                         .port = target->instance == NULL ? target->port : 0,
                         .fd = -1};
    g_ptr_array_add(self->addresses, NULL);
    return self;
}

void hf_tds_probe_free(HfTdsProbe *self)
{
    if (self == NULL)
        return;
    if (self->fd >= 0)
        close(self->fd);
    if (self->found != NULL)
        freeaddrinfo(self->found);
    g_ptr_array_unref(self->addresses);
    g_free(self);
}

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool fail(GError **error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *message = g_strdup_vprintf(format, list);
    va_end(list);
    g_set_error_literal(error, HF_ERROR, HF_ERROR_NETWORK, message);
    return false;
}

/* ---- Name and port -------------------------------------------------------------------------------------------------
 */

bool hf_tds_probe_resolve(HfTdsProbe *self, GError **error)
{
    int status = getaddrinfo(self->target->host, NULL, &(struct addrinfo){.ai_socktype = SOCK_STREAM}, &self->found);
    if (status != 0)
        return fail(error, "%s is not known: %s", self->target->host, gai_strerror(status));
    g_ptr_array_set_size(self->addresses, 0);
    for (const struct addrinfo *each = self->found; each != NULL; each = each->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(each->ai_addr, each->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
            g_ptr_array_add(self->addresses, g_strdup(text));
    }
    g_ptr_array_add(self->addresses, NULL);
    return true;
}

const char *const *hf_tds_probe_addresses(const HfTdsProbe *self)
{
    return (const char *const *)self->addresses->pdata;
}

unsigned hf_tds_probe_port(const HfTdsProbe *self)
{
    return self->port;
}

/* A socket that is connected to address and port, within the wait; -1 with errno. */
static int connect_to(const char *address, const char *port, int type)
{
    struct addrinfo *to = NULL;
    struct addrinfo hints = {.ai_socktype = type, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    int problem = EINVAL, fd = -1;
    socklen_t length = sizeof problem;
    if (getaddrinfo(address, port, &hints, &to) == 0)
        fd = socket(to->ai_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0) {
        if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
            problem = 0;
        else if (errno != EINPROGRESS)
            problem = errno;
        else if (poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, WAIT_MS) <= 0)
            problem = ETIMEDOUT;
        else
            (void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &length);
    }
    if (to != NULL)
        freeaddrinfo(to);
    if (problem != 0 && fd >= 0) {
        close(fd);
        fd = -1;
    }
    errno = problem;
    return fd;
}

/* "ServerName;A;InstanceName;B;…;tcp;51433;…": the value behind `tcp`; 0: there is none. */
static unsigned port_in(const char *answer)
{
    g_auto(GStrv) words = g_strsplit(answer, ";", -1);
    guint64 port = 0;
    for (size_t i = 0; words[i] != NULL && words[i + 1] != NULL; i += 2)
        if (g_ascii_strcasecmp(words[i], "tcp") == 0 &&
            g_ascii_string_to_unsigned(words[i + 1], 10, 1, 65535, &port, NULL))
            break;
    return (unsigned)port;
}

static unsigned ask_browser(const char *address, const char *instance)
{
    g_autofree char *question = g_strdup_printf("%c%s", ONE_INSTANCE, instance), *answer = g_malloc(MAX_DATAGRAM + 1);
    ssize_t size = -1;
    int fd = connect_to(address, BROWSER_PORT, SOCK_DGRAM);
    for (int i = 0; fd >= 0 && size < 0 && i < BROWSER_TRIES; i++) {
        if (send(fd, question, strlen(question) + 1, MSG_NOSIGNAL) < 0)
            break;
        if (poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, BROWSER_WAIT_MS) > 0)
            size = recv(fd, answer, MAX_DATAGRAM, 0);
    }
    if (fd >= 0)
        close(fd);
    if (size <= BROWSER_HEAD || answer[0] != BROWSER_ANSWER)
        return 0;
    answer[size] = '\0';
    return port_in(answer + BROWSER_HEAD);
}

bool hf_tds_probe_find_port(HfTdsProbe *self, GError **error)
{
    const char *const *addresses = hf_tds_probe_addresses(self);
    for (size_t i = 0; self->port == 0 && addresses[i] != NULL; i++)
        self->port = ask_browser(addresses[i], self->target->instance);
    return self->port > 0 || fail(error, "the SQL Server Browser of %s (UDP 1434) tells no TCP port of an instance %s",
                                  self->target->host, self->target->instance);
}

bool hf_tds_probe_connect(HfTdsProbe *self, const char **address, GError **error)
{
    const char *const *addresses = hf_tds_probe_addresses(self);
    g_autofree char *port = g_strdup_printf("%u", self->port);
    errno = EADDRNOTAVAIL;
    for (size_t i = 0; self->fd < 0 && addresses[i] != NULL; i++) {
        *address = addresses[i];
        self->fd = connect_to(addresses[i], port, SOCK_STREAM);
    }
    return self->fd >= 0 || fail(error, "nothing answers at %s, port %s: %s", *address != NULL ? *address : "?", port,
                                 g_strerror(errno));
}

/* ---- Packets -------------------------------------------------------------------------------------------------------
 */

static bool wait_for(const HfTdsProbe *self, short what, GError **error)
{
    if (poll(&(struct pollfd){.fd = self->fd, .events = what}, 1, WAIT_MS) > 0)
        return true;
    return fail(error, "the server does not answer within %d seconds: is it a SQL Server?", WAIT_MS / 1000);
}

static bool write_all(const HfTdsProbe *self, const uint8_t *data, size_t length, GError **error)
{
    while (length > 0) {
        ssize_t size = send(self->fd, data, length, MSG_NOSIGNAL);
        if (size < 0 && errno != EAGAIN)
            return fail(error, "the server has closed the connection: %s", g_strerror(errno));
        if (size < 0 && !wait_for(self, POLLOUT, error))
            return false;
        data += MAX(size, 0);
        length -= (size_t)MAX(size, 0);
    }
    return true;
}

static bool read_all(const HfTdsProbe *self, uint8_t *data, size_t length, GError **error)
{
    while (length > 0) {
        if (!wait_for(self, POLLIN, error))
            return false;
        ssize_t size = recv(self->fd, data, length, 0);
        if (size == 0 || (size < 0 && errno != EAGAIN))
            return fail(error, "the server has closed the connection%s%s", size < 0 ? ": " : "",
                        size < 0 ? g_strerror(errno) : "");
        data += MAX(size, 0);
        length -= (size_t)MAX(size, 0);
    }
    return true;
}

bool hf_tds_probe_send(gpointer data, const uint8_t *bytes, size_t length, GError **error)
{
    const HfTdsProbe *self = data;
    size_t whole = length + HEAD;
    const uint8_t head[HEAD] = {PRELOGIN, END_OF_MESSAGE, (uint8_t)(whole >> 8), (uint8_t)whole};
    if (whole > MAX_PACKET)
        return fail(error, "%zu bytes are too many for a packet", length);
    return write_all(self, head, sizeof head, error) && write_all(self, bytes, length, error);
}

bool hf_tds_probe_receive(gpointer data, GByteArray *bytes, GError **error)
{
    const HfTdsProbe *self = data;
    uint8_t head[HEAD];
    if (!read_all(self, head, sizeof head, error))
        return false;
    size_t whole = (size_t)head[2] << 8 | head[3];
    if (whole <= HEAD || whole > MAX_PACKET)
        return fail(error, "what answers speaks no TDS: is it a SQL Server?");
    guint start = bytes->len;
    g_byte_array_set_size(bytes, start + (guint)(whole - HEAD));
    return read_all(self, bytes->data + start, whole - HEAD, error);
}

/* What the answer says of encryption; -1: nothing. */
static int encryption_in(const GByteArray *answer)
{
    for (guint at = 0; at + OPTION_HEAD <= answer->len && answer->data[at] != NO_MORE_OPTIONS; at += OPTION_HEAD) {
        const uint8_t *option = answer->data + at;
        guint place = (guint)option[1] << 8 | option[2];
        if (option[0] == ENCRYPTION)
            return place < answer->len ? answer->data[place] : -1;
    }
    return -1;
}

bool hf_tds_probe_ask_tls(HfTdsProbe *self, GError **error)
{
    /* Version, encryption (1: on), and the end of the options; their values follow. */
    static const uint8_t question[] = {0, 0, 11, 0, 6, ENCRYPTION, 0, 17, 0, 1, NO_MORE_OPTIONS, 0, 0, 0, 0, 0, 0, 1};
    g_autoptr(GByteArray) answer = g_byte_array_new();
    if (!hf_tds_probe_send(self, question, sizeof question, error) || !hf_tds_probe_receive(self, answer, error))
        return false;
    int found = encryption_in(answer);
    if (found < 0)
        return fail(error, "what answers speaks no TDS: is it a SQL Server?");
    return found != NOT_SUPPORTED || fail(error, "the server offers no encryption");
}
