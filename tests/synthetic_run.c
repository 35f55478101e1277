#include "tests/synthetic_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

#define CAPACITY    16384
#define FIN_WAIT_2  600
#define TIME_WAIT   120
#define FAULT_S     300
#define HORIZON     1000 /* the longest a port is held, in seconds */
#define METRICS_MAX 32
#define LOG_MAX     8

enum column {
    /* of the host */
    IN_USE,
    CAPACITY_LINE,
    SYN_SENT,
    ESTABLISHED,
    FIN_WAIT_2_STATE,
    TIME_WAIT_STATE,
    HOST_COLUMNS,
    /* of each application, after those of the host */
    ATTEMPTS = 0,
    SUCCESSES,
    FAILURES,
    EADDRNOTAVAIL_FAILURES,
    HOLDERS,
    APP_COLUMNS,
};

#define COLUMNS (HOST_COLUMNS + SYNTHETIC_APPS * APP_COLUMNS)

struct synthetic_storage {
    struct series *series;
    struct run_metric metrics[METRICS_MAX];
    size_t metric_count;
    struct run_event log[LOG_MAX];
    size_t log_count;
};

/* A run under way.  The arrays say how many of an application leave a state when. */
struct play {
    const struct synthetic_shape *shape;
    struct synthetic_run *run;
    uint64_t chance;
    unsigned *ends[SYNTHETIC_APPS], *fin_wait_2_ends[SYNTHETIC_APPS],
        *time_wait_ends[SYNTHETIC_APPS];
    unsigned established[SYNTHETIC_APPS], fin_wait_2[SYNTHETIC_APPS],
        time_wait[SYNTHETIC_APPS];
    double attempts[SYNTHETIC_APPS], failures[SYNTHETIC_APPS];
    unsigned held, held_max;
};

/* xorshift64* [Vigna 2016]; in (0, 1). */
static double draw(struct play *p)
{
    p->chance ^= p->chance >> 12;
    p->chance ^= p->chance << 25;
    p->chance ^= p->chance >> 27;
    return ((double)(p->chance * 2685821657736338717U >> 12) + 0.5) / 0x1p52;
}

/* Arrivals of a Poisson process within one second. */
static unsigned arrivals(struct play *p, double rate_per_s)
{
    unsigned count = 0;
    for (double t = -log(draw(p)) / rate_per_s; t < 1; t += -log(draw(p)) / rate_per_s)
        count++;
    return count;
}

static void close_connections(struct play *p, unsigned app, unsigned t)
{
    bool changed = p->shape->change_s && t >= p->shape->change_s;
    double never = app == 0 && t >= FAULT_S ? p->shape->never_share : 0;
    for (unsigned i = p->ends[app][t]; i > 0; i--) {
        bool stuck = draw(p) < never;
        p->established[app]--;
        if (stuck) {
            p->fin_wait_2[app]++;
            p->fin_wait_2_ends[app][t + (changed ? 60 : FIN_WAIT_2)]++;
        } else {
            p->time_wait[app]++;
            p->time_wait_ends[app][t + TIME_WAIT]++;
        }
    }
}

static void release_ports(struct play *p, unsigned app, unsigned t)
{
    p->fin_wait_2[app] -= p->fin_wait_2_ends[app][t];
    p->time_wait[app] -= p->time_wait_ends[app][t];
    p->held -= p->fin_wait_2_ends[app][t] + p->time_wait_ends[app][t];
}

/* One attempt of an application; false if no port was free. */
static bool attempt(struct play *p, unsigned app, unsigned t)
{
    if (p->held == CAPACITY)
        return false;
    double life = -log(draw(p)) * p->shape->life_s[app];
    unsigned end = t + 1 + (unsigned)fmin(life, HORIZON / 4);
    p->held++;
    p->established[app]++;
    p->ends[app][end]++;
    return true;
}

