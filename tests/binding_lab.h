/* One namespace of a Linux machine, as the recordings of bind() and connect() saw it: TCP
 * and UDP spaces, the system's allocators, and sockets described by the words of
 * tests/kernel/convert_binding.py.
 */
#ifndef TESTS_BINDING_LAB_H
#define TESTS_BINDING_LAB_H

#include "models/port_binder.h"
#include "tests/port_lab.h"

struct lab_held {
    bool udp;
    uint16_t port;
    struct port_owner owner;
    struct port_destination to;
};

struct binding_lab {
    struct port_range range;
    struct port_space *tcp, *udp;
    struct port_chooser connect, bind_tcp, bind_udp; /* their states are owned */
    struct port_lab_config configs[3];               /* and theirs, in that order */
    struct random_stream chance;
    struct lab_held *held;
    uint32_t count, capacity;
};

struct binding_lab *binding_lab_new(struct port_range range, bool autobind_reuse,
                                    uint64_t seed);
void binding_lab_free(struct binding_lab *lab);

/* "50010-50019+50050" */
void binding_lab_reserve(struct binding_lab *lab, const char *ports);

/* One socket of this type and mode, connected to `to` ("D/7001", "-"); what it was given
 * it holds. `failure` is FAILURE_NONE on success. */
struct port_outcome binding_lab_open(struct binding_lab *lab, const char *type,
                                     const char *mode, const char *to);

/* A listener on this port; false if it was refused. */
bool binding_lab_listen(struct binding_lab *lab, const char *mode, uint16_t port);

/* Closes all but the first `keep` of those that hold something. */
void binding_lab_close(struct binding_lab *lab, uint32_t keep);

#endif
