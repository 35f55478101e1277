#include "models/failure.h"

#include <stddef.h>

static const struct {
    const char *name, *help;
} rows[FAILURE_COUNT] = {[FAILURE_NONE] = {"", "no failure"},
#define X(symbol, text) [FAILURE_##symbol] = {#symbol, text},
                         FAILURES(X)
#undef X
};

const char *failure_name(enum failure code)
{
    return rows[code].name;
}

const char *failure_help(enum failure code)
{
    return rows[code].help;
}

const char *failure_choice(uint32_t index)
{
    return index + 1 < FAILURE_COUNT ? rows[index + 1].name : NULL;
}
