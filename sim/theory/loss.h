/* Loss systems in closed form: how often a pool of N ports is found full.
 *
 * Attempts come as a Poisson process, those that find no port are lost, and a port is
 * held for any length whose mean is known: `load` is attempts x mean holding time, in
 * erlang [MODEL.md D].  Pure arithmetic, no state.
 *
 * Cost: O(sqrt(N)) for each call of loss_erlang_b() and loss_bounded(), at most 0.1 ms
 * for a million ports; some ten times that for what inverts them.
 */
#ifndef SIM_THEORY_LOSS_H
#define SIM_THEORY_LOSS_H

#include <stdint.h>

/* Erlang B: the share of attempts that are lost when every free port is found [D1]. */
double loss_erlang_b(uint32_t ports, double load);

/* The load that loses this share, 0 < loss < 1. */
double loss_load(uint32_t ports, double loss);

/* The fewest ports that lose no more than this share, 0 < loss < 1. */
double loss_ports(double load, double loss);

/* A pool in the long run, as one who comes finds it. */
struct loss_state {
    double loss; /* share of attempts that find no port */
    double busy; /* ports, in the mean */
    double
        probes; /* mean of all choices, failed ones included; NaN: not of this search */
};

/* Of a search that draws at random, independently, `tries` times at most, and so may fail
 * while ports are free [D, bounded redraw].  tries 0: of one that finds every free port.
 */
struct loss_state loss_bounded(uint32_t ports, double load, uint32_t tries);

/* Cohen: those who fail come again, up to `retries` times, as if they were new users;
 * what the tries add up to, in erlang.  Infinite: no solution, the overload grows [D8].
 */
#define LOSS_RETRIES_FOREVER UINT32_MAX
double loss_retried_load(uint32_t ports, double load, uint32_t retries);

/* Kaufman-Roberts: of several classes on one pool, each attempt of class i wanting
 * width[i] ports at once or nothing; load[i] in erlang of attempts.  Fills loss[i].
 * O(ports x classes). */
void loss_kaufman_roberts(uint32_t ports, uint32_t classes, const uint32_t *width,
                          const double *load, double *loss);

#endif
