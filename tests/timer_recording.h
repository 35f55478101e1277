/* Experiments with timers that a real kernel recorded: tests/kernel/linux_timers.txt,
 * whose form convert_timers.py says. */
#ifndef TESTS_TIMER_RECORDING_H
#define TESTS_TIMER_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/time.h"

#define RECORDED_LIVES 400

/* A socket: when its life began (it was closed, or began to connect), and what was seen
 * of it then, in order; the last is its end. */
struct life {
    sim_ns begin;
    sim_ns seen[16];
    uint32_t count;
};

struct timer_recording {
    char numbers[200]; /* "retries=1 step=0.02" */
    struct life lives[RECORDED_LIVES];
    uint32_t count;
};

/* Fails the test when there is no such experiment. */
void timer_recording_read(const char *name, struct timer_recording *out);

/* A number of its line in nanoseconds of seconds, or `otherwise`. */
double timer_recording_number(const struct timer_recording *r, const char *key,
                              double otherwise);
bool timer_recording_has(const struct timer_recording *r, const char *word);

#endif
