/* Many runs on several threads: the same results in the same order on any number of them,
 * nothing lost and nothing left behind. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include <cmocka.h>

#include "sim/base/memory.h"
#include "sim/study/workers.h"
#include "tests/run_text.h"

/* --- plans: a short one and one of a thousand times its length -----------------------
 */

static struct text_plan plan_lasting(const char *duration, const char *rate)
{
    char *text = memory_print(
        "{ \"name\": \"small\", \"duration\": \"%s\","
        "  \"sample_every\": \"1h\","
        "  \"hosts\": {"
        "    \"client\": { \"tcp\": { \"range\": [50000, 50009], \"time_wait\": \"4s\" } "
        "},"
        "    \"server\": {} },"
        "  \"apps\": { \"pages\": {"
        "    \"from\": \"client\", \"to\": \"server:80\","
        "    \"arrivals\": { \"kind\": \"poisson\", \"rate\": \"%s\" },"
        "    \"lifetime\": { \"kind\": \"exponential\", \"mean\": \"1s\" } } },"
        "  \"require\": [ \"apps.pages.attempts >= 20\" ] }",
        duration, rate);
    struct text_plan p = text_plan_read(text);
    free(text);
    return p;
}

static struct text_plan short_plan(void)
{
    return plan_lasting("5s", "4/s");
}

static struct text_plan long_plan(void)
{
    return plan_lasting("5000s", "4/s");
}

/* --- what is seen of the work --------------------------------------------------------
 */

#define JOBS_MOST 400

struct seen {
    pthread_t caller;
    const struct trial_plan *plan;  /* given by open() */
    const struct trial_plan *first; /* the same for the first job; NULL: as the others */
    struct study_job *jobs;
    size_t opened, handed, furthest_ahead;
    size_t wanted; /* done() says no after that many; 0: never */
    size_t stop_after;
    volatile sig_atomic_t stop;
    uint64_t fingerprints[JOBS_MOST];
    bool all_hold[JOBS_MOST];
    size_t given_back;
};

static void see_open(void *context, struct study_job *job)
{
    struct seen *s = context;
    assert_true(pthread_equal(pthread_self(), s->caller));
    assert_ptr_equal(job, &s->jobs[s->opened]);
    job->plan = s->opened == 0 && s->first ? s->first : s->plan;
    s->opened++;
    if (s->opened - s->handed > s->furthest_ahead)
        s->furthest_ahead = s->opened - s->handed;
}

static bool see_done(void *context, struct study_job *job)
{
    struct seen *s = context;
    assert_true(pthread_equal(pthread_self(), s->caller));
    assert_ptr_equal(job, &s->jobs[s->handed]);
    assert_non_null(job->numbers);
    assert_int_equal(job->numbers->replication, job->replication);
    s->fingerprints[s->handed] = job->numbers->fingerprint;
    s->all_hold[s->handed] = job->all_hold;
    s->handed++;
    if (s->opened > 0) {
        job->plan = NULL;
        s->given_back++;
    }
    if (s->handed == s->stop_after)
        __atomic_store_n(&s->stop, SIGINT, __ATOMIC_RELAXED);
    return s->handed != s->wanted;
}

/* Replications 1 .. count of a plan, each hundredth of another. */
static struct study_job *jobs_of(const struct trial_plan *plan,
                                 const struct trial_plan *hundredth, size_t count)
{
    struct study_job *jobs = memory_new(count, sizeof *jobs);
    for (size_t i = 0; i < count; i++)
        jobs[i] = (struct study_job){.plan = i % 100 == 0 ? hundredth : plan,
                                     .seed = 7,
                                     .replication = (uint32_t)i + 1};
    return jobs;
}

static bool run(struct seen *s, unsigned threads, struct study_job *jobs, size_t count)
{
    s->caller = pthread_self();
    s->jobs = jobs;
    struct workers w = {.threads = threads,
                        .stop = &s->stop,
                        .open = s->plan ? see_open : NULL,
                        .done = see_done,
                        .context = s};
    return workers_run(&w, jobs, count);
}

static void expect_nothing_left(const struct study_job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_null(jobs[i].numbers);
}

/* --- claims ------------------------------------------------------------------------ */

