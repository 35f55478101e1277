#include "models/cache.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/elementary.h"

/* --- fields ---------------------------------------------------------------------------
 */

static const struct field_table zipf_fields = {
    .what = "popularity",
    .size = sizeof(struct zipf_config),
    .rows =
        (const struct field[]){
            {.key = "exponent",
             .type = FIELD_REAL,
             .offset = offsetof(struct zipf_config, exponent),
             .min = 0,
             .max = 10,
             .fallback = "1",
             .help = "the n-th most popular name is asked for n^-exponent as often as "
                     "the first"},
            FIELD_END,
        },
};

static const struct field_variant_row *popularity_row(uint32_t index)
{
    static const struct field_variant_row rows[] = {
        [CACHE_UNIFORM] = {"uniform", "each name as often as any other", NULL},
        [CACHE_ZIPF] = {"zipf", "few names most of the time", &zipf_fields},
    };
    return index < sizeof rows / sizeof rows[0] ? &rows[index] : NULL;
}

static const struct field_table popularity_fields = {
    .what = "popularity",
    .size = sizeof(struct field_variant),
    .rows = (const struct field[]){FIELD_END},
    .variants = popularity_row,
};

static const char *consulted_word(uint32_t index)
{
    static const char *const words[] = {
        [CACHE_FIRST] = "first", [CACHE_ON_FAILURE] = "on-failure"};
    return index < sizeof words / sizeof words[0] ? words[index] : NULL;
}

const struct field_table cache_fields = {
    .what = "cache",
    .size = sizeof(struct cache_config),
    .rows =
        (const struct field[]){
            {.key = "names",
             .type = FIELD_U32,
             .offset = offsetof(struct cache_config, names),
             .min = 1,
             .max = 1000000,
             .flags = FIELD_REQUIRED,
             .help = "how many different names, or users, there are to ask for"},
            {.key = "popularity",
             .type = FIELD_OBJECT,
             .offset = offsetof(struct cache_config, popularity),
             .table = &popularity_fields,
             .fallback = "\"uniform\"",
             .help = "how often each is asked for"},
            {.key = "lifetime",
             .type = FIELD_DURATION,
             .offset = offsetof(struct cache_config, lifetime),
             .max = 31536000,
             .fallback = "\"0s\"",
             .help = "how long after a success it is remembered; \"0s\": until it has to "
                     "make room"},
            {.key = "entries",
             .type = FIELD_U32,
             .offset = offsetof(struct cache_config, entries),
             .fallback = "0",
             .help = "how many a machine remembers; then the one not used for longest "
                     "makes room; 0: no limit"},
            {.key = "consulted",
             .type = FIELD_CHOICE,
             .offset = offsetof(struct cache_config, consulted),
             .choices = consulted_word,
             .fallback = "\"first\"",
             .help = "first: what is remembered needs no connection (names); on-failure: "
                     "it serves only when the network does not (cached credentials)"},
            FIELD_END,
        },
};

/* --- the cache ------------------------------------------------------------------------
 */

/* A name as one member knows it.  Names are counted from 1 here: 0 is none, and slot 0
 * holds the ends of the list. */
struct slot {
    sim_ns expires;        /* 0: not remembered */
    uint32_t older, newer; /* neighbours in the order of use */
};

struct memory_of {
    struct slot *slots; /* [1 .. names]; NULL: never remembered any */
    uint32_t count;
};

struct cache {
    const struct cache_config *config;
    double *below; /* chance of names up to and with this one; NULL: uniform */
    struct memory_of *members;
    uint32_t member_count;
};

static double *popularity(const struct cache_config *config)
{
    const struct zipf_config *zipf = config->popularity.config;
    double *below = memory_new(config->names, sizeof *below), sum = 0;
    for (uint32_t n = 0; n < config->names; n++) {
        sum += elementary_pow(n + 1.0, -zipf->exponent);
        below[n] = sum;
    }
    return below;
}

struct cache *cache_new(const struct cache_config *config, uint32_t members)
{
    struct cache *c = memory_new(1, sizeof *c);
    *c = (struct cache){.config = config,
                        .members = memory_new(members, sizeof *c->members),
                        .member_count = members};
    if (config->popularity.kind == CACHE_ZIPF)
        c->below = popularity(config);
    return c;
}

void cache_free(struct cache *c)
{
    if (!c)
        return;
    for (uint32_t i = 0; i < c->member_count; i++)
        free(c->members[i].slots);
    free(c->members);
    free(c->below);
    free(c);
}

uint32_t cache_draw(const struct cache *c, struct random_stream *chance)
{
    if (!c->below)
        return random_below(chance, c->config->names);
    uint32_t low = 0, high = c->config->names - 1;
    double at = random_unit(chance) * c->below[high];
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (at < c->below[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void forget(struct memory_of *m, uint32_t slot)
{
    struct slot *s = &m->slots[slot];
    m->slots[s->newer].older = s->older;
    m->slots[s->older].newer = s->newer;
    *s = (struct slot){0};
    m->count--;
}

/* Behind slot 0, the way to older ones begins with the newest. */
static void remember(struct memory_of *m, uint32_t slot, sim_ns expires)
{
    struct slot *ends = &m->slots[0];
    m->slots[slot] = (struct slot){.expires = expires, .older = ends->older};
    m->slots[ends->older].newer = slot;
    ends->older = slot;
    m->count++;
}

bool cache_has(struct cache *c, uint32_t member, uint32_t name, sim_ns now)
{
    struct memory_of *m = &c->members[member];
    uint32_t slot = name + 1;
    if (!m->slots || m->slots[slot].expires == 0)
        return false;
    sim_ns expires = m->slots[slot].expires;
    forget(m, slot);
    if (expires <= now)
        return false;
    remember(m, slot, expires);
    return true;
}

void cache_keep(struct cache *c, uint32_t member, uint32_t name, sim_ns now)
{
    struct memory_of *m = &c->members[member];
    sim_ns lifetime = c->config->lifetime;
    if (!m->slots)
        m->slots = memory_new((size_t)c->config->names + 1, sizeof *m->slots);
    if (m->slots[name + 1].expires)
        forget(m, name + 1);
    else if (c->config->entries && m->count == c->config->entries)
        forget(m, m->slots[0].newer);
    remember(m, name + 1, lifetime ? now + lifetime : SIM_NEVER);
}

size_t cache_bytes(const struct cache *c)
{
    size_t names = (size_t)c->config->names, bytes = c->below ? names * 8 : 0;
    for (uint32_t i = 0; i < c->member_count; i++)
        if (c->members[i].slots)
            bytes += (names + 1) * sizeof(struct slot);
    return bytes + c->member_count * sizeof *c->members;
}
