/* What lies between two hosts: a delay, a loss, and an element that may eat FINs.
 *
 * Every ordered pair of host entries has a link; those no `paths` entry names use the
 * scenario's `network` defaults.  Loss is drawn when a segment is sent, from the link's
 * own stream, and only on links that lose.
 */
#ifndef MODELS_PATH_H
#define MODELS_PATH_H

#include "sim/base/field.h"
#include "sim/base/time.h"
#include "sim/engine/event_queue.h"
#include "sim/engine/random.h"

/* `network`: the path between hosts that no entry of `paths` names. */
struct network_config {
    sim_ns rtt;
    double loss;
};

struct path_config {
    struct field_list between; /* two uint32_t: indices of hosts */
    sim_ns rtt;
    double loss;            /* share of segments lost, each way */
    uint32_t eats_fin_from; /* host whose FINs are eaten; FIELD_NO_REFERENCE */
    double eats_fin_share;
};

extern const struct field_table network_fields, path_fields;

/* One direction. */
struct link {
    sim_ns delay; /* half the round trip */
    double loss;
    double fin_eaten;
    event_lane lane; /* of `delay` */
    uint16_t
        gateway; /* stands at its beginning: number in struct gateways + 1; 0: none */
    struct random_stream chance;
};

/* True if the segment arrives.  `fin`: it carries a FIN. */
static inline bool link_carries(struct link *l, bool fin)
{
    if (l->loss > 0 && random_unit(&l->chance) < l->loss)
        return false;
    return !(fin && l->fin_eaten > 0 && random_unit(&l->chance) < l->fin_eaten);
}

#endif
