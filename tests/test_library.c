/* Every scenario of the library: it can be read, its requirements hold, its trajectory is
 * the recorded one (tests/golden/fingerprints.txt; `make golden` rewrites it), and what
 * portsim diagnose says of it is what it shows (tests/diagnosed.c). */
#include <dirent.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/diagnosed.h"
#include "tests/run_text.h"

#define GOLDEN "tests/golden/fingerprints.txt"

static int is_scenario(const struct dirent *e)
{
    const char *end = strrchr(e->d_name, '.');
    return end && strcmp(end, ".json") == 0;
}

/* The recorded fingerprint of a scenario; fails the test when there is none. */
static uint64_t golden_fingerprint(const char *name)
{
    FILE *file = fopen(GOLDEN, "r");
    char line[256], found[128];
    uint64_t fingerprint = 0;
    bool there = false;
    if (!file)
        fail_msg("cannot open " GOLDEN);
    while (!there && fgets(line, sizeof line, file))
        there = sscanf(line, "%127s %" SCNx64, found, &fingerprint) == 2 &&
                strcmp(found, name) == 0;
    fclose(file);
    if (!there)
        fail_msg("%s has no golden fingerprint: make golden", name);
    return fingerprint;
}

static void check_requirements(const struct trial_result *r)
{
    for (size_t i = 0; i < r->record.requirement_count; i++) {
        const struct run_requirement *q = &r->record.requirements[i];
        if (q->verdict != RUN_HOLDS)
            fail_msg("%s: %s: it was %g", r->record.scenario, q->expression, q->value);
    }
    assert_true(r->record.requirement_count > 0);
    assert_true(r->all_hold);
}

/* Ten seconds on a free core; more than that here, for slower ones. */
#define SECONDS_MOST 25

static void test_holds_and_repeats_itself(void **state)
{
    const char *name = *state;
    struct text_plan p = text_plan_file(name);
    assert_string_equal(p.plan->config->name, name);
    assert_non_null(p.plan->config->about);
    clock_t begin = clock();
    struct trial_result *r = trial_run(p.plan, p.plan->config->seed, 1, NULL);
    double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    check_requirements(r);
    if (seconds > SECONDS_MOST)
        fail_msg("%s takes %.0f s: make it smaller", name, seconds);
    uint64_t golden = golden_fingerprint(name);
    if (r->record.fingerprint != golden)
        fail_msg("%s: fingerprint %016" PRIx64 ", golden %016" PRIx64, name,
                 r->record.fingerprint, golden);
    check_diagnosis(&r->record);
    trial_result_free(r);
    text_plan_free(&p);
}

/* One test for each scenario, by its name.  Sanitizers slow the long ones down too much.
 */
int main(void)
{
    struct dirent **files;
    int count = scandir("scenarios", &files, is_scenario, alphasort);
    if (count <= 0) {
        fputs("there are no scenarios here\n", stderr);
        return 1;
    }
    struct CMUnitTest *tests = calloc((size_t)count, sizeof *tests);
    size_t chosen = 0;
    for (int i = 0; i < count; i++) {
        char *name = files[i]->d_name;
        name[strlen(name) - strlen(".json")] = '\0';
        if (!quick_run() || strstr(name, "churn"))
            tests[chosen++] = (struct CMUnitTest){
                .name = name,
                .test_func = test_holds_and_repeats_itself,
                .initial_state = name,
            };
    }
    int failed = _cmocka_run_group_tests("scenarios", tests, chosen, NULL, NULL);
    for (int i = 0; i < count; i++)
        free(files[i]);
    free(files);
    free(tests);
    return failed;
}
