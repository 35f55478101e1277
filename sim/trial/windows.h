/* The windows metrics are read over: the whole run after the warm-up, each phase, and the
 * parts into which a study may cut the first of them.
 *
 * Their ends cut the run into segments; a window is a range of segments.
 */
#ifndef SIM_TRIAL_WINDOWS_H
#define SIM_TRIAL_WINDOWS_H

#include "sim/trial/trial_config.h"

struct window {
    const char *name; /* NULL: the whole run after the warm-up */
    sim_ns start, end;
    uint32_t first, last; /* segments [first, last) */
};

struct windows {
    struct window *at; /* [0] is the whole run; then the phases by their start */
    uint32_t count;
    struct window *parts; /* of one length (to 1 ns), which together are [0] */
    uint32_t part_count;
    sim_ns *cuts; /* rising; the last is the end of the run */
    uint32_t cut_count;
};

/* The window of that name; NULL: the whole run. */
const struct window *window_find(const struct windows *w, const char *name);

/* `parts`: 0 for none. */
struct windows windows_of(const struct trial_config *config, uint32_t parts);
void windows_free(struct windows *w);

#endif
