#include "base/error.h"
#include "tests/unit/api/fcgi_request.h"
#include "tests/unit/cmocka_all.h"

#define PARAMETERS(...) ((const char *const[]){"REQUEST_METHOD=GET", __VA_ARGS__, NULL})
#define JSON "CONTENT_TYPE=application/json"

/* The call names &error. */
#define assert_refused(call, code)                                                                                     \
    do {                                                                                                               \
        GError *error = NULL;                                                                                          \
        assert_false(call);                                                                                            \
        assert_true(g_error_matches(error, HF_ERROR, (int)(code)));                                                    \
        g_error_free(error);                                                                                           \
    } while (0)

/* ---- What stands before the body -----------------------------------------------------------------------------------
 */

static void a_request_is_read(void **state)
{
    (void)state;
    Made made;
    assert_true(read_made(&made,
                          PARAMETERS("REQUEST_URI=/api/v1/servers?q=a%20b+c&limit=2", "REQUEST_ID=ab-12",
                                     "QUERY_STRING=q=a%20b+c&&limit=2", "REMOTE_ADDR=::1", "HTTP_USER_AGENT=me",
                                     "HTTP_X_CSRF_TOKEN=secret", "HTTP_COOKIE=a=b; holdfast_session=s=1 ;c"),
                          "", 0, NULL));
    const HfRequest *request = &made.request;
    assert_string_equal(request->method, "GET");
    assert_false(request->head);
    assert_int_equal(request->path_length, strlen("/api/v1/servers"));
    assert_string_equal(hf_request_parameter(request, "q"), "a b c");
    assert_string_equal(hf_request_parameter(request, "limit"), "2");
    assert_null(hf_request_parameter(request, "cursor"));
    assert_string_equal(request->id, "ab-12");
    assert_string_equal(request->address, "::1");
    assert_string_equal(request->agent, "me");
    assert_string_equal(hf_request_header(request, "X-CSRF-Token"), "secret");
    g_autofree char *cookie = hf_request_cookie(request, "holdfast_session"), *none = hf_request_cookie(request, "c");
    assert_string_equal(cookie, "s=1");
    assert_null(none);
    hf_request_clear(&made.request);
}

static void head_is_get_without_a_body(void **state)
{
    (void)state;
    Made made;
    assert_true(read_made(&made, (const char *const[]){"REQUEST_METHOD=HEAD", "REQUEST_URI=/", NULL}, "", 0, NULL));
    assert_string_equal(made.request.method, "GET");
    assert_true(made.request.head);
    hf_request_clear(&made.request);
}

static void what_a_client_says_of_itself_is_dropped_where_it_is_not_clean(void **state)
{
    (void)state;
    Made made;
    assert_true(read_made(&made,
                          PARAMETERS("REQUEST_URI=/", "REMOTE_ADDR=nowhere", "HTTP_USER_AGENT=a\nb", "HTTP_COOKIE=\xff",
                                     "REQUEST_ID=a\r\nb"),
                          "", 0, NULL));
    assert_string_equal(made.request.address, "");
    assert_string_equal(made.request.agent, "");
    assert_null(hf_request_header(&made.request, "Cookie"));
    assert_true(g_uuid_string_is_valid(made.request.id));
    hf_request_clear(&made.request);
}

static void assert_malformed(const char *const *parameters, HfErrorCode code)
{
    Made made;
    assert_refused(read_made(&made, parameters, "", 0, &error), code);
    hf_request_clear(&made.request);
}

static void what_is_malformed_is_refused(void **state)
{
    (void)state;
    g_autofree char *x = g_strnfill(5000, 'x');
    g_autofree char *path = g_strconcat("REQUEST_URI=/", x, NULL), *query = g_strconcat("QUERY_STRING=", x, NULL);
    assert_malformed((const char *const[]){"REQUEST_URI=/", NULL}, HF_ERROR_USAGE);
    assert_malformed((const char *const[]){"REQUEST_METHOD=get", "REQUEST_URI=/", NULL}, HF_ERROR_USAGE);
    assert_malformed((const char *const[]){"REQUEST_METHOD=", "REQUEST_URI=/", NULL}, HF_ERROR_USAGE);
    assert_malformed((const char *const[]){"REQUEST_METHOD=ABCDEFGHIJKLMNOPQ", "REQUEST_URI=/", NULL}, HF_ERROR_USAGE);
    assert_malformed(PARAMETERS("HTTP_X=1"), HF_ERROR_USAGE);
    assert_malformed(PARAMETERS("REQUEST_URI=x"), HF_ERROR_USAGE);
    assert_malformed(PARAMETERS("REQUEST_URI=/\xff"), HF_ERROR_USAGE);
    assert_malformed(PARAMETERS("REQUEST_URI=/%00"), HF_ERROR_USAGE);
    assert_malformed(PARAMETERS("REQUEST_URI=/%zz"), HF_ERROR_USAGE);
    assert_malformed(PARAMETERS(path), HF_ERROR_LIMIT);
    assert_malformed(PARAMETERS("REQUEST_URI=/", query), HF_ERROR_LIMIT);
    assert_malformed(PARAMETERS("REQUEST_URI=/", "QUERY_STRING=a=1&b=2&a=3"), HF_ERROR_USAGE);
    assert_malformed(PARAMETERS("REQUEST_URI=/", "QUERY_STRING=a=%0a"), HF_ERROR_USAGE);
    assert_malformed(PARAMETERS("REQUEST_URI=/", "CONTENT_LENGTH=-1"), HF_ERROR_USAGE);
    assert_malformed(PARAMETERS("REQUEST_URI=/", "CONTENT_LENGTH=99999999999999999999"), HF_ERROR_USAGE);
}

