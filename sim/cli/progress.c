#include "sim/cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static double seconds_between(struct timespec a, struct timespec b)
{
    return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

static struct timespec wall_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t;
}

void progress_begin(struct progress *p, bool quiet)
{
    const char *kind = getenv("TERM");
    p->shown = !quiet && isatty(STDERR_FILENO) && kind && strcmp(kind, "dumb") != 0;
    p->began = p->printed = wall_clock();
}

double progress_seconds(const struct progress *p)
{
    return seconds_between(p->began, wall_clock());
}

void progress_update(void *progress, sim_ns now, sim_ns end, uint64_t events)
{
    struct progress *p = progress;
    if (!p->shown)
        return;
    struct timespec t = wall_clock();
    if (seconds_between(p->printed, t) < 0.1)
        return;
    p->printed = t;
    double spent = seconds_between(p->began, t);
    double share = end > 0 ? (double)now / (double)end : 1;
    fprintf(stderr,
            "\r\033[K%3.0f %%  %.0f of %.0f s simulated, %.1f M events/s, %.0f s left",
            100 * share, sim_seconds(now), sim_seconds(end), (double)events / spent / 1e6,
            share > 0 ? spent / share - spent : 0.0);
    fflush(stderr);
}

void progress_end(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
}
