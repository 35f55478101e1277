/* What the rungs of a ladder are called, and the sentences below it. */
#ifndef SIM_VIEWS_LADDER_WORDS_H
#define SIM_VIEWS_LADDER_WORDS_H

#include "sim/trial/attempt.h"

#define LADDER_TEXT 200
#define LADDER_HOST 80

/* "FIN+ACK", "SYN". */
const char *ladder_segment(enum net_event kind);

/* "cifs", "clients[16]". */
const char *ladder_host(const struct attempt *a, uint32_t host, uint32_t member,
                        char out[LADDER_HOST]);

/* What happens on a rung that is no segment, "" if it goes without saying.  Returns
 * `out`. */
const char *ladder_event(const struct attempt *a, const struct rung *r,
                         char out[LADDER_TEXT]);

/* The i-th sentence about the whole, from 0; false after the last. */
bool ladder_verdict(const struct attempt *a, uint32_t index, char out[2 * LADDER_TEXT]);

#endif
