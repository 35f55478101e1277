/* One good scenario, and what happens to it when one thing is wrong.
 *
 * Texts are written with ' for ", to stay readable; fault_text() puts that right.
 */
#ifndef TESTS_MALFORMED_FAULTS_H
#define TESTS_MALFORMED_FAULTS_H

#include <stddef.h>

struct fault {
    const char *from;  /* stands once in the good scenario */
    const char *to;    /* what stands there instead; '^' marks where the complaint is */
    const char *path;  /* of the complaint */
    const char *says;  /* a part of its message */
    const char *meant; /* its suggestion; NULL: none is due */
};

extern const char *const fault_good_scenario;

extern const struct fault faults[];
extern const size_t fault_count;

/* A copy with the quotes of JSON, the caller's to free. */
char *fault_text(const char *text);

#endif
