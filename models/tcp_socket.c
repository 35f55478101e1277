#include "models/tcp_socket.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"

#define GENERATIONS 15 /* four bits of a segment's event */

void tcp_sockets_init(struct tcp_sockets *t)
{
    *t = (struct tcp_sockets){.index_size = 16};
    t->index = memory_new(t->index_size, sizeof *t->index);
}

void tcp_sockets_free(struct tcp_sockets *t)
{
    free(t->at);
    free(t->index);
    *t = (struct tcp_sockets){0};
}

static uint32_t fresh(struct tcp_sockets *t)
{
    if (t->used + 1 >= t->capacity) {
        t->capacity = (uint32_t)memory_grown(t->capacity, (size_t)t->used + 2);
        t->at = memory_resize(t->at, t->capacity, sizeof *t->at);
    }
    t->used++;
    t->at[t->used] = (struct tcp_socket){0};
    return t->used;
}

uint32_t tcp_sockets_open(struct tcp_sockets *t)
{
    uint32_t socket = t->free_first;
    if (socket) {
        t->free_first = t->at[socket].peer;
        if (!t->free_first)
            t->free_last = 0;
    } else {
        socket = fresh(t);
    }
    unsigned generation = (t->at[socket].generation + 1u) & GENERATIONS;
    t->at[socket] = (struct tcp_socket){.generation = generation & GENERATIONS};
    t->live++;
    return socket;
}

void tcp_sockets_close(struct tcp_sockets *t, uint32_t socket)
{
    struct tcp_socket *s = &t->at[socket];
    s->state = TCP_NO_STATE;
    s->timer = (struct event_timer){0};
    s->peer = 0;
    if (t->free_last)
        t->at[t->free_last].peer = socket;
    else
        t->free_first = socket;
    t->free_last = socket;
    t->live--;
}

/* --- index ----------------------------------------------------------------------------
 */

static uint32_t tuple_hash(uint32_t local_address, uint16_t local_port,
                           uint32_t remote_address, uint16_t remote_port)
{
    uint64_t x =
        (uint64_t)remote_address << 32 | (uint32_t)remote_port << 16 | local_port;
    x = (x ^ local_address * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;
    x ^= x >> 32;
    x *= 0xD6E8FEB86659FD93u;
    return (uint32_t)(x >> 32);
}

static uint32_t home(const struct tcp_sockets *t, uint32_t socket)
{
    const struct tcp_socket *s = &t->at[socket];
    return tuple_hash(s->local_address, s->local_port, s->remote_address,
                      s->remote_port) &
           (t->index_size - 1);
}

uint32_t tcp_sockets_find(const struct tcp_sockets *t, uint32_t local_address,
                          uint16_t local_port, uint32_t remote_address,
                          uint16_t remote_port)
{
    uint32_t mask = t->index_size - 1;
    uint32_t i =
        tuple_hash(local_address, local_port, remote_address, remote_port) & mask;
    for (; t->index[i]; i = (i + 1) & mask) {
        const struct tcp_socket *s = &t->at[t->index[i]];
        if (s->remote_port == remote_port && s->remote_address == remote_address &&
            s->local_port == local_port && s->local_address == local_address)
            return t->index[i];
    }
    return 0;
}

static void put(struct tcp_sockets *t, uint32_t socket)
{
    uint32_t i = home(t, socket);
    while (t->index[i])
        i = (i + 1) & (t->index_size - 1);
    t->index[i] = socket;
}

static void grow_index(struct tcp_sockets *t)
{
    uint32_t *old = t->index, old_size = t->index_size;
    t->index_size *= 2;
    t->index = memory_new(t->index_size, sizeof *t->index);
    for (uint32_t i = 0; i < old_size; i++)
        if (old[i])
            put(t, old[i]);
    free(old);
}

void tcp_sockets_index(struct tcp_sockets *t, uint32_t socket)
{
    if (t->indexed >= t->index_size / 2)
        grow_index(t);
    put(t, socket);
    t->indexed++;
}

/* Linear probing without tombstones: what follows moves up into the gap. */
void tcp_sockets_unindex(struct tcp_sockets *t, uint32_t socket)
{
    uint32_t mask = t->index_size - 1;
    uint32_t gap = home(t, socket);
    while (t->index[gap] != socket) {
        SIM_ASSERT(t->index[gap] != 0);
        gap = (gap + 1) & mask;
    }
    for (uint32_t i = (gap + 1) & mask; t->index[i]; i = (i + 1) & mask) {
        uint32_t from = home(t, t->index[i]);
        if (((i - from) & mask) >= ((i - gap) & mask)) {
            t->index[gap] = t->index[i];
            gap = i;
        }
    }
    t->index[gap] = 0;
    t->indexed--;
}

size_t tcp_sockets_bytes(const struct tcp_sockets *t)
{
    return (size_t)t->capacity * sizeof *t->at + (size_t)t->index_size * sizeof *t->index;
}
