/* A scenario, read and ready to be run: what every replication of it shares.
 *
 * Read-only after it was made; any number of trials may use one plan at the same time.
 */
#ifndef SIM_TRIAL_TRIAL_PLAN_H
#define SIM_TRIAL_TRIAL_PLAN_H

#include "models/arrivals.h"
#include "sim/trial/trial_config.h"

struct scenario;
struct scenario_options;
struct issues;

/* A moment at which the configuration becomes another. */
struct plan_change {
    sim_ns at;
    const struct trial_config *config; /* from then on */
    char **texts; /* what was set: "hosts.proxy.tcp.fin_wait_2 = 1min" */
    uint32_t text_count;
};

struct plan_requirement {
    const char *text;
    char *metric;
    const char *phase; /* NULL: the whole run after the warm-up */
    uint8_t op;        /* enum expression_op */
    double bound;
};

/* "apps.web.failure_ratio@late": its metric as results call it, the caller's to free. */
char *plan_requirement_metric(const struct plan_requirement *r);

struct moment;

struct trial_plan {
    const struct trial_config *config;
    struct plan_change *changes; /* by time */
    uint32_t change_count;
    struct plan_requirement *requirements;
    uint32_t requirement_count;
    char **watch; /* "metric[@phase]" that precision and warm-up look at */
    uint32_t watch_count;
    struct moment *moments; /* whose sockets are kept: each once */
    uint32_t moment_count;
    struct arrival_trace *traces; /* one for each app; empty without a file */
    char *resolved;               /* the resolved scenario as JSON */
    struct scenario *scenario;    /* owns what config points to */
    struct trial_config *own;     /* config itself: the plan may know more of it */
};

/* Reads and checks a scenario, with all its changes, traces and requirements.  NULL when
 * `issues` holds errors afterwards; `issues` must outlive the plan. */
struct trial_plan *trial_plan_read(const char *path,
                                   const struct scenario_options *options,
                                   struct issues *issues);
/* The same for a text in memory. */
struct trial_plan *trial_plan_read_text(const char *name, const char *text, size_t length,
                                        const struct scenario_options *options,
                                        struct issues *issues);
/* Makes a run keep the sockets of this moment alone, whatever the scenario asks for. */
void trial_plan_keep(struct trial_plan *plan, const struct moment *moment);

/* Leaves another beginning out of every metric that names no phase, as if the scenario
 * had said so; shorter than the run.  Before the plan is shared, by the thread that reads
 * plans. */
void trial_plan_warm_up(struct trial_plan *plan, sim_ns warm_up);

void trial_plan_free(struct trial_plan *plan); /* NULL is allowed */

#endif
