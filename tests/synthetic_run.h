/* Run records made without the simulator, for the tests of the results floor.
 *
 * An imitation of the ProxySG outage in steps of one second: two applications share the
 * 16,384 ports of a proxy's one address; from second 300 on a share of the first one's
 * servers never send their FIN, and their ports stay in FIN_WAIT_2 for ten minutes.  The
 * counts are drawn, not measured: right in shape, good for pictures and files only.
 */
#ifndef TESTS_SYNTHETIC_RUN_H
#define TESTS_SYNTHETIC_RUN_H

#include "sim/results/run_record.h"

#define SYNTHETIC_APPS 2

/* What to imitate.  Names go into columns, events and the summary as they are. */
struct synthetic_shape {
    const char *scenario;
    const char *host;
    const char *apps[SYNTHETIC_APPS];
    const char *destinations[SYNTHETIC_APPS];
    double rate_per_s[SYNTHETIC_APPS]; /* attempts */
    unsigned life_s[SYNTHETIC_APPS];
    double never_share; /* of the first application's servers, from second 300 on */
    unsigned seconds;
    unsigned change_s;  /* FIN_WAIT_2 becomes 60 s; 0: never */
    const char *change; /* its text in the log */
};

/* Scenario S1 of the library, without a change. */
struct synthetic_shape synthetic_s1(void);

struct synthetic_run {
    struct run_record record; /* points into the rest */
    struct synthetic_storage *storage;
};

struct synthetic_run *synthetic_run_new(const struct synthetic_shape *shape);
void synthetic_run_free(struct synthetic_run *run);

#endif
