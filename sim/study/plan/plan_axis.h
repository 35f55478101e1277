/* What a plan varies: a path and the values between two ends, as positions 0, 1, 2, ...
 *
 *     apps.web.arrivals.rate=10/s..200/s          a rate; in steps of 0.1/s here
 *     hosts.proxy.tcp.fin_wait_2=30s..10min       a duration, in the unit of the low end
 *     hosts.clients.count=1..500                  a whole number, one by one
 *     hosts.proxy.addresses=1..8                  how many local addresses: those of the
 *                                                 scenario, then the next free ones
 *     hosts.proxy.tcp.range=1000..30000           how many ports: from the low end of the
 *                                                 range on, below it what has no room
 * above apps.web.vanishes=0.01..1:log               positions at equal ratios
 *     hosts.x.count=10..60;apps.x.arrivals.rate=10/s..60/s
 *                                                 in lockstep; the first is what is asked
 *
 * Without a step of its own an axis has steps of 1, or, where fractions are allowed, of
 * the largest 1, 2 or 5 x 10^n that makes a thousand of them; in ratios of about 0.5 %
 * with ":log".  Values are decimal texts: what is printed is what was simulated.
 */
#ifndef SIM_STUDY_PLAN_AXIS_H
#define SIM_STUDY_PLAN_AXIS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/address.h"

struct issues;
struct trial_plan;

enum plan_kind {
    PLAN_WHOLE,
    PLAN_REAL,
    PLAN_DURATION,
    PLAN_RATE,
    PLAN_ADDRESSES, /* of a list of addresses: how many */
    PLAN_PORTS,     /* of a range of ports: how many */
};

/* The longest value as text, with the terminating zero. */
#define PLAN_VALUE_TEXT 48

struct plan_axis {
    char *path;
    enum plan_kind kind;
    bool ratios; /* ":log" */
    double low, high, step;
    double *listed; /* the values where they were listed; NULL: by `step` */
    uint32_t listed_count;
    char unit[8];                 /* "/s", "min"; "" for a plain number */
    struct ip_address *addresses; /* PLAN_ADDRESSES: `high` of them */
    uint16_t first_port;          /* PLAN_PORTS: the low end of the scenario's range */
};

/* Axes in lockstep: each has a value at every position. */
struct plan_axes {
    struct plan_axis *at; /* [0] is what is asked for */
    uint32_t count;
    uint32_t positions; /* at least 2 */
};

/* Reads what stood after --vary, and after --step (NULL: none), against a scenario. False
 * after complaints; to be freed either way. */
bool plan_axes_read(struct plan_axes *axes, const char *vary, const char *step,
                    const struct trial_plan *base, struct issues *issues);
void plan_axes_free(struct plan_axes *axes);

/* True if what lies between two positions is a value, too: not of whole numbers, nor of
 * values that were listed. */
bool plan_axis_is_dense(const struct plan_axis *axis);

/* The value at a position, in the axis' unit, and as text: "27.3/s", "3". */
double plan_axis_value(const struct plan_axes *axes, uint32_t axis, uint32_t position);
const char *plan_axis_text(const struct plan_axes *axes, uint32_t axis, uint32_t position,
                           char out[PLAN_VALUE_TEXT]);

/* "path=value" for a scenario's settings, the caller's to free. */
char *plan_axis_setting(const struct plan_axes *axes, uint32_t axis, uint32_t position);

#endif
