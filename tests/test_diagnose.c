/* The diagnosis of small outages: each cause is named where it is the right one and in no
 * other; other seeds and rates do not change it; what it says would help does help. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/views/diagnose_advice.h"
#include "tests/diagnosed.h"
#include "tests/run_text.h"
#include "tests/small_outage.h"

/* --- running and judging ------------------------------------------------------------ */

struct judged {
    struct text_plan plan;
    struct trial_result *result;
    struct diagnosis *diagnosis;
};

/* The scenario with its first rate `times` as high. */
static char *at_rate(const char *scenario, double times)
{
    static const char key[] = "\"rate\": \"";
    const char *number = strstr(scenario, key) + strlen(key);
    char *end;
    double rate = strtod(number, &end);
    return memory_print("{ \"name\": \"small\", %.*s%.6f%s }", (int)(number - scenario),
                        scenario, rate * times, end);
}

static struct judged judge_at(const struct small_outage *o, uint64_t seed, double times)
{
    char *text = at_rate(o->scenario, times);
    struct judged j = {.plan = text_plan_read(text)};
    free(text);
    j.result = trial_run(j.plan.plan, seed, 1, NULL);
    j.result->record.resolved_scenario = NULL;
    j.diagnosis = diagnosis_new(&j.result->record);
    return j;
}

static struct judged judge(const struct small_outage *o, uint64_t seed)
{
    return judge_at(o, seed, 1);
}

static void judged_free(struct judged *j)
{
    diagnosis_free(j->diagnosis);
    trial_result_free(j->result);
    text_plan_free(&j->plan);
}

static const struct verdict *verdict_of(const struct judged *j, const char *host)
{
    for (size_t i = 0; i < j->diagnosis->count; i++)
        if (strcmp(j->diagnosis->verdicts[i].figures->pool->host, host) == 0)
            return &j->diagnosis->verdicts[i];
    fail_msg("no verdict about %s", host);
    return NULL;
}

static const char *cause_name(const struct verdict *v)
{
    return v->main ? v->main->name : "none";
}

static const struct small_outage *outage(const char *name)
{
    const struct small_outage *o = small_outages;
    while (o->name && strcmp(o->name, name) != 0)
        o++;
    assert_non_null(o->name);
    return o;
}

/* The first pool is the right one, and no other one is blamed.  Returns how much of that
 * is wrong, and prints it. */
static unsigned complaints(const struct small_outage *o, uint64_t seed, double times)
{
    struct judged j = judge_at(o, seed, times);
    const struct verdict *v = verdict_of(&j, o->host);
    unsigned count = 0;
    if (strcmp(cause_name(v), o->cause) != 0 && ++count)
        print_error("%s, seed %u, rate x %g: said %s, not %s\n", o->name, (unsigned)seed,
                    times, cause_name(v), o->cause);
    for (size_t i = 0; i < j.diagnosis->count; i++) {
        const struct verdict *other = &j.diagnosis->verdicts[i];
        if (other != v && other->main && ++count)
            print_error("%s, seed %u: %s is blamed for %s, too\n", o->name,
                        (unsigned)seed, other->figures->pool->host, cause_name(other));
    }
    judged_free(&j);
    return count;
}

/* --- causes ------------------------------------------------------------------------- */

static void test_each_small_outage_has_its_cause_and_no_other(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (const struct small_outage *o = small_outages; o->name; o++)
        wrong += complaints(o, 1, 1);
    assert_int_equal(wrong, 0);
}

static void test_other_seeds_do_not_change_the_verdict(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (const struct small_outage *o = small_outages; o->name; o++)
        for (uint64_t seed = 2; seed <= (quick_run() ? 2 : 4); seed++)
            wrong += complaints(o, seed, 1);
    assert_int_equal(wrong, 0);
}

static void test_a_tenth_more_or_less_load_does_not_change_the_verdict(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (const struct small_outage *o = small_outages; o->name; o++)
        wrong += complaints(o, 1, 0.9) + complaints(o, 1, 1.1);
    assert_int_equal(wrong, 0);
}

/* The roles that may come first, and the rows that may only make it worse. */
static bool is_tested(const struct cause *cause)
{
    for (const struct small_outage *o = small_outages; o->name; o++)
        if (strcmp(o->cause, cause->name) == 0)
            return true;
    return cause->role == CAUSE_WORSENS;
}

static void test_every_cause_is_right_somewhere(void **state)
{
    (void)state;
    /* the others need pools of several kinds: diagnosed.c */
    for (size_t i = 0; causes[i]; i++)
        if (causes[i] != &cause_udp_leak && causes[i] != &cause_taken &&
            causes[i] != &cause_family && !is_tested(causes[i]))
            fail_msg("%s is tested nowhere", causes[i]->name);
}

