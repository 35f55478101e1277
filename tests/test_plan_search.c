/* Where a requirement turns, asked of oracles that know: the search says nothing that was
 * not answered, and asks no more than it must. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/study/plan/plan_search.h"

/* Positions below `low` meet, those from `high` on fail, those between cannot be told;
 * `reversed`: counted from the other end.  One island may say the opposite. */
struct oracle {
    uint32_t positions, low, high;
    bool reversed;
    uint32_t island;   /* UINT32_MAX: none */
    uint32_t patience; /* positions answered before it stops; 0: any number */
    uint32_t width;    /* of an answer that is precise enough */
    uint32_t asked;
    uint8_t *seen; /* each position is asked for once */
};

static bool decide(void *context, const uint32_t *at, uint32_t count,
                   enum plan_verdict *out)
{
    struct oracle *o = context;
    for (uint32_t i = 0; i < count; i++) {
        assert_true(at[i] < o->positions);
        assert_true(i == 0 || at[i] > at[i - 1]);
        assert_false(o->seen[at[i]]);
        o->seen[at[i]] = 1;
        uint32_t x = o->reversed ? o->positions - 1 - at[i] : at[i];
        out[i] = x < o->low ? PLAN_MEETS : x < o->high ? PLAN_UNDECIDED : PLAN_FAILS;
        if (at[i] == o->island)
            out[i] = out[i] == PLAN_MEETS ? PLAN_FAILS : PLAN_MEETS;
        o->asked++;
        if (o->patience && o->asked >= o->patience)
            return false;
    }
    return true;
}

static bool precise(void *context, uint32_t meets, uint32_t fails)
{
    const struct oracle *o = context;
    return (meets < fails ? fails - meets : meets - fails) <= o->width;
}

static struct plan_found search(struct oracle *o)
{
    struct plan_search s = {
        .positions = o->positions, .decide = decide, .precise = precise, .context = o};
    o->seen = calloc(o->positions, 1);
    o->asked = 0;
    struct plan_found found = plan_search(&s);
    free(o->seen);
    return found;
}

static void expect_turn(const struct plan_found *f, enum plan_outcome outcome,
                        uint32_t meets, uint32_t fails)
{
    assert_int_equal(f->outcome, outcome);
    assert_int_equal(f->meets, meets);
    assert_int_equal(f->fails, fails);
    assert_false(f->stopped);
}

/* --- a turn --------------------------------------------------------------------------
 */

static void test_every_turn_of_every_length_is_found_from_both_sides(void **state)
{
    (void)state;
    for (uint32_t n = 2; n <= 70; n++)
        for (uint32_t turn = 1; turn < n; turn++)
            for (int reversed = 0; reversed < 2; reversed++) {
                struct oracle o = {.positions = n,
                                   .low = turn,
                                   .high = turn,
                                   .reversed = reversed,
                                   .island = UINT32_MAX};
                struct plan_found f = search(&o);
                if (reversed)
                    expect_turn(&f, PLAN_SMALLEST, n - turn, n - turn - 1);
                else
                    expect_turn(&f, PLAN_LARGEST, turn - 1, turn);
                assert_false(f.tied);
                assert_false(f.again);
            }
}

static void test_a_million_positions_take_a_grid_and_seventeen_halvings(void **state)
{
    (void)state;
    struct oracle o = {
        .positions = 1000001, .low = 123457, .high = 123457, .island = UINT32_MAX};
    struct plan_found f = search(&o);
    expect_turn(&f, PLAN_LARGEST, 123456, 123457);
    assert_true(o.asked <= PLAN_GRID + 1 + 17);
}

static void test_what_is_precise_enough_is_not_narrowed(void **state)
{
    (void)state;
    struct oracle o = {
        .positions = 1001, .low = 300, .high = 300, .island = UINT32_MAX, .width = 125};
    struct plan_found f = search(&o);
    expect_turn(&f, PLAN_LARGEST, 250, 375);
    assert_int_equal(o.asked, PLAN_GRID + 1);
    assert_false(f.tied);
}

/* --- what cannot be told -------------------------------------------------------------
 */

static void
test_a_tie_is_narrowed_from_both_sides_until_it_is_most_of_the_answer(void **state)
{
    (void)state;
    for (uint32_t low = 100; low < 900; low += 37) {
        struct oracle o = {
            .positions = 1001, .low = low, .high = low + 60, .island = UINT32_MAX};
        struct plan_found f = search(&o);
        assert_int_equal(f.outcome, PLAN_LARGEST);
        assert_true(f.tied);
        assert_true(f.meets < low && f.fails >= low + 60);
        /* Neither side is more than a quarter of the whole. */
        assert_true(f.fails - f.meets <= 2 * 60 + 2);
    }
}

