/* The log of a run: every line at its moment and in its words, spells that add up, events
 * of Windows no oftener than they may be, and the command that prints it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/notes.h"
#include "sim/base/memory.h"
#include "sim/results/run_directory.h"
#include "sim/views/events.h"
#include "tests/program.h"
#include "tests/run_text.h"
#include "tests/scratch.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A run and its plan, which the lines of its log point into. */
struct logged {
    struct text_plan plan;
    struct trial_result *result;
    const struct run_event *log;
    size_t count;
};

static struct logged run(const char *text)
{
    struct logged run = {.plan = text_plan_read(text)};
    run.result = trial_run(run.plan.plan, 1, 1, NULL);
    run.log = run.result->record.log;
    run.count = run.result->record.log_count;
    return run;
}

static void end(struct logged *run)
{
    trial_result_free(run->result);
    text_plan_free(&run->plan);
}

/* --- a full pool of ten ports ------------------------------------------------------ */

/* Users come every second and stay for two; their ports wait 120 s in TIME_WAIT.  So ten
 * find a port and 112 do not, from 11 s to 122 s; then the same again. */
static char *ten_ports(const char *stack)
{
    return memory_print(
        "{\"name\": \"ten\", \"duration\": \"4min\", \"network\": {\"rtt\": \"0s\"},"
        "\"hosts\": {\"client\": {\"stack\": \"%s\", \"tcp\": {\"time_wait\": \"120s\","
        "  \"range\": [50000, 50009], \"event_pause\": \"1min\"}}, \"server\": {}},"
        "\"apps\": {\"pages\": {\"from\": \"client\", \"to\": \"server:80\","
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
        "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"2s\"}}},"
        "\"changes\": [{\"at\": \"200s\", \"set\": {\"apps.pages.arrivals.rate\": "
        "\"1/h\"}}]}",
        stack);
}

struct line {
    int second;
    const char *host, *process, *kind, *detail;
};

static void expect_line(const struct run_event *e, const struct line *l)
{
    assert_int_equal(e->when, l->second * SIM_S);
    assert_string_equal(e->host ? e->host : "", l->host);
    assert_string_equal(e->process ? e->process : "", l->process);
    assert_string_equal(e->kind, l->kind);
    assert_string_equal(e->detail, l->detail);
}

#define NO_PORT "a choice found no local port"
#define EVENT(second, number, pool, text, value)                                         \
    {                                                                                    \
        second, "client", "", "event-" #number,                                          \
            pool ": " text "; choices that failed since the event before: " #value       \
    }
#define EVENT_4231(second, value)                                                        \
    EVENT(second, 4231, "tcp4", "all dynamic TCP ports are in use", value)
#define EVENT_4227(second, value)                                                        \
    EVENT(second, 4227, "tcp4 toward server:80",                                         \
          "a port would have to be used again to the same place while it waits in "      \
          "TIME_WAIT",                                                                   \
          value)

static void test_every_line_stands_at_its_moment_in_its_words(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {8, "client", "", "threshold", "tcp4: 80 % reached, 8 of 10 ports in use"},
        {11, "client", "", "exhaustion-begins", "tcp4: " NO_PORT},
        {11, "client", "", "exhaustion-begins", "tcp4 toward server:80: " NO_PORT},
        EVENT_4231(11, 1),
        EVENT_4227(11, 1),
        {11, "client", "pages", "first-errno",
         "WSAENOBUFS: Windows: no buffer space, 10055"},
        {11, "client", "pages", "first-failure", "WSAENOBUFS"},
        EVENT_4231(71, 60),
        EVENT_4227(71, 60),
        {122, "client", "", "exhaustion-ends", "tcp4: 112 choices found no local port"},
        {122, "client", "", "exhaustion-ends",
         "tcp4 toward server:80: 112 choices found no local port"},
        {133, "client", "", "exhaustion-begins", "tcp4: " NO_PORT},
        {133, "client", "", "exhaustion-begins", "tcp4 toward server:80: " NO_PORT},
        EVENT_4231(133, 52),
        EVENT_4227(133, 52),
        EVENT_4231(193, 60),
        EVENT_4227(193, 60),
        {200, "client", "", "exhaustion-ends", "tcp4: 68 choices found no local port"},
        {200, "client", "", "exhaustion-ends",
         "tcp4 toward server:80: 68 choices found no local port"},
        {200, "client", "pages", "last-failure", "180 attempts failed in all"},
        {200, "", "", "change", "apps.pages.arrivals.rate = 1/h"},
    };
    char *text = ten_ports("win10");
    struct logged r = run(text);
    assert_int_equal(r.count, COUNT(lines));
    for (size_t i = 0; i < COUNT(lines); i++)
        expect_line(&r.log[i], &lines[i]);
    end(&r);
    free(text);
}

