/* One attempt as a ladder: a column a host, a line a segment, states of both ends beside.
 *
 * Time stands at the left: when a segment is sent.  The state of its sender is that after
 * sending, of its receiver that after arrival, so a line reads as one of the figures of
 * RFC 9293 does.  What programs, users and gateways do stands under the column of their
 * host.  Retransmission timers are not told, only that a segment is sent again.
 *
 * At most 100 columns wide.  The same attempt gives the same bytes.
 */
#ifndef SIM_VIEWS_LADDER_H
#define SIM_VIEWS_LADDER_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/base/json.h"
#include "sim/trial/attempt.h"

/* `ascii`: arrows and bars of characters that every terminal has. */
void ladder_print(FILE *out, const struct attempt *a, bool ascii);

/* All rungs, also those that the ladder leaves out, and the same sentences at the end. */
void ladder_json(struct json_text *j, const struct attempt *a);

#endif
