/* Figure "ports": which state holds which ports, over time.
 *
 * A row of the picture is a group of ports (sim/results/run_film.h), the lowest at the
 * bottom; of Linux, which takes ports of one parity first, even and odd ports have rows
 * by turns.  A row is drawn as few lines as it has changes of state or of shade.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/results/figure.h"
#include "sim/results/gnuplot.h"
#include "sim/results/run_film.h"

/* How full a cell looks: of the digits 1 to 9. */
#define SHADES 3

/* Rows where the picture is made of characters. */
#define PLAIN_ROWS 14u

/* A full range breathes: see figure_states.c. */
#define FULL 0.999

/* Half of the ports is spent, or still untouched, but for so many. */
#define MOSTLY 0.97
#define HARDLY 0.03

/* A spell of fullness that had so few gaps is told without them. */
#define OFTEN 0.95

/* Ports that are all named on the axis. */
#define FEW_PORTS 16

struct film {
    const struct figure_source *source;
    struct film_view view;
    struct film_grid grid;
    sim_ns end;       /* of the last row */
    uint32_t rows;    /* of the picture */
    unsigned columns; /* of characters; 0: every moment has its own */
    bool seen[PORT_STATE_COUNT];
};

static enum port_state state_at(const struct film *f, size_t moment, uint32_t cell)
{
    enum port_state state = PORT_STATE_FREE;
    port_state_of(f->view.rows[moment].states[cell], &state);
    return state;
}

/* The digit of a cell as the share of its ports that is held. */
static double share_of(char digit)
{
    return digit == '9' ? 1 : digit == '0' ? 0 : (digit - '0' - 0.5) / 8;
}

/* --- the finding
 * -------------------------------------------------------------------------
 */

/* The share of the ports of one parity that is held; of every port with a step of 1. */
static double held_of_parity(const struct film *f, size_t moment, uint32_t parity)
{
    const struct run_film_row *row = &f->view.rows[moment];
    double held = 0, cells = 0;
    for (uint32_t i = parity; i < f->grid.cells; i += f->grid.step) {
        enum port_state state = state_at(f, moment, i);
        if (state == PORT_STATE_RESERVED || state == PORT_STATE_OUTSIDE)
            continue;
        held += share_of(row->filled[i]);
        cells++;
    }
    return cells > 0 ? held / cells : 0;
}

/* Who holds ports, added up over moments. */
struct holders {
    double of[PORT_STATE_COUNT], all;
};

static void count_holders(struct holders *h, const struct film *f, size_t moment)
{
    for (uint32_t i = 0; i < f->grid.cells; i++) {
        double held = share_of(f->view.rows[moment].filled[i]);
        h->of[state_at(f, moment, i)] += held;
        h->all += held;
    }
}

/* "FIN_WAIT_2 holds 73 % of them": the state that has most. */
static void tell_holder(const struct holders *h, struct text *out)
{
    char share[AXIS_TEXT];
    int best = PORT_STATE_LISTEN;
    for (int i = PORT_STATE_LISTEN; i <= PORT_STATE_CLOSE; i++)
        if (h->of[i] > h->of[best])
            best = i;
    if (h->all > 0)
        text_print(out, "; %s holds %s of them", port_state_name((enum port_state)best),
                   axis_percent(h->of[best] / h->all, share));
}

static const char *moment_of(const struct film *f, size_t moment, char out[AXIS_TEXT])
{
    return axis_moment(f->view.rows[moment].when, f->source->unit, out);
}

/* Linux: the ports of one parity are left alone until the other half is spent.  False if
 * the half was never spent, or both filled together. */
static bool tell_parity(const struct film *f, struct text *out)
{
    char when[AXIS_TEXT];
    const char *first = f->grid.low % 2 ? "odd" : "even",
               *second = f->grid.low % 2 ? "even" : "odd";
    size_t i = 0;
    while (f->grid.step == 2 && i < f->view.count && held_of_parity(f, i, 0) < MOSTLY &&
           held_of_parity(f, i, 1) < HARDLY)
        i++;
    if (f->grid.step != 2)
        return false;
    if (i < f->view.count && held_of_parity(f, i, 0) < MOSTLY)
        return false;
    if (i == f->view.count && held_of_parity(f, i - 1, 0) < HARDLY)
        return false;
    if (i == f->view.count)
        text_print(out, "%s ports stay free to the end: the %s half is enough", second,
                   first);
    else
        text_print(out, "%s ports stay free until the %s half is full, at %s", second,
                   first, moment_of(f, i, when));
    return true;
}

