/* Scenario keys as data: one row names a key, its type, its limits and its help.
 *
 * Tables stand next to the structs they describe, in the models; sim/scenario/ reads any
 * of them.  From the same rows come parsing, units, defaults, limits, errors with path
 * and line, suggestions, `--set`, `changes`, the resolved scenario, the JSON Schema and
 * the reference text.  A model adds a key by adding a row; no code elsewhere changes.
 *
 * Everything that reading allocates (texts, lists, variants) belongs to the scenario that
 * was read and lives as long as it.  Rows are read in the order of the table.
 */
#ifndef SIM_BASE_FIELD_H
#define SIM_BASE_FIELD_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/address.h"
#include "sim/base/time.h"

/* Names of hosts, applications, processes and phases: [a-z0-9_-]+, at most 63 bytes. */
#define FIELD_NAME_SIZE 64

enum field_type {
    FIELD_BOOL,      /* bool */
    FIELD_U16,       /* uint16_t */
    FIELD_U32,       /* uint32_t */
    FIELD_U64,       /* uint64_t: an integer up to 2^53, or a string "123", "0x7b" */
    FIELD_REAL,      /* double: a plain number */
    FIELD_DURATION,  /* sim_ns: a string with a unit: "240s", "10min", "1.5h", "50us" */
    FIELD_RATE,      /* double, per second: "40/s", "600/min", "200/h" */
    FIELD_NAME,      /* char[FIELD_NAME_SIZE] */
    FIELD_TEXT,      /* const char *; NULL when absent */
    FIELD_CHOICE,    /* uint32_t: index of the word in `choices` */
    FIELD_REFERENCE, /* uint32_t: index of the entry of that name in the map `target` of
                        the root ("hosts"); FIELD_NO_REFERENCE when absent */
    FIELD_ENDPOINT,  /* struct field_endpoint: "name:port", name as in FIELD_REFERENCE */
    FIELD_ADDRESS,   /* struct ip_address: "10.0.0.1" */
    FIELD_RANGE,  /* struct field_range: [49152, 65535], both ends in it, low <= high */
    FIELD_WINDOW, /* struct field_window: ["0s", "5min"], start < end */
    FIELD_OBJECT, /* the struct of `table` */
    FIELD_LIST,   /* struct field_list of `element`; a JSON array */
    FIELD_MAP, /* struct field_list of `element`; a JSON object.  An item is a struct that
                  begins with char name[FIELD_NAME_SIZE], the key: the struct of an object
                  row, or of any other row the name and then its value.  File order */
    FIELD_SETTINGS, /* struct field_list of struct field_setting: { "path": value, ... }
                     */
};

struct field_endpoint {
    uint32_t reference;
    uint16_t port;
};

struct field_range {
    uint16_t low, high; /* both belong to it */
};

struct field_window {
    sim_ns start, end;
};

struct field_list {
    void *items; /* `count` structs, one after the other */
    uint32_t count;
};

/* One assignment of `changes`; the scenario floor applies it (sim/scenario/). */
struct field_setting {
    const char *path;
    const void *value; /* the floor's own node */
};

#define FIELD_NO_REFERENCE UINT32_MAX

enum field_flags {
    FIELD_REQUIRED = 1,   /* absent: an error */
    FIELD_OPTIONAL = 2,   /* absent: the bytes stay as they were (zero, or the base's); of
                             an object with a base of its own: that, and not written while
                             it is all zero */
    FIELD_CHANGEABLE = 4, /* may be set by `changes` while the run is under way; of an
                             object or list: with everything below it */
    FIELD_INHERITED =
        8, /* the default comes from the table's base, not from `fallback` */
};

struct field_table;

struct field {
    const char *key;
    const char *help;     /* one line, no full stop */
    const char *change;   /* with CHANGEABLE: what a change in mid-run does to those who
                             are there already; without: why there can be none.  Like
                             help; NULL: that goes without saying */
    const char *fallback; /* the default as JSON text: "\"240s\"", "0", "[]"; NULL with
                             REQUIRED, OPTIONAL or INHERITED */
    const struct field_table *table;        /* OBJECT */
    const struct field *element;            /* LIST, MAP: a row without key and offset */
    const char *(*choices)(uint32_t index); /* CHOICE: NULL ends the list */
    const char *target;                     /* REFERENCE, ENDPOINT: a map of the root */
    /* OBJECT: what the struct holds before its rows are read, given the parent struct,
     * whose earlier rows are done: a stack row's values under a host's "tcp".  NULL:
     * zeroes. */
    const void *(*base)(const void *parent);
    double min,
        max; /* inclusive: the number; for DURATION in seconds, for RATE per second;
                for TEXT, LIST and MAP the length.  Both 0: the type's own limits */
    size_t offset;
    enum field_type type;
    unsigned flags; /* enum field_flags */
};

/* A complaint of a table's own check: which key, and a sentence naming rule and value. */
struct field_check {
    void *context;
    void (*complain)(void *context, const char *key, const char *format, va_list args);
};

static inline void __attribute__((format(printf, 3, 4)))
field_complain(const struct field_check *check, const char *key, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    check->complain(check->context, key, format, args);
    va_end(args);
}

/* A table may end in a variant: the key "kind" picks a row of `variants`, and the keys of
 * that row's table stand beside the table's own.  { "share": 0.3, "kind": "late",
 * "delay":
 * ... }.  A table with no rows of its own but a variant also accepts the bare word:
 * "sequential" for { "kind": "sequential" }. */
struct field_variant_row {
    const char *name; /* the word after "kind" */
    const char *summary;
    const struct field_table *table; /* NULL: no keys of its own */
};

struct field_variant {
    uint32_t kind; /* index of the row */
    const void
        *config; /* the row's struct; NULL when it has no table.  A base (struct field)
                    may leave it NULL: the reader then reads the row's defaults */
};

struct field_table {
    const char *what;         /* "host"; used in messages and the reference */
    size_t size;              /* of the struct the rows describe */
    const struct field *rows; /* ends with a row whose key is NULL */
    /* NULL: no variant.  The i-th row, NULL at the end. */
    const struct field_variant_row *(*variants)(uint32_t index);
    size_t variant_offset;        /* of a struct field_variant */
    const char *variant_fallback; /* the kind when "kind" is absent; NULL: required */
    /* Rules between keys; called when every row was read without error.  Optional. */
    void (*check)(const void *self, const struct field_check *check);
};

#define FIELD_END                                                                        \
    {                                                                                    \
        .key = NULL                                                                      \
    }

#endif
