/* FreeBSD of 1996, DragonFly, OpenBSD, XNU, illumos: what is particular to each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/port_lab.h"
#include "tests/statistics.h"

static const struct port_range ten = {50000, 50009};

/* The ports of so many connections, one after the other, all kept. */
static void expect_ports(struct port_lab *lab, const uint16_t *ports, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(port_lab_connect(lab, port_lab_place(0)).port, ports[i]);
}

/* Low ports go downwards in all but FreeBSD 12 and later. */
static void expect_low_ports_downwards(const char *name, bool random)
{
    struct port_lab lab = port_lab_new(name, (struct port_range){1, 65535}, 1);
    lab.request.flags = PORT_ASK_LOW_RANGE;
    if (!random)
        expect_ports(&lab, (const uint16_t[]){1023, 1022, 1021}, 3);
    port_lab_hold_all(&lab, port_lab_place(1), 0);
    port_lab_disconnect(&lab, 1000, port_lab_place(1));
    assert_int_equal(port_lab_connect(&lab, port_lab_place(1)).port, 1000);
    port_lab_disconnect(&lab, 1010, port_lab_place(1));
    port_lab_disconnect(&lab, 990, port_lab_place(1));
    if (!random)
        assert_int_equal(port_lab_connect(&lab, port_lab_place(1)).port, 990);
    port_lab_free(&lab);
}

/* --- FreeBSD of 1996 ------------------------------------------------------------------
 */

static void test_1996_never_looks_at_the_port_given_last(void **state)
{
    (void)state;
    struct port_lab lab = port_lab_new("freebsd-1996", ten, 1);
    port_lab_fill(&lab, port_lab_place(0), 10);
    struct port_answer answer = port_lab_choose(&lab, port_lab_place(0));
    assert_int_equal(answer.port, 0);
    assert_int_equal(answer.probes, 9);
    port_lab_free(&lab);

    lab = port_lab_new("freebsd-1996", ten, 1);
    uint16_t given = port_lab_connect(&lab, port_lab_place(0)).port;
    port_lab_disconnect(&lab, given, port_lab_place(0));
    port_lab_hold_all(&lab, port_lab_place(0), given);
    assert_int_equal(port_lab_choose(&lab, port_lab_place(0)).port, 0);
    /* That search left the cursor one lower, so the next one begins there. */
    assert_int_equal(port_lab_choose(&lab, port_lab_place(0)).port, given);
    port_lab_free(&lab);
}

static void test_1996_has_low_ports_downwards_and_high_ones_from_40000(void **state)
{
    (void)state;
    expect_low_ports_downwards("freebsd-1996", false);
    struct port_lab lab = port_lab_new("freebsd-1996", (struct port_range){1, 65535}, 1);
    lab.request.flags = PORT_ASK_HIGH_RANGE;
    expect_ports(&lab, (const uint16_t[]){40000, 40001}, 2);
    port_lab_free(&lab);
}

/* --- DragonFly ------------------------------------------------------------------------
 */

static void test_dragonfly_goes_on_from_the_last_port(void **state)
{
    (void)state;
    struct port_lab lab = port_lab_new("dragonfly", ten, 1);
    expect_ports(&lab, (const uint16_t[]){50000, 50001, 50002}, 3);
    assert_int_equal(port_lab_connect(&lab, port_lab_place(1)).port, 50003);
    port_lab_free(&lab);
    expect_low_ports_downwards("dragonfly", false);
}

/* MODEL.md A2.4. */
static void test_dragonflys_extension_makes_the_test_one_of_tuples(void **state)
{
    (void)state;
    static const char *const json[] = {"{}", "{\"lport_extension\": false}"};
    for (int off = 0; off < 2; off++) {
        struct port_lab lab = port_lab_stated("dragonfly", json[off], ten, 1);
        port_lab_fill(&lab, port_lab_place(0), 10);
        bool starved = port_lab_choose(&lab, port_lab_place(1)).port == 0;
        assert_int_equal(starved, off);
        port_lab_free(&lab);
    }
}

/* --- OpenBSD --------------------------------------------------------------------------
 */

static void test_openbsd_passes_over_service_ports_and_pays_for_them(void **state)
{
    (void)state;
    struct port_lab lab =
        port_lab_stated("openbsd", "{\"bad_dynamic_ports\": [50003, 50004]}", ten, 1);
    port_lab_fill(&lab, port_lab_place(0), 8);
    struct port_answer answer = port_lab_choose(&lab, port_lab_place(0));
    assert_int_equal(answer.port, 0);
    assert_int_equal(answer.probes, 10);
    struct port_view view = port_request_view(&lab.request);
    assert_true(port_view_free(&view, 50003) && port_view_free(&view, 50004));
    port_lab_free(&lab);
}

static void test_openbsds_list_is_a_key_as_long_as_one_likes(void **state)
{
    (void)state;
    struct port_lab lab = port_lab_stated(
        "openbsd",
        "{\"bad_dynamic_ports\": [50000, 50001, 50002, 50003, 50004, 50005, 50006, "
        "50007, 50008, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}",
        ten, 1);
    assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).port, 50009);
    assert_int_equal(port_lab_connect(&lab, port_lab_place(0)).port, 0);
    port_lab_free(&lab);
}

