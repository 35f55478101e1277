/* The scenario that `portsim init` begins with: commented, and the reader's own numbers
 * in it. */
#ifndef SIM_CLI_INIT_SCENARIO_H
#define SIM_CLI_INIT_SCENARIO_H

#include <stdint.h>

#include "sim/results/text.h"

/* What stands between those who come and the server. */
enum init_through { INIT_NONE, INIT_PROXY, INIT_NAT };

struct init_wish {
    const char *name;
    const char *stack; /* of the host whose ports are in question */
    double per_second; /* connections */
    uint32_t destinations;
    enum init_through through;
};

/* The most destinations: addresses of 192.0.2.0/24 [RFC 5737]. */
#define INIT_DESTINATIONS_MAX 254

/* The most connections a second: a run of a few seconds stays below two. */
#define INIT_RATE_MAX 20000

/* "none", "proxy", "nat"; NULL after the last. */
const char *init_through_word(uint32_t index);

/* Appends it.  `share` is what the run found to fail in the end: above what the scenario
 * requires, a comment says so; below 0: nobody has looked yet. */
void init_scenario_write(struct text *out, const struct init_wish *wish, double share);

/* The metric of its requirement, and the most that it allows. */
#define INIT_METRIC "apps.web.failure_ratio@late"
#define INIT_BOUND  0.01

#endif
