/* Figure "reuse": how long a port rests between two holders, as the share of all reuses
 * that came no later.
 *
 * A line a host that has the metric, that of the host under study first, then whoever
 * uses ports again soonest.  A rest of less than a peer's TIME_WAIT (60 s on Linux
 * [KERNEL.md], 2 MSL = 240 s in RFC 9293) can meet the remains of the connection before,
 * if it goes to the same destination: the rest of a 4-tuple is never shorter than its
 * port's.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/figure.h"
#include "sim/results/gnuplot.h"

/* Lines that can be told apart. */
#define LINES 7

/* The times that rests are held against. */
#define TIME_WAIT_S 60.0
#define TWO_MSL_S   240.0

/* A rest of less is as good as none. */
#define LEAST_S 1e-3

struct rest {
    char *label; /* "proxy", "proxy udp4"; owned */
    bool studied;
    const struct run_bucket *rows;
    size_t count;
    double all; /* reuses */
};

struct rests {
    const struct figure_source *source;
    struct rest *at; /* the most interesting first */
    size_t count;
};

/* --- shares ------------------------------------------------------------------------- */

/* The share that rested no longer; within a bucket evenly. */
static double share_up_to(const struct rest *r, double seconds)
{
    double sum = 0;
    for (size_t i = 0; i < r->count; i++) {
        const struct run_bucket *b = &r->rows[i];
        double part = (seconds - b->low) / (b->high - b->low);
        sum += fmin(fmax(part, 0), 1) * (double)b->count;
    }
    return sum / r->all;
}

/* What the summary says of the rest, exactly where a bucket knows it to 1 in 32 only:
 * "min", "p50".  `roughly` if it has no such reading. */
static double reading(const struct figure_source *source, const struct rest *r,
                      const char *which, double roughly)
{
    char *name = memory_print("%s.%s", r->rows[0].metric, which);
    const struct run_metric *m = run_record_metric(source->run, name);
    free(name);
    return m && isfinite(m->value) ? m->value : roughly;
}

/* The rest that half of the reuses did not exceed. */
static double half_of(const struct figure_source *source, const struct rest *r)
{
    double sum = 0;
    size_t i = 0;
    while (i + 1 < r->count && sum + (double)r->rows[i].count < r->all / 2)
        sum += (double)r->rows[i++].count;
    return reading(source, r, "p50", (r->rows[i].low + r->rows[i].high) / 2);
}

/* --- who ---------------------------------------------------------------------------- */

/* Takes the rows of one metric, from `first` on; returns the row behind them. */
static size_t add_metric(struct rests *all, size_t first)
{
    const struct run_record *run = all->source->run;
    const struct figure_pool *pool = &all->source->pool;
    const struct run_bucket *rows = run->distributions;
    const char *metric = rows[first].metric;
    size_t end = first;
    double sum = 0;
    for (; end < run->distribution_count && strcmp(rows[end].metric, metric) == 0; end++)
        sum += (double)rows[end].count;
    char *where = text_middle(metric, "hosts.", ".reuse_interval_s");
    char *dot = where ? strrchr(where, '.') : NULL;
    if (!dot) {
        free(where);
        return end;
    }
    *dot = '\0';
    bool usual = strcmp(dot + 1, "tcp4") == 0;
    bool studied =
        pool->host && strcmp(where, pool->host) == 0 && strcmp(dot + 1, pool->name) == 0;
    char *label =
        usual ? memory_print("%s", where) : memory_print("%s %s", where, dot + 1);
    free(where);
    all->at = memory_resize(all->at, all->count + 1, sizeof *all->at);
    all->at[all->count++] = (struct rest){.label = label,
                                          .studied = studied,
                                          .rows = rows + first,
                                          .count = end - first,
                                          .all = sum};
    return end;
}

/* Equals keep their order. */
static int by_interest(const void *a, const void *b)
{
    const struct rest *one = a, *two = b;
    if (one->studied != two->studied)
        return one->studied ? -1 : 1;
    double x = share_up_to(one, TIME_WAIT_S), y = share_up_to(two, TIME_WAIT_S);
    if (x != y)
        return x > y ? -1 : 1;
    return one->rows < two->rows ? -1 : 1;
}

static void collect(struct rests *all)
{
    for (size_t i = 0; i < all->source->run->distribution_count;)
        i = add_metric(all, i);
    if (all->count)
        qsort(all->at, all->count, sizeof *all->at, by_interest);
}

static void drop(struct rests *all)
{
    for (size_t i = 0; i < all->count; i++)
        free(all->at[i].label);
    free(all->at);
}

/* --- words -------------------------------------------------------------------------- */

