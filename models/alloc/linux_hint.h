/* What the first three generations of Linux's connect() remember: a secret for the hash
 * of (source address, destination), and one counter for everybody.
 *
 * 8 bytes each; nothing allocated.  Source: Linux net/ipv4/inet_hashtables.c, `static u32
 * hint`, until 5.11.
 */
#ifndef MODELS_ALLOC_LINUX_HINT_H
#define MODELS_ALLOC_LINUX_HINT_H

#include "models/port_allocator.h"

struct linux_hint {
    uint64_t secret;
    uint32_t hint; /* counts modulo 2^32 */
};

size_t linux_hint_size(const void *config);

void linux_hint_init(void *state, const void *config, struct port_range range,
                     struct random_stream *chance);

/* secure_ipv4_port_ephemeral(): uniform over 32 bits. */
uint32_t linux_hint_hash(const struct linux_hint *s, const struct port_request *request);

/* Every port of the view's range once, from that offset upwards. */
struct port_found linux_hint_walk(const struct port_view *view, uint32_t offset);

#endif
