/* What the BSDs' in_pcbbind() has had since 1996: three ranges, and a cursor for each.
 *
 * A socket may ask for the high or the low range (IP_PORTRANGE); all others use the
 * range of the request.  A search begins at the port after the cursor of its range; low
 * ports are looked at downwards.  Systems that randomise move the cursor first.
 *
 *     struct bsd_search search = bsd_search_begin(request, ranges, cursors);
 *     bsd_search_move(&search, random_below(chance, bsd_search_size(&search) - 1));
 *     answer = bsd_search_walk(&search, bsd_search_size(&search));
 *
 * Source: FreeBSD sys/netinet/in_pcb.c of 1996 and of 12.x, OpenBSD's and XNU's of the
 * same name; MODEL.md A2.
 */
#ifndef MODELS_ALLOC_BSD_PORTS_H
#define MODELS_ALLOC_BSD_PORTS_H

#include "models/alloc/walks.h"

struct bsd_ranges {
    struct field_range high, low;
};

/* Keys "high" and "low", under "portrange" as the sysctls are. */
extern const struct field_table bsd_ranges_fields;

/* All 0 at boot. */
struct bsd_cursors {
    struct walk_cursor normal, high, low;
};

struct bsd_search {
    struct port_view view; /* over the range that was asked for */
    struct walk_cursor *cursor;
    bool down;
};

struct bsd_search bsd_search_begin(const struct port_request *request,
                                   const struct bsd_ranges *ranges,
                                   struct bsd_cursors *cursors);

static inline uint32_t bsd_search_size(const struct bsd_search *search)
{
    return port_range_size(search->view.range);
}

/* Puts the cursor `offset` ports into the range, counted in the direction of the walk. */
void bsd_search_move(struct bsd_search *search, uint32_t offset);

/* Looks at up to `candidates` ports, N at most.  The cursor ends on the last of them. */
struct port_answer bsd_search_walk(struct bsd_search *search, uint32_t candidates);

#endif
