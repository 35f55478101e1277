/* The registry of distributions, rules between their keys, and draws as the simulator
 * takes them; what theory says about them is in test_distribution_theory.c. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>

#include "sim/base/hash.h"
#include "sim/engine/distribution.h"
#include "tests/distribution_cases.h"
#include "tests/expect_bug.h"

#define TABLE_DRAWS 200000

/* --- the registry ---------------------------------------------------------------------
 */

static void test_every_row_of_the_registry_is_complete(void **state)
{
    (void)state;
    uint32_t count = 0;
    for (; distributions[count]; count++) {
        const struct distribution_ops *d = distributions[count];
        assert_true(d->name && *d->name && d->summary && *d->summary);
        assert_true(d->source && *d->source);
        assert_true(d->sample && d->mean && d->deviation);
        assert_ptr_equal(distribution_find(d->name), d);
        const struct field_variant_row *row = distribution_fields.variants(count);
        assert_ptr_equal(row->name, d->name);
        assert_ptr_equal(row->summary, d->summary);
        assert_ptr_equal(row->table, d->fields);
    }
    assert_null(distribution_fields.variants(count));
    assert_null(distribution_find("normal"));
}

static void test_every_parameter_is_required_or_optional_and_has_limits(void **state)
{
    (void)state;
    for (uint32_t i = 0; distributions[i]; i++)
        for (const struct field *row = distributions[i]->fields->rows; row->key; row++) {
            const struct field *limited = row->element ? row->element : row;
            assert_true(row->min < row->max && limited->min < limited->max);
            assert_true(limited->min >= 0);
            assert_true(row->help && *row->help);
            assert_true((row->flags & (FIELD_REQUIRED | FIELD_OPTIONAL)) != 0);
            assert_true(row->offset < distributions[i]->fields->size);
        }
}

static void test_every_distribution_has_a_case(void **state)
{
    (void)state;
    for (uint32_t i = 0; distributions[i]; i++) {
        bool found = strcmp(distributions[i]->name, "empirical") == 0; /* has its own */
        for (size_t k = 0; k < distribution_case_count; k++)
            found =
                found || strcmp(distribution_cases[k].name, distributions[i]->name) == 0;
        if (!found)
            fail_msg("%s is not tested", distributions[i]->name);
    }
}

/* --- the empirical table --------------------------------------------------------------
 */

static const sim_ns table_values[] = {5, 1000, 70, 0, 12345};
static const double table_weights[] = {1, 2.5, 0, 4, 0.5};
enum { TABLE = sizeof table_values / sizeof table_values[0] };

static struct field_list *list_of(struct field_variant v, const char *key)
{
    const struct field *row = distribution_row(distributions[v.kind]->fields, key);
    return (void *)((char *)v.config + row->offset);
}

/* The first so many values and weights of the table. */
static struct field_variant table_variant(uint32_t values, uint32_t weights)
{
    struct field_variant v = distribution_zeroed("empirical");
    *list_of(v, "values") = (struct field_list){(void *)table_values, values};
    *list_of(v, "weights") = (struct field_list){(void *)table_weights, weights};
    return v;
}

/* Draws come from the table, as often as the weights say: by chi-square, at a false alarm
 * of 1e-4. */
static void assert_table_frequencies(uint32_t weights)
{
    struct field_variant v = table_variant(TABLE, weights);
    struct random_stream s = random_stream_make(1, weights, "empirical", "test");
    double chi_square = 0, total = weights ? 8 : TABLE;
    uint32_t counts[TABLE] = {0}, bins = 0, drawn = 0;
    for (int i = 0; i < TABLE_DRAWS; i++) {
        sim_ns value = distribution_sample(&v, &s);
        for (uint32_t k = 0; k < TABLE; k++)
            counts[k] += value == table_values[k];
    }
    for (uint32_t k = 0; k < TABLE; k++) {
        double expected = TABLE_DRAWS * (weights ? table_weights[k] : 1) / total;
        drawn += counts[k];
        if (expected == 0) {
            assert_int_equal(counts[k], 0);
            continue;
        }
        chi_square += (counts[k] - expected) * (counts[k] - expected) / expected;
        bins++;
    }
    assert_int_equal(drawn, TABLE_DRAWS);
    assert_true(chi_square < gsl_cdf_chisq_Qinv(1e-4, bins - 1));
    distribution_release(v);
}

static void test_a_table_is_drawn_by_weight(void **state)
{
    (void)state;
    assert_table_frequencies(0);
    assert_table_frequencies(TABLE);
}

