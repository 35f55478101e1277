#include "sim/views/tally.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is(const struct tally_row *row, const char *name, size_t length)
{
    return row->length == length && memcmp(row->name, name, length) == 0;
}

void tally_add(struct tally *t, const char *name, size_t length, double count)
{
    uint32_t i = 0;
    while (i < t->used && !is(&t->at[i], name, length))
        i++;
    t->sum += count;
    if (i == TALLY_NAMES)
        return;
    if (i == t->used)
        t->at[t->used++] = (struct tally_row){.name = name, .length = length};
    t->at[i].count += count;
}

static int larger_first(const void *a, const void *b)
{
    const struct tally_row *x = a, *y = b;
    if (x->count < y->count || x->count > y->count)
        return x->count > y->count ? -1 : 1;
    size_t shorter = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->name, y->name, shorter);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

void tally_sort(struct tally *t)
{
    qsort(t->at, t->used, sizeof *t->at, larger_first);
}

double tally_of(const struct tally *t, const char *name)
{
    for (uint32_t i = 0; i < t->used; i++)
        if (is(&t->at[i], name, strlen(name)))
            return t->at[i].count;
    return 0;
}

double tally_share(const struct tally *t, const char *name)
{
    return t->sum > 0 ? tally_of(t, name) / t->sum : 0;
}