static size_t lines_of_kind(const struct logged *r, const char *kind)
{
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++)
        count += events_match(&(struct events_filter){.kind = kind, .until = SIM_NEVER},
                              &r->log[i]);
    return count;
}

static void test_only_windows_logs_events_and_2003_knows_only_4231(void **state)
{
    (void)state;
    static const struct {
        const char *stack;
        size_t events_4231, events_4227;
    } rows[] = {{"win10", 4, 4}, {"win2003", 4, 0}, {"linux618", 0, 0}, {"plain", 0, 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = ten_ports(rows[i].stack);
        struct logged r = run(text);
        assert_int_equal(lines_of_kind(&r, "event-4231"), rows[i].events_4231);
        assert_int_equal(lines_of_kind(&r, "event-4227"), rows[i].events_4227);
        end(&r);
        free(text);
    }
}

/* Ten users take the ports and stay: nothing waits, and the pool does not come round. */
static void test_a_pool_full_of_open_connections_logs_4231_and_no_4227(void **state)
{
    (void)state;
    struct logged r =
        run("{\"name\": \"stay\", \"duration\": \"1min\","
            "\"hosts\": {\"client\": {\"stack\": \"win10\", \"tcp\": {\"range\": [50000, "
            "50009]}}, \"server\": {}},"
            "\"apps\": {\"pages\": {\"from\": \"client\", \"to\": \"server:80\","
            "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
            "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1h\"}}}}");
    assert_int_equal(lines_of_kind(&r, "event-4231"), 1);
    assert_int_equal(lines_of_kind(&r, "event-4227"), 0);
    end(&r);
}

/* By 4-tuple (the auto-reuse range) one destination comes round in TIME_WAIT while the
 * pool as a whole has room. */
static void test_a_destination_that_comes_round_logs_4227_and_no_4231(void **state)
{
    (void)state;
    struct logged r =
        run("{\"name\": \"round\", \"duration\": \"1min\","
            "\"hosts\": {\"client\": {\"stack\": \"win10\", \"addresses\": [\"10.0.0.1\","
            "  \"10.0.0.2\"], \"source\": \"first\","
            "  \"tcp\": {\"scope\": \"tuple\", \"range\": [50000, 50009]}},"
            "  \"server\": {}},"
            "\"apps\": {"
            "  \"bound\": {\"from\": \"client\", \"to\": \"server:80\","
            "    \"socket\": {\"bind\": \"explicit\", \"ring\": [50000, 50000],"
            "                 \"reuse_address\": true},"
            "    \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
            "    \"lifetime\": {\"kind\": \"constant\", \"value\": \"100ms\"}}}}");
    assert_int_equal(lines_of_kind(&r, "event-4227"), 1);
    assert_int_equal(lines_of_kind(&r, "event-4231"), 0);
    end(&r);
}

/* By host: how many lines of each event the scenario has in its 15 minutes. */
static void test_the_numbers_of_events_tell_the_causes_apart(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        int events_4227, events_4231, events_4266;
    } rows[] = {{"busy", 2, 2, 0},     {"leaking", 0, 2, 0}, {"insisting", 2, 0, 0},
                {"resolver", 0, 0, 2}, {"linux", 0, 0, 0},   {"server", 0, 0, 0}};
    struct logged r = {.plan = text_plan_file("windows-events")};
    r.result = trial_run(r.plan.plan, 1, 1, NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int met[3] = {0};
        for (size_t k = 0; k < r.result->record.log_count; k++) {
            const struct run_event *e = &r.result->record.log[k];
            bool here = e->host && strcmp(e->host, rows[i].host) == 0;
            met[0] += here && strcmp(e->kind, "event-4227") == 0;
            met[1] += here && strcmp(e->kind, "event-4231") == 0;
            met[2] += here && strcmp(e->kind, "event-4266") == 0;
        }
        assert_int_equal(met[0], rows[i].events_4227);
        assert_int_equal(met[1], rows[i].events_4231);
        assert_int_equal(met[2], rows[i].events_4266);
    }
    end(&r);
}