/* (5 + 2500 + 0 + 6172.5) / 8, and the mean of squares (25 + 2.5e6 + 152399025/2) / 8. */
static void test_a_table_has_weighted_moments(void **state)
{
    (void)state;
    struct field_variant v = table_variant(TABLE, TABLE);
    double mean = 8677.5 / 8, square = (25 + 2.5e6 + 76199512.5) / 8;
    assert_true(fabs(distribution_mean(&v) - mean) < 1e-9 * mean);
    double deviation = sqrt(square - mean * mean);
    assert_true(fabs(distributions[v.kind]->deviation(v.config) - deviation) <
                1e-9 * deviation);
    distribution_release(v);
}

/* --- rules between keys ---------------------------------------------------------------
 */

struct complaint {
    int count;
    char key[16];
    char text[96];
};

static void __attribute__((format(printf, 3, 0)))
note(void *context, const char *key, const char *format, va_list args)
{
    struct complaint *c = context;
    c->count++;
    snprintf(c->key, sizeof c->key, "%s", key);
    vsnprintf(c->text, sizeof c->text, format, args);
}

static struct complaint complaint_about(struct field_variant v)
{
    struct complaint c = {0};
    struct field_check check = {&c, note};
    distributions[v.kind]->fields->check(v.config, &check);
    distribution_release(v);
    return c;
}

static void test_a_uniform_upside_down_is_refused(void **state)
{
    (void)state;
    struct complaint c = complaint_about(
        distribution_configured(&(struct distribution_case){"uniform", 2, 1.5, 0}));
    assert_int_equal(c.count, 1);
    assert_string_equal(c.key, "high");
    assert_string_equal(c.text, "must not be less than \"low\" (2 s), is 1.5 s");
    c = complaint_about(
        distribution_configured(&(struct distribution_case){"uniform", 2, 2, 0}));
    assert_int_equal(c.count, 0);
}

static void test_a_table_needs_a_weight_for_each_value(void **state)
{
    (void)state;
    struct complaint c = complaint_about(table_variant(TABLE, TABLE - 1));
    assert_int_equal(c.count, 1);
    assert_string_equal(c.key, "weights");
    assert_string_equal(c.text, "must be as many as \"values\" (5), are 4");
    assert_int_equal(complaint_about(table_variant(TABLE, 0)).count, 0);
    assert_int_equal(complaint_about(table_variant(TABLE, TABLE)).count, 0);
}

static void draw_from(void *v)
{
    struct random_stream s = random_stream_make(1, 1, "empirical", "test");
    distribution_sample(v, &s);
}

static void test_drawing_from_a_table_that_was_not_checked_is_a_bug(void **state)
{
    (void)state;
    struct field_variant v = table_variant(TABLE, TABLE - 1);
    expect_bug(draw_from, &v);
    distribution_release(v);
}

static void test_a_table_needs_a_weight_that_is_not_zero(void **state)
{
    (void)state;
    static const double zeros[TABLE] = {0};
    struct field_variant v = table_variant(TABLE, TABLE);
    list_of(v, "weights")->items = (void *)zeros;
    struct complaint c = complaint_about(v);
    assert_int_equal(c.count, 1);
    assert_string_equal(c.text, "must not all be 0");
}

/* --- draws as the simulator takes them ------------------------------------------------
 */

static void test_draws_are_rounded_to_the_nearest_nanosecond(void **state)
{
    (void)state;
    struct field_variant v =
        distribution_configured(&(struct distribution_case){"uniform", 0, 10e-9, 0});
    struct random_stream s = random_stream_make(1, 1, "rounding", "test"), same = s;
    uint32_t counts[11] = {0};
    for (int i = 0; i < 1000; i++) {
        sim_ns drawn = distribution_sample(&v, &s);
        assert_true(drawn == llround(distributions[v.kind]->sample(v.config, &same)));
        counts[drawn]++;
    }
    assert_true(counts[0] > 0 && counts[10] > 0);
    distribution_release(v);
}

/* P(longer than 100 years) = (1 s / 3.15e9 s)^0.1 = 0.11. */
static void test_draws_are_clamped_to_the_longest_duration(void **state)
{
    (void)state;
    struct field_variant v =
        distribution_configured(&(struct distribution_case){"pareto", 1, 0.1, 0});
    struct random_stream s = random_stream_make(1, 1, "clamping", "test");
    int clamped = 0;
    for (int i = 0; i < 1000; i++) {
        sim_ns drawn = distribution_sample(&v, &s);
        assert_true(drawn >= SIM_S && drawn <= SIM_DURATION_MAX);
        clamped += drawn == SIM_DURATION_MAX;
    }
    assert_in_range(clamped, 62, 162); /* 5 deviations of a binomial */
    distribution_release(v);
}

/* A parameter at one end of its row. */
static void set_limit(struct field_variant v, const char *key, bool high)
{
    const struct field *row = distribution_row(distributions[v.kind]->fields, key);
    distribution_set(v, key, high ? row->max : row->min);
}

