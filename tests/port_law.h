/* The laws by which Linux chooses ports, as an observer can check them.
 *
 * Of connect(): the hidden numbers that are still possible after each choice [KERNEL.md
 * P1-P4, P7]; a sequence breaks the law when no hidden number is left that explains it.
 * Of bind(addr, 0) and of UDP, which remember nothing: how likely each port is, given
 * what is busy [P5-P7, P10]; what has no chance breaks the law.
 *
 * Written from the laws, port by port, over plain arrays; shares nothing with the
 * allocators.
 */
#ifndef TESTS_PORT_LAW_H
#define TESTS_PORT_LAW_H

#include "models/port_range.h"

#define PORT_LAW_SIZE 1024 /* the largest range that can be watched */

/* What is known of one destination. */
struct port_law {
    uint32_t size; /* of the range */
    uint32_t lap;  /* candidates come back by so much: the size, even for steps of two */
    uint32_t step; /* 2, or 1 for a socket's own range */
    bool keep;     /* ports stay taken once chosen */
    bool possible[PORT_LAW_SIZE]; /* hidden numbers, modulo the lap */
    bool busy[PORT_LAW_SIZE];
};

#define PORT_LAW_FAILED UINT32_MAX

struct port_law port_law_new(uint32_t size, uint32_t step, bool keep);

/* One more choice: an offset from the low end, or PORT_LAW_FAILED.  False if the law does
 * not allow it; the knowledge is then as before. */
bool port_law_observe(struct port_law *law, uint32_t offset);

/* Forgets all hidden numbers: a new epoch [KERNEL.md P9]. */
void port_law_redraw(struct port_law *law);

/* --- choices without memory -----------------------------------------------------------
 */

enum port_law_kind {
    PORT_LAW_BIND,   /* bind(addr, 0) [P5] */
    PORT_LAW_HALVES, /* the same with SO_REUSEADDR [P6] */
    PORT_LAW_UDP,    /* [P10] */
};

/* How likely the next choice is each offset of a range of `size`, and that it fails:
 * chance[size].  The sum is 1. */
void port_law_chances(enum port_law_kind kind, const bool *busy, uint32_t size,
                      double *chance);

#endif
