/* IPCOM000012910D over every base: the same until the ports are gone, then N for each
 * destination [MODEL.md A6]. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "models/alloc/list.h"
#include "tests/port_lab.h"

enum { N = 100 };
static const struct port_range hundred = {50000, 50099};

static const char *base_name(uint32_t index)
{
    return port_allocator_find("ipcom")->fields->rows->table->variants(index)->name;
}

/* ipcom over its index-th base; index runs over all other allocators. */
static struct port_lab ipcom_over(uint32_t index)
{
    return port_lab_printed(hundred, index, "ipcom", "{\"base\": \"%s\"}",
                            base_name(index));
}

enum { BASES = PORT_ALLOCATOR_COUNT - 1 };

static void test_every_other_allocator_is_a_base(void **state)
{
    (void)state;
    const struct field_table *bases = port_allocator_find("ipcom")->fields->rows->table;
    for (uint32_t i = 0; i < PORT_ALLOCATOR_COUNT; i++) {
        uint32_t found = 0;
        for (uint32_t k = 0; k < BASES; k++)
            found += strcmp(base_name(k), port_allocators[i]->name) == 0;
        assert_int_equal(found, strcmp(port_allocators[i]->name, "ipcom") != 0);
    }
    assert_null(bases->variants(BASES));
}

/* The base alone, on the same stream, testing the port as the first stage does. */
static struct port_lab base_alone(uint32_t index)
{
    struct port_lab lab = port_lab_new(base_name(index), hundred, index);
    lab.request.scope = PORT_SCOPE_PORT;
    return lab;
}

/* Connections to four places, the oldest ending while more than `held` are open.  Stops
 * when the base alone finds nothing: then they part. */
static void compare_with_base(uint32_t index, uint32_t held)
{
    enum { STEPS = 1000 };
    struct port_lab both = ipcom_over(index), alone = base_alone(index);
    uint16_t ports[STEPS];
    for (uint32_t i = 0; i < STEPS; i++) {
        struct port_destination to = port_lab_place(i % 4);
        struct port_answer expected = port_lab_connect(&alone, to);
        struct port_answer answer = port_lab_connect(&both, to);
        if (expected.port == 0) {
            assert_false(alone.ops->exhaustive);
            break;
        }
        assert_int_equal(answer.port, expected.port);
        assert_int_equal(answer.probes, expected.probes);
        ports[i] = answer.port;
        if (i >= held) {
            port_lab_disconnect(&alone, ports[i - held], port_lab_place((i - held) % 4));
            port_lab_disconnect(&both, ports[i - held], port_lab_place((i - held) % 4));
        }
    }
    port_lab_free(&both);
    port_lab_free(&alone);
}

static void test_until_the_ports_are_gone_it_chooses_as_its_base(void **state)
{
    (void)state;
    for (uint32_t index = 0; index < BASES; index++) {
        compare_with_base(index, 10);
        compare_with_base(index, N - 1);
    }
}

static void test_beyond_it_carries_n_for_each_destination(void **state)
{
    (void)state;
    for (uint32_t index = 0; index < BASES; index++) {
        struct port_lab lab = ipcom_over(index);
        for (uint32_t place = 0; place < 3; place++) {
            port_lab_fill(&lab, port_lab_place(place), N);
            assert_int_equal(port_lab_connect(&lab, port_lab_place(place)).port, 0);
            assert_int_equal(
                port_space_toward(lab.space, PORT_LAB_ADDRESS, port_lab_place(place)), N);
        }
        assert_int_equal(port_space_in_use(lab.space), N);
        port_lab_free(&lab);
    }
}

