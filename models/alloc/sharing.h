/* Walks over ports that are in use but may be shared: Linux bind(addr, 0) with
 * ip_autobind_reuse, and UDP sockets with SO_REUSEADDR or SO_REUSEPORT.
 *
 * Each candidate asks for its holders one by one, so a walk costs what it passes, 5 to 10
 * ns a port; where no holder at all has set an option nothing is looked at.
 *
 * Source: Linux 6.x net/ipv4/inet_connection_sock.c inet_bind_conflict(), net/ipv4/udp.c
 * udp_lib_lport_inuse(); KERNEL.md C14, P10.
 */
#ifndef MODELS_ALLOC_SHARING_H
#define MODELS_ALLOC_SHARING_H

#include "models/port_allocator.h"

enum port_sharing {
    /* All have SO_REUSEADDR, none listens, and no pair has SO_REUSEPORT under one user:
     * so SO_REUSEADDR alone shares, both options together do not. */
    PORT_SHARE_AUTOBIND,
    PORT_SHARE_UDP, /* bind_rules_linux_udp */
};

/* The request's socket may have this port: it is not reserved, and every holder here
 * shares it, if there is any. */
bool sharing_allows(const struct port_request *request, uint16_t port,
                    enum port_sharing rule);

/* The first candidate it may have; `walk` as in port_view_scan() over `range`. */
struct port_found sharing_walk(const struct port_request *request,
                               struct port_range range, struct port_walk walk,
                               enum port_sharing rule);

#endif
