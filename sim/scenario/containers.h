/* The types that hold other values: FIELD_OBJECT, FIELD_LIST, FIELD_MAP, FIELD_SETTINGS.
 *
 * Read in fields.c, written in resolve.c, described in schema.c; types.c joins them.  The
 * arguments are those of struct type.
 */
#ifndef SIM_SCENARIO_CONTAINERS_H
#define SIM_SCENARIO_CONTAINERS_H

#include "sim/scenario/types.h"

/* Entries of a list or map whose row states no limit. */
#define CONTAINER_ENTRIES_MAX ((size_t)65536)

bool object_read(struct reader *r, const struct field *f, const struct spot *at,
                 void *out);
bool list_read(struct reader *r, const struct field *f, const struct spot *at, void *out);
bool map_read(struct reader *r, const struct field *f, const struct spot *at, void *out);
bool settings_read(struct reader *r, const struct field *f, const struct spot *at,
                   void *out);

void object_write(struct writer *w, const struct field *f, const char *key,
                  const void *value, const cJSON *node);
void list_write(struct writer *w, const struct field *f, const char *key,
                const void *value, const cJSON *node);
void map_write(struct writer *w, const struct field *f, const char *key,
               const void *value, const cJSON *node);
void settings_write(struct writer *w, const struct field *f, const char *key,
                    const void *value, const cJSON *node);

void object_schema(struct schema *s, const struct field *f);
void list_schema(struct schema *s, const struct field *f);
void map_schema(struct schema *s, const struct field *f);
void settings_schema(struct schema *s, const struct field *f);

#endif
