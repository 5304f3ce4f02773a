#include "pg/type.h"
#include "tests/unit/cmocka_all.h"

static void add(HfTypeTable *types, HfType type)
{
    static char name[] = "described";
    type.name = name;
    hf_type_table_add(types, &type);
}

static void assert_safe(const HfTypeTable *types, uint32_t oid)
{
    const char *reason = hf_type_binary_unsafe_reason(types, oid);
    if (reason != NULL)
        fail_msg("type %u is unsafe: %s", oid, reason);
}

static void assert_unsafe(const HfTypeTable *types, uint32_t oid, const char *why)
{
    const char *reason = hf_type_binary_unsafe_reason(types, oid);
    if (reason == NULL)
        fail_msg("type %u is safe", oid);
    assert_string_equal(reason, why);
}

static void builtin_values_and_arrays_of_them_are_safe(void **state)
{
    (void)state;
    static const uint32_t oids[] = {16, 17, 18, 19, 20, 21, 23, 25, 26, 27, 28, 29, 114, 600, 601, 602, 603, 604, 628,
                                    650, 700, 701, 718, 774, 790, 829, 869, 1042, 1043, 1082, 1083, 1114, 1184, 1186,
                                    1266, 1560, 1562, 1700, 1790, 2950, 2970, 3220, 3614, 3802, 4072, 5038, 5069, 3904,
                                    3906, 3908, 3910, 3912, 3926, 4451, 4532, 4533, 4534, 4535, 4536,
                                    /* arrays of bool, text, box, numeric, jsonb, int4range, int4multirange, xid8 */
                                    1000, 1009, 1020, 1231, 3807, 3905, 6150, 271};
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    for (size_t i = 0; i < G_N_ELEMENTS(oids); i++)
        assert_safe(types, oids[i]);
}

static void types_whose_bytes_mean_something_else_elsewhere_are_unsafe(void **state)
{
    (void)state;
    /* reg* types, aclitem, catalog vectors, xml, tsquery, record, cstring; and arrays of some */
    static const uint32_t oids[] = {24, 2202, 2203, 2204, 2205, 2206, 3734, 3769, 4089, 4096, 4191, 1033,
                                    22, 30,   142,  3615, 2249, 2275, 1008, 2210, 143,  1034, 3645, 2287};
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    for (size_t i = 0; i < G_N_ELEMENTS(oids); i++)
        assert_non_null(hf_type_binary_unsafe_reason(types, oids[i]));
}

static void a_type_that_nobody_described_is_unsafe(void **state)
{
    (void)state;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    assert_unsafe(types, 70000, "type that the catalog does not describe");
    assert_unsafe(types, 0, "type that the catalog does not describe");
    assert_null(hf_type_table_get(types, 70000));
}

static void a_domain_is_as_safe_as_its_base(void **state)
{
    (void)state;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    add(types, (HfType){.oid = 70000, .kind = 'd', .base_oid = 23, .has_binary = true});
    add(types, (HfType){.oid = 70001, .kind = 'd', .base_oid = 70000, .has_binary = true});
    add(types, (HfType){.oid = 70002, .kind = 'd', .base_oid = 1009, .has_binary = true});
    add(types, (HfType){.oid = 70003, .kind = 'd', .base_oid = 2205, .has_binary = true});
    add(types, (HfType){.oid = 70004, .kind = 'd', .base_oid = 70099, .has_binary = true});
    assert_safe(types, 70000);
    assert_safe(types, 70001);
    assert_safe(types, 70002);
    assert_unsafe(types, 70003, "its values name database objects by OID");
    assert_unsafe(types, 70004, "type that the catalog does not describe");
}

static void an_enum_is_safe_alone_and_in_ranges_but_not_in_arrays(void **state)
{
    (void)state;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    add(types, (HfType){.oid = 70000, .kind = 'e', .has_binary = true});
    add(types, (HfType){.oid = 70001, .kind = 'b', .element_oid = 70000, .has_binary = true});
    add(types, (HfType){.oid = 70002, .kind = 'd', .base_oid = 70000, .has_binary = true});
    add(types, (HfType){.oid = 70003, .kind = 'r', .subtype_oid = 70000, .has_binary = true});
    add(types, (HfType){.oid = 70004, .kind = 'm', .subtype_oid = 70003, .has_binary = true});
    assert_safe(types, 70000);
    assert_unsafe(types, 70001, "array of a user-defined type");
    assert_safe(types, 70002);
    assert_safe(types, 70003);
    assert_safe(types, 70004);
}

