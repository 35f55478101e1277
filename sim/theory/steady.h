/* The steady state of a scenario by closed forms: who asks for whose ports, which of them
 * compete, and what is lost.
 *
 * Every connection of an app on one of its legs is a flow; flows that can take each
 * other's ports are one loss system: all of a pool where the conflict test asks for the
 * port, those to one destination where it asks for the tuple [MODEL.md 0.1, D4].  Members
 * and source addresses are copies of it.  Retries and the two legs of a proxy are a fixed
 * point: who fails comes again [D8], and only who reached the proxy asks it for a port.
 * A gateway that translates is a leg of its own, with its outside ports and its timers.
 *
 * Cost: some loss formulas (loss.h) and timer wheels (hold.h): 1 us to 1 ms, measured on
 * the library's scenarios; several connections at once O(ports) more.
 */
#ifndef SIM_THEORY_STEADY_H
#define SIM_THEORY_STEADY_H

#include "sim/theory/hold.h"
#include "sim/theory/loss.h"
#include "sim/theory/search.h"
#include "sim/trial/trial_config.h"

#define STEADY_NONE UINT32_MAX

/* Ports that compete, in so many copies alike. */
struct steady_system {
    uint32_t host;
    enum pool pool;
    bool by_tuple; /* of connections to `to` alone */
    struct field_endpoint to;
    uint32_t destinations; /* addresses behind `to`; by port scope 1 */
    uint32_t ports;
    struct theory_search search;
    bool parallel;           /* some attempts want several ports at once */
    double copies;           /* members x addresses in use x destinations */
    double load;             /* of one copy, erlang */
    double demand;           /* what the load would be if everybody found a port */
    struct loss_state state; /* of one copy; of attempts for one port each */
    const char *doubt, *cannot;
};

struct steady_flow {
    uint32_t app, host, system;
    uint32_t opener; /* GATEWAY: the flow whose connections it translates */
    enum theory_leg leg;
    enum pool pool;
    uint32_t width;  /* ports an attempt wants at once */
    uint32_t places; /* addresses it goes to */
    struct theory_hold hold;
    double rate;      /* tries that come so far, per second, of all copies */
    double loss;      /* share that find no port */
    double next_loss; /* of parallel systems, while they are being solved */
    double held;      /* ports, in the mean, of all copies */
    double members;   /* of the host, that its users come to */
};

struct steady_app {
    double rate;     /* attempts per second; NaN: no constant rate */
    double network;  /* share of them that need the network */
    double tries;    /* per second */
    double offered;  /* of them, as if strangers: what loads the ports */
    bool at_once;    /* retries are made in the same instant */
    double try_loss; /* share of tries that fail for want of a port */
    double failure_ratio;
    uint32_t flows[LEG_COUNT]; /* STEADY_NONE: it has no such leg */
    const char *doubt, *cannot;
};

struct steady {
    const struct trial_config *config;
    struct steady_app *apps; /* one each */
    uint32_t app_count;
    struct steady_flow *flows;
    uint32_t flow_count;
    struct steady_system *systems; /* by the first flow that uses them */
    uint32_t system_count;
};

struct steady steady_of(const struct trial_config *config);
void steady_free(struct steady *s);

/* Ports in use in a pool of a host, of all members; what is asked of it, per second, and
 * granted. */
struct steady_pool {
    double in_use, asked, granted;
    uint32_t systems, flows;
    bool parallel;              /* some ask for several ports at once */
    const char *doubt, *cannot; /* of any of them */
};
struct steady_pool steady_pool_of(const struct steady *s, uint32_t host, enum pool pool);

/* Of a client's connections to its proxy: the share for which that finds no port.  And of
 * any: the share that is refused by nobody behind. */
double steady_refused(const struct steady *s, const struct steady_flow *f);
double steady_lives(const struct steady *s, const struct steady_flow *f);

/* Ports of one address of a member that its flows can be given. */
uint32_t steady_ports(const struct host_config *h, enum pool pool);

#endif
