#include "api/route.h"
#include "tests/unit/api/fcgi_request.h"
#include "tests/unit/cmocka_all.h"

/* The route's pattern, or NULL; the request is for the caller to clear. */
static const char *find(Made *made, const char *method, const char *path)
{
    g_autofree char *method_parameter = g_strconcat("REQUEST_METHOD=", method, NULL);
    g_autofree char *path_parameter = g_strconcat("REQUEST_URI=", path, NULL);
    assert_true(read_made(made, (const char *const[]){method_parameter, path_parameter, NULL}, "", 0, NULL));
    /* The request borrows what is freed here. */
    made->request.method = g_intern_string(made->request.method);
    made->request.path = g_intern_string(made->request.path);
    const HfRoute *route = hf_route_find(&made->request);
    return route != NULL ? route->pattern : NULL;
}

static void assert_route(const char *method, const char *path, const char *pattern, const char *first,
                         const char *second)
{
    Made made;
    const char *found = find(&made, method, path);
    assert_string_equal(found != NULL ? found : "", pattern);
    assert_int_equal(g_strcmp0(made.request.ids[0], first), 0);
    assert_int_equal(g_strcmp0(made.request.ids[1], second), 0);
    hf_request_clear(&made.request);
}

static void a_path_has_the_route_of_its_parts(void **state)
{
    (void)state;
    assert_route("GET", "/healthz", "/healthz", NULL, NULL);
    assert_route("HEAD", "/healthz?x=1", "/healthz", NULL, NULL);
    assert_route("GET", "/api/v1/servers", "/api/v1/servers", NULL, NULL);
    assert_route("PATCH", "/api/v1/servers/7?a=/b", "/api/v1/servers/{id}", "7", NULL);
    assert_route("POST", "/api/v1/servers/7/test", "/api/v1/servers/{id}/test", "7", NULL);
    assert_route("PUT", "/api/v1/organizations/7/users/8", "/api/v1/organizations/{id}/users/{user_id}", "7", "8");
}

static void what_is_encoded_in_an_id_makes_no_other_path(void **state)
{
    (void)state;
    assert_route("GET", "/api/v1/servers/a%2Ftest", "/api/v1/servers/{id}", "a/test", NULL);
    assert_route("GET", "/api/v1/servers/..", "/api/v1/servers/{id}", "..", NULL);
    assert_route("GET", "/api/v1/servers/%2e%2e%2fkeys", "/api/v1/servers/{id}", "../keys", NULL);
    assert_route("GET", "/api/v1/servers/a%3Fb", "/api/v1/servers/{id}", "a?b", NULL);
}

static void what_is_not_in_the_table_has_no_route_and_no_ids(void **state)
{
    static const char *const paths[] = {"/",
                                        "/api/v1",
                                        "/api/v1/",
                                        "/api/v1/servers/",
                                        "/api/v1/servers//",
                                        "/api/v1/servers//test",
                                        "/api/v1/servers/7/",
                                        "/api/v1/servers/7/test/x",
                                        "/api/v1/server",
                                        "/api/v1/serversx",
                                        "//api/v1/servers",
                                        "/api/v1//servers",
                                        "/API/v1/servers",
                                        "/api/v1/%73ervers",
                                        "/api/v1/servers/{id}/none",
                                        "/healthz/",
                                        "/health"};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
        assert_route("GET", paths[i], "", NULL, NULL);
    assert_route("DELETE", "/api/v1/servers", "", NULL, NULL);
    assert_route("POST", "/healthz", "", NULL, NULL);
    assert_route("TRACE", "/api/v1/me", "", NULL, NULL);
    assert_route("PUT", "/api/v1/organizations/7/users/", "", NULL, NULL);
}

/* No row hides another one. */
static void every_route_is_found_by_its_own_path(void **state)
{
    (void)state;
    g_autofree char *text = hf_routes_to_json();
    g_autoptr(HfJson) json = hf_json_parse("the routes", text, strlen(text), 10000, NULL);
    assert_non_null(json);
    size_t count = hf_json_size(json, 0);
    assert_in_range(count, 50, 500);
    for (HfJsonNode node = hf_json_first(json, 0); node != HF_JSON_NONE; node = hf_json_next(json, 0, node)) {
        g_autofree char *method = NULL, *pattern = NULL;
        assert_true(hf_json_get_string(json, node, "method", &method, NULL));
        assert_true(hf_json_get_string(json, node, "path", &pattern, NULL));
        g_auto(GStrv) parts = g_strsplit_set(pattern, "{}", -1);
        for (size_t i = 1; parts[0] != NULL && parts[i - 1] != NULL && parts[i] != NULL; i += 2)
            memset(parts[i], '7', strlen(parts[i]));
        g_autofree char *path = g_strjoinv("", parts);
        Made made;
        assert_string_equal(find(&made, method, path), pattern);
        hf_request_clear(&made.request);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_has_the_route_of_its_parts),
        cmocka_unit_test(what_is_encoded_in_an_id_makes_no_other_path),
        cmocka_unit_test(what_is_not_in_the_table_has_no_route_and_no_ids),
        cmocka_unit_test(every_route_is_found_by_its_own_path),
    };
    return cmocka_run_group_tests_name("api/route", tests, NULL, NULL);
}
