/* What a monitor sees that looks once a second: pools that fill, processes with many
 * handles.
 *
 *     a pool       80 % of its ports are in use; and again below 75 %, so that a level
 *                  around the mark does not chatter
 *     a process    3,000 handles, suspicious; 10,000, a culprit [seed W, methods 2 and 3]
 *
 * Of an entry with several members it looks at the sum: a mark is met when the members
 * have that much on average.  Notes say so at the second at which it was seen.
 *
 * Cost: a pass over pools and processes each second of simulated time.
 */
#ifndef MODELS_WATCH_H
#define MODELS_WATCH_H

#include <stdbool.h>
#include <stdint.h>

struct net;

struct watch {
    bool *full;     /* pool of [host][pool]: over the mark */
    uint8_t *marks; /* of each process: how many it has passed */
};

void watch_init(struct watch *w, const struct net *net);
void watch_free(struct watch *w);

/* Called every second of simulated time. */
void watch_look(struct watch *w, struct net *net);

#endif
