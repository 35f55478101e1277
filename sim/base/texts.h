/* Texts kept once each: thousands of rows name a few hosts and states.
 *
 *     keep    one look-up; the first time one copy
 */
#ifndef SIM_BASE_TEXTS_H
#define SIM_BASE_TEXTS_H

#include <stddef.h>
#include <stdint.h>

/* {0} is empty. */
struct texts {
    char **slots; /* by hash; NULL: free */
    size_t size;  /* a power of two, or 0 */
    size_t count;
};

/* The one copy of this text, as long as `t` lives; NULL of NULL. */
const char *texts_keep(struct texts *t, const char *text);

void texts_free(struct texts *t);

#endif
