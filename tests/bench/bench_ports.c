/* What a local port costs: choosing, taking and giving it back, at several occupancies,
 * toward one destination and toward a thousand.
 *
 * The oldest holder gives its port back each time, so the occupancy stays.  Beside it
 * what looking port by port costs over the same holders, as a ratio.  Absolute figures
 * belong to the machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sim/base/memory.h"
#include "tests/naive_ports.h"
#include "tests/port_lab.h"

static double process_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static const struct setting {
    const char *allocator;
    struct port_range range;
    uint32_t destinations;
    uint32_t held;   /* toward each destination */
    uint32_t rounds; /* measured */
} settings[] = {
    {"sg-reworked", {49152, 65535}, 1, 0, 1000000},
    {"sg-reworked", {49152, 65535}, 1, 14746, 1000000},
    {"sg-reworked", {49152, 65535}, 1, 16384, 200000},
    {"sg-reworked", {49152, 65535}, 1000, 8, 1000000},
    {"sg-legacy-a", {49152, 65535}, 1, 14746, 1000000},
    {"linux518", {32768, 60999}, 1, 0, 1000000},
    {"linux518", {32768, 60999}, 1, 25409, 200000},
    {"linux518", {32768, 60999}, 1, 28232, 100000},
    {"linux518", {1024, 65535}, 1, 64512, 50000},
    {"linux518", {32768, 60999}, 1000, 8, 1000000},
    {"ipcom", {49152, 65535}, 2, 16384, 50000},
};

struct held {
    uint16_t port;
    struct port_destination to;
};

/* Holders in the order they came, in a ring with room for one more. */
struct bench {
    struct port_lab lab;
    struct held *ring;
    uint32_t size, first, count;
    uint64_t probes, failures;
};

static const struct port_owner owner = {.local_address = PORT_LAB_ADDRESS};

static void begin(struct bench *b, struct port_destination to)
{
    b->lab.request.to = to;
    struct port_answer answer =
        b->lab.ops->choose(b->lab.state, b->lab.config, &b->lab.request, &b->lab.chance);
    b->probes += answer.probes;
    b->failures += answer.port == 0;
    if (answer.port == 0)
        return;
    port_space_take(b->lab.space, answer.port, owner, to);
    b->ring[(b->first + b->count++) % b->size] = (struct held){answer.port, to};
}

static void end(struct bench *b)
{
    struct held oldest = b->ring[b->first];
    port_space_release(b->lab.space, oldest.port, owner, oldest.to);
    b->first = (b->first + 1) % b->size;
    b->count--;
}

/* The same search, port by port, with the same holders. */
static double naive_ns(const struct bench *b, struct port_destination to)
{
    struct naive_ports *n = memory_new(1, sizeof *n);
    for (uint32_t i = 0; i < b->count; i++) {
        const struct held *h = &b->ring[(b->first + i) % b->size];
        naive_take(n, h->port, owner, h->to);
    }
    struct naive_question q = {PORT_LAB_ADDRESS, to, b->lab.ops->scope, false};
    struct port_range range = b->lab.request.range;
    struct port_walk walk = {
        .first = range.low, .step = 1, .candidates = port_range_size(range)};
    enum { TIMES = 20 };
    double since = process_ns();
    for (uint32_t i = 0; i < TIMES; i++)
        naive_walk(n, &q, range, walk);
    double ns = (process_ns() - since) / TIMES;
    naive_free(n);
    free(n);
    return ns;
}

static void measure(const struct setting *s)
{
    struct bench b = {.lab = port_lab_new(s->allocator, s->range, 1)};
    uint32_t target = s->held * s->destinations;
    b.size = target + 1;
    b.ring = memory_new(b.size, sizeof *b.ring);
    for (uint32_t i = 0; i < target; i++)
        begin(&b, port_lab_place(i % s->destinations));
    b.probes = b.failures = 0;

    double since = process_ns();
    for (uint32_t i = 0; i < s->rounds; i++) {
        begin(&b, port_lab_place(i % s->destinations));
        if (b.count > target)
            end(&b);
    }
    double ns = (process_ns() - since) / s->rounds;
    printf("%-12s %5u-%5u %5u x %5u held %8.1f ns %9.1f probes %5.1f %% fail %7.2f bytes "
           "a holder",
           s->allocator, s->range.low, s->range.high, s->destinations, s->held, ns,
           (double)b.probes / s->rounds, 100.0 * (double)b.failures / s->rounds,
           b.count ? (double)port_space_bytes(b.lab.space) / b.count : 0);
    if (b.failures == s->rounds)
        printf(", %.0f times as fast as port by port",
               naive_ns(&b, port_lab_place(0)) / ns);
    putchar('\n');
    free(b.ring);
    port_lab_free(&b.lab);
}

int main(void)
{
    puts("ports: choose, take and give back");
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        measure(&settings[i]);
    return 0;
}
