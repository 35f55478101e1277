/* Figure "transitions": the state diagram of TCP [RFC 9293, figure 5] with what the
 * sockets of one host did in this run: how often each edge was taken, and how often a
 * second.
 *
 * The host is the one under study.  Edges that go on stand in the diagram; those that end
 * a connection at once (reset, abort, given up, timer) leave their box as a stub, and so
 * does what a stack adds to the RFC, where it happened.  Where the boxes stand is
 * plots/transitions.gp's business.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/figure.h"
#include "sim/results/gnuplot.h"

enum state {
    CLOSED,
    LISTEN,
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSE_WAIT,
    CLOSING,
    LAST_ACK,
    TIME_WAIT,
    BOUND,
    STATES
};

/* The edges of the diagram, in the order of a connection's life. */
static const struct edge {
    enum state from, to;
    const char *when;
} edges[] = {
    {CLOSED, LISTEN, "listen()"},
    {CLOSED, SYN_SENT, "connect()"},
    {CLOSED, BOUND, "descriptor kept"}, /* no state of the RFC: MODEL.md A4.4 */
    {LISTEN, SYN_RECEIVED, "SYN"},
    {LISTEN, SYN_SENT, "connect()"},
    {SYN_SENT, SYN_RECEIVED, "SYN"},
    {SYN_SENT, ESTABLISHED, "SYN+ACK"},
    {SYN_RECEIVED, ESTABLISHED, "ACK of SYN"},
    {SYN_RECEIVED, FIN_WAIT_1, "close()"},
    {ESTABLISHED, FIN_WAIT_1, "close()"},
    {ESTABLISHED, CLOSE_WAIT, "FIN"},
    {FIN_WAIT_1, FIN_WAIT_2, "ACK of FIN"},
    {FIN_WAIT_1, CLOSING, "FIN"},
    {FIN_WAIT_2, TIME_WAIT, "FIN"},
    {CLOSING, TIME_WAIT, "ACK of FIN"},
    {CLOSE_WAIT, LAST_ACK, "close()"},
};

#define EDGES (sizeof edges / sizeof edges[0])

/* Less than this share of the connections is not worth a title; of those who merely stand
 * somewhere when the run ends, it takes more. */
#define ODD      0.0005
#define STANDING 0.1

struct diagram {
    const struct figure_source *source;
    const char *host;
    double count[STATES][STATES];
};

/* --- numbers ------------------------------------------------------------------------ */

static double entered(const struct diagram *d, enum state to)
{
    double sum = 0;
    for (int from = 0; from < STATES; from++)
        sum += d->count[from][to];
    return sum;
}

static double left(const struct diagram *d, enum state from)
{
    double sum = 0;
    for (int to = 0; to < STATES; to++)
        sum += d->count[from][to];
    return sum;
}

static void collect(struct diagram *d)
{
    const struct run_record *run = d->source->run;
    for (size_t i = 0; i < run->transition_count; i++) {
        const struct run_transition *t = &run->transitions[i];
        if (strcmp(t->host, d->host) == 0)
            d->count[t->from][t->to] += (double)t->count;
    }
}

/* The host under study, or where that has no TCP, the one whose sockets moved most. */
static const char *host_of(const struct figure_source *source)
{
    const struct run_record *run = source->run;
    const char *best = NULL;
    double most = 0, sum = 0;
    for (size_t i = 0; i < run->transition_count; i++) {
        const struct run_transition *t = &run->transitions[i];
        bool same = i > 0 && strcmp(t->host, run->transitions[i - 1].host) == 0;
        if (source->pool.host && strcmp(t->host, source->pool.host) == 0)
            return t->host;
        sum = (same ? sum : 0) + (double)t->count;
        if (sum > most) {
            most = sum;
            best = t->host;
        }
    }
    return best;
}

/* --- the finding -------------------------------------------------------------------- */

/* What is odd about connections: so many of those that came so far. */
struct odd {
    double count, of;
    double least; /* share of them from which it is odd */
    const char *of_what, *what;
};

/* Who is there at the end. */
static double standing(const struct diagram *d, enum state in)
{
    return entered(d, in) - left(d, in);
}

