/* What `list` and `explain` print, taken from the tables the program itself uses. */
#ifndef SIM_CLI_REFERENCE_H
#define SIM_CLI_REFERENCE_H

#include <stdint.h>

#include "sim/base/field.h"

#define REFERENCE_FACTS 16

struct reference_fact {
    const char *label;
    char text[400];
};

/* One thing that has a name. */
struct reference_entry {
    char name[160];
    char summary[2000];
    struct reference_fact facts[REFERENCE_FACTS];
    uint32_t fact_count;
    const struct field_table *fields; /* its own scenario keys; NULL: none */
};

/* Sets the summary; cut to what fits. */
void reference_say(struct reference_entry *e, const char *summary);

/* One kind of things: "allocators". */
struct reference_kind {
    const char *name;
    const char *singular;
    /* The index-th entry; false after the last. */
    bool (*entry)(uint32_t index, struct reference_entry *out);
};

/* In the order of `portsim list --help`; ends with a row without a name. */
extern const struct reference_kind reference_kinds[];

#endif
