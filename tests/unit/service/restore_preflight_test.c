#include "service/restore_preflight.h"
#include "tests/unit/cmocka_all.h"

static void add(GPtrArray *findings, bool fatal, const char *text)
{
    HfFinding *finding = g_new0(HfFinding, 1);
    *finding = (HfFinding){fatal, g_strdup(text)};
    g_ptr_array_add(findings, finding);
}

static void only_fatal_findings_stop_a_restore(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func((GDestroyNotify)hf_finding_free);
    assert_false(hf_findings_have_fatal(findings));
    add(findings, false, "two sessions will be ended");
    assert_false(hf_findings_have_fatal(findings));
    g_autofree char *none = hf_findings_join_fatal(findings);
    assert_string_equal(none, "");
    add(findings, true, "no extension citext");
    assert_true(hf_findings_have_fatal(findings));
}

static void all_fatal_findings_are_told_at_once(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func((GDestroyNotify)hf_finding_free);
    add(findings, true, "no extension citext");
    add(findings, false, "two sessions will be ended");
    add(findings, true, "no role app");
    g_autofree char *text = hf_findings_join_fatal(findings);
    assert_string_equal(text, "no extension citext; no role app");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_fatal_findings_stop_a_restore),
        cmocka_unit_test(all_fatal_findings_are_told_at_once),
    };
    return cmocka_run_group_tests_name("service/restore_preflight", tests, NULL, NULL);
}
