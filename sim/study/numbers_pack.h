/* The numbers of a run as bytes, for a process that did not run it.
 *
 * Between processes of one program on machines of one kind: bytes as they stand in
 * memory, with no promise to another version.  For what is kept, see store.h.
 *
 * Cost: some tens of microseconds a run.
 */
#ifndef SIM_STUDY_NUMBERS_PACK_H
#define SIM_STUDY_NUMBERS_PACK_H

#include "sim/trial/trial_numbers.h"

struct packed {
    char *bytes; /* owned */
    size_t size, capacity;
};

/* Adds `size` bytes; {0} is empty. */
void packed_add(struct packed *p, const void *bytes, size_t size);
void packed_free(struct packed *p);

/* Where reading has got to. */
struct unpacking {
    const char *at, *end;
};

/* Takes the next `size` bytes; asking for more than there are is a bug. */
void packed_take(struct unpacking *u, void *out, size_t size);

void numbers_pack(struct packed *out, const struct trial_numbers *n);
struct trial_numbers *numbers_unpack(struct unpacking *u);

#endif