static void log_event(struct play *p, unsigned t, const char *host, const char *kind,
                      const char *detail)
{
    struct synthetic_storage *s = p->run->storage;
    s->log[s->log_count++] = (struct run_event){
        .when = t * SIM_S, .host = host, .process = NULL, .kind = kind, .detail = detail};
}

/* The applications take turns, so that a full range hits both alike. */
static void one_second(struct play *p, unsigned t, double *row)
{
    unsigned wanted[SYNTHETIC_APPS];
    for (unsigned a = 0; a < SYNTHETIC_APPS; a++) {
        release_ports(p, a, t);
        close_connections(p, a, t);
        wanted[a] = arrivals(p, p->shape->rate_per_s[a]);
        row[HOST_COLUMNS + a * APP_COLUMNS + ATTEMPTS] = wanted[a];
        p->attempts[a] += wanted[a];
    }
    double left = wanted[0] + wanted[1];
    for (; left > 0; left--) {
        unsigned a = draw(p) * left < wanted[0] ? 0 : 1;
        double *cells = row + HOST_COLUMNS + a * APP_COLUMNS;
        wanted[a]--;
        if (attempt(p, a, t)) {
            cells[SUCCESSES]++;
            continue;
        }
        if (p->failures[0] + p->failures[1] == 0)
            log_event(p, t, p->shape->host, "first-failure", p->shape->apps[a]);
        cells[FAILURES]++;
        cells[EADDRNOTAVAIL_FAILURES]++;
        p->failures[a]++;
    }
    p->held_max = p->held > p->held_max ? p->held : p->held_max;
}

static void sample(struct play *p, unsigned t, double *row)
{
    row[IN_USE] = p->held;
    row[CAPACITY_LINE] = CAPACITY;
    row[SYN_SENT] = fmin(p->established[0], 1);
    for (unsigned a = 0; a < SYNTHETIC_APPS; a++) {
        row[ESTABLISHED] += p->established[a];
        row[FIN_WAIT_2_STATE] += p->fin_wait_2[a];
        row[TIME_WAIT_STATE] += p->time_wait[a];
        row[HOST_COLUMNS + a * APP_COLUMNS + HOLDERS] =
            p->established[a] + p->fin_wait_2[a] + p->time_wait[a];
    }
    row[ESTABLISHED] -= row[SYN_SENT];
    series_append(p->run->storage->series, t * SIM_S, row);
}

static void declare_columns(struct play *p)
{
    static const char *const host_columns[HOST_COLUMNS] = {
        [IN_USE] = "in_use",
        [CAPACITY_LINE] = "capacity",
        [SYN_SENT] = "outgoing.SYN_SENT",
        [ESTABLISHED] = "outgoing.ESTABLISHED",
        [FIN_WAIT_2_STATE] = "outgoing.FIN_WAIT_2",
        [TIME_WAIT_STATE] = "outgoing.TIME_WAIT",
    };
    static const char *const app_columns[HOLDERS] = {
        [ATTEMPTS] = "attempts_per_s",
        [SUCCESSES] = "successes_per_s",
        [FAILURES] = "failures_per_s",
        [EADDRNOTAVAIL_FAILURES] = "failures.EADDRNOTAVAIL_per_s",
    };
    const struct synthetic_shape *shape = p->shape;
    struct series *s = p->run->storage->series;
    char name[1024];
    for (unsigned i = 0; i < HOST_COLUMNS; i++) {
        snprintf(name, sizeof name, "hosts.%s.tcp4.%s", shape->host, host_columns[i]);
        series_add(s, name);
    }
    for (unsigned a = 0; a < SYNTHETIC_APPS; a++) {
        for (unsigned i = 0; i < HOLDERS; i++) {
            snprintf(name, sizeof name, "apps.%s.%s", shape->apps[a], app_columns[i]);
            series_add(s, name);
        }
        snprintf(name, sizeof name, "hosts.%s.destinations.%s.holders", shape->host,
                 shape->destinations[a]);
        series_add(s, name);
    }
}

