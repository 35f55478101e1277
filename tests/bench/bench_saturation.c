/* What a failed attempt costs when every port is in use, for every allocator there is.
 *
 * One host with the default range of Linux, 28,232 ports, opens 10,000 connections a
 * second to one destination and keeps them.  20 s later nothing is left, and every
 * attempt fails. Two figures, process time each:
 *
 *     choice     the allocator's search alone, over a full port space
 *     attempt    everything: the arrival drawn and taken from the queue, the session, the
 *                search, the failure counted, the session's end
 *
 * The budget is 1 us for an attempt, whatever the search would have cost a real host,
 * whose probes are printed beside.  Exempt is what draws random ports again and again:
 * its cursor needs the draws (RFC 6056 algorithm 5).  The Linux allocator runs for ten
 * simulated minutes, the others for one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/alloc/list.h"
#include "sim/base/memory.h"
#include "sim/scenario/issues.h"
#include "sim/trial/trial_plan.h"
#include "tests/port_lab.h"

#define BUDGET_NS 1000.0

enum { RATE = 10000, FILLED_S = 20, WINDOW_S = 60, LONG_WINDOW_S = 600 };

static double process_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* --- the choice -----------------------------------------------------------------------
 */

struct cost {
    double ns, probes;
};

/* Takes what a bounded search left, so that nothing is free. */
static void take_the_rest(struct port_lab *lab)
{
    const struct port_owner owner = {.local_address = PORT_LAB_ADDRESS};
    struct port_range range = lab->request.range;
    for (uint32_t port = range.low; port <= range.high; port++) {
        struct port_view view = port_request_view(&lab->request);
        if (!port_view_free(&view, (uint16_t)port))
            continue;
        port_space_take(lab->space, (uint16_t)port, owner, lab->request.to);
        if (lab->ops->taken)
            lab->ops->taken(lab->state, lab->config, (uint16_t)port, 0, 0);
    }
}

static struct cost choice_cost(const char *name)
{
    enum { TRIES = 50000 };
    struct port_lab lab = port_lab_new(name, (struct port_range){32768, 60999}, 1);
    while (port_lab_connect(&lab, port_lab_place(0)).port)
        ;
    take_the_rest(&lab);
    uint64_t probes = 0;
    double since = process_ns();
    for (int i = 0; i < TRIES; i++) {
        lab.request.now += SIM_S / RATE;
        struct port_answer answer =
            lab.ops->choose(lab.state, lab.config, &lab.request, &lab.chance);
        probes += answer.probes;
    }
    struct cost cost = {(process_ns() - since) / TRIES, (double)probes / TRIES};
    port_lab_free(&lab);
    return cost;
}

/* --- the attempt ----------------------------------------------------------------------
 */

static struct trial_plan *plan_of(const char *allocator, struct issues *issues)
{
    char *text = memory_print(
        "{\"name\": \"saturation\", \"duration\": \"1h\", \"sample_every\": \"1min\","
        "\"network\": {\"rtt\": \"1ms\"},"
        "\"hosts\": {\"client\": {\"stack\": \"linux518\","
        "\"tcp\": {\"allocator\": \"%s\", \"scope\": \"allocator\"}}, \"server\": {}},"
        "\"apps\": {\"a\": {\"from\": \"client\", \"to\": \"server:80\","
        "\"arrivals\": {\"kind\": \"poisson\", \"rate\": \"%d/s\"},"
        "\"lifetime\": {\"kind\": \"constant\", \"value\": \"2h\"}}}}",
        allocator, RATE);
    struct trial_plan *plan =
        trial_plan_read_text("saturation", text, strlen(text), NULL, issues);
    free(text);
    if (plan)
        return plan;
    issues_print(issues, stderr);
    exit(EXIT_FAILURE);
}

/* Per attempt, after the fill; `*admitted` gets how many of them found a port. */
static double attempt_ns(const char *allocator, int window_s, uint64_t *admitted)
{
    struct issues *issues = issues_new();
    struct trial_plan *plan = plan_of(allocator, issues);
    struct world *w = world_new(&plan->config->world, plan->traces, 1, 1);
    world_run(w, FILLED_S * SIM_S, UINT64_MAX);
    uint64_t before = world_totals(w).connections;
    double since = process_ns();
    world_run(w, (FILLED_S + window_s) * SIM_S, UINT64_MAX);
    double ns = (process_ns() - since) / ((double)RATE * window_s);
    *admitted = world_totals(w).connections - before;
    world_free(w);
    trial_plan_free(plan);
    issues_free(issues);
    return ns;
}

/* --- the table ------------------------------------------------------------------------
 */

static bool is_exempt(const char *name)
{
    static const char *const drawn[] = {"rfc6056-alg5", "netbsd-randinc"};
    for (size_t i = 0; i < sizeof drawn / sizeof drawn[0]; i++)
        if (strcmp(name, drawn[i]) == 0)
            return true;
    return false;
}

/* Returns whether it keeps the budget. */
static bool measure(const char *name)
{
    int window_s = strcmp(name, "linux518") == 0 ? LONG_WINDOW_S : WINDOW_S;
    uint64_t admitted;
    struct cost choice = choice_cost(name);
    double attempt = attempt_ns(name, window_s, &admitted);
    bool keeps = attempt <= BUDGET_NS || is_exempt(name);
    printf("%-20s %10.1f ns a choice %10.1f ns an attempt %9.0f probes%s%s\n", name,
           choice.ns, attempt, choice.probes, admitted ? ", not full" : "",
           is_exempt(name) ? ", exempt"
           : keeps         ? ""
                           : ", OVER THE BUDGET");
    return keeps;
}

int main(void)
{
    puts("saturation: what a failed attempt costs, 28,232 ports, 10,000 attempts/s");
    uint32_t over = 0;
    for (uint32_t i = 0; i < PORT_ALLOCATOR_COUNT; i++)
        over += !measure(port_allocators[i]->name);
    if (over)
        printf("%u allocators are over %.0f ns an attempt\n", (unsigned)over, BUDGET_NS);
    return 0;
}
