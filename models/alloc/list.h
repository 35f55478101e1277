/* Every allocator, in the order `list allocators` prints them: add a line, add a file. */
#ifndef MODELS_ALLOC_LIST_H
#define MODELS_ALLOC_LIST_H

#include "models/port_allocator.h"

/* Identifier of the file's struct port_allocator_<id>; scenarios use its .name. */
#define PORT_ALLOCATORS(X)                                                               \
    X(bsd44)                                                                             \
    X(freebsd1996)                                                                       \
    X(freebsd12)                                                                         \
    X(freebsd14)                                                                         \
    X(dragonfly)                                                                         \
    X(openbsd)                                                                           \
    X(netbsd_bsd)                                                                        \
    X(netbsd_random_start)                                                               \
    X(netbsd_random_pick)                                                                \
    X(netbsd_hash)                                                                       \
    X(netbsd_doublehash)                                                                 \
    X(netbsd_randinc)                                                                    \
    X(xnu)                                                                               \
    X(illumos)                                                                           \
    X(rfc6056_alg1)                                                                      \
    X(rfc6056_alg2)                                                                      \
    X(rfc6056_alg3)                                                                      \
    X(rfc6056_alg4)                                                                      \
    X(rfc6056_alg5)                                                                      \
    X(sg_legacy_a)                                                                       \
    X(sg_legacy_b)                                                                       \
    X(sg_random_off)                                                                     \
    X(sg_reworked)                                                                       \
    X(ipcom)                                                                             \
    X(linux41)                                                                           \
    X(linux42)                                                                           \
    X(linux46)                                                                           \
    X(linux512)                                                                          \
    X(linux518)                                                                          \
    X(linux_bind0)                                                                       \
    X(linux_udp)                                                                         \
    X(win2003)                                                                           \
    X(win10)                                                                             \
    X(haproxy_ring)                                                                      \
    X(netfilter)                                                                         \
    X(cilium)                                                                            \
    X(azure_lb)                                                                          \
    X(azure_nat)                                                                         \
    X(aws_nat)                                                                           \
    X(gcp_static)                                                                        \
    X(gcp_dynamic)                                                                       \
    X(cgnat_blocks)                                                                      \
    X(cgnat_deterministic)                                                               \
    X(vpp_cgn)

enum port_allocator_kind {
#define X(id) PORT_ALLOCATOR_##id,
    PORT_ALLOCATORS(X)
#undef X
        PORT_ALLOCATOR_COUNT
};

#define X(id) extern const struct port_allocator_ops port_allocator_##id;
PORT_ALLOCATORS(X)
#undef X

#endif
