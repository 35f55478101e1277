/* The NATs that look at a bounded number of ports, Cilium and VPP: what they look at and
 * what they lose. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/port_lab.h"
#include "tests/port_steady.h"
#include "tests/statistics.h"

enum { N = 16384, NEXT = 0, REDRAW = 1 };
static const char *const retries[] = {[NEXT] = "next", [REDRAW] = "redraw"};
static const struct port_range range = {49152, 65535};

static struct port_lab cilium(struct port_range ports, uint32_t retry, uint32_t tries)
{
    return port_lab_printed(ports, tries, "cilium", "{\"retry\": \"%s\", \"tries\": %u}",
                            retries[retry], (unsigned)tries);
}

static struct port_answer ask(struct port_lab *lab)
{
    return port_lab_choose(lab, port_lab_place(0));
}

/* Holds all but every k-th port. */
static void leave_one_in(struct port_lab *lab, uint32_t k)
{
    struct port_owner owner = {.local_address = PORT_LAB_ADDRESS};
    for (uint32_t port = lab->request.range.low; port <= lab->request.range.high; port++)
        if (port % k != 0)
            port_space_take(lab->space, (uint16_t)port, owner, port_lab_place(0));
}

static void test_the_inside_port_is_kept_where_it_is_in_the_range_and_free(void **state)
{
    (void)state;
    struct port_lab lab = cilium(range, NEXT, 128);
    lab.request.mode = PORT_MODE_TRANSLATE;
    lab.request.wanted = 50000;
    assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).port, 50000);
    assert_int_equal(port_lab_choose(&lab, port_lab_place(1)).port, 50000);
    struct port_answer taken = ask(&lab);
    assert_int_not_equal(taken.port, 50000);
    assert_int_equal(taken.probes, 2);
    lab.request.wanted = 40000; /* out of the range: not looked at */
    assert_int_equal(ask(&lab).probes, 1);
    port_lab_free(&lab);
}

static void test_the_inside_port_is_one_of_the_tries(void **state)
{
    (void)state;
    for (uint32_t retry = NEXT; retry <= REDRAW; retry++) {
        static const uint32_t tries[] = {1, 16, 32, 128};
        for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
            struct port_lab lab = cilium(range, retry, tries[i]);
            port_lab_hold_all(&lab, port_lab_place(0), 0);
            assert_int_equal(ask(&lab).probes, tries[i]);
            lab.request.wanted = 50000;
            assert_int_equal(ask(&lab).probes, tries[i]);
            port_lab_free(&lab);
        }
    }
}

/* Free is every 200th port: a walk of 128 from a uniform start meets it 128 times in 200.
 */
static void test_after_the_first_draw_the_next_ports_follow(void **state)
{
    (void)state;
    struct port_lab lab = cilium(range, NEXT, 128);
    leave_one_in(&lab, 200);
    uint32_t found = 0, probes[8] = {0};
    for (int i = 0; i < 20000; i++) {
        struct port_answer answer = ask(&lab);
        found += answer.port != 0;
        if (answer.port)
            probes[(answer.probes - 1) / 16]++;
    }
    assert_share(found, 20000, 128 / 200.0);
    assert_uniform(probes, 8);
    port_lab_free(&lab);
}

static void test_older_draws_never_reach_the_highest_port(void **state)
{
    (void)state;
    struct port_range few = {50000, 50009};
    uint32_t old[10] = {0}, now[10] = {0};
    struct port_lab redraws = cilium(few, REDRAW, 128), walks = cilium(few, NEXT, 128);
    for (int i = 0; i < 10000; i++) {
        old[ask(&redraws).port - few.low]++;
        now[ask(&walks).port - few.low]++;
    }
    assert_uniform(old, 9);
    assert_int_equal(old[9], 0);
    assert_uniform(now, 10);
    port_lab_free(&redraws);
    port_lab_free(&walks);
}

