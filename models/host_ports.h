/* The local ports of a host's members: their spaces, allocators, listeners and rings.
 *
 * Private to the host: the calls of models/host.h that choose, take and give back ports
 * are here too.  What a member needs only when its sockets bind, an allocator of its own
 * and the programs' rings, it gets when the first one does.
 */
#ifndef MODELS_HOST_PORTS_H
#define MODELS_HOST_PORTS_H

#include "models/host.h"

/* The stream of a member in a pool: "ports" for connect(), "binds" for bind(). */
struct random_stream host_stream(const struct hosts *hosts, const struct host *h,
                                 enum pool pool, uint32_t member, const char *purpose);

/* The host has a new configuration: `before` is what it was.  Changed allocators are
 * forgotten, and start afresh with the next choice. */
void host_ports_reconfigure(const struct host *h, const struct host *before);

/* Lets the allocators of all members that keep time do so. */
void host_ports_tick(const struct host *h, sim_ns now);

void host_ports_free(const struct host *h);

/* What the members' ports allocated. */
size_t host_ports_bytes(const struct host *h);

/* Keeps what the host reserves in that pool, and nothing else, from automatic choice. */
void host_ports_reserve(struct port_space *ports, const struct host_config *config,
                        enum pool pool);

/* Counts a choice that found nothing; the first begins a spell of exhaustion. */
void host_note_failed_choice(struct hosts *hosts, struct host *h, enum pool pool,
                             sim_ns now);

#endif