/* "less than 1 ms", "2.3 ms", "3.2 s", "12 min". */
static const char *length(double seconds, char out[AXIS_TEXT])
{
    if (seconds < LEAST_S)
        return "less than 1 ms";
    static const struct time_unit ms = {"ms", SIM_MS};
    sim_ns when = (sim_ns)(seconds * 1e9);
    bool small = when < SIM_S;
    return axis_moment(when, small ? ms : axis_time_unit(when), out);
}

static void put_words(const struct rests *all, struct text *script)
{
    char half[AXIS_TEXT], early[AXIS_TEXT], count[AXIS_TEXT], within[AXIS_TEXT];
    char least[AXIS_TEXT];
    const struct rest *r = &all->at[0];
    struct figure_words words = {.y_label = "share of the reuses of a port (%)"};
    text_print(&words.headline, "%s: half of all reuses come within %s, %s within 60 s",
               r->label, length(fmax(half_of(all->source, r), LEAST_S), half),
               axis_percent(share_up_to(r, TIME_WAIT_S), early));
    text_print(&words.detail, "%s reuses, the soonest after %s; %s within 240 s (2 MSL)",
               axis_grouped(r->all, 0, count),
               length(reading(all->source, r, "min", r->rows[0].low), least),
               axis_percent(share_up_to(r, TWO_MSL_S), within));
    figure_head_timeless(all->source, &words, script);
}

/* --- data --------------------------------------------------------------------------- */

static void put_point(double seconds, double share, struct text *script)
{
    gnuplot_number(script, fmax(seconds, LEAST_S));
    text_add(script, " ", 1);
    gnuplot_number(script, 100 * share);
    text_add(script, "\n", 1);
}

/* From nothing up to all, a corner a bucket; then level to the end of the axis. */
static void put_line(const struct rest *r, double from, double to, struct text *script)
{
    double sum = 0;
    put_point(from, 0, script);
    for (size_t i = 0; i < r->count; i++) {
        if (i == 0 || r->rows[i].low > r->rows[i - 1].high)
            put_point(r->rows[i].low, sum / r->all, script);
        sum += (double)r->rows[i].count;
        put_point(r->rows[i].high, sum / r->all, script);
    }
    put_point(to, 1, script);
    text_print(script, "\n\n"); /* gnuplot's end of an index */
}

/* Whole decades around all lines and both marks. */
static void put_axis(double from, double to, struct text *script)
{
    static const char *const names[] = {"1 ms",  "10 ms", "100 ms",  "1 s",
                                        "10 s",  "100 s", "1,000 s", "10,000 s",
                                        "1e5 s", "1e6 s", "1e7 s",   "1e8 s"};
    text_print(script, "set xrange [");
    gnuplot_number(script, from);
    text_add(script, ":", 1);
    gnuplot_number(script, to);
    text_print(script, "]\nset xtics (");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        text_print(script, "%s'%s' 1e%d", i ? ", " : "", names[i], (int)i - 3);
    text_print(script, ")\n");
}

static void put_all(const struct rests *all, struct text *script)
{
    const char *labels[LINES];
    char names[LINES][FIGURE_SHORT];
    unsigned lines = all->count < LINES ? (unsigned)all->count : LINES;
    double from = 1, to = 1000;
    for (unsigned i = 0; i < lines; i++) {
        const struct rest *r = &all->at[i];
        labels[i] = figure_short(r->label, names[i]);
        from = fmin(from, fmax(r->rows[0].low, LEAST_S));
        to = fmax(to, r->rows[r->count - 1].high);
    }
    from = pow(10, floor(log10(from) + 1e-9));
    to = pow(10, ceil(log10(to) - 1e-9));
    put_words(all, script);
    put_axis(from, to, script);
    gnuplot_set_number(script, "lines", lines);
    gnuplot_set_number(script, "more_lines", (double)(all->count - lines));
    gnuplot_set_strings(script, "label_of", labels, lines);
    text_print(script, "$data << EOD\n");
    for (unsigned i = 0; i < lines; i++)
        put_line(&all->at[i], from, to, script);
    text_print(script, "EOD\n");
}

static bool compose(const struct figure_source *source, struct text *script)
{
    struct rests all = {.source = source};
    collect(&all);
    if (all.count)
        put_all(&all, script);
    drop(&all);
    return all.count > 0;
}

const struct figure_ops figure_reuse = {
    .kind = {.name = "reuse",
             .shows = "how long ports rest between two holders, against 60 s and 240 s",
             .needs = "a run in which a port was used again after its warm-up",
             .made = "portsim run SCENARIO"},
    .timeless = true,
    .compose = compose,
};
