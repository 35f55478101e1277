#include "tests/port_steady.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>

#include "sim/base/memory.h"

#define BATCHES 40

struct world {
    struct port_lab *lab;
    struct random_stream chance;
    double offered;
    uint16_t *live; /* as many as the range holds */
    uint32_t count;
};

static void end_one(struct world *w)
{
    uint32_t i = random_below(&w->chance, w->count);
    port_lab_disconnect(w->lab, w->live[i], port_lab_place(0));
    w->live[i] = w->live[--w->count];
}

static struct port_answer attempt(struct world *w)
{
    while (random_unit(&w->chance) * (w->offered + w->count) >= w->offered)
        end_one(w);
    struct port_answer answer = port_lab_connect(w->lab, port_lab_place(0));
    if (answer.port)
        w->live[w->count++] = answer.port;
    return answer;
}

static void batch(struct world *w, uint32_t attempts, struct port_steady *result)
{
    uint64_t probes = 0, lost = 0;
    for (uint32_t i = 0; i < attempts; i++) {
        struct port_answer answer = attempt(w);
        probes += answer.probes;
        lost += answer.port == 0;
    }
    sample_add(&result->probes, (double)probes / attempts);
    sample_add(&result->loss, (double)lost / attempts);
}

struct port_steady port_steady_run(struct port_lab *lab, double offered,
                                   uint32_t attempts)
{
    uint32_t size = port_range_size(lab->request.range);
    struct world w = {.lab = lab,
                      .chance = random_stream_make(7, 0, "tests.steady", lab->ops->name),
                      .offered = offered,
                      .live = memory_new(size, sizeof *w.live)};
    struct port_steady warm_up = {0}, result = {0};
    batch(&w, 10 * size, &warm_up);
    for (int i = 0; i < BATCHES; i++)
        batch(&w, attempts / BATCHES, &result);
    free(w.live);
    return result;
}

void assert_mean_near(const struct sample *s, double published, double noise)
{
    double deviation = sqrt(s->squares / (s->count - 1.0) / s->count);
    double limit = gsl_cdf_ugaussian_Qinv(TEST_UNLIKELY / 2) * deviation;
    if (!(fabs(s->mean - published) <= limit + noise * published))
        fail_msg("%g +- %g is not within %g of %g", s->mean, limit, noise, published);
}