/* --- sums ------------------------------------------------------------------------- */

/* The number that a line's detail begins with after the pool: "tcp4: 112 choices". */
static double choices_of(const struct run_event *e)
{
    return strtod(strstr(e->detail, ": ") + 2, NULL);
}

/* A pool whose test is by 4-tuple runs out for the hot destination alone; the choices
 * that failed are all in the spells, of the pool and of the destination. */
static void test_spells_hold_every_failed_choice_once(void **state)
{
    (void)state;
    struct logged r = run(
        "{\"name\": \"sums\", \"duration\": \"20min\", \"network\": {\"rtt\": \"10ms\"},"
        "\"hosts\": {\"client\": {\"stack\": \"freebsd14\", \"tcp\": {\"range\": [50000, "
        "50099]}}, \"server\": {}},"
        "\"apps\": {"
        "  \"hot\": {\"from\": \"client\", \"to\": \"server:80\","
        "    \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"2/s\"},"
        "    \"lifetime\": {\"kind\": \"exponential\", \"mean\": \"1s\"}},"
        "  \"warm\": {\"from\": \"client\", \"to\": \"server:443\","
        "    \"arrivals\": {\"kind\": \"poisson\", \"rate\": \"1/s\"},"
        "    \"lifetime\": {\"kind\": \"exponential\", \"mean\": \"1s\"}}},"
        "\"changes\": [{\"at\": \"19min\", \"set\": {\"apps.hot.arrivals.rate\": "
        "\"1/d\"}}]}");
    double pool = 0, hot = 0;
    for (size_t i = 0; i < r.count; i++) {
        const struct run_event *e = &r.log[i];
        if (strcmp(e->kind, "exhaustion-ends") != 0)
            continue;
        if (strncmp(e->detail, "tcp4 toward server:80: ", 23) == 0)
            hot += choices_of(e);
        else if (strncmp(e->detail, "tcp4: ", 6) == 0)
            pool += choices_of(e);
        else
            fail_msg("not in the scenario: %s", e->detail);
    }
    assert_true(pool > 100);
    assert_true(pool == result_metric(r.result, "hosts.client.tcp4.allocation_failures"));
    assert_true(hot == pool);
    end(&r);
}

/* --- thresholds ------------------------------------------------------------------- */

/* Of 100 ports users hold 80, 77, 83, 75 and 73 in turn: a level that moves between the
 * two marks is noted once. */
