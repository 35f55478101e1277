/* An application as a scenario states it: who connects where, how often, for how long,
 * who closes, and what its users do when it fails. */
#ifndef MODELS_APP_H
#define MODELS_APP_H

#include "models/arrivals.h"
#include "models/behaviour.h"
#include "models/cache.h"
#include "models/faces.h"
#include "models/leak.h"
#include "models/socket_options.h"
#include "models/udp_config.h"
#include "sim/base/field.h"
#include "sim/base/pool.h"

enum app_protocol { APP_TCP, APP_UDP };
enum app_family { APP_IPV4, APP_IPV6 };

enum app_closer { CLOSES_CLIENT, CLOSES_SERVER, CLOSES_BOTH };

struct retry_config {
    uint32_t retries;
    sim_ns backoff; /* before the first retry */
    double factor;  /* each further wait is this much longer */
    double jitter;  /* share of each wait that chance may take away */
};

/* Connections a program keeps for its requests: models/client_pool.h. */
struct client_pool_config {
    uint32_t connections; /* 0: no limit */
    uint32_t requests;    /* of a connection; 0: no limit */
    sim_ns idle;          /* 0: the app has no pool */
    sim_ns wait;          /* for a connection when all are busy */
};

struct app_config {
    char name[FIELD_NAME_SIZE];
    uint32_t face;                 /* of faces[] */
    uint32_t from;                 /* host */
    char process[FIELD_NAME_SIZE]; /* of its users, on `from`; "": named as the app */
    uint32_t through;              /* proxy; FIELD_NO_REFERENCE: none */
    uint32_t protocol;             /* enum app_protocol */
    uint32_t family;               /* enum app_family, of all its connections */
    struct field_endpoint to;
    struct field_variant arrivals;
    struct field_variant lifetime;  /* a distribution */
    sim_ns quiet;                   /* before the close: no more data */
    double vanishes;                /* share whose closer disappears instead */
    uint32_t closes_first;          /* enum app_closer */
    struct field_list server_close; /* struct behaviour */
    struct field_list client_close; /* struct behaviour, when the server closes first */
    sim_ns patience;                /* with a proxy: for its answer */
    struct retry_config on_failure;
    uint32_t connections; /* opened at once: session_group.h */
    struct client_pool_config pool;
    struct cache_config cache;
    double local;                 /* share of attempts that need no network */
    struct socket_options socket; /* of the users' own connections */
    struct leak_config leaks;     /* of the same */
    struct udp_config udp;        /* with protocol udp */
};

/* The pool its ports are in, on every host that takes part. */
static inline enum pool app_pool(const struct app_config *a)
{
    return pool_for(a->protocol == APP_UDP, a->family == APP_IPV6 ? 6 : 4);
}

extern const struct field_table app_fields;

#endif
