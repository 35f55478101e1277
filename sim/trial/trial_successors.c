#include "sim/trial/trial_successors.h"

#include "models/host_config.h"
#include "sim/base/memory.h"

struct run_successor *trial_successors_of(const struct net *net,
                                          const struct trial_config *config,
                                          size_t *count)
{
    const struct host_config *configs = config->world.hosts.items;
    struct run_successor *rows = NULL;
    *count = 0;
    for (uint32_t i = 0; i < net->hosts.count; i++)
        for (int pool = 0; pool < POOL_COUNT; pool++) {
            const struct port_predict *p = net->hosts.at[i].pools[pool].predict;
            uint32_t kept = 0;
            const struct port_successor *pairs =
                p ? port_predict_successors(p, &kept) : NULL;
            rows = memory_resize(rows, *count + kept, sizeof *rows);
            for (uint32_t k = 0; k < kept; k++)
                rows[(*count)++] =
                    (struct run_successor){configs[i].name, pool_name((enum pool)pool),
                                           pairs[k].last, pairs[k].next};
        }
    return rows;
}
