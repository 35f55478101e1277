/* What a run shows, read from its record: which pools ran dry, when, and what held the
 * ports.
 */
#ifndef SIM_VIEWS_FINDING_H
#define SIM_VIEWS_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/results/run_record.h"

#define FINDING_HOLDERS 4
#define FINDING_NAME    64

struct finding_holder {
    char name[2 * FINDING_NAME]; /* "FIN_WAIT_2", "cifs:445" */
    double share;                /* of all sockets that held a port */
};

/* One pool of a host, over the spells in which it found no port; without any, over the
 * whole run. */
struct finding {
    char host[FINDING_NAME];
    enum pool pool;
    double capacity; /* when the last spell ended */
    double in_use_max;
    double fullest; /* share of the capacity of that moment that was in use at most */
    double choices, failed_choices;
    bool translates; /* a gateway: the ports are its outside ports */
    bool exhausted;
    bool recovered; /* the last spell came to an end */
    sim_ns begin, end;
    uint32_t spells;
    struct finding_holder states[FINDING_HOLDERS]; /* largest first */
    uint32_t state_count;
    struct finding_holder destinations[FINDING_HOLDERS];
    uint32_t destination_count;
};

/* Fills up to `size` findings, one a pool that ports were asked of: exhausted ones first,
 * then by fullness; returns how many there are. */
uint32_t findings_of(const struct run_record *record, struct finding *out, uint32_t size);

/* Value of a metric of the record, NaN when it is not there. */
double finding_metric(const struct run_record *record, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
