#include "sim/trial/trial_transitions.h"

#include "models/host_config.h"
#include "sim/base/memory.h"

/* run_tcp_states[] begins with CLOSED, where the models have a number for "no edge". */
static unsigned state_of(uint32_t state)
{
    return state - TCP_CLOSED;
}

struct run_transition *trial_transitions_of(const struct net *net,
                                            const struct trial_config *config,
                                            size_t *count)
{
    const struct host_config *configs = config->world.hosts.items;
    struct run_transition *rows = NULL;
    size_t capacity = 0;
    *count = 0;
    for (uint32_t i = 0; i < net->hosts.count; i++)
        for (uint32_t from = TCP_CLOSED; from < TCP_STATE_COUNT; from++)
            for (uint32_t to = TCP_CLOSED; to < TCP_STATE_COUNT; to++) {
                uint64_t times = net->hosts.at[i].transitions[from][to];
                if (!times)
                    continue;
                if (*count == capacity) {
                    capacity = memory_grown(capacity, *count + 1);
                    rows = memory_resize(rows, capacity, sizeof *rows);
                }
                rows[(*count)++] = (struct run_transition){
                    configs[i].name, state_of(from), state_of(to), times};
            }
    return rows;
}
