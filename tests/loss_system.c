#include "tests/loss_system.h"

#include <stdlib.h>

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
        "{\"kind\": \"poisson\", \"rate\": \"%.17g/s\"}, \"lifetime\": %s}",
        name, to, s->load, s->lifetime);
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
    char *text = memory_print(
        "{\"name\": \"loss\", \"duration\": \"%.17gs\", \"warm_up\": "
        "\"%.17gs\", \"sample_every\": \"%.17gs\", \"network\": {\"rtt\": "
        "\"0s\"}, \"hosts\": {\"client\": {\"tcp\": %s}, \"x\": {}, "
        "\"y\": {}}, \"apps\": {%s%s%s}}",
        s->warm_up_s + s->measured_s, s->warm_up_s, s->warm_up_s + s->measured_s, client,
        a, s->two_destinations ? ", " : "", s->two_destinations ? b : "");
    struct text_plan p = text_plan_read(text);
    free(a);
    free(b);
    free(client);
    free(text);
    return p;
}
