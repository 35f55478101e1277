/* Erlang B with as many ports as a real range has: long enough for a program of its own,
 * beside test_theory.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/loss_system.h"

static void test_loss_is_erlang_b_with_4096_ports(void **state)
{
    (void)state;
    if (quick_run())
        skip();
    loss_system_is_erlang_b(4096, 4096, 0.0123639, 20, 220);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loss_is_erlang_b_with_4096_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