/* MODEL.md A6: N wasted probes and the second walk; whole failure: both of them. */
static void test_a_fallback_pays_for_both_stages(void **state)
{
    (void)state;
    struct port_lab lab = ipcom_over(PORT_ALLOCATOR_bsd44);
    port_lab_fill(&lab, port_lab_place(0), N);
    /* The first walk gave 50099 last; the second goes on from there and wraps. */
    struct port_answer answer = port_lab_connect(&lab, port_lab_place(1));
    assert_int_equal(answer.port, 50000);
    assert_int_equal(answer.probes, N + 1);
    for (uint16_t i = 1; i < N; i++) {
        answer = port_lab_connect(&lab, port_lab_place(1));
        assert_int_equal(answer.port, 50000 + i);
        assert_int_equal(answer.probes, N + 1);
    }
    answer = port_lab_connect(&lab, port_lab_place(1));
    assert_int_equal(answer.port, 0);
    assert_int_equal(answer.probes, N + N);

    /* 50049 and 50051 free toward place 1 only, the cursor at 50099: 50 and 1 + 2 steps.
     */
    port_lab_disconnect(&lab, 50049, port_lab_place(1));
    port_lab_disconnect(&lab, 50051, port_lab_place(1));
    answer = port_lab_connect(&lab, port_lab_place(1));
    assert_int_equal(answer.port, 50049);
    assert_int_equal(answer.probes, N + 50);
    answer = port_lab_connect(&lab, port_lab_place(1));
    assert_int_equal(answer.port, 50051);
    assert_int_equal(answer.probes, N + 2);
    port_lab_free(&lab);
}

static void test_a_bounded_base_wastes_its_tries_only(void **state)
{
    (void)state;
    struct port_lab lab = ipcom_over(PORT_ALLOCATOR_sg_legacy_b);
    port_lab_hold_all(&lab, port_lab_place(0), 0);
    assert_int_equal(port_lab_connect(&lab, port_lab_place(1)).probes, 32 + 1);
    port_lab_free(&lab);
}

/* A listener's port and a bound one without a destination are nobody else's, on whatever
 * address; one that was bound and is connected elsewhere may be shared. */
static void test_the_second_stage_leaves_bound_ports_alone(void **state)
{
    (void)state;
    const struct port_destination nowhere = {0, 0};
    struct port_owner listener = {.local_address = 2, .origin = PORT_BY_LISTEN};
    struct port_owner bound = {.local_address = PORT_LAB_ADDRESS, .origin = PORT_BY_BIND};
    struct port_lab lab = ipcom_over(PORT_ALLOCATOR_bsd44);
    port_space_take(lab.space, 50000, listener, nowhere);
    port_space_take(lab.space, 50001, bound, nowhere);
    for (uint16_t port = 50002; port <= 50099; port++)
        port_space_take(lab.space, port, bound, port_lab_place(9));
    struct port_owner wide = {.local_address = PORT_ANY_ADDRESS, .origin = PORT_BY_BIND};
    port_space_take(lab.space, 50000, wide, port_lab_place(9));

    for (uint16_t port = 50002; port <= 50099; port++)
        assert_int_equal(port_lab_connect(&lab, port_lab_place(1)).port, port);
    assert_int_equal(port_lab_connect(&lab, port_lab_place(1)).port, 0);
    port_lab_free(&lab);
}

/* bind(addr, 0) and bind(0.0.0.0, 0) have no tuple to fall back on. */
static void test_a_request_without_a_tuple_ends_with_the_first_stage(void **state)
{
    (void)state;
    struct port_lab lab = ipcom_over(PORT_ALLOCATOR_bsd44);
    port_lab_hold_all(&lab, port_lab_place(0), 0);
    struct port_answer answer = port_lab_choose(&lab, (struct port_destination){0, 0});
    assert_int_equal(answer.port, 0);
    assert_int_equal(answer.probes, N);
    lab.request.local_address = PORT_ANY_ADDRESS;
    answer = port_lab_choose(&lab, port_lab_place(1));
    assert_int_equal(answer.port, 0);
    assert_int_equal(answer.probes, N);
    port_lab_free(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_other_allocator_is_a_base),
        cmocka_unit_test(test_until_the_ports_are_gone_it_chooses_as_its_base),
        cmocka_unit_test(test_beyond_it_carries_n_for_each_destination),
        cmocka_unit_test(test_a_fallback_pays_for_both_stages),
        cmocka_unit_test(test_a_bounded_base_wastes_its_tries_only),
        cmocka_unit_test(test_the_second_stage_leaves_bound_ports_alone),
        cmocka_unit_test(test_a_request_without_a_tuple_ends_with_the_first_stage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
