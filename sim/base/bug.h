/* The third kind of failure: a broken invariant, which is a bug in portsim.
 *
 * SIM_ASSERT is on in release builds.  When it fails it prints what, where, and, if the
 * thread told us which run it is in, scenario, seed, replication and simulated time; then
 * the program exits 5.  Bad input is never reported this way, a simulated failure even
 * less (DESIGN.md 3).
 *
 * The context is the one piece of thread-local state in the program.  It exists because
 * an assertion deep inside a model knows none of these things, and a bug report without
 * the seed is worth little.
 */
#ifndef SIM_BASE_BUG_H
#define SIM_BASE_BUG_H

#include <stdint.h>

#include "sim/base/time.h"

struct bug_context {
    const char *scenario;
    uint64_t seed;
    uint32_t replication;
    const sim_ns *now; /* read when the assertion fails */
};

/* `context` must stay valid until it is replaced; NULL takes it away.  Per thread. */
void bug_context_set(const struct bug_context *context);

/* Prints the report and exits 5.  Never returns. */
_Noreturn void bug_report(const char *what, const char *file, int line);

#define SIM_ASSERT(condition)                                                            \
    ((condition) ? (void)0 : bug_report(#condition, __FILE__, __LINE__))
#define SIM_BUG(what) bug_report(what, __FILE__, __LINE__)

#endif
