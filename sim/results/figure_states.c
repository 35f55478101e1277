/* Figure "states": what the ports of the host under study are held by, over time.
 *
 * Areas are stacked, so that their upper edge is to be compared with the capacity.  They
 * are the sockets that hold an outgoing port where the run recorded these, else all
 * sockets; of a gateway the flows it translates.  Where the edge is not the number of
 * ports in use (one port serves several destinations), that number is drawn as a line of
 * its own.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/figure.h"
#include "sim/results/gnuplot.h"

#define STATES FIGURE_LINES_MAX

/* Who holds ports, by the columns that tell: the first that the pool has, and that were
 * not zero throughout, are drawn.  States in the order of a connection's life, from the
 * bottom of the stack to its top. */
struct holders {
    const char *pool;    /* begins so; "": any */
    const char *columns; /* "hosts.proxy.<this>.<state>", after the pool's name or not */
    bool of_pool;
    const char *label;
    const char *states[STATES + 1];
};

#define TCP_STATES                                                                       \
    {                                                                                    \
        "BOUND", "SYN_SENT", "SYN_RECEIVED", "ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT_1",  \
            "FIN_WAIT_2", "CLOSING", "LAST_ACK", "TIME_WAIT"                             \
    }

static const struct holders holders[] = {
    {"tcp", "outgoing", true, "sockets that hold a port, by state", TCP_STATES},
    {"tcp", "sockets", true, "sockets, by state", TCP_STATES},
    {"udp",
     "outgoing",
     true,
     "sockets that hold a port, by state",
     {"UNCONN", "ESTABLISHED"}},
    {"",
     "nat.mappings",
     false,
     "flows the gateway knows, by state",
     {"UNCONFIRMED", "SYN_SENT", "SYN_RECEIVED", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT",
      "LAST_ACK", "CLOSE", "TIME_WAIT"}},
};

/* A full range breathes: ports given back between two attempts.  From this share of the
 * capacity on it counts as full. */
#define FULL 0.999

struct stack {
    const struct figure_source *source;
    unsigned count;
    const char *state[STATES];
    uint32_t column[STATES];
    double peak[STATES];
    const struct holders *holders;
    struct course course;
};

static uint32_t column_of(const struct figure_source *source, const struct holders *h,
                          const char *state)
{
    const struct figure_pool *pool = &source->pool;
    char *name =
        memory_print("hosts.%s.%s%s%s.%s", pool->host, h->of_pool ? pool->name : "",
                     h->of_pool ? "." : "", h->columns, state);
    uint32_t column = series_find(source->series, name);
    free(name);
    return column;
}

static void collect(struct stack *s, const struct holders *h)
{
    s->holders = h;
    for (const char *const *state = h->states; *state; state++) {
        uint32_t column = column_of(s->source, h, *state);
        double peak = column == SERIES_NONE ? 0 : figure_peak(s->source->series, column);
        if (peak <= 0)
            continue;
        s->state[s->count] = *state;
        s->column[s->count] = column;
        s->peak[s->count++] = peak;
    }
}

static double value_at(const struct stack *s, size_t row, unsigned i)
{
    double value = series_value(s->source->series, row, s->column[i]);
    return isnan(value) ? 0 : value;
}

static double sum_at(const struct stack *s, size_t row)
{
    double sum = 0;
    for (unsigned i = 0; i < s->count; i++)
        sum += value_at(s, row, i);
    return sum;
}

/* --- the finding ------------------------------------------------------------------ */

/* When the pool was full, or, if it never was, when it was fullest. */
struct finding {
    size_t first, last;  /* rows: full ones, or both the fullest */
    size_t full;         /* number of full rows */
    double held[STATES]; /* sums over these rows */
};

static bool is_full(const struct stack *s, size_t row)
{
    const struct figure_pool *pool = &s->source->pool;
    return pool->capacity != SERIES_NONE &&
           figure_share(s->source, row, pool->in_use) >= FULL;
}