static void if_match_is_a_version_or_anything(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        int version; /* -1: refused */
    } cases[] = {{"HTTP_IF_MATCH=\"3\"", 3},
                 {"HTTP_IF_MATCH=W/\"7\"", 7},
                 {"HTTP_IF_MATCH=*", 0},
                 {"HTTP_X=1", 0},
                 {"HTTP_IF_MATCH=\"0\"", -1},
                 {"HTTP_IF_MATCH=3", -1},
                 {"HTTP_IF_MATCH=\"", -1},
                 {"HTTP_IF_MATCH=", -1},
                 {"HTTP_IF_MATCH=\"3\", \"4\"", -1}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Made made;
        int version = -1;
        assert_true(read_made(&made, PARAMETERS("REQUEST_URI=/", cases[i].header), "", 0, NULL));
        if (cases[i].version < 0)
            assert_refused(hf_request_version(&made.request, &version, &error), HF_ERROR_USAGE);
        else
            assert_true(hf_request_version(&made.request, &version, NULL) && version == cases[i].version);
        hf_request_clear(&made.request);
    }
}

static void a_query_has_at_most_100_parameters(void **state)
{
    (void)state;
    Made made;
    g_autoptr(GString) query = g_string_new("QUERY_STRING=");
    for (int i = 0; i < 100; i++)
        g_string_append_printf(query, "p%d=%d&", i, i);
    assert_true(read_made(&made, PARAMETERS("REQUEST_URI=/", query->str), "", 0, NULL));
    assert_string_equal(hf_request_parameter(&made.request, "p99"), "99");
    hf_request_clear(&made.request);
    g_string_append(query, "p100=");
    assert_malformed(PARAMETERS("REQUEST_URI=/", query->str), HF_ERROR_LIMIT);
}

/* ---- The body ------------------------------------------------------------------------------------------------------
 */

/* Reads a body as JSON; what it is has been checked. */
static bool read_json(Made *made, const char *type, const char *body, size_t length, size_t stated, GError **error)
{
    g_autofree char *header = g_strdup_printf("CONTENT_LENGTH=%zu", stated);
    assert_true(read_made(made, PARAMETERS("REQUEST_URI=/", type, header), body, length, NULL));
    return hf_request_read_json(&made->request, error);
}

static void the_members_of_a_body_are_read_by_type(void **state)
{
    (void)state;
    static const char body[] =
        "{\"name\": \"shop\", \"none\": null, \"is_active\": true, \"port\": 1, \"empty\": \"\"}";
    Made made;
    g_autofree char *name = NULL, *none = NULL;
    bool active = false, given = false, other = true;
    assert_true(
        read_json(&made, "CONTENT_TYPE=Application/JSON; charset=utf-8", body, strlen(body), strlen(body), NULL));
    const HfRequest *request = &made.request;
    assert_true(hf_request_required(request, "name", 4, &name, NULL));
    assert_string_equal(name, "shop");
    assert_true(hf_request_text(request, "none", 4, &none, NULL) && hf_request_text(request, "absent", 4, &none, NULL));
    assert_null(none);
    assert_true(hf_request_flag(request, "is_active", &active, &given, NULL) && active && given);
    assert_true(hf_request_flag(request, "absent", &other, &given, NULL) && other && !given);
    assert_refused(hf_request_text(request, "name", 3, &none, &error), HF_ERROR_USAGE);
    assert_refused(hf_request_text(request, "empty", 3, &none, &error), HF_ERROR_USAGE);
    assert_refused(hf_request_text(request, "port", 3, &none, &error), HF_ERROR_USAGE);
    assert_refused(hf_request_required(request, "none", 3, &none, &error), HF_ERROR_USAGE);
    assert_refused(hf_request_flag(request, "port", &other, NULL, &error), HF_ERROR_USAGE);
    assert_refused(hf_request_only(request, (const char *const[]){"name", NULL}, &error), HF_ERROR_USAGE);
    hf_request_clear(&made.request);
}

