/* A host as a scenario states it: its system, its addresses, its limits. */
#ifndef MODELS_HOST_CONFIG_H
#define MODELS_HOST_CONFIG_H

#include "models/dynamic_port.h"
#include "models/nat.h"
#include "models/process_config.h"
#include "models/proxy.h"
#include "models/stack.h"
#include "sim/base/field.h"

enum host_source { HOST_SOURCE_FIRST, HOST_SOURCE_ROUND_ROBIN, HOST_SOURCE_RANDOM };

struct host_config {
    char name[FIELD_NAME_SIZE];
    uint32_t stack_row;
    bool running;                /* false: without power */
    uint32_t count;              /* members of this entry, alike */
    uint32_t share_address;      /* members behind one public address */
    struct field_list addresses; /* struct ip_address; empty: given by the world */
    struct field_list later;     /* those that changes add: no key, whoever reads the
                                    changes knows them */
    uint32_t source;          /* enum host_source: which of several addresses connects */
    struct field_list listen; /* uint16_t; empty: every port */
    uint16_t proxy_port;      /* where it accepts clients when an app goes through it */
    uint32_t proxy_row;
    struct proxy proxying; /* what it does with the connections of an app's clients */
    uint32_t max_client_connections; /* accepted and not yet closed, a member */
    bool reflect_client_ip;     /* as a proxy: connects on with the client's address */
    uint16_t reflect_offset;    /* source port = client port + this */
    struct field_list reserved; /* uint16_t: never chosen automatically */
    bool predictability;        /* measure how guessable its ports are */
    bool probes_by_occupancy;   /* measure what choices cost, by how full its ports are */
    struct field_list reserved_ranges; /* struct field_range: likewise */
    struct field_list processes;       /* struct process_config */
    struct field_list excluded_tcp;    /* struct field_range: of one protocol */
    struct field_list excluded_udp;
    struct stack tcp;
    struct udp_stack udp;
    struct dynamic_ports dynamicport;   /* of Windows */
    uint32_t nat;                       /* row of nat_rows; NAT_NONE: no gateway */
    struct nat_translation translation; /* of a gateway; else all zero */
    uint32_t gateway; /* host that translates what leaves; FIELD_NO_REFERENCE: none */
};

/* How many addresses of that family it was given; 0: the world gives them. */
uint32_t host_given_addresses(const struct host_config *h, bool ipv6);

/* The ports a pool of the host chooses from; of a gateway's tcp4 those it translates to.
 */
struct port_range host_range(const struct host_config *h, enum pool pool);

/* The ports that are never chosen automatically; the caller clears the set. */
struct port_set host_reserved_ports(const struct host_config *h, enum pool pool);

/* True if there are such ports. */
bool host_reserves(const struct host_config *h, enum pool pool);

/* True if both reserve the same, in the same words. */
bool host_reserves_the_same(const struct host_config *a, const struct host_config *b);

/* How many of its range the pool may choose. */
uint32_t host_usable_ports(const struct host_config *h, enum pool pool);

extern const struct field_table host_fields;

#endif
