/* Texts by number, each kept once. */
#ifndef SIM_VIEWS_CAPTURE_TEXTS_H
#define SIM_VIEWS_CAPTURE_TEXTS_H

#include <stddef.h>
#include <stdint.h>

/* {0} is empty. */
struct capture_texts {
    char *bytes; /* one behind the other, each with its zero */
    size_t length, capacity;
    uint32_t *offsets; /* by number */
    uint32_t count, room;
    uint32_t *slots; /* number + 1; 0: free */
    uint32_t slot_count;
};

void capture_texts_free(struct capture_texts *t);

/* The number of a text; adds it when it is new. */
uint32_t capture_texts_number(struct capture_texts *t, const char *text, size_t length);

/* Valid until the next is added. */
const char *capture_texts_get(const struct capture_texts *t, uint32_t number);

#endif
