/* What a reading was over any stretch of time, without cutting a segment there. */
#include <math.h>

#include "sim/base/bug.h"
#include "sim/base/metrics_store.h"

/* What one metric has reported until `now`: occurrences and the sum of their values; of a
 * level the integral over time. */
struct reported {
    metric_wide count, sum;
};

static struct reported reported(const struct metrics *m, uint32_t metric, sim_ns now)
{
    const struct metrics_store *s = m->store;
    const struct metric_cell *open = &m->cells[metric];
    bool level = s->rows[metric].def->kind == METRIC_LEVEL;
    struct reported r = {.count = open->value,
                         .sum = level ? (metric_wide)open->value * now - open->weighted
                                      : open->weighted};
    for (uint32_t i = 0; i < s->segment_count; i++) {
        const struct metric_cell *c = &s->segments[i].cells[metric];
        r.count += c->value;
        r.sum += c->weighted;
    }
    return r;
}

bool metrics_total(const struct metrics *m, uint32_t reading, sim_ns now,
                   struct metric_total *out)
{
    SIM_ASSERT(reading < m->store->name_count);
    const struct metric_name *name = &m->store->names[reading];
    const struct metric_derivation *d = &metric_derivations[name->derived];
    const struct metric_row *row = &m->store->rows[name->metric];
    if (d->of_parts != METRIC_PARTS_MEAN || d->percent || d->kind == METRIC_BITS)
        return false;
    struct reported r = reported(m, name->metric, now);
    switch (d->kind) {
    case METRIC_COUNT:
        *out = (struct metric_total){r.count, now};
        return true;
    case METRIC_LEVEL:
        *out = (struct metric_total){r.sum, now};
        return true;
    case METRIC_SAMPLE:
        *out = (struct metric_total){r.sum, r.count};
        return true;
    case METRIC_RATIO:
    case METRIC_REST:
        *out = (struct metric_total){reported(m, row->table + row->def->a, now).count,
                                     reported(m, row->table + row->def->b, now).count};
        return true;
    case METRIC_FIRST:
    case METRIC_LAST:
    case METRIC_BITS:
        break;
    }
    return false;
}

double metrics_between(const struct metrics *m, uint32_t reading,
                       const struct metric_total *before,
                       const struct metric_total *after)
{
    const struct metric_name *name = &m->store->names[reading];
    const struct metric_def *def = m->store->rows[name->metric].def;
    bool in_ns = def->unit[0] == 's' && def->unit[1] == '\0';
    metric_wide whole = after->whole - before->whole;
    if (whole == 0)
        return NAN;
    double value = (double)(after->part - before->part) / (double)whole;
    if (def->kind == METRIC_COUNT)
        return value * 1e9; /* per second */
    if (def->kind == METRIC_SAMPLE && in_ns)
        return value / 1e9;
    return def->kind == METRIC_REST ? 1 - value : value;
}
