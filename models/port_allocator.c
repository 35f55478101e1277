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

/* --- comparing ------------------------------------------------------------------------
 */

static const struct field_variant *nested(const struct field *row, const void *config)
{
    bool is_variant = row->type == FIELD_OBJECT && row->table->variants;
    return is_variant ? (const void *)((const char *)config + row->offset +
                                       row->table->variant_offset)
                      : NULL;
}

/* The bytes of a configuration, without the addresses of nested ones. */
static void *content(const struct field_table *table, const void *config)
{
    char *bytes = memory_new(1, table->size);
    memcpy(bytes, config, table->size);
    for (const struct field *row = table->rows; row->key; row++)
        if (nested(row, config))
            memset(bytes + row->offset, 0, row->table->size);
    return bytes;
}

static bool same_content(const struct field_table *table, const void *a, const void *b)
{
    void *x = content(table, a), *y = content(table, b);
    bool same = memcmp(x, y, table->size) == 0;
    free(x);
    free(y);
    return same;
}

/* Allocators nest at most once (models/alloc/ipcom.c), and so does this. */
bool port_allocator_same(const struct field_variant *a, const struct field_variant *b)
{
    if (a->kind != b->kind)
        return false;
    const struct field_table *fields = port_allocators[a->kind]->fields;
    if (!fields)
        return true;
    for (const struct field *row = fields->rows; row->key; row++)
        if (nested(row, a->config) &&
            !port_allocator_same(nested(row, a->config), nested(row, b->config)))
            return false;
    return same_content(fields, a->config, b->config);
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
