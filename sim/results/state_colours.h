/* The colours of states outside of gnuplot: those of plots/colours.gp, which is where
 * they are defined. */
#ifndef SIM_RESULTS_STATE_COLOURS_H
#define SIM_RESULTS_STATE_COLOURS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/port_state.h"
#include "sim/results/error.h"

struct state_colours {
    uint32_t of[PORT_STATE_COUNT]; /* 0xRRGGBB; of ports nobody holds: see below */
};

/* Reads colours.gp in the folder of the scripts.  Free is the paper's white, reserved is
 * the grey of faint letters, outside what lies beyond. */
bool state_colours_read(struct state_colours *out, const char *folder,
                        struct results_error *error);

#endif
