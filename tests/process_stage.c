#include "tests/process_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/host_config.h"
#include "models/net.h"
#include "sim/base/memory.h"

struct stage stage_open(const char *text)
{
    struct stage s = {.text = text_plan_read(text)};
    const struct trial_plan *plan = s.text.plan;
    s.world = world_new(&plan->config->world, plan->traces, 1, 1);
    return s;
}

void stage_close(struct stage *s)
{
    world_free(s->world);
    text_plan_free(&s->text);
}

void stage_run(struct stage *s, sim_ns until)
{
    const struct trial_plan *plan = s->text.plan;
    for (; s->change < plan->change_count && plan->changes[s->change].at <= until;
         s->change++) {
        world_run(s->world, plan->changes[s->change].at, UINT64_MAX);
        world_reconfigure(s->world, &plan->changes[s->change].config->world);
    }
    world_run(s->world, until, UINT64_MAX);
}

static uint32_t reading_of(const struct metrics *m, const char *name)
{
    uint32_t reading = metrics_reading_find(m, name);
    if (reading == UINT32_MAX)
        fail_msg("there is no metric \"%s\"", name);
    return reading;
}

double stage_level(const struct stage *s, const char *name)
{
    const struct metrics *m = world_metrics(s->world);
    return metrics_instant(m, reading_of(m, name));
}

uint64_t stage_count(const struct stage *s, const char *name)
{
    const struct metrics *m = world_metrics(s->world);
    uint32_t metric = metrics_reading(m, reading_of(m, name)).metric;
    return (uint64_t)m->cells[metric].value;
}

void expect_level(const struct stage *s, const char *name, double expected)
{
    double value = stage_level(s, name);
    if (value < expected || value > expected)
        fail_msg("at %g s %s is %g, should be %g", sim_seconds(world_now(s->world)), name,
                 value, expected);
}

struct owners {
    const char *host;
    char text[2000];
};

static void see_owner(void *context, const struct socket_row *row)
{
    struct owners *o = context;
    char line[200];
    if (strcmp(row->host, o->host) != 0)
        return;
    snprintf(line, sizeof line, "%s/%u:%s", row->process, (unsigned)row->pid, row->state);
    if (strstr(o->text, line))
        return;
    size_t used = strlen(o->text);
    snprintf(o->text + used, sizeof o->text - used, "%s%s", used ? " " : "", line);
}

void expect_owners(const struct stage *s, const char *host, const char *expected)
{
    struct owners o = {.host = host};
    world_sockets(s->world, see_owner, &o);
    if (strcmp(o.text, expected) != 0)
        fail_msg("at %g s %s has \"%s\", should have \"%s\"",
                 sim_seconds(world_now(s->world)), host, o.text, expected);
}

/* --- a naive recount -----------------------------------------------------------------
 */

struct recount {
    const char *host, *process;
    double descriptors;
};

static const struct process *process_named(const struct stage *s, const char *host,
                                           const char *process)
{
    const struct processes *p = &world_net(s->world)->processes;
    const struct host_config *hosts = p->hosts->items;
    for (uint32_t i = 0; i < p->hosts->count; i++)
        if (strcmp(hosts[i].name, host) == 0 && process_find(p, i, process))
            return process_find(p, i, process);
    fail_msg("%s has no process %s", host, process);
    return NULL;
}

static void count_owned(void *context, const struct socket_row *row)
{
    struct recount *r = context;
    if (row->owned && strcmp(row->host, r->host) == 0 &&
        strcmp(row->process, r->process) == 0)
        r->descriptors++;
}

/* Those with a socket, found by walking, and those whose connection is over. */
static void expect_recount(const struct stage *s, const char *host, const char *name)
{
    struct recount r = {host, name, 0};
    const struct process *process = process_named(s, host, name);
    world_sockets(s->world, count_owned, &r);
    r.descriptors += (double)process->stale;
    char *metric = memory_print("hosts.%s.processes.%s.sockets", host, name);
    expect_level(s, metric, r.descriptors);
    free(metric);
    metric = memory_print("hosts.%s.processes.%s.handles", host, name);
    expect_level(s, metric,
                 process->running ? r.descriptors + (double)process->other : 0);
    free(metric);
}

/* Loss, retries, a proxy of every kind, every way to close, and leaks of every kind, on a
 * stack that keeps ports and on one that does not. */
