#include "service/patience.h"

#include "base/error.h"
#include "tests/unit/cmocka_all.h"

typedef struct {
    unsigned taken; /* so often another has it */
    HfErrorCode code;
    unsigned tries;
} Lock;

static bool try_once(gpointer data, GError **error)
{
    Lock *self = data;
    if (self->tries++ >= self->taken)
        return true;
    g_set_error_literal(error, HF_ERROR, (int)self->code, "another has it");
    return false;
}

static void a_lock_is_tried_again_while_another_has_it(void **state)
{
    (void)state;
    Lock lock = {.taken = 3, .code = HF_ERROR_CONFLICT};
    assert_true(hf_patience_try(try_once, &lock, 600000, NULL, NULL));
    assert_int_equal(lock.tries, 4);
}

static void what_is_no_lock_of_another_ends_it_at_once(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    Lock lock = {.taken = 3, .code = HF_ERROR_NETWORK};
    assert_false(hf_patience_try(try_once, &lock, 600000, NULL, &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_NETWORK));
    assert_int_equal(lock.tries, 1);
}

static void without_patience_it_is_tried_once_and_a_cancel_ends_it(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL, stopped = NULL;
    Lock lock = {.taken = UINT32_MAX, .code = HF_ERROR_CONFLICT};
    assert_false(hf_patience_try(try_once, &lock, 0, NULL, &error));
    assert_true(g_error_matches(error, HF_ERROR, HF_ERROR_CONFLICT));
    assert_int_equal(lock.tries, 1);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_cancellable_cancel(cancellable);
    assert_false(hf_patience_try(try_once, &lock, 600000, cancellable, &stopped));
    assert_true(g_error_matches(stopped, HF_ERROR, HF_ERROR_CANCELLED));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lock_is_tried_again_while_another_has_it),
        cmocka_unit_test(what_is_no_lock_of_another_ends_it_at_once),
        cmocka_unit_test(without_patience_it_is_tried_once_and_a_cancel_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