static void test_the_table_of_the_library_names_what_there_is(void **state)
{
    (void)state;
    check_diagnosis_table();
}

/* --- words -------------------------------------------------------------------------- */

static void expect_words(const char *name, const char *words)
{
    struct judged j = judge(outage(name), 1);
    const struct verdict *v = verdict_of(&j, outage(name)->host);
    struct text t = {0};
    v->main->words(v->figures, &t);
    if (!strstr(text_of(&t), words))
        fail_msg("%s: \"%s\" does not say \"%s\"", name, text_of(&t), words);
    text_free(&t);
    judged_free(&j);
}

static void test_the_other_end_tells_who_does_not_close(void **state)
{
    (void)state;
    expect_words("a server that never closes", "its program does not close");
    expect_words("an element that eats FINs", "something on the way eats it");
}

static void test_a_leak_is_blamed_on_its_process(void **state)
{
    (void)state;
    expect_words("a program that does not close", "CLOSE_WAIT of the process a");
    expect_words("a program that keeps what failed", "BOUND of the process a");
    expect_words("a program that shuts down and waits",
                 "half-closed connections of the process a");
}

static void test_time_waits_that_fill_nothing_are_warned_of(void **state)
{
    (void)state;
    struct judged j = judge(outage("all is well"), 1);
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    diagnosis_print(out, j.diagnosis, false, false);
    fclose(out);
    assert_non_null(strstr(bytes, "sockets in TIME_WAIT"));
    assert_non_null(strstr(bytes, "prove nothing by"));
    assert_null(strstr(bytes, "cause"));
    free(bytes);
    judged_free(&j);
}

/* --- what would help ---------------------------------------------------------------- */

/* What an advice says, without its texts. */
static struct advice advice_named(const struct judged *j, const char *host,
                                  const char *name)
{
    struct advice list[ADVICE_MOST], found = {.name = NULL};
    uint32_t count = advice_for(verdict_of(j, host), list);
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(list[i].name, name) == 0)
            found = list[i];
    advice_free(list, count);
    if (!found.name)
        fail_msg("%s is not advised", name);
    return found;
}

/* Holders of a system with room for all are Poisson [MODEL.md D3]: their number deviates
 * by the root of the mean.  Both the forecast, from one run, and the mean of the other
 * deviate by less than that; 3 deviations of the difference. */
static double allowed(double need)
{
    return 3 * sqrt(2 * need);
}

static void check_cure(const struct small_cure *cure)
{
    const struct small_outage *o = outage(cure->outage);
    struct judged ill = judge(o, 1);
    struct advice a = advice_named(&ill, o->host, cure->advice);
    struct small_outage cured = {cure->outage, "none", o->host, cure->scenario};
    struct judged well = judge(&cured, 1);
    double measured = result_metric(well.result, "hosts.client.tcp4.in_use@late");
    if (fabs(measured - a.need) > allowed(a.need))
        fail_msg("%s, %s: said %.0f ports, needed %.0f", cure->outage, cure->advice,
                 a.need, measured);
    assert_int_equal(a.kind, ADVICE_HELPS);
    if (result_metric(well.result, "apps.a.failures") > 0)
        fail_msg("%s: attempts fail in spite of %s", cure->outage, cure->advice);
    judged_free(&well);
    judged_free(&ill);
}

static void test_what_is_said_to_help_helps_with_as_many_ports_as_said(void **state)
{
    (void)state;
    for (const struct small_cure *cure = small_cures; cure->outage; cure++)
        check_cure(cure);
}

/* 2 leaks a second fill 64,512 ports in 8.9 h. */
static void test_a_wider_range_puts_a_leak_off_by_as_long_as_said(void **state)
{
    (void)state;
    const struct small_outage *o = outage("a program that does not close");
    struct judged ill = judge(o, 1);
    struct advice a = advice_named(&ill, o->host, "wider-range");
    double leaks = verdict_of(&ill, o->host)->figures->kinds[HOLD_CLOSE_WAIT] / 2;
    struct small_outage wide = *o;
    wide.scenario =
        "\"duration\": \"12h\", \"sample_every\": \"1min\", \"hosts\": { \"client\": {"
        "  \"stack\": \"win10\", \"tcp\": { \"range\": [1024, 65535] } }, \"server\": {} "
        "}, \"apps\": { \"a\": { \"from\": \"client\", \"to\": \"server:80\","
        "  \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"5/s\" },"
        "  \"lifetime\": { \"kind\": \"constant\", \"value\": \"1s\" },"
        "  \"closes_first\": \"server\", \"leaks\": { \"close_wait\": 0.4 } } }";
    struct judged later = judge(&wide, 1);
    double won = result_metric(later.result, "apps.a.first_failure_s") -
                 result_metric(ill.result, "apps.a.first_failure_s");
    assert_int_equal(a.kind, ADVICE_DELAYS);
    /* the rate was measured on half of the leaks of a small pool */
    if (fabs(won - a.seconds) > 3 * a.seconds / sqrt(leaks))
        fail_msg("said %.0f s, won %.0f s", a.seconds, won);
    judged_free(&later);
    judged_free(&ill);
}

