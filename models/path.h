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

/* What becomes of a segment on its way. */
enum segment_fate {
    SEGMENT_CARRIED,
    SEGMENT_LOST,  /* by the link */
    SEGMENT_EATEN, /* by the element that eats FINs */
    SEGMENT_KEPT,  /* by a gateway: dropped, or held back */
};

/* The link loses the segment that is sent now. */
static inline bool link_loses(struct link *l)
{
    return l->loss > 0 && random_unit(&l->chance) < l->loss;
}

/* The same of a segment with a FIN that was not lost, and the element that eats them. */
static inline bool link_eats(struct link *l)
{
    return l->fin_eaten > 0 && random_unit(&l->chance) < l->fin_eaten;
}

#endif
