/* The film of the ports in the terminal: moving, with keys.
 *
 *     space      pause and go on             n          the next event of the log
 *     . ,        a frame forth, back         home end   the first, the last frame
 *     + -        faster, slower              q          quit
 *     arrows     forth and back by a twentieth of the film
 *
 * The terminal is put back as it was whatever ends the program: a key, a signal, a
 * terminal that is gone.
 */
#ifndef SIM_CLI_PLAYER_H
#define SIM_CLI_PLAYER_H

#include "sim/results/state_colours.h"
#include "sim/trial/film_take.h"

struct player_order {
    const struct film_take *take;
    const struct state_colours *colours; /* NULL: letters */
    double speed; /* simulated seconds a second; 0: the film in half a minute */
    sim_ns from;
};

/* Whether stdin and stdout are a terminal that can be painted. */
bool player_can_play(void);

/* Until `q` or the signal stop_signal() tells of; after stop_listen(). */
void player_play(const struct player_order *order);

#endif
