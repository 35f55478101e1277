#include "tests/distribution_cases.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>

#include "sim/base/memory.h"

/* clang-format off */
const struct distribution_case distribution_cases[] = {
    {"constant",    240,   0,    UINT64_C(0x600bf2bc96580c96)},
    {"exponential", 5,     0,    UINT64_C(0x4e46edb3d30d9636)},
    {"exponential", 1e-6,  0,    UINT64_C(0x7264000e3219f6f7)},
    {"uniform",     0,     1,    UINT64_C(0xe823d53be7eb2c10)},
    {"uniform",     2,     2.5,  UINT64_C(0xa7183d10805f7968)},
    {"lognormal",   30,    0.25, UINT64_C(0x8318fa4e982fffde)},
    {"lognormal",   30,    1,    UINT64_C(0xd198bb2a16b13031)},
    {"lognormal",   0.2,   4,    UINT64_C(0x6eea88f883a17eb8)},
    {"weibull",     10,    0.5,  UINT64_C(0x574eea0203c165f5)},
    {"weibull",     10,    1,    UINT64_C(0x2818cf67f986912d)},
    {"weibull",     10,    7.5,  UINT64_C(0x8bbbe07bac80ec64)},
    {"gamma",       10,    0.1,  UINT64_C(0xceb8d1e17f2393ec)},
    {"gamma",       10,    0.9,  UINT64_C(0x37428e38d9c345e1)},
    {"gamma",       10,    1,    UINT64_C(0x30f84ec90198437c)},
    {"gamma",       10,    2.5,  UINT64_C(0xa1dba5f9c485de5c)},
    {"gamma",       10,    400,  UINT64_C(0x2cdd5aa4be71c01e)},
    {"erlang",      10,    1,    UINT64_C(0x662b6cf2eb949328)},
    {"erlang",      10,    2,    UINT64_C(0xd63bd50681409985)},
    {"erlang",      10,    16,   UINT64_C(0x882c961bcd471a35)},
    {"erlang",      10,    35,   UINT64_C(0xceec0459b73e4649)},
    {"pareto",      1,     0.8,  UINT64_C(0xb34ea407ffb54a2d)},
    {"pareto",      1,     1.5,  UINT64_C(0xc907bda99a458ae5)},
    {"pareto",      1,     3,    UINT64_C(0x6fbd75385fe20d23)},
    {"pareto",      0.001, 9,    UINT64_C(0x55c267e7ff31a351)},
};
/* clang-format on */

const size_t distribution_case_count =
    sizeof distribution_cases / sizeof distribution_cases[0];

/* --- what theory says -----------------------------------------------------------------
 */

static double constant_moment(int r, double value, double unused)
{
    (void)unused;
    return pow(value, r);
}

static double exponential_moment(int r, double mean, double unused)
{
    (void)unused;
    return gsl_sf_gamma(r + 1) * pow(mean, r);
}

static double uniform_moment(int r, double low, double high)
{
    return (pow(high, r + 1) - pow(low, r + 1)) / ((r + 1) * (high - low));
}

static double lognormal_moment(int r, double mean, double cv)
{
    double variance = log(1 + cv * cv);
    return exp(r * (log(mean) - variance / 2) + r * r * variance / 2);
}

static double weibull_moment(int r, double scale, double shape)
{
    return pow(scale, r) * gsl_sf_gamma(1 + r / shape);
}

/* Of gamma and, with a whole shape, of Erlang. */
static double gamma_moment(int r, double mean, double shape)
{
    double moment = 1;
    for (int i = 0; i < r; i++)
        moment *= mean / shape * (shape + i);
    return moment;
}

static double pareto_moment(int r, double minimum, double shape)
{
    return r < shape ? shape * pow(minimum, r) / (shape - r) : INFINITY;
}

static double exponential_cdf(double x, double mean, double unused)
{
    (void)unused;
    return gsl_cdf_exponential_P(x, mean);
}

