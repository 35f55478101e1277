/* A reading under way: what the functions that read one value share.
 *
 * Values are read in two passes.  The first goes through tables and tree and fills the
 * structs; references to entries of the root's maps, which may stand further down in the
 * file, and the tables' own checks are put off.  The second (fields.c) resolves the
 * references and runs the checks of everything that was read without complaint.
 */
#ifndef SIM_SCENARIO_READER_H
#define SIM_SCENARIO_READER_H

#include "sim/base/field.h"
#include "sim/scenario/arena.h"
#include "sim/scenario/issues.h"
#include "sim/scenario/path.h"
#include "sim/scenario/tree.h"

/* A value being read: how one gets to it, and what stands there.  Lives as long as the
 * reader. */
struct spot {
    const struct spot *up; /* NULL: the root */
    const char *key;       /* NULL: a list entry */
    uint32_t index;
    const cJSON *node;
    const void *owner; /* the struct that the row belongs to, its earlier rows done */
};

struct pending_reference {
    const struct field *field;
    const struct spot *at;
    const char *name;
    uint32_t *out;
    bool failed;
};

struct pending_check {
    const struct field_table *table;
    const struct spot *at;
    const void *self;
    size_t first_reference, end_reference; /* inside it */
    size_t first_check;                    /* inside it; the last is the one before */
    bool failed;
};

struct reader {
    struct arena *keep;   /* what the structs point to */
    struct arena scratch; /* spots, names of references */
    cJSON *fallbacks;     /* trees of defaults, which spots point to */
    const struct origins *origins;
    struct issues *issues;
    struct pending_reference *references;
    size_t reference_count, reference_capacity;
    struct pending_check *checks;
    size_t check_count, check_capacity;
};

/* The value below `at` under `key`, or as the index-th entry if `key` is NULL. */
const struct spot *reader_below(struct reader *r, const struct spot *at, const char *key,
                                uint32_t index, const cJSON *node, const void *owner);

struct path_text reader_path(const struct spot *at);

/* All complaints return false.  `suggestion` is JSON text or NULL. */
bool reader_complain(struct reader *r, const struct spot *at, const char *suggestion,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* "<rule>, is <what stands there>". */
bool reader_refuse(struct reader *r, const struct spot *at, const char *suggestion,
                   const char *rule);

/* As before, with a suggestion that becomes a JSON string; "" or NULL: none. */
bool reader_refuse_text(struct reader *r, const struct spot *at, const char *suggestion,
                        const char *rule);

/* Up to so many words are listed where one of them is asked for. */
#define READER_WORDS_LISTED 16

/* Refuses a word that is none of those `word` gives for 0, 1, ... up to NULL; suggests
 * the nearest and lists them if they are few. */
bool reader_refuse_word(struct reader *r, const struct spot *at,
                        const char *(*word)(const void *context, uint32_t index),
                        const void *context);

/* Complains if a number, or a length counted in `what` ("entries"), is outside the
 * field's limits; true if inside. */
bool reader_within(struct reader *r, const struct field *f, const struct spot *at,
                   double number);
bool reader_has_length(struct reader *r, const struct field *f, const struct spot *at,
                       size_t length, size_t own_limit, const char *what);

/* For later: *out is set, or complained of, when the maps are known. */
void reader_refer(struct reader *r, const struct field *f, const struct spot *at,
                  const char *name, size_t length, uint32_t *out);

/* True if the row states limits of its own. */
static inline bool field_limited(const struct field *f)
{
    return f->min != 0 || f->max != 0;
}

#endif