/* MODEL.md C6 and D5: (1 - K/N)^m with the published digits. */
static void test_draws_fail_with_the_published_law(void **state)
{
    (void)state;
    enum { TRIES = 100000 };
    static const struct {
        uint32_t draws;
        double free, published, digit;
    } rows[] = {
        {20, 0.10, 0.122, 0.001},  {20, 0.05, 0.358, 0.001},   {20, 0.01, 0.818, 0.001},
        {32, 0.10, 0.034, 0.001},  {32, 0.05, 0.194, 0.001},   {32, 0.01, 0.725, 0.001},
        {128, 0.05, 0.0014, 1e-4}, {128, 0.018, 0.098, 0.001}, {128, 0.01, 0.276, 0.001},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t m = rows[i].draws, free = (uint32_t)lround(rows[i].free * N);
        double law = pow(1 - (double)free / N, m);
        assert_true(fabs(law - rows[i].published) < rows[i].digit);
        struct port_lab lab =
            m == 20 ? port_lab_new("vpp-cgn", range, m) : cilium(range, REDRAW, m);
        struct port_owner owner = {.local_address = PORT_LAB_ADDRESS};
        for (uint32_t k = 0; k < N - free; k++) /* the free ones at the top */
            port_space_take(lab.space, (uint16_t)(range.low + k), owner,
                            port_lab_place(0));
        uint32_t failed = 0;
        for (int k = 0; k < TRIES; k++)
            failed += ask(&lab).port == 0;
        /* Cilium's draws are N - 1 ports. */
        double exact = m == 20 ? law : pow(1 - (free - 1.0) / (N - 1.0), m);
        assert_share(failed, TRIES, exact);
        port_lab_free(&lab);
    }
}

/* Birth and death with bounded draws, the closed form of MODEL.md D: loss at `offered`.
 */
static double loss_of_draws(double ports, double offered, uint32_t draws)
{
    double p = 1, total = 0, lost = 0;
    for (double k = 0; k <= ports; k++) {
        double fails = pow(k / ports, draws);
        total += p;
        lost += p * fails;
        p *= offered * (1 - fails) / (k + 1);
        if (total > 1e200) { /* only ratios matter */
            p /= 1e200;
            total /= 1e200;
            lost /= 1e200;
        }
    }
    return lost / total;
}

/* MODEL.md D5: at a load of N = 4096, 128 draws lose 3.0 % and 32 lose 7.8 %. */
static void test_bounded_draws_lose_what_birth_and_death_says(void **state)
{
    (void)state;
    struct port_range ports = {50000, 50000 + 4095};
    static const struct {
        uint32_t draws;
        double published;
    } rows[] = {{128, 0.030}, {32, 0.078}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double law = loss_of_draws(4096, 4096, rows[i].draws);
        assert_true(fabs(law - rows[i].published) < 0.0005);
        struct port_lab lab = cilium(ports, REDRAW, rows[i].draws);
        struct port_steady steady = port_steady_run(&lab, 4096, 1000000);
        /* Draws reach 4,095 ports: less than 2 % of the loss. */
        assert_mean_near(&steady.loss, law, 0.02);
        port_lab_free(&lab);
    }
}

/* USERS.md S16: 16,000 erlang on 16,384 ports lose 1.22 %. */
static void test_the_closed_form_gives_s16_its_1_22_percent(void **state)
{
    (void)state;
    assert_true(fabs(loss_of_draws(16384, 16000, 128) - 0.0122) < 0.00005);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_inside_port_is_kept_where_it_is_in_the_range_and_free),
        cmocka_unit_test(test_the_inside_port_is_one_of_the_tries),
        cmocka_unit_test(test_after_the_first_draw_the_next_ports_follow),
        cmocka_unit_test(test_older_draws_never_reach_the_highest_port),
        cmocka_unit_test(test_draws_fail_with_the_published_law),
        cmocka_unit_test(test_bounded_draws_lose_what_birth_and_death_says),
        cmocka_unit_test(test_the_closed_form_gives_s16_its_1_22_percent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
