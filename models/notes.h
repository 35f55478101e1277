/* What an operator would write down: exhaustion begins and ends, changes, first failures.
 *
 * Models note what happened by kind and numbers; whoever prints it finds the words. Notes
 * are few.  Kept in the order they were written, which is not quite that of `when`: the
 * end of an exhaustion is known only a while after it.
 */
#ifndef MODELS_NOTES_H
#define MODELS_NOTES_H

#include <stdint.h>

#include "sim/base/time.h"

enum note_kind {
    NOTE_EXHAUSTION_BEGINS, /* host; a choice failed */
    NOTE_EXHAUSTION_ENDS,   /* host; value: failed choices since it began */
    NOTE_FIRST_FAILURE,     /* app; value: enum failure */
    NOTE_LAST_FAILURE,      /* app; value: failures in all */
};

struct note {
    sim_ns when;
    enum note_kind kind;
    uint32_t subject; /* number of the host or app */
    uint64_t value;
};

struct notes {
    struct note *at;
    uint32_t count, capacity;
};

void notes_add(struct notes *n, struct note note);
void notes_free(struct notes *n);

#endif