static void test_a_level_between_the_marks_does_not_chatter(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {82, "client", "", "threshold", "tcp4: 80 % reached, 80 of 100 ports in use"},
        {96, "client", "", "threshold", "tcp4: below 75 % again, 73 of 100 ports in use"},
    };
    struct logged r = run(
        "{\"name\": \"marks\", \"duration\": \"2min\", \"network\": {\"rtt\": \"0s\"},"
        "\"hosts\": {\"client\": {\"tcp\": {\"range\": [50000, 50099], \"time_wait\": "
        "\"0s\"}}, \"server\": {}},"
        "\"apps\": {"
        "  \"base\": {\"from\": \"client\", \"to\": \"server:80\","
        "    \"arrivals\": {\"kind\": \"constant\", \"rate\": \"74/s\"},"
        "    \"lifetime\": {\"kind\": \"constant\", \"value\": \"1h\"}},"
        "  \"more\": {\"from\": \"client\", \"to\": \"server:80\","
        "    \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/h\"},"
        "    \"lifetime\": {\"kind\": \"constant\", \"value\": \"5s\"}}},"
        "\"changes\": ["
        "  {\"at\": \"1s\", \"set\": {\"apps.base.arrivals.rate\": \"1/h\"}},"
        "  {\"at\": \"80100ms\", \"set\": {\"apps.more.arrivals.rate\": \"7/s\"}},"
        "  {\"at\": \"81200ms\", \"set\": {\"apps.more.arrivals.rate\": \"1/h\"}},"
        "  {\"at\": \"84100ms\", \"set\": {\"apps.more.arrivals.rate\": \"2/s\"}},"
        "  {\"at\": \"90700ms\", \"set\": {\"apps.more.arrivals.rate\": \"1/h\"}}]}");
    size_t met = 0;
    for (size_t i = 0; i < r.count; i++)
        if (strcmp(r.log[i].kind, "threshold") == 0) {
            assert_true(met < COUNT(lines));
            expect_line(&r.log[i], &lines[met++]);
        }
    assert_int_equal(met, COUNT(lines));
    end(&r);
}

/* The server has a listener beside the connections it accepted; the client comes a
 * thousand times a second, and just after the second. */
static void test_a_process_is_told_at_3000_and_at_10000_handles(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {3, "server", "listener-80", "threshold", "3000 handles"},
        {4, "client", "pages", "threshold", "3999 handles"},
        {10, "server", "listener-80", "threshold", "10000 handles"},
        {11, "client", "pages", "threshold", "10999 handles"},
    };
    struct logged r = run(
        "{\"name\": \"handles\", \"duration\": \"12s\", \"network\": {\"rtt\": \"0s\"},"
        "\"hosts\": {\"client\": {}, \"server\": {}},"
        "\"apps\": {\"pages\": {\"from\": \"client\", \"to\": \"server:80\","
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1000/s\"},"
        "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1h\"}}}}");
    assert_int_equal(r.count, COUNT(lines));
    for (size_t i = 0; i < COUNT(lines); i++)
        expect_line(&r.log[i], &lines[i]);
    end(&r);
}

/* --- resets ----------------------------------------------------------------------- */

/* The server's end disappears after a second; the client's probe, after two, finds nobody
 * there. */
static void test_resets_of_open_connections_are_told_by_spells(void **state)
{
    (void)state;
    static const struct line lines[] = {
        {3, "client", "pages", "resets-begin", "an open connection was reset"},
        {21, "client", "pages", "resets-end", "19 connections reset while open"},
    };
    struct logged r = run(
        "{\"name\": \"resets\", \"duration\": \"1min\", \"network\": {\"rtt\": \"0s\"},"
        "\"hosts\": {\"client\": {}, \"server\": {}},"
        "\"apps\": {\"pages\": {\"from\": \"client\", \"to\": \"server:80\","
        "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
        "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1s\"},"
        "  \"closes_first\": \"server\", \"vanishes\": 1,"
        "  \"socket\": {\"keep_alive\": {\"idle\": \"2s\"}}}},"
        "\"changes\": [{\"at\": \"19500ms\", \"set\": {\"apps.pages.arrivals.rate\": "
        "\"1/h\"}}]}");
    assert_int_equal(r.count, 3);
    expect_line(&r.log[0], &lines[0]);
    assert_string_equal(r.log[1].kind, "change");
    expect_line(&r.log[2], &lines[1]);
    assert_true(result_metric(r.result, "apps.pages.resets") == 19);
    end(&r);
}

/* --- gateways ---------------------------------------------------------------------- */

/* A NAT with ten ports: of users who come every second and stay, the eleventh and the
 * twelfth find none, and the eleventh's SYN comes again.  Then there are twenty. */
