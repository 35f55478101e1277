#include "sim/study/verdict.h"

#include <math.h>

/* Equality is met between two values that do not meet it. */
static bool is_monotone(enum expression_op op)
{
    return op != EXPRESSION_EQUAL && op != EXPRESSION_UNEQUAL;
}

enum run_verdict verdict_of(enum expression_op op, double bound, const struct estimate *e)
{
    if (e->n == 0)
        return RUN_FAILS;
    if (isnan(e->half_width))
        return RUN_UNDECIDED;
    double low = e->value - e->half_width, high = e->value + e->half_width;
    bool at_low = expression_holds(op, low, bound);
    bool at_high = expression_holds(op, high, bound);
    if (at_low != at_high || (!is_monotone(op) && low < bound && bound < high))
        return RUN_UNDECIDED;
    if (!at_low)
        return RUN_FAILS;
    return e->missing ? RUN_UNDECIDED : RUN_HOLDS;
}
