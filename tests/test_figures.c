/* The figures: honest words, no peak lost, colours that can be told apart, whole
 * pictures, and no text that is obeyed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/results/figure.h"
#include "sim/results/figures.h"
#include "sim/results/gnuplot.h"
#include "sim/results/run_directory.h"
#include "tests/drawn.h"
#include "tests/hostile.h"
#include "tests/needs_gnuplot.h"
#include "tests/scratch.h"
#include "tests/synthetic_run.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Tests run in the root of the checkout. */
#define SCRIPTS "plots"

static int open_scratch(void **state)
{
    *state = scratch_new();
    return 0;
}

static int close_scratch(void **state)
{
    scratch_free(*state);
    return 0;
}

/* --- words ----------------------------------------------------------------------------
 */

static struct figure_source source_of(const struct run_record *run, struct canvas *canvas)
{
    const struct series *s = run->series;
    return (struct figure_source){
        .canvas = canvas,
        .run = run,
        .series = s,
        .unit = axis_time_unit(series_time(s, series_rows(s) - 1)),
        .pool = figure_pool_find(run),
        .moments = 450,
        .x_tics = 12,
        .y_tics = 8,
    };
}

/* What a figure says: the value of a string variable of its script, the caller's to free;
 * NULL if the figure has nothing to show. */
static char *said(const struct figure_ops *figure, const struct run_record *run,
                  const char *variable)
{
    struct canvas canvas = {.plots = {.handle = -1}};
    struct figure_source source = source_of(run, &canvas);
    struct text script = {0};
    char *value = NULL;
    if (figure->compose(&source, &script)) {
        char *start = memory_print("%s = '", variable);
        const char *at = strstr(text_of(&script), start);
        assert_non_null(at);
        at += strlen(start);
        value = memory_text(at, strcspn(at, "'"));
        free(start);
    }
    text_free(&script);
    figure_pool_free(&source.pool);
    canvas_close(&canvas);
    return value;
}

static void assert_said(const struct figure_ops *figure, const struct run_record *run,
                        const char *variable, const char *expected)
{
    char *value = said(figure, run, variable);
    assert_non_null(value);
    assert_string_equal(value, expected);
    free(value);
}

/* A host "h" of 100 ports; rows say how many are taken, in FIN_WAIT_2 and in TIME_WAIT.
 */
struct taken {
    double fin_wait_2, time_wait;
};

static struct series *host_series(const struct taken *taken, size_t rows)
{
    struct series *s = series_new();
    series_add(s, "hosts.h.tcp4.in_use");
    series_add(s, "hosts.h.tcp4.capacity");
    series_add(s, "hosts.h.tcp4.outgoing.FIN_WAIT_2");
    series_add(s, "hosts.h.tcp4.outgoing.TIME_WAIT");
    for (size_t i = 0; i < rows; i++) {
        double f = taken[i].fin_wait_2, t = taken[i].time_wait;
        series_append(s, (sim_ns)i * SIM_S, (double[]){f + t, 100, f, t});
    }
    return s;
}

