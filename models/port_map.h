/* A number for each port, 0 for most: a short list while few have one, an array from then
 * on.
 *
 *     few     8 bytes a port with a number, up to PORT_MAP_FEW of them
 *     many    4 bytes a port of each block of 1,024 that was touched, and 512 bytes;
 *             get and set are O(1)
 *
 * Becomes many when it outgrows the list and few again when it empties.  {0} is empty.
 */
#ifndef MODELS_PORT_MAP_H
#define MODELS_PORT_MAP_H

#include <stddef.h>

#include "models/port_range.h"

#define PORT_MAP_FEW    32
#define PORT_MAP_BLOCK  1024
#define PORT_MAP_BLOCKS (PORT_COUNT / PORT_MAP_BLOCK)

struct port_map_entry {
    uint16_t port;
    uint32_t number;
};

struct port_map {
    uint32_t **blocks; /* PORT_MAP_BLOCKS, NULL where untouched; NULL while few */
    struct port_map_entry *few; /* the first `count`, in no order; NULL when many */
    uint32_t count;             /* ports whose number is not 0 */
    uint16_t capacity;          /* of `few` */
    uint16_t touched;           /* blocks */
};

uint32_t port_map_get(const struct port_map *m, uint16_t port);

/* The number 0 takes the port out. */
void port_map_set(struct port_map *m, uint16_t port, uint32_t number);

/* Empties it and gives its memory back. */
void port_map_clear(struct port_map *m);

/* What it allocated, without the struct itself. */
size_t port_map_bytes(const struct port_map *m);

#endif
