/* What a run counts beside its metrics: transitions of TCP and distributions of samples;
 * and the figures that show them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/tcp_state.h"
#include "sim/base/memory.h"
#include "sim/results/figure.h"
#include "sim/results/figures.h"
#include "sim/results/program.h"
#include "sim/results/run_directory.h"
#include "tests/drawn.h"
#include "tests/hostile.h"
#include "tests/run_text.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Ten ports, TIME_WAIT of 2 s, servers of which some never close; a listener and its
 * clients on two hosts. */
#define SCENARIO                                                                         \
    "{\"version\": 1, \"name\": \"counts\", \"duration\": \"10min\","                    \
    " \"sample_every\": \"10s\", \"warm_up\": \"1min\","                                 \
    " \"hosts\": {\"a\": {\"stack\": \"linux518\", \"tcp\": {\"range\": [50000, 50063]," \
    " \"time_wait\": \"2s\", \"fin_wait_2\": \"5s\"}},"                                  \
    " \"b\": {\"stack\": \"linux518\", \"listen\": [80]}},"                              \
    " \"apps\": {\"x\": {\"from\": \"a\", \"to\": \"b:80\","                             \
    " \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"5/s\"},"                         \
    " \"lifetime\": {\"kind\": \"exponential\", \"mean\": \"1s\"},"                      \
    " \"closes_first\": \"client\","                                                     \
    " \"server_close\": [{\"share\": 0.7, \"kind\": \"prompt\"},"                        \
    " {\"share\": 0.3, \"kind\": \"never\"}]}}}"

struct counted {
    struct text_plan plan;
    struct trial_result *result;
    const struct run_record *record;
};

static int open_run(void **state)
{
    struct counted *c = memory_new(1, sizeof *c);
    c->plan = text_plan_read(SCENARIO);
    c->result = trial_run(c->plan.plan, 1, 1, NULL);
    c->record = &c->result->record;
    *state = c;
    return 0;
}

static int close_run(void **state)
{
    struct counted *c = *state;
    trial_result_free(c->result);
    text_plan_free(&c->plan);
    free(c);
    return 0;
}

/* --- transitions ----------------------------------------------------------------------
 */

static void test_states_of_files_are_those_of_the_models(void **state)
{
    (void)state;
    for (int i = TCP_CLOSED; i < TCP_STATE_COUNT; i++)
        assert_string_equal(run_tcp_states[i - TCP_CLOSED],
                            tcp_state_name((enum tcp_state)i));
    assert_null(run_tcp_states[TCP_STATE_COUNT - TCP_CLOSED]);
}

static uint64_t times(const struct run_record *r, const char *host, enum tcp_state from,
                      enum tcp_state to)
{
    for (size_t i = 0; i < r->transition_count; i++) {
        const struct run_transition *t = &r->transitions[i];
        if (strcmp(t->host, host) == 0 && t->from == (unsigned)from - TCP_CLOSED &&
            t->to == (unsigned)to - TCP_CLOSED)
            return t->count;
    }
    return 0;
}

static bool is_edge(unsigned from, unsigned to)
{
    for (int input = 0; input < TCP_INPUT_COUNT; input++)
        if (tcp_edges[from + TCP_CLOSED][input].next == to + TCP_CLOSED)
            return true;
    return false;
}

/* What goes into a state comes out of it, or is still there; and each edge is legal. */
static void test_every_socket_that_entered_a_state_left_it_or_is_there(void **state)
{
    const struct counted *c = *state;
    const struct run_record *r = c->record;
    static const char *const hosts[] = {"a", "b"};
    for (size_t i = 0; i < r->transition_count; i++)
        assert_true(is_edge(r->transitions[i].from, r->transitions[i].to));
    for (size_t h = 0; h < COUNT(hosts); h++)
        for (int of = TCP_SYN_SENT; of < TCP_STATE_COUNT; of++) {
            uint64_t in = 0, out = 0;
            for (int other = TCP_CLOSED; other < TCP_STATE_COUNT; other++) {
                in += times(r, hosts[h], (enum tcp_state)other, (enum tcp_state)of);
                out += times(r, hosts[h], (enum tcp_state)of, (enum tcp_state)other);
            }
            assert_true(in >= out && in - out < 100);
        }
    uint64_t opened = times(r, "a", TCP_CLOSED, TCP_SYN_SENT);
    assert_true(opened > 1000 && opened == r->connections);
    assert_true(times(r, "b", TCP_LISTEN, TCP_SYN_RECEIVED) <= opened);
}

