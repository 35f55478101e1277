/* Who has how many: a few names with their numbers, the largest first.
 *
 * Names are kept as pointers and must outlive the tally.  Cost: one comparison of texts a
 * name for each number added.
 */
#ifndef SIM_VIEWS_TALLY_H
#define SIM_VIEWS_TALLY_H

#include <stddef.h>
#include <stdint.h>

#define TALLY_NAMES 64

struct tally_row {
    const char *name;
    size_t length; /* of the name, which need not end with a zero */
    double count;
};

struct tally {
    struct tally_row at[TALLY_NAMES];
    uint32_t used;
    double sum; /* also of names for which there was no room */
};

void tally_add(struct tally *t, const char *name, size_t length, double count);

/* Largest first; among equals by name. */
void tally_sort(struct tally *t);

/* What a name has; 0 when it is not there. */
double tally_of(const struct tally *t, const char *name);

/* Its part of the sum, 0 of an empty tally. */
double tally_share(const struct tally *t, const char *name);

#endif
