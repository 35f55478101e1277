/* Filming ports: the cells of one pool at one moment after the other.
 *
 * A camera looks at the ports of one address: those the pool can have in the whole run,
 * changes to its range included (sim/results/run_film.h says what a cell is).
 *
 *     look    one pass over all sockets for all cameras together, 1 to 2 ns a port of
 *             the range for each camera; see models/port_holders.h
 *     keep    two bytes a cell
 */
#ifndef SIM_TRIAL_PORT_FILM_H
#define SIM_TRIAL_PORT_FILM_H

#include "models/port_holders.h"
#include "sim/results/run_film.h"
#include "sim/trial/trial_plan.h"

struct port_camera {
    struct port_place place;
    struct film_grid grid;
    struct port_holders ports;
    bool used; /* since some look */

    /* Of the last look. */
    uint32_t held, capacity;
    char *states, *filled; /* a letter and a digit for each cell; zero-terminated */
};

/* `most` cells, an even number up to FILM_CELLS_MAX. */
void port_camera_open(struct port_camera *c, const struct trial_plan *plan,
                      struct port_place place, uint32_t most);
void port_camera_close(struct port_camera *c);

/* What a look of all of these would pass over, in records of sockets. */
uint64_t port_cameras_cost(const struct port_camera *all, uint32_t count,
                           const struct net *net);

/* Looks with those whose pools have been used by now. */
void port_cameras_look(struct port_camera *all, uint32_t count, const struct net *net);

/* The film's row of the last look; its texts are `texts`'s, but for states and filled,
 * which are the camera's. */
struct run_film_row port_camera_row(const struct port_camera *c, const struct net *net,
                                    sim_ns when, struct texts *texts);

#endif
