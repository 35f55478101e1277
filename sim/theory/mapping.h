/* What a NAT gateway keeps of the connections that pass it: for how long, and which of
 * its outside ports compete. */
#ifndef SIM_THEORY_MAPPING_H
#define SIM_THEORY_MAPPING_H

#include "sim/theory/hold.h"
#include "sim/theory/search.h"

/* The gateway between the opener of that leg and its peer; FIELD_NO_REFERENCE: none. */
uint32_t theory_gateway_of(const struct trial_config *config, const struct app_config *a,
                           enum theory_leg leg);

/* How long a mapping of such a connection lives, of which `opener` says how long the
 * connection itself does: `total`, with doubts and reasons. */
struct theory_hold theory_mapping_of(const struct host_config *gateway,
                                     const struct app_config *app,
                                     const struct theory_hold *opener);

/* The ports that one destination, and of blocks one inside host, can have. */
struct theory_outside {
    uint32_t ports;
    double copies;
    struct theory_search search;
    const char *doubt;
};
struct theory_outside theory_outside_of(const struct host_config *gateway,
                                        double inside_hosts);

#endif
