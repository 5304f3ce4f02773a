/* What a server would have to be stopped at one certain statement for; others are tests/system's. */
#include "base/error.h"
#include "pg/connection.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

static bool take(GInputStream *in, void *bytes, gsize length)
{
    gsize got = 0;
    return g_input_stream_read_all(in, bytes, length, &got, NULL, NULL) && got == length;
}

/* The body of a message, whose length comes first; NULL when there is no more. Transfer full. */
static char *take_body(GInputStream *in)
{
    guint32 length;
    if (!take(in, &length, sizeof length))
        return NULL;
    gsize rest = GUINT32_FROM_BE(length) - sizeof length;
    g_autofree char *body = g_malloc0(rest + 1);
    return take(in, body, rest) ? g_steal_pointer(&body) : NULL;
}

static void put(GOutputStream *out, const char *bytes, gsize length)
{
    assert_true(g_output_stream_write_all(out, bytes, length, NULL, NULL, NULL));
}

/* A server of version 15 for one connection: it lets everybody in, and goes away at the last statement that a session
 * is pinned with. */
static gpointer serve(gpointer listener)
{
    g_autoptr(GSocketConnection) peer = g_socket_listener_accept(listener, NULL, NULL, NULL);
    assert_non_null(peer);
    GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(peer));
    GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(peer));
    static const char welcome[] = "R\0\0\0\10\0\0\0\0S\0\0\0\30server_version\00015.0\0Z\0\0\0\5I";
    static const char done[] = "C\0\0\0\10SET\0Z\0\0\0\5I";
    g_autofree char *startup = take_body(in);
    put(out, welcome, sizeof welcome - 1);
    char type;
    while (take(in, &type, 1)) {
        g_autofree char *sql = take_body(in);
        if (type != 'Q' || strstr(sql, "client_connection_check_interval") != NULL)
            break;
        put(out, done, sizeof done - 1);
    }
    return NULL;
}

static void a_statement_on_a_lost_connection_says_how_it_was_lost(void **state)
{
    (void)state;
    g_autoptr(GSocketListener) listener = g_socket_listener_new();
    guint16 port = g_socket_listener_add_any_inet_port(listener, NULL, NULL);
    GThread *server = g_thread_new("server", serve, listener);
    g_autofree char *conninfo =
        g_strdup_printf("host=127.0.0.1 port=%u user=u dbname=d sslmode=disable gssencmode=disable", (unsigned)port);
    g_autoptr(GError) error = NULL;
    g_autoptr(HfPgTarget) target = hf_pg_target_new(conninfo, NULL, &error);
    assert_non_null(target);
    g_autoptr(HfPg) pg = hf_pg_connect(target, NULL, &error);
    assert_non_null(pg);
    g_thread_join(server);

    assert_false(hf_pg_exec(pg, "SELECT 1", &error));
    assert_int_equal(error->code, HF_ERROR_NETWORK);
    assert_non_null(strstr(error->message, "server closed the connection unexpectedly"));

    g_clear_error(&error);
    bool in_doubt = true;
    assert_false(hf_pg_commit(pg, &in_doubt, &error));
    assert_non_null(strstr(error->message, "server closed the connection unexpectedly"));
    assert_false(in_doubt); /* it was never sent */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_statement_on_a_lost_connection_says_how_it_was_lost),
    };
    return cmocka_run_group_tests_name("pg/connection", tests, NULL, NULL);
}
