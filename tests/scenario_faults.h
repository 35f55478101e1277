/* Scenarios of the toy language with one fault each, and some with none. */
#ifndef TESTS_SCENARIO_FAULTS_H
#define TESTS_SCENARIO_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

struct scenario_fault {
    const char *text;       /* with a '^' before the character the complaint points to */
    const char *path;       /* of the complaint */
    const char *message;    /* a part of it */
    const char *suggestion; /* whole; NULL: none */
    bool beyond_schema;     /* no JSON Schema can see it */
};

/* Ends with a row without text. */
extern const struct scenario_fault scenario_faults[];

/* Sound texts; NULL ends them. */
extern const char *const scenario_sound[];

#endif
