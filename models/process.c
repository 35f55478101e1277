#include "models/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/app.h"
#include "models/bind_rules.h"
#include "models/host_config.h"
#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* The first number given; those below belong to the system. */
#define FIRST_PID 1000

const struct metric_def process_metrics[PROCESS_METRIC_COUNT] = {
    [PROCESS_SOCKETS] = {.name = "sockets",
                         .unit = "descriptors",
                         .kind = METRIC_LEVEL,
                         .flags = METRIC_SERIES | METRIC_QUIET,
                         .help = "descriptors of connections it has open, also of those "
                                 "that are over"},
    [PROCESS_HANDLES] = {.name = "handles",
                         .unit = "handles",
                         .kind = METRIC_LEVEL,
                         .flags = METRIC_SERIES | METRIC_QUIET,
                         .help = "those, its listeners, and its other handles"},
};

static const struct host_config *host_of(const struct processes *p, uint32_t host)
{
    return &((const struct host_config *)p->hosts->items)[host];
}

static const struct process_config *config_of(const struct processes *p,
                                              const struct process *process)
{
    const struct field_list *list = &host_of(p, process->host)->processes;
    const struct process_config *config = list->items;
    for (uint32_t i = 0; i < list->count; i++)
        if (strcmp(config[i].name, process->name) == 0)
            return &config[i];
    return NULL;
}

struct process *process_find(const struct processes *p, uint32_t host, const char *name)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (p->at[i].host == host && strcmp(p->at[i].name, name) == 0)
            return &p->at[i];
    return NULL;
}

/* --- numbers and handles ---------------------------------------------------------------
 */

static bool is_given(const struct host_config *h, uint32_t pid)
{
    const struct process_config *config = h->processes.items;
    for (uint32_t i = 0; i < h->processes.count; i++)
        if (config[i].pid == pid)
            return true;
    return false;
}

/* Process numbers of Windows are multiples of four (recalled). */
static uint32_t next_pid(struct processes *p, uint32_t host)
{
    const struct host_config *h = host_of(p, host);
    uint32_t step = h->tcp.bind_rules == BIND_RULES_WINDOWS ? 4 : 1, pid;
    do {
        pid = p->next_pid[host];
        p->next_pid[host] += step;
    } while (is_given(h, pid));
    return pid;
}

int64_t process_sockets(const struct processes *p, const struct process *process)
{
    return metrics_level(p->metrics, process->metric + PROCESS_SOCKETS);
}

int64_t process_handles(const struct processes *p, const struct process *process)
{
    return process->running ? process->other + process_sockets(p, process) : 0;
}

bool process_should_run(const struct processes *p, const struct process *process)
{
    const struct process_config *config = config_of(p, process);
    return !config || config->running;
}

static void count_other(struct processes *p, struct process *process, int sign,
                        sim_ns now)
{
    if (process->named)
        metrics_shift(p->metrics, process->metric + PROCESS_HANDLES,
                      sign * process->other, now);
}

void process_ends(struct processes *p, struct process *process, sim_ns now)
{
    process_count(p, process, (int)-process->stale, now);
    process->stale = 0;
    SIM_ASSERT(process_sockets(p, process) == 0);
    count_other(p, process, -1, now);
    process->running = false;
    p->stopped++;
}

void process_begins(struct processes *p, struct process *process, sim_ns now)
{
    const struct process_config *config = config_of(p, process);
    process->pid = config && config->pid ? config->pid : next_pid(p, process->host);
    process->running = true;
    p->stopped--;
    count_other(p, process, 1, now);
}

/* --- set-up ----------------------------------------------------------------------------
 */

/* Of the process of that name; made when the host has none yet. */
static uint32_t number_of(struct processes *p, uint32_t host, const char *name)
{
    struct process *found = process_find(p, host, name);
    if (found)
        return (uint32_t)(found - p->at);
    p->at = memory_resize(p->at, p->count + 1, sizeof *p->at);
    struct process *process = &p->at[p->count];
    *process = (struct process){.host = host};
    snprintf(process->name, sizeof process->name, "%s", name);
    const struct process_config *config = config_of(p, process);
    const struct host_config *h = host_of(p, host);
    process->named = config != NULL;
    if (config)
        process->other = ((int64_t)config->handles + config->listen.count) * h->count;
    char *prefix = memory_print("hosts.%s.processes.%s", h->name, name);
    process->metric = metrics_declare(p->metrics, prefix, process_metrics,
                                      config ? PROCESS_METRIC_COUNT : PROCESS_HANDLES);
    free(prefix);
    p->stopped++;
    if (process_should_run(p, process))
        process_begins(p, process, 0);
    return p->count++;
}

/* Who accepts on that port: "proxy", "listener-445", or as `processes` says. */
static uint32_t acceptor(struct processes *p, uint32_t host, uint16_t port, bool proxy)
{
    const struct process_config *config =
        process_listening(&host_of(p, host)->processes, port);
    char name[FIELD_NAME_SIZE] = "proxy";
    if (!proxy)
        snprintf(name, sizeof name, "listener-%u", (unsigned)port);
    uint32_t number = number_of(p, host, config ? config->name : name);
    if (!config) /* its listener */
        p->at[number].other = host_of(p, host)->count;
    return number;
}

static void name_app(struct processes *p, uint32_t *of, const struct app_config *app)
{
    uint32_t server = app->to.reference;
    of[0] = number_of(p, app->from, app->process[0] ? app->process : app->name);
    of[3] = acceptor(p, server, app->to.port, false);
    if (app->through == FIELD_NO_REFERENCE) {
        of[1] = of[3];
        of[2] = of[0];
        return;
    }
    of[1] = acceptor(p, app->through, host_of(p, app->through)->proxy_port, true);
    of[2] = of[1];
}

void processes_init(struct processes *p, const struct field_list *hosts,
                    const struct field_list *apps, struct metrics *metrics)
{
    const struct app_config *app = apps->items;
    *p = (struct processes){.hosts = hosts, .metrics = metrics};
    p->next_pid = memory_new(hosts->count, sizeof *p->next_pid);
    p->of = memory_new((size_t)apps->count * 4, sizeof *p->of);
    for (uint32_t i = 0; i < hosts->count; i++) {
        const struct field_list *list = &host_of(p, i)->processes;
        const struct process_config *config = list->items;
        p->next_pid[i] = FIRST_PID;
        for (uint32_t k = 0; k < list->count; k++)
            number_of(p, i, config[k].name);
    }
    for (uint32_t i = 0; i < apps->count; i++)
        name_app(p, &p->of[i * 4], &app[i]);
}

void processes_free(struct processes *p)
{
    free(p->at);
    free(p->of);
    free(p->next_pid);
    *p = (struct processes){0};
}