static void
test_a_single_position_that_cannot_be_told_stays_between_its_neighbours(void **state)
{
    (void)state;
    struct oracle o = {.positions = 9, .low = 4, .high = 5, .island = UINT32_MAX};
    struct plan_found f = search(&o);
    expect_turn(&f, PLAN_LARGEST, 3, 5);
    assert_true(f.tied);
}

static void test_an_end_that_cannot_be_told_is_no_beginning(void **state)
{
    (void)state;
    struct oracle low = {.positions = 100, .low = 0, .high = 5, .island = UINT32_MAX};
    assert_int_equal(search(&low).outcome, PLAN_END_UNDECIDED);
    struct oracle high = {.positions = 100, .low = 95, .high = 100, .island = UINT32_MAX};
    assert_int_equal(search(&high).outcome, PLAN_END_UNDECIDED);
}

/* --- no turn, or several --------------------------------------------------------------
 */

static void test_ends_that_agree_are_no_answer(void **state)
{
    (void)state;
    struct oracle meet = {.positions = 50, .low = 50, .high = 50, .island = UINT32_MAX};
    struct plan_found f = search(&meet);
    assert_int_equal(f.outcome, PLAN_ALL_MEET);
    assert_false(f.again);
    struct oracle fail = {.positions = 50, .low = 0, .high = 0, .island = UINT32_MAX};
    assert_int_equal(search(&fail).outcome, PLAN_NONE_MEETS);
}

static void test_a_position_between_two_ends_that_agree_is_not_overlooked(void **state)
{
    (void)state;
    struct oracle o = {.positions = 81, .low = 81, .high = 81, .island = 40};
    struct plan_found f = search(&o);
    assert_int_equal(f.outcome, PLAN_ALL_MEET);
    assert_true(f.again);
    assert_int_equal(f.again_at, 40);
}

static void
test_of_several_turns_the_first_from_the_end_that_meets_is_the_answer(void **state)
{
    (void)state;
    struct oracle beyond = {.positions = 81, .low = 35, .high = 35, .island = 60};
    struct plan_found f = search(&beyond);
    expect_turn(&f, PLAN_LARGEST, 34, 35);
    assert_true(f.again);
    assert_int_equal(f.again_at, 60);

    struct oracle before = {.positions = 81, .low = 55, .high = 55, .island = 20};
    f = search(&before);
    expect_turn(&f, PLAN_LARGEST, 19, 20);
    assert_true(f.again);
    assert_int_equal(f.again_at, 30);
}

/* --- interruption ---------------------------------------------------------------------
 */

static void test_an_interrupted_search_says_how_far_it_came(void **state)
{
    (void)state;
    struct oracle o = {.positions = 10001,
                       .low = 5000,
                       .high = 5000,
                       .island = UINT32_MAX,
                       .patience = PLAN_GRID + 3};
    struct plan_found f = search(&o);
    assert_int_equal(f.outcome, PLAN_LARGEST);
    assert_true(f.stopped);
    assert_true(f.meets < 5000 && f.fails >= 5000);

    o.patience = 4;
    f = search(&o);
    assert_int_equal(f.outcome, PLAN_STOPPED);
    assert_true(f.stopped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_turn_of_every_length_is_found_from_both_sides),
        cmocka_unit_test(test_a_million_positions_take_a_grid_and_seventeen_halvings),
        cmocka_unit_test(test_what_is_precise_enough_is_not_narrowed),
        cmocka_unit_test(
            test_a_tie_is_narrowed_from_both_sides_until_it_is_most_of_the_answer),
        cmocka_unit_test(
            test_a_single_position_that_cannot_be_told_stays_between_its_neighbours),
        cmocka_unit_test(test_an_end_that_cannot_be_told_is_no_beginning),
        cmocka_unit_test(test_ends_that_agree_are_no_answer),
        cmocka_unit_test(test_a_position_between_two_ends_that_agree_is_not_overlooked),
        cmocka_unit_test(
            test_of_several_turns_the_first_from_the_end_that_meets_is_the_answer),
        cmocka_unit_test(test_an_interrupted_search_says_how_far_it_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
