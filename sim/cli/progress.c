#include "sim/cli/progress.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sim/views/human.h"

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

/* Columns of the terminal that may be written without a line break. */
static int room(void)
{
    struct winsize window = {0};
    ioctl(STDERR_FILENO, TIOCGWINSZ, &window);
    return window.ws_col ? window.ws_col - 1 : 79;
}

static void print_text(const char *line)
{
    fprintf(stderr, "\r\033[K%.*s", room(), line);
    fflush(stderr);
}

static void print_line(double share, sim_ns now, sim_ns end, double rate, double left)
{
    char line[200], done[HUMAN_TEXT], all[HUMAN_TEXT], wait[HUMAN_TEXT];
    snprintf(line, sizeof line, "%3.0f %%  %s of %s simulated, %.1f M events/s, %s left",
             100 * share, human_duration(now, done), human_duration(end, all), rate / 1e6,
             human_seconds(left, wait));
    print_text(line);
}

/* True if it is time for another line. */
static bool is_due(struct progress *p, struct timespec now)
{
    if (!p->shown || seconds_between(p->printed, now) < 0.1)
        return false;
    p->printed = now;
    return true;
}

void progress_update(void *progress, sim_ns now, sim_ns end, uint64_t events)
{
    struct progress *p = progress;
    struct timespec t = wall_clock();
    if (now == 0 || !is_due(p, t))
        return;
    double spent = seconds_between(p->began, t);
    double share = (double)now / (double)end;
    print_line(share, now, end, (double)events / spent, round(spent / share - spent));
}

void progress_runs(void *progress, uint32_t done, uint32_t most)
{
    struct progress *p = progress;
    struct timespec t = wall_clock();
    char line[200], wait[HUMAN_TEXT];
    if (done == 0 || !is_due(p, t))
        return;
    double spent = seconds_between(p->began, t);
    snprintf(line, sizeof line,
             "%" PRIu32 " of at most %" PRIu32 " runs, at most %s left", done, most,
             human_seconds(round(spent / done * (most - done)), wait));
    print_text(line);
}

void progress_study(struct progress *p, uint64_t done, uint64_t missing)
{
    char line[200], now[HUMAN_TEXT], all[HUMAN_TEXT], wait[HUMAN_TEXT];
    struct timespec t = wall_clock();
    if (done == 0 || !is_due(p, t))
        return;
    double spent = seconds_between(p->began, t);
    double left = spent * (double)(missing - done) / (double)done;
    snprintf(line, sizeof line, "%3.0f %%  %s of %s runs, %.3g runs/s, %s left",
             100 * (double)done / (double)missing, human_count((double)done, now),
             human_count((double)missing, all), (double)done / spent,
             human_seconds(round(left), wait));
    print_text(line);
}

void progress_end(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
}
