/* "Did you mean": the nearest of the words that would have been right.
 *
 *     struct spelling s = {.word = "fin_wait2"};
 *     spelling_offer(&s, "time_wait");
 *     spelling_offer(&s, "fin_wait_2");
 *     s.nearest                          "fin_wait_2"
 *
 * Near is at most two edits (sim/base/words.h), and at most half of either word; case
 * does not count.  Of equally near words the first offered wins.
 */
#ifndef SIM_SCENARIO_SPELLING_H
#define SIM_SCENARIO_SPELLING_H

#include <stdbool.h>

struct spelling {
    const char *word;    /* as written */
    const char *nearest; /* NULL: nothing near was offered; owned by whoever offered */
    unsigned distance;
};

void spelling_offer(struct spelling *spelling, const char *candidate);

#endif
