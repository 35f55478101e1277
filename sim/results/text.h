/* A text that grows: what a gnuplot script or a sentence is put together in. */
#ifndef SIM_RESULTS_TEXT_H
#define SIM_RESULTS_TEXT_H

#include <stddef.h>

/* {0} is an empty text. */
struct text {
    char *bytes; /* zero-terminated once something was added; owned */
    size_t length;
    size_t capacity;
};

void text_add(struct text *t, const char *bytes, size_t length);
void text_print(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What stands in it; "" while it is empty.  Valid until the next addition. */
const char *text_of(const struct text *t);

/* Gives the block back; `t` is empty afterwards. */
void text_free(struct text *t);

/* The middle of `whole` between `before` and `after`, the caller's to free; NULL if it is
 * not made so, or has no middle. */
char *text_middle(const char *whole, const char *before, const char *after);

#endif