#define POISSON "\"arrivals\": {\"kind\": \"poisson\", \"rate\": \"20/s\"}"
#define STAY    "\"lifetime\": {\"kind\": \"exponential\", \"mean\": \"500ms\"}"
#define LATE                                                                             \
    "{\"kind\": \"late\", \"delay\": {\"kind\": \"exponential\", \"mean\": \"5s\"}}"
#define LEAK_ALL                                                                         \
    "\"leaks\": {\"close_wait\": 0.1, \"after_time_wait\": 0.05, \"half_closed\": 0.05," \
    " \"after_failure\": 0.1}"
#define SERVERS                                                                          \
    "\"server_close\": [{\"kind\": \"prompt\"}, {\"share\": 0.1, \"kind\": \"reset\"},"  \
    " {\"share\": 0.05, \"kind\": \"never\"}, " LATE "]"

static const char busy[] =
    "{\"name\": \"busy\", \"duration\": \"2h\","
    "\"network\": {\"loss\": 0.05, \"rtt\": \"20ms\"},"
    "\"hosts\": {\"c\": {\"count\": 3, \"stack\": \"%s\", \"tcp\": {\"range\": [5000, "
    "5100]},"
    "    \"processes\": {\"near\": {}, \"far\": {}, \"keeper\": {}, \"names\": {}}},"
    "  \"p\": {\"stack\": \"%s\", \"proxy\": \"%s\", \"tcp\": {\"range\": [6000, 6300]},"
    "    \"processes\": {\"proxy\": {\"listen\": [8080]}}, \"proxying\": {" LEAK_ALL "}},"
    "  \"s\": {\"processes\": {\"web\": {\"listen\": [443], \"handles\": 7},"
    "    \"files\": {\"listen\": [80]}, \"dns\": {\"listen\": [53]}}}},"
    "\"apps\": {\"near\": {\"from\": \"c\", \"to\": \"s:80\", \"closes_first\": \"%s\","
    "    \"on_failure\": {\"retries\": 2, \"backoff\": \"100ms\"},"
    "    " POISSON "," STAY "," SERVERS "," LEAK_ALL "},"
    "  \"far\": {\"from\": \"c\", \"through\": \"p\", \"to\": \"s:443\","
    "    \"closes_first\": \"%s\", \"vanishes\": 0.02,"
    "    \"on_failure\": {\"retries\": 2, \"backoff\": \"1s\"},"
    "    " POISSON "," STAY "," SERVERS "},"
    "  \"keeper\": {\"from\": \"c\", \"to\": \"s:443\", \"closes_first\": \"%s\","
    "    \"pool\": {\"connections\": 2, \"requests\": 9, \"idle\": \"3s\", \"wait\": "
    "\"1s\"},"
    "    \"on_failure\": {\"retries\": 2, \"backoff\": \"100ms\"},"
    "    " POISSON "," STAY "," SERVERS "," LEAK_ALL "},"
    "  \"names\": {\"from\": \"c\", \"to\": \"s:53\", \"protocol\": \"udp\","
    "    \"on_failure\": {\"retries\": 2, \"backoff\": \"1s\"},"
    "    \"leaks\": {\"never_closed\": 0.1}, " POISSON "," STAY "}}%s}";

struct stage busy_stage(const char *stack, const char *proxy, const char *closer,
                        const char *more)
{
    char *text = memory_print(busy, stack, stack, proxy, closer, closer, closer, more);
    struct stage s = stage_open(text);
    free(text);
    return s;
}

static const char *const stacks[] = {"win10", "linux618"};
static const char *const closers[] = {"client", "server", "both"};

void in_every_busy_world(void (*test)(struct stage *s), const char *more)
{
    for (const struct proxy_row *row = proxy_rows; row->name; row++)
        for (size_t i = 0; i < 6; i++) {
            struct stage s = busy_stage(stacks[i / 3], row->name, closers[i % 3], more);
            test(&s);
            stage_close(&s);
        }
}

void expect_recounts(const struct stage *s)
{
    static const char *const known[][2] = {
        {"c", "near"},  {"c", "far"},   {"c", "keeper"}, {"c", "names"},
        {"p", "proxy"}, {"s", "files"}, {"s", "web"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        expect_recount(s, known[i][0], known[i][1]);
}
