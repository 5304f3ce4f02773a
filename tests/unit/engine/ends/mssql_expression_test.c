#include "engine/ends/mssql_expression.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

#include <string.h>

/* A table with a column for each class; their names say which. */
static const HfNeutralColumn *find(const HfMssqlScope *self, const char *qualifier, const char *name, bool *as_text)
{
    static HfNeutralColumn columns[] = {
        {.name = (char *)"i", .type = {.kind = HF_NEUTRAL_INT32}},
        {.name = (char *)"d", .type = {.kind = HF_NEUTRAL_DECIMAL}},
        {.name = (char *)"f", .type = {.kind = HF_NEUTRAL_FLOAT64}},
        {.name = (char *)"t", .type = {.kind = HF_NEUTRAL_TEXT}},
        {.name = (char *)"b", .type = {.kind = HF_NEUTRAL_BOOLEAN}},
        {.name = (char *)"day", .type = {.kind = HF_NEUTRAL_DATE}},
        {.name = (char *)"at", .type = {.kind = HF_NEUTRAL_TIMESTAMP}},
        {.name = (char *)"e", .type = {.kind = HF_NEUTRAL_ENUM}},
        {.name = (char *)"j", .type = {.kind = HF_NEUTRAL_JSON}},
        {.name = (char *)"odd]name", .type = {.kind = HF_NEUTRAL_INT32}},
        {.name = (char *)"text_of_number", .type = {.kind = HF_NEUTRAL_INT32}},
        {.name = (char *)"money", .type = {.kind = HF_NEUTRAL_DECIMAL}},
        {.name = (char *)"padded", .type = {.kind = HF_NEUTRAL_CHAR}},
        {.name = (char *)"short", .type = {.kind = HF_NEUTRAL_TEXT}},
        {.name = (char *)"single", .type = {.kind = HF_NEUTRAL_FLOAT32}},
        {.name = (char *)"pair", .type = {.kind = HF_NEUTRAL_COMPOSITE}},
        {.name = (char *)"made", .type = {.kind = HF_NEUTRAL_TEXT}},
    };
    (void)self;
    (void)qualifier;
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
        if (strcmp(columns[i].name, name) == 0) {
            *as_text = strcmp(name, "text_of_number") == 0;
            return &columns[i];
        }
    return NULL;
}

/* The types that some of them have there. */
static const char *type_of(const HfMssqlScope *self, const HfNeutralColumn *column)
{
    static const char *const types[][2] = {
        {"money", "decimal(10, 2)"}, {"d", "decimal(38, 10)"}, {"padded", "nchar(5)"},    {"short", "nvarchar(50)"},
        {"t", "nvarchar(max)"},      {"single", "real"},       {"pair", "nvarchar(max)"}, {"made", "nvarchar(max)"}};
    (void)self;
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(types[i][0], column->name) == 0)
            return types[i][1];
    return NULL;
}

static bool is_made(const HfMssqlScope *self, const HfNeutralColumn *column)
{
    (void)self;
    return strcmp(column->name, "made") == 0;
}

static char *translate(const char *text, GPtrArray *notes, GError **error)
{
    HfMssqlScope scope = {.find = find, .type = type_of, .notes = notes};
    g_autoptr(HfExpression) expression = hf_expression_parse(text, error);
    return expression != NULL ? hf_mssql_condition(&scope, expression, error) : NULL;
}

