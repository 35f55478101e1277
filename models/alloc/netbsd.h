/* What NetBSD's six ways of choosing a port share (sys/netinet/portalgo.c, selected by
 * net.inet.ip.anonportalgo or by a socket).
 *
 * "bsd", the default, walks downwards.  The other five, when they find nothing, end in a
 * choice that the version read makes without looking (the last port less one); here they
 * fall back to "bsd" [MODEL.md A2.6, an inference], so all six find a free port whenever
 * there is one.  Vestigial TIME_WAIT records hold their port like any socket.
 *
 * The two that hash wait for the destination: bind(addr, 0) leaves the choice to
 * connect().
 *
 * Counters are 32 bits wide here, 16 there; that cannot be told from outside while N
 * divides 65,536, as for 49152-65535.
 */
#ifndef MODELS_ALLOC_NETBSD_H
#define MODELS_ALLOC_NETBSD_H

#include "models/alloc/walks.h"

#define NETBSD_FAILURE "EAGAIN"

/* `answer`, or if it holds no port that of the walk downwards, at the cost of both. */
struct port_answer netbsd_or_bsd(struct port_answer answer,
                                 const struct port_request *request,
                                 struct walk_cursor *cursor);

/* Keys of the two that hash. */
struct netbsd_hash_config {
    bool new_secret;
};
extern const struct field_table netbsd_hash_fields;

/* 16 bits of a hash of the request's tuple: with `new_secret`, as in the version read,
 * of a secret drawn for this call, which makes it a random number. */
uint16_t netbsd_hash(const struct netbsd_hash_config *config, uint64_t secret,
                     const struct port_request *request, struct random_stream *chance);

#endif
