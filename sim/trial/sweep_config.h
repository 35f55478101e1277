/* The key "sweep": which scenarios a study makes of this one.
 *
 * A run does not look at it; `portsim sweep` does, and the command line can say all of it
 * too.  What stands behind a path of "vary" is read by sim/study/points/axes.h.
 */
#ifndef SIM_TRIAL_SWEEP_CONFIG_H
#define SIM_TRIAL_SWEEP_CONFIG_H

#include "sim/base/field.h"

/* Which points the axes make. */
enum sweep_design {
    SWEEP_GRID,       /* every value with every other */
    SWEEP_ONE_BY_ONE, /* the scenario as it is, and each value alone */
    SWEEP_DESIGNS
};

#define SWEEP_REPLICATIONS_MAX 1000000

struct sweep_config {
    struct field_list vary;     /* struct field_setting: a list, or {from, to, steps} */
    struct field_list together; /* struct field_list of const char *: paths */
    const char *where;          /* NULL: every point */
    uint32_t design;            /* enum sweep_design */
    uint32_t replications;      /* 0: the scenario has no sweep */
};

extern const struct field_table sweep_fields;

/* "grid"; NULL after the last. */
const char *sweep_design_word(uint32_t design);

#endif
