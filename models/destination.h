/* Where the apps of a scenario connect to, as seen from each host that holds ports.
 *
 * One for each (host, destination), however many apps use it; a gateway on the way is
 * such a host as well.  Each has the metric that counts the ports held toward it, and for
 * every pool the spells during which no port was found toward it: of a pool whose
 * conflict test is by 4-tuple they say who runs out, of one by port who suffers.
 *
 * Cost: nothing but a look-up for a choice that fails.
 */
#ifndef MODELS_DESTINATION_H
#define MODELS_DESTINATION_H

#include "models/spell.h"
#include "sim/base/field.h"
#include "sim/base/metrics.h"
#include "sim/base/pool.h"

/* Under "hosts.<host>.destinations.<host>:<port>". */
extern const struct metric_def destination_metric;

#define DESTINATION_NONE UINT32_MAX

struct destination {
    uint32_t host, to_host;
    uint16_t to_port;
    uint32_t metric;
    struct spell spells[POOL_COUNT]; /* of choices toward it that found no port */
};

struct destinations {
    struct destination *at;
    uint32_t count;
    uint32_t *of;         /* number of [app * 2 + upstream] */
    uint32_t *translated; /* the same at the gateway on the way; DESTINATION_NONE */
};

struct net;

/* Declares the metrics and fills the tables of holders, those of the gateways included.
 * `apps`: struct app_config. */
void destinations_init(struct net *net, const struct field_list *apps);
void destinations_free(struct net *net);

/* A choice toward destination `number` found no port. */
void destination_failed(struct net *net, uint32_t number, enum pool pool);

/* Ends the spells that are over.  Called every second of simulated time. */
void destinations_settle(struct net *net);

#endif
