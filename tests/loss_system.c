#include "tests/loss_system.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/base/memory.h"

double erlang_b(unsigned servers, double load)
{
    double b = 1;
    for (unsigned n = 1; n <= servers; n++)
        b = load * b / (n + load * b);
    return b;
}

static char *app(const struct loss_system *s, const char *name, const char *to)
{
    return memory_print(
        "\"%s\": {\"from\": \"client\", \"to\": \"%s:80\", \"arrivals\": "
        "{\"kind\": \"poisson\", \"rate\": \"%.17g/s\"}, \"lifetime\": %s, "
        "\"on_failure\": %s}",
        name, to, s->load, s->lifetime, s->on_failure ? s->on_failure : "{}");
}

static char *tcp(const struct loss_system *s)
{
    const char *scope = s->scope ? s->scope : "allocator";
    const char *key = s->allocator ? ", \"allocator\": " : "";
    return memory_print("{\"range\": [1024, %u], \"time_wait\": \"0s\", \"scope\": "
                        "\"%s\"%s%s}",
                        1024 + s->ports - 1, scope, key,
                        s->allocator ? s->allocator : "");
}

struct text_plan loss_system_plan(const struct loss_system *s)
{
    char *a = app(s, "a", "x"), *b = app(s, "b", "y"), *client = tcp(s);
    char *text =
        memory_print("{\"name\": \"loss\", \"duration\": \"%.17gs\", \"warm_up\": "
                     "\"%.17gs\", \"sample_every\": \"%.17gs\", \"network\": {\"rtt\": "
                     "\"0s\"}, \"hosts\": {\"client\": {\"tcp\": %s}, \"x\": {}, "
                     "\"y\": {}}, \"phases\": %s, \"apps\": {%s%s%s}}",
                     s->warm_up_s + s->measured_s, s->warm_up_s,
                     s->warm_up_s + s->measured_s, client, s->phases ? s->phases : "{}",
                     a, s->two_destinations ? ", " : "", s->two_destinations ? b : "");
    struct text_plan p = text_plan_read(text);
    free(a);
    free(b);
    free(client);
    free(text);
    return p;
}

static const struct {
    const char *name, *json;
} lifetimes[] = {
    {"exponential", LIFETIME_EXPONENTIAL},
    {"constant", LIFETIME_CONSTANT},
    {"lognormal", LIFETIME_LOGNORMAL},
};

void loss_system_is_erlang_b(unsigned ports, double load, double check_value,
                             uint32_t replications, double duration_s)
{
    double expected = erlang_b(ports, load);
    assert_true(fabs(expected - check_value) < 1e-5 * check_value + 1e-9);
    for (size_t i = 0; i < sizeof lifetimes / sizeof lifetimes[0]; i++) {
        struct loss_system system = {.ports = ports,
                                     .load = load,
                                     .lifetime = lifetimes[i].json,
                                     .warm_up_s = 20,
                                     .measured_s = duration_s};
        struct text_plan p = loss_system_plan(&system);
        struct estimate loss =
            replicate(p.plan, replications, "apps.a.failure_ratio", 0.99);
        text_plan_free(&p);
        printf("  (%u, %g) %s: %.6f +- %.6f, Erlang B %.6f\n", ports, load,
               lifetimes[i].name, loss.value, loss.half_width, expected);
        assert_true(loss.half_width <= 0.05 * expected);
        assert_true(fabs(loss.value - expected) <= loss.half_width);
    }
}
