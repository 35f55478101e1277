/* What an application that speaks UDP does with a socket, as a scenario states it. */
#ifndef MODELS_UDP_CONFIG_H
#define MODELS_UDP_CONFIG_H

#include "sim/base/field.h"

struct udp_config {
    sim_ns timeout; /* of a query */
    bool connected;
    double unanswered;           /* share of the queries the server ignores */
    struct field_variant thinks; /* a distribution: how long the server does */
};

/* Keys under an app's "udp". */
extern const struct field_table udp_config_fields;

#endif