static bool is_full(const struct film *f, size_t moment)
{
    const struct run_film_row *row = &f->view.rows[moment];
    return row->capacity && row->held >= FULL * row->capacity;
}

/* The moments at which every port was taken. */
struct full {
    size_t first, last, count;
    struct holders holders;
};

static struct full full_moments(const struct film *f)
{
    struct full full = {.count = 0};
    for (size_t i = 0; i < f->view.count; i++) {
        if (!is_full(f, i))
            continue;
        if (full.count++ == 0)
            full.first = i;
        full.last = i;
        count_holders(&full.holders, f, i);
    }
    return full;
}

static bool tell_full(const struct film *f, struct text *out)
{
    char from[AXIS_TEXT], to[AXIS_TEXT], ports[AXIS_TEXT], part[AXIS_TEXT];
    struct full full = full_moments(f);
    double share = (double)full.count / (double)(full.last - full.first + 1);
    if (full.count == 0)
        return false;
    text_print(out, "all %s ports are taken ",
               axis_grouped(f->view.rows[full.first].capacity, 0, ports));
    if (full.first == full.last)
        text_print(out, "at %s", moment_of(f, full.first, from));
    else if (share < OFTEN)
        text_print(out, "in %s of the time from %s ", axis_percent(share, part),
                   moment_of(f, full.first, from));
    else
        text_print(out, "from %s ", moment_of(f, full.first, from));
    if (full.first != full.last && full.last + 1 == f->view.count)
        text_print(out, "to the end");
    else if (full.first != full.last)
        text_print(out, "to %s", moment_of(f, full.last, to));
    tell_holder(&full.holders, out);
    return true;
}

static void tell_most(const struct film *f, struct text *out)
{
    char held[AXIS_TEXT], ports[AXIS_TEXT], when[AXIS_TEXT];
    struct holders holders = {.all = 0};
    size_t most = 0;
    for (size_t i = 0; i < f->view.count; i++)
        if (f->view.rows[i].held > f->view.rows[most].held)
            most = i;
    const struct run_film_row *row = &f->view.rows[most];
    text_print(out, "at most %s of %s ports are held, at %s",
               axis_grouped(row->held, 0, held), axis_grouped(row->capacity, 0, ports),
               moment_of(f, most, when));
    count_holders(&holders, f, most);
    tell_holder(&holders, out);
}

static void put_words(const struct film *f, struct text *script)
{
    char ports[AXIS_TEXT];
    const struct run_film_row *row = f->view.rows;
    struct figure_words words = {.y_label = "local port"};
    text_print(&words.headline, "%s: ", row->host);
    if (!tell_parity(f, &words.headline) && !tell_full(f, &words.headline))
        tell_most(f, &words.headline);
    text_print(&words.detail, "%s on %s: ", row->pool, row->local);
    if (f->grid.group == 1)
        text_print(&words.detail, "a row is one port");
    else if (f->grid.step == 1)
        text_print(&words.detail,
                   "a row is a group of %s ports, paler the fewer are held",
                   axis_grouped(f->grid.group, 0, ports));
    else
        text_print(&words.detail,
                   "rows are groups of %s ports, even and odd ones by turns, paler the "
                   "fewer are held",
                   axis_grouped(f->grid.group, 0, ports));
    figure_head(f->source, &words, script);
}

/* --- the axis of the ports
 * ---------------------------------------------------------------
 */

/* The place of a port on it: its cell, or the beginning of its stretch of the range. */
static double place_of(const struct film *f, double port)
{
    const struct film_grid *g = &f->grid;
    double place = (port - g->low) / ((double)g->group * g->step) * g->step;
    return place * f->rows / g->cells + (g->group == 1 ? 0.5 : 0);
}

/* A port is a name: no comma parts its thousands.  Where there are few, each is named. */
static void put_tics(const struct film *f, struct text *script)
{
    uint32_t span = (uint32_t)f->grid.high - f->grid.low;
    uint32_t step = (uint32_t)fmax(axis_step(fmax(span, 1), f->source->y_tics), 1);
    if (span < FEW_PORTS)
        step = 1;
    const char *before = "";
    text_print(script, "set ytics (");
    for (uint32_t port = (f->grid.low + step - 1) / step * step; port <= f->grid.high;
         port += step) {
        text_print(script, "%s'%u' ", before, (unsigned)port);
        gnuplot_number(script, place_of(f, port));
        before = ", ";
    }
    text_print(script, ")\n");
}

