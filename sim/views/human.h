/* Numbers as people read them: "16,384", "12 min 29 s", "21.3 %". */
#ifndef SIM_VIEWS_HUMAN_H
#define SIM_VIEWS_HUMAN_H

#include <stdint.h>
#include <stdio.h>

#include "sim/base/time.h"

#define HUMAN_TEXT 48

/* Each writes into `out` and returns it. */
const char *human_count(double value, char out[HUMAN_TEXT]); /* rounded; "-" for NaN */
const char *human_duration(sim_ns t, char out[HUMAN_TEXT]);  /* "1 h 5 min", "83 ms" */
const char *human_share(double value, char out[HUMAN_TEXT]); /* of 1; "-" for NaN */
const char *human_seconds(double seconds, char out[HUMAN_TEXT]); /* "-" for NaN */
const char *human_value(double value, const char *unit, char out[HUMAN_TEXT]);

/* A value and how far off it may be: "57.01 ± 0.12 %", "1,116,484 ± 1,200", "1.02 s ± 12
 * ms"; the value alone if `half_width` is NaN. */
#define HUMAN_INTERVAL (2 * HUMAN_TEXT)
const char *human_count_interval(double value, double half_width,
                                 char out[HUMAN_INTERVAL]);
const char *human_share_interval(double value, double half_width,
                                 char out[HUMAN_INTERVAL]);
const char *human_seconds_interval(double value, double half_width,
                                   char out[HUMAN_INTERVAL]);
const char *human_value_interval(double value, double half_width, const char *unit,
                                 char out[HUMAN_INTERVAL]);

/* Prints `text`, what is no character or would disturb a terminal as '?': names in files
 * may be hostile. */
void human_print(FILE *out, const char *text);

/* Columns it takes. */
unsigned human_columns(const char *text);

#endif