/* first + rnd(last - first), then the next: never the first one. */
static void test_openbsd_draws_every_time(void **state)
{
    (void)state;
    struct port_lab lab = port_lab_new("openbsd", ten, 2);
    uint32_t counts[10] = {0};
    for (int i = 0; i < 20000; i++)
        counts[port_lab_choose(&lab, port_lab_place(0)).port - 50000]++;
    assert_int_equal(counts[0], 0);
    assert_uniform(counts + 1, 9);
    port_lab_free(&lab);
    expect_low_ports_downwards("openbsd", true);
}

/* --- XNU ------------------------------------------------------------------------------
 */

static void test_xnu_is_sequential_as_shipped(void **state)
{
    (void)state;
    struct port_lab lab = port_lab_new("xnu", ten, 1);
    expect_ports(&lab, (const uint16_t[]){50000, 50001, 50002}, 3);
    port_lab_free(&lab);
    expect_low_ports_downwards("xnu", false);
}

/* 65,536 values modulo 9: residues 0 to 6 have one more than 7 and 8. */
static void test_xnu_draws_for_who_asks_16_bits_modulo_n_less_1(void **state)
{
    (void)state;
    enum { TRIES = 20000 };
    struct port_lab by_sysctl =
        port_lab_stated("xnu", "{\"randomize_ports\": true}", ten, 1);
    struct port_lab by_socket = port_lab_new("xnu", ten, 2);
    by_socket.request.flags = PORT_ASK_RANDOMIZE;
    struct port_lab *labs[] = {&by_sysctl, &by_socket};
    for (int k = 0; k < 2; k++) {
        uint32_t counts[10] = {0};
        for (int i = 0; i < TRIES; i++)
            counts[port_lab_choose(labs[k], port_lab_place(0)).port - 50000]++;
        assert_int_equal(counts[0], 0);
        for (int i = 1; i < 10; i++)
            assert_share(counts[i], TRIES, (i <= 7 ? 7282 : 7281) / 65536.0);
        port_lab_free(labs[k]);
    }
}

/* MODEL.md A2.7: a Mac full of TIME_WAIT toward one server reaches no other. */
static void
test_on_a_mac_and_on_illumos_a_full_destination_takes_all_with_it(void **state)
{
    (void)state;
    static const char *const names[] = {"xnu", "illumos", "openbsd"};
    for (int i = 0; i < 3; i++) {
        struct port_lab lab = port_lab_new(names[i], ten, 1);
        port_lab_fill(&lab, port_lab_place(0), 10);
        assert_int_equal(port_lab_choose(&lab, port_lab_place(1)).port, 0);
        port_lab_free(&lab);
    }
}

/* --- illumos --------------------------------------------------------------------------
 */

/* All 65,536 draws, folded as tcp_update_next_port() does. */
static void count_starts(struct port_range range, uint32_t *starts)
{
    for (uint32_t draw = 0; draw < PORT_COUNT; draw++) {
        bool inside = draw >= range.low && draw <= range.high;
        starts[inside ? draw - range.low : draw % (uint32_t)(range.high - range.low)]++;
    }
}

static void test_illumos_folds_16_bits_into_the_range(void **state)
{
    (void)state;
    enum { TRIES = 50000 };
    struct port_range range = {65529, 65535};
    struct port_lab lab = port_lab_new("illumos", range, 1);
    uint32_t starts[7] = {0}, counts[7] = {0};
    count_starts(range, starts);
    for (int i = 0; i < TRIES; i++)
        counts[port_lab_choose(&lab, port_lab_place(0)).port - range.low]++;
    for (int i = 0; i < 7; i++)
        assert_share(counts[i], TRIES, starts[i] / 65536.0);
    assert_int_equal(starts[6], 1); /* the high end, only if drawn itself */
    port_lab_free(&lab);
}

static void test_illumos_without_drawing_goes_on_from_the_last_port(void **state)
{
    (void)state;
    struct port_lab lab =
        port_lab_stated("illumos", "{\"random_anon_port\": false}", ten, 1);
    expect_ports(&lab, (const uint16_t[]){50000, 50001, 50002}, 3);
    port_lab_free(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_1996_never_looks_at_the_port_given_last),
        cmocka_unit_test(test_1996_has_low_ports_downwards_and_high_ones_from_40000),
        cmocka_unit_test(test_dragonfly_goes_on_from_the_last_port),
        cmocka_unit_test(test_dragonflys_extension_makes_the_test_one_of_tuples),
        cmocka_unit_test(test_openbsd_passes_over_service_ports_and_pays_for_them),
        cmocka_unit_test(test_openbsds_list_is_a_key_as_long_as_one_likes),
        cmocka_unit_test(test_openbsd_draws_every_time),
        cmocka_unit_test(test_xnu_is_sequential_as_shipped),
        cmocka_unit_test(test_xnu_draws_for_who_asks_16_bits_modulo_n_less_1),
        cmocka_unit_test(
            test_on_a_mac_and_on_illumos_a_full_destination_takes_all_with_it),
        cmocka_unit_test(test_illumos_folds_16_bits_into_the_range),
        cmocka_unit_test(test_illumos_without_drawing_goes_on_from_the_last_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
