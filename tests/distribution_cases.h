/* Distributions with parameters, what theory says about them, and their draws; for the
 * tests of sim/engine/distribution.h.
 *
 * Configurations are built through the field rows, as a scenario would.  What theory says
 * comes from GSL and from moments worked out here, not from the code under test.
 */
#ifndef TESTS_DISTRIBUTION_CASES_H
#define TESTS_DISTRIBUTION_CASES_H

#include <stddef.h>
#include <stdint.h>

#include "sim/engine/distribution.h"

/* A distribution and its parameters, durations in seconds. */
struct distribution_case {
    const char *name;
    double a, b;     /* values of its theory's keys */
    uint64_t golden; /* hash of the first 1000 of distribution_draws() */
};

extern const struct distribution_case distribution_cases[];
extern const size_t distribution_case_count;

/* What is known about one distribution, as functions of the two parameters. */
struct distribution_theory {
    const char *name;
    const char *key_a, *key_b;                   /* key_b NULL: one parameter */
    double (*moment)(int r, double a, double b); /* E x^r, s^r */
    double (*cdf)(double x, double a, double b); /* NULL: not continuous */
};

extern const struct distribution_theory distribution_theories[];
extern const size_t distribution_theory_count;

const struct distribution_theory *distribution_theory_of(const char *name);

/* The row of `key`; fails the test when there is none. */
const struct field *distribution_row(const struct field_table *table, const char *key);

/* A distribution with all parameters zero, and one with those of a case; the caller
 * releases them. */
struct field_variant distribution_zeroed(const char *name);
struct field_variant distribution_configured(const struct distribution_case *c);
void distribution_release(struct field_variant v);

/* Sets a duration in s, a number or a count by its key. */
void distribution_set(struct field_variant v, const char *key, double value);

/* `count` draws in seconds, not rounded, of the case's own stream.  The caller frees
 * them. */
double *distribution_draws(const struct distribution_case *c, size_t count);

#endif
