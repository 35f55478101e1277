/* What a capture is and holds, around the judgement of it: what was read and assumed, who
 * holds the ports toward whom, and what one moment cannot tell.
 */
#ifndef SIM_VIEWS_CAPTURE_PRINT_H
#define SIM_VIEWS_CAPTURE_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/base/json.h"
#include "sim/views/capture_record.h"

/* Above the judgement.  With `all`, every pair and not only the largest. */
void capture_print(FILE *out, const char *name, const struct capture *c,
                   const struct capture_record *r, bool all);

/* Below it: where to look next. */
void capture_print_next(FILE *out, const struct capture *c,
                        const struct capture_record *r);

/* The same as an object of that key. */
void capture_json(struct json_text *j, const char *key, const char *name,
                  const struct capture *c, const struct capture_record *r);

#endif