static void checks_become_conditions(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"(i > 0)", "[i] > 0"},
        {"((i > 0) AND ((d)::numeric <= (100)::numeric))", "([i] > 0 AND [d] <= 100)"},
        {"b", "[b] = 1"},
        {"(NOT b)", "[b] = 0"},
        {"((b = true) OR (NOT (i = 1)))", "([b] = 1 OR NOT ([i] = 1))"},
        {"(t = ANY (ARRAY['a'::text, 'it''s'::text]))", "[t] IN (N'a', N'it''s')"},
        {"((t)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))", "[t] IN (N'a', N'b')"},
        {"(i <> ALL (ARRAY[1, 2]))", "[i] NOT IN (1, 2)"},
        {"(e = 'x'::shop.mood)", "[e] = N'x'"},
        {"(t ~~ '50%[x]'::text)", "[t] LIKE N'50%\\[x]' ESCAPE N'\\'"},
        {"(t IS NOT NULL)", "[t] IS NOT NULL"},
        {"((b AND (i > 1)) IS TRUE)", "(CASE WHEN ([b] = 1 AND [i] > 1) THEN 1 ELSE 0 END) = 1"},
        {"(i IS DISTINCT FROM 1)",
         "NOT (([i] = 1 AND [i] IS NOT NULL AND 1 IS NOT NULL) OR ([i] IS NULL AND 1 IS NULL))"},
        {"(length(t) <= 5)", "(DATALENGTH([t]) / 2) <= 5"},
        {"(day > '1900-01-01'::date)", "[day] > CAST(N'1900-01-01' AS date)"},
        {"(EXTRACT(year FROM at) > (1990)::numeric)", "DATEPART(year, [at]) > 1990"},
        {"(COALESCE(i, 0) > '-5'::integer)", "COALESCE([i], 0) > -5"},
        {"((i + 1) * 2 < 100)", "(([i] + 1) * 2) < 100"},
        {"(((t || 'x'::text) || t) <> t)", "(([t] + N'x') + [t]) <> [t]"},
        {"(CASE WHEN b THEN i ELSE 0 END = 1)", "(CASE WHEN [b] = 1 THEN [i] ELSE 0 END) = 1"},
        {"((i = 1) = b)", "(CASE WHEN [i] = 1 THEN CAST(1 AS bit) WHEN NOT ([i] = 1) THEN CAST(0 AS bit) END) = [b]"},
        {"(\"odd]name\" = 1)", "[odd]]name] = 1"},
        {"(t = E'back\\\\slash'::text)", "[t] = N'back\\slash'"},
        /* What pads a char(n) is none of it where a function or a text is wanted. */
        {"(length(padded) = 2)", "(DATALENGTH(RTRIM([padded])) / 2) = 2"},
        {"(((padded)::text || 'x'::text) = 'ax'::text)", "(RTRIM([padded]) + N'x') = N'ax'"},
        {"(padded = 'ab'::bpchar)", "[padded] = N'ab'"},
        {"(padded = ANY (ARRAY['a'::bpchar, 'b'::bpchar]))", "[padded] IN (N'a', N'b')"},
        /* A bracket that is escaped already. */
        {"(t ~~ 'a\\[b[_\\_%'::text)", "[t] LIKE N'a\\[b\\[_\\_%' ESCAPE N'\\'"},
        /* Decimals as wide as their sum or product needs, and no int in the place of a bigint. */
        {"((money * (2)::numeric) > (1)::numeric)", "([money] * CAST(2 AS decimal(1, 0))) > 1"},
        {"(((i)::numeric * (i)::numeric) > 0.5)", "(CAST([i] AS decimal(10, 0)) * CAST([i] AS decimal(10, 0))) > 0.5"},
        {"((i / '3000000000'::bigint) = 0)", "([i] / CAST(3000000000 AS bigint)) = 0"},
        {"((i * '2'::bigint) > 0)", "([i] * CAST(2 AS bigint)) > 0"},
        {"(round(money, 1) > 0.5)", "ROUND(CAST([money] AS decimal(11, 2)), 1) > 0.5"},
        {"(single > '0.1'::double precision)", "[single] > 0.1E0"},
        /* A text of no column has the database's collation. */
        {"(CASE WHEN b THEN 'yes'::text ELSE 'no'::text END = 'YES'::text)",
         "(CASE WHEN [b] = 1 THEN N'yes' ELSE N'no' END) COLLATE Latin1_General_100_BIN2 = N'YES'"},
        /* No line of a script is one of a constant, and no variable of its runner. */
        {"(t = 'a\nGO\nb'::text)", "[t] = (N'a' + NCHAR(10) + N'GO' + NCHAR(10) + N'b')"},
        {"(t = '$(x)'::text)", "[t] = (N'$' + N'(x)')"},
        {"(replace(short, 'a'::text, 'bb'::text) = 'x'::text)",
         "REPLACE(CAST([short] AS nvarchar(max)), N'a', N'bb') = N'x'"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *sql = translate(pairs[i][0], NULL, &error);
        if (sql == NULL)
            fail_msg("%s: %s", pairs[i][0], error->message);
        assert_string_equal(sql, pairs[i][1]);
    }
}

