/* What choosing a port costs a real Linux while a range fills (KERNEL.md section 3),
 * beside the probes of our search and the price the stack's row gives them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/stack.h"
#include "sim/base/memory.h"
#include "tests/laws.h"
#include "tests/port_lab.h"
#include "tests/run_text.h"

enum { BINS_MAX = 128, BIN_MAX = 256 };

struct fill {
    bool binds;
    struct port_range range;
    uint32_t bin; /* sockets in a bin */
    uint32_t
        first_parity; /* ports given before the first of the other; 0: not recorded */
    uint32_t bins;
    double cost[BINS_MAX]; /* median of each: ns, or probes */
    double failure;        /* the same of a call that finds none */
};

/* A line of linux_cost.txt, as convert_cost.py says. */
static struct fill parse_fill(char *line)
{
    char *rest, *word = strtok_r(line, " \n", &rest);
    struct fill f = {.binds = strcmp(word, "b0") == 0};
    f.range.low = (uint16_t)atoi(strtok_r(NULL, " \n", &rest));
    f.range.high = (uint16_t)atoi(strtok_r(NULL, " \n", &rest));
    f.bin = (uint32_t)atoi(strtok_r(NULL, " \n", &rest));
    f.first_parity = (uint32_t)atoi(strtok_r(NULL, " \n", &rest));
    while ((word = strtok_r(NULL, " \n", &rest)) != NULL && *word != '|') {
        assert_true(f.bins < BINS_MAX);
        f.cost[f.bins++] = atof(word);
    }
    f.failure = atof(strtok_r(NULL, " \n", &rest));
    return f;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The same fill by our allocator, in probes. */
static struct fill fill_ours(const struct fill *recorded)
{
    struct fill ours = *recorded;
    struct port_lab lab =
        port_lab_new(recorded->binds ? "linux-bind0" : "linux518", recorded->range, 1);
    uint32_t size = port_range_size(recorded->range), parity = 0, given = 0;
    double probes[BIN_MAX];
    ours.first_parity = 0;
    for (uint32_t b = 0; b < ours.bins; b++) {
        uint32_t count = 0;
        for (; count < ours.bin && given < size; count++, given++) {
            struct port_answer answer = port_lab_connect(&lab, port_lab_place(0));
            probes[count] = answer.probes;
            parity = given ? parity : answer.port % 2;
            if (answer.port % 2 != parity && !ours.first_parity)
                ours.first_parity = given;
        }
        qsort(probes, count, sizeof *probes, by_value);
        ours.cost[b] = probes[count / 2];
    }
    assert_int_equal(given, size);
    ours.failure = port_lab_connect(&lab, port_lab_place(0)).probes;
    port_lab_free(&lab);
    return ours;
}

/* The bin where the cost steps up most: all behind it against all before it. */
static uint32_t step_of(const struct fill *f)
{
    uint32_t step = 0;
    double most = 0;
    for (uint32_t b = 1; b < f->bins; b++) {
        double before = 0, behind = INFINITY;
        for (uint32_t i = 0; i < f->bins; i++) {
            before = i < b ? fmax(before, f->cost[i]) : before;
            behind = i < b ? behind : fmin(behind, f->cost[i]);
        }
        if (behind / before > most) {
            most = behind / before;
            step = b;
        }
    }
    return step;
}

static char *what_of(const struct fill *f, const char *what)
{
    return memory_print("%s, %u ports: %s", f->binds ? "bind(0)" : "connect()",
                        (unsigned)port_range_size(f->range), what);
}

/* MODEL.md D10.2: a discontinuity, not a slope. */
static void check_step(const struct fill *recorded, const struct fill *ours)
{
    uint32_t was = step_of(recorded) * recorded->bin, is = step_of(ours) * ours->bin;
    char *what = what_of(recorded, "the step in cost");
    char *recorded_text = memory_print("at %u to %u sockets", (unsigned)was,
                                       (unsigned)(was + recorded->bin - 1));
    char *ours_text =
        memory_print("at %u to %u sockets", (unsigned)is, (unsigned)(is + ours->bin - 1));
    law_checked("cost", what, recorded_text, ours_text, was == is);
    free(what);
    free(recorded_text);
    free(ours_text);
}

static void check_parity(const struct fill *recorded, const struct fill *ours)
{
    char *what = what_of(recorded, "given before the first of the other parity");
    char *was = memory_print("%u", (unsigned)recorded->first_parity);
    char *is = memory_print("%u", (unsigned)ours->first_parity);
    law_checked(recorded->binds ? "P5" : "P4", what, was, is,
                recorded->first_parity == ours->first_parity);
    free(what);
    free(was);
    free(is);
}

static uint32_t ns_per_probe(const char *name)
{
    const struct stack_row *row = stack_rows;
    while (strcmp(row->name, name) != 0)
        row++;
    return row->stack.ns_per_probe;
}

/* KERNEL.md section 3: "the absolute values vary +-2x with cache and load". */
static void check_price(const struct fill *recorded, const struct fill *ours)
{
    double price = ours->failure * ns_per_probe("linux618");
    char *what = what_of(recorded, "a failing call, within a factor of 2");
    char *was = memory_print("%.0f us", recorded->failure / 1000);
    char *is = memory_print("%.0f us", price / 1000);
    law_checked("cost", what, was, is,
                price <= 2 * recorded->failure && price >= recorded->failure / 2);
    free(what);
    free(was);
    free(is);
}

static void test_the_cost_steps_where_the_kernel_s_does(void **state)
{
    (void)state;
    FILE *file = fopen("tests/kernel/linux_cost.txt", "r");
    assert_non_null(file);
    char *line = NULL;
    size_t size = 0;
    uint32_t fills = 0;
    while (getline(&line, &size, file) > 0) {
        if (*line == '#')
            continue;
        struct fill recorded = parse_fill(line), ours = fill_ours(&recorded);
        check_step(&recorded, &ours);
        if (recorded.first_parity)
            check_parity(&recorded, &ours);
        if (!recorded.binds)
            check_price(&recorded, &ours);
        fills++;
    }
    free(line);
    fclose(file);
    assert_int_equal(fills, 4);
    law_not_expressed("cost", "bind(0): 150 to 400 ns a port, connect() 65 to 180",
                      "a stack has one price for a probe, that of connect()");
}

/* Runs a host of that system out of 100 ports and reads one number of its tcp4; NAN: it
 * is not reported. */
static double measure(const char *stack, const char *metric)
{
    char *text = memory_print(
        "{\"name\": \"cost\", \"duration\": \"2s\", \"sample_every\": \"1s\","
        "\"network\": {\"rtt\": \"1ms\"}, \"hosts\": {\"client\": {\"stack\": \"%s\","
        "\"tcp\": {\"range\": [50000, 50099]}}, \"server\": {}}, \"apps\": {\"a\": {"
        "\"from\": \"client\", \"to\": \"server:80\", \"arrivals\": {\"kind\": "
        "\"constant\", \"rate\": \"100/s\"}, \"lifetime\": {\"kind\": \"constant\","
        "\"value\": \"1h\"}}}}",
        stack);
    struct text_plan p = text_plan_read(text);
    struct trial_result *r = trial_run(p.plan, 1, 1, NULL);
    char *name = memory_print("hosts.client.tcp4.%s", metric);
    const struct run_metric *found = run_record_metric(&r->record, name);
    double value = found ? found->value : NAN;
    free(name);
    trial_result_free(r);
    text_plan_free(&p);
    free(text);
    return value;
}

static void test_search_time_is_probes_at_the_price_of_the_row(void **state)
{
    (void)state;
    static const char *const stacks[] = {"linux618", "linux518", "linux46"};
    for (size_t i = 0; i < sizeof stacks / sizeof stacks[0]; i++) {
        double price = 1e-9 * ns_per_probe(stacks[i]);
        assert_true(measure(stacks[i], "probes.max") == 100);
        assert_true(fabs(measure(stacks[i], "search_time_s.max") - 100 * price) < 1e-12);
        assert_true(fabs(measure(stacks[i], "search_time_s") -
                         measure(stacks[i], "probes") * price) < 1e-12);
    }
    assert_int_equal(ns_per_probe("plain"), 0);
    assert_true(isnan(measure("plain", "search_time_s")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_cost_steps_where_the_kernel_s_does),
        cmocka_unit_test(test_search_time_is_probes_at_the_price_of_the_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