/* --- lines
 * -------------------------------------------------------------------------------
 */

static unsigned shade_of(char digit)
{
    return digit == '0' ? 0 : (unsigned)(digit - '1') / (9 / SHADES) + 1;
}

static sim_ns moment_end(const struct film *f, size_t moment)
{
    return moment + 1 < f->view.count ? f->view.rows[moment + 1].when : f->end;
}

/* A piece of a row in which nothing changes: moments first .. last. */
struct piece {
    enum port_state state;
    unsigned shade;
    size_t first, last;
};

static bool alike(const struct film *f, uint32_t cell, size_t a, size_t b)
{
    const struct run_film_row *rows = f->view.rows;
    return rows[a].states[cell] == rows[b].states[cell] &&
           shade_of(rows[a].filled[cell]) == shade_of(rows[b].filled[cell]);
}

/* The piece that begins at that moment. */
static struct piece piece_at(const struct film *f, uint32_t cell, size_t first)
{
    struct piece p = {state_at(f, first, cell),
                      shade_of(f->view.rows[first].filled[cell]), first, first};
    while (p.last + 1 < f->view.count && alike(f, cell, first, p.last + 1))
        p.last++;
    return p;
}

static void put_piece(const struct film *f, const struct piece *p, uint32_t cell,
                      struct text *script)
{
    const sim_ns ends[] = {f->view.rows[p->first].when, moment_end(f, p->last)};
    for (int i = 0; i < 2; i++) {
        figure_moment(f->source, ends[i], script);
        text_print(script, " %u.5\n", (unsigned)cell);
    }
    text_print(script, "\n");
}

/* All pieces of a state and a shade, a block of the script. */
static void put_block(const struct film *f, enum port_state state, unsigned shade,
                      struct text *script)
{
    text_print(script, "$%s_%u << EOD\n", port_state_name(state), shade);
    for (uint32_t cell = 0; cell < f->grid.cells; cell++)
        for (size_t at = 0; at < f->view.count;) {
            struct piece p = piece_at(f, cell, at);
            if (p.state == state && p.shade == shade)
                put_piece(f, &p, cell, script);
            at = p.last + 1;
        }
    text_print(script, "EOD\n");
}

static void put_states(struct film *f, struct text *script)
{
    const char *names[PORT_STATE_COUNT];
    unsigned count = 0;
    for (int i = PORT_STATE_LISTEN; i <= PORT_STATE_CLOSE; i++) {
        if (!f->seen[i])
            continue;
        names[count++] = port_state_name((enum port_state)i);
        for (unsigned shade = 1; shade <= SHADES && !f->columns; shade++)
            put_block(f, (enum port_state)i, shade, script);
    }
    gnuplot_set_number(script, "states", count);
    gnuplot_set_strings(script, "state", names, count);
}

/* --- what nobody can hold
 * ----------------------------------------------------------------
 */

struct box {
    size_t first, last;
    uint32_t low, high; /* cells */
};

struct boxes {
    struct box *at;
    size_t count, capacity;
};

/* Pieces of neighbouring rows that begin and end together are one box. */
static void add_piece(struct boxes *b, const struct piece *p, uint32_t cell)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->at[i].high + 1 == cell && b->at[i].first == p->first &&
            b->at[i].last == p->last) {
            b->at[i].high = cell;
            return;
        }
    if (b->count == b->capacity) {
        b->capacity = memory_grown(b->capacity, b->count + 1);
        b->at = memory_resize(b->at, b->capacity, sizeof *b->at);
    }
    b->at[b->count++] = (struct box){p->first, p->last, cell, cell};
}

static void put_boxes(const struct film *f, enum port_state state, const char *name,
                      struct text *script)
{
    struct boxes boxes = {.count = 0};
    for (uint32_t cell = 0; cell < f->grid.cells; cell++)
        for (size_t at = 0; at < f->view.count;) {
            struct piece p = piece_at(f, cell, at);
            if (p.state == state)
                add_piece(&boxes, &p, cell);
            at = p.last + 1;
        }
    text_print(script, "%s = %zu\n$%s_box << EOD\n", name, boxes.count, name);
    for (size_t i = 0; i < boxes.count; i++) {
        const struct box *box = &boxes.at[i];
        figure_moment(f->source, f->view.rows[box->first].when, script);
        text_print(script, " ");
        figure_moment(f->source, moment_end(f, box->last), script);
        text_print(script, " %u %u\n", (unsigned)box->low, (unsigned)box->high + 1);
    }
    text_print(script, "EOD\n");
    free(boxes.at);
}