/* --- a single snapshot -------------------------------------------------------------- */

struct capture_case {
    const char *cause;
    const char *scope;
    struct run_census_row rows[3];
};

#define HELD(owner, what, to, n)                                                         \
    {                                                                                    \
        .host = "here", .pool = "tcp4", .process = owner, .state = what,                 \
        .local = "10.0.0.1", .remote = to, .destination = "", .ephemeral = true,         \
        .owned = owner[0] != 0, .count = n                                               \
    }

static const struct capture_case captures[] = {
    {"none", "port", {HELD("", "TIME_WAIT", "192.0.2.1:80", 9000)}},
    {"time-wait", "port", {HELD("", "TIME_WAIT", "192.0.2.1:80", 16000)}},
    {"fin-wait-2",
     "port",
     {HELD("", "FIN_WAIT_2", "192.0.2.1:445", 15000),
      HELD("", "TIME_WAIT", "192.0.2.1:80", 900)}},
    {"half-closed", "port", {HELD("nginx", "FIN_WAIT_2", "192.0.2.1:445", 15000)}},
    {"close-wait", "port", {HELD("agent", "CLOSE_WAIT", "192.0.2.1:443", 14000)}},
    {"bound", "port", {HELD("agent", "BOUND", "*", 14000)}},
    {"black-hole", "port", {HELD("agent", "SYN_SENT", "192.0.2.1:443", 16384)}},
    {"undersized", "port", {HELD("agent", "ESTABLISHED", "192.0.2.1:443", 16384)}},
    /* two destinations share the ports: no wall by tuple scope, but a knee */
    {"half-range-knee",
     "mixed",
     {HELD("agent", "ESTABLISHED", "192.0.2.1:443", 9000),
      HELD("agent", "ESTABLISHED", "192.0.2.2:443", 9000)}},
    {"none",
     "mixed",
     {HELD("agent", "ESTABLISHED", "192.0.2.1:443", 8000),
      HELD("agent", "ESTABLISHED", "192.0.2.2:443", 8000),
      HELD("agent", "ESTABLISHED", "192.0.2.3:443", 8000)}},
};

static void test_a_snapshot_alone_is_judged_as_far_as_it_can_tell(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof captures / sizeof captures[0]; i++) {
        const struct capture_case *k = &captures[i];
        struct run_pool pool = {.host = "here",
                                .pool = "tcp4",
                                .stack = "plain",
                                .allocator = "",
                                .scope = k->scope,
                                .exhaustive = true,
                                .low = 49152,
                                .high = 65535,
                                .addresses = 1,
                                .members = 1,
                                .failure = "",
                                .time_wait = 120 * SIM_S,
                                .fin_wait_2 = 600 * SIM_S};
        struct run_record r = {.scenario = "capture",
                               .pools = &pool,
                               .pool_count = 1,
                               .census = k->rows,
                               .census_count = 3};
        while (r.census_count && !k->rows[r.census_count - 1].host)
            r.census_count--;
        struct diagnosis *d = diagnosis_new(&r);
        if (strcmp(cause_name(&d->verdicts[0]), k->cause) != 0)
            fail_msg("capture %zu: said %s, not %s", i, cause_name(&d->verdicts[0]),
                     k->cause);
        FILE *nowhere = fopen("/dev/null", "w");
        diagnosis_print(nowhere, d, true, false);
        fclose(nowhere);
        diagnosis_free(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_small_outage_has_its_cause_and_no_other),
        cmocka_unit_test(test_other_seeds_do_not_change_the_verdict),
        cmocka_unit_test(test_a_tenth_more_or_less_load_does_not_change_the_verdict),
        cmocka_unit_test(test_every_cause_is_right_somewhere),
        cmocka_unit_test(test_the_table_of_the_library_names_what_there_is),
        cmocka_unit_test(test_the_other_end_tells_who_does_not_close),
        cmocka_unit_test(test_a_leak_is_blamed_on_its_process),
        cmocka_unit_test(test_time_waits_that_fill_nothing_are_warned_of),
        cmocka_unit_test(test_what_is_said_to_help_helps_with_as_many_ports_as_said),
        cmocka_unit_test(test_a_wider_range_puts_a_leak_off_by_as_long_as_said),
        cmocka_unit_test(test_a_snapshot_alone_is_judged_as_far_as_it_can_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
