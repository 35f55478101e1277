/* Answers that a machine remembers: names that were resolved, credentials that the domain
 * has confirmed.
 *
 * Every attempt of an app with a cache is for one of `names` names, drawn by their
 * popularity.  A success is remembered on the member of the host where it was made, for a
 * lifetime; when there is room for no more, the one not used for longest goes.
 * When the cache is asked says `consulted`: before the network (a resolver) or only when
 * that has failed (log-on with cached credentials).
 *
 * Memory: 16 bytes a name on each member that has ever remembered one, and 8 bytes a name
 * for the popularity.  Cost: a draw is a binary search, everything else O(1).
 */
#ifndef MODELS_CACHE_H
#define MODELS_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/field.h"
#include "sim/base/time.h"
#include "sim/engine/random.h"

enum cache_consulted { CACHE_FIRST, CACHE_ON_FAILURE };

enum cache_popularity { CACHE_UNIFORM, CACHE_ZIPF };

struct zipf_config {
    double exponent; /* the n-th most popular name is asked for n^-exponent as often */
};

struct cache_config {
    uint32_t names;                  /* 0: the app has no cache */
    struct field_variant popularity; /* enum cache_popularity */
    sim_ns lifetime;                 /* 0: no limit */
    uint32_t entries;                /* 0: no limit */
    uint32_t consulted;              /* enum cache_consulted */
};

extern const struct field_table cache_fields;

struct cache;

/* An empty cache on each of so many members; `config` must outlive it. */
struct cache *cache_new(const struct cache_config *config, uint32_t members);
void cache_free(struct cache *c); /* NULL is allowed */

/* Which name the next attempt is for: 0 is the most popular. */
uint32_t cache_draw(const struct cache *c, struct random_stream *chance);

/* Whether the member remembers the name at the moment `now`; one that does has used it.
 */
bool cache_has(struct cache *c, uint32_t member, uint32_t name, sim_ns now);

/* The member has learnt the name, perhaps anew. */
void cache_keep(struct cache *c, uint32_t member, uint32_t name, sim_ns now);

size_t cache_bytes(const struct cache *c);

#endif
