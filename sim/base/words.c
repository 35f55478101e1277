#include "sim/base/words.h"

#include <stddef.h>
#include <string.h>

#define LONGEST 63
#define NEAR    2

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: three rows of the classic table, the third for swaps. */
unsigned words_distance(const char *a, const char *b, unsigned limit)
{
    size_t m = strlen(a), n = strlen(b);
    if (m > LONGEST || n > LONGEST)
        return limit + 1;
    unsigned rows[3][LONGEST + 1];
    for (size_t j = 0; j <= n; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= m; i++) {
        unsigned *now = rows[i % 3], *before = rows[(i + 2) % 3],
                 *earlier = rows[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= n; j++) {
            unsigned change = before[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = smaller(change, smaller(before[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = smaller(now[j], earlier[j - 2] + 1);
        }
    }
    return smaller(rows[m % 3][n], limit + 1);
}

const char *words_nearest(const char *given, const char *(*word)(uint32_t index))
{
    const char *nearest = NULL;
    unsigned best = NEAR + 1;
    for (uint32_t i = 0; word(i); i++) {
        unsigned distance = words_distance(given, word(i), NEAR);
        if (distance < best && 2 * distance < strlen(given)) {
            best = distance;
            nearest = word(i);
        }
    }
    return nearest;
}
