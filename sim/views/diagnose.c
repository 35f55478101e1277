#include "sim/views/diagnose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/bug.h"
#include "sim/base/memory.h"

/* A cause of fewer failures is not worth a line. */
#define SMALLEST 0.02

/* --- one pool ----------------------------------------------------------------------- */

/* May this cause be the main one, rather than that one? */
static bool is_before(const struct verdict_cause *a, const struct verdict_cause *b)
{
    if (a->cause->role != b->cause->role)
        return a->cause->role < b->cause->role;
    if (a->weight.decides != b->weight.decides)
        return a->weight.decides;
    return a->weight.share > b->weight.share;
}

/* Keeps the list in order; equals stay as they came. */
static void insert(struct verdict *v, struct verdict_cause new)
{
    SIM_ASSERT(v->count < VERDICT_CAUSES);
    uint32_t at = v->count++;
    for (; at > 0 && is_before(&new, &v->causes[at - 1]); at--)
        v->causes[at] = v->causes[at - 1];
    v->causes[at] = new;
}

static double hurt_by(const struct pool_case *c, const struct cause *main)
{
    if (!main)
        return 0;
    if (main->role == CAUSE_SLOW)
        return c->collisions / (1 + c->chosen) / 2; /* behind whatever fails */
    double failed = c->failed + c->refused + case_other_failures(c) +
                    case_gateway_metric(c, "drops.table_full");
    return 1 + failed;
}

static void judge(struct verdict *v)
{
    const struct pool_case *c = v->figures;
    for (size_t i = 0; causes[i]; i++) {
        struct weight weight = causes[i]->weigh(c);
        if (weight.share >= SMALLEST || weight.decides)
            insert(v, (struct verdict_cause){causes[i], weight});
    }
    if (v->count && v->causes[0].cause->role != CAUSE_WORSENS)
        v->main = v->causes[0].cause;
    v->hurt = hurt_by(c, v->main);
}

/* --- all of them -------------------------------------------------------------------- */

static bool ran_dry(const struct verdict *v)
{
    return v->main && v->figures->exhausted;
}

/* Those that ran dry first, of these the worst, then the fullest, then by name. */
static int by_hurt(const void *a, const void *b)
{
    const struct verdict *x = a, *y = b;
    if (ran_dry(x) != ran_dry(y))
        return ran_dry(x) ? -1 : 1;
    if (x->hurt < y->hurt || x->hurt > y->hurt)
        return x->hurt > y->hurt ? -1 : 1;
    double p = case_wall(x->figures), q = case_wall(y->figures);
    if (p < q || p > q)
        return p > q ? -1 : 1;
    int order = strcmp(x->figures->pool->host, y->figures->pool->host);
    return order ? order : strcmp(x->figures->pool->pool, y->figures->pool->pool);
}

struct diagnosis *diagnosis_new(const struct run_record *record)
{
    struct diagnosis *d = memory_new(1, sizeof *d);
    d->record = record;
    d->verdicts = memory_new(record->pool_count, sizeof *d->verdicts);
    for (size_t i = 0; i < record->pool_count; i++) {
        struct verdict *v = &d->verdicts[d->count++];
        v->figures = memory_new(1, sizeof *v->figures);
        pool_case_of(v->figures, record, &record->pools[i]);
        judge(v);
    }
    qsort(d->verdicts, d->count, sizeof *d->verdicts, by_hurt);
    return d;
}

void diagnosis_free(struct diagnosis *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->count; i++)
        free(d->verdicts[i].figures);
    free(d->verdicts);
    free(d);
}
