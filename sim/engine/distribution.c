#include "sim/engine/distribution.h"

#include <string.h>

#include "sim/base/bug.h"
#include "sim/engine/dist/list.h"

_Static_assert((sim_ns)DURATION_MAX_S *SIM_S == SIM_DURATION_MAX,
               "the longest duration in seconds");

const struct distribution_ops *const distributions[] = {
#define X(id) &distribution_##id,
    DISTRIBUTIONS(X)
#undef X
        NULL,
};

enum {
#define X(id) KIND_##id,
    DISTRIBUTIONS(X)
#undef X
        KIND_COUNT
};

const struct distribution_ops *distribution_find(const char *name)
{
    for (uint32_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(distributions[i]->name, name) == 0)
            return distributions[i];
    return NULL;
}

static const struct field_variant_row *variant(uint32_t index)
{
    return index < KIND_COUNT ? &distributions[index]->row : NULL;
}

const struct field_table distribution_fields = {
    .what = "distribution",
    .size = sizeof(struct field_variant),
    .rows = (const struct field[]){FIELD_END},
    .variants = variant,
};

static const struct distribution_ops *ops_of(const struct field_variant *d)
{
    SIM_ASSERT(d->kind < KIND_COUNT);
    return distributions[d->kind];
}

sim_ns distribution_sample(const struct field_variant *d, struct random_stream *s)
{
    double drawn = ops_of(d)->sample(d->config, s);
    SIM_ASSERT(drawn >= 0);
    return drawn < (double)SIM_DURATION_MAX ? (sim_ns)(drawn + 0.5) : SIM_DURATION_MAX;
}

double distribution_mean(const struct field_variant *d)
{
    return ops_of(d)->mean(d->config);
}
