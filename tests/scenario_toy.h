/* A scenario language in small, with every type of field, for the tests of the reader.
 *
 * Boxes are connected by wires and do jobs.  A box is of a model, whose row is the base
 * of its gear, as a host's stack row is of its "tcp".
 */
#ifndef TESTS_SCENARIO_TOY_H
#define TESTS_SCENARIO_TOY_H

#include "sim/base/field.h"

enum toy_picker { PICKER_FIRST, PICKER_RANDOM, PICKER_STRIDE };

struct toy_random {
    uint32_t tries;
};

struct toy_stride {
    uint32_t step;
    double skew;
};

struct toy_retry {
    struct field_list at; /* sim_ns */
    sim_ns give_up;
};

struct toy_gear {
    struct field_range range;
    struct field_variant picker; /* enum toy_picker */
    sim_ns hold;
    bool strict;
    struct toy_retry retry;
};

struct toy_box {
    char name[FIELD_NAME_SIZE];
    uint32_t model;
    struct field_list addresses; /* struct ip_address */
    struct field_list listen;    /* uint16_t */
    struct toy_gear gear;
};

struct toy_late {
    sim_ns delay;
};

enum toy_ending { ENDING_PROMPT, ENDING_LATE, ENDING_NEVER };

struct toy_close {
    double share;
    struct field_variant ending; /* enum toy_ending; prompt when not given */
};

struct toy_job {
    char name[FIELD_NAME_SIZE];
    uint32_t from;
    uint32_t through;
    struct field_endpoint to;
    double rate;
    struct field_list closes; /* struct toy_close */
};

struct toy_wire {
    struct field_list between; /* uint32_t */
    sim_ns delay;
    double loss;
};

struct toy_span {
    char name[FIELD_NAME_SIZE];
    struct field_window window;
};

struct toy_change {
    sim_ns at;
    struct field_list set; /* struct field_setting */
};

struct toy {
    uint32_t version;
    char name[FIELD_NAME_SIZE];
    const char *about;
    uint64_t seed;
    sim_ns duration;
    bool verbose;
    uint16_t port;
    uint32_t limit;           /* 0: not given */
    struct ip_address origin; /* family 0: not given */
    struct field_list boxes;  /* struct toy_box */
    struct field_list wires;  /* struct toy_wire */
    struct field_list jobs;   /* struct toy_job */
    struct field_list spans;  /* struct toy_span */
    struct field_list rules;  /* const char * */
    struct field_list changes;
};

extern const struct field_table toy_fields;

/* A sound scenario that uses most of it, and one with nothing but what is required. */
extern const char toy_rich[];
extern const char toy_poor[];

#endif