static struct odd worst(const struct diagram *d)
{
    double cut_off = d->count[ESTABLISHED][CLOSED] + d->count[ESTABLISHED][TIME_WAIT];
    const struct odd all[] = {
        {d->count[FIN_WAIT_2][CLOSED], entered(d, FIN_WAIT_2), ODD, "",
         "left FIN_WAIT_2 without the peer's FIN"},
        {d->count[SYN_SENT][CLOSED], entered(d, SYN_SENT), ODD, " connects",
         "came no further than SYN_SENT"},
        {d->count[SYN_RECEIVED][CLOSED], entered(d, SYN_RECEIVED), ODD, " SYNs",
         "never became a connection"},
        {d->count[CLOSE_WAIT][CLOSED], entered(d, CLOSE_WAIT), ODD, "",
         "left CLOSE_WAIT without a close()"},
        {cut_off, entered(d, ESTABLISHED), ODD, "", "were cut off while ESTABLISHED"},
        {entered(d, BOUND), entered(d, SYN_SENT), ODD, "", "left their port BOUND"},
        {d->count[FIN_WAIT_1][CLOSED], entered(d, FIN_WAIT_1), ODD, "",
         "left FIN_WAIT_1 without an ACK of their FIN"},
        {standing(d, CLOSE_WAIT), entered(d, CLOSE_WAIT), STANDING, "",
         "stand in CLOSE_WAIT at the end, unclosed"},
        {standing(d, FIN_WAIT_2), entered(d, FIN_WAIT_2), STANDING, "",
         "stand in FIN_WAIT_2 at the end"},
        {standing(d, ESTABLISHED), entered(d, ESTABLISHED), STANDING, "",
         "are still ESTABLISHED at the end"},
    };
    struct odd found = {0};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].count > found.count && all[i].count >= all[i].least * all[i].of)
            found = all[i];
    return found;
}

/* "proxy: 310,645 of 1,187,112 (26 %) left FIN_WAIT_2 without the peer's FIN" */
static void tell_finding(const struct diagram *d, struct text *out)
{
    char count[AXIS_TEXT], of[AXIS_TEXT], share[AXIS_TEXT];
    struct odd odd = worst(d);
    double all = entered(d, SYN_SENT) + d->count[LISTEN][SYN_RECEIVED];
    if (odd.count > 0)
        text_print(out, "%s: %s of %s%s (%s) %s", d->host,
                   axis_grouped(odd.count, 0, count), axis_grouped(odd.of, 0, of),
                   odd.of_what, axis_percent(odd.count / odd.of, share), odd.what);
    else
        text_print(out, "%s: all %s connections went the way that RFC 9293 means",
                   d->host, axis_grouped(all, 0, count));
}

/* "520,292 opened, 1,187,366 accepted; this end closed 70 % of them first" */
static void tell_ends(const struct diagram *d, struct text *out)
{
    char opened[AXIS_TEXT], accepted[AXIS_TEXT], share[AXIS_TEXT];
    double first = d->count[ESTABLISHED][FIN_WAIT_1] + d->count[SYN_RECEIVED][FIN_WAIT_1];
    double closed = first + d->count[ESTABLISHED][CLOSE_WAIT];
    text_print(out, "connections opened %s, accepted %s",
               axis_grouped(d->count[CLOSED][SYN_SENT], 0, opened),
               axis_grouped(d->count[SYN_RECEIVED][ESTABLISHED], 0, accepted));
    if (closed > 0)
        text_print(out, "; %s closed by this end first",
                   axis_percent(first / closed, share));
}

static void put_words(const struct diagram *d, struct text *script)
{
    struct figure_words words = {.y_label = ""};
    tell_finding(d, &words.headline);
    tell_ends(d, &words.detail);
    figure_head_timeless(d->source, &words, script);
}

/* --- labels ------------------------------------------------------------------------- */

/* "520,292 (144/s)"; "" of none. */
static char *times(const struct diagram *d, double count)
{
    char number[AXIS_TEXT];
    double seconds = sim_seconds(d->source->run->simulated);
    if (count <= 0)
        return memory_print("%s", "");
    axis_grouped(count, 0, number);
    if (!(seconds > 0))
        return memory_print("%s", number);
    double rate = count / seconds;
    return memory_print(rate < 1000 ? "%s (%.3g/s)" : "%s (%.0f/s)", number, rate);
}

static void set_text(struct text *script, const char *prefix, const char *of,
                     const char *text)
{
    char *name = memory_print("%s_%s", prefix, of);
    gnuplot_set_string(script, name, text);
    free(name);
}