static void count_in(struct finding *f, const struct stack *s, size_t row)
{
    for (unsigned i = 0; i < s->count; i++)
        f->held[i] += value_at(s, row, i);
}

static struct finding find(const struct stack *s)
{
    struct finding f = {0};
    const struct figure_pool *pool = &s->source->pool;
    size_t fullest = 0;
    double most = 0;
    for (size_t row = 0; row < series_rows(s->source->series); row++) {
        double share = figure_share(s->source, row, pool->in_use);
        if (share > most) {
            most = share;
            fullest = row;
        }
        if (!is_full(s, row))
            continue;
        if (f.full++ == 0)
            f.first = row;
        f.last = row;
        count_in(&f, s, row);
    }
    if (f.full == 0) {
        f.first = f.last = fullest;
        count_in(&f, s, fullest);
    }
    return f;
}

static const char *moment(const struct stack *s, size_t row, char out[AXIS_TEXT])
{
    return axis_moment(series_time(s->source->series, row), s->source->unit, out);
}

static void tell_full(const struct stack *s, const struct finding *f, double capacity,
                      struct text *out)
{
    char ports[AXIS_TEXT], from[AXIS_TEXT], to[AXIS_TEXT], share[AXIS_TEXT];
    size_t rows = series_rows(s->source->series);
    double part = (double)f->full / (double)(f->last - f->first + 1);
    text_print(out, "%s: all %s ports taken ", s->source->pool.host,
               axis_grouped(capacity, 0, ports));
    if (f->full == 1) {
        text_print(out, "at %s", moment(s, f->first, from));
        return;
    }
    if (part < 0.95)
        text_print(out, "in %s of the samples ", axis_percent(part, share));
    text_print(out, "from %s ", moment(s, f->first, from));
    if (f->last == rows - 1)
        text_print(out, "to the end");
    else
        text_print(out, "to %s", moment(s, f->last, to));
}

static void tell_peak(const struct stack *s, const struct finding *f, double capacity,
                      struct text *out)
{
    char used[AXIS_TEXT], ports[AXIS_TEXT], share[AXIS_TEXT], when[AXIS_TEXT];
    double peak = series_value(s->source->series, f->first, s->source->pool.in_use);
    text_print(out, "%s: at most %s", s->source->pool.host, axis_grouped(peak, 0, used));
    if (capacity > 0)
        text_print(out, " of %s ports taken (%s)", axis_grouped(capacity, 0, ports),
                   axis_percent(peak / capacity, share));
    else
        text_print(out, " ports taken");
    text_print(out, ", at %s", moment(s, f->first, when));
}

/* "FIN_WAIT_2 holds 73 % of them, TIME_WAIT 20 %": the two largest. */
static void tell_holders(const struct stack *s, const struct finding *f, struct text *out)
{
    char share[AXIS_TEXT];
    double sum = 0;
    unsigned first = 0, second = 0;
    for (unsigned i = 0; i < s->count; i++) {
        sum += f->held[i];
        if (f->held[i] > f->held[first])
            first = i;
    }
    for (unsigned i = 0; i < s->count; i++)
        if (i != first && (second == first || f->held[i] > f->held[second]))
            second = i;
    if (!(sum > 0))
        return;
    text_print(out, "%s holds %s of them", s->state[first],
               axis_percent(f->held[first] / sum, share));
    if (second != first && f->held[second] > 0)
        text_print(out, ", %s %s", s->state[second],
                   axis_percent(f->held[second] / sum, share));
}

static void put_words(const struct stack *s, struct text *script)
{
    struct finding f = find(s);
    uint32_t column = s->source->pool.capacity;
    double capacity =
        column == SERIES_NONE ? 0 : series_value(s->source->series, f.first, column);
    char *label = figure_course_label(s->holders->label, &s->course);
    struct figure_words words = {.y_label = label};
    if (f.full)
        tell_full(s, &f, capacity, &words.headline);
    else
        tell_peak(s, &f, capacity, &words.headline);
    tell_holders(s, &f, &words.detail);
    figure_head(s->source, &words, script);
    free(label);
}

