/* A process of a host as a scenario states it, under "hosts.<host>.processes". */
#ifndef MODELS_PROCESS_CONFIG_H
#define MODELS_PROCESS_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/field.h"

struct process_config {
    char name[FIELD_NAME_SIZE];
    uint32_t pid;             /* 0: the next free one of its host */
    uint32_t handles;         /* that are no sockets */
    struct field_list listen; /* uint16_t: ports it accepts on */
    bool running;
};

extern const struct field_table process_fields;

/* Complains of what `processes` (struct process_config) of one host have in common that
 * two cannot have: a pid, or a port they accept on. */
void processes_check(const struct field_list *processes, const struct field_check *check);

/* The one that accepts on that port; NULL: none says so. */
const struct process_config *process_listening(const struct field_list *processes,
                                               uint16_t port);

#endif