/* Three of ten servers never close: their FIN_WAIT_2 ends by its timer. */
static void test_a_timer_and_a_fin_leave_fin_wait_2_by_different_edges(void **state)
{
    const struct counted *c = *state;
    double over = (double)times(c->record, "a", TCP_FIN_WAIT_2, TCP_CLOSED);
    double fin = (double)times(c->record, "a", TCP_FIN_WAIT_2, TCP_TIME_WAIT);
    assert_true(fabs(over / (over + fin) - 0.3) < 0.04);
}

/* --- distributions --------------------------------------------------------------------
 */

static void test_buckets_hold_what_the_metric_was_read_from(void **state)
{
    const struct counted *c = *state;
    const struct run_record *r = c->record;
    static const char metric[] = "hosts.a.tcp4.reuse_interval_s";
    double count = 0, sum = 0, before = 0, median = 0;
    for (int round = 0; round < 2; round++) {
        double seen = 0;
        for (size_t i = 0; i < r->distribution_count; i++) {
            const struct run_bucket *b = &r->distributions[i];
            if (strcmp(b->metric, metric) != 0)
                continue;
            double middle = (b->low + b->high) / 2;
            if (round == 0) {
                assert_true(b->low >= before && b->high > b->low && b->count > 0);
                before = b->high;
                count += (double)b->count;
                sum += middle * (double)b->count;
                continue;
            }
            seen += (double)b->count;
            if (median == 0 && seen >= count / 2)
                median = middle;
        }
    }
    double mean = result_metric(c->result, metric);
    assert_true(count > 1000 && fabs(sum / count - mean) < 0.017 * mean);
    double p50 = result_metric(c->result, "hosts.a.tcp4.reuse_interval_s.p50");
    assert_true(fabs(median - p50) < 0.035 * p50);
}

static void test_every_sampled_metric_has_its_buckets(void **state)
{
    const struct counted *c = *state;
    static const char *const metrics[] = {
        "hosts.a.tcp4.probes", "hosts.a.tcp4.reuse_interval_s", "apps.x.connect_delay_s"};
    for (size_t i = 0; i < COUNT(metrics); i++) {
        bool found = false;
        for (size_t k = 0; k < c->record->distribution_count; k++)
            found |= strcmp(c->record->distributions[k].metric, metrics[i]) == 0;
        if (!found)
            fail_msg("%s has none", metrics[i]);
    }
}

/* --- on the disk ----------------------------------------------------------------------
 */

static void write_it(const char *path, const struct run_record *record)
{
    struct results_error error;
    struct run_directory *d = run_directory_prepare(path, true, &error);
    if (!d || !run_directory_write(d, record, &error))
        fail_msg("%s", error.text);
    run_directory_free(d);
}

static void test_counts_are_read_back_as_they_were_written(void **state)
{
    const struct counted *c = *state;
    struct results_error error;
    char *root = scratch_new(), *path = memory_print("%s/run", root);
    write_it(path, c->record);
    struct stored_run *stored = run_directory_read(path, &error);
    if (!stored)
        fail_msg("%s", error.text);
    const struct run_record *r = &stored->record;
    assert_int_equal(r->transition_count, c->record->transition_count);
    assert_int_equal(r->distribution_count, c->record->distribution_count);
    for (size_t i = 0; i < r->transition_count; i++) {
        const struct run_transition *a = &r->transitions[i],
                                    *b = &c->record->transitions[i];
        assert_string_equal(a->host, b->host);
        assert_true(a->from == b->from && a->to == b->to && a->count == b->count);
    }
    for (size_t i = 0; i < r->distribution_count; i++) {
        const struct run_bucket *a = &r->distributions[i],
                                *b = &c->record->distributions[i];
        assert_string_equal(a->metric, b->metric);
        assert_true(a->low == b->low && a->high == b->high && a->count == b->count);
    }
    stored_run_free(stored);
    scratch_free(root);
    free(path);
}

static void expect_refused(const struct run_record *record, const char *says)
{
    struct results_error error;
    char *root = scratch_new(), *path = memory_print("%s/run", root);
    write_it(path, record);
    assert_null(run_directory_read(path, &error));
    if (!strstr(error.text, says))
        fail_msg("%s", error.text);
    scratch_free(root);
    free(path);
}

