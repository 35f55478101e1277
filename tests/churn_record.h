/* A churn experiment of a real kernel, as tests/kernel/churn/ keeps it: what was set, who
 * came when, and what the kernel did in each second of two runs of the same arrivals.
 */
#ifndef TESTS_CHURN_RECORD_H
#define TESTS_CHURN_RECORD_H

#include <stdint.h>

#include "sim/base/time.h"

#define CHURN_SECONDS      256
#define CHURN_DESTINATIONS 4

enum churn_kind {
    CHURN_CLIENT_FIRST, /* the server follows */
    CHURN_SERVER_NEVER, /* the client closes first, the server never */
    CHURN_SERVER_FIRST, /* the client follows */
    CHURN_KINDS
};

struct churn_arrival {
    sim_ns at, life; /* from established to the client's close; SERVER_FIRST: not used */
    enum churn_kind kind;
};

/* What was counted by whom, second by second. */
struct churn_seconds {
    uint32_t opened[CHURN_SECONDS];     /* by arrivals of this second */
    uint32_t time_wait[CHURN_SECONDS];  /* at its beginning */
    uint32_t fin_wait_2[CHURN_SECONDS]; /* at its beginning */
};

struct churn_record {
    unsigned low, high; /* ports */
    char bind[16];      /* as "apps.<app>.socket.bind" names it */
    unsigned tw_reuse, fin_timeout_s;
    uint32_t destinations; /* they take turns */
    uint32_t arrival_count, seconds;
    struct churn_arrival *arrivals;
    struct churn_seconds kernel[2];
};

/* Fails the test when there is no such record or it is not whole. */
struct churn_record *churn_record_read(const char *name);
void churn_record_free(struct churn_record *r);

#endif
