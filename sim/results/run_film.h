/* The film of the ports: at moments of a run, which state held each group of them.
 *
 * ports.csv of a run directory has a line for each moment and pool (struct run_film_row).
 * A picture of a pool has the same cells at every moment: groups of `group` ports, in the
 * order of their numbers; with a `step` of 2 two groups side by side share a stretch of
 * the range, and have its even and its odd ports.  Each cell is a letter, the state
 * that holds most of its ports (sim/base/port_state.h), and a digit, how many are held:
 * 0 none, 9 all of those that can be chosen.
 */
#ifndef SIM_RESULTS_RUN_FILM_H
#define SIM_RESULTS_RUN_FILM_H

#include "sim/base/port_state.h"
#include "sim/results/csv_rows.h"
#include "sim/results/run_record.h"

/* The most cells of one picture, on the disk or anywhere. */
#define FILM_CELLS_MAX 4096

struct film_grid {
    uint16_t low, high;   /* the ports */
    uint16_t group, step; /* ports of a cell, how far apart they are: 1 or 2 */
    uint32_t cells;
};

/* As many cells as there are ports if these are no more than `most` (an even number);
 * else groups of equal size, of ports of one parity if `by_parity`. */
struct film_grid film_grid_of(uint16_t low, uint16_t high, bool by_parity, uint32_t most);

uint32_t film_cell_of(const struct film_grid *g, uint16_t port);

/* The first and last port of a cell. */
uint16_t film_cell_low(const struct film_grid *g, uint32_t cell);
uint16_t film_cell_high(const struct film_grid *g, uint32_t cell);

struct film_grid film_grid_of_row(const struct run_film_row *row);

extern const struct csv_columns run_film_columns; /* struct run_film_row */

/* What a row must be, besides: as many letters and digits as it has cells. */
bool run_film_sound(const void *row);

/* The rows of one pool, which stand together and have the same grid. */
struct film_view {
    const struct run_film_row *rows;
    size_t count;
};

/* The film of that pool, NULL meaning any; .count is 0 if there is none. */
struct film_view film_view_of(const struct run_record *r, const char *host,
                              const char *pool);

#endif
