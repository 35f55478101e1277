/* Reads a scenario file whole. */
#ifndef SIM_SCENARIO_FILE_H
#define SIM_SCENARIO_FILE_H

#include <stddef.h>

#include "sim/scenario/issues.h"

/* The bytes of a file ("-": standard input) with a terminating zero, the caller's to
 * free().  Stops one byte after JSON_SCAN_BYTES, which the scan then refuses.  NULL after
 * a complaint at `place` and `subject`; the issues are then marked unreadable. */
char *file_read(const char *path, size_t *length, struct place place, const char *subject,
                struct issues *issues);

#endif