static void test_rows_that_cannot_be_are_refused(void **state)
{
    const struct counted *c = *state;
    static const struct run_bucket buckets[] = {
        {"a", 2, 1, 1},           /* not in order */
        {"a", 1, 1, 1},           /* empty */
        {"a", -1, 1, 1},          /* samples are not negative */
        {"a", (double)NAN, 1, 1}, /* nowhere */
        {"a", 0, (double)NAN, 1}, /* likewise */
        {"a", 0, 1, 0},           /* of nothing */
        {"", 0, 1, 1},            /* of no metric */
    };
    static const struct run_transition transitions[] = {
        {"", 0, 2, 1},  /* of no host */
        {"a", 0, 2, 0}, /* that never happened */
    };
    struct run_record record = *c->record;
    record.distribution_count = record.transition_count = 1;
    for (size_t i = 0; i < COUNT(buckets); i++) {
        record.distributions = &buckets[i];
        expect_refused(&record, "distributions.csv: its row 1 says what cannot be");
    }
    record.distributions = c->record->distributions;
    for (size_t i = 0; i < COUNT(transitions); i++) {
        record.transitions = &transitions[i];
        expect_refused(&record, "transitions.csv: its row 1 says what cannot be");
    }
}

/* --- figures --------------------------------------------------------------------------
 */

/* The script of a timeless figure; the caller's to free. */
static struct text script_of(const struct figure_ops *figure,
                             const struct run_record *run)
{
    struct canvas canvas = {.plots = {.handle = -1}};
    struct figure_source source = {.canvas = &canvas,
                                   .run = run,
                                   .series = run->series,
                                   .unit = axis_time_unit(run->simulated),
                                   .pool = figure_pool_find(run)};
    struct text script = {0};
    assert_true(figure->timeless && figure->compose(&source, &script));
    figure_pool_free(&source.pool);
    canvas_close(&canvas);
    return script;
}

static void expect_holds(const struct text *script, const char *part)
{
    if (!strstr(text_of(script), part))
        fail_msg("no \"%s\" in: %s", part, text_of(script));
}

/* Each edge of the models' table that goes on stands in the diagram, and no other but the
 * way to BOUND. */
static void test_the_diagram_has_the_edges_of_the_model(void **state)
{
    const struct counted *c = *state;
    struct text script = script_of(&figure_transitions, c->record);
    for (unsigned from = 0; run_tcp_states[from]; from++)
        for (unsigned to = 1; run_tcp_states[to]; to++) {
            char *name = memory_print("\ncount_%s_%s = ", run_tcp_states[from],
                                      run_tcp_states[to]);
            bool drawn = strstr(text_of(&script), name) != NULL;
            bool bound = from == 0 && to == TCP_BOUND - TCP_CLOSED;
            if (drawn != ((is_edge(from, to) && from != to) || bound))
                fail_msg("%s", name + 1);
            free(name);
        }
    text_free(&script);
}

static void test_the_diagram_says_what_is_odd(void **state)
{
    const struct counted *c = *state;
    struct text script = script_of(&figure_transitions, c->record);
    expect_holds(&script, "left FIN_WAIT_2 without the peer\xE2\x80\x99s FIN'\n");
    expect_holds(&script, "headline = 'a: ");
    expect_holds(&script, "% closed by this end first'");
    text_free(&script);
    const struct run_transition calm[] = {
        {"h", TCP_CLOSED - 1, TCP_SYN_SENT - 1, 70},
        {"h", TCP_SYN_SENT - 1, TCP_ESTABLISHED - 1, 70},
        {"h", TCP_ESTABLISHED - 1, TCP_FIN_WAIT_1 - 1, 65},
        {"h", TCP_FIN_WAIT_1 - 1, TCP_FIN_WAIT_2 - 1, 65},
        {"h", TCP_FIN_WAIT_2 - 1, TCP_TIME_WAIT - 1, 65},
    };
    struct run_record run = {.scenario = "x",
                             .replications = 1,
                             .simulated = 10 * SIM_S,
                             .series = c->record->series,
                             .transitions = calm,
                             .transition_count = COUNT(calm)};
    script = script_of(&figure_transitions, &run);
    expect_holds(&script, "headline = 'h: all 70 connections went the way");
    expect_holds(&script, "times_CLOSED_SYN_SENT = '70 (7/s)'\n");
    expect_holds(&script, "now_ESTABLISHED = '5 at the end'\n");
    expect_holds(&script, "count_ESTABLISHED_CLOSE_WAIT = 0\n");
    text_free(&script);
    run.transition_count = 2; /* nobody closes */
    script = script_of(&figure_transitions, &run);
    expect_holds(&script, "headline = 'h: 70 of 70 (100 %) are still ESTABLISHED");
    text_free(&script);
}

