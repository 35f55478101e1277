/* Reading the JSON files of a run directory: cJSON behind size, depth and type checks.
 *
 * Every member is asked for by exact name and type; what is missing or of another type is
 * an error that names file and member.  For scenarios, which people write, there is
 * sim/scenario/; here speaks a program to itself.
 */
#ifndef SIM_RESULTS_JSON_READ_H
#define SIM_RESULTS_JSON_READ_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/results/safe_file.h"

/* A summary of 100,000 metrics has about 10 MB. */
#define JSON_READ_MAX ((size_t)64 << 20)

/* One file being read: the first complaint about it is kept. */
struct json_source {
    const char *path; /* for messages */
    struct results_error *error;
    bool failed;
};

/* Parses a whole file, which must hold one object.  The caller's to cJSON_Delete; NULL on
 * an error. */
cJSON *json_read_file(const struct safe_directory *d, const char *name,
                      struct results_error *error);

/* Members of `object`.  On an error they complain and return an empty value: "", 0, NULL,
 * so that a run of them can be checked once, by `failed`. */
const char *json_get_text(struct json_source *s, const cJSON *object, const char *key);
uint64_t json_get_count(struct json_source *s, const cJSON *object, const char *key);
double json_get_number(struct json_source *s, const cJSON *object, const char *key);
bool json_get_bool(struct json_source *s, const cJSON *object, const char *key);
const cJSON *json_get_object(struct json_source *s, const cJSON *object, const char *key);
const cJSON *json_get_array(struct json_source *s, const cJSON *object, const char *key);

/* A count up to 2^53, or a text of decimal digits beyond. */
uint64_t json_get_u64(struct json_source *s, const cJSON *object, const char *key);

/* The first member of an object or array, NULL when it is empty or NULL; ->next leads on.
 */
const cJSON *json_first(const cJSON *container);

/* Complains: `<path>: <key> <complaint>`. */
void json_complain(struct json_source *s, const char *key, const char *complaint);

#endif
