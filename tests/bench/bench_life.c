/* How fast a connection lives: arrival, SYN, SYN+ACK, ACK, close, FIN, ACK, FIN, ACK, end
 * of TIME_WAIT, with every metric on, both ends, timers and ports.
 *
 * Prints connections and events per second of process time and bytes per live socket, on
 * one pair of hosts and on 1,000, and what the event queue itself costs beside a sorted
 * list doing the same pushes and pops.  Absolute figures belong to the machine; the
 * ratios travel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/base/memory.h"
#include "sim/engine/event_queue.h"
#include "sim/engine/random.h"
#include "sim/scenario/issues.h"
#include "sim/trial/trial_plan.h"
#include "tests/naive_queue.h"

#define ROUNDS 5

static double process_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, by_value);
    return values[count / 2];
}

/* --- lives ----------------------------------------------------------------------------
 */

struct life {
    const char *name;
    unsigned pairs;
    double rate;     /* per pair and second */
    double warm_s;   /* until TIME_WAIT is full */
    double window_s; /* simulated seconds of one round */
};

static struct trial_plan *plan_of(const struct life *life, struct issues *issues)
{
    char *text = memory_print(
        "{\"name\": \"bench\", \"duration\": \"100d\", \"sample_every\": \"1d\","
        "\"network\": {\"rtt\": \"50ms\"},"
        "\"hosts\": {\"client\": {\"count\": %u}, \"server\": {}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
        "\"arrivals\": {\"kind\": \"poisson\", \"rate\": \"%.17g/s\"},"
        "\"lifetime\": {\"kind\": \"exponential\", \"mean\": \"1s\"}}}}",
        life->pairs, life->rate * life->pairs);
    struct trial_plan *plan =
        trial_plan_read_text("bench", text, strlen(text), NULL, issues);
    free(text);
    if (plan)
        return plan;
    issues_print(issues, stderr);
    exit(EXIT_FAILURE);
}

static void run_life(const struct life *life)
{
    struct issues *issues = issues_new();
    struct trial_plan *plan = plan_of(life, issues);
    struct world *w = world_new(&plan->config->world, plan->traces, 1, 1);
    double connections[ROUNDS], events[ROUNDS];
    double at = life->warm_s;
    world_run(w, (sim_ns)(at * 1e9), UINT64_MAX);
    for (int i = 0; i < ROUNDS; i++) {
        struct world_totals before = world_totals(w);
        double start = process_seconds();
        at += life->window_s;
        world_run(w, (sim_ns)(at * 1e9), UINT64_MAX);
        double spent = process_seconds() - start;
        struct world_totals now = world_totals(w);
        connections[i] = (double)(now.connections - before.connections) / spent;
        events[i] = (double)(now.events - before.events) / spent;
    }
    struct world_totals totals = world_totals(w);
    printf("%-22s %8.2f M connections/s %8.2f M events/s %10llu live %7.1f bytes a live "
           "socket\n",
           life->name, median(connections, ROUNDS) / 1e6, median(events, ROUNDS) / 1e6,
           (unsigned long long)totals.live, (double)world_bytes(w) / (double)totals.live);
    world_free(w);
    trial_plan_free(plan);
    issues_free(issues);
}

/* --- the queue alone ------------------------------------------------------------------
 */

/* The pushes and pops of `lives` connections: half a round trip, a random life,
 * TIME_WAIT. */
enum { HALF_TRIP, LIFE, TIME_WAIT };

static double queue_seconds(unsigned pending, unsigned operations)
{
    struct event_queue *q = event_queue_new();
    struct random_stream chance = random_stream_make(1, 1, "bench", "life");
    event_lane trip = event_queue_lane(q, 25 * SIM_MS);
    event_lane wait = event_queue_lane(q, 240 * SIM_S);
    for (unsigned i = 0; i < pending; i++)
        event_queue_push(q, random_below(&chance, 240000) * SIM_MS, TIME_WAIT, 0, i);
    double start = process_seconds();
    for (unsigned i = 0; i < operations; i++) {
        struct event e;
        event_queue_pop(q, SIM_NEVER, &e);
        if (event_kind(&e) == HALF_TRIP)
            event_queue_push(q, e.when + random_below(&chance, 2000) * SIM_MS, LIFE, 0,
                             e.arg);
        else if (event_kind(&e) == LIFE)
            event_queue_push_lane(q, wait, e.when + 240 * SIM_S, TIME_WAIT, 0, e.arg);
        else
            event_queue_push_lane(q, trip, e.when + 25 * SIM_MS, HALF_TRIP, 0, e.arg);
    }
    double spent = process_seconds() - start;
    event_queue_free(q);
    return spent;
}

static double naive_seconds(unsigned pending, unsigned operations)
{
    struct naive_queue q = {0};
    struct random_stream chance = random_stream_make(1, 1, "bench", "life");
    for (unsigned i = 0; i < pending; i++)
        naive_queue_push(&q, random_below(&chance, 240000) * SIM_MS, TIME_WAIT, 0, i);
    double start = process_seconds();
    for (unsigned i = 0; i < operations; i++) {
        struct naive_event e;
        naive_queue_pop(&q, SIM_NEVER, &e);
        if (e.kind == HALF_TRIP)
            naive_queue_push(&q, e.when + random_below(&chance, 2000) * SIM_MS, LIFE, 0,
                             e.arg);
        else if (e.kind == LIFE)
            naive_queue_push(&q, e.when + 240 * SIM_S, TIME_WAIT, 0, e.arg);
        else
            naive_queue_push(&q, e.when + 25 * SIM_MS, HALF_TRIP, 0, e.arg);
    }
    double spent = process_seconds() - start;
    naive_queue_free(&q);
    return spent;
}

static void compare_queues(unsigned pending, unsigned operations)
{
    double ours = queue_seconds(pending, operations);
    double naive = naive_seconds(pending, operations);
    printf(
        "queue, %7u pending: %6.1f ns a pop and push; sorted list %9.1f ns: %.0f times "
        "faster\n",
        pending, ours / operations * 1e9, naive / operations * 1e9, naive / ours);
}

int main(void)
{
    static const struct life lives[] = {
        {"1 pair, 10/s", 1, 10, 500, 20000},
        {"1 pair, 50/s", 1, 50, 500, 4000},
        {"1,000 pairs, 10/s each", 1000, 10, 300, 40},
    };
    for (size_t i = 0; i < sizeof lives / sizeof lives[0]; i++)
        run_life(&lives[i]);
    compare_queues(2410, 300000);
    compare_queues(12050, 100000);
    return 0;
}
