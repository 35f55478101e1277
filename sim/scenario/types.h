/* The types of fields: how each is read, written, and described in a schema.
 *
 * One row a type, indexed by enum field_type.  Plain types are whole in their type_*.c;
 * those that hold other values are read in fields.c, written in resolve.c and described
 * in schema.c.
 */
#ifndef SIM_SCENARIO_TYPES_H
#define SIM_SCENARIO_TYPES_H

#include "sim/base/field.h"
#include "sim/base/json.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/tree.h"

/* What writing a struct needs: references are written as names. */
struct writer {
    struct json_text *json;
    const struct field_table *root_table;
    const void *root;
};

struct schema; /* schema.h */

struct type {
    const char *name; /* "duration": for the reference */
    size_t size;      /* of the value in a struct; 0: that of the row's table */

    /* Reads the node at `at` into `out`; false after complaints. */
    bool (*read)(struct reader *r, const struct field *f, const struct spot *at,
                 void *out);

    /* `node` is what the scenario says here; NULL: nothing. */
    void (*write)(struct writer *w, const struct field *f, const char *key,
                  const void *value, const cJSON *node);

    /* Members of the schema of a value, inside an object that is open. */
    void (*schema)(struct schema *s, const struct field *f);

    /* True if the value says that there is none, and is not written.  NULL: never. */
    bool (*absent)(const void *value);

    /* Makes a value of zero bytes absent.  NULL: it is, or cannot be. */
    void (*clear)(void *value);
};

const struct type *type_of(const struct field *f);

/* Bytes of the field's value in a struct; of a map's entry with its name. */
size_t type_size(const struct field *f);
size_t type_entry_size(const struct field *element);

/* Where the value of a map's entry begins: behind the name, or with the struct whose
 * first member the name is. */
size_t type_entry_offset(const struct field *element);

extern const struct type type_bool, type_u16, type_u32, type_u64, type_real;
extern const struct type type_duration, type_rate, type_window;
extern const struct type type_name, type_text, type_choice, type_address, type_range;
extern const struct type type_reference, type_endpoint;
extern const struct type type_object, type_list, type_map, type_settings;

/* True if `text` is a name: [a-z0-9_-]{1,63}. */
bool type_is_name(const char *text, size_t length);
#define TYPE_NAME_RULE                                                                   \
    "must be a name of a-z, 0-9, \"_\" and \"-\", at most 63 characters"
#define TYPE_NAME_PATTERN "^[a-z0-9_-]{1,63}$"

/* Copies a text into a suggestion for a name: small letters, '_' for what does not fit;
 * "" if nothing helps. */
void type_suggest_name(const char *text, char out[FIELD_NAME_SIZE]);

#endif
