/* One socket as an operator would see it: what every view of sockets is made of. */
#ifndef SIM_BASE_SOCKET_ROW_H
#define SIM_BASE_SOCKET_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/address.h"
#include "sim/base/time.h"

struct socket_row {
    const char *host;  /* entry of the scenario */
    uint32_t member;   /* of that entry, from 0 */
    const char *state; /* RFC 9293 name */
    const char *app;   /* on whose behalf */
    struct ip_address local, remote;
    uint16_t local_port, remote_port;
    bool ephemeral; /* holds a port of the host's range */
    bool owned;     /* an application holds its descriptor */
    sim_ns since;   /* in this state */
};

#endif