static void what_is_not_known_fully_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "(t > 'a'::text)",                       /* another order */
        "(t ~ '^a'::text)",                      /* regular expressions */
        "(t ~~* 'a%'::text)",                    /* ILIKE */
        "(d / (2)::numeric) > (1)::numeric",     /* another scale */
        "((d)::integer > 1)",                    /* rounds here, cuts there */
        "((t)::character varying(3))::text = t", /* cuts */
        "(shop.valid(t))",
        "((j ->> 'a'::text) = 'b'::text)",
        "(i = (SELECT 1))",
        "(ROW(i, i) = ROW(1, 2))",
        "(GREATEST(i, 1) > 0)",
        "(text_of_number > 5)", /* its type is another there */
        "(nowhere = 1)",
        "(day > '0044-03-15 BC'::date)",
        "(day > 'infinity'::date)",
        "(EXTRACT(dow FROM day) = (1)::numeric)",
        "(i)",
        "(i > 0",
        "(t = 'open",
        "(i > 0) trailing",
        "",
        "(t = ANY ('{a,b}'::text[]))",
        "(t COLLATE \"C\" = 'a'::text)",
        "((d * d) > (1)::numeric)",                    /* more than 38 digits: it would round */
        "((money * (money * (money * money))) > 0.5)", /* the same */
        "(i = ANY ((ARRAY[1.5, 2.7])::integer[]))",    /* rounds here */
        "((t)::name = 'a'::name)",                     /* cuts */
        "(pair IS NULL)",                              /* of all its fields */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *sql = translate(texts[i], NULL, &error);
        if (sql != NULL)
            fail_msg("%s became %s", texts[i], sql);
        assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_LIMIT));
    }
}

static void what_means_nearly_the_same_is_told(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *sql = translate("((lower(t) = 'a'::text) AND (lower(t) <> 'b'::text))", notes, NULL);
    assert_non_null(sql);
    assert_int_equal(notes->len, 2);
    assert_string_equal(notes->pdata[1], "texts that differ in trailing spaces alone are equal");
}

static void a_nesting_without_end_is_refused(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < 10000; i++)
        g_string_append_c(text, '(');
    assert_null(translate(text->str, NULL, NULL));
    g_string_assign(text, "");
    for (size_t i = 0; i < 10000; i++)
        g_string_append(text, "- ");
    assert_null(translate(text->str, NULL, NULL));
    g_string_assign(text, "i = 1");
    while (text->len < 100000)
        g_string_append(text, " AND i = 1");
    assert_null(translate(text->str, NULL, NULL));
}

/* Some forms have their parts more than once. */
static void what_would_grow_by_powers_is_refused(void **state)
{
    (void)state;
    static const char *const forms[][3] = {{"(", "b", " = b)"},
                                           {"(", "(i = 1)", " IS DISTINCT FROM b)"},
                                           {"(", "b", " = ANY (ARRAY[b, b, b, b, b, b, b, b]))"}};
    for (size_t f = 0; f < G_N_ELEMENTS(forms); f++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) text = g_string_new(forms[f][1]);
        for (size_t i = 0; i < 40; i++) {
            g_string_prepend(text, forms[f][0]);
            g_string_append(text, forms[f][2]);
        }
        assert_null(translate(text->str, NULL, &error));
        assert_string_equal(error->message, "an expression that would be of more than 64 kB");
    }
}

static void a_column_that_is_computed_has_constants_that_are_deterministic(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"(day > '1900-01-01'::date)", "[day] > CONVERT(date, N'1900-01-01', 121)"},
                                           {"(at > '1900-01-01 12:00:00'::timestamp without time zone)",
                                            "[at] > CONVERT(datetime2(6), N'1900-01-01 12:00:00', 121)"}};
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        HfMssqlScope scope = {.find = find, .deterministic = true};
        g_autoptr(HfExpression) expression = hf_expression_parse(pairs[i][0], NULL);
        g_autofree char *sql = hf_mssql_condition(&scope, expression, NULL);
        assert_string_equal(sql, pairs[i][1]);
    }
}

