/* The strict reading of a JSON text before any tree is built: RFC 8259 and our own
 * limits.
 *
 * cJSON takes texts that are not JSON, keeps duplicate keys, cuts strings at \u0000,
 * rounds large integers and knows no positions.  What this scan passes, cJSON reads
 * without loss; what it refuses never reaches cJSON.
 *
 * Refused: anything RFC 8259 does not allow; bytes that are not UTF-8; a byte-order mark;
 * duplicate keys, compared after escapes; \u0000; halves of surrogate pairs; numbers that
 * are not finite; whole numbers beyond 2^53 (a string keeps them); and the limits below.
 * The scan goes on after all of these except errors of syntax and limits, so that one run
 * tells most of what is wrong.
 *
 * Cost: one pass, about 200 MB/s; 16 bytes a value; no recursion beyond JSON_SCAN_DEPTH.
 */
#ifndef SIM_SCENARIO_JSON_SCAN_H
#define SIM_SCENARIO_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/scenario/issues.h"

#define JSON_SCAN_BYTES  ((size_t)16 << 20)
#define JSON_SCAN_VALUES 1000000u
#define JSON_SCAN_DEPTH  32u  /* containers inside one another */
#define JSON_SCAN_NUMBER 1000 /* characters of one number */

/* Where a value stands, and the key before it (0 in lists).  From 1; columns count
 * characters. */
struct json_position {
    uint32_t line, column;
    uint32_t key_line, key_column;
};

/* Every value in document order: a container before its members. */
struct json_positions {
    struct json_position *items; /* give back with free() */
    uint32_t count, capacity;
};

/* Scans text[0 .. length); text[length] must be a zero byte.  Complaints go to `issues`
 * under `source`.  True if there were none; `positions`, {0} before, are complete only
 * then. */
bool json_scan(const char *text, size_t length, uint32_t source, struct issues *issues,
               struct json_positions *positions);

#endif