static void test_headlines_say_when_the_range_was_full(void **state)
{
    (void)state;
    static const struct {
        struct taken rows[8];
        const char *headline, *detail;
    } cases[] = {
        {{{0, 0}, {10, 5}, {50, 30}, {60, 20}, {20, 1}, {0, 0}, {0, 0}, {0, 0}},
         "h: at most 80 of 100 ports taken (80 %), at 2 s",
         "FIN_WAIT_2 holds 62 % of them, TIME_WAIT 38 %"},
        {{{0, 0}, {10, 5}, {75, 25}, {75, 25}, {75, 25}, {20, 1}, {0, 0}, {0, 0}},
         "h: all 100 ports taken from 2 s to 4 s",
         "FIN_WAIT_2 holds 75 % of them, TIME_WAIT 25 %"},
        {{{0, 0}, {10, 5}, {75, 25}, {0, 100}, {100, 0}, {100, 0}, {99, 1}, {99, 1}},
         "h: all 100 ports taken from 2 s to the end",
         "FIN_WAIT_2 holds 79 % of them, TIME_WAIT 21 %"},
        {{{0, 0}, {90, 10}, {0, 0}, {0, 0}, {0, 100}, {0, 0}, {0, 0}, {0, 0}},
         "h: all 100 ports taken in 50 % of the samples from 1 s to 4 s",
         "TIME_WAIT holds 55 % of them, FIN_WAIT_2 45 %"},
        {{{0, 0}, {0, 0}, {0, 0}, {0, 100}, {0, 0}, {0, 0}, {0, 0}, {0, 0}},
         "h: all 100 ports taken at 3 s",
         "TIME_WAIT holds 100 % of them"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct series *s = host_series(cases[i].rows, 8);
        struct run_record run = {.scenario = "x", .replications = 1, .series = s};
        assert_said(&figure_states, &run, "headline", cases[i].headline);
        assert_said(&figure_states, &run, "detail", cases[i].detail);
        series_free(s);
    }
}

static void test_words_are_those_of_the_series(void **state)
{
    (void)state;
    struct synthetic_shape shape = synthetic_s1();
    shape.seconds = 1500;
    shape.change_s = 1000;
    struct synthetic_run *run = synthetic_run_new(&shape);
    const struct series *s = run->record.series;
    uint32_t in_use = series_find(s, "hosts.proxy.tcp4.in_use");
    size_t full = 0;
    while (series_value(s, full, in_use) < 0.999 * 16384)
        full++;
    char when[AXIS_TEXT];
    axis_moment(series_time(s, full), axis_time_unit(shape.seconds * SIM_S), when);
    char *headline = said(&figure_states, &run->record, "headline");
    char *expected = memory_print("proxy: all 16,384 ports taken from %s to ", when);
    if (strncmp(headline, expected, strlen(expected)) != 0)
        fail_msg("expected \"%s...\", got \"%s\"", expected, headline);
    free(headline);
    free(expected);
    char *source = said(&figure_states, &run->record, "source");
    assert_string_equal(
        source, "proxysg-cifs-finwait2, seed 1, 1 replication, portsim " PORTSIM_VERSION);
    free(source);
    synthetic_run_free(run);
}

static void test_outcomes_name_who_loses_and_why(void **state)
{
    (void)state;
    struct series *s = series_new();
    series_add(s, "apps.good.attempts_per_s");
    series_add(s, "apps.bad.attempts_per_s");
    series_add(s, "apps.bad.failures_per_s");
    series_add(s, "apps.bad.failures.ETIMEDOUT_per_s");
    series_add(s, "apps.bad.failures.EADDRNOTAVAIL_per_s");
    for (int i = 0; i <= 10; i++) {
        double lost = i >= 6 ? 10 : 0;
        series_append(s, i * SIM_MIN, (double[]){5, 20, lost, lost / 5, lost * 4 / 5});
    }
    struct run_record run = {.scenario = "x", .replications = 3, .seed = 7, .series = s};
    assert_said(&figure_outcomes, &run, "headline",
                "bad loses 25 % of the attempts; first failure at 360 s");
    assert_said(&figure_outcomes, &run, "detail",
                "failures: EADDRNOTAVAIL 80 %, ETIMEDOUT 20 %");
    assert_said(&figure_outcomes, &run, "source",
                "x, seed 7, replication 1 of 3, portsim " PORTSIM_VERSION);
    assert_null(said(&figure_states, &run, "headline"));
    assert_null(said(&figure_destinations, &run, "headline"));
    series_free(s);
}

static void test_destinations_name_the_largest_holder(void **state)
{
    (void)state;
    struct series *s = series_new();
    series_add(s, "hosts.h.tcp4.in_use");
    series_add(s, "hosts.h.tcp4.capacity");
    series_add(s, "hosts.h.destinations.web:80.holders");
    series_add(s, "hosts.h.destinations.cifs:445.holders");
    series_add(s, "hosts.other.destinations.web:80.holders");
    series_append(s, 0, (double[]){30, 1000, 20, 10, 5000});
    series_append(s, SIM_S, (double[]){910, 1000, 10, 900, 5000});
    series_append(s, 2 * SIM_S, (double[]){40, 1000, 25, 15, 5000});
    struct run_record run = {.scenario = "x", .replications = 1, .series = s};
    assert_said(&figure_destinations, &run, "headline",
                "h: cifs:445 holds 900 of 1,000 ports (90 %) at 1 s");
    assert_said(&figure_destinations, &run, "detail", "at that moment web:80 holds 10");
    series_free(s);
}

/* 90 of 100 ports is worse than 300 of 1,000. */
static void test_a_range_that_grows_is_judged_by_shares(void **state)
{
    (void)state;
    struct series *s = series_new();
    series_add(s, "hosts.h.tcp4.in_use");
    series_add(s, "hosts.h.tcp4.capacity");
    series_add(s, "hosts.h.tcp4.outgoing.TIME_WAIT");
    series_add(s, "hosts.h.destinations.web:80.holders");
    series_append(s, 0, (double[]){10, 100, 10, 10});
    series_append(s, SIM_S, (double[]){90, 100, 90, 80});
    series_append(s, 2 * SIM_S, (double[]){300, 1000, 300, 300});
    struct run_record run = {.scenario = "x", .series = s};
    assert_said(&figure_states, &run, "headline",
                "h: at most 90 of 100 ports taken (90 %), at 1 s");
    assert_said(&figure_destinations, &run, "headline",
                "h: web:80 holds 80 of 100 ports (80 %) at 1 s");
    series_free(s);
}

static void test_a_gateways_ports_are_held_by_the_flows_it_knows(void **state)
{
    (void)state;
    struct series *s = series_new();
    series_add(s, "hosts.nat.tcp4.in_use");
    series_add(s, "hosts.nat.tcp4.capacity");
    series_add(s, "hosts.nat.nat.mappings.CLOSE");
    series_add(s, "hosts.nat.nat.mappings.ESTABLISHED");
    series_append(s, 0, (double[]){10, 1000, 0, 10});
    series_append(s, SIM_S, (double[]){900, 1000, 90, 810});
    struct run_record run = {.scenario = "x", .series = s};
    assert_said(&figure_states, &run, "headline",
                "nat: at most 900 of 1,000 ports taken (90 %), at 1 s");
    assert_said(&figure_states, &run, "detail",
                "ESTABLISHED holds 90 % of them, CLOSE 10 %");
    assert_said(&figure_states, &run, "y_label", "flows the gateway knows, by state");
    series_free(s);
}

static void test_the_fullest_host_is_the_one_under_study(void **state)
{
    (void)state;
    struct series *s = series_new();
    static const char *const columns[] = {
        "hosts.clients.tcp4.in_use", "hosts.clients.tcp4.capacity",
        "hosts.proxy.udp4.in_use",   "hosts.proxy.udp4.capacity",
        "hosts.proxy.tcp4.in_use",   "hosts.proxy.tcp4.capacity",
    };
    for (size_t i = 0; i < COUNT(columns); i++)
        series_add(s, columns[i]);
    series_append(s, 0, (double[]){5000, 1000000, 5, 100, 20, 100});
    series_append(s, SIM_S, (double[]){6000, 1000000, 6, 100, 30, 100});
    struct run_record run = {.series = s};
    struct figure_pool pool = figure_pool_find(&run);
    assert_string_equal(pool.host, "proxy");
    assert_string_equal(pool.name, "tcp4");
    figure_pool_free(&pool);
    /* What happened between two samples is in the summary. */
    static const struct run_metric metrics[] = {
        {"hosts.clients.tcp4.in_use_max", "ports", 999999, 0, 0},
        {"hosts.clients.tcp4.capacity", "ports", 1000000, 0, 0},
    };
    run.metrics = metrics;
    run.metric_count = COUNT(metrics);
    pool = figure_pool_find(&run);
    assert_string_equal(pool.host, "clients");
    figure_pool_free(&pool);
    series_free(s);
}

static void test_changes_at_one_moment_share_a_mark(void **state)
{
    (void)state;
    static const struct run_event log[] = {
        {SIM_S, "h", "", "change", "a = 1"},
        {SIM_S, "h", "", "change", "b = 2"},
        {2 * SIM_S, "h", "", "exhaustion-begins", "tcp4"},
        {5 * SIM_S, "h", "", "change", "c = 3"},
    };
    struct taken rows[8] = {{1, 1}};
    struct series *s = host_series(rows, 8);
    struct run_record run = {
        .scenario = "x", .series = s, .log = log, .log_count = COUNT(log)};
    struct canvas canvas = {.plots = {.handle = -1}};
    struct figure_source source = source_of(&run, &canvas);
    struct text script = {0};
    assert_true(figure_states.compose(&source, &script));
    assert_non_null(strstr(text_of(&script), "marks = 2\narray mark_at[2] = [1, 5]\n"));
    assert_non_null(strstr(text_of(&script), "array mark_line[2] = "
                                             "['1  at 1 s: a = 1; b = 2', "
                                             "'2  at 5 s: c = 3']\n"));
    text_free(&script);
    figure_pool_free(&source.pool);
    canvas_close(&canvas);
    series_free(s);
}

/* --- data ----------------------------------------------------------------------------
 */

/* The script of the states of a run of such a host; the caller's to free. */
static struct text states_of(const struct taken *rows, size_t count, unsigned moments)
{
    struct series *s = host_series(rows, count);
    struct run_record run = {.scenario = "x", .series = s};
    struct canvas canvas = {.plots = {.handle = -1}};
    struct figure_source source = source_of(&run, &canvas);
    struct text script = {0};
    source.moments = moments;
    assert_true(figure_states.compose(&source, &script));
    figure_pool_free(&source.pool);
    canvas_close(&canvas);
    series_free(s);
    return script;
}

/* Reads a row of the data: seconds, upper edges of FIN_WAIT_2 and TIME_WAIT, ports in
 * use. False at its end. */
static bool read_row(char **line, double row[4], double unit_s)
{
    *line = strchr(*line, '\n') + 1;
    if (sscanf(*line, "%lf %lf %lf %lf", &row[0], &row[1], &row[2], &row[3]) != 4)
        return false;
    row[0] = round(row[0] * unit_s);
    return true;
}

/* One sample at the capacity, one of nothing at all, in a run of which a picture shows
 * one sample in forty. */
static void test_no_peak_and_no_dip_is_lost(void **state)
{
    (void)state;
    static struct taken rows[20000];
    bool peak = false, dip = false, state_alone = false;
    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = (struct taken){30, 20};
    rows[12345] = (struct taken){63, 37};
    rows[7777] = (struct taken){0, 0};
    rows[9999] = (struct taken){0, 50}; /* of which the total says nothing */
    struct text script = states_of(rows, COUNT(rows), 450);
    char *line = strstr(script.bytes, "$data << EOD\n");
    double row[4];
    while (read_row(&line, row, 3600)) {
        peak |= row[0] == 12345 && row[2] == 100 && row[3] == 100;
        dip |= row[0] == 7777 && row[2] == 0;
        state_alone |= row[0] == 9999 && row[1] == 0 && row[2] == 50;
    }
    assert_true(peak && dip && state_alone);
    text_free(&script);
}

/* What is drawn was sampled, row by row. */
static void test_every_drawn_row_is_a_sample(void **state)
{
    (void)state;
    static struct taken rows[30000];
    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = (struct taken){(double)(i / 100 % 37), (double)(i / 300 % 61)};
    struct text script = states_of(rows, COUNT(rows), 450);
    char *line = strstr(script.bytes, "$data << EOD\n");
    double row[4], before = -1;
    while (read_row(&line, row, 3600)) {
        const struct taken *taken = &rows[(size_t)row[0]];
        assert_true(row[0] > before);
        assert_true(row[1] == taken->fin_wait_2);
        assert_true(row[2] == taken->fin_wait_2 + taken->time_wait);
        before = row[0];
    }
    assert_true(before == COUNT(rows) - 1);
    assert_non_null(strstr(script.bytes, "banded = 0\n"));
    text_free(&script);
}

/* Where rows would be a hatching: means, beside how low and how high each bin came. */
static void test_a_noisy_run_is_drawn_by_means_and_extremes(void **state)
{
    (void)state;
    static struct taken rows[30000];
    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = (struct taken){(double)(i % 37), (double)(i % 61)};
    rows[20000] = (struct taken){0, 100};
    rows[10000] = (struct taken){0, 0};
    struct text script = states_of(rows, COUNT(rows), 450);
    char *line = strstr(script.bytes, "$data << EOD\n");
    double least = 100, most = 0, top = 0, v[6];
    for (line = strchr(line, '\n') + 1; sscanf(line, "%lf %lf %lf %lf %lf %lf", &v[0],
                                               &v[1], &v[2], &v[3], &v[4], &v[5]) == 6;
         line = strchr(line, '\n') + 1) {
        least = fmin(least, v[4]);
        most = fmax(most, v[5]);
        top = fmax(top, v[2]);
        assert_true(fabs(v[2] - v[3]) < 1e-9 && v[4] <= v[3] && v[3] <= v[5]);
    }
    assert_true(least == 0 && most == 100 && top < 60);
    assert_non_null(strstr(script.bytes, "banded = 1\n"));
    assert_non_null(strstr(script.bytes, "(means of "));
    text_free(&script);
}

static void test_a_quiet_run_is_drawn_by_few_rows(void **state)
{
    (void)state;
    static struct taken rows[30000];
    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = (struct taken){30, 20};
    struct text script = states_of(rows, COUNT(rows), 450);
    char *line = strstr(script.bytes, "$data << EOD\n");
    size_t count = 0;
    for (double row[4]; read_row(&line, row, 3600);)
        count++;
    assert_true(count > 100 && count <= 901);
    text_free(&script);
}

/* However many states there are. */
static void test_pictures_never_hold_more_than_5000_rows(void **state)
{
    (void)state;
    static const char *const names[] = {
        "BOUND",      "SYN_SENT",   "SYN_RECEIVED", "ESTABLISHED", "CLOSE_WAIT",
        "FIN_WAIT_1", "FIN_WAIT_2", "CLOSING",      "LAST_ACK",    "TIME_WAIT"};
    struct series *s = series_new();
    double row[2 + COUNT(names)];
    series_add(s, "hosts.h.tcp4.in_use");
    series_add(s, "hosts.h.tcp4.capacity");
    for (size_t i = 0; i < COUNT(names); i++) {
        char *name = memory_print("hosts.h.tcp4.outgoing.%s", names[i]);
        series_add(s, name);
        free(name);
    }
    for (size_t i = 0; i < 50000; i++) {
        row[0] = 0;
        row[1] = 1000;
        for (size_t k = 0; k < COUNT(names); k++)
            row[0] += row[2 + k] = (double)((i * (k + 3) + i / (k + 7) * 29) % 97);
        series_append(s, (sim_ns)i * SIM_S, row);
    }
    struct run_record run = {.scenario = "x", .series = s};
    struct canvas canvas = {.plots = {.handle = -1}};
    struct figure_source source = source_of(&run, &canvas);
    struct text script = {0};
    assert_true(figure_states.compose(&source, &script));
    size_t lines = 0;
    for (const char *p = strstr(script.bytes, "$data << EOD\n"); p; lines++)
        p = strchr(p + 1, '\n');
    assert_true(lines > 200 && lines <= 5000);
    text_free(&script);
    figure_pool_free(&source.pool);
    canvas_close(&canvas);
    series_free(s);
}

static void test_long_names_keep_both_ends(void **state)
{
    (void)state;
    char out[FIGURE_SHORT];
    assert_string_equal(figure_short("cifs:445", out), "cifs:445");
    assert_string_equal(figure_short("123456789012345678", out), "123456789012345678");
    assert_string_equal(figure_short("server-with-a-long-name:443", out),
                        "server-wi\xE2\x80\xA6"
                        "ame:443");
    /* No character is cut in two. */
    assert_string_equal(figure_short("aaaaaaaa\xC3\xA9-----------\xC3\xA9"
                                     "bbbbbb",
                                     out),
                        "aaaaaaaa\xE2\x80\xA6"
                        "bbbbbb");
}

/* --- colours --------------------------------------------------------------------------
 */

struct colour {
    double r, g, b; /* linear, 0..1 */
};

struct lab {
    double l, a, b;
};

static double linear(unsigned byte)
{
    double c = byte / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* sRGB to CIELAB, D65 [IEC 61966-2-1; ISO/CIE 11664-4]. */
static struct lab lab_of(struct colour c)
{
    double xyz[3] = {
        (0.4124 * c.r + 0.3576 * c.g + 0.1805 * c.b) / 0.95047,
        0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b,
        (0.0193 * c.r + 0.1192 * c.g + 0.9505 * c.b) / 1.08883,
    };
    double f[3];
    for (int i = 0; i < 3; i++) {
        double t = fmax(xyz[i], 0), edge = 6.0 / 29;
        f[i] = t > pow(edge, 3) ? cbrt(t) : t / (3 * edge * edge) + 4.0 / 29;
    }
    return (struct lab){116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
}

/* As seen by whom: rows of a matrix on linear colours [Machado, Oliveira, Fernandes 2009,
 * severity 1.0]. */
static const struct {
    const char *who;
    double m[3][3];
} eyes[] = {
    {"most people", {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
    {"people with deuteranopia",
     {{0.367322, 0.860646, -0.227968},
      {0.280085, 0.672501, 0.047413},
      {-0.011820, 0.042940, 0.968881}}},
    {"people with protanopia",
     {{0.152286, 1.052583, -0.204868},
      {0.114503, 0.786281, 0.099216},
      {-0.003882, -0.048116, 1.051998}}},
};

static struct colour seen(struct colour c, const double m[3][3])
{
    double out[3];
    for (int i = 0; i < 3; i++)
        out[i] = fmin(fmax(m[i][0] * c.r + m[i][1] * c.g + m[i][2] * c.b, 0), 1);
    return (struct colour){out[0], out[1], out[2]};
}

#define STATES_MAX 16

/* The state colours that plots/colours.gp defines. */
static unsigned read_colours(char names[STATES_MAX][32],
                             struct colour colours[STATES_MAX])
{
    char *file = scratch_get(SCRIPTS, "colours.gp");
    assert_non_null(file);
    unsigned count = 0;
    for (char *line = file; line && count < STATES_MAX; line = strchr(line + 1, '\n')) {
        unsigned rgb;
        if (sscanf(line, " state_%31[A-Z0-9_] = 0x%6x", names[count], &rgb) == 2)
            colours[count++] = (struct colour){linear(rgb >> 16), linear(rgb >> 8 & 255),
                                               linear(rgb & 255)};
    }
    free(file);
    return count;
}

/* What colours.gp promises: 6 L* apart in grey, 10 apart (CIE76) in colour. */
static void test_states_can_be_told_apart_in_grey_and_by_all_eyes(void **state)
{
    (void)state;
    char names[STATES_MAX][32];
    struct colour colours[STATES_MAX];
    unsigned count = read_colours(names, colours);
    assert_int_equal(count, 10);
    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < i; k++) {
            double grey = fabs(lab_of(colours[i]).l - lab_of(colours[k]).l);
            if (grey < 6)
                fail_msg("%s and %s are %.1f L* apart", names[i], names[k], grey);
            for (size_t e = 0; e < COUNT(eyes); e++) {
                struct lab one = lab_of(seen(colours[i], eyes[e].m));
                struct lab two = lab_of(seen(colours[k], eyes[e].m));
                double apart = sqrt(pow(one.l - two.l, 2) + pow(one.a - two.a, 2) +
                                    pow(one.b - two.b, 2));
                if (apart < 10)
                    fail_msg("%s and %s are %.1f apart for %s", names[i], names[k], apart,
                             eyes[e].who);
            }
        }
}

/* --- drawing --------------------------------------------------------------------------
 */

static void write_run(const char *directory, const struct run_record *record)
{
    struct results_error error;
    struct run_directory *d = run_directory_prepare(directory, true, &error);
    if (!d || !run_directory_write(d, record, &error))
        fail_msg("%s", error.text);
    run_directory_free(d);
}

static void write_synthetic(const char *directory, struct synthetic_shape shape)
{
    struct synthetic_run *run = synthetic_run_new(&shape);
    write_run(directory, &run->record);
    synthetic_run_free(run);
}

static struct synthetic_shape short_shape(void)
{
    struct synthetic_shape shape = synthetic_s1();
    shape.seconds = 60;
    shape.change_s = 30;
    return shape;
}

static bool draw(const char *directory, enum figure_format format,
                 struct figures_drawn *drawn, struct results_error *error)
{
    struct figures_request request = {
        .directory = directory, .scripts = SCRIPTS, .format = format};
    return draw_stored(figures_draw, &request, drawn, error);
}

static void assert_drawn(const char *directory, enum figure_format format)
{
    struct figures_drawn drawn = {0};
    struct results_error error = {0};
    if (!draw(directory, format, &drawn, &error))
        fail_msg("%s", error.text);
    assert_int_equal(drawn.count, 3);
    for (unsigned i = 0; i < drawn.count; i++)
        assert_true(scratch_exists(directory, drawn.at[i].path));
    figures_drawn_free(&drawn);
}

static void test_pictures_asked_for_are_given_back_with_what_they_say(void **state)
{
    NEEDS_GNUPLOT;
    static const char *const only[] = {"outcomes", "knee"};
    write_synthetic(*state, short_shape());
    struct figures_request request = {.directory = *state,
                                      .scripts = SCRIPTS,
                                      .format = FIGURE_SVG,
                                      .keep = true,
                                      .only = only,
                                      .only_count = 2};
    struct figures_drawn drawn = {0};
    struct results_error error = {0};
    if (!draw_stored(figures_draw, &request, &drawn, &error))
        fail_msg("%s", error.text);
    assert_int_equal(drawn.count, 1);
    assert_string_equal(drawn.at[0].kind, "outcomes");
    assert_null(drawn.at[0].path);
    assert_non_null(strstr(text_of(&drawn.at[0].kept), drawn.at[0].headline));
    assert_non_null(strstr(text_of(&drawn.at[0].kept), "</svg>"));
    assert_false(scratch_exists(*state, "plots"));
    figures_drawn_free(&drawn);
}

static void test_three_pictures_are_drawn_twice_with_the_same_bytes(void **state)
{
    NEEDS_GNUPLOT;
    static const char *const names[] = {"states.svg",       "states.png",
                                        "outcomes.svg",     "outcomes.png",
                                        "destinations.svg", "destinations.png"};
    write_synthetic(*state, short_shape());
    struct safe_directory run, plots;
    struct results_error error;
    struct file_sum first[COUNT(names)], second;
    for (int round = 0; round < 2; round++) {
        assert_drawn(*state, FIGURE_SVG);
        assert_drawn(*state, FIGURE_PNG);
        assert_true(safe_directory_open(&run, *state, &error));
        assert_true(safe_directory_enter(&plots, &run, "plots", &error));
        for (size_t i = 0; i < COUNT(names); i++) {
            assert_true(
                safe_file_measure(&plots, names[i], round ? &second : &first[i], &error));
            if (round)
                assert_string_equal(second.sha256, first[i].sha256);
        }
        assert_int_equal(scratch_entries(plots.path), COUNT(names));
        safe_directory_close(&plots);
        safe_directory_close(&run);
    }
}

static void test_the_terminal_gets_plain_lines_that_fit(void **state)
{
    NEEDS_GNUPLOT;
    static const unsigned sizes[][2] = {{80, 24}, {60, 18}, {132, 50}, {0, 0}};
    write_synthetic(*state, short_shape());
    for (size_t i = 0; i < COUNT(sizes); i++) {
        char *bytes;
        size_t length;
        FILE *terminal = open_memstream(&bytes, &length);
        struct figures_request request = {.directory = *state,
                                          .scripts = SCRIPTS,
                                          .format = FIGURE_DUMB,
                                          .terminal = terminal,
                                          .columns = sizes[i][0],
                                          .rows = sizes[i][1]};
        struct figures_drawn drawn = {0};
        struct results_error error = {0};
        bool good = draw_stored(figures_draw, &request, &drawn, &error);
        fclose(terminal);
        if (!good)
            fail_msg("%s", error.text);
        assert_non_null(strstr(bytes, "proxy: at most"));
        assert_non_null(strstr(bytes, "T TIME_WAIT"));
        unsigned width = 0;
        for (const char *p = bytes; *p; p++) {
            assert_true(*p == '\n' || (unsigned char)*p >= 0x20);
            width = *p == '\n' ? 0 : width + (((unsigned char)*p & 0xC0) != 0x80);
            assert_true(width <= (sizes[i][0] ? sizes[i][0] : 80));
        }
        figures_drawn_free(&drawn);
        free(bytes);
    }
    assert_false(scratch_exists(*state, "plots"));
}

static void test_hostile_texts_in_every_place_are_only_shown(void **state)
{
    NEEDS_GNUPLOT;
    char *canary = memory_print("%s/canary", (char *)*state);
    char *directory = memory_print("%s/run", (char *)*state);
    for (size_t i = 0; hostile_texts[i]; i++) {
        char *text = hostile_text(hostile_texts[i], canary);
        char *other = memory_print("%s!", text);
        struct synthetic_shape shape = short_shape();
        shape.scenario = shape.host = shape.change = text;
        shape.apps[0] = shape.destinations[0] = text;
        shape.apps[1] = shape.destinations[1] = other;
        write_synthetic(directory, shape);
        struct figures_drawn drawn = {0};
        struct results_error error = {0};
        if (!draw(directory, FIGURE_SVG, &drawn, &error) || drawn.count != 3)
            fail_msg("text %zu (%s): %s", i, text, error.text);
        if (scratch_exists(*state, "canary"))
            fail_msg("text %zu was obeyed: %s", i, text);
        figures_drawn_free(&drawn);
        free(text);
        free(other);
    }
    free(canary);
    free(directory);
}

/* Names of codes and states choose colours; a strange one must not choose code. */
static void test_strange_codes_are_drawn_as_others(void **state)
{
    NEEDS_GNUPLOT;
    char *canary = memory_print("%s/canary", (char *)*state);
    char *directory = memory_print("%s/run", (char *)*state);
    struct series *s = series_new();
    series_add(s, "apps.a.attempts_per_s");
    series_add(s, "apps.a.failures_per_s");
    double row[16] = {10, 8};
    unsigned columns = 2;
    for (size_t i = 0; i < 8; i++) {
        char *text = hostile_text(hostile_texts[i], canary);
        char *name = memory_print("apps.a.failures.%s_per_s", text);
        series_add(s, name);
        row[columns++] = 1;
        free(name);
        free(text);
    }
    series_append(s, 0, row);
    series_append(s, SIM_S, row);
    struct run_record run = {
        .scenario = "x", .series = s, .resolved_scenario = "{}\n", .simulated = SIM_S};
    write_run(directory, &run);
    struct figures_drawn drawn = {0};
    struct results_error error = {0};
    if (!draw(directory, FIGURE_SVG, &drawn, &error))
        fail_msg("%s", error.text);
    assert_int_equal(drawn.count, 1);
    assert_string_equal(drawn.at[0].path, "plots/outcomes.svg");
    assert_false(scratch_exists(*state, "canary"));
    figures_drawn_free(&drawn);
    series_free(s);
    free(canary);
    free(directory);
}

/* Many of everything, a capacity that changes, values that are missing. */
static void test_a_crowded_run_is_drawn(void **state)
{
    NEEDS_GNUPLOT;
    struct series *s = series_new();
    char name[128];
    series_add(s, "hosts.h.tcp4.in_use");
    series_add(s, "hosts.h.tcp4.capacity");
    static const char *const states[] = {"BOUND",   "ESTABLISHED", "CLOSE_WAIT",
                                         "CLOSING", "LAST_ACK",    "SYN_SENT"};
    for (size_t i = 0; i < COUNT(states); i++) {
        snprintf(name, sizeof name, "hosts.h.tcp4.sockets.%s", states[i]);
        series_add(s, name);
    }
    for (int i = 0; i < 30; i++) {
        snprintf(name, sizeof name, "hosts.h.destinations.server%d:443.holders", i);
        series_add(s, name);
        snprintf(name, sizeof name, "apps.app%d.attempts_per_s", i);
        series_add(s, name);
    }
    double row[80];
    for (uint32_t r = 0; r < 2000; r++) {
        for (uint32_t c = 0; c < series_columns(s); c++)
            row[c] = (r + c) % 7 == 0 ? (double)NAN : (double)((r * (c + 1)) % 101);
        row[1] = r < 1000 ? 100 : 200;
        series_append(s, r * SIM_MIN, row);
    }
    struct run_event log[40];
    for (int i = 0; i < 40; i++)
        log[i] = (struct run_event){i * SIM_MIN, "h", "", "change", "x = 1"};
    struct run_record run = {.scenario = "crowded",
                             .status = RUN_INTERRUPTED,
                             .simulated = 2000 * SIM_MIN,
                             .series = s,
                             .log = log,
                             .log_count = 40,
                             .resolved_scenario = "{}\n"};
    write_run(*state, &run);
    assert_drawn(*state, FIGURE_SVG);
    assert_drawn(*state, FIGURE_PNG);
    series_free(s);
}

static void test_a_run_without_samples_is_an_error(void **state)
{
    struct series *s = series_new();
    series_add(s, "hosts.h.tcp4.in_use");
    struct run_record run = {.scenario = "x", .series = s, .resolved_scenario = "{}\n"};
    struct figures_drawn drawn = {0};
    struct results_error error = {0};
    write_run(*state, &run);
    assert_false(draw(*state, FIGURE_SVG, &drawn, &error));
    assert_non_null(strstr(error.text, "fewer than two samples"));
    assert_false(scratch_exists(*state, "plots"));
    series_append(s, 0, (double[]){0});
    series_append(s, SIM_S, (double[]){0});
    write_run(*state, &run);
    assert_true(draw(*state, FIGURE_SVG, &drawn, &error));
    assert_int_equal(drawn.count, 0);
    series_free(s);
}

/* --- a machine that fails -------------------------------------------------------------
 */

static void assert_refused(const char *directory, const char *why)
{
    struct figures_drawn drawn = {0};
    struct results_error error = {0};
    bool good = draw(directory, FIGURE_PNG, &drawn, &error);
    if (good || !strstr(error.text, why))
        fail_msg("expected \"... %s ...\", got \"%s\"", why,
                 good ? "pictures" : error.text);
    figures_drawn_free(&drawn);
}

static void test_a_missing_or_lying_gnuplot_leaves_no_picture(void **state)
{
    static const struct {
        const char *gnuplot; /* NULL: there is none */
        const char *why;
    } cases[] = {
        {NULL, "apt-get install gnuplot-nox"},
        {"exit 0", "no whole picture"},
        {"printf '\\211PNG\\r\\n\\032\\n half of it'; exit 0", "no whole picture"},
        {"exit 1", "gnuplot failed"},
    };
    char *bin = memory_print("%s/bin", (char *)*state);
    char *directory = memory_print("%s/run", (char *)*state);
    char *plots = memory_print("%s/plots", directory);
    char *file = memory_print("%s/gnuplot", bin);
    const char *path = getenv("PATH");
    char *kept = memory_text(path, strlen(path));
    assert_int_equal(mkdir(bin, 0777), 0);
    write_synthetic(directory, short_shape());
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (cases[i].gnuplot) {
            char *script = memory_print("#!/bin/sh\n%s\n", cases[i].gnuplot);
            scratch_put(bin, "gnuplot", script, strlen(script));
            chmod(file, 0755);
            free(script);
        }
        setenv("PATH", bin, 1);
        assert_refused(directory, cases[i].why);
        setenv("PATH", kept, 1);
        assert_int_equal(scratch_entries(plots), 0);
    }
    free(bin);
    free(directory);
    free(plots);
    free(file);
    free(kept);
}

static void test_a_damaged_run_is_not_drawn(void **state)
{
    write_synthetic(*state, short_shape());
    char *series = scratch_get(*state, "timeseries.csv");
    scratch_put(*state, "timeseries.csv", series, strlen(series) - 10);
    assert_refused(*state, "checksum");
    assert_false(scratch_exists(*state, "plots"));
    free(series);
}

static void test_missing_scripts_are_named(void **state)
{
    NEEDS_GNUPLOT;
    write_synthetic(*state, short_shape());
    struct figures_request request = {.directory = *state, .scripts = "/nonexistent"};
    struct figures_drawn drawn = {0};
    struct results_error error = {0};
    assert_false(draw_stored(figures_draw, &request, &drawn, &error));
    assert_non_null(strstr(error.text, "/nonexistent"));
    request.scripts = *state;
    assert_false(draw_stored(figures_draw, &request, &drawn, &error));
    assert_non_null(strstr(error.text, "states.gp"));
}

/* Draws over the older picture "old" and fails; 0 if that one stays, alone. */
static int old_picture_survives(const char *directory)
{
    struct figures_drawn drawn = {0};
    struct results_error error = {0};
    if (draw(directory, FIGURE_SVG, &drawn, &error) || error.code == 0)
        return 1;
    char *plots = memory_print("%s/plots", directory);
    char *old = scratch_get(plots, "states.svg");
    return old && strcmp(old, "old") == 0 && scratch_entries(plots) == 1 ? 0 : 2;
}

static void put_old_picture(const char *directory)
{
    char *plots = memory_print("%s/plots", directory);
    mkdir(plots, 0777);
    scratch_put(plots, "states.svg", "old", 3);
    free(plots);
}

static int under_a_file_size_limit(void *directory)
{
    struct rlimit limit = {.rlim_cur = 5000, .rlim_max = 5000};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return SCRATCH_CANNOT;
    return old_picture_survives(directory);
}

static void test_a_file_size_limit_leaves_no_half_picture(void **state)
{
    NEEDS_GNUPLOT;
    write_synthetic(*state, short_shape());
    put_old_picture(*state);
    assert_int_equal(scratch_child(under_a_file_size_limit, *state), 0);
}

static int on_a_full_disk(void *directory)
{
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", directory, "tmpfs", 0, "size=64k") != 0)
        return SCRATCH_CANNOT;
    write_synthetic(directory, short_shape());
    put_old_picture(directory);
    char *plots = memory_print("%s/filler", (char *)directory);
    FILE *filler = fopen(plots, "wb");
    while (fputc('x', filler) != EOF && fflush(filler) == 0)
        continue;
    fclose(filler);
    return old_picture_survives(directory);
}

static void test_a_full_disk_leaves_no_half_picture(void **state)
{
    NEEDS_GNUPLOT;
    int result = scratch_child(on_a_full_disk, *state);
    if (result == SCRATCH_CANNOT) {
        print_message("a full disk: not tried, mounting is not allowed here\n");
        skip();
    }
    assert_int_equal(result, 0);
}

int main(void)
{
#define ON_DISK(test) cmocka_unit_test_setup_teardown(test, open_scratch, close_scratch)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headlines_say_when_the_range_was_full),
        cmocka_unit_test(test_words_are_those_of_the_series),
        cmocka_unit_test(test_outcomes_name_who_loses_and_why),
        cmocka_unit_test(test_destinations_name_the_largest_holder),
        cmocka_unit_test(test_the_fullest_host_is_the_one_under_study),
        cmocka_unit_test(test_a_gateways_ports_are_held_by_the_flows_it_knows),
        cmocka_unit_test(test_changes_at_one_moment_share_a_mark),
        cmocka_unit_test(test_a_range_that_grows_is_judged_by_shares),
        cmocka_unit_test(test_no_peak_and_no_dip_is_lost),
        cmocka_unit_test(test_every_drawn_row_is_a_sample),
        cmocka_unit_test(test_a_noisy_run_is_drawn_by_means_and_extremes),
        cmocka_unit_test(test_a_quiet_run_is_drawn_by_few_rows),
        cmocka_unit_test(test_pictures_never_hold_more_than_5000_rows),
        cmocka_unit_test(test_long_names_keep_both_ends),
        cmocka_unit_test(test_states_can_be_told_apart_in_grey_and_by_all_eyes),
        ON_DISK(test_three_pictures_are_drawn_twice_with_the_same_bytes),
        ON_DISK(test_pictures_asked_for_are_given_back_with_what_they_say),
        ON_DISK(test_the_terminal_gets_plain_lines_that_fit),
        ON_DISK(test_hostile_texts_in_every_place_are_only_shown),
        ON_DISK(test_strange_codes_are_drawn_as_others),
        ON_DISK(test_a_crowded_run_is_drawn),
        ON_DISK(test_a_run_without_samples_is_an_error),
        ON_DISK(test_a_missing_or_lying_gnuplot_leaves_no_picture),
        ON_DISK(test_a_damaged_run_is_not_drawn),
        ON_DISK(test_missing_scripts_are_named),
        ON_DISK(test_a_file_size_limit_leaves_no_half_picture),
        ON_DISK(test_a_full_disk_leaves_no_half_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