/* VALUE of a domain is the column that has it, whatever that is kept as. */
static void the_value_of_a_domain_is_its_column(void **state)
{
    (void)state;
    bool as_text;
    static const char *const columns[][2] = {{"i", "[i] > 5"}, {"text_of_number", NULL}};
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        HfMssqlScope scope = {.find = find, .value = find(NULL, NULL, columns[i][0], &as_text)};
        g_autoptr(HfExpression) expression = hf_expression_parse("(VALUE > 5)", NULL);
        g_autofree char *sql = hf_mssql_condition(&scope, expression, NULL);
        assert_int_equal(g_strcmp0(sql, columns[i][1]), 0);
    }
}

static void a_text_tells_how_long_it_can_be(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t size;
    } cases[] = {{"short", 50},
                 {"t", 0},
                 {"lower(short)", 50},
                 {"(short || 'abc'::text)", 53},
                 {"(short || t)", 0},
                 {"substr(t, 1, 7)", 7},
                 {"substr(short, 1, 700)", 50},
                 {"COALESCE(short, 'x'::text)", 50},
                 {"replace(short, 'ab'::text, 'c'::text)", 50},
                 {"replace(short, 'c'::text, 'ab'::text)", 0},
                 {"CASE WHEN b THEN short ELSE t END", 0}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t size = -1;
        HfMssqlClass class;
        HfMssqlScope scope = {.find = find, .type = type_of};
        g_autoptr(HfExpression) expression = hf_expression_parse(cases[i].text, NULL);
        g_autofree char *sql = hf_mssql_sized_value(&scope, expression, &class, &size, NULL);
        assert_non_null(sql);
        if (size != cases[i].size)
            fail_msg("%s: %d", cases[i].text, (int)size);
    }
}

static void a_filter_takes_comparisons_alone(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"((b) AND (i > 5))", "[b] = 1 AND [i] > 5"},
        {"(t = ANY (ARRAY['a'::text]))", "[t] IN (N'a')"},
        {"(t IS NOT NULL)", "[t] IS NOT NULL"},
        {"((i > 5) OR b)", NULL},
        {"(lower(t) = 'a'::text)", NULL},
        {"(i > d)", NULL},
        {"(b IS TRUE)", NULL},
        {"((at)::date = '2024-01-01'::date)", NULL}, /* converts the column */
        {"((i)::bigint = 5)", NULL},
        {"(i > '3000000000'::bigint)", NULL}, /* would convert it */
        {"(single > '1'::real)", NULL},
        {"(made = 'x'::text)", NULL}, /* it is computed */
        {"(made IS NOT NULL)", NULL},
        {"(t = 'a\nb'::text)", NULL},
        {"(padded <> 'N'::bpchar)", "[padded] <> CAST(N'N' AS nchar(5))"},
        {"(day = '2024-01-01'::date)", "[day] = CAST(N'2024-01-01' AS date)"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        HfMssqlScope scope = {.find = find, .type = type_of, .is_computed = is_made};
        g_autoptr(HfExpression) expression = hf_expression_parse(pairs[i][0], NULL);
        g_autofree char *sql = hf_mssql_filter(&scope, expression, NULL);
        if (pairs[i][1] == NULL && sql != NULL)
            fail_msg("%s became %s", pairs[i][0], sql);
        else if (pairs[i][1] == NULL)
            continue;
        else
            assert_string_equal(sql, pairs[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_become_conditions),
        cmocka_unit_test(what_is_not_known_fully_is_refused),
        cmocka_unit_test(what_means_nearly_the_same_is_told),
        cmocka_unit_test(a_nesting_without_end_is_refused),
        cmocka_unit_test(a_filter_takes_comparisons_alone),
        cmocka_unit_test(what_would_grow_by_powers_is_refused),
        cmocka_unit_test(a_column_that_is_computed_has_constants_that_are_deterministic),
        cmocka_unit_test(a_text_tells_how_long_it_can_be),
        cmocka_unit_test(the_value_of_a_domain_is_its_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