static void test_drops_of_a_gateway_are_told_by_reason_and_add_up(void **state)
{
    (void)state;
    struct logged r =
        run("{\"name\": \"nat\", \"duration\": \"2min\", \"network\": {\"rtt\": \"0s\"},"
            "\"hosts\": {\"inside\": {\"gateway\": \"nat\"},"
            "  \"nat\": {\"nat\": \"netfilter\", \"translation\": {\"range\": [50000, "
            "50009], \"allocator\": \"rfc6056-alg1\"}}, \"server\": {}},"
            "\"apps\": {\"pages\": {\"from\": \"inside\", \"to\": \"server:80\","
            "  \"arrivals\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
            "  \"lifetime\": {\"kind\": \"constant\", \"value\": \"1h\"}}},"
            "\"changes\": [{\"at\": \"12500ms\", \"set\": {\"apps.pages.arrivals.rate\": "
            "\"1/h\", \"hosts.nat.translation.range\": [50000, 50019]}}]}");
    static const struct line lines[] = {
        {11, "nat", "", "drops-begin",
         "a packet is dropped: no outside port is free for it"},
        {12, "nat", "", "drops-end", "3 packets dropped: no outside port is free for it"},
    };
    size_t met = 0;
    for (size_t i = 0; i < r.count; i++)
        if (strncmp(r.log[i].kind, "drops", 5) == 0) {
            assert_true(met < COUNT(lines));
            expect_line(&r.log[i], &lines[met++]);
        }
    assert_int_equal(met, COUNT(lines));
    assert_true(result_metric(r.result, "hosts.nat.nat.drops.no_port") == 3);
    end(&r);
}

/* --- kinds and filters ------------------------------------------------------------ */

static void test_every_kind_of_note_is_explained(void **state)
{
    (void)state;
    for (int kind = 0; kind < NOTE_COUNT; kind++) {
        const struct events_kind *row = events_kinds;
        while (row->name && strcmp(row->name, note_kind_name((enum note_kind)kind)) != 0)
            row++;
        if (!row->name)
            fail_msg("no help for %s", note_kind_name((enum note_kind)kind));
    }
}