/* see_done() asserts the order; every hundredth run takes a thousand times as long. */
static void test_results_are_the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    struct text_plan brief = short_plan(), lengthy = long_plan();
    size_t count = quick_run() ? 120 : JOBS_MOST, hold = 0;
    struct seen first = {0};
    for (unsigned threads = 1; threads <= 8; threads++) {
        struct study_job *jobs = jobs_of(brief.plan, lengthy.plan, count);
        struct seen s = {0};
        assert_true(run(&s, threads, jobs, count));
        assert_int_equal(s.handed, count);
        if (threads == 1)
            first = s;
        assert_memory_equal(s.fingerprints, first.fingerprints, sizeof s.fingerprints);
        assert_memory_equal(s.all_hold, first.all_hold, sizeof s.all_hold);
        expect_nothing_left(jobs, count);
        free(jobs);
    }
    for (size_t i = 0; i < count; i++)
        hold += first.all_hold[i];
    assert_in_range(hold, count / 10, count - count / 10); /* some do, some do not */
    text_plan_free(&brief);
    text_plan_free(&lengthy);
}

static void test_fewer_jobs_than_threads_and_none_at_all(void **state)
{
    (void)state;
    struct text_plan p = short_plan();
    for (size_t count = 0; count <= 3; count++) {
        struct study_job *jobs = jobs_of(p.plan, p.plan, count);
        struct seen s = {0};
        assert_true(run(&s, 8, jobs, count));
        assert_int_equal(s.handed, count);
        free(jobs);
    }
    text_plan_free(&p);
}

static void test_zero_threads_count_as_one(void **state)
{
    (void)state;
    struct text_plan p = short_plan();
    struct study_job *jobs = jobs_of(p.plan, p.plan, 3);
    struct seen s = {0};
    assert_true(run(&s, 0, jobs, 3));
    assert_int_equal(s.handed, 3);
    free(jobs);
    text_plan_free(&p);
}

static void test_nothing_is_handed_over_once_no_more_is_wanted(void **state)
{
    (void)state;
    struct text_plan p = short_plan();
    struct seen all = {0};
    struct study_job *jobs = jobs_of(p.plan, p.plan, 60);
    run(&all, 1, jobs, 60);
    free(jobs);
    for (unsigned threads = 1; threads <= 4; threads++) {
        jobs = jobs_of(p.plan, p.plan, 60);
        struct seen s = {.wanted = 17};
        assert_true(run(&s, threads, jobs, 60));
        assert_int_equal(s.handed, 17);
        assert_memory_equal(s.fingerprints, all.fingerprints, 17 * sizeof(uint64_t));
        expect_nothing_left(jobs, 60);
        free(jobs);
    }
    text_plan_free(&p);
}

static void test_the_stop_flag_keeps_what_was_handed_over(void **state)
{
    (void)state;
    struct text_plan p = short_plan();
    struct seen all = {0};
    struct study_job *jobs = jobs_of(p.plan, p.plan, JOBS_MOST);
    run(&all, 1, jobs, JOBS_MOST);
    free(jobs);
    for (unsigned threads = 1; threads <= 4; threads++) {
        jobs = jobs_of(p.plan, p.plan, JOBS_MOST);
        struct seen s = {.stop_after = 11};
        assert_false(run(&s, threads, jobs, JOBS_MOST));
        assert_in_range(s.handed, 11, 11 + WORKERS_AHEAD * threads);
        assert_memory_equal(s.fingerprints, all.fingerprints,
                            s.handed * sizeof(uint64_t));
        expect_nothing_left(jobs, JOBS_MOST);
        free(jobs);
    }
    text_plan_free(&p);
}

static volatile sig_atomic_t alarmed;

static void on_alarm(int number)
{
    __atomic_store_n(&alarmed, number, __ATOMIC_RELAXED);
}

/* They would take days: nine years at 400 connections a second. */
static void test_the_stop_flag_ends_runs_in_the_middle(void **state)
{
    (void)state;
    struct text_plan p = plan_lasting("80000h", "400/s");
    struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, NULL);
    for (unsigned threads = 1; threads <= 3; threads++) {
        struct study_job *jobs = jobs_of(p.plan, p.plan, 5);
        alarmed = 0;
        struct itimerval soon = {.it_value = {.tv_usec = 30000}};
        setitimer(ITIMER_REAL, &soon, NULL);
        struct workers w = {.threads = threads, .stop = &alarmed};
        assert_false(workers_run(&w, jobs, 5));
        expect_nothing_left(jobs, 5);
        free(jobs);
    }
    text_plan_free(&p);
}

/* Two of them are too long to end by themselves. */
static void test_runs_that_are_not_wanted_are_abandoned(void **state)
{
    (void)state;
    struct text_plan brief = short_plan(), endless = plan_lasting("80000h", "400/s");
    struct study_job jobs[3];
    for (uint32_t i = 0; i < 3; i++)
        jobs[i] = (struct study_job){.plan = i == 0 ? brief.plan : endless.plan,
                                     .replication = 1};
    struct seen s = {.wanted = 1};
    assert_true(run(&s, 3, jobs, 3));
    expect_nothing_left(jobs, 3);
    text_plan_free(&brief);
    text_plan_free(&endless);
}

