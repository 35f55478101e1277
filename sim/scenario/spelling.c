#include "sim/scenario/spelling.h"

#include <ctype.h>
#include <string.h>

#include "sim/base/words.h"

#define WORD_SIZE 64
#define NEAR      2u

/* Copies a word in small letters; false if it is too long to be anybody's key. */
static bool fold(const char *word, char out[WORD_SIZE])
{
    size_t length = strlen(word);
    if (length >= WORD_SIZE)
        return false;
    for (size_t i = 0; i <= length; i++)
        out[i] = (char)tolower((unsigned char)word[i]);
    return true;
}

void spelling_offer(struct spelling *spelling, const char *candidate)
{
    char a[WORD_SIZE], b[WORD_SIZE];
    if (!fold(spelling->word, a) || !fold(candidate, b))
        return;
    unsigned distance = words_distance(a, b, NEAR);
    if (distance > NEAR || 2 * distance > strlen(a) || 2 * distance > strlen(b))
        return;
    if (spelling->nearest && distance >= spelling->distance)
        return;
    spelling->nearest = candidate;
    spelling->distance = distance;
}