static void test_a_filter_matches_whole_words_of_a_kind(void **state)
{
    (void)state;
    const struct run_event e = {.when = 5 * SIM_S,
                                .host = "proxy",
                                .process = "w3wp",
                                .kind = "exhaustion-begins"};
    const struct {
        struct events_filter filter;
        bool matches;
    } rows[] = {
        {{.until = SIM_NEVER}, true},
        {{.kind = "exhaustion-begins", .until = SIM_NEVER}, true},
        {{.kind = "exhaustion", .until = SIM_NEVER}, true},
        {{.kind = "exhaust", .until = SIM_NEVER}, false},
        {{.kind = "exhaustion-ends", .until = SIM_NEVER}, false},
        {{.host = "proxy", .process = "w3wp", .until = SIM_NEVER}, true},
        {{.host = "prox", .until = SIM_NEVER}, false},
        {{.from = 5 * SIM_S, .until = 5 * SIM_S}, true},
        {{.from = 5 * SIM_S + 1, .until = SIM_NEVER}, false},
        {{.until = 5 * SIM_S - 1}, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(events_match(&rows[i].filter, &e), rows[i].matches);
}

/* --- the command ------------------------------------------------------------------ */

/* Runs the ten ports into a new directory; the path is the caller's. */
static char *stored_run_of_ten(char *scratch)
{
    char *directory = memory_print("%s/run", scratch);
    char *text = ten_ports("win10");
    struct ended e = program_run(
        &(struct program){.args = {"run", "-", "-q", "-o", directory}, .input = text});
    expect_status(&e, 0);
    ended_free(&e);
    free(text);
    return directory;
}

static void test_csv_is_the_file_and_json_has_as_many_events(void **state)
{
    (void)state;
    char *scratch = scratch_new(), *directory = stored_run_of_ten(scratch);
    char *file = scratch_get(directory, "events.csv");
    struct ended csv =
        program_run(&(struct program){.args = {"events", directory, "--csv"}});
    struct ended json =
        program_run(&(struct program){.args = {"events", directory, "--json"}});
    assert_string_equal(csv.out, file);
    size_t events = 0;
    for (const char *at = json.out; (at = strstr(at, "\"t_s\"")); at++)
        events++;
    assert_int_equal(events, 21);
    ended_free(&csv);
    ended_free(&json);
    free(file);
    free(directory);
    scratch_free(scratch);
}

static void test_the_text_is_a_table_and_filters_take_lines_out(void **state)
{
    (void)state;
    char *scratch = scratch_new(), *directory = stored_run_of_ten(scratch);
    struct ended e = program_run(
        &(struct program){.args = {"events", directory, "--kind", "exhaustion", "--from",
                                   "1min", "--until", "122s"}});
    expect_status(&e, 0);
    assert_string_equal(
        e.out,
        "seconds     time  host    process  event            detail\n"
        "122.000  0:02:02  client           exhaustion-ends  tcp4: 112 choices found no "
        "local port\n"
        "122.000  0:02:02  client           exhaustion-ends  tcp4 toward server:80: 112 "
        "choices found no local port\n");
    ended_free(&e);
    e = program_run(
        &(struct program){.args = {"events", directory, "--process", "nobody"}});
    assert_string_equal(e.out, "none of the 21 events of the run matches\n");
    ended_free(&e);
    e = program_run(&(struct program){.args = {"events", directory, "--host", "nobody"}});
    expect_status(&e, 2);
    expect_says(e.err, "there is no host \"nobody\" in this run; it has client");
    ended_free(&e);
    free(directory);
    scratch_free(scratch);
}

static void test_a_run_without_events_says_so(void **state)
{
    (void)state;
    struct run_record none = {.scenario = "quiet"};
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    events_print(out, &none, &(struct events_filter){.until = SIM_NEVER}, EVENTS_TEXT);
    fclose(out);
    assert_string_equal(text, "no events: no choice of a port failed, nothing else went "
                              "wrong, and no knob was turned\n");
    free(text);
}

static void test_a_kind_or_a_time_that_is_none_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *option, *word, *says;
    } rows[] = {
        {"--kind", "event-4232",
         "there is no kind \"event-4232\" of event; did you mean "},
        {"--from", "20", "--from must be a duration with a unit"},
        {"--until", "soon", "--until must be a duration with a unit"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ended e = program_run(&(struct program){
            .args = {"events", "nowhere", rows[i].option, rows[i].word}});
        expect_status(&e, 2);
        expect_says(e.err, rows[i].says);
        ended_free(&e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_line_stands_at_its_moment_in_its_words),
        cmocka_unit_test(test_only_windows_logs_events_and_2003_knows_only_4231),
        cmocka_unit_test(test_a_pool_full_of_open_connections_logs_4231_and_no_4227),
        cmocka_unit_test(test_a_destination_that_comes_round_logs_4227_and_no_4231),
        cmocka_unit_test(test_the_numbers_of_events_tell_the_causes_apart),
        cmocka_unit_test(test_spells_hold_every_failed_choice_once),
        cmocka_unit_test(test_a_level_between_the_marks_does_not_chatter),
        cmocka_unit_test(test_a_process_is_told_at_3000_and_at_10000_handles),
        cmocka_unit_test(test_resets_of_open_connections_are_told_by_spells),
        cmocka_unit_test(test_drops_of_a_gateway_are_told_by_reason_and_add_up),
        cmocka_unit_test(test_every_kind_of_note_is_explained),
        cmocka_unit_test(test_a_filter_matches_whole_words_of_a_kind),
        cmocka_unit_test(test_csv_is_the_file_and_json_has_as_many_events),
        cmocka_unit_test(test_the_text_is_a_table_and_filters_take_lines_out),
        cmocka_unit_test(test_a_run_without_events_says_so),
        cmocka_unit_test(test_a_kind_or_a_time_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
