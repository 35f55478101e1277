#include "sim/study/verdict.h"

#include <math.h>

/* Equality is met between two values that do not meet it. */
static bool is_monotone(enum expression_op op)
{
    return op != EXPRESSION_EQUAL && op != EXPRESSION_UNEQUAL;
}

/* "<= 0" of what was 0 in every run: no number of runs could say more. */
static bool asks_for_never(double bound, const struct estimate *e)
{
    return fabs(bound) <= 0 && fabs(e->value) <= 0 && e->variance <= 0;
}

enum run_verdict verdict_of(enum expression_op op, double bound, const struct estimate *e)
{
    if (e->n == 0)
        return RUN_FAILS;
    if (isnan(e->half_width))
        return RUN_UNDECIDED;
    double reach = asks_for_never(bound, e) ? 0 : e->half_width;
    double low = e->value - reach, high = e->value + reach;
    bool at_low = expression_holds(op, low, bound);
    bool at_high = expression_holds(op, high, bound);
    if (at_low != at_high || (!is_monotone(op) && low < bound && bound < high))
        return RUN_UNDECIDED;
    if (!at_low)
        return RUN_FAILS;
    return e->missing ? RUN_UNDECIDED : RUN_HOLDS;
}
