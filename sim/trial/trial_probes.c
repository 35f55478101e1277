#include "sim/trial/trial_probes.h"

#include <math.h>

#include "models/host_config.h"
#include "sim/base/memory.h"

/* Nearest rank; the middle of a bucket may lie above the largest value, the quantile does
 * not. */
static double quantile(const struct probe_band *b, unsigned percent)
{
    return fmin(histogram_at_rank(b->sizes, (b->choices * percent + 99) / 100), b->most);
}

static struct run_probes row_of(const struct probe_band *b, uint32_t number)
{
    const double bands = PROBE_BANDS - 1;
    return (struct run_probes){
        .low = number / bands,
        .high = number < PROBE_BANDS - 1 ? (number + 1) / bands : 1,
        .choices = b->choices,
        .failures = b->failures,
        .mean = (double)b->sum / (double)b->choices,
        .p50 = quantile(b, 50),
        .p99 = quantile(b, 99),
        .max = b->most,
    };
}

struct run_probes *trial_probes_of(const struct net *net,
                                   const struct trial_config *config, size_t *count)
{
    const struct host_config *configs = config->world.hosts.items;
    struct run_probes *rows = NULL;
    size_t capacity = 0;
    *count = 0;
    for (uint32_t i = 0; i < net->hosts.count; i++)
        for (int pool = 0; pool < POOL_COUNT; pool++) {
            const struct probe_log *log = net->hosts.at[i].pools[pool].probes;
            for (uint32_t k = 0; log && k < PROBE_BANDS; k++) {
                if (!log->bands[k].choices)
                    continue;
                if (*count == capacity) {
                    capacity = memory_grown(capacity, *count + 1);
                    rows = memory_resize(rows, capacity, sizeof *rows);
                }
                rows[*count] = row_of(&log->bands[k], k);
                rows[*count].host = configs[i].name;
                rows[(*count)++].pool = pool_name((enum pool)pool);
            }
        }
    return rows;
}
