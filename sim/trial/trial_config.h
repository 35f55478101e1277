/* The root of a scenario: what is simulated, for how long, what changes, what is asked of
 * it.
 *
 * Joins the tables of the models into the one table that the scenario floor reads.
 */
#ifndef SIM_TRIAL_TRIAL_CONFIG_H
#define SIM_TRIAL_TRIAL_CONFIG_H

#include "models/world.h"
#include "sim/base/field.h"
#include "sim/trial/study_config.h"
#include "sim/trial/sweep_config.h"

struct change_config {
    sim_ns at;
    struct field_list set; /* struct field_setting */
};

struct phase_config {
    char name[FIELD_NAME_SIZE];
    struct field_window window;
};

/* Which sockets a run keeps, and how often it counts them (trial_sockets.h). */
struct sockets_config {
    struct field_list at; /* const char *: moments.h */
    sim_ns every;         /* 0: as often as it costs little */
};

struct trial_config {
    uint32_t version;
    char name[FIELD_NAME_SIZE];
    const char *question, *about; /* NULL: not said */
    uint64_t seed;
    sim_ns duration;
    sim_ns warm_up;
    sim_ns sample_every;
    struct world_config world;
    struct field_list changes; /* struct change_config */
    struct field_list phases;  /* struct phase_config */
    struct field_list require; /* const char * */
    struct sockets_config sockets;
    struct study_config study;
    struct sweep_config sweep; /* zeroes: none */
};

extern const struct field_table trial_fields;

#endif