static void add_metric(struct play *p, char *name, const char *unit, double value)
{
    struct synthetic_storage *s = p->run->storage;
    s->metrics[s->metric_count++] = (struct run_metric){
        .name = name, .unit = unit, .value = value, .half_width = (double)NAN};
}

static void add_metrics(struct play *p)
{
    const char *host = p->shape->host;
    add_metric(p, memory_print("hosts.%s.tcp4.capacity", host), "ports", CAPACITY);
    add_metric(p, memory_print("hosts.%s.tcp4.in_use_max", host), "ports", p->held_max);
    for (unsigned a = 0; a < SYNTHETIC_APPS; a++) {
        const char *app = p->shape->apps[a];
        add_metric(p, memory_print("apps.%s.attempts", app), "1", p->attempts[a]);
        add_metric(p, memory_print("apps.%s.failures", app), "1", p->failures[a]);
        add_metric(p, memory_print("apps.%s.failure_ratio", app), "1",
                   p->attempts[a] > 0 ? p->failures[a] / p->attempts[a] : (double)NAN);
    }
}

static void play_all(struct play *p)
{
    for (unsigned t = 0; t <= p->shape->seconds; t++) {
        double row[COLUMNS] = {0};
        if (p->shape->change_s && t == p->shape->change_s)
            log_event(p, t, p->shape->host, "change", p->shape->change);
        one_second(p, t, row);
        sample(p, t, row);
    }
}

struct synthetic_shape synthetic_s1(void)
{
    return (struct synthetic_shape){
        .scenario = "proxysg-cifs-finwait2",
        .host = "proxy",
        .apps = {"shares", "pages"},
        .destinations = {"cifs:445", "web:80"},
        .rate_per_s = {40, 20},
        .life_s = {5, 1},
        .never_share = 0.7,
        .seconds = 7200,
        .change = "hosts.proxy.tcp.fin_wait_2 = 1min",
    };
}

struct synthetic_run *synthetic_run_new(const struct synthetic_shape *shape)
{
    struct synthetic_run *run = memory_new(1, sizeof *run);
    run->storage = memory_new(1, sizeof *run->storage);
    run->storage->series = series_new();
    struct play p = {.shape = shape, .run = run, .chance = 20261121};
    for (unsigned a = 0; a < SYNTHETIC_APPS; a++) {
        p.ends[a] = memory_new(shape->seconds + HORIZON, sizeof(unsigned));
        p.fin_wait_2_ends[a] = memory_new(shape->seconds + HORIZON, sizeof(unsigned));
        p.time_wait_ends[a] = memory_new(shape->seconds + HORIZON, sizeof(unsigned));
    }
    declare_columns(&p);
    play_all(&p);
    add_metrics(&p);
    for (unsigned a = 0; a < SYNTHETIC_APPS; a++) {
        free(p.ends[a]);
        free(p.fin_wait_2_ends[a]);
        free(p.time_wait_ends[a]);
    }
    run->record = (struct run_record){
        .scenario = shape->scenario,
        .seed = 1,
        .replications = 1,
        .simulated = shape->seconds * SIM_S,
        .events = 4711,
        .connections = (uint64_t)(p.attempts[0] + p.attempts[1]),
        .fingerprint = 0x0123456789abcdef,
        .metrics = run->storage->metrics,
        .metric_count = run->storage->metric_count,
        .log = run->storage->log,
        .log_count = run->storage->log_count,
        .series = run->storage->series,
        .resolved_scenario = "{}\n",
    };
    return run;
}

void synthetic_run_free(struct synthetic_run *run)
{
    for (size_t i = 0; i < run->storage->metric_count; i++)
        free((char *)run->storage->metrics[i].name);
    series_free(run->storage->series);
    free(run->storage);
    free(run);
}