static void a_body_that_is_none_is_an_empty_object(void **state)
{
    (void)state;
    Made made;
    assert_true(read_json(&made, "HTTP_X=1", "", 0, 0, NULL));
    assert_true(hf_request_only(&made.request, (const char *const[]){NULL}, NULL));
    hf_request_clear(&made.request);
}

static void a_body_that_is_no_json_object_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *type, *body;
        size_t more; /* than there are bytes, as Content-Length has it */
        HfErrorCode code;
    } cases[] = {{JSON, "{", 0, HF_ERROR_USAGE},
                 {JSON, "[]", 0, HF_ERROR_USAGE},
                 {JSON, "{\"a\":1,\"a\":2}", 0, HF_ERROR_USAGE},
                 {JSON, "{\"a\":\"\xff\"}", 0, HF_ERROR_USAGE},
                 {JSON, "{}", 1, HF_ERROR_USAGE},
                 {JSON, "{}", HF_REQUEST_MAX_BODY, HF_ERROR_LIMIT},
                 {"CONTENT_TYPE=text/plain", "{}", 0, HF_ERROR_USAGE},
                 {"HTTP_X=1", "{}", 0, HF_ERROR_USAGE}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Made made;
        size_t length = strlen(cases[i].body), stated = length + cases[i].more;
        assert_refused(read_json(&made, cases[i].type, cases[i].body, length, stated, &error), cases[i].code);
        hf_request_clear(&made.request);
    }
}

/* Puts bytes in a random place, of the list or at random. */
static void spoil(GRand *dice, GString *body)
{
    static const char *const pieces[] = {"{",    "}",  "[",        "]",        "\"",      ":",
                                         ",",    "\\", "\\u",      "\\ud800",  "\\u0000", "1e999",
                                         "null", "-1", "\xff\xfe", "\xc0\x80", "[[[[[[",  "\"a\":"};
    gssize at = g_rand_int_range(dice, 0, (int)body->len);
    int cut = g_rand_int_range(dice, 0, 4);
    g_string_erase(body, at, MIN(cut, (int)body->len - (int)at));
    if (g_rand_boolean(dice))
        g_string_insert(body, at, pieces[g_rand_int_range(dice, 0, G_N_ELEMENTS(pieces))]);
    else
        g_string_insert_c(body, at, (char)g_rand_int_range(dice, 0, 256));
}

static void no_spoiled_body_does_harm(void **state)
{
    (void)state;
    g_autoptr(GRand) dice = g_rand_new_with_seed(3);
    int good = 0;
    for (int i = 0; i < 20000; i++) {
        g_autoptr(GString) body =
            g_string_new("{\"name\":\"\\u00e4\xc3\xa4\",\"ids\":[1,2.5e3,null],\"o\":{\"a\":[true]}}");
        for (int times = g_rand_int_range(dice, 1, 4); times > 0; times--)
            spoil(dice, body);
        /* A copy of its very length, so that a byte read behind it is found. */
        g_autofree char *exact = g_memdup2(body->str, body->len);
        Made made;
        g_autoptr(GError) error = NULL;
        g_autofree char *name = NULL;
        if (read_json(&made, JSON, exact, body->len, body->len, &error)) {
            good++;
            assert_true(!hf_request_text(&made.request, "name", 100, &name, NULL) || name == NULL ||
                        g_utf8_validate(name, -1, NULL));
        } else
            assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_USAGE));
        hf_request_clear(&made.request);
    }
    assert_in_range(good, 100, 19000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read),
        cmocka_unit_test(head_is_get_without_a_body),
        cmocka_unit_test(what_a_client_says_of_itself_is_dropped_where_it_is_not_clean),
        cmocka_unit_test(what_is_malformed_is_refused),
        cmocka_unit_test(a_query_has_at_most_100_parameters),
        cmocka_unit_test(if_match_is_a_version_or_anything),
        cmocka_unit_test(the_members_of_a_body_are_read_by_type),
        cmocka_unit_test(a_body_that_is_none_is_an_empty_object),
        cmocka_unit_test(a_body_that_is_no_json_object_is_refused),
        cmocka_unit_test(no_spoiled_body_does_harm),
    };
    return cmocka_run_group_tests_name("api/request", tests, NULL, NULL);
}
