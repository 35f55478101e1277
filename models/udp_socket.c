#include "models/udp_socket.h"

#include <stdlib.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"

#define FIRST_INDEX 64

static uint32_t slot_of(const struct udp_sockets *t, const struct udp_socket *s)
{
    uint64_t x = (uint64_t)s->local_address << 16 | s->local_port;
    return (uint32_t)(x * 0x9E3779B97F4A7C15u >> 32) & (t->index_size - 1);
}

void udp_sockets_free(struct udp_sockets *t)
{
    free(t->at);
    free(t->index);
    *t = (struct udp_sockets){0};
}

uint32_t udp_sockets_open(struct udp_sockets *t)
{
    uint32_t socket = t->free;
    if (socket) {
        t->free = t->at[socket].session;
    } else {
        if (t->used + 1 >= t->capacity) {
            t->capacity = (uint32_t)memory_grown(t->capacity, (size_t)t->used + 2);
            t->at = memory_resize(t->at, t->capacity, sizeof *t->at);
        }
        socket = ++t->used;
    }
    t->at[socket] = (struct udp_socket){.state = UDP_CLOSED};
    t->live++;
    return socket;
}

void udp_sockets_close(struct udp_sockets *t, uint32_t socket)
{
    t->at[socket] = (struct udp_socket){.session = t->free};
    t->free = socket;
    t->live--;
}

static void insert(struct udp_sockets *t, uint32_t socket)
{
    uint32_t slot = slot_of(t, &t->at[socket]);
    t->at[socket].next = t->index[slot];
    t->index[slot] = socket;
}

static void grow_index(struct udp_sockets *t)
{
    uint32_t *old = t->index, size = t->index_size;
    t->index_size = size ? size * 2 : FIRST_INDEX;
    t->index = memory_new(t->index_size, sizeof *t->index);
    for (uint32_t i = 0; i < size; i++)
        for (uint32_t socket = old[i], next; socket; socket = next) {
            next = t->at[socket].next;
            insert(t, socket);
        }
    free(old);
}

void udp_sockets_index(struct udp_sockets *t, uint32_t socket)
{
    if (t->indexed >= t->index_size * 2)
        grow_index(t);
    insert(t, socket);
    t->indexed++;
}

void udp_sockets_unindex(struct udp_sockets *t, uint32_t socket)
{
    uint32_t *link = &t->index[slot_of(t, &t->at[socket])];
    while (*link != socket) {
        SIM_ASSERT(*link);
        link = &t->at[*link].next;
    }
    *link = t->at[socket].next;
    t->indexed--;
}

uint32_t udp_sockets_receiver(const struct udp_sockets *t, const struct udp_socket *s)
{
    uint32_t other = t->index_size ? t->index[slot_of(t, s)] : 0;
    for (; other; other = t->at[other].next) {
        const struct udp_socket *o = &t->at[other];
        bool here = o->local_address == s->local_address && o->member == s->member &&
                    o->local_port == s->local_port;
        bool from = o->state == UDP_UNCONN || (o->remote_address == s->remote_address &&
                                               o->remote_port == s->remote_port);
        if (here && from)
            return other;
    }
    return 0;
}

size_t udp_sockets_bytes(const struct udp_sockets *t)
{
    return t->capacity * sizeof *t->at + t->index_size * sizeof *t->index;
}

const char *udp_state_name(enum udp_state state)
{
    static const char *const names[UDP_STATE_COUNT] = {
        [UDP_UNCONN] = "UNCONN", [UDP_ESTABLISHED] = "ESTABLISHED"};
    return names[state];
}
