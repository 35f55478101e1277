/* A world whose processes a test watches: whose the sockets are, what each has open, and
 * what a walk over all sockets says to that.
 */
#ifndef TESTS_PROCESS_STAGE_H
#define TESTS_PROCESS_STAGE_H

#include "models/world.h"
#include "tests/run_text.h"

struct stage {
    struct text_plan text;
    struct world *world;
    uint32_t change; /* the next one */
};

struct stage stage_open(const char *text);
void stage_close(struct stage *s);

/* Runs to that moment, its events and then its changes included. */
void stage_run(struct stage *s, sim_ns until);

/* What a level is now, and how often something has happened. */
double stage_level(const struct stage *s, const char *name);
uint64_t stage_count(const struct stage *s, const char *name);

/* Fail the test, with both values, unless the metric is that now; unless the host has
 * sockets of these kinds, "web/1000:ESTABLISHED chrome/0:TIME_WAIT": process, pid (0:
 * the system's) and state, each kind once, in the order of the sockets' numbers. */
void expect_level(const struct stage *s, const char *name, double expected);
void expect_owners(const struct stage *s, const char *host, const char *expected);

/* Loss, retries, a proxy, every way to close, and leaks of every kind: hosts c (apps
 * "near", "far" through the proxy, "keeper" with a pool, and "names" over UDP), p
 * (process "proxy") and s ("web" on port 443 with 7 other handles, "files" on 80, "dns"
 * on 53).  `more`: further members of the scenario, after a comma. */
struct stage busy_stage(const char *stack, const char *proxy, const char *closer,
                        const char *more);

/* Calls `test` in such a world with every proxy, on stacks that keep ports and that do
 * not, whoever closes first. */
void in_every_busy_world(void (*test)(struct stage *s), const char *more);

/* Fails the test unless every process of a busy world has as many descriptors and handles
 * as a walk over all sockets finds. */
void expect_recounts(const struct stage *s);

#endif
