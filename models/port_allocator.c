#include "models/port_allocator.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "models/alloc/list.h"
#include "sim/base/memory.h"

const struct port_allocator_ops *const port_allocators[] = {
#define X(id) &port_allocator_##id,
    PORT_ALLOCATORS(X)
#undef X
        NULL,
};

struct port_view port_request_view(const struct port_request *request)
{
    return port_space_view(request->space, request->range,
                           (enum port_scope)request->scope, request->local_address,
                           request->to);
}

const struct port_allocator_ops *port_allocator_find(const char *name)
{
    for (uint32_t i = 0; i < PORT_ALLOCATOR_COUNT; i++)
        if (strcmp(port_allocators[i]->name, name) == 0)
            return port_allocators[i];
    return NULL;
}

void *port_allocator_open(const struct port_allocator_ops *ops, const void *config,
                          struct port_range range, struct random_stream *chance)
{
    void *state = memory_new(1, ops->state_size ? ops->state_size(config) : 0);
    if (ops->init)
        ops->init(state, config, range, chance);
    return state;
}

void port_allocator_close(const struct port_allocator_ops *ops, const void *config,
                          void *state)
{
    if (state && ops->free)
        ops->free(state, config);
    free(state);
}

/* --- as scenarios state them ----------------------------------------------------------
 */

/* A row of the scenario and the first members of an ops are one memory. */
#define SAME_PLACE(ops_member, row_member)                                               \
    (offsetof(struct port_allocator_ops, ops_member) ==                                  \
     offsetof(struct port_allocator_ops, row) +                                          \
         offsetof(struct field_variant_row, row_member))
_Static_assert(SAME_PLACE(name, name) && SAME_PLACE(summary, summary) &&
                   SAME_PLACE(fields, table),
               "an ops begins as a variant row");

static const struct field_variant_row *variant(uint32_t index)
{
    return index < PORT_ALLOCATOR_COUNT ? &port_allocators[index]->row : NULL;
}

static const struct field no_rows[] = {FIELD_END};

const struct field_table port_allocator_fields = {
    .what = "allocator",
    .size = sizeof(struct field_variant),
    .rows = no_rows,
    .variants = variant,
};