/* All that may run while the first does have run long before it ends. */
static void test_what_waits_for_its_turn_is_bounded(void **state)
{
    (void)state;
    struct text_plan brief = short_plan(), lengthy = plan_lasting("20000s", "40/s");
    for (unsigned threads = 2; threads <= 4; threads++) {
        struct study_job *jobs = jobs_of(NULL, NULL, JOBS_MOST);
        struct seen s = {.plan = brief.plan, .first = lengthy.plan};
        assert_true(run(&s, threads, jobs, JOBS_MOST));
        assert_in_range(s.furthest_ahead, 2 * threads + 1, WORKERS_AHEAD * threads);
        assert_int_equal(s.given_back, JOBS_MOST);
        free(jobs);
    }
    text_plan_free(&brief);
    text_plan_free(&lengthy);
}

/* What open() gave and done() did not see is the caller's to give back. */
static void test_plans_that_were_opened_in_vain_stay_in_their_jobs(void **state)
{
    (void)state;
    struct text_plan p = short_plan();
    for (unsigned threads = 1; threads <= 4; threads++) {
        struct study_job *jobs = jobs_of(NULL, NULL, JOBS_MOST);
        struct seen s = {.plan = p.plan, .wanted = 40};
        assert_true(run(&s, threads, jobs, JOBS_MOST));
        size_t kept = 0;
        for (size_t i = 0; i < JOBS_MOST; i++)
            kept += jobs[i].plan != NULL;
        assert_int_equal(kept + s.given_back, s.opened);
        assert_int_equal(s.given_back, 40);
        free(jobs);
    }
    text_plan_free(&p);
}

static void leave_unopened(void *context, struct study_job *job)
{
    job->plan = job->replication == 2 ? NULL : context;
}

static void test_a_job_without_a_plan_comes_without_numbers(void **state)
{
    (void)state;
    struct text_plan p = short_plan();
    for (unsigned threads = 1; threads <= 3; threads++) {
        struct study_job *jobs = jobs_of(NULL, NULL, 4);
        struct workers w = {
            .threads = threads, .open = leave_unopened, .context = p.plan};
        assert_true(workers_run(&w, jobs, 4));
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(jobs[i].numbers == NULL, jobs[i].replication == 2);
            trial_numbers_free(jobs[i].numbers);
        }
        free(jobs);
    }
    text_plan_free(&p);
}

static double processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One long run, seven threads without one: waiting in a loop would cost eight times the
 * processor, or as many as there are. */
static void test_idle_threads_sleep(void **state)
{
    (void)state;
    struct text_plan brief = short_plan(), lengthy = plan_lasting("30000s", "4/s");
    double spent[2];
    for (int k = 0; k < 2; k++) {
        struct study_job *jobs = jobs_of(brief.plan, lengthy.plan, 100);
        struct workers w = {.threads = k == 0 ? 1 : 8};
        double before = processor_seconds();
        assert_true(workers_run(&w, jobs, 100));
        spent[k] = processor_seconds() - before;
        for (size_t i = 0; i < 100; i++)
            trial_numbers_free(jobs[i].numbers);
        free(jobs);
    }
    if (spent[1] > 1.8 * spent[0])
        fail_msg("%.3f s of processor on one thread, %.3f s on eight", spent[0],
                 spent[1]);
    text_plan_free(&brief);
    text_plan_free(&lengthy);
}

static void test_there_is_a_processor_to_use(void **state)
{
    (void)state;
    assert_in_range(workers_default(), 1, 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results_are_the_same_on_any_number_of_threads),
        cmocka_unit_test(test_fewer_jobs_than_threads_and_none_at_all),
        cmocka_unit_test(test_zero_threads_count_as_one),
        cmocka_unit_test(test_nothing_is_handed_over_once_no_more_is_wanted),
        cmocka_unit_test(test_the_stop_flag_keeps_what_was_handed_over),
        cmocka_unit_test(test_the_stop_flag_ends_runs_in_the_middle),
        cmocka_unit_test(test_runs_that_are_not_wanted_are_abandoned),
        cmocka_unit_test(test_what_waits_for_its_turn_is_bounded),
        cmocka_unit_test(test_plans_that_were_opened_in_vain_stay_in_their_jobs),
        cmocka_unit_test(test_a_job_without_a_plan_comes_without_numbers),
        cmocka_unit_test(test_idle_threads_sleep),
        cmocka_unit_test(test_there_is_a_processor_to_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
