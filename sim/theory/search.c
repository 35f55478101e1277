#include "sim/theory/search.h"

#include <string.h>

#include "models/alloc/list.h"

const void *theory_search_key(const struct field_variant *allocator, const char *key)
{
    const struct field_table *table = port_allocators[allocator->kind]->fields;
    for (const struct field *f = table ? table->rows : NULL; f && f->key; f++)
        if (strcmp(f->key, key) == 0)
            return (const char *)allocator->config + f->offset;
    return NULL;
}

bool theory_search_prefers_parity(uint32_t kind)
{
    return kind == PORT_ALLOCATOR_linux46 || kind == PORT_ALLOCATOR_linux512 ||
           kind == PORT_ALLOCATOR_linux518;
}

bool theory_search_redraws_offsets(uint32_t kind)
{
    return kind == PORT_ALLOCATOR_linux512 || kind == PORT_ALLOCATOR_linux518;
}

static bool is_one_of(uint32_t kind, const uint32_t *kinds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (kinds[i] == kind)
            return true;
    return false;
}

bool theory_search_in_turn(uint32_t kind)
{
    static const uint32_t kinds[] = {
        PORT_ALLOCATOR_bsd44,        PORT_ALLOCATOR_freebsd1996, PORT_ALLOCATOR_dragonfly,
        PORT_ALLOCATOR_netbsd_bsd,   PORT_ALLOCATOR_win2003,     PORT_ALLOCATOR_win10,
        PORT_ALLOCATOR_sg_random_off};
    return is_one_of(kind, kinds, sizeof kinds / sizeof kinds[0]);
}

bool theory_search_walks(uint32_t kind)
{
    static const uint32_t kinds[] = {
        PORT_ALLOCATOR_rfc6056_alg1, PORT_ALLOCATOR_sg_legacy_a,
        PORT_ALLOCATOR_sg_reworked,  PORT_ALLOCATOR_openbsd,
        PORT_ALLOCATOR_xnu,          PORT_ALLOCATOR_illumos,
        PORT_ALLOCATOR_linux_udp,    PORT_ALLOCATOR_netbsd_random_start};
    return is_one_of(kind, kinds, sizeof kinds / sizeof kinds[0]);
}

static void doubt(struct theory_search *x, const char *why)
{
    if (!x->doubt)
        x->doubt = why;
}

/* Cilium's older way; its newer one walks. */
static bool cilium_redraws(const struct field_variant *allocator)
{
    const uint32_t *retry = theory_search_key(allocator, "retry");
    return allocator->kind == PORT_ALLOCATOR_cilium && *retry > 0;
}

static void judge_tries(struct theory_search *x, const struct field_variant *allocator,
                        uint32_t ports, bool in_block)
{
    const uint32_t *tries = theory_search_key(allocator, "tries");
    if (allocator->kind == PORT_ALLOCATOR_sg_legacy_b || cilium_redraws(allocator))
        x->tries = *tries;
    else if (allocator->kind == PORT_ALLOCATOR_rfc6056_alg2)
        x->tries = ports;
    else
        x->bounded = !in_block && !port_allocators[allocator->kind]->exhaustive;
    if (x->bounded)
        doubt(x, "a search that may stop early loses more than Erlang B");
    if (cilium_redraws(allocator))
        doubt(x, "the inside port is kept where it is free");
    if (allocator->kind == PORT_ALLOCATOR_gcp_dynamic ||
        allocator->kind == PORT_ALLOCATOR_cgnat_blocks)
        doubt(x, "what one host may have grows, and takes its time");
}

struct theory_search theory_search_of(const struct field_variant *allocator,
                                      uint32_t ports, bool in_block)
{
    struct theory_search x = {.kind = allocator->kind};
    const struct field_range *reuse = theory_search_key(allocator, "auto_reuse_range");
    bool by_two = theory_search_prefers_parity(allocator->kind) ||
                  allocator->kind == PORT_ALLOCATOR_linux_bind0;
    judge_tries(&x, allocator, ports, in_block);
    if (by_two && ports % 2)
        doubt(&x, "of an odd range each search misses a port");
    if (allocator->kind == PORT_ALLOCATOR_openbsd)
        doubt(&x, "service ports are passed over");
    if (reuse && reuse->low)
        x.cannot = "the auto-reuse range is tested by tuple, the rest by port";
    return x;
}
