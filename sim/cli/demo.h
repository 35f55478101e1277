/* The demos: a scenario of the library, told in one sentence, a few numbers and a picture
 * on one screen of 24 rows, in under two seconds.
 *
 * A demo is one row of the table in demos.c: what it runs and turns, and which metrics
 * are its numbers.  Everything else is done alike for all of them in demo.c.
 */
#ifndef SIM_CLI_DEMO_H
#define SIM_CLI_DEMO_H

#include <stdbool.h>
#include <stdint.h>

#define DEMO_COLUMNS 5
#define DEMO_NUMBERS 6

/* Where the values of a column come from. */
enum demo_source {
    DEMO_AS_IS,  /* the scenario as it stands */
    DEMO_TURNED, /* the same with one knob turned, under the same users */
    DEMO_THEORY, /* closed forms of the scenario as it stands */
};

enum demo_format { DEMO_SHARE, DEMO_SECONDS, DEMO_COUNT, DEMO_VALUE };

/* {0} ends the columns. */
struct demo_column {
    const char *title;
    enum demo_source from;
    const char *name; /* stands for the '*' of the metrics; NULL: they have none */
};

/* {0} ends the numbers. */
struct demo_number {
    const char *label;
    const char *metric;
    enum demo_format format;
    const char *about, *quantity; /* of its line of `portsim theory`; NULL: none */
};

struct demo {
    const char *name;
    const char *summary; /* one line */
    const char *story;   /* what is simulated, in two lines at most */
    const char *scenario;
    uint32_t replications;
    const char *setting; /* of the second run; NULL: there is none */
    const char *picture; /* kind of figure */
    struct demo_column columns[DEMO_COLUMNS + 1];
    struct demo_number numbers[DEMO_NUMBERS + 1];
    const char *next; /* a command to try after `diagnose` */
};

/* In the order of `demo --list`; NULL after the last. */
const struct demo *demo_at(uint32_t index);

/* NULL if there is none of that name. */
const struct demo *demo_find(const char *name);

/* Runs it, prints the screen, leaves runs/demo-NAME in place of what was there.  The exit
 * status: a picture that gnuplot cannot draw is missed, said so, and no failure. */
int demo_show(const struct demo *demo, bool quiet);

#endif
