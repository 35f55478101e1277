#include "sim/scenario/types.h"

#include "sim/base/bug.h"
#include "sim/scenario/containers.h"

const struct type type_object = {.name = "object",
                                 .read = object_read,
                                 .write = object_write,
                                 .schema = object_schema};

const struct type type_list = {.name = "list",
                               .size = sizeof(struct field_list),
                               .read = list_read,
                               .write = list_write,
                               .schema = list_schema};

const struct type type_map = {.name = "object of named entries",
                              .size = sizeof(struct field_list),
                              .read = map_read,
                              .write = map_write,
                              .schema = map_schema};

const struct type type_settings = {.name = "paths and values",
                                   .size = sizeof(struct field_list),
                                   .read = settings_read,
                                   .write = settings_write,
                                   .schema = settings_schema};

static const struct type *const types[] = {
    [FIELD_BOOL] = &type_bool,
    [FIELD_U16] = &type_u16,
    [FIELD_U32] = &type_u32,
    [FIELD_U64] = &type_u64,
    [FIELD_REAL] = &type_real,
    [FIELD_DURATION] = &type_duration,
    [FIELD_RATE] = &type_rate,
    [FIELD_NAME] = &type_name,
    [FIELD_TEXT] = &type_text,
    [FIELD_CHOICE] = &type_choice,
    [FIELD_REFERENCE] = &type_reference,
    [FIELD_ENDPOINT] = &type_endpoint,
    [FIELD_ADDRESS] = &type_address,
    [FIELD_RANGE] = &type_range,
    [FIELD_WINDOW] = &type_window,
    [FIELD_OBJECT] = &type_object,
    [FIELD_LIST] = &type_list,
    [FIELD_MAP] = &type_map,
    [FIELD_SETTINGS] = &type_settings,
};

const struct type *type_of(const struct field *f)
{
    SIM_ASSERT((size_t)f->type < sizeof types / sizeof types[0] && types[f->type]);
    return types[f->type];
}

size_t type_size(const struct field *f)
{
    return f->type == FIELD_OBJECT ? f->table->size : type_of(f)->size;
}

size_t type_entry_offset(const struct field *element)
{
    return element->type == FIELD_OBJECT ? 0 : FIELD_NAME_SIZE;
}

size_t type_entry_size(const struct field *element)
{
    return type_entry_offset(element) + type_size(element);
}
