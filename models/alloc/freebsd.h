/* FreeBSD 9 to 14, in_pcb_lport(): a cursor for each range, drawn anew before each search
 * unless ports go too fast.
 *
 * The rate switch: each second in which more than `randomcps` ports were asked for turns
 * drawing off, and only `randomtime` without such a second turns it on again, because at
 * high rates random choice brings ports back too soon [FreeBSD 5 release notes].  So at
 * any load at which exhaustion matters such a host is sequential.  UDP always draws.
 *
 * The draw excludes the last port and the walk begins one behind it, so the first port of
 * the range is never the first candidate.  All N are candidates.  Low ports go upwards,
 * too: the code of 12.x swaps the ends, where releases before it walked down.
 *
 * Allocators differ in what they test: 12 the port, 13 and 14 the tuple at connect().
 * Source: FreeBSD sys/netinet/in_pcb.c of 12.x and 14, in_pcb_lport(), ipport_tick();
 * MODEL.md A2.2, A2.3.
 */
#ifndef MODELS_ALLOC_FREEBSD_H
#define MODELS_ALLOC_FREEBSD_H

#include "models/port_allocator.h"

extern const struct field_table freebsd_fields;

size_t freebsd_state_size(const void *config);

struct port_answer freebsd_choose(void *state, const void *config,
                                  const struct port_request *request,
                                  struct random_stream *chance);

/* Once a second. */
void freebsd_tick(void *state, const void *config, sim_ns now,
                  struct random_stream *chance);

#endif