/* --- the data --------------------------------------------------------------------- */

/* True where stack and ports in use differ by more than 1 % of the larger. */
static bool use_differs(const struct stack *s)
{
    const struct series *series = s->source->series;
    for (size_t row = 0; row < series_rows(series); row++) {
        double sum = sum_at(s, row);
        double use = series_value(series, row, s->source->pool.in_use);
        if (fabs(sum - use) > 0.01 * fmax(sum, use) + 1)
            return true;
    }
    return false;
}

static void put_legend(const struct stack *s, struct text *script)
{
    const char *labels[STATES];
    char number[AXIS_TEXT];
    for (unsigned i = 0; i < s->count; i++)
        labels[i] =
            memory_print("%s, peak %s", s->state[i], axis_grouped(s->peak[i], 0, number));
    gnuplot_set_number(script, "states", s->count);
    gnuplot_set_strings(script, "state", s->state, s->count);
    gnuplot_set_strings(script, "label_of", labels, s->count);
    gnuplot_set_numbers(script, "peak_of", s->peak, s->count);
    for (unsigned i = 0; i < s->count; i++)
        free((char *)labels[i]);
}

/* What must not be lost: each state, and behind them the ports in use. */
static double line_at(const void *figure, size_t row, unsigned line)
{
    const struct stack *s = figure;
    return line < s->count ? value_at(s, row, line)
                           : series_value(s->source->series, row, s->source->pool.in_use);
}

static void put_value(double value, struct text *script)
{
    text_add(script, " ", 1);
    gnuplot_number(script, value);
}

/* Time, the upper edges of the areas from the bottom up, ports in use: mean, least, most.
 */
static void put_data(const struct stack *s, struct text *script)
{
    text_print(script, "$data << EOD\n");
    for (size_t i = 0; i < s->course.count; i++) {
        double edge = 0;
        figure_moment(s->source, s->course.when[i], script);
        for (unsigned k = 0; k < s->count; k++) {
            edge += course_at(&s->course, i, k).value;
            put_value(edge, script);
        }
        struct course_value in_use = course_at(&s->course, i, s->count);
        put_value(in_use.value, script);
        put_value(in_use.least, script);
        put_value(in_use.most, script);
        text_add(script, "\n", 1);
    }
    text_print(script, "EOD\n");
}

static void put_all(struct stack *s, struct text *script)
{
    const struct figure_source *source = s->source;
    double peak = figure_peak(source->series, source->pool.in_use);
    for (size_t row = 0; row < series_rows(source->series); row++)
        peak = fmax(peak, sum_at(s, row));
    s->course = figure_course(source, s->count + 1, line_at, s, peak);
    put_words(s, script);
    figure_value_axis(source, peak, script);
    gnuplot_set_number(script, "use_differs", use_differs(s));
    gnuplot_set_number(script, "banded", s->course.length > 0);
    put_legend(s, script);
    put_data(s, script);
    course_free(&s->course);
}

static bool compose(const struct figure_source *source, struct text *script)
{
    struct stack s = {.source = source};
    const char *pool = source->pool.name;
    if (!source->pool.host)
        return false;
    for (size_t i = 0; i < sizeof holders / sizeof holders[0] && s.count == 0; i++)
        if (strncmp(pool, holders[i].pool, strlen(holders[i].pool)) == 0)
            collect(&s, &holders[i]);
    if (s.count > 0)
        put_all(&s, script);
    return s.count > 0;
}

const struct figure_ops figure_states = {
    .kind = {.name = "states",
             .shows = "sockets by state over time, against the capacity of the range",
             .needs = "a run that recorded the ports of a host",
             .made = "portsim run SCENARIO"},
    .compose = compose,
};