/* --- characters
 * --------------------------------------------------------------------------
 */

/* What most of the ports are of those that one character stands for. */
static enum port_state commonest(const struct film *f, const struct run_film_row *row,
                                 uint32_t line)
{
    double of[PORT_STATE_COUNT] = {0};
    int best = PORT_STATE_FREE;
    uint32_t lines = f->rows / f->grid.step, stretches = f->grid.cells / f->grid.step;
    for (uint32_t i = line % f->grid.step; i < f->grid.cells; i += f->grid.step) {
        enum port_state state = PORT_STATE_FREE;
        if (i / f->grid.step * lines / stretches != line / f->grid.step)
            continue;
        port_state_of(row->states[i], &state);
        double held = share_of(row->filled[i]);
        of[state] += port_state_holds(state) ? held : 1;
        of[PORT_STATE_FREE] += port_state_holds(state) ? 1 - held : 0;
    }
    for (int i = 0; i < PORT_STATE_COUNT; i++)
        if (of[i] > of[best])
            best = i;
    return (enum port_state)best;
}

/* The row that a moment of the run falls to; NULL before the first. */
static const struct run_film_row *row_at(const struct film *f, sim_ns when)
{
    const struct run_film_row *found = NULL;
    for (size_t i = 0; i < f->view.count && f->view.rows[i].when <= when; i++)
        found = &f->view.rows[i];
    return found;
}

/* A line of each character: moment, row, letter. */
static void put_characters(struct film *f, struct text *script)
{
    text_print(script, "$characters << EOD\n");
    for (unsigned column = 0; column < f->columns; column++) {
        sim_ns when = f->end / f->columns * column + f->end / f->columns / 2;
        const struct run_film_row *row = row_at(f, when);
        for (uint32_t line = 0; row && line < f->rows; line++) {
            enum port_state state = commonest(f, row, line);
            if (state == PORT_STATE_FREE)
                continue;
            f->seen[state] = true;
            figure_moment(f->source, when, script);
            text_print(script, " %u.5 %s\n", (unsigned)line,
                       port_state_holds(state)        ? port_state_name(state)
                       : state == PORT_STATE_RESERVED ? "reserved"
                                                      : "outside");
        }
    }
    text_print(script, "EOD\n");
}

/* --- all of it
 * ---------------------------------------------------------------------------
 */

static void see(struct film *f)
{
    for (size_t i = 0; i < f->view.count; i++)
        for (uint32_t cell = 0; cell < f->grid.cells; cell++)
            f->seen[state_at(f, i, cell)] = true;
}

/* Lines of characters: all rows, or about as many as fit, of both parities alike. */
static void make_plain(struct film *f)
{
    uint32_t most = PLAIN_ROWS / f->grid.step * f->grid.step;
    f->rows = f->grid.cells < most ? f->grid.cells : most;
    f->columns = f->source->moments;
}

static bool compose(const struct figure_source *source, struct text *script)
{
    struct film f = {.source = source,
                     .view =
                         film_view_of(source->run, source->pool.host, source->pool.name),
                     .end = source->run->simulated};
    if (f.view.count == 0)
        f.view = film_view_of(source->run, NULL, NULL);
    if (f.view.count == 0)
        return false;
    f.grid = film_grid_of_row(f.view.rows);
    f.rows = f.grid.cells;
    if (source->canvas->request->format == FIGURE_DUMB)
        make_plain(&f);
    put_words(&f, script);
    gnuplot_set_number(script, "port_rows", f.rows);
    put_tics(&f, script);
    if (f.columns)
        put_characters(&f, script);
    else
        see(&f);
    put_states(&f, script);
    if (!f.columns) {
        put_boxes(&f, PORT_STATE_RESERVED, "reserved", script);
        put_boxes(&f, PORT_STATE_OUTSIDE, "outside", script);
    } else {
        gnuplot_set_number(script, "reserved", f.seen[PORT_STATE_RESERVED]);
        gnuplot_set_number(script, "outside", f.seen[PORT_STATE_OUTSIDE]);
    }
    return true;
}

const struct figure_ops figure_ports = {
    .kind = {.name = "ports",
             .shows = "which state holds which ports over time, group by group",
             .needs = "a run whose ports were filmed",
             .made = "portsim run SCENARIO"},
    .compose = compose,
};