static void a_range_is_as_safe_as_its_subtype(void **state)
{
    (void)state;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    add(types, (HfType){.oid = 70000, .kind = 'c', .has_binary = true});
    add(types, (HfType){.oid = 70001, .kind = 'r', .subtype_oid = 70000, .has_binary = true});
    add(types, (HfType){.oid = 70002, .kind = 'm', .subtype_oid = 70001, .has_binary = true});
    add(types, (HfType){.oid = 70003, .kind = 'r', .subtype_oid = 1700, .has_binary = true});
    add(types, (HfType){.oid = 70004, .kind = 'm', .subtype_oid = 23, .has_binary = true});
    assert_unsafe(types, 70001, "composite type");
    assert_unsafe(types, 70002, "composite type");
    assert_safe(types, 70003);
    assert_unsafe(types, 70004, "multirange of something that is no range");
}

/* Their arrays would not be brought into normal form (pg/row_normal.h). */
static void a_range_over_arrays_is_unsafe(void **state)
{
    (void)state;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    add(types, (HfType){.oid = 70000, .kind = 'd', .base_oid = 1007, .has_binary = true});
    add(types, (HfType){.oid = 70001, .kind = 'r', .subtype_oid = 1007, .has_binary = true});
    add(types, (HfType){.oid = 70002, .kind = 'r', .subtype_oid = 70000, .has_binary = true});
    add(types, (HfType){.oid = 70003, .kind = 'm', .subtype_oid = 70001, .has_binary = true});
    for (uint32_t oid = 70001; oid <= 70003; oid++)
        assert_unsafe(types, oid, "range over an array");
    assert_true(hf_type_is_array(types, 70000));
    assert_false(hf_type_is_array(types, 70001));
}

static void other_user_types_are_unsafe(void **state)
{
    (void)state;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    add(types, (HfType){.oid = 70000, .kind = 'c', .has_binary = true});
    add(types, (HfType){.oid = 70001, .kind = 'b', .has_binary = true});
    add(types, (HfType){.oid = 70002, .kind = 'b', .has_binary = false});
    add(types, (HfType){.oid = 70003, .kind = 'b', .element_oid = 23, .has_binary = true});
    assert_unsafe(types, 70000, "composite type");
    assert_unsafe(types, 70001, "base type that is not builtin to PostgreSQL");
    assert_unsafe(types, 70002, "type without send and receive functions");
    assert_unsafe(types, 70003, "array of a user-defined type");
}

static void types_that_contain_themselves_are_unsafe(void **state)
{
    (void)state;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    add(types, (HfType){.oid = 70000, .kind = 'd', .base_oid = 70000, .has_binary = true});
    add(types, (HfType){.oid = 70001, .kind = 'r', .subtype_oid = 70002, .has_binary = true});
    add(types, (HfType){.oid = 70002, .kind = 'd', .base_oid = 70001, .has_binary = true});
    assert_unsafe(types, 70000, "type that is nested too deeply");
    assert_unsafe(types, 70001, "type that is nested too deeply");
}

static void a_builtin_type_cannot_be_described_otherwise(void **state)
{
    (void)state;
    g_autoptr(HfTypeTable) types = hf_type_table_new();
    add(types, (HfType){.oid = 23, .kind = 'c'});
    add(types, (HfType){.oid = 2205, .kind = 'e', .has_binary = true});
    assert_safe(types, 23);
    assert_string_equal(hf_type_table_get(types, 23)->name, "integer");
    assert_string_equal(hf_type_table_get(types, 1007)->name, "integer[]");
    assert_int_equal(hf_type_table_get(types, 1007)->element_oid, 23);
    assert_unsafe(types, 2205, "its values name database objects by OID");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builtin_values_and_arrays_of_them_are_safe),
        cmocka_unit_test(types_whose_bytes_mean_something_else_elsewhere_are_unsafe),
        cmocka_unit_test(a_type_that_nobody_described_is_unsafe),
        cmocka_unit_test(a_domain_is_as_safe_as_its_base),
        cmocka_unit_test(an_enum_is_safe_alone_and_in_ranges_but_not_in_arrays),
        cmocka_unit_test(a_range_is_as_safe_as_its_subtype),
        cmocka_unit_test(a_range_over_arrays_is_unsafe),
        cmocka_unit_test(other_user_types_are_unsafe),
        cmocka_unit_test(types_that_contain_themselves_are_unsafe),
        cmocka_unit_test(a_builtin_type_cannot_be_described_otherwise),
    };
    return cmocka_run_group_tests_name("pg/type", tests, NULL, NULL);
}