static void test_reuse_says_how_soon_ports_come_back(void **state)
{
    const struct counted *c = *state;
    static const struct run_bucket rows[] = {
        {"hosts.calm.tcp4.reuse_interval_s", 250, 256, 10},
        {"hosts.h.tcp4.reuse_interval_s", 0.0001, 0.00011, 10},
        {"hosts.h.tcp4.reuse_interval_s", 4, 4.1, 40},
        {"hosts.h.tcp4.reuse_interval_s", 100, 104, 50},
        {"hosts.h.udp4.reuse_interval_s", 60, 64, 7},
        {"hosts.h.tcp4.probes", 1, 2, 7},
    };
    struct run_record run = {.scenario = "x",
                             .replications = 1,
                             .series = c->record->series,
                             .distributions = rows,
                             .distribution_count = COUNT(rows)};
    struct text script = script_of(&figure_reuse, &run);
    expect_holds(
        &script,
        "headline = 'h: half of all reuses come within 4.05 s, 50 % within 60 s'");
    expect_holds(&script, "detail = '100 reuses, the soonest after less than 1 ms; "
                          "100 % within 240 s (2 MSL)'");
    expect_holds(&script, "array label_of[3] = ['h', 'calm', 'h udp4']");
    expect_holds(&script, "\n4 10\n4.1 50\n100 50\n104 100\n");
    text_free(&script);
}

/* Draws both figures of a run whose host has such a name. */
static void draw_named(const struct counted *c, const char *directory, const char *name)
{
    static const char *const only[] = {"reuse", "transitions"};
    char *metric = memory_print("hosts.%s.tcp4.reuse_interval_s", name);
    const struct run_bucket buckets[] = {{metric, 1, 2, 3}};
    const struct run_transition transitions[] = {
        {name, TCP_CLOSED - 1, TCP_SYN_SENT - 1, 7},
        {name, TCP_SYN_SENT - 1, TCP_CLOSED - 1, 7},
    };
    struct run_record run = *c->record;
    run.distributions = buckets;
    run.distribution_count = COUNT(buckets);
    run.transitions = transitions;
    run.transition_count = COUNT(transitions);
    write_it(directory, &run);
    struct figures_request request = {.directory = directory,
                                      .scripts = "plots",
                                      .format = FIGURE_SVG,
                                      .only = only,
                                      .only_count = 2};
    struct figures_drawn drawn = {0};
    struct results_error error;
    if (!draw_stored(figures_draw, &request, &drawn, &error))
        fail_msg("%s: %s", name, error.text);
    assert_int_equal(drawn.count, 2);
    figures_drawn_free(&drawn);
    free(metric);
}

static void test_hostile_names_are_only_shown(void **state)
{
    char *gnuplot = program_find("gnuplot");
    if (!gnuplot)
        skip();
    free(gnuplot);
    char *root = scratch_new(), *canary = memory_print("%s/canary", root);
    char *directory = memory_print("%s/run", root);
    for (size_t i = 0; hostile_texts[i]; i++) {
        char *text = hostile_text(hostile_texts[i], canary);
        draw_named(*state, directory, text);
        if (scratch_exists(root, "canary"))
            fail_msg("obeyed: %s", text);
        free(text);
    }
    free(directory);
    free(canary);
    scratch_free(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states_of_files_are_those_of_the_models),
        cmocka_unit_test(test_every_socket_that_entered_a_state_left_it_or_is_there),
        cmocka_unit_test(test_a_timer_and_a_fin_leave_fin_wait_2_by_different_edges),
        cmocka_unit_test(test_buckets_hold_what_the_metric_was_read_from),
        cmocka_unit_test(test_every_sampled_metric_has_its_buckets),
        cmocka_unit_test(test_counts_are_read_back_as_they_were_written),
        cmocka_unit_test(test_rows_that_cannot_be_are_refused),
        cmocka_unit_test(test_the_diagram_has_the_edges_of_the_model),
        cmocka_unit_test(test_the_diagram_says_what_is_odd),
        cmocka_unit_test(test_reuse_says_how_soon_ports_come_back),
        cmocka_unit_test(test_hostile_names_are_only_shown),
    };
    return cmocka_run_group_tests(tests, open_run, close_run);
}
