#include "sim/base/pool.h"

#include <string.h>

static const char *const names[POOL_COUNT] = {
    [POOL_TCP4] = "tcp4",
    [POOL_TCP6] = "tcp6",
    [POOL_UDP4] = "udp4",
    [POOL_UDP6] = "udp6",
};

const char *pool_name(enum pool pool)
{
    return names[pool];
}

bool pool_find(const char *name, enum pool *out)
{
    for (int i = 0; i < POOL_COUNT; i++)
        if (strcmp(names[i], name) == 0) {
            *out = (enum pool)i;
            return true;
        }
    return false;
}
