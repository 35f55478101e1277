/* Inside the pictures of the choice of ports: which of them a study gets, and a run. */
#ifndef SIM_STUDY_STUDY_PORTS_H
#define SIM_STUDY_STUDY_PORTS_H

#include "sim/results/run_record.h"
#include "sim/study/pictures/port_pictures.h"
#include "sim/study/pictures/study_drawing.h"

/* A run directory as these pictures see it. */
struct run_drawing {
    struct canvas canvas;
    const struct run_record *run;
    const struct trial_plan *plan; /* NULL: its scenario was taken away */
    struct picture_words words;    /* of what all replications say */
    struct picture_words first;    /* of what the record keeps of the first alone */
};

/* Each draws its picture where the numbers are there, and is content where they are not.
 */
bool study_probes(struct study_drawing *d);
bool run_probes_picture(struct run_drawing *d);
bool study_predictability(struct study_drawing *d);
bool run_predictability(struct run_drawing *d);
bool run_successors(struct run_drawing *d);
bool run_fairness(struct run_drawing *d); /* a study of several scenarios has none */

/* What chooses the ports of a pool, and how many it may have; NULL: no such host. */
const struct field_variant *study_allocator(const struct trial_plan *plan,
                                            const char *host, const char *pool,
                                            uint32_t *ports);

/* What was known of a pool beforehand; NULL: nothing. */
const struct run_pool *study_run_pool(const struct run_record *r, const char *host,
                                      const char *pool);

/* "haproxy-ring" where one axis is all there is, else study_table_place(); the caller's
 * to free. */
char *study_point_label(const struct study_table *t, const struct table_point *p);

/* Finds a metric hosts.<host>.<pool>.<name> of the runs of the study; what stands before
 * its last dot, "hosts.client.tcp4", the caller's to free.  NULL: there is none. */
char *study_find_pool(const struct study_drawing *d, const char *name);

#endif
