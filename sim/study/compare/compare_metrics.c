#include "sim/study/compare/compare_metrics.h"

#include <fnmatch.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

struct direction {
    const char *pattern;
    enum compare_better better;
    bool usual; /* compared when nobody says what is */
};

/* The first that matches counts.  What users feel, what a choice of a port costs, and
 * what goes wrong after it; a longer rest of a port and ports that are harder to guess
 * are better [MODEL.md D6, D7; RFC 6056]. */
static const struct direction directions[] = {
    {"apps.*.failure_ratio", BETTER_LOWER, true},
    {"apps.*.connect_delay_s", BETTER_LOWER, true},
    {"apps.*.connect_delay_s.p99", BETTER_LOWER, true},
    {"apps.*.connect_delay_s.*", BETTER_LOWER, false},
    {"apps.*.resets", BETTER_LOWER, true},
    {"apps.*.resets_per_s", BETTER_LOWER, false},
    {"apps.*.failures*", BETTER_LOWER, false},
    {"apps.*.failed_tries*", BETTER_LOWER, false},
    {"apps.*.try_failure_ratio", BETTER_LOWER, false},
    {"apps.*.tries*", BETTER_LOWER, false},
    {"apps.*.first_failure_s", BETTER_HIGHER, false},
    {"apps.*.successes*", BETTER_HIGHER, false},
    {"apps.*.in_line*", BETTER_LOWER, false},
    {"apps.*.stale*", BETTER_LOWER, false},
    {"apps.*.cache_hit_ratio", BETTER_HIGHER, false},
    {"hosts.*.allocation_failures", BETTER_LOWER, true},
    {"hosts.*.allocation_failures_per_s", BETTER_LOWER, false},
    {"hosts.*.probes", BETTER_LOWER, true},
    {"hosts.*.probes.p99", BETTER_LOWER, true},
    {"hosts.*.probes.*", BETTER_LOWER, false},
    {"hosts.*.search_time_s*", BETTER_LOWER, false},
    {"hosts.*.reuse_interval_s.p1", BETTER_HIGHER, true},
    {"hosts.*.reuse_interval_s.min", BETTER_HIGHER, false},
    {"hosts.*.peer_collisions", BETTER_LOWER, true},
    {"hosts.*.peer_collisions_per_s", BETTER_LOWER, false},
    {"hosts.*.collision_failures", BETTER_LOWER, true},
    {"hosts.*.collision_failures_per_s", BETTER_LOWER, false},
    {"hosts.*.collision_delay_s*", BETTER_LOWER, false},
    {"hosts.*.stray_answers", BETTER_LOWER, true},
    {"hosts.*.stray_answers_per_s", BETTER_LOWER, false},
    {"hosts.*.refused_connections", BETTER_LOWER, true},
    {"hosts.*.refused_connections_per_s", BETTER_LOWER, false},
    {"hosts.*.time_wait_overflow*", BETTER_LOWER, false},
    {"hosts.*.next_port_bits", BETTER_HIGHER, true},
    {"hosts.*.next_port_bits_knowing_all", BETTER_HIGHER, true},
    {"hosts.*.next_port_repeats*", BETTER_LOWER, false},
    {"hosts.*.drops.*_per_s", BETTER_LOWER, false},
    {"hosts.*.drops.*", BETTER_LOWER, true},
    {"hosts.*.insert_failed", BETTER_LOWER, true},
    {"hosts.*.insert_failed_per_s", BETTER_LOWER, false},
    {"hosts.*.dropped*", BETTER_LOWER, false},
};

bool compare_matches(const char *pattern, const char *name)
{
    if (fnmatch(pattern, name, 0) == 0)
        return true;
    const char *phase = strchr(name, '@');
    if (!phase)
        return false;
    char *whole_run = memory_text(name, (size_t)(phase - name));
    bool matches = fnmatch(pattern, whole_run, 0) == 0;
    free(whole_run);
    return matches;
}

static const struct direction *direction_of(const char *name)
{
    for (size_t i = 0; i < sizeof directions / sizeof directions[0]; i++)
        if (compare_matches(directions[i].pattern, name))
            return &directions[i];
    return NULL;
}

enum compare_better compare_better(const char *name)
{
    const struct direction *d = direction_of(name);
    return d ? d->better : BETTER_NEITHER;
}

const char *compare_better_name(enum compare_better better)
{
    static const char *const names[] = {[BETTER_NEITHER] = "neither",
                                        [BETTER_LOWER] = "lower",
                                        [BETTER_HIGHER] = "higher"};
    return names[better];
}

bool compare_wants(const char *const *patterns, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (compare_matches(patterns[i], name))
            return true;
    const struct direction *d = count ? NULL : direction_of(name);
    return d && d->usual;
}
