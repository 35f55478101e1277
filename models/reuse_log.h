/* When each port of a member was last given back, to measure how long it rests.
 *
 * Blocks of 64 ports are allocated when first touched: at most 512 KiB an address.
 */
#ifndef MODELS_REUSE_LOG_H
#define MODELS_REUSE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/time.h"

struct reuse_log;

/* For local addresses 0 .. addresses-1. */
struct reuse_log *reuse_log_new(uint32_t addresses);
void reuse_log_free(struct reuse_log *log); /* NULL is allowed */

void reuse_log_released(struct reuse_log *log, uint32_t address, uint16_t port,
                        sim_ns now);

/* How long the port has rested; -1 when it was never given back before. */
sim_ns reuse_log_rest(const struct reuse_log *log, uint32_t address, uint16_t port,
                      sim_ns now);

size_t reuse_log_bytes(const struct reuse_log *log);

#endif