static void draw_at_limits(const struct distribution_theory *t, bool a_high, bool b_high)
{
    struct random_stream s = random_stream_make(1, 1, t->name, "limits");
    struct field_variant v = distribution_zeroed(t->name);
    set_limit(v, t->key_a, a_high);
    if (t->key_b)
        set_limit(v, t->key_b, b_high);
    for (int k = 0; k < 1000; k++) {
        sim_ns drawn = distribution_sample(&v, &s);
        assert_true(drawn >= 0 && drawn <= SIM_DURATION_MAX);
    }
    distribution_release(v);
}

/* Nothing breaks at the ends of what a scenario may say; but a uniform that is upside
 * down does not get here. */
static void test_the_limits_of_parameters_can_be_drawn_from(void **state)
{
    (void)state;
    for (size_t i = 0; i < distribution_theory_count; i++)
        for (int corner = 0; corner < 4; corner++) {
            const struct distribution_theory *t = &distribution_theories[i];
            if (strcmp(t->name, "uniform") != 0 || corner != 1)
                draw_at_limits(t, corner & 1, corner & 2);
        }
}

static bool takes_no_single_unit(const char *name)
{
    return strcmp(name, "constant") == 0 || strcmp(name, "gamma") == 0 ||
           strcmp(name, "erlang") == 0;
}

/* Common random numbers: with other parameters the streams stay in step. */
static void test_inverted_distributions_take_one_unit_a_draw(void **state)
{
    (void)state;
    for (size_t i = 0; i < distribution_case_count; i++) {
        const struct distribution_case *c = &distribution_cases[i];
        if (takes_no_single_unit(c->name))
            continue;
        struct field_variant v = distribution_configured(c);
        struct random_stream s = random_stream_make(1, 1, c->name, "steps"), units = s;
        for (int k = 0; k < 100; k++) {
            distribution_sample(&v, &s);
            random_unit(&units);
        }
        assert_int_equal(random_u32(&s), random_u32(&units));
        distribution_release(v);
    }
}

static uint64_t checksum(const double *draws, size_t count)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, &draws[i], sizeof bits);
        hash = hash_join(hash, bits);
    }
    return hash;
}

/* Golden: the same with every compiler and every level of optimisation. */
static void test_every_machine_draws_the_same_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < distribution_case_count; i++) {
        const struct distribution_case *c = &distribution_cases[i];
        double *draws = distribution_draws(c, 1000);
        uint64_t hash = checksum(draws, 1000);
        free(draws);
        if (hash != c->golden)
            fail_msg("%s(%g, %g): the checksum is 0x%016llx", c->name, c->a, c->b,
                     (unsigned long long)hash);
    }
}

static void test_every_machine_draws_the_same_from_a_table(void **state)
{
    (void)state;
    static const uint64_t golden[] = {UINT64_C(0x2a0d6c132b25396e),
                                      UINT64_C(0x0359588ca1db08dd)};
    for (uint32_t weighted = 0; weighted < 2; weighted++) {
        struct field_variant v = table_variant(TABLE, weighted * TABLE);
        struct random_stream s = random_stream_make(1, weighted, "empirical", "golden");
        double draws[1000];
        for (int i = 0; i < 1000; i++)
            draws[i] = distributions[v.kind]->sample(v.config, &s);
        distribution_release(v);
        if (checksum(draws, 1000) != golden[weighted])
            fail_msg("the checksum is 0x%016llx",
                     (unsigned long long)checksum(draws, 1000));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_of_the_registry_is_complete),
        cmocka_unit_test(test_every_parameter_is_required_or_optional_and_has_limits),
        cmocka_unit_test(test_every_distribution_has_a_case),
        cmocka_unit_test(test_a_table_is_drawn_by_weight),
        cmocka_unit_test(test_a_table_has_weighted_moments),
        cmocka_unit_test(test_a_uniform_upside_down_is_refused),
        cmocka_unit_test(test_a_table_needs_a_weight_for_each_value),
        cmocka_unit_test(test_drawing_from_a_table_that_was_not_checked_is_a_bug),
        cmocka_unit_test(test_a_table_needs_a_weight_that_is_not_zero),
        cmocka_unit_test(test_draws_are_rounded_to_the_nearest_nanosecond),
        cmocka_unit_test(test_draws_are_clamped_to_the_longest_duration),
        cmocka_unit_test(test_the_limits_of_parameters_can_be_drawn_from),
        cmocka_unit_test(test_inverted_distributions_take_one_unit_a_draw),
        cmocka_unit_test(test_every_machine_draws_the_same_bits),
        cmocka_unit_test(test_every_machine_draws_the_same_from_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
