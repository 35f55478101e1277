#include "tests/churn_record.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/memory.h"

/* Reads what `format` says, all `count` values of it. */
static void __attribute__((format(scanf, 3, 4)))
expect(FILE *f, int count, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    assert_int_equal(vfscanf(f, format, args), count);
    va_end(args);
}

static enum churn_kind kind_of(char letter)
{
    switch (letter) {
    case 'h':
        return CHURN_SERVER_NEVER;
    case 'f':
        return CHURN_SERVER_FIRST;
    default:
        return CHURN_CLIENT_FIRST;
    }
}

/* "762.5x2622": so many at equal distances, the first at 0. */
static uint32_t equal_distances(struct churn_record *r, double distance, uint32_t count,
                                sim_ns life)
{
    for (uint32_t i = 0; i < count; i++)
        r->arrivals[i] = (struct churn_arrival){llround(i * distance * 1e5), life, 0};
    return count;
}

/* Words are explained in tests/kernel/convert_churn.py. */
static void read_arrivals(FILE *f, struct churn_record *r, sim_ns life)
{
    char word[64], letter;
    sim_ns now = 0;
    for (uint32_t i = 0; i < r->arrival_count;) {
        double distance;
        uint32_t number = 0;
        expect(f, 1, "%63s", word);
        letter = 'n';
        assert_true(sscanf(word, "%lf%c%u", &distance, &letter, &number) >= 1);
        if (letter == 'x') {
            i += equal_distances(r, distance, number, life);
            continue;
        }
        now += llround(distance * 1e5);
        r->arrivals[i++] = (struct churn_arrival){
            now, life ? life : (sim_ns)number * SIM_MS, kind_of(letter)};
    }
}

static void read_seconds(FILE *f, struct churn_record *r)
{
    for (uint32_t s = 0; s < r->seconds; s++)
        expect(f, 6, "%u %u %u %u %u %u", &r->kernel[0].opened[s],
               &r->kernel[1].opened[s], &r->kernel[0].time_wait[s],
               &r->kernel[1].time_wait[s], &r->kernel[0].fin_wait_2[s],
               &r->kernel[1].fin_wait_2[s]);
}

struct churn_record *churn_record_read(const char *name)
{
    char *path = memory_print("tests/kernel/churn/%s.txt", name);
    FILE *f = fopen(path, "r");
    free(path);
    assert_non_null(f);
    struct churn_record *r = memory_new(1, sizeof *r);
    unsigned life_ms;
    expect(f, 0, "#%*[^\n]");
    expect(f, 2, " range %u %u", &r->low, &r->high);
    expect(f, 1, " bind %15s", r->bind);
    expect(f, 1, " tw_reuse %u", &r->tw_reuse);
    expect(f, 1, " fin_timeout %u", &r->fin_timeout_s);
    expect(f, 1, " destinations %u", &r->destinations);
    expect(f, 1, " life %u", &life_ms);
    expect(f, 1, " arrivals %u", &r->arrival_count);
    assert_true(r->destinations <= CHURN_DESTINATIONS);
    r->arrivals = memory_new(r->arrival_count, sizeof *r->arrivals);
    read_arrivals(f, r, life_ms * SIM_MS);
    expect(f, 1, " seconds %u", &r->seconds);
    assert_true(r->seconds <= CHURN_SECONDS);
    read_seconds(f, r);
    fclose(f);
    return r;
}

void churn_record_free(struct churn_record *r)
{
    free(r->arrivals);
    free(r);
}
