/* Looking for a free port: several sets of ports as one, walked 64 ports at a time.
 *
 * A view is what one search sees: the range, and the sets whose ports are taken.  A walk
 * over it gives what a walk port by port would give, the port and the number of
 * candidates examined, but costs the words it passes: over 16,384 taken ports 0.05 to
 * 0.1 us, over 64,512 less than 0.5 us.
 *
 * A view is valid until a set in it changes.  Includes port sets and nothing above them.
 */
#ifndef MODELS_PORT_VIEW_H
#define MODELS_PORT_VIEW_H

#include "models/port_set.h"

#define PORT_VIEW_SETS 6 /* a request's own five, and one of its allocator */

struct port_view {
    const uint64_t *bits[PORT_VIEW_SETS];         /* of sets of many, the fullest first */
    const struct port_set *lists[PORT_VIEW_SETS]; /* sets of few, none empty */
    uint8_t bits_count;
    uint8_t lists_count;
    struct port_range range;
    uint32_t fullest; /* ports in bits[0] */
};

/* Sees nothing taken yet.  The range must not hold port 0, which means "none". */
struct port_view port_view_of(struct port_range range);

/* Takes all ports of the set out of sight; NULL and empty sets are allowed. */
void port_view_hide(struct port_view *v, const struct port_set *taken);

/* True if no set holds the port, which may lie outside the range. */
bool port_view_free(const struct port_view *v, uint16_t port);

/* Free ports of the range; a word of 64 a step. */
uint32_t port_view_count(const struct port_view *v);

/* The free port that has `n` free ones below it; 0 when there are no more than n. */
uint16_t port_view_nth(const struct port_view *v, uint32_t n);

/* The candidates first, first + step, ...; what lies past the end of the range comes back
 * into it by subtracting `wrap`. */
struct port_walk {
    uint16_t first; /* in the range */
    uint32_t step;  /* 1 or more; at most `wrap` unless there is one candidate */
    uint32_t wrap;  /* 1 .. size of the range; 0: the size.  Linux passes size - 1 for odd
                       sizes [KERNEL.md P7] */
    uint32_t candidates; /* at most so many; with step 1 and the size: every port once */
};

struct port_found {
    uint16_t port;   /* 0: every candidate was taken */
    uint32_t probes; /* candidates examined, the one found included */
};

/* The first free candidate.  Steps 1 and 2 look at words, others at ports. */
struct port_found port_view_scan(const struct port_view *v, struct port_walk walk);

/* Downwards: first, first - 1, ..., and from the low end of the range to the high one. */
struct port_found port_view_scan_down(const struct port_view *v, uint16_t first,
                                      uint32_t candidates);

#endif