static double uniform_cdf(double x, double low, double high)
{
    return gsl_cdf_flat_P(x, low, high);
}

static double lognormal_cdf(double x, double mean, double cv)
{
    double variance = log(1 + cv * cv);
    return gsl_cdf_lognormal_P(x, log(mean) - variance / 2, sqrt(variance));
}

static double weibull_cdf(double x, double scale, double shape)
{
    return gsl_cdf_weibull_P(x, scale, shape);
}

static double gamma_cdf(double x, double mean, double shape)
{
    return gsl_cdf_gamma_P(x, shape, mean / shape);
}

static double pareto_cdf(double x, double minimum, double shape)
{
    return gsl_cdf_pareto_P(x, shape, minimum);
}

const struct distribution_theory distribution_theories[] = {
    {"constant", "value", NULL, constant_moment, NULL},
    {"exponential", "mean", NULL, exponential_moment, exponential_cdf},
    {"uniform", "low", "high", uniform_moment, uniform_cdf},
    {"lognormal", "mean", "cv", lognormal_moment, lognormal_cdf},
    {"weibull", "scale", "shape", weibull_moment, weibull_cdf},
    {"gamma", "mean", "shape", gamma_moment, gamma_cdf},
    {"erlang", "mean", "stages", gamma_moment, gamma_cdf},
    {"pareto", "minimum", "shape", pareto_moment, pareto_cdf},
};

const size_t distribution_theory_count =
    sizeof distribution_theories / sizeof distribution_theories[0];

/* --- configurations -------------------------------------------------------------------
 */

const struct distribution_theory *distribution_theory_of(const char *name)
{
    for (size_t i = 0; i < distribution_theory_count; i++)
        if (strcmp(distribution_theories[i].name, name) == 0)
            return &distribution_theories[i];
    fail_msg("no theory of %s", name);
    return NULL;
}

const struct field *distribution_row(const struct field_table *table, const char *key)
{
    for (const struct field *row = table->rows; row->key; row++)
        if (strcmp(row->key, key) == 0)
            return row;
    fail_msg("%s has no key %s", table->what, key);
    return NULL;
}

struct field_variant distribution_zeroed(const char *name)
{
    const struct distribution_ops *d = distribution_find(name);
    assert_non_null(d);
    uint32_t kind = 0;
    while (distributions[kind] != d)
        kind++;
    return (struct field_variant){kind, memory_new(1, d->fields->size)};
}

void distribution_set(struct field_variant v, const char *key, double value)
{
    const struct field *row = distribution_row(distributions[v.kind]->fields, key);
    void *at = (char *)v.config + row->offset;
    assert_true(value >= row->min && value <= row->max);
    if (row->type == FIELD_DURATION)
        *(sim_ns *)at = (sim_ns)(value * 1e9 + 0.5);
    else if (row->type == FIELD_REAL)
        *(double *)at = value;
    else if (row->type == FIELD_U32)
        *(uint32_t *)at = (uint32_t)value;
    else
        fail_msg("%s is of a type that cases have no use for", key);
}

struct field_variant distribution_configured(const struct distribution_case *c)
{
    const struct distribution_theory *t = distribution_theory_of(c->name);
    struct field_variant v = distribution_zeroed(c->name);
    distribution_set(v, t->key_a, c->a);
    if (t->key_b)
        distribution_set(v, t->key_b, c->b);
    return v;
}

void distribution_release(struct field_variant v)
{
    free((void *)v.config);
}

double *distribution_draws(const struct distribution_case *c, size_t count)
{
    uint64_t seed = (uint64_t)(c - distribution_cases);
    struct random_stream s = random_stream_make(seed, 1, c->name, "test");
    struct field_variant v = distribution_configured(c);
    double *draws = memory_new(count, sizeof *draws);
    for (size_t i = 0; i < count; i++)
        draws[i] = distributions[v.kind]->sample(v.config, &s) / 1e9;
    distribution_release(v);
    return draws;
}
