#include "sim/results/run_film.h"

#include <string.h>

/* --- cells ----------------------------------------------------------------------------
 */

static uint32_t size_of(const struct film_grid *g)
{
    return (uint32_t)g->high - g->low + 1;
}

static uint32_t rounded_up(uint32_t a, uint32_t b)
{
    return (a + b - 1) / b;
}

static uint32_t cells_of(const struct film_grid *g)
{
    uint32_t stretch = (uint32_t)g->group * g->step;
    return rounded_up(size_of(g), stretch) * g->step;
}

struct film_grid film_grid_of(uint16_t low, uint16_t high, bool by_parity, uint32_t most)
{
    struct film_grid g = {.low = low, .high = high, .group = 1, .step = 1};
    if (size_of(&g) > most) {
        g.group = (uint16_t)rounded_up(size_of(&g), most);
        g.step = by_parity ? 2 : 1;
    }
    g.cells = cells_of(&g);
    return g;
}

uint32_t film_cell_of(const struct film_grid *g, uint16_t port)
{
    uint32_t from = (uint32_t)port - g->low;
    return from / (g->group * (uint32_t)g->step) * g->step + from % g->step;
}

uint16_t film_cell_low(const struct film_grid *g, uint32_t cell)
{
    return (uint16_t)(g->low + cell / g->step * g->group * g->step + cell % g->step);
}

uint16_t film_cell_high(const struct film_grid *g, uint32_t cell)
{
    uint32_t last = film_cell_low(g, cell) + (g->group - 1u) * g->step;
    uint32_t high = g->high - ((uint32_t)g->high - film_cell_low(g, cell)) % g->step;
    return (uint16_t)(last < high ? last : high);
}

struct film_grid film_grid_of_row(const struct run_film_row *row)
{
    struct film_grid g = {
        .low = row->low, .high = row->high, .group = row->group, .step = row->step};
    g.cells = cells_of(&g);
    return g;
}

/* --- the file -------------------------------------------------------------------------
 */

#define FILM(name, member, key)                                                          \
    {                                                                                    \
        name, CSV_MEMBER_##member, offsetof(struct run_film_row, key), NULL              \
    }

static const struct csv_column row_columns[] = {
    FILM("host", TEXT, host),     FILM("pool", TEXT, pool),
    FILM("local", TEXT, local),   FILM("low", U16, low),
    FILM("high", U16, high),      FILM("group", U16, group),
    FILM("step", U16, step),      FILM("t_s", TIME, when),
    FILM("held", U32, held),      FILM("capacity", U32, capacity),
    FILM("states", TEXT, states), FILM("filled", TEXT, filled),
};

const struct csv_columns run_film_columns = {
    row_columns, sizeof row_columns / sizeof row_columns[0], sizeof(struct run_film_row)};

static bool is_grid(const struct run_film_row *row)
{
    return row->low > 0 && row->low <= row->high && row->group > 0 &&
           (row->step == 1 || row->step == 2);
}

bool run_film_sound(const void *row)
{
    const struct run_film_row *r = row;
    if (!is_grid(r))
        return false;
    struct film_grid g = film_grid_of_row(r);
    if (g.cells > FILM_CELLS_MAX || strlen(r->states) != g.cells ||
        strlen(r->filled) != g.cells || r->held > size_of(&g) ||
        r->capacity > size_of(&g))
        return false;
    for (uint32_t i = 0; i < g.cells; i++) {
        enum port_state state;
        char digit = r->filled[i];
        if (!port_state_of(r->states[i], &state) || digit < '0' || digit > '9' ||
            port_state_holds(state) != (digit > '0'))
            return false;
    }
    return true;
}

/* --- one pool -------------------------------------------------------------------------
 */

static bool same_pool(const struct run_film_row *a, const struct run_film_row *b)
{
    return strcmp(a->host, b->host) == 0 && strcmp(a->pool, b->pool) == 0 &&
           strcmp(a->local, b->local) == 0 && a->low == b->low && a->high == b->high &&
           a->group == b->group && a->step == b->step && a->when <= b->when;
}

struct film_view film_view_of(const struct run_record *r, const char *host,
                              const char *pool)
{
    struct film_view v = {.rows = NULL};
    for (size_t i = 0; i < r->film_count; i++) {
        const struct run_film_row *row = &r->film[i];
        if (v.count) {
            if (!same_pool(row - 1, row))
                break;
        } else if ((host && strcmp(row->host, host) != 0) ||
                   (pool && strcmp(row->pool, pool) != 0)) {
            continue;
        } else {
            v.rows = row;
        }
        v.count++;
    }
    return v;
}
