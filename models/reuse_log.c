#include "models/reuse_log.h"

#include <stdlib.h>

#include "sim/base/memory.h"

#define BLOCK  64
#define BLOCKS (65536 / BLOCK)

struct reuse_log {
    sim_ns **blocks; /* moment + 1; 0 = never */
    uint32_t count, touched;
};

struct reuse_log *reuse_log_new(uint32_t addresses)
{
    struct reuse_log *log = memory_new(1, sizeof *log);
    log->count = addresses * BLOCKS;
    log->blocks = memory_new(log->count, sizeof *log->blocks);
    return log;
}

void reuse_log_free(struct reuse_log *log)
{
    if (!log)
        return;
    for (uint32_t i = 0; i < log->count; i++)
        free(log->blocks[i]);
    free(log->blocks);
    free(log);
}

void reuse_log_released(struct reuse_log *log, uint32_t address, uint16_t port,
                        sim_ns now)
{
    sim_ns **block = &log->blocks[address * BLOCKS + port / BLOCK];
    if (!*block) {
        *block = memory_new(BLOCK, sizeof **block);
        log->touched++;
    }
    (*block)[port % BLOCK] = now + 1;
}

sim_ns reuse_log_rest(const struct reuse_log *log, uint32_t address, uint16_t port,
                      sim_ns now)
{
    const sim_ns *block = log->blocks[address * BLOCKS + port / BLOCK];
    if (!block || !block[port % BLOCK])
        return -1;
    return now - (block[port % BLOCK] - 1);
}

size_t reuse_log_bytes(const struct reuse_log *log)
{
    return log->count * sizeof *log->blocks + log->touched * BLOCK * sizeof(sim_ns);
}