static void set_number(struct text *script, const char *prefix, const char *of,
                       double value)
{
    char *name = memory_print("%s_%s", prefix, of);
    gnuplot_set_number(script, name, value);
    free(name);
}

/* count_A_B, times_A_B, when_A_B of every edge. */
static void put_edges(const struct diagram *d, struct text *script)
{
    for (size_t i = 0; i < EDGES; i++) {
        const struct edge *e = &edges[i];
        double count = d->count[e->from][e->to];
        char *label = times(d, count);
        char *of = memory_print("%s_%s", run_tcp_states[e->from], run_tcp_states[e->to]);
        set_number(script, "count", of, count);
        set_text(script, "times", of, label);
        set_text(script, "when", of, e->when);
        free(of);
        free(label);
    }
}

static bool is_drawn(enum state from, enum state to)
{
    for (size_t i = 0; i < EDGES; i++)
        if (edges[i].from == from && edges[i].to == to)
            return true;
    return false;
}

/* What leaves a box outside the diagram: out_A counts all of it, out_1_A and out_2_A say
 * what it was. */
static void put_stub(const struct diagram *d, enum state from, struct text *script)
{
    double other = 0, closed = d->count[from][CLOSED];
    enum state where = CLOSED;
    for (int to = LISTEN; to < STATES; to++) {
        if (is_drawn(from, (enum state)to))
            continue;
        if (d->count[from][to] > d->count[from][where] || where == CLOSED)
            where = (enum state)to;
        other += d->count[from][to];
    }
    char *first = times(d, closed), *second = times(d, other);
    char *line = memory_print("%s %s", run_tcp_states[where], second);
    set_number(script, "out", run_tcp_states[from], closed + other);
    set_text(script, "out_1", run_tcp_states[from], first);
    set_text(script, "out_2", run_tcp_states[from], other > 0 ? line : "");
    free(line);
    free(second);
    free(first);
}

/* Who is still there: "now" of a box. */
static void put_boxes(const struct diagram *d, struct text *script)
{
    for (int i = CLOSED; i < STATES; i++) {
        char number[AXIS_TEXT];
        double now = standing(d, (enum state)i);
        bool counted = i > LISTEN && now > 0;
        char *text =
            memory_print("%s at the end", counted ? axis_grouped(now, 0, number) : "");
        set_text(script, "now", run_tcp_states[i], counted ? text : "");
        put_stub(d, (enum state)i, script);
        free(text);
    }
}

/* For the terminal: every edge that was taken, the most used first. */
struct taken {
    enum state from, to;
    double count;
};

static int by_count(const void *a, const void *b)
{
    const struct taken *one = a, *two = b;
    if (one->count != two->count)
        return one->count > two->count ? -1 : 1;
    return (int)(one->from * STATES + one->to) - (int)(two->from * STATES + two->to);
}

static void put_list(const struct diagram *d, struct text *script)
{
    struct taken all[STATES * STATES];
    const char *lines[STATES * STATES];
    unsigned count = 0;
    for (int from = 0; from < STATES; from++)
        for (int to = 0; to < STATES; to++)
            if (d->count[from][to] > 0)
                all[count++] =
                    (struct taken){(enum state)from, (enum state)to, d->count[from][to]};
    qsort(all, count, sizeof *all, by_count);
    for (unsigned i = 0; i < count; i++) {
        char *label = times(d, all[i].count);
        lines[i] = memory_print("%-12s > %-12s %24s", run_tcp_states[all[i].from],
                                run_tcp_states[all[i].to], label);
        free(label);
    }
    gnuplot_set_number(script, "taken", count);
    gnuplot_set_strings(script, "taken_line", lines, count);
    for (unsigned i = 0; i < count; i++)
        free((char *)lines[i]);
}

static bool compose(const struct figure_source *source, struct text *script)
{
    struct diagram d = {.source = source, .host = host_of(source)};
    if (!d.host)
        return false;
    collect(&d);
    put_words(&d, script);
    put_boxes(&d, script);
    put_edges(&d, script);
    put_list(&d, script);
    return true;
}

const struct figure_ops figure_transitions = {
    .kind = {.name = "transitions",
             .shows = "the state diagram of TCP with how often each edge was taken",
             .needs = "a run that opened a connection of TCP",
             .made = "portsim run SCENARIO"},
    .timeless = true,
    .compose = compose,
};
