/* The axes of a study: which values of a scenario vary, and which vary together.
 *
 * From the command line, one text of --vary each:
 *
 *     hosts.proxy.tcp.fin_wait_2=1min,5min,10min
 *     apps.shares.arrivals.rate=10/s:100/s:10          low:high:steps
 *     apps.shares.arrivals.rate=10/s:1000/s:7:log
 *     hosts.a.addresses=["10.0.0.1"],["10.0.0.1","10.0.0.2"]
 *     hosts.a.stack=linux518,win10;hosts.b.stack=win10,linux518     in lockstep
 *
 * or from "sweep" of the scenario: { "vary": { path: [values] or { "from", "to", "steps",
 * "scale" } }, "together": [[paths]] }.
 *
 * A path is that of --set, and must exist in the scenario as it is when the axes before
 * it have their first values: an axis may pick a kind, and a later one vary a key of it.
 * Whether each value is right is found when the points are read (points.h).
 *
 * A complaint stands at its place in the file, or in the text after --vary.
 */
#ifndef SIM_STUDY_AXES_H
#define SIM_STUDY_AXES_H

#include "sim/scenario/issues.h"
#include "sim/trial/trial_plan.h"

struct study_axis {
    char *path;              /* in its one spelling */
    const struct field *row; /* the kind of value */
    char **values;           /* as after --set PATH= */
    struct place *places;    /* where each was given */
    uint32_t value_count;
    uint32_t group; /* axes of one group step together */
    struct place place;
};

/* {0} is none. */
struct study_axes {
    struct study_axis *at;
    uint32_t count;
    uint32_t group_count; /* their numbers are 0, 1, ... in the order of the axes */
};

/* Each adds axes; false after complaints, the axes then being good for nothing but to be
 * freed.  `base` is the scenario without them. */
bool study_axes_add_text(struct study_axes *axes, const char *text,
                         const struct trial_plan *base, struct issues *issues);
bool study_axes_add_config(struct study_axes *axes, const struct trial_plan *base,
                           struct issues *issues);

void study_axes_free(struct study_axes *axes);

/* The axis of that path, in whatever spelling; NULL if there is none. */
const struct study_axis *study_axes_find(const struct study_axes *axes, const char *path);

/* Values of a group of axes. */
uint32_t study_axes_length(const struct study_axes *axes, uint32_t group);

#endif
